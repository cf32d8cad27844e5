//! A phone as an authenticator, as the window sees it: each step while it goes on, and why nothing came of it.

use std::sync::Arc;

use frontdesk_accounts::{
    AccountRequest, AuthenticatorKind, AuthenticatorUnready, AuthenticatorView, CeremonyPrompt, Gear, Reason,
};
use frontdesk_authenticator::{
    Authenticator, Authenticators, Cancel, Code, Creation, Fault, Kind, Made, Person, Request, Sign, Signed, Unready,
};
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, mpsc};

use crate::{
    desk::{Desk, gear},
    house::House,
    passkeys::reason,
};

/// A phone that does what it is told.
struct Told {
    ready: Result<(), Unready>,
    next: Mutex<mpsc::UnboundedReceiver<Result<Sign, Fault>>>,
}

impl Authenticator for Told {
    fn kind(&self) -> Kind {
        Kind::Phone
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(async { self.ready.clone() })
    }

    fn register(
        &self,
        _creation: Creation,
        person: Arc<dyn Person>,
        cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>> {
        Box::pin(async move {
            let mut next = self.next.lock().await;
            loop {
                let told = tokio::select! {
                    () = cancel.cancelled() => return Err(Fault::Cancelled),
                    told = next.recv() => told.expect("something to do"),
                };
                person.show(told?);
            }
        })
    }

    fn sign_in(
        &self,
        _request: Request,
        _person: Arc<dyn Person>,
        _cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        unreachable!("nobody signs in here");
    }
}

/// A desk with a phone beside this device, and who tells it what to do.
fn with_phone(ready: Result<(), Unready>) -> (Desk, mpsc::UnboundedSender<Result<Sign, Fault>>) {
    let (tell, next) = mpsc::unbounded_channel();
    let phone: Arc<dyn Authenticator> = Arc::new(Told { ready, next: Mutex::new(next) });
    let all = move |device| {
        let device: Arc<dyn Authenticator> = Arc::new(device);
        Authenticators::new(vec![device, phone.clone()])
    };
    (Desk::with_gear(Gear { all: Arc::new(all), ..gear() }), tell)
}

#[tokio::test]
async fn each_step_of_a_phone_is_shown_and_why_nothing_came_of_it() {
    let (desk, tell) = with_phone(Ok(()));
    let house = House::at_port().await;
    house.has_passkeys();
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let create = || {
        let (accounts, account) = (desk.accounts.clone(), account.clone());
        let request = AccountRequest::CreatePasskey { account, authenticator: AuthenticatorKind::Phone };
        tokio::spawn(async move { accounts.account(request).await })
    };
    let shows = async |prompt: CeremonyPrompt| {
        desk.until(|shown| shown.passkeys.ceremony.as_ref().is_some_and(|one| one.prompt == prompt)).await
    };
    for (fault, why) in [
        (Fault::Gone, Reason::PasskeyGone),
        (Fault::Bluetooth("out of order".to_owned()), Reason::PasskeyBluetooth),
        (Fault::Unreached("no way".to_owned()), Reason::PasskeyUnreached),
    ] {
        let made = create();
        tell.send(Ok(Sign::Scan(Code("FIDO:/0123".to_owned())))).unwrap();
        let begun = shows(CeremonyPrompt::Scan { code: "FIDO:/0123".to_owned() }).await;
        assert_eq!(begun.passkeys.ceremony.as_ref().unwrap().authenticator, AuthenticatorKind::Phone);
        tell.send(Ok(Sign::Connecting)).unwrap();
        shows(CeremonyPrompt::Connecting).await;
        tell.send(Ok(Sign::OnPhone)).unwrap();
        shows(CeremonyPrompt::OnPhone).await;
        let words = fault.to_string();
        tell.send(Err(fault)).unwrap();
        let error = made.await.unwrap().unwrap_err();
        let detail = error.said.as_ref().unwrap().detail.clone();
        assert!(detail.is_none_or(|detail| words.ends_with(&detail)), "{words}");
        assert_eq!(reason(error), why);
        assert_eq!(desk.snapshot().passkeys.ceremony, None);
    }
    // Whoever turns back is out of it at once, and the code is out of sight.
    let made = create();
    tell.send(Ok(Sign::Scan(Code("FIDO:/4567".to_owned())))).unwrap();
    let begun = shows(CeremonyPrompt::Scan { code: "FIDO:/4567".to_owned() }).await;
    desk.accounts.cancel_passkey(begun.passkeys.ceremony.as_ref().map(|one| one.id.as_str()));
    assert_eq!(reason(made.await.unwrap().unwrap_err()), Reason::PasskeyCancelled);
    assert_eq!(desk.snapshot().passkeys.ceremony, None);
}

#[tokio::test]
async fn a_phone_that_cannot_be_heard_is_shown_with_why_not() {
    for (why, unready) in [
        (
            Unready::NoBluetooth("no adapter was found".to_owned()),
            AuthenticatorUnready::NoBluetooth { detail: "no adapter was found".to_owned() },
        ),
        (Unready::BluetoothOff, AuthenticatorUnready::BluetoothOff),
    ] {
        let (desk, _tell) = with_phone(Err(why));
        let offered = desk.accounts.authenticators().await;
        assert_eq!(offered[1], AuthenticatorView { kind: AuthenticatorKind::Phone, unready: Some(unready) });
        let house = House::at_port().await;
        house.has_passkeys();
        let instance = desk.add(&house).await;
        let account = desk.sign_in(&instance).await;
        let request = AccountRequest::CreatePasskey { account, authenticator: AuthenticatorKind::Phone };
        assert_eq!(reason(desk.accounts.account(request).await.unwrap_err()), Reason::PasskeyBluetooth);
        assert!(house.passkeys().is_empty());
    }
}
