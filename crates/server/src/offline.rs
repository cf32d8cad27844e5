//! What can be asked of an instance's data without serving it, also while another process does.

use std::path::Path;

use frontdesk_identity::Email;
use frontdesk_store::{OpenError, Store, StoreError};
use frontdesk_wire::{KeyKind, OutboxMessage};

use crate::{
    delivery::{OutboxError, outbox},
    folder,
    instance::{InstanceError, PublicKeys, check, kind_of},
    keys::{KeyFileError, Keys},
    public_url::{PublicUrl, PublicUrlError},
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
    /// A message cannot be read.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

/// An instance's data, opened with its key.
#[derive(Debug)]
pub struct Data {
    store: Store,
    keys: Keys,
    kind: KeyKind,
    public_url: PublicUrl,
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
        let keys = Keys::derive(&key);
        check(&stored, &keys)?;
        let public_url = PublicUrl::parse(&stored.public_url)?;
        Ok(Self { store, keys, kind: kind_of(stored.environment), public_url })
    }

    /// The keys that applications are set up with.
    #[must_use]
    pub fn public_keys(&self) -> PublicKeys {
        PublicKeys::of(&self.public_url, self.kind, &self.keys)
    }

    /// Messages that were kept instead of sent, newest first; of one address, if one is given.
    pub async fn outbox(&self, to: Option<&Email>) -> Result<Vec<OutboxMessage>, OfflineError> {
        match self.kind {
            KeyKind::Development => Ok(outbox(&self.store, &self.keys, to).await?),
            KeyKind::Production => Err(OfflineError::NoOutbox),
        }
    }
}
