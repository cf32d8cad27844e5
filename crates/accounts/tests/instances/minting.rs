//! Session tokens: asked for once, handed out from memory while they last, replaced before they end.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_accounts::{AccountKey, ErrorKind, Reason, SessionRequest};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, problem, signed_in},
    house::{House, Plan, refusal},
};

async fn desk() -> (Arc<Desk>, House, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    (Arc::new(desk), house, account)
}

fn claim(jwt: &str, name: &str) -> String {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&payload).unwrap()[name].as_str().unwrap().to_owned()
}

async fn many(desk: &Arc<Desk>, account: &AccountKey) -> Vec<Result<String, frontdesk_accounts::IntentError>> {
    let asked = (0..20).map(|_| {
        let (desk, account) = (desk.clone(), account.clone());
        tokio::spawn(async move { desk.token(&account, false).await })
    });
    join_all(asked).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn many_who_want_a_token_make_one_request() {
    let (desk, house, account) = desk().await;
    let tokens = many(&desk, &account).await;
    assert!(tokens.iter().all(|token| token.as_ref().unwrap() == tokens[0].as_ref().unwrap()));
    assert_eq!(house.count("/tokens"), 1);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 1);
}

#[tokio::test]
async fn a_request_that_fails_fails_for_everybody_once_and_is_made_again_for_the_next() {
    let (desk, house, account) = desk().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    house.plan("/tokens", Plan::WaitInstead(told, 422, refusal(422, "form_param_unknown").1.to_string()));
    let waiting = tokio::spawn({
        let (desk, account) = (desk.clone(), account.clone());
        async move { many(&desk, &account).await }
    });
    house.arrived("/tokens", 1).await;
    tell.send(()).unwrap();
    for failed in waiting.await.unwrap() {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind, failed.status), (ErrorKind::Api, Some(422)));
    }
    assert_eq!(house.count("/tokens"), 1, "what the instance refuses is not asked for again");
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2);
}

#[tokio::test]
async fn an_instance_that_cannot_answer_just_now_is_asked_again() {
    let (desk, house, account) = desk().await;
    let body = |status, code| Plan::Instead(status, vec![], refusal(status, code).1.to_string());
    house.plan("/tokens", body(500, "internal_error"));
    house.plan("/tokens", Plan::Instead(502, vec![], "<html>".to_owned()));
    house.plan("/tokens", body(429, "too_many_requests"));
    house.plan("/tokens", Plan::Cut);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 5);

    // Who is told to wait for long tells who asked.
    let (_, busy) = refusal(429, "too_many_requests");
    house.plan("/tokens", Plan::Instead(429, vec![("retry-after", "3600".to_owned())], busy.to_string()));
    let failed = desk.token(&account, true).await.unwrap_err();
    assert_eq!((failed.status, failed.retry_after_seconds), (Some(429), Some(3600)));
    assert_eq!(house.count("/tokens"), 6);
}

#[tokio::test]
async fn an_instance_that_is_not_reached_signs_nobody_out() {
    let (desk, house, account) = desk().await;
    let first = desk.token(&account, false).await.unwrap();
    let lost = || (0..5).for_each(|_| house.plan("/tokens", Plan::Drop));
    lost();
    desk.advance(57_000);
    assert_eq!(desk.token(&account, false).await.unwrap(), first, "what is left of it is better than none");
    assert_eq!(house.count("/tokens"), 6);

    lost();
    desk.advance(3_000);
    let failed = desk.token(&account, false).await.unwrap_err();
    assert_eq!((failed.kind, failed.status), (ErrorKind::Network, None));
    let view = desk.view(&account.instance);
    assert_eq!(signed_in(&view), [account.session.as_str()]);
    assert_eq!(desk.kept(&account.instance), house.token());
    assert_ne!(desk.token(&account, false).await.unwrap(), first, "and the next one is had as ever");
}

#[tokio::test]
async fn who_was_signed_out_elsewhere_learns_it_from_the_next_token() {
    let (desk, house, account) = desk().await;
    house.revoke(&account.session);
    let failed = desk.token(&account, false).await.unwrap_err();
    assert_eq!((failed.kind, failed.status), (ErrorKind::Api, Some(401)));
    assert_eq!(signed_in(&desk.view(&account.instance)), [""; 0]);
    let gone = desk.token(&account, false).await.unwrap_err();
    assert_eq!(gone.said.unwrap().reason, Reason::AccountGone);
    assert_eq!(house.count("/tokens"), 1);
}

