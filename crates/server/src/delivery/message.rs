//! What a message says, and how it lies in the queue: sealed, since it holds an address and a code.

use frontdesk_identity::{DeliveryId, Email, Notice, Phone, Timestamp};
use frontdesk_wire::OutboxMessage;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{
    edited::{self, MessageName, Messages},
    letter::{self, Language, Letter},
    text,
};
use crate::keys::{Keys, OpenError, Sealed};

/// A mail or a text; a text has neither subject nor HTML.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    to: String,
    subject: String,
    body: String,
    #[serde(default)]
    html: Option<String>,
    code: Option<String>,
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message(…)")
    }
}

/// What every message needs: for which application it is, in which language, and what the owner has edited.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'h> {
    /// What people know the application by.
    pub application: &'h str,
    /// The language.
    pub language: Language,
    /// Messages in the owner's own words.
    pub messages: &'h Messages,
}

impl Heading<'_> {
    fn edited(self, name: MessageName, values: &edited::Values<'_>, letter: Letter) -> Letter {
        edited::letter(self.messages, name, &[&[("application", self.application)], values].concat(), letter)
    }

    fn coded(self, name: MessageName, code: &str, minutes: i64, letter: Letter) -> Letter {
        self.edited(name, &[("code", code), ("minutes", &minutes.to_string())], letter)
    }

    fn edited_text(self, name: MessageName, values: &edited::Values<'_>, text: String) -> String {
        let values = [&[("application", self.application)], values].concat();
        edited::text(self.messages, (name, self.language), &values, text)
    }

    fn coded_text(self, name: MessageName, code: &str, minutes: i64, text: String) -> String {
        self.edited_text(name, &[("code", code), ("minutes", &minutes.to_string())], text)
    }
}

/// Why a message in the queue cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It cannot be opened.
    #[error(transparent)]
    Sealed(#[from] OpenError),
    /// It is none.
    #[error("the message in the queue is damaged")]
    Damaged,
}

impl Message {
    /// The mail with a one-time code that lives until `expires_at`, so many minutes.
    #[must_use]
    pub fn code(heading: Heading<'_>, to: &Email, code: &SecretString, minutes: i64, expires_at: Timestamp) -> Self {
        let code_text = code.expose_secret();
        let letter = Letter::code(heading.language, heading.application, code_text, minutes);
        let letter = heading.coded(MessageName::VerificationCode, code_text, minutes, letter);
        Self::of(&letter, to).carrying(code, expires_at)
    }

    /// The mail to somebody whose address was used to sign up although they have an account.
    #[must_use]
    pub fn account_exists(heading: Heading<'_>, to: &Email) -> Self {
        let letter = Letter::account_exists(heading.language, heading.application);
        Self::of(&heading.edited(MessageName::AccountExists, &[], letter), to)
    }

    /// The mail with the link of an invitation. It says so if the person was on the waitlist.
    #[must_use]
    pub fn invitation(heading: Heading<'_>, to: &Email, link: Url, from_waitlist: bool) -> Self {
        let letter = Letter::invitation(heading.language, heading.application, link, from_waitlist);
        let name = if from_waitlist { MessageName::WaitlistInvitation } else { MessageName::Invitation };
        Self::of(&heading.edited(name, &[], letter), to)
    }

    /// The mail to somebody who is on the waitlist from now on.
    #[must_use]
    pub fn waitlist_joined(heading: Heading<'_>, to: &Email) -> Self {
        let letter = Letter::waitlist_joined(heading.language, heading.application);
        Self::of(&heading.edited(MessageName::WaitlistJoined, &[], letter), to)
    }

    /// The mail with a code by which a new password is set, and that lives until `expires_at`, so many minutes.
    #[must_use]
    pub fn reset_code(
        heading: Heading<'_>,
        to: &Email,
        code: &SecretString,
        minutes: i64,
        expires_at: Timestamp,
    ) -> Self {
        let code_text = code.expose_secret();
        let letter = Letter::reset_code(heading.language, heading.application, code_text, minutes);
        let letter = heading.coded(MessageName::ResetPasswordCode, code_text, minutes, letter);
        Self::of(&letter, to).carrying(code, expires_at)
    }

    /// The mail with a code for the page that stands in for this provider, and that lives until `expires_at`, so many
    /// minutes.
    #[must_use]
    pub fn provider_code(
        heading: Heading<'_>,
        provider: &str,
        to: &Email,
        code: &SecretString,
        minutes: i64,
        expires_at: Timestamp,
    ) -> Self {
        let letter =
            Letter::provider_code(heading.language, heading.application, provider, code.expose_secret(), minutes);
        Self::of(&letter, to).carrying(code, expires_at)
    }

    /// The same mail, with the code that it holds until then.
    fn carrying(self, code: &SecretString, expires_at: Timestamp) -> Self {
        Self { code: Some(code.expose_secret().to_owned()), expires_at: Some(expires_at), ..self }
    }

    /// The mail that tells somebody what has become of their account. By a link they act if it was somebody else.
    #[must_use]
    pub fn notice(heading: Heading<'_>, to: &Email, notice: &Notice, link: Option<Url>) -> Self {
        let letter = Letter::notice(heading.language, heading.application, notice, link);
        let (name, variable) = letter::notice_name(notice);
        let values: Vec<_> = variable.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::of(&heading.edited(name, &values, letter), to)
    }

