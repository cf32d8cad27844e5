//! GitHub: plain OAuth. <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>
//!
//! The token endpoint tells errors in good answers, lists scopes with commas, and writes forms to whoever does not ask
//! for JSON. Addresses are at an endpoint of their own, since the profile tells only a public one.

use std::sync::Arc;

use http::Method;
use oauth2::AuthType;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::{
    Ask, Connection, Endpoints, Grant, Kept, Person, ProviderFault, Reach, Step, Target,
    address::place,
    issuer, person,
    requests::{As, Reading, Telling, read, tell},
    tokens::{App, Server, scopes},
};

/// What GitHub calls itself in its answers, where it does.
const ISSUER: &str = "https://github.com/login/oauth";
const SCOPES: &[&str] = &["read:user", "user:email"];
const HEADERS: &[(&str, &str)] = &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];
/// Addresses that GitHub makes up for people who hide theirs. Nobody reads what is sent there.
const NO_REPLY: &str = "@users.noreply.github.com";

const AUTHORIZE: &str = "https://github.com/login/oauth/authorize";
const TOKEN: &str = "https://github.com/login/oauth/access_token";
const PROFILE: &str = "https://api.github.com/user";

/// The profile. A login can be given up and taken by somebody else; the number stays.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    id: u64,
    login: String,
    name: Option<String>,
    email: Option<String>,
    avatar_url: Option<String>,
}

/// One of the addresses.
#[derive(Clone, Debug, Deserialize)]
pub struct Address {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

/// Reads the profile that GitHub answers.
#[must_use]
pub fn read_user(document: &[u8]) -> Option<User> {
    serde_json::from_slice(document).ok()
}

/// Reads the addresses that GitHub answers.
#[must_use]
pub fn read_addresses(document: &[u8]) -> Option<Vec<Address>> {
    serde_json::from_slice(document).ok()
}

pub(super) fn authorize(app: &App, at: &Target<'_>, ask: &Ask) -> Result<Url, ProviderFault> {
    let mut more = Vec::new();
    if let Some(prompt) = ask.prompt.as_deref().filter(|prompt| !prompt.is_empty()) {
        more.push(("prompt", prompt));
    }
    if let Some(hint) = ask.login_hint.as_deref() {
        more.push(("login", hint));
    }
    let asked = scopes(SCOPES, &[&at.connection.scopes, &ask.extra_scopes]);
    Ok(server(app, at.connection)?.page(at, ask, asked, &more))
}

pub(super) async fn redeem(
    reach: &Arc<dyn Reach>,
    app: &App,
    at: &Target<'_>,
    code: &str,
    iss: Option<&str>,
    kept: &Kept,
) -> Result<Person, ProviderFault> {
    issuer::check(iss, ISSUER, &at.connection.endpoints)?;
    let own = scopes(SCOPES, &[&at.connection.scopes]);
    let grant = server(app, at.connection)?.exchange(reach, at, code, kept, own).await?;
    let profile = place(at.connection.endpoints.profile.as_ref(), PROFILE)?;
    let token = &grant.access_token;
    let user =
        ask_github(&**reach, &profile, token, "it answered with something else than a profile", read_user).await?;
    let mut emails = profile.clone();
    emails.set_path(&format!("{}/emails", profile.path().trim_end_matches('/')));
    let wrong = "it answered with something else than addresses";
    let addresses = match ask_github(&**reach, &emails, token, wrong, read_addresses).await {
        Ok(addresses) => addresses,
        // The person gave less than was asked for.
        Err(ProviderFault::Refused { status: 403 | 404, .. }) => Vec::new(),
        Err(fault) => return Err(fault),
    };
    Ok(person(&user, &addresses, &profile, grant))
}

pub(super) async fn refresh(
    reach: &Arc<dyn Reach>,
    app: &App,
    at: &Target<'_>,
    refresh_token: &SecretString,
) -> Result<Grant, ProviderFault> {
    server(app, at.connection)?.refresh(reach, refresh_token, at.now).await
}

/// Takes the application's leave away (<https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization>),
/// and every token with it: each sign-in has given one more.
pub(super) async fn revoke(
    reach: &dyn Reach,
    app: &App,
    at: &Target<'_>,
    access: &SecretString,
) -> Result<(), ProviderFault> {
    let mut url = place(at.connection.endpoints.profile.as_ref(), PROFILE)?;
    let wrong = |()| ProviderFault::NotConfigured("endpoints");
    url.path_segments_mut().map_err(wrong)?.pop_if_empty().pop().extend(["applications", &app.id, "grant"]);
    let (token, secret) = (access.expose_secret(), app.secret.expose_secret());
    let telling = Telling {
        step: Step::Revocation,
        method: Method::DELETE,
        url: &url,
        by: As::App(app),
        headers: HEADERS,
        body: Some(("application/json", serde_json::json!({ "access_token": token }).to_string())),
        secrets: &[token, secret],
    };
    tell(reach, telling).await
}

/// Whether who allows one scope has allowed the other
/// (<https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>): GitHub names only the larger.
pub(super) fn covers(given: &str, wanted: &str) -> bool {
    let parts: &[&str] = match given {
        "repo" => &["public_repo", "repo:invite", "repo:status", "repo_deployment", "security_events"],
        "user" => &["read:user", "user:email", "user:follow"],
        "project" => &["read:project"],
        "write:packages" => &["read:packages"],
        _ => &[],
    };
    let ranks = ["admin:", "write:", "read:"];
    let rank = |scope: &str| {
        ranks.iter().enumerate().find_map(|(rank, name)| Some((rank, scope.strip_prefix(name)?.to_owned())))
    };
    let above = match (rank(given), rank(wanted)) {
        (Some((higher, of)), Some((lower, thing))) => of == thing && higher < lower,
        _ => false,
    };
    above || parts.contains(&wanted)
}

fn server<'a>(app: &'a App, connection: &Connection) -> Result<Server<'a>, ProviderFault> {
    let Endpoints { authorize, token, .. } = &connection.endpoints;
    Ok(Server {
        app,
        authorize: place(authorize.as_ref(), AUTHORIZE)?,
        token: place(token.as_ref(), TOKEN)?,
        auth: AuthType::RequestBody,
        commas: true,
    })
}

async fn ask_github<T>(
    reach: &dyn Reach,
    url: &Url,
    token: &SecretString,
    reason: &'static str,
    parse: fn(&[u8]) -> Option<T>,
) -> Result<T, ProviderFault> {
    let step = Step::Profile;
    let document = read(reach, Reading { step, url, bearer: Some(token), headers: HEADERS, secrets: &[] }).await?;
    parse(&document).ok_or(ProviderFault::WrongAnswer { step, reason })
}

fn person(user: &User, addresses: &[Address], profile: &Url, grant: Grant) -> Person {
    let real = || addresses.iter().filter(|it| !it.email.to_ascii_lowercase().ends_with(NO_REPLY));
    let chosen = real()
        .find(|it| it.primary && it.verified)
        .or_else(|| real().find(|it| it.verified))
        .or_else(|| real().find(|it| it.primary));
    // Of the public address nothing is said.
    let public = user.email.as_deref().filter(|_| addresses.is_empty());
    let email = person::email(chosen.map(|it| it.email.as_str()).or(public));
    let (first_name, last_name) = person::names(None, None, user.name.as_deref());
    Person {
        subject: user.id.to_string(),
        email_verified: email.is_some() && chosen.is_some_and(|it| it.verified),
        email,
        first_name,
        last_name,
        username: person::name(Some(&user.login)),
        picture: person::picture(user.avatar_url.as_deref(), profile),
        grant,
    }
}
