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

    pub(crate) fn modifiers(_store: &CredentialStore) -> Option<HashMap<&'static str, &'static str>> {
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
    use apple_native_keyring_store::protected;

    use super::{Arc, CredentialStore, Error, HashMap, Meaning, Result, default, mac_codes};

    pub(crate) const NAME: &str = "Keychain";

    /// Signed builds with a provisioning profile have the data-protection keychain, all others the login keychain; which
    /// one this is shows when an item is asked for. Nothing else that goes wrong with it leads to the other: there no
    /// item would be, and whoever is signed in would count as signed out.
    pub(crate) fn open() -> Result<Arc<CredentialStore>> {
        let protected: Arc<CredentialStore> = protected::Store::new()?;
        match protected.build("frontdesk", "probe", None)?.get_secret() {
            Ok(_) | Err(Error::NoEntry) => Ok(protected),
            Err(Error::PlatformFailure(reason)) if mac_codes::lacks_entitlement(&*reason) => default(),
            Err(error) => Err(error),
        }
    }

    /// Items of the data-protection keychain stay on this computer, in backups too; the login keychain knows no such thing.
    pub(crate) fn modifiers(store: &CredentialStore) -> Option<HashMap<&'static str, &'static str>> {
        let protected = store.as_any().is::<protected::Store>();
        protected.then(|| HashMap::from([("access-policy", "when-unlocked-this-device-only")]))
    }

    pub(crate) fn meaning(reason: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<Meaning> {
        mac_codes::meaning(reason)
    }
}

/// The numbers of `SecBase.h`, which only the `Debug` form of an error of the system holds; it holds no secret.
#[cfg(any(test, target_os = "macos"))]
mod mac_codes {
    use std::error::Error;

    use super::{Meaning, StoreError};

    fn code(reason: &(dyn Error + Send + Sync + 'static)) -> Option<i32> {
        let words = format!("{reason:?}");
        words.strip_prefix("Error { code: ")?.split([',', ' ']).next()?.parse().ok()
    }

    pub(super) fn meaning(reason: &(dyn Error + Send + Sync + 'static)) -> Option<Meaning> {
        match code(reason)? {
            // errSecAuthFailed, errSecUserCanceled, errSecInvalidOwnerEdit, wrPermErr
            -25293 | -128 | -25244 | -61 => Some(StoreError::Denied),
            // errSecInteractionNotAllowed: it is locked and nobody may be asked
            -25308 => Some(StoreError::Locked),
            // errSecInvalidKeychain
            -25295 => Some(StoreError::Broken),
            _ => None,
        }
    }

    /// errSecMissingEntitlement: the build is not signed for the data-protection keychain.
    pub(super) fn lacks_entitlement(reason: &(dyn Error + Send + Sync + 'static)) -> bool {
        code(reason) == Some(-34018)
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
    pub(crate) fn modifiers(_store: &CredentialStore) -> Option<HashMap<&'static str, &'static str>> {
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

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::mac_codes::{lacks_entitlement, meaning};
    use crate::StoreError;

    /// Looks as the error of `security-framework` does.
    struct Refused(i32);

    impl fmt::Debug for Refused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Error").field("code", &self.0).field("message", &"words").finish()
        }
    }

    impl fmt::Display for Refused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("words")
        }
    }

    impl std::error::Error for Refused {}

    #[test]
    fn sec_95_only_a_build_without_the_right_to_it_leaves_the_protected_keychain_of_macos() {
        assert!(lacks_entitlement(&Refused(-34018)));
        for code in [-25308, -25293, -25291, -128, 0] {
            assert!(!lacks_entitlement(&Refused(code)), "{code}");
        }
    }

    #[test]
    fn what_macos_says_is_told_apart() {
        let told = |code| meaning(&Refused(code)).map(|meaning| meaning(String::new()));
        assert_eq!(told(-25308), Some(StoreError::Locked(String::new())));
        assert_eq!(told(-128), Some(StoreError::Denied(String::new())));
        assert_eq!(told(-25295), Some(StoreError::Broken(String::new())));
        assert_eq!(told(-34018), None);
    }
}
