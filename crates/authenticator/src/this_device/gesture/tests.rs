#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use frontdesk_vault::Cost;

use super::*;
use crate::{
    Authenticator as _, Cancel, PasswordPlace, PinReason, ThisDevice,
    testing::{Computer, PIN, Party, Typist, make, sign},
};

/// A system that recognises whoever is in front of it.
struct Mirror {
    gesture: Gesture,
    secrets: Mutex<BTreeMap<String, Vec<u8>>>,
    absent: AtomicBool,
    /// Says so when it is too late.
    hollow: AtomicBool,
    turns_away: AtomicBool,
    asked: AtomicUsize,
}

impl Mirror {
    fn new(gesture: Gesture) -> Arc<Self> {
        Arc::new(Self {
            gesture,
            secrets: Mutex::default(),
            absent: AtomicBool::default(),
            hollow: AtomicBool::default(),
            turns_away: AtomicBool::default(),
            asked: AtomicUsize::default(),
        })
    }

    fn names(&self) -> Vec<String> {
        self.secrets.lock().unwrap().keys().cloned().collect()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl SystemVerification for Mirror {
    fn gesture(&self) -> Gesture {
        self.gesture
    }

    fn is_there(&self) -> bool {
        !self.absent.load(Ordering::SeqCst)
    }

    fn make(&self, name: &str) -> Result<bool, Fault> {
        if self.hollow.load(Ordering::SeqCst) {
            return Ok(false);
        }
        let secret = Secret::random(KEY).unwrap().expose().to_vec();
        self.secrets.lock().unwrap().insert(name.to_owned(), secret);
        Ok(true)
    }

    fn secret(&self, name: &str, challenge: &[u8]) -> Result<Secret, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.turns_away.load(Ordering::SeqCst) {
            return Err(Fault::Cancelled);
        }
        let secrets = self.secrets.lock().unwrap();
        let secret = secrets.get(name).ok_or(Fault::Damaged)?;
        Ok(Secret::new([secret.as_slice(), challenge].concat()))
    }

    fn forget(&self, name: &str) -> Result<(), Fault> {
        self.secrets.lock().unwrap().remove(name);
        Ok(())
    }
}

/// The app, started on a computer with this system.
fn start(computer: &Computer, system: Option<&Arc<Mirror>>) -> (ThisDevice, Arc<Owner>) {
    let vault = Vault::new(Arc::new(computer.store.clone()));
    let cost = Cost { memory: 8, passes: 1, lanes: 1 };
    let pin = Arc::new(LocalPin::new(vault.clone(), cost, computer.clock.now()));
    let system = system.map(|system| system.clone() as Arc<dyn SystemVerification>);
    let owner = Arc::new(Owner::new(vault.clone(), pin, system));
    (ThisDevice::new(vault, owner.clone(), computer.clock.now()), owner)
}

#[tokio::test]
async fn where_the_system_recognises_somebody_no_pin_is_asked_for() {
    for gesture in [Gesture::TouchId, Gesture::WindowsHello] {
        let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(gesture));
        let (device, owner) = start(&computer, Some(&system));
        assert_eq!(owner.gesture().await, Ok(Some(gesture)));
        let person = Typist::new(&[PIN]);
        party.add(&device, person.clone()).await;
        assert_eq!(system.asked(), 1, "nobody makes a key unseen");

        // It outlives the app, and is asked before every use.
        let (device, owner) = start(&computer, Some(&system));
        for asked in 2..4 {
            let (options, state) = party.ask_any();
            let signed = sign(&device, &options, person.clone()).await.unwrap();
            assert!(party.take_any(state, &signed.answer).unwrap().user_verified());
            assert_eq!(system.asked(), asked);
        }
        assert!(person.asked().is_empty());
        assert_eq!(person.shown.lock().unwrap()[0], Sign::System(gesture));
        assert_eq!((owner.gesture().await, device.ready().await), (Ok(Some(gesture)), Ok(())));
        let mut names = device.item_names().await.unwrap();
        names.retain(|name| !name.starts_with("passkey-key") && !name.starts_with("passkey-pin"));
        names.sort();
        assert_eq!(names, computer.store.names(), "all of them move with the vault");
    }
}

#[tokio::test]
async fn who_turns_back_or_is_not_recognised_opens_nothing() {
    let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(Gesture::TouchId));
    let (device, _) = start(&computer, Some(&system));
    system.turns_away.store(true, Ordering::SeqCst);
    let (options, _) = party.ask_for_key();
    assert_eq!(make(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Cancelled));
    assert_eq!((computer.store.names(), system.names()), (Vec::new(), Vec::new()), "and nothing is left of it");

    system.turns_away.store(false, Ordering::SeqCst);
    party.add(&device, Typist::new(&[PIN])).await;
    system.turns_away.store(true, Ordering::SeqCst);
    let (options, state) = party.ask_any();
    let person = Typist::new(&[PIN]);
    assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::Cancelled));
    assert_eq!(device.verify((person.clone(), Cancel::default()), true).await, Err(Fault::Cancelled));
    assert!(person.asked().is_empty(), "a PIN of one's own choice is no way round it");
    system.turns_away.store(false, Ordering::SeqCst);
    let signed = sign(&device, &options, person).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();
}

