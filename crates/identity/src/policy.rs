//! What an instance demands and allows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Addressee, PartyFault, Recipient, RestrictionPolicy,
    passkey::check_domain,
    time::{DAY, HOUR, MINUTE, SECOND},
};

mod texts;

pub use texts::{TextPolicy, TextRefusal, TextTraffic, Tier};

/// The code of every test address (protocol §7, test mode).
const TEST_CODE: &str = "424242";
/// Hardest to guess that a password may have to be.
const MAX_STRENGTH: u8 = 4;
/// Floor of the shortest password, and the shortest where the instance does not say (ASVS 6.2.1). Applications built
/// for the protocol expect it. Where nothing but a password signs in, 15 is advised (NIST SP 800-63B-4 §3.1.1.2).
const MIN_PASSWORD_FLOOR: u32 = 8;
/// Longest password when the instance does not say: well above the 64 that must be taken (NIST SP 800-63B-4 §3.1.1.2).
const DEFAULT_MAX_PASSWORD: u32 = 256;
/// Lifetime of a session when the maximum is turned off: ten years, so that only inactivity ends it.
const UNLIMITED_MS: i64 = 3_650 * DAY;
/// Shortest limit of a session: its use is written down once a minute, so that a shorter one could end it in use.
pub const MIN_SESSION_LIMIT_MS: i64 = 5 * MINUTE;
/// Longest limit of a session. Browsers keep no cookie longer than 400 days.
pub const MAX_SESSION_LIMIT_MS: i64 = UNLIMITED_MS;

/// Whether an attribute is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Not taken at all.
    Off,
    /// May be given.
    Optional,
    /// Must be given.
    Required,
}

impl Requirement {
    /// Whether the attribute is taken.
    #[must_use]
    pub fn is_on(self) -> bool {
        self != Self::Off
    }
}

/// Everything an instance demands and allows. The default is that of a new development instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own, as the owner knows it")]
pub struct Policy {
    /// Email addresses.
    pub email_address: EmailPolicy,
    /// Phone numbers.
    pub phone_number: PhonePolicy,
    /// User names.
    pub username: UsernamePolicy,
    /// Text messages.
    pub texts: TextPolicy,
    /// Who may come in.
    pub restrictions: RestrictionPolicy,
    /// Passwords.
    pub password: PasswordPolicy,
    /// Second factors.
    pub second_factors: SecondFactorPolicy,
    /// Passkeys.
    pub passkeys: PasskeyPolicy,
    /// Given names.
    pub first_name: Requirement,
    /// Family names.
    pub last_name: Requirement,
    /// Sessions.
    pub sessions: SessionPolicy,
    /// What wrong tries lead to.
    pub lockout: LockoutPolicy,
    /// One-time codes.
    pub codes: CodePolicy,
    /// Idle time after which a sign-in or sign-up attempt is given up, in milliseconds.
    pub attempt_lifetime_ms: i64,
    /// Whether test addresses exist; development instances only.
    pub test_mode: bool,
    /// Whether answers hide which identifiers exist; on in production.
    pub enumeration_protection: bool,
    /// Whether people are told of a sign-in on a device that they did not use before.
    pub new_device_notices: bool,
    /// Whether users may delete themselves.
    pub delete_self: bool,
    /// Whether changes that matter need a proof of who it is that is younger than ten minutes.
    pub reverification: bool,
}

/// Email addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EmailPolicy {
    /// Whether sign-up asks for one.
    pub requirement: Requirement,
    /// Whether sign-up waits until the address is proven.
    pub verify_at_sign_up: bool,
    /// Whether a code sent to it signs in.
    pub sign_in_by_code: bool,
}

/// Phone numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PhonePolicy {
    /// Whether sign-up asks for one.
    pub requirement: Requirement,
    /// Whether sign-up waits until the number is proven.
    pub verify_at_sign_up: bool,
    /// Whether a code sent to it signs in.
    pub sign_in_by_code: bool,
}

/// User names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UsernamePolicy {
    /// Whether sign-up asks for one.
    pub requirement: Requirement,
    /// Fewest characters of a new one.
    pub min_length: u32,
    /// Most characters of a new one.
    pub max_length: u32,
}

/// Passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent rule of the protocol's password_settings")]
pub struct PasswordPolicy {
    /// Whether sign-up asks for one.
    pub requirement: Requirement,
    /// Fewest characters; never below 8.
    pub min_length: u32,
    /// Most characters; 0 is the default of 256.
    pub max_length: u32,
    /// Whether an upper-case letter is needed.
    pub require_uppercase: bool,
    /// Whether a lower-case letter is needed.
    pub require_lowercase: bool,
    /// Whether a digit is needed.
    pub require_numbers: bool,
    /// Whether a special character is needed.
    pub require_special_char: bool,
    /// Whether components show how hard a password is to guess.
    pub show_strength: bool,
    /// How hard a password has to be to guess, from 0, which lets every one pass, to 4.
    pub min_strength: u8,
    /// Whether a password is refused while it cannot be said whether it was stolen elsewhere.
    pub refuse_unchecked: bool,
}

