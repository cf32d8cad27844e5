#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::{AddressError, Callback, Redirect};

fn deep() -> Redirect {
    Redirect::Scheme { scheme: "org.example.desk".to_owned() }
}

fn port() -> Redirect {
    Redirect::Loopback { port: 40_123 }
}

fn nonce(text: &str, redirect: &Redirect) -> Option<String> {
    Callback::parse(text, redirect).unwrap().nonce.map(|nonce| nonce.expose().to_owned())
}

#[test]
fn an_address_that_leads_back_is_read() {
    assert_eq!(nonce("org.example.desk://callback?rotating_token_nonce=aB-1", &deep()), Some("aB-1".to_owned()));
    assert_eq!(nonce(" org.example.desk://callback/?rotating_token_nonce=a\n", &deep()), Some("a".to_owned()));
    assert_eq!(
        nonce("http://127.0.0.1:40123/callback?created_session_id=s&rotating_token_nonce=a#_=_", &port()),
        Some("a".to_owned())
    );
    assert_eq!(Callback::parse("org.example.desk://callback", &deep()), Ok(Callback::default()));
    let failed = "org.example.desk://callback?__clerk_status=failed&__clerk_error_code=oauth_access_denied";
    assert_eq!(Callback::parse(failed, &deep()).unwrap().failed.as_deref(), Some("oauth_access_denied"));
    let fine = "org.example.desk://callback?__clerk_status=verified&__clerk_error_code=nothing";
    assert_eq!(Callback::parse(fine, &deep()).unwrap().failed, None);
}

#[test]
fn sec_10_an_address_that_only_looks_alike_is_refused() {
    let wrong = [
        "",
        "https://example.com/callback?rotating_token_nonce=a",
        "org.example.desk:callback?rotating_token_nonce=a",
        "org.example.desk:/callback?rotating_token_nonce=a",
        "org.example.desk:///callback?rotating_token_nonce=a",
        "org.example.desk://callback.evil.example?rotating_token_nonce=a",
        "org.example.desk://callback@evil.example?rotating_token_nonce=a",
        "org.example.desk://user@callback?rotating_token_nonce=a",
        "org.example.desk://callback:80?rotating_token_nonce=a",
        "org.example.desk://callback/../other?rotating_token_nonce=a",
        "org.example.desk://callback//?rotating_token_nonce=a",
        "org.example.desk://callback%2f?rotating_token_nonce=a",
        "org.example.desk://callback\\?rotating_token_nonce=a",
        "org.example.desk://CALLBACK?rotating_token_nonce=a",
        "org.example.desk://callback?rotating_token_nonce=a#b",
        "org.example.desk2://callback?rotating_token_nonce=a",
        "org.example.desk://add-instance?key=pk_test_a",
        "org.example.desk://callback?rotating_token_nonce=a b",
        "org.example.desk://callbäck?rotating_token_nonce=a",
        "javascript:alert(1)//org.example.desk://callback",
        "http://127.0.0.1:40123/callback?rotating_token_nonce=a",
    ];
    for text in wrong {
        assert!(Callback::parse(text, &deep()).is_err(), "{text}");
    }
    let wrong = [
        "http://127.0.0.1:4012/callback?rotating_token_nonce=a",
        "http://127.0.0.1:40124/callback?rotating_token_nonce=a",
        "http://127.0.0.1:401230/callback?rotating_token_nonce=a",
        "https://127.0.0.1:40123/callback?rotating_token_nonce=a",
        "http://localhost:40123/callback?rotating_token_nonce=a",
        "http://127.1:40123/callback?rotating_token_nonce=a",
        "http://a@127.0.0.1:40123/callback?rotating_token_nonce=a",
        "http://127.0.0.1:40123/callback/?rotating_token_nonce=a",
        "http://127.0.0.1:40123//callback?rotating_token_nonce=a",
        "org.example.desk://callback?rotating_token_nonce=a",
    ];
    for text in wrong {
        assert!(Callback::parse(text, &port()).is_err(), "{text}");
    }
}

#[test]
fn sec_12_what_is_said_twice_or_cannot_be_is_refused_without_being_named() {
    let error = |query: &str| Callback::parse(&format!("org.example.desk://callback?{query}"), &deep()).unwrap_err();
    assert_eq!(error("rotating_token_nonce=a&rotating_token_nonce=b"), AddressError::Twice("rotating_token_nonce"));
    assert_eq!(error("rotating_token_nonce="), AddressError::Value("rotating_token_nonce"));
    assert_eq!(error("rotating_token_nonce=%0d%0a"), AddressError::Value("rotating_token_nonce"));
    assert_eq!(error("rotating_token_nonce=%C3%A4"), AddressError::Value("rotating_token_nonce"));
    assert_eq!(error("__clerk_status=a&__clerk_status=b"), AddressError::Twice("__clerk_status"));
    assert_eq!(error("__clerk_status=failed&__clerk_error_code=%3Cb%3E"), AddressError::Value("__clerk_error_code"));
    assert_eq!(
        error(&format!("rotating_token_nonce={}", "a".repeat(2000))),
        AddressError::Value("rotating_token_nonce")
    );
    assert_eq!(error(&"a".repeat(9000)), AddressError::TooLong);
    let said = format!("{}", error("rotating_token_nonce=%0dsecret"));
    assert!(!said.contains("secret"), "{said}");
    let read = Callback::parse("org.example.desk://callback?rotating_token_nonce=secret", &deep()).unwrap();
    assert!(!format!("{read:?}").contains("secret"));
}

#[test]
fn sec_06_redirects_are_a_scheme_with_a_dot_or_a_number_of_this_computer() {
    assert_eq!(deep().url(), "org.example.desk://callback");
    assert_eq!(port().url(), "http://127.0.0.1:40123/callback");
}

/// Pieces from which addresses are put together that come close to good ones.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("org.example.desk".to_owned()),
        Just("://".to_owned()),
        Just("callback".to_owned()),
        Just("?".to_owned()),
        Just("&".to_owned()),
        Just("rotating_token_nonce=".to_owned()),
        Just("__clerk_status=failed".to_owned()),
        Just("http://127.0.0.1:40123/callback".to_owned()),
        Just("#".to_owned()),
        Just("%2f".to_owned()),
        Just("@".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,4}",
    ]
}

proptest! {
    #[test]
    fn sec_09_whatever_comes_is_read_or_refused(pieces in proptest::collection::vec(piece(), 0..12)) {
        let text = pieces.concat();
        for redirect in [deep(), port()] {
            let Ok(read) = Callback::parse(&text, &redirect) else { continue };
            prop_assert!(text.trim().starts_with(&redirect.url()));
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
            prop_assert!(read.nonce.is_none_or(|nonce| !nonce.expose().is_empty() && plain(nonce.expose())));
            prop_assert!(read.failed.is_none_or(|code| plain(&code)));
        }
    }

    #[test]
    fn sec_09_bytes_of_any_kind_are_read_or_refused(text in "\\PC*") {
        prop_assert!(Callback::parse(&text, &deep()).is_err());
        let _read_or_refused = Callback::parse(&format!("org.example.desk://callback?{text}"), &deep());
    }

    #[test]
    fn a_nonce_comes_back_as_it_was_sent(sent in "[A-Za-z0-9._~-]{1,200}") {
        let text = format!("org.example.desk://callback?rotating_token_nonce={sent}");
        prop_assert_eq!(nonce(&text, &deep()), Some(sent));
    }
}
