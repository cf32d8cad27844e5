//! The keychain in every state: nothing is lost, nothing is written in plain text, and it is said what is the matter.

use frontdesk_accounts::{ErrorKind, InstanceRequest, Status, VaultState};
use frontdesk_vault::fake::{FakeStore, Fault};

use crate::{
    desk::{Desk, item, problem, signed_in},
    house::House,
};

#[tokio::test]
async fn a_slow_keychain_holds_nothing_up() {
    let keychain = FakeStore::new();
    keychain.set(Fault::Slow);
    let (desk, house) = (Desk::impatient(&keychain), House::at_port().await);
    assert_eq!(desk.snapshot().vault.state, VaultState::Checking);
    let instance = desk.add(&house).await;
    assert!(desk.view(&instance).environment.is_some());
    desk.until(|snapshot| snapshot.vault.state == VaultState::Waiting).await;
    keychain.set(Fault::None);
    let snapshot = desk.until(|snapshot| snapshot.vault.state == VaultState::Ready).await;
    assert_eq!(snapshot.vault.detail, None);
}

#[tokio::test]
async fn sec_95_a_locked_keychain_deletes_nothing_and_everything_is_back_when_it_opens() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let asked = house.count("/v1/client");
    for fault in [Fault::Locked, Fault::Failed] {
        desk.keychain.set(fault);
    }
    desk.keychain.set(Fault::Locked);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.problem.is_some()).await;
    assert_eq!((view.status, problem(&view)), (Status::Error, Some("vault_locked")));
    assert!(view.problem.unwrap().message.contains("Unlock"));
    assert_eq!(desk.snapshot().active, Some(account.clone()), "who was shown will be shown again");
    assert_eq!(desk.until(|snapshot| snapshot.vault.state == VaultState::Locked).await.vault.store, "Test keychain");
    let failed = desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Vault);
    assert_eq!(house.count("/v1/client"), asked, "nobody was asked anything in the name of nobody");
    assert_eq!(desk.kept(&instance), house.token());

    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!((signed_in(&view), problem(&view)), (vec![account.session.as_str()], None));
    assert_eq!(desk.snapshot().active, Some(account));
}

#[tokio::test]
async fn sec_95_without_a_keychain_people_stay_signed_in_until_they_quit_and_nothing_is_written() {
    let keychain = FakeStore::new();
    keychain.set(Fault::Absent);
    let (desk, house) = (Desk::with_keychain(&keychain), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.until(|snapshot| snapshot.vault.state == VaultState::Absent).await;
    let account = desk.sign_in(&instance).await;
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    let mut files = desk.files();
    files.sort();
    assert_eq!(files, ["instances.json", "instances.lock"].map(|name| desk.folder().join(name)));
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), [""; 0]);
    desk.sign_in(&instance).await;
}

#[tokio::test]
async fn a_keychain_that_appears_takes_what_was_in_memory() {
    let keychain = FakeStore::new();
    keychain.set(Fault::Absent);
    let (desk, house) = (Desk::with_keychain(&keychain), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.kept(&instance), house.token());
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), ["sess_1"]);
}

#[tokio::test]
async fn sec_95_who_signs_in_without_a_keychain_takes_nobodys_place_in_it() {
    for fault in [Fault::Absent, Fault::Hollow] {
        for late in [false, true] {
            Box::pin(signs_in_beside_others(fault, late)).await;
        }
    }
}

