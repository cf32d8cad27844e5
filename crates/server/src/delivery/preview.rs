//! Every message as it would be sent, with example values.

use frontdesk_identity::{Email, Phone, Timestamp};
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
        let link = (name == MessageName::NewDevice).then_some(url).flatten();
        let link = link.map(|url| url.at("/frontdesk/devices/…"));
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
    ])
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Language, Messages};

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
}
