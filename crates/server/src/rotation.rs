//! New keys in place of old ones: the routine change of the key that signs tokens, and a new instance key for the day
//! when the old one may be known to others.

use std::path::{Path, PathBuf};

use frontdesk_identity::{DeliveryId, Timestamp, time::DAY};
use frontdesk_store::{
    AuditEntry, CommitError, Instance, OpenError, SealedBytes, SealedRow, SigningKey as StoredKey, Store, StoreError,
};

use crate::{
    clock::{Clock as _, SystemClock},
    delivery::reseal,
    doors::{Lock, LockError},
    flows::{external::reseal_external, reseal_totp},
    folder,
    instance::{InstanceError, check, key_check, reseal_template_key, sealed_signing_key},
    keys::{InstanceKey, KeyFileError, Keys, Sealed, create_key},
    offline::OfflineError,
    random::{SystemRandom, new_id},
    tokens::{SigningError, SigningKey},
};

/// How long a signing key that another one took the place of is still published, in milliseconds.
const PUBLISHED_MS: i64 = DAY;

/// Why no key was replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no instance, or no key.
    #[error(transparent)]
    Offline(#[from] OfflineError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Key and database do not belong together.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// A key cannot be read or written.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// No signing key could be made.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The folder is served, or cannot be written.
    #[error("{0}: stop the server first, it knows the old key only")]
    Lock(#[from] LockError),
    /// Servers use the database.
    #[error(
        "{0} connections of other programs use this database: stop every server of the instance first, they know the \
         old key only"
    )]
    Served(u64),
    /// Nobody said where the new key goes.
    #[error(
        "the instance key comes from the environment: say with --new-key FILE where the new one is to be written, and \
         give that one to the servers afterwards"
    )]
    NoPlace,
    /// There is a file already.
    #[error("{} is there already: choose another name, so that no key is lost", .0.display())]
    Exists(PathBuf),
    /// Somebody changed the instance meanwhile.
    #[error("the instance was changed meanwhile, and no key was: try again")]
    Contended,
}

impl From<CommitError> for RotationError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => Self::Store(error),
            _ => Self::Contended,
        }
    }
}

/// An instance whose keys are replaced.
struct Place {
    store: Store,
    stored: frontdesk_store::Versioned<Instance>,
    key: InstanceKey,
}

async fn open(data_dir: &Path, database: Option<&str>) -> Result<Place, RotationError> {
    let nothing = || OfflineError::Nothing(data_dir.display().to_string());
    if database.is_none() && !folder::has_database(data_dir) {
        return Err(nothing().into());
    }
    let store = Store::open(&folder::location(data_dir, database)).await?;
    let stored = store.instance().await?.ok_or_else(nothing)?;
    let key = folder::key_of(data_dir, &stored.value)?.ok_or(OfflineError::NoKey)?;
    check(&stored.value, &Keys::derive(&key))?;
    Ok(Place { store, stored, key })
}

async fn new_signing_key(keys: &Keys, now: Timestamp) -> Result<StoredKey, RotationError> {
    let kid = new_id(&SystemRandom, "key_");
    let drawn = tokio::task::spawn_blocking(move || SigningKey::generate(&kid)).await;
    Ok(sealed_signing_key(&drawn.map_err(|_| SigningError::Generate)??, keys, now)?)
}

/// What the audit log says of it.
fn entry(event: &str, signing: &StoredKey, now: Timestamp) -> AuditEntry {
    let details = [("kid".to_owned(), signing.kid.as_str().into())].into_iter().collect();
    AuditEntry { id: new_id(&SystemRandom, "aud_"), at: now, event: event.to_owned(), user_id: None, details }
}

/// Adds a signing key; answers with its name. Servers find it by themselves: they publish it at once, and sign with it a
/// minute later.
pub async fn rotate_signing_key(data_dir: &Path, database: Option<&str>) -> Result<String, RotationError> {
    let Place { store, key, .. } = open(data_dir, database).await?;
    let now = Timestamp(SystemClock.now_ms());
    let signing = new_signing_key(&Keys::derive(&key), now).await?;
    store.replace_signing_key(&signing, now.plus(-PUBLISHED_MS)).await?;
    store.add_audit(&[entry("signing_key_added", &signing, now)]).await?;
    store.close().await;
    Ok(signing.kid)
}

/// Replaces the instance key, and everything that whoever knows it could have read or made: the signing key, client
/// tokens, codes, the secret key. What is sealed in the database is sealed anew. Answers with where the new key lies.
///
/// The new key is on the disk before the database says that it counts, under a name of its own. Whoever opens the folder
/// finds the key that fits, wherever this was cut off.
pub async fn rotate_instance_key(
    data_dir: &Path,
    database: Option<&str>,
    new_key: Option<&Path>,
) -> Result<PathBuf, RotationError> {
    let beside = match new_key {
        Some(path) if path.exists() => return Err(RotationError::Exists(path.to_owned())),
        Some(path) => path.to_owned(),
        None if folder::key_is_given() => return Err(RotationError::NoPlace),
        None => folder::next_key(data_dir),
    };
    if !data_dir.is_dir() {
        return Err(OfflineError::Nothing(data_dir.display().to_string()).into());
    }
    let lock = Lock::take(data_dir)?;
    let Place { store, stored, key } = open(data_dir, database).await?;
    let others = store.others_connected().await?;
    if others > 0 {
        return Err(RotationError::Served(others));
    }
    let old = Keys::derive(&key);
    let new = Keys::derive(&create_key(&beside, &SystemRandom)?);
    let now = Timestamp(SystemClock.now_ms());
    let signing = new_signing_key(&new, now).await?;
    let instance = stored.with(Instance {
        key_id: new.key_id().to_owned(),
        key_check: key_check(&stored.value.id, &new),
        ..stored.value.clone()
    });
    let sealed_anew = |row: SealedRow<'_>, SealedBytes { key_id, bytes }: SealedBytes| {
        let sealed = Sealed { key_id, bytes };
        let sealed = match row {
            SealedRow::Delivery(id) => reseal(&DeliveryId::parse(id).ok()?, &sealed, &old, &new).ok()?,
            SealedRow::ExternalAccount(connection, subject) => {
                reseal_external(connection, subject, &sealed, &old, &new).ok()?
            }
            SealedRow::Totp(user_id) => reseal_totp(user_id, &sealed, &old, &new).ok()?,
            SealedRow::JwtTemplate(id) => reseal_template_key(id, &sealed, &old, &new).ok()?,
        };
        Some(SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes })
    };
    store.rekey(&instance, &signing, sealed_anew, now).await?;
    store.add_audit(&[entry("instance_key_replaced", &signing, now)]).await?;
    store.close().await;
    let place = match new_key {
        Some(path) => path.to_owned(),
        None => folder::adopt_next_key(data_dir)?,
    };
    drop(lock);
    Ok(place)
}
