//! Instances that let one session into a client: each account has a client of its own, and none is disturbed.

use std::{collections::BTreeSet, fs};

use frontdesk_accounts::{AccountKey, AccountRequest, InstanceRequest, Status};
use frontdesk_vault::fake::Fault;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, problem, signed_in},
    house::{House, Plan},
};

/// Three accounts at an instance that lets one session into a client.
async fn three() -> (Desk, House, String, [AccountKey; 3]) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.set_single(true);
    let instance = desk.add(&house).await;
    let accounts = [desk.sign_in(&instance).await, desk.sign_in(&instance).await, desk.sign_in(&instance).await];
    desk.accounts.recheck_vault().await;
    (desk, house, instance, accounts)
}

fn ids(accounts: &[AccountKey]) -> Vec<&str> {
    accounts.iter().map(|account| account.session.as_str()).collect()
}

fn all_tokens(house: &House) -> BTreeSet<String> {
    house.tokens().into_iter().collect()
}

#[tokio::test]
async fn each_account_of_a_single_session_instance_has_a_client_of_its_own() {
    let (desk, house, instance, accounts) = three().await;
    assert_eq!(signed_in(&desk.view(&instance)), ids(&accounts));
    assert_eq!(house.tokens().len(), 3);
    assert_eq!(desk.all_kept(&instance), all_tokens(&house));
    let begun = house.seen().into_iter().filter(|seen| seen.path.ends_with("/sign_ins"));
    assert!(begun.clone().all(|seen| seen.token().is_none()), "no client with somebody in it was asked");
    assert_eq!(begun.count(), 3);
    for (account, token) in accounts.iter().zip(house.tokens()) {
        desk.token(account, false).await.unwrap();
        assert_eq!(house.seen().last().unwrap().token(), Some(format!("Bearer {token}").as_str()));
    }
}

#[tokio::test]
async fn all_accounts_are_there_again_after_a_kill_also_without_a_network() {
    let (desk, house, instance, accounts) = three().await;
    let desk = desk.again();
    assert_eq!(desk.snapshot().active.as_ref(), Some(&accounts[2]));
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), ids(&accounts));
    desk.accounts.recheck_vault().await;
    drop(house);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| signed_in(view).len() == 3).await;
    assert_eq!((view.status, signed_in(&view)), (Status::Degraded, ids(&accounts)));
    let request = AccountRequest::SetActive { account: Some(accounts[1].clone()) };
    desk.accounts.account(request).await.unwrap();
    assert_eq!(desk.snapshot().active.as_ref(), Some(&accounts[1]));
}

#[tokio::test]
async fn sec_41_signing_out_of_one_slot_never_touches_another() {
    let (desk, house, instance, accounts) = three().await;
    desk.sign_out(&instance, Some(&accounts[0].session)).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!((signed_in(&view), problem(&view)), (ids(&accounts[1..]), None));
    assert_eq!(desk.snapshot().active.as_ref(), Some(&accounts[2]), "who was looked at stays");
    let others: BTreeSet<_> = house.tokens().into_iter().skip(1).collect();
    assert_eq!(desk.all_kept(&instance), others);
    desk.sign_out(&instance, Some(&accounts[2].session)).await.unwrap();
    assert_eq!(desk.snapshot().active, None);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), ids(&accounts[1..2]));
    // Everybody at once.
    let fourth = desk.sign_in(&instance).await;
    assert_eq!(signed_in(&desk.view(&instance)), ids(&[accounts[1].clone(), fourth]));
    desk.sign_out(&instance, None).await.unwrap();
    assert!(desk.view(&instance).client.is_none());
    assert_eq!(desk.all_kept(&instance), BTreeSet::new());
    assert_eq!(desk.snapshot().active, None);
}

#[tokio::test]
async fn one_that_is_revoked_elsewhere_leaves_the_others_alone() {
    let (desk, house, instance, accounts) = three().await;
    house.revoke(&accounts[1].session);
    desk.reload(&instance).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!(signed_in(&view), ids(&[accounts[0].clone(), accounts[2].clone()]));
    assert_eq!(problem(&view), Some("session_revoked"));
    assert_eq!(view.client.unwrap().sessions[1].status, "revoked", "it is listed, so that it can say why");
    // Who signs in again takes the place that is free.
    let again = desk.sign_in(&instance).await;
    assert_eq!(house.tokens().len(), 3);
    assert_eq!(signed_in(&desk.view(&instance)), ids(&[accounts[0].clone(), again, accounts[2].clone()]));
}

#[tokio::test]
async fn a_slot_whose_client_is_no_more_explains_itself_and_leaves_no_file() {
    let (desk, house, instance, accounts) = three().await;
    let cached = || fs::read_dir(desk.folder().join("cache")).unwrap().count();
    assert_eq!(cached(), 3);
    house.forget_client_of(&accounts[1].session);
    desk.reload(&instance).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!(view.client.unwrap().sessions[1].status, "vanished");
    desk.reload(&instance).await.unwrap();
    assert_eq!(cached(), 2, "the next start would not know whose the third is");
}

#[tokio::test]
async fn an_attempt_that_is_left_leaves_nothing_behind() {
    let (desk, house, instance, accounts) = three().await;
    let shown = || desk.view(&instance).client.map(|client| (client.sessions, client.last_active_session_id));
    let before = (shown(), desk.keychain.names());
    desk.try_sign_in(&instance, Some("wrong")).await.unwrap_err();
    desk.try_sign_in(&instance, None).await.unwrap();
    assert!(desk.view(&instance).client.unwrap().sign_in.is_some());
    assert_eq!((house.tokens().len(), desk.all_kept(&instance).len()), (4, 4), "one slot for both attempts");
    desk.leave_attempt(&instance).await;
    assert_eq!((shown(), desk.keychain.names()), before);
    assert_eq!(desk.view(&instance).client.unwrap().sign_in, None);
    assert_eq!(desk.snapshot().active.as_ref(), Some(&accounts[2]));
}

