//! The app's network side, with its folder and its keychain, which outlive it.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use frontdesk_accounts::{
    AccountKey, Accounts, ClientView, InstanceRequest, InstanceView, Options, Pace, SessionRequest, Status,
};
use frontdesk_vault::{Vault, fake::FakeStore};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::{JoinHandle, spawn_blocking},
};

use crate::{
    checks::{Seen, watch},
    world::World,
};

/// Longest time that what an app is in the middle of may take to notice that it is over.
const END: Duration = Duration::from_secs(20);

pub(crate) struct Desk {
    pub(crate) accounts: Accounts,
    /// What the app runs on: everything that it does ends with this.
    runtime: Option<Runtime>,
    pub(crate) keychain: FakeStore,
    pub(crate) instance: String,
    pub(crate) seen: Arc<Mutex<Seen>>,
    data: TempDir,
    watch: JoinHandle<()>,
}

/// What somebody has at hand to do something at a desk, whatever becomes of the app meanwhile.
#[derive(Clone)]
pub(crate) struct Hand {
    pub(crate) accounts: Accounts,
    pub(crate) instance: String,
    pub(crate) seen: Arc<Mutex<Seen>>,
    runtime: Handle,
}

impl Hand {
    /// Has the app do something. None when the app was cut off in the middle of it.
    pub(crate) async fn ask<F, T>(&self, work: impl FnOnce(Accounts) -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.runtime.spawn(work(self.accounts.clone())).await.ok()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Desk {
    /// A new app with the world's instance added.
    pub(crate) async fn open(world: &World) -> Self {
        let (data, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
        let (accounts, runtime) = start(data.path(), &keychain);
        let added = InstanceRequest::Add { publishable_key: world.publishable_key() };
        let added = accounts.instance(added).await.unwrap();
        let instance = added["instance"].as_str().unwrap().to_owned();
        let seen = Arc::default();
        let watch = tokio::spawn(watch(accounts.clone(), instance.clone(), Arc::clone(&seen)));
        Self { accounts, runtime: Some(runtime), keychain, instance, seen, data, watch }
    }

    /// The app is cut off in the middle of whatever it does, and started again.
    pub(crate) async fn again(&mut self, world: &World) {
        self.stop_watching().await;
        // When this is over nothing of it runs any more, whatever it waited for.
        let runtime = self.runtime.take().unwrap();
        spawn_blocking(move || runtime.shutdown_timeout(END)).await.unwrap();
        // A program takes longer to start than what the one before has sent takes to arrive.
        world.proxy.nothing_is_late().await;
        let (accounts, runtime) = start(self.data.path(), &self.keychain);
        (self.accounts, self.runtime) = (accounts, Some(runtime));
        self.seen.lock().unwrap().forget_the_rest();
        self.watch = tokio::spawn(watch(self.accounts.clone(), self.instance.clone(), self.seen.clone()));
        // Until the cache is read nobody is there, and there is nothing to do for anybody.
        self.accounts.snapshots().wait_for(|snapshot| snapshot.instances.iter().all(is_there)).await.unwrap();
    }

    pub(crate) fn hand(&self) -> Hand {
        Hand {
            accounts: self.accounts.clone(),
            instance: self.instance.clone(),
            seen: self.seen.clone(),
            runtime: self.runtime.as_ref().unwrap().handle().clone(),
        }
    }

    pub(crate) fn view(&self) -> InstanceView {
        let snapshot = self.accounts.snapshots().borrow().clone();
        snapshot.instances.iter().find(|view| view.id == self.instance).cloned().unwrap()
    }

    pub(crate) fn client(&self) -> Option<ClientView> {
        self.view().client
    }

    /// The accounts that are signed in, in order.
    pub(crate) fn accounts_shown(&self) -> Vec<AccountKey> {
        let sessions = self.client().map(|client| client.sessions).unwrap_or_default();
        let signed_in = sessions.into_iter().filter(|session| session.status == "active");
        let account = |session: String| AccountKey { instance: self.instance.clone(), session };
        signed_in.map(|session| account(session.id)).collect()
    }

    /// The client tokens in the keychain, by slot. There are several where somebody signed in before the app knew that
    /// the instance lets more than one session into a client.
    pub(crate) fn kept(&self) -> BTreeMap<String, String> {
        let of_here = format!("client/{}/", self.instance);
        let slots = self.keychain.names().into_iter().filter_map(|name| {
            let slot = name.strip_prefix(&of_here)?.to_owned();
            Some((slot, String::from_utf8(self.keychain.item(&name)?).unwrap()))
        });
        slots.collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Stops watching what is shown.
    pub(crate) async fn stop_watching(&self) {
        self.watch.abort();
        while !self.watch.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}

/// Whether it is known who is signed in at an instance, or that nobody knows.
fn is_there(view: &InstanceView) -> bool {
    view.status != Status::Loading || view.client.is_some() || view.publishable_key.is_none()
}

/// Nothing waits for long: the network is bad here, and never far.
fn start(data: &Path, keychain: &FakeStore) -> (Accounts, Runtime) {
    let moment = Duration::from_millis(1);
    let pace = Pace {
        retries: vec![moment; 2],
        token_retries: vec![moment; 3],
        reconnect: moment,
        reconnect_longest: Duration::from_millis(20),
        refresh: Duration::from_millis(50),
        ..Pace::default()
    };
    let vault = Vault::new(Arc::new(keychain.clone()));
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let accounts = {
        let _here = runtime.enter();
        Accounts::start(Options { pace, ..Options::new(data.to_path_buf(), vault) })
    };
    (accounts, runtime)
}

/// What a token is asked for with.
pub(crate) fn token_request(account: &AccountKey, skip_cache: bool) -> SessionRequest {
    SessionRequest::Token {
        account: account.clone(),
        template: None,
        organization_id: None,
        skip_cache,
        leeway_in_seconds: None,
    }
}
