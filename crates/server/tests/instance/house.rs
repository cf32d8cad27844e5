//! An instance for one test: on a database of its own, behind a TCP door, with a clock that stands still.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use frontdesk_identity::{Recipient, Timestamp};
use frontdesk_server::{
    InstanceKey,
    clock::{Clock as _, ManualClock},
    delivery::{self, Mailer, Texter},
    doors::{Doors, bind},
    http::{Door, Site},
    instance::{Instance, InstanceError, Setup},
    providers::Network,
    public_url::PublicUrl,
    random::{Random, SystemRandom},
};
use frontdesk_store::{Changes, Instance as Stored, SecretKey, SigningKey, Store, Versioned, testing::TestDatabase};
use frontdesk_wire::{KeyKind, OutboxMessage};
use serde_json::{Value, json};

use crate::device::Device;

/// When the clocks of tests begin: 2026-01-01, in milliseconds.
const BEGIN_MS: i64 = 1_767_225_600_000;
/// The key of every instance here.
pub(crate) const KEY: [u8; 32] = [7; 32];
/// Passwords that are hashed at once.
const PASSWORD_WORKERS: usize = 4;

/// What a test wants of its instance.
pub(crate) struct Wish {
    pub(crate) kind: KeyKind,
    /// Settings that win over the defaults.
    pub(crate) settings: Value,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) texter: Option<Texter>,
    /// Where it is reached, if it is not only here.
    pub(crate) public_url: Option<PublicUrl>,
}

impl Default for Wish {
    /// A development instance as it is by default, but for the limits by address: most tests ask more than a person.
    fn default() -> Self {
        Self {
            kind: KeyKind::Development,
            settings: json!({ "limits": { "create": 10_000, "attempt": 10_000, "other": 10_000 } }),
            random: Arc::new(SystemRandom),
            clock: Arc::new(ManualClock::at(BEGIN_MS)),
            mailer: None,
            texter: None,
            public_url: None,
        }
    }
}

impl Wish {
    /// The default with these settings laid over.
    pub(crate) fn settings(settings: Value) -> Self {
        let mut wish = Self::default();
        if let (Value::Object(all), Value::Object(more)) = (&mut wish.settings, settings) {
            all.extend(more);
        }
        wish
    }

    /// A production instance with these settings laid over.
    pub(crate) fn production(settings: Value) -> Self {
        let mut wish = Self { kind: KeyKind::Production, ..Self::settings(settings) };
        // Tests ask nobody on the network.
        if wish.settings.get("breaches").is_none() {
            wish.settings["breaches"] = json!({ "enabled": false });
        }
        wish
    }
}

/// What was drawn for the first instance of each kind: drawing a signing key takes longer than most tests.
static DRAWN: Mutex<Vec<(Stored, Vec<SigningKey>)>> = Mutex::new(Vec::new());

/// Puts an instance into a database that has none, if one of its kind was drawn already.
async fn furnish(store: &Store, kind: KeyKind, public_url: &PublicUrl) {
    let drawn = DRAWN.lock().unwrap().iter().find(|(stored, _)| stored.environment.as_str() == kind.as_str()).cloned();
    let Some((stored, keys)) = drawn else { return };
    let mut changes = Changes::new(stored.created_at);
    changes.save_instance(Versioned::fresh(Stored { public_url: public_url.origin().to_owned(), ..stored }));
    changes.save_secret_key(SecretKey::first(Timestamp(BEGIN_MS)));
    for key in keys {
        changes.add_signing_key(key);
    }
    // There is one already.
    let _refused = store.commit(changes).await;
}

/// Keeps what was drawn for an instance.
async fn keep(instance: &Instance) {
    let stored = instance.store().instance().await.unwrap().unwrap().value;
    let keys = instance.store().signing_keys().await.unwrap();
    DRAWN.lock().unwrap().push((stored, keys));
}

/// The instance, serving.
pub(crate) struct House {
    pub(crate) instance: Arc<Instance>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) address: SocketAddr,
    pub(crate) http: reqwest::Client,
    doors: Doors,
}

impl House {
    /// An instance as [`Wish::default`] says.
    pub(crate) async fn open(database: &TestDatabase) -> Self {
        Self::with(database, Wish::default()).await
    }

    /// An instance as it is wished for; on a database that has one already, another process of the same instance.
    pub(crate) async fn with(database: &TestDatabase, wish: Wish) -> Self {
        let clock = wish.clock.clone();
        let listener = bind("127.0.0.1:0".parse().unwrap(), wish.kind).await.unwrap();
        let address = listener.local_addr().unwrap();
        let store = Store::open(database.location()).await.unwrap();
        let instance = Self::begin(store, wish, address.port()).await.unwrap();
        keep(&instance).await;
        let mut doors = Doors::default();
        let door = Door::loopback(instance.public_url(), address.port());
        doors.open_tcp(listener, Site::new(instance.clone(), door));
        // No pool: a test that closes one instance and opens another must not find an old connection.
        // Nor authorities: reading them took longer than most tests, and nothing here is TLS.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).tls_certs_only([]);
        let http = http.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { instance, clock, address, http, doors }
    }

    /// What an instance says that cannot be as it is wished for.
    pub(crate) async fn refused(database: &TestDatabase, wish: Wish) -> String {
        let store = Store::open(database.location()).await.unwrap();
        let refusal = Self::begin(store.clone(), wish, 8787).await.unwrap_err().to_string();
        store.close().await;
        refusal
    }

    async fn begin(store: Store, wish: Wish, port: u16) -> Result<Arc<Instance>, InstanceError> {
        let Wish { kind, settings, random, clock, mailer, texter, public_url: named } = wish;
        let public_url = PublicUrl::loopback(port);
        furnish(&store, kind, &public_url).await;
        Instance::open(Setup {
            store,
            key: InstanceKey::new(KEY),
            kind: Some(kind),
            public_url: named,
            default_url: public_url,
            settings,
            clock,
            random,
            data_dir: std::env::temp_dir(),
            reach: Arc::new(Network::new()),
            mailer,
            texter,
            password_workers: PASSWORD_WORKERS,
        })
        .await
    }

    /// Another process of the same instance, with the same clock.
    pub(crate) async fn replica(&self, database: &TestDatabase, settings: Value) -> Self {
        let wish = Wish { kind: self.instance.kind(), clock: self.clock.clone(), ..Wish::settings(settings) };
        Self::with(database, wish).await
    }

    /// The owner lists an address to which browsers may be sent back.
    pub(crate) async fn list_redirect(&self, url: &str) {
        let id = format!("ru_{}", url.len());
        let url = frontdesk_store::RedirectUrl { id, url: url.to_owned(), created_at: self.instance.now() };
        let mut changes = Changes::new(self.instance.now());
        changes.list_redirect(url);
        self.instance.store().commit(changes).await.unwrap();
    }

    /// A device that nobody knows yet.
    pub(crate) fn device(&self) -> Device<'_> {
        Device::new(self)
    }

    /// What time it is.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The messages of an address, newest first.
    pub(crate) async fn outbox(&self, address: &str) -> Vec<OutboxMessage> {
        let address = Recipient::parse(address).unwrap();
        delivery::outbox(self.instance.store(), self.instance.keys(), Some(&address)).await.unwrap()
    }

    /// The newest code that an address was sent.
    pub(crate) async fn code_for(&self, address: &str) -> String {
        self.outbox(address).await.into_iter().find_map(|message| message.code).expect("a message with a code")
    }

    /// Closes the door and the database.
    pub(crate) async fn close(self) {
        self.doors.close().await;
        self.instance.store().close().await;
    }
}