#[tokio::test]
async fn an_attempt_that_ended_with_the_app_is_forgotten_at_the_next_start() {
    let (desk, house, instance, accounts) = three().await;
    desk.try_sign_in(&instance, None).await.unwrap();
    assert_eq!(desk.all_kept(&instance).len(), 4);
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
    desk.reload(&instance).await.unwrap();
    assert_eq!(desk.all_kept(&instance), house.tokens().into_iter().take(3).collect());
    assert_eq!(signed_in(&desk.view(&instance)), ids(&accounts));
    let list = fs::read_to_string(desk.folder().join("instances.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["instances"][1]["slots"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn who_is_let_in_after_leaving_is_in() {
    let (desk, house, instance, accounts) = three().await;
    let held = house.hold("/sign_ins");
    let signing_in = async {
        let done = desk.try_sign_in(&instance, Some("right")).await.unwrap();
        done["created_session_id"].as_str().unwrap().to_owned()
    };
    let leaving = async {
        held.arrived().await;
        desk.leave_attempt(&instance).await;
        held.release();
    };
    let (session, ()) = tokio::join!(signing_in, leaving);
    let mut all = ids(&accounts);
    all.push(&session);
    assert_eq!(signed_in(&desk.view(&instance)), all);
    assert_eq!(desk.all_kept(&instance), all_tokens(&house));
}

#[tokio::test]
async fn an_attempt_that_was_left_cannot_be_gone_on_with() {
    let (desk, _house, instance, _) = three().await;
    desk.try_sign_in(&instance, None).await.unwrap();
    desk.leave_attempt(&instance).await;
    let request = frontdesk_accounts::SignInRequest::Reload { instance: instance.clone() };
    assert!(desk.accounts.sign_in(request).await.is_err());
}

#[tokio::test]
async fn an_instance_that_changes_its_mind_keeps_every_account() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let mut accounts = vec![desk.sign_in(&instance).await, desk.sign_in(&instance).await];
    assert_eq!(house.tokens().len(), 1, "they share a client");
    // The app does not know yet, and learns it from the refusal.
    house.set_single(true);
    accounts.push(desk.sign_in(&instance).await);
    assert_eq!(house.tokens().len(), 2);
    desk.reload(&instance).await.unwrap();
    accounts.push(desk.sign_in(&instance).await);
    assert_eq!(house.tokens().len(), 3);
    assert_eq!(signed_in(&desk.view(&instance)), ids(&accounts));
    house.set_single(false);
    desk.reload(&instance).await.unwrap();
    let fifth = desk.sign_in(&instance).await;
    assert_eq!(house.tokens().len(), 3, "it went where there is room for more");
    let mut now = signed_in(&desk.view(&instance)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    now.sort();
    accounts.push(fifth);
    assert_eq!(now, ids(&accounts));
    for account in &accounts {
        desk.token(account, false).await.unwrap();
    }
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view).len(), 5);
}

#[tokio::test]
async fn a_list_of_before_there_were_slots_is_read_without_loss() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let local = desk.snapshot().instances[0].id.clone();
    let old = format!(
        r#"{{
  "instances": [
    {{ "id": "{local}", "local": true, "name": "This computer", "publishable_key": null, "has_client": false }},
    {{ "id": "{instance}", "local": false, "name": "{}", "publishable_key": "{}", "has_client": true }}
  ],
  "active": {{ "instance": "{instance}", "session": "{}" }},
  "doomed": []
}}"#,
        house.host(),
        house.key(),
        account.session
    );
    fs::write(desk.folder().join("instances.json"), old).unwrap();
    let desk = desk.again();
    assert_eq!(desk.snapshot().active.as_ref(), Some(&account));
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), [account.session.as_str()]);
    desk.sign_in(&instance).await;
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view).len(), 2);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn removing_an_instance_takes_every_slot_with_it() {
    let (desk, house, instance, _) = three().await;
    desk.try_sign_in(&instance, None).await.unwrap();
    desk.keychain.set(Fault::Locked);
    desk.accounts.instance(InstanceRequest::Remove { instance: instance.clone() }).await.unwrap();
    assert_eq!(desk.snapshot().active, None);
    assert_eq!(desk.all_kept(&instance).len(), 4, "they cannot be deleted yet");
    let desk = desk.again();
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.keychain.names(), ["cache-key"]);
    assert!(!desk.files().iter().any(|file| file.to_string_lossy().contains(&instance)));
    assert_eq!(house.client()["sessions"], json!([]));
}

#[tokio::test]
async fn sec_106_a_client_that_claims_to_be_another_slots_changes_nothing_there() {
    let (desk, house, instance, accounts) = three().await;
    let [one, two, three] = &accounts;
    // The second slot is told that it is the first one's client, with the sessions of everybody, all of them over.
    let over = |account: &AccountKey| json!({ "id": account.session, "status": "ended", "user": null });
    let sessions: Vec<_> = accounts.iter().map(over).collect();
    let claimed = json!({ "id": "client_1", "updated_at": 1_000_000, "sessions": sessions });
    let body = json!({ "response": { "id": "sess" }, "client": claimed }).to_string();
    house.plan(&format!("/{}/touch", two.session), Plan::Instead(200, vec![], body));
    let touch = frontdesk_accounts::SessionRequest::Touch { account: two.clone() };
    desk.accounts.session(touch).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ids(&[one.clone(), three.clone()]));
    for account in [one, three] {
        desk.token(account, false).await.unwrap();
    }
    assert_eq!(desk.all_kept(&instance), all_tokens(&house));
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ids(&accounts));
}
