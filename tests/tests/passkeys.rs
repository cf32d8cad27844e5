//! Passkeys and saved passwords of the app against the real server, both in this process: what one asks, the other answers.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(unix)]

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::Arc};

use frontdesk_accounts::{
    AccountKey, AccountRequest, Accounts, AuthenticatorKind, CeremonyPrompt, Gear, InstanceRequest, InstanceView,
    IntentError, LocalState, Options, SavedPassword, SessionRequest, SignInRequest, SignUpFields, SignUpRequest,
    Status, TypedPassword, TypedPin,
};
use frontdesk_authenticator::Authenticators;
use frontdesk_server::{
    InstanceKey,
    clock::SystemClock,
    local::{LocalInstance, LocalOptions},
};
use frontdesk_vault::{Cost, Secret, Vault, fake::FakeStore};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};

const ADDRESS: &str = "ada@example.com";
const PASSWORD: &str = "Pebbles-under-the-pier-5";
const PIN: &str = "135790";

/// The app with its instance, and somebody who is signed in.
struct Desk {
    accounts: Accounts,
    instance: String,
    server: LocalInstance,
    _data: TempDir,
}

impl Desk {
    async fn start() -> Self {
        // The folder of the socket is for its owner alone.
        let data = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
        let key = InstanceKey::new([7; 32]);
        let socket: PathBuf = data.path().join("instance.sock");
        let data_dir = data.path().join("instance");
        let (clock, tools) = (Arc::new(SystemClock), watch::channel(false).1);
        let server = LocalInstance::start(LocalOptions { data_dir, key, socket, clock, tools }).await.unwrap();
        let gear = Gear {
            pin_cost: Cost { memory: 8, passes: 1, lanes: 1 },
            system: None,
            // Nobody's own security keys are asked.
            all: Arc::new(|device| Authenticators::new(vec![Arc::new(device)])),
        };
        let options = Options::new(data.path().join("app"), Vault::new(Arc::new(FakeStore::new())));
        let accounts = Accounts::start(Options { gear, ..options });
        accounts.set_local(LocalState::Serving {
            socket: server.socket().to_owned(),
            publishable_key: server.publishable_key(),
        });
        let shown =
            accounts.snapshots().wait_for(|shown| shown.instances[0].status == Status::Ready).await.unwrap().clone();
        Self { accounts, instance: shown.instances[0].id.clone(), server, _data: data }
    }

    async fn sign_up(&self) -> AccountKey {
        let instance = self.instance.clone();
        let fields = SignUpFields {
            email_address: Some(ADDRESS.to_owned()),
            password: Some(PASSWORD.to_owned()),
            ..SignUpFields::default()
        };
        self.accounts.sign_up(SignUpRequest::Create { instance: instance.clone(), fields }).await.unwrap();
        let strategy = "email_code".to_owned();
        let prepare = SignUpRequest::PrepareVerification { instance: instance.clone(), strategy: strategy.clone() };
        self.accounts.sign_up(prepare).await.unwrap();
        let outbox = self.accounts.instance(InstanceRequest::Outbox { instance: instance.clone() }).await.unwrap();
        let code = outbox[0]["code"].as_str().unwrap().to_owned();
        let attempt = SignUpRequest::AttemptVerification { instance: instance.clone(), strategy, code };
        let done = self.accounts.sign_up(attempt).await.unwrap();
        AccountKey { instance, session: done["created_session_id"].as_str().unwrap().to_owned() }
    }

    fn view(&self) -> InstanceView {
        self.accounts.snapshots().borrow().instances[0].clone()
    }

    fn create(&self, account: &AccountKey) -> JoinHandle<Result<Value, IntentError>> {
        let (accounts, account) = (self.accounts.clone(), account.clone());
        let request = AccountRequest::CreatePasskey { account, authenticator: AuthenticatorKind::ThisDevice };
        tokio::spawn(async move { accounts.account(request).await })
    }

    fn sign_in(&self, discoverable: bool) -> JoinHandle<Result<Value, IntentError>> {
        let (accounts, instance) = (self.accounts.clone(), self.instance.clone());
        let authenticator = AuthenticatorKind::ThisDevice;
        let request = SignInRequest::AuthenticateWithPasskey { instance, authenticator, discoverable };
        tokio::spawn(async move { accounts.sign_in(request).await })
    }

