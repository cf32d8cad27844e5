//! Asking for an invitation. The answer is the same for an address that is on the list, that has an account, or that
//! nobody has.

use frontdesk_identity::{
    Claim, Email, FieldError, Recipient, WaitlistEntry as IdentityEntry, WaitlistEntryId, Way, field,
};
use frontdesk_store::Changes;
use frontdesk_wire::{WaitlistEntry, form};

use super::{Fault, Turn};
use crate::{
    delivery::{Language, Message},
    limits::Class,
};

/// Puts somebody on the waitlist who is not there yet.
pub async fn join(turn: &Turn<'_>, typed: &str, locale: Option<&str>) -> Result<WaitlistEntry, Fault> {
    let email = &Email::parse(typed).map_err(|fault| FieldError::new(form::EMAIL_ADDRESS, fault.into()))?;
    turn.limit(Class::Create, Some(email)).await?;
    let locale = &locale.and_then(field::language_tag);
    let work = || async move {
        let to = Recipient::from(email.clone());
        turn.admit(std::slice::from_ref(&to), Way::Waitlist).await?;
        turn.caller.reveals.note();
        let known = turn.instance.store().waitlist_entry_of(email).await?;
        let id = if let Some(known) = known {
            known.value.id
        } else {
            turn.may_message(&to).await?;
            turn.must_take(&to, form::EMAIL_ADDRESS).await?;
            let mut changes = Changes::new(turn.now);
            let entry = turn.enter(&mut changes, email, locale.clone(), true).await?;
            turn.commit(changes).await?;
            turn.instance.wake_delivery();
            entry.id
        };
        Ok(WaitlistEntry { object: "waitlist_entry".to_owned(), id: id.to_string() })
    };
    turn.again(work).await
}

impl Turn<'_> {
    /// Enters somebody, in the commit that these changes become. Who has an account is told so in place of that they wait.
    pub(super) async fn enter(
        &self,
        changes: &mut Changes,
        email: &Email,
        locale: Option<String>,
        notify: bool,
    ) -> Result<IdentityEntry, Fault> {
        let id = WaitlistEntryId::from_random(self.instance.random_id());
        let heading = self.heading(Language::of(locale.as_deref()));
        let entry = IdentityEntry::ask(id, email.clone(), locale, self.now);
        changes.save_waitlist_entry(frontdesk_store::Versioned::fresh(entry.clone()));
        let claim = self.claim_of(&email.clone().into()).await?;
        // Test addresses get no mail.
        if notify && self.policy().fixed_code(email).is_none() {
            let message = match claim {
                Claim::Free => Message::waitlist_joined(heading, email),
                Claim::Claimed => Message::account_exists(heading, email),
            };
            changes.deliver(self.message(&Recipient::from(email.clone()), &message, true));
        }
        tracing::info!(target: "audit", event = "waitlist_joined", entry = %entry.id);
        Ok(entry)
    }
}