#[tokio::test]
async fn neither_the_keychain_nor_another_system_opens_what_the_system_has_sealed() {
    let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(Gesture::WindowsHello));
    let (device, _) = start(&computer, Some(&system));
    party.add(&device, Typist::new(&[PIN])).await;
    let (options, _) = party.ask_any();
    for other in [None, Some(Mirror::new(Gesture::WindowsHello)), Some(Mirror::new(Gesture::TouchId))] {
        let (device, _) = start(&computer, other.as_ref());
        let person = Typist::new(&[PIN]);
        assert_eq!(sign(&device, &options, person.clone()).await, Err(Fault::Damaged));
        assert!(person.asked().is_empty());
    }
    // Somebody who can write to the keychain asks the system for something else.
    let item = computer.store.item(ITEM).unwrap();
    let mut kept: serde_json::Value = serde_json::from_slice(&item).unwrap();
    kept["challenge"] = serde_json::json!("AAAA");
    computer.store.insert(ITEM, kept.to_string().as_bytes());
    assert_eq!(sign(&start(&computer, Some(&system)).0, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged));
    computer.store.insert(ITEM, &item);
    assert!(sign(&start(&computer, Some(&system)).0, &options, Typist::new(&[PIN])).await.is_ok());
}

#[tokio::test]
async fn without_such_a_system_there_is_a_pin_and_who_has_chosen_one_keeps_it() {
    let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(Gesture::TouchId));
    system.absent.store(true, Ordering::SeqCst);
    let (device, owner) = start(&computer, Some(&system));
    assert_eq!(owner.gesture().await, Ok(None));
    let person = Typist::new(&[PIN]);
    party.add(&device, person.clone()).await;
    assert_eq!(person.asked()[0].reason, PinReason::Choose);

    // The computer has got a sensor meanwhile.
    system.absent.store(false, Ordering::SeqCst);
    let (device, owner) = start(&computer, Some(&system));
    assert_eq!(owner.gesture().await, Ok(None));
    let person = Typist::new(&[PIN]);
    let (options, state) = party.ask_any();
    let signed = sign(&device, &options, person.clone()).await.unwrap();
    party.take_any(state, &signed.answer).unwrap();
    assert_eq!((person.asked().len(), system.asked()), (1, 0));

    // One that says only when it is to keep something that it cannot.
    let computer = Computer::new();
    system.hollow.store(true, Ordering::SeqCst);
    let person = Typist::new(&[PIN]);
    Party::new().add(&start(&computer, Some(&system)).0, person.clone()).await;
    assert_eq!(person.asked()[0].reason, PinReason::Choose);
}

#[tokio::test]
async fn what_the_system_has_lost_is_removed_by_the_person_or_made_anew_where_nothing_is_lost_with_it() {
    let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(Gesture::WindowsHello));
    let (device, owner) = start(&computer, Some(&system));
    let made = party.add(&device, Typist::new(&[PIN])).await;
    // Windows Hello was set up anew.
    system.secrets.lock().unwrap().clear();
    let (options, _) = party.ask_any();
    assert_eq!(sign(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged));
    party.user = webauthn_rs::prelude::Uuid::from_u128(9);
    let (options, _) = party.ask_for_key();
    assert_eq!(make(&device, &options, Typist::new(&[PIN])).await, Err(Fault::Damaged), "there is a key behind it");

    device.forget(&made.credential_id).await.unwrap();
    party.keys.clear();
    party.add(&device, Typist::new(&[PIN])).await;
    assert_eq!(system.names().len(), 1);

    device.forget_all().await.unwrap();
    assert_eq!((computer.store.names(), system.names()), (Vec::new(), Vec::new()));
    assert_eq!(owner.gesture().await, Ok(Some(Gesture::WindowsHello)));
}

#[tokio::test]
async fn an_end_in_the_middle_of_removing_is_gone_on_with() {
    let (computer, mut party, system) = (Computer::new(), Party::new(), Mirror::new(Gesture::TouchId));
    let (device, owner) = start(&computer, Some(&system));
    party.add(&device, Typist::new(&[PIN])).await;
    let place = PasswordPlace { name: "a1b2".to_owned(), origin: "https://clerk.harbour.example".to_owned() };
    let what = ("ada@example.com".to_owned(), Secret::new(b"correct horse".to_vec()));
    let person = Typist::new(&[PIN]);
    device.keep_password((person.clone(), Cancel::default()), place.clone(), what, false).await.unwrap();
    let (whose, password) = device.open_password((person, Cancel::default()), place).await.unwrap();
    assert_eq!((whose.as_str(), password.expose()), ("ada@example.com", &b"correct horse"[..]));

    owner.wipe().await.unwrap();
    let (device, owner) = start(&computer, Some(&system));
    assert_eq!(owner.open(Typist::new(&[PIN]), true).await.err(), Some(Fault::Wiped), "nothing is opened meanwhile");
    assert!(device.keys().await.unwrap().is_empty() && device.passwords().await.unwrap().is_empty());
    assert_eq!((computer.store.names(), system.names()), (Vec::new(), Vec::new()));
}
