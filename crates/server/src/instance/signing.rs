//! The keys that sign tokens. A new one is published before it signs, so that whoever verifies knows it by then; an old one
//! stays published after it, until its tokens are gone.

use std::sync::{Arc, PoisonError};

use frontdesk_identity::{Timestamp, time::MINUTE};
use frontdesk_store::{SealedBytes, SigningKey as StoredKey};
use frontdesk_wire::Jwks;

use super::{Instance, InstanceError};
use crate::{
    keys::{Keys, Sealed},
    tokens::{SigningError, SigningKey},
};

/// How long a key is published before it signs, in milliseconds.
const PUBLISHED_MS: i64 = MINUTE;

/// The keys of an instance, newest first.
#[derive(Debug)]
pub(super) struct Signing {
    keys: Vec<(SigningKey, Timestamp)>,
    jwks: Arc<Jwks>,
}

impl Signing {
    /// Opens keys as they are stored, newest first.
    pub(super) fn open(stored: Vec<StoredKey>, keys: &Keys) -> Result<Self, InstanceError> {
        let mut opened = Vec::new();
        for StoredKey { kid, sealed, created_at } in stored {
            let sealed = Sealed { key_id: sealed.key_id, bytes: sealed.bytes };
            let plain = keys.open(&row(&kid), &sealed).map_err(|_| InstanceError::KeyDoesNotFit)?;
            opened.push((SigningKey::from_pkcs8(&kid, &plain)?, created_at));
        }
        if opened.is_empty() {
            return Err(SigningError::Malformed.into());
        }
        let jwks = Jwks { keys: opened.iter().map(|(key, _)| key.public_jwk()).collect() };
        Ok(Self { keys: opened, jwks: Arc::new(jwks) })
    }

    /// The key that signs at this moment: the newest that was published for long enough, or else the oldest.
    pub(super) fn at(&self, now: Timestamp) -> &SigningKey {
        let known = self.keys.iter().find(|(_, created_at)| now.since(*created_at) >= PUBLISHED_MS);
        let (key, _) = known.unwrap_or(&self.keys[self.keys.len() - 1]);
        key
    }

    /// The public halves.
    pub(super) fn jwks(&self) -> Arc<Jwks> {
        self.jwks.clone()
    }
}

impl Instance {
    pub(super) fn signing_keys(&self) -> Arc<Signing> {
        self.signing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether keys were added or taken away, and goes on with those that are there.
    pub async fn renew_keys(&self) -> Result<(), InstanceError> {
        let stored = self.store.signing_keys().await?;
        let known = self.signing_keys();
        if stored.iter().map(|key| key.kid.as_str()).eq(known.keys.iter().map(|(key, _)| key.kid())) {
            return Ok(());
        }
        let renewed = Arc::new(Signing::open(stored, &self.keys)?);
        *self.signing.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        tracing::info!("the signing keys have changed");
        Ok(())
    }
}

/// A key as it is stored.
pub(crate) fn sealed_signing_key(key: &SigningKey, keys: &Keys, now: Timestamp) -> Result<StoredKey, SigningError> {
    let sealed = keys.seal(&row(key.kid()), &key.to_pkcs8()?);
    Ok(StoredKey {
        kid: key.kid().to_owned(),
        sealed: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes },
        created_at: now,
    })
}

fn row(kid: &str) -> String {
    format!("signing key {kid}")
}
