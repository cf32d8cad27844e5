//! The keychain of the operating system.

mod open;

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::{Secret, SecretStore, StoreError};

/// The Secret Service on Linux, the Credential Manager on Windows, the keychain on macOS.
pub struct SystemKeychain {
    service: String,
    connection: Mutex<Option<Arc<CredentialStore>>>,
}

impl SystemKeychain {
    /// Items are kept under `service`, which is the application's identifier. Nothing is asked of the system yet.
    #[must_use]
    pub fn new(service: impl Into<String>) -> Self {
        Self { service: service.into(), connection: Mutex::new(None) }
    }

    /// Makes a call, connecting first where there is no connection. A connection of before that fails is made anew
    /// once, since the service behind it may have been started again; every call may be repeated.
    fn call<T>(&self, name: &str, act: impl Fn(&Entry) -> Result<T, Error>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = connection.as_ref() {
            match self.entry(store, name).and_then(|entry| act(&entry)) {
                Err(Error::PlatformFailure(reason)) if open::meaning(&*reason).is_none() => {
                    tracing::info!(%reason, "connecting to the keychain again");
                    *connection = None;
                }
                answer => return answer.map_err(refusal),
            }
        }
        let store = open::open().map_err(unreachable)?;
        let answer = self.entry(&store, name).and_then(|entry| act(&entry));
        *connection = Some(store);
        answer.map_err(refusal)
    }

    fn entry(&self, store: &Arc<CredentialStore>, name: &str) -> Result<Entry, Error> {
        store.build(&self.service, name, open::modifiers(store.as_ref()).as_ref())
    }
}

impl SecretStore for SystemKeychain {
    fn name(&self) -> &str {
        open::NAME
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        // Items are text, since the wallet of KDE keeps nothing else.
        let found = self.call(name, |entry| match entry.get_secret() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })?;
        let Some(text) = found else { return Ok(None) };
        match STANDARD.decode(text.as_slice()) {
            Ok(bytes) => Ok(Some(Secret::new(bytes))),
            Err(_) => Err(StoreError::Damaged("it is not the text that was written".to_owned())),
        }
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        let text = Zeroizing::new(STANDARD.encode(secret.expose()));
        self.call(name, |entry| entry.set_secret(text.as_bytes()))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.call(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }
}

/// What an error of the system means where its kind alone does not say it.
type Meaning = fn(String) -> StoreError;

/// The system's words, sorted. Only `Display` is shown: the `Debug` form of some errors holds the bytes.
fn refusal(error: Error) -> StoreError {
    match error {
        Error::NoStorageAccess(reason) => {
            let meaning: Meaning = open::meaning(&*reason).unwrap_or(StoreError::Locked);
            meaning(reason.to_string())
        }
        Error::PlatformFailure(reason) if let Some(meaning) = open::meaning(&*reason) => meaning(reason.to_string()),
        Error::TooLong(what, limit) => StoreError::Full(format!("{what} may have at most {limit} bytes")),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            StoreError::Damaged("it is not what was written".to_owned())
        }
        Error::BadStoreFormat(reason) => StoreError::Broken(reason),
        Error::NoDefaultStore => StoreError::Absent(error.to_string()),
        _ => StoreError::Failed(error.to_string()),
    }
}

/// Why there is no store to connect to.
fn unreachable(error: Error) -> StoreError {
    match refusal(error) {
        StoreError::Failed(words) => StoreError::Absent(words),
        refused => refused,
    }
}
