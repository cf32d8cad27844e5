//! Passkeys of a user.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{nullable, verification::Verification};

/// A passkey of a user, or one whose device has yet to answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Passkey {
    /// `passkey`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// What the user knows it by.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// When it last signed in, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub last_used_at: Option<i64>,
    /// Whether its device has answered; until then `nonce` is what the device is asked.
    pub verification: Option<Verification>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// Origins whose pages may ask for the keys of a domain (Web Authentication §5.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelatedOrigins {
    /// The origins.
    pub origins: Vec<String>,
}
