//! The values of a way out to a provider. Each is made from the way out's id under the instance key, so that none is
//! stored; none can be made by who knows another.

use std::sync::Arc;

use frontdesk_identity::VerificationId;
use secrecy::SecretString;

use crate::keys::{Keys, Purpose};

/// What a value is for.
#[derive(Clone, Copy)]
enum Use {
    /// Finds the way out when the browser comes back (RFC 6749 §10.12).
    State,
    /// Binds an ID token to the way out (OpenID Connect Core §3.1.2.1).
    Nonce,
    /// Proves that who exchanges the code has asked for it (RFC 7636).
    Verifier,
    /// Redeems what came back.
    Redemption,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::Nonce => b"nonce",
            Self::Verifier => b"verifier",
            Self::Redemption => b"redemption",
        }
    }
}

/// Makes and reads them.
#[derive(Clone, Debug)]
pub struct ExternalTokens(Arc<Keys>);

impl ExternalTokens {
    /// Those of an instance with these keys.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self(keys)
    }

    /// What the provider sends back.
    #[must_use]
    pub fn state(&self, flow: &VerificationId) -> SecretString {
        self.named(flow, Use::State)
    }

    /// The way out that a provider's answer is about.
    #[must_use]
    pub fn read_state(&self, text: &str) -> Option<VerificationId> {
        self.read(text, Use::State)
    }

    /// What an ID token has to hold.
    #[must_use]
    pub fn nonce(&self, flow: &VerificationId) -> SecretString {
        self.plain(flow, Use::Nonce)
    }

    /// What goes with the code.
    #[must_use]
    pub fn verifier(&self, flow: &VerificationId) -> SecretString {
        self.plain(flow, Use::Verifier)
    }

    /// What the application gets, for the client that began the way out.
    #[must_use]
    pub fn redemption(&self, flow: &VerificationId) -> SecretString {
        self.named(flow, Use::Redemption)
    }

    /// The way out that an application redeems.
    #[must_use]
    pub fn read_redemption(&self, text: &str) -> Option<VerificationId> {
        self.read(text, Use::Redemption)
    }

    fn plain(&self, flow: &VerificationId, what: Use) -> SecretString {
        SecretString::from(self.0.mac(Purpose::External, flow.as_str(), what.label()))
    }

    fn named(&self, flow: &VerificationId, what: Use) -> SecretString {
        SecretString::from(format!("{flow}.{}", self.0.mac(Purpose::External, flow.as_str(), what.label())))
    }

    fn read(&self, text: &str, what: Use) -> Option<VerificationId> {
        let (id, mac) = text.split_once('.')?;
        let flow = VerificationId::parse(id).ok()?;
        self.0.mac_matches(Purpose::External, flow.as_str(), what.label(), mac).then_some(flow)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::keys::{InstanceKey, KEY_LEN};

    #[test]
    fn sec_05_each_value_is_of_one_way_out_and_for_one_use() {
        let tokens = |byte| ExternalTokens::new(Arc::new(Keys::derive(&InstanceKey::new([byte; KEY_LEN]))));
        let (ours, theirs) = (tokens(1), tokens(2));
        let (one, two) = (VerificationId::from_random([1; 20]), VerificationId::from_random([2; 20]));
        let state = ours.state(&one);
        assert_eq!(ours.read_state(state.expose_secret()), Some(one.clone()));
        assert_eq!(theirs.read_state(state.expose_secret()), None);
        assert_eq!(ours.read_redemption(state.expose_secret()), None);
        assert_eq!(ours.read_state(ours.redemption(&one).expose_secret()), None);
        let swapped = state.expose_secret().replace(one.as_str(), two.as_str());
        assert_eq!(ours.read_state(&swapped), None);
        for text in ["", ".", "ver_x.y", one.as_str(), &format!("{one}.")] {
            assert_eq!(ours.read_state(text), None, "{text}");
        }
        let all = [&one, &two].map(|flow| [ours.nonce(flow), ours.verifier(flow)]);
        let all: std::collections::HashSet<_> =
            all.iter().flatten().map(secrecy::ExposeSecret::expose_secret).collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|value| value.len() == 43), "what RFC 7636 §4.1 asks of a verifier");
    }
}
