//! What the provider answers to programs. The instance itself asks inside the process; everybody else asks over a door that
//! this computer alone reaches, and gets the same.

use std::sync::Arc;

use axum::body::Bytes;
use frontdesk_wire::Jwks;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, WWW_AUTHENTICATE,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use serde_json::{Value, json};

use super::{
    PATH, Strategy, issuer,
    params::Params,
    picture::Picture,
    signing_key, stand_in,
    token::{TokenFault, about, revoked, tokens},
};
use crate::instance::Instance;

/// The type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers a request for discovery, keys, tokens, their end, a person's claims, or a picture. Host and query count for nothing. What
/// is not there, or not at an instance of this kind, is answered with 404.
pub async fn answer(instance: &Arc<Instance>, request: Request<Bytes>) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let found = parts.uri.path().strip_prefix(PATH).and_then(|path| path.split_once('/'));
    let found = found.and_then(|(strategy, what)| Some((stand_in(instance, strategy)?, what)));
    let Some((strategy, what)) = found else { return empty(StatusCode::NOT_FOUND) };
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    match what {
        ".well-known/openid-configuration" if reads => json_answer(StatusCode::OK, &discovery(instance, &strategy)),
        "jwks" if reads => keys(instance).await,
        "token" if parts.method == Method::POST => token(instance, &strategy, &parts.headers, &body).await,
        "revoke" if parts.method == Method::POST => revocation(instance, &strategy, &parts.headers, &body),
        "userinfo" if reads || parts.method == Method::POST => claims(instance, &strategy, &parts.headers),
        ".well-known/openid-configuration" | "jwks" => refused_verb("GET, HEAD"),
        "token" | "revoke" => refused_verb("POST"),
        "userinfo" => refused_verb("GET, HEAD, POST"),
        other => match other.strip_prefix("pictures/").and_then(Picture::parse) {
            Some(picture) if reads => drawn(picture),
            Some(_) => refused_verb("GET, HEAD"),
            None => empty(StatusCode::NOT_FOUND),
        },
    }
}

/// What the provider can do (OpenID Connect Discovery 1.0 §3, RFC 8414 §2, RFC 9207 §3).
fn discovery(instance: &Instance, strategy: &Strategy) -> Value {
    let issuer = issuer(instance, strategy);
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "email", "profile", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified", "name",
            "given_name", "family_name", "picture",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    })
}

async fn keys(instance: &Instance) -> Response<Bytes> {
    match signing_key(instance).await {
        Ok(key) => json_answer(StatusCode::OK, &json!(Jwks { keys: vec![key.public_jwk()] })),
        Err(error) => {
            tracing::error!(%error, "the development provider has no key");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

async fn token(instance: &Instance, strategy: &Strategy, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
    let given = match form(headers, body) {
        Some(form) => tokens(instance, strategy, headers, &form).await,
        None => Err(TokenFault::Request),
    };
    given.map_or_else(refused, |tokens| json_answer(StatusCode::OK, &tokens))
}

/// Takes a token back (RFC 7009 §2).
fn revocation(instance: &Instance, strategy: &Strategy, headers: &HeaderMap, body: &[u8]) -> Response<Bytes> {
    let form = form(headers, body).ok_or(TokenFault::Request);
    let taken = form.and_then(|form| revoked(instance, strategy, headers, &form));
    taken.map_or_else(refused, |()| empty(StatusCode::OK))
}

/// What a client's form says.
fn form(headers: &HeaderMap, body: &[u8]) -> Option<Params> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?.split(';').next()?;
    kind.trim().eq_ignore_ascii_case(FORM).then(|| Params::parse(body))
}

/// What a client did wrong (RFC 6749 §5.2).
fn refused(fault: TokenFault) -> Response<Bytes> {
    let (status, error) = match fault {
        TokenFault::Request => (StatusCode::BAD_REQUEST, "invalid_request"),
        TokenFault::Client => (StatusCode::UNAUTHORIZED, "invalid_client"),
        TokenFault::Grant => (StatusCode::BAD_REQUEST, "invalid_grant"),
        TokenFault::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        TokenFault::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    };
    let mut response = json_answer(status, &json!({ "error": error }));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
    }
    response
}

/// What is known of whoever an access token is for (OpenID Connect Core 1.0 §5.3, RFC 6750 §3).
fn claims(instance: &Instance, strategy: &Strategy, headers: &HeaderMap) -> Response<Bytes> {
    let given =
        headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok()).and_then(|text| text.split_once(' '));
    let bearer = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let granted = bearer.and_then(|token| instance.provider().grants.accessed(token, instance.now()));
    if let Some(granted) = granted.filter(|granted| granted.decision.strategy == *strategy) {
        return json_answer(StatusCode::OK, &about(instance, &granted).into());
    }
    let mut response = empty(StatusCode::UNAUTHORIZED);
    let challenge = if bearer.is_some() { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn drawn(picture: Picture) -> Response<Bytes> {
    let Some(bytes) = picture.draw() else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = Response::new(Bytes::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn refused_verb(allowed: &'static str) -> Response<Bytes> {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
