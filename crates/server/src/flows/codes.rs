//! One-time codes: drawn, mailed, compared.

use frontdesk_identity::{
    Addressee, Claim, CodeChecked, CodeMac, CodePurpose, DeliveryId, Identifier, NewCode, Phone, Recent, Recipient,
    SentCode, SignUpRefusal, VerificationId, time::HOUR, time::MINUTE,
};
use frontdesk_store::{MessageKind, NewDelivery, SealedBytes};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{Fault, Turn};
use crate::{
    delivery::{Heading, Language, Message},
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
    pub(super) fn draw_code(&self, to: &impl Addressee, locale: Option<&str>) -> DrawnCode {
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

    /// Whether somebody has claimed this address, number or name.
    pub(super) async fn claim_of(&self, identifier: &Identifier) -> Result<Claim, Fault> {
        self.caller.reveals.note();
        let claimed = self.instance.store().is_identifier_claimed(identifier).await?;
        Ok(if claimed { Claim::Claimed } else { Claim::Free })
    }

    /// Messages of the last hour: those that an address got, or the texts that a number, its country and this caller
    /// stand for.
    pub(super) async fn recent(&self, to: &Recipient) -> Result<Recent, Fault> {
        let (store, since) = (self.instance.store(), self.now.plus(-HOUR));
        Ok(match to {
            Recipient::Email(email) => Recent::Mails(store.messages_to(email, since).await?),
            Recipient::Phone(phone) => {
                let (country, caller) = (phone.country(), self.caller_mark());
                Recent::Texts(store.texts(phone, country.as_deref(), caller.as_deref(), since).await?)
            }
        })
    }

    /// Refuses a mail or text to whom enough were sent in the last hour.
    pub(super) async fn may_message(&self, to: &Recipient) -> Result<(), Fault> {
        let recent = self.recent(to).await?;
        self.policy().may_message(to, recent).map_err(|refusal| Fault::from(SignUpRefusal::from(refusal)))
    }

    /// What stands for the caller where texts are counted. Test suites are not counted, and nobody is who comes by a
    /// door without an address.
    fn caller_mark(&self) -> Option<String> {
        let address = self.caller.address.filter(|_| !self.caller.testing)?;
        let network = crate::limits::network(address).to_string();
        Some(self.instance.keys().mac(Purpose::Counter, "caller of texts", network.as_bytes()))
    }

    /// Refuses an address or number that messages were refused for a short while ago: who waits for a code should know
    /// that none comes.
    pub(super) async fn must_take(&self, to: &Recipient, param: &'static str) -> Result<(), Fault> {
        let refused = self.instance.store().is_refused(to, self.now.plus(-HOUR)).await?;
        if refused { Err(Fault::AddressRefused { param }) } else { Ok(()) }
    }

    /// The mail or text with a code.
    pub(super) fn code_message(&self, to: &Recipient, code: &DrawnCode, deliver: bool) -> NewDelivery {
        let lifetime = self.policy().codes.lifetime_ms;
        let (heading, expires_at) = (self.heading(code.language), self.now.plus(lifetime));
        let message = match (to, code.purpose.resets()) {
            (Recipient::Email(to), false) => Message::code(heading, to, &code.digits, lifetime / MINUTE, expires_at),
            (Recipient::Email(to), true) => {
                Message::reset_code(heading, to, &code.digits, lifetime / MINUTE, expires_at)
            }
            (Recipient::Phone(to), resets) => {
                Message::text_code(heading, to, &code.digits, (lifetime / MINUTE, expires_at), resets)
            }
        };
        self.message(to, &message, deliver)
    }

    /// The message that goes instead of a code that was drawn.
    pub(super) fn account_exists_message(&self, to: &Recipient, code: &DrawnCode) -> NewDelivery {
        let heading = self.heading(code.language);
        let message = match to {
            Recipient::Email(to) => Message::account_exists(heading, to),
            Recipient::Phone(to) => Message::text_account_exists(heading, to),
        };
        self.message(to, &message, true)
    }

    pub(super) fn heading(&self, language: Language) -> Heading<'_> {
        self.settings.heading(language)
    }

    pub(super) fn message(&self, to: &Recipient, message: &Message, deliver: bool) -> NewDelivery {
        let id = DeliveryId::from_random(self.instance.random_id());
        let sealed = message.seal(&id, self.instance.keys());
        NewDelivery {
            id,
            kind: match to {
                Recipient::Email(_) => MessageKind::Email,
                Recipient::Phone(_) => MessageKind::Text,
            },
            to: to.clone(),
            country: text_to(to).and_then(Phone::country),
            caller: text_to(to).and_then(|_| self.caller_mark()),
            body: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes },
            deliver,
            keep: self.instance.is_development(),
        }
    }
}

/// The number, if a message is a text.
fn text_to(to: &Recipient) -> Option<&Phone> {
    match to {
        Recipient::Phone(phone) => Some(phone),
        Recipient::Email(_) => None,
    }
}
