//! The attempt to create an account.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{
    Metadata, nullable,
    verification::{SignUpVerification, Verification},
};

/// A sign-up attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignUp {
    /// `sign_up_attempt`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `sua_…`.
    pub id: String,
    /// `missing_requirements`, `complete` or `abandoned`.
    pub status: String,
    /// Fields without which there is no account.
    #[serde(default, deserialize_with = "nullable")]
    pub required_fields: Vec<String>,
    /// Fields that may be given.
    #[serde(default, deserialize_with = "nullable")]
    pub optional_fields: Vec<String>,
    /// Required fields that are not there yet.
    #[serde(default, deserialize_with = "nullable")]
    pub missing_fields: Vec<String>,
    /// Given fields that have yet to be proven.
    #[serde(default, deserialize_with = "nullable")]
    pub unverified_fields: Vec<String>,
    /// Proofs by field.
    #[serde(default, deserialize_with = "nullable")]
    pub verifications: SignUpVerifications,
    /// User name.
    pub username: Option<String>,
    /// Email address.
    pub email_address: Option<String>,
    /// Phone number, E.164.
    pub phone_number: Option<String>,
    /// Wallet address.
    pub web3_wallet: Option<String>,
    /// Whether a password has been given; the spelling SDKs read.
    #[serde(default, deserialize_with = "nullable")]
    pub has_password: bool,
    /// Whether a password has been given; the spelling of the published schema.
    #[serde(default, deserialize_with = "nullable")]
    pub password_enabled: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Values the application keeps with the user.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Object)]
    pub unsafe_metadata: Metadata,
    /// Values an invitation brings.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// Whether the application has to act before completion.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_action: bool,
    /// The application's own id for the user.
    pub external_id: Option<String>,
    /// Strategy of the external account the sign-up began with.
    pub external_account_strategy: Option<String>,
    /// The external account the sign-up began with.
    #[ts(type = "Record<string, unknown> | null")]
    pub external_account: Option<Value>,
    /// Language tag (BCP 47) of the window that signs up.
    pub locale: Option<String>,
    /// The session that was made, once complete.
    pub created_session_id: Option<String>,
    /// The user that was made, once complete.
    pub created_user_id: Option<String>,
    /// When the attempt is given up, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub abandon_at: i64,
    /// When the terms were accepted, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub legal_accepted_at: Option<i64>,
}

/// Proofs a sign-up needs or has, by field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignUpVerifications {
    /// Of the email address.
    pub email_address: Option<SignUpVerification>,
    /// Of the phone number.
    pub phone_number: Option<SignUpVerification>,
    /// Of the wallet.
    pub web3_wallet: Option<SignUpVerification>,
    /// Of the external account.
    pub external_account: Option<Verification>,
}
