//! User names: the one spelling under which a name is kept and compared.

use serde::{Deserialize, Serialize};

use crate::policy::UsernamePolicy;

/// Longest name that any instance allows, in characters.
const MAX_LEN: usize = 256;

/// Why a text is not a user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameFault {
    /// A character that is no Latin letter, digit, `_` or `-`.
    #[error("a user name has Latin letters, digits, _ and - alone")]
    Character,
    /// Shorter or longer than the instance allows.
    #[error("a user name has {min} to {max} characters")]
    Length {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: u32,
    },
    /// It could be taken for a phone number.
    #[error("a user name has a character that is no digit")]
    Digits,
}

/// A user name in its normal form: lower case. Only what every keyboard writes in one way is let in, so that there are no
/// two names that look alike and are not the same: no letters of other scripts, none with accents, none that are only
/// wider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// Reads what a person typed who has the name already, whatever the instance demands of new ones by now.
    pub fn parse(typed: &str) -> Result<Self, UsernameFault> {
        let typed = typed.trim_matches(' ');
        if typed.is_empty() || typed.len() > MAX_LEN {
            return Err(UsernameFault::Length { min: 1, max: u32::try_from(MAX_LEN).unwrap_or(u32::MAX) });
        }
        if !typed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(UsernameFault::Character);
        }
        if !typed.bytes().any(|b| b.is_ascii_alphabetic()) {
            return Err(UsernameFault::Digits);
        }
        Ok(Self(typed.to_ascii_lowercase()))
    }

    /// Reads a new name, and holds it against what the instance demands.
    pub fn choose(typed: &str, policy: &UsernamePolicy) -> Result<Self, UsernameFault> {
        let name = Self::parse(typed);
        let length = u32::try_from(typed.trim_matches(' ').chars().count()).unwrap_or(u32::MAX);
        let (min, max) = (policy.min_length, policy.max_length);
        match name {
            Err(UsernameFault::Length { .. }) => Err(UsernameFault::Length { min, max }),
            Ok(_) if !(min..=max).contains(&length) => Err(UsernameFault::Length { min, max }),
            name => name,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
