#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

#[test]
fn a_key_survives_the_round_trip() {
    for (kind, host) in [
        (KeyKind::Development, "127.0.0.1:8787"),
        (KeyKind::Production, "frontend.example.com"),
        (KeyKind::Production, "xn--bcher-kva.example"),
    ] {
        let key = PublishableKey { kind, frontend_api: host.to_owned() };
        assert_eq!(PublishableKey::parse(&key.to_string()).unwrap(), key);
    }
}

#[test]
fn padding_and_spaces_around_are_accepted() {
    // "a.b$" is six base64 digits and two of padding.
    assert_eq!(PublishableKey::parse(" pk_test_YS5iJA== \n").unwrap().frontend_api, "a.b");
    assert_eq!(PublishableKey::parse("pk_test_YS5iJA").unwrap().frontend_api, "a.b");
}

#[test]
fn everything_else_is_refused_with_its_reason() {
    let encode = |host: &str| format!("pk_test_{}", BASE64.encode(host));
    for (text, error) in [
        (String::new(), KeyError::Prefix),
        ("sk_test_YS5iJA".to_owned(), KeyError::Prefix),
        ("pk_beta_YS5iJA".to_owned(), KeyError::Prefix),
        ("pk_test_YS5iJA_x".to_owned(), KeyError::Prefix),
        ("pk_test_*".to_owned(), KeyError::Encoding),
        (encode("a.b"), KeyError::Encoding),
        (encode("a.b$$"), KeyError::Encoding),
        (encode("localhost:8787$"), KeyError::Host),
        (encode("a.b/c$"), KeyError::Host),
        (encode("user@a.b$"), KeyError::Host),
        (encode("a.b:0$"), KeyError::Host),
        (encode("a.b:+80$"), KeyError::Host),
        (encode("a.b:70000$"), KeyError::Host),
        (encode("a..b$"), KeyError::Host),
        (encode("a.b\n$"), KeyError::Host),
    ] {
        assert_eq!(PublishableKey::parse(&text).unwrap_err(), error, "{text}");
    }
}
