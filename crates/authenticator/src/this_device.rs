//! *This device*: keys in the keychain of this computer, and passwords beside them.
//!
//! One item for each key. Who it is for stands there to be read by the app, so that nobody is asked for a PIN in vain;
//! the private key itself is sealed, and opened by the verification of the person alone, before every use. It is wiped
//! from memory after it and there is no call that gives it out.

mod backend;
mod gesture;
mod key;
mod local_pin;
mod passwords;
mod records;

use std::sync::Arc;

use frontdesk_vault::{SealKey, Secret, State, Vault};
use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, sync::Mutex};
use webauthn_authenticator_rs::{WebauthnAuthenticator as _, error::WebauthnCError};
use webauthn_rs_proto::{CreationChallengeResponse, RequestChallengeResponse};

use self::{backend::Backend, passwords::Passwords, records::Records};
pub use self::{
    gesture::{Gesture, Owner, SystemVerification, system_verification},
    local_pin::{LocalPin, Now},
    passwords::{HeldPassword, PasswordPlace},
    records::HeldKey,
};
use crate::{
    Authenticator, Cancel, Creation, Fault, Kind, Made, Person, Request, Signed, Unready,
    answer::{Assertion, NewKey},
    ceremony::ClientData,
};

/// Verifies that the person at the computer is its owner, and opens what seals the keys.
pub trait UserVerification: Send + Sync + 'static {
    /// Whether somebody could be verified now. Asks nobody anything.
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>>;

    /// Verifies the person and opens. `first` only while nothing is sealed: what seals may be made then. Works on a
    /// thread that may block.
    fn open(&self, person: Arc<dyn Person>, first: bool) -> BoxFuture<'_, Result<SealKey, Fault>>;

    /// Gives up whatever there is to open, for good, where there is something: [`Self::is_wiping`] until [`Self::wiped`].
    fn wipe(&self) -> BoxFuture<'_, Result<(), Fault>>;

    /// What [`Fault::Wiped`] and [`Self::wipe`] leave to be done is done: everything that was sealed has been removed.
    fn wiped(&self) -> BoxFuture<'_, Result<(), Fault>>;

    /// Whether it was given up and not everything has been removed since.
    fn is_wiping(&self) -> BoxFuture<'_, Result<bool, Fault>>;
}

/// The keychain of this computer as an authenticator. Clones are one.
#[derive(Clone)]
pub struct ThisDevice(Arc<Device>);

struct Device {
    vault: Vault,
    records: Records,
    passwords: Passwords,
    verification: Arc<dyn UserVerification>,
    now: Now,
    /// One ceremony at a time: a PIN is tried by one, and the index has one writer.
    turn: Mutex<()>,
}

impl ThisDevice {
    /// Keys in this vault, behind this verification.
    #[must_use]
    pub fn new(vault: Vault, verification: Arc<dyn UserVerification>, now: Now) -> Self {
        let (records, passwords) = (Records::new(vault.clone()), Passwords::new(vault.clone()));
        Self(Arc::new(Device { vault, records, passwords, verification, now, turn: Mutex::default() }))
    }

    /// Its clock.
    #[cfg(all(unix, feature = "phone"))]
    pub(crate) fn clock(&self) -> Now {
        self.0.now.clone()
    }

    /// The keys there are, without asking anybody for a PIN.
    pub async fn keys(&self) -> Result<Vec<HeldKey>, Fault> {
        let _turn = self.0.turn.lock().await;
        self.0.finish_wiping().await?;
        self.0.records.all().await
    }

    /// Removes a key, as when the instance does not know it (any more). One that is not there is removed already.
    pub async fn forget(&self, credential_id: &[u8]) -> Result<(), Fault> {
        let _turn = self.0.turn.lock().await;
        self.0.records.remove(credential_id).await
    }

