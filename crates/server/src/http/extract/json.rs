//! The JSON object in the body of a request, or a list of them. Unknown fields are ignored, and null is the same as no field.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use frontdesk_identity::{Metadata, Timestamp};
use frontdesk_wire::ErrorCode;
use http::{HeaderMap, header::CONTENT_TYPE};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroize as _;

use super::{body, moment};
use crate::http::Refusal;

/// Longest text that is no metadata, in bytes; what a field may hold is decided after this.
const MAX_TEXT: usize = 16 * 1024;

/// Several objects.
pub struct JsonList(Vec<Json>);

impl JsonList {
    /// The objects, if there are so many.
    pub fn between(&self, least: usize, most: usize) -> Result<&[Json], Refusal> {
        if (least..=most).contains(&self.0.len()) {
            return Ok(&self.0);
        }
        Err(Refusal::code(ErrorCode::RequestBodyInvalid).saying(format!("Send between {least} and {most} objects.")))
    }
}

impl<S: Sync> FromRequest<S> for JsonList {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let objects: Vec<Metadata> = parsed(&parts.headers, body, "a list of JSON objects").await?.unwrap_or_default();
        Ok(Self(objects.into_iter().map(Json).collect()))
    }
}

/// Fields of an object. Texts are wiped when it is dropped: some are passwords.
pub struct Json(Metadata);

impl Drop for Json {
    fn drop(&mut self) {
        for value in self.0.values_mut() {
            if let Value::String(text) = value {
                text.zeroize();
            }
        }
    }
}

impl Json {
    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text; the empty one counts as given.
    pub fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        self.given(name).map(|value| text(name, value)).transpose()
    }

    /// A text; an empty one counts as not given.
    pub fn filled(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        Ok(self.text(name)?.filter(|value| !value.is_empty()))
    }

    /// A secret; an empty one counts as not given.
    pub fn secret(&self, name: &'static str) -> Result<Option<SecretString>, Refusal> {
        Ok(self.filled(name)?.map(SecretString::from))
    }

    /// A secret that must be given.
    pub fn required_secret(&self, name: &'static str) -> Result<SecretString, Refusal> {
        self.secret(name)?.ok_or_else(|| Refusal::field(ErrorCode::FormParamMissing, name))
    }

    /// A text that must be given, and may not be empty.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.filled(name)?.ok_or_else(|| Refusal::field(ErrorCode::FormParamMissing, name))
    }

    /// A whole number.
    pub fn integer(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let whole = |value: &Value| value.as_i64().ok_or_else(|| Refusal::field(ErrorCode::FormParamTypeInvalid, name));
        self.given(name).map(whole).transpose()
    }

    /// A list of texts; none if it is not given.
    pub fn texts(&self, name: &'static str) -> Result<Vec<&str>, Refusal> {
        match self.given(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => list.iter().map(|value| text(name, value)).collect(),
            Some(_) => Err(Refusal::field(ErrorCode::FormParamTypeInvalid, name)),
        }
    }

    /// Whether there is a value.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// True or false, if it is given.
    pub fn optional_flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Refusal::field(ErrorCode::FormParamTypeInvalid, name)),
        }
    }

    /// True or false; false if it is not given.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        Ok(self.optional_flag(name)?.unwrap_or(false))
    }

    /// Refuses every field but these. For objects of settings, where one that is ignored would be taken for set.
    pub fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Refusal::field(ErrorCode::FormParamUnknown, name.as_str())),
        }
    }

    /// An object.
    pub fn object(&self, name: &'static str) -> Result<Option<Metadata>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object.clone())),
            Some(_) => Err(Refusal::field(ErrorCode::FormParamTypeInvalid, name)),
        }
    }

    /// A moment, as RFC 3339 writes it.
    pub fn moment(&self, name: &'static str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.filled(name)? else { return Ok(None) };
        let millis = moment::parse(text).ok_or_else(|| Refusal::field(ErrorCode::FormParamFormatInvalid, name))?;
        Ok(Some(Timestamp(millis)))
    }

    /// Refuses fields that would mean something and that this instance does not serve. Empty ones ask for nothing.
    pub fn refuse(&self, names: &[&'static str]) -> Result<(), Refusal> {
        let asks = |name: &&&'static str| match self.given(name) {
            None | Some(Value::Bool(false)) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(list)) => !list.is_empty(),
            Some(_) => true,
        };
        match names.iter().find(asks) {
            None => Ok(()),
            Some(name) => Err(Refusal::field(ErrorCode::FormParamUnknown, name)),
        }
    }

    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Refusal> {
        Ok(Self(parsed(headers, body, "a JSON object").await?.unwrap_or_default()))
    }
}

