//! Opens an instance: finds it in the database or makes it there, and checks that key and database belong together.

use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
};

use frontdesk_identity::Timestamp;
use frontdesk_store::{
    Changes, CommitError, Environment as StoredKind, Instance as Stored, SecretKey, Store, StoreError, Versioned,
};
use frontdesk_wire::KeyKind;
use serde_json::Value;
use tokio::sync::Notify;

use super::{
    Instance, Live,
    signing::{Signing, sealed_signing_key},
};
use crate::{
    clock::Clock,
    cookies::Cookies,
    delivery::{Mailer, Texter},
    dev::provider::{DevelopmentProvider, Inside},
    keys::{InstanceKey, Keys, Purpose},
    limits::Limits,
    metrics::Metrics,
    passwords::Passwords,
    pictures::Pictures,
    providers::{Providers, Reach},
    public_url::{PublicUrl, PublicUrlError},
    random::{Random, new_id},
    secret_keys::SecretKeys,
    settings::{Settings, SettingsFault},
    tokens::{ClientTokens, ExternalTokens, SigningError, SigningKey, TestingTokens, Tickets, TokenCache},
    turnstile::Turnstile,
};

/// What the key check is a code of.
const CHECKED: &[u8] = b"this key belongs to this instance";

/// What is asked of an instance when it is opened.
#[derive(Debug)]
pub struct Setup {
    /// Its database.
    pub store: Store,
    /// Its key.
    pub key: InstanceKey,
    /// What kind it has to be; none takes it as it is, and makes a development instance.
    pub kind: Option<KeyKind>,
    /// Where it is reached from now on; none leaves it as it is.
    pub public_url: Option<PublicUrl>,
    /// Where it is reached if nobody ever said.
    pub default_url: PublicUrl,
    /// Settings that win over those in the database.
    pub settings: Value,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Where files lie that settings name, such as client secrets of providers.
    pub data_dir: PathBuf,
    /// The way to providers, and to other services that are asked.
    pub reach: Arc<dyn Reach>,
    /// The way to a mail server, if there is one.
    pub mailer: Option<Mailer>,
    /// The way to a gateway for texts, if there is one.
    pub texter: Option<Texter>,
    /// Passwords that are hashed at once.
    pub password_workers: usize,
}

/// Why an instance cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The database was made with another key.
    #[error(
        "this instance key does not belong to this database: it was set up with another one. Give the right key, or \
         use another data folder or database; nothing was changed"
    )]
    KeyDoesNotFit,
    /// It is of the other kind.
    #[error(
        "this is a {} instance and cannot become a {} one: keys, test addresses and outbox depend on it. Use another \
         data folder or database for it", there.as_str(), wanted.as_str()
    )]
    Kind {
        /// What it is.
        there: KeyKind,
        /// What it should be.
        wanted: KeyKind,
    },
    /// The public URL cannot be used.
    #[error(transparent)]
    PublicUrl(#[from] PublicUrlError),
    /// The settings cannot be used.
    #[error("the settings cannot be used:\n{}", .0.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<SettingsFault>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No token could be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Several processes set it up at once and none succeeded.
    #[error("the instance is being set up by another process: try again")]
    Contended,
}

