//! Users and what identifies them.

use serde::{Deserialize, Serialize};

use crate::{
    CodeProof, Email, ExternalAccount, FieldError, FieldFault, IdentificationId, ImageId, Lockout, Metadata, Policy,
    Timestamp, UserId, field,
};

mod emails;
mod owner;
mod password;
mod second_factor;

pub use emails::{AccountChange, EmailRefusal, parse_email};
pub use owner::{EmailChange, GivenEmail, NewAddress, NewUser, OwnerChange};
pub use password::{NewPassword, PasswordRefusal};
pub use second_factor::{
    BACKUP_CODES, BackupCodeSet, SecondFactor, SecondFactorProof, SecondFactorRefusal, SecondFactors, Totp,
};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub id: UserId,
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
    /// The picture, if the user has set one.
    #[serde(default)]
    pub image_id: Option<ImageId>,
    /// Language tag of the window at sign-up.
    pub locale: Option<String>,
    /// Whether the owner of the instance shut the user out.
    #[serde(default)]
    pub banned: bool,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// When a second factor was turned on.
    #[serde(default)]
    pub mfa_enabled_at: Option<Timestamp>,
    /// When the last second factor was turned off.
    #[serde(default)]
    pub mfa_disabled_at: Option<Timestamp>,
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

/// What may be known of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordSummary {
    /// When it was set.
    pub updated_at: Timestamp,
}

/// A user with everything that hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Email addresses, oldest first.
    pub emails: Vec<EmailAddress>,
    /// Accounts elsewhere, oldest first.
    pub externals: Vec<ExternalAccount>,
    /// The password, if there is one.
    pub password: Option<PasswordSummary>,
    /// What there is for the second factor.
    pub second_factors: SecondFactors,
    /// Wrong tries.
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
        if faults.is_empty() { Ok(user) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests;
