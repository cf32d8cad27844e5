//! Session tokens: asked for once, handed out from memory while they last, replaced before they end.

use std::sync::Arc;

use frontdesk_accounts::{AccountKey, ErrorKind};
use futures_util::future::join_all;

use crate::{
    desk::Desk,
    house::{House, Plan, refusal},
};

async fn desk() -> (Arc<Desk>, House, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    (Arc::new(desk), house, account)
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
    house.plan("/tokens", Plan::WaitInstead(told, 500, refusal(500, "internal_error").1.to_string()));
    let waiting = tokio::spawn({
        let (desk, account) = (desk.clone(), account.clone());
        async move { many(&desk, &account).await }
    });
    house.arrived("/tokens", 1).await;
    tell.send(()).unwrap();
    for failed in waiting.await.unwrap() {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind, failed.status), (ErrorKind::Api, Some(500)));
    }
    assert_eq!(house.count("/tokens"), 1);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2);
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
    held.release();
    assert_ne!(early.await.unwrap(), fresh);
    assert_eq!(desk.token(&account, false).await.unwrap(), fresh, "and the late answer does not replace it");
    assert_eq!(house.count("/tokens"), 2);
}

#[tokio::test]
async fn a_clock_that_jumps_makes_tokens_old_and_never_young() {
    let (desk, house, account) = desk().await;
    desk.advance(3_600_000);
    desk.token(&account, false).await.unwrap();
    desk.advance(-3_600_000);
    desk.token(&account, false).await.unwrap();
    assert_eq!(house.count("/tokens"), 2);
    desk.advance(7_200_000);
    desk.token(&account, false).await.unwrap();
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
