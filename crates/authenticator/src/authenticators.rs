//! The authenticators of this computer, side by side.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use crate::{Cancel, Creation, Fault, Made, Person, Request, Signed, ThisDevice, person::GRACE};

/// How long a screen waits to hear what can be used.
const PATIENCE: Duration = Duration::from_secs(2);

/// The kinds of authenticators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The keychain of this computer.
    ThisDevice,
    /// A security key that is plugged in.
    SecurityKey,
    /// Windows itself: Windows Hello, security keys and phones, by windows of its own.
    Windows,
    /// A phone that scans a code; in builds that have it.
    Phone,
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
    /// It has not said yet, as a keychain whose own window waits for an answer.
    #[error("it does not answer")]
    NoAnswer,
    /// It does not work, in the system's words.
    #[error("it does not work: {0}")]
    Failed(String),
    /// There is no Bluetooth, by which phones are heard, in the system's words.
    #[error("this computer has no Bluetooth: {0}")]
    NoBluetooth(String),
    /// There is, and it is turned off.
    #[error("Bluetooth is turned off")]
    BluetoothOff,
    /// The PIN was wrong several times; it can be tried again after this time.
    #[error("the PIN was wrong several times")]
    PinWait(Duration),
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

    /// Those of this computer: the device itself, and what its system lets applications use beside it.
    #[must_use]
    pub fn here(device: ThisDevice) -> Self {
        #[cfg(all(unix, feature = "phone"))]
        let phone = crate::Phone::new(crate::OpenAir::default(), device.clock());
        Self::new(vec![
            Arc::new(device),
            #[cfg(windows)]
            Arc::new(crate::Windows),
            #[cfg(unix)]
            Arc::new(crate::SecurityKeys::new(crate::Usb)),
            #[cfg(all(unix, feature = "phone"))]
            Arc::new(phone),
        ])
    }

    /// All of them, with what can work now and why the rest cannot.
    pub async fn offers(&self) -> Vec<Offer> {
        let offers = self.0.iter().map(|one| async { Offer { kind: one.kind(), ready: readiness(&**one).await } });
        futures_util::future::join_all(offers).await
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
            Some("platform") => matches!(kind, Kind::SecurityKey | Kind::Phone),
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
        match readiness(&**one).await {
            // Whoever asks for it waits for it.
            Ok(()) | Err(Unready::NoAnswer) => Ok(one),
            Err(why) => Err(Fault::Unready(kind, why)),
        }
    }
}

/// Whether it can be used, as far as it says so while somebody looks.
async fn readiness(one: &dyn Authenticator) -> Result<(), Unready> {
    tokio::time::timeout(PATIENCE, one.ready()).await.unwrap_or(Err(Unready::NoAnswer))
}

/// Bounds a ceremony by its time and by whoever ends it. What was finished while it was ended counts.
async fn bounded<T>(mut running: BoxFuture<'_, Result<T, Fault>>, time: Duration, cancel: Cancel) -> Result<T, Fault> {
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
