//! The program and a mail server.

use std::time::{SystemTime, UNIX_EPOCH};

use frontdesk_identity::{Timestamp, time::DAY};
use frontdesk_store::{Location, Store};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::Value;

use crate::{
    program::{Place, Serving},
    sink::{Manner, PASSWORD, Sink, USER},
};

async fn ask_for_a_code(serving: &Serving, address: &str) {
    let form = [("email_address", address), ("password", "Lantern and 7 oars")];
    let begun = serving.ask(Method::POST, "/v1/client/sign_ups", "", &form).await.unwrap();
    let token = begun.headers()["authorization"].to_str().unwrap().to_owned();
    let begun: Value = begun.json().await.unwrap();
    let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun["response"]["id"].as_str().unwrap());
    let sent = serving.ask(Method::POST, &path, &token, &[("strategy", "email_code")]).await.unwrap();
    assert_eq!(sent.status(), 200);
}

async fn serve(place: &Place, sink: &Sink) -> Serving {
    // Nobody on the network is asked.
    let config = sink.config("environment = \"production\"", "[settings.breaches]\nenabled = false");
    place.serve_with(&["--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()]).await
}

#[tokio::test]
async fn sec_91_the_log_names_neither_recipient_nor_password_nor_code() {
    let sink = Sink::up(Manner::default());
    let mut place = Place::new();
    place.variables = vec![("FRONTDESK_LOG", "trace".to_owned())];
    let serving = serve(&place, &sink).await;
    ask_for_a_code(&serving, "ada.lovelace@example.com").await;
    sink.arrived(1).await;
    sink.behave(|manner| manner.recipients = Some("550 5.1.1"));
    ask_for_a_code(&serving, "charles.babbage@example.com").await;
    sink.refused(1).await;
    let said = serving.stop().await.errors;
    assert!(said.contains("takes nothing for this recipient (550 5.1.1)"), "{said}");
    let mail = String::from_utf8_lossy(&sink.mails()[0].data).into_owned();
    let code = mail.split("Subject: ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(code.len(), 6, "{mail}");
    for secret in ["ada.lovelace", "charles.babbage", "lovelace@", PASSWORD, USER, &code] {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[tokio::test]
async fn it_ends_a_mail_that_is_on_its_way_before_it_ends() {
    let sink = Sink::up(Manner { hold: true, ..Manner::default() });
    let place = Place::new();
    let serving = serve(&place, &sink).await;
    ask_for_a_code(&serving, "ada@example.com").await;
    sink.arrived(1).await;
    serving.signal(Signal::TERM);
    while tokio::net::TcpStream::connect(serving.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    sink.behave(|manner| manner.hold = false);
    let ended = serving.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let store = Store::open(&Location::Sqlite(place.data().join("frontdesk.db"))).await.unwrap();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let left = store.claim_deliveries(10, 1, Timestamp(now + DAY)).await.unwrap();
    assert!(left.is_empty(), "it was marked, and is never sent again: {left:?}");
    store.close().await;
}

#[tokio::test]
async fn a_mail_section_that_cannot_be_used_is_told_without_its_secrets() {
    let place = Place::new();
    for (lines, words) in [
        ("url = \"smtps://ada:hunter2@mail.example.com\"", "[mail] url must not hold"),
        ("url = \"smtp://mail.example.com\"\nunencrypted = true", "on this computer alone"),
        ("url = \"smtp://mail.example.com\"\npassword = \"hunter2\"", "unknown field `password`"),
        ("url = \"smtp://mail.example.com\"\nuser = \"ada\"", "FRONTDESK_MAIL_PASSWORD"),
        ("url = \"smtp://mail.example.com\"\nca_file = \"/nonexistent/ca.pem\"", "/nonexistent/ca.pem"),
    ] {
        let config = place.file("frontdesk.toml", &format!("[mail]\nfrom = \"a@example.com\"\n{lines}"));
        let sentence = place.refused(&["serve"], &["--config", config.to_str().unwrap()]).await;
        assert!(sentence.contains(words) && !sentence.contains("hunter2"), "{sentence}");
        assert!(!place.data().exists(), "nothing was made");
    }
}
