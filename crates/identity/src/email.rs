//! Email addresses: the one spelling under which an address is kept and compared.

use serde::{Deserialize, Serialize};

/// Longest address (RFC 5321 §4.5.3.1.3 allows 256 with the angle brackets).
const MAX_LEN: usize = 254;
/// Longest part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Sub-address that marks test addresses in the protocol (§7, test mode).
const TEST_SUBADDRESS: &str = "clerk_test";
/// Where dots in a name do not count (support.google.com/mail/answer/7436150).
const GOOGLE: &str = "gmail.com";
/// Another name of the same.
const GOOGLE_BESIDE: &str = "googlemail.com";
/// Signs after which a name does not count: as they are, as they stand in a URL, and in the wide letters that NFKC makes
/// plain ones of.
const SUB_ADDRESS_SIGNS: [&str; 9] = ["+", "=", "#", "%2b", "%3d", "%23", "\u{ff0b}", "\u{ff1d}", "\u{ff03}"];

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

    /// The domain, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether one mailbox has many addresses like this: what follows `+`, `=` or `#` does not count there. [`Self::parse`]
    /// has brought every spelling into one form before.
    #[must_use]
    pub fn is_sub_address(&self) -> bool {
        sub_address(self.local()).is_some()
    }

    /// The mailbox that this address very likely reaches: without what makes many of it, and without the dots that Google
    /// leaves out. Only to keep somebody out, and never an address to write to or to let somebody in by.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let (local, domain) = (self.local().to_lowercase(), Self::mail_domain(self.domain()));
        // What nothing precedes is the whole name.
        let local = match sub_address(&local) {
            Some(at) if at > 0 => local.get(..at).unwrap_or(&local),
            _ => &local,
        };
        let plain = if domain == GOOGLE { local.replace('.', "") } else { local.to_owned() };
        format!("{plain}@{domain}")
    }

    /// The name of a domain that has several for the same mailboxes.
    #[must_use]
    pub fn mail_domain(domain: &str) -> &str {
        if domain == GOOGLE_BESIDE { GOOGLE } else { domain }
    }

    fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
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

/// Where the part begins that does not count.
fn sub_address(local: &str) -> Option<usize> {
    let local = local.to_lowercase();
    SUB_ADDRESS_SIGNS.iter().filter_map(|sign| local.find(sign)).min()
}

/// A domain of addresses in its normal form, if the text is one.
pub(crate) fn domain_of(text: &str) -> Option<String> {
    let fits =
        text.len() <= MAX_LEN && !text.contains('@') && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    fits.then(|| ascii_domain(text)).flatten()
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
