//! Which provider it stands in for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest key of a provider of the owner's own.
const MAX_KEY: usize = 32;
/// What its strategies begin with.
const CUSTOM: &str = "oauth_custom_";

/// The strategy of a provider, such as `oauth_google` or `oauth_custom_acme`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategy(String);

impl Strategy {
    /// Reads a strategy.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let custom = |key: &str| {
            (1..=MAX_KEY).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        let known = matches!(text, "oauth_google" | "oauth_facebook" | "oauth_github")
            || text.strip_prefix(CUSTOM).is_some_and(custom);
        known.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people call the provider.
    #[must_use]
    pub fn name(&self) -> String {
        match self.0.as_str() {
            "oauth_google" => "Google".to_owned(),
            "oauth_facebook" => "Facebook".to_owned(),
            "oauth_github" => "GitHub".to_owned(),
            other => other.strip_prefix(CUSTOM).unwrap_or(other).replace('_', " ").trim().to_owned(),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn strategies_are_words_that_fit_into_a_path() {
        for (text, name) in [
            ("oauth_google", "Google"),
            ("oauth_facebook", "Facebook"),
            ("oauth_github", "GitHub"),
            ("oauth_custom_acme", "acme"),
            ("oauth_custom_acme_2", "acme 2"),
        ] {
            assert_eq!(Strategy::parse(text).unwrap().name(), name);
        }
        let long = format!("{CUSTOM}{}", "a".repeat(33));
        for bad in ["", "google", "oauth_apple", "oauth_custom_", "oauth_custom_A", "oauth_custom_a/b", &long] {
            assert_eq!(Strategy::parse(bad), None, "{bad}");
        }
    }
}
