#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::fake::{FakeStore, Fault};

fn vault() -> (FakeStore, Vault) {
    let store = FakeStore::new();
    (store.clone(), Vault::new(Arc::new(store)))
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn state(vault: &Vault) -> State {
    vault.status().borrow().state
}

async fn read(vault: &Vault, name: &str) -> Option<Vec<u8>> {
    vault.get(name).await.unwrap().map(|secret| secret.expose().to_vec())
}

#[tokio::test]
async fn keeps_reads_and_forgets() {
    let (store, vault) = vault();
    assert_eq!(state(&vault), State::Checking);
    assert!(vault.get("a").await.unwrap().is_none());
    assert_eq!(vault.put("a", Secret::new(vec![0, 255, 10])).await.unwrap(), Kept::AtRest);
    assert_eq!(state(&vault), State::Ready);
    assert_eq!(read(&vault, "a").await.unwrap(), [0, 255, 10]);
    assert_eq!(store.names(), ["a"]);
    vault.delete("a").await.unwrap();
    vault.delete("a").await.unwrap();
    assert!(store.names().is_empty());
}

#[tokio::test]
async fn an_item_that_is_not_there_proves_nothing() {
    let (store, vault) = vault();
    store.set(Fault::Hollow);
    assert!(vault.get("a").await.unwrap().is_none());
    assert_eq!(state(&vault), State::NoCollection, "the write of the probe was refused");
    store.set(Fault::Forgetful);
    assert!(matches!(vault.recheck().await, Err(VaultError::Failed(_))));
    assert_eq!(state(&vault), State::Failed);
    store.set(Fault::None);
    vault.recheck().await.unwrap();
    assert_eq!(state(&vault), State::Ready);
    assert!(store.names().is_empty(), "the probe is removed");
}

#[tokio::test]
async fn sec_95_every_fault_has_a_state_and_a_sentence_and_deletes_nothing() {
    for (fault, expected) in [
        (Fault::Locked, State::Locked),
        (Fault::Denied, State::Denied),
        (Fault::Absent, State::Absent),
        (Fault::Broken, State::Broken),
        (Fault::Failed, State::Failed),
    ] {
        let (store, vault) = vault();
        store.insert("a", b"kept");
        store.set(fault);
        let error = vault.get("a").await.unwrap_err();
        assert!(error.to_string().contains(". "), "{error}");
        let status = vault.status().borrow().clone();
        assert_eq!(status.state, expected);
        assert!(status.detail.is_some());
        assert_eq!(status.detail.as_deref(), error.words());
        assert_eq!(store.item("a").unwrap(), b"kept");
        store.set(Fault::None);
        vault.recheck().await.unwrap();
        assert_eq!(read(&vault, "a").await.unwrap(), b"kept");
        assert_eq!(vault.status().borrow().detail, None);
    }
}

#[tokio::test]
async fn a_full_store_still_reads_and_deletes() {
    let (store, vault) = vault();
    store.insert("a", b"kept");
    store.set(Fault::Full);
    assert!(matches!(vault.put("b", secret("new")).await, Err(VaultError::Full(_))));
    assert_eq!(state(&vault), State::Full);
    assert_eq!(read(&vault, "a").await.unwrap(), b"kept");
    vault.delete("a").await.unwrap();
    assert!(store.names().is_empty());
}

#[tokio::test]
async fn a_damaged_item_is_told_and_left() {
    let (store, vault) = vault();
    store.insert("a", b"kept");
    vault.recheck().await.unwrap();
    store.set(Fault::Corrupt);
    assert!(matches!(vault.get("a").await, Err(VaultError::Damaged(_))));
    assert_eq!(state(&vault), State::Ready, "one bad item says nothing of the store");
    assert_eq!(store.names(), ["a"]);
}

#[tokio::test]
async fn sec_95_without_a_store_secrets_are_in_memory_until_there_is_one() {
    let (store, vault) = vault();
    store.set(Fault::Absent);
    assert_eq!(vault.put("a", secret("one")).await.unwrap(), Kept::InMemory);
    assert_eq!(vault.put("b", secret("two")).await.unwrap(), Kept::InMemory);
    assert_eq!(read(&vault, "a").await.unwrap(), b"one");
    assert!(matches!(vault.delete("b").await, Err(VaultError::Absent(_))), "a store that comes may have it");
    assert!(vault.get("b").await.unwrap().is_none());
    assert!(matches!(vault.get("c").await, Err(VaultError::Absent(_))), "nothing is known of what is at rest");
    assert!(store.names().is_empty());
    store.set(Fault::None);
    vault.recheck().await.unwrap();
    assert_eq!(store.names(), ["a"]);
    assert_eq!(store.item("a").unwrap(), b"one");
}

#[tokio::test]
async fn sec_95_what_a_missing_store_did_not_delete_does_not_count_as_deleted() {
    for fault in [Fault::Absent, Fault::Hollow] {
        let (store, vault) = vault();
        store.insert("a", b"kept");
        store.set(fault);
        for _ in 0..2 {
            let refused = vault.delete("a").await.unwrap_err();
            assert!(refused.state().keeps_nothing(), "{fault:?}: {refused}");
            assert_eq!(state(&vault), refused.state());
        }
        assert!(vault.get("a").await.unwrap().is_none(), "{fault:?}: here it is forgotten");
        assert_eq!(store.names(), ["a"]);
        store.set(Fault::None);
        vault.recheck().await.unwrap();
        assert!(store.names().is_empty(), "{fault:?}");
        vault.delete("a").await.unwrap();
    }
}

#[tokio::test]
async fn what_a_locked_store_did_not_take_is_made_up_for() {
    let (store, vault) = vault();
    store.insert("old", b"old");
    store.set(Fault::Locked);
    assert!(vault.put("new", secret("new")).await.is_err());
    assert!(vault.delete("old").await.is_err());
    assert_eq!(read(&vault, "new").await.unwrap(), b"new");
    assert!(vault.get("old").await.unwrap().is_none());
    assert_eq!(store.names(), ["old"]);
    store.set(Fault::None);
    vault.recheck().await.unwrap();
    assert_eq!(store.names(), ["new"]);
}

#[tokio::test]
async fn a_locked_store_asks_a_person_once_until_somebody_wants_it_again() {
    asks_once(Fault::Locked, State::Locked).await;
}

#[tokio::test]
async fn a_store_that_was_refused_asks_a_person_once_until_somebody_wants_it_again() {
    asks_once(Fault::Denied, State::Denied).await;
}

async fn asks_once(fault: Fault, expected: State) {
    let (store, vault) = vault();
    store.insert("a", b"kept");
    store.set(Fault::Slow);
    // All of them are asked before the person sends the first question away.
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let vault = vault.clone();
            tokio::spawn(async move { vault.get("a").await })
        })
        .collect();
    tokio::task::yield_now().await;
    store.set(fault);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err().state(), expected);
    }
    assert!(vault.put("b", secret("new")).await.is_err());
    assert!(vault.seal_key().await.is_err());
    assert_eq!(store.calls(), 1);
    assert_eq!(state(&vault), expected);
    store.set(Fault::None);
    vault.recheck().await.unwrap();
    assert_eq!(read(&vault, "a").await.unwrap(), b"kept");
    assert_eq!(store.item("b").unwrap(), b"new");
}