    /// Verifies the person as before the use of a key, and uses none. Where nothing verifies them yet and nothing is
    /// sealed, they may choose what does.
    pub async fn verify(&self, (person, cancel): (Arc<dyn Person>, Cancel), may_choose: bool) -> Result<(), Fault> {
        let _turn = self.0.turn.lock().await;
        let (device, here) = (self.0.clone(), Handle::current());
        in_own_thread(move || {
            here.block_on(async {
                let first = may_choose && device.seals_nothing().await?;
                device.open_unless(&cancel, person, first).await.map(drop)
            })
        })
        .await
    }

    /// The passwords there are, without asking anybody for a PIN.
    pub async fn passwords(&self) -> Result<Vec<HeldPassword>, Fault> {
        let _turn = self.0.turn.lock().await;
        self.0.finish_wiping().await?;
        self.0.passwords.all().await
    }

    /// The password of one place, if there is one. Waits for nobody.
    pub async fn password_at(&self, place: &str) -> Result<Option<HeldPassword>, Fault> {
        self.0.passwords.held(place).await
    }

    /// Keeps a password in place of the one before, once the person was verified. `may_choose` as with
    /// [`Self::verify`].
    pub async fn keep_password(
        &self,
        (person, cancel): (Arc<dyn Person>, Cancel),
        place: PasswordPlace,
        (identifier, password): (String, Secret),
        may_choose: bool,
    ) -> Result<(), Fault> {
        let _turn = self.0.turn.lock().await;
        let (device, here) = (self.0.clone(), Handle::current());
        in_own_thread(move || {
            here.block_on(async {
                device.finish_wiping().await?;
                let first = may_choose && device.seals_nothing().await?;
                let seal = device.open_unless(&cancel, person, first).await?;
                device.passwords.keep(&place, identifier, &password, &seal).await
            })
        })
        .await
    }

    /// The password of a place and whose it is, for whoever can be verified.
    pub async fn open_password(
        &self,
        (person, cancel): (Arc<dyn Person>, Cancel),
        place: PasswordPlace,
    ) -> Result<(String, Secret), Fault> {
        let _turn = self.0.turn.lock().await;
        let (device, here) = (self.0.clone(), Handle::current());
        in_own_thread(move || {
            here.block_on(async {
                device.finish_wiping().await?;
                if device.passwords.held(&place.name).await?.is_none() {
                    return Err(Fault::NoCredential);
                }
                let seal = device.open_unless(&cancel, person, false).await?;
                device.passwords.open(&place, &seal).await
            })
        })
        .await
    }

    /// Removes the password of a place. Waits for nobody; one that is not there is removed already.
    pub async fn forget_password(&self, place: &str) -> Result<(), Fault> {
        self.0.passwords.remove(place).await
    }

    /// Removes all keys and passwords and what verifies the person, as for who cannot be verified any more.
    pub async fn forget_all(&self) -> Result<(), Fault> {
        let _turn = self.0.turn.lock().await;
        // First: should the app end in the middle, the rest goes at the next start. A keychain that is full takes no note,
        // and forgets all the same.
        if let Err(fault) = self.0.verification.wipe().await {
            tracing::info!("it is not noted that this device forgets everything: {}", fault.name());
        }
        self.0.clear().await?;
        self.0.verification.wiped().await
    }

    /// The names of all items that the authenticator has in the vault, for whoever moves the vault to another store.
    pub async fn item_names(&self) -> Result<Vec<String>, Fault> {
        let _turn = self.0.turn.lock().await;
        let mut names = self.0.records.names().await?;
        names.extend(self.0.passwords.names().await?);
        names.extend(local_pin::ITEMS.into_iter().chain([gesture::ITEM]).map(str::to_owned));
        Ok(names)
    }

    fn backend(&self, person: Arc<dyn Person>, cancel: Cancel) -> Backend {
        Backend::new(self.0.clone(), person, cancel, Handle::current())
    }
}

