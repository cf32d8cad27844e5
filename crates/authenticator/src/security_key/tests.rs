#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::*;
use crate::{
    Authenticators, PinFlaw, PinReason, Sign,
    testing::{PIN, Party, Typist, make, sign, site},
    virtual_key::{Make, Ports, VirtualKey, unmap},
};

const WRONG: &str = "9753";

fn plugged(key: &VirtualKey) -> SecurityKeys<Ports> {
    SecurityKeys::new(Ports::with(&[key]))
}

fn reasons(person: &Typist) -> Vec<PinReason> {
    person.asked().into_iter().map(|asked| asked.reason).collect()
}

#[tokio::test]
async fn a_key_with_a_pin_is_made_and_signs_in_with_and_without_an_identifier() {
    for old in [false, true] {
        let (key, mut party) = (VirtualKey::new(Make { old, ..Make::default() }), Party::new());
        let keys = plugged(&key);
        let person = Typist::new(&[PIN]);
        let made = party.add(&keys, person.clone()).await;
        assert!(made.discoverable);
        assert_eq!(reasons(&person), [PinReason::Use]);
        assert_eq!(*person.shown.lock().unwrap(), [Sign::Working, Sign::Touch]);

        // What the library leaves wrong: the id, the type, the make that nobody asked for.
        let answer: Value = serde_json::from_str(&made.answer).unwrap();
        assert!(!answer["id"].as_str().unwrap().is_empty());
        assert_eq!((&answer["rawId"], &answer["type"]), (&answer["id"], &json!("public-key")));
        assert_eq!(answer["response"]["transports"], json!(["usb", "nfc"]));
        assert_eq!(answer["authenticatorAttachment"], "cross-platform");
        assert_eq!(answer["clientExtensionResults"], json!({ "credProps": { "rk": true } }));

        let (options, state) = party.ask_any();
        let signed = sign(&keys, &options, Typist::new(&[PIN])).await.unwrap();
        assert!(party.take_any(state, &signed.answer).unwrap().user_verified());
        let (options, state) = party.ask_named();
        let signed = sign(&keys, &options, Typist::new(&[PIN])).await.unwrap();
        party.take_named(&state, &signed.answer).unwrap();
    }
}

#[tokio::test]
async fn a_key_that_finds_nothing_without_an_id_says_so_and_signs_in_after_an_identifier() {
    let (key, mut party) = (VirtualKey::new(Make { discoverable: false, ..Make::default() }), Party::new());
    let keys = plugged(&key);
    let made = party.add(&keys, Typist::new(&[PIN])).await;
    assert!(!made.discoverable);
    let answer: Value = serde_json::from_str(&made.answer).unwrap();
    assert_eq!(answer["clientExtensionResults"], json!({ "credProps": { "rk": false } }));
    let (options, _) = party.ask_any();
    assert_eq!(sign(&keys, &options, Typist::new(&[PIN])).await, Err(Fault::NoCredential));
    for terse in [false, true] {
        key.change(|make| make.terse = terse);
        let (options, state) = party.ask_named();
        let signed = sign(&keys, &options, Typist::new(&[PIN])).await.unwrap();
        assert_eq!(signed.credential_id, made.credential_id);
        party.take_named(&state, &signed.answer).unwrap();
    }
}

#[tokio::test]
async fn a_finger_needs_no_pin() {
    let (key, mut party) = (VirtualKey::new(Make { pin: None, finger: true, ..Make::default() }), Party::new());
    let (keys, person) = (plugged(&key), Typist::new(&[PIN]));
    party.add(&keys, person.clone()).await;
    let (options, state) = party.ask_any();
    let signed = sign(&keys, &options, person.clone()).await.unwrap();
    assert!(party.take_any(state, &signed.answer).unwrap().user_verified());
    assert!(person.asked().is_empty());
}

#[tokio::test]
async fn a_wrong_pin_is_asked_for_again_with_the_tries_that_are_left() {
    let (key, mut party) = (VirtualKey::new(Make::default()), Party::new());
    let keys = plugged(&key);
    // One that is too short costs no try.
    let person = Typist::new(&[WRONG, "12", PIN]);
    party.add(&keys, person.clone()).await;
    assert_eq!(reasons(&person), [PinReason::Use, PinReason::Wrong(Some(7)), PinReason::Flawed(PinFlaw::TooShort)]);
    assert_eq!(key.tries_left(), 8);

    let (options, state) = party.ask_any();
    let person = Typist::new(&[WRONG]);
    assert_eq!(sign(&keys, &options, person.clone()).await, Err(Fault::PinReplug), "three in a row");
    assert_eq!(person.asked().len(), 3);
    let person = Typist::new(&[PIN]);
    assert_eq!(sign(&keys, &options, person.clone()).await, Err(Fault::PinReplug));
    assert!(person.asked().is_empty(), "it would not be looked at");
    key.replug();
    let signed = sign(&keys, &options, Typist::new(&[PIN])).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();

    for _ in 0..2 {
        assert_eq!(sign(&keys, &options, Typist::new(&[WRONG])).await, Err(Fault::PinReplug));
        key.replug();
    }
    assert_eq!(sign(&keys, &options, Typist::new(&[WRONG])).await, Err(Fault::PinBlocked));
    key.replug();
    let person = Typist::new(&[PIN]);
    assert_eq!(sign(&keys, &options, person.clone()).await, Err(Fault::PinBlocked));
    assert!(person.asked().is_empty());
}

