//! Phone numbers of somebody who is signed in: added, proven, removed. They go the way of email addresses
//! ([`super::emails`]), except that a text is sent only to a country that is on.

use super::{Account, AccountChange, PhoneNumber};
use crate::{
    CodeChecked, CodeMac, CodeProof, CodeRefusal, Effect, FieldError, FieldFault, IdentificationId, MessageRefusal,
    NewCode, Notice, Phone, Policy, Recent, SentCode, TextRefusal, Timestamp, sign_up::Claim,
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
    /// The instance offers no codes to numbers as a second factor.
    #[error("the instance offers no codes to numbers as a second factor")]
    SecondFactorOff,
    /// Nobody has proven it, and it is to be a second factor.
    #[error("an unproven number cannot be a second factor")]
    UnprovenSecondFactor,
    /// Codes to it are what the user signs in with, and there is no other way.
    #[error("the user could not sign in if it was the second factor")]
    OnlyWayIn,
    /// It is to be offered first among the second factors, and is none.
    #[error("it is no second factor")]
    NoSecondFactor,
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
    /// Whether codes to it are a second factor.
    pub second_factor: bool,
}

/// What becomes of a number: `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneChange {
    /// Whether the owner vouches for it.
    pub verified: Option<bool>,
    /// Whether it is the main one.
    pub primary: Option<bool>,
    /// Whether codes to it are a second factor.
    pub second_factor: Option<bool>,
}

/// What becomes of a number as a second factor: `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondPhoneChange {
    /// Whether codes to it are one.
    pub on: Option<bool>,
    /// Whether it is the one to offer first.
    pub first: Option<bool>,
}

