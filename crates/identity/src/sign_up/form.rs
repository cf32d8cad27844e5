//! The fields of a sign-up: read and checked before anything is decided.

use super::{Draft, EMAIL, FIRST_NAME, LAST_NAME, PASSWORD};
use crate::{Email, EmailFault, FieldError, FieldFault, Metadata, PasswordFault, Policy, Timestamp, field};

/// Fields as they were sent: `None` leaves a field as it is, an empty text clears it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignUpForm<'a> {
    /// Email address.
    pub email_address: Option<&'a str>,
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
    /// Reads the fields, and holds the password against the rules; `known` is the address that was given before. An
    /// empty password is none.
    pub fn check(
        form: &SignUpForm<'_>,
        password: Option<&str>,
        known: Option<&Email>,
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
                Err(EmailFault::TooLong) => faults.field(EMAIL, FieldFault::TooLong),
                Err(EmailFault::Format) => faults.field(EMAIL, FieldFault::Format),
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
                let identifiers: Vec<&str> = fields.email.after(known).map(Email::as_str).into_iter().collect();
                faults.password = policy.password.check(password, &identifiers);
            }
        }
        if faults.fields.is_empty() && faults.password.is_empty() { Ok(fields) } else { Err(faults) }
    }

    /// Names and address as they are after these fields, which whoever guesses the password would try first.
    #[must_use]
    pub fn own_words<'a>(&'a self, draft: Option<&'a Draft>) -> Vec<&'a str> {
        let first = self.first_name.after(draft.and_then(|draft| draft.first_name.as_ref()));
        let last = self.last_name.after(draft.and_then(|draft| draft.last_name.as_ref()));
        let email = self.email.after(draft.and_then(|draft| draft.email.as_ref()));
        [first.map(String::as_str), last.map(String::as_str), email.map(Email::as_str)].into_iter().flatten().collect()
    }

    /// What an attempt holds after these fields, without a password.
    #[must_use]
    pub fn onto(self, draft: &Draft, now: Timestamp) -> Draft {
        self.apply(draft, false, now)
    }

    pub(super) fn apply(self, draft: &Draft, has_password: bool, now: Timestamp) -> Draft {
        Draft {
            email: self.email.after(draft.email.as_ref()).cloned(),
            first_name: self.first_name.after(draft.first_name.as_ref()).cloned(),
            last_name: self.last_name.after(draft.last_name.as_ref()).cloned(),
            has_password: has_password || draft.has_password,
            unsafe_metadata: self.unsafe_metadata.unwrap_or_else(|| draft.unsafe_metadata.clone()),
            locale: self.locale.or_else(|| draft.locale.clone()),
            legal_accepted_at: draft.legal_accepted_at.or_else(|| self.legal_accepted.then_some(now)),
            external: draft.external.clone(),
        }
    }
}

impl FormFaults {
    fn field(&mut self, param: &'static str, fault: FieldFault) {
        self.fields.push(FieldError::new(param, fault));
    }
}
