//! Whether people have allowed what a connection asks for. Providers name scopes in other words than they were asked by.

use super::{github, strategy::Provider};

/// Gives a refresh token, and is named by few of those who give one.
const OFFLINE: &str = "offline_access";
/// What Google calls scopes that OpenID Connect has shorter names for.
const OF_GOOGLE: &[(&str, &str)] = &[
    ("email", "https://www.googleapis.com/auth/userinfo.email"),
    ("profile", "https://www.googleapis.com/auth/userinfo.profile"),
];

/// Of what the settings of a connection ask for, what was not allowed.
pub(crate) fn missing<'a>(strategy: &str, wanted: &'a [String], given: &[String]) -> Vec<&'a str> {
    let covers: fn(&str, &str) -> bool = match Provider::of(strategy) {
        Some(Provider::Google) => {
            |given, wanted| OF_GOOGLE.iter().any(|pair| *pair == (wanted, given) || *pair == (given, wanted))
        }
        Some(Provider::GitHub) => github::covers,
        _ => |_given, _wanted| false,
    };
    let allowed = |wanted: &str| given.iter().any(|given| given == wanted || covers(given, wanted));
    wanted.iter().map(String::as_str).filter(|scope| *scope != OFFLINE && !allowed(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_was_allowed_in_other_words_is_not_missing() {
        for (strategy, wanted, given, expected) in [
            ("oauth_custom_acme", "calendar", "openid email calendar", ""),
            ("oauth_custom_acme", "calendar contacts", "openid calendar", "contacts"),
            ("oauth_custom_acme", "calendar.read", "calendar", "calendar.read"),
            ("oauth_custom_acme", "offline_access calendar", "openid", "calendar"),
            ("oauth_custom_acme", "", "", ""),
            ("oauth_facebook", "user_birthday", "email public_profile", "user_birthday"),
            ("oauth_google", "email profile", "openid https://www.googleapis.com/auth/userinfo.email", "profile"),
            ("oauth_google", "https://www.googleapis.com/auth/userinfo.email", "email", ""),
            (
                "oauth_google",
                "https://www.googleapis.com/auth/drive",
                "openid email",
                "https://www.googleapis.com/auth/drive",
            ),
            ("oauth_github", "public_repo repo:status gist", "repo user", "gist"),
            ("oauth_github", "user:email read:user", "user", ""),
            ("oauth_github", "read:org write:org", "admin:org", ""),
            ("oauth_github", "admin:org read:org", "write:org", "admin:org"),
            ("oauth_github", "read:org", "admin:gpg_key", "read:org"),
            ("oauth_github", "repo", "public_repo", "repo"),
            ("oauth_github", "read:user", "read:user", ""),
        ] {
            let (wanted, given) = (list(wanted), list(given));
            assert_eq!(missing(strategy, &wanted, &given).join(" "), expected, "{strategy} {wanted:?} {given:?}");
        }
    }
}
