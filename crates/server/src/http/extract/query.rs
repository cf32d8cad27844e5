//! The query of a request. Unknown parameters are ignored.

use frontdesk_wire::ErrorCode;
use http::Uri;

use super::pairs::{self, Pair};
use crate::http::Refusal;

/// Query parameters.
#[derive(Clone)]
pub struct Query(Vec<Pair>);

impl Query {
    /// Reads the query of an address.
    pub fn of(uri: &Uri) -> Result<Self, Refusal> {
        pairs::parse(uri.query().unwrap_or_default().as_bytes())
            .map(Self)
            .map_err(|_| Refusal::code(ErrorCode::MalformedRequestParameters))
    }

    /// Every value of a parameter, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that may be given once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::code(ErrorCode::MalformedRequestParameters)),
            (value, None) => Ok(value),
        }
    }
}
