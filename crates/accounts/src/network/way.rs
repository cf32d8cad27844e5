//! What a transport is built with: the proxy that is in use, and TLS.

use std::sync::OnceLock;

use frontdesk_vault::Secret;
use rustls::{ClientConfig, pki_types::CertificateDer};
use url::Url;

use super::{
    authorities::Authority,
    kept::Kept,
    sources::{DesktopProxy, ProxyEnvironment, address},
    trust,
    view::{ProxyChoice, ProxyKind, ProxySource, ProxyView},
};

/// This computer is spoken to without a proxy, whoever names one: it would only be another party.
const THIS_COMPUTER: &str = "localhost,127.0.0.0/8,::1";

/// One way to the network. May hold the password of a proxy, so nothing prints it.
pub(crate) struct Way {
    proxy: Option<InUse>,
    /// Whether the platform is left to find a proxy by itself.
    by_platform: bool,
    authorities: Vec<CertificateDer<'static>>,
    /// Made at the first use, since the system's certificates are read for it.
    tls: OnceLock<Result<ClientConfig, String>>,
}

#[derive(PartialEq, Eq)]
struct InUse {
    /// With what the proxy knows the person by.
    url: Url,
    source: ProxySource,
    variable: Option<String>,
    exceptions: String,
}

impl Way {
    pub(crate) fn new(
        kept: &Kept,
        environment: &ProxyEnvironment,
        desktop: &DesktopProxy,
        password: Option<&Secret>,
    ) -> Self {
        let proxy = match &kept.choice {
            ProxyChoice::Direct => None,
            ProxyChoice::Manual { exceptions, .. } => by_hand(&kept.choice, password).map(|url| InUse {
                url,
                source: ProxySource::Manual,
                variable: None,
                exceptions: exceptions.clone(),
            }),
            ProxyChoice::System => by_environment(environment).or_else(|| by_desktop(desktop)),
        };
        // Of Linux, the shell says what the desktop's settings are.
        let by_platform = proxy.is_none() && kept.choice == ProxyChoice::System && !cfg!(target_os = "linux");
        let authorities = kept.authorities.iter().map(Authority::certificate).collect();
        Self { proxy, by_platform, authorities, tls: OnceLock::new() }
    }

    /// Straight out, trusting whom the system trusts.
    #[cfg(test)]
    pub(crate) fn direct() -> Self {
        let kept = Kept { choice: ProxyChoice::Direct, ..Kept::default() };
        Self::new(&kept, &ProxyEnvironment::default(), &DesktopProxy::default(), None)
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.proxy == other.proxy && self.by_platform == other.by_platform && self.authorities == other.authorities
    }

    pub(crate) fn view(&self) -> Option<ProxyView> {
        self.proxy.as_ref().map(|proxy| ProxyView {
            address: without_person(&proxy.url),
            source: proxy.source,
            variable: proxy.variable.clone(),
            exceptions: proxy.exceptions.clone(),
        })
    }

    /// A client that goes this way.
    pub(crate) fn set_out(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, String> {
        let tls = self.tls.get_or_init(|| trust::config(self.authorities.clone()).map_err(|error| error.to_string()));
        let builder = builder.tls_backend_preconfigured(tls.clone()?);
        let Some(proxy) = &self.proxy else {
            return Ok(if self.by_platform { builder } else { builder.no_proxy() });
        };
        let exceptions = format!("{},{THIS_COMPUTER}", usual(&proxy.exceptions));
        let through = reqwest::Proxy::all(proxy.url.clone())
            // The words of the error may hold the address, and with it a password.
            .map_err(|_| format!("{} is no proxy", without_person(&proxy.url)))?
            .no_proxy(reqwest::NoProxy::from_string(&exceptions));
        Ok(builder.no_proxy().proxy(through))
    }
}

/// The proxy that the person set; none where what was kept names none.
pub(crate) fn by_hand(choice: &ProxyChoice, password: Option<&Secret>) -> Option<Url> {
    let ProxyChoice::Manual { kind, host, port, user, .. } = choice else { return None };
    let scheme = match kind {
        ProxyKind::Http => "http",
        ProxyKind::Socks5 => "socks5h",
    };
    let mut url = address(scheme, host, *port)?;
    if !user.is_empty() {
        url.set_username(user).ok()?;
        let password = password.and_then(|password| std::str::from_utf8(password.expose()).ok());
        url.set_password(password).ok()?;
    }
    Some(url)
}

fn by_environment(environment: &ProxyEnvironment) -> Option<InUse> {
    let (name, url) = environment.proxy.as_ref()?;
    Some(InUse {
        url: url.clone(),
        source: ProxySource::Environment,
        variable: Some(name.clone()),
        exceptions: environment.exceptions.clone(),
    })
}

fn by_desktop(desktop: &DesktopProxy) -> Option<InUse> {
    let exceptions = desktop.exceptions.join(",");
    Some(InUse { url: desktop.proxy()?, source: ProxySource::Desktop, variable: None, exceptions })
}

/// Exceptions are written in several ways; `*.example.com` is meant as `.example.com`, and a semicolon as a comma.
fn usual(exceptions: &str) -> String {
    let each = exceptions.split([',', ';', ' ']).map(str::trim).filter(|host| !host.is_empty());
    let each = each.map(|host| if host == "*" { host } else { host.trim_start_matches('*') });
    each.collect::<Vec<_>>().join(",")
}

fn without_person(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}
