//! What a user sets up for the second factor.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

/// An authenticator app (RFC 6238). The secret and its address are told until the app is proven, and never again.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Totp {
    /// `totp`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `totp_…`.
    pub id: String,
    /// The secret, in base32.
    pub secret: Option<String>,
    /// The same for an app to scan: an `otpauth` address.
    pub uri: Option<String>,
    /// Whether a code of the app was right.
    #[serde(default, deserialize_with = "nullable")]
    pub verified: bool,
    /// Backup codes, told once: with the first second factor.
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

/// Codes that each take the place of another second factor, once. They are told once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct BackupCodes {
    /// `backup_code`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// Of the set.
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

impl std::fmt::Debug for Totp {
    /// Shows no secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Totp({}, verified: {})", self.id, self.verified)
    }
}

impl std::fmt::Debug for BackupCodes {
    /// Shows none of the codes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BackupCodes({} of {})", self.codes.len(), self.id)
    }
}