/// Second factors that users may turn on for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SecondFactorPolicy {
    /// Codes of an authenticator app.
    pub authenticator_app: bool,
    /// Codes sent to a phone number, where numbers are taken.
    pub phone_codes: bool,
    /// Codes to write down, for when the other second factor is out of reach.
    pub backup_codes: bool,
}

/// Passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an independent rule, three of the protocol's passkey_settings"
)]
pub struct PasskeyPolicy {
    /// Whether people may have passkeys and sign in by them.
    pub enabled: bool,
    /// The domain that keys are made for, if it is not the registered domain of the public URL. A key never answers at
    /// another one: a change makes every passkey useless that there is.
    pub rp_id: Option<String>,
    /// Whether the field for the address offers passkeys by itself.
    pub allow_autofill: bool,
    /// Whether there is a button that signs in by a passkey.
    pub show_sign_in_button: bool,
    /// Whether who signs in by a passkey is not asked for a second factor.
    pub satisfies_second_factor: bool,
}

/// Sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SessionPolicy {
    /// Longest life of a session, in milliseconds; none is no limit.
    pub max_lifetime_ms: Option<i64>,
    /// Longest idle time, in milliseconds; none is no limit.
    pub inactivity_ms: Option<i64>,
    /// Idle time after which a session is given up whatever the other limits say, in milliseconds.
    pub abandon_after_ms: i64,
    /// Whether a client holds one session only.
    pub single_session: bool,
}

/// What wrong tries lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LockoutPolicy {
    /// Wrong tries in a row that lock the account.
    pub max_attempts: u32,
    /// How long it stays locked, in milliseconds.
    pub duration_ms: i64,
}

/// One-time codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CodePolicy {
    /// How long a code can be used, in milliseconds; at most ten minutes.
    pub lifetime_ms: i64,
    /// Tries that are looked at before the code is dead.
    pub max_tries: u32,
    /// Time that must pass before another code is sent, in milliseconds; at least 30 seconds.
    pub resend_after_ms: i64,
    /// Most messages that one address gets in an hour.
    pub per_address_per_hour: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            email_address: EmailPolicy::default(),
            phone_number: PhonePolicy::default(),
            username: UsernamePolicy::default(),
            texts: TextPolicy::default(),
            restrictions: RestrictionPolicy::default(),
            password: PasswordPolicy::default(),
            second_factors: SecondFactorPolicy::default(),
            passkeys: PasskeyPolicy::default(),
            first_name: Requirement::Optional,
            last_name: Requirement::Optional,
            sessions: SessionPolicy::default(),
            lockout: LockoutPolicy::default(),
            codes: CodePolicy::default(),
            attempt_lifetime_ms: DAY,
            test_mode: true,
            enumeration_protection: false,
            new_device_notices: true,
            delete_self: true,
            reverification: false,
        }
    }
}

impl Default for EmailPolicy {
    fn default() -> Self {
        Self { requirement: Requirement::Required, verify_at_sign_up: true, sign_in_by_code: true }
    }
}

impl Default for PhonePolicy {
    fn default() -> Self {
        Self { requirement: Requirement::Off, verify_at_sign_up: true, sign_in_by_code: true }
    }
}

impl Default for UsernamePolicy {
    fn default() -> Self {
        Self { requirement: Requirement::Off, min_length: 4, max_length: 64 }
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            requirement: Requirement::Required,
            min_length: MIN_PASSWORD_FLOOR,
            max_length: 0,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_special_char: false,
            show_strength: false,
            min_strength: 0,
            refuse_unchecked: false,
        }
    }
}

impl Default for SecondFactorPolicy {
    fn default() -> Self {
        Self { authenticator_app: true, phone_codes: true, backup_codes: true }
    }
}

impl Default for PasskeyPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            rp_id: None,
            // Components that see it ask a device as soon as a page shows the field.
            allow_autofill: false,
            show_sign_in_button: true,
            satisfies_second_factor: false,
        }
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { max_lifetime_ms: Some(7 * DAY), inactivity_ms: None, abandon_after_ms: 30 * DAY, single_session: false }
    }
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self { max_attempts: 10, duration_ms: HOUR }
    }
}

impl Default for CodePolicy {
    fn default() -> Self {
        Self { lifetime_ms: 10 * MINUTE, max_tries: 5, resend_after_ms: 30 * SECOND, per_address_per_hour: 20 }
    }
}

impl Policy {
    /// Whether users may set a phone number apart as a second factor.
    #[must_use]
    pub fn offers_second_phone(&self) -> bool {
        self.second_factors.phone_codes && self.phone_number.requirement.is_on()
    }
}

