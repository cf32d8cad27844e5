//! Out to the system browser and back, against instances that behave and misbehave.
#![allow(clippy::large_futures, reason = "a test has a thread's stack to itself")]

mod connects;
mod hostile;
mod ways;

use frontdesk_accounts::{
    AccountKey, AccountRequest, FlowOutcome, FlowPurpose, FlowState, FlowView, InstanceRequest, IntentError,
    SignInRequest, SignUpRequest,
};
use serde_json::Value;

use crate::{
    desk::{Desk, SCHEME, signed_in},
    house::{House, Plan, Then},
};

const GOOGLE: &str = "oauth_google";

/// An app, and an instance that it knows.
async fn at_house() -> (Desk, House, String) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.accounts.recheck_vault().await;
    (desk, house, instance)
}

impl Desk {
    async fn out(&self, instance: &str) -> Result<String, IntentError> {
        let request = SignInRequest::AuthenticateWithRedirect {
            instance: instance.to_owned(),
            strategy: GOOGLE.to_owned(),
            unsafe_metadata: None,
        };
        self.accounts.sign_in(request).await.as_ref().map(begun).map_err(Clone::clone)
    }

    async fn out_to_sign_up(&self, instance: &str) -> Result<String, IntentError> {
        let request = SignUpRequest::AuthenticateWithRedirect {
            instance: instance.to_owned(),
            strategy: GOOGLE.to_owned(),
            unsafe_metadata: Some(serde_json::json!({ "plan": "blue" })),
        };
        self.accounts.sign_up(request).await.as_ref().map(begun).map_err(Clone::clone)
    }

    async fn connect(&self, account: &AccountKey, strategy: &str) -> Result<String, IntentError> {
        let request = AccountRequest::CreateExternalAccount {
            account: account.clone(),
            strategy: strategy.to_owned(),
            additional_scopes: vec!["calendar".to_owned(), "contacts".to_owned()],
        };
        self.accounts.account(request).await.as_ref().map(begun).map_err(Clone::clone)
    }

    async fn with_flow(&self, request: InstanceRequest) -> Result<Value, IntentError> {
        self.accounts.instance(request).await
    }

    async fn cancel(&self, flow: &str) {
        self.with_flow(InstanceRequest::CancelFlow { flow: flow.to_owned() }).await.unwrap();
    }

    async fn paste(&self, flow: &str, address: &str) -> Result<Value, IntentError> {
        let request = InstanceRequest::PasteAddress { flow: flow.to_owned(), address: address.to_owned() };
        self.with_flow(request).await
    }

    fn flow(&self, id: &str) -> Option<FlowView> {
        self.snapshot().flows.iter().find(|flow| flow.id == id).cloned()
    }

    fn stands(&self, id: &str) -> FlowState {
        self.flow(id).unwrap().state
    }

    /// Waits until a flow has ended, and answers how.
    async fn ended(&self, id: &str) -> (FlowPurpose, FlowOutcome) {
        let found = |flows: &[FlowView]| {
            flows
                .iter()
                .find(|flow| flow.id == id && !flow.waits())
                .map(|flow| (flow.purpose.clone(), flow.state.clone()))
        };
        let shown = self.until(|shown| found(&shown.flows).is_some()).await;
        match found(&shown.flows).unwrap() {
            (purpose, FlowState::Ended { outcome }) => (purpose, outcome),
            other => panic!("{other:?}"),
        }
    }

    async fn outcome(&self, id: &str) -> FlowOutcome {
        self.ended(id).await.1
    }

    fn pages(&self) -> usize {
        self.browser.pages().len()
    }
}

fn begun(answer: &Value) -> String {
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    answer["flow"].as_str().unwrap().to_owned()
}

fn failed(outcome: FlowOutcome) -> String {
    match outcome {
        FlowOutcome::Failed { problem } => {
            assert!(problem.message.ends_with('.'), "{problem:?}");
            problem.code
        }
        other => panic!("{other:?}"),
    }
}

fn session(outcome: FlowOutcome) -> String {
    match outcome {
        FlowOutcome::SignedIn { session } => session,
        other => panic!("{other:?}"),
    }
}

fn reason(error: &IntentError) -> &'static str {
    error.said.as_ref().map_or("", |said| said.reason.as_str())
}

