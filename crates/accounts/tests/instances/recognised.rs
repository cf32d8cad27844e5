//! A computer whose system recognises the person: it is asked in place of a PIN, by everything that asks for one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use frontdesk_accounts::{
    AppLock, CeremonyPrompt, CeremonyPurpose, Gear, InstanceRequest, Reason, SavedPassword, SignInRequest,
    SystemGesture, TypedPassword,
};
use frontdesk_authenticator::{Fault, Gesture, SystemVerification};
use frontdesk_vault::Secret;
use tokio::sync::Notify;

use crate::{
    desk::{Desk, gear, signed_in},
    house::House,
    passkeys::reason,
};

/// Somebody in front of the computer, who looks at it when they are told to.
#[derive(Default)]
struct Somebody {
    looks: Notify,
    turns_away: AtomicBool,
}

impl SystemVerification for Somebody {
    fn gesture(&self) -> Gesture {
        Gesture::TouchId
    }

    fn is_there(&self) -> bool {
        true
    }

    fn make(&self, _name: &str) -> Result<bool, Fault> {
        Ok(true)
    }

    fn secret(&self, name: &str, _challenge: &[u8]) -> Result<Secret, Fault> {
        tokio::runtime::Handle::current().block_on(self.looks.notified());
        if self.turns_away.load(Ordering::SeqCst) {
            return Err(Fault::Cancelled);
        }
        Ok(Secret::new(name.as_bytes().repeat(2)))
    }

    fn forget(&self, _name: &str) -> Result<(), Fault> {
        Ok(())
    }
}

impl Desk {
    fn in_front_of(somebody: &Arc<Somebody>) -> Self {
        Self::with_gear(Gear { system: Some(somebody.clone()), ..gear() })
    }

    /// Waits until the system asks, and for what.
    async fn asked_by_system(&self) -> CeremonyPurpose {
        let asks = CeremonyPrompt::System { gesture: SystemGesture::TouchId };
        let shown = self.until(|shown| shown.passkeys.ceremony.as_ref().is_some_and(|view| view.prompt == asks)).await;
        shown.passkeys.ceremony.clone().unwrap().purpose
    }
}

#[tokio::test]
async fn the_lock_opens_for_whom_the_system_recognises_and_for_nobody_else() {
    let somebody = Arc::new(Somebody::default());
    let (desk, house) = (Desk::in_front_of(&somebody), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.until(|shown| shown.passkeys.gesture == Some(SystemGesture::TouchId)).await;
    let accounts = desk.accounts.clone();
    let on = tokio::spawn(async move { accounts.turn_lock_on().await });
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::TurnLockOn);
    somebody.looks.notify_one();
    on.await.unwrap().unwrap();
    assert!(!desk.snapshot().passkeys.pin_chosen, "nobody had to choose one");

    let desk = desk.again();
    let shown = desk.until(|shown| shown.passkeys.gesture.is_some()).await;
    assert_eq!((shown.lock, shown.instances.len()), (AppLock::Shut, 0), "what opens it is no secret");
    let unlock = || {
        let accounts = desk.accounts.clone();
        tokio::spawn(async move { accounts.unlock().await })
    };
    somebody.turns_away.store(true, Ordering::SeqCst);
    let open = unlock();
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::Unlock);
    somebody.looks.notify_one();
    assert_eq!(reason(open.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().lock, AppLock::Shut);

    somebody.turns_away.store(false, Ordering::SeqCst);
    let open = unlock();
    desk.asked_by_system().await;
    somebody.looks.notify_one();
    open.await.unwrap().unwrap();
    assert_eq!(desk.snapshot().lock, AppLock::Open);
    desk.until_at(&instance, |view| signed_in(view) == [account.session.as_str()]).await;
}

#[tokio::test]
async fn a_password_is_kept_where_the_system_recognises_somebody_also_by_who_may_choose_no_pin() {
    let somebody = Arc::new(Somebody::default());
    let (desk, house) = (Desk::in_front_of(&somebody), House::at_port().await);
    let instance = desk.add(&house).await;
    let request = InstanceRequest::SetCredentials {
        instance: instance.clone(),
        identifier: Some("ada@example.com".to_owned()),
        password: TypedPassword(Secret::new(b"right".to_vec())),
        may_choose_pin: false,
    };
    let accounts = desk.accounts.clone();
    let kept = tokio::spawn(async move { accounts.instance(request).await });
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::KeepPassword { instance: instance.clone() });
    somebody.looks.notify_one();
    kept.await.unwrap().unwrap();
    let is_kept = SavedPassword::Kept { identifier: "ada@example.com".to_owned() };
    desk.until_at(&instance, |view| view.saved_password == is_kept).await;

    let (accounts, place) = (desk.accounts.clone(), instance.clone());
    let request = SignInRequest::AuthenticateWithSavedPassword { instance: place };
    let signs = tokio::spawn(async move { accounts.sign_in(request).await });
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::UsePassword { instance: instance.clone() });
    somebody.looks.notify_one();
    assert_eq!(signs.await.unwrap().unwrap()["status"], "complete");
}

#[tokio::test]
async fn who_ends_a_question_or_shuts_the_lock_is_not_taken_at_the_word_of_a_window_that_stayed_open() {
    let somebody = Arc::new(Somebody::default());
    let desk = Desk::in_front_of(&somebody);
    desk.until(|shown| shown.passkeys.gesture.is_some()).await;
    let accounts = desk.accounts.clone();
    let on = || {
        let accounts = accounts.clone();
        tokio::spawn(async move { accounts.turn_lock_on().await })
    };
    let asked = on();
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::TurnLockOn);
    desk.accounts.cancel_passkey(None);
    somebody.looks.notify_one();
    assert_eq!(reason(asked.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().lock, AppLock::Off);

    let asked = on();
    desk.asked_by_system().await;
    somebody.looks.notify_one();
    asked.await.unwrap().unwrap();
    let off = tokio::spawn({
        let accounts = accounts.clone();
        async move { accounts.turn_lock_off().await }
    });
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::TurnLockOff);
    desk.accounts.shut_lock();
    somebody.looks.notify_one();
    assert_eq!(reason(off.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().lock, AppLock::Shut);

    let open = tokio::spawn(async move { accounts.unlock().await });
    assert_eq!(desk.asked_by_system().await, CeremonyPurpose::Unlock);
    desk.accounts.cancel_passkey(None);
    somebody.looks.notify_one();
    assert_eq!(reason(open.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().lock, AppLock::Shut);
}
