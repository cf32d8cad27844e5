#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;

#[test]
fn ids_are_27_characters_of_base_62() {
    assert_eq!(ClientId::from_random([0; 20]).as_str(), "client_000000000000000000000000000");
    assert_eq!(SessionId::from_random([255; 20]).as_str().len(), "sess_".len() + 27);
    let mut one = [0; 20];
    one[19] = 61;
    assert_eq!(UserId::from_random(one).as_str(), "user_00000000000000000000000000z");
}

#[test]
fn what_is_no_id_is_refused() {
    for text in [
        "",
        "client_",
        "sess_000000000000000000000000000",
        "client_00000000000000000000000000",
        "client_00000000000000000000000000/",
    ] {
        assert!(ClientId::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn ids_read_back_and_differ(a: [u8; 20], b: [u8; 20]) {
        let id = ClientId::from_random(a);
        prop_assert_eq!(&ClientId::parse(id.as_str()).unwrap(), &id);
        prop_assert_eq!(a == b, id == ClientId::from_random(b));
    }
}
