//! Who somebody says to be.

use frontdesk_identity::Email;

use super::{Strategy, picture::Picture};
use crate::keys::{Keys, Purpose, hex};

/// Bytes of a subject.
const SUBJECT: usize = 16;

/// A person as the provider knows them: what was chosen on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) email: Email,
    /// Whether the provider says that the address is theirs.
    pub(super) verified: bool,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) picture: Option<Picture>,
}

impl Person {
    /// Both names.
    pub(super) fn name(&self) -> Option<String> {
        let names: Vec<&str> = self.first_name.iter().chain(&self.last_name).map(String::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}

/// Who this is at this provider (`sub`): always the same for the same address, and different at every provider. It tells
/// nothing of the address.
pub(super) fn subject(keys: &Keys, strategy: &Strategy, email: &Email) -> String {
    let row = format!("subject {strategy}");
    hex(&keys.mac_bytes(Purpose::DevelopmentProvider, &row, email.as_str().as_bytes())[..SUBJECT])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::keys::InstanceKey;

    #[test]
    fn an_address_is_the_same_person_again_and_another_at_each_provider() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        let of = |strategy: &str, email: &str| {
            subject(&keys, &Strategy::parse(strategy).unwrap(), &Email::parse(email).unwrap())
        };
        let ada = of("oauth_google", "ada@example.com");
        assert_eq!(ada, of("oauth_google", "Ada@Example.COM"));
        assert_eq!(ada.len(), 2 * SUBJECT);
        assert_ne!(ada, of("oauth_github", "ada@example.com"));
        assert_ne!(ada, of("oauth_google", "eve@example.com"));
    }
}
