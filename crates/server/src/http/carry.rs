//! Tells callers what has become of their client token, in the way it travels: native callers by a header, browsers by
//! cookies, development browsers by a header of their own (protocol §1.4).

use axum::response::Response;
use frontdesk_wire::{ErrorCode, form::DEV_BROWSER_HEADER};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, SET_COOKIE},
};
use secrecy::ExposeSecret as _;

use super::Refusal;
use crate::{caller::Carrier, cookies::Cookies, flows::TokenNews};

/// What an answer has to tell of the client, until it is written in the caller's way.
#[derive(Clone, Debug)]
pub(super) struct News {
    pub(super) token: TokenNews,
    /// Since when somebody is signed in; see [`crate::flows::Reply`].
    pub(super) signed_in_at: Option<i64>,
}

/// A refusal as this kind of caller needs it. A browser cannot throw its token away by itself.
pub(super) fn fitted(refusal: Refusal, carrier: Carrier) -> Refusal {
    match (refusal.first_code(), carrier) {
        (ErrorCode::AuthenticationInvalid, Carrier::Cookie) => refusal.with_token(TokenNews::Gone),
        (ErrorCode::AuthenticationInvalid, Carrier::DevBrowser) => Refusal::code(ErrorCode::DevBrowserUnauthenticated),
        _ => refusal,
    }
}

/// Writes the news into the headers of an answer.
pub(super) fn write(response: &mut Response, carrier: Carrier, cookies: &Cookies) {
    let Some(News { token, signed_in_at }) = response.extensions_mut().remove::<News>() else { return };
    let headers = response.headers_mut();
    match carrier {
        Carrier::Header => match token {
            TokenNews::Same => {}
            TokenNews::New(token) => insert(headers, AUTHORIZATION, token.expose_secret()),
            // An empty header tells native apps to forget theirs.
            TokenNews::Gone => insert(headers, AUTHORIZATION, ""),
        },
        Carrier::DevBrowser => {
            if let TokenNews::New(token) = token {
                insert(headers, HeaderName::from_static(DEV_BROWSER_HEADER), token.expose_secret());
            }
        }
        Carrier::Cookie => {
            match token {
                TokenNews::Same => {}
                TokenNews::New(token) => set_cookie(headers, &cookies.keep_client(token.expose_secret())),
                TokenNews::Gone => set_cookie(headers, &cookies.drop_client()),
            }
            for line in signed_in_at.map(|at| cookies.tell_signed_in(at)).into_iter().flatten() {
                set_cookie(headers, &line);
            }
        }
    }
}

/// Adds a cookie. It may be a secret.
pub(super) fn set_cookie(headers: &mut HeaderMap, line: &str) {
    if let Some(value) = secret(line) {
        headers.append(SET_COOKIE, value);
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Some(value) = secret(text) {
        headers.insert(name, value);
    }
}

fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
