//! Passwords that are kept on this device: who may keep and use one, where it goes, and with what it goes.

use frontdesk_accounts::{
    AccountRequest, AppLock, CeremonyPrompt, CeremonyPurpose, ErrorKind, InstanceRequest, IntentError, Reason,
    SavedPassword, SignInRequest, TypedPassword,
};
use frontdesk_vault::{Secret, fake::Fault};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    desk::{Desk, signed_in},
    house::House,
    passkeys::{PIN, WRONG, reason},
};

type Answered = JoinHandle<Result<Value, IntentError>>;

/// What the house knows everybody by.
const RIGHT: &str = "right";
const ADA: &str = "ada@example.com";

fn typed(password: &str) -> TypedPassword {
    TypedPassword(Secret::new(password.as_bytes().to_vec()))
}

fn kept(identifier: &str) -> SavedPassword {
    SavedPassword::Kept { identifier: identifier.to_owned() }
}

impl Desk {
    fn set(&self, instance: &str, identifier: Option<&str>, password: &str, may_choose_pin: bool) -> Answered {
        let (accounts, instance) = (self.accounts.clone(), instance.to_owned());
        let (identifier, password) = (identifier.map(str::to_owned), typed(password));
        let request = InstanceRequest::SetCredentials { instance, identifier, password, may_choose_pin };
        tokio::spawn(async move { accounts.instance(request).await })
    }

    fn use_saved(&self, instance: &str) -> Answered {
        let (accounts, instance) = (self.accounts.clone(), instance.to_owned());
        let request = SignInRequest::AuthenticateWithSavedPassword { instance };
        tokio::spawn(async move { accounts.sign_in(request).await })
    }

    async fn clear(&self, instance: &str) -> Result<Value, IntentError> {
        self.accounts.instance(InstanceRequest::ClearCredentials { instance: instance.to_owned() }).await
    }

    /// Keeps a password; the PIN is chosen or known.
    async fn keep(&self, instance: &str, identifier: &str, password: &str) {
        let kept = self.set(instance, Some(identifier), password, true);
        self.types(PIN).await;
        kept.await.unwrap().unwrap();
    }

    fn items(&self, prefix: &str) -> Vec<String> {
        self.keychain.names().into_iter().filter(|name| name.starts_with(prefix)).collect()
    }
}

async fn with_password() -> (Desk, House, String) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.keep(&instance, ADA, RIGHT).await;
    (desk, house, instance)
}

#[tokio::test]
async fn a_password_is_kept_signs_in_at_the_next_start_and_goes() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.until_at(&instance, |view| view.saved_password == SavedPassword::None).await;
    let keeps = desk.set(&instance, Some(" ada@example.com "), RIGHT, true);
    let view = desk.types(PIN).await;
    assert_eq!(view.purpose, CeremonyPurpose::KeepPassword { instance: instance.clone() });
    assert_eq!(view.host.as_deref(), Some(house.host()));
    assert!(matches!(view.prompt, CeremonyPrompt::ChoosePin { .. }), "{view:?}");
    assert_eq!(keeps.await.unwrap().unwrap(), Value::Null);
    assert_eq!(desk.view(&instance).saved_password, kept(ADA));
    assert_eq!(desk.items("password/"), [format!("password/{instance}")], "named by our own id");

    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.saved_password == kept(ADA)).await;
    assert_eq!(signed_in(&view), [""; 0]);
    let signs = desk.use_saved(&instance);
    let view = desk.types(WRONG).await;
    assert_eq!(view.purpose, CeremonyPurpose::UsePassword { instance: instance.clone() });
    let before = house.count("/sign_ins");
    desk.types(PIN).await;
    let signed = signs.await.unwrap().unwrap();
    assert_eq!((&signed["status"], &signed["created_session_id"]), (&"complete".into(), &"sess_1".into()));
    assert_eq!(house.count("/sign_ins"), before + 1, "it is sent once, and not for a wrong PIN");
    let seen = house.seen();
    let sent = seen.iter().rfind(|seen| seen.path.ends_with("/sign_ins")).unwrap();
    let fields = ["strategy", "identifier", "password"].map(|name| sent.field(name));
    assert_eq!(fields, [Some("password"), Some(ADA), Some(RIGHT)]);
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);

    desk.clear(&instance).await.unwrap();
    desk.clear(&instance).await.unwrap();
    assert_eq!(desk.view(&instance).saved_password, SavedPassword::None);
    assert_eq!(desk.items("password"), [""; 0]);
    let error = desk.use_saved(&instance).await.unwrap().unwrap_err();
    assert_eq!((error.kind, reason(error)), (ErrorKind::Refused, Reason::SavedPasswordNone));
}

