//! What the owner of the instance does to users, in the user's place: creates them and changes them.

use super::{Account, EmailAddress, PhoneNumber, User, chosen_username, parse_phone};
use crate::{
    CodeProof, Email, FieldError, FieldFault, IdentificationId, Metadata, NewAccount, PasswordDigest, Policy,
    Requirement, Timestamp, UserId, field,
};

mod emails;
mod session;

pub use emails::{EmailChange, GivenEmail};

/// Longest id of the owner's own, in characters.
const MAX_EXTERNAL_ID: usize = 256;
/// Most addresses that the owner gives to a user.
const MAX_ADDRESSES: usize = 10;

/// A change by the owner: `None` leaves a field, an empty text clears it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnerChange {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// The owner's own id for the user.
    pub external_id: Option<String>,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// When the account was created, for accounts that come from elsewhere.
    pub created_at: Option<Timestamp>,
    /// Which of the proven addresses is the main one.
    pub primary_email_address_id: Option<String>,
    /// Which of the proven numbers is the main one.
    pub primary_phone_number_id: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Metadata in place of what is there.
    pub public_metadata: Option<Metadata>,
    /// Metadata in place of what is there.
    pub private_metadata: Option<Metadata>,
    /// Metadata in place of what is there.
    pub unsafe_metadata: Option<Metadata>,
}

/// An address that a new user begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// Id.
    pub id: IdentificationId,
    /// The address as it was given.
    pub typed: String,
    /// Whether the owner vouches for it; otherwise it is merely kept for the user.
    pub verified: bool,
}

/// A user whom the owner creates.
#[derive(Clone, Debug, PartialEq)]
pub struct NewUser {
    /// Id.
    pub id: UserId,
    /// Addresses; the first one is the main one.
    pub addresses: Vec<NewAddress>,
    /// Phone numbers; the first one is the main one.
    pub phones: Vec<NewAddress>,
    /// User name, and its id as an identification.
    pub username: (Option<String>, IdentificationId),
    /// Everything else.
    pub change: OwnerChange,
    /// Whether the user is shut out from the beginning.
    pub banned: bool,
    /// Whether a password is given, or need not be.
    pub password_settled: bool,
}

impl OwnerChange {
    /// Applies what is independent of addresses. Every fault is told at once.
    fn apply(&self, user: &mut User, policy: &Policy) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (param, requirement, typed, place) in [
            ("first_name", policy.first_name, &self.first_name, &mut user.first_name),
            ("last_name", policy.last_name, &self.last_name, &mut user.last_name),
        ] {
            let Some(typed) = typed else { continue };
            match field::person_name(param, typed) {
                _ if !requirement.is_on() => faults.push(FieldError::new(param, FieldFault::Unknown)),
                Ok(None) if requirement == Requirement::Required => {
                    faults.push(FieldError::new(param, FieldFault::Missing));
                }
                Ok(name) => *place = name,
                Err(fault) => faults.push(fault),
            }
        }
        if let Some(typed) = &self.external_id {
            if typed.chars().any(char::is_control) {
                faults.push(FieldError::new("external_id", FieldFault::Format));
            } else if typed.chars().count() > MAX_EXTERNAL_ID {
                faults.push(FieldError::new("external_id", FieldFault::TooLong));
            } else {
                user.external_id = (!typed.is_empty()).then(|| typed.clone());
            }
        }
        match self.locale.as_deref() {
            None => {}
            Some("") => user.locale = None,
            Some(typed) => match field::language_tag(typed) {
                Some(tag) => user.locale = Some(tag),
                None => faults.push(FieldError::new("locale", FieldFault::Format)),
            },
        }
        for (param, given, place) in [
            ("public_metadata", &self.public_metadata, &mut user.public_metadata),
            ("private_metadata", &self.private_metadata, &mut user.private_metadata),
            ("unsafe_metadata", &self.unsafe_metadata, &mut user.unsafe_metadata),
        ] {
            let Some(given) = given else { continue };
            match field::metadata_object(param, given) {
                Ok(metadata) => *place = metadata,
                Err(fault) => faults.push(fault),
            }
        }
        user.legal_accepted_at = self.legal_accepted_at.or(user.legal_accepted_at);
        user.created_at = self.created_at.unwrap_or(user.created_at);
        faults
    }
}

