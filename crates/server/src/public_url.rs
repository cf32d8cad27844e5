//! The public URL of an instance: the one source of the host in its publishable key, of the issuer of its tokens and of
//! every address it gives out.

use std::{fmt, net::IpAddr};

use frontdesk_wire::{KeyKind, PublishableKey};
use url::{Host, Url};

/// Where an instance is reached: scheme, host and port, nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    authority: String,
    host: String,
    port: u16,
    https: bool,
    loopback: bool,
    /// The domain that it shares with its siblings, if there is one.
    site: Option<String>,
}

/// Ends of hosts at which SDKs know development browsers by a token in the query.
const DEV_BROWSER_HOSTS: [&str; 9] = [
    ".lcl.dev",
    ".stg.dev",
    ".lclstage.dev",
    ".stgstage.dev",
    ".dev.lclclerk.com",
    ".stg.lclclerk.com",
    ".accounts.lclclerk.com",
    "accountsstage.dev",
    "accounts.dev",
];

/// Why a text cannot be a public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// It is no URL of the web.
    #[error("{0:?} is not a URL that begins with http:// or https://")]
    NotWeb(String),
    /// It says more than scheme, host and port.
    #[error("the public URL {0:?} may have a scheme, a host and a port, and nothing else")]
    Extra(String),
    /// SDKs refuse keys for such a host.
    #[error(
        "SDKs refuse a publishable key whose host is {0:?}: use a name with a dot in it, or 127.0.0.1 on this computer"
    )]
    Host(String),
    /// Tokens would travel in the open.
    #[error("a production instance needs a public URL that begins with https://, and {0:?} does not")]
    NotSecret(String),
}

