//! Ways to prove something.

use serde::{Deserialize, Serialize};

use crate::{ConnectionKey, Policy};

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Strategy {
    /// The password.
    Password,
    /// A code sent to an email address.
    EmailCode,
    /// A code sent to a phone number.
    PhoneCode,
    /// A code sent to an email address, and then a new password.
    ResetPasswordEmailCode,
    /// A code sent to a phone number, and then a new password.
    ResetPasswordPhoneCode,
    /// A token that the owner of the instance gave out for the user.
    Ticket,
    /// A code of an authenticator app; a second factor.
    Totp,
    /// A code that was written down for when the second factor is out of reach.
    BackupCode,
    /// A key on one of the person's devices.
    Passkey,
    /// An account elsewhere.
    OAuth(ConnectionKey),
}

/// There is no such strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such strategy")]
pub struct StrategyError;

impl Strategy {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Password => "password",
            Self::EmailCode => "email_code",
            Self::PhoneCode => "phone_code",
            Self::ResetPasswordEmailCode => "reset_password_email_code",
            Self::ResetPasswordPhoneCode => "reset_password_phone_code",
            Self::Ticket => "ticket",
            Self::Totp => "totp",
            Self::BackupCode => "backup_code",
            Self::Passkey => "passkey",
            Self::OAuth(connection) => connection.as_str(),
        }
    }

    /// The strategy of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "password" => Some(Self::Password),
            "email_code" => Some(Self::EmailCode),
            "phone_code" => Some(Self::PhoneCode),
            "reset_password_email_code" => Some(Self::ResetPasswordEmailCode),
            "reset_password_phone_code" => Some(Self::ResetPasswordPhoneCode),
            "ticket" => Some(Self::Ticket),
            "totp" => Some(Self::Totp),
            "backup_code" => Some(Self::BackupCode),
            "passkey" => Some(Self::Passkey),
            word => ConnectionKey::parse(word).map(Self::OAuth),
        }
    }

    /// Whether who came in by it is not asked for a second factor: whoever proves it has used two factors already, and the
    /// owner lets that count.
    #[must_use]
    pub fn settles_second_factor(&self, policy: &Policy) -> bool {
        *self == Self::Passkey && policy.passkeys.satisfies_second_factor
    }
}

impl TryFrom<String> for Strategy {
    type Error = StrategyError;

    fn try_from(word: String) -> Result<Self, StrategyError> {
        Self::parse(&word).ok_or(StrategyError)
    }
}

impl From<Strategy> for String {
    fn from(strategy: Strategy) -> Self {
        strategy.as_str().to_owned()
    }
}
