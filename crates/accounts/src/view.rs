//! What the window may see of a client.

use frontdesk_wire as wire;
use serde_json::Value;

use crate::{
    claims,
    snapshot::{ClientView, SessionView},
};

/// Whether an id of an instance is one of the protocol's: it becomes part of paths, and would lead elsewhere there.
pub(crate) fn is_usable(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Fields that the window has no use for: the page for the browser, whose address holds the flow's state, and what a
/// device is asked for a passkey.
const HIDDEN: [&str; 2] = ["external_verification_redirect_url", "nonce"];

/// Takes out what is for the browser or for a device, however deep it lies.
pub(crate) fn hide_pages(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| match name.as_str() {
            name if HIDDEN.contains(&name) => *value = Value::Null,
            _ => hide_pages(value),
        }),
        Value::Array(entries) => entries.iter_mut().for_each(hide_pages),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The sign-in as it is shown.
fn shown_sign_in(mut attempt: wire::SignIn) -> Option<wire::SignIn> {
    let proofs = [&mut attempt.first_factor_verification, &mut attempt.second_factor_verification];
    proofs.into_iter().flatten().for_each(|proof| {
        proof.external_verification_redirect_url = None;
        proof.nonce = None;
    });
    let factors = [&mut attempt.supported_first_factors, &mut attempt.supported_second_factors];
    factors.into_iter().flatten().flatten().for_each(|factor| factor.external_verification_redirect_url = None);
    Some(attempt).filter(|attempt| is_usable(&attempt.id))
}

/// The sign-up as it is shown.
fn shown_sign_up(mut attempt: wire::SignUp) -> Option<wire::SignUp> {
    let proofs = &mut attempt.verifications;
    let others = [&mut proofs.email_address, &mut proofs.phone_number, &mut proofs.web3_wallet];
    others.into_iter().flatten().for_each(|proof| proof.external_verification_redirect_url = None);
    if let Some(proof) = &mut proofs.external_account {
        proof.external_verification_redirect_url = None;
    }
    attempt.external_account.iter_mut().for_each(hide_pages);
    Some(attempt).filter(|attempt| is_usable(&attempt.id))
}

/// The user as they are shown.
fn shown_user(mut user: wire::User) -> wire::User {
    let proofs = user.external_accounts.iter_mut().filter_map(|external| external.verification.as_mut());
    proofs.for_each(|proof| proof.external_verification_redirect_url = None);
    user.passkeys.iter_mut().filter_map(|passkey| passkey.verification.as_mut()).for_each(|proof| proof.nonce = None);
    user
}

impl From<wire::Client> for ClientView {
    fn from(client: wire::Client) -> Self {
        Self {
            id: client.id,
            sessions: client.sessions.into_iter().filter(|it| is_usable(&it.id)).map(SessionView::from).collect(),
            sign_in: client.sign_in.and_then(shown_sign_in),
            sign_up: client.sign_up.and_then(shown_sign_up),
            last_active_session_id: client.last_active_session_id,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

impl From<wire::Session> for SessionView {
    fn from(session: wire::Session) -> Self {
        let claims = session.last_active_token.and_then(|token| claims::decode(&token.jwt)).map(Value::Object);
        Self {
            id: session.id,
            status: session.status,
            expire_at: session.expire_at,
            abandon_at: session.abandon_at,
            last_active_at: session.last_active_at,
            user: session.user.map(shown_user),
            factor_verification_age: session.factor_verification_age,
            claims,
            created_at: session.created_at,
            updated_at: session.updated_at,
        }
    }
}

impl ClientView {
    /// One view of several clients: the sessions of all, each once, and the attempt of the one where it is under way.
    pub(crate) fn of_all(clients: &[&Self], attempt: Option<&Self>) -> Option<Self> {
        let first = attempt.or_else(|| clients.first().copied())?;
        let mut sessions: Vec<SessionView> = Vec::new();
        for session in clients.iter().flat_map(|client| &client.sessions) {
            match sessions.iter_mut().find(|shown| shown.id == session.id) {
                Some(shown) if session.is_signed_in() && !shown.is_signed_in() => shown.clone_from(session),
                Some(_) => {}
                None => sessions.push(session.clone()),
            }
        }
        let last = if let [only] = clients {
            only.last_active_session_id.clone()
        } else {
            let used = clients.iter().filter_map(|client| client.used_last());
            used.max_by_key(|session| session.last_active_at).map(|session| session.id.clone())
        };
        Some(Self {
            id: first.id.clone(),
            sessions,
            sign_in: attempt.and_then(|client| client.sign_in.clone()),
            sign_up: attempt.and_then(|client| client.sign_up.clone()),
            last_active_session_id: last,
            created_at: clients.iter().map(|client| client.created_at).min().unwrap_or_default(),
            updated_at: clients.iter().map(|client| client.updated_at).max().unwrap_or_default(),
        })
    }

    /// The session of an id that is signed in.
    pub(crate) fn signed_in(&self, session: &str) -> Option<&SessionView> {
        self.sessions.iter().find(|candidate| candidate.id == session && candidate.is_signed_in())
    }

    /// The session that was used last, of those that are signed in.
    pub(crate) fn used_last(&self) -> Option<&SessionView> {
        let last = self.last_active_session_id.as_deref().and_then(|session| self.signed_in(session));
        last.or_else(|| self.sessions.iter().find(|session| session.is_signed_in()))
    }
}

impl SessionView {
    /// Active, or waiting for something that the user has to do first.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        matches!(self.status.as_str(), "active" | "pending")
    }

    /// What tells the account from others: its primary address, else another one, the user's name, a phone
    /// number, the id.
    #[must_use]
    pub fn name(&self) -> String {
        let Some(user) = &self.user else { return self.id.clone() };
        let primary = user.primary_email_address_id.as_deref();
        let addresses = &user.email_addresses;
        let address = addresses.iter().find(|address| Some(address.id.as_str()) == primary).or(addresses.first());
        let address = address.map(|address| address.email_address.clone());
        let main = user.primary_phone_number_id.as_deref();
        let numbers = &user.phone_numbers;
        let number = numbers.iter().find(|number| Some(number.id.as_str()) == main).or(numbers.first());
        let number = || number.map(|number| number.phone_number.clone());
        address.or_else(|| user.username.clone()).or_else(number).unwrap_or_else(|| user.id.clone())
    }
}
