//! The verification of the person where the system has none: a PIN of this app, which opens what seals the keys.
//!
//! ```text
//! passkey-key   32 random bytes, the keychain's part
//! passkey-pin   how the PIN's part is made, how often it was wrong and when it was last tried, what seals the keys,
//!               sealed with both parts
//! ```
//!
//! The key to it is Argon2id of the PIN with the keychain's part as its secret value (RFC 9106 §3.1): neither opens
//! anything without the other. A PIN is short, so tries are counted, in the keychain and *before* a PIN is looked at:
//! ending the app gives none back. Two may be wrong at once, then there is a pause that doubles, and with the eighth
//! wrong one, as with security keys (CTAP 2.1 §6.5.2.2), everything is removed.

use std::{sync::Arc, time::Duration};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_vault::{Cost, SealKey, Secret, Vault};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{UserVerification, records::put};
use crate::{
    Fault, Kind, Person, PinAsked, PinReason, Unready,
    pin::{chosen, normalized},
};

const KEY_ITEM: &str = "passkey-key";
const PIN_ITEM: &str = "passkey-pin";
/// The items of the PIN.
pub(super) const ITEMS: [&str; 2] = [KEY_ITEM, PIN_ITEM];
/// In place of the item while what it has sealed is being removed.
const WIPING: &[u8] = b"wiping";
const SALT: usize = 16;
const KEY: usize = 32;
/// What the seal is sealed for.
const ABOUT: &[u8] = b"frontdesk passkey pin 1";
/// Wrong ones in a row that cost nothing.
const FREE: u32 = 2;
/// The first pause; each later one is twice as long.
const PAUSE: Duration = Duration::from_secs(30);
/// Wrong ones in a row after which everything is removed.
const MOST: u32 = 8;

/// What time it is, since 1970.
pub type Now = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A PIN of this app.
pub struct LocalPin {
    vault: Vault,
    cost: Cost,
    now: Now,
    /// One who is asked at a time: a try that is counted is not counted over by another one.
    turn: Mutex<()>,
}

/// The PIN as it lies in the keychain.
#[derive(Serialize, Deserialize)]
struct Kept {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    wrong: u32,
    /// In milliseconds since 1970.
    tried_at: u64,
    sealed: String,
}

enum Found {
    Nothing,
    Wiping,
    Pin(Kept),
}

impl LocalPin {
    /// A PIN in this vault. What a try costs counts for PINs that are chosen from now on.
    #[must_use]
    pub fn new(vault: Vault, cost: Cost, now: Now) -> Self {
        Self { vault, cost, now, turn: Mutex::default() }
    }

    /// Whether there is one.
    pub async fn is_chosen(&self) -> Result<bool, Fault> {
        Ok(matches!(self.read().await?, Found::Pin(_)))
    }

    /// Replaces the PIN, for whoever knows the one before. The keys stay as they are.
    pub async fn change(&self, person: Arc<dyn Person>) -> Result<(), Fault> {
        let _turn = self.turn.lock().await;
        let Found::Pin(kept) = self.read().await? else { return Err(Fault::NoCredential) };
        let seal = self.verified(&*person, kept).await?;
        self.choose(&*person, &seal).await.map(drop)
    }

