//! Email addresses of somebody who is signed in: added, proven, removed.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Pending: add (keeps it from nobody)
//!     Pending --> Pending: prepare a code, wrong code
//!     Pending --> Proven: right code, and nobody else has it
//!     Pending --> [*]: remove
//!     Proven --> [*]: remove, where another proven one is left
//! ```

use super::{Account, EmailAddress, User};
use crate::{
    CodeChecked, CodeRefusal, Effect, Email, FieldError, IdentificationId, NewCode, Notice, Policy, Recent, Recipient,
    SentCode, Timestamp, sign_up::Claim,
};

/// Name of the field that an address comes in.
const FIELD: &str = "email_address";
/// Most addresses that a user may have.
const MOST: usize = 10;
/// Most addresses that a user may have without having proven them.
const MOST_PENDING: usize = 3;

/// What came of a change of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountChange {
    /// The user after it.
    pub user: User,
    /// What has to be committed together with the user.
    pub effects: Vec<Effect>,
}

/// Why nothing becomes of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailRefusal {
    /// The user has no such address.
    #[error("the user has no such address")]
    NotFound,
    /// The user has it already, or somebody else has and the instance says so.
    #[error("somebody has this address already")]
    Exists,
    /// Somebody else has proven it meanwhile.
    #[error("somebody else has this address")]
    Claimed,
    /// The user has too many addresses.
    #[error("too many addresses")]
    TooMany,
    /// The user has too many addresses that are yet to be proven.
    #[error("too many unproven addresses")]
    TooManyPending,
    /// Without it the user could not sign in.
    #[error("it is the last address")]
    Last,
    /// Nobody has proven it, and it is to be the main one.
    #[error("an unproven address cannot be the main one")]
    Unproven,
    /// It is proven, and that cannot be undone.
    #[error("a proven address stays proven")]
    StaysProven,
    /// It is the main one, and another one has to take its place.
    #[error("another address has to become the main one")]
    StaysPrimary,
    /// The code was not sent or not taken.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The address has got too many messages.
    #[error("too many messages were sent to this address")]
    TooManyMessages,
}

