#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::disk::RealDisk;

/// Cheap, so that tests can try often.
const CHEAP: Cost = Cost { memory: 8, passes: 1, lanes: 1 };

fn words(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn right() -> Secret {
    words("lantern on the pier")
}

/// A vault in a folder, and a clock in seconds that stands still until it is moved.
fn vault(folder: &Path) -> (PassphraseVault, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(0));
    let hand = clock.clone();
    let elapsed: Elapsed = Arc::new(move || Duration::from_secs(hand.load(Ordering::Relaxed)));
    (PassphraseVault::new(file(folder), CHEAP, elapsed, Arc::new(RealDisk)), clock)
}

fn read(vault: &PassphraseVault, name: &str) -> Option<Vec<u8>> {
    vault.get(name).unwrap().map(|secret| secret.expose().to_vec())
}

#[test]
fn it_keeps_secrets_behind_its_passphrase_across_processes() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = self::vault(folder.path());
    assert!(matches!(vault.get("a"), Err(StoreError::Absent(_))), "before there is one");
    vault.create(&right(), &Items::new()).unwrap();
    vault.put("a", &Secret::new(vec![0, 255, 10])).unwrap();
    vault.put("b", &words("gone")).unwrap();
    vault.delete("b").unwrap();
    vault.delete("b").unwrap();

    let (next, _) = self::vault(folder.path());
    assert!(matches!(next.get("a"), Err(StoreError::Locked(_))));
    assert!(matches!(next.put("a", &words("x")), Err(StoreError::Locked(_))));
    assert_eq!(next.unlock(&words("another passphrase")), Err(PassphraseError::Wrong));
    assert!(matches!(next.get("a"), Err(StoreError::Locked(_))));
    next.unlock(&right()).unwrap();
    assert_eq!(read(&next, "a").unwrap(), [0, 255, 10]);
    assert_eq!(read(&next, "b"), None);
    next.shut();
    assert!(matches!(next.get("a"), Err(StoreError::Locked(_))));
}

#[test]
fn nothing_of_it_can_be_read_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = self::vault(folder.path());
    vault.create(&right(), &Items::from([("client/a/1".to_owned(), words("jane@example.com"))])).unwrap();
    let raw = fs::read(file(folder.path())).unwrap();
    for text in ["jane", "client", "lantern", &STANDARD.encode("jane@example.com")] {
        assert!(!raw.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    self::vault(folder.path()).0.create(&right(), &Items::new()).unwrap();
    assert_eq!(fs::metadata(file(folder.path())).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_guess_costs_what_rfc_9106_asks_for() {
    let Cost { memory, passes, lanes } = Cost::default();
    assert!(memory >= 64 * 1024 && passes >= 3 && lanes == 1);
    let folder = tempfile::tempdir().unwrap();
    let elapsed: Elapsed = Arc::new(|| Duration::ZERO);
    let usual = PassphraseVault::new(file(folder.path()), Cost::default(), elapsed, Arc::new(RealDisk));
    usual.create(&right(), &Items::from([("a".to_owned(), words("kept"))])).unwrap();
    // What it costs lies in the file: a version that asks for another price opens it all the same.
    let (other, _) = self::vault(folder.path());
    other.unlock(&right()).unwrap();
    assert_eq!(read(&other, "a").unwrap(), b"kept");
}

#[test]
fn wrong_passphrases_delete_nothing_and_slow_the_next_try() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, clock) = self::vault(folder.path());
    vault.create(&right(), &Items::new()).unwrap();
    vault.shut();
    let before = fs::read(file(folder.path())).unwrap();
    let wrong = words("another passphrase");
    for _ in 0..3 {
        assert_eq!(vault.unlock(&wrong), Err(PassphraseError::Wrong));
    }
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        let wait = Duration::from_secs(pause);
        assert_eq!(vault.unlock(&right()), Err(PassphraseError::TooSoon(wait)), "not even the right one");
        clock.fetch_add(pause, Ordering::Relaxed);
        assert_eq!(vault.unlock(&wrong), Err(PassphraseError::Wrong));
    }
    assert_eq!(fs::read(file(folder.path())).unwrap(), before);
    clock.fetch_add(60, Ordering::Relaxed);
    vault.unlock(&right()).unwrap();
    assert_eq!(vault.unlock(&wrong), Err(PassphraseError::Wrong), "counted anew");
    vault.unlock(&right()).unwrap();
}

