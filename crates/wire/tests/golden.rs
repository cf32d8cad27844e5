//! Every wire object against its golden file: what is read is written again, field for field.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{fmt::Debug, fs, path::PathBuf};

use frontdesk_wire::{
    self as wire,
    schema::{self, named},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{RefOr, Schema},
};

fn golden(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.json"));
    serde_json::from_str(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .unwrap()
}

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug + ToSchema>(name: &str) {
    round_trip::<T>(name);
    fits(name, named::<T>());
}

/// The file holds what its schema says, and nothing else.
fn fits(name: &str, schema: impl Into<RefOr<Schema>>) {
    let mut schemas: serde_json::Map<String, Value> =
        schema::all().into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect();
    // Details of errors may have any name.
    schemas.iter_mut().filter(|(name, _)| *name != "ErrorMeta").for_each(|(_, schema)| close(schema));
    let whole = json!({ "allOf": [schema.into()], "components": { "schemas": schemas } });
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&golden(name)).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{name} is not as its schema says: {faults:#?}");
}

/// Allows no fields but those that are named.
fn close(schema: &mut Value) {
    if schema["properties"].is_object() && schema["additionalProperties"].is_null() {
        schema["additionalProperties"] = json!(false);
    }
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str) {
    let expected = golden(name);
    let object: T = serde_json::from_value(expected.clone()).unwrap();
    let written = serde_json::to_value(&object).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&written).unwrap(),
        serde_json::to_string_pretty(&expected).unwrap(),
        "{name}"
    );
    // Fields of tomorrow change nothing.
    let mut extended = expected;
    add_unknown_fields(&mut extended);
    // Maps by name (metadata, social providers) keep what they are given, so only the reading is asked for here.
    serde_json::from_value::<T>(extended).unwrap_or_else(|error| panic!("{name} with unknown fields: {error}"));
}

fn add_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(add_unknown_fields);
            let is_social = map.values().any(|v| v.get("strategy").is_some() && v.get("authenticatable").is_some());
            if !is_social {
                map.insert("field_of_tomorrow".into(), json!({"a": [1, null]}));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(add_unknown_fields),
        _ => {}
    }
}

#[test]
fn objects_are_written_as_they_are_read() {
    check::<wire::Verification>("verification");
    check::<wire::SignUpVerification>("sign_up_verification");
    check::<wire::EmailAddress>("email_address");
    check::<wire::PhoneNumber>("phone_number");
    check::<wire::User>("user");
    check::<wire::Image>("image");
    check::<wire::PublicUserData>("public_user_data");
    check::<wire::Token>("token");
    check::<wire::Session>("session");
    check::<wire::ActiveSession>("active_session");
    check::<wire::SessionActivity>("session_activity");
    check::<wire::SignIn>("sign_in");
    check::<wire::SignUp>("sign_up");
    check::<wire::Client>("client");
    check::<wire::Environment>("environment");
    check::<wire::ApiErrors>("errors");
    check::<wire::DeletedObject>("deleted_object");
    check::<wire::Jwks>("jwks");
    check::<wire::Health>("health");
    check::<wire::Introduction>("introduction");
    check::<wire::OutboxMessage>("outbox_message");
    check::<wire::Passkey>("passkey");
    check::<wire::RelatedOrigins>("related_origins");
    check::<wire::backend::User>("backend_user");
    check::<wire::backend::EmailAddress>("backend_email_address");
    check::<wire::backend::Passkey>("backend_passkey");
    check::<wire::backend::PhoneNumber>("backend_phone_number");
    check::<wire::backend::Session>("backend_session");
    check::<wire::backend::Client>("backend_client");
    check::<wire::backend::TotalCount>("backend_total_count");
    round_trip::<wire::backend::Page<wire::backend::Session>>("backend_sessions_page");
    fits("backend_sessions_page", wire::backend::Page::<wire::backend::Session>::schema());
    check::<wire::backend::Verified>("backend_verified");
    check::<wire::backend::SignInToken>("backend_sign_in_token");
    check::<wire::backend::TestingToken>("backend_testing_token");
    check::<wire::backend::RedirectUrl>("backend_redirect_url");
    check::<wire::backend::AllowlistIdentifier>("backend_allowlist_identifier");
    check::<wire::backend::BlocklistIdentifier>("backend_blocklist_identifier");
    check::<wire::backend::Invitation>("backend_invitation");
    check::<wire::backend::WaitlistEntry>("backend_waitlist_entry");
    check::<wire::WaitlistEntry>("waitlist_entry");
    check::<wire::backend::JwtTemplate>("backend_jwt_template");
    check::<wire::backend::Instance>("backend_instance");
    check::<wire::backend::InstanceRestrictions>("backend_instance_restrictions");
    round_trip::<wire::Envelope<wire::SignIn>>("envelope_sign_in");
    fits("envelope_sign_in", schema::envelope(named::<wire::SignIn>()));
    round_trip::<wire::Envelope<Option<wire::Client>>>("envelope_no_client");
    fits("envelope_no_client", schema::envelope(schema::or_null(named::<wire::Client>())));
}

