//! An answer that does what was asked.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use frontdesk_wire::Envelope;
use http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use serde::Serialize;

use super::carry::News;
use crate::flows::{Reply, TokenNews};

/// A success, written.
#[derive(Debug)]
pub struct Answer(Response);

impl Answer {
    /// An answer without an envelope.
    pub fn bare(value: &impl Serialize) -> Self {
        Self(json(StatusCode::OK, value, News { token: TokenNews::Same, signed_in_at: None }))
    }

    /// An answer that says nothing but that it is done.
    pub fn nothing() -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self(response)
    }

    /// What came of a flow, without an envelope.
    pub fn of_bare<T: Serialize>(reply: &Reply<T>) -> Self {
        let news = News { token: reply.token.clone(), signed_in_at: reply.signed_in_at };
        Self(json(StatusCode::OK, &reply.response, news))
    }
}

impl<T: Serialize> From<Reply<T>> for Answer {
    /// What came of a flow, in the envelope.
    fn from(reply: Reply<T>) -> Self {
        let news = News { token: reply.token, signed_in_at: reply.signed_in_at };
        Self(json(StatusCode::OK, &Envelope::new(reply.response, reply.client), news))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.0
    }
}

/// An answer in JSON. Never stored by anybody on the way: it holds tokens and personal data. The news of the client wait
/// in it for the one who knows in which way the caller is told.
pub(super) fn json(status: StatusCode, value: &impl Serialize, news: News) -> Response {
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
    response.extensions_mut().insert(news);
    response
}
