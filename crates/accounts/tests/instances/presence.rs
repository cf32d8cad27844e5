//! What is asked of instances by itself: nothing while nobody looks, and nothing in the name of an account that nobody
//! uses. An account that is not used ends where its instance wants that.

use std::time::Duration;

use frontdesk_accounts::{AccountRequest, Pace, Status};

use crate::{
    desk::{Desk, pace, problem, signed_in},
    house::{House, Plan},
};

/// Asks again without a pause: in the time of one request, hours go by.
fn hurried() -> Desk {
    Desk::with_pace(Pace { refresh: Duration::from_millis(1), ..pace() })
}

/// As long as so many requests take, each of which is hours to somebody hurried.
async fn hours(desk: &Desk, clock: &str, many: usize) {
    for _ in 0..many {
        desk.reload(clock).await.unwrap();
    }
}

#[tokio::test]
async fn sec_35_hours_out_of_sight_are_no_request() {
    let (desk, house, clock) = (hurried(), House::at_port().await, House::at_port().await);
    let (instance, clock) = (desk.add(&house).await, desk.add(&clock).await);
    desk.sign_in(&instance).await;
    // In sight, it is asked again and again.
    house.arrived("/client", house.count("/client") + 3).await;
    desk.accounts.set_presence(false);
    // What was on its way may arrive still.
    hours(&desk, &clock, 10).await;
    let before = house.seen().len();
    hours(&desk, &clock, 100).await;
    assert_eq!(house.seen().len(), before);

    house.revoke("sess_1");
    desk.accounts.set_presence(true);
    desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
}

#[tokio::test]
async fn who_comes_back_finds_what_is_shown_loaded_anew() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.set_presence(false);
    house.revoke("sess_1");
    desk.accounts.set_presence(true);
    // The usual pause is an hour.
    let view = desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
    assert_eq!(problem(&view), Some("session_revoked"));
}

#[tokio::test]
async fn an_app_that_starts_out_of_sight_asks_nothing_until_it_is_seen() {
    let (desk, house, clock) = (Desk::unseen(), House::at_port().await, House::at_port().await);
    let clock = desk.add_only(&clock).await;
    let instance = desk.add_only(&house).await;
    hours(&desk, &clock, 50).await;
    assert_eq!(house.seen().len(), 0);
    assert_eq!(desk.view(&instance).status, Status::Loading);
    desk.accounts.set_presence(true);
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
}

#[tokio::test]
async fn sec_35_nor_does_it_ask_about_who_is_signed_in() {
    let (desk, house, clock) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (instance, clock) = (desk.add(&house).await, desk.add(&clock).await);
    let account = desk.sign_in(&instance).await;
    hours(&desk, &clock, 10).await;
    let before = house.seen().len();
    let desk = desk.again();
    desk.accounts.set_presence(false);
    desk.accounts.recheck_vault().await;
    desk.until_at(&instance, |view| view.client.is_some()).await;
    hours(&desk, &clock, 50).await;
    assert_eq!(house.seen().len(), before, "who is shown comes out of the cache");
    desk.accounts.set_presence(true);
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(desk.snapshot().active, Some(account));
}

#[tokio::test]
async fn only_the_instance_of_the_account_on_screen_is_asked_again() {
    let (desk, shown, other) = (hurried(), House::at_port().await, House::at_port().await);
    let (here, there) = (desk.add(&shown).await, desk.add(&other).await);
    let aside = desk.sign_in(&there).await;
    desk.sign_in(&here).await;
    shown.arrived("/client", shown.count("/client") + 3).await;
    let before = other.seen().len();
    shown.arrived("/client", shown.count("/client") + 50).await;
    assert_eq!(other.seen().len(), before);

    desk.accounts.account(AccountRequest::SetActive { account: Some(aside) }).await.unwrap();
    other.arrived("/client", other.count("/client") + 3).await;
}

#[tokio::test]
async fn sec_35_an_account_is_not_kept_alive_by_another_one_beside_it() {
    let (desk, house) = (hurried(), House::at_port().await);
    let instance = desk.add(&house).await;
    let aside = desk.sign_in(&instance).await;
    let shown = desk.sign_in(&instance).await;
    let before = house.seen().len();
    for _ in 0..20 {
        desk.token(&shown, true).await.unwrap();
        house.arrived("/client", house.count("/client") + 1).await;
    }
    let of = |session: &str| {
        let later = house.seen().split_off(before);
        later.iter().filter(|seen| seen.path.contains(session) || seen.query.contains(session)).count()
    };
    assert_eq!(of(&aside.session), 0, "no token, no sign of use");
    assert!(of(&shown.session) >= 20);
}

#[tokio::test]
async fn an_instance_out_of_reach_is_tried_again_at_once_when_somebody_comes_back() {
    let desk = Desk::with_pace(Pace {
        reconnect: Duration::from_hours(1),
        reconnect_longest: Duration::from_hours(1),
        retries: Vec::new(),
        ..pace()
    });
    let house = House::at_port().await;
    house.plan("/environment", Plan::Drop);
    let instance = desk.add_only(&house).await;
    desk.until_at(&instance, |view| view.status == Status::Error).await;
    desk.accounts.set_presence(false);
    assert_eq!(house.count("/environment"), 1);
    desk.accounts.set_presence(true);
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
}

/// Somebody whose session ends in a minute, and who does not look.
async fn due_in_a_minute(clock: &House) -> (Desk, House, String, String) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let (instance, clock) = (desk.add(&house).await, desk.add(clock).await);
    house.expire_at(&desk.clock, 60_000, desk.view(&instance).clock_ahead);
    desk.sign_in(&instance).await;
    desk.accounts.set_presence(false);
    hours(&desk, &clock, 10).await;
    (desk, house, instance, clock)
}

/// The timers of the app go on.
async fn timers(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn whether_a_session_has_ended_that_was_due_to_is_asked_once_while_nobody_looks() {
    let elsewhere = House::at_port().await;
    let (desk, house, instance, clock) = due_in_a_minute(&elsewhere).await;
    let asked = house.count("/client");
    desk.advance(60_000);
    timers(Duration::from_mins(2)).await;
    let view = desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
    assert_eq!(problem(&view), Some("session_expired"), "which is what a notice says");
    timers(Duration::from_hours(24)).await;
    hours(&desk, &clock, 10).await;
    assert_eq!((house.count("/client"), house.count("/tokens")), (asked + 1, 0));
}

#[tokio::test]
async fn a_session_that_was_due_while_the_computer_slept_is_looked_at_when_it_wakes() {
    let elsewhere = House::at_port().await;
    let (desk, _house, instance, _) = due_in_a_minute(&elsewhere).await;
    // Timers stand still in a sleep.
    desk.set_ahead(3_600_000);
    // Nobody is there still, and the desktop says that the computer has woken up.
    desk.accounts.set_presence(false);
    let view = desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
    assert_eq!(problem(&view), Some("session_expired"));
}
