//! Mails that tell people what has become of their account.

use frontdesk_identity::{Email, Notice};
use frontdesk_store::NewDelivery;

use super::Turn;
use crate::delivery::{Language, Message};

impl Turn<'_> {
    /// The mail that tells it, in the language of this tag.
    pub(super) fn notice_mail(&self, to: &Email, notice: &Notice, locale: Option<&str>) -> NewDelivery {
        self.mail(to, &Message::notice(self.heading(Language::of(locale)), to, notice), true)
    }
}