#[tokio::test]
async fn who_comes_back_by_a_link_is_signed_in() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    assert_eq!(desk.snapshot().redirect_url, format!("{SCHEME}://callback"));
    let asked = house.seen().into_iter().rfind(|seen| seen.path.ends_with("/sign_ins")).unwrap();
    assert_eq!(asked.field("redirect_url"), Some("org.example.desk://callback"));
    assert_eq!(asked.field("action_complete_redirect_url"), asked.field("redirect_url"));
    let view = desk.flow(&flow).unwrap();
    assert_eq!(
        (view.state, view.host.as_str(), view.strategy.as_str()),
        (FlowState::Waiting, "accounts.google.com", GOOGLE)
    );
    assert_eq!((view.purpose, view.instance.as_str()), (FlowPurpose::SignIn, instance.as_str()));
    assert_eq!(desk.pages(), 1);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    let session = session(desk.outcome(&flow).await);
    assert_eq!(signed_in(&desk.view(&instance)), [session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token(), "the new token is at rest");
    desk.cancel(&flow).await;
    assert!(desk.snapshot().flows.is_empty(), "somebody took note of it");
    assert_eq!(desk.view(&instance).last_strategy.as_deref(), Some(GOOGLE));
    let desk = desk.again();
    assert_eq!(desk.view(&instance).last_strategy.as_deref(), Some(GOOGLE), "it is said the next time");
}

#[tokio::test]
async fn at_an_instance_without_nonces_the_attempt_is_looked_at() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    desk.accounts.come_home(house.finish_openly(&desk.browser.page(), Then::Done));
    let session = session(desk.outcome(&flow).await);
    assert_eq!(signed_in(&desk.view(&instance)), [session.as_str()]);
}

#[tokio::test]
async fn an_unknown_person_who_signs_in_signs_up_and_the_other_way_round() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    let (purpose, outcome) = desk.ended(&flow).await;
    assert_eq!((purpose, session(outcome)), (FlowPurpose::SignUp, "sess_1".to_owned()));

    let flow = desk.out_to_sign_up(&instance).await.unwrap();
    let asked = house.seen().into_iter().rfind(|seen| seen.path.ends_with("/sign_ups")).unwrap();
    assert_eq!(asked.field("unsafe_metadata"), Some(r#"{"plan":"blue"}"#));
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    let (purpose, outcome) = desk.ended(&flow).await;
    assert_eq!((purpose, session(outcome)), (FlowPurpose::SignIn, "sess_2".to_owned()));
    let transfers = house.seen().into_iter().filter(|seen| seen.field("transfer") == Some("true"));
    assert_eq!(transfers.count(), 2);
}

#[tokio::test]
async fn what_a_sign_up_lacks_then_stands_in_the_attempt() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::TransfersAndLacks));
    assert_eq!(desk.ended(&flow).await, (FlowPurpose::SignUp, FlowOutcome::GoesOn));
    let attempt = desk.view(&instance).client.unwrap().sign_up.unwrap();
    assert_eq!(attempt.missing_fields, ["first_name"]);

    let flow = desk.out_to_sign_up(&instance).await.unwrap();
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Lacks));
    assert_eq!(desk.ended(&flow).await, (FlowPurpose::SignUp, FlowOutcome::GoesOn));
}

#[tokio::test]
async fn a_sign_in_that_needs_more_goes_on_in_its_slot() {
    let (desk, house, instance) = at_house().await;
    for then in [Then::EmailFirst, Then::Needs("needs_second_factor"), Then::Needs("needs_new_password")] {
        let flow = desk.out(&instance).await.unwrap();
        // Whoever goes elsewhere meanwhile does not lose it.
        desk.leave_attempt(&instance).await;
        desk.accounts.come_home(house.finish(&desk.browser.page(), then));
        assert_eq!(desk.outcome(&flow).await, FlowOutcome::GoesOn);
        let attempt = desk.view(&instance).client.unwrap().sign_in.unwrap();
        assert!(attempt.status.starts_with("needs_") && attempt.status != "needs_identifier", "{}", attempt.status);
        desk.accounts.sign_in(SignInRequest::Reload { instance: instance.clone() }).await.unwrap();
    }
}

#[tokio::test]
async fn what_went_wrong_is_said_by_the_instances_code() {
    let (desk, house, instance) = at_house().await;
    for code in ["oauth_access_denied", "not_allowed_access", "oauth_token_exchange_error"] {
        let flow = desk.out(&instance).await.unwrap();
        desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Failed(code)));
        assert_eq!(failed(desk.outcome(&flow).await), code);
    }
    assert_eq!(desk.snapshot().flows.len(), 1, "a newer try takes the place of what was said of the one before");
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
}

#[tokio::test]
async fn a_transfer_that_is_refused_ends_the_flow() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let body = crate::house::refusal(403, "sign_up_mode_restricted").1.to_string();
    house.plan("/sign_ups", Plan::Instead(403, vec![], body));
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Transfers));
    assert_eq!(failed(desk.outcome(&flow).await), "sign_up_mode_restricted");
}

