//! The keys in the keychain: an item for each, and one that says which there are.
//!
//! ```text
//! passkeys          ids of all keys, one after the other
//! passkey/<id>      whom the key is for (JSON), the private key sealed for exactly that
//! ```
//!
//! A new id is written before its item and taken out after it, so an end in the middle leaves at most an id of nothing,
//! which is passed over.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_vault::{Kept, SealKey, Secret, Vault};
use serde::{Deserialize, Serialize};
use webauthn_rs_proto::PublicKeyCredentialCreationOptions;

use super::key::{ID_LENGTH, Key, POINT, no_randomness};
use crate::{AccountName, Fault};

/// The item that says which keys there are.
const INDEX: &str = "passkeys";
/// Most keys of this device: their ids have to fit into an item of any keychain (2560 bytes as text on Windows).
const MOST: usize = 100;
/// Most bytes of a name that is kept (Web Authentication §6.4.1: 64 at least).
const LONGEST_NAME: usize = 64;

/// A key of this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// Names it.
    pub credential_id: Vec<u8>,
    /// Whom it is for.
    pub rp_id: String,
    /// What the relying party knows the account by.
    pub user_handle: Vec<u8>,
    /// What tells one account from another there.
    pub name: String,
    /// What the person is called there.
    pub display_name: String,
    /// When it was made, in seconds since 1970.
    pub made_at: u64,
}

impl HeldKey {
    pub(super) fn account(&self) -> AccountName {
        AccountName { name: self.name.clone(), display_name: self.display_name.clone() }
    }
}

/// A key as it lies in the keychain.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    rp_id: String,
    user: String,
    name: String,
    display_name: String,
    made_at: u64,
    point: String,
    sealed: String,
}

impl Record {
    pub(super) fn seal(
        credential_id: &[u8],
        options: &PublicKeyCredentialCreationOptions,
        key: &Key,
        seal: &SealKey,
        now: Duration,
    ) -> Result<Self, Fault> {
        let mut record = Self {
            rp_id: options.rp.id.clone(),
            user: URL_SAFE_NO_PAD.encode(&options.user.id),
            name: shown(&options.user.name),
            display_name: shown(&options.user.display_name),
            made_at: now.as_secs(),
            point: URL_SAFE_NO_PAD.encode(key.point()),
            sealed: String::new(),
        };
        let about = record.about(credential_id);
        let sealed = seal.seal(&about, key.scalar()?.as_ref()).map_err(|_| no_randomness())?;
        record.sealed = URL_SAFE_NO_PAD.encode(sealed);
        Ok(record)
    }

    /// The key, if this seal opens it and nothing of what it was sealed for has changed.
    fn open(&self, credential_id: &[u8], seal: &SealKey) -> Option<Key> {
        let sealed = URL_SAFE_NO_PAD.decode(&self.sealed).ok()?;
        let point = URL_SAFE_NO_PAD.decode(&self.point).ok().filter(|point| point.len() == POINT)?;
        let scalar = seal.unseal(&self.about(credential_id), &sealed)?;
        Key::of(&scalar, &point)
    }

    /// What a key is sealed for: nobody who can write to the keychain makes it sign for another relying party or another
    /// account.
    fn about(&self, credential_id: &[u8]) -> Vec<u8> {
        let id = URL_SAFE_NO_PAD.encode(credential_id);
        ["frontdesk passkey 1", &id, &self.rp_id, &self.user, &self.point].join("\0").into_bytes()
    }

    fn held(self, credential_id: &[u8]) -> Option<HeldKey> {
        Some(HeldKey {
            credential_id: credential_id.to_vec(),
            user_handle: URL_SAFE_NO_PAD.decode(&self.user).ok()?,
            rp_id: self.rp_id,
            name: self.name,
            display_name: self.display_name,
            made_at: self.made_at,
        })
    }
}

/// The keys in a vault.
pub(super) struct Records {
    vault: Vault,
}

