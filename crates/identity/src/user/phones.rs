//! Phone numbers of somebody who is signed in: added, proven, removed. They go the way of email addresses
//! ([`super::emails`]), except that a text is sent only to a country that is on.

use super::{Account, AccountChange, PhoneNumber};
use crate::{
    CodeChecked, CodeProof, CodeRefusal, Effect, FieldError, FieldFault, IdentificationId, MessageRefusal, NewCode,
    Notice, Phone, Policy, Recent, SentCode, TextRefusal, Timestamp, sign_up::Claim,
};

/// Name of the field that a number comes in.
const FIELD: &str = "phone_number";
/// Most numbers that a user may have.
const MOST: usize = 10;
/// Most numbers that a user may have without having proven them.
const MOST_PENDING: usize = 3;

/// Why nothing becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneRefusal {
    /// The user has no such number.
    #[error("the user has no such number")]
    NotFound,
    /// The user has it already, or somebody else has and the instance says so.
    #[error("somebody has this number already")]
    Exists,
    /// Somebody else has proven it meanwhile.
    #[error("somebody else has this number")]
    Claimed,
    /// The user has too many numbers.
    #[error("too many numbers")]
    TooMany,
    /// The user has too many numbers that are yet to be proven.
    #[error("too many unproven numbers")]
    TooManyPending,
    /// Without it the user could not sign in.
    #[error("it is the last identifier")]
    Last,
    /// Nobody has proven it, and it is to be the main one.
    #[error("an unproven number cannot be the main one")]
    Unproven,
    /// It is proven, and that cannot be undone.
    #[error("a proven number stays proven")]
    StaysProven,
    /// It is the main one, and another one has to take its place.
    #[error("another number has to become the main one")]
    StaysPrimary,
    /// The code was not sent or not taken.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// No text is sent.
    #[error(transparent)]
    Text(#[from] TextRefusal),
}

/// A number that the owner gives to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPhone {
    /// Id.
    pub id: IdentificationId,
    /// The number.
    pub phone: Phone,
    /// Whether the owner vouches for it. Until somebody does or proves it, it is kept from nobody.
    pub verified: bool,
    /// Whether it becomes the main one.
    pub primary: bool,
}

/// What becomes of a number: `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneChange {
    /// Whether the owner vouches for it.
    pub verified: Option<bool>,
    /// Whether it is the main one.
    pub primary: Option<bool>,
}

