//! Testing tokens: what test suites send along, so that a development instance does not take them for a nuisance. Each is
//! the moment from which on it is worth nothing, and a code over it; nothing is stored.

use std::sync::Arc;

use frontdesk_identity::time::{HOUR, SECOND};
use secrecy::SecretString;

use crate::keys::{Keys, Purpose};

/// How long a token is good, in milliseconds.
const LIFETIME_MS: i64 = HOUR;
/// Longest token that is looked at.
const MAX_LEN: usize = 128;

/// Issues and reads testing tokens of one instance.
#[derive(Clone, Debug)]
pub struct TestingTokens {
    keys: Arc<Keys>,
    instance_id: String,
}

impl TestingTokens {
    /// Tokens of this instance, under these keys.
    #[must_use]
    pub fn new(keys: Arc<Keys>, instance_id: String) -> Self {
        Self { keys, instance_id }
    }

    /// A token, and when it expires, in seconds since the epoch.
    #[must_use]
    pub fn issue(&self, now_ms: i64) -> (SecretString, i64) {
        let expires_at = (now_ms + LIFETIME_MS).div_euclid(SECOND);
        let mac = self.keys.mac(Purpose::TestingToken, &self.instance_id, expires_at.to_string().as_bytes());
        (SecretString::from(format!("{expires_at}-{mac}")), expires_at)
    }

    /// Whether a token is genuine and has not expired.
    #[must_use]
    pub fn is_good(&self, token: &str, now_ms: i64) -> bool {
        if token.len() > MAX_LEN {
            return false;
        }
        let Some((expires_at, mac)) = token.split_once('-') else { return false };
        let genuine = self.keys.mac_matches(Purpose::TestingToken, &self.instance_id, expires_at.as_bytes(), mac);
        genuine && expires_at.parse::<i64>().is_ok_and(|at| now_ms.div_euclid(SECOND) < at)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::keys::InstanceKey;

    fn tokens(byte: u8, instance: &str) -> TestingTokens {
        TestingTokens::new(Arc::new(Keys::derive(&InstanceKey::new([byte; 32]))), instance.to_owned())
    }

    #[test]
    fn sec_26_a_testing_token_is_good_for_an_hour_at_its_own_instance() {
        let ours = tokens(1, "ins_a");
        let (token, expires_at) = ours.issue(1_000_500);
        let text = token.expose_secret();
        assert_eq!(expires_at, 1_000 + 3_600);
        assert!(ours.is_good(text, 1_000_500) && ours.is_good(text, expires_at * 1000 - 1));
        assert!(!ours.is_good(text, expires_at * 1000));
        assert!(!tokens(2, "ins_a").is_good(text, 0) && !tokens(1, "ins_b").is_good(text, 0));
        let later = text.replacen("4600", "9600", 1);
        for wrong in ["", "-", "4600-", "x-y", &later, &text[..text.len() - 1], &format!("+{text}"), &"1".repeat(200)] {
            assert!(!ours.is_good(wrong, 0), "{wrong}");
        }
    }
}
