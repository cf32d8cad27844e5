#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{fs, os::unix::fs::FileTypeExt as _, path::Path};

use frontdesk_accounts::{
    InstanceRequest, Options,
    snapshot::{InstanceKind, InstanceView, Status},
};
use frontdesk_vault::fake::{FakeStore, Fault};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;

/// One process of the app, without its window.
struct Process {
    accounts: Accounts,
    vault: Vault,
    again: Arc<Notify>,
    stop: watch::Sender<bool>,
    keeping: JoinHandle<()>,
}

impl Process {
    fn start(folder: &TempDir, keychain: &FakeStore) -> Self {
        let places = Places::at(folder.path().join("data"), folder.path().join("run"));
        let unwritable = places.prepare().err();
        let vault = Vault::new(Arc::new(keychain.clone()));
        let accounts = Accounts::start(Options::new(places.data().to_owned(), vault.clone()));
        let (stop, stopped) = watch::channel(false);
        let again = Arc::new(Notify::new());
        let keeping = tokio::spawn(keep(
            places,
            unwritable,
            vault.clone(),
            accounts.clone(),
            again.clone(),
            Arc::new(Tools::new(false)),
            stopped,
        ));
        Self { accounts, vault, again, stop, keeping }
    }

    /// Waits until the instance inside the app stands as wanted.
    async fn until(&self, wanted: impl Fn(&InstanceView) -> bool) -> InstanceView {
        let mut snapshots = self.accounts.snapshots();
        let local = |instance: &&InstanceView| instance.kind == InstanceKind::Local && wanted(instance);
        let snapshot = snapshots.wait_for(|snapshot| snapshot.instances.iter().any(|it| local(&it))).await.unwrap();
        snapshot.instances.iter().find(local).unwrap().clone()
    }

    async fn ready(&self) -> InstanceView {
        self.until(|instance| instance.status == Status::Ready).await
    }

    async fn problem(&self) -> String {
        let code = |instance: &InstanceView| instance.problem.as_ref().map(|problem| problem.code.clone());
        // What the cache has is shown all the same.
        let failed = |instance: &InstanceView| code(instance).is_some_and(|code| code != "local_starting");
        code(&self.until(failed).await).unwrap()
    }

    async fn end(self) {
        self.stop.send_replace(true);
        self.keeping.await.unwrap();
    }
}

fn sockets(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_socket())).count()
}

#[tokio::test]
async fn sec_109_of_two_processes_one_serves_and_the_other_uses_its_door() {
    let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
    let first = Process::start(&folder, &keychain);
    let key = first.ready().await.publishable_key.unwrap();
    let second = Process::start(&folder, &keychain);
    assert_eq!(second.ready().await.publishable_key.unwrap(), key, "the same instance");
    assert_eq!(sockets(&folder.path().join("run")), 1, "never two servers");

    // The one that served ends, and the other one takes its place.
    first.end().await;
    second.again.notify_waiters();
    second.accounts.recheck_vault().await;
    let reload = InstanceRequest::Reload { instance: second.ready().await.id };
    while second.accounts.instance(reload.clone()).await.is_err() {
        second.again.notify_waiters();
        tokio::task::yield_now().await;
    }
    assert_eq!(second.ready().await.publishable_key.unwrap(), key);
    assert_eq!(sockets(&folder.path().join("run")), 1);
    second.end().await;
}

#[tokio::test]
async fn sec_108_a_key_of_other_data_is_refused_and_nothing_is_changed() {
    let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
    let process = Process::start(&folder, &keychain);
    process.ready().await;
    process.end().await;
    let right = keychain.item("instance-key/local").unwrap();
    let database = folder.path().join("data/local/frontdesk.db");
    let before = fs::read(&database).unwrap();

    keychain.insert("instance-key/local", &[7; 32]);
    let process = Process::start(&folder, &keychain);
    assert_eq!(process.problem().await, "instance_key_mismatch");
    process.end().await;
    assert_eq!(keychain.item("instance-key/local").unwrap(), [7; 32]);
    assert_eq!(fs::read(&database).unwrap(), before);

    keychain.insert("instance-key/local", b"short");
    let process = Process::start(&folder, &keychain);
    assert_eq!(process.problem().await, "instance_key_damaged");
    keychain.insert("instance-key/local", &right);
    process.again.notify_waiters();
    process.ready().await;
    process.end().await;
}

#[tokio::test]
async fn a_key_that_is_gone_is_not_replaced_while_its_data_is_there() {
    let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
    let process = Process::start(&folder, &keychain);
    process.ready().await;
    process.end().await;
    let other = FakeStore::new();
    let process = Process::start(&folder, &other);
    assert_eq!(process.problem().await, "instance_key_missing");
    process.end().await;
    assert!(other.item("instance-key/local").is_none());
}

