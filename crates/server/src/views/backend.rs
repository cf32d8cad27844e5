//! What the owner of the instance sees.

use frontdesk_identity::{self as identity, Account, Policy, Strategy, Timestamp};
use frontdesk_wire::{
    KeyKind,
    backend::{
        AllowlistIdentifier, BlocklistIdentifier, Client, EmailAddress, Instance, InstanceRestrictions, Invitation,
        JwtTemplate, Passkey, PhoneNumber, RedirectUrl, Session, SignInToken, User, Verification, WaitlistEntry,
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{account, session};
use crate::{public_url::PublicUrl, settings::Settings};

/// A user, with what is for the owner alone.
#[must_use]
pub fn user(account: &Account, url: &PublicUrl, policy: &Policy, now: Timestamp) -> User {
    let seen = account::user(account, url, policy, now);
    let user = &account.user;
    User {
        object: seen.object,
        id: seen.id,
        external_id: user.external_id.clone(),
        first_name: seen.first_name,
        last_name: seen.last_name,
        locale: user.locale.clone(),
        image_url: seen.image_url.unwrap_or_default(),
        has_image: seen.has_image,
        username: seen.username,
        primary_email_address_id: seen.primary_email_address_id,
        primary_phone_number_id: seen.primary_phone_number_id,
        phone_numbers: account.phones.iter().map(phone_number).collect(),
        email_addresses: account.emails.iter().map(email_address).collect(),
        passkeys: account.passkeys.iter().map(passkey).collect(),
        public_metadata: seen.public_metadata,
        private_metadata: user.private_metadata.clone(),
        unsafe_metadata: seen.unsafe_metadata,
        password_enabled: seen.password_enabled,
        two_factor_enabled: seen.two_factor_enabled,
        totp_enabled: seen.totp_enabled,
        backup_code_enabled: seen.backup_code_enabled,
        mfa_enabled_at: seen.mfa_enabled_at,
        mfa_disabled_at: seen.mfa_disabled_at,
        password_last_updated_at: seen.password_last_updated_at,
        banned: seen.banned,
        locked: seen.locked,
        lockout_expires_in_seconds: seen.lockout_expires_in_seconds,
        verification_attempts_remaining: seen.verification_attempts_remaining,
        delete_self_enabled: seen.delete_self_enabled,
        last_sign_in_at: seen.last_sign_in_at,
        last_active_at: seen.last_active_at,
        legal_accepted_at: seen.legal_accepted_at,
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        ..User::default()
    }
}

/// A phone number.
#[must_use]
pub fn phone_number(number: &identity::PhoneNumber) -> PhoneNumber {
    let verification = number.verified_at.map(|_| Verification {
        object: "verification_otp".to_owned(),
        status: "verified".to_owned(),
        strategy: Strategy::PhoneCode.as_str().to_owned(),
        ..Verification::default()
    });
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

/// An email address.
#[must_use]
pub fn email_address(email: &identity::EmailAddress) -> EmailAddress {
    let verification = email.verified_at.map(|_| Verification {
        object: "verification_otp".to_owned(),
        status: "verified".to_owned(),
        strategy: Strategy::EmailCode.as_str().to_owned(),
        ..Verification::default()
    });
    EmailAddress {
        object: "email_address".to_owned(),
        id: email.id.to_string(),
        email_address: email.email.to_string(),
        reserved: email.reserved,
        verification,
        created_at: email.created_at.0,
        updated_at: email.updated_at.0,
        ..EmailAddress::default()
    }
}

/// A passkey.
#[must_use]
pub fn passkey(passkey: &identity::Passkey) -> Passkey {
    Passkey {
        object: "passkey".to_owned(),
        id: passkey.id.to_string(),
        name: passkey.name.clone(),
        last_used_at: passkey.last_used_at.map(|at| at.0),
        verification: Some(Verification {
            object: "verification_passkey".to_owned(),
            status: "verified".to_owned(),
            strategy: Strategy::Passkey.as_str().to_owned(),
            ..Verification::default()
        }),
    }
}

/// A session.
#[must_use]
pub fn session_of(session: &identity::Session, policy: &Policy, now: Timestamp) -> Session {
    let seen = session::active_session(session, policy, now);
    Session {
        object: seen.object,
        id: seen.id,
        user_id: session.user_id.to_string(),
        client_id: session.client_id.to_string(),
        status: seen.status,
        last_active_at: seen.last_active_at,
        latest_activity: seen.latest_activity.map(Into::into),
        expire_at: seen.expire_at,
        abandon_at: seen.abandon_at,
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        ..Session::default()
    }
}

/// A token with the ticket that its holder shows. There is no page of the instance's own that takes one.
#[must_use]
pub fn sign_in_token(token: &identity::SignInToken, ticket: &SecretString) -> SignInToken {
    SignInToken {
        object: "sign_in_token".to_owned(),
        id: token.id.to_string(),
        user_id: token.user_id.to_string(),
        token: ticket.expose_secret().to_owned(),
        url: None,
        status: token.state.as_str().to_owned(),
        created_at: token.created_at.0,
        updated_at: token.updated_at.0,
    }
}

/// A listed address.
#[must_use]
pub fn redirect_url(listed: &frontdesk_store::RedirectUrl) -> RedirectUrl {
    RedirectUrl {
        object: "redirect_url".to_owned(),
        id: listed.id.clone(),
        url: listed.url.clone(),
        created_at: listed.created_at.0,
        updated_at: listed.created_at.0,
    }
}

/// An entry of the allowlist.
#[must_use]
pub fn allowlist_identifier(listed: &frontdesk_store::ListedIdentifier, instance_id: &str) -> AllowlistIdentifier {
    AllowlistIdentifier {
        object: "allowlist_identifier".to_owned(),
        id: listed.id.clone(),
        invitation_id: None,
        identifier: listed.entry.text(),
        identifier_type: listed.entry.kind().to_owned(),
        instance_id: instance_id.to_owned(),
        created_at: listed.created_at.0,
        updated_at: listed.created_at.0,
    }
}

/// An entry of the blocklist.
#[must_use]
pub fn blocklist_identifier(listed: &frontdesk_store::ListedIdentifier, instance_id: &str) -> BlocklistIdentifier {
    BlocklistIdentifier {
        object: "blocklist_identifier".to_owned(),
        id: listed.id.clone(),
        identifier: listed.entry.text(),
        identifier_type: listed.entry.kind().to_owned(),
        instance_id: instance_id.to_owned(),
        created_at: listed.created_at.0,
        updated_at: listed.created_at.0,
    }
}

/// What the instance says of who may come in.
#[must_use]
pub fn restrictions(policy: &Policy) -> InstanceRestrictions {
    let rules = &policy.restrictions;
    InstanceRestrictions {
        object: "instance_restrictions".to_owned(),
        allowlist: rules.allowlist,
        blocklist: rules.blocklist,
        allowlist_blocklist_disabled_on_sign_in: true,
        block_email_subaddresses: rules.block_email_subaddresses,
        block_disposable_email_domains: rules.block_disposable_email_domains,
    }
}

/// An invitation.
#[must_use]
pub fn invitation(invitation: &identity::Invitation, url: Option<String>, now: Timestamp) -> Invitation {
    Invitation {
        object: "invitation".to_owned(),
        id: invitation.id.to_string(),
        email_address: invitation.email.to_string(),
        public_metadata: invitation.public_metadata.clone(),
        revoked: invitation.state == identity::InvitationState::Revoked,
        status: invitation.status(now).as_str().to_owned(),
        url,
        expires_at: Some(invitation.expire_at.0),
        created_at: invitation.created_at.0,
        updated_at: invitation.updated_at.0,
    }
}

/// Somebody on the waitlist.
#[must_use]
pub fn waitlist_entry(entry: &identity::WaitlistEntry, invitation: Option<Invitation>) -> WaitlistEntry {
    WaitlistEntry {
        object: "waitlist_entry".to_owned(),
        id: entry.id.to_string(),
        email_address: entry.email.to_string(),
        status: entry.state.as_str().to_owned(),
        is_locked: false,
        created_at: entry.created_at.0,
        updated_at: entry.updated_at.0,
        invitation,
    }
}

/// A template. Its key is shown to nobody.
#[must_use]
pub fn jwt_template(stored: &frontdesk_store::JwtTemplate) -> JwtTemplate {
    let template = &stored.template;
    JwtTemplate {
        object: "jwt_template".to_owned(),
        id: stored.id.clone(),
        name: template.name.clone(),
        claims: template.claims.clone(),
        lifetime: template.lifetime,
        allowed_clock_skew: template.clock_skew,
        custom_signing_key: template.own_key,
        signing_algorithm: template.algorithm.as_str().to_owned(),
        created_at: stored.created_at.0,
        updated_at: stored.updated_at.0,
    }
}

/// The instance.
#[must_use]
pub fn instance(id: &str, kind: KeyKind, settings: &Settings) -> Instance {
    let sessions = &settings.policy.sessions;
    Instance {
        object: "instance".to_owned(),
        id: id.to_owned(),
        environment_type: kind.as_str().to_owned(),
        allowed_origins: Some(settings.allowed_origins.clone()),
        workspace_id: None,
        single_session_mode: sessions.single_session,
        session_max_lifetime_ms: sessions.max_lifetime_ms,
        session_inactivity_ms: sessions.inactivity_ms,
    }
}

/// A client with the sessions that it shows. `updated_at` is when anything last changed that it shows.
#[must_use]
pub fn client_of(client: &identity::Client, updated_at: Timestamp, sessions: Vec<Session>) -> Client {
    let signed_in = || sessions.iter().filter(|session| session.status == "active");
    let last = client.last_active_session_id.as_ref().map(ToString::to_string);
    let session_ids: Vec<_> = sessions.iter().map(|session| session.id.clone()).collect();
    Client {
        object: "client".to_owned(),
        id: client.id.to_string(),
        last_active_session_id: last.filter(|id| signed_in().any(|session| session.id == *id)),
        session_ids,
        sessions,
        sign_in_id: client.sign_in_id.as_ref().map(ToString::to_string),
        sign_up_id: client.sign_up_id.as_ref().map(ToString::to_string),
        last_authentication_strategy: client.last_strategy.map(|strategy| strategy.as_str().to_owned()),
        created_at: client.created_at.0,
        updated_at: updated_at.0,
    }
}
