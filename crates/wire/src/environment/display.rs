use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

/// Names, pictures and addresses of pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct DisplayConfig {
    /// `display_config`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `display_config_…`.
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    /// `production`, `development` or `staging`.
    #[serde(default, deserialize_with = "nullable")]
    pub instance_environment_type: String,
    /// What people know the application by.
    #[serde(default, deserialize_with = "nullable")]
    pub application_name: String,
    /// Look of prebuilt components.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    pub theme: Value,
    /// `password` or `otp`.
    #[serde(default, deserialize_with = "nullable")]
    pub preferred_sign_in_strategy: String,
    /// Logo.
    pub logo_image_url: Option<String>,
    /// Small logo.
    pub favicon_image_url: Option<String>,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub home_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub sign_in_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub sign_up_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub user_profile_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub waitlist_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub oauth_consent_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_sign_in_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_sign_up_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_sign_out_one_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_sign_out_all_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_switch_session_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_join_waitlist_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub organization_profile_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub create_organization_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_leave_organization_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub after_create_organization_url: String,
    /// Page.
    #[serde(default, deserialize_with = "nullable")]
    pub logo_link_url: String,
    /// Whom to write to.
    pub support_email: Option<String>,
    /// Whether prebuilt components name their maker.
    #[serde(default, deserialize_with = "nullable")]
    pub branded: bool,
    /// Always false.
    #[serde(default, deserialize_with = "nullable")]
    pub experimental_force_oauth_first: bool,
    /// Version of the browser SDK to load.
    pub clerk_js_version: Option<String>,
    /// Whether components warn of a development instance.
    #[serde(default, deserialize_with = "nullable")]
    pub show_devmode_warning: bool,
    /// For Google One Tap.
    pub google_one_tap_client_id: Option<String>,
    /// Page.
    pub help_url: Option<String>,
    /// Page.
    pub privacy_policy_url: Option<String>,
    /// Page.
    pub terms_url: Option<String>,
    /// Older name of `logo_image_url`.
    pub logo_url: Option<String>,
    /// Older name of `favicon_image_url`.
    pub favicon_url: Option<String>,
    /// Older shape of `logo_image_url`.
    #[ts(type = "Record<string, unknown> | null")]
    pub logo_image: Option<Value>,
    /// Older shape of `favicon_image_url`.
    #[ts(type = "Record<string, unknown> | null")]
    pub favicon_image: Option<Value>,
    /// For the proof of not being a robot.
    pub captcha_public_key: Option<String>,
    /// `smart` or `invisible`.
    pub captcha_widget_type: Option<String>,
    /// For the proof of not being a robot.
    pub captcha_public_key_invisible: Option<String>,
    /// `turnstile`.
    pub captcha_provider: Option<String>,
    /// Strategies that need no such proof.
    #[serde(default, deserialize_with = "nullable")]
    pub captcha_oauth_bypass: Vec<String>,
    /// Whether the proof is renewed in the background.
    pub captcha_heartbeat: Option<bool>,
}