impl Account {
    /// Adds a number. It is nobody's until it is proven: others may hope for it as well. `claim` is about the others.
    pub fn add_phone(
        &self,
        id: IdentificationId,
        phone: Phone,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, PhoneRefusal> {
        if !policy.texts.reaches(&phone) {
            return Err(TextRefusal::Country.into());
        }
        let taken = claim == Claim::Claimed && !policy.enumeration_protection;
        if taken || self.phones.iter().any(|number| number.phone == phone) {
            return Err(PhoneRefusal::Exists);
        }
        if self.phones.len() >= MOST {
            return Err(PhoneRefusal::TooMany);
        }
        if self.phones.iter().filter(|number| !number.is_claimed()).count() >= MOST_PENDING {
            return Err(PhoneRefusal::TooManyPending);
        }
        let number = PhoneNumber {
            id,
            user_id: self.user.id.clone(),
            phone,
            verified_at: None,
            reserved: false,
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        };
        Ok(AccountChange { user: self.user.clone(), effects: vec![Effect::AddPhone(Box::new(number))] })
    }

    /// The number of that id.
    pub fn phone(&self, id: &str) -> Result<&PhoneNumber, PhoneRefusal> {
        self.phones.iter().find(|number| number.id.as_str() == id).ok_or(PhoneRefusal::NotFound)
    }

    /// The main number.
    #[must_use]
    pub fn primary_phone(&self) -> Option<&PhoneNumber> {
        let primary = self.user.primary_phone_number_id.as_ref()?;
        self.phones.iter().find(|number| number.id == *primary)
    }

    /// Sends a code to a number. `claim` is about the others.
    pub fn prepare_phone(
        &self,
        number: &PhoneNumber,
        new: NewCode,
        claim: Claim,
        recent: Recent,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, PhoneRefusal> {
        if number.verified_at.is_some() {
            return Err(CodeRefusal::AlreadyVerified.into());
        }
        if claim == Claim::Claimed && !policy.enumeration_protection {
            return Err(PhoneRefusal::Claimed);
        }
        number.code.may_prepare(policy, now)?;
        policy.may_message(&number.phone.clone().into(), recent).map_err(|refusal| match refusal {
            MessageRefusal::Text(refusal) => refusal,
            MessageRefusal::TooMany => TextRefusal::Number,
        })?;
        let verification = new.id.clone();
        let proof = number.code.prepare(new, policy, now)?;
        let sent = proof.sent().cloned().ok_or(CodeRefusal::Missing)?;
        let mut effects = vec![Effect::PutCode { address: number.id.clone(), sent }];
        if policy.fixed_code(&number.phone).is_none() {
            let to = number.phone.clone().into();
            effects.push(match claim {
                Claim::Free => Effect::SendCode { verification, to, deliver: true },
                Claim::Claimed => Effect::SendAccountExists { verification, to },
            });
        }
        Ok(AccountChange { user: self.user.clone(), effects })
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_phone<'a>(
        &self,
        number: &'a PhoneNumber,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&'a SentCode, PhoneRefusal> {
        if number.verified_at.is_some() {
            return Err(CodeRefusal::AlreadyVerified.into());
        }
        Ok(number.code.may_attempt(policy, now)?)
    }

    /// Takes the evidence of one code. With the right one the number is the user's; everything else is told.
    pub fn attempt_phone(
        &self,
        number: &PhoneNumber,
        evidence: &CodeChecked,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, PhoneRefusal> {
        self.may_attempt_phone(number, policy, now)?;
        number.code.attempt(evidence, policy, now)?;
        // Whoever knows the code reads the texts of the number, and may be told.
        if claim == Claim::Claimed {
            return Err(PhoneRefusal::Claimed);
        }
        let mut effects =
            vec![Effect::ConsumeCode(evidence.verification.clone()), Effect::VerifyPhone(number.id.clone())];
        effects.extend(self.notices(&Notice::PhoneAdded(number.phone.clone()), policy));
        let mut user = self.user.clone();
        user.primary_phone_number_id.get_or_insert_with(|| number.id.clone());
        Ok(AccountChange { user, effects })
    }

    /// Removes a number, unless it is the last thing that the user can sign in with.
    pub fn remove_phone(&self, number: &PhoneNumber, policy: &Policy) -> Result<AccountChange, PhoneRefusal> {
        let mut rest = self.phones.iter().filter(|other| other.id != number.id && other.verified_at.is_some());
        let next = rest.next().map(|other| other.id.clone());
        let required = policy.phone_number.requirement == crate::Requirement::Required;
        if number.is_claimed() && next.is_none() && (required || !self.enters_without_phones(policy)) {
            return Err(PhoneRefusal::Last);
        }
        let mut effects = vec![Effect::RemovePhone(number.id.clone())];
        if number.verified_at.is_some() {
            effects.extend(self.notices(&Notice::PhoneRemoved(number.phone.clone()), policy));
        }
        let mut user = self.user.clone();
        if user.primary_phone_number_id.as_ref() == Some(&number.id) {
            user.primary_phone_number_id = next;
        }
        Ok(AccountChange { user, effects })
    }

    /// Gives the user a number, as the owner says. `claim` is about the others.
    pub fn give_phone(
        &self,
        given: &GivenPhone,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, PhoneRefusal> {
        if !policy.texts.reaches(&given.phone) {
            return Err(TextRefusal::Country.into());
        }
        if claim == Claim::Claimed || self.phones.iter().any(|number| number.phone == given.phone) {
            return Err(PhoneRefusal::Exists);
        }
        if self.phones.len() >= MOST {
            return Err(PhoneRefusal::TooMany);
        }
        if given.primary && !given.verified {
            return Err(PhoneRefusal::Unproven);
        }
        let number = PhoneNumber {
            id: given.id.clone(),
            user_id: self.user.id.clone(),
            phone: given.phone.clone(),
            verified_at: given.verified.then_some(now),
            reserved: false,
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        };
        let mut user = self.user.clone();
        if given.primary || (given.verified && user.primary_phone_number_id.is_none()) {
            user.primary_phone_number_id = Some(given.id.clone());
        }
        Ok(AccountChange { user, effects: vec![Effect::AddPhone(Box::new(number))] })
    }

    /// Changes a number of the user, as the owner says. `claim` is about the others.
    pub fn change_phone(
        &self,
        number: &PhoneNumber,
        wanted: PhoneChange,
        claim: Claim,
    ) -> Result<AccountChange, PhoneRefusal> {
        let is_primary = self.user.primary_phone_number_id.as_ref() == Some(&number.id);
        let is_proven = number.verified_at.is_some();
        if is_proven && wanted.verified == Some(false) {
            return Err(PhoneRefusal::StaysProven);
        }
        if is_primary && wanted.primary == Some(false) {
            return Err(PhoneRefusal::StaysPrimary);
        }
        let mut change = AccountChange { user: self.user.clone(), effects: vec![] };
        let vouched = !is_proven && wanted.verified == Some(true);
        if vouched {
            if claim == Claim::Claimed {
                return Err(PhoneRefusal::Exists);
            }
            change.effects.push(Effect::VerifyPhone(number.id.clone()));
        }
        let proven = is_proven || vouched;
        if wanted.primary == Some(true) && !proven {
            return Err(PhoneRefusal::Unproven);
        }
        if wanted.primary == Some(true) || (vouched && change.user.primary_phone_number_id.is_none()) {
            change.user.primary_phone_number_id = Some(number.id.clone());
        }
        Ok(change)
    }

    /// Whether the user could still sign in if no number was theirs.
    fn enters_without_phones(&self, policy: &Policy) -> bool {
        let by_mail = self.emails.iter().any(super::EmailAddress::is_claimed);
        let proven_mail = self.emails.iter().any(|address| address.verified_at.is_some());
        let named = by_mail || self.user.username.is_some();
        let elsewhere = self.externals.iter().any(crate::ExternalAccount::is_linked);
        (named && self.password.is_some()) || (proven_mail && policy.email_address.sign_in_by_code) || elsewhere
    }
}

/// Reads a number that is to be added.
pub fn parse_phone(typed: &str, policy: &Policy) -> Result<Phone, FieldError> {
    if !policy.phone_number.requirement.is_on() {
        return Err(FieldError::new(FIELD, FieldFault::Unknown));
    }
    Phone::parse(typed).map_err(|fault| FieldError::new(FIELD, fault.into()))
}

#[cfg(test)]
mod tests;
