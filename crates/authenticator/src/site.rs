//! Where keys are asked for: the origin of an instance and the relying parties that it may speak for.
//!
//! Nothing of it comes from what the instance sends (design of the app: an instance must not obtain what is meant for
//! another site). What a page's address is to a browser, the address of the instance's API is here.

use url::{Host, Url};

use crate::{
    Creation, Fault, Request,
    options::{CreationOptions, RequestOptions},
};

/// What keys on this computer alone are made for.
const LOCAL: &str = "localhost";

/// The origin that asks for keys, and its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: Url,
    host: String,
}

/// Why no key can be asked for at an address (Web Authentication §5.1.3, steps 6 to 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteFault {
    /// Others could listen.
    #[error("the instance is not reached over https")]
    Insecure,
    /// An address has no name that keys could be made for.
    #[error("the instance has an address and no name")]
    NoName,
    /// Everybody may have a name beside it.
    #[error("the name of the instance is one below which anybody may register")]
    PublicSuffix,
}

impl Site {
    /// The site of the instance whose API is at this address. An instance of this computer is at `localhost`, whatever
    /// its address calls it.
    pub fn of(api: &Url) -> Result<Self, SiteFault> {
        let name = match api.host() {
            Some(Host::Domain(name)) if name == LOCAL || name.ends_with(".localhost") => LOCAL,
            Some(Host::Domain(name)) => name,
            Some(Host::Ipv4(address)) if address.is_loopback() => LOCAL,
            Some(Host::Ipv6(address)) if address.is_loopback() => LOCAL,
            _ => return Err(SiteFault::NoName),
        };
        if name == LOCAL {
            if !matches!(api.scheme(), "http" | "https") {
                return Err(SiteFault::Insecure);
            }
            let port = api.port_or_known_default().unwrap_or(80);
            let origin = Url::parse(&format!("http://{LOCAL}:{port}")).map_err(|_| SiteFault::NoName)?;
            return Ok(Self { origin, host: LOCAL.to_owned() });
        }
        if api.scheme() != "https" {
            return Err(SiteFault::Insecure);
        }
        if name.ends_with('.') {
            return Err(SiteFault::NoName);
        }
        if psl::domain_str(name).is_none() {
            return Err(SiteFault::PublicSuffix);
        }
        // Its origin alone: no path, no query, nobody's name.
        let origin = Url::parse(&api.origin().ascii_serialization()).map_err(|_| SiteFault::NoName)?;
        Ok(Self { origin, host: name.to_owned() })
    }

    /// The origin as it stands in what is signed: without a slash at its end (HTML §7.1.1, serialization of an origin).
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// The host, for people to read.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn url(&self) -> &Url {
        &self.origin
    }

    /// Reads what an instance asks a new key for: the options of Web Authentication §5.4 as JSON text.
    pub fn creation(&self, options: &str) -> Result<Creation, Fault> {
        let mut options: CreationOptions = serde_json::from_str(options).map_err(|error| malformed(&error))?;
        options.rp.id = Some(self.relying_party(options.rp.id.take())?);
        Creation::new(self.clone(), options)
    }

    /// Reads what an instance asks to be signed: the options of Web Authentication §5.5 as JSON text.
    pub fn request(&self, options: &str) -> Result<Request, Fault> {
        let mut options: RequestOptions = serde_json::from_str(options).map_err(|error| malformed(&error))?;
        options.rp_id = Some(self.relying_party(options.rp_id.take())?);
        Request::new(self.clone(), options)
    }

    /// The relying party if it is one that this site may speak for: its host or a parent of it that somebody can own
    /// (Web Authentication §5.1.3, step 8, and HTML §7.1.1.1, registrable domain suffix).
    fn relying_party(&self, id: Option<String>) -> Result<String, Fault> {
        let Some(id) = id else { return Ok(self.host.clone()) };
        let above = self.host.strip_suffix(id.as_str()).is_some_and(|rest| rest.ends_with('.'));
        if id != self.host && (id.is_empty() || !above) {
            return Err(Fault::ForeignRelyingParty { rp_id: id, host: self.host.clone() });
        }
        if id != LOCAL && psl::domain_str(&id).is_none() {
            return Err(Fault::PublicSuffix { rp_id: id });
        }
        Ok(id)
    }
}

fn malformed(error: &serde_json::Error) -> Fault {
    Fault::Options(error.to_string())
}

#[cfg(test)]
mod tests;
