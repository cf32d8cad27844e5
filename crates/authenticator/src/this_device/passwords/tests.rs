#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{sync::Arc, time::Duration};

use frontdesk_vault::{Secret, SecretStore as _, fake::Fault as Broken};
use serde_json::{Value, json};

use super::{HeldPassword, PasswordPlace};
use crate::{
    Cancel, Fault, Person, PinReason, ThisDevice,
    testing::{Computer, PIN, Party, Typist, make, sign},
};

const WRONG: &str = "975310";
const PASSWORD: &str = "Pebbles-under-the-pier-5";
const ADA: &str = "ada@example.com";

fn harbour() -> PasswordPlace {
    PasswordPlace { name: "a1b2".to_owned(), origin: "https://clerk.harbour.example".to_owned() }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

async fn keep(device: &ThisDevice, place: PasswordPlace, password: &str, pins: &[&str]) -> Result<(), Fault> {
    let with: Arc<dyn Person> = Typist::new(pins);
    device.keep_password((with, Cancel::default()), place, (ADA.to_owned(), secret(password)), true).await
}

async fn open(device: &ThisDevice, place: PasswordPlace, pins: &[&str]) -> Result<(String, String), Fault> {
    let with: Arc<dyn Person> = Typist::new(pins);
    let (identifier, password) = device.open_password((with, Cancel::default()), place).await?;
    Ok((identifier, String::from_utf8(password.expose().to_vec()).unwrap()))
}

fn ada(password: &str) -> (String, String) {
    (ADA.to_owned(), password.to_owned())
}

#[tokio::test]
async fn a_password_is_kept_behind_the_pin_and_outlives_the_app() {
    let computer = Computer::new();
    let (device, _) = computer.start();
    let nobody = Typist::new(&[PIN]);
    let what = (ADA.to_owned(), secret(PASSWORD));
    let refused = device.keep_password((nobody.clone(), Cancel::default()), harbour(), what, false).await;
    assert_eq!((refused, nobody.asked().len()), (Err(Fault::Damaged), 0), "no PIN, and none may be chosen");
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();

    let (device, _) = computer.start();
    let held = HeldPassword { place: "a1b2".to_owned(), identifier: ADA.to_owned() };
    assert_eq!(device.passwords().await.unwrap(), std::slice::from_ref(&held), "whose it is, without a PIN");
    assert_eq!(device.password_at("a1b2").await.unwrap(), Some(held));
    assert_eq!(open(&device, harbour(), &[WRONG, PIN]).await, Ok(ada(PASSWORD)));
    // The next one takes its place.
    keep(&device, harbour(), "another one", &[PIN]).await.unwrap();
    assert_eq!(open(&device, harbour(), &[PIN]).await, Ok(ada("another one")));
    assert_eq!(device.passwords().await.unwrap().len(), 1);

    device.forget_password("a1b2").await.unwrap();
    device.forget_password("a1b2").await.unwrap();
    assert_eq!(computer.store.names(), ["passkey-key", "passkey-pin"]);
    let person = Typist::new(&[PIN]);
    let opened = device.open_password((person.clone(), Cancel::default()), harbour()).await;
    assert_eq!((opened.err(), person.asked().len()), (Some(Fault::NoCredential), 0), "nobody is asked in vain");
}

#[tokio::test]
async fn neither_the_keychain_nor_another_place_opens_a_password() {
    let computer = Computer::new();
    let (device, _) = computer.start();
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    for name in computer.store.names() {
        let item = computer.store.item(&name).unwrap();
        assert!(!item.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()), "{name}");
    }
    // Whoever writes to the folder or the keychain has it sent nowhere else, nor in another name.
    let elsewhere = PasswordPlace { origin: "https://clerk.harbor.example".to_owned(), ..harbour() };
    assert_eq!(open(&device, elsewhere, &[PIN]).await, Err(Fault::Damaged));
    let item = computer.store.item("password/a1b2").unwrap();
    computer.store.insert("password/c3d4", &item);
    let moved = PasswordPlace { name: "c3d4".to_owned(), ..harbour() };
    assert_eq!(open(&computer.start().0, moved, &[PIN]).await, Err(Fault::Damaged));
    let mut record: Value = serde_json::from_slice(&item).unwrap();
    record["identifier"] = json!("grace@example.com");
    computer.store.insert("password/a1b2", record.to_string().as_bytes());
    assert_eq!(open(&computer.start().0, harbour(), &[PIN]).await, Err(Fault::Damaged));
    computer.store.insert("password/a1b2", &item);
    assert_eq!(open(&computer.start().0, harbour(), &[PIN]).await, Ok(ada(PASSWORD)));
    // A seal that is lost is not replaced while there is a password that wants it.
    computer.store.delete("passkey-pin").unwrap();
    let (options, _) = Party::new().ask_for_key();
    let (device, _) = computer.start();
    assert_eq!(make(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged));
    assert_eq!(device.verify((Typist::new(&[PIN]), Cancel::default()), true).await, Err(Fault::Damaged));
    assert_eq!(keep(&device, harbour(), PASSWORD, &[PIN]).await, Err(Fault::Damaged));
}

