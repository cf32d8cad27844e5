#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use frontdesk_vault::fake::Fault as Broken;
use serde_json::{Value, json};

use super::*;
use crate::{
    PinFlaw, PinReason,
    testing::{Computer, PIN, Party, Typist, make, sign},
};

const WRONG: &str = "975310";

#[tokio::test]
async fn a_key_is_made_signs_in_and_outlives_the_app() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    let person = Typist::new(&["12345", PIN]);
    let made = party.add(&device, person.clone()).await;
    assert!(made.discoverable);
    let reasons: Vec<_> = person.asked().into_iter().map(|asked| asked.reason).collect();
    assert_eq!(reasons, [PinReason::Choose, PinReason::Flawed(PinFlaw::TooShort)]);
    let answer: Value = serde_json::from_str(&made.answer).unwrap();
    assert_eq!(answer["clientExtensionResults"], json!({ "credProps": { "rk": true } }));
    assert_eq!(answer["response"]["transports"], json!(["internal"]));

    let (device, _) = computer.start();
    let held = device.keys().await.unwrap();
    assert_eq!((held.len(), held[0].rp_id.as_str(), held[0].name.as_str()), (1, "example.com", "ada@example.com"));
    assert_eq!(held[0].credential_id, made.credential_id);

    let (options, state) = party.ask_any();
    let signed = sign(&device, &options, Typist::new(&[PIN])).await.unwrap();
    let result = party.take_any(state, &signed.answer).unwrap();
    assert!(result.user_verified() && !result.backup_eligible() && !result.backup_state());
    assert_eq!(result.counter(), 0);

    let (options, state) = party.ask_named();
    let signed = sign(&device, &options, Typist::new(&[PIN])).await.unwrap();
    party.take_named(&state, &signed.answer).unwrap();
}

#[tokio::test]
async fn an_account_that_has_a_key_here_gets_no_second_one_and_hears_it_after_the_pin() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    let (options, _) = party.ask_for_key();
    let refusing = Typist::refusing();
    assert_eq!(make(&device, &options, refusing).await, Err(Fault::Cancelled), "a site learns nothing by asking");
    assert_eq!(make(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Excluded));
    assert_eq!(device.keys().await.unwrap().len(), 1);
    // The instance has removed it meanwhile: the new one takes its place.
    party.keys.clear();
    party.add(&device, Typist::new(&[PIN])).await;
    assert_eq!(device.keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn only_es256_is_made() {
    let (device, _) = Computer::new().start();
    let (mut options, _) = Party::new().ask_for_key();
    options["pubKeyCredParams"] = json!([{ "type": "public-key", "alg": -257 }]);
    let person = Typist::new(&[PIN]);
    assert_eq!(make(&device, &options, person.clone()).await, Err(Fault::Algorithms));
    assert!(person.asked().is_empty());
}

#[tokio::test]
async fn of_several_accounts_one_is_chosen_and_a_named_key_needs_no_choice() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    computer.clock.advance(Duration::from_mins(1));
    let mut other = Party::new();
    other.user = webauthn_rs::prelude::Uuid::from_u128(8);
    other.add(&device, Typist::new(&[PIN])).await;

    let person = Typist::choosing(1);
    let (options, state) = party.ask_any();
    let signed = sign(&device, &options, person.clone()).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();
    assert_eq!(person.offered.lock().unwrap()[0].len(), 2, "the newest is first");

    let person = Typist::new(&[PIN]);
    let (options, state) = party.ask_named();
    let signed = sign(&device, &options, person.clone()).await.unwrap();
    party.take_named(&state, &signed.answer).unwrap();
    assert!(person.offered.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_fitting_key_nobody_is_asked_anything() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    let person = Typist::new(&[PIN]);
    let (options, _) = party.ask_any();
    assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::NoCredential));
    party.add(&device, Typist::new(&[PIN])).await;
    let (mut options, _) = party.ask_named();
    options["allowCredentials"][0]["id"] = json!("AAAA");
    assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::NoCredential));
    // Another relying party of the same site.
    options["allowCredentials"] = json!([]);
    options["rpId"] = json!("auth.example.com");
    assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::NoCredential));
    assert!(person.asked().is_empty());
}

