use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::nullable;

/// Attributes of users and the rules for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct UserSettings {
    /// What users have.
    #[serde(default, deserialize_with = "nullable")]
    pub attributes: Attributes,
    /// Identity providers by strategy, such as `oauth_google`.
    #[serde(default, deserialize_with = "nullable")]
    pub social: BTreeMap<String, Social>,
    /// Older name of `enterprise_sso`.
    #[serde(default, deserialize_with = "nullable")]
    pub saml: Toggle,
    /// Sign-in through a company's identity provider.
    #[serde(default, deserialize_with = "nullable")]
    pub enterprise_sso: Toggle,
    /// Rules of sign-in.
    #[serde(default, deserialize_with = "nullable")]
    pub sign_in: SignInSettings,
    /// Rules of sign-up.
    #[serde(default, deserialize_with = "nullable")]
    pub sign_up: SignUpSettings,
    /// Who may come in.
    #[serde(default, deserialize_with = "nullable")]
    pub restrictions: Restrictions,
    /// Rules for passwords.
    #[serde(default, deserialize_with = "nullable")]
    pub password_settings: PasswordSettings,
    /// Rules for user names.
    #[serde(default, deserialize_with = "nullable")]
    pub username_settings: UsernameSettings,
    /// What users may do by themselves.
    #[serde(default, deserialize_with = "nullable")]
    pub actions: Actions,
    /// Protection against guessing.
    #[serde(default, deserialize_with = "nullable")]
    pub attack_protection: AttackProtection,
    /// Passkeys.
    #[serde(default, deserialize_with = "nullable")]
    pub passkey_settings: PasskeySettings,
}

/// What users have. An attribute that the instance does not name is off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Attributes {
    /// Email address.
    #[serde(default, deserialize_with = "nullable")]
    pub email_address: Attribute,
    /// Phone number.
    #[serde(default, deserialize_with = "nullable")]
    pub phone_number: Attribute,
    /// User name.
    #[serde(default, deserialize_with = "nullable")]
    pub username: Attribute,
    /// Wallet.
    #[serde(default, deserialize_with = "nullable")]
    pub web3_wallet: Attribute,
    /// Given name.
    #[serde(default, deserialize_with = "nullable")]
    pub first_name: Attribute,
    /// Family name.
    #[serde(default, deserialize_with = "nullable")]
    pub last_name: Attribute,
    /// Password.
    #[serde(default, deserialize_with = "nullable")]
    pub password: Attribute,
    /// Authenticator app.
    #[serde(default, deserialize_with = "nullable")]
    pub authenticator_app: Attribute,
    /// Ticket.
    #[serde(default, deserialize_with = "nullable")]
    pub ticket: Attribute,
    /// Backup codes.
    #[serde(default, deserialize_with = "nullable")]
    pub backup_code: Attribute,
    /// Passkey.
    #[serde(default, deserialize_with = "nullable")]
    pub passkey: Attribute,
}

/// Rules for one attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct Attribute {
    /// Whether users may have it.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Whether they must.
    #[serde(default, deserialize_with = "nullable")]
    pub required: bool,
    /// Whether it is a first factor.
    #[serde(default, deserialize_with = "nullable")]
    pub used_for_first_factor: bool,
    /// Strategies of the first factor.
    #[serde(default, deserialize_with = "nullable")]
    pub first_factors: Vec<String>,
    /// Whether it is a second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub used_for_second_factor: bool,
    /// Strategies of the second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub second_factors: Vec<String>,
    /// Strategies that prove it.
    #[serde(default, deserialize_with = "nullable")]
    pub verifications: Vec<String>,
    /// Whether sign-up waits for the proof.
    #[serde(default, deserialize_with = "nullable")]
    pub verify_at_sign_up: bool,
    /// Whether it can never change.
    #[serde(default, deserialize_with = "nullable")]
    pub immutable: bool,
}

/// Rules for one identity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct Social {
    /// Whether users may connect it.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Whether they must.
    #[serde(default, deserialize_with = "nullable")]
    pub required: bool,
    /// Whether it can be used to sign up and in.
    #[serde(default, deserialize_with = "nullable")]
    pub authenticatable: bool,
    /// Whether addresses with a part after `+` are refused.
    #[serde(default, deserialize_with = "nullable")]
    pub block_email_subaddresses: bool,
    /// Such as `oauth_google`.
    #[serde(default, deserialize_with = "nullable")]
    pub strategy: String,
    /// Whether components leave it out.
    #[serde(default, deserialize_with = "nullable")]
    pub not_selectable: bool,
    /// Whether it will go away.
    #[serde(default, deserialize_with = "nullable")]
    pub deprecated: bool,
    /// What people know it by.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// Logo.
    pub logo_url: Option<String>,
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Toggle {
    /// Whether it is on.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
}

/// Rules of sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignInSettings {
    /// The second factor.
    #[serde(default, deserialize_with = "nullable")]
    pub second_factor: SecondFactor,
}

/// Rules of the second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SecondFactor {
    /// Whether every user must have one.
    #[serde(default, deserialize_with = "nullable")]
    pub required: bool,
    /// Whether users may have one.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
}

