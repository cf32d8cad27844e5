//! What is true of everything that a security key answers and that is passed on to an instance.
//!
//! An input is a command of CTAP 2.1 §6 in the first byte, and what the key answers to it. To everything else it answers as a
//! key does that knows its owner by their finger.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_authenticator::{
    AccountName, Authenticator as _, Bus, Cancel, Fault, Person, PinAsked, SecurityKeys, Sign, Site,
};
use frontdesk_vault::Secret;
use futures_util::{StreamExt as _, future::BoxFuture, stream::BoxStream};
use serde_json::Value;
use url::Url;
use webauthn_authenticator_rs::{
    error::WebauthnCError,
    transport::{Token, TokenEvent, Transport},
    ui::UiCallback,
};
use webauthn_rs_proto::AuthenticatorTransport;

/// The relying party, and where it asks.
const RP_ID: &str = "example.com";
const ORIGIN: &str = "https://auth.example.com";
const CREATE: &str = r#"{"rp":{"id":"example.com","name":"Instance"},"user":{"id":"AAAAAAAAAAAAAAAAAAAAAA","name":"ada@example.com",
    "displayName":"Ada"},"challenge":"AAAAAAAAAAAAAAAAAAAAAA","pubKeyCredParams":[{"type":"public-key","alg":-7}],
    "authenticatorSelection":{"residentKey":"required"}}"#;
const GET: &str = r#"{"rpId":"example.com","challenge":"AAAAAAAAAAAAAAAAAAAAAA"}"#;
const GET_NAMED: &str = r#"{"rpId":"example.com","challenge":"AAAAAAAAAAAAAAAAAAAAAA",
    "allowCredentials":[{"type":"public-key","id":"AQEBAQEBAQEBAQEBAQEBAQ"}]}"#;

/// Whether something was passed on to the instance.
pub(crate) fn hold(input: &[u8]) -> bool {
    let Some((command, answer)) = input.split_first() else { return false };
    let key = Key { command: *command, answer: answer.to_vec() };
    let site = Site::of(&Url::parse(ORIGIN).expect("an address")).expect("a site");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (made, signed) = runtime.block_on(async {
        let keys = SecurityKeys::new(key);
        let somebody = || Arc::new(Somebody) as Arc<dyn Person>;
        let made = keys.register(site.creation(CREATE).expect("options"), somebody(), Cancel::default()).await;
        let mut signed = Vec::new();
        for options in [GET, GET_NAMED] {
            let request = site.request(options).expect("options");
            signed.push(keys.sign_in(request, somebody(), Cancel::default()).await);
        }
        (made, signed)
    });
    let refused = |fault: &Fault| assert!(!fault.name().is_empty());
    let mut passed = false;
    match &made {
        Err(fault) => refused(fault),
        Ok(made) => {
            let answer = read(&made.answer, &made.credential_id, "webauthn.create");
            let object = bytes(&answer["response"]["attestationObject"]);
            let data = attested(&object);
            checked(&data);
            assert_eq!(data[55..][..made.credential_id.len()], made.credential_id, "it is the key that is attested");
            passed |= matches!(command, 0x01 | 0x04);
        }
    }
    for signed in &signed {
        match signed {
            Err(fault) => refused(fault),
            Ok(signed) => {
                let answer = read(&signed.answer, &signed.credential_id, "webauthn.get");
                checked(&bytes(&answer["response"]["authenticatorData"]));
                passed |= matches!(command, 0x02 | 0x08);
            }
        }
    }
    passed
}

/// An answer that names one key, and says where it was asked for.
fn read(answer: &str, id: &[u8], kind: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    assert_eq!((bytes(&answer["id"]).as_slice(), &answer["type"]), (id, &Value::from("public-key")));
    assert_eq!(answer["id"], answer["rawId"]);
    let client_data: Value = serde_json::from_slice(&bytes(&answer["response"]["clientDataJSON"])).expect("JSON");
    assert_eq!((&client_data["origin"], &client_data["type"]), (&Value::from(ORIGIN), &Value::from(kind)));
    answer
}