/// Somebody signs in before the keychain is there that has the others' token; `late` where it says so only meanwhile.
async fn signs_in_beside_others(fault: Fault, late: bool) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.set_apart();
    let instance = desk.add(&house).await;
    let mut accounts = vec![desk.sign_in(&instance).await, desk.sign_in(&instance).await];
    desk.accounts.recheck_vault().await;
    let before = desk.kept(&instance);
    desk.keychain.set(if late { Fault::Slow } else { fault });
    let desk = desk.again();
    desk.until_at(&instance, |view| view.environment.is_some()).await;
    let appears = async {
        tokio::task::yield_now().await;
        desk.keychain.set(fault);
    };
    let (third, ()) = tokio::join!(Box::pin(desk.sign_in(&instance)), appears);
    let fourth = desk.sign_in(&instance).await;
    desk.leave_attempt(&instance).await;
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [&*third.session, &*fourth.session], "{fault:?} {late}");
    assert_eq!(house.tokens().len(), 2, "{fault:?} {late}: those two share a client");
    assert_eq!(desk.kept(&instance), before, "{fault:?} {late}");

    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.kept(&instance), before, "{fault:?} {late}: nothing was written over it");
    accounts.extend([third, fourth.clone()]);
    let all: Vec<_> = accounts.iter().map(|account| account.session.as_str()).collect();
    let everybody = |view: &frontdesk_accounts::InstanceView| signed_in(view) == all;
    desk.until_at(&instance, everybody).await;
    desk.reload(&instance).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!((signed_in(&view), problem(&view)), (all.clone(), None), "{fault:?} {late}");
    assert_eq!(view.client.unwrap().sessions.len(), 4, "nobody has to be told anything");
    assert_eq!(desk.all_kept(&instance), house.tokens().into_iter().collect());
    assert_eq!(desk.snapshot().active.as_ref(), Some(&fourth));
    for account in &accounts {
        desk.token(account, true).await.unwrap();
    }
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == Status::Ready && everybody(view)).await;
    // Whoever comes next goes where the first are, and everybody can leave at once.
    desk.sign_in(&instance).await;
    assert_eq!(house.tokens().len(), 2);
    desk.sign_out(&instance, None).await.unwrap();
    assert!(desk.view(&instance).client.is_none());
    assert_eq!(desk.all_kept(&instance).len(), 0);
}

#[tokio::test]
async fn a_keychain_that_refuses_writes_keeps_people_signed_in_meanwhile() {
    for (fault, state) in [(Fault::Full, VaultState::Full), (Fault::Locked, VaultState::Locked)] {
        let (desk, house) = (Desk::new(), House::at_port().await);
        let instance = desk.add(&house).await;
        desk.accounts.recheck_vault().await;
        desk.keychain.set(fault);
        let account = desk.sign_in(&instance).await;
        assert_eq!(desk.until(|snapshot| snapshot.vault.state == state).await.active, Some(account));
        desk.reload(&instance).await.unwrap();
        assert_eq!(desk.kept(&instance), None);
        desk.keychain.set(Fault::None);
        desk.accounts.recheck_vault().await;
        assert_eq!(desk.kept(&instance), house.token(), "{fault:?}");
    }
}

#[tokio::test]
async fn an_item_that_somebody_removed_is_missed_and_said_so() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    frontdesk_vault::SecretStore::delete(&desk.keychain, &item(&instance)).unwrap();
    // A store that finds nothing because it does not work is not believed.
    desk.keychain.set(Fault::Hollow);
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status != Status::Loading).await;
    assert!(desk.folder().join("cache").join(format!("{instance}.sealed")).exists());
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    let view = desk.until_at(&instance, |view| problem(view) == Some("vault_item_missing")).await;
    assert_eq!(signed_in(&view), [""; 0]);
    let left = &view.client.unwrap().sessions[0];
    assert_eq!(left.status, "lost", "it is not the instance that knows nothing of it");
    assert_eq!(desk.snapshot().active.as_ref().unwrap().session, left.id, "who looked at it is told");
    drop(house);
    // What is shown may not be on disk when the app is killed. Then it is found out once more, and explained once more.
    let desk = desk.again();
    desk.accounts.recheck_vault().await;
    let view = desk.until_at(&instance, |view| view.problem.is_some()).await;
    let back = view.client.iter().flat_map(|client| &client.sessions).find(|session| session.status != "lost");
    assert!(back.is_none(), "and the cache brings nobody back");
    // The instance is said not to be reached when all else is settled.
    let desk = desk.again();
    desk.accounts.recheck_vault().await;
    let view = desk.until_at(&instance, |view| view.problem.is_some()).await;
    assert!(view.client.is_none(), "nor what was explained");
}

#[tokio::test]
async fn a_damaged_item_is_left_until_the_next_sign_in_replaces_it() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let before = desk.kept(&instance);
    desk.keychain.set(Fault::Corrupt);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(problem(&view), Some("vault_item_damaged"));
    assert_eq!(desk.kept(&instance), before);
    desk.sign_in(&instance).await;
    assert_eq!(desk.kept(&instance), house.token());
    assert_ne!(desk.kept(&instance), before);
}

