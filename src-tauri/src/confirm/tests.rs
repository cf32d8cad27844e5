use frontdesk_accounts::AccountKey;
use serde_json::json;

use super::*;
use crate::speech::ENGLISH;

/// Two instances: two accounts and one that has ended at the first, one account at the second.
fn shown() -> Snapshot {
    let session = |id: &str, status: &str, address: &str| {
        json!({
            "id": id, "status": status, "expire_at": 0, "abandon_at": 0, "last_active_at": 0,
            "factor_verification_age": [], "claims": null, "created_at": 0, "updated_at": 0,
            "user": { "id": "user", "email_addresses": [{ "id": "idn", "email_address": address }] },
        })
    };
    let client = |sessions: serde_json::Value| {
        serde_json::from_value(json!({
            "id": "client", "sessions": sessions, "sign_in": null, "sign_up": null, "last_active_session_id": null,
            "created_at": 0, "updated_at": 0,
        }))
        .unwrap()
    };
    let instance = |id: &str, name: &str, client| frontdesk_accounts::InstanceView {
        id: id.to_owned(),
        kind: frontdesk_accounts::InstanceKind::Remote,
        name: name.to_owned(),
        host: "example.com".to_owned(),
        publishable_key: None,
        status: frontdesk_accounts::Status::Ready,
        problem: None,
        environment: None,
        client: Some(client),
        answered_at: None,
    };
    let vault = frontdesk_accounts::VaultView {
        state: frontdesk_accounts::VaultState::Ready,
        store: String::new(),
        detail: None,
    };
    let first = client(json!([
        session("sess_1", "active", "ada@example.com"),
        session("sess_2", "pending", "grace@example.com"),
        session("sess_3", "ended", "alan@example.com"),
    ]));
    let second = client(json!([session("sess_1", "active", "x\u{7}@example.com")]));
    Snapshot {
        revision: 1,
        status: frontdesk_accounts::Status::Ready,
        vault,
        instances: vec![instance("one", "Harbour\nWorks", first), instance("two", "Two", second), {
            let mut empty = instance("three", "Three", client(json!([])));
            empty.client = None;
            empty
        }],
        active: None,
    }
}

fn key(instance: &str, session: &str) -> AccountKey {
    AccountKey { instance: instance.to_owned(), session: session.to_owned() }
}

fn title(request: &AccountRequest) -> Option<String> {
    of_account(request, &shown(), &ENGLISH).map(|question| question.title)
}

#[test]
fn sec_97_what_cannot_be_taken_back_is_asked_by_the_system_with_the_name_of_the_account() {
    let delete = AccountRequest::Delete { account: key("one", "sess_2") };
    assert_eq!(title(&delete).as_deref(), Some("Delete the account grace@example.com?"));
    let everywhere = AccountRequest::SignOutEverywhere { account: key("two", "sess_1") };
    assert_eq!(title(&everywhere).as_deref(), Some("Sign x@example.com… out everywhere?"));
    assert_eq!(title(&AccountRequest::SignOutAll).as_deref(), Some("Sign 3 accounts out?"));
    let at = |instance: &str| AccountRequest::SignOut { instance: instance.to_owned(), session: None };
    assert_eq!(title(&at("one")).as_deref(), Some("Sign 2 accounts out?"));
}

#[test]
fn what_concerns_one_account_here_is_not_asked() {
    let one = AccountRequest::SignOut { instance: "one".to_owned(), session: Some("sess_1".to_owned()) };
    let last = AccountRequest::SignOut { instance: "two".to_owned(), session: None };
    for request in [one, last, AccountRequest::SetActive { account: None }] {
        assert_eq!(title(&request), None);
    }
}

#[test]
fn an_instance_with_accounts_is_not_removed_without_a_question() {
    let remove = |instance: &str| {
        of_instance(&InstanceRequest::Remove { instance: instance.to_owned() }, &shown(), &ENGLISH)
            .map(|question| (question.title, question.body))
    };
    let (title, body) = remove("one").unwrap();
    assert_eq!(title, "Remove HarbourWorks…?", "a name is one line");
    assert!(body.starts_with("2 accounts"), "{body}");
    assert_eq!(remove("three"), None, "nobody is signed in there");
    assert_eq!(remove("unknown"), None);
    let reload = InstanceRequest::Reload { instance: "one".to_owned() };
    assert_eq!(of_instance(&reload, &shown(), &ENGLISH), None);
}

#[test]
fn names_are_short_lines() {
    assert_eq!(plain("Ada"), "Ada");
    assert_eq!(plain("a\u{0}b\nc"), "abc…");
    assert_eq!(plain(&"é".repeat(100)).chars().count(), 81);
}
