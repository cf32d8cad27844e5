//! Accounts elsewhere of somebody who is signed in.

use frontdesk_accounts::Snapshot;

use super::*;

fn proof(desk: &Desk, account: &AccountKey, place: usize) -> String {
    let view = desk.view(&account.instance);
    let sessions = &view.client.as_ref().unwrap().sessions;
    let user = sessions.iter().find(|it| it.id == account.session).unwrap().user.as_ref().unwrap();
    user.external_accounts[place].verification.as_ref().unwrap().status.clone()
}

#[tokio::test]
async fn an_account_elsewhere_is_connected_and_asked_again_and_removed() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let flow = desk.connect(&account, GOOGLE).await.unwrap();
    let asked = house.seen().into_iter().rfind(|seen| seen.path.ends_with("/external_accounts")).unwrap();
    let scopes = asked.form.iter().filter(|(name, _)| name == "additional_scope").map(|(_, value)| value.as_str());
    assert_eq!(scopes.collect::<Vec<_>>(), ["calendar", "contacts"]);
    assert_eq!(desk.flow(&flow).unwrap().purpose, FlowPurpose::Connect { session: account.session.clone() });
    assert_eq!(proof(&desk, &account, 0), "unverified");
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    assert_eq!(desk.outcome(&flow).await, FlowOutcome::Connected);
    assert_eq!(proof(&desk, &account, 0), "verified");

    let external =
        desk.view(&instance).client.unwrap().sessions[0].user.clone().unwrap().external_accounts[0].id.clone();
    let again = AccountRequest::ReauthorizeExternalAccount {
        account: account.clone(),
        external_account_id: external.clone(),
        additional_scopes: vec![],
    };
    let flow = begun(&desk.accounts.account(again).await.unwrap());
    assert_eq!(desk.flow(&flow).unwrap().strategy, GOOGLE);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    assert_eq!(desk.outcome(&flow).await, FlowOutcome::Connected);

    let remove = AccountRequest::DestroyExternalAccount { account: account.clone(), external_account_id: external };
    desk.accounts.account(remove).await.unwrap();
    assert!(desk.view(&instance).client.unwrap().sessions[0].user.clone().unwrap().external_accounts.is_empty());
}

#[tokio::test]
async fn several_of_other_kinds_wait_at_once_beside_a_sign_in() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let google = desk.connect(&account, GOOGLE).await.unwrap();
    let page = desk.browser.page();
    let github = desk.connect(&account, "oauth_github").await.unwrap();
    let sign_in = desk.out(&instance).await.unwrap();
    assert_eq!(desk.snapshot().flows.len(), 3);
    desk.accounts.come_home(house.finish(&page, Then::Done));
    assert_eq!(desk.outcome(&google).await, FlowOutcome::Connected);
    assert!(desk.flow(&github).unwrap().waits() && desk.flow(&sign_in).unwrap().waits());
    let again = desk.connect(&account, "oauth_github").await.unwrap();
    assert!(desk.flow(&github).is_none(), "a newer one of the same kind takes its place");
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Failed("oauth_identification_claimed")));
    assert_eq!(failed(desk.outcome(&again).await), "oauth_identification_claimed");
    assert!(desk.flow(&sign_in).unwrap().waits());
    let pages = desk.pages();
    let (one, two) = tokio::join!(desk.connect(&account, GOOGLE), desk.connect(&account, GOOGLE));
    assert_eq!((one.unwrap(), desk.pages()), (two.unwrap(), pages + 1), "a double click opens one page");
}

fn externals(shown: &Snapshot, account: &AccountKey) -> usize {
    let view = shown.instances.iter().find(|it| it.id == account.instance).unwrap();
    let session = view.client.as_ref().unwrap().sessions.iter().find(|it| it.id == account.session).unwrap();
    session.user.as_ref().unwrap().external_accounts.len()
}

#[tokio::test]
async fn what_is_cancelled_leaves_no_account_behind() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let google = desk.connect(&account, GOOGLE).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    assert_eq!(desk.outcome(&google).await, FlowOutcome::Connected);
    let github = desk.connect(&account, "oauth_github").await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    assert_eq!(externals(&desk.snapshot(), &account), 2);
    // To take note of what has ended removes nothing.
    desk.cancel(&google).await;
    desk.cancel(&github).await;
    assert!(desk.snapshot().flows.is_empty());
    desk.until(|shown| externals(shown, &account) == 1).await;
    assert_eq!(proof(&desk, &account, 0), "verified");
    desk.accounts.come_home(address);
    desk.reload(&instance).await.unwrap();
    assert_eq!(externals(&desk.snapshot(), &account), 1);

    // Also when the app was started anew meanwhile.
    let github = desk.connect(&account, "oauth_github").await.unwrap();
    let desk = desk.again();
    desk.until(|shown| !shown.flows.is_empty()).await;
    desk.until_at(&instance, |view| view.status == frontdesk_accounts::Status::Ready).await;
    assert_eq!(externals(&desk.snapshot(), &account), 2);
    desk.cancel(&github).await;
    desk.until(|shown| externals(shown, &account) == 1).await;
}

#[tokio::test]
async fn an_account_that_was_there_before_stays_when_somebody_cancels() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let removals = || house.seen().into_iter().filter(|seen| seen.method == "DELETE").count();
    let flow = desk.connect(&account, GOOGLE).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Failed("oauth_access_denied")));
    assert_eq!(failed(desk.outcome(&flow).await), "oauth_access_denied");
    let client = desk.view(&instance).client.unwrap();
    let external = client.sessions[0].user.as_ref().unwrap().external_accounts[0].id.clone();
    let again = AccountRequest::ReauthorizeExternalAccount {
        account: account.clone(),
        external_account_id: external,
        additional_scopes: vec![],
    };
    let flow = begun(&desk.accounts.account(again).await.unwrap());
    desk.cancel(&flow).await;
    // Neither does anything go that was connected before the cancelling came.
    let flow = desk.connect(&account, "oauth_github").await.unwrap();
    house.finish_openly(&desk.browser.page(), Then::Done);
    let asked = house.seen().len();
    desk.cancel(&flow).await;
    while house.seen().len() == asked {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    desk.reload(&instance).await.unwrap();
    assert_eq!((externals(&desk.snapshot(), &account), removals()), (2, 0));
}

#[tokio::test]
async fn an_instance_without_nonces_connects_as_well() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let flow = desk.connect(&account, GOOGLE).await.unwrap();
    desk.accounts.come_home(house.finish_openly(&desk.browser.page(), Then::Done));
    assert_eq!(desk.outcome(&flow).await, FlowOutcome::Connected);
}

#[tokio::test]
async fn who_is_signed_out_connects_nothing() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let flow = desk.connect(&account, GOOGLE).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.sign_out(&instance, None).await.unwrap();
    assert!(desk.flow(&flow).is_none(), "what its client waited for went with it");
    let asked = house.seen().len();
    desk.accounts.come_home(address);
    desk.accounts.recheck_vault().await;
    assert_eq!(house.seen().len(), asked);
    assert!(desk.connect(&account, GOOGLE).await.is_err());
}

#[tokio::test]
async fn the_last_way_in_stays_and_the_instance_says_why() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let body = crate::house::refusal(400, "last_required_identification_deletion_failed").1.to_string();
    house.plan("/eac_1", Plan::Instead(400, vec![], body));
    let remove = AccountRequest::DestroyExternalAccount { account, external_account_id: "eac_1".to_owned() };
    let error = desk.accounts.account(remove).await.unwrap_err();
    assert_eq!(error.errors[0].code, "last_required_identification_deletion_failed");
}
