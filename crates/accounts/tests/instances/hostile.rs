//! Instances that mean ill or are broken: what they do stays with them.

use frontdesk_accounts::{AccountKey, AccountRequest, ErrorKind, SessionRequest, SignInRequest, Status};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, signed_in},
    house::{House, Plan},
};

/// Two instances with somebody signed in at each, the second of which is not to be trusted.
async fn good_and_bad() -> (Desk, House, String, House, String) {
    let (desk, good, bad) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (at_good, at_bad) = (desk.add(&good).await, desk.add(&bad).await);
    desk.sign_in(&at_bad).await;
    desk.sign_in(&at_good).await;
    (desk, good, at_good, bad, at_bad)
}

#[tokio::test]
async fn sec_106_ids_of_another_instance_change_nothing_there() {
    let (desk, good, at_good, bad, at_bad) = good_and_bad().await;
    let before = desk.view(&at_good);
    // Both have a client client_1 with a session sess_1; the bad one ends its own.
    bad.revoke("sess_1");
    desk.reload(&at_bad).await.unwrap();
    assert_eq!(signed_in(&desk.view(&at_bad)), [""; 0]);
    assert_eq!(desk.view(&at_good), before);
    assert_eq!(desk.snapshot().active, Some(AccountKey { instance: at_good.clone(), session: "sess_1".to_owned() }));
    let account = AccountKey { instance: at_good.clone(), session: "sess_1".to_owned() };
    desk.token(&account, false).await.unwrap();
    assert_eq!((good.count("/tokens"), bad.count("/tokens")), (1, 0));
    assert_eq!(desk.kept(&at_good), good.token());
}

#[tokio::test]
async fn sec_106_redirects_are_not_followed() {
    let (desk, good, _, bad, at_bad) = good_and_bad().await;
    let asked = good.seen().len();
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = vec![("location", format!("http://{}/v1/client", good.host()))];
        bad.plan("/sign_ins", Plan::Instead(status, elsewhere, String::new()));
        let failed = desk.try_sign_in(&at_bad, Some("right")).await.unwrap_err();
        // It may as well be the network that answers in the instance's place.
        assert_eq!((failed.kind, failed.status), (ErrorKind::Network, Some(status)));
    }
    assert_eq!(good.seen().len(), asked);
}

#[tokio::test]
async fn sec_106_bodies_without_end_are_cut_off() {
    let (desk, _, _, bad, at_bad) = good_and_bad().await;
    bad.plan("/me", Plan::Endless);
    let account = AccountKey { instance: at_bad.clone(), session: "sess_1".to_owned() };
    let failed = desk.accounts.account(AccountRequest::Reload { account }).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Protocol);
    assert!(failed.message.contains("too long"), "{}", failed.message);
    assert_eq!(signed_in(&desk.view(&at_bad)), ["sess_1"]);
}

#[tokio::test]
async fn sec_106_nonsense_changes_nothing() {
    let (desk, _, _, bad, at_bad) = good_and_bad().await;
    let before = desk.view(&at_bad).client;
    let deep = "[".repeat(100_000);
    let client = |client: Value| json!({ "response": client, "client": null }).to_string();
    let bodies = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "\u{0}".to_owned(),
        deep,
        client(json!([])),
        client(json!("client_1")),
        client(json!({})),
        client(json!({ "id": 7 })),
        client(json!({ "id": "client_1", "sessions": [{ "id": "sess_9" }] })),
        client(json!({ "id": "client_1", "sessions": { "id": "sess_9" } })),
        client(json!({ "id": "client_1", "updated_at": "tomorrow" })),
        client(json!({ "id": "client_1", "updated_at": 1e300 })),
    ];
    for body in bodies {
        bad.plan("/v1/client", Plan::Instead(200, vec![], body.clone()));
        let failed = desk.reload(&at_bad).await.unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Protocol, "{}", body.get(..80).unwrap_or(&body));
        // The keeper asks again and is answered well.
        desk.until_at(&at_bad, |view| view.status == Status::Ready).await;
        assert_eq!(signed_in(&desk.view(&at_bad)), ["sess_1"]);
    }
    assert_eq!(desk.view(&at_bad).client, before);
}

#[tokio::test]
async fn sec_106_strange_ids_lead_nowhere() {
    let (desk, _, _, bad, at_bad) = good_and_bad().await;
    for id in ["../../v1/environment", "..", "%2e%2e", "a/b", "a?b=c", "a#b", "", "sess 1", "é\u{202e}"] {
        let client = json!({
            "id": "client_1",
            "sessions": [{ "id": id, "status": "active" }, { "id": "sess_1", "status": "active" }],
            "sign_in": { "id": id, "status": "needs_first_factor" },
        });
        bad.plan("/v1/client", Plan::Instead(200, vec![], json!({ "response": client, "client": null }).to_string()));
        desk.reload(&at_bad).await.unwrap();
        let view = desk.view(&at_bad);
        assert_eq!(signed_in(&view), ["sess_1"], "{id}");
        assert_eq!(view.client.unwrap().sign_in, None, "{id}");
        let attempt = json!({ "response": { "id": id, "status": "needs_first_factor" }, "client": null });
        bad.plan("/sign_ins", Plan::Instead(200, vec![], attempt.to_string()));
        desk.try_sign_in(&at_bad, None).await.unwrap();
        let asked = bad.seen().len();
        let account = AccountKey { instance: at_bad.clone(), session: id.to_owned() };
        assert!(desk.accounts.session(SessionRequest::Touch { account }).await.is_err(), "{id}");
        desk.sign_out(&at_bad, Some(id)).await.unwrap();
        assert!(desk.accounts.sign_in(SignInRequest::Reload { instance: at_bad.clone() }).await.is_err(), "{id}");
        assert_eq!(bad.seen().len(), asked, "{id}");
    }
}

#[tokio::test]
async fn words_of_an_instance_are_cut_to_what_a_screen_can_bear() {
    let (desk, _, _, bad, at_bad) = good_and_bad().await;
    let error = json!({ "code": "x", "long_message": format!("{}\u{1b}[2J\n", "w".repeat(100_000)) });
    bad.plan("/sign_ins", Plan::Instead(422, vec![], json!({ "errors": [error] }).to_string()));
    let failed = desk.try_sign_in(&at_bad, Some("right")).await.unwrap_err();
    assert_eq!(failed.message.chars().count(), 500);
    assert!(!failed.message.contains(char::is_control));
}

#[tokio::test]
async fn a_production_key_is_never_spoken_to_without_tls() {
    use frontdesk_wire::{KeyKind, PublishableKey};
    let (desk, house) = (Desk::new(), House::at_port().await);
    let key = PublishableKey { kind: KeyKind::Production, frontend_api: house.host().to_owned() };
    let add = frontdesk_accounts::InstanceRequest::Add { publishable_key: key.to_string() };
    let instance = desk.accounts.instance(add).await.unwrap()["instance"].as_str().unwrap().to_owned();
    desk.until_at(&instance, |view| view.status == Status::Error).await;
    assert_eq!(house.seen().len(), 0);
}

#[tokio::test]
async fn an_instance_cannot_rename_itself_into_another() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.set_name("This computer");
    let instance = desk.add(&house).await;
    assert_eq!(desk.view(&instance).name, house.host());
}
