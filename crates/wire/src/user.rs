//! A person as an instance knows them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{ExternalAccount, Metadata, Passkey, nullable, readable, verification::Verification};

/// A user. Private metadata is not part of it: it never leaves the instance by the Frontend API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct User {
    /// `user`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `user_…`.
    pub id: String,
    /// User name.
    pub username: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Whether the picture is the user's own.
    #[serde(default, deserialize_with = "nullable")]
    pub has_image: bool,
    /// Which of the email addresses is the main one.
    pub primary_email_address_id: Option<String>,
    /// Which of the phone numbers is the main one.
    pub primary_phone_number_id: Option<String>,
    /// Which of the wallets is the main one.
    pub primary_web3_wallet_id: Option<String>,
    /// Whether the user has a password.
    #[serde(default, deserialize_with = "nullable")]
    pub password_enabled: bool,
    /// Whether signing in takes a second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub two_factor_enabled: bool,
    /// Whether an authenticator app is set up.
    #[serde(default, deserialize_with = "nullable")]
    pub totp_enabled: bool,
    /// Whether there are backup codes.
    #[serde(default, deserialize_with = "nullable")]
    pub backup_code_enabled: bool,
    /// Email addresses.
    #[serde(default, deserialize_with = "nullable")]
    pub email_addresses: Vec<EmailAddress>,
    /// Phone numbers.
    #[serde(default, deserialize_with = "readable")]
    pub phone_numbers: Vec<PhoneNumber>,
    /// Wallets, as the instance sends them.
    #[ts(type = "Array<Record<string, unknown>>")]
    #[serde(default, deserialize_with = "nullable")]
    pub web3_wallets: Vec<Value>,
    /// Passkeys.
    #[serde(default, deserialize_with = "readable")]
    pub passkeys: Vec<Passkey>,
    /// Memberships, as the instance sends them.
    #[ts(type = "Array<Record<string, unknown>>")]
    #[serde(default, deserialize_with = "nullable")]
    pub organization_memberships: Vec<Value>,
    /// Accounts at identity providers.
    #[serde(default, deserialize_with = "readable")]
    pub external_accounts: Vec<ExternalAccount>,
    /// SAML accounts, as the instance sends them.
    #[ts(type = "Array<Record<string, unknown>>")]
    #[serde(default, deserialize_with = "nullable")]
    pub saml_accounts: Vec<Value>,
    /// Enterprise accounts, as the instance sends them.
    #[ts(type = "Array<Record<string, unknown>>")]
    #[serde(default, deserialize_with = "nullable")]
    pub enterprise_accounts: Vec<Value>,
    /// When the password last changed, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub password_last_updated_at: Option<i64>,
    /// Values the application's server keeps, readable by the app.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// Values the application keeps, writable by the app.
    #[ts(type = "Record<string, unknown>")]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Object)]
    pub unsafe_metadata: Metadata,
    /// The application's own id for the user.
    pub external_id: Option<String>,
    /// Last sign-in, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub last_sign_in_at: Option<i64>,
    /// Whether the user has been banned.
    #[serde(default, deserialize_with = "nullable")]
    pub banned: bool,
    /// Whether the user cannot sign in for now.
    #[serde(default, deserialize_with = "nullable")]
    pub locked: bool,
    /// Seconds until the lock ends; null for a locked user is a lock without end.
    #[ts(type = "number | null")]
    pub lockout_expires_in_seconds: Option<i64>,
    /// Wrong tries left before the lock; null without lockout.
    #[ts(type = "number | null")]
    pub verification_attempts_remaining: Option<i64>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
    /// Whether users may delete themselves.
    #[serde(default, deserialize_with = "nullable")]
    pub delete_self_enabled: bool,
    /// Whether users may create organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub create_organization_enabled: bool,
    /// How many organizations the user may create; null or 0 is no limit.
    #[ts(type = "number | null")]
    pub create_organizations_limit: Option<i64>,
    /// Last use, by the day, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub last_active_at: Option<i64>,
    /// When a second factor was turned on, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub mfa_enabled_at: Option<i64>,
    /// When the second factor was turned off, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub mfa_disabled_at: Option<i64>,
    /// When the terms were accepted, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub legal_accepted_at: Option<i64>,
    /// Older name of `image_url`.
    pub profile_image_url: Option<String>,
}

/// A picture that was uploaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Image {
    /// `image`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `img_…`.
    pub id: String,
    /// Name of the file, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where everybody finds it.
    pub public_url: Option<String>,
}

/// An email address of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct EmailAddress {
    /// `email_address`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// The address.
    pub email_address: String,
    /// Whether the address is kept for this user although it is not proven.
    #[serde(default, deserialize_with = "nullable")]
    pub reserved: bool,
    /// Its proof.
    pub verification: Option<Verification>,
    /// Other identifications that brought the same address.
    #[serde(default, deserialize_with = "nullable")]
    pub linked_to: Vec<LinkedIdentification>,
    /// Whether its domain belongs to an enterprise connection.
    #[serde(default, deserialize_with = "nullable")]
    pub matches_sso_connection: bool,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// A phone number of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct PhoneNumber {
    /// `phone_number`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// The number (E.164).
    pub phone_number: String,
    /// Whether codes to it are a second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub reserved_for_second_factor: bool,
    /// Whether it is the second factor to offer first.
    #[serde(default, deserialize_with = "nullable")]
    pub default_second_factor: bool,
    /// Whether the number is kept for this user although it is not proven.
    #[serde(default, deserialize_with = "nullable")]
    pub reserved: bool,
    /// Its proof.
    pub verification: Option<Verification>,
    /// Other identifications that brought the same number.
    #[serde(default, deserialize_with = "nullable")]
    pub linked_to: Vec<LinkedIdentification>,
    /// Codes that replace the second factor, told once, when the number becomes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
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

/// Another identification that brought the same address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct LinkedIdentification {
    /// Such as `oauth_google`.
    pub r#type: String,
    /// `idn_…`.
    pub id: String,
}

/// What others may see of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PublicUserData {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Whether the picture is the user's own.
    #[serde(default, deserialize_with = "nullable")]
    pub has_image: bool,
    /// The main email address, phone number or user name.
    #[serde(default, deserialize_with = "nullable")]
    pub identifier: String,
    /// Older name of `image_url`.
    pub profile_image_url: Option<String>,
    /// `user_…`.
    pub user_id: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Whether the user has been banned.
    #[serde(default, deserialize_with = "nullable")]
    pub banned: bool,
}
