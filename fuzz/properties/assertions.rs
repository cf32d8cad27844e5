//! What is true of every sign-in that an instance takes, whatever the key says in what it signs.
//!
//! An input is what a device calls its authenticator data, in base64url; everything else of the answer is right, and so is
//! the signature.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{Credential, IdentificationId, Passkey, RelyingParty, Timestamp, UserHandle, UserId};
use frontdesk_server::passkeys::{Answer, Person, ask_for_new, ask_to_sign_in, take_new, take_sign_in};
use serde_json::{Value, json};

/// The domain of the passkeys, and a page of it.
const DOMAIN: &str = "example.com";
const PAGE: &str = "https://example.com";
/// The user was there, and was verified.
const THERE_AND_VERIFIED: u8 = 0x05;
/// It may be copied to other devices, or was.
const COPIES: u8 = 0x18;
/// What the counter of the key was last.
const COUNTED: u32 = 5;
const HANDLE: UserHandle = UserHandle([7; 16]);
const ID: [u8; 16] = [1; 16];

/// Whether somebody is signed in by it, named or not.
pub(crate) fn hold(text: &str) -> bool {
    let Ok(data) = URL_SAFE_NO_PAD.decode(text.trim_end()) else { return false };
    let (key, passkey) = known();
    let mut taken = false;
    for named in [vec![], vec![passkey.clone()]] {
        let party = party();
        let asking = ask_to_sign_in(&party, &named).expect("a device can be asked");
        let said = said("webauthn.get", &asking.options);
        let signed = [data.as_slice(), digest(&SHA256, said.as_bytes()).as_ref()].concat();
        let signature = key.sign(&SystemRandom::new(), &signed).expect("a signature");
        let answer = json!({
            "type": "public-key",
            "id": URL_SAFE_NO_PAD.encode(ID),
            "rawId": URL_SAFE_NO_PAD.encode(ID),
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(said),
                "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": URL_SAFE_NO_PAD.encode(HANDLE.0),
            },
        });
        let Ok(answer) = Answer::read(&answer.to_string()) else { continue };
        let Ok(after) = take_sign_in(&party, &asking.state, &answer, passkey) else { continue };
        taken = true;
        checked(&data, &after, &passkey.credential);
    }
    taken
}

/// What is believed of a key after it has signed somebody in.
fn checked(data: &[u8], after: &Credential, before: &Credential) {
    assert_eq!(&data[..32], digest(&SHA256, DOMAIN.as_bytes()).as_ref(), "signed for the domain");
    let flags = data[32];
    assert_eq!(flags & THERE_AND_VERIFIED, THERE_AND_VERIFIED);
    assert_eq!(flags & COPIES, 0, "it could not be copied when it was made");
    assert!(!after.backup_eligible && !after.backed_up);
    assert_eq!(data[33..37], after.counter.to_be_bytes());
    assert!(after.counter > COUNTED, "it went on counting");
    assert_eq!((&after.id, after.handle), (&before.id, before.handle));
}

/// A key that was made, and what the instance keeps of it.
fn known() -> &'static (EcdsaKeyPair, Passkey) {
    static KNOWN: OnceLock<(EcdsaKeyPair, Passkey)> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let party = party();
        let person = Person { handle: HANDLE, name: "ada@example.com", display_name: "Ada" };
        let asking = ask_for_new(&party, "Desk", person, &[]).expect("a device can be asked");
        let answer = json!({
            "type": "public-key",
            "id": URL_SAFE_NO_PAD.encode(ID),
            "rawId": URL_SAFE_NO_PAD.encode(ID),
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(said("webauthn.create", &asking.options)),
                "attestationObject": URL_SAFE_NO_PAD.encode(made(&key)),
            },
        });
        let credential = take_new(&party, &asking.state, &answer.to_string()).expect("the key is right");
        assert_eq!((credential.counter, credential.backup_eligible), (COUNTED, false));
        let passkey = Passkey {
            id: IdentificationId::from_random([1; 20]),
            user_id: UserId::from_random([1; 20]),
            name: "Passkey".to_owned(),
            credential,
            last_used_at: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        (key, passkey)
    })
}

/// What the browser says that the device was asked for.
fn said(kind: &str, options: &str) -> String {
    let options: Value = serde_json::from_str(options).expect("JSON");
    json!({ "type": kind, "challenge": options["challenge"], "origin": PAGE }).to_string()
}

/// An attestation object without attestation (Web Authentication §6.5.1, §8.7; the key as in RFC 9053 §7.1.1).
fn made(key: &EcdsaKeyPair) -> Vec<u8> {
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58\x94";
    [
        &head[..],
        digest(&SHA256, DOMAIN.as_bytes()).as_ref(),
        &[THERE_AND_VERIFIED | 0x40],
        &COUNTED.to_be_bytes(),
        &[0; 16],
        &[0, 16],
        &ID,
        &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
        x,
        &[0x22, 0x58, 0x20],
        y,
    ]
    .concat()
}

fn party() -> RelyingParty {
    RelyingParty::of(DOMAIN, None, &[]).expect("a domain").expect("a name")
}
