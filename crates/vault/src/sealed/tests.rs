#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

fn key(byte: u8) -> SealKey {
    SealKey::new(&Secret::new(vec![byte; 32])).unwrap()
}

#[test]
fn what_is_sealed_is_read_again_and_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sealed");
    assert!(key(1).read(&path).unwrap().is_none());
    for text in [b"first".as_slice(), b"", &vec![7; 100_000]] {
        key(1).write(&path, text).unwrap();
        assert_eq!(key(1).read(&path).unwrap().unwrap().as_slice(), text);
    }
    key(1).write(&path, b"jane@example.com").unwrap();
    let raw = fs::read(&path).unwrap();
    assert!(!raw.windows(4).any(|part| part == b"jane"));
    key(1).write(&path, b"jane@example.com").unwrap();
    assert_ne!(raw, fs::read(&path).unwrap(), "the nonce is a new one each time");
}

#[test]
fn a_key_of_another_length_is_none() {
    assert!(SealKey::new(&Secret::new(vec![1; 31])).is_none());
    assert_eq!(format!("{:?}", key(1)), "SealKey(…)");
}

#[test]
fn damaged_foreign_and_renamed_files_are_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sealed");
    let aside = folder.path().join("a.sealed.damaged");
    key(1).write(&path, b"content").unwrap();
    let good = fs::read(&path).unwrap();

    let mut bad: Vec<Vec<u8>> = (0..good.len()).map(|length| good[..length].to_vec()).collect();
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bad.push(bytes);
    }
    bad.push(b"{\"plain\": true}".to_vec());
    for bytes in bad {
        fs::write(&path, &bytes).unwrap();
        assert!(key(1).read(&path).unwrap().is_none());
        assert!(!path.exists());
        assert_eq!(fs::read(&aside).unwrap(), bytes);
    }

    fs::write(&path, &good).unwrap();
    assert!(key(2).read(&path).unwrap().is_none(), "another key opens nothing");
    let other = folder.path().join("b.sealed");
    fs::write(&other, &good).unwrap();
    assert!(key(1).read(&other).unwrap().is_none(), "a file put under another name opens nothing");
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone_and_leave_nothing_beside_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sealed");
    fs::write(folder.path().join("a.sealed.new"), b"left behind").unwrap();
    key(1).write(&path, b"content").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_write_that_fails_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sealed");
    key(1).write(&path, b"old").unwrap();
    // A folder in the way of the new file stands for a disk that takes no more.
    fs::create_dir(folder.path().join("a.sealed.new")).unwrap();
    assert!(key(1).write(&path, b"new").is_err());
    assert_eq!(key(1).read(&path).unwrap().unwrap().as_slice(), b"old");
}
