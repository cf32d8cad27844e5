//! Domains that are known to give addresses to be thrown away.

use std::{collections::HashSet, sync::LazyLock};

/// Every one that is known; read when the first address is looked up.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| mailchecker::blacklist().into_iter().collect());

/// Whether this domain, in its normal form, or one above it is known to give addresses to be thrown away.
#[must_use]
pub(crate) fn is_known(domain: &str) -> bool {
    let mut domain = Some(domain);
    while let Some(name) = domain {
        if KNOWN.contains(name) {
            return true;
        }
        domain = name.split_once('.').map(|(_, above)| above);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throw_away_domains_are_known_with_those_below_them() {
        for domain in ["mailinator.com", "guerrillamail.com", "a.b.mailinator.com", "yopmail.com"] {
            assert!(is_known(domain), "{domain}");
        }
    }

    #[test]
    fn where_people_have_their_mail_is_no_throw_away_domain() {
        for domain in [
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "hotmail.com",
            "yahoo.com",
            "icloud.com",
            "proton.me",
            "gmx.net",
            "bluewin.ch",
            "example.com",
            "nomailinator.example",
            "mailinator.com.example.com",
            "com",
            "co.uk",
            "",
        ] {
            assert!(!is_known(domain), "{domain}");
        }
    }
}