#[tokio::test]
async fn a_key_without_a_pin_is_told_from_one_whose_pin_was_not_given() {
    let key = VirtualKey::new(Make { pin: None, ..Make::default() });
    let (options, _) = Party::new().ask_for_key();
    assert_eq!(make(&plugged(&key), &options, Typist::new(&[PIN])).await, Err(Fault::PinNotSet));
    let key = VirtualKey::new(Make::default());
    assert_eq!(make(&plugged(&key), &options, Typist::refusing()).await, Err(Fault::Cancelled));
    assert_eq!((key.held().await, key.tries_left()), (0, 8));
}

#[tokio::test]
async fn a_key_that_is_known_is_not_made_twice() {
    let (key, mut party) = (VirtualKey::new(Make::default()), Party::new());
    let keys = plugged(&key);
    party.add(&keys, Typist::new(&[PIN])).await;
    let (options, _) = party.ask_for_key();
    assert_eq!(make(&keys, &options, Typist::new(&[PIN])).await, Err(Fault::Excluded));
    assert_eq!(key.held().await, 1);
}

#[tokio::test]
async fn of_several_accounts_on_a_key_one_is_chosen() {
    let key = VirtualKey::new(Make::default());
    let keys = plugged(&key);
    let mut parties = Vec::new();
    for user in [1, 2, 3] {
        let mut party = Party::new();
        party.user = webauthn_rs::prelude::Uuid::from_u128(user);
        party.add(&keys, Typist::new(&[PIN])).await;
        parties.push(party);
    }
    // The newest comes first.
    for (choice, party) in parties.iter_mut().rev().enumerate() {
        let (options, state) = party.ask_any();
        let person = Typist::choosing(choice);
        let signed = sign(&keys, &options, person.clone()).await.unwrap();
        party.take_any(state, &signed.answer).unwrap();
        let offered = person.offered.lock().unwrap()[0].clone();
        assert_eq!((offered.len(), offered[0].name.as_str()), (3, "ada@example.com"));
    }
    let (options, _) = parties[0].ask_any();
    assert_eq!(sign(&keys, &options, Typist::choosing(3)).await, Err(Fault::Cancelled));
}

#[tokio::test]
async fn of_several_keys_the_one_that_is_touched_is_used_and_the_others_let_go() {
    let untouched = || VirtualKey::new(Make { untouched: true, ..Make::default() });
    let (touched, others) = (VirtualKey::new(Make::default()), [untouched(), untouched()]);
    let keys = SecurityKeys::new(Ports::with(&[&others[0], &touched, &others[1]]));
    let (mut party, person) = (Party::new(), Typist::new(&[PIN]));
    party.add(&keys, person.clone()).await;
    assert_eq!((touched.held().await, touched.cancels()), (1, 0));
    for other in others {
        assert_eq!((other.held().await, other.cancels()), (0, 1));
        assert!(other.commands().iter().all(|command| matches!(command, 0x04 | 0x0b)), "it was not meant");
    }
    assert_eq!(*person.shown.lock().unwrap(), [Sign::TouchOne, Sign::Working, Sign::Touch]);
}

#[tokio::test]
async fn without_a_key_somebody_is_told_to_plug_one_in() {
    let key = VirtualKey::new(Make::default());
    let of_yesterday = VirtualKey::new(Make::default());
    of_yesterday.change(|make| drop(make.says.insert(0x04, Err(0x01))));
    let keys = SecurityKeys::new(Ports { later: vec![of_yesterday, key.clone()], ..Ports::default() });
    let (mut party, person) = (Party::new(), Typist::new(&[PIN]));
    party.add(&keys, person.clone()).await;
    assert_eq!(person.shown.lock().unwrap()[0], Sign::PlugIn);
    assert_eq!(key.held().await, 1);
}

#[tokio::test]
async fn who_cancels_waits_less_than_a_second_wherever_the_key_is() {
    let (options, _) = Party::new().ask_for_key();
    let untouched = VirtualKey::new(Make { untouched: true, ..Make::default() });
    let second = VirtualKey::new(Make { untouched: true, ..Make::default() });
    let nothing = Ports::default();
    let one = Ports::with(&[&untouched]);
    let two = Ports::with(&[&untouched, &second]);
    for (ports, person) in [
        (nothing, Typist::new(&[PIN])),
        (one.clone(), Typist::new(&[PIN])),
        (one, Typist::asleep()),
        (two, Typist::new(&[PIN])),
    ] {
        let all = Authenticators::new(vec![Arc::new(SecurityKeys::new(ports))]);
        let cancel = Cancel::default();
        let creation = site().creation(&options.to_string()).unwrap();
        let end = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            cancel.cancel();
            std::time::Instant::now()
        };
        let (ended, since) = tokio::join!(all.register(Kind::SecurityKey, creation, person, cancel.clone()), end);
        assert_eq!(ended, Err(Fault::Cancelled));
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    }
    assert_eq!((untouched.cancels(), second.cancels()), (2, 1), "they were told to let go");
}

