//! *Security keys*: authenticators that are plugged in, asked over CTAP2.
//!
//! The protocol is that of `webauthn-authenticator-rs`. Beside it stands what it leaves out: a [`Wire`](wire::Wire) around
//! each key, which asks for keys that are found without their id, reads whose account was signed for, counts the tries of
//! a PIN that are left, and lets a key go the moment that a ceremony ends.

mod pick;
mod screen;
mod spoken;
#[cfg(unix)]
mod usb;
mod wire;

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use webauthn_authenticator_rs::{
    AuthenticatorBackendHashedClientData as _,
    error::{CtapError, WebauthnCError},
    transport::{Token, Transport},
};

#[cfg(unix)]
pub use self::usb::Usb;
use self::{
    pick::{Picked, pick},
    screen::Screen,
    spoken::SignedBy,
};
use crate::{
    Authenticator, Cancel, Creation, Discoverable, Fault, Kind, Made, Person, Request, Signed, Unready,
    answer::{Assertion, NewKey, unreadable},
};

/// How long a key may take to let go.
const LETTING_GO: Duration = Duration::from_millis(400);

/// A port that keys are plugged into.
pub trait Bus: Send + Sync + 'static {
    /// A key.
    type Token: Token + 'static;
    /// Sees keys come and go.
    type Transport: for<'life> Transport<'life, Token = Self::Token>;

    /// Opens the port.
    fn open(&self) -> impl Future<Output = Result<Self::Transport, WebauthnCError>>;
}

/// The keys of a port as an authenticator.
pub struct SecurityKeys<B>(Arc<B>);

impl<B: Bus> SecurityKeys<B> {
    /// The keys of this port.
    #[must_use]
    pub fn new(bus: B) -> Self {
        Self(Arc::new(bus))
    }
}

impl<B: Bus> Authenticator for SecurityKeys<B> {
    fn kind(&self) -> Kind {
        Kind::SecurityKey
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        let (bus, runtime) = (self.0.clone(), Handle::current());
        Box::pin(async move {
            let opened = tokio::task::spawn_blocking(move || runtime.block_on(bus.open()).map(drop));
            match opened.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(Unready::Failed(error.to_string())),
                Err(_) => Err(Unready::Failed("it stopped".to_owned())),
            }
        })
    }

    fn register(
        &self,
        creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>> {
        let ceremony = Ceremony::new(self.0.clone(), person, cancel);
        Box::pin(in_own_thread(move || ceremony.make(&creation)))
    }

    fn sign_in(
        &self,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        let ceremony = Ceremony::new(self.0.clone(), person, cancel);
        Box::pin(in_own_thread(move || ceremony.sign(&request)))
    }
}

/// The library waits for keys where it is called.
async fn in_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::Device("it stopped".to_owned())))
}

struct Ceremony<B> {
    bus: Arc<B>,
    person: Arc<dyn Person>,
    cancel: Cancel,
    runtime: Handle,
}

impl<B: Bus> Ceremony<B> {
    fn new(bus: Arc<B>, person: Arc<dyn Person>, cancel: Cancel) -> Self {
        Self { bus, person, cancel, runtime: Handle::current() }
    }

    /// CTAP 2.1 §6.1.
    fn make(&self, creation: &Creation) -> Result<Made, Fault> {
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
                kind: Kind::SecurityKey,
                attestation_object: made.object().ok_or_else(unreadable)?,
                transports: notes.transports(),
                discoverable: notes.asked_discoverable(),
                client_data: &client_data,
            };
            new.made(creation)
        })
    }

    /// CTAP 2.1 §6.2.
    fn sign(&self, request: &Request) -> Result<Signed, Fault> {
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
            kind: Kind::SecurityKey,
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
        ask: impl Fn(&mut Picked<'_, B::Token>) -> Result<(), WebauthnCError>,
    ) -> Result<Arc<wire::Notes>, Fault> {
        // The library waits in an executor of its own, in which times and ports are still those of the runtime.
        let _inside = self.runtime.enter();
        let screen = Screen::new(self.person.clone(), self.cancel.clone(), self.runtime.clone());
        let picking = async {
            let transport = self.bus.open().await.map_err(|error| fault(error, None))?;
            let seen = transport.watch().await.map_err(|error| fault(error, None))?;
            pick(seen, &self.cancel, &screen).await
        };
        // Keys that are asked hear of the end by themselves; ports that do not answer are not waited for.
        let ended = async {
            self.cancel.cancelled().await;
            tokio::time::sleep(LETTING_GO).await;
        };
        let mut picked = self.runtime.block_on(async {
            tokio::select! {
                biased;
                picked = picking => picked,
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
fn fault(error: WebauthnCError, notes: Option<&wire::Notes>) -> Fault {
    use CtapError as Said;
    match error {
        WebauthnCError::Cancelled if notes.is_some_and(wire::Notes::is_blocked) => Fault::PinBlocked,
        WebauthnCError::Cancelled if notes.is_some_and(wire::Notes::wants_replug) => Fault::PinReplug,
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
        error => Fault::Device(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
