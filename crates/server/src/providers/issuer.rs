//! Whether an answer is that of the provider that was asked (RFC 9207).

use url::Url;

use super::{Endpoints, ProviderFault};

/// Whether the issuer of the settings is what the provider calls itself, letter for letter. A bare host is the same address
/// with and without a slash, and the settings do not tell which was written.
pub(super) fn is_called(issuer: &Url, name: &str) -> bool {
    let written = issuer.as_str();
    name == written || (issuer.path() == "/" && issuer.query().is_none() && written.strip_suffix('/') == Some(name))
}

/// Holds an answer of a provider without discovery to its name, if it gives one. `own` is what the provider calls itself
/// where no gateway stands in for it.
pub(super) fn check(iss: Option<&str>, own: &str, endpoints: &Endpoints) -> Result<(), ProviderFault> {
    let Some(iss) = iss else { return Ok(()) };
    let fits = match &endpoints.issuer {
        Some(issuer) => is_called(issuer, iss),
        None => endpoints.authorize.is_none() && iss == own,
    };
    if fits { Ok(()) } else { Err(ProviderFault::Issuer) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn sec_16_an_issuer_is_itself_letter_for_letter() {
        let called = |issuer: &str, name: &str| is_called(&issuer.parse().unwrap(), name);
        assert!(called("https://a.example", "https://a.example") && called("https://a.example", "https://a.example/"));
        assert!(called("https://a.example/realms/x", "https://a.example/realms/x"));
        for other in [
            "https://a.example/realms/x/",
            "https://a.example/realms/X",
            "https://A.example/realms/x",
            "http://a.example/realms/x",
            "https://a.example:443/realms/x",
            "https://a.example/realms/x?",
            "https://a.example/realms/x#",
            "https://a.example",
            "",
        ] {
            assert!(!called("https://a.example/realms/x", other), "{other}");
        }
    }

    #[test]
    fn sec_16_a_provider_that_names_itself_is_held_to_it() {
        let own = "https://github.com/login/oauth";
        let mut endpoints = Endpoints::default();
        assert_eq!(check(None, own, &endpoints), Ok(()));
        assert_eq!(check(Some(own), own, &endpoints), Ok(()));
        assert_eq!(check(Some("https://accounts.google.com"), own, &endpoints), Err(ProviderFault::Issuer));
        endpoints.authorize = Some("https://gateway.example/authorize".parse().unwrap());
        assert_eq!(check(Some(own), own, &endpoints), Err(ProviderFault::Issuer), "a gateway is not GitHub");
        endpoints.issuer = Some("https://gateway.example".parse().unwrap());
        assert_eq!(check(Some("https://gateway.example"), own, &endpoints), Ok(()));
        assert_eq!(check(Some(own), own, &endpoints), Err(ProviderFault::Issuer));
    }
}
