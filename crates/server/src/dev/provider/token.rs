//! The token endpoint (OpenID Connect Core 1.0 §3.1.3 and §12) and what ID tokens say.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{Timestamp, time::SECOND};
use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq as _;

use super::{
    CLIENT_ID, Strategy, callback,
    client::{self, ClientFault},
    grants::{ACCESS_MS, Granted},
    issuer,
    owners::{KnownOwners, must_confirm},
    params::{Params, Twice},
    person::subject,
    signing_key,
};
use crate::instance::Instance;

/// How long an ID token can be used, in milliseconds.
const ID_TOKEN_MS: i64 = ACCESS_MS;

/// Why there are no tokens (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenFault {
    /// The request says too much or too little.
    Request,
    /// It is not the client.
    Client,
    /// The code or token is none, or no longer, or another request's.
    Grant,
    /// There is no such way to tokens.
    GrantType,
    /// Something failed here.
    Failed,
}

impl From<Twice> for TokenFault {
    fn from(Twice: Twice) -> Self {
        Self::Request
    }
}

impl From<ClientFault> for TokenFault {
    fn from(fault: ClientFault) -> Self {
        match fault {
            ClientFault::TwoWays => Self::Request,
            ClientFault::Invalid => Self::Client,
        }
    }
}

/// Answers a request for tokens.
pub(super) async fn tokens(
    instance: &Instance,
    strategy: &Strategy,
    headers: &HeaderMap,
    form: &Params,
) -> Result<Value, TokenFault> {
    client::check(instance.keys(), strategy, headers, form)?;
    match form.one("grant_type")?.ok_or(TokenFault::Request)? {
        "authorization_code" => redeemed(instance, strategy, form).await,
        "refresh_token" => refreshed(instance, strategy, form).await,
        _ => Err(TokenFault::GrantType),
    }
}

/// Takes a token back, and all that came of the same decision with it (RFC 7009 §2.1). Which kind of token it is said to be
/// counts for nothing, and one that nobody has is as good as taken back (§2.2).
pub(super) fn revoked(
    instance: &Instance,
    strategy: &Strategy,
    headers: &HeaderMap,
    form: &Params,
) -> Result<(), TokenFault> {
    client::check(instance.keys(), strategy, headers, form)?;
    let token = form.one("token")?.ok_or(TokenFault::Request)?;
    let fits = |granted: &Granted| granted.decision.strategy == *strategy;
    if instance.provider().grants.revoke(token, fits) { Ok(()) } else { Err(TokenFault::Grant) }
}

async fn redeemed(instance: &Instance, strategy: &Strategy, form: &Params) -> Result<Value, TokenFault> {
    let needed = |name| form.one(name).map_err(TokenFault::from)?.ok_or(TokenFault::Request);
    let (code, redirect, verifier) = (needed("code")?, needed("redirect_uri")?, needed("code_verifier")?);
    let (now, grants) = (instance.now(), &instance.provider().grants);
    let fits = |granted: &Granted| {
        granted.decision.strategy == *strategy
            && redirect == callback(instance, strategy)
            && is_verifier(verifier, &granted.decision.ask.challenge)
    };
    let (id, granted) = grants.redeem(code, now, fits).ok_or(TokenFault::Grant)?;
    // Somebody may have become the owner of the address since it was nobody's.
    let person = &granted.decision.person;
    if !granted.confirmed && asked(must_confirm(instance.keys(), &KnownOwners(instance), strategy, person).await)? {
        grants.end(id);
        return Err(TokenFault::Grant);
    }
    let nonce = granted.decision.ask.nonce.as_deref();
    // Before any token is given, since the first key takes a while to draw.
    signing_key(instance).await.map_err(failed)?;
    let (access, refresh) = grants.begin(instance.random(), id, now).ok_or(TokenFault::Grant)?;
    let mut answer = answer(instance, &granted, &access, nonce, now).await?;
    answer.insert("refresh_token".to_owned(), json!(refresh.expose_secret()));
    Ok(answer.into())
}

async fn refreshed(instance: &Instance, strategy: &Strategy, form: &Params) -> Result<Value, TokenFault> {
    let token = form.one("refresh_token")?.ok_or(TokenFault::Request)?;
    let now = instance.now();
    let fits = |granted: &Granted| granted.decision.strategy == *strategy;
    let found = instance.provider().grants.refresh(instance.random(), token, now, fits);
    let (access, granted) = found.ok_or(TokenFault::Grant)?;
    // A nonce is for the first token alone (OpenID Connect Core 1.0 §12.2).
    Ok(answer(instance, &granted, &access, None, now).await?.into())
}

async fn answer(
    instance: &Instance,
    granted: &Granted,
    access: &SecretString,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Map<String, Value>, TokenFault> {
    let mut claims = about(instance, granted);
    let hash = digest(&SHA256, access.expose_secret().as_bytes());
    claims.extend(object(json!({
        "iss": issuer(instance, &granted.decision.strategy),
        "aud": CLIENT_ID,
        "iat": now.0 / SECOND,
        "exp": now.plus(ID_TOKEN_MS).0 / SECOND,
        "auth_time": granted.at.0 / SECOND,
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]),
    })));
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), nonce.into());
    }
    let key = signing_key(instance).await.map_err(failed)?;
    let id_token = key.sign_id_token(&claims).map_err(failed)?;
    Ok(object(json!({
        "token_type": "Bearer",
        "access_token": access.expose_secret(),
        "expires_in": ACCESS_MS / SECOND,
        "scope": granted.decision.ask.scope,
        "id_token": id_token,
    })))
}

/// What is said of a person, within the scopes that were asked for (OpenID Connect Core 1.0 §5.4).
pub(super) fn about(instance: &Instance, granted: &Granted) -> Map<String, Value> {
    let (strategy, person) = (&granted.decision.strategy, &granted.decision.person);
    let has = |wanted: &str| granted.decision.ask.scope.split(' ').any(|scope| scope == wanted);
    let mut claims = object(json!({ "sub": subject(instance.keys(), strategy, &person.email) }));
    if has("email") {
        claims.insert("email".to_owned(), person.email.as_str().into());
        claims.insert("email_verified".to_owned(), person.verified.into());
    }
    if has("profile") {
        let picture = person.picture.map(|it| format!("{}/pictures/{}", issuer(instance, strategy), it.file_name()));
        for (name, value) in [
            ("name", person.name()),
            ("given_name", person.first_name.clone()),
            ("family_name", person.last_name.clone()),
            ("picture", picture),
        ] {
            claims.extend(value.map(|value| (name.to_owned(), value.into())));
        }
    }
    claims
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// Whether the challenge was made from this verifier (RFC 7636 §4.1 and §4.6).
fn is_verifier(verifier: &str, challenge: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let made = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(is_one)
        && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

fn asked(found: Result<bool, frontdesk_store::StoreError>) -> Result<bool, TokenFault> {
    found.map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> TokenFault {
    tracing::error!(%error, "the development provider cannot give tokens");
    TokenFault::Failed
}
