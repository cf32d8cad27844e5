//! Answers in any order: what is shown and kept is always the newest.

use std::sync::Arc;

use frontdesk_accounts::{AccountRequest, ErrorKind};
use futures_util::future::join_all;

use crate::{
    desk::{Desk, signed_in},
    house::{House, Plan, refusal, token},
};

#[tokio::test]
async fn a_late_answer_never_takes_back_what_is_newer() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    let held = house.hold("/v1/client");
    let late = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.reload(&instance).await }
    });
    held.arrived().await;
    desk.sign_in(&instance).await;
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
    held.release();
    late.await.unwrap().unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn late_settings_never_take_back_newer_ones() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    let held = house.hold("/v1/environment");
    let late = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.reload(&instance).await }
    });
    held.arrived().await;
    house.set_name("Villa");
    desk.reload(&instance).await.unwrap();
    held.release();
    late.await.unwrap().unwrap();
    assert_eq!(desk.view(&instance).environment.unwrap().display_config.application_name, "Villa");
}

#[tokio::test]
async fn sec_31_requests_in_flight_during_a_sign_in_succeed_and_end_on_one_token() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let old = house.token().unwrap();
    let held: Vec<_> = (0..20).map(|_| house.hold("/me/sessions/active")).collect();
    let asked = (0..20).map(|_| {
        let (desk, account) = (desk.clone(), account.clone());
        tokio::spawn(async move { desk.accounts.account(AccountRequest::ActiveSessions { account }).await })
    });
    let asked: Vec<_> = asked.collect();
    house.arrived("/me/sessions/active", 20).await;
    assert_eq!(desk.kept(&instance), Some(old.clone()));
    desk.sign_in(&instance).await;
    let new = house.token().unwrap();
    assert_ne!(old, new);
    // Each of these answers still carries the token that was current when it was made.
    for held in held {
        held.release();
    }
    for done in join_all(asked).await {
        assert_eq!(done.unwrap().unwrap()[0]["id"], "sess_1");
    }
    assert_eq!(desk.kept(&instance), Some(new.clone()));
    desk.reload(&instance).await.unwrap();
    assert_eq!(house.seen().last().unwrap().token(), Some(format!("Bearer {new}").as_str()));
}

#[tokio::test]
async fn a_request_that_was_refused_for_its_old_token_is_made_again_with_the_new_one() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    // The instance refuses the old token before it hears of the new one.
    let (_, refused) = refusal(401, "authentication_invalid");
    let held = house.hold("/sign_ins");
    let sign_in = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_in(&instance).await }
    });
    held.arrived().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    house.plan("/me", Plan::WaitInstead(told, 401, refused.to_string()));
    let reading = tokio::spawn({
        let desk = desk.clone();
        async move { desk.accounts.account(AccountRequest::Reload { account }).await }
    });
    house.arrived("/me", 1).await;
    held.release();
    sign_in.await.unwrap();
    tell.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap()["id"], "user_of_sess_1");
    let tokens: Vec<_> =
        house.seen().iter().filter(|seen| seen.path == "/v1/me").map(|seen| seen.token().unwrap().to_owned()).collect();
    assert_eq!(tokens, [format!("Bearer {}", token(1)), format!("Bearer {}", token(2))]);
}

#[tokio::test]
async fn two_first_requests_make_one_client() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    let held = house.hold("/sign_ins");
    let begin = || {
        let (desk, instance) = (desk.clone(), instance.clone());
        tokio::spawn(async move { desk.try_sign_in(&instance, None).await })
    };
    let (one, other) = (begin(), begin());
    held.arrived().await;
    held.release();
    one.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    let tokens: Vec<_> = house
        .seen()
        .iter()
        .filter(|seen| seen.path.ends_with("/sign_ins"))
        .map(|seen| seen.token().map(str::to_owned))
        .collect();
    assert_eq!(tokens, [None, Some(format!("Bearer {}", token(0)))]);
}

#[tokio::test]
async fn an_answer_from_before_signing_out_brings_nobody_back() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    let held = house.hold("/v1/client");
    let late = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.reload(&instance).await }
    });
    held.arrived().await;
    desk.sign_out(&instance, None).await.unwrap();
    held.release();
    late.await.unwrap().unwrap();
    assert!(desk.view(&instance).client.is_none());
    assert_eq!(desk.kept(&instance), None);
}

