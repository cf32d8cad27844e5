//! Which store each system has, and how it is reached.

use std::{collections::HashMap, sync::Arc};

use keyring_core::{CredentialStore, Error, Result};

use super::Meaning;
use crate::StoreError;

/// The store that `keyring` chooses for this system; connected once for the life of the process.
fn default() -> Result<Arc<CredentialStore>> {
    match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        Err(error) => Err(Error::PlatformFailure(error.to_string().into())),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{Arc, CredentialStore, HashMap, Meaning, Result, StoreError, default};

    pub(crate) const NAME: &str = "Secret Service";

    /// The default store's connection is never renewed, so it serves the first time only.
    pub(crate) fn open() -> Result<Arc<CredentialStore>> {
        static USED: AtomicBool = AtomicBool::new(false);
        if !USED.swap(true, Ordering::Relaxed)
            && let Ok(store) = default()
        {
            return Ok(store);
        }
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }

    pub(crate) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
        None
    }

    /// A service without a default collection, which nobody is there to make, answers with the variant `NoResult`. The
    /// others come by their D-Bus names.
    pub(crate) fn meaning(reason: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<Meaning> {
        if format!("{reason:?}") == "NoResult" {
            return Some(StoreError::NoCollection);
        }
        let words = reason.to_string();
        let names = |name: &str| words.contains(name);
        if names("org.freedesktop.DBus.Error.AccessDenied") || names("org.freedesktop.DBus.Error.AuthFailed") {
            Some(StoreError::Denied)
        } else if names("org.freedesktop.Secret.Error.IsLocked") {
            Some(StoreError::Locked)
        } else if names("org.freedesktop.DBus.Error.LimitsExceeded") {
            Some(StoreError::Full)
        } else {
            None
        }
    }
}

#[cfg(target_os = "macos")]
mod system {
    use super::{Arc, CredentialStore, Error, HashMap, Meaning, Result, StoreError, default};

    pub(crate) const NAME: &str = "Keychain";

    /// Signed builds with a provisioning profile have the data-protection keychain, all others the login keychain;
    /// which one this is shows when an item is asked for.
    pub(crate) fn open() -> Result<Arc<CredentialStore>> {
        let protected: Arc<CredentialStore> = apple_native_keyring_store::protected::Store::new()?;
        match protected.build("frontdesk", "probe", None)?.get_secret() {
            Ok(_) | Err(Error::NoEntry) => Ok(protected),
            Err(_) => default(),
        }
    }

    pub(crate) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
        None
    }

    /// By the numbers of `SecBase.h`, which only the `Debug` form holds; it holds no secret.
    pub(crate) fn meaning(reason: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<Meaning> {
        let words = format!("{reason:?}");
        let code = words.strip_prefix("Error { code: ")?.split([',', ' ']).next()?;
        match code.parse().ok()? {
            // errSecAuthFailed, errSecUserCanceled, errSecInvalidOwnerEdit, wrPermErr
            -25293 | -128 | -25244 | -61 => Some(StoreError::Denied),
            // errSecInteractionNotAllowed: it is locked and nobody may be asked
            -25308 => Some(StoreError::Locked),
            // errSecInvalidKeychain
            -25295 => Some(StoreError::Broken),
            _ => None,
        }
    }
}

#[cfg(windows)]
mod system {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{Arc, CredentialStore, HashMap, Meaning, Result, StoreError, default};

    pub(crate) const NAME: &str = "Credential Manager";

    pub(crate) fn open() -> Result<Arc<CredentialStore>> {
        static USED: AtomicBool = AtomicBool::new(false);
        if !USED.swap(true, Ordering::Relaxed)
            && let Ok(store) = default()
        {
            return Ok(store);
        }
        Ok(windows_native_keyring_store::Store::new()?)
    }

    /// Items stay on this computer; without this they would roam with the account.
    pub(crate) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
        Some(HashMap::from([("persistence", "Local")]))
    }

    /// By the numbers of `winerror.h`.
    pub(crate) fn meaning(reason: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<Meaning> {
        match format!("{reason:?}").as_str() {
            // ERROR_ACCESS_DENIED
            "PlatformError(5)" => Some(StoreError::Denied),
            // ERROR_NOT_ENOUGH_QUOTA
            "PlatformError(1816)" => Some(StoreError::Full),
            _ => None,
        }
    }
}

pub(super) use system::{NAME, meaning, modifiers, open};
