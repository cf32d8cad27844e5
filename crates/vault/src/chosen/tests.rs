#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use super::*;
use crate::{
    State, Vault,
    fake::{FakeStore, Fault},
};

const CHEAP: Cost = Cost { memory: 8, passes: 1, lanes: 1 };
const NAMES: [&str; 3] = ["client/a/1", "client/b/1", "client/c/1"];

fn passphrase() -> Secret {
    Secret::new(b"lantern on the pier".to_vec())
}

fn names() -> Vec<String> {
    NAMES.map(str::to_owned).to_vec()
}

/// A keychain with two clients and both keys; the third client has none.
fn keychain() -> FakeStore {
    let store = FakeStore::new();
    for name in ["client/a/1", "client/b/1", "cache-key", "instance-key/local"] {
        store.insert(name, name.as_bytes());
    }
    store
}

fn open(folder: &Path, keychain: &FakeStore) -> ChosenStore {
    ChosenStore::new(folder, Arc::new(keychain.clone()), CHEAP, Arc::new(|| Duration::ZERO))
}

/// Whether everything is there, in the store that counts.
fn assert_complete(store: &ChosenStore, what: &str) {
    if SecretStore::keeper(store) == Keeper::Passphrase {
        store.unlock(&passphrase()).unwrap();
    }
    for name in ["client/a/1", "client/b/1", "cache-key", "instance-key/local"] {
        let found = store.get(name).unwrap();
        assert_eq!(found.as_ref().map(Secret::expose), Some(name.as_bytes()), "{what}: {name}");
    }
    assert!(store.get("client/c/1").unwrap().is_none(), "{what}");
}

#[test]
fn everything_moves_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = keychain();
    let store = open(folder.path(), &keychain);
    assert_eq!(SecretStore::keeper(&store), Keeper::Keychain);
    assert_eq!(store.name(), "Test keychain");

    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    assert_eq!(store.name(), "Passphrase vault");
    assert!(keychain.names().is_empty(), "nothing is left where it was");
    assert_complete(&store, "moved");
    assert!(store.move_to_passphrase(&names(), &passphrase()).is_err());
    let next = open(folder.path(), &keychain);
    assert!(matches!(next.get("client/a/1"), Err(StoreError::Locked(_))));
    assert!(matches!(next.move_to_keychain(), Err(StoreError::Locked(_))));
    assert_complete(&next, "at the next start");

    next.move_to_keychain().unwrap();
    next.move_to_keychain().unwrap();
    assert_eq!(keychain.names().len(), 4);
    assert!(!passphrase::file(folder.path()).exists());
    assert_complete(&next, "moved back");
    assert_complete(&store, "as another process sees it");
}

#[test]
fn what_a_check_left_when_it_was_ended_moves_nowhere_and_stays_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = keychain();
    keychain.insert(PROBE, b"written");
    let store = open(folder.path(), &keychain);
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    assert!(keychain.names().is_empty(), "{:?}", keychain.names());
    assert_complete(&store, "moved");
    assert!(store.get(PROBE).unwrap().is_none());

    store.put(PROBE, &passphrase()).unwrap();
    store.move_to_keychain().unwrap();
    assert!(!keychain.names().contains(&PROBE.to_owned()), "{:?}", keychain.names());
    assert_complete(&store, "moved back");
}

/// A keychain that holds a check's item and does not give it out.
struct Stuck(FakeStore);

impl SecretStore for Stuck {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        if name == PROBE { Err(StoreError::Damaged("no text".to_owned())) } else { self.0.get(name) }
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        self.0.put(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.0.delete(name)
    }
}

#[test]
fn a_check_that_left_something_damaged_holds_no_move_up() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = keychain();
    keychain.insert(PROBE, b"half");
    let stuck = Arc::new(Stuck(keychain.clone()));
    let store = ChosenStore::new(folder.path(), stuck, CHEAP, Arc::new(|| Duration::ZERO));
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    assert!(keychain.names().is_empty(), "{:?}", keychain.names());
    assert_complete(&store, "moved");
}

#[test]
fn a_computer_without_a_keychain_begins_an_empty_vault() {
    for fault in [Fault::Absent, Fault::Hollow] {
        let folder = tempfile::tempdir().unwrap();
        let keychain = FakeStore::new();
        keychain.set(fault);
        let store = open(folder.path(), &keychain);
        store.move_to_passphrase(&names(), &passphrase()).unwrap();
        store.put("client/a/1", &passphrase()).unwrap();
        assert!(store.move_to_keychain().is_err(), "there is none");
        assert_eq!(SecretStore::keeper(&store), Keeper::Passphrase);
        assert!(store.get("client/a/1").unwrap().is_some());
    }
}

