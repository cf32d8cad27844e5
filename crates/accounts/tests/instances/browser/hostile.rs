//! Who means ill: pages that must not be opened, links that nobody waits for, callbacks of others.

use std::fs;

use serde_json::json;

use super::*;

#[tokio::test]
async fn sec_02_pages_that_are_none_are_not_opened() {
    let (desk, house, instance) = at_house().await;
    let wrong = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "smb://server/share",
        r"\\server\share",
        "--help",
        "$(touch /tmp/owned)",
        "https://user@accounts.google.com/",
        "https://accounts.google.com@evil.example/",
        "https://203.0.113.7/authorize",
        "http://accounts.google.com/authorize",
        "http://192.168.0.1/",
        "org.example.desk://callback?rotating_token_nonce=a",
        "",
    ];
    for page in wrong {
        house.point_to(page);
        let error = desk.out(&instance).await.unwrap_err();
        assert!(["page_refused", "page_missing"].contains(&reason(&error)), "{page}: {error:?}");
        assert!(!error.message.contains("owned"), "the address is not repeated");
    }
    assert_eq!((desk.pages(), desk.snapshot().flows.len()), (0, 0));
}

#[tokio::test]
async fn sec_02_a_host_that_nobody_knows_is_asked_about_once() {
    let (desk, house, instance) = at_house().await;
    house.point_to("https://login.acme.example/authorize?client_id=1");
    let flow = desk.out(&instance).await.unwrap();
    let view = desk.flow(&flow).unwrap();
    assert_eq!((view.state, view.host.as_str()), (FlowState::Asking, "login.acme.example"));
    desk.with_flow(InstanceRequest::OpenFlow { flow: flow.clone() }).await.unwrap();
    assert_eq!(desk.pages(), 0, "it is asked about first");
    desk.with_flow(InstanceRequest::TrustFlowHost { flow: flow.clone() }).await.unwrap();
    assert_eq!((desk.pages(), desk.stands(&flow)), (1, FlowState::Waiting));
    desk.cancel(&flow).await;
    // It is remembered, across starts, at this instance alone.
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == frontdesk_accounts::Status::Ready).await;
    let flow = desk.out(&instance).await.unwrap();
    assert_eq!((desk.pages(), desk.stands(&flow)), (1, FlowState::Waiting));
    let other = House::at_port().await;
    other.point_to("https://login.acme.example/authorize?client_id=1");
    let there = desk.add(&other).await;
    let flow = desk.out(&there).await.unwrap();
    assert_eq!((desk.pages(), desk.stands(&flow)), (1, FlowState::Asking));
}

#[tokio::test]
async fn sec_21_a_link_that_nothing_waits_for_does_nothing() {
    let (desk, house, instance) = at_house().await;
    desk.sign_in(&instance).await;
    desk.reload(&instance).await.unwrap();
    let (asked, shown) = (house.seen().len(), desk.snapshot());
    desk.accounts.come_home(format!("{SCHEME}://callback?rotating_token_nonce=made-up"));
    desk.accounts
        .come_home(format!("{SCHEME}://callback?__clerk_status=failed&__clerk_error_code=oauth_access_denied"));
    desk.accounts.recheck_vault().await;
    assert_eq!(house.seen().len(), asked, "nobody is asked");
    assert_eq!(desk.snapshot(), shown);
}

#[tokio::test]
async fn sec_107_no_link_adds_an_instance_or_signs_out_or_acts_without_a_flow() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    let asked = house.seen().len();
    for address in [
        "add-instance?key=pk_test_Zm9vLmV4YW1wbGUk",
        "instance/add?publishable_key=pk_test_Zm9vLmV4YW1wbGUk",
        "sign-out",
        "sign_out?session=sess_1",
        "callback/../sign-out",
        "callback?sign_out=1",
        "open?url=https://evil.example",
        "",
    ] {
        desk.accounts.come_home(format!("{SCHEME}://{address}"));
    }
    desk.accounts.recheck_vault().await;
    assert_eq!(desk.snapshot().instances.len(), 2);
    assert_eq!(desk.snapshot().active.as_ref(), Some(&account));
    assert_eq!((house.seen().len(), desk.pages()), (asked, 0));
}

#[tokio::test]
async fn sec_22_a_link_that_comes_twice_has_no_effect_the_second_time() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.accounts.come_home(address.clone());
    desk.accounts.come_home(address.clone());
    desk.outcome(&flow).await;
    let next = desk.out(&instance).await.unwrap();
    desk.accounts.come_home(address.clone());
    assert_eq!(reason(&desk.paste(&next, &address).await.unwrap_err()), "callback_unknown");
    assert_eq!(desk.stands(&next), FlowState::Waiting);
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
}

