//! What lies between the app and an instance: networks that answer in its place, waits that it asks for, clocks that differ.

use std::sync::atomic::Ordering;

use frontdesk_accounts::{AccountRequest, ErrorKind, Reason, Status};
use serde_json::json;

use crate::{
    desk::{Desk, signed_in},
    house::{House, Plan, refusal},
};

#[tokio::test]
async fn a_network_that_wants_to_be_signed_in_to_is_told_as_such_and_costs_nothing() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let page = "<!DOCTYPE html><title>Free WiFi</title>";
    let elsewhere = vec![("location", "http://portal.example/".to_owned())];
    for (status, headers, body) in [(302, elsewhere, ""), (200, vec![], page), (511, vec![], page)] {
        for path in ["/environment", "/v1/client"] {
            house.plan(path, Plan::Instead(status, headers.clone(), body.to_owned()));
        }
        let failed = desk.reload(&instance).await.unwrap_err();
        assert_eq!((failed.kind, failed.said.unwrap().reason), (ErrorKind::Network, Reason::NetworkWantsSignIn));
        // Once the network lets through what is asked, everything is as it was.
        desk.until_at(&instance, |view| view.status == Status::Ready).await;
        assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
        assert_eq!(desk.kept(&instance), house.token());
    }
    house.plan("/me", Plan::Instead(200, vec![], page.to_owned()));
    let failed = desk.accounts.account(AccountRequest::Reload { account: account.clone() }).await.unwrap_err();
    assert_eq!(failed.said.unwrap().reason, Reason::NetworkWantsSignIn);
    assert_eq!(desk.snapshot().active, Some(account));
}

#[tokio::test]
async fn who_asks_too_often_is_told_how_long_to_wait_and_stays_signed_in() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let (_, body) = refusal(429, "too_many_requests");
    house.plan("/me", Plan::Instead(429, vec![("retry-after", "17".to_owned())], body.to_string()));
    let failed = desk.accounts.account(AccountRequest::Reload { account }).await.unwrap_err();
    assert_eq!((failed.status, failed.retry_after_seconds), (Some(429), Some(17)));
    assert_eq!(house.count("/me"), 1, "it is not asked again by itself");
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
}

#[tokio::test]
async fn clocks_that_differ_are_told_from_the_dates_of_answers() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let environment = json!({ "display_config": { "application_name": "House" } }).to_string();
    let date = |date: &str| Plan::Instead(200, vec![("date", date.to_owned())], environment.clone());
    // The app's clock stands at the epoch.
    house.plan("/environment", date("Thu, 01 Jan 1970 01:00:00 GMT"));
    desk.reload(&instance).await.unwrap();
    assert_eq!(desk.view(&instance).clock_ahead, 3_600_500);
    // It is set right.
    desk.clock.store(3_600_000, Ordering::Relaxed);
    house.plan("/environment", date("Thu, 01 Jan 1970 01:00:00 GMT"));
    desk.reload(&instance).await.unwrap();
    assert_eq!(desk.view(&instance).clock_ahead, 0);
    // A date that is none says nothing.
    house.plan("/environment", date("yesterday"));
    desk.reload(&instance).await.unwrap();
    assert_eq!(desk.view(&instance).clock_ahead, 0);
}

#[tokio::test]
async fn an_instance_that_somebody_could_not_reach_is_said_to_be_away_at_once_and_looked_for() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    // The network is cut, and back a moment later. Nobody reloads anything: the next look would be in an hour.
    house.plan("/v1/me", Plan::Drop);
    let held = house.hold("/v1/environment");
    let update = frontdesk_accounts::AccountRequest::Update {
        account,
        first_name: Some("Ada".to_owned()),
        last_name: None,
        username: None,
        primary_email_address_id: None,
        primary_phone_number_id: None,
    };
    desk.accounts.account(update).await.unwrap_err();
    house.arrived("/v1/environment", 2).await;
    held.release();
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
}
