//! Objects of the Backend API: the same things as elsewhere, as the owner of the instance sees them.
//!
//! Its schemas are strict: no other fields, and null only where they say so.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ExternalAccount, LinkedIdentification, Metadata, SessionActivity, SessionTask};

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::User)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct User {
    /// `user`: SDKs tell objects apart by it.
    pub object: String,
    /// `user_…`.
    pub id: String,
    /// The owner's own id for the user.
    pub external_id: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// Picture; empty when there is none.
    pub image_url: String,
    /// Whether the picture is the user's own.
    pub has_image: bool,
    /// Which of the email addresses is the main one.
    pub primary_email_address_id: Option<String>,
    /// Which of the phone numbers is the main one.
    pub primary_phone_number_id: Option<String>,
    /// Which of the wallets is the main one.
    pub primary_web3_wallet_id: Option<String>,
    /// Email addresses.
    pub email_addresses: Vec<EmailAddress>,
    /// Phone numbers.
    pub phone_numbers: Vec<PhoneNumber>,
    /// Wallets.
    pub web3_wallets: Vec<Value>,
    /// Passkeys.
    pub passkeys: Vec<Passkey>,
    /// Accounts at identity providers.
    pub external_accounts: Vec<ExternalAccount>,
    /// SAML accounts.
    pub saml_accounts: Vec<Value>,
    /// Enterprise accounts.
    pub enterprise_accounts: Vec<Value>,
    /// Values the owner's server keeps, readable by the app.
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// Values the owner's server keeps for itself.
    #[schema(value_type = Object)]
    pub private_metadata: Metadata,
    /// Values the app keeps.
    #[schema(value_type = Object)]
    pub unsafe_metadata: Metadata,
    /// Whether the user has a password.
    pub password_enabled: bool,
    /// Whether signing in takes a second factor.
    pub two_factor_enabled: bool,
    /// Whether an authenticator app is set up.
    pub totp_enabled: bool,
    /// Whether there are backup codes.
    pub backup_code_enabled: bool,
    /// When a second factor was turned on, in milliseconds since the epoch.
    pub mfa_enabled_at: Option<i64>,
    /// When the second factor was turned off, in milliseconds since the epoch.
    pub mfa_disabled_at: Option<i64>,
    /// When the password last changed, in milliseconds since the epoch.
    pub password_last_updated_at: Option<i64>,
    /// Whether the user is shut out.
    pub banned: bool,
    /// Whether the user cannot sign in for now.
    pub locked: bool,
    /// Seconds until the lock ends; null for a locked user is a lock without end.
    pub lockout_expires_in_seconds: Option<i64>,
    /// Wrong tries left before the lock.
    pub verification_attempts_remaining: Option<i64>,
    /// Whether users may delete themselves.
    pub delete_self_enabled: bool,
    /// Whether users may create organizations.
    pub create_organization_enabled: bool,
    /// How many organizations the user may create; null or 0 is no limit.
    pub create_organizations_limit: Option<i64>,
    /// Last sign-in, in milliseconds since the epoch.
    pub last_sign_in_at: Option<i64>,
    /// Last use, by the day, in milliseconds since the epoch.
    pub last_active_at: Option<i64>,
    /// When the terms were accepted, in milliseconds since the epoch.
    pub legal_accepted_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    pub updated_at: i64,
}

