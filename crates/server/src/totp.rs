//! Codes of authenticator apps (RFC 6238): HMAC-SHA-1, six digits, a new one every 30 seconds, as every app reads them.
//! And backup codes, which take their place.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::random::Random;

/// Bytes of a secret: as many as the hash gives (RFC 4226 §4, R6).
const SECRET_LEN: usize = 20;
/// Length of a step, in milliseconds (RFC 6238 §4.1).
pub const STEP_MS: i64 = 30_000;
/// Characters of backup codes: no two of them look alike, and there are 32.
const BACKUP_ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz1";
/// Characters of a backup code: 50 bits.
const BACKUP_LEN: usize = 10;

/// The secret that an app and the instance share. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new(vec![0; SECRET_LEN]);
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// The one with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key as people type it.
    #[must_use]
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The address that an app scans (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>).
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        // Blanks are `%20` there: apps show `+` as it stands.
        let encoded = |text: &str| encoded(text).replace('+', "%20");
        let (issuer, account) = (encoded(issuer), encoded(account));
        let secret = self.text();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// The code of a step (RFC 4226 §5.3).
    #[must_use]
    pub fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = tag.last().map_or(0, |last| usize::from(last & 0x0f));
        let number = tag.iter().skip(offset).take(4).fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The step that a code is for: the one of this moment, or one beside it (RFC 6238 §5.2).
    #[must_use]
    pub fn step_of(&self, typed: &str, now_ms: i64) -> Option<i64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let current = now_ms.div_euclid(STEP_MS);
        // Every one is compared, whichever it is.
        [current, current - 1, current + 1].into_iter().fold(None, |found, step| {
            let same: bool = self.code(step).as_bytes().ct_eq(typed.as_bytes()).into();
            found.or(same.then_some(step))
        })
    }
}

/// A new backup code.
pub fn new_backup_code(random: &dyn Random) -> SecretString {
    let mut bytes = Zeroizing::new([0u8; BACKUP_LEN]);
    random.fill(bytes.as_mut());
    // 256 is a multiple of 32: every character is as likely as the others.
    SecretString::from(bytes.iter().map(|byte| char::from(BACKUP_ALPHABET[usize::from(byte % 32)])).collect::<String>())
}

/// A backup code as it is compared: without what people put in to read it.
#[must_use]
pub fn plain_backup_code(typed: &SecretString) -> Zeroizing<String> {
    let kept = typed.expose_secret().chars().filter(char::is_ascii_alphanumeric);
    Zeroizing::new(kept.map(|c| c.to_ascii_lowercase()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    /// RFC 6238, appendix B, the last six of the eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Secret::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(seconds / 30), code, "{seconds}");
        }
    }

    #[test]
    fn sec_60_a_code_counts_for_one_step_before_and_after() {
        let secret = Secret::new(&SystemRandom);
        let now = 1_700_000_000_000;
        let step = now / STEP_MS;
        for (distance, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = secret.step_of(&secret.code(step + distance), now);
            // A code of a far step may by chance be that of a near one.
            assert!(
                found == counts.then_some(step + distance)
                    || (!counts && found.is_some_and(|at| at != step + distance))
            );
        }
        let code = secret.code(step);
        assert!(secret.step_of(&format!("{} {}", &code[..3], &code[3..]), now).is_some());
        assert_eq!(secret.step_of("", now), None);
    }

    #[test]
    fn the_key_is_text_and_an_address() {
        let secret = Secret::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec()));
        assert_eq!(secret.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret.uri("My App", "ada@example.com"),
            "otpauth://totp/My%20App:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20App&\
             algorithm=SHA1&digits=6&period=30"
        );
        assert!(!format!("{secret:?}").contains("GEZD"));
    }

    #[test]
    fn sec_61_backup_codes_vary_and_are_read_with_blanks() {
        let codes: std::collections::BTreeSet<_> =
            (0..1000).map(|_| new_backup_code(&SystemRandom).expose_secret().to_owned()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(codes.iter().all(|code| code.len() == BACKUP_LEN));
        assert_eq!(*plain_backup_code(&"AB-2 3c".into()), *"ab23c");
    }
}