    /// The text with a one-time code, or with one by which a new password is set, that lives until then, so many minutes.
    #[must_use]
    pub fn text_code(
        heading: Heading<'_>,
        to: &Phone,
        code: &SecretString,
        (minutes, expires_at): (i64, Timestamp),
        resets: bool,
    ) -> Self {
        let code_text = code.expose_secret();
        let name = if resets { MessageName::TextResetPasswordCode } else { MessageName::TextVerificationCode };
        let body = text::code(heading.language, heading.application, code_text, minutes, resets);
        Self::of_text(to, heading.coded_text(name, code_text, minutes, body)).carrying(code, expires_at)
    }

    /// The text to somebody whose number was used to sign up although they have an account.
    #[must_use]
    pub fn text_account_exists(heading: Heading<'_>, to: &Phone) -> Self {
        let body = text::account_exists(heading.language, heading.application);
        Self::of_text(to, heading.edited_text(MessageName::TextAccountExists, &[], body))
    }

    /// The text that tells somebody what has become of their account.
    #[must_use]
    pub fn text_notice(heading: Heading<'_>, to: &Phone, notice: &Notice) -> Self {
        let body = Letter::notice(heading.language, heading.application, notice, None).happened();
        let body = match notice {
            Notice::PasswordChanged => heading.edited_text(MessageName::TextPasswordChanged, &[], body),
            Notice::PasswordRemoved => heading.edited_text(MessageName::TextPasswordRemoved, &[], body),
            // Nothing else is told by a text.
            _ => body,
        };
        Self::of_text(to, body)
    }

    fn of_text(to: &Phone, body: String) -> Self {
        Self { to: to.to_string(), subject: String::new(), body, html: None, code: None, expires_at: None }
    }

    fn of(letter: &Letter, to: &Email) -> Self {
        let (subject, body, html) = (letter.subject.clone(), letter.text(), Some(letter.html()));
        Self { to: to.to_string(), subject, body, html, code: None, expires_at: None }
    }

    /// To whom.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// Subject line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The plain text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.body
    }

    /// The HTML, if there is any.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.html.as_deref()
    }

    /// The code that it holds, if it holds one.
    pub(super) fn code_alone(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is of no use any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| now >= at)
    }

    /// Seals the message for its row in the queue.
    #[must_use]
    pub fn seal(&self, id: &DeliveryId, keys: &Keys) -> Sealed {
        let plain = Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        keys.seal(&row(id), &plain)
    }

    /// Opens the message of a row.
    pub fn open(id: &DeliveryId, sealed: &Sealed, keys: &Keys) -> Result<Self, MessageError> {
        let plain = keys.open(&row(id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| MessageError::Damaged)
    }

    /// The message as the outbox shows it.
    #[must_use]
    pub fn into_outbox(self, id: &DeliveryId, created_at: i64) -> OutboxMessage {
        OutboxMessage {
            id: id.to_string(),
            kind: if self.to.starts_with('+') && !self.to.contains('@') { "sms" } else { "email" }.to_owned(),
            to: self.to,
            subject: self.subject,
            body: self.body,
            code: self.code,
            created_at,
        }
    }
}

/// Seals the message of a row under other keys.
pub(crate) fn reseal(id: &DeliveryId, sealed: &Sealed, old: &Keys, new: &Keys) -> Result<Sealed, OpenError> {
    old.open(&row(id), sealed).map(|plain| new.seal(&row(id), &plain))
}

fn row(id: &DeliveryId) -> String {
    format!("delivery {id}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::keys::InstanceKey;

    #[test]
    fn sec_108_a_queued_message_shows_nothing_and_opens_for_its_row_alone() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        let (one, two) = (DeliveryId::from_random([1; 20]), DeliveryId::from_random([2; 20]));
        let to = Email::parse("ada@example.com").unwrap();
        let heading = Heading { application: "Team", language: Language::English, messages: &Messages::new() };
        let message = Message::code(heading, &to, &SecretString::from("314159"), 10, Timestamp(600_000));
        assert!(!message.is_expired(Timestamp(599_999)) && message.is_expired(Timestamp(600_000)));
        let sealed = message.seal(&one, &keys);
        let raw = String::from_utf8_lossy(&sealed.bytes).into_owned();
        assert!(!raw.contains("314159") && !raw.contains("ada") && !format!("{message:?}").contains("ada"));
        assert_eq!(Message::open(&one, &sealed, &keys).unwrap(), message);
        assert!(Message::open(&two, &sealed, &keys).is_err());
        assert!(Message::open(&one, &sealed, &Keys::derive(&InstanceKey::new([2; 32]))).is_err());
        let shown = message.into_outbox(&one, 7);
        assert_eq!(
            (shown.to.as_str(), shown.code.as_deref(), shown.created_at),
            ("ada@example.com", Some("314159"), 7)
        );
        assert!(shown.subject.contains("314159") && shown.body.contains("10 minutes") && shown.body.contains("Team"));
    }
}
