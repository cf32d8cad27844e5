//! The version date of the API. Every well-formed one is served the newest shape.

use frontdesk_wire::{
    ErrorCode,
    form::{API_VERSION_HEADER, API_VERSION_QUERY},
};
use http::HeaderMap;

use super::Query;
use crate::http::Refusal;

/// Refuses a version that is malformed or given twice; none is fine.
pub(in crate::http) fn check(query: &Query, headers: &HeaderMap) -> Result<(), Refusal> {
    let invalid = || Refusal::code(ErrorCode::ApiVersionInvalid);
    let in_query = query.one(API_VERSION_QUERY).map_err(|_| invalid())?;
    let mut in_headers = headers.get_all(API_VERSION_HEADER).iter();
    let version = match (in_query, in_headers.next(), in_headers.next()) {
        (None, None, _) => return Ok(()),
        (Some(version), None, _) => version,
        (None, Some(version), None) => version.to_str().map_err(|_| invalid())?,
        _ => return Err(invalid()),
    };
    if is_date(version) { Ok(()) } else { Err(invalid()) }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = bytes.get(range)?;
        digits.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use http::HeaderValue;

    use super::*;

    fn accepted(uri: &str, header: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(API_VERSION_HEADER, HeaderValue::from_str(value).unwrap());
        }
        match check(&Query::of(&uri.parse().unwrap()).unwrap(), &headers) {
            Ok(()) => true,
            Err(refusal) => {
                assert_eq!(refusal.first_code(), ErrorCode::ApiVersionInvalid);
                false
            }
        }
    }

    #[test]
    fn any_well_formed_date_is_served() {
        for date in ["2025-04-10", "2026-08-20", "2199-12-31", "2024-02-29"] {
            assert!(accepted(&format!("/v1/client?__clerk_api_version={date}"), None), "{date}");
            assert!(accepted("/v1/client", Some(date)));
        }
        assert!(accepted("/v1/client", None));
    }

    #[test]
    fn what_is_no_date_or_is_given_twice_is_refused() {
        for date in ["", "v1", "2025-4-10", "2025-13-01", "2025-02-29", "2025-04-10Z", "2025-04-00", "20é5-04-10"] {
            let encoded: String = url::form_urlencoded::byte_serialize(date.as_bytes()).collect();
            assert!(!accepted(&format!("/v1/client?__clerk_api_version={encoded}"), None), "{date}");
        }
        assert!(!accepted("/v1/client?__clerk_api_version=2025-04-10", Some("2025-04-10")));
        assert!(!accepted("/?__clerk_api_version=2025-04-10&__clerk_api_version=2025-04-10", None));
    }
}
