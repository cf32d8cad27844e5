//! What is asked over CTAP2, of whatever speaks it: a security key that is plugged in, a phone.
//!
//! The protocol is that of `webauthn-authenticator-rs`. Beside it stands what it leaves out: a [`Wire`] around
//! each key, which asks for keys that are found without their id, reads whose account was signed for, counts the tries of
//! a PIN that are left, and lets a key go the moment that a ceremony ends.

mod screen;
mod spoken;
mod wire;

use std::{future::Future, sync::Arc, time::Duration};

use tokio::runtime::Handle;
use webauthn_authenticator_rs::{
    AuthenticatorBackendHashedClientData as _,
    ctap2::CtapAuthenticator,
    error::{CtapError, WebauthnCError},
    transport::Token,
};

pub(crate) use self::screen::Screen;
#[cfg(all(unix, feature = "phone"))]
pub(crate) use self::spoken::of_phone;
use self::{
    spoken::SignedBy,
    wire::{Notes, Wire},
};
use crate::{
    Cancel, Creation, Discoverable, Fault, Kind, Made, Person, Request, Signed,
    answer::{Assertion, NewKey, unreadable},
};

/// Asks for a new key (CTAP 2.1 §6.1).
pub(crate) const MAKE_CREDENTIAL: u8 = 0x01;
/// Asks for signatures (§6.2).
pub(crate) const GET_ASSERTION: u8 = 0x02;
/// Asks what the key can (§6.4).
pub(crate) const GET_INFO: u8 = 0x04;
/// How long a key may take to let go.
pub(crate) const LETTING_GO: Duration = Duration::from_millis(400);

/// Where a ceremony gets what it asks.
pub(crate) trait Source: Send + 'static {
    /// Which kind of authenticator that is.
    const KIND: Kind;
    /// How it can be reached, where it does not say.
    const TRANSPORT: &'static str;
    /// A key.
    type Token: Token + 'static;

    /// The one that is used.
    fn pick<'a>(
        &self,
        screen: &'a Screen,
        cancel: &Cancel,
    ) -> impl Future<Output = Result<Picked<'a, Self::Token>, Fault>>;
}

/// The key that is used.
pub(crate) struct Picked<'a, T: Token> {
    pub(crate) key: CtapAuthenticator<'a, Wire<T>, Screen>,
    notes: Arc<Notes>,
    /// Lets it go, alone.
    pub(crate) stop: Cancel,
}

/// The key, if it speaks a protocol that is known.
pub(crate) async fn spoken_to<'a, T: Token>(token: T, cancel: &Cancel, screen: &'a Screen) -> Option<Picked<'a, T>> {
    let (notes, stop) = (Arc::new(Notes::default()), Cancel::default());
    let wire = Wire::new(token, notes.clone(), cancel.clone(), stop.clone());
    let key = CtapAuthenticator::new(wire, screen).await;
    if key.is_none() {
        tracing::info!("a security key speaks no protocol that is known");
    }
    Some(Picked { key: key?, notes, stop })
}

/// The library waits for keys where it is called.
pub(crate) async fn in_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::Device("it stopped".to_owned())))
}

/// One ceremony.
pub(crate) struct Ceremony<S> {
    source: S,
    person: Arc<dyn Person>,
    cancel: Cancel,
    runtime: Handle,
}

impl<S: Source> Ceremony<S> {
    pub(crate) fn new(source: S, person: Arc<dyn Person>, cancel: Cancel) -> Self {
        Self { source, person, cancel, runtime: Handle::current() }
    }

    /// CTAP 2.1 §6.1.
    pub(crate) fn make(&self, creation: &Creation) -> Result<Made, Fault> {
        let client_data = creation.client_data();
        let wanted = creation.discoverable() != Discoverable::Discouraged;
        self.with_key(wanted, |picked| {
            let milliseconds = u32::try_from(creation.time().as_millis()).unwrap_or(u32::MAX);
            // What the library makes of the answer lacks the id; the answer itself was noted.
            picked.key.perform_register(client_data.hash(), creation.worded(), milliseconds).map(drop)
        })
        .and_then(|notes| {
            let made = notes.take_made().ok_or_else(unreadable)?;
            verified(&made.authenticator_data, creation.rp_id())?;
            let new = NewKey {
                kind: S::KIND,
                attestation_object: made.object().ok_or_else(unreadable)?,
                transports: notes.transports(S::TRANSPORT),
                discoverable: notes.asked_discoverable(),
                client_data: &client_data,
            };
            new.made(creation)
        })
    }

