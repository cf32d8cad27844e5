#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_vault::fake::Fault as Broken;
use serde_json::json;

use super::*;
use crate::testing::{Computer, PIN, Party, Typist, site};

fn on(computer: &Computer) -> Authenticators {
    Authenticators::new(vec![Arc::new(computer.start().0)])
}

fn creation(options: &serde_json::Value) -> Creation {
    site().creation(&options.to_string()).unwrap()
}

#[tokio::test]
async fn what_can_work_is_offered_with_why_the_rest_cannot() {
    let computer = Computer::new();
    assert_eq!(on(&computer).offers().await, [Offer { kind: Kind::ThisDevice, ready: Ok(()) }]);
    computer.store.set(Broken::Locked);
    let offers = on(&computer).offers().await;
    assert!(matches!(offers[0].ready, Err(Unready::Locked(_))), "{offers:?}");
    computer.store.set(Broken::Absent);
    let all = on(&computer);
    assert!(matches!(all.offers().await[0].ready, Err(Unready::NoKeychain(_))));
    let (options, _) = Party::new().ask_for_key();
    let person = Typist::new(&[PIN]);
    let refused = all.register(Kind::ThisDevice, creation(&options), person.clone(), Cancel::default()).await;
    assert!(matches!(refused, Err(Fault::Unready(Kind::ThisDevice, Unready::NoKeychain(_)))), "{refused:?}");
    let refused = all.register(Kind::Windows, creation(&options), person.clone(), Cancel::default()).await;
    assert_eq!(refused, Err(Fault::Unknown(Kind::Windows)));
    assert!(person.asked().is_empty());
}

#[tokio::test]
async fn a_keychain_that_does_not_answer_holds_no_screen_and_works_once_it_does() {
    let computer = Computer::new();
    computer.store.set(Broken::Slow);
    let all = on(&computer);
    assert_eq!(all.offers().await[0].ready, Err(Unready::NoAnswer));
    let (options, _) = Party::new().ask_for_key();
    let opened = async {
        tokio::time::sleep(PATIENCE + Duration::from_millis(100)).await;
        computer.store.set(Broken::None);
    };
    let making = all.register(Kind::ThisDevice, creation(&options), Typist::new(&[PIN]), Cancel::default());
    let (made, ()) = tokio::join!(making, opened);
    assert!(made.is_ok(), "{made:?}");
}

#[tokio::test]
async fn this_computer_has_its_own_and_what_its_system_lets_applications_use() {
    let offers = Authenticators::here(Computer::new().start().0).offers().await;
    let kinds: Vec<_> = offers.iter().map(|offer| offer.kind).collect();
    let mut expected = vec![Kind::ThisDevice, if cfg!(windows) { Kind::Windows } else { Kind::SecurityKey }];
    // In builds that have it.
    expected.extend(cfg!(all(unix, feature = "phone")).then_some(Kind::Phone));
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn an_instance_that_wants_another_kind_gets_none_of_this_one() {
    let all = on(&Computer::new());
    let (mut options, _) = Party::new().ask_for_key();
    for (wanted, fits) in [("cross-platform", false), ("platform", true), ("of-tomorrow", true)] {
        options["authenticatorSelection"]["authenticatorAttachment"] = json!(wanted);
        let made = all.register(Kind::ThisDevice, creation(&options), Typist::new(&[PIN]), Cancel::default()).await;
        assert_eq!(made.err(), if fits { None } else { Some(Fault::Attachment) }, "{wanted}");
    }
}

#[tokio::test]
async fn who_cancels_waits_less_than_a_second_and_the_next_ceremony_works() {
    let all = on(&Computer::new());
    let (options, _) = Party::new().ask_for_key();
    let cancel = Cancel::default();
    let person = Typist::asleep();
    let running = all.register(Kind::ThisDevice, creation(&options), person.clone(), cancel.clone());
    let end = async {
        while person.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
        std::time::Instant::now()
    };
    let (ended, since) = tokio::join!(running, end);
    assert_eq!(ended, Err(Fault::Cancelled));
    assert!(since.elapsed() < Duration::from_secs(1));
    let made = all.register(Kind::ThisDevice, creation(&options), Typist::new(&[PIN]), Cancel::default()).await;
    assert!(made.is_ok(), "{made:?}");
}

#[tokio::test]
async fn a_ceremony_that_nobody_waits_for_lets_go() {
    let all = on(&Computer::new());
    let (options, _) = Party::new().ask_for_key();
    let person = Typist::asleep();
    let running = all.register(Kind::ThisDevice, creation(&options), person.clone(), Cancel::default());
    let begun = async {
        while person.asked().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { _ = running => unreachable!("nobody answers"), () = begun => {} }
    let made = all.register(Kind::ThisDevice, creation(&options), Typist::new(&[PIN]), Cancel::default()).await;
    assert!(made.is_ok(), "{made:?}");
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_the_instance_waits() {
    struct Never;
    impl Authenticator for Never {
        fn kind(&self) -> Kind {
            Kind::SecurityKey
        }
        fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
            Box::pin(async { Ok(()) })
        }
        fn register(&self, _: Creation, _: Arc<dyn Person>, cancel: Cancel) -> BoxFuture<'_, Result<Made, Fault>> {
            Box::pin(async move {
                cancel.cancelled().await;
                Err(Fault::Cancelled)
            })
        }
        fn sign_in(&self, _: Request, _: Arc<dyn Person>, _: Cancel) -> BoxFuture<'_, Result<Signed, Fault>> {
            Box::pin(std::future::pending())
        }
    }
    let all = Authenticators::new(vec![Arc::new(Never)]);
    let request = |timeout: u64| {
        let options = json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAA", "rpId": "example.com", "timeout": timeout });
        site().request(&options.to_string()).unwrap()
    };
    assert_eq!(request(1).time(), Duration::from_secs(30), "people need time to find a key");
    assert_eq!(request(u64::MAX).time(), Duration::from_mins(10));
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let ended = all.sign_in(Kind::SecurityKey, request(60_000), Typist::new(&[PIN]), Cancel::default()).await;
    assert_eq!(ended, Err(Fault::TimedOut));
    assert!((60..=61).contains(&begun.elapsed().as_secs()));
}
