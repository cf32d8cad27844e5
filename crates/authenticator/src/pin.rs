//! What may be a PIN.
//!
//! Six characters at least, as NIST SP 800-63B recommends for secrets that unlock a key (it demands four), of any kind;
//! 63 bytes at most, which is what security keys take (CTAP 2.1 §6.5.1), so that one rule holds for both. It is brought
//! into the form NFC first: the same character is typed differently on different keyboards. No composition is asked for;
//! only what anybody would try first is refused.

use frontdesk_vault::Secret;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Fewest characters of a PIN of this device.
pub const SHORTEST: usize = 6;
/// Most bytes of a PIN, in UTF-8.
pub const LONGEST: usize = 63;
/// Fewest characters of a PIN of a security key (CTAP 2.1 §6.5.1).
pub(crate) const SHORTEST_OF_KEYS: usize = 4;

/// Why something cannot be a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinFlaw {
    /// It has too few characters.
    #[error("the PIN has too few characters")]
    TooShort,
    /// It has too many bytes.
    #[error("the PIN has more than 63 bytes")]
    TooLong,
    /// It is one character over and over, or characters in a row.
    #[error("a PIN that is one character over and over, or characters in a row, is tried first")]
    Simple,
    /// It is no text, or holds characters that nobody can type.
    #[error("a PIN is text")]
    NoText,
}

/// A PIN as it is used.
pub(crate) fn normalized(typed: &Secret) -> Result<Zeroizing<String>, PinFlaw> {
    let text = std::str::from_utf8(typed.expose()).map_err(|_| PinFlaw::NoText)?;
    if text.chars().any(char::is_control) {
        return Err(PinFlaw::NoText);
    }
    // As long as it can become, so that it is not copied about while it grows.
    let mut pin = Zeroizing::new(String::with_capacity(text.len() * 3));
    pin.extend(text.nfc());
    if pin.len() > LONGEST { Err(PinFlaw::TooLong) } else { Ok(pin) }
}

/// A PIN that may be chosen.
pub(crate) fn chosen(typed: &Secret) -> Result<Zeroizing<String>, PinFlaw> {
    let pin = normalized(typed)?;
    if pin.chars().count() < SHORTEST {
        return Err(PinFlaw::TooShort);
    }
    let steps = || {
        pin.chars().zip(pin.chars().skip(1)).map(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one)))
    };
    let simple = [-1, 0, 1].into_iter().any(|wanted| steps().all(|step| step == wanted));
    if simple { Err(PinFlaw::Simple) } else { Ok(pin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    #[test]
    fn a_pin_has_six_characters_and_is_not_what_is_tried_first() {
        for (typed, flaw) in [
            ("12345", PinFlaw::TooShort),
            ("ääääb", PinFlaw::TooShort),
            ("111111", PinFlaw::Simple),
            ("123456", PinFlaw::Simple),
            ("987654", PinFlaw::Simple),
            ("abcdefgh", PinFlaw::Simple),
            ("12\u{0}456", PinFlaw::NoText),
        ] {
            assert_eq!(chosen(&secret(typed)).err(), Some(flaw), "{typed}");
        }
        assert_eq!(chosen(&secret(&"1z".repeat(32))).err(), Some(PinFlaw::TooLong));
        assert_eq!(chosen(&Secret::new(vec![0xff; 8])).err(), Some(PinFlaw::NoText));
        for good in ["135790", "correct horse", "112233", "ключ-1", &"1z".repeat(31)] {
            assert_eq!(chosen(&secret(good)).unwrap().as_str(), good);
        }
    }

    #[test]
    fn the_same_characters_are_the_same_pin() {
        assert_eq!(normalized(&secret("caf\u{e9}-1")), normalized(&secret("cafe\u{301}-1")));
    }
}
