#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use frontdesk_accounts::{
    AccountRequest, Clock, InstanceRequest, LocalState, Options, Pace, SignUpRequest, Status, intents::SignUpFields,
};
use frontdesk_server::{
    InstanceKey,
    clock::{Clock as _, ManualClock},
    local::{LocalInstance, LocalOptions},
};
use frontdesk_vault::{Vault, fake::FakeStore};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{
    confirm::fixture::{key, shown},
    door::{Begun, Door, Request, ask},
    places::Places,
};

fn wish(account: &str, instance: Option<&str>) -> TokenRequest {
    TokenRequest {
        account: account.to_owned(),
        instance: instance.map(str::to_owned),
        template: None,
        organization: None,
    }
}

fn found(account: &str, instance: Option<&str>) -> Result<AccountKey, Why> {
    find(&shown(), &wish(account, instance)).map_err(|refused| refused.why)
}

#[test]
fn an_account_is_named_by_its_address_or_id_and_only_one_is_meant() {
    assert_eq!(found("ada@example.com", None), Ok(key("one", "sess_1")));
    assert_eq!(found("Grace@Example.com", None), Ok(key("one", "sess_2")));
    assert_eq!(found("sess_2", None), Ok(key("one", "sess_2")));
    assert_eq!(found("sess_1", None), Err(Why::NotFound), "there are two");
    assert_eq!(found("sess_1", Some("two")), Ok(key("two", "sess_1")));
    assert_eq!(found("sess_1", Some("TWO")), Ok(key("two", "sess_1")));
    assert_eq!(found("ada@example.com", Some("Two")), Err(Why::NotFound));
    assert_eq!(found("alan@example.com", None), Err(Why::SignedOut));
    assert_eq!(found("", None), Err(Why::NotFound));
    let several = find(&shown(), &wish("sess_1", None)).unwrap_err().message;
    assert!(several.contains("sess_1 at Two") && several.contains("--instance"), "{several}");
}

#[test]
fn an_account_without_an_address_is_named_by_its_number_or_user_name() {
    let mut shown = shown();
    let session = &mut shown.instances[0].client.as_mut().unwrap().sessions[1];
    let number = json!({ "id": "idn", "phone_number": "+15555550100", "verification": null });
    let user = json!({ "id": "user_2", "username": "grace", "phone_numbers": [number], "email_addresses": [] });
    session.user = Some(serde_json::from_value(user).unwrap());
    for name in ["+15555550100", "Grace", "user_2"] {
        let found = find(&shown, &wish(name, None)).map_err(|refused| refused.message);
        assert_eq!(found, Ok(key("one", "sess_2")), "{name}");
    }
    assert_eq!(find(&shown, &wish("+15555550101", None)).unwrap_err().why, Why::NotFound);
}

#[test]
fn a_vault_that_is_locked_is_said_to_be() {
    let mut shown = shown();
    shown.vault.keeper = VaultKeeper::Passphrase;
    shown.vault.state = VaultState::Locked;
    assert_eq!(find(&shown, &wish("ada@example.com", None)).unwrap_err().why, Why::Locked);
}

#[test]
fn an_app_that_was_locked_while_a_token_was_on_its_way_is_said_to_be() {
    let why = |reason| why(&crate::input::refused(reason, "No token comes."));
    assert_eq!(why(Reason::AppLocked), Why::Locked);
    assert_eq!(why(Reason::AccountGone), Why::SignedOut);
    assert_eq!(why(Reason::RequestUnknown), Why::NotGiven);
}

/// An instance inside an app, and as many processes of the app as are started, with one clock for all.
struct House {
    instance: LocalInstance,
    folder: TempDir,
    keychain: FakeStore,
    clock: Arc<ManualClock>,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000_000));
        let options = LocalOptions {
            data_dir: folder.path().join("served"),
            key: InstanceKey::new([7; 32]),
            socket: folder.path().join("instance/instance.sock"),
            clock: clock.clone(),
            tools: tokio::sync::watch::channel(false).1,
        };
        let instance = LocalInstance::start(options).await.unwrap();
        Self { instance, folder, keychain: FakeStore::new(), clock }
    }

    fn places(&self) -> Places {
        let places = Places::at(self.folder.path().join("data"), self.folder.path().join("run"));
        places.prepare().unwrap();
        places
    }

    /// One process of the app, with the instance loaded.
    async fn process(&self) -> Accounts {
        let clock = self.clock.clone();
        let now = move || clock.now_ms();
        let vault = Vault::new(Arc::new(self.keychain.clone()));
        // Nobody waits here for an instance that is gone.
        let pace = Pace { retries: vec![], token_retries: vec![], ..Pace::default() };
        let options = Options::new(self.places().data().to_owned(), vault);
        let accounts = Accounts::start(Options { clock: Clock::new(now.clone(), now), pace, ..options });
        accounts.set_local(LocalState::Serving {
            socket: self.instance.socket().to_owned(),
            publishable_key: self.instance.publishable_key(),
        });
        let loaded = |shown: &Arc<Snapshot>| shown.instances.iter().any(|view| view.status == Status::Ready);
        accounts.snapshots().wait_for(loaded).await.unwrap();
        accounts
    }

    async fn end(self) {
        self.instance.stop().await;
    }
}

