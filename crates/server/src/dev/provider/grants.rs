//! Codes and tokens that were given, each as a digest alone. A grant is everything that came of one decision; it is forgotten
//! as a whole.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{
    Timestamp,
    time::{HOUR, MINUTE},
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::confirm::Decision;
use crate::random::Random;

/// How long a code can be redeemed, in milliseconds.
const CODE_MS: i64 = MINUTE;
/// How long an access token can be used, in milliseconds.
pub(super) const ACCESS_MS: i64 = HOUR;
/// Most grants; the oldest goes first, with its tokens.
const MOST: usize = 1000;
/// Most access tokens of one grant; the oldest goes first.
const MOST_ACCESS: usize = 8;

type Digest = [u8; 32];

/// What a person has agreed to.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) decision: Decision,
    /// Whether they have shown that they are the user who would be signed in.
    pub(super) confirmed: bool,
    /// When.
    pub(super) at: Timestamp,
}

#[derive(Debug)]
struct Grant {
    id: u64,
    granted: Granted,
    code: Digest,
    redeemed: bool,
    refresh: Option<Digest>,
    access: VecDeque<(Digest, Timestamp)>,
}

/// Names a grant whose code was redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GrantId(u64);

/// What was given, newest last.
#[derive(Debug, Default)]
pub(super) struct Grants(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: u64,
    grants: VecDeque<Grant>,
}

impl State {
    fn forget(&mut self, id: u64) {
        self.grants.retain(|grant| grant.id != id);
    }
}

impl Grants {
    /// Gives a code for what somebody has agreed to.
    pub(super) fn give(&self, random: &dyn Random, granted: Granted) -> SecretString {
        let (code, digest) = new_secret(random);
        self.with(|state| {
            state.last += 1;
            while state.grants.len() >= MOST {
                state.grants.pop_front();
            }
            let (id, access) = (state.last, VecDeque::new());
            state.grants.push_back(Grant { id, granted, code: digest, redeemed: false, refresh: None, access });
        });
        code
    }

    /// Redeems a code, once. Whoever shows it a second time gets nothing, and what came of the first time ends: one of
    /// the two has stolen it (RFC 6749 §4.1.2). A code that does not fit is spent as well.
    pub(super) fn redeem(
        &self,
        code: &str,
        now: Timestamp,
        fits: impl FnOnce(&Granted) -> bool,
    ) -> Option<(GrantId, Granted)> {
        let code = digest_of(code);
        self.with(|state| {
            let grant = state.grants.iter_mut().find(|grant| grant.code == code)?;
            let id = grant.id;
            if grant.redeemed || now.since(grant.granted.at) >= CODE_MS || !fits(&grant.granted) {
                state.forget(id);
                return None;
            }
            grant.redeemed = true;
            Some((GrantId(id), grant.granted.clone()))
        })
    }

    /// Gives the first tokens of a grant: for access, and to refresh it. None if the grant has ended meanwhile.
    pub(super) fn begin(
        &self,
        random: &dyn Random,
        GrantId(id): GrantId,
        now: Timestamp,
    ) -> Option<(SecretString, SecretString)> {
        self.with(|state| {
            let grant = state.grants.iter_mut().find(|grant| grant.id == id)?;
            let (refresh, digest) = new_secret(random);
            grant.refresh = Some(digest);
            Some((grant.new_access(random, now), refresh))
        })
    }

    /// Gives another access token for a refresh token.
    pub(super) fn refresh(
        &self,
        random: &dyn Random,
        token: &str,
        now: Timestamp,
        fits: impl FnOnce(&Granted) -> bool,
    ) -> Option<(SecretString, Granted)> {
        let token = digest_of(token);
        self.with(|state| {
            let grant = state.grants.iter_mut().find(|grant| grant.refresh == Some(token))?;
            fits(&grant.granted).then(|| (grant.new_access(random, now), grant.granted.clone()))
        })
    }

    /// What an access token is good for.
    pub(super) fn accessed(&self, token: &str, now: Timestamp) -> Option<Granted> {
        let token = digest_of(token);
        self.with(|state| {
            let is_it = |grant: &&Grant| grant.access.iter().any(|(digest, until)| *digest == token && now < *until);
            state.grants.iter().find(is_it).map(|grant| grant.granted.clone())
        })
    }

    /// Ends the grant of an access or a refresh token. False if it is there and not for whoever asks; a token that is none
    /// has ended.
    pub(super) fn revoke(&self, token: &str, fits: impl FnOnce(&Granted) -> bool) -> bool {
        let token = digest_of(token);
        self.with(|state| {
            let found =
                state.grants.iter().find(|grant| grant.has(token)).map(|grant| (grant.id, fits(&grant.granted)));
            if let Some((id, true)) = found {
                state.forget(id);
            }
            found.is_none_or(|(_, fits)| fits)
        })
    }

    /// Ends a grant.
    pub(super) fn end(&self, GrantId(id): GrantId) {
        self.with(|state| state.forget(id));
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Grant {
    /// Whether it gave this token.
    fn has(&self, token: Digest) -> bool {
        self.refresh == Some(token) || self.access.iter().any(|(digest, _)| *digest == token)
    }

    fn new_access(&mut self, random: &dyn Random, now: Timestamp) -> SecretString {
        let (token, digest) = new_secret(random);
        while self.access.len() >= MOST_ACCESS {
            self.access.pop_front();
        }
        self.access.push_back((digest, now.plus(ACCESS_MS)));
        token
    }
}

/// A secret of 256 bits, and what is kept of it.
fn new_secret(random: &dyn Random) -> (SecretString, Digest) {
    let mut bytes = Zeroizing::new([0u8; 32]);
    random.fill(bytes.as_mut());
    let text = URL_SAFE_NO_PAD.encode(bytes.as_ref());
    let digest = digest_of(&text);
    (SecretString::from(text), digest)
}

fn digest_of(secret: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    bytes
}

#[cfg(test)]
mod tests;
