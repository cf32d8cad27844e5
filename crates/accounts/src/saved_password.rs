//! Passwords that are kept on this device, one at most for each instance: the PIN that opens the passkeys of this device
//! opens them, and they go from the keychain to the instance, past the window.
//!
//! The window hands a password in when it is to be kept, and never gets one back. Whose it is can be read without a PIN.

use std::sync::Arc;

use frontdesk_authenticator::{Fault, HeldPassword, PasswordPlace};
use frontdesk_vault::Secret;
use frontdesk_wire::{self as wire, form};
use http::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use ts_rs::TS;
use zeroize::Zeroize as _;

use crate::{
    attempts::SIGN_INS,
    core::{Core, State},
    fault::refused,
    intents::IntentError,
    line::Line,
    passkeys::CeremonyPurpose,
    said::Reason,
    snapshot::AccountKey,
    transport::Request,
};

const PASSWORD: &str = "password";
/// The origin of the instance inside the app, which is reached over a socket of its own and nowhere else.
const INSIDE: &str = "local";

/// Whether a password is kept on this device for an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SavedPassword {
    /// The keychain has not said.
    #[default]
    Unknown,
    /// None is.
    None,
    /// One is.
    Kept {
        /// Whose it is: what they are signed in by, as it was typed.
        identifier: String,
    },
}

/// A password as it was typed: wiped when it is dropped, and never shown.
#[derive(Clone, Debug)]
pub struct TypedPassword(pub Secret);

impl<'de> Deserialize<'de> for TypedPassword {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        // The text itself is taken over and not copied.
        String::deserialize(text).map(|typed| Self(Secret::new(typed.into_bytes())))
    }
}

/// What is shown of the password of an instance.
pub(crate) fn at(instance: &str, held: Option<&[HeldPassword]>) -> SavedPassword {
    let Some(held) = held else { return SavedPassword::Unknown };
    let here = held.iter().find(|password| password.place == instance);
    here.map_or(SavedPassword::None, |password| SavedPassword::Kept { identifier: password.identifier.clone() })
}

/// The item of the vault that holds the password of an instance.
pub(crate) fn item(instance: &str) -> String {
    format!("password/{instance}")
}

