//! *Security keys*: authenticators that are plugged in, asked over CTAP2.

mod pick;
#[cfg(unix)]
mod usb;

use std::{future::Future, sync::Arc};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use webauthn_authenticator_rs::{
    error::WebauthnCError,
    transport::{Token, Transport},
};

use self::pick::pick;
#[cfg(unix)]
pub use self::usb::Usb;
use crate::{
    Authenticator, Cancel, Creation, Fault, Kind, Made, Person, Request, Signed, Unready,
    ctap::{Ceremony, Picked, Screen, Source, fault, in_own_thread},
};

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
        let ceremony = Ceremony::new(Plugged(self.0.clone()), person, cancel);
        Box::pin(in_own_thread(move || ceremony.make(&creation)))
    }

    fn sign_in(
        &self,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        let ceremony = Ceremony::new(Plugged(self.0.clone()), person, cancel);
        Box::pin(in_own_thread(move || ceremony.sign(&request)))
    }
}

/// What is plugged into a port.
struct Plugged<B>(Arc<B>);

impl<B: Bus> Source for Plugged<B> {
    const KIND: Kind = Kind::SecurityKey;
    const TRANSPORT: &'static str = "usb";
    type Token = B::Token;

    async fn pick<'a>(&self, screen: &'a Screen, cancel: &Cancel) -> Result<Picked<'a, B::Token>, Fault> {
        let transport = self.0.open().await.map_err(|error| fault(error, None))?;
        let seen = transport.watch().await.map_err(|error| fault(error, None))?;
        pick(seen, cancel, screen).await
    }
}

#[cfg(test)]
mod tests;
