//! How hard a password is to guess. Nothing leaves the computer.

use frontdesk_identity::{Advice, ContextWords, Guess};
use secrecy::{ExposeSecret as _, SecretString};
use zxcvbn::feedback::Suggestion;

use super::{PasswordError, Passwords};

/// Longest part of a password that is looked at, in bytes: the estimate's cost grows faster than its input.
const LOOKED_AT: usize = 128;
/// What passwords that everybody tries take to guess at most, as a power of ten. The estimate knows the 30 000 most
/// used ones, each by its place (ASVS 6.2.4 asks for 3000); repeats and rows of keys that are as quick are no better.
const COMMON: f64 = 4.5;

impl Passwords {
    /// Estimates a password for whoever knows these words. It takes milliseconds, and its turn like a hash.
    pub(crate) async fn guess(&self, password: &SecretString, words: &ContextWords) -> Result<Guess, PasswordError> {
        let (password, words) = (password.clone(), words.clone());
        self.run(move |_blocks| Ok(estimate(password.expose_secret(), &words))).await
    }
}

fn estimate(password: &str, words: &ContextWords) -> Guess {
    let looked_at = beginning(password);
    let words: Vec<_> = words.iter().collect();
    let entropy = zxcvbn::zxcvbn(looked_at, &words);
    // What everybody tries does not depend on whose it is.
    let common = password.len() <= LOOKED_AT && zxcvbn::zxcvbn(looked_at, &[]).guesses_log10() < COMMON;
    let advice = entropy.feedback().map(|feedback| feedback.suggestions().iter().copied().map(advice).collect());
    Guess { score: entropy.score().into(), common, advice: advice.unwrap_or_default() }
}

fn beginning(password: &str) -> &str {
    let end = (0..=LOOKED_AT.min(password.len())).rev().find(|end| password.is_char_boundary(*end));
    &password[..end.unwrap_or_default()]
}

/// The words of the protocol for advice, which components know.
fn advice(said: Suggestion) -> Advice {
    let (code, sentence) = match said {
        Suggestion::UseAFewWordsAvoidCommonPhrases => ("useWords", "Use several words, but no well-known phrase."),
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            ("noNeed", "It does not take symbols, digits or capitals to be strong.")
        }
        Suggestion::AddAnotherWordOrTwo => ("anotherWord", "Add more words that are less common."),
        Suggestion::CapitalizationDoesntHelpVeryMuch => ("capitalization", "Capitalize more than the first letter."),
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            ("allUppercase", "Capitalize some letters, but not all.")
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => ("reverseWords", "Avoid words that are spelled backwards."),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
            ("l33t", "Avoid replacing letters in the usual way, such as @ for a.")
        }
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => {
            ("longerKeyboardPattern", "Use a longer pattern of keys that changes its direction.")
        }
        Suggestion::AvoidRepeatedWordsAndCharacters => ("repeated", "Avoid repeating words and characters."),
        Suggestion::AvoidSequences => ("sequences", "Avoid sequences of characters."),
        Suggestion::AvoidRecentYears => ("recentYears", "Avoid recent years."),
        Suggestion::AvoidYearsThatAreAssociatedWithYou => ("associatedYears", "Avoid years that belong to you."),
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            ("dates", "Avoid dates and years that belong to you.")
        }
    };
    Advice { code, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(password: &str, words: &[&str]) -> Guess {
        estimate(password, &ContextWords::of(words.iter().copied()))
    }

    #[test]
    fn sec_45_the_passwords_that_everybody_tries_are_known_without_a_network() {
        for common in
            ["password", "12345678", "iloveyou1", "Password", "trustno1", "qwertyuiop", "aaaaaaaa", "abcdefgh"]
        {
            assert!(of(common, &[]).common, "{common}");
        }
        for free in ["Lantern and 7 oars", "copper-lantern-willow-9-orbit", "tR7#kqz0pW"] {
            assert!(!of(free, &[]).common, "{free}");
        }
        let long = "a".repeat(LOOKED_AT + 1);
        assert!(!of(&long, &[]).common, "nothing is said of what was not looked at");
    }

    #[test]
    fn a_weak_password_comes_with_advice_in_the_protocol_s_words() {
        let weak = of("P@ssword1", &[]);
        assert!(weak.score < 2);
        let codes: Vec<_> = weak.advice.iter().map(|advice| advice.code).collect();
        assert!(codes.contains(&"l33t") && codes.contains(&"anotherWord"), "{codes:?}");
        let strong = of("copper-lantern-willow-9-orbit", &[]);
        assert_eq!((strong.score, strong.advice), (4, Vec::new()));
    }

    #[test]
    fn words_of_the_person_are_guessed_first() {
        let known = of("quillonbrask", &["Quillonbrask"]);
        assert!(known.score < of("quillonbrask", &[]).score);
        assert!(!known.common, "everybody else would not try it");
    }

    #[test]
    fn a_huge_password_is_cut_at_a_character_for_the_estimate_alone() {
        assert_eq!(beginning(&"é".repeat(10_000)).len(), LOOKED_AT);
        assert_eq!(beginning(&format!("a{}", "é".repeat(10_000))).len(), LOOKED_AT - 1);
        assert_eq!(of("", &[]).score, 0);
    }
}
