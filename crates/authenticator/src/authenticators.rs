//! The authenticators of this computer, side by side.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{Cancel, Creation, Fault, Made, Person, Request, Signed, person::GRACE};

/// The kinds of authenticators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The keychain of this computer.
    ThisDevice,
    /// A security key that is plugged in.
    SecurityKey,
    /// Windows itself: Windows Hello, security keys and phones, by windows of its own.
    Windows,
}

/// Why an authenticator cannot be used now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// There is no keychain that keeps anything.
    #[error("there is no keychain: {0}")]
    NoKeychain(String),
    /// The keychain is locked.
    #[error("the keychain is locked: {0}")]
    Locked(String),
    /// It does not work, in the system's words.
    #[error("it does not work: {0}")]
    Failed(String),
    /// The PIN was wrong several times; it can be tried again after this time.
    #[error("the PIN was wrong several times")]
    PinWait(std::time::Duration),
}

/// Something that makes keys and signs with them.
pub trait Authenticator: Send + Sync + 'static {
    /// Which it is.
    fn kind(&self) -> Kind;

    /// Whether it can be used now. Asks nobody anything.
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>>;

    /// Makes a key (Web Authentication §6.3.2).
    fn register(
        &self,
        creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>>;

    /// Signs with one (Web Authentication §6.3.3).
    fn sign_in(
        &self,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>>;
}

/// An authenticator that a screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which it is.
    pub kind: Kind,
    /// Whether it can be used now, and why not.
    pub ready: Result<(), Unready>,
}

/// All authenticators of this computer.
#[derive(Clone, Default)]
pub struct Authenticators(Vec<Arc<dyn Authenticator>>);

impl Authenticators {
    /// These, in the order that a screen shows them in.
    #[must_use]
    pub fn new(all: Vec<Arc<dyn Authenticator>>) -> Self {
        Self(all)
    }

    /// All of them, with what can work now and why the rest cannot.
    pub async fn offers(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        for one in &self.0 {
            offers.push(Offer { kind: one.kind(), ready: one.ready().await });
        }
        offers
    }

    /// Makes a key on the one of that kind. Ends when there is an answer, when it is cancelled, or when the time that
    /// the instance waits is over; a second after either end the authenticator has let go.
    pub async fn register(
        &self,
        kind: Kind,
        creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> Result<Made, Fault> {
        let wrong = match creation.attachment() {
            Some("platform") => kind == Kind::SecurityKey,
            Some(_) => kind == Kind::ThisDevice,
            None => false,
        };
        if wrong {
            return Err(Fault::Attachment);
        }
        let one = self.usable(kind).await?;
        let time = creation.time();
        bounded(one.register(creation, person, cancel.clone()), time, cancel).await
    }

    /// Signs with a key of the one of that kind; ends like [`Self::register`].
    pub async fn sign_in(
        &self,
        kind: Kind,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> Result<Signed, Fault> {
        let one = self.usable(kind).await?;
        let time = request.time();
        bounded(one.sign_in(request, person, cancel.clone()), time, cancel).await
    }

    async fn usable(&self, kind: Kind) -> Result<&Arc<dyn Authenticator>, Fault> {
        let one = self.0.iter().find(|one| one.kind() == kind).ok_or(Fault::Unknown(kind))?;
        one.ready().await.map_err(|why| Fault::Unready(kind, why))?;
        Ok(one)
    }
}

/// Bounds a ceremony by its time and by whoever ends it. What was finished while it was ended counts.
async fn bounded<T>(
    mut running: BoxFuture<'_, Result<T, Fault>>,
    time: std::time::Duration,
    cancel: Cancel,
) -> Result<T, Fault> {
    let _ended = cancel.when_dropped();
    let why = tokio::select! {
        done = &mut running => return done,
        () = cancel.cancelled() => Fault::Cancelled,
        () = tokio::time::sleep(time) => Fault::TimedOut,
    };
    cancel.cancel();
    match tokio::time::timeout(GRACE, running).await {
        Ok(Ok(done)) => Ok(done),
        _ => Err(why),
    }
}

#[cfg(test)]
mod tests;
