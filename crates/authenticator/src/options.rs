//! What an instance asks, as it writes it: the dictionaries of Web Authentication §5.4 and §5.5 with base64url for bytes.
//!
//! Values that are not known count as left out (§2.1.1), so that a newer instance is still understood.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Options of a new key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationOptions {
    pub(crate) rp: RelyingParty,
    pub(crate) user: User,
    #[serde(deserialize_with = "bytes")]
    pub(crate) challenge: Vec<u8>,
    pub(crate) pub_key_cred_params: Vec<Parameters>,
    pub(crate) timeout: Option<u64>,
    #[serde(default)]
    pub(crate) exclude_credentials: Vec<Descriptor>,
    #[serde(default)]
    pub(crate) authenticator_selection: Selection,
    #[serde(default)]
    pub(crate) attestation: Value,
    #[serde(default)]
    pub(crate) extensions: Value,
}

/// Options of a signature.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOptions {
    #[serde(deserialize_with = "bytes")]
    pub(crate) challenge: Vec<u8>,
    pub(crate) timeout: Option<u64>,
    pub(crate) rp_id: Option<String>,
    #[serde(default)]
    pub(crate) allow_credentials: Vec<Descriptor>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RelyingParty {
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[serde(deserialize_with = "bytes")]
    pub(crate) id: Vec<u8>,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) display_name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Parameters {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) alg: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Descriptor {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(deserialize_with = "bytes")]
    pub(crate) id: Vec<u8>,
    #[serde(default)]
    pub(crate) transports: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selection {
    #[serde(default)]
    pub(crate) authenticator_attachment: Value,
    #[serde(default)]
    pub(crate) resident_key: Value,
    #[serde(default)]
    pub(crate) require_resident_key: bool,
}

/// base64url, with or without padding, and in the other alphabet as some instances write it.
fn bytes<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(text)?;
    let plain = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(plain).map_err(|_| serde::de::Error::custom("bytes that are not base64url"))
}
