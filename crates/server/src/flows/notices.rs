//! Messages that tell people what has become of their account.

use frontdesk_identity::{Notice, Recipient, UserId};
use frontdesk_store::NewDelivery;

use super::Turn;
use crate::delivery::{Language, Message};

impl Turn<'_> {
    /// The message that tells it, in the language of this tag. A mail has a link by which its reader acts if it was
    /// somebody else; a text has no room for one.
    pub(super) fn notice_message(
        &self,
        user: &UserId,
        to: &Recipient,
        notice: &Notice,
        locale: Option<&str>,
    ) -> NewDelivery {
        let heading = self.heading(Language::of(locale));
        let message = match to {
            Recipient::Email(to) => {
                let link = match notice {
                    Notice::NewDevice { session, .. } => self.device_link(session),
                    _ => self.change_link(user, to),
                };
                Message::notice(heading, to, notice, Some(link))
            }
            Recipient::Phone(to) => Message::text_notice(heading, to, notice),
        };
        self.message(to, &message, true)
    }
}
