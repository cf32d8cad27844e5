//! Form fields: what may be in them.

use crate::{Metadata, UsernameFault};

/// Longest name of a person, in characters.
const MAX_NAME: usize = 256;
/// Largest metadata, in bytes of JSON.
const MAX_METADATA: usize = 8 * 1024;
/// Longest language tag (RFC 5646 §4.4.1).
const MAX_LOCALE: usize = 35;
/// Deepest metadata.
const MAX_DEPTH: usize = 32;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// It is needed and not there.
    Missing,
    /// It is not in its format.
    Format,
    /// It has a value that is not one of its values.
    Value,
    /// It has a value of the wrong type.
    Type,
    /// It is too long.
    TooLong,
    /// Its value is turned off at this instance.
    Disabled,
    /// The instance does not take this field.
    Unknown,
    /// What it names does not exist.
    NotFound,
    /// It is no user name.
    Username(UsernameFault),
    /// It is a phone number of a country that no texts go to.
    Country,
}

/// A field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field {param}: {fault:?}")]
pub struct FieldError {
    /// Name of the field in the form.
    pub param: &'static str,
    /// What is wrong.
    pub fault: FieldFault,
}

impl FieldError {
    /// A fault of this field.
    #[must_use]
    pub fn new(param: &'static str, fault: FieldFault) -> Self {
        Self { param, fault }
    }
}

/// Reads the name of a person; an empty text is none.
pub fn person_name(param: &'static str, typed: &str) -> Result<Option<String>, FieldError> {
    let name = typed.trim();
    if name.chars().any(char::is_control) {
        return Err(FieldError::new(param, FieldFault::Format));
    }
    if name.chars().count() > MAX_NAME {
        return Err(FieldError::new(param, FieldFault::TooLong));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// Reads a language tag (RFC 5646) by its outer form; what is none counts as nothing said.
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (text.len() <= MAX_LOCALE && text.split('-').all(part)).then(|| text.to_owned())
}

/// Checks metadata that came as an object.
pub fn metadata_object(param: &'static str, object: &Metadata) -> Result<Metadata, FieldError> {
    let text = serde_json::to_string(object).map_err(|_| FieldError::new(param, FieldFault::Format))?;
    metadata(param, &text)
}

/// Reads metadata, JSON text of an object; an empty text is an empty object.
pub fn metadata(param: &'static str, text: &str) -> Result<Metadata, FieldError> {
    if text.is_empty() {
        return Ok(Metadata::new());
    }
    if text.len() > MAX_METADATA {
        return Err(FieldError::new(param, FieldFault::TooLong));
    }
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|_| FieldError::new(param, FieldFault::Format))?;
    match value {
        // PostgreSQL cannot keep NUL in a text, and JSON may write it as an escape.
        serde_json::Value::Object(_) if text.contains("\\u0000") => Err(FieldError::new(param, FieldFault::Format)),
        serde_json::Value::Object(object) if depth_within(&object, MAX_DEPTH) => Ok(object),
        serde_json::Value::Object(_) => Err(FieldError::new(param, FieldFault::TooLong)),
        _ => Err(FieldError::new(param, FieldFault::Type)),
    }
}

fn depth_within(object: &Metadata, depth: usize) -> bool {
    fn within(value: &serde_json::Value, depth: usize) -> bool {
        match value {
            serde_json::Value::Object(object) => depth > 0 && object.values().all(|value| within(value, depth - 1)),
            serde_json::Value::Array(list) => depth > 0 && list.iter().all(|value| within(value, depth - 1)),
            _ => true,
        }
    }
    object.values().all(|value| within(value, depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(person_name("first_name", " Ada "), Ok(Some("Ada".to_owned())));
        assert_eq!(person_name("first_name", "  "), Ok(None));
        assert_eq!(person_name("first_name", &"x".repeat(257)).unwrap_err().fault, FieldFault::TooLong);
        assert_eq!(person_name("first_name", "a\0b").unwrap_err().fault, FieldFault::Format);
    }

    #[test]
    fn language_tags_have_their_outer_form() {
        assert_eq!(language_tag("de-CH"), Some("de-CH".to_owned()));
        for bad in ["", "-", "de_CH", "de-", "deutschland", &"a-".repeat(20)] {
            assert_eq!(language_tag(bad), None, "{bad}");
        }
    }

    #[test]
    fn metadata_is_an_object_of_bounded_size() {
        assert!(metadata("unsafe_metadata", "").is_ok_and(|object| object.is_empty()));
        assert!(metadata("unsafe_metadata", r#"{"a":{"b":[1]}}"#).is_ok());
        let fault = |text: &str| metadata("unsafe_metadata", text).unwrap_err().fault;
        assert_eq!(fault("[1]"), FieldFault::Type);
        assert_eq!(fault("{"), FieldFault::Format);
        assert_eq!(fault(r#"{"a":"\u0000"}"#), FieldFault::Format);
        assert_eq!(fault(&format!(r#"{{"a":"{}"}}"#, "x".repeat(9000))), FieldFault::TooLong);
        assert_eq!(fault(&format!(r#"{{"a":{}1{}}}"#, "[".repeat(40), "]".repeat(40))), FieldFault::TooLong);
    }
}
