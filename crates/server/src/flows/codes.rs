//! One-time codes: drawn, mailed, compared.

use frontdesk_identity::{
    CodeChecked, CodeMac, CodePurpose, DeliveryId, Email, NewCode, SentCode, VerificationId, time::HOUR, time::MINUTE,
};
use frontdesk_store::{MessageKind, NewDelivery, SealedBytes};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{Fault, Turn};
use crate::{
    delivery::{Language, Message},
    keys::Purpose,
    random::new_code,
};

/// A code that was drawn.
#[derive(Debug)]
pub(super) struct DrawnCode {
    /// What is kept of it.
    pub(super) new: NewCode,
    /// The digits, for the mail alone.
    digits: SecretString,
    /// What it is good for, which the mail says.
    purpose: CodePurpose,
    /// What the mail is written in.
    language: Language,
}

impl DrawnCode {
    /// The same code, good for this.
    pub(super) fn good_for(self, purpose: CodePurpose) -> Self {
        Self { purpose, ..self }
    }
}

impl Turn<'_> {
    /// Draws a code for this address, to be told in the language of this tag; test addresses have a fixed one.
    pub(super) fn draw_code(&self, to: &Email, locale: Option<&str>) -> DrawnCode {
        let digits = match self.policy().fixed_code(to) {
            Some(fixed) => SecretString::from(fixed),
            None => new_code(self.instance.random()),
        };
        let id = VerificationId::from_random(self.instance.random_id());
        let mac = self.instance.keys().mac(Purpose::Code, id.as_str(), digits.expose_secret().as_bytes());
        DrawnCode {
            new: NewCode { id, mac: CodeMac::new(mac) },
            digits,
            purpose: CodePurpose::SignIn,
            language: Language::of(locale),
        }
    }

    /// Counts a try, and compares the code if the try is within the cap; once for a request, however often its step is
    /// decided.
    pub(super) async fn check_code<'c>(
        &self,
        sent: &SentCode,
        typed: &SecretString,
        checked: &'c OnceCell<CodeChecked>,
    ) -> Result<&'c CodeChecked, Fault> {
        checked.get_or_try_init(|| self.compare(sent, typed)).await
    }

    async fn compare(&self, sent: &SentCode, typed: &SecretString) -> Result<CodeChecked, Fault> {
        let counted = self.instance.store().count_code_try(&sent.id).await?;
        // The code is gone: another one was sent, or the attempt is over. That shows when it is gathered again.
        let try_number = counted.ok_or(Fault::Contended)?;
        let ok = try_number <= self.policy().codes.max_tries && {
            let digits = typed.expose_secret().trim();
            self.instance.keys().mac_matches(Purpose::Code, sent.id.as_str(), digits.as_bytes(), sent.mac.expose())
        };
        Ok(CodeChecked { verification: sent.id.clone(), try_number, ok })
    }

    /// Messages that an address got in the last hour.
    pub(super) async fn recent_messages(&self, to: &Email) -> Result<u32, Fault> {
        Ok(self.instance.store().messages_to(to, self.now.plus(-HOUR)).await?)
    }

    /// Refuses an address that mail was refused for a short while ago: who waits for a code should know that none comes.
    pub(super) async fn must_take_mail(&self, to: &Email, param: &'static str) -> Result<(), Fault> {
        let refused = self.instance.store().is_refused(to, self.now.plus(-HOUR)).await?;
        if refused { Err(Fault::AddressRefused { param }) } else { Ok(()) }
    }

    pub(super) fn code_mail(&self, to: &Email, code: &DrawnCode, deliver: bool) -> NewDelivery {
        let lifetime = self.policy().codes.lifetime_ms;
        let (heading, expires_at) = (self.heading(code.language), self.now.plus(lifetime));
        let message = match code.purpose {
            CodePurpose::SignIn => Message::code(heading, to, &code.digits, lifetime / MINUTE, expires_at),
            CodePurpose::ResetPassword => Message::reset_code(heading, to, &code.digits, lifetime / MINUTE, expires_at),
        };
        self.mail(to, &message, deliver)
    }

    /// The mail that goes instead of a code that was drawn.
    pub(super) fn account_exists_mail(&self, to: &Email, code: &DrawnCode) -> NewDelivery {
        self.mail(to, &Message::account_exists(self.heading(code.language), to), true)
    }

    pub(super) fn heading(&self, language: Language) -> (&str, Language) {
        (&self.settings.application_name, language)
    }

    pub(super) fn mail(&self, to: &Email, message: &Message, deliver: bool) -> NewDelivery {
        let id = DeliveryId::from_random(self.instance.random_id());
        let sealed = message.seal(&id, self.instance.keys());
        NewDelivery {
            id,
            kind: MessageKind::Email,
            to: to.clone(),
            body: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes },
            deliver,
            keep: self.instance.is_development(),
        }
    }
}
