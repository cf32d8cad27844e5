//! Settings of an instance, as everybody may read them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

mod auth;
mod display;
mod user_settings;

pub use auth::{AuthConfig, NativeSettings};
pub use display::DisplayConfig;
pub use user_settings::{
    Actions, AttackProtection, Attribute, Attributes, EmailLinkProtection, PasskeySettings, PasswordSettings,
    Restrictions, SecondFactor, SignInSettings, SignUpSettings, Social, Toggle, UserLockout, UserSettings,
    UsernameSettings,
};

/// Settings of an instance. Answered without an envelope.
///
/// There is no `commerce_settings`: when it is present, SDKs insist on a whole billing configuration in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Environment {
    /// What may be used to sign up and in.
    #[serde(default, deserialize_with = "nullable")]
    pub auth_config: AuthConfig,
    /// Names, pictures, addresses of pages.
    #[serde(default, deserialize_with = "nullable")]
    pub display_config: DisplayConfig,
    /// Attributes of users and the rules for them.
    #[serde(default, deserialize_with = "nullable")]
    pub user_settings: UserSettings,
    /// Organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub organization_settings: OrganizationSettings,
    /// Protection against robots.
    #[serde(default, deserialize_with = "nullable")]
    pub fraud_settings: FraudSettings,
    /// API keys of users and organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub api_keys_settings: ApiKeysSettings,
    /// Whether the instance is being worked on.
    #[serde(default, deserialize_with = "nullable")]
    pub maintenance_mode: bool,
    /// Whether SDKs should write debug logs.
    #[serde(default, deserialize_with = "nullable")]
    pub client_debug_mode: bool,
    /// Whether cookies are partitioned by top-level site.
    #[serde(default, deserialize_with = "nullable")]
    pub partitioned_cookies: bool,
}

/// Organizations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct OrganizationSettings {
    /// Whether there are any.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Members an organization may have.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub max_allowed_memberships: i64,
    /// What administrators may do.
    #[serde(default, deserialize_with = "nullable")]
    pub actions: OrganizationActions,
    /// Domains of organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub domains: OrganizationDomains,
    /// Slugs of organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub slug: OrganizationSlug,
    /// Role of who creates one.
    #[serde(default, deserialize_with = "nullable")]
    pub creator_role: String,
    /// Whether every user must choose one.
    #[serde(default, deserialize_with = "nullable")]
    pub force_organization_selection: bool,
}

/// What administrators of organizations may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct OrganizationActions {
    /// Delete the organization.
    #[serde(default, deserialize_with = "nullable")]
    pub admin_delete: bool,
}

/// Domains of organizations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct OrganizationDomains {
    /// Whether there are any.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// How users of a domain join.
    #[serde(default, deserialize_with = "nullable")]
    pub enrollment_modes: Vec<String>,
    /// Their role.
    pub default_role: Option<String>,
}

/// Slugs of organizations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct OrganizationSlug {
    /// Whether there are none.
    #[serde(default, deserialize_with = "nullable")]
    pub disabled: bool,
}

/// Protection against robots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct FraudSettings {
    /// `fraud_settings`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// For native apps.
    #[serde(default, deserialize_with = "nullable")]
    pub native: NativeFraudSettings,
}

/// Protection against robots that pose as native apps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct NativeFraudSettings {
    /// `disabled`, `onboarding` or `enforced`.
    #[serde(default, deserialize_with = "nullable")]
    pub device_attestation_mode: String,
}

/// API keys of users and organizations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ApiKeysSettings {
    /// Whether there are any.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Whether users have them.
    #[serde(default, deserialize_with = "nullable")]
    pub user_api_keys_enabled: bool,
    /// Whether organizations have them.
    #[serde(default, deserialize_with = "nullable")]
    pub orgs_api_keys_enabled: bool,
}
