//! Signing out, of one account or all, and removing instances.

use frontdesk_accounts::{
    AccountKey, AccountRequest, ErrorKind, InstanceRequest, InstanceView, Reason, SessionRequest, Status,
};

use crate::{
    desk::{Desk, problem, signed_in},
    house::{House, Plan, refusal},
};

#[tokio::test]
async fn sec_41_signing_out_of_one_account_keeps_the_others() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let first = desk.sign_in(&instance).await;
    let second = desk.sign_in(&instance).await;
    desk.token(&second, false).await.unwrap();
    desk.sign_out(&instance, Some(&second.session)).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!((signed_in(&view), problem(&view)), (vec![first.session.as_str()], None), "this was no accident");
    assert_eq!(desk.snapshot().active, None, "nobody goes on in another one's name");
    assert_eq!(desk.kept(&instance), house.token());
    assert_eq!(desk.token(&second, false).await.unwrap_err().kind, ErrorKind::Refused);
    desk.token(&first, false).await.unwrap();
    desk.sign_out(&instance, Some(&second.session)).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [first.session.as_str()], "twice is the same as once");
}

#[tokio::test]
async fn the_last_account_takes_token_and_cache_with_it() {
    for names_it in [false, true] {
        let (desk, house) = (Desk::new(), House::at_port().await);
        let instance = desk.add(&house).await;
        let account = desk.sign_in(&instance).await;
        desk.accounts.recheck_vault().await;
        desk.sign_out(&instance, Some(account.session.as_str()).filter(|_| names_it)).await.unwrap();
        let view = desk.view(&instance);
        assert!(view.client.is_none());
        assert_eq!((view.status, problem(&view)), (Status::Ready, None));
        assert_eq!(desk.snapshot().active, None);
        assert_eq!(desk.keychain.names(), ["cache-key"]);
        assert_eq!(house.client()["sessions"].as_array().unwrap().len(), 0);
        assert!(!desk.files().iter().any(|file| file.ends_with(format!("{instance}.sealed"))));
        let desk = desk.again();
        let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
        assert!(view.client.is_none());
    }
}

#[tokio::test]
async fn who_cannot_be_signed_out_is_still_signed_in() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    house.plan("/client/sessions", Plan::Instead(503, vec![], "busy".to_owned()));
    let failed = desk.sign_out(&instance, None).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Protocol);
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token());
    // What was asked for has happened all the same, and is shown when it is known.
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
    assert_eq!(problem(&desk.view(&instance)), Some("session_removed"));
}

#[tokio::test]
async fn who_is_signed_out_already_is_signed_out() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    house.forget();
    desk.sign_out(&instance, None).await.unwrap();
    assert!(desk.view(&instance).client.is_none());
    assert_eq!(desk.kept(&instance), None);
    desk.sign_out(&instance, None).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_ended_stays_in_the_list() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.session(SessionRequest::End { account: account.clone() }).await.unwrap();
    let view = desk.view(&instance);
    assert_eq!(signed_in(&view), [""; 0]);
    assert_eq!(view.client.unwrap().sessions[0].status, "ended");
    assert_eq!(desk.snapshot().active, None, "who ended it knows");
    assert_eq!(problem(&desk.view(&instance)), None);
    desk.sign_out(&instance, Some(&account.session)).await.unwrap();
    assert_eq!(desk.kept(&instance), None, "nobody is left to keep it for");
}

#[tokio::test]
async fn a_removed_instance_leaves_nothing_behind() {
    for reachable in [true, false] {
        let (desk, house) = (Desk::new(), House::at_port().await);
        let instance = desk.add(&house).await;
        desk.sign_in(&instance).await;
        desk.accounts.recheck_vault().await;
        if !reachable {
            house.plan("/client/sessions", Plan::Drop);
        }
        desk.accounts.instance(InstanceRequest::Remove { instance: instance.clone() }).await.unwrap();
        assert_eq!(desk.snapshot().instances.len(), 1);
        assert_eq!(desk.snapshot().active, None);
        assert_eq!(desk.keychain.names(), ["cache-key"]);
        assert!(desk.reload(&instance).await.is_err());
        let desk = desk.again();
        assert_eq!(desk.snapshot().instances.len(), 1);
    }
}

