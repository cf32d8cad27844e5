//! Email addresses: the one spelling under which an address is kept and compared.

use serde::{Deserialize, Serialize};

/// Longest address (RFC 5321 §4.5.3.1.3 allows 256 with the angle brackets).
const MAX_LEN: usize = 254;
/// Longest part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Sub-address that marks test addresses in the protocol (§7, test mode).
const TEST_SUBADDRESS: &str = "clerk_test";

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// Longer than an address can be.
    #[error("the email address is too long")]
    TooLong,
    /// Not of the form `name@domain`.
    #[error("this is not an email address")]
    Format,
}

/// An email address in its normal form: trimmed, lower case, the domain in its ASCII form (IDNA).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, EmailFault> {
        let typed = typed.trim_matches(' ');
        // Lower-casing may lengthen a text, but never so much that this bound would cut off a good address.
        if typed.len() > 2 * MAX_LEN {
            return Err(EmailFault::TooLong);
        }
        if typed.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(EmailFault::Format);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(EmailFault::Format)?;
        let local = local.to_lowercase();
        if local.len() > MAX_LOCAL {
            return Err(EmailFault::TooLong);
        }
        if !local_is_good(&local) {
            return Err(EmailFault::Format);
        }
        let domain = ascii_domain(domain).ok_or(EmailFault::Format)?;
        if local.len() + 1 + domain.len() > MAX_LEN {
            return Err(EmailFault::TooLong);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is one of the addresses that never get mail and have a fixed code, at instances in test mode.
    #[must_use]
    pub fn is_test_address(&self) -> bool {
        let local = self.0.split_once('@').map_or("", |(local, _)| local);
        local.split('+').skip(1).any(|part| part == TEST_SUBADDRESS || part.starts_with("clerk_test_"))
    }

    /// The address with most of it hidden, such as `a**@e***.com`: enough to recognise one's own, whatever its length.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first = |text: &str| text.chars().next().map_or_else(String::new, String::from);
        let (name, ending) = domain.rsplit_once('.').unwrap_or((domain, ""));
        format!("{}**@{}***.{ending}", first(local), first(name))
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Dot-atom of RFC 5322 §3.2.3, with letters of every language (RFC 6532 §3.2).
fn local_is_good(local: &str) -> bool {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

/// The domain in lower case ASCII, if it is a name of at least two labels and no address literal.
fn ascii_domain(domain: &str) -> Option<String> {
    // The parser of hosts would decode these.
    if domain.contains(['%', '[', ']', '/', '\\', '?', '#', ':']) {
        return None;
    }
    let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else {
        return None;
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (domain.contains('.') && domain.split('.').all(label)).then_some(domain)
}

#[cfg(test)]
mod tests;
