//! What people are told: of a sign-in on a new device, with the link that signs it out, and in whose words.

use frontdesk_store::testing::on_each;
use reqwest::{Method, header};
use serde_json::json;

use crate::{
    device::{Device, Person},
    house::{House, Wish},
};

const SUBJECT: &str = "New sign-in to Frontdesk";

/// Signs a person in on a device of their own that says what it is.
async fn elsewhere<'h>(house: &'h House, person: &Person) -> Device<'h> {
    let mut device = house.device();
    let form = [("strategy", "password"), ("identifier", &person.address), ("password", &person.password)];
    let request = device.request(Method::POST, "/v1/client/sign_ins").form(&form);
    let begun = device.send(request.header(header::USER_AGENT, "Firefox/141.0 (X11; Linux)")).await.ok();
    device.session = Some(begun.text("/response/created_session_id"));
    device
}

/// What a browser gets at this address: the status, and the page.
async fn visit(house: &House, method: Method, link: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let request =
        headers.iter().fold(house.http.request(method, link), |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_new_device_is_told_of_and_signed_out_by_the_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut first = house.device();
        let person = first.sign_up("ada@example.com").await;
        assert!(
            house.outbox(&person.address).await.iter().all(|mail| mail.subject != SUBJECT),
            "who signs up is no news"
        );
        let mut second = elsewhere(&house, &person).await;
        let mail = house.outbox(&person.address).await.into_iter().find(|mail| mail.subject == SUBJECT).unwrap();
        assert!(mail.body.contains("Firefox, Linux, 127.0.0.1"), "{}", mail.body);
        let link = mail.body.lines().find(|line| line.starts_with("http")).unwrap().to_owned();
        let origin = house.instance.public_url().origin().to_owned();
        assert!(link.starts_with(&format!("{origin}/frontdesk/devices/")), "{link}");

        // Programs that look at links do no harm, and a page of mails may lead here.
        let from_mails =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let (status, page) = visit(&house, Method::GET, &link, &from_mails).await;
        assert!(status == 200 && page.contains("Sign this device out?") && page.contains("Firefox, Linux"), "{page}");
        second.get("/v1/me").await.ok();
        for headers in [&[][..], &[("origin", "https://evil.example")], &[("sec-fetch-site", "cross-site")]] {
            let (status, _) = visit(&house, Method::POST, &link, headers).await;
            assert!([400, 403].contains(&status), "{status}: nobody else's page presses the button");
        }
        second.get("/v1/me").await.ok();
        let other = link.replace(second.session.as_deref().unwrap(), &person.session_id);
        let (status, page) = visit(&house, Method::POST, &other, &[("origin", &origin)]).await;
        assert!(status == 404 && page.contains("leads nowhere"), "a link is for its device alone");

        for _ in 0..2 {
            let (status, page) = visit(&house, Method::POST, &link, &[("origin", &origin)]).await;
            assert!(status == 200 && page.contains("That device is signed out"), "{page}");
        }
        second.get("/v1/me").await.refused(401, "signed_out");
        first.get("/v1/me").await.ok();
        let (_, page) = visit(&house, Method::GET, &link, &[]).await;
        assert!(page.contains("That device is signed out"), "{page}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_press_of_the_button_counts_as_one_try() {
    on_each(async |database| {
        // Development instances allow twenty times as much.
        let limits = json!({ "create": 10_000, "attempt": 1, "other": 10_000 });
        let house = House::with(database, Wish::settings(json!({ "limits": limits }))).await;
        let person = house.device().sign_up("ada@example.com").await;
        elsewhere(&house, &person).await;
        house.clock.advance(60_000);
        let mail = house.outbox(&person.address).await.into_iter().find(|mail| mail.subject == SUBJECT).unwrap();
        let link = mail.body.lines().find(|line| line.starts_with("http")).unwrap().to_owned();
        let origin = house.instance.public_url().origin().to_owned();
        for _ in 0..20 {
            assert_eq!(visit(&house, Method::POST, &link, &[("origin", &origin)]).await.0, 200);
        }
        assert_eq!(visit(&house, Method::POST, &link, &[("origin", &origin)]).await.0, 429);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_was_used_before_is_no_news() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let end = format!("/v1/client/sessions/{}/end", person.session_id);
        device.post(&end, &[]).await.ok();
        device.session = None;
        device.try_password(&person.address, &person.password).await.ok();
        assert!(house.outbox(&person.address).await.iter().all(|mail| mail.subject != SUBJECT));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn whose_owner_does_not_want_it_tells_nobody() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "policy": { "new_device_notices": false } }))).await;
        let person = house.device().sign_up("ada@example.com").await;
        elsewhere(&house, &person).await;
        assert!(house.outbox(&person.address).await.iter().all(|mail| mail.subject != SUBJECT));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn messages_say_what_the_owner_wants() {
    on_each(async |database| {
        let english = json!({ "en": { "subject": "Welcome to {application}: {code}", "body": "Hello.\n\nFor {minutes} minutes." } });
        let wish = Wish::settings(json!({ "messages": { "verification_code": english } }));
        let house = House::with(database, wish).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mail = house.outbox(&person.address).await.into_iter().next().unwrap();
        let code = mail.code.unwrap();
        assert_eq!(mail.subject, format!("Welcome to Frontdesk: {code}"));
        assert_eq!(mail.body, format!("{code}\n\nHello.\n\nFor 10 minutes.\n"));
        house.close().await;
    })
    .await;
}
