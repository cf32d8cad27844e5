//! The attempt to sign in to an existing account.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{nullable, verification::Verification};

/// A sign-in attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignIn {
    /// `sign_in_attempt`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `sia_…`.
    pub id: String,
    /// `needs_identifier`, `needs_first_factor`, `needs_second_factor`, `needs_client_trust`, `needs_new_password`,
    /// `complete` or `abandoned`.
    pub status: String,
    /// Kinds of identifier the instance takes.
    #[serde(default, deserialize_with = "nullable")]
    pub supported_identifiers: Vec<String>,
    /// Ways to prove the first factor; null until the identifier is known.
    pub supported_first_factors: Option<Vec<Factor>>,
    /// Ways to prove the second factor; null until the first is proven.
    pub supported_second_factors: Option<Vec<Factor>>,
    /// The first factor under way.
    pub first_factor_verification: Option<Verification>,
    /// The second factor under way.
    pub second_factor_verification: Option<Verification>,
    /// What the person typed.
    pub identifier: Option<String>,
    /// What may be shown of the user before they have proven who they are.
    pub user_data: Option<UserData>,
    /// The session that was made, once complete.
    pub created_session_id: Option<String>,
    /// When the attempt is given up, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub abandon_at: i64,
    /// `pending`, `new` or `known`, at instances that trust devices.
    pub client_trust_state: Option<String>,
}

/// One way to prove a factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Factor {
    /// Such as `password` or `email_code`.
    pub strategy: String,
    /// The address with most of it hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub safe_identifier: Option<String>,
    /// Which email address, for `email_code` and its like.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub email_address_id: Option<String>,
    /// Which phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub phone_number_id: Option<String>,
    /// Which wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub web3_wallet_id: Option<String>,
    /// Which passkey.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub passkey_id: Option<String>,
    /// Which enterprise connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub enterprise_connection_id: Option<String>,
    /// Whether it is the user's primary address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub primary: Option<bool>,
    /// Whether it is the second factor to offer first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub default: Option<bool>,
    /// `sms` or `whatsapp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub channel: Option<String>,
    /// Where the system browser has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub external_verification_redirect_url: Option<String>,
}

/// What may be shown of a user before they have proven who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UserData {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Whether the picture is the user's own.
    #[serde(default, deserialize_with = "nullable")]
    pub has_image: bool,
}