#[tokio::test]
async fn sec_95_data_waits_for_a_keychain_that_comes_later_than_the_app() {
    let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
    let process = Process::start(&folder, &keychain);
    let key = process.ready().await.publishable_key.unwrap();
    process.end().await;
    keychain.set(Fault::Absent);
    let process = Process::start(&folder, &keychain);
    assert_eq!(process.problem().await, "instance_key_missing");
    assert_eq!(sockets(&folder.path().join("run")), 0, "no other instance stands in for it");
    keychain.set(Fault::None);
    process.accounts.recheck_vault().await;
    assert_eq!(process.ready().await.publishable_key.unwrap(), key);
    process.end().await;
}

#[tokio::test]
async fn a_keychain_that_refuses_is_waited_for() {
    for (fault, code) in [(Fault::Locked, "vault_locked"), (Fault::Denied, "vault_denied"), (Fault::Full, "vault_full")]
    {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
        keychain.set(fault);
        let process = Process::start(&folder, &keychain);
        assert_eq!(process.problem().await, code);
        keychain.set(Fault::None);
        process.accounts.recheck_vault().await;
        process.ready().await;
        process.end().await;
    }
}

#[tokio::test]
async fn sec_95_what_was_to_be_thrown_away_stays_when_there_is_a_place_for_its_key() {
    for fault in [Fault::Absent, Fault::Hollow] {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
        keychain.set(fault);
        let process = Process::start(&folder, &keychain);
        let key = process.ready().await.publishable_key.unwrap();
        assert!(!has_data(&folder.path().join("data/local")), "without a place for the key nothing stays");

        keychain.set(Fault::None);
        process.vault.recheck().await.unwrap();
        let mut snapshots = process.accounts.snapshots();
        // It is away for a moment, and then serves from where it stays.
        snapshots.wait_for(|_| has_data(&folder.path().join("data/local"))).await.unwrap();
        assert_eq!(process.ready().await.publishable_key.unwrap(), key);
        process.end().await;
        let process = Process::start(&folder, &keychain);
        assert_eq!(process.ready().await.publishable_key.unwrap(), key, "at the next start");
        process.end().await;
        let left = fs::read_dir(folder.path().join("run")).unwrap().count();
        assert_eq!(left, 0, "the throw-away folder is gone");
    }
}

#[tokio::test]
async fn sec_95_while_the_key_is_refused_its_data_is_served_on_and_not_thrown_away() {
    let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
    keychain.insert("other", b"item");
    keychain.set(Fault::Absent);
    let process = Process::start(&folder, &keychain);
    let key = process.ready().await.publishable_key.unwrap();

    // What can be read makes the keychain seem to work; what it refuses is held in memory.
    keychain.set(Fault::Full);
    while process.vault.get("instance-key/local").await.unwrap().is_none() {
        process.vault.get("other").await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(!has_data(&folder.path().join("data/local")));
    keychain.set(Fault::None);
    process.vault.recheck().await.unwrap();
    let mut snapshots = process.accounts.snapshots();
    snapshots.wait_for(|_| has_data(&folder.path().join("data/local"))).await.unwrap();
    assert_eq!(process.ready().await.publishable_key.unwrap(), key);
    process.end().await;
}

#[tokio::test]
async fn sec_95_data_that_cannot_be_moved_is_served_on_and_moved_later() {
    for at_the_end in [false, true] {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), FakeStore::new());
        keychain.set(Fault::Absent);
        let process = Process::start(&folder, &keychain);
        let key = process.ready().await.publishable_key.unwrap();
        let local = folder.path().join("data/local");
        fs::write(&local, "in the way").unwrap();
        keychain.set(Fault::None);
        process.vault.recheck().await.unwrap();
        // It is away for a moment, and serves on from where it was.
        process.until(|instance| instance.status != Status::Ready).await;
        let starts =
            |instance: &InstanceView| instance.problem.as_ref().is_some_and(|problem| problem.code == "local_starting");
        let view = process.until(|instance| instance.status == Status::Ready || !starts(instance)).await;
        assert_eq!((view.status, view.publishable_key.as_ref()), (Status::Ready, Some(&key)), "{:?}", view.problem);

        fs::remove_file(&local).unwrap();
        if !at_the_end {
            keychain.set(Fault::Absent);
            process.vault.recheck().await.unwrap_err();
            keychain.set(Fault::None);
            process.vault.recheck().await.unwrap();
            let mut snapshots = process.accounts.snapshots();
            snapshots.wait_for(|_| has_data(&local)).await.unwrap();
            assert_eq!(process.ready().await.publishable_key.unwrap(), key);
        }
        process.end().await;
        let process = Process::start(&folder, &keychain);
        assert_eq!(process.ready().await.publishable_key.unwrap(), key, "at the next start");
        process.end().await;
    }
}
