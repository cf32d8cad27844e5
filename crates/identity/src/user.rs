//! Users and what identifies them.

use serde::{Deserialize, Serialize};

use crate::{
    CodeProof, Counter, Effect, Email, ExternalAccount, FieldError, FieldFault, IdentificationId, Identifier, ImageId,
    Lockout, Metadata, Passkey, Phone, Policy, SecondFactors, Timestamp, UserId, Username, field,
};

mod emails;
mod owner;
mod password;
mod phones;

pub use emails::{AccountChange, EmailRefusal, parse_email};
pub use owner::{EmailChange, GivenEmail, NewAddress, NewUser, OwnerChange};
pub use password::{NewPassword, PasswordProof, PasswordRefusal};
pub use phones::{GivenPhone, PhoneChange, PhoneRefusal, SecondPhoneChange, parse_phone};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// User name.
    #[serde(default)]
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Metadata that the user's own app may write.
    #[serde(default)]
    pub unsafe_metadata: Metadata,
    /// Metadata that only the owner of the instance writes and everybody's app reads.
    #[serde(default)]
    pub public_metadata: Metadata,
    /// Metadata that only the owner of the instance writes and reads.
    #[serde(default)]
    pub private_metadata: Metadata,
    /// The owner's own id for the user; unique at the instance.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The main email address.
    pub primary_email_address_id: Option<IdentificationId>,
    /// The main phone number.
    #[serde(default)]
    pub primary_phone_number_id: Option<IdentificationId>,
    /// The picture, if the user has set one.
    #[serde(default)]
    pub image_id: Option<ImageId>,
    /// Language tag of the window at sign-up.
    pub locale: Option<String>,
    /// Whether the owner of the instance shut the user out.
    #[serde(default)]
    pub banned: bool,
    /// The password that the owner of the instance knows to be known to others, by when it was set: another one is not
    /// meant any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised_password: Option<Timestamp>,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// When the user last signed in; kept beside the rest, because sign-ins do not contend.
    #[serde(skip)]
    pub last_sign_in_at: Option<Timestamp>,
    /// When the user was last there; kept beside the rest.
    #[serde(skip)]
    pub last_active_at: Option<Timestamp>,
    /// When the account was created.
    pub created_at: Timestamp,
    /// When it last changed; grows with every change.
    #[serde(skip)]
    pub updated_at: Timestamp,
}

/// An email address of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAddress {
    /// Id.
    pub id: IdentificationId,
    /// Whose it is.
    pub user_id: UserId,
    /// The address.
    pub email: Email,
    /// When it was proven, if it was.
    pub verified_at: Option<Timestamp>,
    /// Whether it is kept for this user although it is not proven.
    pub reserved: bool,
    /// The proof under way; kept beside the rest.
    #[serde(skip)]
    pub code: CodeProof,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl EmailAddress {
    /// Whether nobody else at the instance may have it: it is proven, or kept for this user.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.verified_at.is_some() || self.reserved
    }
}

/// A phone number of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// Id.
    pub id: IdentificationId,
    /// Whose it is.
    pub user_id: UserId,
    /// The number.
    pub phone: Phone,
    /// When it was proven, if it was.
    pub verified_at: Option<Timestamp>,
    /// Whether it is kept for this user although it is not proven.
    pub reserved: bool,
    /// Whether codes to it are a second factor, once it is proven; then they are no first one.
    #[serde(default)]
    pub second_factor: bool,
    /// Whether it is the second factor to offer first.
    #[serde(default)]
    pub default_second_factor: bool,
    /// The proof under way; kept beside the rest.
    #[serde(skip)]
    pub code: CodeProof,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl PhoneNumber {
    /// Whether codes to it are a second factor.
    #[must_use]
    pub fn is_second_factor(&self) -> bool {
        self.verified_at.is_some() && self.second_factor
    }

    /// Whether codes to it prove who somebody is in the first place.
    #[must_use]
    pub fn is_first_factor(&self) -> bool {
        self.verified_at.is_some() && !self.second_factor
    }

    /// Whether nobody else at the instance may have it: it is proven, or kept for this user.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.verified_at.is_some() || self.reserved
    }
}

/// What may be known of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordSummary {
    /// When it was set.
    pub updated_at: Timestamp,
    /// Which one it is: what [`crate::Effect::RequirePassword`] asks for.
    pub version: i64,
}

