//! Proof of one thing (an address, a password, an account elsewhere), whatever its kind.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{error::ApiError, nullable};

/// State of a proof. One shape serves every kind; fields that a kind does not have are null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Verification {
    /// `verification_otp`, `verification_password`, …; readers do not look at it.
    pub object: Option<String>,
    /// `unverified`, `verified`, `failed`, `expired` or `transferable`.
    pub status: String,
    /// How it is proven, such as `email_code` or `password`.
    #[serde(default, deserialize_with = "nullable")]
    pub strategy: String,
    /// Wrong tries so far.
    #[ts(type = "number | null")]
    pub attempts: Option<i64>,
    /// When it can no longer be proven, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub expire_at: Option<i64>,
    /// Why it failed, for proofs that end outside of a request of the app.
    pub error: Option<ApiError>,
    /// Random text to be answered (passkeys: JSON text of the options; wallets: the nonce).
    pub nonce: Option<String>,
    /// Text a wallet signs.
    pub message: Option<String>,
    /// `sms` or `whatsapp`, for codes sent to a phone.
    pub channel: Option<String>,
    /// Where the system browser has to go.
    pub external_verification_redirect_url: Option<String>,
    /// The client that opened the link, for email links.
    pub verified_at_client: Option<String>,
}

/// State of a proof that a sign-up needs, with what to do next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignUpVerification {
    /// `verification_otp`, …; readers do not look at it.
    pub object: Option<String>,
    /// `unverified`, `verified`, `failed`, `expired` or `transferable`.
    pub status: String,
    /// How it is proven, such as `email_code`.
    #[serde(default, deserialize_with = "nullable")]
    pub strategy: String,
    /// Wrong tries so far.
    #[ts(type = "number | null")]
    pub attempts: Option<i64>,
    /// When it can no longer be proven, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub expire_at: Option<i64>,
    /// Why it failed.
    pub error: Option<ApiError>,
    /// Random text to be answered.
    pub nonce: Option<String>,
    /// Text a wallet signs.
    pub message: Option<String>,
    /// `sms` or `whatsapp`, for codes sent to a phone.
    pub channel: Option<String>,
    /// Where the system browser has to go.
    pub external_verification_redirect_url: Option<String>,
    /// The client that opened the link, for email links.
    pub verified_at_client: Option<String>,
    /// `needs_prepare`, `needs_attempt` or empty when nothing is left to do.
    #[serde(default, deserialize_with = "nullable")]
    pub next_action: String,
    /// Strategies that can prove it.
    #[serde(default, deserialize_with = "nullable")]
    pub supported_strategies: Vec<String>,
}