    /// CTAP 2.1 §6.2.
    pub(crate) fn sign(&self, request: &Request) -> Result<Signed, Fault> {
        let client_data = request.client_data();
        let notes = self.with_key(false, |picked| {
            let milliseconds = u32::try_from(request.time().as_millis()).unwrap_or(u32::MAX);
            picked.key.perform_auth(client_data.hash(), request.worded(), milliseconds).map(drop)
        })?;
        let mut signed = notes.take_signed();
        let chosen = if signed.len() > 1 && !request.names_keys() {
            let names = signed.iter().map(SignedBy::account).collect();
            let chosen = self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = self.cancel.cancelled() => None,
                    chosen = self.person.choose(names) => chosen,
                }
            });
            chosen.filter(|chosen| *chosen < signed.len()).ok_or(Fault::Cancelled)?
        } else {
            0
        };
        if signed.is_empty() {
            return Err(unreadable());
        }
        let signed = signed.swap_remove(chosen);
        verified(&signed.authenticator_data, request.rp_id())?;
        let assertion = Assertion {
            kind: S::KIND,
            credential_id: signed.credential_id,
            authenticator_data: signed.authenticator_data,
            signature: signed.signature,
            user_handle: signed.user_handle,
            client_data: &client_data,
        };
        Ok(assertion.signed())
    }

    /// Has a key picked and asked until its PIN is right or it takes no more.
    fn with_key(
        &self,
        discoverable: bool,
        ask: impl Fn(&mut Picked<'_, S::Token>) -> Result<(), WebauthnCError>,
    ) -> Result<Arc<Notes>, Fault> {
        // The library waits in an executor of its own, in which times and ports are still those of the runtime.
        let _inside = self.runtime.enter();
        let screen = Screen::new(self.person.clone(), self.cancel.clone(), self.runtime.clone());
        // Keys that are asked hear of the end by themselves; ports that do not answer are not waited for.
        let ended = async {
            self.cancel.cancelled().await;
            tokio::time::sleep(LETTING_GO).await;
        };
        let mut picked = self.runtime.block_on(async {
            tokio::select! {
                biased;
                picked = self.source.pick(&screen, &self.cancel) => picked,
                () = ended => Err(Fault::Cancelled),
            }
        })?;
        picked.notes.want_discoverable(discoverable);
        screen.of(&picked.notes);
        loop {
            match ask(&mut picked) {
                Ok(()) => return Ok(picked.notes),
                Err(WebauthnCError::Ctap(CtapError::Ctap2PinInvalid)) => screen.was_wrong(),
                Err(_) if self.cancel.is_cancelled() => return Err(Fault::Cancelled),
                Err(error) => return Err(fault(error, Some(&picked.notes))),
            }
        }
    }
}

/// Whether the key says that it verified somebody for this relying party; no instance would take it otherwise.
fn verified(authenticator_data: &[u8], rp_id: &str) -> Result<(), Fault> {
    const PRESENT_AND_VERIFIED: u8 = 0x01 | 0x04;
    let (hash, rest) = authenticator_data.split_at_checked(32).ok_or_else(unreadable)?;
    if hash != aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, rp_id.as_bytes()).as_ref() {
        return Err(unreadable());
    }
    match rest.first() {
        Some(flags) if flags & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED => Ok(()),
        Some(_) => Err(Fault::NotVerified),
        None => Err(unreadable()),
    }
}

/// What a key or the library says, sorted (CTAP 2.1 §8.2).
pub(crate) fn fault(error: WebauthnCError, notes: Option<&Notes>) -> Fault {
    use CtapError as Said;
    match error {
        WebauthnCError::Cancelled if notes.is_some_and(Notes::is_blocked) => Fault::PinBlocked,
        WebauthnCError::Cancelled if notes.is_some_and(Notes::wants_replug) => Fault::PinReplug,
        WebauthnCError::Cancelled => Fault::Cancelled,
        WebauthnCError::UserVerificationRequired => Fault::PinNotSet,
        WebauthnCError::Ctap(said) => match said {
            Said::Ctap2CredentialExcluded => Fault::Excluded,
            Said::Ctap2NoCredentials | Said::Ctap2InvalidCredential => Fault::NoCredential,
            Said::Ctap2KeepAliveCancel | Said::Ctap2OperationDenied => Fault::Cancelled,
            Said::Ctap2UserActionTimeout | Said::Ctap2ActionTimeout | Said::Ctap1Timeout => Fault::TimedOut,
            Said::Ctap2PinAuthBlocked => Fault::PinReplug,
            Said::Ctap2PinBlocked => Fault::PinBlocked,
            Said::Ctap2PinNotSet => Fault::PinNotSet,
            Said::Ctap2UserVerificationInvalid | Said::Ctap2UserVerificationBlocked | Said::Ctap2PUATRequired => {
                Fault::NotVerified
            }
            Said::Ctap2KeyStoreFull | Said::Ctap2LimitExceeded => Fault::Full,
            Said::Ctap2UnsupportedAlgorithm => Fault::Algorithms,
            said => Fault::Device(format!("{said:?}")),
        },
        WebauthnCError::Closed => Fault::Gone,
        error => Fault::Device(error.to_string()),
    }
}
