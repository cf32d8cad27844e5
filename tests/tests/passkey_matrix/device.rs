//! The authenticators, each asked as a browser asks it for a page.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_authenticator::{
    AccountName, Authenticator as _, Authenticators, Cancel, Kind, LocalPin, Now, Person, PinAsked, SecurityKeys, Sign,
    Site, ThisDevice,
    virtual_key::{self, Owner, PIN, Ports, Store, VirtualKey},
};
use frontdesk_vault::{Cost, Secret, Vault, fake::FakeStore};
use futures_util::future::BoxFuture;
use passkey::{
    authenticator::Authenticator,
    client::{Client, DefaultClientData, WebauthnError},
    crypto::rust_crypto::RustCryptoBackend,
    types::{
        ctap2::{Aaguid, Ctap2Error},
        webauthn::{CredentialCreationOptions, CredentialRequestOptions},
    },
};
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::{
    AuthenticatorBackend, WebauthnAuthenticator as _, error::WebauthnCError, softpasskey::SoftPasskey,
};

use crate::house::PAGE;

/// How long its library waits for nobody.
const PATIENCE_MS: u32 = 60_000;

/// Asks a client of `passkey-rs` over these keys. A macro, since the type of the client has a part that nobody can name.
macro_rules! with_peer {
    ($keys:expr, $peer:ident => $work:expr) => {{
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), Store::new(true), Owner, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(true);
        let mut $peer = Client::new(authenticator);
        std::mem::swap($peer.authenticator_mut().store_mut(), $keys);
        let became = $work;
        std::mem::swap($peer.authenticator_mut().store_mut(), $keys);
        became
    }};
}

/// Whose authenticator it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Make {
    /// The app's own, in the keychain of this computer.
    ThisDevice,
    /// A security key as the app asks it, through the port of the library. What it signs is signed by `passkey-rs`.
    SecurityKey,
    /// That of `passkey-rs`, with its own client.
    PasskeyRs,
    /// That of `webauthn-rs`.
    SoftPasskey,
}

pub(crate) const MAKES: [Make; 4] = [Make::ThisDevice, Make::SecurityKey, Make::PasskeyRs, Make::SoftPasskey];

/// One of them. What it declines it declines with the name that a browser gives that (Web Authentication §5.1).
pub(crate) enum Device {
    App(Kind, Authenticators),
    PasskeyRs(Store),
    SoftPasskey(SoftPasskey),
}

impl Device {
    /// A new one of this make; it counts what it signs if the make can.
    pub(crate) fn of(make: Make) -> Self {
        match make {
            Make::ThisDevice => {
                let vault = Vault::new(Arc::new(FakeStore::new()));
                let now: Now = Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO));
                let pin = LocalPin::new(vault.clone(), Cost { memory: 8, passes: 1, lanes: 1 }, now.clone());
                let device = ThisDevice::new(vault, Arc::new(pin), now);
                Self::App(device.kind(), Authenticators::new(vec![Arc::new(device)]))
            }
            Make::SecurityKey => {
                let key = VirtualKey::new(virtual_key::Make { counts: true, ..virtual_key::Make::default() });
                let keys = SecurityKeys::new(Ports::with(&[&key]));
                Self::App(keys.kind(), Authenticators::new(vec![Arc::new(keys)]))
            }
            Make::PasskeyRs => Self::PasskeyRs(Store::new(true)),
            Make::SoftPasskey => Self::SoftPasskey(SoftPasskey::new(true)),
        }
    }

    /// Has it make a key for this page, as the instance asks (Web Authentication §5.4); answers with what is sent back.
    pub(crate) async fn create(&mut self, page: &str, options: &Value) -> Result<String, &'static str> {
        let page = Url::parse(page).unwrap();
        match self {
            Self::App(kind, all) => {
                let creation = Site::of(&page).unwrap().creation(&options.to_string()).map_err(|fault| fault.name())?;
                let made = all.register(*kind, creation, Arc::new(Somebody), Cancel::default()).await;
                Ok(made.map_err(|fault| fault.name())?.answer)
            }
            Self::PasskeyRs(keys) => {
                let asked: CredentialCreationOptions = read(options);
                let made = with_peer!(keys, peer => peer.register(&page, asked, DefaultClientData).await);
                Ok(as_browsers_write(&made.map_err(|error| named_by_passkey_rs(&error))?))
            }
            Self::SoftPasskey(key) => {
                let options = as_it_makes_keys(options);
                let made = key.do_registration(page, read(&options)).map_err(|error| named_by_webauthn_rs(&error))?;
                Ok(serde_json::to_string(&made).unwrap())
            }
        }
    }

    /// Has it sign for this page, as the instance asks (Web Authentication §5.5); answers with what is sent back.
    pub(crate) async fn get(&mut self, page: &str, options: &Value) -> Result<String, &'static str> {
        let page = Url::parse(page).unwrap();
        match self {
            Self::App(kind, all) => {
                let request = Site::of(&page).unwrap().request(&options.to_string()).map_err(|fault| fault.name())?;
                let signed = all.sign_in(*kind, request, Arc::new(Somebody), Cancel::default()).await;
                Ok(signed.map_err(|fault| fault.name())?.answer)
            }
            Self::PasskeyRs(keys) => {
                let mut options = options.clone();
                if options["allowCredentials"] == json!([]) {
                    // It takes an empty list for one that nothing is on.
                    options.as_object_mut().unwrap().remove("allowCredentials");
                }
                let asked: CredentialRequestOptions = read(&options);
                let signed = with_peer!(keys, peer => peer.authenticate(&page, asked, DefaultClientData).await);
                Ok(as_browsers_write(&signed.map_err(|error| named_by_passkey_rs(&error))?))
            }
            Self::SoftPasskey(key) => {
                let signed =
                    key.do_authentication(page, read(options)).map_err(|error| named_by_webauthn_rs(&error))?;
                Ok(serde_json::to_string(&signed).unwrap())
            }
        }
    }
}

