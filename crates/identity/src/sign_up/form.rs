//! The fields of a sign-up: read and checked before anything is decided.

use super::{Draft, EMAIL, FIRST_NAME, LAST_NAME, PASSWORD, PHONE};
use crate::{
    Email, FieldError, FieldFault, Metadata, PasswordFault, Phone, Policy, Timestamp, Username, field,
    user::{chosen_username, parse_phone},
};

/// Fields as they were sent: `None` leaves a field as it is, an empty text clears it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignUpForm<'a> {
    /// Email address.
    pub email_address: Option<&'a str>,
    /// Phone number.
    pub phone_number: Option<&'a str>,
    /// User name.
    pub username: Option<&'a str>,
    /// Given name.
    pub first_name: Option<&'a str>,
    /// Family name.
    pub last_name: Option<&'a str>,
    /// JSON text of an object.
    pub unsafe_metadata: Option<&'a str>,
    /// Language tag; one that is none is ignored, since it only chooses words.
    pub locale: Option<&'a str>,
    /// Whether the terms are accepted.
    pub legal_accepted: bool,
}

/// What a form does to a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Edit<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It gets this value.
    Set(T),
}

impl<T> Edit<T> {
    /// What the field holds after the form.
    pub(super) fn after<'a>(&'a self, before: Option<&'a T>) -> Option<&'a T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// Fields that were checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignUpFields {
    pub(super) email: Edit<Email>,
    pub(super) phone: Edit<Phone>,
    pub(super) username: Edit<Username>,
    first_name: Edit<String>,
    last_name: Edit<String>,
    unsafe_metadata: Option<Metadata>,
    locale: Option<String>,
    legal_accepted: bool,
}

/// Everything that is wrong with the fields, told at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} fields and {} rules for passwords", fields.len(), password.len())]
pub struct FormFaults {
    /// Fields that cannot be taken.
    pub fields: Vec<FieldError>,
    /// Rules that the password breaks.
    pub password: Vec<PasswordFault>,
}

impl SignUpFields {
    /// Reads the fields, and holds the password against the rules; `known` is what was given before. An empty password
    /// is none.
    pub fn check(
        form: &SignUpForm<'_>,
        password: Option<&str>,
        known: Option<&Draft>,
        policy: &Policy,
    ) -> Result<Self, FormFaults> {
        let mut faults = FormFaults::default();
        let mut fields = Self { legal_accepted: form.legal_accepted, ..Self::default() };
        match form.email_address {
            None => {}
            Some("") => fields.email = Edit::Clear,
            Some(_) if !policy.email_address.requirement.is_on() => faults.field(EMAIL, FieldFault::Unknown),
            Some(typed) => match Email::parse(typed) {
                Ok(email) => fields.email = Edit::Set(email),
                Err(fault) => faults.field(EMAIL, fault.into()),
            },
        }
        match form.phone_number {
            None => {}
            Some("") => fields.phone = Edit::Clear,
            Some(typed) => match parse_phone(typed, policy) {
                Ok(phone) if policy.texts.reaches(&phone) => fields.phone = Edit::Set(phone),
                Ok(_) => faults.field(PHONE, FieldFault::Country),
                Err(fault) => faults.fields.push(fault),
            },
        }
        match form.username {
            None => {}
            Some("") => fields.username = Edit::Clear,
            Some(typed) => match chosen_username(typed, policy) {
                Ok(Some(name)) => fields.username = Edit::Set(name),
                Ok(None) => fields.username = Edit::Clear,
                Err(fault) => faults.fields.push(fault),
            },
        }
        for (param, requirement, typed, place) in [
            (FIRST_NAME, policy.first_name, form.first_name, &mut fields.first_name),
            (LAST_NAME, policy.last_name, form.last_name, &mut fields.last_name),
        ] {
            match typed.map(|typed| field::person_name(param, typed)) {
                None => {}
                Some(Ok(None)) => *place = Edit::Clear,
                Some(_) if !requirement.is_on() => faults.field(param, FieldFault::Unknown),
                Some(Ok(Some(name))) => *place = Edit::Set(name),
                Some(Err(fault)) => faults.fields.push(fault),
            }
        }
        match form.unsafe_metadata.map(|text| field::metadata("unsafe_metadata", text)) {
            None => {}
            Some(Ok(metadata)) => fields.unsafe_metadata = Some(metadata),
            Some(Err(fault)) => faults.fields.push(fault),
        }
        fields.locale = form.locale.and_then(field::language_tag);
        match password.filter(|password| !password.is_empty()) {
            None => {}
            Some(_) if !policy.password.requirement.is_on() => faults.field(PASSWORD, FieldFault::Unknown),
            Some(password) => {
                let email = fields.email.after(known.and_then(|draft| draft.email.as_ref())).map(Email::as_str);
                let phone = fields.phone.after(known.and_then(|draft| draft.phone.as_ref())).map(Phone::as_str);
                let name = fields.username.after(known.and_then(|draft| draft.username.as_ref()));
                let identifiers: Vec<&str> = [email, phone, name.map(Username::as_str)].into_iter().flatten().collect();
                faults.password = policy.password.check(password, &identifiers);
            }
        }
        if faults.fields.is_empty() && faults.password.is_empty() { Ok(fields) } else { Err(faults) }
    }

    /// Names, address and number as they are after these fields, which whoever guesses the password would try first.
    #[must_use]
    pub fn own_words<'a>(&'a self, draft: Option<&'a Draft>) -> Vec<&'a str> {
        let first = self.first_name.after(draft.and_then(|draft| draft.first_name.as_ref()));
        let last = self.last_name.after(draft.and_then(|draft| draft.last_name.as_ref()));
        let email = self.email.after(draft.and_then(|draft| draft.email.as_ref()));
        let phone = self.phone.after(draft.and_then(|draft| draft.phone.as_ref())).map(Phone::as_str);
        let username = self.username.after(draft.and_then(|draft| draft.username.as_ref())).map(Username::as_str);
        let names = [first.map(String::as_str), last.map(String::as_str), username];
        names.into_iter().chain([email.map(Email::as_str), phone]).flatten().collect()
    }

    /// What an attempt holds after these fields, without a password.
    #[must_use]
    pub fn onto(self, draft: &Draft, now: Timestamp) -> Draft {
        self.apply(draft, false, now)
    }

    pub(super) fn apply(self, draft: &Draft, has_password: bool, now: Timestamp) -> Draft {
        Draft {
            email: self.email.after(draft.email.as_ref()).cloned(),
            phone: self.phone.after(draft.phone.as_ref()).cloned(),
            username: self.username.after(draft.username.as_ref()).cloned(),
            first_name: self.first_name.after(draft.first_name.as_ref()).cloned(),
            last_name: self.last_name.after(draft.last_name.as_ref()).cloned(),
            has_password: has_password || draft.has_password,
            unsafe_metadata: self.unsafe_metadata.unwrap_or_else(|| draft.unsafe_metadata.clone()),
            locale: self.locale.or_else(|| draft.locale.clone()),
            legal_accepted_at: draft.legal_accepted_at.or_else(|| self.legal_accepted.then_some(now)),
            external: draft.external.clone(),
            invitation: draft.invitation.clone(),
        }
    }
}

impl FormFaults {
    fn field(&mut self, param: &'static str, fault: FieldFault) {
        self.fields.push(FieldError::new(param, fault));
    }
}
