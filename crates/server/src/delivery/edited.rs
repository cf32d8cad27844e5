//! Messages in the owner's own words. What is not edited says what [`super::letter`] and [`super::text`] say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Language, letter::Letter};

/// Longest subject and body, in characters.
const MAX_SUBJECT: usize = 200;
const MAX_BODY: usize = 5000;

/// Which messages say something else than they would, and in which languages.
pub type Messages = BTreeMap<MessageName, BTreeMap<Language, MessageTemplate>>;

/// A message that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageName {
    /// The mail with a code that proves an address or signs in.
    VerificationCode,
    /// The mail with a code that sets a new password.
    ResetPasswordCode,
    /// The mail to somebody whose address was to be used for another account.
    AccountExists,
    /// The mail to somebody who is invited to make an account.
    Invitation,
    /// The same to somebody who was on the waitlist.
    WaitlistInvitation,
    /// The mail to somebody who is on the waitlist from now on.
    WaitlistJoined,
    /// There is a new password.
    PasswordChanged,
    /// There is no password any more.
    PasswordRemoved,
    /// There is another address.
    EmailAdded,
    /// An address is gone.
    EmailRemoved,
    /// Another address is the main one.
    PrimaryChanged,
    /// There is another phone number.
    PhoneAdded,
    /// A phone number is gone.
    PhoneRemoved,
    /// Codes to a phone number are a second step from now on.
    SecondPhoneAdded,
    /// Codes to a phone number are no second step any more.
    SecondPhoneRemoved,
    /// An account elsewhere leads to this one.
    ExternalConnected,
    /// An account elsewhere does not lead to this one any more.
    ExternalRemoved,
    /// An authenticator app is asked for from now on.
    AuthenticatorAdded,
    /// No authenticator app is asked for any more.
    AuthenticatorRemoved,
    /// There are new backup codes.
    BackupCodesRenewed,
    /// There is another passkey.
    PasskeyAdded,
    /// A passkey is gone.
    PasskeyRemoved,
    /// Somebody has signed in on a device that was not used before.
    NewDevice,
    /// The text with a code that proves a number or signs in.
    TextVerificationCode,
    /// The text with a code that sets a new password.
    TextResetPasswordCode,
    /// The text to somebody whose number was to be used for another account.
    TextAccountExists,
    /// The text that there is a new password.
    TextPasswordChanged,
    /// The text that there is no password any more.
    TextPasswordRemoved,
}

/// What a message says. `{application}` and whatever else the message knows stand for their values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MessageTemplate {
    /// The subject of the mail; as it would be if it is left out.
    pub subject: Option<String>,
    /// Plain text, in which an empty line begins a paragraph; as it would be if it is left out. A mail with a code shows
    /// the code above it, and the link of a mail stands below.
    pub body: Option<String>,
}

/// What a message knows, by the names that templates use.
pub(super) type Values<'v> = [(&'static str, &'v str)];

impl MessageName {
    /// Every one.
    pub const ALL: [Self; 28] = [
        Self::VerificationCode,
        Self::ResetPasswordCode,
        Self::AccountExists,
        Self::Invitation,
        Self::WaitlistInvitation,
        Self::WaitlistJoined,
        Self::PasswordChanged,
        Self::PasswordRemoved,
        Self::EmailAdded,
        Self::EmailRemoved,
        Self::PrimaryChanged,
        Self::PhoneAdded,
        Self::PhoneRemoved,
        Self::SecondPhoneAdded,
        Self::SecondPhoneRemoved,
        Self::ExternalConnected,
        Self::ExternalRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::BackupCodesRenewed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::NewDevice,
        Self::TextVerificationCode,
        Self::TextResetPasswordCode,
        Self::TextAccountExists,
        Self::TextPasswordChanged,
        Self::TextPasswordRemoved,
    ];

    /// The name as settings write it.
    #[must_use]
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether it is a text, which has no subject.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::TextVerificationCode
                | Self::TextResetPasswordCode
                | Self::TextAccountExists
                | Self::TextPasswordChanged
                | Self::TextPasswordRemoved
        )
    }

    /// What its template may name.
    #[must_use]
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::VerificationCode
            | Self::ResetPasswordCode
            | Self::TextVerificationCode
            | Self::TextResetPasswordCode => &["application", "code", "minutes"],
            Self::EmailAdded | Self::EmailRemoved | Self::PrimaryChanged => &["application", "email_address"],
            Self::PhoneAdded | Self::PhoneRemoved | Self::SecondPhoneAdded | Self::SecondPhoneRemoved => {
                &["application", "phone_number"]
            }
            Self::ExternalConnected | Self::ExternalRemoved => &["application", "provider"],
            Self::PasskeyAdded | Self::PasskeyRemoved => &["application", "passkey"],
            Self::NewDevice => &["application", "device"],
            _ => &["application"],
        }
    }
}