#[test]
fn every_damage_is_told_from_a_wrong_passphrase_and_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = self::vault(folder.path());
    vault.create(&right(), &Items::from([("a".to_owned(), words("kept"))])).unwrap();
    let good = fs::read(file(folder.path())).unwrap();
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        fs::write(file(folder.path()), &bytes).unwrap();
        assert!(vault.load().is_err(), "byte {place}");
        let unlocked = vault.unlock(&right());
        assert!(matches!(unlocked, Err(PassphraseError::Store(StoreError::Broken(_)))), "byte {place}: {unlocked:?}");
        fs::write(file(folder.path()), &bytes[..place]).unwrap();
        assert!(matches!(vault.unlock(&right()), Err(PassphraseError::Store(StoreError::Broken(_)))), "cut at {place}");
        assert_eq!(fs::read(file(folder.path())).unwrap(), &bytes[..place]);
    }
    fs::write(file(folder.path()), &good).unwrap();
    vault.unlock(&right()).unwrap();
    assert_eq!(read(&vault, "a").unwrap(), b"kept");
}

#[test]
fn a_file_that_would_take_the_computers_memory_is_not_one_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = self::vault(folder.path());
    let huge = Cost { memory: u32::MAX, passes: 1, lanes: 1 };
    let (head, _) = Head::make(CHEAP, &right()).unwrap();
    let mut bytes = head.bytes().to_vec();
    bytes[9..13].copy_from_slice(&huge.memory.to_le_bytes());
    let end = bytes.len() - 8;
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes[..end]);
    bytes[end..].copy_from_slice(&sum.as_ref()[..8]);
    fs::write(file(folder.path()), bytes).unwrap();
    assert!(matches!(vault.unlock(&right()), Err(PassphraseError::Store(StoreError::Broken(_)))));
}

#[test]
fn the_passphrase_can_be_changed_by_whoever_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = self::vault(folder.path());
    assert_eq!(vault.create(&words("too short"), &Items::new()), Err(PassphraseError::TooShort));
    assert!(!vault.exists());
    vault.create(&right(), &Items::from([("a".to_owned(), words("kept"))])).unwrap();
    let (other, _) = self::vault(folder.path());
    other.unlock(&right()).unwrap();

    let new = words("harbour light at dusk");
    assert_eq!(vault.change(&words("another passphrase"), &new), Err(PassphraseError::Wrong));
    assert_eq!(vault.change(&right(), &words("short")), Err(PassphraseError::TooShort));
    vault.change(&right(), &new).unwrap();
    assert_eq!(read(&vault, "a").unwrap(), b"kept");
    assert!(matches!(other.get("a"), Err(StoreError::Locked(_))), "a process with the old key");
    assert!(matches!(other.put("a", &words("x")), Err(StoreError::Locked(_))));
    assert_eq!(other.unlock(&right()), Err(PassphraseError::Wrong));
    other.unlock(&new).unwrap();
    assert_eq!(read(&other, "a").unwrap(), b"kept");
}

#[test]
fn two_processes_lose_nothing_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (one, _) = self::vault(folder.path());
    one.create(&right(), &Items::new()).unwrap();
    let (two, _) = self::vault(folder.path());
    two.unlock(&right()).unwrap();
    std::thread::scope(|scope| {
        for (vault, side) in [(&one, "one"), (&two, "two")] {
            scope.spawn(move || {
                for number in 0..20 {
                    vault.put(&format!("{side}/{number}"), &words("kept")).unwrap();
                }
            });
        }
    });
    assert_eq!(one.load().unwrap().len(), 40);
}
