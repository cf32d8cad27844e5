//! What a user proves a second factor with.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

/// An authenticator app. The secret is told once, while it is being set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Totp {
    /// `totp`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `totp_…`.
    pub id: String,
    /// The secret in base 32, to be typed into the app.
    pub secret: Option<String>,
    /// The same as an `otpauth:` address, to be shown as a QR code.
    pub uri: Option<String>,
    /// Whether a code of it was seen, so that it is asked for.
    #[serde(default, deserialize_with = "nullable")]
    pub verified: bool,
    /// The backup codes that came with it, told this once.
    pub backup_codes: Option<Vec<String>>,
    /// When it was begun, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// When it last changed, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// New backup codes, told this once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct BackupCodes {
    /// `backup_code`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// Names this set of codes.
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    /// The codes.
    #[serde(default, deserialize_with = "nullable")]
    pub codes: Vec<String>,
    /// When they were made, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// When they last changed, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}
