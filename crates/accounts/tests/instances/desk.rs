//! An app's network side in a folder of its own, over a keychain and a clock that tests move.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use frontdesk_accounts::{
    AccountKey, AccountRequest, Accounts, Browser, Clock, Gear, InstanceRequest, InstanceView, IntentError, Options,
    Outgoing, Pace, SessionRequest, SignInRequest, Snapshot, Status,
};
use frontdesk_authenticator::Authenticators;
use frontdesk_vault::{Cost, Vault, fake::FakeStore};
use serde_json::Value;
use tempfile::TempDir;

use crate::house::House;

pub(crate) struct Desk {
    pub(crate) accounts: Accounts,
    pub(crate) keychain: FakeStore,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) uptime: Arc<AtomicI64>,
    pub(crate) pace: Pace,
    pub(crate) browser: Shown,
    data: Arc<TempDir>,
    patience: Duration,
    gear: Gear,
}

/// The scheme of the app under test.
pub(crate) const SCHEME: &str = "org.example.desk";

/// A browser that opens nothing and remembers what it was given.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    pages: Arc<Mutex<Vec<Outgoing>>>,
    broken: Arc<AtomicBool>,
}

impl Browser for Shown {
    fn open(&self, outgoing: &Outgoing) -> io::Result<()> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(io::Error::other("no browser is set"));
        }
        self.pages.lock().unwrap().push(outgoing.clone());
        Ok(())
    }
}

impl Shown {
    pub(crate) fn pages(&self) -> Vec<Outgoing> {
        self.pages.lock().unwrap().clone()
    }

    /// The page that was opened last.
    pub(crate) fn page(&self) -> Outgoing {
        self.pages().pop().unwrap()
    }

    /// Opens nothing from now on, and says so; or opens pages again.
    pub(crate) fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::Relaxed);
    }
}

/// How long the keychain is waited for before that is said: longer than any test takes.
const PATIENCE: Duration = Duration::from_mins(10);

/// Nothing here waits for time to pass: pauses are as short as can be, and what is held back is released.
pub(crate) fn pace() -> Pace {
    let moment = Duration::from_millis(1);
    Pace {
        retries: vec![moment; 2],
        token_retries: vec![moment; 4],
        reconnect: moment,
        reconnect_longest: moment,
        refresh: Duration::from_hours(1),
        in_use: Duration::from_hours(1),
        flows: moment,
        ..Pace::default()
    }
}

