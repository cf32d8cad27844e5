//! Who asks: a native caller by its header, a browser by its cookie, a development browser by its query.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts};
use frontdesk_wire::{
    ErrorCode,
    form::{DEV_BROWSER_QUERY, NATIVE_QUERY, SESSION_QUERY},
};
use http::{HeaderMap, Method, header::USER_AGENT, request::Parts};

use super::{Query, check_version, token};
use crate::{
    caller::{Caller, Carrier, Reveals},
    http::{Refusal, guard::Passed},
    instance::Instance,
};

/// Longest name of a program that is kept, in characters.
const MAX_USER_AGENT: usize = 256;

impl FromRequestParts<Arc<Instance>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Refusal> {
        let Ok(Extension(passed)) = Extension::<Passed>::from_request_parts(parts, instance).await else {
            return Err(Refusal::code(ErrorCode::InternalError));
        };
        check_version(&passed.query, &parts.headers)?;
        let client = match passed.carrier {
            Carrier::Header => by_header(instance, &parts.headers)?,
            Carrier::Cookie | Carrier::DevBrowser => {
                check_page(&parts.method, &passed)?;
                by_browser(instance, &passed, &parts.headers)?
            }
        };
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            carrier: passed.carrier,
            client,
            session_id: passed.query.one(SESSION_QUERY)?.filter(|id| !id.is_empty()).map(str::to_owned),
            origin: passed.origin.clone(),
            address: passed.address,
            testing: passed.testing,
            reveals: parts.extensions.get::<Reveals>().cloned().unwrap_or_default(),
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
        })
    }
}

/// How the token of this request travels. At hosts without development browsers the cookie counts for more than the
/// query: application servers send along what they were handed some time ago.
pub(in crate::http) fn carrier(instance: &Instance, query: &Query, headers: &HeaderMap) -> Result<Carrier, Refusal> {
    if matches!(query.one(NATIVE_QUERY)?, Some("1" | "true")) {
        return Ok(Carrier::Header);
    }
    if !instance.is_development() {
        return Ok(Carrier::Cookie);
    }
    let named = query.one(DEV_BROWSER_QUERY)?.is_some_and(|token| !token.is_empty());
    let has_cookie = instance.cookies().client_tokens(headers).next().is_some();
    let by_query = instance.public_url().has_dev_browsers() || (named && !has_cookie);
    Ok(if by_query { Carrier::DevBrowser } else { Carrier::Cookie })
}

/// Browsers name the page that changes something. One that does not could be made to do so by a page of anybody's.
fn check_page(method: &Method, passed: &Passed) -> Result<(), Refusal> {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || passed.origin.is_some() {
        return Ok(());
    }
    Err(Refusal::code(ErrorCode::OriginMissing).saying(
        "Browsers send Origin with this request, and it is missing. Native callers send `_is_native=1` and the client \
         token in `Authorization` instead.",
    ))
}

fn by_header(instance: &Instance, headers: &HeaderMap) -> Result<Option<(String, i64)>, Refusal> {
    if !instance.settings().native_api {
        return Err(Refusal::code(ErrorCode::NativeApiDisabled));
    }
    let Some(text) = token(headers)? else { return Ok(None) };
    let client = instance.client_tokens().read(Carrier::Header, text);
    client.map(Some).ok_or_else(|| Refusal::code(ErrorCode::AuthenticationInvalid))
}

fn by_browser(instance: &Instance, passed: &Passed, headers: &HeaderMap) -> Result<Option<(String, i64)>, Refusal> {
    let tokens = instance.client_tokens();
    if passed.carrier == Carrier::Cookie {
        // A cookie that is not genuine is none: nobody could get rid of it but by another one.
        let mut sent = instance.cookies().client_tokens(headers);
        return Ok(sent.find_map(|text| tokens.read(Carrier::Cookie, text)));
    }
    let named = passed.query.one(DEV_BROWSER_QUERY)?.and_then(|text| tokens.read(Carrier::DevBrowser, text));
    named.map(Some).ok_or_else(|| Refusal::code(ErrorCode::DevBrowserUnauthenticated))
}
