//! A security key in memory: what it signs is signed by `passkey-rs`; its PIN, its touch and its wire are here, where a
//! test can break them.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey},
    digest::{SHA256, digest},
    hmac,
    iv::FixedLength,
};
use futures_util::{FutureExt as _, StreamExt as _, stream::BoxStream};
use passkey::{
    authenticator::{
        Authenticator, CredentialStore, DiscoverabilitySupport, StoreInfo, UiHint, UserCheck, UserValidationMethod,
    },
    crypto::rust_crypto::RustCryptoBackend,
    types::{
        Passkey,
        ctap2::{
            Aaguid, Ctap2Error, StatusCode,
            make_credential::{Options, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity},
        },
        webauthn::PublicKeyCredentialDescriptor,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_cbor_2::Value;
use tokio::sync::Mutex as AsyncMutex;
use webauthn_authenticator_rs::{
    error::{CtapError, WebauthnCError},
    transport::{Token, TokenEvent, Transport},
    ui::UiCallback,
};
use webauthn_rs_proto::AuthenticatorTransport;

use crate::Bus;

/// The PIN of keys that have one and were not given another.
pub const PIN: &str = "135790";
/// Wrong PINs in all before it takes no more.
const TRIES: u32 = 8;

/// How a key is.
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
#[derive(Clone)]
pub struct Make {
    /// It keeps keys that are found without their id.
    pub discoverable: bool,
    /// Its PIN.
    pub pin: Option<&'static str>,
    /// It knows its owner by their finger.
    pub finger: bool,
    /// It speaks the first version alone.
    pub old: bool,
    /// It counts.
    pub counts: bool,
    /// Nobody touches it.
    pub untouched: bool,
    /// It does not say which key it was if only one was named.
    pub terse: bool,
    /// What it says in place of everything, by command.
    pub says: BTreeMap<u8, Result<Vec<u8>, u8>>,
}

impl Default for Make {
    fn default() -> Self {
        Self {
            discoverable: true,
            pin: Some(PIN),
            finger: false,
            old: false,
            counts: false,
            untouched: false,
            terse: false,
            says: BTreeMap::new(),
        }
    }
}

/// A key that can be plugged in; clones are one.
#[derive(Clone)]
pub struct VirtualKey(Arc<Inside>);

struct Inside {
    make: Mutex<Make>,
    signer: AsyncMutex<Authenticator<Store, Owner, RustCryptoBackend>>,
    agreement: PrivateKey,
    token: [u8; 32],
    tries_left: Mutex<u32>,
    /// Wrong PINs since it was plugged in.
    since: Mutex<u32>,
    next: Mutex<Vec<Vec<u8>>>,
    cancels: AtomicUsize,
    sent: Mutex<Vec<u8>>,
}

impl VirtualKey {
    /// A key of this make, with nothing on it.
    #[must_use]
    pub fn new(make: Make) -> Self {
        let store = Store::new(make.discoverable);
        let mut signer = Authenticator::new(Aaguid::from([7; 16]), store, Owner, RustCryptoBackend);
        signer.set_make_credentials_with_signature_counter(make.counts);
        Self(Arc::new(Inside {
            make: Mutex::new(make),
            signer: AsyncMutex::new(signer),
            agreement: PrivateKey::generate(&ECDH_P256).unwrap(),
            token: [9; 32],
            tries_left: Mutex::new(TRIES),
            since: Mutex::new(0),
            next: Mutex::default(),
            cancels: AtomicUsize::new(0),
            sent: Mutex::default(),
        }))
    }

    /// From now on it is of another make.
    pub fn change(&self, change: impl FnOnce(&mut Make)) {
        change(&mut self.0.make.lock().unwrap());
    }

    /// Takes it out and plugs it in again.
    pub fn replug(&self) {
        *self.0.since.lock().unwrap() = 0;
    }

    /// Wrong PINs that it takes still.
    #[must_use]
    pub fn tries_left(&self) -> u32 {
        *self.0.tries_left.lock().unwrap()
    }

    /// How often it was told to let go.
    #[must_use]
    pub fn cancels(&self) -> usize {
        self.0.cancels.load(Ordering::SeqCst)
    }

    /// The commands that it got.
    #[must_use]
    pub fn commands(&self) -> Vec<u8> {
        self.0.sent.lock().unwrap().clone()
    }

    /// Sets the counter of all its keys.
    pub async fn count(&self, counter: u32) {
        self.0.signer.lock().await.store_mut().keys.iter_mut().for_each(|(key, _)| key.counter = Some(counter));
    }

    /// How many keys are on it.
    pub async fn held(&self) -> usize {
        self.0.signer.lock().await.store().keys.len()
    }

    pub(crate) async fn answer(&self, message: &[u8]) -> Result<Vec<u8>, CtapError> {
        let (command, parameters) = message.split_first().ok_or(CtapError::Ctap1InvalidLength)?;
        let make = self.0.make.lock().unwrap().clone();
        self.0.sent.lock().unwrap().push(*command);
        if let Some(said) = make.says.get(command) {
            return said.clone().map_err(CtapError::from);
        }
        match command {
            0x01 => {
                let verified = self.proven(parameters, 0x01, 0x08, &make)?;
                touched(&make).await;
                let request = without(parameters, &[0x08, 0x09], 0x07, verified);
                let new = self.0.signer.lock().await.make_credential(read(&request)?).await;
                Ok(written(&new.map_err(said)?))
            }
            0x02 => self.signatures(parameters, &make).await,
            0x04 => Ok(info(&make)),
            0x06 => self.pin(parameters, &make),
            0x08 => self.0.next.lock().unwrap().pop().ok_or(CtapError::Ctap2NotAllowed),
            0x0b => {
                touched(&make).await;
                Ok(Vec::new())
            }
            _ => Err(CtapError::Ctap1InvalidCommand),
        }
    }

    async fn signatures(&self, parameters: &[u8], make: &Make) -> Result<Vec<u8>, CtapError> {
        let verified = self.proven(parameters, 0x02, 0x06, make)?;
        touched(make).await;
        let request = without(parameters, &[0x06, 0x07], 0x05, verified);
        let fields = map(&request);
        let named = matches!(fields.get(&0x03), Some(Value::Array(named)) if !named.is_empty());
        let mut signer = self.0.signer.lock().await;
        if named {
            let answer = written(&signer.get_assertion(read(&request)?).await.map_err(said)?);
            return Ok(if make.terse { without_key(&answer) } else { answer });
        }
        let Some(Value::Text(rp_id)) = fields.get(&0x01) else { return Err(CtapError::Ctap2MissingParameter) };
        let ids: Vec<Vec<u8>> =
            signer.store().found(rp_id).iter().rev().map(|key| key.credential_id.to_vec()).collect();
        let mut answers = Vec::new();
        for id in &ids {
            let mut one = fields.clone();
            let key = [(text("id"), Value::Bytes(id.clone())), (text("type"), text("public-key"))];
            one.insert(0x03, Value::Array(vec![Value::Map(key.into())]));
            let answer = written(&signer.get_assertion(read(&unmap(one))?).await.map_err(said)?);
            let mut answer = map(&answer);
            // A key that has verified its user says whose account it is (CTAP 2.1 §6.2.2).
            let name = signer.store().found(rp_id).into_iter().find(|key| key.credential_id.to_vec() == *id);
            if let (Some(Value::Map(user)), Some(key)) = (answer.get_mut(&0x04), name) {
                user.insert(text("name"), text(key.username.as_deref().unwrap_or_default()));
            }
            if answers.is_empty() && ids.len() > 1 {
                answer.insert(0x05, Value::Integer(ids.len() as i128));
            }
            answers.push(unmap(answer));
        }
        answers.reverse();
        let first = answers.pop().ok_or(CtapError::Ctap2NoCredentials)?;
        *self.0.next.lock().unwrap() = answers;
        Ok(first)
    }

    /// CTAP 2.1 §6.5.5, with the first protocol (§6.5.6).
    fn pin(&self, parameters: &[u8], make: &Make) -> Result<Vec<u8>, CtapError> {
        let fields = map(parameters);
        match fields.get(&0x02) {
            Some(Value::Integer(0x01)) => Ok(unmap(BTreeMap::from([
                (0x03, Value::Integer(self.tries_left().into())),
                (0x04, Value::Bool(*self.0.since.lock().unwrap() >= 3)),
            ]))),
            Some(Value::Integer(0x02)) => {
                let point = self.0.agreement.compute_public_key().unwrap().as_ref().to_vec();
                let key = BTreeMap::from([
                    (Value::Integer(1), Value::Integer(2)),
                    (Value::Integer(3), Value::Integer(-25)),
                    (Value::Integer(-1), Value::Integer(1)),
                    (Value::Integer(-2), Value::Bytes(point[1..33].to_vec())),
                    (Value::Integer(-3), Value::Bytes(point[33..].to_vec())),
                ]);
                Ok(unmap(BTreeMap::from([(0x01, Value::Map(key))])))
            }
            Some(Value::Integer(0x05 | 0x09)) => {
                let pin = make.pin.ok_or(CtapError::Ctap2PinNotSet)?;
                if self.tries_left() == 0 {
                    return Err(CtapError::Ctap2PinBlocked);
                }
                if *self.0.since.lock().unwrap() >= 3 {
                    return Err(CtapError::Ctap2PinAuthBlocked);
                }
                *self.0.tries_left.lock().unwrap() -= 1;
                let shared = self.shared(&fields);
                let Some(Value::Bytes(hash)) = fields.get(&0x06) else { return Err(CtapError::Ctap2MissingParameter) };
                if decrypted(&shared, hash) != digest(&SHA256, pin.as_bytes()).as_ref()[..16] {
                    *self.0.since.lock().unwrap() += 1;
                    return Err(match (self.tries_left(), *self.0.since.lock().unwrap()) {
                        (0, _) => CtapError::Ctap2PinBlocked,
                        (_, 3) => CtapError::Ctap2PinAuthBlocked,
                        _ => CtapError::Ctap2PinInvalid,
                    });
                }
                *self.0.tries_left.lock().unwrap() = TRIES;
                *self.0.since.lock().unwrap() = 0;
                Ok(unmap(BTreeMap::from([(0x02, Value::Bytes(encrypted(&shared, &self.0.token)))])))
            }
            Some(Value::Integer(0x06)) if make.finger => {
                let shared = self.shared(&fields);
                Ok(unmap(BTreeMap::from([(0x02, Value::Bytes(encrypted(&shared, &self.0.token)))])))
            }
            _ => Err(CtapError::Ctap2InvalidSubcommand),
        }
    }

    fn shared(&self, fields: &BTreeMap<i128, Value>) -> Vec<u8> {
        let Some(Value::Map(key)) = fields.get(&0x03) else { panic!("no key to agree with") };
        let part = |number| match key.get(&Value::Integer(number)) {
            Some(Value::Bytes(part)) => part.clone(),
            _ => panic!("half a point"),
        };
        let point = [vec![4], part(-2), part(-3)].concat();
        agree(&self.0.agreement, UnparsedPublicKey::new(&ECDH_P256, point), (), |secret| {
            Ok(digest(&SHA256, secret).as_ref().to_vec())
        })
        .unwrap()
    }

    /// Whether somebody was verified for exactly this client data (CTAP 2.1 §6.1.2, step 11).
    fn proven(&self, parameters: &[u8], hash: i128, proof: i128, make: &Make) -> Result<bool, CtapError> {
        let fields = map(parameters);
        // The hash is the first field of one message and the second of the other.
        let Some(Value::Bytes(hash)) = fields.get(&hash) else { return Err(CtapError::Ctap2MissingParameter) };
        let Some(Value::Bytes(proof)) = fields.get(&proof) else {
            return if make.pin.is_some() { Err(CtapError::Ctap2PUATRequired) } else { Ok(make.finger) };
        };
        if proof.is_empty() {
            return Err(CtapError::Ctap2PinInvalid);
        }
        let right = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0.token), hash);
        if right.as_ref()[..16] == **proof { Ok(true) } else { Err(CtapError::Ctap2PinAuthInvalid) }
    }
}

