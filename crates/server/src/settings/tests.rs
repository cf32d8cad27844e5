#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_identity::Requirement;
use serde_json::json;

use super::*;

fn load(file: &Value, kind: KeyKind) -> Result<Settings, Vec<SettingsFault>> {
    Settings::load(&Settings::new(kind).to_document(), file, kind)
}

#[test]
fn new_instances_of_both_kinds_can_be_used() {
    for kind in [KeyKind::Development, KeyKind::Production] {
        assert_eq!(load(&json!({}), kind).unwrap(), Settings::new(kind));
    }
    let development = Settings::new(KeyKind::Development);
    assert!(development.native_api && development.policy.test_mode && development.policy.delete_self);
    assert_eq!(development.policy.email_address.requirement, Requirement::Required);
    assert!(development.policy.email_address.verify_at_sign_up && development.policy.email_address.sign_in_by_code);
    assert_eq!(development.policy.password.requirement, Requirement::Required);
    assert_eq!(development.policy.first_name, Requirement::Optional);
    assert!(!development.policy.sessions.single_session && !development.policy.enumeration_protection);
    assert_eq!(development.policy.sessions.max_lifetime_ms, Some(7 * 24 * 3_600_000));
    let production = Settings::new(KeyKind::Production);
    assert!(!production.policy.test_mode && production.policy.enumeration_protection);
}

#[test]
fn the_files_keys_win() {
    let file = json!({
        "application_name": "Team",
        "policy": {"password": {"min_length": 15}, "first_name": "off", "sessions": {"inactivity_ms": 3_600_000}},
    });
    let settings = load(&file, KeyKind::Development).unwrap();
    assert_eq!(settings.application_name, "Team");
    assert_eq!(settings.policy.password.min_length, 15);
    assert_eq!(settings.policy.first_name, Requirement::Off);
    assert_eq!(settings.policy.sessions.inactivity_ms, Some(3_600_000));
    assert_eq!(settings.policy.sessions.max_lifetime_ms, Some(7 * 24 * 3_600_000), "what is not named stays");
}

#[test]
fn sec_35_both_lifetimes_off_is_refused() {
    let file = json!({"policy": {"sessions": {"max_lifetime_ms": "off"}}});
    let faults = load(&file, KeyKind::Development).unwrap_err();
    assert_eq!(faults, [SettingsFault::Policy(PolicyFault::SessionsNeverEnd)]);
    let file = json!({"policy": {"sessions": {"max_lifetime_ms": "off", "inactivity_ms": 300_000}}});
    assert_eq!(load(&file, KeyKind::Development).unwrap().policy.sessions.max_lifetime_ms, None);
}

#[test]
fn every_reason_is_told_at_once() {
    let file = json!({
        "aplication_name": "Typo",
        "native_api": "perhaps",
        "support_email": "nobody",
        "allowed_origins": ["https://app.example.com", "null", "https://app.example.com/", "*"],
        "public_names": ["login.example.com:8443", "Login.example.com", "https://login.example.com", "a.example:443", ""],
        "trusted_proxies": ["10.0.0.0/8", "proxy"],
        "limits": {"create": 0},
        "policy": {"test_mode": true, "password": {"min_lenght": 3, "min_length": 3}, "codes": {"max_tries": 0}},
    });
    let faults = load(&file, KeyKind::Production).unwrap_err();
    let text = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for word in [
        "`aplication_name` is not a setting",
        "`native_api`",
        "`support_email`",
        "\"null\"",
        "\"https://app.example.com/\"",
        "\"*\"",
        "\"Login.example.com\"",
        "\"https://login.example.com\"",
        "\"a.example:443\"",
        "\"proxy\"",
        "`limits.create`",
        "`policy.test_mode`",
        "`policy.password.min_lenght` is not a setting",
        "below 8 characters",
        "tries for a code",
    ] {
        assert!(text.contains(word), "{word} in\n{text}");
    }
    assert_eq!(faults.len(), 16, "{text}");
}

#[test]
fn a_document_that_is_none_is_refused() {
    let faults = Settings::load(&json!([1]), &json!({}), KeyKind::Development).unwrap_err();
    assert!(matches!(faults.as_slice(), [SettingsFault::Stored(_)]));
}
