//! A vault of the app's own, for computers without a keychain: one file, sealed with a key made from a passphrase.
//!
//! ```text
//! head    "FDVAULT1\n" | memory, passes, lanes: 3 × u32 | salt, 16 bytes | check, 28 bytes | sum, 8 bytes
//! body    nonce, 12 bytes | ciphertext | tag, 16 bytes
//! ```
//!
//! The key is made by Argon2id from passphrase and salt. `check` is nothing, sealed with it, and `sum` tells a damaged
//! head from a wrong passphrase. The body, a JSON object of names and values, is sealed with the head as associated
//! data. Who has no passphrase gets nothing back; the file is never deleted for a wrong one.

mod head;
mod tries;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;
use zeroize::Zeroizing;

pub use self::head::Cost;
use self::{head::Head, tries::Tries};
use crate::{SealKey, Secret, SecretStore, StoreError, disk::Disk};

/// The name people know it by.
pub(crate) const NAME: &str = "Passphrase vault";
/// Fewest characters of a passphrase: whoever copies the file may guess for as long as they like.
pub const SHORTEST: usize = 12;

/// What the vault holds.
pub(crate) type Items = BTreeMap<String, Secret>;

/// Time that has passed since any one moment, by a clock that only goes forward.
pub type Elapsed = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The file, and the key to it while it is open.
pub(crate) struct PassphraseVault {
    path: PathBuf,
    cost: Cost,
    disk: Arc<dyn Disk>,
    opened: Mutex<Option<(Head, Arc<SealKey>)>>,
    tries: Mutex<Tries>,
}

