//! The way a request came in, and by which names the instance is known there.

use http::uri::Authority;

use crate::{
    flows::{devices, shut_out},
    public_url::PublicUrl,
    redirects::is_callback,
};

/// What a browser asks of an instance on its way to somebody else and back. All of it names an attempt by what nobody can
/// guess; the rest of such an instance is for its app alone. Ways back from providers are steps too, and links of mails
/// hold a proof that nobody can guess either.
const BROWSER_STEP: &str = "/v1/verify";
/// The pages of the development identity provider, which a browser is sent to.
const PROVIDER_PAGES: &str = "/frontdesk/provider/";

/// Kinds of doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorKind {
    /// A Unix socket for the user alone.
    Private,
    /// TCP on this computer only, for the steps of a sign-in that a browser takes and for nothing else.
    Browser,
    /// TCP on this computer only.
    Loopback,
    /// TCP that others can reach.
    Network,
}

/// A door.
#[derive(Clone, Debug)]
pub struct Door {
    kind: DoorKind,
    /// `Host` headers that name the instance, in lower case.
    names: Vec<String>,
}

impl Door {
    /// The private door. Nobody but the user can knock there, by whatever name.
    #[must_use]
    pub fn private() -> Self {
        Self { kind: DoorKind::Private, names: Vec::new() }
    }

    /// A TCP door on this computer, at this port.
    #[must_use]
    pub fn loopback(public_url: &PublicUrl, port: u16) -> Self {
        let own = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
        let names = own.into_iter().chain([public_url.authority().to_owned()]).collect();
        Self { kind: DoorKind::Loopback, names }
    }

    /// A TCP door at the port of the public URL, for browsers of this computer on their way through a sign-in.
    #[must_use]
    pub fn browser(public_url: &PublicUrl) -> Self {
        Self { kind: DoorKind::Browser, ..Self::loopback(public_url, public_url.port()) }
    }

    /// A TCP door that others can reach.
    #[must_use]
    pub fn network(public_url: &PublicUrl) -> Self {
        Self { kind: DoorKind::Network, names: vec![public_url.authority().to_owned()] }
    }

    /// The same door, known by these names as well.
    #[must_use]
    pub fn and_names(mut self, names: &[String]) -> Self {
        self.names.extend(names.iter().cloned());
        self
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> DoorKind {
        self.kind
    }

    /// Whether what lies at this path can be asked for here.
    #[must_use]
    pub fn leads_to(&self, path: &str) -> bool {
        let step = path == BROWSER_STEP || is_callback(path) || path.starts_with(PROVIDER_PAGES);
        self.kind != DoorKind::Browser || step || is_mail_link(path)
    }

    /// Whether the text of a `Host` header names the instance here. A port that is the scheme's own may be written out.
    #[must_use]
    pub fn is_known_as(&self, host: &str) -> bool {
        if self.kind == DoorKind::Private {
            return true;
        }
        let Ok(authority) = host.parse::<Authority>() else { return false };
        if host.contains('@') {
            return false;
        }
        let host = host.to_ascii_lowercase();
        let without_port = authority.host().to_ascii_lowercase();
        let default_port = matches!(authority.port_u16(), Some(80 | 443));
        self.names.iter().any(|name| *name == host || (default_port && *name == without_port))
    }
}

/// Whether this is a page that the link of a mail leads to.
pub(super) fn is_mail_link(path: &str) -> bool {
    path.starts_with(devices::LINKS) || path.starts_with(shut_out::LINKS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn sec_102_a_door_answers_to_its_own_names_only() {
        let door = Door::loopback(&PublicUrl::loopback(8787), 8787);
        for name in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
            assert!(door.is_known_as(name), "{name}");
        }
        for name in [
            "",
            "evil.example",
            "evil.example:8787",
            "127.0.0.1",
            "127.0.0.1:80",
            "a@127.0.0.1:8787",
            "127.0.0.1:8787/",
        ] {
            assert!(!door.is_known_as(name), "{name}");
        }
        let team = Door::network(&PublicUrl::parse("https://auth.example.com").unwrap());
        assert!(team.is_known_as("auth.example.com") && team.is_known_as("Auth.Example.com:443"));
        assert!(!team.is_known_as("auth.example.com:8080") && !team.is_known_as("127.0.0.1:443"));
        let names = ["login.example.com".to_owned(), "10.0.0.7:8443".to_owned()];
        let team = team.and_names(&names);
        for name in ["auth.example.com", "login.example.com", "LOGIN.example.com:443", "10.0.0.7:8443"] {
            assert!(team.is_known_as(name), "{name}");
        }
        assert!(!team.is_known_as("10.0.0.7") && !team.is_known_as("evil.example"));
        assert!(Door::private().is_known_as("anything"));
    }
}
