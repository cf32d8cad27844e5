#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use http::HeaderName;

use super::*;
use crate::network::Way;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).collect()
}

#[test]
fn the_token_header_keeps_clears_or_replaces() {
    assert!(matches!(token_of(&headers(&[])), TokenHeader::Absent));
    for clear in ["", " ", "Bearer", "bearer ", "Bearer   "] {
        assert!(matches!(token_of(&headers(&[("authorization", clear)])), TokenHeader::Clear), "{clear:?}");
    }
    for (value, token) in [("abc", "abc"), (" a.b.c ", "a.b.c"), ("Bearer abc", "abc"), ("bearerabc", "bearerabc")] {
        let TokenHeader::New(secret) = token_of(&headers(&[("authorization", value)])) else { panic!("{value}") };
        assert_eq!(secret.expose(), token.as_bytes());
    }
}

#[test]
fn waiting_times_are_seconds_or_dates_and_bounded() {
    let after = |pairs: &[(&'static str, &str)]| retry_after(&headers(pairs));
    assert_eq!(after(&[]), None);
    assert_eq!(after(&[("retry-after", "12")]), Some(12));
    assert_eq!(after(&[("retry-after", "99999999999999")]), Some(86_400));
    assert_eq!(after(&[("retry-after", "-1")]), None);
    assert_eq!(after(&[("retry-after", "soon")]), None);
    let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
    assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), date]), Some(30));
    assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2015 07:27:30 GMT"), date]), Some(0));
}

#[test]
fn only_development_instances_on_this_computer_are_spoken_to_without_tls() {
    let key = |kind, host: &str| PublishableKey { kind, frontend_api: host.to_owned() };
    assert!(is_plain(&key(KeyKind::Development, "127.0.0.1:8787")));
    assert!(is_plain(&key(KeyKind::Development, "127.8.0.1")));
    assert!(!is_plain(&key(KeyKind::Production, "127.0.0.1:8787")));
    for host in ["10.0.0.1:80", "127.0.0.1.example.com", "127.example.com", "app.localhost", "0.0.0.0:80"] {
        assert!(!is_plain(&key(KeyKind::Development, host)), "{host}");
    }
}

#[test]
fn forms_are_encoded_and_leave_absent_fields_out() {
    let form =
        form::SignInAttempt {
            strategy: Some("password".to_owned()), password: Some("p w&d=é".to_owned()), code: None
        };
    let request = Request::send(Method::POST, "/v1/x").form(&form);
    let Body::Form(form) = request.body else { panic!("no form") };
    let mut fields: Vec<_> = form.as_str().split('&').collect();
    fields.sort_unstable();
    assert_eq!(fields, ["password=p+w%26d%3D%C3%A9", "strategy=password"]);
}

#[test]
fn bodies_of_another_kind_are_foreign() {
    let answer = |status, body: &str| Answer {
        status,
        token: TokenHeader::Absent,
        date: None,
        body: Ok(body.as_bytes().to_vec()),
        retry_after: None,
    };
    for (status, body) in [
        (200, ""),
        (304, "{}"),
        (200, "null"),
        (200, "[[\"x\"]]"),
        (200, "{\"response\":7}"),
        (401, "<html>"),
        (401, "{\"errors\":[]}"),
        (500, "[]"),
        (502, "{\"errors\":[{\"code\":3}]}"),
    ] {
        let fault = answer(status, body).parse::<wire::Envelope<wire::SignIn>>().unwrap_err();
        assert!(matches!(fault, Fault::Foreign { .. }), "{status} {body}: {fault:?}");
        assert!(!fault.is_unauthenticated());
    }
    for (status, body) in [(200, "<html>"), (203, "\r\n<!DOCTYPE html>"), (302, "{}"), (307, ""), (511, "<html>")] {
        let fault = answer(status, body).parse::<wire::Envelope<wire::SignIn>>().unwrap_err();
        assert!(matches!(fault, Fault::Portal { .. }), "{status} {body}: {fault:?}");
        assert!(fault.is_network() && !fault.is_unauthenticated() && !fault.is_passing());
    }
    let refused = answer(401, r#"{"errors":[{"code":"signed_out"}]}"#).parse::<wire::Token>().unwrap_err();
    assert!(refused.is_unauthenticated());
    assert_eq!(refused.code(), Some("signed_out"));
    assert!(matches!(answer(200, "{}").parse_list::<wire::ActiveSession>(), Err(Fault::Foreign { .. })));
    assert_eq!(answer(200, "[]").parse_list::<wire::ActiveSession>().unwrap(), []);
}

#[tokio::test]
async fn who_waited_long_already_does_not_ask_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let frontend_api = listener.local_addr().unwrap().to_string();
    let pace =
        Pace { answer: Duration::from_millis(50), retries: vec![Duration::from_millis(1); 3], ..Pace::default() };
    let key = PublishableKey { kind: KeyKind::Development, frontend_api };
    let transport = Transport::remote(&key, &pace, &Way::direct()).unwrap();
    // Takes every call and answers none.
    let calls = tokio::spawn(async move {
        for calls in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            // Ends when the caller hangs up.
            stream.read_to_end(&mut request).await.unwrap();
            if request == b"count" {
                return calls;
            }
        }
        0
    });
    let fault = transport.exchange(&Request::get("/v1/client"), None).await.err().unwrap();
    assert!(matches!(fault, Fault::Network { late: true, .. }), "{fault:?}");
    let mut last = TcpStream::connect(&key.frontend_api).await.unwrap();
    last.write_all(b"count").await.unwrap();
    drop(last);
    assert!(calls.await.unwrap() <= 1);
}
