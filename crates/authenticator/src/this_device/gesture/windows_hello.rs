//! Windows Hello: a key of its own, which signs once Windows has recognised the person. What it signs is the same each
//! time, since RSA with PKCS #1 v1.5 has no randomness (RFC 8017 §8.2), and so the signature is a secret.

use frontdesk_vault::Secret;
use windows::{
    Security::{
        Credentials::{KeyCredentialCreationOption, KeyCredentialManager, KeyCredentialStatus},
        Cryptography::CryptographicBuffer,
    },
    core::{Array, Error, HSTRING},
};

use super::{Gesture, SystemVerification};
use crate::Fault;

/// Windows as what verifies the person.
pub(super) struct WindowsHello;

impl SystemVerification for WindowsHello {
    fn gesture(&self) -> Gesture {
        Gesture::WindowsHello
    }

    fn is_there(&self) -> bool {
        KeyCredentialManager::IsSupportedAsync().and_then(|asked| asked.join()).unwrap_or(false)
    }

    fn make(&self, name: &str) -> Result<bool, Fault> {
        let option = KeyCredentialCreationOption::ReplaceExisting;
        let made = KeyCredentialManager::RequestCreateAsync(&HSTRING::from(name), option)
            .and_then(|asked| asked.join())
            .map_err(failed)?;
        sorted(made.Status().map_err(failed)?).map(|()| true)
    }

    fn secret(&self, name: &str, challenge: &[u8]) -> Result<Secret, Fault> {
        let found =
            KeyCredentialManager::OpenAsync(&HSTRING::from(name)).and_then(|asked| asked.join()).map_err(failed)?;
        sorted(found.Status().map_err(failed)?)?;
        let signed = found
            .Credential()
            .and_then(|key| key.RequestSignAsync(&CryptographicBuffer::CreateFromByteArray(challenge)?))
            .and_then(|asked| asked.join())
            .map_err(failed)?;
        sorted(signed.Status().map_err(failed)?)?;
        let mut signature = Array::new();
        signed
            .Result()
            .and_then(|buffer| CryptographicBuffer::CopyToByteArray(&buffer, &mut signature))
            .map_err(failed)?;
        if signature.is_empty() {
            return Err(Fault::Device("Windows Hello signed nothing".to_owned()));
        }
        Ok(Secret::new(signature.to_vec()))
    }

    fn forget(&self, name: &str) -> Result<(), Fault> {
        // One that is not there is an error like any other, and no harm.
        KeyCredentialManager::DeleteAsync(&HSTRING::from(name)).and_then(|asked| asked.join()).map_err(failed)
    }
}

fn sorted(status: KeyCredentialStatus) -> Result<(), Fault> {
    match status {
        KeyCredentialStatus::Success => Ok(()),
        KeyCredentialStatus::UserCanceled | KeyCredentialStatus::UserPrefersPassword => Err(Fault::Cancelled),
        KeyCredentialStatus::NotFound => Err(Fault::Damaged),
        KeyCredentialStatus::SecurityDeviceLocked => Err(Fault::Device("Windows Hello is locked".to_owned())),
        status => Err(Fault::Device(format!("Windows Hello says {}", status.0))),
    }
}

fn failed(error: Error) -> Fault {
    Fault::Device(error.to_string())
}
