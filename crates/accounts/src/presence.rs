//! Whether somebody is there to look. What nobody looks at is not kept fresh: an account that is not used has to be able
//! to end where its instance wants that.

use tokio::sync::watch;

/// Whether somebody is there, for many to follow.
pub(crate) struct Presence(watch::Sender<Seen>);

/// Whether somebody is there, and how often they have come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) here: bool,
    pub(crate) returns: u64,
}

impl Presence {
    pub(crate) fn new(here: bool) -> Self {
        Self(watch::Sender::new(Seen { here, returns: 0 }))
    }

    /// Everybody who follows is told, also where nothing has changed: it may be that the computer has slept, and what is
    /// waited for by its timers is late by as long as that.
    pub(crate) fn set(&self, here: bool) {
        self.0.send_modify(|seen| {
            let returned = here && !seen.here;
            *seen = Seen { here, returns: seen.returns + u64::from(returned) };
        });
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Seen> {
        self.0.subscribe()
    }
}
