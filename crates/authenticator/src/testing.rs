//! What tests of this room share: a person who does as told, a relying party, a vault in memory.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use frontdesk_vault::{Cost, Secret, Vault, fake::FakeStore};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
        PasskeyRegistration, Uuid, WebauthnError,
    },
};

pub(crate) use crate::virtual_key::PIN;
use crate::{
    AccountName, Authenticator, Cancel, Fault, LocalPin, Made, Now, Person, PinAsked, Sign, Signed, Site, ThisDevice,
};

/// Somebody who types these PINs one after the other, and the last one from then on.
#[derive(Default)]
pub(crate) struct Typist {
    pins: Mutex<VecDeque<Option<String>>>,
    pub(crate) asked: Mutex<Vec<PinAsked>>,
    pub(crate) shown: Mutex<Vec<Sign>>,
    pub(crate) offered: Mutex<Vec<Vec<AccountName>>>,
    choice: Mutex<Option<usize>>,
    /// Never answers.
    asleep: bool,
}

impl Typist {
    pub(crate) fn new(pins: &[&str]) -> Arc<Self> {
        let pins = pins.iter().map(|pin| Some((*pin).to_owned())).collect();
        Arc::new(Self { pins: Mutex::new(pins), choice: Mutex::new(Some(0)), ..Self::default() })
    }

    pub(crate) fn refusing() -> Arc<Self> {
        Arc::new(Self { pins: Mutex::new([None].into()), ..Self::default() })
    }

    pub(crate) fn asleep() -> Arc<Self> {
        Arc::new(Self { asleep: true, ..Self::default() })
    }

    pub(crate) fn choosing(choice: usize) -> Arc<Self> {
        let typist = Self::new(&[PIN]);
        *typist.choice.lock().unwrap() = Some(choice);
        typist
    }

    pub(crate) fn asked(&self) -> Vec<PinAsked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Person for Typist {
    fn pin(&self, asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        self.asked.lock().unwrap().push(asked);
        if self.asleep {
            return Box::pin(std::future::pending());
        }
        let mut pins = self.pins.lock().unwrap();
        let pin = if pins.len() > 1 { pins.pop_front().flatten() } else { pins.front().cloned().flatten() };
        Box::pin(async move { pin.map(|pin| Secret::new(pin.into_bytes())) })
    }

    fn show(&self, sign: Sign) {
        self.shown.lock().unwrap().push(sign);
    }

    fn choose(&self, accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        self.offered.lock().unwrap().push(accounts);
        let choice = *self.choice.lock().unwrap();
        Box::pin(async move { choice })
    }
}

/// A clock that is set.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn now(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || Duration::from_millis(clock.0.load(Ordering::SeqCst)))
    }

    pub(crate) fn set(&self, time: Duration) {
        self.0.store(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// A computer: its keychain outlives the app.
#[derive(Clone)]
pub(crate) struct Computer {
    pub(crate) store: FakeStore,
    pub(crate) clock: Clock,
}

impl Computer {
    pub(crate) fn new() -> Self {
        let clock = Clock::default();
        clock.set(Duration::from_hours(500_000));
        Self { store: FakeStore::new(), clock }
    }

    /// The app, started.
    pub(crate) fn start(&self) -> (ThisDevice, Arc<LocalPin>) {
        let vault = Vault::new(Arc::new(self.store.clone()));
        let cost = Cost { memory: 8, passes: 1, lanes: 1 };
        let pin = Arc::new(LocalPin::new(vault.clone(), cost, self.clock.now()));
        (ThisDevice::new(vault, pin.clone(), self.clock.now()), pin)
    }
}

/// The site of most tests, and its relying party.
pub(crate) const API: &str = "https://auth.example.com/v1";
pub(crate) const RP_ID: &str = "example.com";

pub(crate) fn site() -> Site {
    Site::of(&Url::parse(API).unwrap()).unwrap()
}

/// A relying party of the library that the server uses as well.
pub(crate) struct Party {
    verifier: Webauthn,
    pub(crate) keys: Vec<Passkey>,
    pub(crate) user: Uuid,
}

impl Party {
    pub(crate) fn new() -> Self {
        Self::at("https://auth.example.com", RP_ID)
    }

    pub(crate) fn at(origin: &str, rp_id: &str) -> Self {
        let verifier = WebauthnBuilder::new(rp_id, &Url::parse(origin).unwrap()).unwrap().build().unwrap();
        Self { verifier, keys: Vec::new(), user: Uuid::from_u128(7) }
    }

    pub(crate) fn ask_for_key(&self) -> (Value, PasskeyRegistration) {
        let known = self.keys.iter().map(|key| key.cred_id().clone()).collect();
        let (challenge, state) =
            self.verifier.start_passkey_registration(self.user, "ada@example.com", "Ada", Some(known)).unwrap();
        let mut options = serde_json::to_value(&challenge.public_key).unwrap();
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        (options, state)
    }

    pub(crate) fn take_key(&mut self, state: &PasskeyRegistration, answer: &str) -> Result<(), WebauthnError> {
        let answer = serde_json::from_str(answer).unwrap();
        self.keys.push(self.verifier.finish_passkey_registration(&answer, state)?);
        Ok(())
    }

    pub(crate) fn ask_named(&self) -> (Value, PasskeyAuthentication) {
        let (challenge, state) = self.verifier.start_passkey_authentication(&self.keys).unwrap();
        (serde_json::to_value(&challenge.public_key).unwrap(), state)
    }

    pub(crate) fn take_named(
        &mut self,
        state: &PasskeyAuthentication,
        answer: &str,
    ) -> Result<AuthenticationResult, WebauthnError> {
        let result = self.verifier.finish_passkey_authentication(&serde_json::from_str(answer).unwrap(), state)?;
        self.keys.iter_mut().for_each(|key| {
            key.update_credential(&result);
        });
        Ok(result)
    }

    pub(crate) fn ask_any(&self) -> (Value, DiscoverableAuthentication) {
        let (challenge, state) = self.verifier.start_discoverable_authentication().unwrap();
        (serde_json::to_value(&challenge.public_key).unwrap(), state)
    }

    pub(crate) fn take_any(
        &mut self,
        state: DiscoverableAuthentication,
        answer: &str,
    ) -> Result<AuthenticationResult, WebauthnError> {
        let answer = serde_json::from_str(answer).unwrap();
        let (user, id) = self.verifier.identify_discoverable_authentication(&answer)?;
        assert_eq!(user, self.user, "the device says who it is");
        let key = self.keys.iter().find(|key| key.cred_id().as_slice() == id).unwrap();
        self.verifier.finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(key))
    }

    /// Adds a key of this authenticator.
    pub(crate) async fn add(&mut self, one: &dyn Authenticator, person: Arc<dyn Person>) -> Made {
        let (options, state) = self.ask_for_key();
        let made = make(one, &options, person).await.unwrap();
        self.take_key(&state, &made.answer).unwrap();
        made
    }
}

pub(crate) async fn make(one: &dyn Authenticator, options: &Value, person: Arc<dyn Person>) -> Result<Made, Fault> {
    one.register(site().creation(&options.to_string())?, person, Cancel::default()).await
}

pub(crate) async fn sign(one: &dyn Authenticator, options: &Value, person: Arc<dyn Person>) -> Result<Signed, Fault> {
    one.sign_in(site().request(&options.to_string())?, person, Cancel::default()).await
}
