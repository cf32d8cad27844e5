//! The secret keys of the Backend API: several at once, so that one can be rolled without a moment in which servers are
//! locked out. A key is made from its name and the instance key; only names are stored.

use frontdesk_identity::Timestamp;
use frontdesk_store::{Changes, CommitError, SecretKey, Store, StoreError};
use frontdesk_wire::KeyKind;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::{
    keys::Keys,
    random::{Random, new_id},
};

/// Most keys that may be good at once.
const MOST: usize = 20;
/// How often a change is tried that another one got in the way of.
const TRIES: usize = 3;

/// The keys of an instance, ready to be compared with.
pub struct SecretKeys(Vec<(SecretKey, SecretString)>);

impl std::fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(stored, _)| stored)).finish()
    }
}

impl SecretKeys {
    /// The keys of these names, newest first.
    #[must_use]
    pub fn of(stored: Vec<SecretKey>, kind: KeyKind, keys: &Keys) -> Self {
        let with_secret = |stored: SecretKey| {
            let secret = keys.secret_key(kind.word(), &stored.id);
            (stored, secret)
        };
        Self(stored.into_iter().map(with_secret).collect())
    }

    /// The name of the key that was given, if it is one and good at this moment. Every one is compared with, in time that
    /// does not depend on where they differ.
    #[must_use]
    pub fn name_of(&self, given: &str, now: Timestamp) -> Option<&str> {
        self.0.iter().fold(None, |found, (stored, secret)| {
            let same = bool::from(given.as_bytes().ct_eq(secret.expose_secret().as_bytes()));
            if same && stored.is_good(now) { Some(stored.id.as_str()) } else { found }
        })
    }

    /// The key to set applications up with: the newest of those that stay.
    #[must_use]
    pub fn current(&self) -> Option<&SecretString> {
        let stays = self.0.iter().find(|(stored, _)| stored.ends_at.is_none());
        stays.or(self.0.first()).map(|(_, secret)| secret)
    }
}

/// Why keys were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// There is no such key.
    #[error("no secret key is called {0:?}: `frontdesk-server keys list` shows those that there are")]
    Unknown(String),
    /// It is over.
    #[error("the secret key {0} opens nothing any more: there is nothing to revoke")]
    Over(String),
    /// Nothing would be left.
    #[error(
        "the secret key {0} is the only one that stays: make another one first, with `frontdesk-server keys create`"
    )]
    Last(String),
    /// There are too many.
    #[error("there are {MOST} secret keys already: revoke one that nobody uses")]
    Full,
    /// Others changed the instance again and again.
    #[error("the instance was changed by others at the same moment: try again")]
    Contended,
    /// There is no instance.
    #[error("the database has no instance")]
    NoInstance,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key; answers with its name.
pub async fn create(store: &Store, random: &dyn Random, now: Timestamp) -> Result<SecretKey, SecretKeyError> {
    change(store, now, |keys| Ok((vec![fresh(keys, random, now)?], 0))).await.map(|(made, _)| made)
}

/// Makes a key, and lets every other one that stays end after so many milliseconds; answers with the new one, and with
/// how many those are.
pub async fn roll(
    store: &Store,
    random: &dyn Random,
    overlap_ms: i64,
    now: Timestamp,
) -> Result<(SecretKey, usize), SecretKeyError> {
    let decide = |keys: &[SecretKey]| {
        let ends_at = Some(now.plus(overlap_ms));
        let staying = keys.iter().filter(|key| key.ends_at.is_none());
        let ending: Vec<_> = staying.map(|key| SecretKey { ends_at, ..key.clone() }).collect();
        let count = ending.len();
        Ok(([vec![fresh(keys, random, now)?], ending].concat(), count))
    };
    change(store, now, decide).await
}

