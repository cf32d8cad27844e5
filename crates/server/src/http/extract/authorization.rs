//! The client token in the `Authorization` header, in every spelling that native SDKs use (protocol §1.4): no header,
//! an empty one, the bare word `Bearer`, the token alone, or `Bearer` and the token.

use frontdesk_wire::ErrorCode;
use http::{HeaderMap, header::AUTHORIZATION};

use crate::http::Refusal;

/// The token, if there is one.
pub(in crate::http) fn token(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let malformed = || Refusal::code(ErrorCode::AuthorizationHeaderFormatInvalid);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed());
    }
    let text = value.to_str().map_err(|_| malformed())?.trim();
    let mut words = text.split_ascii_whitespace();
    let is_bearer = |word: &str| word.eq_ignore_ascii_case("bearer");
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Ok(None),
        (Some(word), None, _) if is_bearer(word) => Ok(None),
        (Some(token), None, _) => Ok(Some(token)),
        (Some(word), Some(token), None) if is_bearer(word) => Ok(Some(token)),
        _ => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use http::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Result<Option<String>, ErrorCode> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        token(&headers).map(|token| token.map(str::to_owned)).map_err(|refusal| refusal.first_code())
    }

    #[test]
    fn every_spelling_is_read() {
        assert_eq!(read(&[]), Ok(None));
        for none in ["", "  ", "Bearer", "bearer "] {
            assert_eq!(read(&[none.as_bytes()]), Ok(None), "{none:?}");
        }
        for some in [&b"fct1_x"[..], b"Bearer fct1_x", b"bearer   fct1_x", b" BEARER fct1_x "] {
            assert_eq!(read(&[some]).unwrap().as_deref(), Some("fct1_x"));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [&[&b"Basic dTpw"[..]][..], &[b"Bearer a b"], &[b"a b c"], &[b"a", b"a"], &[b"\xff"]] {
            assert_eq!(read(bad), Err(ErrorCode::AuthorizationHeaderFormatInvalid), "{bad:?}");
        }
    }
}
