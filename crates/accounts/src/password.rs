//! How hard a password is to guess, told while it is typed.

use serde::Serialize;
use ts_rs::TS;
use zxcvbn::feedback::{Feedback, Suggestion, Warning};

/// An estimate made on this computer; the password goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PasswordEstimate {
    /// 0 (guessed at once) to 4 (hard to guess).
    pub score: u8,
    /// What makes it easy to guess, if anything does.
    pub warning: Option<PasswordWarning>,
    /// What would make it harder.
    pub suggestion: Option<PasswordAdvice>,
}

/// What makes a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasswordWarning {
    /// A straight row of keys.
    KeyRow,
    /// A short pattern of keys.
    KeyPattern,
    /// Repeats like "aaa".
    RepeatedCharacter,
    /// Repeats like "abcabc".
    RepeatedGroup,
    /// One of the ten that are used most.
    TopTen,
    /// One of the hundred that are used most.
    TopHundred,
    /// A very common one.
    Common,
    /// Much like a common one.
    LikeCommon,
    /// A sequence such as "abc".
    Sequence,
    /// A recent year.
    RecentYear,
    /// A word by itself.
    SingleWord,
    /// A date.
    Date,
    /// A name by itself.
    SingleName,
    /// A common name.
    CommonName,
}

impl From<Warning> for PasswordWarning {
    fn from(said: Warning) -> Self {
        match said {
            Warning::StraightRowsOfKeysAreEasyToGuess => Self::KeyRow,
            Warning::ShortKeyboardPatternsAreEasyToGuess => Self::KeyPattern,
            Warning::RepeatsLikeAaaAreEasyToGuess => Self::RepeatedCharacter,
            Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Self::RepeatedGroup,
            Warning::ThisIsATop10Password => Self::TopTen,
            Warning::ThisIsATop100Password => Self::TopHundred,
            Warning::ThisIsACommonPassword => Self::Common,
            Warning::ThisIsSimilarToACommonlyUsedPassword => Self::LikeCommon,
            Warning::SequencesLikeAbcAreEasyToGuess => Self::Sequence,
            Warning::RecentYearsAreEasyToGuess => Self::RecentYear,
            Warning::AWordByItselfIsEasyToGuess => Self::SingleWord,
            Warning::DatesAreOftenEasyToGuess => Self::Date,
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => Self::SingleName,
            Warning::CommonNamesAndSurnamesAreEasyToGuess => Self::CommonName,
        }
    }
}

/// What would make a password harder to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasswordAdvice {
    /// Use a few words, and no common phrase.
    FewWords,
    /// Symbols, digits and capitals are not needed.
    NoNeedForSymbols,
    /// Add another word or two.
    AddWords,
    /// Capitals help little.
    CapitalsDoNotHelp,
    /// All capitals are as easy as none.
    AllCapitals,
    /// Reversed words help little.
    ReversedWord,
    /// Substitutions such as "@" for "a" help little.
    Substitutions,
    /// A longer pattern with more turns.
    LongerPattern,
    /// No repeated words and characters.
    AvoidRepeats,
    /// No sequences.
    AvoidSequences,
    /// No recent years.
    AvoidRecentYears,
    /// No years that belong to the person.
    AvoidOwnYears,
    /// No dates that belong to the person.
    AvoidOwnDates,
}

impl From<Suggestion> for PasswordAdvice {
    fn from(said: Suggestion) -> Self {
        match said {
            Suggestion::UseAFewWordsAvoidCommonPhrases => Self::FewWords,
            Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => Self::NoNeedForSymbols,
            Suggestion::AddAnotherWordOrTwo => Self::AddWords,
            Suggestion::CapitalizationDoesntHelpVeryMuch => Self::CapitalsDoNotHelp,
            Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Self::AllCapitals,
            Suggestion::ReversedWordsArentMuchHarderToGuess => Self::ReversedWord,
            Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Self::Substitutions,
            Suggestion::UseALongerKeyboardPatternWithMoreTurns => Self::LongerPattern,
            Suggestion::AvoidRepeatedWordsAndCharacters => Self::AvoidRepeats,
            Suggestion::AvoidSequences => Self::AvoidSequences,
            Suggestion::AvoidRecentYears => Self::AvoidRecentYears,
            Suggestion::AvoidYearsThatAreAssociatedWithYou => Self::AvoidOwnYears,
            Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Self::AvoidOwnDates,
        }
    }
}

/// Longest part of a password that is looked at, in bytes: the estimate's cost grows faster than its input.
const LOOKED_AT: usize = 128;

/// Estimates a password; `inputs` are words a guesser would try first, such as the person's name and address.
pub(crate) fn estimate(password: &str, inputs: &[String]) -> PasswordEstimate {
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let entropy = zxcvbn::zxcvbn(beginning(password), &inputs);
    let feedback = entropy.feedback();
    PasswordEstimate {
        score: entropy.score().into(),
        warning: feedback.and_then(Feedback::warning).map(Into::into),
        suggestion: feedback.and_then(|feedback| feedback.suggestions().first()).map(|advice| (*advice).into()),
    }
}

fn beginning(password: &str) -> &str {
    let end = (0..=LOOKED_AT.min(password.len())).rev().find(|end| password.is_char_boundary(*end));
    &password[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_obvious_password_scores_low_and_says_why() {
        let estimate = estimate("password", &[]);
        assert_eq!(estimate.score, 0);
        assert!(estimate.warning.is_some());
        assert!(estimate.suggestion.is_some());
    }

    #[test]
    fn a_long_random_password_scores_high() {
        assert_eq!(estimate("copper-lantern-willow-9-orbit", &[]).score, 4);
    }

    #[test]
    fn words_of_the_person_count_as_guessed() {
        let alone = estimate("quillonbrask", &[]).score;
        let known = estimate("quillonbrask", &["quillonbrask".to_owned()]).score;
        assert!(known < alone);
    }

    #[test]
    fn a_huge_password_is_cut_at_a_character() {
        assert_eq!(beginning(&"é".repeat(10_000)).len(), LOOKED_AT);
        assert_eq!(beginning(&format!("a{}", "é".repeat(10_000))).len(), LOOKED_AT - 1);
        assert_eq!(estimate("", &[]).score, 0);
    }
}
