//! Touch ID: a secret in the keychain that wants the presence of the person at every read, which macOS itself sees to.
//!
//! That keychain, of the data protection, is there for signed builds with a provisioning profile alone; all others have a
//! PIN. Where a Mac has no sensor, or nobody puts a finger on it, macOS asks for a watch or the password of the person.

use std::collections::HashMap;

use apple_native_keyring_store::protected::Store;
use frontdesk_vault::Secret;
use keyring_core::{Entry, Error, api::CredentialStoreApi as _};

use super::{Gesture, KEY, SystemVerification};
use crate::{Fault, this_device::key::no_randomness};

/// The secrets are apart from everything else that the app keeps.
const SERVICE: &str = "frontdesk presence";

/// macOS as what verifies the person.
pub(super) struct TouchId;

impl SystemVerification for TouchId {
    fn gesture(&self) -> Gesture {
        Gesture::TouchId
    }

    fn is_there(&self) -> bool {
        // Reading what is not there tells whether the build may use that keychain, and asks nobody.
        matches!(entry("probe").and_then(|probe| probe.get_secret()), Ok(_) | Err(Error::NoEntry))
    }

    fn make(&self, name: &str) -> Result<bool, Fault> {
        let secret = Secret::random(KEY).ok_or_else(no_randomness)?;
        match entry(name).and_then(|entry| entry.set_secret(secret.expose())) {
            Ok(()) => Ok(true),
            Err(error) => {
                // As on a Mac whose owner has no password.
                tracing::info!("macOS keeps no secret behind the presence of somebody: {error}");
                Ok(false)
            }
        }
    }

    fn secret(&self, name: &str, _challenge: &[u8]) -> Result<Secret, Fault> {
        entry(name).and_then(|entry| entry.get_secret()).map(Secret::new).map_err(|error| match error {
            Error::NoEntry => Fault::Damaged,
            error if code(&error) == Some(CANCELLED) => Fault::Cancelled,
            error => Fault::Device(error.to_string()),
        })
    }

    fn forget(&self, name: &str) -> Result<(), Fault> {
        match entry(name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(Fault::Device(error.to_string())),
        }
    }
}

/// `errSecUserCanceled` of `SecBase.h`.
const CANCELLED: i32 = -128;

fn entry(name: &str) -> Result<Entry, Error> {
    Store::new()?.build(SERVICE, name, Some(&HashMap::from([("access-policy", "require-user-presence")])))
}

/// The number of an error, which only its `Debug` form holds.
fn code(error: &Error) -> Option<i32> {
    let Error::PlatformFailure(reason) = error else { return None };
    let words = format!("{reason:?}");
    words.strip_prefix("Error { code: ")?.split([',', ' ']).next()?.parse().ok()
}
