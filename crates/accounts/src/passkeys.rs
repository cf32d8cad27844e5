//! Passkeys: what a page does by its browser, done for the windows of the app.
//!
//! ```text
//! view      what the window may know: authenticators, keys of this device, the ceremony that goes on
//! prompts   the person during a ceremony: questions in the snapshot, answers by requests
//! held      with what passkeys were made, and which have their keys on this device
//! words     why nothing came of a ceremony
//! ```
//!
//! There is one ceremony at a time, each with an end of its own: one that begins ends the one before, so that who asks
//! twice is not kept waiting. It ends with the account or instance it is for, and when the window goes away.

mod held;
mod prompts;
mod view;
mod words;

use std::{future::Future, sync::Arc, time::Duration};

use frontdesk_authenticator::{
    Authenticators, Cancel, Fault, LocalPin, Made, Now, Owner, Person, Signed, Site, SystemVerification, ThisDevice,
    system_verification,
};
use frontdesk_vault::{Cost, Secret, Vault, VaultError};
use frontdesk_wire::{self as wire, form};
use http::Method;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

pub(crate) use held::{MadeHere, at};
use prompts::AtTheWindow;
pub(crate) use prompts::Shown;
pub use view::*;

use crate::{
    attempts::SIGN_INS,
    core::{Core, no_random_numbers},
    fault::refused,
    files::random_id,
    intents::{AccountRequest, ErrorKind, IntentError},
    link::Link,
    options::Clock,
    said::Reason,
    sessions::{answer, part_of},
    snapshot::{AccountKey, Snapshot},
    transport::Request,
};

const PASSKEYS: &str = "/v1/me/passkeys";
const PASSKEY: &str = "passkey";

/// Which authenticators there are beside this device, and how it recognises its owner.
#[derive(Clone)]
pub struct Gear {
    /// What a try of the PIN of this device costs.
    pub pin_cost: Cost,
    /// What the system recognises the person by in place of the PIN, if it can.
    pub system: Option<Arc<dyn SystemVerification>>,
    /// All authenticators, with this device among them.
    pub all: Arc<dyn Fn(ThisDevice) -> Authenticators + Send + Sync>,
}

impl Default for Gear {
    /// Those of this computer.
    fn default() -> Self {
        Self { pin_cost: Cost::default(), system: system_verification(), all: Arc::new(Authenticators::here) }
    }
}

/// A PIN as it was typed: wiped when it is dropped, and never shown.
#[derive(Clone, Debug)]
pub struct TypedPin(pub Secret);

impl<'de> Deserialize<'de> for TypedPin {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        // The text itself is taken over and not copied.
        String::deserialize(text).map(|typed| Self(Secret::new(typed.into_bytes())))
    }
}

/// The authenticators of this computer.
pub(crate) struct Passkeys {
    all: Authenticators,
    pub(crate) device: ThisDevice,
    pub(crate) pin: Arc<LocalPin>,
    pub(crate) owner: Arc<Owner>,
    /// Held by the ceremony that goes on, and by who moves the vault meanwhile.
    turn: Arc<AsyncMutex<()>>,
}

/// The items of the vault; while it lives, no passkey is made that would be another one.
pub struct VaultItems {
    /// Their names.
    pub names: Vec<String>,
    _turn: OwnedMutexGuard<()>,
}

impl Passkeys {
    pub(crate) fn new(vault: &Vault, clock: &Clock, gear: &Gear) -> Self {
        let clock = clock.clone();
        let now: Now = Arc::new(move || Duration::from_millis(u64::try_from(clock.now()).unwrap_or_default()));
        let pin = Arc::new(LocalPin::new(vault.clone(), gear.pin_cost, now.clone()));
        let owner = Arc::new(Owner::new(vault.clone(), pin.clone(), gear.system.clone()));
        let device = ThisDevice::new(vault.clone(), owner.clone(), now);
        Self { all: (gear.all)(device.clone()), device, pin, owner, turn: Arc::default() }
    }
}

impl Core {
    /// The authenticators of this computer, and why not for those that cannot be used.
    pub(crate) async fn authenticators(&self) -> Vec<AuthenticatorView> {
        let offers = self.passkeys.all.offers().await;
        let now = self.clock.now();
        offers.into_iter().map(|offer| AuthenticatorView::of(offer, now)).collect()
    }

    pub(crate) fn answer_passkey_pin(&self, ceremony: &str, question: u32, pin: TypedPin) {
        self.change(|state| state.passkeys.answer_pin(ceremony, question, pin.0));
    }

    pub(crate) fn choose_passkey_account(&self, ceremony: &str, question: u32, account: usize) {
        self.change(|state| state.passkeys.choose_account(ceremony, question, account));
    }

