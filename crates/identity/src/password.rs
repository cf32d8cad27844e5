//! Passwords: the rules a new one keeps, and what is known of a stored one.

use serde::{Deserialize, Serialize};

use crate::policy::PasswordPolicy;

/// Longest password in bytes, whatever the instance says: what is longer is no password but a load test.
const MAX_BYTES: usize = 4096;

/// A stored password: a PHC string. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordDigest(String);

impl PasswordDigest {
    /// Takes a PHC string.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for the one who checks it or stores it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordDigest(…)")
    }
}

/// Evidence: a password was checked against the credential of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordChecked {
    /// The version that was checked; the commit requires that it is still the current one.
    pub credential_version: i64,
    /// Whether it was the password.
    pub ok: bool,
}

/// A rule that a new password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than the instance asks for.
    TooShort {
        /// How many it asks for.
        min: u32,
    },
    /// More characters than the instance takes.
    TooLong {
        /// How many it takes.
        max: u32,
    },
    /// More bytes than any password may have.
    TooManyBytes,
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoNumber,
    /// No special character.
    NoSpecialChar,
    /// It is the user's own address.
    MatchesIdentifier,
}

impl PasswordPolicy {
    /// Every rule that the password breaks; none if it may be used.
    #[must_use]
    pub fn check(&self, password: &str, identifiers: &[&str]) -> Vec<PasswordFault> {
        if password.len() > MAX_BYTES {
            return vec![PasswordFault::TooManyBytes];
        }
        let mut faults = Vec::new();
        let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
        let (min, max) = (self.effective_min(), self.effective_max());
        if length < min {
            faults.push(PasswordFault::TooShort { min });
        }
        if length > max {
            faults.push(PasswordFault::TooLong { max });
        }
        let mut require = |needed: bool, there: &dyn Fn(char) -> bool, fault| {
            if needed && !password.chars().any(there) {
                faults.push(fault);
            }
        };
        require(self.require_uppercase, &char::is_uppercase, PasswordFault::NoUppercase);
        require(self.require_lowercase, &char::is_lowercase, PasswordFault::NoLowercase);
        require(self.require_numbers, &char::is_numeric, PasswordFault::NoNumber);
        let special = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        require(self.require_special_char, &special, PasswordFault::NoSpecialChar);
        let lower = password.to_lowercase();
        if identifiers.iter().any(|identifier| lower == identifier.to_lowercase()) {
            faults.push(PasswordFault::MatchesIdentifier);
        }
        faults
    }
}

#[cfg(test)]
mod tests;