#[tokio::test]
async fn who_signs_in_while_everybody_is_signed_out_stays_signed_in() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    let left = house.hold("/v1/client/sessions");
    let leaving = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_out(&instance, None).await }
    });
    left.arrived().await;
    let held = house.hold("/sign_ins");
    let sign_in = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_in(&instance).await }
    });
    held.arrived().await;
    left.release();
    leaving.await.unwrap().unwrap();
    held.release();
    let account = sign_in.await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token());
}

/// The instance hears of both, and answers to the sign-in first although it did that last.
#[tokio::test]
async fn who_signs_in_at_an_instance_that_has_just_signed_everybody_out_stays_signed_in() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    let slow = house.slow_down("/sign_ins");
    let sign_in = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_in(&instance).await }
    });
    slow.arrived().await;
    let left = house.hold("/v1/client/sessions");
    let leaving = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_out(&instance, None).await }
    });
    left.arrived().await;
    slow.release();
    let account = sign_in.await.unwrap();
    left.release();
    leaving.await.unwrap().unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn sec_41_signing_the_only_account_out_leaves_the_one_that_is_signing_in() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    let first = desk.sign_in(&instance).await;
    let held = house.hold("/sign_ins");
    let sign_in = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.sign_in(&instance).await }
    });
    // Signed in there, and not yet here.
    held.arrived().await;
    desk.sign_out(&instance, Some(&first.session)).await.unwrap();
    held.release();
    let account = sign_in.await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
}

#[tokio::test]
async fn nobody_is_called_signed_out_while_it_is_unknown_whether_they_are() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let (status, body) = refusal(401, "authentication_invalid");
    house.plan("/v1/client/sessions", Plan::Instead(status, vec![], body.to_string()));
    // The instance is asked what it knows, and that is lost each time.
    (0..12).for_each(|_| house.plan("/v1/client", Plan::Drop));
    let failed = desk.sign_out(&instance, None).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
}

#[tokio::test]
async fn who_signs_in_again_and_again_over_a_bad_network_is_not_signed_out() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    // Each of these happened at the instance, and each made the token before last worthless there.
    for _ in 0..3 {
        house.plan("/sign_ins", Plan::Instead(502, vec![], "<html>".to_owned()));
        desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    }
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2", "sess_3", "sess_4"]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn a_step_is_not_taken_while_it_is_unknown_what_became_of_the_one_before() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    house.plan("/sign_ins", Plan::Instead(502, vec![], "<html>".to_owned()));
    desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    (0..3).for_each(|_| house.plan("/v1/client", Plan::Drop));
    let failed = desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    assert!(failed.message.contains("nothing changed"), "{}", failed.message);
    assert_eq!(house.count("/sign_ins"), 2);
}

#[tokio::test]
async fn a_refused_token_does_not_take_its_successor_with_it() {
    let (desk, house) = (Arc::new(Desk::new()), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    // The reload is told that nobody is known, while a sign-in that was sent later is already answered.
    let (tell, told) = tokio::sync::oneshot::channel();
    let nobody = r#"{"response":null,"client":null}"#;
    house.plan("/v1/client", Plan::WaitInstead(told, 200, nobody.to_owned()));
    let late = tokio::spawn({
        let (desk, instance) = (desk.clone(), instance.clone());
        async move { desk.reload(&instance).await }
    });
    house.arrived("/v1/client", 1).await;
    desk.sign_in(&instance).await;
    tell.send(()).unwrap();
    late.await.unwrap().unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn a_step_without_an_attempt_is_refused_here() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let request = frontdesk_accounts::SignInRequest::Reload { instance: instance.clone() };
    let refused = desk.accounts.sign_in(request.clone()).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused);
    assert_eq!(house.count("/sign_ins"), 0);
    desk.try_sign_in(&instance, None).await.unwrap();
    assert!(desk.view(&instance).client.unwrap().sign_in.is_some());
    let missing = desk.accounts.sign_in(request).await.unwrap_err();
    assert_eq!((missing.kind, missing.status), (ErrorKind::Api, Some(404)));
}
