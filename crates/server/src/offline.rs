//! What can be asked of an instance's data without serving it, also while another process does.

use std::path::Path;

use frontdesk_identity::{Recipient, Timestamp, UserId};
use frontdesk_store::{AuditEntry, OpenError, SecretKey, Store, StoreError};
use frontdesk_wire::{KeyKind, OutboxMessage};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    clock::{Clock as _, SystemClock},
    delivery::{OutboxError, outbox},
    folder,
    instance::{InstanceError, PublicKeys, check, kind_of},
    keys::{KeyFileError, Keys},
    public_url::{PublicUrl, PublicUrlError},
    random::SystemRandom,
    secret_keys::{self, SecretKeyError, SecretKeys},
};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// Nothing was ever served from here.
    #[error("there is no instance yet in {0}: start one with `frontdesk-server serve`")]
    Nothing(String),
    /// The database is there and its key is not.
    #[error(
        "the key of this instance is missing: put instance.key back into the data folder, or give it in \
         FRONTDESK_INSTANCE_KEY or FRONTDESK_INSTANCE_KEY_FILE"
    )]
    NoKey,
    /// A production instance sends its messages.
    #[error("this is a production instance, which sends its messages and keeps none")]
    NoOutbox,
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Key and database do not belong together.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The public URL in the database is none.
    #[error(transparent)]
    PublicUrl(#[from] PublicUrlError),
    /// The secret keys were not changed.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// A message cannot be read.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

/// What may be known of a secret key.
fn described(key: &SecretKey, now: Timestamp) -> Value {
    let state = match key.ends_at {
        None => "stays",
        Some(_) if key.is_good(now) => "ends",
        Some(_) => "over",
    };
    let ends_at = key.ends_at.map(|at| at.0);
    json!({ "id": key.id, "state": state, "created_at": key.created_at.0, "ends_at": ends_at })
}

/// An instance's data, opened with its key.
#[derive(Debug)]
pub struct Data {
    store: Store,
    keys: Box<Keys>,
    kind: KeyKind,
    public_url: PublicUrl,
    secret_keys: SecretKeys,
}

impl Data {
    /// Opens what lies in the folder, or in the database that is named.
    pub async fn open(data_dir: &Path, database: Option<&str>) -> Result<Self, OfflineError> {
        let nothing = || OfflineError::Nothing(data_dir.display().to_string());
        if database.is_none() && !folder::has_database(data_dir) {
            return Err(nothing());
        }
        let store = Store::open(&folder::location(data_dir, database)).await?;
        let stored = store.instance().await?.ok_or_else(nothing)?.value;
        let key = folder::key_of(data_dir, &stored)?.ok_or(OfflineError::NoKey)?;
        // A dozen keys are too large for the stacks of all who wait for this.
        let keys = Box::new(Keys::derive(&key));
        check(&stored, &keys)?;
        let public_url = PublicUrl::parse(&stored.public_url)?;
        let kind = kind_of(stored.environment);
        let secret_keys = SecretKeys::of(store.secret_keys().await?, kind, &keys);
        Ok(Self { store, keys, kind, public_url, secret_keys })
    }

    /// Development or production.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Where the instance is reached.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The keys that applications are set up with.
    #[must_use]
    pub fn public_keys(&self) -> PublicKeys {
        let secret_key = self.secret_keys.current().cloned().unwrap_or_default();
        PublicKeys::of(&self.public_url, self.kind, secret_key)
    }

    /// The secret keys, newest first, with what is known of each; the keys themselves are not among it.
    pub async fn list_keys(&self) -> Result<Value, OfflineError> {
        let now = Timestamp(SystemClock.now_ms());
        let keys = self.store.secret_keys().await?;
        Ok(keys.iter().map(|key| described(key, now)).collect())
    }

    /// Makes a secret key, which is told along.
    pub async fn create_key(&self) -> Result<Value, OfflineError> {
        let key = secret_keys::create(&self.store, &SystemRandom, Timestamp(SystemClock.now_ms())).await?;
        Ok(self.revealed(&key))
    }

    /// Makes a secret key, which is told along, and lets the others end after so many milliseconds.
    pub async fn roll_keys(&self, overlap_ms: i64) -> Result<Value, OfflineError> {
        let now = Timestamp(SystemClock.now_ms());
        let (key, ending) = secret_keys::roll(&self.store, &SystemRandom, overlap_ms, now).await?;
        let mut told = self.revealed(&key);
        told["others_that_end"] = ending.into();
        told["others_end_at"] = now.plus(overlap_ms).0.into();
        Ok(told)
    }

    /// Lets a secret key end after so many milliseconds, or at once.
    pub async fn revoke_key(&self, id: &str, after_ms: i64) -> Result<Value, OfflineError> {
        let now = Timestamp(SystemClock.now_ms());
        let key = secret_keys::revoke(&self.store, id, after_ms, now).await?;
        Ok(described(&key, now))
    }

    fn revealed(&self, key: &SecretKey) -> Value {
        let secret = self.keys.secret_key(self.kind.word(), &key.id);
        json!({ "id": key.id, "secret_key": secret.expose_secret() })
    }

    /// Messages that were kept instead of sent, newest first; of one address, if one is given.
    pub async fn outbox(&self, to: Option<&Recipient>) -> Result<Vec<OutboxMessage>, OfflineError> {
        match self.kind {
            KeyKind::Development => Ok(outbox(&self.store, &self.keys, to).await?),
            KeyKind::Production => Err(OfflineError::NoOutbox),
        }
    }

    /// What happened last, in its order; to one user, if one is given.
    pub async fn audit(&self, user: Option<&UserId>, most: u32) -> Result<Vec<AuditEntry>, OfflineError> {
        let mut entries = self.store.audit(user, most).await?;
        entries.reverse();
        Ok(entries)
    }
}
