//! The request as the form carries it from the page to the decision: sealed, so that a decision is on a request that was
//! checked, and good for a while only. Nothing is kept for it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{Timestamp, time::MINUTE};
use serde::{Deserialize, Serialize};

use super::{Strategy, ask::Ask};
use crate::keys::{Keys, Sealed};

/// How long a person may look at the page, in milliseconds.
pub(super) const PATIENCE_MS: i64 = 10 * MINUTE;

#[derive(Serialize, Deserialize)]
struct Form {
    until: Timestamp,
    ask: Ask,
}

/// Seals a request.
pub(super) fn seal(keys: &Keys, strategy: &Strategy, ask: &Ask, now: Timestamp) -> String {
    let form = Form { until: now.plus(PATIENCE_MS), ask: ask.clone() };
    let plain = serde_json::to_vec(&form).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(keys.seal(&row(strategy), &plain).bytes)
}

/// Opens what [`seal`] gave for this strategy; nothing if it did not, or too long ago.
pub(super) fn open(keys: &Keys, strategy: &Strategy, sealed: &str, now: Timestamp) -> Option<Ask> {
    let sealed = Sealed { key_id: keys.key_id().to_owned(), bytes: URL_SAFE_NO_PAD.decode(sealed).ok()? };
    let form: Form = serde_json::from_slice(&keys.open(&row(strategy), &sealed).ok()?).ok()?;
    (now < form.until).then_some(form.ask)
}

fn row(strategy: &Strategy) -> String {
    format!("development provider form {strategy}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::{dev::provider::Mode, keys::InstanceKey};

    #[test]
    fn a_form_is_good_for_its_provider_and_ten_minutes() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        let (google, github) = (Strategy::parse("oauth_google").unwrap(), Strategy::parse("oauth_github").unwrap());
        let ask = Ask {
            scope: "openid".to_owned(),
            state: Some("s".to_owned()),
            nonce: None,
            challenge: "c".to_owned(),
            mode: Mode::Query,
            login_hint: None,
        };
        let sealed = seal(&keys, &google, &ask, Timestamp(0));
        assert_eq!(open(&keys, &google, &sealed, Timestamp(PATIENCE_MS - 1)), Some(ask));
        assert_eq!(open(&keys, &google, &sealed, Timestamp(PATIENCE_MS)), None);
        assert_eq!(open(&keys, &github, &sealed, Timestamp(0)), None);
        assert_eq!(open(&Keys::derive(&InstanceKey::new([2; 32])), &google, &sealed, Timestamp(0)), None);
        for bad in ["", "AAAA", "!", &sealed[1..]] {
            assert_eq!(open(&keys, &google, bad, Timestamp(0)), None);
        }
    }
}