#[tokio::test]
async fn where_the_account_on_screen_goes_no_other_takes_its_place() {
    let (desk, one, other) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (first, second) = (desk.add(&one).await, desk.add(&other).await);
    let stays = desk.sign_in(&first).await;
    desk.sign_in(&second).await;
    desk.sign_out(&second, None).await.unwrap();
    assert_eq!(desk.snapshot().active, None);
    assert_eq!(signed_in(&desk.view(&first)), [stays.session.as_str()]);
    desk.sign_in(&second).await;
    desk.accounts.instance(InstanceRequest::Remove { instance: second }).await.unwrap();
    assert_eq!(desk.snapshot().active, None);
    assert_eq!(signed_in(&desk.view(&first)), [stays.session.as_str()]);
}

#[tokio::test]
async fn an_instance_is_added_once_and_the_local_one_stays() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let again = desk.accounts.instance(InstanceRequest::Add { publishable_key: house.key() }).await.unwrap_err();
    assert_eq!(again.said.unwrap().reason, Reason::InstanceKnown);
    assert_eq!(desk.snapshot().instances.len(), 2);
    let local = desk.snapshot().instances[0].id.clone();
    let refused = desk.accounts.instance(InstanceRequest::Remove { instance: local }).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused);
    assert_eq!(desk.snapshot().instances.len(), 2);
    let desk = desk.again();
    assert_eq!(desk.snapshot().instances[1].id, instance);
}

#[tokio::test]
async fn an_account_that_vanished_explains_itself_until_it_is_taken_off_the_list() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (stays, gone) = (desk.sign_in(&instance).await, desk.sign_in(&instance).await);
    desk.accounts.recheck_vault().await;
    house.erase(&gone.session);
    desk.reload(&instance).await.unwrap();
    let shown = |desk: &Desk| statuses(&desk.view(&instance));
    let both = vec![(stays.session.clone(), "active".to_owned()), (gone.session.clone(), "vanished".to_owned())];
    assert_eq!(shown(&desk), both);
    assert_eq!(desk.snapshot().active, Some(gone.clone()), "who looked at it is told");
    assert_eq!(problem(&desk.view(&instance)), Some("session_removed"));
    assert_eq!(desk.token(&gone, true).await.unwrap_err().said.unwrap().reason, Reason::AccountGone);
    // Whoever looks elsewhere and back is told again.
    for account in [&stays, &gone] {
        let request = AccountRequest::SetActive { account: Some(account.clone()) };
        desk.accounts.account(request).await.unwrap();
        assert_eq!(desk.snapshot().active.as_ref(), Some(account));
    }
    // Neither another answer nor another start loses it.
    desk.reload(&instance).await.unwrap();
    let desk = desk.again();
    desk.accounts.recheck_vault().await;
    desk.until_at(&instance, |view| view.status == Status::Ready && statuses(view) == both).await;

    // A load that the vault has asked for may still be under way; it reads.
    let asked = || house.seen().iter().filter(|seen| seen.method != "GET").count();
    let before = asked();
    desk.sign_out(&instance, Some(&gone.session)).await.unwrap();
    assert_eq!(shown(&desk), both[..1]);
    assert_eq!(asked(), before, "there is nothing to ask the instance for");
    assert_eq!(desk.snapshot().active, None, "nobody goes on in another one's name");
    assert!(desk.kept(&instance).is_some());
}

#[tokio::test]
async fn an_account_whose_user_was_deleted_says_so_when_it_is_chosen_and_goes_when_it_is_signed_out_of() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (one, other, stays) =
        (desk.sign_in(&instance).await, desk.sign_in(&instance).await, desk.sign_in(&instance).await);
    house.erase(&one.session);
    let chosen = desk.accounts.account(AccountRequest::SetActive { account: Some(one.clone()) }).await;
    assert_eq!(chosen.unwrap_err().said.unwrap().reason, Reason::AccountGone);
    let there = |account: &AccountKey, status: &str| (account.session.clone(), status.to_owned());
    let all = [there(&one, "vanished"), there(&other, "active"), there(&stays, "active")];
    assert_eq!(statuses(&desk.view(&instance)), all);

    house.erase(&other.session);
    desk.sign_out(&instance, Some(&other.session)).await.unwrap();
    assert_eq!(statuses(&desk.view(&instance)), [there(&one, "vanished"), there(&stays, "active")]);
}