#[tokio::test]
async fn wrong_pins_are_counted_across_restarts_slow_down_and_end_in_nothing() {
    let (computer, mut party) = (Computer::new(), Party::new());
    party.add(&computer.start().0, Typist::new(&[PIN])).await;
    let (options, state) = party.ask_any();

    // Two at once, the third one waits for half a minute, whoever starts the app again.
    let person = Typist::new(&[WRONG]);
    assert_eq!(sign(&computer.start().0, &options, person.clone()).await, Err(Fault::PinWait(Duration::from_secs(30))));
    let reasons: Vec<_> = person.asked().into_iter().map(|asked| asked.reason).collect();
    assert_eq!(reasons, [PinReason::Use, PinReason::Wrong(Some(7)), PinReason::Wrong(Some(6))]);
    let (device, _) = computer.start();
    computer.clock.advance(Duration::from_secs(10));
    let person = Typist::new(&[PIN]);
    assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::PinWait(Duration::from_secs(20))));
    assert!(person.asked().is_empty());
    assert_eq!(device.ready().await, Err(Unready::PinWait(Duration::from_secs(20))));

    // The clock set back makes nothing shorter and nothing endless.
    computer.clock.set(Duration::from_hours(1));
    assert_eq!(device.ready().await, Err(Unready::PinWait(Duration::from_secs(30))));
    computer.clock.advance(Duration::from_secs(30));
    let signed = sign(&device, &options, Typist::new(&[PIN])).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();

    // The right one has made the wrong ones forgotten; eight in a row are the end.
    for pause in [30, 60, 120, 240, 480] {
        let refused = sign(&device, &options, Typist::new(&[WRONG])).await;
        assert_eq!(refused, Err(Fault::PinWait(Duration::from_secs(pause))));
        computer.clock.advance(Duration::from_secs(pause));
    }
    assert_eq!(sign(&device, &options, Typist::new(&[WRONG])).await, Err(Fault::Wiped));
    assert!(device.keys().await.unwrap().is_empty());
    assert_eq!(computer.store.names(), [""; 0]);
    // A new PIN begins anew.
    party.keys.clear();
    party.add(&device, Typist::new(&[WRONG])).await;
}

#[tokio::test]
async fn a_try_is_counted_before_the_pin_is_looked_at() {
    let (computer, mut party) = (Computer::new(), Party::new());
    party.add(&computer.start().0, Typist::new(&[PIN])).await;
    let wrong = |computer: &Computer| {
        let item = computer.store.item("passkey-pin").unwrap();
        serde_json::from_slice::<Value>(&item).unwrap()["wrong"].clone()
    };
    // The keychain takes no more, so the try could not be remembered: there is none, not even with the right PIN.
    let (options, _) = party.ask_any();
    let (device, _) = computer.start();
    assert!(device.ready().await.is_ok());
    computer.store.set(Broken::Full);
    let refused = sign(&device, &options, Typist::new(&[PIN])).await;
    assert!(matches!(refused, Err(Fault::Keychain(_))), "{refused:?}");
    computer.store.set(Broken::None);
    let (device, _) = computer.start();
    sign(&device, &options, Typist::new(&[WRONG, "another"])).await.unwrap_err();
    assert_eq!(wrong(&computer), 3);
    // The app ends where the PIN would be looked at: the try is remembered although it could have been right.
    computer.clock.advance(Duration::from_secs(30));
    frontdesk_vault::SecretStore::delete(&computer.store, "passkey-key").unwrap();
    assert_eq!(sign(&computer.start().0, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged));
    assert_eq!(wrong(&computer), 4);
}

#[tokio::test]
async fn tries_at_the_same_time_are_counted_one_by_one() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, pin) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    // However many ask at once, and by whichever way, three are looked at before the pause.
    let people: Vec<_> = (0..6).map(|_| Typist::new(&[WRONG])).collect();
    let (options, _) = party.ask_any();
    let signing = people.iter().take(3).map(|person| sign(&device, &options, person.clone()));
    let changing = people.iter().skip(3).map(|person| pin.change(person.clone()));
    let (signed, changed) =
        tokio::join!(futures_util::future::join_all(signing), futures_util::future::join_all(changing));
    assert!(
        signed
            .into_iter()
            .map(Result::err)
            .chain(changed.into_iter().map(Result::err))
            .all(|refused| refused.is_some())
    );
    assert_eq!(people.iter().map(|person| person.asked().len()).sum::<usize>(), 3);
}

