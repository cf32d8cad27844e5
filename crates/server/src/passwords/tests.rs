#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::random::SystemRandom;

fn pool() -> Passwords {
    Passwords::new(2, Arc::new(SystemRandom))
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

#[tokio::test]
async fn sec_47_hashes_are_salted_argon2id_with_their_parameters() {
    let pool = pool();
    let one = pool.hash(&secret("correct horse battery")).await.unwrap();
    let two = pool.hash(&secret("correct horse battery")).await.unwrap();
    assert_ne!(one, two);
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
    assert!(pool.verify(Some(&one), &secret("correct horse battery")).await.unwrap().ok);
    assert!(!pool.verify(Some(&one), &secret("correct horse batterz")).await.unwrap().ok);
}

#[tokio::test]
async fn long_passwords_are_not_cut() {
    let pool = pool();
    let long = "x".repeat(71);
    let hash = pool.hash(&secret(&format!("{long}xa"))).await.unwrap();
    assert!(!pool.verify(Some(&hash), &secret(&format!("{long}xb"))).await.unwrap().ok);
}

#[tokio::test]
async fn sec_86_nobody_s_password_is_checked_and_never_right() {
    let pool = pool();
    for password in ["", "password", "\0"] {
        let checked = pool.verify(None, &secret(password)).await.unwrap();
        assert_eq!(checked, Checked { ok: false, needs_rehash: false });
    }
    let blocks = pool.blocks.lock().unwrap();
    assert_eq!(blocks[0].len(), 19 * 1024, "the same memory was filled as for somebody's");
}

#[tokio::test]
async fn hashes_with_other_parameters_are_checked_and_marked() {
    // argon2id, m=64, t=1, p=1, of "password" with the salt "somesalt1234".
    let mut out = [0u8; 32];
    let weak = Params::new(64, 1, 1, Some(32)).unwrap();
    let mut blocks = Vec::new();
    compute((Algorithm::Argon2id, Version::V0x13), &weak, "password", b"somesalt1234", &mut out, &mut blocks).unwrap();
    let mut hash = assemble(b"somesalt1234", &out).unwrap();
    hash.params = ParamsString::try_from(&weak).unwrap();
    let pool = pool();
    let checked = pool.verify(Some(&hash.to_string()), &secret("password")).await.unwrap();
    assert_eq!(checked, Checked { ok: true, needs_rehash: true });
    let checked = pool.verify(Some(&hash.to_string()), &secret("Password")).await.unwrap();
    assert_eq!(checked, Checked { ok: false, needs_rehash: false });
}

#[tokio::test]
async fn what_is_no_hash_is_an_error_and_not_a_match() {
    let pool = pool();
    for bad in ["", "plain", "$2b$12$abc", "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"] {
        assert_eq!(pool.verify(Some(bad), &secret("x")).await.unwrap_err(), PasswordError::BadHash, "{bad}");
    }
}

#[tokio::test]
async fn memory_is_kept_and_wiped() {
    let pool = pool();
    pool.hash(&secret("one")).await.unwrap();
    pool.hash(&secret("two")).await.unwrap();
    let blocks = pool.blocks.lock().unwrap();
    assert_eq!(blocks.len(), 1, "the second hash used the memory of the first");
    assert_eq!(blocks[0].len(), 19 * 1024);
    assert!(blocks[0].iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
}
