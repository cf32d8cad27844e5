//! Passwords that were stolen elsewhere, looked up without telling which one is meant: the service learns the first 20
//! bits of its SHA-1 and answers with all that begin so (k-anonymity). Any service with the range API of Have I Been
//! Pwned will do (<https://haveibeenpwned.com/API/v3#PwnedPasswords>), such as one of the owner's own.

use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::body::Bytes;
use frontdesk_identity::BreachCheck;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;
use zeroize::Zeroizing;

use crate::providers::{Reach, USER_AGENT, is_fit};

/// Digits of the hash that the service learns.
const PREFIX: usize = 5;
/// Digits of a SHA-1.
const DIGITS: usize = 40;

/// Where passwords are looked up, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreachSettings {
    /// Whether passwords are looked up when they are set.
    pub enabled: bool,
    /// Whether they are looked up at sign-in too. Who signs in by one that was stolen has to set another one.
    pub at_sign_in: bool,
    /// The address that the first five digits are put behind.
    pub address: String,
    /// Longest that is waited for an answer, in milliseconds.
    pub timeout_ms: u64,
}

impl Default for BreachSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            at_sign_in: false,
            address: "https://api.pwnedpasswords.com/range/".to_owned(),
            timeout_ms: 3000,
        }
    }
}

impl BreachSettings {
    /// What is wrong with them: the setting, and why.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let address = Url::parse(&self.address).is_ok_and(|url| is_fit(&url) && url.query().is_none());
        let address = (!address)
            .then_some(("breaches.address", "must be an https address, or http on this computer, without a query"));
        let time = (!(1..=30_000).contains(&self.timeout_ms))
            .then_some(("breaches.timeout_ms", "must be between 1 and 30000 milliseconds"));
        address.into_iter().chain(time)
    }

    fn range(&self, prefix: &str) -> String {
        let between = if self.address.ends_with('/') { "" } else { "/" };
        format!("{}{between}{prefix}", self.address)
    }
}

/// Looks a password up. Nothing of it but those first digits leaves the process, and nothing is logged.
pub(crate) async fn check(reach: &dyn Reach, settings: &BreachSettings, password: &SecretString) -> BreachCheck {
    if !settings.enabled {
        return BreachCheck::Off;
    }
    let hash = hash(password.expose_secret());
    let (prefix, rest) = hash.split_at(PREFIX);
    let asked = ask(reach, settings.range(prefix));
    let answer = tokio::time::timeout(Duration::from_millis(settings.timeout_ms), asked).await;
    match answer.unwrap_or(Err("it does not answer in time")).and_then(|body| find(&body, rest)) {
        Ok(true) => BreachCheck::Seen,
        Ok(false) => BreachCheck::Unseen,
        Err(reason) => {
            tracing::warn!(reason, "passwords cannot be looked up in known breaches");
            BreachCheck::Unanswered
        }
    }
}

async fn ask(reach: &dyn Reach, range: String) -> Result<Bytes, &'static str> {
    let request = http::Request::get(range)
        .header(http::header::USER_AGENT, USER_AGENT)
        // How long the answer is would tell those who listen which range it is.
        .header("add-padding", "true");
    let request = request.body(Bytes::new()).map_err(|_| "it cannot be asked at this address")?;
    let response = reach.send(request).await.map_err(|_| "it is not reached")?;
    if response.status() == http::StatusCode::OK { Ok(response.into_body()) } else { Err("it refuses") }
}

/// Whether the rest of a hash is in an answer: lines of 35 digits and how often each was seen. What is only there to
/// make the answer longer was never seen. An answer of anything else says nothing.
fn find(body: &[u8], rest: &str) -> Result<bool, &'static str> {
    const WRONG: &str = "its answer is no list of hashes";
    let text = std::str::from_utf8(body).map_err(|_| WRONG)?;
    let mut seen = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (suffix, count) = line.split_once(':').ok_or(WRONG)?;
        let count: u64 = count.trim().parse().map_err(|_| WRONG)?;
        if suffix.len() != DIGITS - PREFIX || !suffix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        let same = bool::from(suffix.to_ascii_uppercase().as_bytes().ct_eq(rest.as_bytes()));
        seen = Some(seen.unwrap_or_default() || (same && count > 0));
    }
    // Every range has some: a list of none comes from something else.
    seen.ok_or(WRONG)
}

/// The SHA-1 of a password, in the service's digits. It is no protection, only the name by which the service knows it.
fn hash(password: &str) -> Zeroizing<String> {
    use std::fmt::Write as _;
    let mut text = Zeroizing::new(String::with_capacity(DIGITS));
    for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref() {
        let _never_fails = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn a_password_is_known_by_its_sha_1() {
        assert_eq!(*hash("password"), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
        let settings = BreachSettings { address: "https://a.example/range".to_owned(), ..BreachSettings::default() };
        assert_eq!(settings.range("5BAA6"), "https://a.example/range/5BAA6");
        assert_eq!(BreachSettings::default().range("5BAA6"), "https://api.pwnedpasswords.com/range/5BAA6");
    }

    #[test]
    fn an_answer_is_a_list_of_hashes_or_says_nothing() {
        let rest = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
        let other = "0018A45C4D1DEF81644B54AB7F969B88D65";
        let said = |text: &str| find(text.as_bytes(), rest);
        assert_eq!(said(&format!("{other}:1\r\n{rest}:9545824\r\n")), Ok(true));
        assert_eq!(said(&format!("{other}:1\n{}:2", rest.to_lowercase())), Ok(true));
        assert_eq!(said(&format!("{other}:1\r\n{rest}:0")), Ok(false), "that is padding");
        assert_eq!(said(&format!("{other}:1")), Ok(false));
        for wrong in ["", "\n", "<html>", rest, &format!("{rest}:many"), "1E4C9:3", &format!("{rest}:1\n?")] {
            assert!(said(wrong).is_err(), "{wrong:?}");
        }
        assert!(find(&[0xff, 0xfe], rest).is_err());
    }

    #[test]
    fn passwords_are_looked_up_by_tls_or_on_this_computer() {
        let faults = |address: &str, timeout_ms| {
            let settings = BreachSettings { address: address.to_owned(), timeout_ms, ..BreachSettings::default() };
            settings.faults().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert!(BreachSettings::default().faults().next().is_none());
        assert!(faults("http://127.0.0.1:8080/range", 1).is_empty());
        for bad in ["http://a.example/", "ftp://a.example", "", "https://a.example/?q=", "https://me:pw@a.example"] {
            assert_eq!(faults(bad, 1), ["breaches.address"], "{bad}");
        }
        assert_eq!(faults("https://a.example", 0), ["breaches.timeout_ms"]);
    }
}
