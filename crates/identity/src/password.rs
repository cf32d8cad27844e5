//! Passwords: the rules a new one keeps, and what is known of a stored one.
//!
//! A new password is looked at twice. [`PasswordPolicy::check`] costs nothing and comes first: length, characters, the
//! own address. [`PasswordPolicy::judge`] takes what had to be computed or asked for: how hard it is to guess, and
//! whether it is among those that were stolen elsewhere.

use serde::{Deserialize, Serialize};

use crate::policy::PasswordPolicy;

/// Longest password in bytes, whatever the instance says: what is longer is no password but a load test.
const MAX_BYTES: usize = 4096;

/// A stored password: a PHC string. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordDigest(String);

impl PasswordDigest {
    /// Takes a PHC string.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for the one who checks it or stores it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordDigest(…)")
    }
}

/// Evidence: a password was checked against the credential of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordChecked {
    /// The version that was checked; the commit requires that it is still the current one.
    pub credential_version: i64,
    /// Whether it was the password.
    pub ok: bool,
    /// Whether it is known to whoever guesses, so that it signs nobody in any more.
    pub exposed: bool,
}

/// A password that somebody wants to have, and the words that whoever knows them would try first (ASVS 6.2.11).
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The password.
    pub password: &'a str,
    /// Words of the person and of the application.
    pub words: &'a ContextWords,
}

/// Words that whoever guesses would try first: the person's names and address, the application's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextWords(Vec<String>);

/// Shortest word that counts, in characters: shorter ones are in every sentence.
const SHORTEST_WORD: usize = 3;

impl ContextWords {
    /// The words of these texts, such as names. Of an address its part before the `@` counts: the rest is the
    /// provider's.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = Vec::new();
        for text in texts {
            let text = text.rsplit_once('@').map_or(text, |(local, _domain)| local).to_lowercase();
            words.extend(text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned));
            words.push(text);
        }
        words.retain(|word| word.chars().count() >= SHORTEST_WORD);
        // Longer ones first, so that a part of one does not tear it apart.
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
        words.dedup();
        Self(words)
    }

    /// The words, in lower case.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many characters of a text are left without the words; none if it has none of them.
    fn left_of(&self, text: &str) -> Option<usize> {
        let lower = text.to_lowercase();
        let rest = self.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
        (rest != lower).then(|| rest.chars().count())
    }
}

/// Evidence: how hard a password is to guess for whoever knows the person's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// From 0, guessed at once, to 4, hard to guess.
    pub score: u8,
    /// Whether it is one of those that everybody tries, or as easy as they are.
    pub common: bool,
    /// What would make it harder.
    pub advice: Vec<Advice>,
}

/// What would make a password harder to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Machine word, by which components find their own sentence.
    pub code: &'static str,
    /// A sentence.
    pub sentence: &'static str,
}

/// Evidence: whether a password is among those that were stolen elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreachCheck {
    /// The instance asks nobody.
    Off,
    /// It is not among them.
    Unseen,
    /// It is one of them.
    Seen,
    /// Whoever would know does not answer.
    Unanswered,
}

/// A rule that a new password breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than the instance asks for.
    TooShort {
        /// How many it asks for.
        min: u32,
    },
    /// More characters than the instance takes.
    TooLong {
        /// How many it takes.
        max: u32,
    },
    /// More bytes than any password may have.
    TooManyBytes,
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoNumber,
    /// No special character.
    NoSpecialChar,
    /// It is the user's own address.
    MatchesIdentifier,
    /// It is made of the person's or the application's own words: without them it would be too short.
    Names,
    /// Everybody tries it.
    Common,
    /// It was stolen elsewhere.
    Breached,
    /// It is easier to guess than the instance lets pass.
    Weak {
        /// What would make it harder.
        advice: Vec<Advice>,
    },
    /// Whether it was stolen elsewhere cannot be said, and the instance does not take it then.
    Unchecked,
}

impl PasswordPolicy {
    /// Every rule that the password breaks; none if it may be used.
    #[must_use]
    pub fn check(&self, password: &str, identifiers: &[&str]) -> Vec<PasswordFault> {
        if password.len() > MAX_BYTES {
            return vec![PasswordFault::TooManyBytes];
        }
        let mut faults = Vec::new();
        let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
        let (min, max) = (self.effective_min(), self.effective_max());
        if length < min {
            faults.push(PasswordFault::TooShort { min });
        }
        if length > max {
            faults.push(PasswordFault::TooLong { max });
        }
        let mut require = |needed: bool, there: &dyn Fn(char) -> bool, fault| {
            if needed && !password.chars().any(there) {
                faults.push(fault);
            }
        };
        require(self.require_uppercase, &char::is_uppercase, PasswordFault::NoUppercase);
        require(self.require_lowercase, &char::is_lowercase, PasswordFault::NoLowercase);
        require(self.require_numbers, &char::is_numeric, PasswordFault::NoNumber);
        let special = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        require(self.require_special_char, &special, PasswordFault::NoSpecialChar);
        let lower = password.to_lowercase();
        if identifiers.iter().any(|identifier| lower == identifier.to_lowercase()) {
            faults.push(PasswordFault::MatchesIdentifier);
        }
        faults
    }

    /// Every rule that a password breaks by what was computed of it; none if it may be used. [`Self::check`] comes
    /// before.
    #[must_use]
    pub fn judge(&self, candidate: &Candidate<'_>, guess: &Guess, breach: BreachCheck) -> Vec<PasswordFault> {
        let mut faults = Vec::new();
        let min = usize::try_from(self.effective_min()).unwrap_or(usize::MAX);
        if candidate.words.left_of(candidate.password).is_some_and(|left| left < min) {
            faults.push(PasswordFault::Names);
        }
        match breach {
            // One that everybody tries needs no other reason.
            _ if guess.common => faults.push(PasswordFault::Common),
            BreachCheck::Seen => faults.push(PasswordFault::Breached),
            BreachCheck::Unanswered if self.refuse_unchecked => faults.push(PasswordFault::Unchecked),
            BreachCheck::Off | BreachCheck::Unseen | BreachCheck::Unanswered => {}
        }
        if guess.score < self.min_strength {
            faults.push(PasswordFault::Weak { advice: guess.advice.clone() });
        }
        faults
    }
}

#[cfg(test)]
mod tests;
