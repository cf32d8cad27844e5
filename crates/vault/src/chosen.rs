//! The store that the person chose: the keychain of the system, or the app's own vault behind a passphrase; and the way
//! from one to the other.
//!
//! `vault.json` in the data folder says which of the two is the one that counts, and which items the other one may still
//! have copies of. A move writes it before and after the copies are made, so that at every instant one of the two is
//! complete and named there:
//!
//! ```text
//! 1 note that the new one may have copies    the old one counts; what is copied can be removed again
//! 2 copy, and read back                      the old one counts
//! 3 note that the new one counts             the new one counts; the old one has copies
//! 4 remove the copies in the old one, note that there are none
//! ```
//!
//! What a process that ended in between left is removed by [`ChosenStore::tidy`]. Other processes that use the same
//! folder read the note at each call and wait while a move is under way.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    Secret, SecretStore, StoreError,
    disk::{Disk, RealDisk},
    passphrase::{self, Cost, Elapsed, Items, PassphraseError, PassphraseVault},
    sealed::unfinished,
    vault::{KEYS, PROBE},
};

/// Which of the two counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// The system's.
    #[default]
    Keychain,
    /// The app's own, behind a passphrase.
    Passphrase,
}

/// What `vault.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    keeper: Keeper,
    /// Items that the keychain may have copies of while the other one counts.
    #[serde(default)]
    copies: Vec<String>,
}

/// See the module.
pub struct ChosenStore {
    note: PathBuf,
    lock: PathBuf,
    keychain: Arc<dyn SecretStore>,
    passphrase: PassphraseVault,
    disk: Arc<dyn Disk>,
}

impl ChosenStore {
    /// The stores of one data folder; which one counts is read from there.
    #[must_use]
    pub fn new(folder: &Path, keychain: Arc<dyn SecretStore>, cost: Cost, elapsed: Elapsed) -> Self {
        Self::on(Arc::new(RealDisk), folder, keychain, cost, elapsed)
    }

    fn on(disk: Arc<dyn Disk>, folder: &Path, keychain: Arc<dyn SecretStore>, cost: Cost, elapsed: Elapsed) -> Self {
        let passphrase = PassphraseVault::new(passphrase::file(folder), cost, elapsed, disk.clone());
        Self { note: folder.join("vault.json"), lock: folder.join("vault.json.lock"), keychain, passphrase, disk }
    }

    /// Opens the vault behind the passphrase.
    pub fn unlock(&self, passphrase: &Secret) -> Result<(), PassphraseError> {
        self.passphrase.unlock(passphrase)
    }

    /// Forgets the key that the passphrase made.
    pub fn shut(&self) {
        self.passphrase.shut();
    }

    /// Replaces the passphrase.
    pub fn change_passphrase(&self, current: &Secret, new: &Secret) -> Result<(), PassphraseError> {
        self.passphrase.change(current, new)
    }

    /// Moves from the keychain into a vault behind a new passphrase. `names` are the items that there may be,
    /// beside the keys that every vault has. A computer that has no keychain has nothing to move, and begins an empty
    /// vault.
    pub fn move_to_passphrase(&self, names: &[String], passphrase: &Secret) -> Result<(), PassphraseError> {
        let _alone = self.wait(File::lock)?;
        if self.which()? == Keeper::Passphrase {
            return Err(StoreError::Failed("there is a vault behind a passphrase already".to_owned()).into());
        }
        let items = self.read_keychain(names)?;
        let mut copies: Vec<String> = items.keys().cloned().collect();
        // What a check that was ended left, whatever it is, is removed with the copies and copied nowhere.
        let left = self.keychain.get(PROBE);
        if !matches!(left, Ok(None) | Err(StoreError::Absent(_) | StoreError::NoCollection(_))) {
            copies.push(PROBE.to_owned());
        }
        // From here on a file of the vault is known to be a copy.
        self.write(&Note { keeper: Keeper::Keychain, copies: Vec::new() })?;
        self.passphrase.create(passphrase, &items)?;
        let same = |one: &Items| {
            one.len() == items.len() && one.iter().zip(&items).all(|(a, b)| a.0 == b.0 && a.1.expose() == b.1.expose())
        };
        if !same(&self.passphrase.load()?) {
            return Err(StoreError::Failed("it did not return what was written".to_owned()).into());
        }
        self.write(&Note { keeper: Keeper::Passphrase, copies })?;
        self.remove_copies();
        Ok(())
    }

    /// What the keychain has under these names and as keys; nothing where there is no keychain. One that answered and
    /// then is gone has more than was read.
    fn read_keychain(&self, names: &[String]) -> Result<Items, StoreError> {
        let mut items = Items::new();
        let mut answered = false;
        for name in names.iter().map(String::as_str).chain(KEYS) {
            match self.keychain.get(name) {
                Ok(secret) => items.extend(secret.map(|secret| (name.to_owned(), secret))),
                Err(StoreError::Absent(_) | StoreError::NoCollection(_)) if !answered => break,
                Err(error) => return Err(error),
            }
            answered = true;
        }
        Ok(items)
    }

