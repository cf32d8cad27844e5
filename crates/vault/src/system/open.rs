//! Which store each system has, and how it is reached.

use std::{collections::HashMap, sync::Arc};

use keyring_core::{CredentialStore, Error, Result};

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

    use super::{Arc, CredentialStore, HashMap, Result, default};

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

    /// A service without a default collection, which nobody is there to make, answers with the variant `NoResult`.
    pub(crate) fn has_no_place(reason: &(dyn std::error::Error + Send + Sync)) -> bool {
        format!("{reason:?}") == "NoResult"
    }
}

#[cfg(target_os = "macos")]
mod system {
    use super::{Arc, CredentialStore, Error, HashMap, Result, default};

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

    pub(crate) fn has_no_place(_reason: &(dyn std::error::Error + Send + Sync)) -> bool {
        false
    }
}

#[cfg(windows)]
mod system {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{Arc, CredentialStore, HashMap, Result, default};

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

    pub(crate) fn has_no_place(_reason: &(dyn std::error::Error + Send + Sync)) -> bool {
        false
    }
}

pub(super) use system::{NAME, has_no_place, modifiers, open};
