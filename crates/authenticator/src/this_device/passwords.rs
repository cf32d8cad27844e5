//! Passwords in the keychain, for places that are signed in to by one: an item for each, and one that says which there
//! are.
//!
//! ```text
//! passwords          names of all places, one to a line
//! password/<place>   whose password it is (JSON), the password sealed for exactly that and for this very place
//! ```
//!
//! They are sealed by what seals the keys, so a PIN that is changed leaves them as they are. A new name is written before
//! its item and taken out after it, so an end in the middle leaves at most a name of nothing, which is passed over.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_vault::{SealKey, Secret, Vault};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{key::no_randomness, records::put};
use crate::Fault;

/// The item that says which passwords there are.
const INDEX: &str = "passwords";
/// What the names of the others begin with.
const PREFIX: &str = "password/";
/// Most bytes of an item: it has to fit into any keychain (2560 bytes as text on Windows).
const LONGEST: usize = 1_900;

/// A place that is signed in to by a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPlace {
    /// Names it on this device: letters and digits.
    pub name: String,
    /// Where what is opened goes. A password is opened for the origin alone that it was kept for.
    pub origin: String,
}

/// A password of this device, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPassword {
    /// The name of the place.
    pub place: String,
    /// Whose it is there.
    pub identifier: String,
}

/// A password as it lies in the keychain.
#[derive(Serialize, Deserialize)]
struct Record {
    identifier: String,
    sealed: String,
}

impl Record {
    /// What a password is sealed for: nobody who can write to the keychain or the app's folder has it sent elsewhere, or
    /// in somebody else's name.
    fn about(place: &PasswordPlace, identifier: &str) -> Vec<u8> {
        ["frontdesk password 1", &place.name, &place.origin, identifier].join("\0").into_bytes()
    }

    fn seal(place: &PasswordPlace, identifier: String, password: &Secret, seal: &SealKey) -> Result<Self, Fault> {
        let sealed = seal.seal(&Self::about(place, &identifier), password.expose()).map_err(|_| no_randomness())?;
        Ok(Self { identifier, sealed: URL_SAFE_NO_PAD.encode(sealed) })
    }

    fn open(&self, place: &PasswordPlace, seal: &SealKey) -> Option<Secret> {
        let sealed = URL_SAFE_NO_PAD.decode(&self.sealed).ok()?;
        let mut plain = seal.unseal(&Self::about(place, &self.identifier), &sealed)?;
        Some(Secret::new(std::mem::take(&mut *plain)))
    }
}

/// The passwords in a vault.
pub(super) struct Passwords {
    vault: Vault,
    /// The index has one writer.
    writer: Mutex<()>,
}

impl Passwords {
    pub(super) fn new(vault: Vault) -> Self {
        Self { vault, writer: Mutex::default() }
    }

    /// All passwords whose owner can be read. One that cannot be is passed over, and left where it is.
    pub(super) async fn all(&self) -> Result<Vec<HeldPassword>, Fault> {
        let mut all = Vec::new();
        for name in self.index().await? {
            all.extend(self.held(&name).await?);
        }
        Ok(all)
    }

    /// The password of one place.
    pub(super) async fn held(&self, name: &str) -> Result<Option<HeldPassword>, Fault> {
        let record = self.read(name).await?;
        Ok(record.map(|record| HeldPassword { place: name.to_owned(), identifier: record.identifier }))
    }

    /// Whether there is anything that somebody may want to open.
    pub(super) async fn is_empty(&self) -> Result<bool, Fault> {
        Ok(self.index().await?.is_empty())
    }

    /// Keeps a password in place of the one before.
    pub(super) async fn keep(
        &self,
        place: &PasswordPlace,
        identifier: String,
        password: &Secret,
        seal: &SealKey,
    ) -> Result<(), Fault> {
        let record = Record::seal(place, identifier, password, seal)?;
        let text = serde_json::to_vec(&record).map_err(|_| Fault::Damaged)?;
        if !is_name(&place.name) || text.len() > LONGEST {
            return Err(Fault::TooLong);
        }
        let _writer = self.writer.lock().await;
        let mut names = self.index().await?;
        let is_new = !names.contains(&place.name);
        if is_new {
            names.push(place.name.clone());
            self.write_index(&names).await?;
        }
        let kept = put(&self.vault, &item(&place.name), Secret::new(text)).await;
        if kept.is_err() && is_new {
            // What could not be kept is not to appear later, when the person has heard that it is not there.
            self.take_out(&place.name).await.ok();
        }
        kept
    }

    /// A password and whose it is, opened.
    pub(super) async fn open(&self, place: &PasswordPlace, seal: &SealKey) -> Result<(String, Secret), Fault> {
        let record = self.read(&place.name).await?.ok_or(Fault::NoCredential)?;
        let password = record.open(place, seal).ok_or(Fault::Damaged)?;
        Ok((record.identifier, password))
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), Fault> {
        let _writer = self.writer.lock().await;
        self.take_out(name).await
    }

    /// Removes all of them.
    pub(super) async fn clear(&self) -> Result<(), Fault> {
        let _writer = self.writer.lock().await;
        for name in self.index().await? {
            self.vault.delete(&item(&name)).await?;
        }
        Ok(self.vault.delete(INDEX).await?)
    }

    /// The names of their items.
    pub(super) async fn names(&self) -> Result<Vec<String>, Fault> {
        let index = self.index().await?;
        let own = (!index.is_empty()).then(|| INDEX.to_owned());
        Ok(index.iter().map(|name| item(name)).chain(own).collect())
    }

    async fn take_out(&self, name: &str) -> Result<(), Fault> {
        self.vault.delete(&item(name)).await?;
        let mut names = self.index().await?;
        let before = names.len();
        names.retain(|other| other != name);
        if names.len() == before { Ok(()) } else { self.write_index(&names).await }
    }

    async fn index(&self) -> Result<Vec<String>, Fault> {
        let index = self.vault.get(INDEX).await?;
        let text = index.as_ref().map(|index| String::from_utf8_lossy(index.expose())).unwrap_or_default();
        Ok(text.lines().filter(|name| is_name(name)).map(str::to_owned).collect())
    }

    async fn write_index(&self, names: &[String]) -> Result<(), Fault> {
        if names.is_empty() {
            return Ok(self.vault.delete(INDEX).await?);
        }
        let text = names.join("\n");
        if text.len() > LONGEST {
            return Err(Fault::Full);
        }
        put(&self.vault, INDEX, Secret::new(text.into_bytes())).await
    }

    async fn read(&self, name: &str) -> Result<Option<Record>, Fault> {
        let item = self.vault.get(&item(name)).await?;
        let record = item.map(|item| serde_json::from_slice(item.expose()));
        if record.as_ref().is_some_and(Result::is_err) {
            tracing::warn!("a password of this device cannot be read");
        }
        Ok(record.and_then(Result::ok))
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn item(name: &str) -> String {
    format!("{PREFIX}{name}")
}

#[cfg(test)]
mod tests;
