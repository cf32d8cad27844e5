//! How hard a password is to guess, told while it is typed.

use serde::Serialize;
use ts_rs::TS;

/// An estimate made on this computer; the password goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PasswordEstimate {
    /// 0 (guessed at once) to 4 (hard to guess).
    pub score: u8,
    /// What makes it easy to guess, if anything does.
    pub warning: Option<String>,
    /// What would make it harder.
    pub suggestion: Option<String>,
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
        warning: feedback.and_then(zxcvbn::feedback::Feedback::warning).map(|warning| warning.to_string()),
        suggestion: feedback.and_then(|feedback| feedback.suggestions().first()).map(ToString::to_string),
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