/// An email address of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::EmailAddress)]
pub struct EmailAddress {
    /// `email_address`.
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// The address.
    pub email_address: String,
    /// Whether the address is kept for this user although it is not proven.
    pub reserved: bool,
    /// Its proof.
    pub verification: Option<Verification>,
    /// Other identifications that brought the same address.
    pub linked_to: Vec<LinkedIdentification>,
    /// Whether its domain belongs to an enterprise connection.
    pub matches_sso_connection: bool,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// A passkey of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::Passkey)]
pub struct Passkey {
    /// `passkey`.
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// What the user knows it by.
    pub name: String,
    /// When it last signed in, in milliseconds since the epoch.
    pub last_used_at: Option<i64>,
    /// Its proof.
    pub verification: Option<Verification>,
}

/// A phone number of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::PhoneNumber)]
pub struct PhoneNumber {
    /// `phone_number`.
    pub object: String,
    /// `idn_…`.
    pub id: String,
    /// The number (E.164).
    pub phone_number: String,
    /// Whether codes to it are a second factor.
    pub reserved_for_second_factor: bool,
    /// Whether it is the second factor to offer first.
    pub default_second_factor: bool,
    /// Whether the number is kept for this user although it is not proven.
    pub reserved: bool,
    /// Its proof.
    pub verification: Option<Verification>,
    /// Other identifications that brought the same number.
    pub linked_to: Vec<LinkedIdentification>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// Proof of an address, a number or a passkey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::Verification)]
pub struct Verification {
    /// `verification_otp`, `verification_passkey`.
    pub object: String,
    /// `verified`.
    pub status: String,
    /// How it was proven, such as `email_code`.
    pub strategy: String,
    /// Wrong tries.
    pub attempts: Option<i64>,
    /// When it can no longer be proven, in milliseconds since the epoch.
    pub expire_at: Option<i64>,
}

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::Session)]
pub struct Session {
    /// `session`.
    pub object: String,
    /// `sess_…`.
    pub id: String,
    /// `user_…`.
    pub user_id: String,
    /// `client_…`.
    pub client_id: String,
    /// Who acts in the user's name.
    pub actor: Option<Value>,
    /// `active`, `pending`, `ended`, `removed`, `replaced`, `expired`, `abandoned` or `revoked`.
    pub status: String,
    /// The organization chosen last.
    pub last_active_organization_id: Option<String>,
    /// Last use, in milliseconds since the epoch.
    pub last_active_at: i64,
    /// Where and with what it was used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_activity: Option<Activity>,
    /// Latest end, in milliseconds since the epoch.
    pub expire_at: i64,
    /// When it is given up, in milliseconds since the epoch.
    pub abandon_at: i64,
    /// What the user has to do before the session becomes active.
    pub tasks: Option<Vec<SessionTask>>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// Where and with what a session was used. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// `session_activity`.
    pub object: String,
    /// `sess_activity_…`.
    pub id: String,
    /// Whether it is a phone or tablet.
    pub is_mobile: bool,
    /// Such as `Linux`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// The browser or app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_name: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_version: Option<String>,
    /// The address it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// City of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl From<SessionActivity> for Activity {
    fn from(activity: SessionActivity) -> Self {
        Self {
            object: activity.object,
            id: activity.id,
            is_mobile: activity.is_mobile,
            device_type: activity.device_type,
            browser_name: activity.browser_name,
            browser_version: activity.browser_version,
            ip_address: activity.ip_address,
            city: activity.city,
            country: activity.country,
        }
    }
}

/// A token that signs a user in once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInToken {
    /// `sign_in_token`.
    pub object: String,
    /// `sit_…`.
    pub id: String,
    /// `user_…`.
    pub user_id: String,
    /// The ticket that signs the user in.
    pub token: String,
    /// A page that takes the ticket; null where the application has to bring its own.
    pub url: Option<String>,
    /// `pending`, `accepted` or `revoked`.
    pub status: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

impl std::fmt::Debug for SignInToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInToken({} {})", self.id, self.status)
    }
}

/// A token by which a test suite says that it is one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestingToken {
    /// `testing_token`.
    pub object: String,
    /// What goes along with every request to the Frontend API.
    pub token: String,
    /// When it expires, in *seconds* since the epoch.
    pub expires_at: i64,
}

impl std::fmt::Debug for TestingToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestingToken(until {})", self.expires_at)
    }
}

/// An address to which a browser may be sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedirectUrl {
    /// `redirect_url`.
    pub object: String,
    /// `ru_…`.
    pub id: String,
    /// The address.
    pub url: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// Tokens of the owner's own making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JwtTemplate {
    /// `jwt_template`.
    pub object: String,
    /// `jtmp_…`.
    pub id: String,
    /// What it is asked for by.
    pub name: String,
    /// What its tokens say, with shortcodes.
    #[schema(value_type = Object)]
    pub claims: Metadata,
    /// How long its tokens live, in seconds.
    pub lifetime: i64,
    /// By how much their beginning lies before they are made, in seconds.
    pub allowed_clock_skew: i64,
    /// Whether a key of its own signs them.
    pub custom_signing_key: bool,
    /// How they are signed.
    pub signing_algorithm: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    pub updated_at: i64,
}

/// The instance itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instance {
    /// `instance`.
    pub object: String,
    /// `ins_…`.
    pub id: String,
    /// `development` or `production`.
    pub environment_type: String,
    /// Origins that may use the Frontend API besides its own.
    pub allowed_origins: Option<Vec<String>>,
    /// Whose the application is; nobody's here.
    pub workspace_id: Option<String>,
    /// Whether a client holds one session only. This and what follows is Frontdesk's own.
    pub single_session_mode: bool,
    /// How long a session lives at most, in milliseconds; none is no limit.
    pub session_max_lifetime_ms: Option<i64>,
    /// How long a session lives that nobody uses, in milliseconds; none is no limit.
    pub session_inactivity_ms: Option<i64>,
}

