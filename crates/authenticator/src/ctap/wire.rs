//! What goes to a key and comes from it, on its way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use webauthn_authenticator_rs::{
    error::{CtapError, WebauthnCError},
    transport::Token,
    ui::UiCallback,
};
use webauthn_rs_proto::AuthenticatorTransport;

use super::{
    GET_ASSERTION, GET_INFO, MAKE_CREDENTIAL,
    spoken::{self, Info, SignedBy},
};
use crate::{Cancel, answer::Attested};

/// Everything about PINs (§6.5).
const CLIENT_PIN: u8 = 0x06;
/// Asks for the signature of the next account (§6.3).
const GET_NEXT_ASSERTION: u8 = 0x08;
/// Most accounts that somebody chooses among.
const MOST_ACCOUNTS: usize = 32;

/// A key with somebody who listens.
#[derive(Debug)]
pub(crate) struct Wire<T> {
    token: T,
    notes: Arc<Notes>,
    cancel: Cancel,
    stop: Cancel,
}

/// What was heard.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    info: Info,
    want_discoverable: bool,
    asked_discoverable: bool,
    tries_left: Option<u32>,
    wants_replug: bool,
    made: Option<Attested>,
    signed: Vec<SignedBy>,
}

impl<T: Token> Wire<T> {
    pub(super) fn new(token: T, notes: Arc<Notes>, cancel: Cancel, stop: Cancel) -> Self {
        Self { token, notes, cancel, stop }
    }

    /// Sends and waits, until the ceremony ends: then the key is told to let go (CTAP 2.1 §11.2.9.1.5).
    async fn send<U: UiCallback>(&mut self, message: &[u8], ui: &U) -> Result<Vec<u8>, WebauthnCError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => {}
            () = self.stop.cancelled() => {}
            answer = self.token.transmit_raw(message, ui) => return answer,
        }
        // One that cannot be told ends by itself.
        self.token.cancel().await.ok();
        Err(WebauthnCError::Ctap(CtapError::Ctap2KeepAliveCancel))
    }
}

#[async_trait]
impl<T: Token> Token for Wire<T> {
    type Id = T::Id;

    fn has_button(&self) -> bool {
        self.token.has_button()
    }

    fn get_transport(&self) -> AuthenticatorTransport {
        self.token.get_transport()
    }

    async fn transmit_raw<U>(&mut self, cbor: &[u8], ui: &U) -> Result<Vec<u8>, WebauthnCError>
    where
        U: UiCallback,
    {
        let Some((command, _)) = cbor.split_first() else { return Err(WebauthnCError::Internal) };
        let changed = (*command == MAKE_CREDENTIAL).then(|| self.notes.making(cbor)).flatten();
        let message = changed.as_deref().unwrap_or(cbor);
        let answer = self.send(message, ui).await?;
        match *command {
            GET_INFO => self.notes.heard().info = spoken::info(&answer),
            CLIENT_PIN => self.notes.pin(message, &answer),
            MAKE_CREDENTIAL => self.notes.heard().made = spoken::made(&answer),
            GET_ASSERTION => {
                let named = spoken::only_allowed(message);
                let (count, signed) = spoken::signed(&answer, named.as_deref());
                let mut all = Vec::from_iter(signed);
                while all.len() < count.min(MOST_ACCOUNTS) {
                    // What there is counts, if it stops in the middle.
                    let Ok(next) = self.send(&[GET_NEXT_ASSERTION], ui).await else { break };
                    let Some(next) = spoken::signed(&next, None).1 else { break };
                    all.push(next);
                }
                self.notes.heard().signed = all;
                return Ok(named.and_then(|named| spoken::completed(&answer, &named)).unwrap_or(answer));
            }
            _ => {}
        }
        Ok(answer)
    }

    async fn cancel(&mut self) -> Result<(), WebauthnCError> {
        self.token.cancel().await
    }

    async fn init(&mut self) -> Result<(), WebauthnCError> {
        self.token.init().await
    }

    async fn close(&mut self) -> Result<(), WebauthnCError> {
        self.token.close().await
    }
}

impl Notes {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether keys that are made are to be found without their id, if the authenticator can.
    pub(super) fn want_discoverable(&self, wanted: bool) {
        self.heard().want_discoverable = wanted;
    }

    /// Whether it was asked for such a one.
    pub(super) fn asked_discoverable(&self) -> bool {
        self.heard().asked_discoverable
    }

    pub(super) fn tries_left(&self) -> Option<u32> {
        self.heard().tries_left
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.heard().tries_left == Some(0)
    }

    pub(super) fn wants_replug(&self) -> bool {
        self.heard().wants_replug
    }

    /// How it can be reached, as it says; else this way.
    pub(super) fn transports(&self, otherwise: &str) -> Vec<String> {
        let known = self.heard().info.transports.clone();
        if known.is_empty() { vec![otherwise.to_owned()] } else { known }
    }

    pub(super) fn take_made(&self) -> Option<Attested> {
        self.heard().made.take()
    }

    pub(super) fn take_signed(&self) -> Vec<SignedBy> {
        std::mem::take(&mut self.heard().signed)
    }

    /// What is sent in place of a message that asks for a key; none if it is as it should be. What the person typed
    /// proves is about the client data alone (§6.1.2), so options may be added.
    fn making(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut heard = self.heard();
        heard.made = None;
        heard.asked_discoverable = false;
        if !(heard.want_discoverable && heard.info.discoverable) {
            return None;
        }
        let changed = spoken::discoverable(message)?;
        heard.asked_discoverable = true;
        Some(changed)
    }

    fn pin(&self, message: &[u8], answer: &[u8]) {
        if let Some((tries_left, wants_replug)) = spoken::retries(message, answer) {
            let mut heard = self.heard();
            heard.tries_left = tries_left;
            heard.wants_replug = wants_replug;
        }
    }
}
