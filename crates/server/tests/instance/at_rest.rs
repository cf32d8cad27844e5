//! What lies in the database, and what an instance says when something fails inside.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use frontdesk_identity::time::MINUTE;
use frontdesk_server::{
    InstanceKey,
    instance::{Instance, InstanceError, Setup},
    public_url::PublicUrl,
    random::{Random, SystemRandom},
    secret_keys,
};
use frontdesk_store::{
    Location, Store,
    testing::{TestDatabase, on_each},
};
use frontdesk_wire::KeyKind;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use totp_rs::Secret;

use crate::{
    external,
    house::{House, KEY, Wish},
    owner::Owner,
    second_factors::App,
    stand_in::{Persona, Provider},
};

/// The same numbers in every run, so that what is searched for cannot turn up by chance.
#[derive(Debug, Default)]
struct Known(AtomicU64);

impl Random for Known {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // The constants of `SplitMix64`.
            let mut mixed = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed >> 56).to_le_bytes()[0];
        }
    }
}

/// Everything that lies in the folder of a SQLite file.
fn dump(database: &Path) -> Vec<u8> {
    let files = fs::read_dir(database.parent().unwrap()).unwrap();
    files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

fn holds(dump: &[u8], needle: &[u8]) -> bool {
    dump.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn sec_108_a_dump_of_the_database_shows_no_secret() {
    let database = TestDatabase::sqlite();
    let Location::Sqlite(path) = database.location().clone() else { panic!("a file") };
    let house = House::with(&database, Wish { random: Arc::new(Known::default()), ..Wish::default() }).await;
    let mut device = house.device();
    let begun = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
    let sign_up_code = house.code_for("ada@example.com").await;
    device.prove_sign_up(&begun, &sign_up_code).await.ok();
    let session = device.client().await["last_active_session_id"].as_str().unwrap().to_owned();
    let jwt = device.mint(&session).await.ok().text("/jwt");
    let mut other = house.device();
    house.clock.advance(MINUTE);
    let begun = other.begin_sign_in("ada@example.com").await;
    other.prepare_sign_in(&begun).await.ok();
    let waiting_code = house.code_for("ada@example.com").await;
    let keys = house.instance.public_keys().reveal();
    let user = device.get("/v1/me").await.ok().text("/response/id");
    let given = Owner::new(&house).post("/v1/sign_in_tokens", json!({ "user_id": user })).await.ok();
    let now = frontdesk_identity::Timestamp(house.now_ms());
    let made = secret_keys::create(house.instance.store(), &SystemRandom, now).await.unwrap();
    let second_key = house.instance.keys().secret_key("test", &made.id);
    let (ticket, ticket_id) = (given.text("/token"), given.text("/id"));
    let key_hex = "07".repeat(32);
    let (token, signature) = (device.token.clone().unwrap(), jwt.rsplit('.').next().unwrap());
    let mac = token.rsplit('.').next().unwrap();

    let dump = dump(&path);
    assert!(
        holds(&dump, b"ada@example.com") && holds(&dump, b"$argon2id$") && holds(&dump, ticket_id.as_bytes()),
        "the right files are searched"
    );
    for (what, secret) in [
        ("password", b"Lantern and 7 oars".as_slice()),
        ("code of the sign-up", sign_up_code.as_bytes()),
        ("code that waits", waiting_code.as_bytes()),
        ("client token", token.as_bytes()),
        ("code in the client token", mac.as_bytes()),
        ("ticket", ticket.as_bytes()),
        ("secret key that was made later", second_key.expose_secret().as_bytes()),
        ("session token", signature.as_bytes()),
        ("secret key", keys["secret_key"].as_str().unwrap().as_bytes()),
        ("instance key", &KEY),
        ("instance key in words", key_hex.as_bytes()),
        ("text of a mail", b"your verification code"),
        // The object identifier of RSA, with which every private key begins.
        ("signing key", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]),
    ] {
        assert!(!holds(&dump, secret), "the database holds the {what}");
    }
    house.close().await;
    database.remove().await;
}

#[tokio::test]
async fn sec_108_a_dump_shows_neither_what_an_app_was_set_up_with_nor_what_a_provider_gave() {
    let database = TestDatabase::sqlite();
    let Location::Sqlite(path) = database.location().clone() else { panic!("a file") };
    let provider = Provider::start().await;
    let house = external::house(&database, &provider).await;
    let mut ada = house.device();
    ada.sign_up("ada@example.com").await;
    let secret = ada.post("/v1/me/totp", &[]).await.ok().text("/response/secret");
    let code = App::of(&secret).code(&house);
    let done = ada.post("/v1/me/totp/attempt_verification", &[("code", code.as_str())]).await.ok();
    let backup_code = done.text("/response/backup_codes/0");
    let mut grace = house.device();
    let made = grace.by(&provider, "sign_ups", "oauth_google", &Persona::new(1, "grace@example.com")).await;
    let user = made.text("/response/created_user_id");
    let given = format!("/v1/users/{user}/oauth_access_tokens/oauth_google");
    let given = Owner::new(&house).get(&given).await.ok().text("/0/token");

    let dump = dump(&path);
    assert!(holds(&dump, b"grace@example.com") && holds(&dump, user.as_bytes()), "the right files are searched");
    for (what, secret) in [
        ("secret of the app, as it is typed", secret.as_bytes()),
        ("secret of the app", Secret::try_from_base32(&secret).unwrap().as_bytes()),
        ("backup code", backup_code.as_bytes()),
        ("token of the provider", given.as_bytes()),
        ("what renews it", b"refresh-1"),
    ] {
        assert!(!holds(&dump, secret), "the database holds the {what}");
    }
    house.close().await;
    database.remove().await;
}

fn setup(store: Store, key: [u8; 32], kind: Option<KeyKind>, settings: Value) -> Setup {
    let wish = Wish::default();
    Setup {
        store,
        key: InstanceKey::new(key),
        kind,
        public_url: None,
        default_url: PublicUrl::loopback(8787),
        settings,
        clock: wish.clock,
        random: Arc::new(SystemRandom),
        mailer: None,
        texter: None,
        data_dir: std::env::temp_dir(),
        reach: Arc::new(frontdesk_server::providers::Network::new()),
        password_workers: 1,
    }
}

#[tokio::test]
async fn sec_108_a_key_that_does_not_belong_to_the_database_is_refused() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let url = house.instance.public_url().clone();
        house.close().await;

        let store = database.open().await;
        let refused = Instance::open(setup(store.clone(), [8; 32], None, json!({}))).await.unwrap_err();
        assert!(matches!(refused, InstanceError::KeyDoesNotFit));
        assert!(refused.to_string().contains("nothing was changed"), "{refused}");
        let refused =
            Instance::open(setup(store.clone(), KEY, Some(KeyKind::Production), json!({}))).await.unwrap_err();
        assert!(matches!(refused, InstanceError::Kind { .. }), "{refused}");
        let both = json!({ "policy": { "codes": { "max_tries": 0 } }, "nonsense": 1 });
        let refused = Instance::open(setup(store, KEY, None, both)).await.unwrap_err();
        let sentence = refused.to_string();
        assert!(sentence.contains("nonsense") && sentence.contains("at least 1"), "{sentence}");

        let house = House::open(database).await;
        assert_eq!(*house.instance.public_url(), url, "kept, whatever port this process has");
        house.device().sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_93_every_instance_has_secrets_of_its_own_and_no_account() {
    let (one, other) = (TestDatabase::sqlite(), TestDatabase::sqlite());
    let open = async |database: &TestDatabase, key| {
        Instance::open(setup(database.open().await, key, None, json!({}))).await.unwrap()
    };
    let (first, second) = (open(&one, [1; 32]).await, open(&other, [2; 32]).await);
    assert_ne!(first.id(), second.id());
    assert_ne!(first.jwks(), second.jwks());
    assert_ne!(first.public_keys().reveal()["secret_key"], second.public_keys().reveal()["secret_key"]);
    for address in ["admin@example.com", "root@localhost.localdomain", "test@example.com"] {
        let address = frontdesk_identity::Email::parse(address).unwrap();
        assert!(!first.store().is_claimed(&address).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_at_once_make_one_instance() {
    on_each(async |database| {
        let open = async || {
            let instance = Instance::open(setup(database.open().await, KEY, None, json!({}))).await.unwrap();
            let keys = instance.public_keys().reveal();
            (instance.id().to_owned(), instance.jwks().clone(), keys)
        };
        let (one, other) = futures_util::future::join(open(), open()).await;
        assert_eq!(one, other);
    })
    .await;
}

/// Panics instead of drawing an id, when told so.
#[derive(Debug, Default)]
struct Failing {
    broken: AtomicBool,
}

impl Random for Failing {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(bytes.len() != 20 || !self.broken.load(Ordering::Relaxed), "a secret detail");
        SystemRandom.fill(bytes);
    }
}

#[tokio::test]
async fn sec_92_what_fails_inside_tells_nothing() {
    on_each(async |database| {
        let random = Arc::new(Failing::default());
        let house = House::with(database, Wish { random: random.clone(), ..Wish::default() }).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let before = device.client().await;

        random.broken.store(true, Ordering::Relaxed);
        let refused = device.post("/v1/client/sign_ins", &[]).await.refused(500, "internal_clerk_error");
        assert!(!refused.body.to_string().contains("secret detail"));
        assert_eq!(device.client().await, before, "one request ends, and nothing else");
        random.broken.store(false, Ordering::Relaxed);
        device.post("/v1/client/sign_ins", &[]).await.ok();

        house.instance.store().close().await;
        for path in ["/v1/me", "/v1/client", "/frontdesk/outbox"] {
            let refused = device.get(path).await;
            let code = if path.starts_with("/frontdesk") { "internal_clerk_error" } else { "service_unavailable" };
            let said = refused.refused(if code == "internal_clerk_error" { 500 } else { 503 }, code).body.to_string();
            for word in ["sql", "pool", "Pool", "database", "closed"] {
                assert!(!said.contains(word), "{said}");
            }
        }
        let refused = device.try_password(&person.address, &person.password).await;
        assert!(refused.refused(503, "service_unavailable").headers.contains_key("retry-after"));
        assert!(device.token.is_some(), "nobody is signed out because a database is down");
        device.get("/v1/health").await.ok();
        house.close().await;
    })
    .await;
}
