//! What crosses to the window: everything that is shown and answered is searched for what must not be in it.

use std::{
    fs,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use frontdesk_accounts::{AccountRequest, InstanceRequest, SessionRequest, Status};
use frontdesk_vault::fake::Fault;
use serde_json::Value;

use crate::{
    desk::Desk,
    house::{House, Plan, token},
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
        AccountRequest::Update {
            account: account.clone(),
            first_name: Some("Ada".to_owned()),
            last_name: None,
            username: None,
            primary_email_address_id: None,
            primary_phone_number_id: None,
        },
        AccountRequest::ActiveSessions { account: account.clone() },
        AccountRequest::SetActive { account: Some(account.clone()) },
    ] {
        answers.push(desk.accounts.account(request).await.unwrap());
    }
    answers.push(desk.accounts.session(SessionRequest::Touch { account: account.clone() }).await.unwrap());
    answers.push(desk.reload(&instance).await.unwrap());
    let inspect = InstanceRequest::Inspect { key_or_address: House::at_port().await.key() };
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

/// What this room and the keychain's log at the finest level, on every thread and thus by other tests as well.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn sec_100_the_log_holds_no_secret_and_nobodys_name() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("frontdesk_accounts=trace,frontdesk_vault=trace")
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let jwt = desk.token(&account, false).await.unwrap();
    desk.try_sign_in(&instance, Some("wrong")).await.unwrap_err();
    desk.accounts.recheck_vault().await;
    // Everything that is worth a line: a list, a cache and an item that are damaged, an instance that fails.
    house.plan("/touch", Plan::Drop);
    house.plan("/touch", Plan::Cut);
    house.plan("/touch", Plan::Instead(500, vec![("authorization", token(9))], "ada@example.com".to_owned()));
    desk.accounts.account(AccountRequest::SetActive { account: Some(account.clone()) }).await.unwrap();
    let sealed = desk.folder().join("cache").join(format!("{instance}.sealed"));
    fs::write(sealed, format!("ada@example.com {}", token(1))).unwrap();
    drop(house);
    let desk = desk.again();
    desk.accounts.recheck_vault().await;
    desk.keychain.set(Fault::Corrupt);
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == Status::Error).await;
    desk.keychain.set(Fault::Failed);
    desk.accounts.instance(InstanceRequest::Remove { instance }).await.unwrap();
    fs::write(desk.folder().join("instances.json"), format!("{{\"{}\"", token(1))).unwrap();
    let desk = desk.again();
    desk.accounts.recheck_vault().await;

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in ["cannot be opened and is set aside", "list of instances is damaged", "not told which account"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let signature = jwt.rsplit_once('.').unwrap().0;
    for absent in ["client-token", "example.com", "right", "wrong", "eyJ", signature] {
        assert!(!text.contains(absent), "{absent} is in\n{text}");
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
        assert!(!Wrap::<frontdesk_accounts::InstanceRequest>::IS);
        assert!(Wrap::<frontdesk_accounts::Snapshot>::IS);
    }
}
