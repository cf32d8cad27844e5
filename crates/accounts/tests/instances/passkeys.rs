//! Passkeys: made, used, renamed and removed by who types a PIN in the window, and what ends in the middle.

use std::{sync::Arc, time::Duration};

use frontdesk_accounts::{
    AccountKey, AccountRequest, AuthenticatorKind, AuthenticatorUnready, CeremonyPrompt, CeremonyPurpose, CeremonyView,
    ErrorKind, Gear, InstanceRequest, IntentError, MadePasskey, PasskeyObstacle, PinAgain, PinProblem, Reason,
    SessionRequest, SignInRequest, TypedPin,
};
use frontdesk_authenticator::{
    Authenticator, Authenticators, SecurityKeys,
    virtual_key::{self, Make, Ports, VirtualKey},
};
use frontdesk_vault::{Secret, fake::Fault};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    desk::{Desk, gear, signed_in},
    house::{House, Plan},
};

pub(crate) const PIN: &str = "135790";
pub(crate) const WRONG: &str = "975310";

type Answered = JoinHandle<Result<Value, IntentError>>;

fn pin(typed: &str) -> TypedPin {
    TypedPin(Secret::new(typed.as_bytes().to_vec()))
}

pub(crate) fn reason(error: IntentError) -> Reason {
    error.said.unwrap_or_else(|| panic!("{:?}", error.errors)).reason
}

impl Desk {
    fn create(&self, account: &AccountKey) -> Answered {
        self.create_with(account, AuthenticatorKind::ThisDevice)
    }

    fn create_with(&self, account: &AccountKey, authenticator: AuthenticatorKind) -> Answered {
        let (accounts, account) = (self.accounts.clone(), account.clone());
        let request = AccountRequest::CreatePasskey { account, authenticator };
        tokio::spawn(async move { accounts.account(request).await })
    }

    fn sign_in_by_passkey(&self, instance: &str, discoverable: bool) -> Answered {
        let (accounts, instance) = (self.accounts.clone(), instance.to_owned());
        let authenticator = AuthenticatorKind::ThisDevice;
        let request = SignInRequest::AuthenticateWithPasskey { instance, authenticator, discoverable };
        tokio::spawn(async move { accounts.sign_in(request).await })
    }

    fn verify_by_passkey(&self, account: &AccountKey) -> Answered {
        let (accounts, account) = (self.accounts.clone(), account.clone());
        let request = SessionRequest::VerifyWithPasskey { account, authenticator: AuthenticatorKind::ThisDevice };
        tokio::spawn(async move { accounts.session(request).await })
    }

    fn change_pin(&self) -> JoinHandle<Result<(), IntentError>> {
        let accounts = self.accounts.clone();
        tokio::spawn(async move { accounts.change_passkey_pin().await })
    }

    /// Waits for a question that asks for something.
    pub(crate) async fn asked(&self) -> (CeremonyView, u32) {
        let question = |prompt: &CeremonyPrompt| match prompt {
            CeremonyPrompt::Pin { question, .. }
            | CeremonyPrompt::ChoosePin { question, .. }
            | CeremonyPrompt::ChooseAccount { question, .. } => Some(*question),
            _ => None,
        };
        let asks = |view: &CeremonyView| question(&view.prompt).is_some();
        let shown = self.until(|shown| shown.passkeys.ceremony.as_ref().is_some_and(asks)).await;
        let view = shown.passkeys.ceremony.clone().unwrap();
        let question = question(&view.prompt).unwrap();
        (view, question)
    }

    /// Types a PIN at the next question; answers with the question.
    pub(crate) async fn types(&self, typed: &str) -> CeremonyView {
        let (view, question) = self.asked().await;
        self.accounts.answer_passkey_pin(&view.id, question, pin(typed));
        view
    }

    /// Makes a passkey; the PIN is chosen or known.
    async fn passkey(&self, account: &AccountKey) -> String {
        let made = self.create(account);
        self.types(PIN).await;
        made.await.unwrap().unwrap()["id"].as_str().unwrap().to_owned()
    }
}

async fn with_passkeys() -> (Desk, House, String, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.has_passkeys();
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    (desk, house, instance, account)
}