#[tokio::test]
async fn wiping_goes_on_after_the_app_was_ended() {
    let (computer, mut party) = (Computer::new(), Party::new());
    party.add(&computer.start().0, Typist::new(&[PIN])).await;
    // Ended between the end of the PIN and that of the keys.
    computer.store.insert("passkey-pin", b"wiping");
    let (options, _) = party.ask_any();
    let (device, _) = computer.start();
    assert_eq!(sign(&device, &options, Typist::new(&[PIN])).await, Err(Fault::NoCredential));
    assert_eq!(computer.store.names(), [""; 0]);

    // Ended while the last try was looked at: it counts.
    party.keys.clear();
    party.add(&device, Typist::new(&[PIN])).await;
    let mut kept: Value = serde_json::from_slice(&computer.store.item("passkey-pin").unwrap()).unwrap();
    kept["wrong"] = json!(8);
    computer.store.insert("passkey-pin", kept.to_string().as_bytes());
    let (device, _) = computer.start();
    assert_eq!(sign(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Wiped));
    assert!(device.keys().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_keychain_alone_opens_nothing_and_neither_does_the_pin() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    let made = party.add(&device, Typist::new(&[PIN])).await;
    let (options, _) = party.ask_any();
    let name = computer.store.names().into_iter().find(|name| name.starts_with("passkey/")).unwrap();
    let text = computer.store.item(&name).unwrap();
    // A key that is made out to another relying party or another account signs for nobody.
    for (field, value) in [("rp_id", "auth.example.com"), ("user", "AAAAAAAAAAAAAAAAAAAAAA")] {
        let mut record: Value = serde_json::from_slice(&text).unwrap();
        record[field] = json!(value);
        computer.store.insert(&name, record.to_string().as_bytes());
        let mut options = options.clone();
        if field == "rp_id" {
            options["rpId"] = json!(value);
        }
        assert_eq!(sign(&computer.start().0, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged), "{field}");
    }
    computer.store.insert(&name, &text);
    assert!(sign(&computer.start().0, &options, Typist::new(&[PIN])).await.is_ok());
    // Another keychain's part.
    let part = computer.store.item("passkey-key").unwrap();
    computer.store.insert("passkey-key", &[7; 32]);
    let wrong = sign(&computer.start().0, &options, Typist::new(&[PIN])).await;
    assert!(matches!(wrong, Err(Fault::PinWait(_))), "{wrong:?}");
    computer.store.insert("passkey-key", &part);
    computer.clock.advance(Duration::from_mins(1));
    assert!(sign(&computer.start().0, &options, Typist::new(&[PIN])).await.is_ok());
    // A seal that is lost is not replaced over keys that there are.
    frontdesk_vault::SecretStore::delete(&computer.store, "passkey-pin").unwrap();
    party.user = webauthn_rs::prelude::Uuid::from_u128(9);
    let (options, _) = party.ask_for_key();
    assert_eq!(make(&computer.start().0, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged));
    assert!(made.answer.len() > 100);
}

#[tokio::test]
async fn the_private_key_is_nowhere_in_the_keychain_in_plain() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, pin) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    let name = computer.store.names().into_iter().find(|name| name.starts_with("passkey/")).unwrap();
    let seal = pin.open(Typist::new(&[PIN]), false).await.unwrap();
    let id = device.keys().await.unwrap()[0].credential_id.clone();
    let scalar = device.0.records.open(&id, &seal).await.unwrap().scalar().unwrap().as_ref().to_vec();
    for name in computer.store.names() {
        let item = computer.store.item(&name).unwrap();
        assert!(!item.windows(scalar.len()).any(|part| part == scalar), "{name}");
    }
    let record = computer.store.item(&name).unwrap();
    assert!(record.len() * 4 / 3 < 2560, "it fits into the keychain of Windows: {}", record.len());
}

#[tokio::test]
async fn the_longest_record_and_the_longest_index_fit_into_any_keychain() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    let (mut options, _) = party.ask_for_key();
    options["user"]["id"] = json!("A".repeat(86));
    options["user"]["name"] = json!("\"".repeat(200));
    options["user"]["displayName"] = json!("\\".repeat(200));
    make(&device, &options, Typist::new(&[PIN])).await.unwrap();
    let longest = computer.store.names().iter().map(|name| computer.store.item(name).unwrap().len()).max();
    // The longest name of a domain is longer by so much.
    assert!((longest.unwrap() + 253 - "example.com".len()) * 4 / 3 < 2560);
    for user in 100..199 {
        party.user = webauthn_rs::prelude::Uuid::from_u128(user);
        let (options, _) = party.ask_for_key();
        make(&device, &options, Typist::new(&[PIN])).await.unwrap();
    }
    assert!(computer.store.item("passkeys").unwrap().len() * 4 / 3 < 2560);
    party.user = webauthn_rs::prelude::Uuid::from_u128(200);
    let (options, _) = party.ask_for_key();
    assert_eq!(make(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Full));
    assert_eq!(device.keys().await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_pin_is_changed_by_who_knows_it_and_the_keys_stay() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, pin) = computer.start();
    assert!(!pin.is_chosen().await.unwrap());
    assert!(pin.change(Typist::new(&[PIN])).await.is_err(), "there is none");
    party.add(&device, Typist::new(&[PIN])).await;
    assert!(pin.is_chosen().await.unwrap());
    pin.change(Typist::new(&[WRONG, PIN, "a new one"])).await.unwrap();
    let (options, state) = party.ask_any();
    let signed = sign(&device, &options, Typist::new(&["a new one"])).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();
    assert!(sign(&device, &options, Typist::new(&[PIN])).await.is_err());
}