fn info(make: &Make) -> Vec<u8> {
    let mut options = BTreeMap::from([(text("up"), Value::Bool(true)), (text("rk"), Value::Bool(make.discoverable))]);
    if make.finger {
        options.insert(text("uv"), Value::Bool(true));
    }
    options.insert(text("clientPin"), Value::Bool(make.pin.is_some()));
    if !make.old {
        options.insert(text("pinUvAuthToken"), Value::Bool(true));
    }
    let versions = if make.old { vec![text("FIDO_2_0")] } else { vec![text("FIDO_2_0"), text("FIDO_2_1")] };
    unmap(BTreeMap::from([
        (0x01, Value::Array(versions)),
        (0x03, Value::Bytes(vec![7; 16])),
        (0x04, Value::Map(options)),
        (0x06, Value::Array(vec![Value::Integer(1)])),
        (0x09, Value::Array(vec![text("usb"), text("nfc"), text("of-tomorrow")])),
    ]))
}

async fn touched(make: &Make) {
    if make.untouched {
        std::future::pending::<()>().await;
    }
}

/// Somebody who always says yes, as often as the key asks; to a key that it has already, that it has it.
pub struct Owner;

impl UserValidationMethod for Owner {
    type PasskeyItem = Passkey;

    fn check_user<'hint, 'life, 'future>(
        &'life self,
        hint: UiHint<'hint, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Pin<Box<dyn Future<Output = Result<UserCheck, Ctap2Error>> + Send + 'future>>
    where
        'life: 'future,
        'hint: 'future,
        Self: 'future,
    {
        let excluded = matches!(hint, UiHint::InformExcludedCredentialFound(_));
        let checked =
            if excluded { Err(Ctap2Error::CredentialExcluded) } else { Ok(UserCheck { presence, verification }) };
        Box::pin(async move { checked })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// What `passkey-rs` keeps its keys in: each for its relying party, which its own stores leave out.
pub struct Store {
    /// With whether each is found without its id.
    keys: Vec<(Passkey, bool)>,
    discoverable: bool,
}

impl Store {
    /// An empty one; `discoverable` if it finds keys without their ids.
    #[must_use]
    pub fn new(discoverable: bool) -> Self {
        Self { keys: Vec::new(), discoverable }
    }

    /// Those that are found without their id, in the order in which they were made.
    fn found(&self, rp_id: &str) -> Vec<Passkey> {
        self.keys.iter().filter(|(key, found)| *found && key.rp_id == rp_id).map(|(key, _)| key.clone()).collect()
    }
}

#[async_trait]
impl CredentialStore for Store {
    type PasskeyItem = Passkey;

    async fn find_credentials(
        &self,
        ids: Option<&[PublicKeyCredentialDescriptor]>,
        rp_id: &str,
        _user_handle: Option<&[u8]>,
    ) -> Result<Vec<Passkey>, StatusCode> {
        let Some(ids) = ids else { return Ok(self.found(rp_id)) };
        let named = |key: &Passkey| key.rp_id == rp_id && ids.iter().any(|one| one.id == key.credential_id);
        Ok(self.keys.iter().map(|(key, _)| key).filter(|key| named(key)).cloned().collect())
    }

    async fn save_credential(
        &mut self,
        key: Passkey,
        _user: PublicKeyCredentialUserEntity,
        _rp: PublicKeyCredentialRpEntity,
        options: Options,
    ) -> Result<(), StatusCode> {
        self.keys.push((key, options.rk));
        Ok(())
    }

    async fn update_credential(&mut self, key: &Passkey) -> Result<(), StatusCode> {
        for (one, _) in &mut self.keys {
            if one.credential_id == key.credential_id {
                *one = key.clone();
            }
        }
        Ok(())
    }

    async fn get_info(&self) -> StoreInfo {
        let discoverability =
            if self.discoverable { DiscoverabilitySupport::Full } else { DiscoverabilitySupport::OnlyNonDiscoverable };
        StoreInfo { discoverability }
    }
}

impl fmt::Debug for VirtualKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VirtualKey")
    }
}