impl Instance {
    /// Opens the instance. One that was never there is made, in one transaction.
    pub async fn open(setup: Setup) -> Result<Arc<Self>, InstanceError> {
        let keys = Arc::new(Keys::derive(&setup.key));
        let stored = match setup.store.instance().await? {
            Some(stored) => stored,
            None => make(&setup, &keys).await?,
        };
        check(&stored.value, &keys)?;
        let kind = kind_of(stored.value.environment);
        if let Some(wanted) = setup.kind.filter(|wanted| *wanted != kind) {
            return Err(InstanceError::Kind { there: kind, wanted });
        }
        let public_url = settle_url(&setup, &stored, kind).await?;
        let secret_keys = SecretKeys::of(setup.store.secret_keys().await?, kind, &keys);
        let live = Live::begin(&stored, secret_keys, setup.settings, kind, &public_url);
        let live = live.map_err(InstanceError::Settings)?;
        let settings = live.now().settings.clone();
        let signing = Signing::open(setup.store.signing_keys().await?, &keys)?;
        let limits = if kind == KeyKind::Development { settings.limits.for_development() } else { settings.limits };
        Ok(Arc::new_cyclic(|instance| Self {
            proxies: settings.proxies(),
            cookies: Cookies::new(kind, &public_url),
            client_tokens: ClientTokens::new(keys.clone()),
            tickets: Tickets::new(keys.clone()),
            external_tokens: ExternalTokens::new(keys.clone()),
            reach: setup.reach.clone(),
            providers: Providers::new(
                &setup.data_dir,
                Arc::new(Inside { instance: instance.clone(), outside: setup.reach }),
            ),
            testing_tokens: TestingTokens::new(keys.clone(), stored.value.id.clone()),
            passwords: Passwords::new(setup.password_workers, setup.random.clone()),
            pictures: Pictures::default(),
            limits: Limits::new(limits),
            id: stored.value.id,
            store: setup.store,
            clock: setup.clock,
            random: setup.random,
            cache: TokenCache::default(),
            turnstile: Turnstile::default(),
            deliveries: Notify::new(),
            mailer: setup.mailer,
            texter: setup.texter,
            metrics: Metrics::default(),
            provider: DevelopmentProvider::default(),
            kind,
            public_url,
            live,
            keys,
            signing: RwLock::new(Arc::new(signing)),
        }))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// What kind a stored instance is.
pub(crate) fn kind_of(stored: StoredKind) -> KeyKind {
    match stored {
        StoredKind::Development => KeyKind::Development,
        StoredKind::Production => KeyKind::Production,
    }
}

/// Refuses a key that is not the one the database was set up with.
pub(crate) fn check(stored: &Stored, keys: &Keys) -> Result<(), InstanceError> {
    let fits = belongs(&stored.id, &stored.key_id, &stored.key_check, keys);
    if fits { Ok(()) } else { Err(InstanceError::KeyDoesNotFit) }
}

/// Whether these are the keys that an instance was set up with.
pub(crate) fn belongs(id: &str, key_id: &str, key_check: &str, keys: &Keys) -> bool {
    key_id == keys.key_id() && keys.mac_matches(Purpose::KeyCheck, id, CHECKED, key_check)
}

/// A code of an instance that only its key gives.
pub(crate) fn key_check(id: &str, keys: &Keys) -> String {
    keys.mac(Purpose::KeyCheck, id, CHECKED)
}

async fn make(setup: &Setup, keys: &Keys) -> Result<Versioned<Stored>, InstanceError> {
    let kind = setup.kind.unwrap_or(KeyKind::Development);
    let public_url = setup.public_url.as_ref().unwrap_or(&setup.default_url);
    public_url.check(kind)?;
    let settings = Settings::new(kind).to_document();
    // What the file says is checked before anything is written.
    Settings::load(&settings, &setup.settings, kind).map_err(InstanceError::Settings)?;
    let id = new_id(setup.random.as_ref(), "ins_");
    let name = id.clone();
    let drawn = tokio::task::spawn_blocking(move || SigningKey::generate(&name)).await;
    let signing = drawn.map_err(|_| SigningError::Generate)??;
    let now = Timestamp(setup.clock.now_ms());
    let mut changes = Changes::new(now);
    changes.save_instance(Versioned::fresh(Stored {
        environment: match kind {
            KeyKind::Development => StoredKind::Development,
            KeyKind::Production => StoredKind::Production,
        },
        public_url: public_url.origin().to_owned(),
        key_id: keys.key_id().to_owned(),
        key_check: key_check(&id, keys),
        created_at: now,
        settings,
        id,
    }));
    changes.add_signing_key(sealed_signing_key(&signing, keys, now)?);
    changes.save_secret_key(SecretKey::first(now));
    match setup.store.commit(changes).await {
        // Another process was first: theirs is the instance.
        Ok(())
        | Err(
            CommitError::Conflict | CommitError::EmailTaken | CommitError::ExternalTaken | CommitError::PasskeyTaken,
        ) => {}
        Err(CommitError::Store(error)) => return Err(error.into()),
    }
    setup.store.instance().await?.ok_or(InstanceError::Contended)
}

/// The public URL: what was stored, unless another one is asked for, which is stored then.
async fn settle_url(setup: &Setup, stored: &Versioned<Stored>, kind: KeyKind) -> Result<PublicUrl, InstanceError> {
    let there = PublicUrl::parse(&stored.value.public_url)?;
    let Some(wanted) = setup.public_url.as_ref().filter(|wanted| **wanted != there) else { return Ok(there) };
    wanted.check(kind)?;
    let mut changes = Changes::new(Timestamp(setup.clock.now_ms()));
    changes.save_instance(stored.with(Stored { public_url: wanted.origin().to_owned(), ..stored.value.clone() }));
    match setup.store.commit(changes).await {
        Ok(()) => {}
        Err(
            CommitError::Conflict | CommitError::EmailTaken | CommitError::ExternalTaken | CommitError::PasskeyTaken,
        ) => {
            return Err(InstanceError::Contended);
        }
        Err(CommitError::Store(error)) => return Err(error.into()),
    }
    tracing::warn!(before = %there, now = %wanted, "the public URL has changed, and with it the publishable key");
    Ok(wanted.clone())
}
