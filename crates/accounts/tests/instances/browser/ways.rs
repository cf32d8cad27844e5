//! The ways home: a link, a cold start, a port, a pasted address; and what is none.

use std::time::Duration;

use frontdesk_accounts::{FlowState, Status};
use frontdesk_vault::fake::Fault;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::*;

/// What a browser gets at an address of this computer.
async fn visit(address: &str) -> Option<String> {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).await.ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

#[tokio::test]
async fn an_app_that_was_killed_finishes_when_it_is_started_by_the_link() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    let desk = desk.again();
    // Before anything is loaded, and before the keychain has answered.
    desk.accounts.come_home(address);
    let session = session(desk.outcome(&flow).await);
    assert_eq!(signed_in(&desk.view(&instance)), [session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn an_app_that_is_killed_before_its_window_comes_shows_who_signed_in() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    let account = AccountKey { instance, session: session(desk.outcome(&flow).await) };
    assert_eq!(desk.snapshot().active.as_ref(), Some(&account));
    // Nobody who only begins, fails or stops is shown for it.
    let other = desk.out(&account.instance).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Failed("oauth_access_denied")));
    desk.outcome(&other).await;
    assert_eq!(desk.snapshot().active.as_ref(), Some(&account));
    let is_written = |session: &str| {
        let mut texts = desk.files().into_iter().filter_map(|file| std::fs::read_to_string(file).ok());
        texts.any(|text| text.contains(session))
    };
    while !is_written(&account.session) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(desk.again().snapshot().active, Some(account));
}

#[tokio::test]
async fn an_app_that_was_killed_waits_on_and_its_slot_with_it() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.set_single(true);
    let instance = desk.add(&house).await;
    desk.accounts.recheck_vault().await;
    desk.sign_in(&instance).await;
    let flow = desk.out(&instance).await.unwrap();
    let page = desk.browser.page();
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
    desk.until(|shown| !shown.flows.is_empty()).await;
    desk.reload(&instance).await.unwrap();
    let view = desk.flow(&flow).unwrap();
    assert_eq!((view.state, view.host.as_str()), (FlowState::Waiting, "accounts.google.com"));
    desk.with_flow(InstanceRequest::OpenFlow { flow: flow.clone() }).await.unwrap();
    assert_eq!(desk.browser.page(), page, "the same page");
    desk.accounts.come_home(house.finish(&page, Then::Done));
    assert_eq!(session(desk.outcome(&flow).await), "sess_2");
    // What has ended, and was written down to have, is not waited for after the next start.
    let is_kept = |desk: &Desk| desk.files().iter().any(|file| file.to_string_lossy().contains("flows"));
    while is_kept(&desk) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let desk = desk.again();
    desk.until_at(&instance, |view| view.status == Status::Ready).await;
    desk.accounts.recheck_vault().await;
    assert!(desk.snapshot().flows.is_empty());
    assert!(!is_kept(&desk));
}

#[tokio::test]
async fn what_went_on_while_no_app_ran_is_found_at_the_next_start() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    house.finish_openly(&desk.browser.page(), Then::Transfers);
    let desk = desk.again();
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
}

#[tokio::test]
async fn a_keychain_that_is_locked_at_the_start_only_puts_it_off() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.keychain.set(Fault::Locked);
    let desk = desk.again();
    desk.accounts.come_home(address);
    desk.accounts.recheck_vault().await;
    assert!(desk.snapshot().flows.is_empty(), "they cannot be read yet");
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
}

#[tokio::test]
async fn a_network_that_fails_only_puts_it_off() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let attempt = house.client()["sign_in"]["id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        house.plan(&attempt, Plan::Instead(503, vec![], "busy".to_owned()));
    }
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
}

#[tokio::test]
async fn a_transfer_whose_answer_is_lost_is_not_made_twice() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    house.plan("/sign_ups", Plan::Drop);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    let flow = desk.out(&instance).await.unwrap();
    house.plan("/sign_ups", Plan::Cut);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::TransfersAndLacks));
    assert_eq!(desk.ended(&flow).await, (FlowPurpose::SignUp, FlowOutcome::GoesOn));
    let flow = desk.out_to_sign_up(&instance).await.unwrap();
    house.plan("/sign_ins", Plan::Drop);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    assert_eq!(session(desk.outcome(&flow).await), "sess_2");
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
    let transfers = house.seen().into_iter().filter(|seen| seen.field("transfer") == Some("true"));
    assert_eq!(transfers.count(), 3);
}

#[tokio::test]
async fn a_transfer_that_the_app_did_not_see_the_end_of_is_found_by_the_next_start() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    // The instance has made it, and the app ends before it is told.
    let held = house.hold("/sign_ups");
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    held.arrived().await;
    let desk = desk.again();
    desk.accounts.recheck_vault().await;
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
    let transfers = house.seen().into_iter().filter(|seen| seen.field("transfer") == Some("true"));
    assert_eq!(transfers.count(), 1, "it is not asked for again");
    held.release();
}

#[tokio::test]
async fn an_answer_that_is_lost_loses_nothing() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let attempt = house.client()["sign_in"]["id"].as_str().unwrap().to_owned();
    // The nonce is redeemed by then, and the token is another one.
    house.plan(&attempt, Plan::Cut);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn without_a_scheme_the_browser_comes_back_by_a_port() {
    let (desk, house, instance) = at_house().await;
    desk.accounts.set_by_scheme(false);
    desk.accounts.set_locale("de".to_owned());
    assert_eq!(desk.snapshot().redirect_url, "http://127.0.0.1/callback");
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    let port = address.split(['/', ':']).nth(4).unwrap().to_owned();
    assert!(address.starts_with(&format!("http://127.0.0.1:{port}/callback?")), "{address}");
    assert!(visit(&format!("http://127.0.0.1:{port}/callback?rotating_token_nonce=other")).await.is_some());
    assert!(visit(&format!("http://127.0.0.1:{port}/done")).await.is_some());
    let answer = visit(&address).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let done = visit(&format!("http://127.0.0.1:{port}/done")).await.unwrap();
    assert!(done.contains("Du kannst diese Seite schließen"), "{done}");
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
    // The port closes with its flow.
    while visit(&address).await.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.cancel(&flow).await;
    while visit(&address).await.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // And with its ten minutes.
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.advance(10 * 60 * 1000);
    assert_eq!(failed(desk.outcome(&flow).await), "flow_expired", "sec_08");
    while visit(&address).await.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn the_address_can_be_pasted_by_hand() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    let refused = |address: &str| {
        let address = address.to_owned();
        async { reason(&desk.paste(&flow, &{ address }).await.unwrap_err()) }
    };
    assert_eq!(refused("").await, "callback_elsewhere");
    assert_eq!(refused("https://accounts.google.com/signin?state=1").await, "callback_elsewhere");
    assert_eq!(refused("org.example.desk://callback?rotating_token_nonce=%00").await, "callback_damaged");
    assert_eq!(refused("org.example.desk://callback?rotating_token_nonce=made-up").await, "callback_unknown");
    assert_eq!(desk.stands(&flow), FlowState::Waiting, "it waits still");
    desk.paste(&flow, &format!(" {address}\n")).await.unwrap();
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
}

#[tokio::test]
async fn a_port_that_died_with_the_app_leaves_the_way_by_paste() {
    let (desk, house, instance) = at_house().await;
    desk.accounts.set_by_scheme(false);
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    let desk = desk.again();
    desk.until(|shown| !shown.flows.is_empty()).await;
    desk.paste(&flow, &address).await.unwrap();
    assert_eq!(session(desk.outcome(&flow).await), "sess_1");
}