#[tokio::test]
async fn a_passkey_is_made_signs_in_gets_a_name_and_takes_its_key_with_it() {
    let (desk, house, instance, account) = with_passkeys().await;
    let made = desk.create(&account);
    let (view, _) = desk.asked().await;
    assert_eq!(view.purpose, CeremonyPurpose::Create { account: account.clone() });
    assert_eq!((view.host.as_deref(), view.authenticator), (Some("localhost"), AuthenticatorKind::ThisDevice));
    assert_eq!(view.prompt, CeremonyPrompt::ChoosePin { question: 1, flaw: None });
    desk.types("12345").await;
    let (view, _) = desk.asked().await;
    assert_eq!(view.prompt, CeremonyPrompt::ChoosePin { question: 2, flaw: Some(PinProblem::TooShort) });
    desk.types(PIN).await;
    let made = made.await.unwrap().unwrap();
    assert_eq!((&made["id"], &made["verification"]["nonce"]), (&json!("idn_k1"), &Value::Null));
    let shown = desk.snapshot();
    assert_eq!((shown.passkeys.ceremony.as_ref(), shown.passkeys.pin_chosen), (None, true));
    let keys = shown.passkeys.keys.iter().map(|key| (key.rp_id.as_str(), key.name.as_str()));
    assert_eq!(keys.collect::<Vec<_>>(), [("localhost", "ada@example.com")]);
    assert_eq!(desk.view(&instance).passkeys.here, ["idn_k1"]);
    let of_user = desk.view(&instance).client.unwrap().sessions[0].user.clone().unwrap().passkeys;
    assert_eq!(of_user[0].name, "Passkey");

    // By whichever the device has, and by one of whom was named.
    let signed = desk.sign_in_by_passkey(&instance, true);
    let view = desk.types(PIN).await;
    assert_eq!(view.purpose, CeremonyPurpose::SignIn { instance: instance.clone() });
    let signed = signed.await.unwrap().unwrap();
    assert_eq!((&signed["status"], &signed["created_session_id"]), (&json!("complete"), &json!("sess_2")));
    assert_eq!(desk.view(&instance).last_strategy.as_deref(), Some("passkey"));
    desk.try_sign_in(&instance, None).await.unwrap();
    let signed = desk.sign_in_by_passkey(&instance, false);
    desk.types(PIN).await;
    assert_eq!(signed.await.unwrap().unwrap()["created_session_id"], "sess_3");

    let name = |name: &str| AccountRequest::UpdatePasskey {
        account: account.clone(),
        passkey_id: "idn_k1".to_owned(),
        name: name.to_owned(),
    };
    assert_eq!(desk.accounts.account(name("Pier")).await.unwrap()["name"], "Pier");

    // What belongs together is known at the next start as well.
    let desk = desk.again();
    desk.until_at(&instance, |view| view.passkeys.here == ["idn_k1"]).await;
    desk.until_at(&instance, |view| view.client.is_some()).await;
    let delete = AccountRequest::DeletePasskey { account: account.clone(), passkey_id: "idn_k1".to_owned() };
    desk.accounts.account(delete).await.unwrap();
    assert_eq!(house.passkeys(), Vec::<String>::new());
    assert_eq!(desk.view(&instance).passkeys.here, Vec::<String>::new());
    assert!(desk.snapshot().passkeys.keys.is_empty());
    assert!(!desk.keychain.names().iter().any(|item| item.starts_with("passkey/")));
}