#[tokio::test]
async fn whose_user_was_deleted_learns_it_from_the_next_token() {
    let (desk, house, deleted) = desk().await;
    let stays = desk.sign_in(&deleted.instance).await;
    house.erase(&deleted.session);
    let gone = desk.token(&deleted, false).await.unwrap_err();
    assert_eq!((gone.kind, gone.said.unwrap().reason), (ErrorKind::Refused, Reason::AccountGone));
    let view = desk.view(&deleted.instance);
    assert_eq!((signed_in(&view), problem(&view)), (vec![stays.session.as_str()], Some("session_removed")));
    desk.token(&stays, false).await.unwrap();
}

#[tokio::test]
async fn a_token_is_of_the_account_that_was_asked_whoever_is_shown() {
    let (desk, house, first) = desk().await;
    let held = house.hold("/tokens");
    let asked = tokio::spawn({
        let (desk, first) = (desk.clone(), first.clone());
        async move { desk.token(&first, false).await.unwrap() }
    });
    held.arrived().await;
    let second = desk.sign_in(&first.instance).await;
    assert_eq!(desk.snapshot().active, Some(second.clone()));
    let of_second = desk.token(&second, false).await.unwrap();
    held.release();
    let of_first = asked.await.unwrap();
    assert_eq!([claim(&of_first, "sid"), claim(&of_second, "sid")], [first.session.clone(), second.session]);
    assert_eq!(desk.token(&first, false).await.unwrap(), of_first);
}

#[tokio::test]
async fn a_token_of_another_session_is_handed_to_nobody() {
    let (desk, house, first) = desk().await;
    let second = desk.sign_in(&first.instance).await;
    let of_second = desk.token(&second, false).await.unwrap();
    for jwt in [of_second.as_str(), ""] {
        let body = json!({ "object": "token", "jwt": jwt }).to_string();
        house.plan("/tokens", Plan::Instead(200, vec![], body));
        assert_eq!(desk.token(&first, true).await.unwrap_err().kind, ErrorKind::Protocol);
    }
}

#[tokio::test]
async fn tokens_of_templates_and_organizations_are_asked_for_by_name_and_kept_apart() {
    let (desk, house, account) = desk().await;
    let ask = |template: Option<&str>, organization: Option<&str>| {
        let (template, organization_id) = (template.map(str::to_owned), organization.map(str::to_owned));
        desk.ask_for_token(SessionRequest::Token {
            account: account.clone(),
            template,
            organization_id,
            skip_cache: false,
            leeway_in_seconds: None,
        })
    };
    let plain = desk.token(&account, false).await.unwrap();
    let billing = ask(Some("billing"), None).await.unwrap();
    assert_eq!(claim(&billing, "note"), "minted 2 from billing");
    let of_organization = ask(Some("billing"), Some("org_1")).await.unwrap();
    assert_eq!(claim(&of_organization, "note"), "minted 3 from billing for org_1");
    assert_eq!(claim(&ask(None, Some("")).await.unwrap(), "note"), "minted 4 for ");
    let shown = desk.view(&account.instance).client.unwrap().sessions[0].claims.clone().unwrap();
    assert_eq!(shown["note"], claim(&plain, "note"), "what is shown is what the session token says");

    desk.advance(3_000_000);
    assert_eq!(ask(Some("billing"), None).await.unwrap(), billing, "it lasts as long as its template says");
    assert_eq!(ask(Some("billing"), Some("org_1")).await.unwrap(), of_organization);
    assert_eq!(house.count("/tokens/billing"), 2);

    let unknown = ask(Some("unknown"), None).await.unwrap_err();
    assert_eq!((unknown.kind, unknown.status), (ErrorKind::Api, Some(404)));
    let before = house.seen().len();
    for name in ["../end", "", "a/b"] {
        assert_eq!(ask(Some(name), None).await.unwrap_err().kind, ErrorKind::Refused, "{name}");
    }
    assert_eq!(house.seen().len(), before, "nobody is asked for a name that would lead elsewhere");
    assert_eq!(signed_in(&desk.view(&account.instance)), [account.session.as_str()]);
}

