//! A key that tests hold in their hands: it answers as devices do, or as nobody's device should.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The user is there.
pub(crate) const UP: u8 = 0x01;
/// The user was verified.
pub(crate) const UV: u8 = 0x04;
/// The key may be copied to other devices.
pub(crate) const BE: u8 = 0x08;
/// It was.
pub(crate) const BS: u8 = 0x10;
/// A key comes with it.
const AT: u8 = 0x40;

/// The page that asks in most tests.
pub(crate) const PAGE: &str = "http://localhost:3000";

/// A key.
pub(crate) struct Key {
    pair: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) handle: Option<Vec<u8>>,
    pub(crate) counter: u32,
}

/// What an answer says that it need not.
#[derive(Clone)]
pub(crate) struct Says {
    pub(crate) origin: String,
    /// In place of what was asked.
    pub(crate) kind: Option<&'static str>,
    pub(crate) rp_id: Option<&'static str>,
    pub(crate) challenge: Option<String>,
    pub(crate) flags: u8,
    /// More of what browsers say.
    pub(crate) more: Value,
}

impl Default for Says {
    fn default() -> Self {
        Self { origin: PAGE.to_owned(), kind: None, rp_id: None, challenge: None, flags: UP | UV, more: json!({}) }
    }
}

impl Says {
    pub(crate) fn flags(flags: u8) -> Self {
        Self { flags, ..Self::default() }
    }
}

impl Key {
    /// A key that nobody has asked for.
    pub(crate) fn new(id: &[u8]) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { pair, id: id.to_vec(), handle: None, counter: 0 }
    }

    /// Makes a key as these options ask, with an id of so many bytes; answers with it and what is sent back.
    pub(crate) fn made(options: &Value, id: &[u8], says: &Says) -> (Self, String) {
        let mut key = Self::new(id);
        key.handle = Some(URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap());
        let answer = key.attest(options, says);
        (key, answer)
    }

    /// Answers options that ask for a key with this one.
    pub(crate) fn attest(&self, options: &Value, says: &Says) -> String {
        let rp_id = says.rp_id.or(options["rp"]["id"].as_str()).unwrap();
        let mut data = self.data(rp_id, says.flags | AT);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let point = self.pair.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data(options, "webauthn.create", says)),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": ["internal", "hybrid", "of-tomorrow"],
            },
        })
        .to_string()
    }

    /// Answers options that ask to sign in.
    pub(crate) fn sign(&mut self, options: &Value, says: &Says) -> String {
        let rp_id = says.rp_id.or(options["rpId"].as_str()).unwrap();
        let data = self.data(rp_id, says.flags);
        let client_data = client_data(options, "webauthn.get", says);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle)),
            },
        })
        .to_string()
    }

    fn data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn client_data(options: &Value, kind: &str, says: &Says) -> Vec<u8> {
    let mut data = json!({
        "type": says.kind.unwrap_or(kind),
        "challenge": says.challenge.as_deref().or(options["challenge"].as_str()).unwrap(),
        "origin": says.origin,
        "crossOrigin": false,
    });
    for (name, value) in says.more.as_object().unwrap() {
        data[name] = value.clone();
    }
    data.to_string().into_bytes()
}