impl PasswordPolicy {
    /// Fewest characters that count.
    #[must_use]
    pub fn effective_min(&self) -> u32 {
        self.min_length.max(MIN_PASSWORD_FLOOR)
    }

    /// Most characters that count.
    #[must_use]
    pub fn effective_max(&self) -> u32 {
        if self.max_length == 0 { DEFAULT_MAX_PASSWORD } else { self.max_length }
    }
}

impl SessionPolicy {
    /// Longest life of a session, in milliseconds.
    #[must_use]
    pub fn lifetime_ms(&self) -> i64 {
        self.max_lifetime_ms.unwrap_or(UNLIMITED_MS)
    }
}

/// Evidence: the messages of the last hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recent {
    /// Mails that the address got.
    Mails(u32),
    /// Texts.
    Texts(TextTraffic),
}

impl From<u32> for Recent {
    fn from(mails: u32) -> Self {
        Self::Mails(mails)
    }
}

/// Why no message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageRefusal {
    /// The address has got too many.
    #[error("too many messages were sent to this address")]
    TooMany,
    /// No text is sent.
    #[error(transparent)]
    Text(#[from] TextRefusal),
}

/// Why a policy cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Sessions would never end.
    #[error("the maximum lifetime and the inactivity timeout of sessions are both off; at least one must be on")]
    SessionsNeverEnd,
    /// The maximum lifetime is out of bounds.
    #[error("the maximum lifetime of sessions must be off, or between five minutes and ten years")]
    MaxLifetime,
    /// The inactivity timeout is out of bounds.
    #[error("the inactivity timeout of sessions must be off, or between five minutes and ten years")]
    Inactivity,
    /// A span of time is zero or negative.
    #[error("{0} must be longer than nothing")]
    NoTime(&'static str),
    /// Codes would live too long.
    #[error("codes may live ten minutes at most")]
    CodesLiveTooLong,
    /// Codes could be asked for too often.
    #[error("at least 30 seconds must pass before another code is sent")]
    CodesTooOften,
    /// No try would ever be looked at.
    #[error("{0} must be at least 1")]
    NoTries(&'static str),
    /// More wrong tries than NIST SP 800-63B-4 §3.2.2 allows.
    #[error("{0} may be 100 at most")]
    TooManyTries(&'static str),
    /// Passwords could be too short.
    #[error("the shortest password may not be below 8 characters")]
    PasswordsTooShort,
    /// No password could satisfy both bounds, or long ones would be refused.
    #[error("the longest password must be 0 (the default) or at least 64 characters and not below the shortest")]
    PasswordsTooLongRefused,
    /// Backup codes would stand in for nothing.
    #[error(
        "backup codes need another second factor: turn on authenticator apps or codes to phone numbers, or turn backup \
         codes off"
    )]
    BackupCodesAlone,
    /// No password could be strong enough.
    #[error("how hard a password has to be to guess is a number from 0 to 4")]
    PasswordStrength,
    /// Keys cannot be made for the domain.
    #[error("the domain of passkeys {0}")]
    RpId(PartyFault),
    /// Nobody could sign in.
    #[error(
        "there is no way to sign in: turn on required passwords, or codes to an address or number that is required"
    )]
    NoWayIn,
    /// Nobody could be found.
    #[error("email addresses, phone numbers or user names must be required: everybody needs something to sign in with")]
    NoIdentifier,
    /// Addresses that nobody has proven would receive codes that sign in.
    #[error("without a proof at sign-up an email address cannot sign in by code alone; turn on passwords as required")]
    UnprovenAddressesSignIn,
    /// Numbers that nobody has proven would receive codes that sign in.
    #[error("without a proof at sign-up a phone number cannot sign in by code alone; turn on passwords as required")]
    UnprovenNumbersSignIn,
    /// No user name could satisfy the bounds.
    #[error("user names must be allowed 1 to 256 characters, the longest not below the shortest")]
    UsernameLength,
    /// A country is none.
    #[error("countries are two capital letters (ISO 3166-1 alpha-2), such as CH")]
    Country,
    /// A domain is none.
    #[error("throw-away domains are at most 1000 names such as example.com, in lower case and in ASCII")]
    DisposableDomain,
}

