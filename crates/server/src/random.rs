//! Randomness as a parameter, and what is made from it: ids and codes.

use secrecy::SecretString;
use zeroize::Zeroize as _;

/// Characters of an id's body.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Length of an id's body: 27 characters of base 62 are 160 bits.
const ID_BODY: usize = 27;

/// Gives bytes that nobody can guess.
pub trait Random: Send + Sync + std::fmt::Debug {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A new id: the prefix and 27 characters of base 62.
pub fn new_id(random: &dyn Random, prefix: &str) -> String {
    let mut id = String::with_capacity(prefix.len() + ID_BODY);
    id.push_str(prefix);
    let mut pool = [0u8; 40];
    while id.len() < prefix.len() + ID_BODY {
        random.fill(&mut pool);
        for byte in pool {
            // 248 is the largest multiple of 62 in a byte: what lies above would favour some characters.
            if byte < 248 && id.len() < prefix.len() + ID_BODY {
                id.push(char::from(BASE62[usize::from(byte % 62)]));
            }
        }
    }
    id
}

/// A new code of six decimal digits, every one as likely as the others.
pub fn new_code(random: &dyn Random) -> SecretString {
    loop {
        let mut bytes = [0u8; 4];
        random.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        bytes.zeroize();
        // 4,294,000,000 is the largest multiple of a million in 32 bits.
        if number < 4_294_000_000 {
            return SecretString::from(format!("{:06}", number % 1_000_000));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn ids_have_their_prefix_and_are_all_different() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| new_id(&SystemRandom, "sess_")).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 32 && id.starts_with("sess_")));
        assert!(ids.iter().all(|id| id[5..].bytes().all(|b| b.is_ascii_alphanumeric())));
    }

    #[test]
    fn sec_51_codes_are_six_digits_that_vary() {
        let codes: std::collections::BTreeSet<_> =
            (0..1000).map(|_| new_code(&SystemRandom).expose_secret().to_owned()).collect();
        assert!(codes.len() > 980, "{}", codes.len());
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())));
    }
}
