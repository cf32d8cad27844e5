//! Which addresses secrets may travel to.

use url::{Host, Url};

use super::ProviderFault;

/// The place that the settings name, or else the provider's own.
pub(super) fn place(configured: Option<&Url>, own: &'static str) -> Result<Url, ProviderFault> {
    let own = || Url::parse(own).map_err(|_| ProviderFault::NotConfigured("endpoints"));
    configured.cloned().map_or_else(own, Ok)
}

/// Whether it leads to this very computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether an address that the owner gave can be asked: by TLS, or on this computer.
pub(crate) fn is_fit(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    bare && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// Whether an address that a provider gave can be used: the word of a provider elsewhere never leads to this computer.
pub(super) fn is_fit_of(url: &Url, provider: &Url) -> bool {
    is_fit(url) && (is_loopback(provider) || !is_loopback(url))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn secrets_travel_by_tls_or_not_at_all() {
        for fit in ["https://a.example/x?y=z", "http://127.0.0.1:1/x", "http://[::1]/", "http://localhost:8080"] {
            assert!(is_fit(&url(fit)), "{fit}");
        }
        for unfit in [
            "http://a.example/",
            "http://localhost.example/",
            "http://10.0.0.1/",
            "https://ada@a.example/",
            "https://:secret@a.example/",
            "https://a.example/#x",
            "file:///etc/passwd",
            "data:,x",
        ] {
            assert!(!is_fit(&url(unfit)), "{unfit}");
        }
    }

    #[test]
    fn a_provider_elsewhere_never_leads_to_this_computer() {
        let (away, here) = (url("https://a.example"), url("http://127.0.0.1:1"));
        for inside in ["http://127.0.0.1:2/token", "https://localhost/token", "https://[::1]/token"] {
            assert!(!is_fit_of(&url(inside), &away), "{inside}");
            assert!(is_fit_of(&url(inside), &here), "{inside}");
        }
        assert!(is_fit_of(&url("https://b.example/token"), &away));
        assert!(!is_fit_of(&url("http://b.example/token"), &here));
    }
}