/// Lets a key end after so many milliseconds, or at once.
pub async fn revoke(store: &Store, id: &str, after_ms: i64, now: Timestamp) -> Result<SecretKey, SecretKeyError> {
    let decide = |keys: &[SecretKey]| {
        let key = keys.iter().find(|key| key.id == id).ok_or_else(|| SecretKeyError::Unknown(id.to_owned()))?;
        if !key.is_good(now) {
            return Err(SecretKeyError::Over(id.to_owned()));
        }
        if !keys.iter().any(|other| other.id != id && other.ends_at.is_none()) {
            return Err(SecretKeyError::Last(id.to_owned()));
        }
        Ok((vec![SecretKey { ends_at: Some(now.plus(after_ms)), ..key.clone() }], 0))
    };
    change(store, now, decide).await.map(|(ended, _)| ended)
}

fn fresh(keys: &[SecretKey], random: &dyn Random, now: Timestamp) -> Result<SecretKey, SecretKeyError> {
    if keys.iter().filter(|key| key.is_good(now)).count() >= MOST {
        return Err(SecretKeyError::Full);
    }
    // Lists are sorted by age, and a key is never as old as the one before.
    let newest = keys.iter().map(|key| key.created_at).max().unwrap_or_default();
    Ok(SecretKey { id: new_id(random, "key_"), created_at: newest.grown(now), ends_at: None })
}

/// Writes the keys that are decided on; answers with the first of them. The instance is written along: so processes that
/// serve it learn of the change, and changes at the same moment do not undo each other.
async fn change(
    store: &Store,
    now: Timestamp,
    decide: impl Fn(&[SecretKey]) -> Result<(Vec<SecretKey>, usize), SecretKeyError>,
) -> Result<(SecretKey, usize), SecretKeyError> {
    for _ in 0..TRIES {
        let instance = store.instance().await?.ok_or(SecretKeyError::NoInstance)?;
        let (keys, count) = decide(&store.secret_keys().await?)?;
        let Some(first) = keys.first().cloned() else { return Err(SecretKeyError::NoInstance) };
        let mut changes = Changes::new(now);
        changes.save_instance(instance);
        for key in keys {
            changes.save_secret_key(key);
        }
        match store.commit(changes).await {
            Ok(()) => return Ok((first, count)),
            Err(
                CommitError::Conflict
                | CommitError::EmailTaken
                | CommitError::ExternalTaken
                | CommitError::PasskeyTaken,
            ) => {}
            Err(CommitError::Store(error)) => return Err(error.into()),
        }
    }
    Err(SecretKeyError::Contended)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::keys::InstanceKey;

    fn keys() -> SecretKeys {
        let stored = |id: &str, ends_at: Option<i64>| SecretKey {
            id: id.to_owned(),
            created_at: Timestamp(0),
            ends_at: ends_at.map(Timestamp),
        };
        let list = vec![stored("key_c", Some(100)), stored("key_b", None), stored(SecretKey::FIRST, None)];
        SecretKeys::of(list, KeyKind::Development, &Keys::derive(&InstanceKey::new([1; 32])))
    }

    #[test]
    fn a_key_is_known_by_name_until_it_ends() {
        let keys = keys();
        let secret = |place: usize| keys.0[place].1.expose_secret().to_owned();
        assert_eq!(keys.name_of(&secret(0), Timestamp(99)), Some("key_c"));
        assert_eq!(keys.name_of(&secret(0), Timestamp(100)), None);
        assert_eq!(keys.name_of(&secret(1), Timestamp(100)), Some("key_b"));
        assert_eq!(keys.name_of(&secret(2), Timestamp(100)), Some(SecretKey::FIRST));
        for wrong in ["", "sk_test_", &secret(1)[1..], &format!("{}0", secret(1)), &secret(1).to_uppercase()] {
            assert_eq!(keys.name_of(wrong, Timestamp(0)), None, "{wrong}");
        }
        assert_eq!(keys.current().unwrap().expose_secret(), secret(1), "the newest that stays");
        assert!(!format!("{keys:?}").contains(&secret(1)), "{keys:?}");
    }
}
