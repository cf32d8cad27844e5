//! What mails say, in each language there is; as plain text, and as HTML that is as plain: no pictures, nothing from
//! elsewhere, and one link at most: by which somebody is signed out, or an invitation is accepted.

use std::fmt::Write as _;

mod invitation;
mod notice;

pub(super) use notice::{examples as notice_examples, name_of as notice_name};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::html::escaped;

/// A language that mails are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// English, which everybody gets whose language is not here.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// The language of a language tag (RFC 5646), such as `de-CH`.
    #[must_use]
    pub fn of(tag: Option<&str>) -> Self {
        let primary = tag.and_then(|tag| tag.split('-').next()).unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// The tag of the language (RFC 5646).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// A mail before it takes its two shapes.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) language: Language,
    pub(super) subject: String,
    code: Option<String>,
    pub(super) paragraphs: Vec<String>,
    /// What may be followed, and what it does.
    link: Option<Link>,
}

/// A link of a letter.
#[derive(Debug)]
struct Link {
    words: &'static str,
    to: Url,
}

impl Letter {
    /// Tells a one-time code.
    pub(super) fn code(language: Language, application: &str, code: &str, minutes: i64) -> Self {
        let (subject, paragraphs) = match language {
            Language::English => (
                format!("{code} is your code for {application}"),
                [
                    format!(
                        "This is your verification code for {application}. It works once, within {minutes} minutes, in \
                         the window that asked for it."
                    ),
                    "Never tell it to anybody. If you did not ask for it, you can ignore this mail: without the code \
                     nobody gets in."
                        .to_owned(),
                ],
            ),
            Language::German => (
                format!("{code} ist dein Code für {application}"),
                [
                    format!(
                        "Das ist dein Bestätigungscode für {application}. Er gilt einmal, {minutes} Minuten lang, in \
                         dem Fenster, das danach gefragt hat."
                    ),
                    "Gib ihn niemandem weiter. Wenn du nicht danach gefragt hast, kannst du diese Mail ignorieren: \
                     Ohne den Code kommt niemand hinein."
                        .to_owned(),
                ],
            ),
        };
        Self { language, subject, code: Some(code.to_owned()), paragraphs: paragraphs.into(), link: None }
    }

    /// Tells somebody whose address was to be used for another account that they have one.
    pub(super) fn account_exists(language: Language, application: &str) -> Self {
        let (subject, paragraphs) = match language {
            Language::English => (
                format!("You have an account at {application}"),
                [
                    format!(
                        "Somebody wanted to use this address for an account at {application}. You have one there already: \
                         if it was you, sign in with this address instead."
                    ),
                    "If it was not you, you can ignore this mail: nothing was changed.".to_owned(),
                ],
            ),
            Language::German => (
                format!("Du hast ein Konto bei {application}"),
                [
                    format!(
                        "Jemand wollte diese Adresse für ein Konto bei {application} benutzen. Du hast dort schon eines: \
                         Wenn du es warst, melde dich stattdessen mit dieser Adresse an."
                    ),
                    "Wenn du es nicht warst, kannst du diese Mail ignorieren: Es wurde nichts geändert.".to_owned(),
                ],
            ),
        };
        Self { language, subject, code: None, paragraphs: paragraphs.into(), link: None }
    }

    /// Tells a one-time code by which a new password is set.
    pub(super) fn reset_code(language: Language, application: &str, code: &str, minutes: i64) -> Self {
        let (subject, paragraphs) = match language {
            Language::English => (
                format!("{code} sets a new password for {application}"),
                [
                    format!(
                        "With this code you set a new password for your account at {application}. It works once, \
                         within {minutes} minutes, in the window that asked for it."
                    ),
                    "Never tell it to anybody. If you did not ask for it, you can ignore this mail: without the code \
                     your password stays as it is."
                        .to_owned(),
                ],
            ),
            Language::German => (
                format!("{code} setzt ein neues Passwort für {application}"),
                [
                    format!(
                        "Mit diesem Code setzt du ein neues Passwort für dein Konto bei {application}. Er gilt einmal, \
                         {minutes} Minuten lang, in dem Fenster, das danach gefragt hat."
                    ),
                    "Gib ihn niemandem weiter. Wenn du nicht danach gefragt hast, kannst du diese Mail ignorieren: \
                     Ohne den Code bleibt dein Passwort, wie es ist."
                        .to_owned(),
                ],
            ),
        };
        Self { language, subject, code: Some(code.to_owned()), paragraphs: paragraphs.into(), link: None }
    }