#[tokio::test]
async fn a_refusal_to_begin_opens_nothing() {
    let (desk, house, instance) = at_house().await;
    for code in ["resource_missmatch", "native_api_disabled", "oauth_provider_not_enabled"] {
        house.plan("/sign_ins", Plan::Instead(400, vec![], crate::house::refusal(400, code).1.to_string()));
        let error = desk.out(&instance).await.unwrap_err();
        assert_eq!(error.errors[0].code, code);
    }
    let made_up = SignInRequest::AuthenticateWithRedirect {
        instance: instance.clone(),
        strategy: "password".to_owned(),
        unsafe_metadata: None,
    };
    assert_eq!(reason(&desk.accounts.sign_in(made_up).await.unwrap_err()), "request_unknown");
    assert_eq!((desk.pages(), desk.snapshot().flows.len()), (0, 0));
}

#[tokio::test]
async fn cancelled_is_cancelled_and_can_be_begun_again_at_once() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.cancel(&flow).await;
    desk.cancel(&flow).await;
    assert!(desk.snapshot().flows.is_empty());
    assert!(desk.accounts.flow_link(&flow).is_none());
    assert_eq!(reason(&desk.paste(&flow, &address).await.unwrap_err()), "flow_unknown");
    let again = desk.out(&instance).await.unwrap();
    assert_ne!(again, flow);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    desk.outcome(&again).await;
}

#[tokio::test]
async fn the_page_is_opened_again_and_its_link_is_for_the_clipboard_alone() {
    let (desk, _house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    desk.with_flow(InstanceRequest::OpenFlow { flow: flow.clone() }).await.unwrap();
    let pages = desk.browser.pages();
    assert_eq!((pages.len(), &pages[0]), (2, &pages[1]));
    assert_eq!(desk.accounts.flow_link(&flow).unwrap().as_str(), pages[0].as_str());
    desk.cancel(&flow).await;
    let gone = desk.with_flow(InstanceRequest::OpenFlow { flow }).await.unwrap_err();
    assert_eq!((reason(&gone), desk.pages()), ("flow_unknown", 2));
}

#[tokio::test]
async fn where_no_browser_opens_the_link_is_there_still() {
    let (desk, house, instance) = at_house().await;
    desk.browser.set_broken(true);
    let flow = desk.out(&instance).await.unwrap();
    assert_eq!(desk.stands(&flow), FlowState::Unopened { detail: "no browser is set".to_owned() });
    assert!(desk.accounts.flow_link(&flow).is_some());
    desk.browser.set_broken(false);
    desk.with_flow(InstanceRequest::OpenFlow { flow: flow.clone() }).await.unwrap();
    assert_eq!(desk.stands(&flow), FlowState::Waiting);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    desk.outcome(&flow).await;
}

#[tokio::test]
async fn a_second_click_takes_the_place_of_the_first() {
    let (desk, house, instance) = at_house().await;
    let first = desk.out(&instance).await.unwrap();
    let stale = house.finish(&desk.browser.page(), Then::Done);
    let (second, third) = tokio::join!(desk.out(&instance), desk.out(&instance));
    let (second, third) = (second.unwrap(), third.unwrap());
    assert!(desk.flow(&first).is_none());
    assert_eq!(second, third, "who wants the same at once joins");
    assert_eq!(desk.pages(), 2, "a double click opens one page");
    let left: Vec<_> = desk.snapshot().flows.iter().map(|flow| flow.id.clone()).collect();
    assert_eq!(left, [second]);
    desk.accounts.come_home(stale.clone());
    let page = desk.accounts.flow_link(&left[0]).unwrap();
    let page = frontdesk_accounts::Outgoing::parse(&page).unwrap();
    desk.accounts.come_home(house.finish(&page, Then::Done));
    assert_eq!(session(desk.outcome(&left[0]).await), "sess_1", "the stale one brought nothing");
    // Nor does it when somebody begins in another way.
    let fourth = desk.out(&instance).await.unwrap();
    desk.try_sign_in(&instance, None).await.unwrap();
    assert!(desk.flow(&fourth).is_none());
}

#[tokio::test]
async fn who_stops_waiting_right_after_a_double_click_is_left_alone() {
    let (desk, house, instance) = at_house().await;
    let (first, second) = tokio::join!(
        async {
            let flow = desk.out(&instance).await.unwrap();
            desk.cancel(&flow).await;
            flow
        },
        desk.out(&instance)
    );
    assert_eq!((second.unwrap(), desk.pages()), (first, 1));
    assert!(desk.snapshot().flows.is_empty());
    // A refusal is nothing to join, and neither is what is wanted besides.
    let body = crate::house::refusal(400, "oauth_provider_not_enabled").1.to_string();
    house.plan("/sign_ins", Plan::Instead(400, vec![], body));
    let (refused, again) = tokio::join!(desk.out(&instance), desk.out(&instance));
    refused.unwrap_err();
    let (again, up) = (again.unwrap(), desk.out_to_sign_up(&instance));
    let (up, once_more) = tokio::join!(up, desk.out(&instance));
    assert_ne!(up.unwrap(), once_more.clone().unwrap());
    assert_ne!(again, once_more.unwrap());
    assert_eq!(desk.pages(), 4);
}

#[tokio::test]
async fn sec_22_two_at_once_do_not_cross() {
    let (desk, house, other) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (here, there) = (desk.add(&house).await, desk.add(&other).await);
    let first = desk.out(&here).await.unwrap();
    let page = desk.browser.page();
    let second = desk.out(&there).await.unwrap();
    let (back, other_back) = (house.finish(&page, Then::Done), other.finish(&desk.browser.page(), Then::Done));
    desk.accounts.come_home(back);
    assert_eq!(session(desk.outcome(&first).await), "sess_1");
    desk.until(|shown| shown.flows.iter().any(|it| it.id == second && it.state == FlowState::Waiting)).await;
    assert_eq!(signed_in(&desk.view(&there)), [""; 0]);
    desk.accounts.come_home(other_back);
    desk.outcome(&second).await;
    assert_eq!(signed_in(&desk.view(&there)), ["sess_1"]);
}

#[tokio::test]
async fn what_comes_back_is_shown_of_nobody_else() {
    let (desk, house, other) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (here, there) = (desk.add(&house).await, desk.add(&other).await);
    let first = desk.out(&here).await.unwrap();
    let second = desk.out(&there).await.unwrap();
    let back = other.finish(&desk.browser.page(), Then::Done);
    let attempt = |house: &House| house.client()["sign_in"]["id"].as_str().unwrap().to_owned();
    let busy = || Plan::Instead(503, vec![], "busy".to_owned());
    // Where nobody can say whose it is, it may be of either.
    other.plan(&attempt(&other), busy());
    for _ in 0..2 {
        house.plan(&attempt(&house), busy());
    }
    let asked_again = other.count(&attempt(&other)) + 2;
    let held = other.hold(&attempt(&other));
    desk.accounts.come_home(back);
    other.arrived(&attempt(&other), asked_again).await;
    for flow in [&first, &second] {
        assert!(matches!(desk.stands(flow), FlowState::Returning { problem: Some(_) }));
    }
    held.release();
    desk.outcome(&second).await;
    desk.until(|shown| shown.flows.iter().any(|it| it.id == first && it.state == FlowState::Waiting)).await;

    // Of two, it shows of neither before somebody has said whose it is.
    let third = desk.out(&there).await.unwrap();
    let held = house.hold(&attempt(&house));
    desk.accounts.come_home(other.finish(&desk.browser.page(), Then::Failed("oauth_access_denied")));
    held.arrived().await;
    assert_eq!(desk.stands(&first), FlowState::Waiting);
    assert_eq!(failed(desk.outcome(&third).await), "oauth_access_denied");
    held.release();
}

#[tokio::test]
async fn what_comes_back_to_the_only_one_that_waits_shows_at_once() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let attempt = house.client()["sign_in"]["id"].as_str().unwrap().to_owned();
    let held = house.hold(&attempt);
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    held.arrived().await;
    assert_eq!(desk.stands(&flow), FlowState::Returning { problem: None });
    held.release();
    desk.outcome(&flow).await;
}