/// Who may not sign up or in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct InstanceRestrictions {
    /// `instance_restrictions`.
    pub object: String,
    /// Whether only listed identifiers get in.
    pub allowlist: bool,
    /// Whether listed identifiers do not.
    pub blocklist: bool,
    /// Whether both lists count for signing up alone.
    pub allowlist_blocklist_disabled_on_sign_in: bool,
    /// Whether addresses such as `ada+x@example.com` do not.
    pub block_email_subaddresses: bool,
    /// Whether throw-away addresses do not.
    pub block_disposable_email_domains: bool,
}

/// An invitation to make an account.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// `invitation`.
    pub object: String,
    /// `inv_…`.
    pub id: String,
    /// Who is invited.
    pub email_address: String,
    /// What the account gets as its public metadata.
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// Whether the owner took it back.
    pub revoked: bool,
    /// `pending`, `accepted`, `revoked` or `expired`.
    pub status: String,
    /// Where the mail leads, with the ticket; gone once it leads nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Milliseconds since the epoch.
    pub expires_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

/// Somebody on the waitlist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::WaitlistEntry)]
pub struct WaitlistEntry {
    /// `waitlist_entry`.
    pub object: String,
    /// `wle_…`.
    pub id: String,
    /// Who asks.
    pub email_address: String,
    /// `pending`, `invited`, `rejected` or `completed`.
    pub status: String,
    /// Whether it is being changed with others at once; never here.
    pub is_locked: bool,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
    /// The invitation that came of it.
    pub invitation: Option<Invitation>,
}

/// An entry of the list of those who may come in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllowlistIdentifier {
    /// `allowlist_identifier`.
    pub object: String,
    /// `alid_…`.
    pub id: String,
    /// The invitation that was sent with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_id: Option<String>,
    /// An address, a domain such as `*@example.com`, a number or a wallet.
    pub identifier: String,
    /// `email_address`, `phone_number` or `web3_wallet`.
    pub identifier_type: String,
    /// `ins_…`.
    pub instance_id: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// An entry of the list of those who may not come in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlocklistIdentifier {
    /// `blocklist_identifier`.
    pub object: String,
    /// `blid_…`.
    pub id: String,
    /// An address, a domain such as `*@example.com`, a number or a wallet.
    pub identifier: String,
    /// `email_address`, `phone_number` or `web3_wallet`.
    pub identifier_type: String,
    /// `ins_…`.
    pub instance_id: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

/// A client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::Client)]
pub struct Client {
    /// `client`.
    pub object: String,
    /// `client_…`.
    pub id: String,
    /// Its sessions, by id.
    pub session_ids: Vec<String>,
    /// Its sessions.
    pub sessions: Vec<Session>,
    /// The sign-in under way.
    pub sign_in_id: Option<String>,
    /// The sign-up under way.
    pub sign_up_id: Option<String>,
    /// The session used last.
    pub last_active_session_id: Option<String>,
    /// How somebody last signed in here.
    pub last_authentication_strategy: Option<String>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    pub updated_at: i64,
}

/// How many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotalCount {
    /// `total_count`.
    pub object: String,
    /// How many.
    pub total_count: i64,
}

/// A part of a list, with how long the whole is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The part.
    pub data: Vec<T>,
    /// How long the whole is.
    pub total_count: i64,
}

/// Whose something was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Removed {
    /// `user_…`.
    pub user_id: String,
}

/// That a second factor was the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerifiedCode {
    /// Always true; a refusal says that it was not.
    pub verified: bool,
    /// `totp` or `backup_code`.
    pub code_type: String,
}

/// Whether a password was the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verified {
    /// Always true: a wrong one is refused.
    pub verified: bool,
}

/// What an application server gets for the nonce of a handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = backend::HandshakePayload)]
pub struct HandshakePayload {
    /// The nonce.
    pub nonce: String,
    /// Lines of `Set-Cookie`.
    pub directives: Vec<String>,
}

/// A provider's token of a user, for the owner's server.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OauthAccessToken {
    /// `oauth_access_token`.
    pub object: String,
    /// `eac_…`.
    pub external_account_id: String,
    /// Id of the person at the provider.
    pub provider_user_id: String,
    /// The token.
    pub token: String,
    /// When it ends, in milliseconds since the epoch; null for one that does not.
    pub expires_at: Option<i64>,
    /// Such as `oauth_google`.
    pub provider: String,
    /// Values the owner's server keeps.
    #[schema(value_type = Object)]
    pub public_metadata: Metadata,
    /// What the owner calls the account.
    pub label: Option<String>,
    /// What it is good for.
    pub scopes: Vec<String>,
}

impl std::fmt::Debug for OauthAccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OauthAccessToken({})", self.provider)
    }
}