#[test]
fn every_schema_that_is_named_is_there() {
    let all = schema::all();
    let text = serde_json::to_string(&all.iter().map(|(_, schema)| schema).collect::<Vec<_>>()).unwrap();
    for named in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(all.iter().any(|(name, _)| name == named), "{named} is not in schema::all()");
    }
    let names: std::collections::BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "two objects have the same name");
}

#[test]
fn every_golden_file_is_checked() {
    let source = include_str!("golden.rs");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(source.contains(&format!("(\"{name}\")")), "{name}.json is not checked");
    }
}

/// Replaces every value that is not an id, a state, a container of them or a name by null.
fn nulled(value: &Value) -> Value {
    const NEEDED: [&str; 10] =
        ["id", "status", "jwt", "email_address", "phone_number", "strategy", "code", "key", "type", "response"];
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(name, inner)| {
                let kept = if NEEDED.contains(&name.as_str()) { nulled(inner) } else { Value::Null };
                (name.clone(), kept)
            })
            .collect(),
        Value::Array(items) => items.iter().map(nulled).collect(),
        other => other.clone(),
    }
}

fn read_sparse<T: DeserializeOwned>(name: &str) {
    let sparse = nulled(&golden(name));
    serde_json::from_value::<T>(sparse.clone()).unwrap_or_else(|error| panic!("{name} with nulls: {error}"));
    let missing = strip_nulls(sparse);
    serde_json::from_value::<T>(missing).unwrap_or_else(|error| panic!("{name} with gaps: {error}"));
}

fn strip_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, strip_nulls(v))).collect(),
        other => other,
    }
}

#[test]
fn null_and_missing_fields_are_read() {
    read_sparse::<wire::Verification>("verification");
    read_sparse::<wire::SignUpVerification>("sign_up_verification");
    read_sparse::<wire::EmailAddress>("email_address");
    read_sparse::<wire::PhoneNumber>("phone_number");
    read_sparse::<wire::User>("user");
    read_sparse::<wire::PublicUserData>("public_user_data");
    read_sparse::<wire::Session>("session");
    read_sparse::<wire::ActiveSession>("active_session");
    read_sparse::<wire::SignIn>("sign_in");
    read_sparse::<wire::SignUp>("sign_up");
    read_sparse::<wire::Client>("client");
    read_sparse::<wire::Environment>("environment");
    read_sparse::<wire::ApiErrors>("errors");
    read_sparse::<wire::Envelope<wire::SignIn>>("envelope_sign_in");
}

#[test]
fn the_least_environment_that_sdks_load_is_read() {
    let text = r#"{"auth_config":{},"display_config":{"captcha_oauth_bypass":[]},
        "user_settings":{"attributes":{},"social":{},"actions":{},"sign_in":{},"sign_up":{}}}"#;
    let environment: wire::Environment = serde_json::from_str(text).unwrap();
    assert!(!environment.auth_config.single_session_mode);
}

#[test]
fn an_object_without_its_id_or_state_is_refused() {
    assert!(serde_json::from_value::<wire::Client>(json!({"object": "client"})).is_err());
    assert!(serde_json::from_value::<wire::Session>(json!({"id": "sess_1"})).is_err());
    assert!(serde_json::from_value::<wire::SignIn>(json!({"status": "complete"})).is_err());
    assert!(serde_json::from_value::<wire::Token>(json!({"jwt": null})).is_err());
}

#[test]
fn states_of_tomorrow_are_kept() {
    let session: wire::Session = serde_json::from_value(json!({"id": "sess_1", "status": "dreaming"})).unwrap();
    assert_eq!(session.status, "dreaming");
}

#[test]
fn the_client_is_found_wherever_it_travels() {
    let client = golden("client");
    let id = client["id"].as_str().unwrap().to_owned();
    for body in [json!({"response": null, "client": client}), json!({"response": null, "meta": {"client": client}})] {
        let envelope: wire::Envelope<Option<wire::Session>> = serde_json::from_value(body).unwrap();
        assert_eq!(envelope.into_parts().1.unwrap().id, id);
    }
}

#[test]
fn codes_survive_the_round_trip() {
    for code in wire::ErrorCode::ALL {
        assert_eq!(wire::ErrorCode::parse(code.as_str()), Some(*code));
        assert!((400..600).contains(&code.status()));
    }
    assert_eq!(wire::ErrorCode::parse("code_of_tomorrow"), None);
}

#[test]
fn debug_output_shows_neither_tokens_nor_form_values() {
    let token: wire::Token = serde_json::from_value(golden("token")).unwrap();
    assert!(!format!("{token:?}").contains("eyJ"));
    let form = wire::form::SignInAttempt {
        strategy: Some("password".into()),
        password: Some("correct horse".into()),
        code: None,
    };
    let shown = format!("{form:?}");
    assert!(shown.contains("password") && !shown.contains("horse"), "{shown}");
}