impl Records {
    pub(super) fn new(vault: Vault) -> Self {
        Self { vault }
    }

    /// All keys that can be read. One that cannot be is passed over, and left where it is.
    pub(super) async fn all(&self) -> Result<Vec<HeldKey>, Fault> {
        let mut all = Vec::new();
        for id in self.ids().await? {
            if let Some(held) = self.read(&id).await?.and_then(|record| record.held(&id)) {
                all.push(held);
            }
        }
        Ok(all)
    }

    /// A key, opened.
    pub(super) async fn open(&self, credential_id: &[u8], seal: &SealKey) -> Result<Key, Fault> {
        let record = self.read(credential_id).await?.ok_or(Fault::NoCredential)?;
        record.open(credential_id, seal).ok_or(Fault::Damaged)
    }

    pub(super) async fn add(&self, credential_id: &[u8], record: &Record) -> Result<(), Fault> {
        let mut ids = self.ids().await?;
        if ids.len() >= MOST {
            return Err(Fault::Full);
        }
        ids.push(credential_id.to_vec());
        self.write_ids(&ids).await?;
        let text = serde_json::to_vec(record).map_err(|_| Fault::Damaged)?;
        let kept = put(&self.vault, &item(credential_id), Secret::new(text)).await;
        if kept.is_err() {
            // What could not be kept is not to appear later, when the instance has heard that there is no key.
            self.remove(credential_id).await.ok();
        }
        kept
    }

    pub(super) async fn remove(&self, credential_id: &[u8]) -> Result<(), Fault> {
        self.vault.delete(&item(credential_id)).await?;
        let mut ids = self.ids().await?;
        let before = ids.len();
        ids.retain(|id| id != credential_id);
        if ids.len() == before { Ok(()) } else { self.write_ids(&ids).await }
    }

    /// Removes all of them.
    pub(super) async fn clear(&self) -> Result<(), Fault> {
        for id in self.ids().await? {
            self.vault.delete(&item(&id)).await?;
        }
        Ok(self.vault.delete(INDEX).await?)
    }

    pub(super) async fn names(&self) -> Result<Vec<String>, Fault> {
        let ids = self.ids().await?;
        Ok(ids.iter().map(|id| item(id)).chain([INDEX.to_owned()]).collect())
    }

    async fn ids(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let index = self.vault.get(INDEX).await?;
        let ids = index.as_ref().map(|index| index.expose().chunks(ID_LENGTH).map(<[u8]>::to_vec).collect());
        Ok(ids.unwrap_or_default())
    }

    async fn write_ids(&self, ids: &[Vec<u8>]) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(self.vault.delete(INDEX).await?);
        }
        put(&self.vault, INDEX, Secret::new(ids.concat())).await
    }

    async fn read(&self, credential_id: &[u8]) -> Result<Option<Record>, Fault> {
        let item = self.vault.get(&item(credential_id)).await?;
        let record = item.map(|item| serde_json::from_slice(item.expose()));
        if record.as_ref().is_some_and(Result::is_err) {
            tracing::warn!("a passkey of this device cannot be read");
        }
        Ok(record.and_then(Result::ok))
    }
}

/// Writes an item to where it outlives the app.
pub(super) async fn put(vault: &Vault, name: &str, secret: Secret) -> Result<(), Fault> {
    match vault.put(name, secret).await? {
        Kept::AtRest => Ok(()),
        Kept::InMemory => Err(Fault::NotKept),
    }
}

fn item(credential_id: &[u8]) -> String {
    format!("passkey/{}", URL_SAFE_NO_PAD.encode(credential_id))
}

/// A name as it is kept: without what cannot be shown, and cut between characters.
fn shown(name: &str) -> String {
    let mut shown = String::new();
    for character in name.chars().filter(|character| !character.is_control()) {
        if shown.len() + character.len_utf8() > LONGEST_NAME {
            break;
        }
        shown.push(character);
    }
    shown
}