/// Rules of sign-up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct SignUpSettings {
    /// Whether people prove that they are no robots.
    #[serde(default, deserialize_with = "nullable")]
    pub captcha_enabled: bool,
    /// `smart` or `invisible`.
    #[serde(default, deserialize_with = "nullable")]
    pub captcha_widget_type: String,
    /// Whether the application has to act before completion.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_action_required: bool,
    /// Whether fields may be given one after the other.
    #[serde(default, deserialize_with = "nullable")]
    pub progressive: bool,
    /// `public`, `restricted` or `waitlist`.
    #[serde(default, deserialize_with = "nullable")]
    pub mode: String,
    /// Whether the terms have to be accepted.
    #[serde(default, deserialize_with = "nullable")]
    pub legal_consent_enabled: bool,
}

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Restrictions {
    /// Only who is on a list.
    #[serde(default, deserialize_with = "nullable")]
    pub allowlist: Toggle,
    /// Everybody but who is on a list.
    #[serde(default, deserialize_with = "nullable")]
    pub blocklist: Toggle,
    /// Whether the lists are for sign-up only.
    #[serde(default, deserialize_with = "nullable")]
    pub allowlist_blocklist_disabled_on_sign_in: Toggle,
    /// No addresses with a part after `+`.
    #[serde(default, deserialize_with = "nullable")]
    pub block_email_subaddresses: Toggle,
    /// No throw-away addresses.
    #[serde(default, deserialize_with = "nullable")]
    pub block_disposable_email_domains: Toggle,
}

/// Rules for passwords.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of its own on the wire")]
pub struct PasswordSettings {
    /// Whether known breached passwords are accepted.
    #[serde(default, deserialize_with = "nullable")]
    pub disable_hibp: bool,
    /// Whether a change needs no fresh proof.
    #[serde(default, deserialize_with = "nullable")]
    pub disable_password_reverification: bool,
    /// Fewest characters; 0 is the default of 8.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub min_length: i64,
    /// Most characters; 0 is the default of 72.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub max_length: i64,
    /// Whether a special character is needed.
    #[serde(default, deserialize_with = "nullable")]
    pub require_special_char: bool,
    /// Whether a digit is needed.
    #[serde(default, deserialize_with = "nullable")]
    pub require_numbers: bool,
    /// Whether an upper-case letter is needed.
    #[serde(default, deserialize_with = "nullable")]
    pub require_uppercase: bool,
    /// Whether a lower-case letter is needed.
    #[serde(default, deserialize_with = "nullable")]
    pub require_lowercase: bool,
    /// Whether components show how hard to guess it is.
    #[serde(default, deserialize_with = "nullable")]
    pub show_zxcvbn: bool,
    /// Least score, 0 to 4.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub min_zxcvbn_strength: i64,
    /// Whether known breached passwords are refused at sign-in too.
    #[serde(default, deserialize_with = "nullable")]
    pub enforce_hibp_on_sign_in: bool,
    /// What counts as special.
    #[serde(default, deserialize_with = "nullable")]
    pub allowed_special_characters: String,
}

/// Rules for user names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct UsernameSettings {
    /// Fewest characters.
    #[ts(type = "number | null")]
    pub min_length: Option<i64>,
    /// Most characters.
    #[ts(type = "number | null")]
    pub max_length: Option<i64>,
    /// Whether more than letters, digits, `_` and `-` are taken.
    #[serde(default, deserialize_with = "nullable")]
    pub allow_extended_special_characters: bool,
    /// Whether digits alone are taken.
    #[serde(default, deserialize_with = "nullable")]
    pub allow_numeric_usernames: bool,
}

/// What users may do by themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Actions {
    /// Delete their account.
    #[serde(default, deserialize_with = "nullable")]
    pub delete_self: bool,
    /// Create organizations.
    #[serde(default, deserialize_with = "nullable")]
    pub create_organization: bool,
    /// Whether there is a limit to that.
    pub create_organizations_limit: Option<bool>,
}

/// Protection against guessing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AttackProtection {
    /// Lock after wrong tries.
    #[serde(default, deserialize_with = "nullable")]
    pub user_lockout: UserLockout,
    /// Personal data is kept back until a factor is proven.
    #[serde(default, deserialize_with = "nullable")]
    pub pii: Toggle,
    /// Email links.
    #[serde(default, deserialize_with = "nullable")]
    pub email_link: EmailLinkProtection,
    /// Answers do not tell who exists.
    #[serde(default, deserialize_with = "nullable")]
    pub enumeration_protection: Toggle,
}

/// Lock after wrong tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UserLockout {
    /// Whether there is one.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Wrong tries until then.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub max_attempts: i64,
    /// How long it lasts.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub duration_in_minutes: i64,
}

/// Email links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct EmailLinkProtection {
    /// Whether a link works only where it was asked for.
    #[serde(default, deserialize_with = "nullable")]
    pub require_same_client: bool,
}

/// Passkeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PasskeySettings {
    /// Whether the field for the identifier offers them.
    #[serde(default, deserialize_with = "nullable")]
    pub allow_autofill: bool,
    /// Whether there is a button.
    #[serde(default, deserialize_with = "nullable")]
    pub show_sign_in_button: bool,
    /// Whether one is enough where two factors are needed.
    #[serde(default, deserialize_with = "nullable")]
    pub satisfies_second_factor: bool,
}