impl Device {
    /// Like [`Self::create`], by a browser that lets every page ask.
    pub(crate) async fn create_unchecked(&mut self, page: &str, options: &Value) -> Result<String, &'static str> {
        let Self::SoftPasskey(key) = self else { return Ok(said_by(page, &self.create(PAGE, options).await?)) };
        // It signs what the browser says of a new key too.
        let asked = serde_json::from_value(as_it_makes_keys(options)).unwrap();
        let made = AuthenticatorBackend::perform_register(key, Url::parse(page).unwrap(), asked, PATIENCE_MS);
        Ok(serde_json::to_string(&made.unwrap()).unwrap())
    }

    /// Like [`Self::get`], by such a browser. Answers of others than that of `webauthn-rs` are changed after they were signed,
    /// so that their signatures do not fit either: `sec_67` of the server's own tests has a key that signs such ones.
    pub(crate) async fn get_unchecked(&mut self, page: &str, options: &Value) -> Result<String, &'static str> {
        let Self::SoftPasskey(key) = self else { return Ok(said_by(page, &self.get(PAGE, options).await?)) };
        let asked = serde_json::from_value(options.clone()).unwrap();
        let signed = AuthenticatorBackend::perform_auth(key, Url::parse(page).unwrap(), asked, PATIENCE_MS);
        Ok(serde_json::to_string(&signed.unwrap()).unwrap())
    }
}

/// What that of `webauthn-rs` can do: it keeps no key that is found without its id, and makes none that has to be.
fn as_it_makes_keys(options: &Value) -> Value {
    let mut options = options.clone();
    options["authenticatorSelection"]["requireResidentKey"] = json!(false);
    options
}

/// The answer as if this page had asked.
fn said_by(page: &str, answer: &str) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    let place = &mut answer["response"]["clientDataJSON"];
    let mut data: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(place.as_str().unwrap()).unwrap()).unwrap();
    data["origin"] = json!(page);
    *place = json!(URL_SAFE_NO_PAD.encode(data.to_string()));
    answer.to_string()
}

/// The owner of the app's authenticators. There is one account on each.
struct Somebody;

impl Person for Somebody {
    fn pin(&self, _asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async { Some(Secret::new(PIN.as_bytes().to_vec())) })
    }

    fn show(&self, _sign: Sign) {}

    fn choose(&self, _accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        Box::pin(async { Some(0) })
    }
}

fn read<T: serde::de::DeserializeOwned>(options: &Value) -> T {
    serde_json::from_value(json!({ "publicKey": options })).unwrap()
}

/// As JSON. What `passkey-rs` writes as lists of numbers is base64url in a browser.
fn as_browsers_write(answer: &impl serde::Serialize) -> String {
    fn written(value: Value) -> Value {
        match value {
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_u64) => {
                let bytes: Vec<u8> = items.iter().filter_map(|item| u8::try_from(item.as_u64()?).ok()).collect();
                json!(URL_SAFE_NO_PAD.encode(bytes))
            }
            Value::Array(items) => items.into_iter().map(written).collect(),
            Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, written(value))).collect(),
            other => other,
        }
    }
    written(serde_json::to_value(answer).unwrap()).to_string()
}

fn named_by_passkey_rs(error: &WebauthnError) -> &'static str {
    match error {
        WebauthnError::OriginRpMissmatch => "SecurityError",
        WebauthnError::CredentialNotFound => "NotAllowedError",
        WebauthnError::AuthenticatorError(code) if *code == u8::from(Ctap2Error::CredentialExcluded) => {
            "InvalidStateError"
        }
        other => panic!("{other:?}"),
    }
}

fn named_by_webauthn_rs(error: &WebauthnCError) -> &'static str {
    match error {
        WebauthnCError::Security => "SecurityError",
        other => panic!("{other:?}"),
    }
}
