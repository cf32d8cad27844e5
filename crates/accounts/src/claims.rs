//! What a session token says of itself. Nobody here verifies it: that is for whoever it is shown to.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Largest token that is looked into, in bytes.
const LARGEST: usize = 64 * 1024;

/// The claims of a token in compact form; none when it is not one.
pub(crate) fn decode(jwt: &str) -> Option<Map<String, Value>> {
    if jwt.len() > LARGEST {
        return None;
    }
    let mut parts = jwt.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

/// Longest that a token of a template can last, in seconds: ten years.
const LONGEST: i64 = 315_360_000;

/// How long a token lasts from when it was made, in milliseconds; none when it does not say, or nothing sensible.
pub(crate) fn lifetime(claims: &Map<String, Value>) -> Option<i64> {
    let seconds = claims.get("exp")?.as_i64()?.checked_sub(claims.get("iat")?.as_i64()?)?;
    (seconds > 0).then(|| seconds.min(LONGEST) * 1000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_are_read() {
        let claims = decode(&token(r#"{"sid":"sess_1","iat":100,"exp":160}"#)).unwrap();
        assert_eq!(claims["sid"], "sess_1");
        assert_eq!(lifetime(&claims), Some(60_000));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for text in ["", "a", "a.b", "a.b.c", "e30.W10.x", "e30.e30.e30.e30", &token("null"), &"a".repeat(100_000)] {
            assert!(decode(text).is_none(), "{text}");
        }
    }

    #[test]
    fn strange_lifetimes_are_none_or_bounded() {
        for claims in [r"{}", r#"{"iat":1}"#, r#"{"iat":"1","exp":2}"#, r#"{"iat":5,"exp":5}"#] {
            assert_eq!(lifetime(&decode(&token(claims)).unwrap()), None);
        }
        let extreme = format!(r#"{{"iat":{},"exp":{}}}"#, i64::MIN, i64::MAX);
        assert_eq!(lifetime(&decode(&token(&extreme)).unwrap()), None);
        assert_eq!(lifetime(&decode(&token(r#"{"iat":0,"exp":9999999999}"#)).unwrap()), Some(315_360_000_000));
    }
}
