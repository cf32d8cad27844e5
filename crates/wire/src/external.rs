//! Accounts that a user has at identity providers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{Metadata, nullable, verification::Verification};

/// An account that a user has elsewhere, or is about to connect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ExternalAccount {
    /// `external_account`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `eac_…`.
    pub id: String,
    /// Such as `oauth_google`.
    #[serde(default, deserialize_with = "nullable")]
    pub provider: String,
    /// `idn_…`.
    #[serde(default, deserialize_with = "nullable")]
    pub identification_id: String,
    /// Id of the person at the provider.
    #[serde(default, deserialize_with = "nullable")]
    pub provider_user_id: String,
    /// What the instance may do there, separated by spaces.
    #[serde(default, deserialize_with = "nullable")]
    pub approved_scopes: String,
    /// What the instance asks for there and may not do yet, separated by spaces. Frontdesk's own.
    #[serde(default, deserialize_with = "nullable")]
    pub missing_scopes: String,
    /// Address that the provider knows the person by.
    #[serde(default, deserialize_with = "nullable")]
    pub email_address: String,
    /// Whether the provider vouches for the address.
    pub email_address_verified: Option<bool>,
    /// Given name.
    #[serde(default, deserialize_with = "nullable")]
    pub first_name: String,
    /// Family name.
    #[serde(default, deserialize_with = "nullable")]
    pub last_name: String,
    /// Older name of `image_url`.
    #[serde(default, deserialize_with = "nullable")]
    pub avatar_url: String,
    /// Picture.
    pub image_url: Option<String>,
    /// Name at the provider.
    pub username: Option<String>,
    /// Phone number that the provider knows the person by.
    pub phone_number: Option<String>,
    /// Values the application's server keeps.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// What the owner calls it.
    pub label: Option<String>,
    /// Its proof.
    pub verification: Option<Verification>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}