impl<S: Sync> FromRequest<S> for Json {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

fn text<'v>(name: &'static str, value: &'v Value) -> Result<&'v str, Refusal> {
    let Value::String(text) = value else {
        return Err(Refusal::field(ErrorCode::FormParamTypeInvalid, name));
    };
    // PostgreSQL cannot keep NUL in a text, and nobody types it.
    if text.contains('\0') {
        return Err(Refusal::field(ErrorCode::FormParamFormatInvalid, name));
    }
    if text.len() > MAX_TEXT {
        return Err(Refusal::field(ErrorCode::FormParamMaxLengthExceeded, name));
    }
    Ok(text)
}

/// What the body says, if there is one.
async fn parsed<T: DeserializeOwned>(headers: &HeaderMap, body: Body, what: &str) -> Result<Option<T>, Refusal> {
    let bytes = body::read(headers, body).await?;
    // Some requests have no body, and what they say of its type means nothing.
    if bytes.is_empty() {
        return Ok(None);
    }
    if !is_json(headers) {
        return Err(
            Refusal::code(ErrorCode::UnsupportedContentType).saying("Send the body as application/json in UTF-8.")
        );
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| Refusal::code(ErrorCode::RequestBodyInvalid).saying(format!("The body is not {what} in UTF-8.")))
}

/// Whether the body is said to be JSON, in UTF-8.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(text) = value.to_str() else { return false };
    let text = text.to_ascii_lowercase();
    matches!(text.replace(' ', "").as_str(), "application/json" | "application/json;charset=utf-8")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    async fn read(content_type: Option<&str>, body: &'static str) -> Result<Json, ErrorCode> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        Json::read(&headers, Body::from(body)).await.map_err(|refusal| refusal.first_code())
    }

    #[tokio::test]
    async fn only_json_objects_are_read() {
        for good in ["application/json", "Application/JSON", "application/json; charset=UTF-8"] {
            assert!(read(Some(good), "{}").await.is_ok(), "{good}");
        }
        for bad in [None, Some("text/plain"), Some("application/json; charset=latin1"), Some("application/jsonp")] {
            assert_eq!(read(bad, "{}").await.err(), Some(ErrorCode::UnsupportedContentType), "{bad:?}");
        }
        for bad in ["[]", "{", "null", "1", r#"{"a":1} x"#] {
            assert_eq!(read(Some("application/json"), bad).await.err(), Some(ErrorCode::RequestBodyInvalid), "{bad}");
        }
        assert!(read(None, "").await.is_ok());
    }

    #[tokio::test]
    async fn fields_are_read_by_their_type() {
        let body = r#"{"a":"x","b":["x","y"],"c":true,"d":{"e":1},"f":null,"g":"2026-01-01T00:00:00Z","h":"","i":"\u0000","j":-7,"k":1.5}"#;
        let json = read(Some("application/json"), body).await.unwrap();
        assert_eq!(json.text("a").unwrap(), Some("x"));
        assert_eq!(json.texts("b").unwrap(), ["x", "y"]);
        assert_eq!((json.integer("j").unwrap(), json.integer("f").unwrap()), (Some(-7), None));
        assert_eq!(json.required("a").unwrap(), "x");
        assert!(json.flag("c").unwrap() && !json.flag("f").unwrap() && !json.flag("none").unwrap());
        assert_eq!(json.object("d").unwrap().unwrap()["e"], 1);
        assert_eq!(json.moment("g").unwrap(), Some(Timestamp(1_767_225_600_000)));
        assert_eq!(
            (json.text("h").unwrap(), json.filled("h").unwrap(), json.text("f").unwrap()),
            (Some(""), None, None)
        );
        let code = |refused: Result<(), Refusal>| refused.unwrap_err().first_code();
        assert_eq!(code(json.text("b").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.texts("a").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.flag("a").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.integer("a").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.integer("k").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.required("h").map(drop)), ErrorCode::FormParamMissing);
        assert_eq!(code(json.object("a").map(drop)), ErrorCode::FormParamTypeInvalid);
        assert_eq!(code(json.moment("a").map(drop)), ErrorCode::FormParamFormatInvalid);
        assert_eq!(code(json.text("i").map(drop)), ErrorCode::FormParamFormatInvalid);
        assert_eq!(code(json.refuse(&["h", "f", "a"])), ErrorCode::FormParamUnknown);
        json.refuse(&["h", "f", "none"]).unwrap();
        assert!(json.is_given("h") && !json.is_given("f") && !json.is_given("none"));
        assert_eq!((json.optional_flag("c").unwrap(), json.optional_flag("f").unwrap()), (Some(true), None));
        assert_eq!(code(json.only(&["a"])), ErrorCode::FormParamUnknown);
        json.only(&["a", "b", "c", "d", "f", "g", "h", "i", "j", "k"]).unwrap();
    }
}
