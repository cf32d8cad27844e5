//! Messages that tell people what has become of their account.

use frontdesk_identity::{Notice, Recipient};
use frontdesk_store::NewDelivery;

use super::Turn;
use crate::delivery::{Language, Message};

impl Turn<'_> {
    /// The message that tells it, in the language of this tag.
    pub(super) fn notice_message(&self, to: &Recipient, notice: &Notice, locale: Option<&str>) -> NewDelivery {
        let heading = self.heading(Language::of(locale));
        let link = match notice {
            Notice::NewDevice { session, .. } => Some(self.device_link(session)),
            _ => None,
        };
        let message = match to {
            Recipient::Email(to) => Message::notice(heading, to, notice, link),
            Recipient::Phone(to) => Message::text_notice(heading, to, notice),
        };
        self.message(to, &message, true)
    }
}
