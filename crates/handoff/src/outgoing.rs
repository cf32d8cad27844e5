//! Addresses that may be given to the system browser, and who is given them.

use std::{fmt, io};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest address that is opened, in bytes.
const LONGEST: usize = 16 * 1024;

/// Where people sign in at the providers that instances offer; anywhere else is asked about once.
const PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "api.twitter.com",
    "app.hubspot.com",
    "appleid.apple.com",
    "bitbucket.org",
    "discord.com",
    "github.com",
    "gitlab.com",
    "huggingface.co",
    "id.twitch.tv",
    "linear.app",
    "login.live.com",
    "login.microsoftonline.com",
    "m.facebook.com",
    "slack.com",
    "www.dropbox.com",
    "www.facebook.com",
    "www.linkedin.com",
    "www.notion.so",
    "www.tiktok.com",
    "x.com",
];

/// An address that an instance wrote and that may be opened: `https` at a name, or `http` on this computer.
///
/// Anything else could make the system start a program, read a file, or lead somebody by a name they cannot read
/// (RFC 8252 §8.11).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Outgoing(Url);

/// Why an address is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutgoingError {
    /// It is too long, or no address.
    #[error("it is not a web address")]
    NotAnAddress,
    /// It is not a page of the web.
    #[error("it is neither https nor a page of this computer")]
    Scheme,
    /// It has a name or a password in it.
    #[error("it has a user name in it")]
    UserName,
    /// It names a computer by its number.
    #[error("it names a computer by its number")]
    Number,
}

impl Outgoing {
    /// Checks an address.
    pub fn parse(text: &str) -> Result<Self, OutgoingError> {
        // An address is taken as it is written: what a parser would cut away or mend could read differently elsewhere.
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>`".contains(&byte);
        if text.len() > LONGEST || !text.bytes().all(plain) {
            return Err(OutgoingError::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| OutgoingError::NotAnAddress)?;
        if !["https", "http"].contains(&url.scheme()) {
            return Err(OutgoingError::Scheme);
        }
        let after = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if after.is_none_or(|after| after.starts_with('/')) {
            return Err(OutgoingError::NotAnAddress);
        }
        if !url.username().is_empty() || url.password().is_some() || has_user_name(text) {
            return Err(OutgoingError::UserName);
        }
        match (url.scheme(), url.host()) {
            ("http", Some(Host::Ipv4(ip))) if ip.is_loopback() => {}
            ("http", Some(Host::Ipv6(ip))) if ip.is_loopback() => {}
            ("http", Some(Host::Domain("localhost"))) | ("https", Some(Host::Domain(_))) => {}
            ("https", Some(Host::Ipv4(_) | Host::Ipv6(_))) => return Err(OutgoingError::Number),
            _ => return Err(OutgoingError::Scheme),
        }
        Ok(Self(url))
    }

    /// Host and port as they are shown; names of other scripts as punycode, so that none looks like another.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether nobody has to be asked: it is a page of the instance, or of a provider that many instances offer.
    #[must_use]
    pub fn is_expected(&self, instance: &str) -> bool {
        let host = self.host();
        host.eq_ignore_ascii_case(instance) || (self.0.scheme() == "https" && PROVIDERS.contains(&host.as_str()))
    }

    /// The address itself. It holds the flow's `state`, so it goes to the browser and, where a person asks for it, to
    /// the clipboard.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Whether there is an `@` before the path: also an empty user name, which a parser drops.
fn has_user_name(text: &str) -> bool {
    let after = text.split_once("://").map_or(text, |(_, after)| after);
    after.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, …)", self.host())
    }
}

impl TryFrom<String> for Outgoing {
    type Error = OutgoingError;

    fn try_from(text: String) -> Result<Self, OutgoingError> {
        Self::parse(&text)
    }
}

impl From<Outgoing> for String {
    fn from(outgoing: Outgoing) -> Self {
        outgoing.0.into()
    }
}

/// Who opens an address: the system browser, or a test in its place.
pub trait Browser: Send + Sync {
    /// Opens it and returns at once; an error says that nothing was opened.
    fn open(&self, outgoing: &Outgoing) -> io::Result<()>;
}

/// The browser that the system knows as the person's own. No shell is between: the address is one argument of a program,
/// or of a call of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, outgoing: &Outgoing) -> io::Result<()> {
        open::that_detached(outgoing.as_str())
    }
}

#[cfg(test)]
mod tests;
