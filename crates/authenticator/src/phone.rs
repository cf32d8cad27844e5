//! *A phone*: asked over CTAP2 once it has scanned a code (CTAP 2.2 §11.5, "hybrid transports").
//!
//! **EXPERIMENTAL**: built in by the feature `phone` alone, tried against the phone of `webauthn-authenticator-rs` and no
//! real one, and reviewed by nobody.
//!
//! ```text
//! Invitation   what the code says, and who has read it
//! Air          where phones are heard, and the server over which their maker has them reached
//! handshake    who has read the code and is near by, and nobody between, has the keys of
//! Channel      messages that the server cannot read
//! Line         the phone, as something that speaks CTAP2
//! ```
//!
//! The library has all this as well and gives nobody the phone itself, only what it makes of it: it does not ask for a key
//! that is found without its id, and leaves out whose account was signed for, so nobody could sign in by what it hands
//! over. It also brings OpenSSL beside the TLS of the app, and stops the program at an empty message. So the way is ours, and
//! the ceremony is that of security keys.

mod channel;
mod handshake;
mod invitation;
mod line;
mod open_air;
#[cfg(all(test, feature = "phone-peer"))]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod peer_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod street;
mod tunnel;

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use self::{
    channel::Channel,
    handshake::Handshake,
    invitation::{Heard, Invitation, Purpose},
    line::Line,
};
pub use self::{open_air::OpenAir, tunnel::Pipe};
use crate::{
    Authenticator, Cancel, Code, Creation, Fault, Kind, Made, Now, Person, Request, Sign, Signed, Unready,
    answer::unreadable,
    ctap::{Ceremony, Picked, Screen, Source, fault, in_own_thread, of_phone, spoken_to},
};

/// How long a phone that was heard may take until it can be asked. Nobody has to do anything meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server over which the maker of a phone has it reached (CTAP 2.2 §11.5.1.3). Those that nobody has vouched for are
/// left out: the phone names the server, and the app would open a connection to wherever it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// For phones with Android.
    Google,
    /// For iPhones and iPads.
    Apple,
}

impl Server {
    /// Its name.
    #[must_use]
    pub fn host(self) -> &'static str {
        match self {
            Self::Google => "cable.ua5v.com",
            Self::Apple => "cable.auth.com",
        }
    }
}

/// Where phones are heard, and how they are reached.
pub trait Air: Send + Sync + 'static {
    /// Whether phones can be heard now. Asks nobody anything.
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>>;

    /// What phones say near by, until nobody listens any more: service data of Bluetooth, of whichever phone.
    fn listen(&self) -> BoxFuture<'_, Result<mpsc::Receiver<Vec<u8>>, Fault>>;

    /// Reaches the phone that waits at this path of a server.
    fn connect(&self, server: Server, path: String) -> BoxFuture<'_, Result<Pipe, Fault>>;
}

/// Phones as an authenticator.
pub struct Phone<A> {
    air: Arc<A>,
    now: Now,
    patience: Duration,
}

impl<A: Air> Phone<A> {
    /// Phones that are heard in this air.
    #[must_use]
    pub fn new(air: A, now: Now) -> Self {
        Self { air: Arc::new(air), now, patience: PATIENCE }
    }

    fn ceremony(&self, purpose: Purpose, person: Arc<dyn Person>, cancel: Cancel) -> Ceremony<Ringing<A>> {
        let ringing = Ringing { air: self.air.clone(), now: self.now.clone(), patience: self.patience, purpose };
        Ceremony::new(ringing, person, cancel)
    }
}

impl<A: Air> Authenticator for Phone<A> {
    fn kind(&self) -> Kind {
        Kind::Phone
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        self.air.ready()
    }

    fn register(
        &self,
        creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>> {
        let ceremony = self.ceremony(Purpose::Make, person, cancel);
        Box::pin(in_own_thread(move || ceremony.make(&creation)))
    }

    fn sign_in(
        &self,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        let ceremony = self.ceremony(Purpose::Sign, person, cancel);
        Box::pin(in_own_thread(move || ceremony.sign(&request)))
    }
}

/// A phone is waited for.
struct Ringing<A> {
    air: Arc<A>,
    now: Now,
    patience: Duration,
    purpose: Purpose,
}

impl<A: Air> Source for Ringing<A> {
    const KIND: Kind = Kind::Phone;
    const TRANSPORT: &'static str = "hybrid";
    type Token = Line;

    async fn pick<'a>(&self, screen: &'a Screen, cancel: &Cancel) -> Result<Picked<'a, Line>, Fault> {
        let line = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Fault::Cancelled),
            line = self.answered(screen) => line,
        }?;
        spoken_to(line, cancel, screen).await.ok_or_else(unreadable)
    }
}

impl<A: Air> Ringing<A> {
    /// The phone that scans the code. For that its owner takes the time that the instance gives.
    async fn answered(&self, screen: &Screen) -> Result<Line, Fault> {
        let invitation = Invitation::new(self.purpose, (self.now)())?;
        let mut said = self.air.listen().await?;
        screen.show(Sign::Scan(Code(invitation.text())));
        let heard = loop {
            let one = said.recv().await;
            let one = one.ok_or_else(|| Fault::Bluetooth("nothing is heard any more".to_owned()))?;
            // Phones of other people say something too.
            if let Some(heard) = invitation.heard(&one) {
                break heard;
            }
        };
        drop(said);
        screen.show(Sign::Connecting);
        let reached = tokio::time::timeout(self.patience, self.reached(&invitation, &heard)).await;
        reached.unwrap_or_else(|_| Err(Fault::Unreached("it did not answer in time".to_owned())))
    }

    async fn reached(&self, invitation: &Invitation, heard: &Heard) -> Result<Line, Fault> {
        let server = heard
            .server()
            .ok_or_else(|| Fault::Unreached("it waits at a server that is neither Google's nor Apple's".to_owned()))?;
        let mut pipe = self.air.connect(server, invitation.path(heard)?).await?;
        let (handshake, hello) = Handshake::begin(invitation.identity(), &*invitation.shared_with(heard)?)?;
        pipe.to.send(hello).await.map_err(|_| Fault::Gone)?;
        let answer = pipe.from.recv().await.ok_or(Fault::Gone)?;
        let keys = handshake.finish(invitation.identity(), &answer)?;
        let mut channel = Channel::new(pipe, keys.ways()?);
        let said = channel.receive().await.map_err(|error| fault(error, None))?;
        Ok(Line::new(channel, of_phone(&said).ok_or_else(unreadable)?))
    }
}

#[cfg(test)]
mod tests;
