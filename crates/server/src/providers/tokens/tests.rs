#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn granted(answer: &str, commas: bool) -> Result<Grant, ProviderFault> {
    let answer = regular(read(answer.as_bytes()).unwrap(), commas);
    let wrong = ProviderFault::WrongAnswer { step: Step::Exchange, reason: "unreadable" };
    let answer: Answer = serde_json::from_value(Value::Object(answer)).map_err(|_| wrong)?;
    grant(&answer, Step::Exchange, vec!["asked".to_owned()], NOW)
}

#[test]
fn answers_that_providers_write_in_their_own_way_are_read() {
    for (answer, commas, scopes, expires_in) in [
        (
            r#"{"access_token":"a","token_type":"Bearer","expires_in":60,"scope":"x y"}"#,
            false,
            vec!["x", "y"],
            Some(60),
        ),
        (
            r#"{"access_token":"a","token_type":"bearer","expires_in":"60","scope":"x,y"}"#,
            true,
            vec!["x", "y"],
            Some(60),
        ),
        (r#"{"access_token":"a","scope":"x,y"}"#, false, vec!["x,y"], None),
        (r#"{"access_token":"a","scope":""}"#, true, vec![], None),
        (r#"{"access_token":"a","scope":null,"expires_in":null,"refresh_token":""}"#, false, vec!["asked"], None),
        ("access_token=a&scope=x%2Cy&token_type=bearer", true, vec!["x", "y"], None),
        ("access_token=a&expires_in=60", true, vec!["asked"], Some(60)),
    ] {
        let grant = granted(answer, commas).unwrap();
        assert_eq!(grant.access_token.expose_secret(), "a", "{answer}");
        assert_eq!(grant.scopes, scopes, "{answer}");
        assert_eq!(grant.expires_at, expires_in.map(|seconds: i64| NOW.plus(seconds * 1000)), "{answer}");
        assert!(grant.refresh_token.is_none(), "{answer}");
    }
}

#[test]
fn answers_that_are_none_are_refused() {
    for answer in [
        r#"{"token_type":"bearer"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"a b"}"#,
        r#"{"access_token":"a\r\nb"}"#,
        r#"{"access_token":"ä"}"#,
        r#"{"access_token":"a","token_type":"mac"}"#,
        r#"{"access_token":"a","expires_in":-1}"#,
        r#"{"access_token":"a","expires_in":"soon"}"#,
        r#"{"access_token":"a","refresh_token":"a b"}"#,
    ] {
        assert!(granted(answer, false).is_err(), "{answer}");
    }
    let long = json!({"access_token": "x".repeat(LONGEST_TOKEN + 1)}).to_string();
    assert!(granted(&long, false).is_err());
    for none in ["", "[]", "7", "\"access_token=a\"", "<html>", "token=a", "{"] {
        assert!(read(none.as_bytes()).is_none(), "{none}");
    }
}

#[test]
fn a_token_that_never_ends_ends() {
    let grant = granted(&json!({"access_token": "a", "expires_in": u64::MAX}).to_string(), false).unwrap();
    let years = grant.expires_at.unwrap().since(NOW) / (365 * 86_400_000);
    assert_eq!(years, 10);
}

#[test]
fn scopes_are_listed_once_in_their_order() {
    let more = ["b", "a", "c"].map(str::to_owned);
    assert_eq!(scopes(&["a", "d"], &[&more, &more]), ["a", "d", "b", "c"]);
}