impl Core {
    /// Keeps a password behind the PIN of this device. Where there is no PIN and none may be chosen, nothing is kept and
    /// nothing is said, as the hook is documented.
    pub(crate) async fn set_credentials(
        self: &Arc<Self>,
        instance: &str,
        identifier: Option<String>,
        password: TypedPassword,
        may_choose_pin: bool,
    ) -> Result<Value, IntentError> {
        let place = self.place_of(instance)?;
        // What the system has is there without anybody's choice.
        let may_choose_pin = may_choose_pin || self.passkeys.owner.gesture().await?.is_some();
        if !may_choose_pin && !self.passkeys.pin.is_chosen().await? {
            return Ok(Value::Null);
        }
        let identifier = match identifier.map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty()) {
            Some(identifier) => identifier,
            None => self.passkeys.device.password_at(instance).await?.ok_or_else(nobody)?.identifier,
        };
        let purpose = CeremonyPurpose::KeepPassword { instance: instance.to_owned() };
        let kept = self.hold_for(purpose, self.host_of(instance), |person, cancel| {
            let what = (identifier, password.0);
            async move { self.passkeys.device.keep_password((person, cancel), place, what, may_choose_pin).await }
        });
        kept.await?.map_err(words)?;
        Ok(Value::Null)
    }

    /// Forgets the password of an instance. Somebody who is asked for their PIN meanwhile is asked no more.
    pub(crate) async fn clear_credentials(&self, instance: &str) -> Result<Value, IntentError> {
        self.line(instance)?;
        let _turn = self.alone().await;
        let forgotten = self.passkeys.device.forget_password(instance).await;
        self.look_at_device().await;
        forgotten.map_err(words)?;
        Ok(Value::Null)
    }

    /// Signs in by the password that is kept, for who can open it.
    pub(crate) async fn sign_in_by_saved_password(self: &Arc<Self>, instance: &str) -> Result<Value, IntentError> {
        let place = self.place_of(instance)?;
        let purpose = CeremonyPurpose::UsePassword { instance: instance.to_owned() };
        let opened = self.hold_for(purpose, self.host_of(instance), |person, cancel| async move {
            self.passkeys.device.open_password((person, cancel), place).await
        });
        let (identifier, password) = opened.await?.map_err(words)?;
        // Whoever shuts the lock while a PIN is looked at means this too.
        self.must_be_open()?;
        let request = self.sign_in_with(identifier, &password)?;
        drop(password);
        let ((link, _busy), attempt) = self.begin::<wire::SignIn>(instance, &request).await?;
        self.sign_in_stands(&link, &attempt).await
    }

    fn sign_in_with(&self, identifier: String, password: &Secret) -> Result<Request, IntentError> {
        let text = std::str::from_utf8(password.expose()).map_err(|_| words(Fault::Damaged))?;
        let mut form = form::SignInCreate {
            strategy: Some(PASSWORD.to_owned()),
            identifier: Some(identifier),
            password: Some(text.to_owned()),
            locale: self.locale(),
        };
        let request = Request::send(Method::POST, SIGN_INS).form(&form);
        form.password.zeroize();
        Ok(request)
    }

    /// Forgets the password of a user who has none any more, or who is no more.
    pub(crate) async fn forget_password_of(&self, account: &AccountKey, identifiers: &[String]) {
        let owned = self.look(|state| match at(&account.instance, state.passkeys.passwords()) {
            SavedPassword::Kept { identifier } => identifiers.contains(&identifier.to_lowercase()),
            _ => false,
        });
        if owned && let Err(error) = self.clear_credentials(&account.instance).await {
            tracing::warn!(kind = ?error.kind, "a password stays on this device that signs nobody in");
        }
    }

    /// What the user of an account is signed in by, in lower case.
    pub(crate) fn identifiers_of(&self, account: &AccountKey) -> Vec<String> {
        self.look(|state| {
            let session = state.entry(&account.instance)?.slot_of(&account.session)?.session(&account.session)?;
            let user = session.user.as_ref()?;
            let addresses = user.email_addresses.iter().map(|address| &address.email_address);
            let numbers = user.phone_numbers.iter().map(|number| &number.phone_number);
            Some(addresses.chain(numbers).chain(&user.username).map(|text| text.to_lowercase()).collect())
        })
        .unwrap_or_default()
    }

    /// Where the password of an instance is of use. The origin is that of the address that is spoken to.
    fn place_of(&self, instance: &str) -> Result<PasswordPlace, IntentError> {
        let line = self.line(instance)?;
        let origin =
            if line.local { INSIDE.to_owned() } else { self.address_of(&line)?.origin().ascii_serialization() };
        Ok(PasswordPlace { name: instance.to_owned(), origin })
    }

    fn address_of(&self, line: &Line) -> Result<url::Url, IntentError> {
        line.address().map_err(|fault| fault.intent(&self.name(&line.id)))
    }

    /// What is said of where a password goes; nothing of the instance inside the app.
    fn host_of(&self, instance: &str) -> Option<String> {
        self.look(|state| {
            let entry = state.entry(instance).filter(|entry| !entry.line.local)?;
            Some(entry.view.host.clone())
        })
    }
}

impl Core {
    /// Forgets the password of an instance that is being taken off the list, now or when the keychain can be asked.
    pub(crate) async fn doom_password(&self, instance: &str) {
        let keeps = |purpose: &CeremonyPurpose| match purpose {
            CeremonyPurpose::KeepPassword { instance: at } => at == instance,
            _ => false,
        };
        if self.change(|state| state.passkeys.end(|view| keeps(&view.purpose))) {
            // What is just being kept is not to come after what removes it.
            drop(self.alone().await);
        }
        self.change(|state| state.doom_password(instance));
    }
}

impl State {
    /// The password of an instance that is taken off the list goes, now or when the keychain can be asked.
    fn doom_password(&mut self, instance: &str) {
        let may_be_there = !matches!(at(instance, self.passkeys.passwords()), SavedPassword::None);
        if may_be_there {
            self.doom(item(instance));
        }
    }
}

/// The instance whose password an item of the vault holds.
pub(crate) fn instance_of(item: &str) -> Option<&str> {
    item.strip_prefix("password/")
}

fn nobody() -> IntentError {
    refused(
        Reason::SavedPasswordNobody,
        "No password is kept on this device for this instance, so it has to be said whose this one is.",
    )
}

/// Why nothing came of it, where passkeys have other words.
fn words(fault: Fault) -> IntentError {
    match fault {
        Fault::NoCredential => refused(
            Reason::SavedPasswordNone,
            "No password is kept on this device for this instance. Type it to sign in.",
        ),
        Fault::Damaged => refused(
            Reason::SavedPasswordDamaged,
            "The password that is kept on this device cannot be opened any more. Remove it, and type it to sign in.",
        ),
        Fault::Full => refused(
            Reason::SavedPasswordFull,
            "There is no room for another password on this device. Remove one in Settings that you do not need.",
        ),
        Fault::TooLong => refused(Reason::InputTooLong, "This password is too long to be kept on this device."),
        fault => fault.into(),
    }
}