impl Account {
    /// Adds a number. It is nobody's until it is proven: others may hope for it as well. `claim` is about the others. With
    /// `second_factor` codes to it are a second factor as soon as it is proven.
    pub fn add_phone(
        &self,
        id: IdentificationId,
        phone: Phone,
        second_factor: bool,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, PhoneRefusal> {
        if !policy.texts.reaches(&phone) {
            return Err(TextRefusal::Country.into());
        }
        if second_factor && !policy.offers_second_phone() {
            return Err(PhoneRefusal::SecondFactorOff);
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
            second_factor,
            default_second_factor: false,
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
    /// `backup_codes` are those that come with it where it is the first second factor.
    pub fn attempt_phone(
        &self,
        number: &PhoneNumber,
        evidence: &CodeChecked,
        backup_codes: Vec<CodeMac>,
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
        if number.second_factor && policy.offers_second_phone() {
            effects.extend(self.setting_apart(number, backup_codes, policy));
        } else if number.second_factor {
            // It was to be one, and the instance has stopped offering that.
            effects.extend(self.giving_back(number, policy));
        }
        Ok(AccountChange { user, effects })
    }

    /// Makes codes to a number a second factor, or no more; puts it first among them, or no more. What takes the last
    /// second factor away takes the backup codes with it. `backup_codes` are those that come with the first one.
    pub fn change_second_phone(
        &self,
        number: &PhoneNumber,
        wanted: SecondPhoneChange,
        backup_codes: Vec<CodeMac>,
        policy: &Policy,
    ) -> Result<AccountChange, PhoneRefusal> {
        let mut effects = Vec::new();
        match wanted.on {
            Some(true) if !number.is_second_factor() => {
                self.may_set_apart(number, policy)?;
                effects = self.setting_apart(number, backup_codes, policy);
            }
            Some(false) if number.second_factor => effects = self.giving_back(number, policy),
            _ => {}
        }
        let is_one = wanted.on.unwrap_or(number.is_second_factor());
        match wanted.first {
            Some(true) if !is_one => return Err(PhoneRefusal::NoSecondFactor),
            Some(first) if is_one && first != number.default_second_factor => {
                let id = first.then(|| number.id.clone());
                effects.push(Effect::PreferSecondPhone { user_id: self.user.id.clone(), id });
            }
            _ => {}
        }
        Ok(AccountChange { user: self.user.clone(), effects })
    }

    /// Whether codes to a number may become a second factor.
    fn may_set_apart(&self, number: &PhoneNumber, policy: &Policy) -> Result<(), PhoneRefusal> {
        match () {
            () if !policy.offers_second_phone() => Err(PhoneRefusal::SecondFactorOff),
            () if number.verified_at.is_none() => Err(PhoneRefusal::UnprovenSecondFactor),
            () if !policy.texts.reaches(&number.phone) => Err(TextRefusal::Country.into()),
            () if !self.enters_beside(number, policy) => Err(PhoneRefusal::OnlyWayIn),
            () => Ok(()),
        }
    }

    fn setting_apart(&self, number: &PhoneNumber, backup_codes: Vec<CodeMac>, policy: &Policy) -> Vec<Effect> {
        let (user_id, id) = (self.user.id.clone(), number.id.clone());
        let mut effects = vec![Effect::SetSecondPhone { user_id, id, on: true }];
        effects.extend(self.first_backup_codes(backup_codes, policy));
        effects.extend(self.notices(&Notice::SecondPhoneAdded(number.phone.clone()), policy));
        effects
    }

    /// What ends it that codes to a number are a second factor. One that is yet to be proven never was one.
    fn giving_back(&self, number: &PhoneNumber, policy: &Policy) -> Vec<Effect> {
        let user_id = self.user.id.clone();
        let app = self.second_factors.authenticator().is_some();
        let others = app || self.second_numbers().iter().any(|other| other.id != number.id);
        let mut effects = vec![if others || !number.is_second_factor() {
            Effect::SetSecondPhone { user_id, id: number.id.clone(), on: false }
        } else {
            Effect::RemoveSecondFactors(user_id)
        }];
        if number.is_second_factor() {
            effects.extend(self.notices(&Notice::SecondPhoneRemoved(number.phone.clone()), policy));
        }
        effects
    }

    /// Removes a number, unless it is the last thing that the user can sign in with.
    pub fn remove_phone(&self, number: &PhoneNumber, policy: &Policy) -> Result<AccountChange, PhoneRefusal> {
        let rest = || self.phones.iter().filter(|other| other.id != number.id && other.verified_at.is_some());
        let next = rest().next().map(|other| other.id.clone());
        let required = policy.phone_number.requirement == crate::Requirement::Required;
        // A code to one that is a second factor signs nobody in.
        let enters = self.enters_without_phones(policy)
            || rest().any(|other| other.is_first_factor() || self.password.is_some());
        if number.is_claimed() && ((required && next.is_none()) || !enters) {
            return Err(PhoneRefusal::Last);
        }
        let mut effects = if number.is_second_factor() { self.giving_back(number, policy) } else { Vec::new() };
        // One message says all of it: that the number is gone, and that it is no step of a sign-in any more.
        effects.retain(|effect| !matches!(effect, Effect::SendNotice { .. }));
        effects.push(Effect::RemovePhone(number.id.clone()));
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
        if given.second_factor && !given.verified {
            return Err(PhoneRefusal::UnprovenSecondFactor);
        }
        if given.second_factor && !policy.offers_second_phone() {
            return Err(PhoneRefusal::SecondFactorOff);
        }
        let number = PhoneNumber {
            id: given.id.clone(),
            user_id: self.user.id.clone(),
            phone: given.phone.clone(),
            verified_at: given.verified.then_some(now),
            reserved: false,
            second_factor: false,
            default_second_factor: false,
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        };
        let mut user = self.user.clone();
        if given.primary || (given.verified && user.primary_phone_number_id.is_none()) {
            user.primary_phone_number_id = Some(given.id.clone());
        }
        let apart = if given.second_factor { self.setting_apart(&number, Vec::new(), policy) } else { Vec::new() };
        let effects = [Effect::AddPhone(Box::new(number))].into_iter().chain(apart).collect();
        Ok(AccountChange { user, effects })
    }

    /// Changes a number of the user, as the owner says. `claim` is about the others.
    pub fn change_phone(
        &self,
        number: &PhoneNumber,
        wanted: PhoneChange,
        claim: Claim,
        policy: &Policy,
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
        match wanted.second_factor {
            Some(true) if !number.is_second_factor() => {
                let number = &PhoneNumber { verified_at: proven.then_some(number.updated_at), ..number.clone() };
                self.may_set_apart(number, policy)?;
                change.effects.extend(self.setting_apart(number, Vec::new(), policy));
            }
            Some(false) if number.second_factor => change.effects.extend(self.giving_back(number, policy)),
            _ => {}
        }
        Ok(change)
    }

    /// Whether the user could still sign in if codes to this number signed nobody in. With a password it still says who
    /// it is.
    fn enters_beside(&self, number: &PhoneNumber, policy: &Policy) -> bool {
        let by_text = policy.phone_number.sign_in_by_code
            && self.phones.iter().any(|other| other.id != number.id && other.is_first_factor());
        self.password.is_some()
            || by_text
            || self.signs_in_by_passkey(None, policy)
            || self.enters_without_phones(policy)
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
