//! The app's network side against an instance that is not ours: over TLS, at the host of a `pk_live_` key, in every
//! shape the published description allows, and with everything that can go wrong on the way.
//!
//! Certificates of the stand-in come from an authority that only these tests trust. Which authorities a process trusts
//! is read once from its environment, so each test runs in a process of its own: see [`trusting`].
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{env, fs, path::PathBuf, process::Command, sync::Arc};

use frontdesk_accounts::{
    AccountKey, AccountRequest, Accounts, ErrorKind, InstanceRequest, InstanceView, Options, SessionRequest,
    SignInRequest, SignUpFields, SignUpRequest, Snapshot, Status,
};
use frontdesk_e2e::stand_in::{CODE, Fault, Fill, Instance, PASSWORD, Running, Shape, descriptions, serve};
use frontdesk_vault::{Vault, fake::FakeStore};
use serde_json::Value;
use tempfile::TempDir;

/// Names the file with the authorities that rustls trusts.
const TRUSTED: &str = "SSL_CERT_FILE";

/// Runs the test `name` of this file in a process that trusts a file of its own, still empty.
fn trusting(name: &str) {
    if descriptions().unwrap().is_empty() {
        println!("SKIPPED: no OpenAPI description of the Frontend API (set FRONTDESK_OPENAPI_DIR)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("apart::{name}"), "--ignored", "--nocapture"])
        .env(TRUSTED, folder.path().join("authorities.pem"))
        .env_remove("SSL_CERT_DIR")
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

#[test]
fn a_person_signs_up_and_out_in_every_shape() {
    trusting("a_person_signs_up_and_out_in_every_shape");
}

#[test]
fn a_person_signs_in_by_password_and_by_code_in_every_shape() {
    trusting("a_person_signs_in_by_password_and_by_code_in_every_shape");
}

#[test]
fn sec_106_broken_answers_change_nothing_and_the_next_try_works() {
    trusting("sec_106_broken_answers_change_nothing_and_the_next_try_works");
}

#[test]
fn what_other_devices_do_is_shown() {
    trusting("what_other_devices_do_is_shown");
}

#[test]
fn a_certificate_nobody_trusts_is_refused() {
    trusting("a_certificate_nobody_trusts_is_refused");
}

/// An app's network side with one instance added.
struct Desk {
    accounts: Accounts,
    keychain: FakeStore,
    instance: String,
    stand_in: Running,
    _data: TempDir,
}

impl Desk {
    /// Trusts the stand-in's authority, then starts.
    async fn with(stand_in: Running) -> Self {
        let trusted = PathBuf::from(env::var_os(TRUSTED).unwrap());
        fs::write(trusted, &stand_in.authority).unwrap();
        Self::start(stand_in).await
    }

    async fn start(stand_in: Running) -> Self {
        let data = tempfile::tempdir().unwrap();
        let keychain = FakeStore::new();
        let vault = Vault::new(Arc::new(keychain.clone()));
        let accounts = Accounts::start(Options::new(data.path().to_path_buf(), vault));
        let added = accounts.instance(InstanceRequest::Add { publishable_key: stand_in.publishable_key.clone() }).await;
        let instance = added.unwrap()["instance"].as_str().unwrap().to_owned();
        Self { accounts, keychain, instance, stand_in, _data: data }
    }

    /// Waits until the instance is as wanted. The test's process has a limit of its own; nothing here measures time.
    async fn until(&self, wanted: impl Fn(&InstanceView, &Snapshot) -> bool) -> InstanceView {
        let mut snapshots = self.accounts.snapshots();
        let here = |snapshot: &Snapshot| snapshot.instances.iter().find(|view| view.id == self.instance).cloned();
        let snapshot = snapshots.wait_for(|snapshot| here(snapshot).is_some_and(|view| wanted(&view, snapshot)));
        here(&snapshot.await.unwrap()).unwrap()
    }

    fn view(&self) -> InstanceView {
        let snapshot = self.accounts.snapshots().borrow().clone();
        snapshot.instances.iter().find(|view| view.id == self.instance).cloned().unwrap()
    }

    async fn sign_up(&self, address: &str) -> AccountKey {
        let instance = self.instance.clone();
        let fields = SignUpFields {
            email_address: Some(address.to_owned()),
            password: Some(PASSWORD.to_owned()),
            ..SignUpFields::default()
        };
        self.accounts.sign_up(SignUpRequest::Create { instance: instance.clone(), fields }).await.unwrap();
        let prepare = SignUpRequest::PrepareVerification { instance: instance.clone(), strategy: "email_code".into() };
        self.accounts.sign_up(prepare).await.unwrap();
        let done = self.accounts.sign_up(SignUpRequest::AttemptVerification {
            instance: instance.clone(),
            strategy: "email_code".into(),
            code: CODE.into(),
        });
        let done = done.await.unwrap();
        assert_eq!(done["status"], "complete");
        self.activate(&done).await
    }

    /// Shows the session that an attempt made.
    async fn activate(&self, done: &Value) -> AccountKey {
        let session = done["created_session_id"].as_str().unwrap().to_owned();
        let account = AccountKey { instance: self.instance.clone(), session };
        let request = AccountRequest::SetActive { account: Some(account.clone()) };
        self.accounts.account(request).await.unwrap();
        self.until(|_, snapshot| snapshot.active.as_ref() == Some(&account)).await;
        account
    }

    fn create_sign_in(&self) -> SignInRequest {
        SignInRequest::Create {
            instance: self.instance.clone(),
            identifier: Some("ada@example.com".into()),
            password: None,
            strategy: None,
        }
    }

    fn first_factor(&self, password: Option<&str>, code: Option<&str>) -> SignInRequest {
        SignInRequest::AttemptFirstFactor {
            instance: self.instance.clone(),
            strategy: if password.is_some() { "password" } else { "email_code" }.into(),
            password: password.map(str::to_owned),
            code: code.map(str::to_owned),
        }
    }

    /// The client token that the keychain holds.
    fn kept(&self) -> Option<String> {
        self.all_kept().into_iter().next()
    }

    /// Every client token that the keychain holds: one for each account where the instance wants that.
    fn all_kept(&self) -> Vec<String> {
        let names = self.keychain.names().into_iter().filter(|name| name.starts_with("client/"));
        names.filter_map(|name| String::from_utf8(self.keychain.item(&name)?).ok()).collect()
    }
}

/// Sessions of the client that are active.
fn active(view: &InstanceView) -> Vec<String> {
    let sessions = view.client.iter().flat_map(|client| &client.sessions);
    sessions.filter(|session| session.status == "active").map(|session| session.id.clone()).collect()
}

/// Every description in every shape, each at a host of its own.
async fn each(mut check: impl AsyncFnMut(Desk, String)) {
    let count = descriptions().unwrap().len();
    let mut running = Vec::new();
    for place in 0..count {
        for shape in Shape::all() {
            let description = descriptions().unwrap().swap_remove(place);
            let named = format!("{} in {shape:?}", description.name);
            running.push((serve(Instance::new(description, shape)).await.unwrap(), named));
        }
    }
    // All authorities at once: the file is read once.
    let authorities: String = running.iter().map(|(running, _)| running.authority.as_str()).collect();
    fs::write(env::var_os(TRUSTED).unwrap(), authorities).unwrap();
    for (running, named) in running {
        println!("{named}");
        check(Desk::start(running).await, named).await;
    }
}

/// One stand-in in the shape with the least in it.
async fn bare() -> Running {
    let description = descriptions().unwrap().pop().unwrap();
    serve(Instance::new(description, Shape { fill: Fill::Nulls, unknown: true, alternative: 0 })).await.unwrap()
}

/// The tests themselves; each is run by its namesake above, in a process of its own.
mod apart {
    use super::*;

    #[tokio::test]
    #[ignore = "run by its namesake, in a process that trusts the stand-in"]
    async fn a_person_signs_up_and_out_in_every_shape() {
        each(async |desk, named| {
            let view = desk.until(|view, _| view.status == Status::Ready).await;
            assert!(view.environment.is_some(), "{named}");
            let account = desk.sign_up("ada@example.com").await;
            assert_eq!(active(&desk.view()), std::slice::from_ref(&account.session), "{named}");
            assert_eq!(desk.kept(), desk.stand_in.instance.current_token(), "{named}");

            let token = SessionRequest::Token {
                account: account.clone(),
                template: None,
                organization_id: None,
                skip_cache: false,
                leeway_in_seconds: None,
            };
            let token = desk.accounts.session(token).await.unwrap();
            assert!(token["jwt"].as_str().is_some_and(|jwt| jwt.split('.').count() == 3), "{named}");
            let update = AccountRequest::Update {
                account: account.clone(),
                first_name: Some("Ada".into()),
                last_name: None,
                username: None,
                primary_email_address_id: None,
                primary_phone_number_id: None,
            };
            assert_eq!(desk.accounts.account(update).await.unwrap()["first_name"], "Ada", "{named}");

            let leave = AccountRequest::SignOut { instance: desk.instance.clone(), session: None };
            desk.accounts.account(leave).await.unwrap();
            desk.until(|view, snapshot| active(view).is_empty() && snapshot.active.is_none()).await;
            assert_eq!(desk.kept(), None, "{named}: the last account took the keychain's item with it");
            assert_eq!(desk.stand_in.instance.active_sessions(), [""; 0], "{named}");
            assert_eq!(desk.stand_in.instance.refused_tokens(), 0, "{named}");
        })
        .await;
    }

    #[tokio::test]
    #[ignore = "run by its namesake, in a process that trusts the stand-in"]
    async fn a_person_signs_in_by_password_and_by_code_in_every_shape() {
        each(async |desk, named| {
            desk.until(|view, _| view.status == Status::Ready).await;
            desk.accounts.sign_in(desk.create_sign_in()).await.unwrap();
            let wrong = desk.accounts.sign_in(desk.first_factor(Some("wrong"), None)).await.unwrap_err();
            assert_eq!(wrong.kind, ErrorKind::Api, "{named}");
            assert_eq!(wrong.errors[0].code, "form_password_incorrect", "{named}");
            let done = desk.accounts.sign_in(desk.first_factor(Some(PASSWORD), None)).await.unwrap();
            let first = desk.activate(&done).await;

            desk.accounts.sign_in(desk.create_sign_in()).await.unwrap();
            let prepare = SignInRequest::PrepareFirstFactor {
                instance: desk.instance.clone(),
                strategy: "email_code".into(),
                email_address_id: None,
                phone_number_id: None,
            };
            desk.accounts.sign_in(prepare).await.unwrap();
            let wrong = desk.accounts.sign_in(desk.first_factor(None, Some("000000"))).await.unwrap_err();
            assert_eq!(wrong.errors[0].code, "form_code_incorrect", "{named}");
            let done = desk.accounts.sign_in(desk.first_factor(None, Some(CODE))).await.unwrap();
            let second = desk.activate(&done).await;
            assert_eq!(active(&desk.view()), [first.session, second.session], "{named}");
            let current = desk.stand_in.instance.current_token().unwrap();
            assert!(desk.all_kept().contains(&current), "{named}");
            assert_eq!(desk.stand_in.instance.refused_tokens(), 0, "{named}");
        })
        .await;
    }

    #[tokio::test]
    #[ignore = "run by its namesake, in a process that trusts the stand-in"]
    async fn sec_106_broken_answers_change_nothing_and_the_next_try_works() {
        let desk = Desk::with(bare().await).await;
        desk.until(|view, _| view.status == Status::Ready).await;
        let account = desk.sign_up("ada@example.com").await;
        for fault in [
            Fault::Drop,
            Fault::HalfBody,
            Fault::OtherJson,
            Fault::Gateway,
            Fault::EmptyErrors,
            Fault::Redirect,
            Fault::Endless,
        ] {
            desk.stand_in.instance.fail_next("/sign_ins", fault);
            let failed = desk.accounts.sign_in(desk.create_sign_in()).await.unwrap_err();
            assert!(!failed.message.is_empty(), "{fault:?}");
            assert!(matches!(failed.kind, ErrorKind::Network | ErrorKind::Protocol | ErrorKind::Api), "{fault:?}");
            assert_eq!(active(&desk.view()), std::slice::from_ref(&account.session), "{fault:?}");
            desk.accounts.sign_in(desk.create_sign_in()).await.unwrap();
            assert_eq!(desk.kept(), desk.stand_in.instance.current_token(), "{fault:?}");
        }
        let elsewhere = desk.stand_in.instance.seen().iter().filter(|seen| seen.path.contains("elsewhere")).count();
        assert_eq!(elsewhere, 0, "no redirect is followed");
    }

    #[tokio::test]
    #[ignore = "run by its namesake, in a process that trusts the stand-in"]
    async fn what_other_devices_do_is_shown() {
        let desk = Desk::with(bare().await).await;
        desk.until(|view, _| view.status == Status::Ready).await;
        let account = desk.sign_up("ada@example.com").await;
        let stays = desk.sign_up("grace@example.com").await;
        desk.stand_in.instance.revoke(&account.session);
        let reload = || InstanceRequest::Reload { instance: desk.instance.clone() };
        desk.accounts.instance(reload()).await.unwrap();
        let view = desk.until(|view, _| active(view) == [stays.session.clone()]).await;
        assert!(view.problem.is_some(), "it is said that somebody was signed out");
        assert!(desk.kept().is_some(), "the other account is still signed in");

        desk.stand_in.instance.forget_client();
        desk.accounts.instance(reload()).await.unwrap();
        let view = desk.until(|view, snapshot| active(view).is_empty() && snapshot.active.is_some()).await;
        let left = view.client.unwrap().sessions;
        let left = left.iter().map(|session| (session.id.as_str(), session.status.as_str())).collect::<Vec<_>>();
        assert!(
            left.contains(&(stays.session.as_str(), "vanished")),
            "who was shown says what became of them: {left:?}"
        );
        assert_eq!(desk.kept(), None, "a token that the instance refuses for good is of no use");
    }

    #[tokio::test]
    #[ignore = "run by its namesake, in a process that trusts the stand-in"]
    async fn a_certificate_nobody_trusts_is_refused() {
        let (trusted, stranger) = (bare().await, bare().await);
        fs::write(env::var_os(TRUSTED).unwrap(), &trusted.authority).unwrap();
        let desk = Desk::start(stranger).await;
        desk.until(|view, _| view.problem.is_some()).await;
        let failed = desk.accounts.sign_in(desk.create_sign_in()).await.unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Network);
        assert!(desk.stand_in.instance.seen().is_empty(), "nothing was told to a stranger");
    }
}
