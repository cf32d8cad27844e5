//! What a browser says that a key was asked for (Web Authentication §5.8.1).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::RelyingParty;

/// Longest text that is read, in bytes.
const MAX_TEXT: usize = 8 * 1024;

/// What a key was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedFor {
    /// To be made.
    Create,
    /// To sign in.
    Get,
}

/// Why what a browser says does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientDataFault {
    /// It cannot be read.
    #[error("the client data cannot be read")]
    Unreadable,
    /// The key was asked for something else.
    #[error("the key was asked for something else")]
    OtherKind,
    /// A page asked that may not.
    #[error("a page of another origin asked the key")]
    Origin,
    /// A page asked that stands inside another one, so that people could not see who asks.
    #[error("a page inside another one asked the key")]
    Embedded,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<Value>,
}

/// Reads what a browser says. The origin comes back whose page asked; the challenge is for the one to compare who drew it.
pub fn read_client_data(text: &[u8], asked: AskedFor, party: &RelyingParty) -> Result<Url, ClientDataFault> {
    if text.len() > MAX_TEXT {
        return Err(ClientDataFault::Unreadable);
    }
    let data: ClientData = serde_json::from_slice(text).map_err(|_| ClientDataFault::Unreadable)?;
    let kind = match asked {
        AskedFor::Create => "webauthn.create",
        AskedFor::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(ClientDataFault::OtherKind);
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some_and(|top| !top.is_null()) {
        return Err(ClientDataFault::Embedded);
    }
    party.admits(&data.origin).ok_or(ClientDataFault::Origin)
}

#[cfg(test)]
mod tests;