/// Authenticator data of the relying party, which say that somebody was there and was verified.
fn checked(data: &[u8]) {
    assert_eq!(&data[..32], digest(&SHA256, RP_ID.as_bytes()).as_ref());
    assert_eq!(data[32] & 0x05, 0x05);
}

/// The data in an attestation object, which names no make of keys since nobody asked for it.
fn attested(object: &[u8]) -> Vec<u8> {
    let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData";
    let rest = object.strip_prefix(head).expect("nothing is attested");
    // How CBOR writes the length of bytes (RFC 8949 §3).
    let length = match rest[0] {
        0x40..=0x57 => 1,
        0x58 => 2,
        0x59 => 3,
        _ => 5,
    };
    rest[length..].to_vec()
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().expect("a text")).expect("base64url")
}

/// The only key that is plugged in, and the port.
#[derive(Clone)]
struct Key {
    command: u8,
    answer: Vec<u8>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Bus for Key {
    type Token = Key;
    type Transport = Key;

    async fn open(&self) -> Result<Key, WebauthnCError> {
        Ok(self.clone())
    }
}

#[async_trait]
impl Transport<'_> for Key {
    type Token = Key;

    async fn watch(&self) -> Result<BoxStream<TokenEvent<Key>>, WebauthnCError> {
        Ok(futures_util::stream::iter([TokenEvent::Added(self.clone()), TokenEvent::EnumerationComplete]).boxed())
    }

    async fn tokens(&self) -> Result<Vec<Key>, WebauthnCError> {
        Ok(vec![self.clone()])
    }
}

#[async_trait]
impl Token for Key {
    type Id = ();

    fn get_transport(&self) -> AuthenticatorTransport {
        AuthenticatorTransport::Usb
    }

    async fn transmit_raw<U>(&mut self, message: &[u8], _ui: &U) -> Result<Vec<u8>, WebauthnCError>
    where
        U: UiCallback,
    {
        let asked = *message.first().expect("a command");
        if asked == self.command {
            return Ok(self.answer.clone());
        }
        let hash = digest(&SHA256, RP_ID.as_bytes());
        let data = |flags: u8| [hash.as_ref(), &[flags, 0, 0, 0, 0]].concat();
        Ok(match asked {
            // {1: "none", 2: data with a key, 3: {}}
            0x01 => {
                let key = [data(0x45), vec![0; 16], vec![0, 16], vec![1; 16], vec![0xa0]].concat();
                [b"\xa3\x01\x64none\x02\x58".as_slice(), &[u8::try_from(key.len()).expect("short")], &key, b"\x03\xa0"]
                    .concat()
            }
            // {1: {"id": …, "type": "public-key"}, 2: data, 3: signature, 5: 2}
            0x02 | 0x08 => {
                let count: &[u8] = if self.command == 0x08 && asked == 0x02 { b"\x05\x02" } else { b"" };
                let fields = if count.is_empty() { b"\xa3" } else { b"\xa4" };
                [
                    fields.as_slice(),
                    b"\x01\xa2\x62id\x50\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x64type\x6apublic-key",
                    b"\x02\x58\x25",
                    &data(0x05),
                    b"\x03\x44sign",
                    count,
                ]
                .concat()
            }
            // {1: ["FIDO_2_0"], 3: make, 4: {"rk": true, "up": true, "uv": true or "clientPin": true}, 6: [1]}
            0x04 => {
                let verifies: &[u8] = if self.command == 0x06 { b"\x69clientPin\xf5" } else { b"\x62uv\xf5" };
                [
                    b"\xa4\x01\x81\x68FIDO_2_0\x03\x50".as_slice(),
                    &[0; 16],
                    b"\x04\xa3\x62rk\xf5\x62up\xf5",
                    verifies,
                    b"\x06\x81\x01",
                ]
                .concat()
            }
            _ => Vec::new(),
        })
    }

    async fn cancel(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }

    async fn init(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }

    async fn close(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }
}

/// Somebody who has a PIN, and means the newest of their accounts.
struct Somebody;

impl Person for Somebody {
    fn pin(&self, _asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async { Some(Secret::new(b"135790".to_vec())) })
    }

    fn show(&self, _sign: Sign) {}

    fn choose(&self, _accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        Box::pin(async { Some(0) })
    }
}
