//! Phone numbers: the one spelling under which a number is kept and compared, and the country that it belongs to.

use phonenumber::{Mode, Type, metadata::DATABASE};
use serde::{Deserialize, Serialize};

/// Longest text that is read as a number: 15 digits (E.164 §6.2.1) with room for how people write them.
const MAX_TYPED: usize = 40;

/// Why a text is not a number that could be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneFault {
    /// Not a number with the code of its country.
    #[error("this is not a phone number with the code of its country")]
    Format,
    /// A number that costs its caller more than a call or that several people share, such as a hotline: nobody's own.
    #[error("numbers of this kind cannot be used")]
    Kind,
}

/// A phone number in its normal form (E.164): `+`, the code of the country, and the digits of the number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads what a person typed. A number without the code of its country could be anybody's and is none.
    pub fn parse(typed: &str) -> Result<Self, PhoneFault> {
        let typed = typed.trim_matches(' ');
        let part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
        // The parser would also take letters, extensions and prefixes of exchanges.
        if typed.len() > MAX_TYPED || !typed.strip_prefix('+').is_some_and(|rest| rest.chars().all(part)) {
            return Err(PhoneFault::Format);
        }
        let digits: String = typed.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect();
        let number = phonenumber::parse(None, &digits).map_err(|_| PhoneFault::Format)?;
        if !number.is_valid() {
            return Err(PhoneFault::Format);
        }
        match number.number_type(&DATABASE) {
            Type::PremiumRate
            | Type::SharedCost
            | Type::TollFree
            | Type::Uan
            | Type::Pager
            | Type::Voicemail
            | Type::ShortCode
            | Type::Emergency => Err(PhoneFault::Kind),
            _ => Ok(Self(number.format().mode(Mode::E164).to_string())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country that the number belongs to (ISO 3166-1 alpha-2), also among those that share a code; none for numbers
    /// of no country, such as those of satellites.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        Some(phonenumber::parse(None, &self.0).ok()?.country().id()?.as_ref().to_owned())
    }

    /// Whether this is one of the numbers that never get a message and have a fixed code, at instances in test mode:
    /// `+1 (XXX) 555-0100` to `-0199`, which belong to nobody.
    #[must_use]
    pub fn is_test_number(&self) -> bool {
        let fictional = self.0.strip_prefix("+1").and_then(|national| national.get(3..)).map(str::as_bytes);
        matches!(fictional, Some([b'5', b'5', b'5', b'0', b'1', _, _]))
    }

    /// The number with most of it hidden, such as `+*********34`: enough to recognise one's own.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.0.len().saturating_sub(2);
        let hidden = |(place, c)| if place == 0 || place >= last { c } else { '*' };
        self.0.chars().enumerate().map(hidden).collect()
    }
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
