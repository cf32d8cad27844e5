#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use secrecy::ExposeSecret as _;

fn keys(seed: u8) -> Keys {
    Keys::derive(&InstanceKey::new([seed; KEY_LEN]))
}

#[test]
fn the_same_key_derives_the_same_sub_keys() {
    let (one, two) = (keys(1), keys(1));
    assert_eq!(one.key_id(), two.key_id());
    assert_eq!(one.mac(Purpose::Code, "ver_1", b"123456"), two.mac(Purpose::Code, "ver_1", b"123456"));
    let names = ["key_first", "key_a", "key_b"];
    let of = |keys: &Keys| names.map(|name| keys.secret_key("test", name).expose_secret().to_owned());
    assert_eq!(of(&one), of(&two));
    assert!(of(&one).iter().all(|key| key.starts_with("sk_test_") && key.len() == 72));
    assert!(of(&one)[0] != of(&one)[1] && of(&one)[1] != of(&one)[2] && of(&one)[1] != of(&keys(2))[1]);
}

#[test]
fn sec_55_a_mac_holds_for_its_key_purpose_row_and_value_only() {
    let keys = keys(1);
    let stored = keys.mac(Purpose::Code, "ver_1", b"123456");
    assert!(keys.mac_matches(Purpose::Code, "ver_1", b"123456", &stored));
    assert!(!keys.mac_matches(Purpose::Nonce, "ver_1", b"123456", &stored));
    assert!(!keys.mac_matches(Purpose::Code, "ver_2", b"123456", &stored));
    assert!(!keys.mac_matches(Purpose::Code, "ver_1", b"123457", &stored));
    assert!(!keys.mac_matches(Purpose::Code, "ver_11", b"23456", &stored));
    assert!(!self::keys(2).mac_matches(Purpose::Code, "ver_1", b"123456", &stored));
    assert!(!stored.contains("123456"));
}

#[test]
fn sec_108_a_sealed_value_opens_for_its_key_and_row_only() {
    let keys = keys(1);
    let sealed = keys.seal("delivery_queue/msg_1", b"your code is 123456");
    assert!(!sealed.bytes.windows(6).any(|window| window == b"123456"));
    assert_eq!(keys.open("delivery_queue/msg_1", &sealed).unwrap().as_slice(), b"your code is 123456");
    assert_eq!(keys.open("delivery_queue/msg_2", &sealed).unwrap_err(), OpenError::Damaged);
    assert_eq!(self::keys(2).open("delivery_queue/msg_1", &sealed).unwrap_err(), OpenError::OtherKey);
    let mut other_key = sealed.clone();
    other_key.key_id = self::keys(2).key_id().to_owned();
    assert_eq!(self::keys(2).open("delivery_queue/msg_1", &other_key).unwrap_err(), OpenError::Damaged);
    for index in 0..sealed.bytes.len() {
        let mut changed = sealed.clone();
        changed.bytes[index] ^= 1;
        assert_eq!(keys.open("delivery_queue/msg_1", &changed).unwrap_err(), OpenError::Damaged);
    }
    for length in 0..sealed.bytes.len() {
        let cut = Sealed { key_id: sealed.key_id.clone(), bytes: sealed.bytes[..length].to_vec() };
        assert_eq!(keys.open("delivery_queue/msg_1", &cut).unwrap_err(), OpenError::Damaged);
    }
}

#[test]
fn the_same_text_never_seals_alike() {
    let keys = keys(1);
    assert_ne!(keys.seal("a", b"text").bytes, keys.seal("a", b"text").bytes);
}

#[test]
fn nothing_secret_is_shown() {
    let key = InstanceKey::new([7; KEY_LEN]);
    assert_eq!(format!("{key:?}"), "InstanceKey(…)");
    assert!(!format!("{:?}", Keys::derive(&key)).contains("0707"));
}