    /// Types the PIN at the next question.
    async fn types_pin(&self) {
        let mut snapshots = self.accounts.snapshots();
        let prompt = |prompt: &CeremonyPrompt| match prompt {
            CeremonyPrompt::Pin { question, .. } | CeremonyPrompt::ChoosePin { question, .. } => Some(*question),
            _ => None,
        };
        let shown = snapshots
            .wait_for(|shown| shown.passkeys.ceremony.as_ref().is_some_and(|it| prompt(&it.prompt).is_some()))
            .await
            .unwrap()
            .clone();
        let ceremony = shown.passkeys.ceremony.as_ref().unwrap();
        let pin = TypedPin(Secret::new(PIN.as_bytes().to_vec()));
        self.accounts.answer_passkey_pin(&ceremony.id, prompt(&ceremony.prompt).unwrap(), pin);
    }
}

#[tokio::test]
async fn a_passkey_of_this_device_is_made_signs_in_and_is_deleted() {
    let desk = Desk::start().await;
    let account = desk.sign_up().await;
    let shown = desk.view().passkeys;
    assert_eq!((shown.obstacle, shown.sign_in_button), (None, true));

    let made = desk.create(&account);
    desk.types_pin().await;
    let made = made.await.unwrap().unwrap();
    let passkey = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["verification"]["status"], "verified");
    assert_eq!(desk.view().passkeys.here, [passkey.as_str()]);

    // There is one here, which is said to who has typed the PIN.
    let again = desk.create(&account);
    desk.types_pin().await;
    let refused = again.await.unwrap().unwrap_err();
    assert_eq!(refused.said.unwrap().reason.as_str(), "passkey_exists");

    let sign_out = AccountRequest::SignOut { instance: desk.instance.clone(), session: None };
    desk.accounts.account(sign_out).await.unwrap();
    let signed = desk.sign_in(true);
    desk.types_pin().await;
    let signed = signed.await.unwrap().unwrap();
    assert_eq!((signed["status"].as_str(), signed["identifier"].as_str()), (Some("complete"), Some(ADDRESS)));
    let session = signed["created_session_id"].as_str().unwrap().to_owned();
    let account = AccountKey { instance: desk.instance.clone(), session };
    let user =
        desk.view().client.unwrap().sessions.into_iter().find(|it| it.id == account.session).unwrap().user.unwrap();
    assert_eq!(user.passkeys.len(), 1);
    assert!(user.passkeys[0].last_used_at.is_some());

    let rename = AccountRequest::UpdatePasskey {
        account: account.clone(),
        passkey_id: passkey.clone(),
        name: "Pier".to_owned(),
    };
    assert_eq!(desk.accounts.account(rename).await.unwrap()["name"], "Pier");
    let delete = AccountRequest::DeletePasskey { account, passkey_id: passkey };
    desk.accounts.account(delete).await.unwrap();
    assert!(desk.view().passkeys.here.is_empty());
    assert!(desk.accounts.snapshots().borrow().passkeys.keys.is_empty());
    desk.server.stop().await;
}

#[tokio::test]
async fn after_an_identifier_the_passkey_is_one_of_the_ways() {
    let desk = Desk::start().await;
    let account = desk.sign_up().await;
    let made = desk.create(&account);
    desk.types_pin().await;
    made.await.unwrap().unwrap();
    let sign_out = AccountRequest::SignOut { instance: desk.instance.clone(), session: None };
    desk.accounts.account(sign_out).await.unwrap();
    let begin = SignInRequest::Create {
        instance: desk.instance.clone(),
        identifier: Some(ADDRESS.to_owned()),
        password: None,
        strategy: None,
    };
    let named = desk.accounts.sign_in(begin).await.unwrap();
    let factors = named["supported_first_factors"].as_array().unwrap();
    assert!(factors.iter().any(|factor| factor["strategy"] == "passkey"), "{factors:?}");
    let signed = desk.sign_in(false);
    desk.types_pin().await;
    assert_eq!(signed.await.unwrap().unwrap()["status"], "complete");
    assert_eq!(desk.view().last_strategy.as_deref(), Some("passkey"));
    desk.server.stop().await;
}

impl Desk {
    fn keep(&self, identifier: Option<&str>, password: &str) -> JoinHandle<Result<Value, IntentError>> {
        let (accounts, instance) = (self.accounts.clone(), self.instance.clone());
        let password = TypedPassword(Secret::new(password.as_bytes().to_vec()));
        let identifier = identifier.map(str::to_owned);
        let request = InstanceRequest::SetCredentials { instance, identifier, password, may_choose_pin: true };
        tokio::spawn(async move { accounts.instance(request).await })
    }

