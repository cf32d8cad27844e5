//! The form in the body of a request. Unknown fields are ignored.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use frontdesk_wire::{ErrorCode, error::ErrorMeta};
use http::{HeaderMap, header::CONTENT_TYPE};
use secrecy::SecretString;

use super::{
    body,
    pairs::{self, Pair},
};
use crate::http::Refusal;

/// Longest text of a field that is no secret and no metadata, in bytes; what a field may hold is decided after this.
const MAX_TEXT: usize = 16 * 1024;

/// Form fields.
pub struct Form(Vec<Pair>);

impl Form {
    /// A field that may be given once. The empty text counts as given.
    pub fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let value = match (values.next(), values.next()) {
            (_, Some(_)) => return Err(Refusal::field(ErrorCode::FormParamDuplicate, name)),
            (None, None) => return Ok(None),
            (Some(value), None) => value,
        };
        // PostgreSQL cannot keep NUL in a text, and nobody types it.
        if value.contains('\0') {
            return Err(Refusal::field(ErrorCode::FormParamFormatInvalid, name));
        }
        if value.len() > MAX_TEXT {
            return Err(Refusal::field(ErrorCode::FormParamMaxLengthExceeded, name));
        }
        Ok(Some(value))
    }

    /// A field that may be given once; an empty text counts as not given.
    pub fn filled(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        Ok(self.text(name)?.filter(|value| !value.is_empty()))
    }

    /// A field that must be given.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        match self.text(name)? {
            None => Err(Refusal::field(ErrorCode::FormParamMissing, name)),
            Some("") => Err(Refusal::field(ErrorCode::FormParamNil, name)),
            Some(value) => Ok(value),
        }
    }

    /// Every value of a field that may be given several times; empty ones do not count. Some SDKs write a list into one
    /// value, separated by commas or spaces.
    pub fn every(&self, name: &'static str) -> Result<Vec<&str>, Refusal> {
        let values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let words: Vec<_> = values.flat_map(|value| value.split([' ', ','])).filter(|word| !word.is_empty()).collect();
        if words.iter().any(|word| word.len() > MAX_TEXT) {
            return Err(Refusal::field(ErrorCode::FormParamMaxLengthExceeded, name));
        }
        Ok(words)
    }

    /// A secret that may be given once; an empty text counts as not given.
    pub fn secret(&self, name: &'static str) -> Result<Option<SecretString>, Refusal> {
        Ok(self.filled(name)?.map(SecretString::from))
    }

    /// A secret that must be given.
    pub fn required_secret(&self, name: &'static str) -> Result<SecretString, Refusal> {
        self.required(name).map(SecretString::from)
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.filled(name)? {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Refusal::field(ErrorCode::FormParamTypeInvalid, name)),
        }
    }

    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Refusal> {
        let bytes = body::read(headers, body).await?;
        // Some requests have no body and name no type.
        if !bytes.is_empty() && !is_form(headers) {
            return Err(Refusal::code(ErrorCode::UnsupportedContentType));
        }
        pairs::parse(&bytes).map(Self).map_err(|_| Refusal::code(ErrorCode::RequestBodyInvalid))
    }
}

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

/// Whether the body is said to be a form, in UTF-8.
fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(text) = value.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

impl Refusal {
    /// A form field is at fault.
    pub(crate) fn field(code: ErrorCode, name: &str) -> Self {
        Self::with_meta(code, ErrorMeta::param(name))
    }
}

#[cfg(test)]
mod tests;