#[tokio::test]
async fn who_needs_a_token_for_longer_waits_for_one_that_lasts() {
    let (desk, house, account) = desk().await;
    let ask = |seconds| {
        desk.ask_for_token(SessionRequest::Token {
            account: account.clone(),
            template: None,
            organization_id: None,
            skip_cache: false,
            leeway_in_seconds: Some(seconds),
        })
    };
    let first = ask(30).await.unwrap();
    desk.advance(20_000);
    assert_eq!(ask(30).await.unwrap(), first);
    assert_ne!(ask(40).await.unwrap(), first);
    assert_eq!(house.count("/tokens"), 2);
    ask(u32::MAX).await.unwrap();
    assert_eq!(house.count("/tokens"), 3, "for longer than tokens last is a new one each time");
}

#[tokio::test]
async fn a_token_that_will_end_soon_is_handed_out_while_the_next_is_asked_for() {
    let (desk, house, account) = desk().await;
    let first = desk.token(&account, false).await.unwrap();
    desk.advance(44_000);
    assert_eq!(desk.token(&account, false).await.unwrap(), first);
    assert_eq!(house.count("/tokens"), 1);

    desk.advance(2_000);
    let held = house.hold("/tokens");
    assert_eq!(desk.token(&account, false).await.unwrap(), first, "nobody waits");
    held.arrived().await;
    assert_eq!(desk.token(&account, false).await.unwrap(), first);
    assert_eq!(house.count("/tokens"), 2, "one is asked for, not one for each");
    held.release();

    desk.advance(10_000);
    let second = desk.token(&account, false).await.unwrap();
    assert_ne!(second, first, "what has less than five seconds left is not handed out");
    assert_eq!(house.count("/tokens"), 2);
}

#[tokio::test]
async fn who_skips_the_cache_gets_a_token_made_from_then_on() {
    let (desk, house, account) = desk().await;
    let held = house.hold("/tokens");
    let early = tokio::spawn({
        let (desk, account) = (desk.clone(), account.clone());
        async move { desk.token(&account, false).await.unwrap() }
    });
    held.arrived().await;
    let fresh = desk.token(&account, true).await.unwrap();
    assert_eq!(house.count("/tokens"), 2, "the one on its way may be of before");
    let queries: Vec<_> =
        house.seen().iter().filter(|it| it.path.ends_with("/tokens")).map(|it| it.query.clone()).collect();
    assert_eq!([queries[0].contains("skip_cache"), queries[1].ends_with("&debug=skip_cache")], [false, true]);
    held.release();
    assert_ne!(early.await.unwrap(), fresh);
    assert_eq!(desk.token(&account, false).await.unwrap(), fresh, "and the late answer does not replace it");
    assert_eq!(house.count("/tokens"), 2);
}

#[tokio::test]
async fn a_clock_that_jumps_makes_tokens_old_and_never_young() {
    let (desk, house, account) = desk().await;
    let first = desk.token(&account, false).await.unwrap();
    desk.set_ahead(-3_600_000);
    assert_eq!(desk.token(&account, false).await.unwrap(), first, "it is as old as it was");
    desk.advance(60_000);
    let second = desk.token(&account, false).await.unwrap();
    assert_ne!(second, first, "it has ended, whatever the clock shows");
    desk.set_ahead(7_200_000);
    assert_ne!(desk.token(&account, false).await.unwrap(), second, "the computer may have slept");
    assert_eq!(house.count("/tokens"), 3);
}

#[tokio::test]
async fn what_a_token_says_is_shown_without_the_token() {
    let (desk, _house, account) = desk().await;
    let shown = |note: &str| {
        let snapshot = desk.snapshot();
        let client = snapshot.instances[1].client.clone().unwrap();
        client.sessions[0].claims.as_ref().unwrap()["note"] == note
    };
    assert!(shown("client"));
    desk.token(&account, false).await.unwrap();
    assert!(shown("minted 1"));
}
