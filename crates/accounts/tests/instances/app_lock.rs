//! The lock of the app: what is behind it is neither shown nor done, and who opens it.

use std::time::Duration;

use frontdesk_accounts::{
    AccountKey, AccountRequest, AppLock, CeremonyPrompt, CeremonyPurpose, ErrorKind, InstanceRequest, IntentError,
    LocalState, Problem, Reason, SessionRequest, Status,
};
use frontdesk_vault::{SecretStore as _, fake::Fault};
use tokio::task::JoinHandle;

use crate::{
    desk::{Desk, signed_in},
    house::{House, Plan},
    passkeys::{PIN, WRONG, reason},
};

impl Desk {
    fn turn_lock_on(&self) -> JoinHandle<Result<(), IntentError>> {
        let accounts = self.accounts.clone();
        tokio::spawn(async move { accounts.turn_lock_on().await })
    }

    fn unlock(&self) -> JoinHandle<Result<(), IntentError>> {
        let accounts = self.accounts.clone();
        tokio::spawn(async move { accounts.unlock().await })
    }
}

/// Somebody who is signed in, with the lock on.
async fn with_lock() -> (Desk, House, String, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let on = desk.turn_lock_on();
    let view = desk.types(PIN).await;
    assert_eq!(view.purpose, CeremonyPurpose::TurnLockOn);
    assert!(matches!(view.prompt, CeremonyPrompt::ChoosePin { .. }), "{:?}", view.prompt);
    on.await.unwrap().unwrap();
    assert_eq!(desk.snapshot().lock, AppLock::Open);
    (desk, house, instance, account)
}

#[tokio::test]
async fn behind_a_shut_lock_nothing_is_shown_done_or_handed_out() {
    let (desk, house, instance, account) = with_lock().await;
    desk.token(&account, false).await.unwrap();
    let asked = house.seen().len();
    desk.accounts.shut_lock();
    let shown = desk.snapshot();
    assert_eq!((shown.lock, shown.status), (AppLock::Shut, Status::Ready));
    assert_eq!((shown.instances.len(), shown.flows.len(), shown.active.as_ref()), (0, 0, None));
    let text = serde_json::to_string(&*shown).unwrap();
    assert!(!text.contains("ada@example.com") && !text.contains(&instance), "{text}");

    let refused = desk.token(&account, false).await.unwrap_err();
    assert_eq!((refused.kind, reason(refused)), (ErrorKind::Refused, Reason::AppLocked));
    let touch = SessionRequest::Touch { account: account.clone() };
    assert_eq!(reason(desk.accounts.session(touch).await.unwrap_err()), Reason::AppLocked);
    let reload = AccountRequest::Reload { account: account.clone() };
    assert_eq!(reason(desk.accounts.account(reload).await.unwrap_err()), Reason::AppLocked);
    let reload = InstanceRequest::Reload { instance: instance.clone() };
    assert_eq!(reason(desk.accounts.instance(reload).await.unwrap_err()), Reason::AppLocked);
    assert_eq!(reason(desk.try_sign_in(&instance, None).await.unwrap_err()), Reason::AppLocked);
    assert_eq!(reason(desk.accounts.turn_lock_off().await.unwrap_err()), Reason::AppLocked);
    // Whoever comes back to the window is not there before it is open.
    desk.accounts.set_presence(false);
    desk.accounts.set_presence(true);
    assert_eq!(house.seen().len(), asked, "nobody is asked");

    let open = desk.unlock();
    let view = desk.types(WRONG).await;
    assert_eq!((view.purpose, view.host), (CeremonyPurpose::Unlock, None));
    desk.types(PIN).await;
    open.await.unwrap().unwrap();
    let shown = desk.snapshot();
    assert_eq!((shown.lock, shown.active.as_ref()), (AppLock::Open, Some(&account)));
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    desk.token(&account, false).await.unwrap();
}

#[tokio::test]
async fn sec_35_behind_a_shut_lock_no_account_is_kept_in_use() {
    let (desk, house, _, _) = with_lock().await;
    let (another, elsewhere) = (Desk::new(), House::at_port().await);
    let instance = another.add(&elsewhere).await;
    desk.advance(7_200_000);
    desk.accounts.shut_lock();
    desk.accounts.set_presence(true);
    for _ in 0..20 {
        another.reload(&instance).await.unwrap();
    }
    assert_eq!(house.count("/tokens"), 0);
    let open = desk.unlock();
    desk.types(PIN).await;
    open.await.unwrap().unwrap();
    house.arrived("/tokens", 1).await;
}