    fn use_saved(&self) -> JoinHandle<Result<Value, IntentError>> {
        let (accounts, instance) = (self.accounts.clone(), self.instance.clone());
        let request = SignInRequest::AuthenticateWithSavedPassword { instance };
        tokio::spawn(async move { accounts.sign_in(request).await })
    }
}

#[tokio::test]
async fn a_saved_password_signs_in_until_it_is_changed_elsewhere_and_goes_with_the_one_it_is_of() {
    const NEW: &str = "Ropes-on-the-quay-6";
    let desk = Desk::start().await;
    let account = desk.sign_up().await;
    let kept = desk.keep(Some(ADDRESS), PASSWORD);
    desk.types_pin().await;
    kept.await.unwrap().unwrap();
    let sign_out = AccountRequest::SignOut { instance: desk.instance.clone(), session: Some(account.session) };
    desk.accounts.account(sign_out).await.unwrap();
    let signed = desk.use_saved();
    desk.types_pin().await;
    let signed = signed.await.unwrap().unwrap();
    assert_eq!((signed["status"].as_str(), signed["identifier"].as_str()), (Some("complete"), Some(ADDRESS)));
    assert_eq!(desk.view().last_strategy.as_deref(), Some("password"));
    let session = signed["created_session_id"].as_str().unwrap().to_owned();
    let account = AccountKey { instance: desk.instance.clone(), session };

    // Somebody changes it, and nobody tells this device.
    let change = AccountRequest::UpdatePassword {
        account: account.clone(),
        current_password: Some(PASSWORD.to_owned()),
        new_password: NEW.to_owned(),
        sign_out_of_other_sessions: false,
    };
    desk.accounts.account(change).await.unwrap();
    let sign_out = AccountRequest::SignOut { instance: desk.instance.clone(), session: None };
    desk.accounts.account(sign_out).await.unwrap();
    let signed = desk.use_saved();
    desk.types_pin().await;
    let refused = signed.await.unwrap().unwrap_err();
    assert_eq!(refused.errors[0].code, "form_password_incorrect");
    // The new one alone takes its place.
    let kept = desk.keep(None, NEW);
    desk.types_pin().await;
    kept.await.unwrap().unwrap();
    let signed = desk.use_saved();
    desk.types_pin().await;
    let signed = signed.await.unwrap().unwrap();
    let session = signed["created_session_id"].as_str().unwrap().to_owned();
    let account = AccountKey { instance: desk.instance.clone(), session };
    assert_eq!(desk.view().saved_password, SavedPassword::Kept { identifier: ADDRESS.to_owned() });

    desk.accounts.account(AccountRequest::Delete { account }).await.unwrap();
    assert_eq!(desk.view().saved_password, SavedPassword::None);
    desk.server.stop().await;
}

#[tokio::test]
async fn a_passkey_of_this_device_proves_anew_who_is_signed_in() {
    let desk = Desk::start().await;
    let account = desk.sign_up().await;
    let made = desk.create(&account);
    desk.types_pin().await;
    made.await.unwrap().unwrap();
    let begin = SessionRequest::StartVerification { account: account.clone(), level: "second_factor".to_owned() };
    let stands = desk.accounts.session(begin).await.unwrap();
    let factors = stands["supported_first_factors"].as_array().unwrap();
    assert!(factors.iter().any(|factor| factor["strategy"] == "passkey"), "{factors:?}");
    let accounts = desk.accounts.clone();
    let request =
        SessionRequest::VerifyWithPasskey { account: account.clone(), authenticator: AuthenticatorKind::ThisDevice };
    let verified = tokio::spawn(async move { accounts.session(request).await });
    desk.types_pin().await;
    let verified = verified.await.unwrap().unwrap();
    assert_eq!(verified["status"], "complete");
    assert_eq!(verified["first_factor_verification"]["strategy"], "passkey");
    let sessions = desk.view().client.unwrap().sessions;
    let session = sessions.into_iter().find(|session| session.id == account.session).unwrap();
    assert!(session.user.unwrap().passkeys[0].last_used_at.is_some(), "the window sees that it was used");
    desk.server.stop().await;
}
