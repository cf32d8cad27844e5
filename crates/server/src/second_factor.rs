//! Secrets of authenticator apps and backup codes: drawn, shown, compared.

use frontdesk_identity::{CodeMac, Timestamp, TotpId, UserId, second_factor::BACKUP_CODES, time::SECOND};
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::{
    keys::{Keys, OpenError, Purpose, Sealed},
    random::Random,
};

/// Bytes of a new secret: the length of the hash (RFC 4226 §4, R6).
const SECRET: usize = 20;
/// Bytes that one may have that comes from elsewhere: 128 bits are the fewest of RFC 4226 §4, R6, and what is longer than
/// a block of the hash is hashed first (RFC 2104 §2), which makes nothing stronger.
const IMPORTED: std::ops::RangeInclusive<usize> = 16..=64;
/// Characters that a backup code from elsewhere may have, without what parts them.
const IMPORTED_CODE: std::ops::RangeInclusive<usize> = 8..=64;
/// Digits of a code, and how long one is shown, in seconds. Apps know no other values.
const DIGITS: u8 = 6;
const STEP: u64 = 30;
/// Steps before and after the present one that count: clocks differ (RFC 6238 §5.2).
const SKEW: u16 = 1;
/// Characters of a backup code: 32 that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Length of a backup code: 50 bits.
const BACKUP_CODE: usize = 10;

/// The secret that an authenticator app shares with the instance. Wiped when dropped, never shown by accident.
pub(crate) struct TotpSecret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// A new one.
    pub(crate) fn new(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new(vec![0; SECRET]);
        random.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// One that another program has kept, in base 32 as apps read it; spaces and small letters do not matter.
    pub(crate) fn read(text: &SecretString) -> Option<Self> {
        let plain: Zeroizing<String> = Zeroizing::new(
            text.expose_secret().chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect(),
        );
        let secret = Secret::try_from_base32(plain.trim_end_matches('=')).ok()?;
        let bytes = Zeroizing::new(secret.as_ref().to_vec());
        IMPORTED.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Seals it for its app.
    pub(crate) fn seal(&self, id: &TotpId, keys: &Keys) -> Sealed {
        keys.seal(&row(id.as_str()), self.0.as_slice())
    }

    /// Opens the secret of an app.
    pub(crate) fn open(id: &TotpId, sealed: &Sealed, keys: &Keys) -> Result<Self, OpenError> {
        let plain = keys.open(&row(id.as_str()), sealed)?;
        let bytes = Zeroizing::new(plain.as_slice().to_vec());
        if IMPORTED.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(OpenError::Damaged) }
    }

    /// In base 32, to be typed.
    pub(crate) fn to_text(&self) -> String {
        self.app("", "").secret().to_base32()
    }

    /// The address that an app reads from a QR code, under the names of the instance and of the user.
    pub(crate) fn to_uri(&self, application: &str, account: &str) -> String {
        // The colon parts the names from each other.
        let plain = |name: &str| name.replace(':', " ");
        self.app(&plain(application), &plain(account)).to_url().unwrap_or_default()
    }

    /// The step whose code this is, of those that count at this moment and are newer than `last`.
    pub(crate) fn step_of(&self, typed: &str, last: Option<i64>, now: Timestamp) -> Option<i64> {
        let now = u64::try_from(now.0 / SECOND).ok()?;
        let step = i64::try_from(self.app("", "").check(typed, now)?).ok()?;
        Some(step).filter(|step| last.is_none_or(|last| *step > last))
    }

    fn app(&self, application: &str, account: &str) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP)
            .with_secret(self.0.as_slice().to_vec())
            .with_account_name(account)
            .with_issuer(Some(application).filter(|name| !name.is_empty()))
            .build_noncompliant()
    }
}

/// Seals the secret of an app anew.
pub(crate) fn reseal_totp(id: &str, sealed: &Sealed, old: &Keys, new: &Keys) -> Result<Sealed, OpenError> {
    let row = row(id);
    Ok(new.seal(&row, &old.open(&row, sealed)?))
}

/// What the secret of an app is sealed for.
fn row(id: &str) -> String {
    format!("totp {id}")
}

/// New backup codes.
pub(crate) fn new_backup_codes(random: &dyn Random) -> Vec<SecretString> {
    let code = |_| {
        let mut bytes = Zeroizing::new([0; BACKUP_CODE]);
        random.fill(bytes.as_mut());
        let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        SecretString::from(text)
    };
    (0..BACKUP_CODES).map(code).collect()
}

/// Whether another program may have made this backup code: letters and digits, enough of them, and none of what stands in
/// digests.
pub(crate) fn is_backup_code(code: &str) -> bool {
    let plain = code.chars().filter(char::is_ascii_alphanumeric).count();
    let known = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    known && IMPORTED_CODE.contains(&plain)
}

/// What is kept of a backup code of a user. Spaces, hyphens and capitals that somebody types do not matter.
pub(crate) fn backup_code_mac(user_id: &UserId, code: &SecretString, keys: &Keys) -> CodeMac {
    let typed = code.expose_secret();
    let plain: Zeroizing<String> =
        Zeroizing::new(typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect());
    CodeMac::new(keys.mac(Purpose::BackupCode, user_id.as_str(), plain.as_bytes()))
}

#[cfg(test)]
mod tests;