impl MessageTemplate {
    /// Everything that is wrong with it for that message.
    pub(crate) fn faults(&self, name: MessageName) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(subject) = &self.subject {
            let fits = (1..=MAX_SUBJECT).contains(&subject.trim().chars().count());
            if name.is_text() {
                faults.push("`subject` counts for nothing in a text: take it out".to_owned());
            } else if !fits || subject.chars().any(char::is_control) {
                faults.push(format!("`subject` must be one line of 1 to {MAX_SUBJECT} characters"));
            }
        }
        if let Some(body) = &self.body {
            let printable = body.chars().all(|character| character == '\n' || !character.is_control());
            if !(1..=MAX_BODY).contains(&body.trim().chars().count()) || !printable {
                faults.push(format!("`body` must be a text of 1 to {MAX_BODY} characters"));
            }
            // A mail shows the code by itself.
            if name.is_text() && name.variables().contains(&"code") && !body.contains("{code}") {
                faults.push("`body` must say `{code}`: without it nobody gets in".to_owned());
            }
        }
        let known = name.variables();
        for text in self.subject.iter().chain(&self.body) {
            let unknown = variables(text).filter(|variable| !known.contains(variable));
            faults.extend(unknown.map(|variable| {
                format!("`{{{variable}}}` stands for nothing here: there are {{{}}}", known.join("}, {"))
            }));
        }
        faults
    }
}

/// The letter in the owner's words, where there are any.
pub(super) fn letter(messages: &Messages, name: MessageName, values: &Values<'_>, letter: Letter) -> Letter {
    let template = messages.get(&name).and_then(|languages| languages.get(&letter.language));
    let Some(MessageTemplate { subject, body }) = template else { return letter };
    let mut letter = letter;
    if let Some(subject) = subject {
        letter.subject = filled(subject, values);
    }
    if let Some(body) = body {
        let body = filled(body.trim(), values);
        letter.paragraphs = body.split("\n\n").map(|paragraph| paragraph.trim().to_owned()).collect();
    }
    letter
}

/// The text in the owner's words, where there are any.
pub(super) fn text(
    messages: &Messages,
    (name, language): (MessageName, Language),
    values: &Values<'_>,
    text: String,
) -> String {
    let template = messages.get(&name).and_then(|languages| languages.get(&language));
    template.and_then(|template| template.body.as_ref()).map_or(text, |body| filled(body.trim(), values))
}

/// The template with the values in their places. Values are never looked at for names again.
fn filled(template: &str, values: &Values<'_>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let value = after
            .split_once('}')
            .and_then(|(name, end)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, end)));
        rest = if let Some((value, end)) = value {
            text.push_str(value);
            end
        } else {
            text.push('{');
            after
        };
    }
    text + rest
}

/// The names between braces.
fn variables(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    parts.map(|(name, _)| name).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(subject: &str, body: &str) -> MessageTemplate {
        MessageTemplate { subject: Some(subject.to_owned()), body: Some(body.to_owned()) }
    }

    #[test]
    fn a_letter_says_what_its_owner_wants_in_that_language_alone() {
        let edited = template("{code}: {application}", "Hello.\n\nIt works {minutes} minutes. {code}");
        let messages = Messages::from([(
            MessageName::VerificationCode,
            std::collections::BTreeMap::from([(Language::German, edited)]),
        )]);
        // What a value looks like is never taken for a name.
        let values = [("application", "{code}"), ("code", "314159"), ("minutes", "10")];
        let of = |language| {
            let default = Letter::code(language, "Team", "314159", 10);
            letter(&messages, MessageName::VerificationCode, &values, default)
        };
        let german = of(Language::German);
        assert_eq!(german.subject, "314159: {code}");
        assert_eq!(german.text(), "314159\n\nHello.\n\nIt works 10 minutes. 314159\n");
        assert_eq!(of(Language::English).subject, "314159 is your code for Team");
        let other =
            letter(&messages, MessageName::PasswordChanged, &values, Letter::code(Language::German, "T", "1", 1));
        assert_eq!(other.subject, "1 ist dein Code für T");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_every_reason() {
        assert_eq!(
            template("New for {application}", "{{ is no name, } neither").faults(MessageName::EmailAdded),
            [""; 0]
        );
        let bad = template("a\nb", "{user} {email_address}").faults(MessageName::PasswordChanged);
        assert_eq!(bad.len(), 3, "{bad:?}");
        assert!(bad[1].contains("`{user}` stands for nothing here: there are {application}"), "{bad:?}");
        let text = template("x", "no code").faults(MessageName::TextVerificationCode);
        assert_eq!(text.len(), 2, "{text:?}");
        assert_eq!(template("", " ").faults(MessageName::NewDevice).len(), 2);
    }
}
