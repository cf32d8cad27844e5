//! What is true of every key that an instance keeps, whatever a device says of it.
//!
//! An input is what a device calls the attestation object, in base64url; the rest of the answer is right.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{RelyingParty, UserHandle};
use frontdesk_server::passkeys::{Person, ask_for_new, take_new};
use serde_json::{Value, json};

/// The domain of the passkeys.
const DOMAIN: &str = "example.com";
/// The user was there, and was verified.
const THERE_AND_VERIFIED: u8 = 0x05;
/// It may be copied to other devices; it was.
const COPIES: [u8; 2] = [0x08, 0x10];

/// Whether the key is kept.
pub(crate) fn hold(text: &str) -> bool {
    let text = text.trim_end();
    let Ok(object) = URL_SAFE_NO_PAD.decode(text) else { return false };
    let party = RelyingParty::of(DOMAIN, None, &[]).expect("a domain").expect("a name");
    let person = Person { handle: UserHandle([7; 16]), name: "ada@example.com", display_name: "Ada" };
    let asking = ask_for_new(&party, "Desk", person, &[]).expect("a device can be asked");
    let options: Value = serde_json::from_str(&asking.options).expect("JSON");
    let said = json!({ "type": "webauthn.create", "challenge": options["challenge"], "origin": "https://example.com" });
    let answer = json!({
        "type": "public-key",
        "id": "AAAA",
        "rawId": "AAAA",
        "response": { "clientDataJSON": URL_SAFE_NO_PAD.encode(said.to_string()), "attestationObject": text },
    });
    let Ok(kept) = take_new(&party, &asking.state, &answer.to_string()) else { return false };

    assert_eq!(kept.handle, UserHandle([7; 16]));
    let id = URL_SAFE_NO_PAD.decode(kept.id.as_str()).expect("base64url");
    assert!((1..=1023).contains(&id.len()));
    // What the device has signed is somewhere in the object, as it is: the domain, what happened, and the key's id.
    let domain = digest(&SHA256, DOMAIN.as_bytes());
    let at = object.windows(32).position(|part| part == domain.as_ref()).expect("made for the domain");
    let data = &object[at..];
    let flags = data[32];
    assert_eq!(flags & THERE_AND_VERIFIED, THERE_AND_VERIFIED);
    assert_eq!([kept.backup_eligible, kept.backed_up], COPIES.map(|flag| flags & flag != 0));
    assert!(kept.backup_eligible || !kept.backed_up, "nothing is copied that cannot be");
    assert_eq!(data[33..37], kept.counter.to_be_bytes());
    assert_eq!(data[55..55 + id.len()], id[..]);
    true
}
