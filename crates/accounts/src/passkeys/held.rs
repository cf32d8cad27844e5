//! Which passkeys of which instance were made by this app, with which authenticator, and which have their keys here.
//!
//! The instance knows a passkey by an id of its own, the keychain by that of the key. The list of instances has which
//! belong together, for those that were made on this device; of the others, what they were made with.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_authenticator::Site;
use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};

use super::view::{AuthenticatorKind, DeviceKey, InstancePasskeys, MadePasskey, PasskeyObstacle, SystemGesture};
use crate::{core::Core, entry::Entry, fault::Fault, intents::IntentError, link::Link};

/// A passkey that was made by this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MadeHere {
    /// The instance's id of it.
    pub(crate) passkey: String,
    /// The id of its key on this device, in base64url; empty where the key is elsewhere.
    pub(crate) key: String,
    /// With what it was made; lists of before it was said have those of this device alone.
    #[serde(default = "this_device")]
    pub(crate) with: AuthenticatorKind,
}

fn this_device() -> AuthenticatorKind {
    AuthenticatorKind::ThisDevice
}

impl MadeHere {
    pub(super) fn new(passkey: &str, credential_id: &[u8], with: AuthenticatorKind) -> Self {
        let here = with == AuthenticatorKind::ThisDevice;
        let key = if here { URL_SAFE_NO_PAD.encode(credential_id) } else { String::new() };
        Self { passkey: passkey.to_owned(), key, with }
    }
}

/// What is shown of passkeys at an instance.
pub(crate) fn at(entry: &Entry, held: &[DeviceKey]) -> InstancePasskeys {
    let obstacle = obstacle(entry);
    let settings = entry.view.environment.as_ref().map(|environment| environment.user_settings.passkey_settings);
    let is_held = |made: &&MadeHere| held.iter().any(|key| key.id == made.key);
    InstancePasskeys {
        obstacle,
        sign_in_button: obstacle.is_none() && settings.is_some_and(|settings| settings.show_sign_in_button),
        here: entry.made_here.iter().filter(is_held).map(|made| made.passkey.clone()).collect(),
        made_with: entry.made_here.iter().map(MadePasskey::from).collect(),
    }
}

fn obstacle(entry: &Entry) -> Option<PasskeyObstacle> {
    let Some(environment) = &entry.view.environment else { return Some(PasskeyObstacle::Unknown) };
    if !has_passkeys(environment) {
        return Some(PasskeyObstacle::Off);
    }
    let Ok(address) = entry.line.address() else { return Some(PasskeyObstacle::Unknown) };
    Site::of(&address).err().map(PasskeyObstacle::from)
}

fn has_passkeys(environment: &wire::Environment) -> bool {
    environment.user_settings.attributes.passkey.enabled
}

impl Core {
    /// The site that asks for keys where a link leads.
    pub(super) fn site(&self, link: &Link) -> Result<Site, IntentError> {
        let address = link.line.address().map_err(|fault: Fault| self.words(link, &fault))?;
        Ok(Site::of(&address)?)
    }

    /// Shows which keys and passwords this device has, and what protects them. What the keychain does not say stays as it
    /// was. Waits while a ceremony asks somebody.
    pub(crate) async fn look_at_device(&self) {
        let (keys, pin) = (self.passkeys.device.keys().await, self.passkeys.pin.is_chosen().await);
        let (passwords, gesture) = (self.passkeys.device.passwords().await, self.passkeys.owner.gesture().await);
        self.change(|state| {
            let view = &mut state.passkeys.view;
            match keys {
                Ok(keys) => view.keys = keys.into_iter().map(DeviceKey::from).collect(),
                Err(fault) => tracing::info!("the passkeys of this device are not known: {}", fault.name()),
            }
            if let Ok(passwords) = passwords {
                state.passkeys.passwords = Some(passwords);
            }
            if let Ok(chosen) = pin {
                view.pin_chosen = chosen;
            }
            if let Ok(gesture) = gesture {
                view.gesture = gesture.map(SystemGesture::from);
            }
        });
    }

    /// Notes with what a passkey was made, and its key where that is on this device.
    pub(super) async fn note_made(&self, link: &Link, passkey: &str, credential_id: &[u8], with: AuthenticatorKind) {
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.made_here.push(MadeHere::new(passkey, credential_id, with));
            }
        });
        self.save().await;
    }

    /// Removes the key of a passkey that is no more from this device.
    pub(super) async fn forget_made_here(self: &Arc<Self>, instance: &str, passkey: &str) {
        let made = self.look(|state| {
            let entry = state.entry(instance)?;
            entry.made_here.iter().find(|made| made.passkey == passkey).cloned()
        });
        let Some(made) = made else { return };
        if made.with == AuthenticatorKind::ThisDevice {
            self.tidy_device(URL_SAFE_NO_PAD.decode(&made.key).ok()).await;
        }
        self.change(|state| {
            if let Some(entry) = state.entry_mut(instance) {
                entry.made_here.retain(|other| *other != made);
            }
        });
        self.save().await;
    }

    /// Removes a key that is of no use, and shows what there is: at once, or when the ceremony that goes on has ended, for
    /// which nobody is kept waiting.
    pub(crate) async fn tidy_device(self: &Arc<Self>, useless: Option<Vec<u8>>) {
        let (core, turn) = (self.clone(), self.passkeys.turn.clone());
        match turn.clone().try_lock_owned() {
            Ok(_turn) => core.tidy(useless).await,
            Err(_) => drop(tokio::spawn(async move {
                let _turn = turn.lock_owned().await;
                core.tidy(useless).await;
            })),
        }
    }

    async fn tidy(&self, useless: Option<Vec<u8>>) {
        if let Some(key) = useless
            && let Err(fault) = self.passkeys.device.forget(&key).await
        {
            tracing::warn!("a key stays on this device of which there is no passkey: {}", fault.name());
        }
        self.look_at_device().await;
    }
}
