//! What a message says, and how it lies in the queue: sealed, since it holds an address and a code.

use frontdesk_identity::{DeliveryId, Email};
use frontdesk_wire::OutboxMessage;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::keys::{Keys, OpenError, Sealed};

/// A mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    to: String,
    subject: String,
    body: String,
    code: Option<String>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message(…)")
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
    /// The mail with a one-time code that lives so many minutes.
    #[must_use]
    pub fn code(application: &str, to: &Email, code: &SecretString, minutes: i64) -> Self {
        let code = code.expose_secret();
        Self {
            to: to.to_string(),
            subject: format!("{code} is your code for {application}"),
            body: format!(
                "{code}\n\nThis is your verification code for {application}. It works once, within {minutes} minutes, \
                 in the window that asked for it.\n\nNever tell it to anybody. If you did not ask for it, you can \
                 ignore this mail: without the code nobody gets in.\n"
            ),
            code: Some(code.to_owned()),
        }
    }

    /// The mail to somebody whose address was used to sign up although they have an account.
    #[must_use]
    pub fn account_exists(application: &str, to: &Email) -> Self {
        Self {
            to: to.to_string(),
            subject: format!("You have an account at {application}"),
            body: format!(
                "Somebody has tried to sign up at {application} with this address. You have an account there already: \
                 if it was you, sign in instead.\n\nIf it was not you, you can ignore this mail: nothing was changed.\n"
            ),
            code: None,
        }
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
            to: self.to,
            kind: "email".to_owned(),
            subject: self.subject,
            body: self.body,
            code: self.code,
            created_at,
        }
    }
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
        let message = Message::code("Team", &to, &SecretString::from("314159"), 10);
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
