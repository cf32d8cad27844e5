//! Parameters of OAuth requests: given once or not at all, and empty ones count as not given (RFC 6749 §3.1).

use url::form_urlencoded;
use zeroize::Zeroizing;

/// Most pairs that are read.
const MAX_PAIRS: usize = 64;

/// A parameter that was given more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Twice;

/// The parameters of one request. They may hold secrets.
pub(super) struct Params(Vec<(String, Zeroizing<String>)>);

impl Params {
    /// Reads a query or a form.
    pub(super) fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text).take(MAX_PAIRS);
        Self(pairs.map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned()))).collect())
    }

    /// A parameter.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Twice> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Twice),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// A field of the provider's own forms, which have each field once.
    pub(super) fn field(&self, name: &str) -> &str {
        self.one(name).ok().flatten().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_given_once_or_not_at_all() {
        let params = Params::parse(b"a=1&b=&c=x%20y+z&d=1&d=2&b2");
        assert_eq!(params.one("a"), Ok(Some("1")));
        assert_eq!((params.one("b"), params.one("b2"), params.one("e")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(params.one("c"), Ok(Some("x y z")));
        assert_eq!((params.one("d"), params.field("d")), (Err(Twice), ""));
        assert_eq!(Params::parse("a=1&".repeat(9_999).as_bytes()).0.len(), MAX_PAIRS);
    }
}