#[tokio::test]
async fn where_there_is_no_pin_nothing_is_kept_and_nothing_said() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    assert_eq!(desk.set(&instance, Some(ADA), RIGHT, false).await.unwrap().unwrap(), Value::Null);
    assert_eq!(desk.set(&instance, None, RIGHT, false).await.unwrap().unwrap(), Value::Null);
    assert_eq!((desk.items("passkey"), desk.items("password")), (vec![], vec![]));
    // With one, somebody has to be named once; then a password alone replaces the one before.
    let error = desk.set(&instance, None, RIGHT, true).await.unwrap().unwrap_err();
    assert_eq!((error.kind, reason(error)), (ErrorKind::Refused, Reason::SavedPasswordNobody));
    desk.keep(&instance, ADA, "before").await;
    let replaces = desk.set(&instance, None, RIGHT, false);
    let view = desk.types(PIN).await;
    assert!(matches!(view.prompt, CeremonyPrompt::Pin { .. }), "{view:?}");
    replaces.await.unwrap().unwrap();
    let signs = desk.use_saved(&instance);
    desk.types(PIN).await;
    assert_eq!(signs.await.unwrap().unwrap()["status"], "complete");
    let unknown = desk.set("nobody", Some(ADA), RIGHT, true).await.unwrap().unwrap_err();
    assert_eq!(reason(unknown), Reason::InstanceUnknown);
}

#[tokio::test]
async fn a_password_that_was_changed_elsewhere_is_refused_by_the_instance_and_stays() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.keep(&instance, ADA, "of before").await;
    let signs = desk.use_saved(&instance);
    desk.types(PIN).await;
    let error = signs.await.unwrap().unwrap_err();
    assert_eq!((error.kind, error.errors[0].code.as_str()), (ErrorKind::Api, "form_password_incorrect"));
    assert_eq!(desk.view(&instance).saved_password, kept(ADA));
}

#[tokio::test]
async fn each_instance_has_its_own_and_none_gets_anothers() {
    let (desk, house, instance) = with_password().await;
    let other = House::at_port().await;
    let elsewhere = desk.add(&other).await;
    assert_eq!(desk.view(&elsewhere).saved_password, SavedPassword::None);
    let error = desk.use_saved(&elsewhere).await.unwrap().unwrap_err();
    assert_eq!(reason(error), Reason::SavedPasswordNone);
    desk.keep(&elsewhere, "grace@example.com", "of grace").await;
    // Whoever can write into the keychain cannot have it sent elsewhere.
    let item = desk.keychain.item(&format!("password/{instance}")).unwrap();
    desk.keychain.insert(&format!("password/{elsewhere}"), &item);
    let desk = desk.again();
    desk.until_at(&elsewhere, |view| view.saved_password == kept(ADA)).await;
    let signs = desk.use_saved(&elsewhere);
    desk.types(PIN).await;
    assert_eq!(reason(signs.await.unwrap().unwrap_err()), Reason::SavedPasswordDamaged);
    assert_eq!((house.count("/sign_ins"), other.count("/sign_ins")), (0, 0));
    // Nor whoever can write into the list of instances.
    let desk = desk.again_with_list(|text| {
        assert!(text.contains(&house.key()), "{text}");
        text.replace(&house.key(), &other.key())
    });
    desk.until_at(&instance, |view| view.saved_password == kept(ADA)).await;
    let signs = desk.use_saved(&instance);
    desk.types(PIN).await;
    assert_eq!(reason(signs.await.unwrap().unwrap_err()), Reason::SavedPasswordDamaged);
    assert_eq!(other.count("/sign_ins"), 0);
}

#[tokio::test]
async fn behind_a_shut_lock_no_password_is_shown_kept_or_used() {
    let (desk, house, instance) = with_password().await;
    let accounts = desk.accounts.clone();
    let on = tokio::spawn(async move { accounts.turn_lock_on().await });
    desk.types(PIN).await;
    on.await.unwrap().unwrap();
    let signs = desk.use_saved(&instance);
    desk.asked().await;
    desk.accounts.shut_lock();
    assert_eq!(reason(signs.await.unwrap().unwrap_err()), Reason::PasskeyCancelled, "who is asked is asked no more");
    let text = serde_json::to_string(&*desk.snapshot()).unwrap();
    assert!(!text.contains(ADA) && !text.contains(&instance), "{text}");
    for answered in [desk.use_saved(&instance), desk.set(&instance, Some(ADA), RIGHT, true)] {
        assert_eq!(reason(answered.await.unwrap().unwrap_err()), Reason::AppLocked);
    }
    assert_eq!(reason(desk.clear(&instance).await.unwrap_err()), Reason::AppLocked);
    assert_eq!(house.count("/sign_ins"), 0);
    // Who has forgotten the PIN leaves none behind.
    desk.accounts.leave_locked().await.unwrap();
    assert_eq!(desk.snapshot().lock, AppLock::Off);
    assert_eq!((desk.items("password"), desk.items("passkey-pin")), (vec![], vec![]));
    assert_eq!(desk.view(&instance).saved_password, SavedPassword::None);
}