    /// Ends a ceremony; none is the one that goes on.
    pub(crate) fn cancel_passkey(&self, ceremony: Option<&str>) {
        self.change(|state| state.passkeys.end(|view| ceremony.is_none_or(|ceremony| view.id == ceremony)));
    }

    /// Something done with the passkeys of a user.
    pub(crate) async fn passkey_room(self: &Arc<Self>, request: AccountRequest) -> Result<Value, IntentError> {
        match request {
            AccountRequest::CreatePasskey { account, authenticator } => {
                self.create_passkey(&account, authenticator).await
            }
            AccountRequest::UpdatePasskey { account, passkey_id, name } => {
                self.update_passkey(&account, &passkey_id, name).await
            }
            AccountRequest::DeletePasskey { account, passkey_id } => self.delete_passkey(&account, &passkey_id).await,
            _ => Err(refused(Reason::RequestUnknown, "This has nothing to do with passkeys.")),
        }
    }

    /// Makes a passkey for a user. Nobody is asked for a PIN before the instance has agreed.
    async fn create_passkey(
        self: &Arc<Self>,
        account: &AccountKey,
        kind: AuthenticatorKind,
    ) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let site = self.site(&link)?;
        let begun = self.change_user_as::<wire::Passkey>(account, Request::send(Method::POST, PASSKEYS)).await?;
        let path = part_of(PASSKEYS, &begun.id)?;
        let made = Box::pin(self.make_key(account, kind, &site, &begun)).await;
        let made = made.inspect_err(|_| self.give_up(account, &path))?;
        let taken = Box::pin(self.offer_key(account, &path, &made)).await;
        let on_device = kind == AuthenticatorKind::ThisDevice;
        match taken {
            Ok(passkey) => {
                self.note_made(&link, &begun.id, &made.credential_id, kind).await;
                answer(&passkey)
            }
            Err(error) => {
                // An answer that was lost may have been taken: a key too many is better than one too few.
                if on_device && error.kind == ErrorKind::Api {
                    self.tidy_device(Some(made.credential_id)).await;
                }
                Err(error)
            }
        }
    }

    async fn make_key(
        self: &Arc<Self>,
        account: &AccountKey,
        kind: AuthenticatorKind,
        site: &Site,
        begun: &wire::Passkey,
    ) -> Result<Made, IntentError> {
        let options = begun.verification.as_ref().and_then(|proof| proof.nonce.as_deref());
        let creation = site.creation(options.unwrap_or_default())?;
        let purpose = CeremonyPurpose::Create { account: account.clone() };
        let about = About { purpose, kind, host: Some(site.host().to_owned()) };
        let made = self.hold(about, |person, cancel| async move {
            self.passkeys.all.register(kind.into(), creation, person, cancel).await
        });
        Ok(made.await??)
    }

    async fn offer_key(&self, account: &AccountKey, path: &str, made: &Made) -> Result<wire::Passkey, IntentError> {
        let request = Request::send(Method::POST, format!("{path}/attempt_verification")).form(&proof(&made.answer));
        self.change_user_as::<wire::Passkey>(account, request).await
    }

    /// A passkey whose device does not answer is not waited for any more; where that cannot be said, the instance forgets
    /// it by itself.
    fn give_up(self: &Arc<Self>, account: &AccountKey, path: &str) {
        let (core, account, path) = (self.clone(), account.clone(), path.to_owned());
        tokio::spawn(async move {
            let given_up = core.change_user_as::<Value>(&account, Request::send(Method::DELETE, path)).await;
            if let Err(error) = given_up {
                tracing::info!(kind = ?error.kind, "a passkey that was not made is not given up");
            }
        });
    }

    async fn update_passkey(&self, account: &AccountKey, passkey_id: &str, name: String) -> Result<Value, IntentError> {
        let form = form::PasskeyUpdate { name: Some(name) };
        let request = Request::send(Method::PATCH, part_of(PASSKEYS, passkey_id)?).form(&form);
        self.change_user::<wire::Passkey>(account, request).await
    }

    /// Removes a passkey of a user, and its key where that is on this device.
    async fn delete_passkey(self: &Arc<Self>, account: &AccountKey, passkey_id: &str) -> Result<Value, IntentError> {
        let request = Request::send(Method::DELETE, part_of(PASSKEYS, passkey_id)?);
        self.change_user::<Value>(account, request).await?;
        self.forget_made_here(&account.instance, passkey_id).await;
        Ok(Value::Null)
    }

    /// Signs in by a passkey: by whichever the authenticator has, in an attempt of its own, or by one of whom the attempt
    /// under way names.
    pub(crate) async fn sign_in_by_passkey(
        self: &Arc<Self>,
        instance: &str,
        kind: AuthenticatorKind,
        discoverable: bool,
    ) -> Result<Value, IntentError> {
        let ((link, _busy), asked) = if discoverable {
            let form = form::SignInCreate {
                strategy: Some(PASSKEY.to_owned()),
                locale: self.locale(),
                ..form::SignInCreate::default()
            };
            self.begin::<wire::SignIn>(instance, &Request::send(Method::POST, SIGN_INS).form(&form)).await?
        } else {
            let path = self.sign_in_path(instance)? + "/prepare_first_factor";
            let form = form::SignInPrepare { strategy: Some(PASSKEY.to_owned()), ..form::SignInPrepare::default() };
            let place = self.attempt(instance)?;
            let request = Request::send(Method::POST, path).form(&form);
            let asked = self.enveloped::<wire::SignIn>(&place.0, &request).await;
            let asked = asked.map_err(|fault| self.words(&place.0, &fault))?;
            (place, asked)
        };
        self.note_sign_in(&link, &asked).await;
        let purpose = CeremonyPurpose::SignIn { instance: link.id.clone() };
        let asked_for = asked.first_factor_verification.as_ref();
        let signed = Box::pin(self.sign_by_key(&link, kind, purpose, asked_for)).await?;
        let path = part_of(SIGN_INS, &asked.id)? + "/attempt_first_factor";
        let request = Request::send(Method::POST, path).form(&proof(&signed.answer));
        let attempt = self.enveloped::<wire::SignIn>(&link, &request).await;
        let attempt = attempt.map_err(|fault| self.words(&link, &fault))?;
        self.note_sign_in(&link, &attempt).await;
        answer(&attempt)
    }

    async fn sign_by_key(
        self: &Arc<Self>,
        link: &Link,
        kind: AuthenticatorKind,
        purpose: CeremonyPurpose,
        asked: Option<&wire::Verification>,
    ) -> Result<Signed, IntentError> {
        let site = self.site(link)?;
        let options = asked.and_then(|proof| proof.nonce.as_deref());
        let request = site.request(options.unwrap_or_default())?;
        let about = About { purpose, kind, host: Some(site.host().to_owned()) };
        let signed = self.hold(about, |person, cancel| async move {
            self.passkeys.all.sign_in(kind.into(), request, person, cancel).await
        });
        Ok(signed.await??)
    }

    /// Proves anew who is signed in, by a passkey of theirs. The attempt stays as it is where nothing comes of it, so that
    /// another way can be tried.
    pub(crate) async fn verify_with_passkey(
        self: &Arc<Self>,
        account: &AccountKey,
        kind: AuthenticatorKind,
    ) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let form = form::SignInPrepare { strategy: Some(PASSKEY.to_owned()), ..form::SignInPrepare::default() };
        let asked = self.verify_as(account, "verify/prepare_first_factor", &form).await?;
        let purpose = CeremonyPurpose::Verify { account: account.clone() };
        let asked_for = asked.first_factor_verification.as_ref();
        let signed = Box::pin(self.sign_by_key(&link, kind, purpose, asked_for)).await?;
        self.verify(account, "verify/attempt_first_factor", &proof(&signed.answer)).await
    }

    /// Replaces the PIN of this device, for who knows the one before.
    pub(crate) async fn change_passkey_pin(self: &Arc<Self>) -> Result<(), IntentError> {
        if !self.passkeys.pin.is_chosen().await? {
            return Err(refused(
                Reason::PasskeyNoPin,
                "There is no PIN yet. It is chosen with the first passkey of this device.",
            ));
        }
        let changed = self.hold_for(CeremonyPurpose::ChangePin, None, |person, _| async move {
            self.passkeys.pin.change(person).await
        });
        Ok(changed.await??)
    }

    /// Has the person show that they can open the keys of this device.
    pub(crate) async fn verify_person(self: &Arc<Self>, purpose: CeremonyPurpose) -> Result<(), IntentError> {
        // A lock that is shut is not opened by a PIN of one's own choice.
        let may_choose = purpose == CeremonyPurpose::TurnLockOn;
        let verified = self.hold_for(purpose, None, |person, cancel| async move {
            self.passkeys.device.verify((person, cancel), may_choose).await
        });
        Ok(verified.await??)
    }

    /// Holds a ceremony with what is kept on this device; what the device refuses is for the caller to word.
    pub(crate) async fn hold_for<T, F: Future<Output = Result<T, Fault>>>(
        self: &Arc<Self>,
        purpose: CeremonyPurpose,
        host: Option<String>,
        work: impl FnOnce(Arc<dyn Person>, Cancel) -> F,
    ) -> Result<Result<T, Fault>, IntentError> {
        self.hold(About { purpose, kind: AuthenticatorKind::ThisDevice, host }, work).await
    }

    /// Removes the passkeys and passwords of this device, and the PIN with them, as for who has forgotten it.
    pub(crate) async fn forget_device_passkeys(&self) -> Result<(), IntentError> {
        let _turn = self.alone().await;
        let forgotten = self.passkeys.device.forget_all().await;
        self.look_at_device().await;
        if forgotten.is_ok() {
            let stays = |made: &MadeHere| made.with != AuthenticatorKind::ThisDevice;
            self.change(|state| state.entries.iter_mut().for_each(|entry| entry.made_here.retain(stays)));
            self.save().await;
            self.lose_lock().await;
        }
        Ok(forgotten?)
    }

    /// Every item of the vault that may hold something of this room. No ceremony goes on until they are dropped.
    pub(crate) async fn vault_items(&self) -> Result<VaultItems, IntentError> {
        let turn = self.alone().await;
        let mut names = self.items();
        match self.passkeys.device.item_names().await {
            Ok(items) => names.extend(items),
            // Where there is no keychain there is nothing in it.
            Err(Fault::Keychain(VaultError::Absent(_) | VaultError::NoCollection(_))) => {}
            Err(fault) => return Err(fault.into()),
        }
        Ok(VaultItems { names, _turn: turn })
    }

    /// Ends the ceremony that goes on, and waits until it has let go.
    pub(crate) async fn alone(&self) -> OwnedMutexGuard<()> {
        self.cancel_passkey(None);
        self.passkeys.turn.clone().lock_owned().await
    }

    /// Holds a ceremony, after the one before has let go.
    async fn hold<T, F: Future<Output = Result<T, Fault>>>(
        self: &Arc<Self>,
        about: About,
        work: impl FnOnce(Arc<dyn Person>, Cancel) -> F,
    ) -> Result<Result<T, Fault>, IntentError> {
        let id = random_id().ok_or_else(no_random_numbers)?;
        let cancel = Cancel::default();
        let view = about.view(&id);
        let gone = self.gone(&view.purpose);
        self.change(|state| state.passkeys.begin(view, cancel.clone()));
        let _shown = WhileHeld { core: self, id: &id };
        let person: Arc<dyn Person> = Arc::new(AtTheWindow::new(self, id.clone()));
        let run = async {
            let _turn = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Fault::Cancelled),
                turn = self.passkeys.turn.clone().lock_owned() => turn,
            };
            let done = work(person, cancel.clone()).await;
            match done {
                // Who turned back is not kept waiting for a keychain: the next press is meant for what they do now.
                Err(Fault::Cancelled) => self.tidy_device(None).await,
                _ => self.look_at_device().await,
            }
            done
        };
        tokio::pin!(run);
        let done = tokio::select! {
            done = &mut run => done,
            () = gone => {
                self.cancel_passkey(Some(&id));
                run.await
            }
        };
        Ok(done)
    }

    /// Waits until whom a ceremony is for is no more.
    fn gone(&self, purpose: &CeremonyPurpose) -> impl Future<Output = ()> + use<> {
        let (mut snapshots, purpose) = (self.snapshots(), purpose.clone());
        async move {
            // Where nobody tells of changes any more, nobody asks either.
            snapshots.wait_for(|shown| !is_there(shown, &purpose)).await.ok();
        }
    }
}

