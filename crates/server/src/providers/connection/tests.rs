#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};

use super::*;

const KINDS: [KeyKind; 2] = [KeyKind::Development, KeyKind::Production];

fn of(document: Value) -> Connection {
    serde_json::from_value(document).unwrap()
}

fn credentials() -> Value {
    json!({"enabled": true, "client_id": "client-1", "client_secret_file": "providers/google.secret"})
}

fn with(key: &str, value: Value) -> Connection {
    let mut document = credentials();
    document[key] = value;
    of(document)
}

#[test]
fn a_connection_is_off_until_it_is_turned_on_and_strict_from_the_first() {
    let connection = of(json!({}));
    assert!(!connection.enabled && connection.authenticatable && connection.block_email_subaddresses);
    assert_eq!(connection, Connection::default());
    assert!(serde_json::from_value::<Connection>(json!({"client_secret": "x"})).is_err(), "secrets have files");
    let written = serde_json::to_value(with("endpoints", json!({"issuer": "https://gateway.example"}))).unwrap();
    assert_eq!(of(written.clone()), with("endpoints", json!({"issuer": "https://gateway.example"})), "{written}");
}

#[test]
fn development_needs_nothing_and_production_needs_credentials() {
    let bare = of(json!({"enabled": true}));
    for strategy in ["oauth_google", "oauth_facebook", "oauth_github", "oauth_custom_acme"] {
        assert_eq!(bare.faults(strategy, KeyKind::Development), Vec::<String>::new());
        let faults = bare.faults(strategy, KeyKind::Production);
        assert!(faults[0].starts_with("`client_id` is missing"), "{faults:?}");
        assert!(faults[1].starts_with("`client_secret_file` is missing"), "{faults:?}");
        assert_eq!(faults.len(), if strategy.starts_with("oauth_custom_") { 3 } else { 2 });
        assert_eq!(of(json!({})).faults(strategy, KeyKind::Production), Vec::<String>::new(), "it is off");
    }
    for kind in KINDS {
        assert_eq!(of(credentials()).faults("oauth_google", kind), Vec::<String>::new());
        let custom = with("issuer", json!("https://login.acme.example"));
        assert_eq!(custom.faults("oauth_custom_acme", kind), Vec::<String>::new());
        // Half of the credentials is of no use anywhere.
        let half = of(json!({"enabled": true, "client_id": "client-1"}));
        assert_eq!(half.faults("oauth_google", kind).len(), 1);
        let half = of(json!({"enabled": true, "client_secret_file": "secret"}));
        assert_eq!(half.faults("oauth_google", kind).len(), 1);
        assert!(of(credentials()).faults("oauth_custom_acme", kind)[0].starts_with("`issuer` is missing"));
    }
}

#[test]
fn there_are_no_other_connections() {
    let faults = of(credentials()).faults("oauth_apple", KeyKind::Production);
    assert!(faults.len() == 1 && faults[0].contains("oauth_apple"), "{faults:?}");
}

#[test]
fn values_in_another_format_are_refused_with_their_name() {
    let long = "x".repeat(201);
    for (key, wrong) in [
        ("client_id", json!("")),
        ("client_id", json!("client 1")),
        ("client_id", json!("client\n")),
        ("client_secret_file", json!("")),
        ("client_secret_file", json!("..")),
        ("client_secret_file", json!("../secret")),
        ("client_secret_file", json!("providers/../../secret")),
        ("client_secret_file", json!("/")),
        ("scopes", json!(["a b"])),
        ("scopes", json!([""])),
        ("scopes", json!(["a\"b"])),
        ("scopes", json!([long])),
        ("scopes", json!(vec!["x"; 51])),
        ("hosted_domain", json!("example")),
        ("hosted_domain", json!("Example.com")),
        ("hosted_domain", json!("example.com/x")),
        ("hosted_domain", json!("*")),
    ] {
        let faults = with(key, wrong.clone()).faults("oauth_google", KeyKind::Production);
        assert!(faults.len() == 1 && faults[0].starts_with(&format!("`{key}`")), "{key} {wrong}: {faults:?}");
    }
    for (key, right) in [
        ("client_secret_file", json!("/run/secrets/google")),
        ("scopes", json!(["https://www.googleapis.com/auth/calendar.readonly"])),
        ("hosted_domain", json!("my-team.example.com")),
    ] {
        assert_eq!(with(key, right).faults("oauth_google", KeyKind::Production), Vec::<String>::new(), "{key}");
    }
}

#[test]
fn addresses_are_https_or_on_this_computer() {
    for (strategy, key) in [
        ("oauth_google", "issuer"),
        ("oauth_github", "authorize"),
        ("oauth_github", "token"),
        ("oauth_facebook", "profile"),
    ] {
        for (url, fits) in [
            ("https://gateway.example/x", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://gateway.example/x", false),
            ("https://ada:secret@gateway.example/", false),
            ("https://gateway.example/#x", false),
            ("ftp://gateway.example/", false),
        ] {
            let faults = with("endpoints", json!({key: url})).faults(strategy, KeyKind::Production);
            assert_eq!(faults.is_empty(), fits, "{key} {url}: {faults:?}");
            assert!(faults.iter().all(|fault| fault.starts_with(&format!("`endpoints.{key}`"))), "{faults:?}");
            assert!(!format!("{faults:?}").contains("secret"), "nothing of the address is repeated");
        }
    }
    let query = with("issuer", json!("https://login.acme.example/?tenant=1"));
    assert_eq!(query.faults("oauth_custom_acme", KeyKind::Production).len(), 1);
}

#[test]
fn what_counts_for_nothing_is_said() {
    for (strategy, key, value) in [
        ("oauth_github", "hosted_domain", json!("example.com")),
        ("oauth_google", "issuer", json!("https://accounts.google.com")),
        ("oauth_google", "name", json!("Google")),
        ("oauth_github", "logo_url", json!("https://a.example/logo.svg")),
    ] {
        let faults = with(key, value).faults(strategy, KeyKind::Development);
        assert!(faults.len() == 1 && faults[0].contains("counts for nothing"), "{faults:?}");
    }
    let faults = with("endpoints", json!({"token": "https://a.example"})).faults("oauth_google", KeyKind::Development);
    assert!(faults.len() == 1 && faults[0].starts_with("`endpoints.token`"), "{faults:?}");
    let mut custom = with("issuer", json!("https://a.example"));
    custom.endpoints.issuer = Url::parse("https://b.example").ok();
    assert_eq!(custom.faults("oauth_custom_acme", KeyKind::Development).len(), 1);
    custom.endpoints.issuer = None;
    custom.name = Some("two\nlines".to_owned());
    assert!(custom.faults("oauth_custom_acme", KeyKind::Development)[0].starts_with("`name`"));
}
