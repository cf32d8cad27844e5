//! The providers there are, and their names.

use super::Connection;

/// Longest key of a custom provider, in characters.
const LONGEST_KEY: usize = 32;

/// Which provider a strategy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider<'a> {
    Google,
    Facebook,
    GitHub,
    /// An OpenID provider by configuration, with its key.
    Custom(&'a str),
}

impl<'a> Provider<'a> {
    pub(super) fn of(strategy: &'a str) -> Option<Self> {
        match strategy.strip_prefix("oauth_")? {
            "google" => Some(Self::Google),
            "facebook" => Some(Self::Facebook),
            "github" => Some(Self::GitHub),
            other => other.strip_prefix("custom_").filter(|key| is_key(key)).map(Self::Custom),
        }
    }
}

fn is_key(text: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(fit)
}

/// Whether a connection can have this strategy: `oauth_google`, `oauth_facebook`, `oauth_github`, or `oauth_custom_<key>`
/// with a key of 1 to 32 lower-case letters, digits and underscores.
#[must_use]
pub fn is_strategy(text: &str) -> bool {
    Provider::of(text).is_some()
}

/// What people know the provider by. A custom one without a name is called by its key.
#[must_use]
pub fn display_name(strategy: &str, connection: &Connection) -> String {
    let name = match Provider::of(strategy) {
        Some(Provider::Google) => "Google",
        Some(Provider::Facebook) => "Facebook",
        Some(Provider::GitHub) => "GitHub",
        Some(Provider::Custom(key)) => connection.name.as_deref().unwrap_or(key),
        None => strategy,
    };
    name.to_owned()
}

/// Where the provider's logo is, if the owner gave one. Applications have those of the well-known providers themselves.
#[must_use]
pub fn logo_url(strategy: &str, connection: &Connection) -> Option<String> {
    matches!(Provider::of(strategy), Some(Provider::Custom(_)))
        .then(|| connection.logo_url.as_ref().map(ToString::to_string))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_told_from_other_words() {
        for strategy in ["oauth_google", "oauth_facebook", "oauth_github", "oauth_custom_a", "oauth_custom_acme_2"] {
            assert!(is_strategy(strategy), "{strategy}");
        }
        let longest = format!("oauth_custom_{}", "a".repeat(32));
        assert!(is_strategy(&longest) && !is_strategy(&format!("{longest}a")));
        for other in [
            "",
            "oauth_",
            "google",
            "oauth_apple",
            "oauth_custom_",
            "oauth_custom_A",
            "oauth_custom_ä",
            "oauth_google ",
        ] {
            assert!(!is_strategy(other), "{other}");
        }
    }

    #[test]
    fn a_custom_provider_is_called_as_its_owner_says() {
        let mut connection = Connection::default();
        assert_eq!(display_name("oauth_github", &connection), "GitHub");
        assert_eq!(display_name("oauth_custom_acme", &connection), "acme");
        connection.name = Some("Acme Staff".to_owned());
        connection.logo_url = "https://acme.example/logo.svg".parse().ok();
        assert_eq!(display_name("oauth_custom_acme", &connection), "Acme Staff");
        assert_eq!(logo_url("oauth_custom_acme", &connection).as_deref(), Some("https://acme.example/logo.svg"));
        assert_eq!(display_name("oauth_google", &connection), "Google");
        assert_eq!(logo_url("oauth_google", &connection), None);
    }
}