#[tokio::test]
async fn with_what_a_passkey_was_made_is_remembered_until_it_goes() {
    let key = VirtualKey::new(Make::default());
    let ports = Ports::with(&[&key]);
    let all = move |device| {
        let device: Arc<dyn Authenticator> = Arc::new(device);
        Authenticators::new(vec![device, Arc::new(SecurityKeys::new(ports.clone()))])
    };
    let (desk, house) = (Desk::with_gear(Gear { all: Arc::new(all), ..gear() }), House::at_port().await);
    house.has_passkeys();
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let here = desk.passkey(&account).await;
    let made = desk.create_with(&account, AuthenticatorKind::SecurityKey);
    desk.types(virtual_key::PIN).await;
    let there = made.await.unwrap().unwrap()["id"].as_str().unwrap().to_owned();
    let with = |passkey: &str, authenticator| MadePasskey { passkey: passkey.to_owned(), authenticator };
    let both = [with(&here, AuthenticatorKind::ThisDevice), with(&there, AuthenticatorKind::SecurityKey)];
    assert_eq!(desk.view(&instance).passkeys.made_with, both);

    let desk = desk.again();
    desk.until_at(&instance, |view| view.passkeys.here == [here.clone()] && view.passkeys.made_with == both).await;
    // Where this device forgets its own, those on keys stay, and each goes by itself.
    desk.accounts.forget_device_passkeys().await.unwrap();
    assert_eq!(desk.view(&instance).passkeys.made_with, both[1..]);
    let account = desk.until_at(&instance, |view| !signed_in(view).is_empty()).await;
    let account = AccountKey { instance: account.id.clone(), session: signed_in(&account)[0].to_owned() };
    let gone = AccountRequest::DeletePasskey { account, passkey_id: there };
    desk.accounts.account(gone).await.unwrap();
    assert_eq!(desk.view(&instance).passkeys.made_with, []);
}

