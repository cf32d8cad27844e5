//! Facebook: plain OAuth and the Graph. <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>
//!
//! There are no refresh tokens: a token of hours is exchanged for one of about sixty days, after which the person has to
//! come again. Every request to the Graph proves that it knows the secret. An address is never called verified: Facebook
//! says nothing of the kind.

use std::sync::Arc;

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use frontdesk_identity::Timestamp;
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
    tokens::{App, Server, grant_of, scopes},
};

/// What Facebook calls itself in its answers, where it does.
const ISSUER: &str = "https://www.facebook.com";
const SCOPES: &[&str] = &["email", "public_profile"];
const FIELDS: &str = "id,email,first_name,last_name,name,picture";

const AUTHORIZE: &str = "https://www.facebook.com/v24.0/dialog/oauth";
const TOKEN: &str = "https://graph.facebook.com/v24.0/oauth/access_token";
const PROFILE: &str = "https://graph.facebook.com/v24.0/me";

/// The profile. The id is the person's at this application alone.
#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    id: String,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    name: Option<String>,
    picture: Option<Picture>,
}

#[derive(Clone, Debug, Deserialize)]
struct Picture {
    data: PictureData,
}

#[derive(Clone, Debug, Deserialize)]
struct PictureData {
    url: Option<String>,
    /// Whether it is only the outline that everybody without a picture has.
    #[serde(default)]
    is_silhouette: bool,
}

/// Reads the profile that the Graph answers.
#[must_use]
pub fn read_me(document: &[u8]) -> Option<Me> {
    serde_json::from_slice(document).ok()
}

pub(super) fn authorize(app: &App, at: &Target<'_>, ask: &Ask) -> Result<Url, ProviderFault> {
    // What was declined once is not shown again unless it is asked for so.
    let again = (!ask.extra_scopes.is_empty()).then_some(("auth_type", "rerequest"));
    let asked = scopes(SCOPES, &[&at.connection.scopes, &ask.extra_scopes]);
    Ok(server(app, at.connection)?.page(at, ask, asked, again.as_slice()))
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
    let server = server(app, at.connection)?;
    let brief = server.exchange(reach, at, code, kept, own).await?;
    let profile = place(at.connection.endpoints.profile.as_ref(), PROFILE)?;
    let me = me(&**reach, app, &profile, &brief.access_token).await?;
    // People are let in with the token they have; it only ends sooner.
    let grant = match prolong(&**reach, &server, &brief, at.now).await {
        Ok(long) => long,
        Err(fault) => {
            tracing::warn!(%fault, "an access token of Facebook could not be made to last longer");
            brief
        }
    };
    person(me, &profile, grant)
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

/// Takes the application's leave away
/// (<https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke>), and its token with it.
pub(super) async fn revoke(
    reach: &dyn Reach,
    app: &App,
    at: &Target<'_>,
    access: &SecretString,
) -> Result<(), ProviderFault> {
    let mut url = place(at.connection.endpoints.profile.as_ref(), PROFILE)?;
    let wrong = |()| ProviderFault::NotConfigured("endpoints");
    url.path_segments_mut().map_err(wrong)?.pop_if_empty().push("permissions");
    url.query_pairs_mut().append_pair("appsecret_proof", &proof(app, access));
    let telling = Telling {
        step: Step::Revocation,
        method: Method::DELETE,
        url: &url,
        by: As::Bearer(access),
        headers: &[],
        body: None,
        secrets: &[access.expose_secret()],
    };
    tell(reach, telling).await
}

/// Exchanges a token of hours for one of about sixty days.
async fn prolong(
    reach: &dyn Reach,
    server: &Server<'_>,
    brief: &Grant,
    now: Timestamp,
) -> Result<Grant, ProviderFault> {
    let step = Step::Exchange;
    let (secret, token) = (server.app.secret.expose_secret(), brief.access_token.expose_secret());
    let mut url = server.token.clone();
    url.query_pairs_mut()
        .append_pair("grant_type", "fb_exchange_token")
        .append_pair("client_id", &server.app.id)
        .append_pair("client_secret", secret)
        .append_pair("fb_exchange_token", token);
    let reading = Reading { step, url: &url, bearer: None, headers: &[], secrets: &[secret, token] };
    grant_of(&read(reach, reading).await?, step, brief.scopes.clone(), now)
}

async fn me(reach: &dyn Reach, app: &App, profile: &Url, token: &SecretString) -> Result<Me, ProviderFault> {
    let step = Step::Profile;
    let mut url = profile.clone();
    url.query_pairs_mut().append_pair("fields", FIELDS).append_pair("appsecret_proof", &proof(app, token));
    let document = read(reach, Reading { step, url: &url, bearer: Some(token), headers: &[], secrets: &[] }).await?;
    read_me(&document)
        .ok_or(ProviderFault::WrongAnswer { step, reason: "it answered with something else than a profile" })
}

/// Shows that whoever uses the token knows the application's secret, so that a stolen token is of no use alone.
fn proof(app: &App, token: &SecretString) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, token.expose_secret().as_bytes());
    tag.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn person(me: Me, profile: &Url, grant: Grant) -> Result<Person, ProviderFault> {
    if !person::is_subject(&me.id) {
        return Err(ProviderFault::WrongAnswer { step: Step::Profile, reason: "it did not say who the person is" });
    }
    let (first_name, last_name) = person::names(me.first_name.as_deref(), me.last_name.as_deref(), me.name.as_deref());
    let picture = me.picture.filter(|it| !it.data.is_silhouette).and_then(|it| it.data.url);
    Ok(Person {
        subject: me.id,
        email: person::email(me.email.as_deref()),
        email_verified: false,
        first_name,
        last_name,
        username: None,
        picture: person::picture(picture.as_deref(), profile),
        grant,
    })
}