    /// How long no PIN can be tried.
    async fn wait(&self) -> Result<Option<Duration>, Fault> {
        let Found::Pin(mut kept) = self.read().await? else { return Ok(None) };
        let Some(over) = kept.wrong.checked_sub(FREE + 1) else { return Ok(None) };
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(over));
        let (now, tried_at) = ((self.now)(), Duration::from_millis(kept.tried_at));
        if now < tried_at {
            // The clock was set back: the pause begins anew, and not at a time that may be far away.
            kept.tried_at = millis(now);
            self.write(&kept).await?;
            return Ok(Some(pause));
        }
        Ok(pause.checked_sub(now.saturating_sub(tried_at)).filter(|rest| !rest.is_zero()))
    }

    /// What seals the keys, for whoever knows the PIN.
    async fn verified(&self, person: &dyn Person, mut kept: Kept) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let mut reason = PinReason::Use;
        loop {
            if kept.wrong >= MOST {
                // The app was ended while the last one was looked at.
                return self.give_up().await;
            }
            if let Some(rest) = self.wait().await? {
                return Err(Fault::PinWait(rest));
            }
            let typed = ask(person, reason).await?;
            let Ok(pin) = normalized(&typed) else {
                reason = PinReason::Wrong(Some(MOST - kept.wrong));
                continue;
            };
            kept.wrong += 1;
            kept.tried_at = millis((self.now)());
            self.write(&kept).await?;
            if let Some(seal) = self.unsealed(&kept, pin.as_bytes()).await? {
                kept.wrong = 0;
                self.write(&kept).await?;
                return Ok(seal);
            }
            if kept.wrong >= MOST {
                return self.give_up().await;
            }
            reason = PinReason::Wrong(Some(MOST - kept.wrong));
        }
    }

    /// Has a PIN chosen that opens this from now on.
    async fn choose(&self, person: &dyn Person, seal: &[u8]) -> Result<(), Fault> {
        let mut reason = PinReason::Choose;
        let pin = loop {
            match chosen(&ask(person, reason).await?) {
                Ok(pin) => break pin,
                Err(flaw) => reason = PinReason::Flawed(flaw),
            }
        };
        let salt = random(SALT)?;
        let Cost { memory, passes, lanes } = self.cost;
        let mut kept = Kept {
            memory,
            passes,
            lanes,
            salt: URL_SAFE_NO_PAD.encode(salt.expose()),
            wrong: 0,
            tried_at: millis((self.now)()),
            sealed: String::new(),
        };
        let sealed = self.key(&kept, pin.as_bytes()).await?.seal(ABOUT, seal).map_err(|_| no_key())?;
        kept.sealed = URL_SAFE_NO_PAD.encode(sealed);
        self.write(&kept).await
    }

    /// What the PIN has sealed; none if it is another one.
    async fn unsealed(&self, kept: &Kept, pin: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let sealed = URL_SAFE_NO_PAD.decode(&kept.sealed).map_err(|_| Fault::Damaged)?;
        Ok(self.key(kept, pin).await?.unseal(ABOUT, &sealed))
    }

    /// The key of both parts.
    async fn key(&self, kept: &Kept, pin: &[u8]) -> Result<SealKey, Fault> {
        let salt = URL_SAFE_NO_PAD.decode(&kept.salt).map_err(|_| Fault::Damaged)?;
        let part = self.vault.get(KEY_ITEM).await?.ok_or(Fault::Damaged)?;
        let cost = (kept.memory, kept.passes, kept.lanes);
        if !((8..=1 << 20).contains(&cost.0) && (1..=16).contains(&cost.1) && (1..=8).contains(&cost.2)) {
            return Err(Fault::Damaged);
        }
        let params = Params::new(cost.0, cost.1, cost.2, Some(KEY)).map_err(|_| Fault::Damaged)?;
        let argon2 = Argon2::new_with_secret(part.expose(), Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| Fault::Damaged)?;
        let mut key = Zeroizing::new(vec![0; KEY]);
        argon2.hash_password_into(pin, &salt, &mut key).map_err(|_| no_key())?;
        seal_key(key)
    }

    /// Makes everything that the PIN has sealed impossible to open, at once.
    async fn give_up<T>(&self) -> Result<T, Fault> {
        self.mark().await?;
        tracing::warn!("the PIN of this device was wrong too often: its passkeys are removed");
        Err(Fault::Wiped)
    }

    /// Notes that what is sealed is to be removed.
    pub(super) async fn mark(&self) -> Result<(), Fault> {
        put(&self.vault, PIN_ITEM, Secret::new(WIPING.to_vec())).await
    }

    async fn read(&self) -> Result<Found, Fault> {
        let Some(item) = self.vault.get(PIN_ITEM).await? else { return Ok(Found::Nothing) };
        if item.expose() == WIPING {
            return Ok(Found::Wiping);
        }
        serde_json::from_slice(item.expose()).map(Found::Pin).map_err(|_| Fault::Damaged)
    }

    async fn write(&self, kept: &Kept) -> Result<(), Fault> {
        let text = serde_json::to_vec(kept).map_err(|_| Fault::Damaged)?;
        put(&self.vault, PIN_ITEM, Secret::new(text)).await
    }
}

impl UserVerification for LocalPin {
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(async {
            match self.wait().await {
                Ok(None) => Ok(()),
                Ok(Some(rest)) => Err(Unready::PinWait(rest)),
                Err(fault) => Err(Unready::Failed(fault.to_string())),
            }
        })
    }

    fn open(&self, person: Arc<dyn Person>, first: bool) -> BoxFuture<'_, Result<SealKey, Fault>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            match self.read().await? {
                Found::Pin(kept) => seal_key(self.verified(&*person, kept).await?),
                Found::Wiping => Err(Fault::Wiped),
                // There are keys, and what would open them is gone: a new PIN would not bring it back.
                Found::Nothing if !first => Err(Fault::Damaged),
                Found::Nothing => {
                    if self.vault.get(KEY_ITEM).await?.is_none() {
                        put(&self.vault, KEY_ITEM, random(KEY)?).await?;
                    }
                    let seal = random(KEY)?;
                    self.choose(&*person, seal.expose()).await?;
                    SealKey::new(&seal).ok_or_else(no_key)
                }
            }
        })
    }

    fn wipe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async {
            // One that cannot be read is given up like any other.
            if self.vault.get(PIN_ITEM).await?.is_some() { self.mark().await } else { Ok(()) }
        })
    }

    fn wiped(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async {
            // While the note stands the removal goes on; the next PIN gets a part of its own.
            self.vault.delete(KEY_ITEM).await?;
            Ok(self.vault.delete(PIN_ITEM).await?)
        })
    }

    fn is_wiping(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        Box::pin(async { Ok(matches!(self.read().await?, Found::Wiping)) })
    }
}

async fn ask(person: &dyn Person, reason: PinReason) -> Result<Secret, Fault> {
    person.pin(PinAsked { kind: Kind::ThisDevice, reason }).await.ok_or(Fault::Cancelled)
}

fn random(length: usize) -> Result<Secret, Fault> {
    Secret::random(length).ok_or_else(no_key)
}

fn seal_key(mut bytes: Zeroizing<Vec<u8>>) -> Result<SealKey, Fault> {
    SealKey::new(&Secret::new(std::mem::take(&mut *bytes))).ok_or(Fault::Damaged)
}

fn no_key() -> Fault {
    Fault::Device("this computer could not make a key".to_owned())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