#[tokio::test]
async fn ports_that_do_not_open_are_not_offered() {
    let all = Authenticators::new(vec![Arc::new(SecurityKeys::new(Ports { broken: true, ..Ports::default() }))]);
    assert_eq!(all.offers().await[0].ready, Err(Unready::Failed("Permission denied".to_owned())));
}

#[tokio::test]
async fn what_keys_say_is_sorted() {
    let (options, _) = Party::new().ask_for_key();
    for (said, fault) in [
        (0x19, Fault::Excluded),
        (0x27, Fault::Cancelled),
        (0x28, Fault::Full),
        (0x26, Fault::Algorithms),
        (0x2f, Fault::TimedOut),
        (0x3a, Fault::TimedOut),
        (0x3f, Fault::NotVerified),
        (0x30, Fault::Device("Ctap2NotAllowed".to_owned())),
        (0xf0, Fault::Device("Unknown(240)".to_owned())),
    ] {
        let key = VirtualKey::new(Make { says: BTreeMap::from([(0x01, Err(said))]), ..Make::default() });
        assert_eq!(make(&plugged(&key), &options, Typist::new(&[PIN])).await, Err(fault), "{said:#x}");
    }
}

#[tokio::test]
async fn sec_67_68_what_a_key_signs_for_somebody_else_or_for_nobody_is_not_passed_on() {
    let (key, mut party) = (VirtualKey::new(Make::default()), Party::new());
    let keys = plugged(&key);
    party.add(&keys, Typist::new(&[PIN])).await;
    let (options, _) = party.ask_any();
    let right = {
        let mut data = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"example.com").as_ref().to_vec();
        data.extend([0x05, 0, 0, 0, 0]);
        data
    };
    let answer = |data: Vec<u8>| {
        let id = [(serde_cbor_2::Value::Text("id".to_owned()), serde_cbor_2::Value::Bytes(vec![1; 16]))];
        let kind = (serde_cbor_2::Value::Text("type".to_owned()), serde_cbor_2::Value::Text("public-key".to_owned()));
        let id = id.into_iter().chain([kind]).collect();
        unmap(BTreeMap::from([
            (1, serde_cbor_2::Value::Map(id)),
            (2, serde_cbor_2::Value::Bytes(data)),
            (3, serde_cbor_2::Value::Bytes(vec![1; 70])),
        ]))
    };
    let mut unverified = right.clone();
    unverified[32] = 0x01;
    let mut elsewhere = right.clone();
    elsewhere[0] ^= 1;
    let unreadable = Some("UnknownError");
    for (data, name) in [
        (right.clone(), None),
        (unverified, Some("NotAllowedError")),
        (elsewhere, unreadable),
        (right[..32].to_vec(), unreadable),
        (Vec::new(), unreadable),
    ] {
        key.change(|make| drop(make.says.insert(0x02, Ok(answer(data.clone())))));
        let signed = sign(&keys, &options, Typist::new(&[PIN])).await;
        assert_eq!(signed.err().map(|fault| fault.name()), name, "{data:?}");
    }
    for said in [vec![], vec![0xff], vec![0xa0], vec![0x80], b"\xa1\x01\x02".to_vec()] {
        key.change(|make| drop(make.says.insert(0x02, Ok(said.clone()))));
        let signed = sign(&keys, &options, Typist::new(&[PIN])).await;
        assert!(matches!(signed, Err(Fault::Device(_))), "{said:?} {signed:?}");
    }
}

/// The real ports, whatever is plugged into them: nothing here is touched, and nobody has to be there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_ports_of_this_computer_are_seen_and_let_go_within_a_second() {
    let all = Authenticators::new(vec![Arc::new(SecurityKeys::new(Usb))]);
    let offers = all.offers().await;
    if offers[0].ready.is_err() {
        // As in a container that has none; it is said, and not found out by waiting.
        assert!(matches!(offers[0].ready, Err(Unready::Failed(_))));
        return;
    }
    let (options, _) = Party::new().ask_for_key();
    let cancel = Cancel::default();
    let creation = site().creation(&options.to_string()).unwrap();
    let end = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
        std::time::Instant::now()
    };
    let person = Typist::refusing();
    let (ended, since) = tokio::join!(all.register(Kind::SecurityKey, creation, person, cancel.clone()), end);
    assert!(matches!(ended, Err(Fault::Cancelled | Fault::PinNotSet)), "{ended:?}");
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}