impl Account {
    /// Adds an address. It is nobody's until it is proven: others may hope for it as well. `claim` is about the others.
    pub fn add_email(
        &self,
        id: IdentificationId,
        email: Email,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, EmailRefusal> {
        let taken = claim == Claim::Claimed && !policy.enumeration_protection;
        if taken || self.emails.iter().any(|address| address.email == email) {
            return Err(EmailRefusal::Exists);
        }
        if self.emails.len() >= MOST {
            return Err(EmailRefusal::TooMany);
        }
        if self.emails.iter().filter(|address| !address.is_claimed()).count() >= MOST_PENDING {
            return Err(EmailRefusal::TooManyPending);
        }
        let address = EmailAddress {
            id,
            user_id: self.user.id.clone(),
            email,
            verified_at: None,
            reserved: false,
            code: crate::CodeProof::default(),
            created_at: now,
            updated_at: now,
        };
        Ok(self.unchanged(vec![Effect::AddEmail(Box::new(address))]))
    }

    /// The address of that id.
    pub fn address(&self, id: &str) -> Result<&EmailAddress, EmailRefusal> {
        self.emails.iter().find(|address| address.id.as_str() == id).ok_or(EmailRefusal::NotFound)
    }

    /// Sends a code to an address. `claim` is about the others, `recent` the number of messages that it was sent in the
    /// last hour.
    pub fn prepare_email(
        &self,
        address: &EmailAddress,
        new: NewCode,
        claim: Claim,
        recent: impl Into<Recent>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, EmailRefusal> {
        if address.verified_at.is_some() {
            return Err(CodeRefusal::AlreadyVerified.into());
        }
        if claim == Claim::Claimed && !policy.enumeration_protection {
            return Err(EmailRefusal::Claimed);
        }
        address.code.may_prepare(policy, now)?;
        let to = Recipient::from(address.email.clone());
        policy.may_message(&to, recent.into()).map_err(|_too_many| EmailRefusal::TooManyMessages)?;
        let verification = new.id.clone();
        let proof = address.code.prepare(new, policy, now)?;
        let sent = proof.sent().cloned().ok_or(CodeRefusal::Missing)?;
        let mut effects = vec![Effect::PutCode { address: address.id.clone(), sent }];
        if policy.fixed_code(&to).is_none() {
            effects.push(match claim {
                Claim::Free => Effect::SendCode { verification, to, deliver: true },
                Claim::Claimed => Effect::SendAccountExists { verification, to },
            });
        }
        Ok(self.unchanged(effects))
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_email<'a>(
        &self,
        address: &'a EmailAddress,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&'a SentCode, EmailRefusal> {
        if address.verified_at.is_some() {
            return Err(CodeRefusal::AlreadyVerified.into());
        }
        Ok(address.code.may_attempt(policy, now)?)
    }

    /// Takes the evidence of one code. With the right one the address is the user's; every other one is told.
    pub fn attempt_email(
        &self,
        address: &EmailAddress,
        evidence: &CodeChecked,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, EmailRefusal> {
        self.may_attempt_email(address, policy, now)?;
        address.code.attempt(evidence, policy, now)?;
        // Whoever knows the code reads the mail of the address, and may be told.
        if claim == Claim::Claimed {
            return Err(EmailRefusal::Claimed);
        }
        let mut effects =
            vec![Effect::ConsumeCode(evidence.verification.clone()), Effect::VerifyEmail(address.id.clone())];
        effects.extend(self.notices(&Notice::EmailAdded(address.email.clone()), policy));
        let mut change = self.unchanged(effects);
        change.user.primary_email_address_id.get_or_insert_with(|| address.id.clone());
        Ok(change)
    }

    /// Removes an address. Whoever holds one of the proven ones is told, also the one that goes.
    pub fn remove_email(&self, address: &EmailAddress, policy: &Policy) -> Result<AccountChange, EmailRefusal> {
        let mut rest = self.emails.iter().filter(|other| other.id != address.id && other.verified_at.is_some());
        let next = rest.next().map(|other| &other.id);
        if address.is_claimed() && next.is_none() && !self.enters_without_emails(policy) {
            return Err(EmailRefusal::Last);
        }
        let mut effects = vec![Effect::RemoveEmail(address.id.clone())];
        if address.verified_at.is_some() {
            effects.extend(self.notices(&Notice::EmailRemoved(address.email.clone()), policy));
        }
        let mut change = self.unchanged(effects);
        if change.user.primary_email_address_id.as_ref() == Some(&address.id) {
            change.user.primary_email_address_id = next.cloned();
        }
        Ok(change)
    }

    /// What has to be told when the user becomes this.
    #[must_use]
    pub fn notices_of(&self, user: &User, policy: &Policy) -> Vec<Effect> {
        let primary = user.primary_email_address_id.as_ref();
        if primary == self.user.primary_email_address_id.as_ref() {
            return Vec::new();
        }
        let address = self.emails.iter().find(|address| Some(&address.id) == primary);
        address.map_or_else(Vec::new, |address| self.notices(&Notice::PrimaryChanged(address.email.clone()), policy))
    }

    /// Whether the user could still sign in if no address was theirs, at an instance that does not ask for one.
    fn enters_without_emails(&self, policy: &Policy) -> bool {
        let required = policy.email_address.requirement == crate::Requirement::Required;
        let proven = self.phones.iter().any(super::PhoneNumber::is_first_factor);
        let named = self.phones.iter().any(super::PhoneNumber::is_claimed) || self.user.username.is_some();
        let by_code = proven && policy.phone_number.requirement.is_on() && policy.phone_number.sign_in_by_code;
        !required && ((named && self.password.is_some()) || by_code)
    }

    fn unchanged(&self, effects: Vec<Effect>) -> AccountChange {
        AccountChange { user: self.user.clone(), effects }
    }
}

/// Reads an address that is to be added.
pub fn parse_email(typed: &str) -> Result<Email, FieldError> {
    Email::parse(typed).map_err(|fault| FieldError::new(FIELD, fault.into()))
}

#[cfg(test)]
mod tests;
