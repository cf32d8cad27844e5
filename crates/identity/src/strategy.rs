//! Ways to prove something.

use serde::{Deserialize, Serialize};

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The password.
    Password,
    /// A code sent to an email address.
    EmailCode,
    /// A code sent to an email address, and then a new password.
    ResetPasswordEmailCode,
    /// A token that the owner of the instance gave out for the user.
    Ticket,
}

impl Strategy {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::EmailCode => "email_code",
            Self::ResetPasswordEmailCode => "reset_password_email_code",
            Self::Ticket => "ticket",
        }
    }

    /// The strategy of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "password" => Some(Self::Password),
            "email_code" => Some(Self::EmailCode),
            "reset_password_email_code" => Some(Self::ResetPasswordEmailCode),
            "ticket" => Some(Self::Ticket),
            _ => None,
        }
    }
}