#[test]
fn a_keychain_that_does_not_answer_as_it_should_is_not_left() {
    for fault in [Fault::Locked, Fault::Denied, Fault::Failed, Fault::Corrupt, Fault::Broken] {
        let folder = tempfile::tempdir().unwrap();
        let keychain = keychain();
        keychain.set(fault);
        let store = open(folder.path(), &keychain);
        assert!(store.move_to_passphrase(&names(), &passphrase()).is_err(), "{fault:?}");
        keychain.set(Fault::None);
        assert_complete(&store, "not moved");
    }
    for fault in [Fault::Locked, Fault::Full, Fault::Forgetful, Fault::Absent] {
        let folder = tempfile::tempdir().unwrap();
        let keychain = keychain();
        let store = open(folder.path(), &keychain);
        store.move_to_passphrase(&names(), &passphrase()).unwrap();
        keychain.set(fault);
        assert!(store.move_to_keychain().is_err(), "{fault:?}");
        assert_eq!(SecretStore::keeper(&store), Keeper::Passphrase);
        assert_complete(&store, "not moved back");
        keychain.set(Fault::None);
        store.tidy();
        assert!(keychain.names().is_empty(), "{fault:?}: no copies stay");
    }
}

/// A keychain whose service ends after so many reads.
struct Failing(FakeStore, AtomicUsize, Fault);

impl SecretStore for Failing {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        if self.1.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
            return Err(match self.2 {
                Fault::Hollow => StoreError::NoCollection("no collection".to_owned()),
                _ => StoreError::Absent("no such service".to_owned()),
            });
        }
        self.0.get(name)
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        self.0.put(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.0.delete(name)
    }
}

#[test]
fn a_keychain_that_goes_away_while_it_is_read_is_not_left() {
    for fault in [Fault::Absent, Fault::Hollow] {
        // Also where it had nothing under the names that it was asked for by then.
        for (names, reads) in [(names(), 1), (names(), 3), (names(), 4), (vec!["client/c/1".to_owned()], 1)] {
            let folder = tempfile::tempdir().unwrap();
            let keychain = keychain();
            let failing = Arc::new(Failing(keychain.clone(), AtomicUsize::new(reads), fault));
            let store = ChosenStore::new(folder.path(), failing, CHEAP, Arc::new(|| Duration::ZERO));
            assert!(store.move_to_passphrase(&names, &passphrase()).is_err(), "{fault:?} after {reads}");
            assert!(!passphrase::file(folder.path()).exists());
            assert_complete(&open(folder.path(), &keychain), "not moved");
        }
    }
}

#[test]
fn a_short_passphrase_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &keychain());
    let short = Secret::new(b"elevenchars".to_vec());
    assert_eq!(store.move_to_passphrase(&names(), &short), Err(PassphraseError::TooShort));
    assert_complete(&store, "not moved");
}

#[test]
fn a_damaged_note_is_told_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &keychain());
    fs::write(folder.path().join("vault.json"), "{").unwrap();
    assert!(matches!(store.get("client/a/1"), Err(StoreError::Broken(_))));
    assert!(store.move_to_passphrase(&names(), &passphrase()).is_err());
    store.tidy();
    assert_eq!(fs::read(folder.path().join("vault.json")).unwrap(), b"{");
}

#[test]
fn a_vault_whose_note_was_lost_counts_and_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &keychain());
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    fs::remove_file(folder.path().join("vault.json")).unwrap();
    let store = open(folder.path(), &FakeStore::new());
    store.tidy();
    assert_complete(&store, "without the note");
}

#[test]
fn copies_stay_while_the_vault_itself_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = keychain();
    let store = open(folder.path(), &keychain);
    keychain.set(Fault::None);
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    for name in ["client/a/1", "cache-key"] {
        keychain.insert(name, b"a copy");
    }
    let copies = ["client/a/1", "cache-key"].map(str::to_owned).to_vec();
    store.write(&Note { keeper: Keeper::Passphrase, copies }).unwrap();
    fs::remove_file(passphrase::file(folder.path())).unwrap();
    let store = open(folder.path(), &keychain);
    store.tidy();
    assert_eq!(keychain.names().len(), 2);
    assert!(matches!(store.get("client/a/1"), Err(StoreError::Absent(_))));
    store.move_to_keychain().unwrap();
    assert_eq!(SecretStore::keeper(&store), Keeper::Keychain);
}

/// A computer that loses its power after so many changes of keychain or disk.
#[derive(Clone)]
struct Power {
    left: Arc<AtomicUsize>,
    /// Whether a file that is being written when it goes is left behind half.
    halfway: bool,
}