impl Device {
    async fn ready(&self) -> Result<(), Unready> {
        // What the vault has seen of its store, if it has been asked yet.
        let mut status = self.vault.status().borrow().clone();
        if status.state == State::Checking {
            // Failures show in the state.
            let _seen = self.vault.recheck().await;
            status = self.vault.status().borrow().clone();
        }
        let detail = status.detail.unwrap_or_default();
        match status.state {
            State::Absent | State::NoCollection => Err(Unready::NoKeychain(detail)),
            State::Locked | State::Denied => Err(Unready::Locked(detail)),
            State::Broken | State::Failed => Err(Unready::Failed(detail)),
            State::Ready | State::Full | State::Checking | State::Waiting => self.verification.ready().await,
        }
    }

    /// Opens what seals the keys; where they are lost by it, they are removed.
    async fn open(&self, person: Arc<dyn Person>, first: bool) -> Result<SealKey, Fault> {
        let opened = self.verification.open(person, first).await;
        if opened.as_ref().err() == Some(&Fault::Wiped) {
            self.finish_wiping().await?;
        }
        opened
    }

    /// As [`Self::open`], for a ceremony that was not ended meanwhile.
    async fn open_unless(&self, cancel: &Cancel, person: Arc<dyn Person>, first: bool) -> Result<SealKey, Fault> {
        let seal = self.open(person, first).await?;
        if cancel.is_cancelled() { Err(Fault::Cancelled) } else { Ok(seal) }
    }

    /// Whether there is nothing that only the verification of the person opens.
    async fn seals_nothing(&self) -> Result<bool, Fault> {
        Ok(self.records.all().await?.is_empty() && self.passwords.is_empty().await?)
    }

    /// Removes what cannot be opened any more, even if the app was ended in the middle of it.
    async fn finish_wiping(&self) -> Result<(), Fault> {
        if self.verification.is_wiping().await? {
            self.clear().await?;
            self.verification.wiped().await?;
        }
        Ok(())
    }

    /// Removes everything that is sealed.
    async fn clear(&self) -> Result<(), Fault> {
        self.records.clear().await?;
        self.passwords.clear().await
    }
}

impl Authenticator for ThisDevice {
    fn kind(&self) -> Kind {
        Kind::ThisDevice
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(self.0.ready())
    }

    fn register(
        &self,
        creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>> {
        let mut backend = self.backend(person, cancel);
        Box::pin(async move {
            in_own_thread(move || {
                let asked = CreationChallengeResponse { public_key: creation.worded() };
                let made = backend.do_registration(creation.site().url().clone(), asked);
                let made = made.map_err(|error| backend.fault(&error))?;
                let client_data = ClientData { json: made.response.client_data_json };
                let attestation_object = made.response.attestation_object;
                let new = NewKey {
                    kind: Kind::ThisDevice,
                    attestation_object,
                    transports: vec!["internal".to_owned()],
                    discoverable: true,
                    client_data: &client_data,
                };
                new.made(&creation)
            })
            .await
        })
    }

    fn sign_in(
        &self,
        request: Request,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        let mut backend = self.backend(person, cancel);
        Box::pin(async move {
            in_own_thread(move || {
                let asked = RequestChallengeResponse { public_key: request.worded(), mediation: None };
                let signed = backend.do_authentication(request.site().url().clone(), asked);
                let signed = signed.map_err(|error| backend.fault(&error))?;
                let assertion = Assertion {
                    kind: Kind::ThisDevice,
                    credential_id: signed.raw_id,
                    authenticator_data: signed.response.authenticator_data,
                    signature: signed.response.signature,
                    user_handle: signed.response.user_handle,
                    client_data: &ClientData { json: signed.response.client_data_json },
                };
                Ok(assertion.signed())
            })
            .await
        })
    }
}

/// The library calls its authenticators and waits; so does the making of a key from a PIN.
async fn in_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::Device("it stopped".to_owned())))
}

/// What the library itself refuses.
fn refused(error: &WebauthnCError) -> Fault {
    match error {
        WebauthnCError::Security => Fault::Options("the relying party is not of this site".to_owned()),
        error => Fault::Device(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