#[tokio::test]
async fn an_account_that_cannot_be_taken_off_the_list_is_said_to_be_on_it() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (over, stays) = (desk.sign_in(&instance).await, desk.sign_in(&instance).await);
    house.revoke(&over.session);
    desk.reload(&instance).await.unwrap();
    house.plan("/remove", Plan::Instead(503, vec![], "busy".to_owned()));
    let failed = desk.sign_out(&instance, Some(&over.session)).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Protocol);
    let there = |account: &AccountKey, status: &str| (account.session.clone(), status.to_owned());
    assert_eq!(statuses(&desk.view(&instance)), [there(&over, "revoked"), there(&stays, "active")]);
    house.plan("/remove", Plan::Drop);
    let failed = desk.sign_out(&instance, Some(&over.session)).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    // What was asked for has happened all the same, and is shown when it is known.
    desk.reload(&instance).await.unwrap();
    assert_eq!(statuses(&desk.view(&instance)), [there(&stays, "active")]);
    desk.sign_out(&instance, Some(&over.session)).await.unwrap();
}

#[tokio::test]
async fn signing_out_everywhere_is_not_stopped_by_a_device_that_has_ended_meanwhile() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let everywhere = || desk.accounts.account(AccountRequest::SignOutEverywhere { account: account.clone() });
    let instead = |device: &str, status, code| {
        let body = refusal(status, code).1.to_string();
        house.plan(&format!("/{device}/revoke"), Plan::Instead(status, vec![], body));
    };
    house.set_devices(&["sess_7", "sess_8", "sess_9"]);
    instead("sess_7", 404, "resource_not_found");
    instead("sess_8", 403, "session_reverification_required");
    let failed = everywhere().await.unwrap_err();
    assert_eq!(failed.status, Some(403), "what went wrong is told");
    assert_eq!(house.count("/revoke"), 3, "and keeps nobody else signed in");
    assert_eq!(signed_in(&desk.view(&instance)), [account.session.as_str()], "who can try again");

    instead("sess_7", 400, "invalid_action_for_session");
    everywhere().await.unwrap();
    assert_eq!(house.count("/revoke"), 6);
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
}

#[tokio::test]
async fn whoever_comes_back_needs_no_explanation() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (stays, gone) = (desk.sign_in(&instance).await, desk.sign_in(&instance).await);
    house.erase(&gone.session);
    desk.reload(&instance).await.unwrap();
    house.next_is_like(&gone.session);
    let back = desk.sign_in(&instance).await;
    let there = |session: &str| (session.to_owned(), "active".to_owned());
    assert_eq!(statuses(&desk.view(&instance)), [there(&stays.session), there(&back.session)]);
}

#[tokio::test]
async fn the_accounts_of_a_client_that_is_no_more_explain_themselves() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let (one, other) = (desk.sign_in(&instance).await, desk.sign_in(&instance).await);
    house.forget();
    desk.reload(&instance).await.unwrap();
    let vanished = |session: &str| (session.to_owned(), "vanished".to_owned());
    assert_eq!(statuses(&desk.view(&instance)), [vanished(&one.session), vanished(&other.session)]);
    assert_eq!(desk.snapshot().active, Some(other.clone()));
    assert_eq!(desk.kept(&instance), None, "a token that the instance refuses for good is of no use");

    for gone in [&other, &one] {
        desk.sign_out(&instance, Some(&gone.session)).await.unwrap();
    }
    assert!(desk.view(&instance).client.is_none());
    assert_eq!(desk.snapshot().active, None);
    desk.sign_in(&instance).await;
    assert_eq!(signed_in(&desk.view(&instance)).len(), 1);
}

/// Every account of an instance with its status, as the rail shows them.
fn statuses(view: &InstanceView) -> Vec<(String, String)> {
    let sessions = view.client.iter().flat_map(|client| &client.sessions);
    sessions.map(|session| (session.id.clone(), session.status.clone())).collect()
}