#[tokio::test]
async fn what_could_not_be_deleted_is_deleted_when_the_keychain_opens_also_in_another_run() {
    for restarts in [false, true] {
        let (mut desk, house) = (Desk::new(), House::at_port().await);
        let instance = desk.add(&house).await;
        desk.sign_in(&instance).await;
        desk.accounts.recheck_vault().await;
        desk.keychain.set(Fault::Locked);
        desk.accounts.instance(InstanceRequest::Remove { instance: instance.clone() }).await.unwrap();
        assert!(desk.kept(&instance).is_some());
        if restarts {
            desk = desk.again();
        }
        desk.keychain.set(Fault::None);
        desk.accounts.recheck_vault().await;
        assert_eq!(desk.kept(&instance), None, "{restarts}");
        assert_eq!(desk.keychain.names(), ["cache-key"]);
    }
}

#[tokio::test]
async fn what_a_missing_keychain_has_of_a_removed_instance_is_deleted_when_it_comes_also_in_another_run() {
    for fault in [Fault::Absent, Fault::Hollow] {
        for restarts in [false, true] {
            let (desk, house) = (Desk::new(), House::at_port().await);
            let instance = desk.add(&house).await;
            desk.sign_in(&instance).await;
            desk.accounts.recheck_vault().await;
            desk.keychain.set(fault);
            let mut desk = desk.again();
            desk.until_at(&instance, |view| view.status == Status::Ready).await;
            desk.accounts.instance(InstanceRequest::Remove { instance: instance.clone() }).await.unwrap();
            if restarts {
                desk = desk.again();
            }
            assert!(desk.kept(&instance).is_some());
            desk.keychain.set(Fault::None);
            desk.accounts.recheck_vault().await;
            assert_eq!(desk.keychain.names(), ["cache-key"], "{fault:?} {restarts}");
            let list = std::fs::read_to_string(desk.folder().join("instances.json")).unwrap();
            assert!(!list.contains(&instance), "{list}");
        }
    }
}

#[tokio::test]
async fn who_signs_in_while_something_else_is_deleted_stays_signed_in() {
    let (desk, houses) = (Desk::new(), [House::at_port().await, House::at_port().await]);
    let [first, second] = [desk.add(&houses[0]).await, desk.add(&houses[1]).await];
    for instance in [&first, &second] {
        desk.sign_in(instance).await;
    }
    desk.accounts.recheck_vault().await;
    desk.keychain.set(Fault::Locked);
    for instance in [&first, &second] {
        desk.sign_out(instance, None).await.unwrap();
    }
    let desk = desk.again();
    desk.until_at(&second, |view| view.status == Status::Ready).await;
    desk.keychain.hold_back(Some(&item(&first)));
    desk.keychain.set(Fault::None);
    let accounts = desk.accounts.clone();
    let opening = tokio::spawn(async move { accounts.recheck_vault().await });
    while !desk.keychain.is_waited_for() {
        tokio::task::yield_now().await;
    }
    let list = || std::fs::read_to_string(desk.folder().join("instances.json")).unwrap();
    assert!(list().contains(&item(&second)), "it is to be deleted next");
    let released = async {
        while list().contains(&item(&second)) {
            tokio::task::yield_now().await;
        }
        // The token follows the list.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        desk.keychain.hold_back(None);
    };
    let (account, ()) = tokio::join!(Box::pin(desk.sign_in(&second)), released);
    opening.await.unwrap();
    assert_eq!((desk.kept(&first), desk.kept(&second)), (None, houses[1].token()));
    let desk = desk.again();
    let view = desk.until_at(&second, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), [account.session.as_str()]);
}

#[tokio::test]
async fn who_signs_in_again_while_the_keychain_is_locked_stays_signed_in() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    desk.keychain.set(Fault::Locked);
    desk.sign_out(&instance, None).await.unwrap();
    assert!(desk.kept(&instance).is_some(), "it cannot be deleted yet");
    desk.sign_in(&instance).await;
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.kept(&instance), house.token());
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view).len(), 1);
}
