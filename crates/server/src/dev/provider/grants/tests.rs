#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_identity::Email;
use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    dev::provider::{Mode, Strategy, ask::Ask, person::Person},
    random::SystemRandom,
};

fn granted() -> Granted {
    let ask = Ask {
        scope: "openid".to_owned(),
        state: None,
        nonce: None,
        challenge: String::new(),
        mode: Mode::Query,
        login_hint: None,
    };
    let email = Email::parse("ada@example.com").unwrap();
    let person = Person { email, verified: true, first_name: None, last_name: None, picture: None };
    let strategy = Strategy::parse("oauth_google").unwrap();
    Granted { decision: Decision { strategy, ask, person }, confirmed: false, at: Timestamp(0) }
}

fn redeem(grants: &Grants, code: &SecretString, now: i64) -> Option<GrantId> {
    grants.redeem(code.expose_secret(), Timestamp(now), |_| true).map(|(id, _)| id)
}

#[test]
fn sec_13_a_code_is_redeemed_once_and_a_second_time_ends_what_came_of_it() {
    let grants = Grants::default();
    let code = grants.give(&SystemRandom, granted());
    let id = redeem(&grants, &code, CODE_MS - 1).unwrap();
    let (access, refresh) = grants.begin(&SystemRandom, id, Timestamp(0)).unwrap();
    assert!(grants.accessed(access.expose_secret(), Timestamp(ACCESS_MS - 1)).is_some());
    assert!(grants.accessed(access.expose_secret(), Timestamp(ACCESS_MS)).is_none());
    assert_eq!(redeem(&grants, &code, 0), None);
    assert!(grants.accessed(access.expose_secret(), Timestamp(0)).is_none());
    assert!(grants.refresh(&SystemRandom, refresh.expose_secret(), Timestamp(0), |_| true).is_none());
    assert!(grants.begin(&SystemRandom, id, Timestamp(0)).is_none(), "nor is anything given afterwards");
}

#[test]
fn sec_14_a_code_ends_with_its_minute_and_with_the_first_that_does_not_fit() {
    let grants = Grants::default();
    let late = grants.give(&SystemRandom, granted());
    assert_eq!(redeem(&grants, &late, CODE_MS), None);
    assert_eq!(redeem(&grants, &late, 0), None);
    let code = grants.give(&SystemRandom, granted());
    assert!(grants.redeem(code.expose_secret(), Timestamp(0), |_| false).is_none());
    assert_eq!(redeem(&grants, &code, 0), None);
    assert!(grants.redeem("", Timestamp(0), |_| true).is_none());
}

#[test]
fn sec_33_a_token_that_is_taken_back_ends_its_grant_and_no_other() {
    let grants = Grants::default();
    let begun = || {
        let id = redeem(&grants, &grants.give(&SystemRandom, granted()), 0).unwrap();
        grants.begin(&SystemRandom, id, Timestamp(0)).unwrap()
    };
    let ((first, renews), (second, other)) = (begun(), begun());
    let works = |token: &SecretString| grants.accessed(token.expose_secret(), Timestamp(0)).is_some();
    assert!(!grants.revoke(renews.expose_secret(), |_| false), "it is somebody else's");
    assert!(grants.revoke("", |_| false), "and this is nobody's");
    assert!(works(&first) && works(&second));
    let more = grants.refresh(&SystemRandom, renews.expose_secret(), Timestamp(0), |_| true).unwrap().0;
    assert!(grants.revoke(renews.expose_secret(), |_| true));
    assert!(!works(&first) && !works(&more) && works(&second));
    assert!(grants.refresh(&SystemRandom, renews.expose_secret(), Timestamp(0), |_| true).is_none());
    assert!(grants.revoke(second.expose_secret(), |_| true));
    assert!(!works(&second));
    assert!(grants.refresh(&SystemRandom, other.expose_secret(), Timestamp(0), |_| true).is_none());
}

#[test]
fn what_is_remembered_is_bounded() {
    let grants = Grants::default();
    let first = grants.give(&SystemRandom, granted());
    let second = grants.give(&SystemRandom, granted());
    for _ in 1..MOST {
        grants.give(&SystemRandom, granted());
    }
    assert_eq!(redeem(&grants, &first, 0), None, "the oldest has gone");
    let id = redeem(&grants, &second, 0).unwrap();
    let (access, refresh) = grants.begin(&SystemRandom, id, Timestamp(0)).unwrap();
    for _ in 0..MOST_ACCESS {
        let more = grants.refresh(&SystemRandom, refresh.expose_secret(), Timestamp(0), |_| true).unwrap().0;
        assert_ne!(more.expose_secret(), access.expose_secret());
    }
    assert!(grants.accessed(access.expose_secret(), Timestamp(0)).is_none(), "the oldest token has gone");
    let counted = grants.with(|state| (state.grants.len(), state.grants.iter().map(|it| it.access.len()).max()));
    assert_eq!(counted, (MOST, Some(MOST_ACCESS)));
    assert!(grants.refresh(&SystemRandom, refresh.expose_secret(), Timestamp(0), |_| false).is_none());
}
