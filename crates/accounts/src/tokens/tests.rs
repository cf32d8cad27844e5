use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;
use crate::options::Clock;

fn place() -> Place {
    of(TokenKind::default())
}

fn of(kind: TokenKind) -> Place {
    Place { account: AccountKey { instance: "instance".to_owned(), session: "sess_1".to_owned() }, kind }
}

fn kind(template: Option<&str>, organization: Option<&str>) -> TokenKind {
    TokenKind::of(template.map(str::to_owned), organization.map(str::to_owned)).unwrap()
}

/// A time that both readings show.
fn at(milliseconds: i64) -> Moment {
    Clock::new(move || milliseconds, move || milliseconds).moment()
}

const ANY: Want = Want { fresh: false, leeway: 0 };
const FRESH: Want = Want { fresh: true, leeway: 0 };

fn token(seconds: i64, note: &str) -> Secret {
    let claims = format!(r#"{{"iat":0,"exp":{seconds},"note":"{note}"}}"#);
    Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)).into_bytes())
}

fn text(token: &Secret) -> String {
    String::from_utf8(token.expose().to_vec()).unwrap()
}

/// Begins a request that has to be begun.
fn begin(tokens: &Tokens, now: i64) -> Begin {
    tokens.find(&place(), at(now), FRESH).begin.unwrap()
}

#[test]
fn a_token_that_does_not_say_how_long_it_lasts_is_not_kept() {
    let tokens = Tokens::default();
    for token in [Secret::new(b"opaque".to_vec()), token(0, ""), token(-5, "")] {
        let begun = begin(&tokens, 0);
        tokens.land(&place(), begun, at(0), Ok(token));
        let found = tokens.find(&place(), at(0), ANY);
        assert!(found.token.is_none());
        drop(found.begin);
    }
}

#[test]
fn a_token_of_a_few_seconds_is_handed_out_for_the_time_it_has() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, at(0), Ok(token(12, "")));
    let found = tokens.find(&place(), at(5_000), ANY);
    assert!(found.token.is_some() && found.begin.is_none());
    let found = tokens.find(&place(), at(6_000), ANY);
    assert!(found.token.is_some() && found.begin.is_some());
    assert!(tokens.find(&place(), at(7_000), ANY).token.is_none());
}

#[test]
fn of_two_answers_the_one_to_the_later_request_stays() {
    let tokens = Tokens::default();
    let (first, second) = (begin(&tokens, 0), begin(&tokens, 1_000));
    assert!(tokens.land(&place(), second, at(1_000), Ok(token(60, "second"))));
    assert!(!tokens.land(&place(), first, at(0), Ok(token(60, "first"))));
    assert_eq!(text(&tokens.find(&place(), at(2_000), ANY).token.unwrap()), text(&token(60, "second")));
}

#[test]
fn a_failure_takes_nothing_away() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, at(0), Ok(token(60, "")));
    let begun = begin(&tokens, 50_000);
    assert!(!tokens.land(&place(), begun, at(50_000), Err(Fault::Removed)));
    assert!(tokens.find(&place(), at(50_000), ANY).token.is_some());
}

#[test]
fn what_lands_after_its_session_is_gone_is_not_kept() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.retain("another", |_| false);
    assert!(tokens.find(&place(), at(0), ANY).begin.is_none(), "the sessions of other instances stay");
    tokens.retain("instance", |session| session != "sess_1");
    assert!(!tokens.land(&place(), begun, at(0), Ok(token(60, ""))));
    assert!(tokens.find(&place(), at(0), ANY).token.is_none());
}

#[test]
fn a_request_that_nobody_makes_any_more_is_begun_again() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    assert!(tokens.find(&place(), at(0), ANY).begin.is_none(), "it is under way");
    drop(begun);
    assert!(tokens.find(&place(), at(0), ANY).begin.is_some());
}

