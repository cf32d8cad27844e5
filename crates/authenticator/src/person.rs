//! The person in front of the computer, as authenticators see them.

use std::{fmt, sync::Arc, time::Duration};

use frontdesk_vault::Secret;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::{Gesture, Kind, pin::PinFlaw};

/// Why a PIN is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinReason {
    /// To use a key.
    Use,
    /// The one before was wrong; so many tries are left, if it is known.
    Wrong(Option<u32>),
    /// There is none yet: a new one is chosen.
    Choose,
    /// The one before cannot be chosen.
    Flawed(PinFlaw),
}

/// A PIN is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinAsked {
    /// Whose PIN it is.
    pub kind: Kind,
    /// Why.
    pub reason: PinReason,
}

/// What a phone has to scan. Whoever else reads it in time can answer in its place, so it stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(pub String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A security key has to be plugged in.
    PlugIn,
    /// There are several: the one that is touched is used.
    TouchOne,
    /// The security key has to be touched.
    Touch,
    /// A phone has to scan this.
    Scan(Code),
    /// A phone has scanned it and is being reached.
    Connecting,
    /// The phone asks.
    OnPhone,
    /// The system asks by a window of its own.
    System(Gesture),
    /// The authenticator works.
    Working,
}

/// An account that a key signs in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName {
    /// What tells one account from another.
    pub name: String,
    /// What the person is called there.
    pub display_name: String,
}

/// The person in front of the computer. Whoever does not answer is not waited for longer than the ceremony lasts.
pub trait Person: Send + Sync + 'static {
    /// Asks for a PIN; none if they would rather not.
    fn pin(&self, asked: PinAsked) -> BoxFuture<'_, Option<Secret>>;

    /// Shows what is waited for. Must not block.
    fn show(&self, sign: Sign);

    /// Asks which account is meant where an authenticator has several; none if they would rather not.
    fn choose(&self, accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>>;
}

/// Ends one ceremony from outside; each has its own. All clones are one.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Ends the ceremony; once and for all.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was ended.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is ended.
    pub async fn cancelled(&self) {
        let mut ended = self.0.subscribe();
        // The sender is held here, so there is nothing else to wait for.
        ended.wait_for(|ended| *ended).await.ok();
    }

    /// Ends it when the value is dropped.
    pub(crate) fn when_dropped(&self) -> Dropped {
        Dropped(self.clone())
    }
}

/// Ends a ceremony when nobody waits for it any more.
pub(crate) struct Dropped(Cancel);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// How long a device may take to let go after the ceremony has ended.
pub(crate) const GRACE: Duration = Duration::from_millis(900);
