//! The account on screen stays in use while somebody is there, and no other does.

use std::time::Duration;

use frontdesk_accounts::{Pace, Status};

use crate::{
    desk::{Desk, pace, problem, signed_in},
    house::{House, Plan, refusal},
};

/// The shortest time without use after which an instance may end a session, in milliseconds.
const LIMIT: i64 = 300_000;

/// Looks at the clock without a pause: by that, an instance is told as often as it would be.
fn watchful() -> Desk {
    Desk::with_pace(Pace { in_use: Duration::from_millis(1), ..pace() })
}

/// How often an instance is told, in milliseconds.
fn step() -> i64 {
    i64::try_from(Pace::default().in_use.as_millis()).unwrap()
}

/// As long as it takes the app to look at the clock a few times.
async fn a_while(desk: &Desk, elsewhere: &str) {
    for _ in 0..20 {
        desk.reload(elsewhere).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_on_screen_outlasts_the_limit_of_its_instance_and_those_beside_it_do_not() {
    let (desk, house, other) = (watchful(), House::at_port().await, House::at_port().await);
    for house in [&house, &other] {
        house.end_unused(&desk.clock, LIMIT);
    }
    let (instance, elsewhere) = (desk.add(&house).await, desk.add(&other).await);
    desk.sign_in(&elsewhere).await;
    desk.sign_in(&instance).await;
    let shown = desk.sign_in(&instance).await;
    let mut told = 0;
    while i64::try_from(told).unwrap() * step() < 3 * LIMIT {
        desk.advance(step());
        told += 1;
        house.arrived("/tokens", told).await;
    }
    assert_eq!(other.count("/tokens"), 0);
    desk.token(&shown, false).await.unwrap();
    assert_eq!(house.count("/tokens"), told, "and its token is there");
    for instance in [&instance, &elsewhere] {
        desk.reload(instance).await.unwrap();
    }
    assert_eq!(signed_in(&desk.view(&instance)), [shown.session.as_str()]);
    assert_eq!(signed_in(&desk.view(&elsewhere)), [""; 0]);
}

#[tokio::test]
async fn sec_35_out_of_sight_no_account_is_kept_in_use() {
    let (desk, house, elsewhere) = (watchful(), House::at_port().await, House::at_port().await);
    house.end_unused(&desk.clock, LIMIT);
    let (instance, elsewhere) = (desk.add(&house).await, desk.add(&elsewhere).await);
    desk.sign_in(&instance).await;
    desk.advance(step());
    house.arrived("/tokens", 1).await;
    desk.accounts.set_presence(false);
    desk.advance(LIMIT);
    a_while(&desk, &elsewhere).await;
    assert_eq!(house.count("/tokens"), 1);
    desk.accounts.set_presence(true);
    let view = desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
    assert_eq!(problem(&view), Some("session_expired"));
}

#[tokio::test]
async fn who_starts_the_app_or_comes_back_uses_what_is_on_screen_at_once() {
    let (desk, house, elsewhere) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (instance, elsewhere) = (desk.add(&house).await, desk.add(&elsewhere).await);
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    a_while(&desk, &elsewhere).await;
    assert_eq!(house.count("/tokens"), 0, "whoever signs in has just used it");
    let desk = desk.again();
    house.arrived("/tokens", 1).await;
    desk.accounts.set_presence(false);
    desk.advance(7_200_000);
    desk.accounts.set_presence(true);
    house.arrived("/tokens", 2).await;
}

#[tokio::test]
async fn what_keeps_an_account_from_being_used_is_no_message_and_the_next_time_is_as_ever() {
    let (desk, house, elsewhere) = (watchful(), House::at_port().await, House::at_port().await);
    let (instance, elsewhere) = (desk.add(&house).await, desk.add(&elsewhere).await);
    let account = desk.sign_in(&instance).await;
    let seen = desk.view(&instance);
    let wait = vec![("retry-after", "3600".to_owned())];
    for (status, headers) in [(422, vec![]), (429, wait)] {
        house.plan("/tokens", Plan::Instead(status, headers, refusal(status, "refused").1.to_string()));
    }
    desk.advance(step());
    house.arrived("/tokens", 1).await;
    a_while(&desk, &elsewhere).await;
    desk.advance(step());
    house.arrived("/tokens", 2).await;
    a_while(&desk, &elsewhere).await;
    assert_eq!(desk.view(&instance), seen, "nothing has changed");
    // It wants to be left alone.
    desk.advance(step());
    desk.accounts.set_presence(true);
    a_while(&desk, &elsewhere).await;
    assert_eq!(house.count("/tokens"), 2);
    desk.advance(3_600_000);
    desk.accounts.set_presence(true);
    house.arrived("/tokens", 3).await;
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
}

#[tokio::test]
async fn an_instance_that_is_back_in_reach_is_told_at_once() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    let gone = refusal(500, "internal_error").1.to_string();
    house.plan("/environment", Plan::Instead(500, vec![], gone));
    desk.reload(&instance).await.unwrap_err();
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
    house.arrived("/tokens", 1).await;
}
