//! An answer that does what was asked.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use frontdesk_wire::Envelope;
use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::flows::{Reply, TokenNews};

/// A success, written.
#[derive(Debug)]
pub struct Answer(Response);

impl Answer {
    /// An answer without an envelope.
    pub fn bare(value: &impl Serialize) -> Self {
        Self(json(StatusCode::OK, value, &TokenNews::Same))
    }

    /// What came of a flow, without an envelope.
    pub fn of_bare<T: Serialize>(reply: &Reply<T>) -> Self {
        Self(json(StatusCode::OK, &reply.response, &reply.token))
    }
}

impl<T: Serialize> From<Reply<T>> for Answer {
    /// What came of a flow, in the envelope.
    fn from(reply: Reply<T>) -> Self {
        Self(json(StatusCode::OK, &Envelope::new(reply.response, reply.client), &reply.token))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.0
    }
}

/// An answer in JSON. Never stored by anybody on the way: it holds tokens and personal data.
pub(super) fn json(status: StatusCode, value: &impl Serialize, token: &TokenNews) -> Response {
    let (status, body) = match serde_json::to_vec(value) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            (StatusCode::INTERNAL_SERVER_ERROR, br#"{"errors":[]}"#.to_vec())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let token = match token {
        TokenNews::Same => None,
        TokenNews::New(token) => HeaderValue::from_str(token.expose_secret()).ok(),
        // An empty header tells native apps to forget theirs (protocol §1.4).
        TokenNews::Gone => Some(HeaderValue::from_static("")),
    };
    if let Some(mut token) = token {
        token.set_sensitive(true);
        headers.insert(AUTHORIZATION, token);
    }
    response
}
