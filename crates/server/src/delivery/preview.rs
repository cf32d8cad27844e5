//! Every message as it would be sent, with example values.

use frontdesk_identity::{Email, Notice, Phone, Timestamp};
use secrecy::SecretString;
use url::Url;

use super::{Heading, Message, MessageName, letter};
use crate::public_url::PublicUrl;

/// How long codes are good for, in minutes, where nothing is said.
const MINUTES: i64 = 10;

/// Every message under this heading, with its name.
#[must_use]
pub fn preview(heading: Heading<'_>, url: Option<&PublicUrl>) -> Vec<(MessageName, Message)> {
    let (Ok(email), Ok(phone), Ok(example)) =
        (Email::parse("ada@example.com"), Phone::parse("+12015550123"), Url::parse("https://auth.example.com"))
    else {
        return Vec::new();
    };
    let mut link = url.map_or(example, |url| url.at("/"));
    link.set_path("/v1/tickets/accept");
    link.set_query(Some("ticket=…"));
    let (code, never) = (SecretString::from("314159"), Timestamp(i64::MAX));
    let text = |resets| Message::text_code(heading, &phone, &code, (MINUTES, never), resets);
    let notices = letter::notice_examples().into_iter().map(|notice| {
        let name = letter::notice_name(&notice).0;
        let path = if name == MessageName::NewDevice { "/frontdesk/devices/…" } else { "/frontdesk/changes/…" };
        let link = url.map(|url| url.at(path));
        (name, Message::notice(heading, &email, &notice, link))
    });
    [
        (MessageName::VerificationCode, Message::code(heading, &email, &code, MINUTES, never)),
        (MessageName::ResetPasswordCode, Message::reset_code(heading, &email, &code, MINUTES, never)),
        (MessageName::AccountExists, Message::account_exists(heading, &email)),
        (MessageName::Invitation, Message::invitation(heading, &email, link.clone(), false)),
        (MessageName::WaitlistInvitation, Message::invitation(heading, &email, link, true)),
        (MessageName::WaitlistJoined, Message::waitlist_joined(heading, &email)),
    ]
    .into_iter()
    .chain(notices)
    .chain([
        (MessageName::TextVerificationCode, text(false)),
        (MessageName::TextResetPasswordCode, text(true)),
        (MessageName::TextAccountExists, Message::text_account_exists(heading, &phone)),
        (MessageName::TextPasswordChanged, Message::text_notice(heading, &phone, &Notice::PasswordChanged)),
        (MessageName::TextPasswordRemoved, Message::text_notice(heading, &phone, &Notice::PasswordRemoved)),
    ])
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::delivery::{Language, MessageTemplate, Messages};

    #[test]
    fn every_message_is_shown_once() {
        for language in [Language::English, Language::German] {
            let shown = preview(Heading { application: "Team", language, messages: &Messages::new() }, None);
            assert!(shown.iter().map(|(name, _)| *name).eq(MessageName::ALL));
            for (name, message) in &shown {
                assert_eq!(message.subject().is_empty(), name.is_text());
                assert!(message.text().contains("Team") && !message.text().contains('{'), "{}", message.text());
            }
        }
    }

    #[test]
    fn links_are_shown_where_the_instance_is_known_and_stand_below_other_words_too() {
        let words = MessageTemplate { subject: None, body: Some("Other words.".to_owned()) };
        let edited = [MessageName::PasswordChanged, MessageName::NewDevice, MessageName::TextPasswordChanged];
        let messages: Messages =
            edited.into_iter().map(|name| (name, [(Language::English, words.clone())].into())).collect();
        let url = PublicUrl::parse("https://auth.example.com").unwrap();
        let heading = Heading { application: "Team", language: Language::English, messages: &messages };
        let shown = preview(heading, Some(&url));
        let of = |wanted| shown.iter().find(|(name, _)| *name == wanted).map(|(_, message)| message.text()).unwrap();
        for (name, path) in [
            (MessageName::PasswordChanged, "changes"),
            (MessageName::AuthenticatorAdded, "changes"),
            (MessageName::NewDevice, "devices"),
        ] {
            assert!(of(name).contains(&format!(":\nhttps://auth.example.com/frontdesk/{path}/")), "{}", of(name));
            assert_eq!(of(name).starts_with("Other words.\n"), edited.contains(&name), "{}", of(name));
        }
        assert_eq!(of(MessageName::TextPasswordChanged), "Other words.");
        assert!(of(MessageName::TextPasswordRemoved).ends_with(" Not you? Set a new password at once."));
    }
}
