//! The verification of the person by the system of the computer, where it has one: Touch ID, Windows Hello.
//!
//! The system asks by a window of its own, and gives whom it recognises a secret that nobody gets without that. It opens
//! what seals the keys, in place of a PIN; where the system has no such thing, the PIN of this app does.
//!
//! ```text
//! passkey-gesture   whose gesture it is, what the system calls the secret and is asked for it, what seals the keys,
//!                   sealed with the secret
//! ```

#[cfg(target_os = "macos")]
mod touch_id;
#[cfg(windows)]
mod windows_hello;

use std::sync::Arc;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_vault::{SealKey, Secret, Vault};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{LocalPin, UserVerification, key::no_randomness, records::put};
use crate::{Fault, Person, Sign, Unready};

/// The item of what the system recognises the person by.
pub(super) const ITEM: &str = "passkey-gesture";
/// Bytes of a name, of a challenge and of what seals the keys.
const NAME: usize = 16;
const KEY: usize = 32;
/// What the seal is sealed for.
const ABOUT: &[u8] = b"frontdesk passkey gesture 1";

/// What a system recognises the person by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// A finger, a watch or the password of a Mac.
    TouchId,
    /// A face, a finger or the PIN of Windows.
    WindowsHello,
}

/// A system that recognises the person. Its calls may block for as long as its window is open, which the person alone
/// closes.
pub trait SystemVerification: Send + Sync + 'static {
    /// By what.
    fn gesture(&self) -> Gesture;

    /// Whether it can be used on this computer. Asks nobody anything.
    fn is_there(&self) -> bool;

    /// Has the system make a secret of this name. False where it turns out to have no such thing.
    fn make(&self, name: &str) -> Result<bool, Fault>;

    /// The secret of this name, once the system has recognised the person: the same for the same challenge, each time.
    /// [`Fault::Damaged`] where it is no more.
    fn secret(&self, name: &str, challenge: &[u8]) -> Result<Secret, Fault>;

    /// Has the system forget the secret. One that is not there is forgotten already.
    fn forget(&self, name: &str) -> Result<(), Fault>;
}

/// What the system of this computer has.
#[must_use]
pub fn system_verification() -> Option<Arc<dyn SystemVerification>> {
    #[cfg(target_os = "macos")]
    return Some(Arc::new(touch_id::TouchId));
    #[cfg(windows)]
    return Some(Arc::new(windows_hello::WindowsHello));
    #[cfg(not(any(target_os = "macos", windows)))]
    None
}

/// Verifies the person by what the system has, else by a PIN. Who has chosen a PIN keeps it.
pub struct Owner {
    vault: Vault,
    pin: Arc<LocalPin>,
    system: Option<Arc<dyn SystemVerification>>,
}

/// The gesture as it lies in the keychain.
#[derive(Serialize, Deserialize)]
struct Kept {
    gesture: Gesture,
    name: String,
    challenge: String,
    sealed: String,
}

impl Owner {
    /// By this system, where there is one, else by this PIN; both in this vault.
    #[must_use]
    pub fn new(vault: Vault, pin: Arc<LocalPin>, system: Option<Arc<dyn SystemVerification>>) -> Self {
        Self { vault, pin, system }
    }

    /// What the person is recognised by in place of a PIN, or will be once something is sealed; none where it is a PIN.
    pub async fn gesture(&self) -> Result<Option<Gesture>, Fault> {
        if let Some(kept) = self.read().await? {
            return Ok(Some(kept.gesture));
        }
        if self.pin.is_chosen().await? {
            return Ok(None);
        }
        Ok(self.usable().await.map(|system| system.gesture()))
    }

    /// Seals with what the system gives for the gesture. None where it has no such thing.
    async fn begin(&self, person: &dyn Person) -> Result<Option<SealKey>, Fault> {
        let Some(system) = self.usable().await else { return Ok(None) };
        let (Some(name), Some(challenge), Some(seal)) =
            (Secret::random(NAME), Secret::random(KEY), Secret::random(KEY))
        else {
            return Err(no_randomness());
        };
        let mut kept = Kept {
            gesture: system.gesture(),
            name: format!("frontdesk-{}", URL_SAFE_NO_PAD.encode(name.expose())),
            challenge: URL_SAFE_NO_PAD.encode(challenge.expose()),
            sealed: String::new(),
        };
        person.show(Sign::System(kept.gesture));
        let (makes, name) = (system.clone(), kept.name.clone());
        if !apart(move || makes.make(&name)).await? {
            return Ok(None);
        }
        let key = self.key(&system, &kept).await;
        person.show(Sign::Working);
        let sealed = match key {
            Ok(key) => key.seal(ABOUT, seal.expose()).map_err(|_| no_randomness()),
            Err(fault) => Err(fault),
        };
        let written = match sealed {
            Ok(sealed) => {
                kept.sealed = URL_SAFE_NO_PAD.encode(sealed);
                self.write(&kept).await
            }
            Err(fault) => Err(fault),
        };
        if written.is_err() {
            // Nobody would ever ask for it.
            let name = kept.name;
            apart(move || system.forget(&name)).await.ok();
        }
        written?;
        SealKey::new(&seal).map(Some).ok_or(Fault::Damaged)
    }