#[async_trait]
impl Token for VirtualKey {
    type Id = usize;

    fn get_transport(&self) -> AuthenticatorTransport {
        AuthenticatorTransport::Usb
    }

    async fn transmit_raw<U>(&mut self, message: &[u8], ui: &U) -> Result<Vec<u8>, WebauthnCError>
    where
        U: UiCallback,
    {
        if matches!(message.first(), Some(0x01 | 0x02)) {
            ui.processing();
            ui.request_touch();
            ui.request_touch();
        }
        self.answer(message).await.map_err(WebauthnCError::Ctap)
    }

    async fn cancel(&mut self) -> Result<(), WebauthnCError> {
        self.0.cancels.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn init(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }

    async fn close(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }
}

/// A port with keys in it, and keys that are plugged in once somebody is told to.
#[derive(Clone, Debug, Default)]
pub struct Ports {
    /// Those that are in it.
    pub plugged: Vec<VirtualKey>,
    /// Those that come.
    pub later: Vec<VirtualKey>,
    /// Nobody may open it.
    pub broken: bool,
}

impl Ports {
    /// A port with these in it.
    #[must_use]
    pub fn with(plugged: &[&VirtualKey]) -> Self {
        Self { plugged: plugged.iter().map(|key| (*key).clone()).collect(), ..Self::default() }
    }
}

impl Bus for Ports {
    type Token = VirtualKey;
    type Transport = Ports;

