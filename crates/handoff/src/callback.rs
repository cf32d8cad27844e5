//! Addresses that lead back into the app, and what they say.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use zeroize::Zeroizing;

/// Longest address that is looked at, in bytes. Instances add a nonce and a few words.
const LONGEST: usize = 8 * 1024;
/// Longest nonce, in bytes.
const LONGEST_NONCE: usize = 1024;
/// Longest word of the protocol, such as an error code, in bytes.
const LONGEST_WORD: usize = 96;

/// The nonce by which the app redeems what happened in the browser.
const NONCE: &str = "rotating_token_nonce";
/// `failed`, where it did not go well.
const STATUS: &str = "__clerk_status";
/// Why it did not.
const ERROR_CODE: &str = "__clerk_error_code";

/// Where the browser is sent at the end. It is the same for every flow, so that an owner can list it once; only the
/// port differs, which lists leave open for loopback addresses (RFC 8252 §7.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Redirect {
    /// A deep link of the app.
    Scheme {
        /// The app's scheme, a reverse domain.
        scheme: String,
    },
    /// A port of this computer, where [`crate::Listener`] listens.
    Loopback {
        /// The port.
        port: u16,
    },
}

impl Redirect {
    /// The address as the instance is told it.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Scheme { scheme } => format!("{scheme}://callback"),
            // A literal, never `localhost`: that name may lead elsewhere (RFC 8252 §8.3).
            Self::Loopback { port } => format!("http://127.0.0.1:{port}/callback"),
        }
    }
}

/// What an address says that came back. It is a hint which question to ask the instance, and proves nothing by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// Redeems what happened in the browser.
    pub nonce: Option<Nonce>,
    /// The code that the instance gives as the reason, where it says that it did not go well.
    pub failed: Option<String>,
}

/// Good once and for the client that began the flow; not shown by accident all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Zeroizing<String>);

impl Nonce {
    /// The nonce itself, to be sent to the instance.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(…)")
    }
}

/// Why an address is none that leads back. It names no value: the address may hold a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It goes on and on.
    #[error("the address is longer than {LONGEST} characters")]
    TooLong,
    /// It has characters that no address has.
    #[error("the address has characters that do not belong in one")]
    Characters,
    /// It leads elsewhere.
    #[error("the address does not lead back to this app")]
    Elsewhere,
    /// It has a part after `#`.
    #[error("the address has a part after # that does not belong there")]
    Fragment,
    /// It says something twice.
    #[error("the address says {0} twice")]
    Twice(&'static str),
    /// It says something that cannot be.
    #[error("the address has an unusable {0}")]
    Value(&'static str),
}

impl Callback {
    /// Reads an address that should lead to `redirect`. White space around it is cut off, as it comes with pasting.
    pub fn parse(text: &str, redirect: &Redirect) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(AddressError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>`^{}|".contains(&byte)) {
            return Err(AddressError::Characters);
        }
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        // Facebook ends its addresses so, and browsers carry it through every redirect after.
        if !["", "_=_"].contains(&fragment) {
            return Err(AddressError::Fragment);
        }
        // Compared as text and not as a parsed address: nothing that is only equivalent gets through.
        let rest = text.strip_prefix(&redirect.url()).ok_or(AddressError::Elsewhere)?;
        let rest = match redirect {
            // Some systems give the host of a deep link a path.
            Redirect::Scheme { .. } => rest.strip_prefix('/').unwrap_or(rest),
            Redirect::Loopback { .. } => rest,
        };
        let query = match rest.strip_prefix('?') {
            Some(query) => query,
            None if rest.is_empty() => "",
            None => return Err(AddressError::Elsewhere),
        };
        Self::of_query(query)
    }

    fn of_query(query: &str) -> Result<Self, AddressError> {
        let (mut nonce, mut status, mut code) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                NONCE => (&mut nonce, NONCE),
                STATUS => (&mut status, STATUS),
                ERROR_CODE => (&mut code, ERROR_CODE),
                // What else instances say is of no use here: they are asked.
                _ => continue,
            };
            if place.0.replace(Zeroizing::new(value.into_owned())).is_some() {
                return Err(AddressError::Twice(place.1));
            }
        }
        if nonce.as_ref().is_some_and(|nonce| !is_nonce(nonce)) {
            return Err(AddressError::Value(NONCE));
        }
        for (value, name) in [(&status, STATUS), (&code, ERROR_CODE)] {
            if value.as_ref().is_some_and(|value| !is_word(value)) {
                return Err(AddressError::Value(name));
            }
        }
        let failed = status.is_some_and(|status| *status == "failed");
        Ok(Self {
            nonce: nonce.map(Nonce),
            failed: failed.then(|| code.map(|code| code.to_string())).map(Option::unwrap_or_default),
        })
    }
}

fn is_nonce(text: &str) -> bool {
    (1..=LONGEST_NONCE).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte))
}

fn is_word(text: &str) -> bool {
    (1..=LONGEST_WORD).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests;
