//! Whether somebody at the instance is meant, who then has to say so himself.

use frontdesk_identity::{ConnectionKey, Email};
use frontdesk_store::StoreError;

use super::{
    Strategy,
    person::{Person, subject},
};
use crate::{instance::Instance, keys::Keys};

/// Answers who of the instance's users would be signed in.
pub trait Owners: Sync {
    /// Whether a user owns this address: it was verified at the instance, or is kept for them.
    fn owns_verified(&self, email: &Email) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Whether this subject of this provider is connected to a user.
    fn is_linked(&self, strategy: &Strategy, subject: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The users of an instance.
#[derive(Debug)]
pub struct KnownOwners<'a>(pub &'a Instance);

impl Owners for KnownOwners<'_> {
    async fn owns_verified(&self, email: &Email) -> Result<bool, StoreError> {
        self.0.store().is_claimed(email).await
    }

    async fn is_linked(&self, strategy: &Strategy, subject: &str) -> Result<bool, StoreError> {
        is_linked(self.0, strategy, subject).await
    }
}

/// Whether a user of the instance is connected to this subject.
async fn is_linked(instance: &Instance, strategy: &Strategy, subject: &str) -> Result<bool, StoreError> {
    let Some(connection) = ConnectionKey::parse(strategy.as_str()) else { return Ok(false) };
    Ok(instance.store().account_by_external(connection, subject).await?.is_some())
}

/// Whether this person has to confirm with a code that they are the user who would be signed in. An address that the
/// provider does not call verified signs nobody in; a connected subject does, whatever is said of the address.
pub(super) async fn must_confirm(
    keys: &Keys,
    owners: &impl Owners,
    strategy: &Strategy,
    person: &Person,
) -> Result<bool, StoreError> {
    if person.verified && owners.owns_verified(&person.email).await? {
        return Ok(true);
    }
    owners.is_linked(strategy, &subject(keys, strategy, &person.email)).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::keys::InstanceKey;

    /// Somebody who owns an address, and somebody who is connected.
    struct Two {
        owned: Email,
        linked: (Strategy, String),
    }

    impl Owners for Two {
        async fn owns_verified(&self, email: &Email) -> Result<bool, StoreError> {
            Ok(*email == self.owned)
        }

        async fn is_linked(&self, strategy: &Strategy, subject: &str) -> Result<bool, StoreError> {
            Ok((strategy, subject) == (&self.linked.0, self.linked.1.as_str()))
        }
    }

    #[tokio::test]
    async fn sec_104_whoever_would_be_signed_in_has_to_confirm() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        let (google, github) = (Strategy::parse("oauth_google").unwrap(), Strategy::parse("oauth_github").unwrap());
        let (ada, bob) = (Email::parse("ada@example.com").unwrap(), Email::parse("bob@example.com").unwrap());
        let owners = Two { owned: ada.clone(), linked: (google.clone(), subject(&keys, &google, &bob)) };
        let asks = async |strategy: &Strategy, email: &Email, verified: bool| {
            let person = Person { email: email.clone(), verified, first_name: None, last_name: None, picture: None };
            must_confirm(&keys, &owners, strategy, &person).await.unwrap()
        };
        assert!(asks(&google, &ada, true).await && asks(&github, &ada, true).await, "the address is somebody's");
        assert!(!asks(&google, &ada, false).await, "and signs nobody in who is not said to own it");
        assert!(asks(&google, &bob, true).await && asks(&google, &bob, false).await, "the subject is somebody's");
        assert!(!asks(&github, &bob, true).await && !asks(&github, &bob, false).await);
        assert!(!asks(&google, &Email::parse("new@example.com").unwrap(), true).await);
    }
}