    async fn open(&self) -> Result<Ports, WebauthnCError> {
        if self.broken { Err(WebauthnCError::PermissionDenied) } else { Ok(self.clone()) }
    }
}

#[async_trait]
impl Transport<'_> for Ports {
    type Token = VirtualKey;

    async fn watch(&self) -> Result<BoxStream<TokenEvent<VirtualKey>>, WebauthnCError> {
        let now = self.plugged.clone().into_iter().map(TokenEvent::Added);
        let later = self.later.clone().into_iter().map(TokenEvent::Added);
        let events = now.chain([TokenEvent::EnumerationComplete]).chain(later);
        // Nothing more happens.
        Ok(futures_util::stream::iter(events).chain(std::future::pending().into_stream()).boxed())
    }

    async fn tokens(&self) -> Result<Vec<VirtualKey>, WebauthnCError> {
        Ok(self.plugged.clone())
    }
}

fn encrypted(key: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, key).unwrap()).unwrap();
    let mut text = plain.to_vec();
    key.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from([0; 16]))).unwrap();
    text
}

fn decrypted(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = DecryptingKey::cbc(UnboundCipherKey::new(&AES_256, key).unwrap()).unwrap();
    let mut plain = text.to_vec();
    key.decrypt(&mut plain, DecryptionContext::Iv128(FixedLength::from([0; 16]))).unwrap();
    plain
}

