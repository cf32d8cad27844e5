#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_accounts::intents::{AccountRequest, InstanceRequest, SessionRequest, SignInRequest, SignUpRequest};
use serde_json::json;

use super::*;
use crate::app_room::AppRequest;

fn refusal<Request: DeserializeOwned>(request: Value) -> String {
    let Err(error) = admit::<Request>(WINDOW, request) else { panic!("the request was admitted") };
    assert_eq!(error.kind, ErrorKind::Refused);
    error.message
}

#[test]
fn sec_98_a_command_of_another_window_is_refused() {
    let request = json!({"type": "snapshot"});
    assert!(admit::<AppRequest>(WINDOW, request.clone()).is_ok());
    for label in ["", "Main", "main ", "main-2", "popup"] {
        assert!(admit::<AppRequest>(label, request.clone()).is_err(), "{label:?}");
    }
}

#[test]
fn sec_98_ids_with_line_breaks_and_control_characters_are_refused() {
    for bad in ["inst\r", "inst\n", "in\0st", "inst\u{1b}[2J", "\u{85}inst"] {
        let message = refusal::<SignInRequest>(json!({"type": "reload", "instance": bad}));
        assert!(message.contains("instance") && message.contains("control characters"), "{message}");
        refusal::<SessionRequest>(json!({"type": "touch", "account": {"instance": "i", "session": bad}}));
        refusal::<InstanceRequest>(json!({"type": "add", "publishable_key": bad}));
        refusal::<SignUpRequest>(
            json!({"type": "create", "instance": "i", "fields": {"email_address": format!("a@example.com{bad}")}}),
        );
    }
}

#[test]
fn sec_98_input_is_bounded() {
    let long = |length: usize| "x".repeat(length);
    assert!(admit::<SignInRequest>(WINDOW, json!({"type": "reload", "instance": long(WORD)})).is_ok());
    refusal::<SignInRequest>(json!({"type": "reload", "instance": long(WORD + 1)}));
    refusal::<SignInRequest>(json!({"type": "create", "instance": "i", "identifier": long(LINE + 1)}));
    refusal::<SignInRequest>(json!({"type": "create", "instance": "i", "password": long(PASSWORD + 1)}));
    refusal::<AppRequest>(json!({"type": "copy", "text": long(TEXT + 1)}));
    refusal::<AppRequest>(json!({"type": "estimate_password", "password": "p", "inputs": vec!["x"; ENTRIES + 1]}));
    let account = json!({"instance": "i", "session": "s"});
    let picture = |length| json!({"type": "set_profile_image", "account": account, "file": long(length)});
    assert!(admit::<AccountRequest>(WINDOW, picture(FILE)).is_ok());
    refusal::<AccountRequest>(picture(FILE + 1));
    refusal::<InstanceRequest>(json!({"type": "picture", "instance": "i", "image_url": long(LINE + 1)}));
    let paste = |length| json!({"type": "paste_address", "flow": "f", "address": long(length)});
    assert!(admit::<InstanceRequest>(WINDOW, paste(ADDRESS)).is_ok());
    refusal::<InstanceRequest>(paste(ADDRESS + 1));
    let pin = |pin: &str| json!({"type": "answer_passkey_pin", "ceremony": "c", "question": 1, "pin": pin});
    let AppRequest::AnswerPasskeyPin { pin: read, .. } = admit(WINDOW, pin("135 790")).unwrap() else {
        panic!("another request was read")
    };
    assert_eq!(read.0.expose(), b"135 790");
    assert_eq!(format!("{read:?}"), "TypedPin(Secret(…))");
    refusal::<AppRequest>(pin(&long(WORD + 1)));
    refusal::<AppRequest>(pin("135\n790"));
    let scopes = vec!["x"; ENTRIES + 1];
    refusal::<AccountRequest>(
        json!({"type": "create_external_account", "account": account, "strategy": "oauth_google", "additional_scopes": scopes}),
    );
    let metadata = json!({"note": long(METADATA)});
    refusal::<SignUpRequest>(json!({"type": "create", "instance": "i", "fields": {"unsafe_metadata": metadata}}));
}

#[test]
fn passwords_and_texts_may_hold_what_people_type() {
    let password = "pass\tword\n\u{1f511}";
    let request = json!({"type": "create", "instance": "i", "password": password});
    let SignInRequest::Create { password: Some(read), .. } = admit(WINDOW, request).unwrap() else {
        panic!("another request was read")
    };
    assert_eq!(read, password);
    assert!(admit::<AppRequest>(WINDOW, json!({"type": "copy", "text": "one\r\ntwo"})).is_ok());
    refusal::<AppRequest>(json!({"type": "copy", "text": "one\0two"}));
    let metadata = json!({"lines": "a\nb", "nested": {"list": [1, 2, 3]}});
    let request = json!({"type": "create", "instance": "i", "fields": {"unsafe_metadata": metadata}});
    assert!(admit::<SignUpRequest>(WINDOW, request).is_ok());
}

#[test]
fn refusals_do_not_repeat_the_input() {
    for request in [
        json!({"type": "hunter2"}),
        json!({"type": "copy", "text": {"hunter2": 1}}),
        json!("hunter2"),
        json!({"type": "copy", "text": 5, "hunter2\n": "hunter2\n"}),
        json!({"type": "set_preferences", "preferences": {"theme": "hunter2"}}),
        json!(["hunter2"]),
        json!(null),
    ] {
        let message = refusal::<AppRequest>(request);
        assert!(!message.contains("hunter2"), "{message}");
    }
}