/// Why the vault did not open, or did not change. Nothing was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PassphraseError {
    /// It is another one.
    #[error("This is not the passphrase of your vault. Nothing was changed; try again.")]
    Wrong,
    /// Too many wrong ones; the next try is possible after this time.
    #[error("That was wrong several times. Wait {} seconds, then try again.", .0.as_secs() + 1)]
    TooSoon(Duration),
    /// A new passphrase has too few characters.
    #[error("A passphrase needs at least {SHORTEST} characters. Nothing was changed; choose a longer one.")]
    TooShort,
    /// The store does not work, or does not hold what was written.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl PassphraseVault {
    pub(crate) fn new(path: PathBuf, cost: Cost, elapsed: Elapsed, disk: Arc<dyn Disk>) -> Self {
        Self { path, cost, disk, opened: Mutex::default(), tries: Mutex::new(Tries::new(elapsed)) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Forgets the key.
    pub(crate) fn shut(&self) {
        *lock(&self.opened) = None;
    }

    /// Opens the vault. One try at a time, and after several wrong ones only from time to time.
    pub(crate) fn unlock(&self, passphrase: &Secret) -> Result<(), PassphraseError> {
        let mut tries = lock(&self.tries);
        tries.begin().map_err(PassphraseError::TooSoon)?;
        let file = self.read()?;
        let (head, body) = Head::read(&file).ok_or_else(|| self.damaged())?;
        let key = head.key(passphrase)?;
        if !head.fits(&key) {
            tries.was_wrong();
            return Err(PassphraseError::Wrong);
        }
        tries.was_right();
        let key = Arc::new(key);
        decode(&key, &head, body).ok_or_else(|| self.damaged())?;
        *lock(&self.opened) = Some((head, key));
        Ok(())
    }

    /// Makes the vault anew around these items, in place of what is there, and opens it.
    pub(crate) fn create(&self, passphrase: &Secret, items: &Items) -> Result<(), PassphraseError> {
        if String::from_utf8_lossy(passphrase.expose()).chars().count() < SHORTEST {
            return Err(PassphraseError::TooShort);
        }
        let (head, key) = Head::make(self.cost, passphrase)?;
        self.write(&head, &key, items)?;
        *lock(&self.opened) = Some((head, Arc::new(key)));
        Ok(())
    }

    /// Replaces the passphrase, for whoever knows the one before.
    pub(crate) fn change(&self, current: &Secret, new: &Secret) -> Result<(), PassphraseError> {
        self.unlock(current)?;
        let _alone = self.alone()?;
        let items = self.load()?;
        self.create(new, &items)
    }

    /// Removes the file.
    pub(crate) fn remove(&self) -> io::Result<()> {
        self.shut();
        self.disk.remove(&self.path)
    }

    /// Everything in the vault, read from the file.
    pub(crate) fn load(&self) -> Result<Items, StoreError> {
        let Some((head, key)) = lock(&self.opened).clone() else {
            return match self.path.try_exists() {
                Ok(false) => Err(self.missing()),
                _ => Err(StoreError::Locked("it waits for its passphrase".to_owned())),
            };
        };
        let file = self.read()?;
        let (found, body) = Head::read(&file).ok_or_else(|| self.damaged())?;
        if found != head {
            // Another process gave it another passphrase.
            self.shut();
            return Err(StoreError::Locked("its passphrase was changed".to_owned()));
        }
        decode(&key, &head, body).ok_or_else(|| self.damaged())
    }

    /// Changes what is in the vault. Another process waits, so that neither writes over what the other one wrote.
    fn store(&self, change: impl FnOnce(&mut Items)) -> Result<(), StoreError> {
        let _alone = self.alone()?;
        let mut items = self.load()?;
        change(&mut items);
        let (head, key) = lock(&self.opened).clone().ok_or_else(|| self.missing())?;
        self.write(&head, &key, &items)
    }

    fn write(&self, head: &Head, key: &SealKey, items: &Items) -> Result<(), StoreError> {
        let failed = |error: io::Error| self.failed(&error);
        let body = encode(items).map_err(failed)?;
        let sealed = key.seal(head.bytes(), body.expose()).map_err(failed)?;
        self.disk.replace(&self.path, &[head.bytes(), &sealed].concat()).map_err(failed)
    }

    fn read(&self) -> Result<Vec<u8>, StoreError> {
        fs::read(&self.path).map_err(|error| self.failed(&error))
    }

    fn alone(&self) -> Result<File, StoreError> {
        let file = File::create(self.path.with_extension("lock")).and_then(|file| file.lock().map(|()| file));
        file.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        let words = format!("{}: {error}", self.path.display());
        match error.kind() {
            io::ErrorKind::NotFound => self.missing(),
            io::ErrorKind::PermissionDenied => StoreError::Denied(words),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(words),
            _ => StoreError::Failed(words),
        }
    }

    fn missing(&self) -> StoreError {
        StoreError::Absent(format!("the file {} is not there", self.path.display()))
    }

    fn damaged(&self) -> StoreError {
        StoreError::Broken(format!("the file {} is damaged", self.path.display()))
    }
}

impl SecretStore for PassphraseVault {
    fn name(&self) -> &str {
        NAME
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        Ok(self.load()?.remove(name))
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        self.store(|items| drop(items.insert(name.to_owned(), secret.clone())))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.store(|items| drop(items.remove(name)))
    }
}

fn encode(items: &Items) -> io::Result<Secret> {
    // Room for all of it, so that no part is left behind where the buffer grew.
    let room = items.iter().map(|(name, secret)| 8 + name.len() * 6 + secret.expose().len() * 2).sum::<usize>() + 2;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    let values: BTreeMap<&str, Zeroizing<String>> =
        items.iter().map(|(name, secret)| (name.as_str(), Zeroizing::new(STANDARD.encode(secret.expose())))).collect();
    let plain: BTreeMap<&str, &str> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    serde_json::to_writer(&mut *text, &plain)?;
    Ok(Secret::new(std::mem::take(&mut *text)))
}

fn decode(key: &SealKey, head: &Head, body: &[u8]) -> Option<Items> {
    let plain = key.unseal(head.bytes(), body)?;
    let values: BTreeMap<String, String> = serde_json::from_slice(&plain).ok()?;
    values
        .into_iter()
        .map(|(name, value)| {
            let value = Zeroizing::new(value);
            Some((name, Secret::new(STANDARD.decode(value.as_bytes()).ok()?)))
        })
        .collect()
}

/// Where the vault lies in the app's data folder.
pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join("vault.sealed")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