/// What a ceremony is about.
struct About {
    purpose: CeremonyPurpose,
    kind: AuthenticatorKind,
    /// Whom it is for, where it is for somebody.
    host: Option<String>,
}

impl About {
    fn view(&self, id: &str) -> CeremonyView {
        CeremonyView {
            id: id.to_owned(),
            purpose: self.purpose.clone(),
            authenticator: self.kind,
            host: self.host.clone(),
            prompt: CeremonyPrompt::Working,
        }
    }
}

/// Takes a ceremony out of the snapshot when nobody waits for it any more.
struct WhileHeld<'a> {
    core: &'a Core,
    id: &'a str,
}

impl Drop for WhileHeld<'_> {
    fn drop(&mut self) {
        self.core.cancel_passkey(Some(self.id));
    }
}

fn is_there(shown: &Snapshot, purpose: &CeremonyPurpose) -> bool {
    let at = |instance: &str| shown.instances.iter().find(|view| view.id == instance);
    match purpose {
        CeremonyPurpose::SignIn { instance }
        | CeremonyPurpose::KeepPassword { instance }
        | CeremonyPurpose::UsePassword { instance } => at(instance).is_some(),
        CeremonyPurpose::Create { account } | CeremonyPurpose::Verify { account } => at(&account.instance)
            .and_then(|view| view.client.as_ref())
            .is_some_and(|client| client.signed_in(&account.session).is_some()),
        CeremonyPurpose::ChangePin
        | CeremonyPurpose::TurnLockOn
        | CeremonyPurpose::TurnLockOff
        | CeremonyPurpose::Unlock => true,
    }
}

/// What a device has answered, for an instance.
fn proof(answer: &str) -> form::PasskeyAttempt {
    form::PasskeyAttempt { strategy: Some(PASSKEY.to_owned()), public_key_credential: Some(answer.to_owned()) }
}
