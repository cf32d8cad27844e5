//! An answer that does what was asked.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use frontdesk_wire::{Client, Envelope};
use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

/// A success, written.
#[derive(Debug)]
pub struct Answer(Response);

impl Answer {
    /// An answer without an envelope.
    pub fn bare(value: &impl Serialize, token: Option<&SecretString>) -> Self {
        Self(json(StatusCode::OK, value, token))
    }

    /// An answer in the envelope, with the client as it stands after a change; no client says that it did not change.
    pub fn enveloped(response: impl Serialize, client: Option<Client>, token: Option<&SecretString>) -> Self {
        Self(json(StatusCode::OK, &Envelope::new(response, client), token))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.0
    }
}

/// An answer in JSON. Never stored by anybody on the way: it holds tokens and personal data.
pub(super) fn json(status: StatusCode, value: &impl Serialize, token: Option<&SecretString>) -> Response {
    let (status, body) = match serde_json::to_vec(value) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            (StatusCode::INTERNAL_SERVER_ERROR, b"{\"errors\":[]}".to_vec())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(mut value) = token.and_then(|token| HeaderValue::from_str(token.expose_secret()).ok()) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    response
}
