//! Second factors of a user, and the fresh proof that a session may be asked for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{nullable, session::Session, sign_in::Factor, verification::Verification};

/// The secret of an authenticator app (RFC 6238).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Totp {
    /// `totp`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `totp_…`.
    pub id: String,
    /// The secret in base32; only while it is new.
    pub secret: Option<String>,
    /// The same for a camera (`otpauth:`); only while it is new.
    pub uri: Option<String>,
    /// Whether a code of it has come back.
    #[serde(default, deserialize_with = "nullable")]
    pub verified: bool,
    /// Where it is the user's first second factor: the codes for the day without it, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub backup_codes: Option<Vec<String>>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// Codes for the day on which no other second factor is at hand, each for one use. They are told once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct BackupCodes {
    /// `backup_code`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// Names the set.
    pub id: String,
    /// The codes.
    #[serde(default, deserialize_with = "nullable")]
    pub codes: Vec<String>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// How far the proof of who somebody is, asked for anew within a session, has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionReverification {
    /// `session_reverification`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `first_factor`, `second_factor` or `multi_factor`.
    #[serde(default, deserialize_with = "nullable")]
    pub level: String,
    /// `needs_first_factor`, `needs_second_factor` or `complete`.
    pub status: String,
    /// Ways to prove the first factor.
    pub supported_first_factors: Option<Vec<Factor>>,
    /// Ways to prove the second factor.
    pub supported_second_factors: Option<Vec<Factor>>,
    /// The first factor under way.
    pub first_factor_verification: Option<Verification>,
    /// The second factor under way.
    pub second_factor_verification: Option<Verification>,
    /// The session it is about.
    #[ts(skip)]
    pub session: Option<Box<Session>>,
}

impl std::fmt::Debug for Totp {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Totp").field("id", &self.id).field("verified", &self.verified).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for BackupCodes {
    /// Without the codes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackupCodes").field("id", &self.id).field("count", &self.codes.len()).finish_non_exhaustive()
    }
}
