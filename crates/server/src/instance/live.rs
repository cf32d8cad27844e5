//! The part of an instance that its owner changes while it is served: settings, what is made from them, secret keys. Several
//! processes may serve one instance; each looks now and then whether another one has changed something.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use frontdesk_identity::{Claims, RelyingParty, Timestamp, time::SECOND};
use frontdesk_store::{Instance as Stored, StoreError, Versioned};
use frontdesk_wire::{Environment, KeyKind};
use serde_json::Value;

use super::{Instance, minting::session_claims};
use crate::{
    environment::environment,
    origins::Origins,
    public_url::PublicUrl,
    secret_keys::SecretKeys,
    settings::{Settings, SettingsFault},
};

/// How long a change by another process may stay unnoticed, in milliseconds.
const LOOK_AFTER_MS: i64 = 5 * SECOND;

/// What counts at this moment.
#[derive(Debug)]
pub(super) struct Current {
    /// The version of the stored instance that it was made from.
    version: i64,
    pub(super) settings: Arc<Settings>,
    pub(super) origins: Arc<Origins>,
    pub(super) party: Option<Arc<RelyingParty>>,
    pub(super) environment: Arc<Environment>,
    pub(super) session_claims: Option<Arc<Claims>>,
    pub(super) secret_keys: SecretKeys,
}

/// What counts, and where it comes from.
#[derive(Debug)]
pub(super) struct Live {
    /// Settings that win over those in the database.
    file: Value,
    current: RwLock<Arc<Current>>,
    /// When somebody last looked, in milliseconds since the epoch.
    looked_at: AtomicI64,
}

impl Live {
    /// What counts from the beginning.
    pub(super) fn begin(
        stored: &Versioned<Stored>,
        secret_keys: SecretKeys,
        file: Value,
        kind: KeyKind,
        public_url: &PublicUrl,
    ) -> Result<Self, Vec<SettingsFault>> {
        let current = RwLock::new(Arc::new(current(stored, secret_keys, &file, kind, public_url)?));
        Ok(Self { file, current, looked_at: AtomicI64::new(0) })
    }

    /// What counts at this moment.
    pub(super) fn now(&self) -> Arc<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn adopt(&self, new: Current) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Two that looked at once may come back in another order.
        if new.version > current.version {
            *current = Arc::new(new);
        }
    }

    /// Whether it is time to look; for one of those who ask at the same moment.
    fn is_due(&self, now: Timestamp) -> bool {
        let last = self.looked_at.load(Ordering::Relaxed);
        // A clock that was set back must not keep anybody from looking.
        let due = now.0 < last || now.0 - last >= LOOK_AFTER_MS;
        due && self.looked_at.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

fn current(
    stored: &Versioned<Stored>,
    secret_keys: SecretKeys,
    file: &Value,
    kind: KeyKind,
    public_url: &PublicUrl,
) -> Result<Current, Vec<SettingsFault>> {
    let mut settings = Settings::load(&stored.value.settings, file, kind)?;
    let party = party(&settings, public_url).map_err(|fault| vec![fault])?;
    // At an address without a name there can be no keys.
    settings.policy.passkeys.enabled &= party.is_some();
    Ok(Current {
        version: stored.version,
        origins: Arc::new(Origins::new(kind, public_url, &settings.allowed_origins)),
        party: party.map(Arc::new),
        environment: Arc::new(environment(&settings, kind, &stored.value.id)),
        session_claims: session_claims(&settings.session_claims),
        settings: Arc::new(settings),
        secret_keys,
    })
}

/// For whom keys are made, if they can be.
fn party(settings: &Settings, public_url: &PublicUrl) -> Result<Option<RelyingParty>, SettingsFault> {
    let wanted = settings.policy.passkeys.rp_id.as_deref();
    RelyingParty::of(public_url.host(), wanted, &settings.allowed_origins)
        .map_err(|fault| SettingsFault::Value { key: "policy.passkeys.rp_id".to_owned(), reason: fault.to_string() })
}

impl Instance {
    /// Looks, now and then, whether another process has changed the settings. A database that does not answer, or holds
    /// settings that this process cannot use, changes nothing.
    pub async fn keep_up(&self, now: Timestamp) {
        if !self.live.is_due(now) {
            return;
        }
        if let Err(error) = self.look().await {
            tracing::warn!(%error, "it cannot be seen whether the settings were changed");
        }
    }

    /// Looks whether something was changed.
    pub async fn look(&self) -> Result<(), StoreError> {
        let Some(stored) = self.store.instance().await? else { return Ok(()) };
        if stored.version > self.live.now().version {
            let secret_keys = SecretKeys::of(self.store.secret_keys().await?, self.kind, &self.keys);
            match current(&stored, secret_keys, &self.live.file, self.kind, &self.public_url) {
                Ok(new) => self.live.adopt(new),
                Err(faults) => tracing::error!(?faults, "the settings were changed to some that cannot be used"),
            }
        }
        Ok(())
    }

    /// Whether the file sets this, so that a change in the database would not count.
    #[must_use]
    pub fn is_set_by_file(&self, pointer: &str) -> bool {
        self.live.file.pointer(pointer).is_some()
    }

    /// Every reason why these settings could not be used together with those of the file; none if they can.
    #[must_use]
    pub fn faults_of(&self, settings: &Settings) -> Vec<SettingsFault> {
        match Settings::load(&settings.to_document(), &self.live.file, self.kind) {
            Ok(loaded) => party(&loaded, &self.public_url).err().into_iter().collect(),
            Err(faults) => faults,
        }
    }
}