    /// What was sealed with what the system gives.
    async fn opened(&self, person: &dyn Person, kept: &Kept) -> Result<SealKey, Fault> {
        let system = self.system.as_ref().filter(|system| system.gesture() == kept.gesture).ok_or(Fault::Damaged)?;
        let sealed = URL_SAFE_NO_PAD.decode(&kept.sealed).map_err(|_| Fault::Damaged)?;
        person.show(Sign::System(kept.gesture));
        let key = self.key(system, kept).await;
        person.show(Sign::Working);
        let mut seal = key?.unseal(ABOUT, &sealed).ok_or(Fault::Damaged)?;
        SealKey::new(&Secret::new(std::mem::take(&mut *seal))).ok_or(Fault::Damaged)
    }

    /// The key that is made of what the system gives.
    async fn key(&self, system: &Arc<dyn SystemVerification>, kept: &Kept) -> Result<SealKey, Fault> {
        let challenge = URL_SAFE_NO_PAD.decode(&kept.challenge).map_err(|_| Fault::Damaged)?;
        let (system, name, asked) = (system.clone(), kept.name.clone(), challenge.clone());
        let secret = apart(move || system.secret(&name, &asked)).await?;
        let mut key = Zeroizing::new(vec![0; KEY]);
        Salt::new(HKDF_SHA256, &challenge)
            .extract(secret.expose())
            .expand(&[ABOUT], Length)
            .and_then(|made| made.fill(&mut key))
            .map_err(|_| no_randomness())?;
        SealKey::new(&Secret::new(std::mem::take(&mut *key))).ok_or(Fault::Damaged)
    }

    /// The system, if it can be used.
    async fn usable(&self) -> Option<Arc<dyn SystemVerification>> {
        let system = self.system.clone()?;
        let asked = system.clone();
        apart(move || Ok(asked.is_there())).await.unwrap_or(false).then_some(system)
    }

    async fn read(&self) -> Result<Option<Kept>, Fault> {
        let Some(item) = self.vault.get(ITEM).await? else { return Ok(None) };
        serde_json::from_slice(item.expose()).map(Some).map_err(|_| Fault::Damaged)
    }

    async fn write(&self, kept: &Kept) -> Result<(), Fault> {
        let text = serde_json::to_vec(kept).map_err(|_| Fault::Damaged)?;
        put(&self.vault, ITEM, Secret::new(text)).await
    }
}

impl UserVerification for Owner {
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        self.pin.ready()
    }

    fn open(&self, person: Arc<dyn Person>, first: bool) -> BoxFuture<'_, Result<SealKey, Fault>> {
        Box::pin(async move {
            if self.pin.is_wiping().await? {
                return Err(Fault::Wiped);
            }
            if let Some(kept) = self.read().await? {
                match self.opened(&*person, &kept).await {
                    // The system has lost it, as when Windows Hello was set up anew, and there is nothing to lose with it.
                    Err(Fault::Damaged) if first => self.vault.delete(ITEM).await?,
                    done => return done,
                }
            }
            if first
                && !self.pin.is_chosen().await?
                && let Some(seal) = self.begin(&*person).await?
            {
                return Ok(seal);
            }
            self.pin.open(person, first).await
        })
    }

    fn wipe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async {
            match self.vault.get(ITEM).await? {
                Some(_) => self.pin.mark().await,
                None => self.pin.wipe().await,
            }
        })
    }

    fn wiped(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async {
            // One that cannot be read names no secret either.
            if let (Some(kept), Some(system)) = (self.read().await.unwrap_or_default(), self.system.clone())
                && let Err(fault) = apart(move || system.forget(&kept.name)).await
            {
                // Without the item it opens nothing.
                tracing::warn!("the system keeps a secret that opens nothing any more: {}", fault.name());
            }
            self.vault.delete(ITEM).await?;
            self.pin.wiped().await
        })
    }

    fn is_wiping(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        self.pin.is_wiping()
    }
}

/// The length of a key, in the words of the library.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY
    }
}

/// Asks the system where waiting for it holds nothing up.
async fn apart<T: Send + 'static>(ask: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(ask).await.unwrap_or_else(|_| Err(Fault::Device("it stopped".to_owned())))
}

#[cfg(test)]
mod tests;