    /// Tells a one-time code by which the development provider lets somebody say who they are.
    pub(super) fn provider_code(
        language: Language,
        application: &str,
        provider: &str,
        code: &str,
        minutes: i64,
    ) -> Self {
        let (subject, paragraphs) = match language {
            Language::English => (
                format!("{code} is your code for signing in to {application} through the development provider"),
                [
                    format!(
                        "Somebody uses the page that stands in for {provider} at the development instance of \
                         {application}, and says that this address is theirs. If it is you: this code works once, \
                         within {minutes} minutes, on that page."
                    ),
                    "Never tell it to anybody. If it is not you, you can ignore this mail: without the code nobody gets \
                     in."
                        .to_owned(),
                ],
            ),
            Language::German => (
                format!("{code} ist dein Code für die Anmeldung bei {application} über den Entwicklungsanbieter"),
                [
                    format!(
                        "Jemand benutzt die Seite, die bei der Entwicklungsinstanz von {application} für {provider} \
                         einspringt, und sagt, dass diese Adresse die eigene ist. Wenn du es bist: Dieser Code gilt \
                         einmal, {minutes} Minuten lang, auf jener Seite."
                    ),
                    "Gib ihn niemandem weiter. Wenn du es nicht bist, kannst du diese Mail ignorieren: Ohne den Code \
                     kommt niemand hinein."
                        .to_owned(),
                ],
            ),
        };
        Self { language, subject, code: Some(code.to_owned()), paragraphs: paragraphs.into(), link: None }
    }

    /// The plain text.
    pub(super) fn text(&self) -> String {
        let link = self.link.as_ref().map(|Link { words, to }| format!("{words}:\n{to}"));
        let parts: Vec<_> = self.code.iter().chain(&self.paragraphs).chain(&link).map(String::as_str).collect();
        parts.join("\n\n") + "\n"
    }

    /// The same as HTML.
    pub(super) fn html(&self) -> String {
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n</head>\n\
             <body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif\">\n",
            self.language.tag(),
            escaped(&self.subject)
        );
        if let Some(code) = &self.code {
            let style = "margin:0 0 16px;font-size:32px;font-weight:bold;letter-spacing:4px";
            let _ = writeln!(html, "<p style=\"{style}\">{}</p>", escaped(code));
        }
        for paragraph in &self.paragraphs {
            let _ = writeln!(html, "<p style=\"margin:0 0 16px;max-width:32em\">{}</p>", escaped(paragraph));
        }
        if let Some(Link { words, to }) = &self.link {
            let _ = writeln!(html, "<p><a href=\"{}\">{words}</a></p>", escaped(to.as_str()));
        }
        html.push_str("</body>\n</html>\n");
        html
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use frontdesk_identity::Notice;

    use super::*;

    const NAME: &str = "Tom & \"Ann\" <b onclick='x'>Team</b>";

    fn letters(language: Language) -> Vec<Letter> {
        let mut letters = vec![
            Letter::code(language, NAME, "314159", 10),
            Letter::account_exists(language, NAME),
            Letter::reset_code(language, NAME, "314159", 10),
            Letter::provider_code(language, NAME, "Google", "314159", 10),
            Letter::waitlist_joined(language, NAME),
        ];
        letters.extend(notice::examples().iter().map(|notice| Letter::notice(language, NAME, notice, None)));
        letters
    }

    #[test]
    fn names_are_nothing_but_text_in_html() {
        for letter in [Language::English, Language::German].into_iter().flat_map(letters) {
            let (text, html) = (letter.text(), letter.html());
            assert!(text.contains(NAME) && letter.subject.contains(NAME));
            assert!(!html.contains("<b ") && !html.contains("onclick='"), "{html}");
            assert!(html.contains("Tom &amp; &quot;Ann&quot; &lt;b onclick=&#39;x&#39;&gt;Team&lt;/b&gt;"), "{html}");
            assert!(!html.contains("http") && !html.contains("<img"), "nothing is loaded, nothing is followed");
        }
    }