#[tokio::test]
async fn another_pin_opens_the_same_passwords_and_one_that_is_not_written_changes_nothing() {
    let computer = Computer::new();
    let (device, pin) = computer.start();
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    pin.change(Typist::new(&[PIN, "a new one"])).await.unwrap();
    assert_eq!(open(&device, harbour(), &["a new one"]).await, Ok(ada(PASSWORD)));
    // The app ends before the new PIN is written: nothing else had to be.
    let before = computer.store.item("passkey-pin").unwrap();
    pin.change(Typist::new(&["a new one", "the third"])).await.unwrap();
    computer.store.insert("passkey-pin", &before);
    assert_eq!(open(&computer.start().0, harbour(), &["a new one"]).await, Ok(ada(PASSWORD)));
}

#[tokio::test]
async fn passwords_go_with_the_pin() {
    let (computer, mut party) = (Computer::new(), Party::new());
    let (device, _) = computer.start();
    party.add(&device, Typist::new(&[PIN])).await;
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    // Ended between the end of the PIN and that of what it sealed.
    computer.store.insert("passkey-pin", b"wiping");
    let (device, _) = computer.start();
    assert!(device.passwords().await.unwrap().is_empty());
    assert_eq!(computer.store.names(), [""; 0]);

    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    let mut names = device.item_names().await.unwrap();
    names.retain(|name| name != "passkeys" && name != crate::this_device::gesture::ITEM);
    names.sort();
    assert_eq!(names, computer.store.names(), "all of them move with the vault");
    for _ in 0..7 {
        open(&device, harbour(), &[WRONG]).await.unwrap_err();
        computer.clock.advance(Duration::from_hours(1));
    }
    assert!(device.passwords().await.unwrap().is_empty(), "the eighth wrong PIN");
    assert_eq!(computer.store.names(), [""; 0]);

    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    device.forget_all().await.unwrap();
    assert_eq!(computer.store.names(), [""; 0]);
    let person = Typist::new(&[PIN]);
    let what = (ADA.to_owned(), secret(PASSWORD));
    device.keep_password((person.clone(), Cancel::default()), harbour(), what, true).await.unwrap();
    assert_eq!(person.asked()[0].reason, PinReason::Choose);
    let (options, _) = party.ask_any();
    assert_eq!(sign(&device, &options, Typist::new(&[PIN])).await, Err(Fault::NoCredential));
}

#[tokio::test]
async fn a_ceremony_that_was_ended_while_the_pin_was_looked_at_keeps_and_opens_nothing() {
    let (device, _) = Computer::new().start();
    let (person, cancel) = (Typist::new(&[PIN]), Cancel::default());
    cancel.cancel();
    let what = (ADA.to_owned(), secret(PASSWORD));
    let kept = device.keep_password((person.clone(), cancel.clone()), harbour(), what, true).await;
    assert_eq!(kept, Err(Fault::Cancelled));
    assert!(device.passwords().await.unwrap().is_empty());
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap();
    assert_eq!(device.open_password((person, cancel), harbour()).await.err(), Some(Fault::Cancelled));
}

#[tokio::test]
async fn every_item_fits_into_any_keychain_and_what_cannot_be_kept_is_nowhere() {
    let computer = Computer::new();
    let (device, _) = computer.start();
    assert_eq!(keep(&device, harbour(), &"a".repeat(2_000), &[PIN]).await, Err(Fault::TooLong));
    let odd = PasswordPlace { name: "a/b".to_owned(), ..harbour() };
    assert_eq!(keep(&device, odd, PASSWORD, &[PIN]).await, Err(Fault::TooLong));
    keep(&device, harbour(), &"a".repeat(1_024), &[PIN]).await.unwrap();
    let mut refused = None;
    for number in 0..100 {
        let place = PasswordPlace { name: format!("{number:032x}"), ..harbour() };
        refused = keep(&device, place, PASSWORD, &[PIN]).await.err();
        if refused.is_some() {
            break;
        }
    }
    assert_eq!(refused, Some(Fault::Full));
    assert!(computer.store.names().iter().all(|name| computer.store.item(name).unwrap().len() * 4 / 3 < 2_560));
    let many = device.passwords().await.unwrap().len();
    assert!(many > 50, "{many}");

    let computer = Computer::new();
    let (device, _) = computer.start();
    device.verify((Typist::new(&[PIN]), Cancel::default()), true).await.unwrap();
    computer.store.set(Broken::Full);
    keep(&device, harbour(), PASSWORD, &[PIN]).await.unwrap_err();
    computer.store.set(Broken::None);
    assert!(device.passwords().await.unwrap().is_empty());
    assert_eq!(computer.store.names(), ["passkey-key", "passkey-pin"]);
}
