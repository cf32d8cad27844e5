use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;

fn place() -> Place {
    ("instance".to_owned(), "sess_1".to_owned())
}

fn token(seconds: i64, note: &str) -> Secret {
    let claims = format!(r#"{{"iat":0,"exp":{seconds},"note":"{note}"}}"#);
    Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)).into_bytes())
}

fn text(token: &Secret) -> String {
    String::from_utf8(token.expose().to_vec()).unwrap()
}

/// Begins a request that has to be begun.
fn begin(tokens: &Tokens, now: i64) -> Begin {
    tokens.find(&place(), now, true).begin.unwrap()
}

#[test]
fn a_token_that_does_not_say_how_long_it_lasts_is_not_kept() {
    let tokens = Tokens::default();
    for token in [Secret::new(b"opaque".to_vec()), token(0, ""), token(-5, "")] {
        let begun = begin(&tokens, 0);
        tokens.land(&place(), begun, 0, Ok(token));
        let found = tokens.find(&place(), 0, false);
        assert!(found.token.is_none());
        drop(found.begin);
    }
}

#[test]
fn a_token_of_a_few_seconds_is_handed_out_for_the_time_it_has() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, 0, Ok(token(12, "")));
    let found = tokens.find(&place(), 5_000, false);
    assert!(found.token.is_some() && found.begin.is_none());
    let found = tokens.find(&place(), 6_000, false);
    assert!(found.token.is_some() && found.begin.is_some());
    assert!(tokens.find(&place(), 7_000, false).token.is_none());
}

#[test]
fn of_two_answers_the_one_to_the_later_request_stays() {
    let tokens = Tokens::default();
    let (first, second) = (begin(&tokens, 0), begin(&tokens, 1_000));
    assert!(tokens.land(&place(), second, 1_000, Ok(token(60, "second"))));
    assert!(!tokens.land(&place(), first, 0, Ok(token(60, "first"))));
    assert_eq!(text(&tokens.find(&place(), 2_000, false).token.unwrap()), text(&token(60, "second")));
}

#[test]
fn a_failure_takes_nothing_away() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, 0, Ok(token(60, "")));
    let begun = begin(&tokens, 50_000);
    assert!(!tokens.land(&place(), begun, 50_000, Err(Fault::Removed)));
    assert!(tokens.find(&place(), 50_000, false).token.is_some());
}

#[test]
fn what_lands_after_its_session_is_gone_is_not_kept() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.retain("another", |_| false);
    assert!(tokens.find(&place(), 0, false).begin.is_none(), "the sessions of other instances stay");
    tokens.retain("instance", |session| session != "sess_1");
    assert!(!tokens.land(&place(), begun, 0, Ok(token(60, ""))));
    assert!(tokens.find(&place(), 0, false).token.is_none());
}

#[test]
fn a_request_that_nobody_makes_any_more_is_begun_again() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    assert!(tokens.find(&place(), 0, false).begin.is_none(), "it is under way");
    drop(begun);
    assert!(tokens.find(&place(), 0, false).begin.is_some());
}