#[tokio::test]
async fn a_passkey_proves_anew_who_is_signed_in() {
    let (desk, house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let token = async || {
        let request = SessionRequest::Token {
            account: account.clone(),
            template: None,
            organization_id: None,
            skip_cache: false,
            leeway_in_seconds: None,
        };
        desk.accounts.session(request).await.unwrap()["jwt"].as_str().unwrap().to_owned()
    };
    let before = token().await;
    let verified = desk.verify_by_passkey(&account);
    let (view, _) = desk.asked().await;
    assert_eq!(view.purpose, CeremonyPurpose::Verify { account: account.clone() });
    assert_eq!(view.host.as_deref(), Some("localhost"));
    // Whoever turns back has proven nothing, and can begin once more.
    desk.accounts.cancel_passkey(Some(&view.id));
    assert_eq!(reason(verified.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(house.count("/verify/attempt_first_factor"), 0);
    let verified = desk.verify_by_passkey(&account);
    desk.types(WRONG).await;
    desk.types(PIN).await;
    let verified = verified.await.unwrap().unwrap();
    assert_eq!(verified["status"], "complete");
    assert_eq!(verified["first_factor_verification"]["nonce"], Value::Null);
    assert_eq!(house.count("/verify/attempt_first_factor"), 1);
    assert_ne!(token().await, before, "tokens at hand do not say so");

    // It ends with the account that it is for.
    let verified = desk.verify_by_passkey(&account);
    desk.asked().await;
    desk.sign_out(&instance, Some(&account.session)).await.unwrap();
    assert_eq!(reason(verified.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().passkeys.ceremony, None);
}

#[tokio::test]
async fn a_keychain_that_is_locked_in_the_middle_is_said_and_the_same_passkey_serves_once_it_is_open() {
    let (desk, house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let verified = desk.verify_by_passkey(&account);
    let (view, question) = desk.asked().await;
    desk.keychain.set(Fault::Locked);
    desk.accounts.answer_passkey_pin(&view.id, question, pin(PIN));
    assert_eq!(reason(verified.await.unwrap().unwrap_err()), Reason::VaultLocked);
    assert_eq!(desk.snapshot().passkeys.ceremony, None);
    assert_eq!(house.count("/verify/attempt_first_factor"), 0);
    assert_eq!(desk.view(&instance).passkeys.here, ["idn_k1"], "what was known stays in sight");
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    let verified = desk.verify_by_passkey(&account);
    let view = desk.types(PIN).await;
    assert_eq!(view.prompt, CeremonyPrompt::Pin { question: 1, again: None }, "that was no try");
    assert_eq!(verified.await.unwrap().unwrap()["status"], "complete");
}

#[tokio::test]
async fn sec_94_neither_pin_nor_key_nor_challenge_crosses_to_the_window() {
    let (desk, _house, instance, account) = with_passkeys().await;
    let mut snapshots = desk.accounts.snapshots();
    let watching = tokio::spawn(async move {
        let mut all = String::new();
        while snapshots.changed().await.is_ok() {
            all += &serde_json::to_string(&**snapshots.borrow_and_update()).unwrap();
        }
        all
    });
    let made = desk.create(&account);
    desk.types("hunter2-of-the-pier").await;
    let mut all = made.await.unwrap().unwrap().to_string();
    let signed = desk.sign_in_by_passkey(&instance, true);
    desk.types("wrong-of-the-pier").await;
    desk.asked().await;
    // Of what follows at once, who watches may see the last alone.
    all += &serde_json::to_string(&*desk.snapshot()).unwrap();
    desk.types("hunter2-of-the-pier").await;
    all += &signed.await.unwrap().unwrap().to_string();
    assert_eq!(format!("{:?}", pin("hunter2")), "TypedPin(Secret(…))");
    drop(desk);
    all += &watching.await.unwrap();
    for secret in ["of-the-pier", "challenge", "pubKeyCredParams", "clientDataJSON", "private"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("tries_left"), "everything that was shown was looked at");
}

#[tokio::test]
async fn an_answer_counts_for_its_question_alone() {
    let (desk, _house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let signed = desk.sign_in_by_passkey(&instance, true);
    let (view, question) = desk.asked().await;
    assert_eq!(view.prompt, CeremonyPrompt::Pin { question: 1, again: None });
    // Pressed three times, and once at another ceremony.
    desk.accounts.answer_passkey_pin("another", question, pin(WRONG));
    for _ in 0..3 {
        desk.accounts.answer_passkey_pin(&view.id, question, pin(WRONG));
    }
    let again = |tries_left| CeremonyPrompt::Pin { question: 2, again: Some(PinAgain::Wrong { tries_left }) };
    assert_eq!(desk.asked().await.0.prompt, again(Some(7)));
    desk.accounts.answer_passkey_pin(&view.id, question, pin(WRONG));
    desk.accounts.choose_passkey_account(&view.id, 2, 0);
    assert_eq!(desk.asked().await.0.prompt, again(Some(7)), "a late one is no try");
    desk.types(PIN).await;
    signed.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_second_click_ends_the_first_and_never_waits_for_it() {
    let (desk, house, instance, account) = with_passkeys().await;
    let first = desk.create(&account);
    let (before, _) = desk.asked().await;
    let second = desk.create(&account);
    assert_eq!(reason(first.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    let (view, _) = desk.asked().await;
    assert_ne!(view.id, before.id);
    desk.accounts.answer_passkey_pin(&before.id, 1, pin(WRONG));
    desk.accounts.cancel_passkey(Some(&before.id));
    desk.types(PIN).await;
    second.await.unwrap().unwrap();
    // Of the first nothing is left, here or there.
    house.arrived("/me/passkeys/idn_k1", 1).await;
    assert_eq!((house.begun_passkeys(), house.passkeys()), (0, vec!["idn_k2".to_owned()]));
    assert_eq!(desk.snapshot().passkeys.keys.len(), 1);

    let first = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    let second = desk.sign_in_by_passkey(&instance, true);
    assert_eq!(reason(first.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    desk.types(PIN).await;
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_ceremony_ends_with_what_it_is_for() {
    let (desk, _house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let ended = async |answered: Answered| {
        let error = tokio::time::timeout(Duration::from_mins(1), answered).await.unwrap().unwrap().unwrap_err();
        assert_eq!(reason(error), Reason::PasskeyCancelled);
        assert_eq!(desk.snapshot().passkeys.ceremony, None);
    };
    // Somebody tries another way, by name or by leaving; the window goes away; the vault is locked.
    let signs = desk.sign_in_by_passkey(&instance, true);
    let (view, _) = desk.asked().await;
    desk.accounts.cancel_passkey(Some(&view.id));
    ended(signs).await;
    let signs = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    desk.leave_attempt(&instance).await;
    ended(signs).await;
    let signs = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    desk.try_sign_in(&instance, None).await.unwrap();
    ended(signs).await;
    let signs = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    desk.accounts.cancel_passkey(None);
    ended(signs).await;
    let makes = desk.create(&account);
    desk.asked().await;
    desk.sign_out(&instance, Some(&account.session)).await.unwrap();
    ended(makes).await;
    let signs = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    desk.accounts.instance(InstanceRequest::Remove { instance: instance.clone() }).await.unwrap();
    let removed = tokio::time::timeout(Duration::from_mins(1), signs).await.unwrap().unwrap().unwrap_err();
    assert_eq!(reason(removed), Reason::PasskeyCancelled);
}

#[tokio::test]
async fn of_several_accounts_one_is_chosen() {
    let (desk, house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    // Another instance on this computer has the same name, and its keys are offered side by side.
    let other = House::at_port().await;
    other.has_passkeys();
    let elsewhere = desk.add(&other).await;
    let there = desk.sign_in(&elsewhere).await;
    other.next_handle(8);
    desk.passkey(&there).await;
    let signed = desk.sign_in_by_passkey(&instance, true);
    let (view, question) = desk.asked().await;
    let CeremonyPrompt::ChooseAccount { accounts, .. } = &view.prompt else { panic!("{view:?}") };
    assert_eq!(accounts.len(), 2);
    // There is no such place in the list.
    desk.accounts.choose_passkey_account(&view.id, question, 2);
    desk.accounts.answer_passkey_pin(&view.id, question, pin(PIN));
    assert_eq!(desk.asked().await.1, question);
    let place = accounts.iter().position(|one| one.display_name == "Ada").unwrap();
    desk.accounts.choose_passkey_account(&view.id, question, place);
    desk.types(PIN).await;
    assert_eq!(signed.await.unwrap().unwrap()["status"], "complete");
    assert_eq!(house.passkeys().len(), 1);
}

#[tokio::test]
async fn sec_66_an_instance_that_asks_for_other_peoples_keys_gets_none_and_nobody_is_asked() {
    let (desk, house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let options = |rp_id: &str| json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "rpId": rp_id });
    for (options, wanted) in [
        (options("example.com").to_string(), Reason::PasskeyForeign),
        (options("").to_string(), Reason::PasskeyForeign),
        ("no options".to_owned(), Reason::PasskeyOptions),
    ] {
        let proof = json!({ "status": "unverified", "strategy": "passkey", "nonce": options });
        let attempt = json!({ "id": "sia_9", "status": "needs_identifier", "first_factor_verification": proof });
        let body = json!({ "response": attempt, "client": null }).to_string();
        house.plan("/sign_ins", Plan::Instead(200, vec![("content-type", "application/json".to_owned())], body));
        let refused = desk.sign_in_by_passkey(&instance, true).await.unwrap().unwrap_err();
        assert_eq!(reason(refused), wanted);
    }
    assert_eq!(desk.snapshot().passkeys.ceremony, None);
}

#[tokio::test]
async fn a_key_that_the_instance_does_not_take_stays_nowhere() {
    let (desk, house, _instance, account) = with_passkeys().await;
    house.refuse_keys(true);
    let made = desk.create(&account);
    desk.types(PIN).await;
    let error = made.await.unwrap().unwrap_err();
    assert_eq!((error.kind, error.errors[0].code.as_str()), (ErrorKind::Api, "passkey_registration_failure"));
    assert!(desk.snapshot().passkeys.keys.is_empty());
    assert!(!desk.keychain.names().iter().any(|item| item.starts_with("passkey/")));
    // An answer that is lost may have been taken: its key stays.
    house.refuse_keys(false);
    house.plan("/attempt_verification", Plan::Drop);
    let made = desk.create(&account);
    desk.types(PIN).await;
    assert_eq!(made.await.unwrap().unwrap_err().kind, ErrorKind::Network);
    assert_eq!((house.passkeys().len(), desk.snapshot().passkeys.keys.len()), (1, 1));
}

#[tokio::test]
async fn wrong_pins_are_counted_and_a_pause_is_said() {
    let (desk, _house, instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let signed = desk.sign_in_by_passkey(&instance, true);
    for _ in 0..3 {
        desk.types(WRONG).await;
    }
    let error = signed.await.unwrap().unwrap_err();
    assert_eq!(error.retry_after_seconds, Some(31));
    assert_eq!(reason(error), Reason::PasskeyPinWait);
    let offers = desk.accounts.authenticators().await;
    assert_eq!((offers.len(), offers[0].kind), (1, AuthenticatorKind::ThisDevice));
    assert_eq!(offers[0].unready, Some(AuthenticatorUnready::PinWait { until: 30_000 }));
    let again = desk.sign_in_by_passkey(&instance, true).await.unwrap().unwrap_err();
    assert_eq!(reason(again), Reason::PasskeyPinWait);
    desk.set_ahead(30_000);
    assert_eq!(desk.accounts.authenticators().await[0].unready, None);
    let signed = desk.sign_in_by_passkey(&instance, true);
    desk.types(PIN).await;
    signed.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_pin_is_changed_by_who_knows_it_and_goes_with_the_keys_for_who_does_not() {
    let (desk, _house, instance, account) = with_passkeys().await;
    let none = desk.accounts.change_passkey_pin().await.unwrap_err();
    assert_eq!(reason(none), Reason::PasskeyNoPin);
    desk.passkey(&account).await;
    let changed = desk.change_pin();
    let view = desk.types(PIN).await;
    assert_eq!((view.purpose, view.host), (CeremonyPurpose::ChangePin, None));
    let view = desk.types("a longer one").await;
    assert!(matches!(view.prompt, CeremonyPrompt::ChoosePin { flaw: None, .. }), "{view:?}");
    changed.await.unwrap().unwrap();
    let signed = desk.sign_in_by_passkey(&instance, true);
    desk.types("a longer one").await;
    signed.await.unwrap().unwrap();

    // Whoever has begun to change it and goes away leaves it as it was.
    let changed = desk.change_pin();
    desk.types("a longer one").await;
    let (view, _) = desk.asked().await;
    desk.accounts.cancel_passkey(Some(&view.id));
    assert_eq!(reason(changed.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);

    let signs = desk.sign_in_by_passkey(&instance, true);
    desk.asked().await;
    desk.accounts.forget_device_passkeys().await.unwrap();
    assert_eq!(reason(signs.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    let shown = desk.snapshot();
    assert_eq!((shown.passkeys.keys.len(), shown.passkeys.pin_chosen), (0, false));
    assert_eq!(desk.view(&instance).passkeys.here, Vec::<String>::new());
    let made = desk.create(&account);
    let view = desk.types(PIN).await;
    assert!(matches!(view.prompt, CeremonyPrompt::ChoosePin { .. }), "{view:?}");
    // The instance has the passkey still, of which the key is gone.
    made.await.unwrap().unwrap();
}

#[tokio::test]
async fn everything_of_passkeys_moves_with_the_vault_and_none_is_made_meanwhile() {
    let (desk, _house, _instance, account) = with_passkeys().await;
    desk.passkey(&account).await;
    let makes = desk.create(&account);
    desk.asked().await;
    let items = desk.accounts.vault_items().await.unwrap();
    assert_eq!(reason(makes.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    for kept in desk.keychain.names().iter().filter(|name| name.starts_with("passkey")) {
        assert!(items.names.contains(kept), "{kept} is left behind");
    }
    let makes = desk.create(&account);
    desk.until(|shown| shown.passkeys.ceremony.is_some()).await;
    let waits = desk.accounts.snapshots().borrow().passkeys.ceremony.clone().unwrap();
    assert_eq!(waits.prompt, CeremonyPrompt::Working);
    // Who waits for that can go as well.
    desk.accounts.cancel_passkey(Some(&waits.id));
    assert_eq!(reason(makes.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    drop(items);
    // What cannot be read is not moved as if it were not there.
    desk.keychain.set(Fault::Locked);
    assert!(desk.accounts.vault_items().await.is_err());
    // A computer without a keychain has nothing to move.
    desk.keychain.set(Fault::Absent);
    desk.accounts.recheck_vault().await;
    assert!(desk.accounts.vault_items().await.is_ok());
}

#[tokio::test]
async fn where_no_passkey_can_be_used_it_is_said_why() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let shown = desk.view(&instance).passkeys;
    assert_eq!((shown.obstacle, shown.sign_in_button), (Some(PasskeyObstacle::Off), false));
    house.has_passkeys();
    desk.reload(&instance).await.unwrap();
    let shown = desk.view(&instance).passkeys;
    assert_eq!((shown.obstacle, shown.sign_in_button), (None, true));
    let account = desk.sign_in(&instance).await;
    let key = AccountRequest::CreatePasskey { account, authenticator: AuthenticatorKind::SecurityKey };
    assert_eq!(reason(desk.accounts.account(key).await.unwrap_err()), Reason::PasskeyNoAuthenticator);
    // An instance of which nothing is known yet.
    let local = desk.snapshot().instances[0].clone();
    assert_eq!(local.passkeys.obstacle, Some(PasskeyObstacle::Unknown));
}