impl PublicUrl {
    /// Reads a public URL.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let shown = || text.chars().take(200).collect::<String>();
        let url = Url::parse(text).map_err(|_| PublicUrlError::NotWeb(shown()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PublicUrlError::NotWeb(shown()));
        }
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(PublicUrlError::Extra(shown()));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(PublicUrlError::NotWeb(shown()));
        };
        let loopback = is_loopback(&host);
        let site = match &host {
            Host::Domain(name) if !loopback => psl::domain_str(name).map(str::to_owned),
            _ => None,
        };
        let host = host.to_string();
        let authority = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let key = PublishableKey { kind: KeyKind::Development, frontend_api: authority.clone() };
        if PublishableKey::parse(&key.to_string()).is_err() {
            return Err(PublicUrlError::Host(host));
        }
        let https = url.scheme() == "https";
        Ok(Self { origin: format!("{}://{authority}", url.scheme()), authority, host, port, https, loopback, site })
    }

    /// The public URL of an instance on this computer alone.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let (host, authority) = ("127.0.0.1".to_owned(), format!("127.0.0.1:{port}"));
        let origin = format!("http://{authority}");
        Self { origin, authority, host, port, https: false, loopback: true, site: None }
    }

    /// Whether an instance of this kind may be reached here.
    pub fn check(&self, kind: KeyKind) -> Result<(), PublicUrlError> {
        if kind == KeyKind::Production && !self.https && !self.loopback {
            return Err(PublicUrlError::NotSecret(self.origin.clone()));
        }
        Ok(())
    }

    /// Scheme, host and port, without a slash at the end: the issuer of tokens.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of something below it.
    ///
    /// # Panics
    /// Never: the origin was an address when it was read, and paths are constants.
    #[must_use]
    pub fn at(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.origin)).expect("an origin and a path are an address")
    }

    /// Host, and port if it is not the scheme's own: what stands in the publishable key and in `Host` headers.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it leads back to the computer of whoever follows it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether what travels to it is hidden from the network.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The domain that it shares with its siblings: the part that its owner has registered. An address, a name of this
    /// computer and a name under which anybody may register have none.
    #[must_use]
    pub fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }

    /// Whether a host is this one or shares its domain. Ports make no difference to browsers.
    #[must_use]
    pub fn is_same_site(&self, host: &str) -> bool {
        let within = |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        host == self.host || self.site().is_some_and(within)
    }

    /// Whether SDKs use no cookies of a development instance here, but a token in the query (protocol §1.4). They look at
    /// the end of what stands in the publishable key.
    #[must_use]
    pub fn has_dev_browsers(&self) -> bool {
        DEV_BROWSER_HOSTS.iter().any(|suffix| self.authority.ends_with(suffix))
    }

    /// The publishable key of an instance of this kind.
    #[must_use]
    pub fn publishable_key(&self, kind: KeyKind) -> String {
        PublishableKey { kind, frontend_api: self.authority.clone() }.to_string()
    }

    /// Whether a listener at this address is the one the URL leads to, as far as can be told.
    #[must_use]
    pub fn leads_to(&self, address: IpAddr, port: u16) -> bool {
        let is_here = match self.host.parse::<IpAddr>() {
            Ok(named) => named == address.to_canonical(),
            Err(_) => address.to_canonical().is_loopback(),
        };
        // In front of anything but a loopback address there may be a proxy.
        !self.loopback || (self.port == port && (is_here || address.is_unspecified()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// Whether a host leads back to the computer of whoever asks it.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn the_key_holds_the_host_and_the_port_that_is_not_the_schemes_own() {
        let local = PublicUrl::parse("http://127.0.0.1:8787/").unwrap();
        assert_eq!(
            (local.origin(), local.authority(), local.port()),
            ("http://127.0.0.1:8787", "127.0.0.1:8787", 8787)
        );
        assert!(local.is_loopback());
        assert_eq!(local, PublicUrl::loopback(8787));
        let team = PublicUrl::parse("HTTPS://Auth.Example.com:443").unwrap();
        assert_eq!(
            (team.origin(), team.authority(), team.port()),
            ("https://auth.example.com", "auth.example.com", 443)
        );
        assert!(!team.is_loopback());
        let key = PublishableKey::parse(&team.publishable_key(KeyKind::Production)).unwrap();
        assert_eq!((key.kind, key.frontend_api.as_str()), (KeyKind::Production, "auth.example.com"));
    }

    #[test]
    fn the_site_ends_where_anybody_may_register() {
        let site = |text: &str| PublicUrl::parse(text).unwrap().site().map(str::to_owned);
        assert_eq!(site("https://auth.example.com").as_deref(), Some("example.com"));
        assert_eq!(site("https://auth.team.example.co.uk:8443").as_deref(), Some("example.co.uk"));
        assert_eq!(site("https://example.com").as_deref(), Some("example.com"));
        assert_eq!(site("https://team.github.io").as_deref(), Some("team.github.io"));
        for none in ["https://github.io", "http://127.0.0.1:1", "https://203.0.113.7", "http://clerk.localhost:1"] {
            assert_eq!(site(none), None, "{none}");
        }
    }

    #[test]
    fn sdks_look_at_the_end_of_the_key_for_development_browsers() {
        let has = |text: &str| PublicUrl::parse(text).unwrap().has_dev_browsers();
        assert!(has("https://clerk.team.lcl.dev") && has("https://happy-cat-1.accounts.dev"));
        assert!(!has("https://clerk.team.lcl.dev:8443") && !has("http://127.0.0.1:8787") && !has("https://lcl.dev"));
    }

    #[test]
    fn what_sdks_would_refuse_is_refused() {
        for bad in ["http://localhost:8787", "http://[::1]:8787", "https://intranet"] {
            assert!(matches!(PublicUrl::parse(bad), Err(PublicUrlError::Host(_))), "{bad}");
        }
        for bad in ["ftp://a.example", "127.0.0.1:8787", "", "data:a.b"] {
            assert!(matches!(PublicUrl::parse(bad), Err(PublicUrlError::NotWeb(_))), "{bad}");
        }
        for bad in ["https://a.example/path", "https://a.example/?q", "https://u@a.example", "https://a.example/#f"] {
            assert!(matches!(PublicUrl::parse(bad), Err(PublicUrlError::Extra(_))), "{bad}");
        }
    }

    #[test]
    fn production_needs_https_beyond_this_computer() {
        let open = PublicUrl::parse("http://auth.example.com").unwrap();
        assert!(open.check(KeyKind::Development).is_ok());
        assert!(matches!(open.check(KeyKind::Production), Err(PublicUrlError::NotSecret(_))));
        assert!(PublicUrl::loopback(1).check(KeyKind::Production).is_ok());
        assert!(PublicUrl::parse("https://auth.example.com").unwrap().check(KeyKind::Production).is_ok());
    }

    #[test]
    fn a_listener_that_the_url_does_not_lead_to_is_noticed() {
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(PublicUrl::loopback(8787).leads_to(here, 8787));
        assert!(!PublicUrl::loopback(8787).leads_to(here, 8788));
        assert!(!PublicUrl::loopback(8787).leads_to("::1".parse().unwrap(), 8787));
        assert!(PublicUrl::parse("http://clerk.localhost:8787").unwrap().leads_to("::1".parse().unwrap(), 8787));
        assert!(PublicUrl::parse("https://auth.example.com").unwrap().leads_to(here, 8788));
    }
}
