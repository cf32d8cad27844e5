//! For whom keys are made: the relying party of an instance, and whose pages may ask its keys.

use url::{Host, Url};

/// What keys on this computer alone are made for.
const LOCAL: &str = "localhost";

/// For whom the keys of an instance are made.
///
/// A key answers at the domain that it was made for and below it (Web Authentication §5.1.3), so the domain is the one
/// that the instance's owner has registered: `example.com` for an instance at `auth.example.com`. Pages of other
/// domains are answered where the owner lists them, and only browsers that know related origins (§5.11) ask for those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    /// Origins of other domains; none unless browsers can read at the domain itself which they are.
    related: Vec<String>,
    /// Whether the instance itself is at the domain, and can be asked there for the related origins.
    published: bool,
}

/// Why keys cannot be made for a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartyFault {
    /// It is no name, or not written as browsers write it.
    #[error("is no domain in lower case, such as example.com")]
    NotADomain,
    /// Anybody may register below it.
    #[error("is a domain below which anybody may register, so that keys made for it would be everybody's")]
    PublicSuffix,
    /// The instance is not there.
    #[error("must be the host of the public URL or a domain above it")]
    Elsewhere,
}

impl RelyingParty {
    /// The relying party of an instance at this host, with the origins that its owner lists. `wanted` is the domain if the
    /// owner names one. None if there can be none, as at an address without a name.
    pub fn of(host: &str, wanted: Option<&str>, listed: &[String]) -> Result<Option<Self>, PartyFault> {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != LOCAL) {
            check_domain(wanted)?;
        }
        let name = match Host::parse(host) {
            Ok(Host::Domain(name)) => name,
            Ok(Host::Ipv4(address)) if address.is_loopback() => LOCAL.to_owned(),
            Ok(Host::Ipv6(address)) if address.is_loopback() => LOCAL.to_owned(),
            _ => return if wanted.is_some() { Err(PartyFault::Elsewhere) } else { Ok(None) },
        };
        if name == LOCAL || name.ends_with(".localhost") {
            return match wanted {
                None | Some(LOCAL) => Ok(Some(Self::new(LOCAL.to_owned(), false, &[]))),
                Some(_) => Err(PartyFault::Elsewhere),
            };
        }
        let Some(wanted) = wanted else {
            let own = psl::domain_str(&name).map(str::to_owned);
            return Ok(own.map(|id| Self::new(id.clone(), id == name, listed)));
        };
        if is_within(&name, wanted) {
            Ok(Some(Self::new(wanted.to_owned(), wanted == name, listed)))
        } else {
            Err(PartyFault::Elsewhere)
        }
    }

    fn new(id: String, published: bool, listed: &[String]) -> Self {
        let elsewhere = |origin: &&String| {
            let url = Url::parse(origin).ok();
            url.is_some_and(|url| url.scheme() == "https" && url.domain().is_some_and(|host| !is_within(host, &id)))
        };
        let related = if published { listed.iter().filter(elsewhere).cloned().collect() } else { Vec::new() };
        Self { id, related, published }
    }

    /// The domain.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether its keys are for this computer alone.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.id == LOCAL
    }

    /// An origin at the domain itself.
    #[must_use]
    pub fn origin(&self) -> String {
        if self.is_local() { format!("http://{LOCAL}") } else { format!("https://{}", self.id) }
    }

    /// The origin, spelled as browsers spell it, if keys may be asked by its pages: of the domain or below it, by a
    /// connection that nobody listens to, or listed.
    #[must_use]
    pub fn admits(&self, origin: &str) -> Option<Url> {
        let url = Url::parse(origin).ok()?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host = url.domain().filter(|_| bare && url.username().is_empty() && url.password().is_none())?;
        let own = if self.is_local() {
            host == LOCAL && matches!(url.scheme(), "http" | "https")
        } else {
            url.scheme() == "https" && is_within(host, &self.id)
        };
        let listed = || self.related.contains(&url.origin().ascii_serialization());
        (own || listed()).then_some(url)
    }

    /// Origins whose pages may ask for the domain's keys, for browsers that ask the domain; none if the instance is not
    /// at the domain itself.
    #[must_use]
    pub fn related_origins(&self) -> Option<Vec<String>> {
        self.published.then(|| std::iter::once(self.origin()).chain(self.related.iter().cloned()).collect())
    }
}

/// Whether a host is this domain or below it.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether keys could be made for a domain at all.
pub(crate) fn check_domain(domain: &str) -> Result<(), PartyFault> {
    match Host::parse(domain) {
        Ok(Host::Domain(name)) if name == domain && !domain.ends_with('.') => {}
        _ => return Err(PartyFault::NotADomain),
    }
    if psl::domain_str(domain).is_some() || domain == LOCAL { Ok(()) } else { Err(PartyFault::PublicSuffix) }
}

#[cfg(test)]
mod tests;