fn said(status: StatusCode) -> CtapError {
    CtapError::from(u8::from(status))
}

fn read<T: DeserializeOwned>(message: &[u8]) -> Result<T, CtapError> {
    serde_cbor_2::from_slice(message).map_err(|error| panic!("passkey-rs cannot read it: {error}"))
}

fn written(answer: &impl Serialize) -> Vec<u8> {
    serde_cbor_2::to_vec(answer).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn map(message: &[u8]) -> BTreeMap<i128, Value> {
    let Value::Map(fields) = serde_cbor_2::from_slice(message).unwrap() else { panic!("no map") };
    let number = |name| if let Value::Integer(number) = name { number } else { panic!("no number") };
    fields.into_iter().map(|(name, value)| (number(name), value)).collect()
}

pub(crate) fn unmap(fields: BTreeMap<i128, Value>) -> Vec<u8> {
    let fields = fields.into_iter().map(|(number, value)| (Value::Integer(number), value)).collect();
    serde_cbor_2::to_vec(&Value::Map(fields)).unwrap()
}

/// The message without the proof, and with what it proved.
fn without(message: &[u8], gone: &[i128], options: i128, verified: bool) -> Vec<u8> {
    let mut fields = map(message);
    fields.retain(|number, _| !gone.contains(number));
    let Value::Map(asked) = fields.entry(options).or_insert_with(|| Value::Map(BTreeMap::new())) else {
        panic!("no options");
    };
    asked.insert(text("uv"), Value::Bool(verified));
    unmap(fields)
}

fn without_key(answer: &[u8]) -> Vec<u8> {
    let mut fields = map(answer);
    fields.remove(&0x01);
    fields.remove(&0x04);
    unmap(fields)
}
