//! What crosses to the window: everything that is shown and answered is searched for what must not be in it.

use std::sync::{Arc, Mutex};

use frontdesk_accounts::{AccountRequest, InstanceRequest, SessionRequest};
use serde_json::Value;

use crate::{
    desk::Desk,
    house::{House, token},
};

#[tokio::test]
async fn sec_94_no_client_token_crosses_and_session_tokens_only_when_asked_for() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let shown = Arc::new(Mutex::new(Vec::new()));
    let mut snapshots = desk.accounts.snapshots();
    let watching = tokio::spawn({
        let shown = shown.clone();
        async move {
            while snapshots.changed().await.is_ok() {
                let text = serde_json::to_string(&**snapshots.borrow_and_update()).unwrap();
                shown.lock().unwrap().push(text);
            }
        }
    });
    let instance = desk.add(&house).await;
    let mut answers: Vec<Value> = Vec::new();
    answers.push(desk.try_sign_in(&instance, None).await.unwrap());
    let account = desk.sign_in(&instance).await;
    desk.sign_in(&instance).await;
    let errors = desk.try_sign_in(&instance, Some("wrong")).await.unwrap_err();
    answers.push(serde_json::to_value(errors).unwrap());
    for request in [
        AccountRequest::Reload { account: account.clone() },
        AccountRequest::Update { account: account.clone(), first_name: Some("Ada".to_owned()), last_name: None },
        AccountRequest::ActiveSessions { account: account.clone() },
        AccountRequest::SetActive { account: Some(account.clone()) },
    ] {
        answers.push(desk.accounts.account(request).await.unwrap());
    }
    answers.push(desk.accounts.session(SessionRequest::Touch { account: account.clone() }).await.unwrap());
    answers.push(desk.reload(&instance).await.unwrap());
    let inspect = InstanceRequest::Inspect { publishable_key: house.key() };
    answers.push(desk.accounts.instance(inspect).await.unwrap());
    answers.push(Value::String(desk.accounts.diagnostics()));
    let jwt = desk.token(&account, false).await.unwrap();
    drop(desk);
    watching.await.unwrap();

    let mut everything = shown.lock().unwrap().clone();
    assert!(everything.len() > 3);
    everything.extend(answers.iter().map(Value::to_string));
    let signature = jwt.rsplit_once('.').unwrap().0;
    for text in everything {
        for generation in 0..=2 {
            assert!(!text.contains(&token(generation)), "{text}");
        }
        assert!(!text.contains("eyJ") && !text.contains(signature), "{text}");
    }
}

#[tokio::test]
async fn a_report_says_how_things_stand_and_names_nobody() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    house.revoke(&account.session);
    desk.reload(&instance).await.unwrap();
    desk.accounts.recheck_vault().await;
    let text = desk.accounts.diagnostics();
    for part in ["Keychain: Test keychain (Ready)", house.host(), "session_revoked", "sessions: 1, signed in: 0"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains('@'), "{text}");
}

#[test]
fn requests_with_secrets_in_them_cannot_be_printed() {
    trait Printable {
        const IS: bool = false;
    }
    struct Wrap<T>(std::marker::PhantomData<T>);
    impl<T> Printable for Wrap<T> {}
    impl<T: std::fmt::Debug> Wrap<T> {
        #[allow(dead_code, reason = "it is what makes the assertions below fail")]
        const IS: bool = true;
    }
    const {
        assert!(!Wrap::<frontdesk_accounts::SignInRequest>::IS);
        assert!(!Wrap::<frontdesk_accounts::SignUpRequest>::IS);
        assert!(!Wrap::<frontdesk_accounts::SignUpFields>::IS);
        assert!(Wrap::<frontdesk_accounts::Snapshot>::IS);
    }
}