#[tokio::test]
async fn the_lock_is_shut_at_every_start_until_it_is_turned_off_by_who_can_open_it() {
    let (desk, _house, instance, account) = with_lock().await;
    let desk = desk.again();
    assert_eq!((desk.snapshot().lock, desk.snapshot().instances.len()), (AppLock::Shut, 0));
    let open = desk.unlock();
    desk.types(PIN).await;
    open.await.unwrap().unwrap();
    desk.until_at(&instance, |view| signed_in(view) == [account.session.as_str()]).await;

    // Who turns back leaves it as it is.
    let accounts = desk.accounts.clone();
    let off = tokio::spawn(async move { accounts.turn_lock_off().await });
    let (view, _) = desk.asked().await;
    assert_eq!(view.purpose, CeremonyPurpose::TurnLockOff);
    desk.accounts.cancel_passkey(Some(&view.id));
    assert_eq!(reason(off.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().lock, AppLock::Open);

    let accounts = desk.accounts.clone();
    let off = tokio::spawn(async move { accounts.turn_lock_off().await });
    desk.types(PIN).await;
    off.await.unwrap().unwrap();
    desk.accounts.shut_lock();
    assert_eq!(desk.snapshot().lock, AppLock::Off, "there is none to shut");
    assert_eq!(desk.again().snapshot().lock, AppLock::Off);
}

#[tokio::test]
async fn who_is_asked_something_when_the_lock_shuts_is_asked_no_more() {
    let (desk, ..) = with_lock().await;
    let accounts = desk.accounts.clone();
    let change = tokio::spawn(async move { accounts.change_passkey_pin().await });
    desk.asked().await;
    desk.accounts.shut_lock();
    assert_eq!(reason(change.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().passkeys.ceremony, None);
}

#[tokio::test]
async fn a_lock_whose_pin_is_gone_is_not_opened_by_a_new_one() {
    let (desk, _house, instance, _) = with_lock().await;
    desk.keychain.delete("passkey-pin").unwrap();
    let desk = desk.again();
    assert_eq!(reason(desk.unlock().await.unwrap().unwrap_err()), Reason::PasskeyDamaged);
    assert_eq!(desk.snapshot().lock, AppLock::Shut);
    // There is a way on that shows nothing.
    desk.accounts.leave_locked().await.unwrap();
    assert_eq!((desk.snapshot().lock, desk.kept(&instance)), (AppLock::Off, None));
}

#[tokio::test]
async fn the_last_wrong_pin_and_a_forgotten_one_sign_everybody_out() {
    let (desk, house, instance, account) = with_lock().await;
    desk.accounts.shut_lock();
    for wrong in 1..=8 {
        let open = desk.unlock();
        desk.types(WRONG).await;
        // Two may be wrong, then each is followed by a pause.
        if wrong < 3 {
            let (view, _) = desk.asked().await;
            desk.accounts.cancel_passkey(Some(&view.id));
        }
        let failed = reason(open.await.unwrap().unwrap_err());
        let expected = match wrong {
            1 | 2 => Reason::PasskeyCancelled,
            8 => Reason::PasskeyWiped,
            _ => Reason::PasskeyPinWait,
        };
        assert_eq!(failed, expected, "try {wrong}");
        desk.advance(i64::try_from(Duration::from_hours(2).as_millis()).unwrap());
    }
    let shown = desk.snapshot();
    assert_eq!((shown.lock, shown.passkeys.pin_chosen), (AppLock::Off, false));
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
    assert_eq!((desk.kept(&instance), house.count("/sessions")), (None, 1), "{account:?}");

    // Nor does a network keep somebody in front of it.
    let (desk, house, instance, _) = with_lock().await;
    desk.accounts.shut_lock();
    house.plan("/sessions", Plan::Instead(503, vec![], String::new()));
    desk.accounts.leave_locked().await.unwrap();
    let shown = desk.snapshot();
    assert_eq!((shown.lock, shown.instances.iter().any(|view| view.id == instance)), (AppLock::Off, false));
}

#[tokio::test]
async fn who_leaves_everything_behind_a_lock_leaves_the_accounts_too_that_are_not_known_yet() {
    for reachable in [true, false] {
        let (desk, house, instance, _) = with_lock().await;
        // The cache is lost, and the instance has not said who is signed in.
        let held = house.hold("/v1/client");
        if !reachable {
            house.plan("/sessions", Plan::Drop);
        }
        let desk = desk.again_with_list(|list| list);
        assert!(desk.kept(&instance).is_some());
        desk.accounts.leave_locked().await.unwrap();
        let shown = desk.snapshot();
        assert_eq!((shown.lock, desk.kept(&instance)), (AppLock::Off, None), "{reachable}");
        assert_eq!(shown.instances.iter().any(|view| view.id == instance), reachable);
        held.release();
        if reachable {
            // What the instance says from now on brings nobody back.
            desk.reload(&instance).await.unwrap();
            assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
            assert_eq!(desk.kept(&instance), None);
        }
        let desk = desk.again();
        assert_eq!((desk.snapshot().lock, desk.kept(&instance)), (AppLock::Off, None));
    }
}

#[tokio::test]
async fn an_instance_inside_the_app_that_does_not_run_keeps_nobody_in_front_of_the_lock() {
    let desk = Desk::new();
    let local = desk.snapshot().instances[0].id.clone();
    let serve = |desk: &Desk, name: &str| {
        let socket = desk.folder().join(name);
        let house = House::at_socket(socket.clone());
        desk.accounts.set_local(LocalState::Serving { socket, publishable_key: house.key() });
        house
    };
    let house = serve(&desk, "one.sock");
    desk.until_at(&local, |view| view.status == Status::Ready).await;
    desk.sign_in(&local).await;
    let on = desk.turn_lock_on();
    desk.types(PIN).await;
    on.await.unwrap().unwrap();
    desk.accounts.recheck_vault().await;
    drop(house);

    let desk = desk.again();
    desk.accounts.set_local(LocalState::Failed(Problem::new(Reason::LocalInstance, "Its key is gone.")));
    // Who is signed in is known from the cache.
    desk.accounts.recheck_vault().await;
    desk.accounts.leave_locked().await.unwrap();
    assert_eq!((desk.snapshot().lock, desk.kept(&local)), (AppLock::Off, None));
    assert_eq!(signed_in(&desk.view(&local)), [""; 0]);
    // It is still there to sign in to, once it runs.
    let _house = serve(&desk, "two.sock");
    desk.until_at(&local, |view| view.status == Status::Ready).await;
    let account = desk.sign_in(&local).await;
    assert_eq!(signed_in(&desk.view(&local)), [account.session.as_str()]);
    assert!(desk.kept(&local).is_some());
}

#[tokio::test]
async fn accounts_stay_behind_a_lock_that_stays_since_the_keychain_does_not_forget() {
    let (desk, _house, instance, _) = with_lock().await;
    desk.accounts.shut_lock();
    desk.keychain.set(Fault::Locked);
    desk.accounts.leave_locked().await.unwrap_err();
    assert_eq!(desk.snapshot().lock, AppLock::Shut);
    desk.keychain.set(Fault::None);
    assert!(desk.kept(&instance).is_some());
    desk.accounts.recheck_vault().await;
    assert!(desk.kept(&instance).is_some(), "nor is it forgotten later");
    desk.accounts.leave_locked().await.unwrap();
    assert_eq!((desk.snapshot().lock, desk.kept(&instance)), (AppLock::Off, None));
}

#[tokio::test]
async fn a_token_that_comes_when_the_lock_is_shut_is_handed_to_nobody() {
    let (desk, house, _, account) = with_lock().await;
    let held = house.hold("/tokens");
    let accounts = desk.accounts.clone();
    let request = SessionRequest::Token {
        account: account.clone(),
        template: None,
        organization_id: None,
        skip_cache: false,
        leeway_in_seconds: None,
    };
    let asked = tokio::spawn(async move { accounts.session(request).await });
    held.arrived().await;
    desk.accounts.shut_lock();
    held.release();
    assert_eq!(reason(asked.await.unwrap().unwrap_err()), Reason::AppLocked);
    let open = desk.unlock();
    desk.types(PIN).await;
    open.await.unwrap().unwrap();
    desk.token(&account, false).await.unwrap();
}
