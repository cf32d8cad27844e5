//! An answer that refuses, before it is written.

use axum::response::{IntoResponse, Response};
use frontdesk_wire::{ApiError, ApiErrors, Client, ErrorCode, ErrorMeta, ErrorsMeta};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use super::{answer, carry::News, words};
use crate::flows::TokenNews;

mod of_flows;

/// Why a request is refused: one or more causes, and what travels along.
#[derive(Clone, Debug)]
pub struct Refusal {
    causes: Vec<Cause>,
    retry_after_seconds: Option<u32>,
    client: Option<Box<Client>>,
    token: TokenNews,
}

#[derive(Clone, Debug)]
struct Cause {
    code: ErrorCode,
    sentence: Option<String>,
    meta: Option<ErrorMeta>,
}

impl Refusal {
    /// A refusal with one cause.
    #[must_use]
    pub fn code(code: ErrorCode) -> Self {
        Self::from_cause(Cause { code, sentence: None, meta: None })
    }

    /// A refusal with one cause and its details.
    #[must_use]
    pub fn with_meta(code: ErrorCode, meta: ErrorMeta) -> Self {
        Self::from_cause(Cause { code, sentence: None, meta: Some(meta) })
    }

    fn from_cause(cause: Cause) -> Self {
        Self { causes: vec![cause], retry_after_seconds: None, client: None, token: TokenNews::Same }
    }

    /// Says it in another sentence than the code's own.
    #[must_use]
    pub fn saying(mut self, sentence: impl Into<String>) -> Self {
        if let Some(cause) = self.causes.last_mut() {
            cause.sentence = Some(sentence.into());
        }
        self
    }

    /// Adds the causes of another refusal.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.causes.append(&mut other.causes);
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds.max(1));
        self
    }

    /// Sends the client as it stands along.
    #[must_use]
    pub fn carrying(mut self, client: Option<Box<Client>>) -> Self {
        self.client = client;
        self
    }

    /// Tells the caller of its token along.
    #[must_use]
    pub fn with_token(mut self, token: TokenNews) -> Self {
        self.token = token;
        self
    }

    /// The code of the first cause, which decides the status.
    #[must_use]
    pub fn first_code(&self) -> ErrorCode {
        self.causes.first().map_or(ErrorCode::InternalError, |cause| cause.code)
    }

    /// The form field that the first cause names.
    #[cfg(test)]
    pub(super) fn first_param(&self) -> Option<String> {
        self.causes.first()?.meta.as_ref()?.param_name.clone()
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.first_code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Writes the answer. `trace` names the request in the log.
    pub(super) fn write(self, trace: &str) -> Response {
        let status = self.status();
        let errors = self.causes.into_iter().map(|cause| {
            let (message, sentence) = words::of(cause.code);
            ApiError {
                code: cause.code.as_str().to_owned(),
                message: message.to_owned(),
                long_message: cause.sentence.unwrap_or_else(|| sentence.to_owned()),
                meta: cause.meta,
            }
        });
        let body = ApiErrors {
            errors: errors.collect(),
            clerk_trace_id: Some(trace.to_owned()),
            meta: self.client.map(|client| ErrorsMeta { client: Some(*client) }),
        };
        let mut response = answer::json(status, &body, News { token: self.token, signed_in_at: None });
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refusal {
    /// Hands the refusal on to the service, which knows the trace id and writes it.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}
