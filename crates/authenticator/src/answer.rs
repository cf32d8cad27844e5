//! Answers of authenticators, as instances read them.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_cbor_2::Value;
use serde_json::json;

use crate::{Creation, Fault, Kind, ceremony::ClientData};

/// Bytes of the authenticator data before what is said of a new key (Web Authentication §6.1).
const HEAD: usize = 37;
/// Bytes of what names the make of an authenticator.
const AAGUID: usize = 16;
/// Longest id of a key (Web Authentication §7.1).
const LONGEST_ID: usize = 1023;

/// A key that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Names the key.
    pub credential_id: Vec<u8>,
    /// Whether the authenticator finds it without its id; where it does not, who signs in says first who they are.
    pub discoverable: bool,
    /// What is sent to the instance: `PublicKeyCredential` as JSON text (Web Authentication §5.1).
    pub answer: String,
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Names the key.
    pub credential_id: Vec<u8>,
    /// What is sent to the instance: `PublicKeyCredential` as JSON text (Web Authentication §5.1).
    pub answer: String,
}

/// What an authenticator says of a new key.
pub(crate) struct NewKey<'a> {
    pub(crate) kind: Kind,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Vec<String>,
    pub(crate) discoverable: bool,
    pub(crate) client_data: &'a ClientData,
}

/// What an authenticator signed.
pub(crate) struct Assertion<'a> {
    pub(crate) kind: Kind,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) client_data: &'a ClientData,
}

impl NewKey<'_> {
    /// The answer. The id is read from what is attested, since libraries do not always say it.
    pub(crate) fn made(self, creation: &Creation) -> Result<Made, Fault> {
        let attested = Attested::read(&self.attestation_object).ok_or_else(unreadable)?;
        let credential_id = attested_id(&attested.authenticator_data).ok_or_else(unreadable)?.to_vec();
        let object = if creation.wants_attestation() { Some(self.attestation_object) } else { attested.anonymous() };
        let attestation_object = object.ok_or_else(unreadable)?;
        let id = URL_SAFE_NO_PAD.encode(&credential_id);
        let extensions =
            if creation.wants_properties() { json!({ "credProps": { "rk": self.discoverable } }) } else { json!({}) };
        let answer = json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "authenticatorAttachment": attachment(self.kind),
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&self.client_data.json),
                "attestationObject": URL_SAFE_NO_PAD.encode(&attestation_object),
                "transports": self.transports,
            },
            "clientExtensionResults": extensions,
        });
        Ok(Made { credential_id, discoverable: self.discoverable, answer: answer.to_string() })
    }
}

impl Assertion<'_> {
    pub(crate) fn signed(self) -> Signed {
        let id = URL_SAFE_NO_PAD.encode(&self.credential_id);
        let answer = json!({
            "type": "public-key",
            "id": id,
            "rawId": id,
            "authenticatorAttachment": attachment(self.kind),
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&self.client_data.json),
                "authenticatorData": URL_SAFE_NO_PAD.encode(&self.authenticator_data),
                "signature": URL_SAFE_NO_PAD.encode(&self.signature),
                "userHandle": self.user_handle.map(|handle| URL_SAFE_NO_PAD.encode(handle)),
            },
            "clientExtensionResults": {},
        });
        Signed { credential_id: self.credential_id, answer: answer.to_string() }
    }
}

/// What is attested (Web Authentication §6.5.4).
#[derive(Debug)]
pub(crate) struct Attested {
    pub(crate) format: String,
    pub(crate) statement: Value,
    pub(crate) authenticator_data: Vec<u8>,
}

impl Attested {
    fn read(object: &[u8]) -> Option<Self> {
        let Value::Map(mut fields) = serde_cbor_2::from_slice(object).ok()? else { return None };
        let mut field = |name: &str| fields.remove(&Value::Text(name.to_owned()));
        match (field("fmt")?, field("attStmt")?, field("authData")?) {
            (Value::Text(format), statement, Value::Bytes(authenticator_data)) => {
                Some(Self { format, statement, authenticator_data })
            }
            _ => None,
        }
    }

    /// The attestation object.
    pub(crate) fn object(self) -> Option<Vec<u8>> {
        let fields = [
            ("fmt", Value::Text(self.format)),
            ("attStmt", self.statement),
            ("authData", Value::Bytes(self.authenticator_data)),
        ];
        let fields = fields.map(|(name, value)| (Value::Text(name.to_owned()), value));
        serde_cbor_2::to_vec(&Value::Map(fields.into())).ok()
    }

    /// The same without what tells the make of the authenticator, which nobody has asked for (§5.1.3, step 22).
    fn anonymous(self) -> Option<Vec<u8>> {
        Self { format: "none".to_owned(), statement: Value::Map(BTreeMap::new()), ..self }.object()
    }
}

/// The id of a new key in what an authenticator says of it (Web Authentication §6.5.1).
pub(crate) fn attested_id(authenticator_data: &[u8]) -> Option<&[u8]> {
    let attested = authenticator_data.get(HEAD + AAGUID..)?;
    let (length, rest) = attested.split_at_checked(2)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    if length == 0 || length > LONGEST_ID { None } else { rest.get(..length) }
}

pub(crate) fn unreadable() -> Fault {
    Fault::Device("it answered what cannot be read".to_owned())
}

fn attachment(kind: Kind) -> &'static str {
    match kind {
        Kind::ThisDevice | Kind::Windows => "platform",
        Kind::SecurityKey | Kind::Phone => "cross-platform",
    }
}
