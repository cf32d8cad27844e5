//! What tools of this computer may do with the instance inside the app: nothing, as long as its person does not want it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use frontdesk_accounts::{Reason, intents::IntentError};
use frontdesk_server::dev::Lines;
use tokio::sync::watch;

use crate::input::refused;

/// The wish of the person, and what tools need where it is granted.
pub(crate) struct Tools {
    allowed: watch::Sender<bool>,
    /// None while this process does not serve the instance.
    lines: Mutex<Option<Lines>>,
}

impl Tools {
    pub(crate) fn new(allowed: bool) -> Self {
        Self { allowed: watch::Sender::new(allowed), lines: Mutex::default() }
    }

    /// Lets them use it from now on, or not.
    pub(crate) fn allow(&self, allowed: bool) {
        self.allowed.send_replace(allowed);
    }

    pub(super) fn allowed(&self) -> watch::Receiver<bool> {
        self.allowed.subscribe()
    }

    pub(super) fn set_lines(&self, lines: Option<Lines>) {
        *self.locked() = lines;
    }

    /// The lines that an application needs, with the secret key; refused while tools may not use the instance.
    pub(crate) fn lines(&self) -> Result<String, IntentError> {
        if !*self.allowed.borrow() {
            let message = "Tools may not use the instance inside the app, so nothing was copied. Let them first, then copy \
                           again.";
            return Err(refused(Reason::ToolsNotAllowed, message));
        }
        let lines = self.locked().as_ref().map(|lines| lines.reveal().to_owned());
        lines.ok_or_else(|| {
            let message = "Another process of Frontdesk serves the instance inside the app, or it does not run, so nothing \
                           was copied. Try again once it runs here.";
            refused(Reason::LocalElsewhere, message)
        })
    }

    fn locked(&self) -> MutexGuard<'_, Option<Lines>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
