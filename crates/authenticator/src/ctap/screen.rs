//! The person, as the library of keys calls them.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
};

use frontdesk_vault::Secret;
use tokio::runtime::Handle;
use webauthn_authenticator_rs::{
    types::{CableRequestType, CableState, EnrollSampleStatus},
    ui::UiCallback,
};

use super::wire::Notes;
use crate::{
    Cancel, Kind, Person, PinAsked, PinReason, Sign,
    pin::{PinFlaw, SHORTEST_OF_KEYS, normalized},
};

/// The person during one ceremony.
pub(crate) struct Screen {
    person: Arc<dyn Person>,
    cancel: Cancel,
    runtime: Handle,
    notes: OnceLock<Arc<Notes>>,
    wrong: Mutex<bool>,
    shown: Mutex<Option<Sign>>,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Screen")
    }
}

impl Screen {
    pub(super) fn new(person: Arc<dyn Person>, cancel: Cancel, runtime: Handle) -> Self {
        Self { person, cancel, runtime, notes: OnceLock::new(), wrong: Mutex::default(), shown: Mutex::default() }
    }

    /// The key that was picked.
    pub(super) fn of(&self, notes: &Arc<Notes>) {
        self.notes.get_or_init(|| notes.clone());
    }

    pub(super) fn was_wrong(&self) {
        *self.wrong.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Shows what is waited for; keys say it ten times a second.
    pub(crate) fn show(&self, sign: Sign) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() != Some(&sign) {
            *shown = Some(sign.clone());
            self.person.show(sign);
        }
    }

    /// Asks and waits. The library calls in the middle of its own waiting, where no executor could wait once more.
    fn ask(&self, reason: PinReason) -> Option<Secret> {
        let (answered, answer) = mpsc::channel();
        let (person, cancel) = (self.person.clone(), self.cancel.clone());
        self.runtime.spawn(async move {
            let typed = tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                typed = person.pin(PinAsked { kind: Kind::SecurityKey, reason }) => typed,
            };
            // Whoever asked waits for it.
            answered.send(typed).ok();
        });
        answer.recv().ok().flatten()
    }
}

impl UiCallback for Screen {
    fn request_pin(&self) -> Option<String> {
        let notes = self.notes.get()?;
        if notes.is_blocked() || notes.wants_replug() {
            return None;
        }
        let wrong = *self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reason = if wrong { PinReason::Wrong(notes.tries_left()) } else { PinReason::Use };
        loop {
            // What cannot be the PIN is not sent: it would cost a try.
            match normalized(&self.ask(reason)?) {
                Ok(pin) if pin.chars().count() < SHORTEST_OF_KEYS => reason = PinReason::Flawed(PinFlaw::TooShort),
                // The library takes a text of its own, and does not wipe it.
                Ok(pin) => return Some(pin.to_string()),
                Err(flaw) => reason = PinReason::Flawed(flaw),
            }
        }
    }

    fn request_touch(&self) {
        self.show(Sign::Touch);
    }

    fn processing(&self) {
        self.show(Sign::Working);
    }

    fn fingerprint_enrollment_feedback(&self, _remaining_samples: u32, _feedback: Option<EnrollSampleStatus>) {}

    // The way to a phone is ours, and so is what is shown on it.
    fn cable_qr_code(&self, _request_type: CableRequestType, _url: String) {}

    fn dismiss_qr_code(&self) {}

    fn cable_status_update(&self, state: CableState) {
        if state == CableState::WaitingForAuthenticatorResponse {
            self.show(Sign::OnPhone);
        }
    }
}
