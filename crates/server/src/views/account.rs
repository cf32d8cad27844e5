use frontdesk_identity::{
    self as identity, Account, Email, ImageId, Policy, Strategy, Timestamp, time::DAY, time::SECOND,
};
use frontdesk_wire::{EmailAddress, LinkedIdentification, PhoneNumber, PublicUserData, User};

use super::{passkey, verification};
use crate::public_url::PublicUrl;

/// Where everybody finds a picture.
#[must_use]
pub fn image_url(id: &ImageId, url: &PublicUrl) -> String {
    format!("{}/v1/images/{id}", url.origin())
}

/// A user, for the user alone.
#[must_use]
pub fn user(account: &Account, url: &PublicUrl, policy: &Policy, now: Timestamp) -> User {
    let user = &account.user;
    let image_url = user.image_id.as_ref().map(|id| image_url(id, url)).unwrap_or_default();
    let lock = account.lockout.remaining_ms(now);
    User {
        object: "user".to_owned(),
        id: user.id.to_string(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        has_image: user.image_id.is_some(),
        profile_image_url: Some(image_url.clone()),
        image_url: Some(image_url),
        primary_email_address_id: user.primary_email_address_id.as_ref().map(ToString::to_string),
        username: user.username.as_ref().map(ToString::to_string),
        primary_phone_number_id: user.primary_phone_number_id.as_ref().map(ToString::to_string),
        phone_numbers: account.phones.iter().map(|number| phone_number(number, policy, now)).collect(),
        password_enabled: account.password.is_some(),
        two_factor_enabled: account.has_second_factor(),
        totp_enabled: account.second_factors.authenticator().is_some(),
        backup_code_enabled: account.second_factors.backup_codes > 0,
        mfa_enabled_at: account.second_factors.enabled_at.map(|at| at.0),
        mfa_disabled_at: account.second_factors.disabled_at.map(|at| at.0),
        email_addresses: account.emails.iter().map(|email| of_account(email, account, policy, now)).collect(),
        passkeys: account.passkeys.iter().map(passkey).collect(),
        password_last_updated_at: account.password.map(|password| password.updated_at.0),
        public_metadata: user.public_metadata.clone(),
        unsafe_metadata: user.unsafe_metadata.clone(),
        external_id: user.external_id.clone(),
        last_sign_in_at: user.last_sign_in_at.map(|at| at.0),
        banned: user.banned,
        locked: lock.is_some(),
        lockout_expires_in_seconds: lock.map(|left| left.saturating_add(SECOND - 1) / SECOND),
        verification_attempts_remaining: Some(i64::from(account.lockout.tries_left(policy, now))),
        created_at: user.created_at.0,
        updated_at: user.updated_at.0,
        delete_self_enabled: policy.delete_self,
        create_organizations_limit: Some(0),
        // By the day: when somebody was last there is nobody's business to the second.
        last_active_at: user.last_active_at.map(|at| at.0 - at.0.rem_euclid(DAY)),
        legal_accepted_at: user.legal_accepted_at.map(|at| at.0),
        ..User::default()
    }
}

/// What others may see of a user.
#[must_use]
pub fn public_user_data(account: &Account, url: &PublicUrl) -> PublicUserData {
    let user = &account.user;
    let image_url = user.image_id.as_ref().map(|id| image_url(id, url)).unwrap_or_default();
    PublicUserData {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        has_image: user.image_id.is_some(),
        profile_image_url: Some(image_url.clone()),
        image_url: Some(image_url),
        identifier: account.identifier().map(|identifier| identifier.to_string()).unwrap_or_default(),
        username: user.username.as_ref().map(ToString::to_string),
        user_id: Some(user.id.to_string()),
        banned: user.banned,
    }
}

/// An email address with the accounts elsewhere that name it too.
fn of_account(email: &identity::EmailAddress, account: &Account, policy: &Policy, now: Timestamp) -> EmailAddress {
    let names_it = |external: &&identity::ExternalAccount| {
        external.profile.as_ref().and_then(|profile| profile.email.as_ref()) == Some(&email.email)
    };
    let linked = account.externals.iter().filter(names_it).map(|external| LinkedIdentification {
        r#type: external.proof.connection.to_string(),
        id: external.identification_id().to_string(),
    });
    EmailAddress { linked_to: linked.collect(), ..email_address(email, policy, now) }
}

/// An email address, for the user alone.
#[must_use]
pub fn email_address(email: &identity::EmailAddress, policy: &Policy, now: Timestamp) -> EmailAddress {
    let verification = match email.verified_at {
        Some(_) => Some(verification::verified(Strategy::EmailCode)),
        None => verification::code(&email.code, Strategy::EmailCode, policy, now),
    };
    EmailAddress {
        object: "email_address".to_owned(),
        id: email.id.to_string(),
        email_address: Email::as_str(&email.email).to_owned(),
        reserved: email.reserved,
        verification,
        created_at: email.created_at.0,
        updated_at: email.updated_at.0,
        ..EmailAddress::default()
    }
}

/// A phone number, for the user alone.
#[must_use]
pub fn phone_number(number: &identity::PhoneNumber, policy: &Policy, now: Timestamp) -> PhoneNumber {
    let verification = match number.verified_at {
        Some(_) => Some(verification::verified(Strategy::PhoneCode)),
        None => verification::code(&number.code, Strategy::PhoneCode, policy, now),
    };
    PhoneNumber {
        object: "phone_number".to_owned(),
        id: number.id.to_string(),
        phone_number: number.phone.to_string(),
        reserved_for_second_factor: number.second_factor,
        default_second_factor: number.default_second_factor,
        reserved: number.reserved,
        verification,
        created_at: number.created_at.0,
        updated_at: number.updated_at.0,
        ..PhoneNumber::default()
    }
}