#[tokio::test]
async fn a_slow_store_is_waited_for_and_its_late_answer_is_taken() {
    let store = FakeStore::new();
    let vault = Vault::with_patience(Arc::new(store.clone()), Duration::ZERO);
    store.insert("a", b"kept");
    store.set(Fault::Slow);
    let (one, two) = (vault.clone(), vault.clone());
    let read = tokio::spawn(async move { one.get("a").await });
    let given_up = tokio::spawn(async move { two.put("b", secret("late")).await });
    let mut status = vault.status();
    status.wait_for(|status| status.state == State::Waiting).await.unwrap();
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    store.set(Fault::None);
    assert_eq!(read.await.unwrap().unwrap().unwrap().expose(), b"kept");
    assert_eq!(self::read(&vault, "b").await.unwrap(), b"late", "the call went on without its caller");
    assert_eq!(state(&vault), State::Ready);
}

#[tokio::test]
async fn calls_are_made_in_order_one_at_a_time() {
    let (store, vault) = vault();
    store.set(Fault::Slow);
    let calls: Vec<_> = (0..20)
        .map(|number| {
            let vault = vault.clone();
            tokio::spawn(async move { vault.put("a", secret(&number.to_string())).await })
        })
        .collect();
    // The runtime has one thread, so every task has asked before the first of them goes on.
    tokio::task::yield_now().await;
    store.set(Fault::None);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(store.item("a").unwrap(), b"19");
}

#[tokio::test]
async fn names_that_could_be_taken_for_something_else_are_refused() {
    let (store, vault) = vault();
    for name in ["", "a\nb", "a\rb", "a\0b", "a\u{85}b", &"a".repeat(201)] {
        assert_eq!(vault.get(name).await.unwrap_err(), VaultError::Name);
        assert_eq!(vault.put(name, secret("x")).await.unwrap_err(), VaultError::Name);
        assert_eq!(vault.delete(name).await.unwrap_err(), VaultError::Name);
    }
    assert_eq!(store.calls(), 0);
    vault.put("client/é/1", secret("x")).await.unwrap();
}

#[tokio::test]
async fn keys_are_made_once_and_only_when_allowed() {
    let (store, vault) = vault();
    assert!(matches!(vault.instance_key(false).await, Err(VaultError::Missing(_))));
    let key = vault.instance_key(true).await.unwrap();
    assert_eq!(key.expose().len(), 32);
    assert_eq!(vault.instance_key(true).await.unwrap().expose(), key.expose());
    assert_eq!(vault.instance_key(false).await.unwrap().expose(), key.expose());
    vault.seal_key().await.unwrap();
    assert_eq!(store.names(), ["cache-key", "instance-key/local"]);

    store.insert("instance-key/local", b"short");
    assert!(matches!(vault.instance_key(true).await, Err(VaultError::Damaged(_))));
    assert_eq!(store.item("instance-key/local").unwrap(), b"short");
}

#[tokio::test]
async fn no_key_is_made_by_a_store_that_does_not_keep_it() {
    for fault in [
        Fault::Locked,
        Fault::Denied,
        Fault::Broken,
        Fault::Hollow,
        Fault::Absent,
        Fault::Full,
        Fault::Failed,
        Fault::Forgetful,
    ] {
        let (store, vault) = vault();
        store.set(fault);
        assert!(vault.instance_key(true).await.is_err(), "{fault:?}");
        assert!(vault.seal_key().await.is_err(), "{fault:?}");
        assert!(store.names().is_empty());
    }
}

#[test]
fn secrets_cannot_be_printed() {
    assert_eq!(format!("{:?}", secret("hunter2")), "Secret(…)");
    assert_ne!(Secret::random(32).unwrap().expose(), Secret::random(32).unwrap().expose());
}
