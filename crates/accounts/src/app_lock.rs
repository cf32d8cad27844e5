//! The lock of the app: while it is shut, nothing of any account is shown, done or handed out.
//!
//! It opens by the same gesture as a passkey of this device: the PIN, or what the system has in its place. It keeps out
//! who sits down at the computer; other programs of the same person read what the app reads, with it and without it.

use std::sync::{Arc, atomic::Ordering};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    core::Core,
    fault::refused,
    intents::IntentError,
    passkeys::{CeremonyPurpose, PasskeysView},
    said::Reason,
    snapshot::{Snapshot, Status},
};

/// How the lock of the app stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AppLock {
    /// There is none.
    #[default]
    Off,
    /// It is open.
    Open,
    /// Nothing is shown until somebody opens it.
    Shut,
}

impl AppLock {
    /// How it stands when the app starts.
    pub(crate) fn at_start(is_on: bool) -> Self {
        if is_on { Self::Shut } else { Self::Off }
    }

    pub(crate) fn is_on(self) -> bool {
        self != Self::Off
    }
}

/// What may be seen from outside: all of it, or with a lock that is shut nothing but how to open it.
pub(crate) fn seen(whole: &Arc<Snapshot>) -> Arc<Snapshot> {
    if whole.lock != AppLock::Shut {
        return whole.clone();
    }
    let ceremony = whole.passkeys.ceremony.clone().filter(|ceremony| ceremony.purpose == CeremonyPurpose::Unlock);
    Arc::new(Snapshot {
        revision: whole.revision,
        status: Status::Ready,
        vault: whole.vault.clone(),
        instances: Vec::new(),
        flows: Vec::new(),
        redirect_url: whole.redirect_url.clone(),
        active: None,
        passkeys: PasskeysView {
            pin_chosen: whole.passkeys.pin_chosen,
            gesture: whole.passkeys.gesture,
            keys: Vec::new(),
            ceremony,
        },
        lock: AppLock::Shut,
    })
}

impl Core {
    /// Refuses what a shut lock keeps from happening.
    pub(crate) fn must_be_open(&self) -> Result<(), IntentError> {
        if self.look(|state| state.lock) == AppLock::Shut {
            return Err(refused(Reason::AppLocked, "Frontdesk is locked. Unlock it, then try again."));
        }
        Ok(())
    }

    /// Somebody is there, or not; behind a shut lock nobody is.
    pub(crate) fn set_presence(&self, here: bool) {
        self.here.store(here, Ordering::Relaxed);
        self.presence.set(here && self.look(|state| state.lock) != AppLock::Shut);
    }

    /// Turns the lock on, for who can open it: they choose a PIN if there is none yet.
    pub(crate) async fn turn_lock_on(self: &Arc<Self>) -> Result<(), IntentError> {
        self.must_be_open()?;
        self.verify_person(CeremonyPurpose::TurnLockOn).await?;
        self.must_be_open()?;
        self.set_lock(AppLock::Open).await;
        Ok(())
    }

    /// Turns the lock off, for who can open it.
    pub(crate) async fn turn_lock_off(self: &Arc<Self>) -> Result<(), IntentError> {
        self.must_be_open()?;
        if !self.look(|state| state.lock).is_on() {
            return Ok(());
        }
        self.verify_person(CeremonyPurpose::TurnLockOff).await?;
        // Whoever shuts it while somebody is looked at means that too.
        self.must_be_open()?;
        self.set_lock(AppLock::Off).await;
        Ok(())
    }

    /// Shuts the lock, where there is one. What somebody was asked meanwhile is asked no more.
    pub(crate) fn shut_lock(&self) {
        let shut = self.change(|state| {
            let was_open = state.lock == AppLock::Open;
            if was_open {
                state.lock = AppLock::Shut;
            }
            was_open
        });
        if shut {
            self.cancel_passkey(None);
            self.presence.set(false);
        }
    }

    /// Opens the lock, for who can.
    pub(crate) async fn unlock(self: &Arc<Self>) -> Result<(), IntentError> {
        if self.look(|state| state.lock) != AppLock::Shut {
            return Ok(());
        }
        let verified = self.verify_person(CeremonyPurpose::Unlock).await;
        match &verified {
            Ok(()) => self.set_lock(AppLock::Open).await,
            // Nobody can open it any more: what it kept goes, as the passkeys went.
            Err(error) if error.said.as_ref().is_some_and(|said| said.reason == Reason::PasskeyWiped) => {
                self.leave_locked().await?;
            }
            Err(_) => {}
        }
        verified
    }

    /// Signs every account out on this computer and removes its passkeys and the lock, as for who has forgotten the PIN.
    ///
    /// # Errors
    /// The keychain does not forget: the accounts stay as they are, behind the lock.
    pub(crate) async fn leave_locked(&self) -> Result<(), IntentError> {
        // First, since nothing else here can fail.
        self.forget_device_passkeys().await?;
        for instance in self.with_clients() {
            Box::pin(self.leave_for_good(&instance)).await;
        }
        self.set_lock(AppLock::Off).await;
        Ok(())
    }

    /// Nothing opens the lock any more that is on: it goes, for who is in front of it.
    pub(crate) async fn lose_lock(&self) {
        if self.look(|state| state.lock) == AppLock::Open {
            self.set_lock(AppLock::Off).await;
        }
    }

    async fn set_lock(&self, lock: AppLock) {
        self.change(|state| state.lock = lock);
        self.set_presence(self.here.load(Ordering::Relaxed));
        self.save().await;
    }
}