/// A user with everything that hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Email addresses, oldest first.
    pub emails: Vec<EmailAddress>,
    /// Phone numbers, oldest first.
    pub phones: Vec<PhoneNumber>,
    /// Accounts elsewhere, oldest first.
    pub externals: Vec<ExternalAccount>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// The password, if there is one.
    pub password: Option<PasswordSummary>,
    /// What proves the user beside the first factor.
    pub second_factors: SecondFactors,
    /// What wrong tries of whoever asks are counted under.
    pub counter: Counter,
    /// Those tries.
    pub lockout: Lockout,
}

impl Account {
    /// The main email address.
    #[must_use]
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        let primary = self.user.primary_email_address_id.as_ref()?;
        self.emails.iter().find(|email| email.id == *primary)
    }
}

/// A change of the profile: `None` leaves a field, an empty text clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// JSON text of an object; older apps only.
    pub unsafe_metadata: Option<String>,
    /// Which of the proven addresses is the main one.
    pub primary_email_address_id: Option<String>,
    /// Which of the proven numbers is the main one.
    pub primary_phone_number_id: Option<String>,
    /// User name.
    pub username: Option<String>,
}

impl Account {
    /// Changes the profile. Every fault is told at once.
    pub fn change_profile(&self, change: &ProfileChange, policy: &Policy) -> Result<User, Vec<FieldError>> {
        let mut user = self.user.clone();
        let mut faults = Vec::new();
        for (param, requirement, typed, place) in [
            ("first_name", policy.first_name, &change.first_name, &mut user.first_name),
            ("last_name", policy.last_name, &change.last_name, &mut user.last_name),
        ] {
            let Some(typed) = typed else { continue };
            match field::person_name(param, typed) {
                _ if !requirement.is_on() => faults.push(FieldError::new(param, FieldFault::Unknown)),
                Ok(None) if requirement == crate::Requirement::Required => {
                    faults.push(FieldError::new(param, FieldFault::Missing));
                }
                Ok(name) => *place = name,
                Err(fault) => faults.push(fault),
            }
        }
        if let Some(text) = &change.unsafe_metadata {
            match field::metadata("unsafe_metadata", text) {
                Ok(metadata) => user.unsafe_metadata = metadata,
                Err(fault) => faults.push(fault),
            }
        }
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
                Ok(None) if !self.enters_without_name() => {
                    faults.push(FieldError::new("username", FieldFault::Missing));
                }
                Ok(name) => user.username = name,
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(user) } else { Err(faults) }
    }
}

impl Account {
    /// What the user is known by: the main address, the main number or the name, whichever there is first.
    #[must_use]
    pub fn identifier(&self) -> Option<Identifier> {
        let email = self.primary_email().or(self.emails.first()).map(|address| address.email.clone().into());
        let phone = || self.primary_phone().or(self.phones.first()).map(|number| number.phone.clone().into());
        let name = || self.user.username.clone().map(Identifier::from);
        email.or_else(phone).or_else(name)
    }

    /// Whether the user is found by something else than their name.
    fn enters_without_name(&self) -> bool {
        let claimed =
            self.emails.iter().any(EmailAddress::is_claimed) || self.phones.iter().any(PhoneNumber::is_claimed);
        claimed || self.externals.iter().any(ExternalAccount::is_linked)
    }

    /// What has to be committed for the user's name when the user becomes this. `id` is the name's as an identification.
    #[must_use]
    pub fn renamed(&self, user: &User, id: IdentificationId) -> Option<Effect> {
        let name = user.username.clone();
        (name != self.user.username).then(|| Effect::SetUsername { user_id: user.id.clone(), id, name })
    }
}

/// Reads a user name that somebody wants; an empty text is none, where none is needed.
pub(crate) fn chosen_username(typed: &str, policy: &Policy) -> Result<Option<Username>, FieldError> {
    let fault = |fault| FieldError::new("username", fault);
    if !policy.username.requirement.is_on() {
        return Err(fault(FieldFault::Unknown));
    }
    if typed.is_empty() {
        let needed = policy.username.requirement == crate::Requirement::Required;
        return if needed { Err(fault(FieldFault::Missing)) } else { Ok(None) };
    }
    Username::choose(typed, &policy.username).map(Some).map_err(|error| fault(error.into()))
}

#[cfg(test)]
mod tests;