#[tokio::test]
async fn a_password_goes_with_its_instance_also_where_the_keychain_is_locked_meanwhile() {
    let (desk, _house, instance) = with_password().await;
    let remove = |instance: &str| InstanceRequest::Remove { instance: instance.to_owned() };
    // Somebody is just replacing it.
    let keeps = desk.set(&instance, Some(ADA), "another", true);
    desk.asked().await;
    desk.accounts.instance(remove(&instance)).await.unwrap();
    assert_eq!(reason(keeps.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.items("password"), [""; 0]);

    let other = House::at_port().await;
    let instance = desk.add(&other).await;
    desk.keep(&instance, ADA, RIGHT).await;
    desk.keychain.set(Fault::Locked);
    desk.accounts.instance(remove(&instance)).await.unwrap();
    let desk = desk.again();
    desk.keychain.set(Fault::None);
    assert_eq!(desk.items("password/").len(), 1);
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.items("password"), [""; 0]);
    let list = std::fs::read_to_string(desk.folder().join("instances.json")).unwrap();
    assert!(!list.contains("password/"), "{list}");
}

#[tokio::test]
async fn a_password_moves_with_the_vault_and_is_unknown_while_that_is_locked() {
    let (desk, _house, instance) = with_password().await;
    let signs = desk.use_saved(&instance);
    desk.asked().await;
    let items = desk.accounts.vault_items().await.unwrap();
    assert_eq!(reason(signs.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    for kept in desk.items("pass") {
        assert!(items.names.contains(&kept), "{kept} is left behind");
    }
    drop(items);
    desk.keychain.set(Fault::Locked);
    desk.accounts.let_go().await;
    assert_eq!(desk.view(&instance).saved_password, SavedPassword::Unknown);
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    desk.until_at(&instance, |view| view.saved_password == kept(ADA)).await;
}

#[tokio::test]
async fn the_password_of_a_user_who_is_deleted_goes_and_anybody_elses_stays() {
    let (desk, house, instance) = with_password().await;
    let account = desk.sign_in(&instance).await;
    let delete = AccountRequest::Delete { account };
    desk.accounts.account(delete).await.unwrap();
    assert_eq!(desk.view(&instance).saved_password, kept(ADA), "it is another one's");
    let account = desk.sign_in(&instance).await;
    let own = format!("{}@Example.com", account.session);
    desk.keep(&instance, &own, RIGHT).await;
    desk.accounts.account(AccountRequest::Delete { account }).await.unwrap();
    assert_eq!(desk.view(&instance).saved_password, SavedPassword::None);

    // Of somebody whose session was ended elsewhere, nobody has been deleted.
    let account = desk.sign_in(&instance).await;
    let own = format!("{}@example.com", account.session);
    desk.keep(&instance, &own, RIGHT).await;
    house.revoke(&account.session);
    desk.accounts.account(AccountRequest::Delete { account }).await.unwrap_err();
    assert_eq!(desk.view(&instance).saved_password, kept(&own));
}

#[tokio::test]
async fn sec_94_no_kept_password_comes_back_to_the_window() {
    const SECRET: &str = "right-of-the-pier";
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let mut snapshots = desk.accounts.snapshots();
    let watching = tokio::spawn(async move {
        let mut all = String::new();
        while snapshots.changed().await.is_ok() {
            all += &serde_json::to_string(&**snapshots.borrow_and_update()).unwrap();
        }
        all
    });
    let keeps = desk.set(&instance, Some(ADA), SECRET, true);
    desk.types(PIN).await;
    let mut all = keeps.await.unwrap().unwrap().to_string();
    all += &serde_json::to_string(&*desk.snapshot()).unwrap();
    let signs = desk.use_saved(&instance);
    desk.types(PIN).await;
    // The instance says that it is wrong, and so the answer is an error.
    all += &serde_json::to_string(&signs.await.unwrap().unwrap_err()).unwrap();
    all += &desk.accounts.diagnostics();
    assert_eq!(format!("{:?}", typed(SECRET)), "TypedPassword(Secret(…))");
    for file in desk.files() {
        all += &String::from_utf8_lossy(&std::fs::read(file).unwrap());
    }
    drop(desk);
    all += &watching.await.unwrap();
    assert!(all.contains("form_password_incorrect") && all.contains(ADA), "everything was looked at");
    assert!(!all.contains("of-the-pier") && !all.contains(PIN), "{all}");
}