impl Policy {
    /// Every reason why the policy cannot be used; none if it can.
    #[must_use]
    pub fn faults(&self) -> Vec<PolicyFault> {
        let mut faults = Vec::new();
        let mut refuse = |when: bool, fault| {
            if when {
                faults.push(fault);
            }
        };
        let sessions = &self.sessions;
        refuse(sessions.max_lifetime_ms.is_none() && sessions.inactivity_ms.is_none(), PolicyFault::SessionsNeverEnd);
        let beyond = |limit: Option<i64>| {
            limit.is_some_and(|span| !(MIN_SESSION_LIMIT_MS..=MAX_SESSION_LIMIT_MS).contains(&span))
        };
        refuse(beyond(sessions.max_lifetime_ms), PolicyFault::MaxLifetime);
        refuse(beyond(sessions.inactivity_ms), PolicyFault::Inactivity);
        for (name, span) in [
            ("the time after which sessions are given up", sessions.abandon_after_ms),
            ("the time after which attempts are given up", self.attempt_lifetime_ms),
            ("the lifetime of codes", self.codes.lifetime_ms),
            ("the duration of a lockout", self.lockout.duration_ms),
        ] {
            refuse(span <= 0, PolicyFault::NoTime(name));
        }
        refuse(self.codes.lifetime_ms > 10 * MINUTE, PolicyFault::CodesLiveTooLong);
        refuse(self.codes.resend_after_ms < 30 * SECOND, PolicyFault::CodesTooOften);
        for (name, tries) in [
            ("the number of tries for a code", self.codes.max_tries),
            ("the number of tries before a lockout", self.lockout.max_attempts),
        ] {
            refuse(tries == 0, PolicyFault::NoTries(name));
            refuse(tries > 100, PolicyFault::TooManyTries(name));
        }
        refuse(self.codes.per_address_per_hour == 0, PolicyFault::NoTries("the number of messages to one address"));
        let password = &self.password;
        refuse(password.min_length < MIN_PASSWORD_FLOOR, PolicyFault::PasswordsTooShort);
        refuse(password.min_strength > MAX_STRENGTH, PolicyFault::PasswordStrength);
        let max = password.max_length;
        refuse(max != 0 && (max < 64 || max < password.min_length), PolicyFault::PasswordsTooLongRefused);
        refuse(max == 0 && password.min_length > DEFAULT_MAX_PASSWORD, PolicyFault::PasswordsTooLongRefused);
        let second = self.second_factors;
        let other = second.authenticator_app || self.offers_second_phone();
        refuse(second.backup_codes && !other, PolicyFault::BackupCodesAlone);
        let domain = self.passkeys.rp_id.as_deref().map_or(Ok(()), check_domain);
        refuse(domain.is_err(), PolicyFault::RpId(domain.err().unwrap_or(PartyFault::NotADomain)));
        let (email, phone, username) = (&self.email_address, &self.phone_number, &self.username);
        let required = |requirement| requirement == Requirement::Required;
        let identifiers = [email.requirement, phone.requirement, username.requirement];
        refuse(!identifiers.into_iter().any(required), PolicyFault::NoIdentifier);
        let required_password = required(password.requirement);
        let by_code = (required(email.requirement) && email.sign_in_by_code)
            || (required(phone.requirement) && phone.sign_in_by_code);
        refuse(!by_code && !required_password, PolicyFault::NoWayIn);
        let unproven = |requirement: Requirement, verify: bool| requirement.is_on() && !verify && !required_password;
        refuse(unproven(email.requirement, email.verify_at_sign_up), PolicyFault::UnprovenAddressesSignIn);
        refuse(unproven(phone.requirement, phone.verify_at_sign_up), PolicyFault::UnprovenNumbersSignIn);
        let bounds = username.min_length == 0 || username.max_length > 256;
        refuse(bounds || username.min_length > username.max_length, PolicyFault::UsernameLength);
        let texts = &self.texts;
        refuse(texts.bad_country(), PolicyFault::Country);
        refuse(self.restrictions.bad_domain(), PolicyFault::DisposableDomain);
        for (name, most) in [
            ("the number of texts to one number", texts.per_number_per_hour),
            ("the number of texts for one caller", texts.per_caller_per_hour),
            ("the number of texts to one country", texts.per_country_per_hour),
        ] {
            refuse(most == 0, PolicyFault::NoTries(name));
        }
        faults
    }

    /// Whether a message may be sent to this recipient; asked before a code is drawn.
    pub fn may_message(&self, to: &Recipient, recent: Recent) -> Result<(), MessageRefusal> {
        match (to, recent) {
            (Recipient::Phone(phone), Recent::Texts(traffic)) => Ok(self.texts.may_send(phone, traffic)?),
            (Recipient::Email(_), Recent::Mails(sent)) if sent < self.codes.per_address_per_hour => Ok(()),
            // What was counted is not about this recipient: nothing is known of what they got.
            _ => Err(MessageRefusal::TooMany),
        }
    }

    /// The fixed code of an address or number, for those that are for tests at instances in test mode. They get no
    /// message.
    #[must_use]
    pub fn fixed_code(&self, to: &(impl Addressee + ?Sized)) -> Option<&'static str> {
        (self.test_mode && to.is_for_tests()).then_some(TEST_CODE)
    }
}

#[cfg(test)]
mod tests;
