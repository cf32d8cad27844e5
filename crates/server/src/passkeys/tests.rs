#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_identity::{IdentificationId, Timestamp, UserId};

use super::*;

fn party() -> RelyingParty {
    RelyingParty::of("auth.example.com", None, &[]).unwrap().unwrap()
}

fn person() -> Person<'static> {
    Person { handle: UserHandle([7; 16]), name: "ada@example.com", display_name: "Ada" }
}

fn passkey(id: &str, transports: &[&str]) -> Passkey {
    Passkey {
        id: IdentificationId::from_random([1; 20]),
        user_id: UserId::from_random([1; 20]),
        name: "Passkey".to_owned(),
        credential: Credential {
            id: CredentialId::parse(id).unwrap(),
            handle: UserHandle([7; 16]),
            key: String::new(),
            transports: transports.iter().map(ToString::to_string).collect(),
            discoverable: true,
            counter: 0,
            backup_eligible: false,
            backed_up: false,
        },
        last_used_at: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

#[test]
fn a_device_is_asked_in_the_shape_of_the_protocol() {
    let known = [passkey("AAAA", &["usb"]), passkey("BBBB", &[])];
    let asking = ask_for_new(&party(), "Desk", person(), &known).unwrap();
    let options: Value = serde_json::from_str(&asking.options).unwrap();
    assert_eq!(options["rp"], json!({ "name": "Desk", "id": "example.com" }));
    assert_eq!(
        options["user"],
        json!({ "id": URL_SAFE_NO_PAD.encode([7; 16]), "name": "ada@example.com", "displayName": "Ada" })
    );
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(
        options["excludeCredentials"],
        json!([
            { "type": "public-key", "id": "AAAA", "transports": ["usb"] },
            { "type": "public-key", "id": "BBBB" },
        ])
    );
    let algorithms: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|p| p["alg"].clone()).collect();
    assert!(algorithms.contains(&json!(-7)) && algorithms.contains(&json!(-257)), "{algorithms:?}");
    assert!(options.get("publicKey").is_none() && options.get("mediation").is_none());

    let asking = ask_to_sign_in(&party(), &[]).unwrap();
    let options: Value = serde_json::from_str(&asking.options).unwrap();
    assert_eq!((&options["rpId"], &options["allowCredentials"]), (&json!("example.com"), &json!([])));
    assert!(options.get("mediation").is_none());
}

#[test]
fn sec_66_challenges_are_of_sixteen_bytes_at_least_and_never_the_same() {
    let challenge = || {
        let options: Value = serde_json::from_str(&ask_to_sign_in(&party(), &[]).unwrap().options).unwrap();
        URL_SAFE_NO_PAD.decode(options["challenge"].as_str().unwrap()).unwrap()
    };
    let drawn: std::collections::BTreeSet<_> = (0..100).map(|_| challenge()).collect();
    assert_eq!(drawn.len(), 100);
    assert!(drawn.iter().all(|challenge| challenge.len() >= 16));
}

#[test]
fn what_is_kept_of_one_ceremony_is_none_of_another() {
    let party = party();
    let making = ask_for_new(&party, "Desk", person(), &[]).unwrap();
    assert!(matches!(kept(&making.state), Ok(Kept::New(handle, _)) if handle == UserHandle([7; 16])));
    let signing = ask_to_sign_in(&party, &[]).unwrap();
    assert!(matches!(kept(&signing.state), Ok(Kept::Any(_))));
    assert!(matches!(kept("{}"), Err(PasskeyFault::Kept(_))));
}