#[tokio::test]
async fn where_nothing_is_kept_no_key_is_made() {
    let (computer, party) = (Computer::new(), Party::new());
    let (options, _) = party.ask_for_key();
    for (broken, ready) in
        [(Broken::Absent, false), (Broken::Hollow, false), (Broken::Locked, false), (Broken::None, true)]
    {
        computer.store.set(broken);
        let (device, _) = computer.start();
        assert_eq!(device.ready().await.is_ok(), ready, "{broken:?}");
        let made = make(&device, &options, Typist::new(&[PIN])).await;
        assert_eq!(made.is_ok(), ready, "{broken:?} {made:?}");
    }
    let left = computer.store.names();
    assert_eq!(left.iter().filter(|name| name.starts_with("passkey/")).count(), 1, "{left:?}");
}

#[tokio::test]
async fn a_key_is_forgotten_and_all_items_are_named() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    let made = party.add(&device, Typist::new(&[PIN])).await;
    let mut names = device.item_names().await.unwrap();
    // In its place there is a PIN.
    names.retain(|name| name != gesture::ITEM);
    names.sort();
    assert_eq!(names, computer.store.names());
    device.forget(&made.credential_id).await.unwrap();
    device.forget(&made.credential_id).await.unwrap();
    assert!(device.keys().await.unwrap().is_empty());
    assert_eq!(computer.store.names(), ["passkey-key", "passkey-pin"]);
}

#[tokio::test]
async fn who_has_forgotten_the_pin_removes_all_and_begins_anew() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, pin) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    device.forget_all().await.unwrap();
    assert!(device.keys().await.unwrap().is_empty() && !pin.is_chosen().await.unwrap());
    assert_eq!(computer.store.names(), [""; 0]);
    party.keys.clear();
    let person = Typist::new(&["another one"]);
    party.add(&device, person.clone()).await;
    assert_eq!(person.asked()[0].reason, PinReason::Choose);
}

#[tokio::test]
async fn what_is_removed_leaves_nothing_wherever_the_app_is_ended_and_what_comes_after_it_stays() {
    let (options, _) = Party::new().ask_for_key();
    // Where it can end: before anything has gone, after the keys, after the keychain's part as well.
    let stages: [&[&str]; 3] = [&[], &["passkey/", "passkeys"], &["passkey/", "passkeys", "passkey-key"]];
    for gone in stages {
        let (computer, mut party) = (Computer::new(), Party::new());
        party.add(&computer.start().0, Typist::new(&[PIN])).await;
        computer.store.insert("passkey-pin", b"wiping");
        for name in computer.store.names() {
            if gone.iter().any(|begin| name.starts_with(begin)) {
                frontdesk_vault::SecretStore::delete(&computer.store, &name).unwrap();
            }
        }
        assert!(computer.start().0.keys().await.unwrap().is_empty());
        assert_eq!(computer.store.names(), [""; 0], "{gone:?}");

        // A key that is made then has a part of the keychain's of its own, which nothing takes from it.
        party.keys.clear();
        party.add(&computer.start().0, Typist::new(&["another one"])).await;
        let (device, _) = computer.start();
        assert_eq!(device.keys().await.unwrap().len(), 1);
        let (asked, state) = party.ask_any();
        let signed = sign(&device, &asked, Typist::new(&["another one"])).await.unwrap();
        party.take_any(state, &signed.answer).unwrap();
    }
    // Whichever of the two comes first: a key that there is can be used.
    for _ in 0..4 {
        let computer = Computer::new();
        let (device, _) = computer.start();
        let (made, forgotten) = tokio::join!(make(&device, &options, Typist::new(&[PIN])), device.forget_all());
        assert!(made.is_ok() && forgotten.is_ok(), "{made:?} {forgotten:?}");
        let held = device.keys().await.unwrap().len();
        assert_eq!(computer.store.names().is_empty(), held == 0, "{:?}", computer.store.names());
        assert_eq!(device.verify((Typist::new(&[PIN]), Cancel::default()), false).await.is_ok(), held == 1);
    }
}

#[tokio::test]
async fn a_keychain_that_is_full_forgets_all_the_same() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    computer.store.set(Broken::Full);
    device.forget_all().await.unwrap();
    assert_eq!(computer.store.names(), [""; 0]);
}