#[tokio::test]
async fn at_an_instance_of_single_sessions_it_happens_in_a_slot_of_its_own() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.set_single(true);
    let instance = desk.add(&house).await;
    let first = desk.sign_in(&instance).await;
    let flow = desk.out(&instance).await.unwrap();
    desk.leave_attempt(&instance).await;
    desk.reload(&instance).await.unwrap();
    assert_eq!(house.tokens().len(), 2);
    assert_eq!(desk.all_kept(&instance).len(), 2, "its slot waits for the browser");
    desk.accounts.come_home(house.finish(&desk.browser.page(), Then::Done));
    let second = session(desk.outcome(&flow).await);
    assert_eq!(signed_in(&desk.view(&instance)), [first.session.as_str(), second.as_str()]);
    // One that is cancelled leaves nothing behind.
    let flow = desk.out(&instance).await.unwrap();
    assert_eq!(desk.all_kept(&instance).len(), 3);
    desk.cancel(&flow).await;
    desk.leave_attempt(&instance).await;
    assert_eq!(desk.all_kept(&instance).len(), 2);
}

#[tokio::test]
async fn nobody_waits_longer_than_ten_minutes() {
    let (desk, house, instance) = at_house().await;
    let flow = desk.out(&instance).await.unwrap();
    let address = house.finish(&desk.browser.page(), Then::Done);
    desk.advance(9 * 60 * 1000);
    assert!(desk.flow(&flow).unwrap().waits());
    desk.advance(60 * 1000);
    desk.accounts.come_home(address);
    assert_eq!(failed(desk.outcome(&flow).await), "flow_expired");
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
}