    #[test]
    fn a_link_is_the_only_one_and_stands_in_both_shapes() {
        let to = Url::parse("https://auth.example.com/frontdesk/devices/sess_1/t\"&1").unwrap();
        let letter = Letter::notice(Language::English, NAME, &Notice::PasswordChanged, Some(to));
        assert!(letter.text().ends_with(":\nhttps://auth.example.com/frontdesk/devices/sess_1/t%22&1\n"));
        assert_eq!(letter.html().matches("http").count(), 1);
        assert!(letter.html().contains("href=\"https://auth.example.com/frontdesk/devices/sess_1/t%22&amp;1\""));
    }

    #[test]
    fn every_notice_leads_to_where_somebody_acts() {
        let to = Url::parse("https://auth.example.com/frontdesk/changes/user_1/2-x/y").unwrap();
        for language in [Language::English, Language::German] {
            for notice in notice::examples() {
                let letter = Letter::notice(language, NAME, &notice, Some(to.clone()));
                let of_device = matches!(notice, Notice::NewDevice { .. });
                let words = match (language, of_device) {
                    (Language::English, true) => "Sign that device out",
                    (Language::English, false) => "This was not me: sign out everybody",
                    (Language::German, true) => "Jenes Gerät abmelden",
                    (Language::German, false) => "Das war ich nicht: alle abmelden",
                };
                assert!(letter.text().ends_with(&format!("{words}:\n{to}\n")), "{}", letter.text());
                assert!(letter.html().contains(&format!("<a href=\"{to}\">{words}</a>")), "{}", letter.html());
                let days = if language == Language::English { "seven days" } else { "sieben Tage" };
                assert_eq!(letter.text().contains(days), !of_device);
            }
        }
    }

    #[test]
    fn a_text_has_room_for_what_has_happened_and_what_to_do() {
        // More than one part for the longest one alone; no letter that would halve what a part holds.
        for (language, longest) in [(Language::English, 160), (Language::German, 200)] {
            for notice in [Notice::PasswordChanged, Notice::PasswordRemoved] {
                let said = Letter::notice(language, "Frontdesk", &notice, None).happened();
                assert!(said.chars().count() <= longest && !said.contains("http"), "{said}");
                assert!(said.chars().all(|letter| letter.is_ascii() || "äöüßÄÖÜ".contains(letter)), "{said}");
            }
        }
    }

    #[test]
    fn invitations_lead_where_they_are_accepted() {
        for language in [Language::English, Language::German] {
            for from_waitlist in [false, true] {
                let to = Url::parse("https://auth.example.com/v1/tickets/accept?ticket=x").unwrap();
                let letter = Letter::invitation(language, NAME, to, from_waitlist);
                assert!(letter.subject.contains(NAME) && letter.text().contains(NAME));
                assert!(letter.text().ends_with(":\nhttps://auth.example.com/v1/tickets/accept?ticket=x\n"));
                assert_eq!(letter.html().matches("http").count(), 1);
            }
        }
    }

    #[test]
    fn both_shapes_say_the_same() {
        for letter in [Language::English, Language::German].into_iter().flat_map(letters) {
            for said in letter.code.iter().chain(&letter.paragraphs) {
                assert!(letter.text().contains(said) && letter.html().contains(&escaped(said)));
            }
            assert!(letter.text().lines().all(|line| line.len() < 998), "RFC 5322 §2.1.1");
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_english_is_for_the_rest() {
        for (tag, language) in [
            (Some("de"), Language::German),
            (Some("DE-ch"), Language::German),
            (Some("en-GB"), Language::English),
            (Some("den"), Language::English),
            (Some("fr"), Language::English),
            (Some(""), Language::English),
            (None, Language::English),
        ] {
            assert_eq!(Language::of(tag), language, "{tag:?}");
        }
        assert!(letters(Language::German)[0].html().contains("<html lang=\"de\">"));
    }
}
