//! Passkeys: keys on people's devices, which sign in to the place that they were made for.
//!
//! A key is asked by a *ceremony* (Web Authentication §7): the instance draws a challenge, the device answers it, once and
//! in time. What is verified cryptographically is evidence here; whose it is and what it leads to is decided here.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Asked: somebody who is signed in wants one, a challenge is drawn
//!     Asked --> Kept: the right answer, in time, once
//!     Asked --> [*]: five minutes over, or an answer that proves nothing
//!     Kept --> Kept: signs in or proves it once more, its counter grows; renamed
//!     Kept --> [*]: removed
//! ```

use serde::{Deserialize, Serialize};

use crate::{IdentificationId, Timestamp, UserId, VerificationId, time::MINUTE};

mod account;
mod client_data;
mod party;

pub use account::NewPasskey;
pub use client_data::{AskedFor, ClientDataFault, read_client_data};
pub(crate) use party::check_domain;
pub use party::{PartyFault, RelyingParty};

/// How long an answer is waited for, in milliseconds: what Web Authentication §5.4 recommends.
pub const CEREMONY_MS: i64 = 5 * MINUTE;
/// Most passkeys of one account.
pub const MOST_PASSKEYS: usize = 10;
/// Longest credential id, in bytes (Web Authentication §7.1).
const MAX_CREDENTIAL_ID: usize = 1023;
/// Longest name, in characters.
const MAX_NAME: usize = 64;

/// A passkey of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Id.
    pub id: IdentificationId,
    /// Whose it is.
    pub user_id: UserId,
    /// What the user knows it by.
    pub name: String,
    /// The key.
    pub credential: Credential,
    /// When it last signed in, or proved once more who is signed in.
    pub last_used_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed; grows with every change.
    pub updated_at: Timestamp,
}

impl Passkey {
    /// The passkey after an answer of its key, of which this is known then.
    pub(crate) fn answered(&self, credential: &Credential, now: Timestamp) -> Self {
        Self {
            credential: credential.clone(),
            last_used_at: Some(now),
            updated_at: self.updated_at.grown(now),
            ..self.clone()
        }
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Names it; unique at the instance.
    pub id: CredentialId,
    /// What the device knows the user by.
    pub handle: UserHandle,
    /// The public key and what else its answers are verified with, in the verifier's own words.
    pub key: String,
    /// Ways to reach the device, as it said itself: a hint for those who ask it.
    pub transports: Vec<String>,
    /// Whether the device finds it without being told its id.
    pub discoverable: bool,
    /// How often it has answered, as it says itself; 0 forever if it does not count.
    pub counter: u32,
    /// Whether it may be copied to other devices (Web Authentication §6.1.3).
    pub backup_eligible: bool,
    /// Whether it was when it last answered.
    pub backed_up: bool,
}

/// What a device knows a user by: random, so that it says nothing of them (Web Authentication §14.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserHandle(pub [u8; 16]);

/// Names a key: base64url of what its device calls it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialId(String);

/// The text names no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text names no key: it is no base64url, or of more than 1023 bytes")]
pub struct CredentialIdError;

impl CredentialId {
    /// The key of that name.
    pub fn parse(text: &str) -> Result<Self, CredentialIdError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let bytes = text.len() * 3 / 4;
        if text.bytes().all(fits) && (1..=MAX_CREDENTIAL_ID).contains(&bytes) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CredentialIdError)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CredentialId {
    type Error = CredentialIdError;

    fn try_from(text: String) -> Result<Self, CredentialIdError> {
        Self::parse(&text)
    }
}

impl From<CredentialId> for String {
    fn from(id: CredentialId) -> Self {
        id.0
    }
}

/// A ceremony that a sign-in or a reverification waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyProof {
    /// Names the ceremony.
    pub id: VerificationId,
    /// What the device is asked, as JSON text of the options.
    pub options: String,
    /// When an answer comes too late.
    pub expire_at: Timestamp,
}

/// Evidence: a key has answered, and the answer was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyChecked {
    /// In which ceremony, which was taken for this answer.
    pub ceremony: VerificationId,
    /// What is known of the key after the answer.
    pub credential: Credential,
}

/// Why nothing becomes of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRefusal {
    /// The instance uses none.
    #[error("the instance uses no passkeys")]
    Off,
    /// There is no such passkey, or it is somebody else's.
    #[error("there is no such passkey")]
    Unknown,
    /// The user has none.
    #[error("the user has no passkey")]
    None,
    /// The user has as many as can be.
    #[error("the user has as many passkeys as can be")]
    TooMany,
    /// Nothing was asked that this could answer: it was answered already, or it is too late.
    #[error("no answer is waited for")]
    NotAsked,
    /// What came is no answer of a key.
    #[error("what came is no answer of a key")]
    Malformed,
    /// The answer proves nothing.
    #[error("the answer proves nothing")]
    Failed,
    /// The key cannot be kept.
    #[error("the key cannot be kept")]
    NotKept,
    /// The user could not sign in without it.
    #[error("nothing would be left to sign in with")]
    Last,
}

#[cfg(test)]
mod tests;