#[tokio::test]
async fn sec_12_a_callback_of_another_client_gives_nothing() {
    // Somebody begins at a desk of their own and has a victim finish in the victim's browser; or steals the link.
    let house = House::at_port().await;
    house.set_single(true);
    let (attacker, victim) = (Desk::new(), Desk::new());
    let (at_attacker, at_victim) = (attacker.add(&house).await, victim.add(&house).await);
    let begun = attacker.out(&at_attacker).await.unwrap();
    let waits = victim.out(&at_victim).await.unwrap();
    let address = house.finish(&victim.browser.page(), Then::Done);
    attacker.accounts.come_home(address.clone());
    assert_eq!(reason(&attacker.paste(&begun, &address).await.unwrap_err()), "callback_unknown");
    assert_eq!(signed_in(&attacker.view(&at_attacker)), [""; 0]);
    // The one who began it is not hindered by the try.
    victim.accounts.come_home(address);
    assert_eq!(session(victim.outcome(&waits).await), "sess_1");
    // What the attacker's own flow brings goes nowhere but to the attacker's client.
    let other = house.finish(&attacker.browser.page(), Then::Done);
    victim.accounts.come_home(other);
    victim.accounts.recheck_vault().await;
    assert_eq!(signed_in(&victim.view(&at_victim)), ["sess_1"]);
}

#[tokio::test]
async fn sec_94_neither_page_nor_nonce_is_shown_answered_or_lies_about() {
    let (desk, house, instance) = at_house().await;
    let account = desk.sign_in(&instance).await;
    house.point_to("https://accounts.google.com/authorize?secret-of-the-page=1");
    let sign_up = desk.out_to_sign_up(&instance).await.unwrap();
    desk.connect(&account, GOOGLE).await.unwrap();
    let reload = AccountRequest::Reload { account: account.clone() };
    let mut seen = vec![desk.accounts.account(reload).await.unwrap().to_string()];
    let reload = SignUpRequest::Reload { instance: instance.clone() };
    seen.push(desk.accounts.sign_up(reload).await.unwrap().to_string());
    desk.cancel(&sign_up).await;
    let flow = desk.out(&instance).await.unwrap();
    seen.push(desk.accounts.sign_in(SignInRequest::Reload { instance: instance.clone() }).await.unwrap().to_string());
    desk.reload(&instance).await.unwrap();
    seen.push(json!(*desk.snapshot()).to_string());
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Failed("oauth_access_denied")));
    desk.outcome(&flow).await;
    seen.push(json!(*desk.snapshot()).to_string());
    seen.push(desk.accounts.diagnostics());
    for file in desk.files() {
        seen.push(String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned());
    }
    for text in seen {
        for secret in ["secret-of-the-page", "state_", "nonce_"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn sec_106_an_instance_that_claims_what_came_for_another_changes_nothing_there() {
    let (desk, good, bad) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (at_good, at_bad) = (desk.add(&good).await, desk.add(&bad).await);
    let flow = desk.out(&at_good).await.unwrap();
    let page = desk.browser.page();
    let other = desk.out(&at_bad).await.unwrap();
    let attempt = bad.client()["sign_in"]["id"].as_str().unwrap().to_owned();
    let body =
        json!({ "response": { "id": attempt, "status": "complete", "created_session_id": "sess_1" }, "client": null });
    bad.plan(&attempt, Plan::Instead(200, vec![], body.to_string()));
    desk.accounts.come_home(good.finish(&page, Then::Done));
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    assert_eq!(failed(desk.outcome(&other).await), "account_gone");
    assert_eq!(signed_in(&desk.view(&at_good)), ["sess_1"]);
    assert_eq!(signed_in(&desk.view(&at_bad)), [""; 0]);
}

#[tokio::test]
async fn an_instance_that_is_removed_takes_its_flows_with_it() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.with_flow(InstanceRequest::Remove { instance }).await.unwrap();
    assert!(desk.flow(&flow).is_none());
    let asked = house.seen().len();
    desk.accounts.come_home(address);
    desk.accounts.recheck_vault().await;
    assert_eq!(house.seen().len(), asked);
}

#[tokio::test]
async fn an_attempt_that_the_instance_forgot_waits_until_it_is_over() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    house.forget_attempts();
    assert_eq!(reason(&desk.paste(&flow, &address).await.unwrap_err()), "callback_unknown");
    assert!(desk.flow(&flow).unwrap().waits());
}