/// This device alone, behind a PIN that costs little.
pub(crate) fn gear() -> Gear {
    Gear {
        pin_cost: Cost { memory: 8, passes: 1, lanes: 1 },
        system: None,
        // Nobody's own security keys are asked.
        all: Arc::new(|device| Authenticators::new(vec![Arc::new(device)])),
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::made(&FakeStore::new(), pace(), PATIENCE)
    }

    pub(crate) fn with_keychain(keychain: &FakeStore) -> Self {
        Self::made(keychain, pace(), PATIENCE)
    }

    /// Says at once that it waits for the keychain.
    pub(crate) fn impatient(keychain: &FakeStore) -> Self {
        Self::made(keychain, pace(), Duration::ZERO)
    }

    /// Started out of everybody's sight.
    pub(crate) fn unseen() -> Self {
        let desk = Self::new();
        desk.accounts.set_presence(false);
        desk
    }

    pub(crate) fn with_pace(pace: Pace) -> Self {
        Self::made(&FakeStore::new(), pace, PATIENCE)
    }

    fn made(keychain: &FakeStore, pace: Pace, patience: Duration) -> Self {
        Self::start(keychain.clone(), Arc::default(), Arc::new(tempfile::tempdir().unwrap()), pace, patience, gear())
    }

    /// On a computer with other authenticators.
    pub(crate) fn with_gear(gear: Gear) -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        Self::start(FakeStore::new(), Arc::default(), data, pace(), PATIENCE, gear)
    }

    fn start(
        keychain: FakeStore,
        clock: Arc<AtomicI64>,
        data: Arc<TempDir>,
        pace: Pace,
        patience: Duration,
        gear: Gear,
    ) -> Self {
        // What has passed since the computer started is another number than the time of day, and starts anew with it.
        let uptime = Arc::<AtomicI64>::default();
        let vault = Vault::with_patience(Arc::new(keychain.clone()), patience);
        let browser = Shown::default();
        let options = Options::new(data.path().to_path_buf(), vault);
        let scheme = Some(SCHEME.to_owned());
        let options = Options { browser: Arc::new(browser.clone()), scheme, gear: gear.clone(), ..options };
        let (time, passed) = (clock.clone(), uptime.clone());
        let clock_of_app = Clock::new(move || time.load(Ordering::Relaxed), move || passed.load(Ordering::Relaxed));
        let accounts = Accounts::start(Options { clock: clock_of_app, pace: pace.clone(), ..options });
        Self { accounts, keychain, clock, uptime, pace, browser, data, patience, gear }
    }

    /// Another process of the app, over the same folder and keychain, with the same clock.
    pub(crate) fn beside(&self) -> Self {
        let Self { keychain, clock, pace, data, patience, gear, .. } = self;
        Self::start(keychain.clone(), clock.clone(), data.clone(), pace.clone(), *patience, gear.clone())
    }

    /// The app is killed and started again.
    pub(crate) fn again(self) -> Self {
        let Self { accounts, keychain, clock, pace, data, patience, gear, .. } = self;
        drop(accounts);
        Self::start(keychain, clock, data, pace, patience, gear)
    }

    /// The same with a list of instances that somebody has changed. It is in another folder, where nothing that the app
    /// was writing when it was killed can come after it.
    pub(crate) fn again_with_list(self, change: impl FnOnce(String) -> String) -> Self {
        let Self { accounts, keychain, clock, pace, data, patience, gear, .. } = self;
        drop(accounts);
        let (list, changed) = (Path::new("instances.json"), tempfile::tempdir().unwrap());
        let text = fs::read_to_string(data.path().join(list)).unwrap();
        fs::write(changed.path().join(list), change(text)).unwrap();
        Self::start(keychain, clock, Arc::new(changed), pace, patience, gear)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Every file under the app's folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }

    /// Time passes.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.uptime.fetch_add(milliseconds, Ordering::Relaxed);
        self.set_ahead(milliseconds);
    }

    /// Somebody sets the clock, or the computer slept.
    pub(crate) fn set_ahead(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.accounts.snapshots().borrow().clone()
    }

    /// Waits for a snapshot.
    pub(crate) async fn until(&self, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        self.accounts.snapshots().wait_for(|snapshot| wanted(snapshot)).await.unwrap().clone()
    }

    pub(crate) async fn until_at(&self, instance: &str, wanted: impl Fn(&InstanceView) -> bool) -> InstanceView {
        view(&*self.until(|snapshot| wanted(view(snapshot, instance))).await, instance).clone()
    }

    pub(crate) fn view(&self, instance: &str) -> InstanceView {
        view(&self.snapshot(), instance).clone()
    }

    /// Adds an instance and waits until it is loaded.
    pub(crate) async fn add(&self, house: &House) -> String {
        let instance = self.add_only(house).await;
        self.until_at(&instance, |view| view.status == Status::Ready).await;
        instance
    }

    pub(crate) async fn add_only(&self, house: &House) -> String {
        let added = self.accounts.instance(InstanceRequest::Add { publishable_key: house.key() }).await.unwrap();
        added["instance"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn try_sign_in(&self, instance: &str, password: Option<&str>) -> Result<Value, IntentError> {
        let request = SignInRequest::Create {
            instance: instance.to_owned(),
            identifier: Some("ada@example.com".to_owned()),
            password: password.map(str::to_owned),
            strategy: None,
        };
        self.accounts.sign_in(request).await
    }

    /// Signs somebody in and shows them.
    pub(crate) async fn sign_in(&self, instance: &str) -> AccountKey {
        let done = self.try_sign_in(instance, Some("right")).await.unwrap();
        let session = done["created_session_id"].as_str().unwrap().to_owned();
        let account = AccountKey { instance: instance.to_owned(), session };
        let request = AccountRequest::SetActive { account: Some(account.clone()) };
        self.accounts.account(request).await.unwrap();
        account
    }

    pub(crate) async fn sign_out(&self, instance: &str, session: Option<&str>) -> Result<Value, IntentError> {
        let request = AccountRequest::SignOut { instance: instance.to_owned(), session: session.map(str::to_owned) };
        self.accounts.account(request).await
    }

    pub(crate) async fn reload(&self, instance: &str) -> Result<Value, IntentError> {
        self.accounts.instance(InstanceRequest::Reload { instance: instance.to_owned() }).await
    }

    pub(crate) async fn token(&self, account: &AccountKey, skip_cache: bool) -> Result<String, IntentError> {
        self.ask_for_token(SessionRequest::Token {
            account: account.clone(),
            template: None,
            organization_id: None,
            skip_cache,
            leeway_in_seconds: None,
        })
        .await
    }

    pub(crate) async fn ask_for_token(&self, request: SessionRequest) -> Result<String, IntentError> {
        let token = self.accounts.session(request).await?;
        Ok(token["jwt"].as_str().unwrap().to_owned())
    }

    /// The client token of an instance in the keychain.
    pub(crate) fn kept(&self, instance: &str) -> Option<String> {
        self.keychain.item(&item(instance)).map(|bytes| String::from_utf8(bytes).unwrap())
    }
}

impl Desk {
    /// The client tokens of all slots of an instance in the keychain.
    pub(crate) fn all_kept(&self, instance: &str) -> BTreeSet<String> {
        let prefix = format!("client/{instance}/");
        let items = self.keychain.names().into_iter().filter(|name| name.starts_with(&prefix));
        items.filter_map(|name| self.keychain.item(&name)).map(|item| String::from_utf8(item).unwrap()).collect()
    }

    pub(crate) async fn leave_attempt(&self, instance: &str) {
        let request = InstanceRequest::LeaveAttempt { instance: instance.to_owned() };
        self.accounts.instance(request).await.unwrap();
    }
}

/// Name of the item that an instance's first slot has in the keychain.
pub(crate) fn item(instance: &str) -> String {
    format!("client/{instance}/1")
}

pub(crate) fn view<'a>(snapshot: &'a Snapshot, instance: &str) -> &'a InstanceView {
    snapshot.instances.iter().find(|view| view.id == instance).unwrap()
}

/// Sessions that are signed in.
pub(crate) fn signed_in(view: &InstanceView) -> Vec<&str> {
    let sessions = view.client.iter().flat_map(|client| &client.sessions);
    sessions.filter(|session| session.status == "active").map(|session| session.id.as_str()).collect()
}

/// The code of what keeps an instance from working.
pub(crate) fn problem(view: &InstanceView) -> Option<&str> {
    view.problem.as_ref().map(|problem| problem.code.as_str())
}
