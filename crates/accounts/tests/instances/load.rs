//! Loading an instance: what is asked, when it is asked again, what is taken of the answers.

use frontdesk_accounts::{ErrorKind, InstanceKind, LocalState, Pace, Problem, Reason, Status};
use serde_json::json;
use std::time::Duration;

use crate::{
    desk::{Desk, pace, problem, signed_in},
    house::{House, Plan, refusal},
};

#[tokio::test]
async fn what_the_list_says_is_shown_at_once() {
    let desk = Desk::new();
    let snapshot = desk.snapshot();
    assert_eq!(snapshot.status, Status::Loading);
    assert_eq!(snapshot.instances.len(), 1);
    assert_eq!(snapshot.instances[0].kind, InstanceKind::Local);
    assert_eq!(snapshot.instances[0].status, Status::Loading);
    assert_eq!(snapshot.instances[0].problem, None);
}

#[tokio::test]
async fn requests_say_who_asks_and_carry_nothing_else() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let first = house.seen();
    assert_eq!(first.len(), 1, "without a token there is no client to ask for");
    assert_eq!((first[0].method.as_str(), first[0].path.as_str()), ("GET", "/v1/environment"));
    assert_eq!(first[0].query, "__clerk_api_version=2026-05-12&_is_native=1");
    assert_eq!(first[0].token(), None);

    let account = desk.sign_in(&instance).await;
    desk.reload(&instance).await.unwrap();
    desk.token(&account, false).await.unwrap();
    for seen in house.seen() {
        assert!(seen.query.contains("_is_native=1"), "{seen:?}");
        for absent in ["origin", "cookie", "referer"] {
            assert!(!seen.headers.contains_key(absent), "{seen:?}");
        }
    }
    let read = house.seen().into_iter().find(|seen| seen.path == "/v1/client").unwrap();
    assert_eq!(read.token(), Some(format!("Bearer {}", house.token().unwrap()).as_str()));
}

#[tokio::test]
async fn reading_is_tried_again_after_network_faults_and_changing_is_not() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.plan("/environment", Plan::Drop);
    house.plan("/environment", Plan::Cut);
    let instance = desk.add(&house).await;
    assert_eq!(house.count("/environment"), 3);

    house.plan("/sign_ins", Plan::Drop);
    let failed = desk.try_sign_in(&instance, None).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    assert!(failed.message.contains("may have happened"), "{}", failed.message);
    assert_eq!(house.count("/sign_ins"), 1, "what may have happened is not asked for again");

    let account = desk.sign_in(&instance).await;
    house.plan("/tokens", Plan::Drop);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2, "a token more does no harm");
}

#[tokio::test]
async fn other_faults_than_the_networks_are_not_tried_again() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (_, gone) = refusal(500, "internal_error");
    for (status, body) in
        [(500, gone.to_string()), (502, "<html>".to_owned()), (429, refusal(429, "too_many_requests").1.to_string())]
    {
        let before = house.count("/environment");
        house.plan("/environment", Plan::Instead(status, vec![], body));
        assert!(desk.reload(&instance).await.is_err());
        // The keeper takes over and is answered well.
        desk.until_at(&instance, |view| view.status == Status::Ready).await;
        assert_eq!(house.count("/environment"), before + 2, "{status}");
    }
}

#[tokio::test]
async fn an_instance_that_cannot_be_reached_is_tried_until_it_can() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    for _ in 0..8 {
        house.plan("/environment", Plan::Drop);
    }
    let instance = desk.add_only(&house).await;
    let view = desk.until_at(&instance, |view| view.status != Status::Loading).await;
    assert_eq!((view.status, problem(&view)), (Status::Error, Some("network_unreachable")));
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(problem(&view), None);
    assert_eq!(house.count("/environment"), 9);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let house = House::at_port().await;
    let desk = Desk::with_pace(Pace { answer: Duration::from_millis(50), ..pace() });
    let instance = desk.add(&house).await;
    let held = house.hold("/sign_ins");
    let failed = desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    assert!(failed.message.contains("took too long"), "{}", failed.message);
    held.release();
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
}

#[tokio::test]
async fn what_changes_elsewhere_is_asked_for_from_time_to_time() {
    let house = House::at_port().await;
    let desk = Desk::with_pace(Pace { refresh: Duration::from_millis(1), ..pace() });
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    house.revoke(&account.session);
    let view = desk.until_at(&instance, |view| signed_in(view).is_empty()).await;
    assert_eq!(problem(&view), Some("session_revoked"));
    assert!(view.problem.unwrap().message.contains("sess_1@example.com"));
    assert_eq!(desk.snapshot().active, Some(account), "who looked at it is told, and not shown another");
}

#[tokio::test]
async fn the_instance_inside_the_app_is_spoken_to_over_its_socket() {
    let desk = Desk::new();
    let local = desk.snapshot().instances[0].id.clone();
    desk.accounts.set_local(LocalState::Starting);
    assert_eq!(desk.view(&local).status, Status::Loading);

    let broken = Problem::new(Reason::DataFolderUnwritable, "The disk is full.");
    desk.accounts.set_local(LocalState::Failed(broken.clone()));
    let view = desk.view(&local);
    assert_eq!((view.status, view.problem), (Status::Error, Some(broken)));
    let failed = desk.try_sign_in(&local, Some("right")).await.unwrap_err();
    assert_eq!((failed.kind, failed.message.as_str()), (ErrorKind::Network, "The disk is full."));
    assert_eq!(failed.said.unwrap().reason, Reason::DataFolderUnwritable);
    desk.accounts.set_local(LocalState::Starting);
    assert_eq!(desk.view(&local).status, Status::Loading);

    let socket = desk.folder().join("instance.sock");
    let house = House::at_socket(socket.clone());
    desk.accounts.set_local(LocalState::Serving { socket, publishable_key: house.key() });
    let view = desk.until_at(&local, |view| view.status == Status::Ready).await;
    assert_eq!(view.publishable_key, Some(house.key()));
    assert_eq!(view.host, "127.0.0.1:4599");
    desk.sign_in(&local).await;
    assert_eq!(signed_in(&desk.view(&local)), ["sess_1"]);

    house.post(json!({ "id": "msg_1", "kind": "email", "to": "ada@example.com", "subject": "Code", "body": "424242",
        "code": "424242", "created_at": 5 }));
    let request = frontdesk_accounts::InstanceRequest::Outbox { instance: local.clone() };
    let messages = desk.accounts.instance(request).await.unwrap();
    assert_eq!(messages[0]["code"], "424242");
    let asked = house.seen().pop().unwrap();
    assert_eq!((asked.path.as_str(), asked.token()), ("/frontdesk/outbox", None));
}