impl NewUser {
    /// The account, and the addresses and numbers beside its main ones. Every fault is told at once.
    pub fn account(
        &self,
        password: Option<PasswordDigest>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(NewAccount, Vec<EmailAddress>, Vec<PhoneNumber>), Vec<FieldError>> {
        let mut user = User {
            id: self.id.clone(),
            username: None,
            first_name: None,
            last_name: None,
            unsafe_metadata: Metadata::new(),
            public_metadata: Metadata::new(),
            private_metadata: Metadata::new(),
            external_id: None,
            primary_email_address_id: None,
            primary_phone_number_id: None,
            image_id: None,
            locale: None,
            banned: self.banned,
            compromised_password: None,
            legal_accepted_at: None,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: now,
            updated_at: now,
        };
        let mut faults = self.change.apply(&mut user, policy);
        self.name(&mut user, policy, &mut faults);
        if !self.password_settled && policy.password.requirement == Requirement::Required {
            faults.push(FieldError::new("password", FieldFault::Missing));
        }
        let mut addresses = Vec::new();
        for (address, place) in self.addresses.iter().zip(0..) {
            // Addresses are shown by age: each is a moment younger than the one before.
            let now = now.plus(place);
            match Email::parse(&address.typed) {
                Ok(email) => addresses.push(EmailAddress {
                    id: address.id.clone(),
                    user_id: self.id.clone(),
                    email,
                    verified_at: address.verified.then_some(now),
                    reserved: !address.verified,
                    code: CodeProof::default(),
                    created_at: now,
                    updated_at: now,
                }),
                Err(_) => faults.push(FieldError::new("email_address", FieldFault::Format)),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        if !addresses.iter().all(|address| seen.insert(address.email.clone())) {
            faults.push(FieldError::new("email_address", FieldFault::Value));
        }
        if self.addresses.len() > MAX_ADDRESSES {
            faults.push(FieldError::new("email_address", FieldFault::TooLong));
        }
        let mut phones = self.numbers(policy, now, &mut faults);
        let (typed, username_id) = &self.username;
        let nothing = self.addresses.is_empty() && self.phones.is_empty() && typed.is_none();
        for (param, given, requirement) in [
            ("email_address", &self.addresses, policy.email_address.requirement),
            ("phone_number", &self.phones, policy.phone_number.requirement),
        ] {
            // Without any of them there is no way to sign in.
            let needed = requirement == Requirement::Required || (nothing && param == "email_address");
            if needed && given.is_empty() {
                faults.push(FieldError::new(param, FieldFault::Missing));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let email = (!addresses.is_empty()).then(|| addresses.remove(0));
        let phone = (!phones.is_empty()).then(|| phones.remove(0));
        user.primary_email_address_id = email.as_ref().map(|email| email.id.clone());
        user.primary_phone_number_id = phone.as_ref().map(|phone| phone.id.clone());
        let username_id = username_id.clone();
        Ok((NewAccount { user, email, phone, username_id, password, external: None }, addresses, phones))
    }
}

impl NewUser {
    /// The name, as it is kept.
    fn name(&self, user: &mut User, policy: &Policy, faults: &mut Vec<FieldError>) {
        let typed = self.username.0.as_deref().filter(|typed| !typed.is_empty());
        match typed.map(|typed| chosen_username(typed, policy)) {
            None if policy.username.requirement == Requirement::Required => {
                faults.push(FieldError::new("username", FieldFault::Missing));
            }
            None => {}
            Some(Ok(name)) => user.username = name,
            Some(Err(fault)) => faults.push(fault),
        }
    }

    /// The numbers, as they are kept.
    fn numbers(&self, policy: &Policy, now: Timestamp, faults: &mut Vec<FieldError>) -> Vec<PhoneNumber> {
        let mut numbers = Vec::new();
        for (given, place) in self.phones.iter().zip(0..) {
            let now = now.plus(place);
            match parse_phone(&given.typed, policy) {
                Ok(phone) if !policy.texts.reaches(&phone) => {
                    faults.push(FieldError::new("phone_number", FieldFault::Country));
                }
                Ok(phone) => numbers.push(PhoneNumber {
                    id: given.id.clone(),
                    user_id: self.id.clone(),
                    phone,
                    verified_at: given.verified.then_some(now),
                    reserved: !given.verified,
                    second_factor: false,
                    default_second_factor: false,
                    code: CodeProof::default(),
                    created_at: now,
                    updated_at: now,
                }),
                Err(fault) => faults.push(fault),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        if !numbers.iter().all(|number| seen.insert(number.phone.clone())) {
            faults.push(FieldError::new("phone_number", FieldFault::Value));
        }
        if self.phones.len() > MAX_ADDRESSES {
            faults.push(FieldError::new("phone_number", FieldFault::TooLong));
        }
        numbers
    }
}

impl Account {
    /// Changes the user as the owner says. Every fault is told at once.
    pub fn change_by_owner(&self, change: &OwnerChange, policy: &Policy) -> Result<User, Vec<FieldError>> {
        let mut user = self.user.clone();
        let mut faults = change.apply(&mut user, policy);
        if let Some(id) = &change.primary_email_address_id {
            match self.emails.iter().find(|email| email.id.as_str() == id && email.verified_at.is_some()) {
                Some(email) => user.primary_email_address_id = Some(email.id.clone()),
                None => faults.push(FieldError::new("primary_email_address_id", FieldFault::NotFound)),
            }
        }
        if let Some(id) = &change.primary_phone_number_id {
            match self.phones.iter().find(|number| number.id.as_str() == id && number.verified_at.is_some()) {
                Some(number) => user.primary_phone_number_id = Some(number.id.clone()),
                None => faults.push(FieldError::new("primary_phone_number_id", FieldFault::NotFound)),
            }
        }
        if let Some(typed) = &change.username {
            match chosen_username(typed, policy) {
                Ok(name) => user.username = name,
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(user) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests;