    /// Moves everything from the open vault into the keychain, and removes the vault.
    pub fn move_to_keychain(&self) -> Result<(), StoreError> {
        let _alone = self.wait(File::lock)?;
        if self.which()? == Keeper::Keychain {
            return Ok(());
        }
        let mut items = match self.passphrase.load() {
            // There is nothing to lose.
            Err(StoreError::Absent(_)) => Items::new(),
            items => items?,
        };
        items.remove(PROBE);
        let mut copies = self.read()?.copies;
        copies.extend(items.keys().filter(|name| !copies.contains(name)).cloned().collect::<Vec<_>>());
        self.write(&Note { keeper: Keeper::Passphrase, copies: copies.clone() })?;
        if let Err(error) = self.copy_to_keychain(&items) {
            self.remove_copies();
            return Err(error);
        }
        // Copies of before that the vault no longer has must not come to life again.
        for name in copies.iter().filter(|name| !items.contains_key(*name)) {
            self.keychain.delete(name)?;
        }
        self.write(&Note { keeper: Keeper::Keychain, copies: Vec::new() })?;
        self.remove_copies();
        Ok(())
    }

    fn copy_to_keychain(&self, items: &Items) -> Result<(), StoreError> {
        for (name, secret) in items {
            self.keychain.put(name, secret)?;
            if self.keychain.get(name)?.is_none_or(|kept| kept.expose() != secret.expose()) {
                return Err(StoreError::Failed("it did not return what was written".to_owned()));
            }
        }
        Ok(())
    }

    /// Removes what a process that ended in the middle left: half a file, or copies in the store that does not count.
    pub fn tidy(&self) {
        let halves = [self.note.as_path(), self.passphrase.path()].map(unfinished);
        if halves.iter().any(|half| half.exists())
            && let Ok(_alone) = self.wait(File::lock)
            && let Err(error) = halves.iter().try_for_each(|half| self.disk.remove(half))
        {
            tracing::warn!(%error, "half a file stays in the data folder");
        }
        let left = |note: &Note| match note.keeper {
            Keeper::Keychain => self.note.exists() && self.passphrase.exists(),
            Keeper::Passphrase => !note.copies.is_empty(),
        };
        if self.read().is_ok_and(|note| left(&note))
            && let Ok(_alone) = self.wait(File::lock)
        {
            self.remove_copies();
        }
    }

    /// What cannot be removed now is removed another time. Copies stay while the vault itself is not there: they may be
    /// all that is left.
    fn remove_copies(&self) {
        let removed = self.read().and_then(|note| match note.keeper {
            Keeper::Keychain => self.passphrase.remove().map_err(|error| self.failed(&error)),
            Keeper::Passphrase if !self.passphrase.exists() => Ok(()),
            Keeper::Passphrase => {
                note.copies.iter().try_for_each(|name| self.keychain.delete(name))?;
                self.write(&Note { copies: Vec::new(), ..note })
            }
        });
        if let Err(error) = removed {
            tracing::warn!(%error, "copies of secrets stay where they were moved from");
        }
    }

    fn which(&self) -> Result<Keeper, StoreError> {
        self.read().map(|note| note.keeper)
    }

    /// Calls the store that counts, while nothing is moved.
    fn call<T>(&self, act: impl FnOnce(&dyn SecretStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let _shared = self.wait(File::lock_shared)?;
        match self.which()? {
            Keeper::Keychain => act(&*self.keychain),
            Keeper::Passphrase => act(&self.passphrase),
        }
    }

    /// In a folder that cannot be written to nothing can be moved either, so nobody has to wait there.
    fn wait(&self, how: impl FnOnce(&File) -> io::Result<()>) -> Result<Option<File>, StoreError> {
        let Ok(file) = File::create(&self.lock) else { return Ok(None) };
        how(&file).map_err(|error| self.failed(&error))?;
        Ok(Some(file))
    }

    /// Without a note it is the keychain, unless there is a vault: then the note was lost.
    fn read(&self) -> Result<Note, StoreError> {
        match fs::read(&self.note) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|_| StoreError::Broken(format!("the file {} is damaged", self.note.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keeper = if self.passphrase.exists() { Keeper::Passphrase } else { Keeper::Keychain };
                Ok(Note { keeper, copies: Vec::new() })
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn write(&self, note: &Note) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(note).map_err(|error| self.failed(&error.into()))?;
        self.disk.replace(&self.note, &text).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        StoreError::Failed(format!("{}: {error}", self.note.display()))
    }
}

impl SecretStore for ChosenStore {
    fn name(&self) -> &str {
        match self.which() {
            Ok(Keeper::Passphrase) => passphrase::NAME,
            _ => self.keychain.name(),
        }
    }

    fn keeper(&self) -> Keeper {
        self.which().unwrap_or_default()
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.call(|store| store.get(name))
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        self.call(|store| store.put(name, secret))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.call(|store| store.delete(name))
    }
}

#[cfg(test)]
mod tests;
