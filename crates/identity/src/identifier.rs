//! What people call themselves by, and where messages reach them. Each kind has its normal form, and no text is one of two
//! kinds: an address has an `@`, a number begins with `+`, a user name has neither.

use serde::{Deserialize, Serialize};

use crate::{Email, EmailFault, FieldFault, Phone, PhoneFault, Policy, Username, UsernameFault};

/// What somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Identifier {
    /// An email address.
    Email(Email),
    /// A phone number.
    Phone(Phone),
    /// A user name.
    Username(Username),
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// By mail.
    Email(Email),
    /// By text message.
    Phone(Phone),
}

/// The text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an address, a number nor a user name")]
pub struct NoIdentifier;

/// Something that may be one of the test addresses or numbers, which get no messages.
pub trait Addressee: Sync {
    /// The text under which it is kept.
    fn text(&self) -> &str;
    /// Whether it gets no messages and has a fixed code, at instances in test mode.
    fn is_for_tests(&self) -> bool;
}

impl Identifier {
    /// Reads what a person typed, as one of the kinds that the instance takes.
    pub fn parse(typed: &str, policy: &Policy) -> Result<Self, FieldFault> {
        let typed = typed.trim_matches(' ');
        if typed.contains('@') {
            return Email::parse(typed).map(Self::Email).map_err(FieldFault::from);
        }
        if typed.starts_with('+') && policy.phone_number.requirement.is_on() {
            return Phone::parse(typed).map(Self::Phone).map_err(FieldFault::from);
        }
        if policy.username.requirement.is_on() {
            // What no name can be is not told more exactly than what no address can be.
            return Username::parse(typed).map(Self::Username).map_err(|_| FieldFault::Format);
        }
        Err(Email::parse(typed).err().map_or(FieldFault::Format, FieldFault::from))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
            Self::Username(name) => name.as_str(),
        }
    }

    /// The address, if it is one.
    #[must_use]
    pub fn email(&self) -> Option<&Email> {
        match self {
            Self::Email(email) => Some(email),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Phone(phone) => Some(phone),
            _ => None,
        }
    }
}

impl Recipient {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    /// Reads the text of one.
    pub fn parse(text: &str) -> Result<Self, NoIdentifier> {
        if text.starts_with('+') && !text.contains('@') {
            return Phone::parse(text).map(Self::Phone).map_err(|_| NoIdentifier);
        }
        Email::parse(text).map(Self::Email).map_err(|_| NoIdentifier)
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Identifier {
    type Error = NoIdentifier;

    fn try_from(text: String) -> Result<Self, NoIdentifier> {
        match Recipient::parse(&text) {
            Ok(recipient) => Ok(recipient.into()),
            Err(fault) => Username::parse(&text).map(Self::Username).map_err(|_| fault),
        }
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.as_str().to_owned()
    }
}

impl TryFrom<String> for Recipient {
    type Error = NoIdentifier;

    fn try_from(text: String) -> Result<Self, NoIdentifier> {
        Self::parse(&text)
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.as_str().to_owned()
    }
}

impl From<Recipient> for Identifier {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::Email(email) => Self::Email(email),
            Recipient::Phone(phone) => Self::Phone(phone),
        }
    }
}

impl From<Email> for Identifier {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

impl From<Phone> for Identifier {
    fn from(phone: Phone) -> Self {
        Self::Phone(phone)
    }
}

impl From<Username> for Identifier {
    fn from(name: Username) -> Self {
        Self::Username(name)
    }
}

impl From<Email> for Recipient {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

impl From<Phone> for Recipient {
    fn from(phone: Phone) -> Self {
        Self::Phone(phone)
    }
}

impl From<EmailFault> for FieldFault {
    fn from(fault: EmailFault) -> Self {
        match fault {
            EmailFault::TooLong => Self::TooLong,
            EmailFault::Format => Self::Format,
        }
    }
}

impl From<PhoneFault> for FieldFault {
    fn from(fault: PhoneFault) -> Self {
        match fault {
            PhoneFault::Format | PhoneFault::Kind => Self::Format,
        }
    }
}

impl From<UsernameFault> for FieldFault {
    fn from(fault: UsernameFault) -> Self {
        Self::Username(fault)
    }
}

impl Addressee for Email {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn is_for_tests(&self) -> bool {
        self.is_test_address()
    }
}

impl Addressee for Phone {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn is_for_tests(&self) -> bool {
        self.is_test_number()
    }
}

impl Addressee for Identifier {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn is_for_tests(&self) -> bool {
        match self {
            Self::Email(email) => email.is_test_address(),
            Self::Phone(phone) => phone.is_test_number(),
            Self::Username(_) => false,
        }
    }
}

impl Addressee for Recipient {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn is_for_tests(&self) -> bool {
        match self {
            Self::Email(email) => email.is_test_address(),
            Self::Phone(phone) => phone.is_test_number(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Requirement;

    fn all() -> Policy {
        let mut policy = Policy::default();
        policy.phone_number.requirement = Requirement::Optional;
        policy.username.requirement = Requirement::Optional;
        policy
    }

    #[test]
    fn every_kind_is_told_by_its_text() {
        let kinds =
            ["Ada@Example.com", "+41 79 123 45 67", "Ada_L"].map(|typed| Identifier::parse(typed, &all()).unwrap());
        assert!(matches!(kinds, [Identifier::Email(_), Identifier::Phone(_), Identifier::Username(_)]));
        for kind in kinds {
            let kept = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<Identifier>(&kept).unwrap(), kind);
        }
    }

    #[test]
    fn what_the_instance_does_not_take_is_none() {
        for typed in ["+41791234567", "ada_l"] {
            assert_eq!(Identifier::parse(typed, &Policy::default()), Err(FieldFault::Format), "{typed}");
        }
        for typed in ["", "0791234567", "\u{430}da"] {
            assert_eq!(Identifier::parse(typed, &all()), Err(FieldFault::Format), "{typed}");
        }
    }
}