async fn sign_up(accounts: &Accounts, address: &str) {
    let instance = accounts.snapshots().borrow().instances[0].id.clone();
    let fields = SignUpFields {
        email_address: Some(address.to_owned()),
        password: Some("Lantern and 7 oars".to_owned()),
        ..SignUpFields::default()
    };
    accounts.sign_up(SignUpRequest::Create { instance: instance.clone(), fields }).await.unwrap();
    let strategy = "email_code".to_owned();
    let prepare = SignUpRequest::PrepareVerification { instance: instance.clone(), strategy: strategy.clone() };
    accounts.sign_up(prepare).await.unwrap();
    let outbox = accounts.instance(InstanceRequest::Outbox { instance: instance.clone() }).await.unwrap();
    let message = outbox.as_array().unwrap().iter().find(|message| message["to"] == address);
    let code = message.unwrap()["code"].as_str().unwrap().to_owned();
    accounts.sign_up(SignUpRequest::AttemptVerification { instance, strategy, code }).await.unwrap();
}

/// What `frontdesk token` gets.
async fn asked(places: &Places, request: TokenRequest) -> Answer {
    let places = places.clone();
    tokio::task::spawn_blocking(move || ask(&places, &Request::Token(request)).unwrap()).await.unwrap()
}

fn serve(door: Door, accounts: Accounts, allowed: bool) {
    tokio::spawn(async move {
        door.serve(move |request| {
            let accounts = accounts.clone();
            async move {
                match request {
                    Request::Token(request) => token(&accounts, allowed, request).await,
                    Request::Open { .. } => Answer::Done,
                }
            }
        })
        .await;
    });
}

#[tokio::test]
async fn two_processes_and_a_program_need_one_token_and_nobody_is_signed_out() {
    let house = House::new().await;
    let first = house.process().await;
    sign_up(&first, "ada@example.com").await;
    let second = house.process().await;
    let signed_in = |shown: &Arc<Snapshot>| find(shown, &wish("ada@example.com", None)).is_ok();
    second.snapshots().wait_for(signed_in).await.unwrap();
    let account = find(&second.snapshots().borrow(), &wish("ada@example.com", None)).unwrap();
    let Ok(Begun::First(door)) = Door::begin(&house.places(), &[]) else { panic!("the door is free") };
    serve(door, first.clone(), true);

    let mut seen = Vec::new();
    for _ in 0..3 {
        let request = || SessionRequest::Token {
            account: account.clone(),
            template: None,
            organization_id: None,
            skip_cache: false,
            leeway_in_seconds: None,
        };
        let places = house.places();
        let (here, there, program) = tokio::join!(
            first.session(request()),
            second.session(request()),
            asked(&places, wish("ada@example.com", Some("This computer")))
        );
        let here = here.unwrap()["jwt"].as_str().unwrap().to_owned();
        assert_eq!(there.unwrap()["jwt"], here.as_str());
        assert_eq!(program, Answer::Token(here.clone()));
        assert!(!seen.contains(&here), "the one before is over");
        seen.push(here);
        house.clock.advance(58_000);
    }
    for process in [&first, &second] {
        assert!(signed_in(&process.snapshots().borrow()));
    }
    house.end().await;
}

#[tokio::test]
async fn a_program_gets_nothing_that_was_not_allowed_or_is_not_there() {
    let house = House::new().await;
    let accounts = house.process().await;
    sign_up(&accounts, "ada@example.com").await;
    let refused = async |allowed, request| match token(&accounts, allowed, request).await {
        Answer::Refused(refused) => (refused.why, refused.message),
        answer => panic!("{answer:?}"),
    };
    let ada = || wish("ada@example.com", None);
    let (why, message) = refused(false, ada()).await;
    assert_eq!(why, Why::NotAllowed);
    assert!(message.contains("Settings"), "{message}");
    assert_eq!(refused(false, wish("nobody", None)).await.0, Why::NotAllowed, "nor who has an account");
    assert_eq!(refused(true, wish("nobody", None)).await.0, Why::NotFound);
    let template = TokenRequest { template: Some("none".to_owned()), ..ada() };
    assert_eq!(refused(true, template).await.0, Why::NotGiven);
    let template = TokenRequest { template: Some("../users".to_owned()), ..ada() };
    assert_eq!(refused(true, template).await.0, Why::NotGiven);
    house.end().await;
    assert_eq!(refused(true, TokenRequest { template: Some("none".to_owned()), ..ada() }).await.0, Why::Unreachable);
}

#[tokio::test]
async fn a_program_is_told_that_an_account_is_signed_out_whose_user_was_deleted() {
    let house = House::new().await;
    let first = house.process().await;
    let people = ["ada@example.com", "alan@example.com"];
    for address in people {
        sign_up(&first, address).await;
    }
    let second = house.process().await;
    let [ada, alan] = people.map(|address| wish(address, None));
    second.snapshots().wait_for(|shown| find(shown, &ada).is_ok()).await.unwrap();
    let account = find(&first.snapshots().borrow(), &ada).unwrap();
    first.account(AccountRequest::Delete { account }).await.unwrap();
    // The first time the instance says it, then the list.
    for _ in 0..2 {
        match token(&second, true, wish("ada@example.com", None)).await {
            Answer::Refused(refused) => assert_eq!(refused.why, Why::SignedOut, "{}", refused.message),
            answer => panic!("{answer:?}"),
        }
    }
    assert!(matches!(token(&second, true, alan).await, Answer::Token(_)));
    house.end().await;
}
