use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

/// What may be used to sign up and in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct AuthConfig {
    /// `auth_config`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `aac_…`.
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub first_name: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub last_name: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub email_address: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub phone_number: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub username: String,
    /// `on`, `off` or `required`.
    #[serde(default, deserialize_with = "nullable")]
    pub password: String,
    /// Sets of identifications of which one is needed.
    #[serde(default, deserialize_with = "nullable")]
    pub identification_requirements: Vec<Vec<String>>,
    /// Identifications users may have.
    #[serde(default, deserialize_with = "nullable")]
    pub identification_strategies: Vec<String>,
    /// Strategies of the first factor.
    #[serde(default, deserialize_with = "nullable")]
    pub first_factors: Vec<String>,
    /// Strategies of the second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub second_factors: Vec<String>,
    /// Strategies that prove an email address.
    #[serde(default, deserialize_with = "nullable")]
    pub email_address_verification_strategies: Vec<String>,
    /// Whether a client has at most one session.
    #[serde(default, deserialize_with = "nullable")]
    pub single_session_mode: bool,
    /// Whether mail is sent in a way that reaches more inboxes.
    #[serde(default, deserialize_with = "nullable")]
    pub enhanced_email_deliverability: bool,
    /// Whether test addresses take the test code.
    #[serde(default, deserialize_with = "nullable")]
    pub test_mode: bool,
    /// Older name of `url_based_session_syncing`.
    #[serde(default, deserialize_with = "nullable")]
    pub cookieless_dev: bool,
    /// Whether development sessions travel in addresses.
    #[serde(default, deserialize_with = "nullable")]
    pub url_based_session_syncing: bool,
    /// When somebody took the instance over, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub claimed_at: Option<i64>,
    /// Whether sensitive changes need a fresh proof.
    #[serde(default, deserialize_with = "nullable")]
    pub reverification: bool,
    /// Whether session tokens are minted at the edge.
    #[serde(default, deserialize_with = "nullable")]
    pub session_minter: bool,
    /// Channels for codes to a phone, by country.
    #[ts(type = "Record<string, unknown> | null")]
    pub preferred_channels: Option<Value>,
    /// For native apps.
    #[serde(default, deserialize_with = "nullable")]
    pub native_settings: NativeSettings,
}

/// What native apps may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct NativeSettings {
    /// `native_settings`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// Whether native apps are served at all.
    #[serde(default, deserialize_with = "nullable")]
    pub api_enabled: bool,
    /// Whether trusted devices may sign in.
    #[serde(default, deserialize_with = "nullable")]
    pub trusted_device_sign_in_enabled: bool,
    /// Whether to offer trust after a sign-in.
    #[serde(default, deserialize_with = "nullable")]
    pub trusted_device_enrollment_prompt_after_sign_in_enabled: bool,
    /// Whether to offer trust after a sign-up.
    #[serde(default, deserialize_with = "nullable")]
    pub trusted_device_enrollment_prompt_after_sign_up_enabled: bool,
}
