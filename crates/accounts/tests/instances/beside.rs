//! Two processes of the app on one folder and one keychain: neither signs the other out, and neither loses what the other
//! has written.

use std::{path::PathBuf, time::Duration};

use frontdesk_accounts::{AccountKey, Pace, Status};
use futures_util::future::{join, join_all};

use crate::{
    desk::{Desk, pace, signed_in},
    house::{House, Plan},
};

/// Two processes with one account.
async fn two(house: &House) -> (Desk, Desk, AccountKey) {
    let desk = Desk::new();
    let instance = desk.add(house).await;
    let account = desk.sign_in(&instance).await;
    let beside = desk.beside();
    beside.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
    (desk, beside, account)
}

#[tokio::test]
async fn of_two_processes_one_asks_for_a_token_and_both_have_it() {
    let house = House::at_port().await;
    let (desk, beside, account) = two(&house).await;
    for rounds in 1..=3 {
        let many = async |desk: &Desk| join_all((0..20).map(|_| desk.token(&account, false))).await;
        let (here, there) = join(many(&desk), many(&beside)).await;
        let first = here[0].as_ref().unwrap();
        assert!(here.iter().chain(&there).all(|token| token.as_ref().unwrap() == first));
        assert_eq!(house.count("/tokens"), rounds, "one refresh for each need");
        // Less than is handed out is left; the second process counts from its own start.
        desk.advance(58_000);
        beside.uptime.fetch_add(58_000, std::sync::atomic::Ordering::Relaxed);
    }
    for app in [&desk, &beside] {
        assert_eq!(signed_in(&app.view(&account.instance)), [account.session.as_str()]);
    }
}

#[tokio::test]
async fn a_process_that_stands_still_or_dies_while_it_asks_stops_nobody() {
    let house = House::at_port().await;
    let desk = Desk::with_pace(Pace { answer: Duration::from_millis(200), ..pace() });
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.token(&account, false).await.unwrap();
    let is_lock = |file: &PathBuf| file.parent().unwrap().ends_with("tokens") && file.extension().unwrap() == "lock";
    let lock = desk.files().into_iter().find(is_lock).unwrap();
    // Another process holds it, and does not come to an end.
    let other = std::fs::File::open(lock).unwrap();
    other.lock().unwrap();
    desk.advance(58_000);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2);
    // Nothing is written past its holder.
    drop(other);
    let beside = desk.beside();
    beside.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
    beside.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 3);
}

#[tokio::test]
async fn what_is_handed_on_is_sealed_and_goes_with_the_session() {
    let house = House::at_port().await;
    let (desk, beside, account) = two(&house).await;
    let token = desk.token(&account, false).await.unwrap();
    assert_eq!(beside.token(&account, false).await.unwrap(), token);
    let handed =
        || desk.files().into_iter().filter(|file| file.parent().unwrap().ends_with("tokens")).collect::<Vec<_>>();
    assert!(!handed().is_empty());
    for file in desk.files() {
        let bytes = std::fs::read(&file).unwrap();
        let signature = token.rsplit('.').next().unwrap().as_bytes();
        assert!(!bytes.windows(signature.len()).any(|window| window == signature), "{}", file.display());
    }
    // One that is damaged is no token; a new one is asked for.
    for file in handed().iter().filter(|file| file.extension().is_some_and(|it| it == "sealed")) {
        std::fs::write(file, "FDSEAL1\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").unwrap();
    }
    desk.advance(58_000);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2);

    desk.sign_out(&account.instance, Some(&account.session)).await.unwrap();
    assert!(handed().is_empty(), "{:?}", handed());
}

#[tokio::test]
async fn a_fresh_token_is_asked_for_whatever_another_process_has() {
    let house = House::at_port().await;
    let (desk, beside, account) = two(&house).await;
    let first = desk.token(&account, false).await.unwrap();
    assert_ne!(beside.token(&account, true).await.unwrap(), first);
    assert_eq!(house.count("/tokens"), 2);
    // What cannot be had is not handed on either.
    house.plan("/tokens", Plan::Instead(422, vec![], crate::house::refusal(422, "form_param_unknown").1.to_string()));
    beside.token(&account, true).await.unwrap_err();
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 3);
}

#[tokio::test]
async fn sec_109_a_process_whose_token_is_old_takes_the_new_one_from_the_keychain() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let beside = desk.beside();
    beside.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
    // Each sign-in makes the token before last worthless.
    desk.sign_in(&instance).await;
    desk.sign_in(&instance).await;
    beside.token(&account, true).await.unwrap();
    beside.reload(&instance).await.unwrap();
    for app in [&desk, &beside] {
        assert_eq!(signed_in(&app.view(&instance)), ["sess_1", "sess_2", "sess_3"]);
        assert_eq!(app.kept(&instance), house.token());
    }
}

#[tokio::test]
async fn sec_109_what_either_process_added_is_there_at_the_next_start() {
    let (one, other) = (House::at_port().await, House::at_port().await);
    let desk = Desk::new();
    desk.add(&House::at_port().await).await;
    let beside = desk.beside();
    let (here, there) = (desk.add(&one).await, beside.add(&other).await);
    desk.sign_in(&here).await;
    beside.sign_in(&there).await;
    drop(desk);
    let again = beside.again();
    for instance in [here, there] {
        let view = again.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
        assert_eq!(signed_in(&view), ["sess_1"]);
    }
}
