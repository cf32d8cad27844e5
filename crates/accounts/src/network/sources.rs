//! What the process and the desktop say of a proxy. The app speaks TLS to everybody but this very computer, so what is
//! said of plain HTTP alone does not concern it.

use std::fmt;

use url::Url;

/// Which proxies can be gone through; a name is always resolved by `socks5h` where the person says SOCKS.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The variables of the process that name a proxy. May hold a password, so nothing prints it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyEnvironment {
    /// The variable as it is spelled, and the proxy it names.
    pub(crate) proxy: Option<(String, Url)>,
    /// Hosts that are reached without it.
    pub(crate) exceptions: String,
}

impl ProxyEnvironment {
    /// Reads the usual variables in their usual spellings: the one for HTTPS before the one for everything.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].iter().find_map(|name| {
            let value = variable(name)?;
            let value = value.trim();
            let proxy = proxy(value);
            if proxy.is_none() && !value.is_empty() {
                // Not what it says, since that may be a password.
                tracing::warn!("the variable {name} names no proxy that can be used, and is left alone");
            }
            Some(((*name).to_owned(), proxy?))
        });
        let exceptions = variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default();
        Self { proxy: named, exceptions }
    }
}

/// An address as it stands in a variable, with or without its scheme.
fn proxy(text: &str) -> Option<Url> {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok().filter(|url| SCHEMES.contains(&url.scheme()) && url.has_host())
}

/// What the desktop's own settings say of a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesktopProxy {
    /// The proxy for HTTPS, as host and port.
    pub https: Option<(String, u16)>,
    /// The SOCKS proxy, for where there is none for HTTPS.
    pub socks: Option<(String, u16)>,
    /// Hosts that are reached without them.
    pub exceptions: Vec<String>,
    /// Address of a file that would say which proxy to take; the app does not run it. Empty where the network itself
    /// is to be asked for one.
    pub script: Option<String>,
}

impl DesktopProxy {
    pub(crate) fn proxy(&self) -> Option<Url> {
        let at = |scheme: &str, place: &Option<(String, u16)>| {
            let (host, port) = place.as_ref()?;
            address(scheme, host, *port)
        };
        at("http", &self.https).or_else(|| at("socks5h", &self.socks))
    }
}

/// The address of a proxy; none where the host is none.
pub(crate) fn address(scheme: &str, host: &str, port: u16) -> Option<Url> {
    let host = host.trim();
    let host = if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
    let host = url::Host::parse(&host).ok()?;
    (port != 0).then(|| Url::parse(&format!("{scheme}://{host}:{port}")).ok())?
}

impl fmt::Debug for ProxyEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyEnvironment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Option<(String, String)> {
        let variable = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        };
        ProxyEnvironment::read(variable).proxy.map(|(name, url)| (name, url.to_string()))
    }

    #[test]
    fn the_variable_for_https_counts_before_the_one_for_everything() {
        let all = ("ALL_PROXY", "socks5h://proxy.example:1080");
        let named = |name: &str, url: &str| Some((name.to_owned(), url.to_owned()));
        assert_eq!(
            read(&[all, ("https_proxy", "proxy.example:3128")]),
            named("https_proxy", "http://proxy.example:3128/")
        );
        assert_eq!(read(&[all]), named("ALL_PROXY", "socks5h://proxy.example:1080"));
        assert_eq!(read(&[("all_proxy", "https://proxy.example")]), named("all_proxy", "https://proxy.example/"));
        assert_eq!(read(&[("HTTP_PROXY", "http://proxy.example")]), None, "everything is asked over TLS");
        for unusable in ["", " ", "ftp://proxy.example", "http://", "://"] {
            assert_eq!(read(&[("HTTPS_PROXY", unusable)]), None, "{unusable}");
            assert_eq!(read(&[("HTTPS_PROXY", unusable), all]).unwrap().0, "ALL_PROXY", "{unusable}");
        }
    }

    #[test]
    fn the_desktop_names_a_proxy_for_https_or_one_for_everything() {
        let place = |host: &str| Some((host.to_owned(), 3128));
        let of = |https, socks| DesktopProxy { https, socks, ..DesktopProxy::default() }.proxy().map(String::from);
        assert_eq!(of(place("proxy.example"), place("socks.example")).as_deref(), Some("http://proxy.example:3128/"));
        assert_eq!(of(None, place("socks.example")).as_deref(), Some("socks5h://socks.example:3128"));
        assert_eq!(of(place("::1"), None).as_deref(), Some("http://[::1]:3128/"));
        assert_eq!(of(place(""), None), None);
        assert_eq!(of(Some(("proxy.example".to_owned(), 0)), None), None);
    }
}