impl Power {
    fn spend(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

struct Mortal<T>(T, Power);

fn gone() -> io::Error {
    io::Error::other("no power")
}

impl Disk for Mortal<RealDisk> {
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.1.spend() {
            return self.0.replace(path, bytes);
        }
        if self.1.halfway {
            let mut new = path.as_os_str().to_owned();
            new.push(".new");
            fs::write(new, &bytes[..bytes.len() / 2])?;
        }
        Err(gone())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.1.spend() { self.0.remove(path) } else { Err(gone()) }
    }
}

impl SecretStore for Mortal<FakeStore> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let gone = Err(StoreError::Failed("no power".to_owned()));
        if self.1.spend() { self.0.get(name) } else { gone }
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        if self.1.spend() { self.0.put(name, secret) } else { Err(StoreError::Failed("no power".to_owned())) }
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        if self.1.spend() { self.0.delete(name) } else { Err(StoreError::Failed("no power".to_owned())) }
    }
}

/// Moves until the power goes; true when the move was through before.
fn move_with(power: usize, halfway: bool, folder: &Path, keychain: &FakeStore, to: Keeper) -> bool {
    let power = Power { left: Arc::new(AtomicUsize::new(power)), halfway };
    let disk = Arc::new(Mortal(RealDisk, power.clone()));
    let mortal = Arc::new(Mortal(keychain.clone(), power.clone()));
    let store = ChosenStore::on(disk, folder, mortal, CHEAP, Arc::new(|| Duration::ZERO));
    match to {
        Keeper::Passphrase => drop(store.move_to_passphrase(&names(), &passphrase())),
        Keeper::Keychain => {
            store.unlock(&passphrase()).unwrap();
            drop(store.move_to_keychain());
        }
    }
    power.spend()
}

#[test]
fn a_move_that_ends_at_any_instant_leaves_one_complete_vault() {
    for to in [Keeper::Passphrase, Keeper::Keychain] {
        for halfway in [false, true] {
            let mut steps = 0;
            loop {
                let folder = tempfile::tempdir().unwrap();
                let keychain = keychain();
                keychain.insert(PROBE, b"of a check that was ended");
                if to == Keeper::Keychain {
                    open(folder.path(), &keychain).move_to_passphrase(&names(), &passphrase()).unwrap();
                }
                let through = move_with(steps, halfway, folder.path(), &keychain, to);
                let what = format!("to {to:?}, {steps} steps");

                let next = open(folder.path(), &keychain);
                assert_complete(&next, &what);
                next.tidy();
                assert_complete(&next, &what);
                let keeper = SecretStore::keeper(&next);
                let copied = match keeper {
                    Keeper::Keychain => passphrase::file(folder.path()).exists(),
                    Keeper::Passphrase => !keychain.names().is_empty(),
                };
                assert!(!copied, "{what}: no copies stay");
                // What was not done can be done now.
                let again = if to == keeper { Ok(()) } else { finish(&next, to) };
                assert_eq!(again, Ok(()), "{what}");
                assert_complete(&next, &what);
                if through {
                    assert_eq!(keeper, to, "{what}");
                    break;
                }
                steps += 1;
            }
            assert!(steps > 10, "the power went at every step: {steps}");
        }
    }
}

fn finish(store: &ChosenStore, to: Keeper) -> Result<(), PassphraseError> {
    match to {
        Keeper::Passphrase => store.move_to_passphrase(&names(), &passphrase()),
        Keeper::Keychain => Ok(store.move_to_keychain()?),
    }
}

#[tokio::test]
async fn a_vault_above_it_follows_the_choice() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path(), &keychain()));
    let vault = Vault::new(store.clone());
    vault.recheck().await.unwrap();
    let key = vault.instance_key(true).await;
    assert!(key.is_err(), "the one of this test is no key, and is left");
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    vault.recheck().await.unwrap();
    let status = vault.status().borrow().clone();
    assert_eq!(
        (status.state, status.keeper, status.store.as_str()),
        (State::Ready, Keeper::Passphrase, "Passphrase vault")
    );
    store.shut();
    assert!(vault.put("client/c/1", passphrase()).await.is_err());
    assert_eq!(vault.status().borrow().state, State::Locked);
    store.unlock(&passphrase()).unwrap();
    vault.recheck().await.unwrap();
    assert!(store.get("client/c/1").unwrap().is_some(), "what it could not take is made up for");
}

#[test]
fn half_a_file_of_a_process_that_was_ended_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = keychain();
    let store = open(folder.path(), &keychain);
    store.move_to_passphrase(&names(), &passphrase()).unwrap();
    let halves = ["vault.json.new", "vault.sealed.new"].map(|name| folder.path().join(name));
    for half in &halves {
        fs::write(half, b"{\"keeper\": \"key").unwrap();
    }
    let next = open(folder.path(), &keychain);
    next.tidy();
    for half in &halves {
        assert!(!half.exists(), "{}", half.display());
    }
    assert_complete(&next, "tidied");
    assert_eq!(SecretStore::keeper(&next), Keeper::Passphrase);
}
