//! The owner of the instance, who asks by one of their own servers: known by the secret key.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts};
use frontdesk_wire::ErrorCode;
use http::{HeaderMap, header::AUTHORIZATION, request::Parts};

use super::check_version;
use crate::{
    caller::Caller,
    http::{Refusal, extract::Query, guard::Passed},
    instance::Instance,
};

/// The owner of the instance, with what the query asks for.
pub struct Owner(pub Caller, pub Query);

impl FromRequestParts<Arc<Instance>> for Owner {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Refusal> {
        let Ok(Extension(passed)) = Extension::<Passed>::from_request_parts(parts, instance).await else {
            return Err(Refusal::code(ErrorCode::InternalError));
        };
        // A page that has the secret key has given it away, whoever lists the page.
        if passed.origin.is_some() {
            return Err(Refusal::code(ErrorCode::OriginAuthorizationHeadersConflict).saying(
                "The Backend API is for servers, and this request comes from a page. Keep the secret key on a server; \
                 if a page has had it, replace it.",
            ));
        }
        let given = secret_key(&parts.headers)?;
        let Some(name) = instance.secret_key_name(given) else {
            tracing::warn!(target: "audit", event = "secret_key_refused");
            return Err(Refusal::code(ErrorCode::SecretKeyInvalid));
        };
        // Every line that the request leaves in the log says by which key.
        tracing::Span::current().record("key", name);
        check_version(&passed.query, &parts.headers)?;
        let caller = Caller { address: passed.address, ..Caller::default() };
        Ok(Self(caller, passed.query))
    }
}

/// What stands after `Bearer` in the only `Authorization` header.
fn secret_key(headers: &HeaderMap) -> Result<&str, Refusal> {
    let malformed = || {
        Refusal::code(ErrorCode::AuthorizationHeaderFormatInvalid)
            .saying("The Backend API needs one Authorization header: the word Bearer and the secret key.")
    };
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(malformed()) };
    let text = value.to_str().map_err(|_| malformed())?;
    let mut words = text.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(word), Some(key), None) if word.eq_ignore_ascii_case("bearer") => Ok(key),
        _ => Err(malformed()),
    }
}
