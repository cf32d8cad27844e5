//! Reading rows back into the types of the rules.

use frontdesk_identity::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// A row of this kind and id, which is being read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) what: &'static str,
    pub(crate) id: &'a str,
}

impl Reading<'_> {
    pub(crate) fn malformed(self, reason: impl std::fmt::Display) -> StoreError {
        StoreError::Malformed { what: self.what, id: self.id.to_owned(), reason: reason.to_string() }
    }

    /// A document.
    pub(crate) fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.malformed(error))
    }

    /// A text that is read by a parser of the rules, such as an id.
    pub(crate) fn parse<T, E: std::fmt::Display>(
        self,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        parse(text).map_err(|error| self.malformed(error))
    }

    /// The same, where the text may be absent.
    pub(crate) fn parse_some<T, E: std::fmt::Display>(
        self,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.parse(text, parse)).transpose()
    }

    /// A number of tries.
    pub(crate) fn count(self, number: i64) -> Result<u32, StoreError> {
        u32::try_from(number).map_err(|error| self.malformed(error))
    }
}

/// Writes a document. Maps with keys that are no texts could fail, and no document has one.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused(error.to_string()))
}

/// A moment that may be absent.
pub(crate) fn moment(at: Option<i64>) -> Option<Timestamp> {
    at.map(Timestamp)
}

/// A moment that may be absent, to be written.
pub(crate) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.0)
}