#[test]
fn who_wants_a_token_for_longer_gets_one_that_lasts_longer() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, at(0), Ok(token(60, "")));
    let leeway = |leeway| Want { fresh: false, leeway };
    assert!(tokens.find(&place(), at(30_000), leeway(24_999)).begin.is_none());
    assert!(tokens.find(&place(), at(30_000), leeway(25_000)).token.is_none());
    assert!(tokens.find(&place(), at(0), leeway(i64::MAX)).token.is_none());
}

#[test]
fn what_is_left_of_a_token_is_better_than_none() {
    let tokens = Tokens::default();
    assert!(tokens.last_resort(&place(), at(0), ANY).is_none());
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, at(0), Ok(token(60, "")));
    assert!(tokens.last_resort(&place(), at(59_999), ANY).is_some());
    assert!(tokens.last_resort(&place(), at(60_000), ANY).is_none(), "it has ended");
    assert!(tokens.last_resort(&place(), at(40_000), Want { fresh: false, leeway: 20_000 }).is_none());
    assert!(tokens.last_resort(&place(), at(0), FRESH).is_none());
}

#[test]
fn templates_and_organizations_have_tokens_of_their_own() {
    let tokens = Tokens::default();
    let kinds = [
        kind(None, None),
        kind(None, Some("")),
        kind(None, Some("org_1")),
        kind(Some("billing"), None),
        kind(Some("billing"), Some("org_1")),
    ];
    for (number, kind) in kinds.iter().enumerate() {
        let place = of(kind.clone());
        let begun = tokens.find(&place, at(0), ANY).begin.unwrap();
        assert!(tokens.land(&place, begun, at(0), Ok(token(60, &number.to_string()))));
    }
    for (number, kind) in kinds.into_iter().enumerate() {
        let found = tokens.find(&of(kind), at(0), ANY).token.unwrap();
        assert_eq!(text(&found), text(&token(60, &number.to_string())));
    }
}

#[test]
fn a_name_that_would_lead_elsewhere_is_refused() {
    for name in ["", "..", "a/b", "a?b", "a b", "ä", &"a".repeat(129)] {
        assert!(TokenKind::of(Some(name.to_owned()), None).is_err(), "{name}");
        assert_eq!(TokenKind::of(None, Some(name.to_owned())).is_err(), !name.is_empty(), "{name}");
    }
}

#[test]
fn a_token_lasts_as_long_as_it_says_and_no_longer() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    tokens.land(&place(), begun, at(0), Ok(token(86_400 * 365, "")));
    let year = 86_400_000 * 365;
    assert!(tokens.find(&place(), at(year - 20_000), ANY).begin.is_none());
    assert!(tokens.find(&place(), at(year), ANY).token.is_none());
}

#[test]
fn neither_a_clock_that_is_set_back_nor_sleep_makes_a_token_younger() {
    let tokens = Tokens::default();
    let begun = begin(&tokens, 0);
    let moment = |now: i64, uptime: i64| Clock::new(move || now, move || uptime).moment();
    tokens.land(&place(), begun, moment(1_000_000, 0), Ok(token(60, "")));
    assert!(tokens.find(&place(), moment(0, 30_000), ANY).begin.is_none(), "set back, and thirty seconds passed");
    assert!(tokens.find(&place(), moment(0, 60_000), ANY).token.is_none(), "set back, and it has ended");
    assert!(tokens.find(&place(), moment(1_060_000, 5), ANY).token.is_none(), "asleep meanwhile");
}

#[test]
fn tokens_that_have_ended_are_let_go_when_there_are_many() {
    let tokens = Tokens::default();
    for number in 0..1_000 {
        let place = of(kind(Some(&format!("template_{number}")), None));
        let now = at(number * 1_000);
        let begun = tokens.find(&place, now, ANY).begin.unwrap();
        tokens.land(&place, begun, now, Ok(token(60, "")));
    }
    assert!(tokens.slots().len() <= MANY);
}
