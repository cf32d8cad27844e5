//! Handshakes that wait for an application server, which fetches them with a nonce and the secret key.

use frontdesk_identity::time::{MINUTE, SECOND};
use frontdesk_store::testing::on_each;
use reqwest::{Method, Url};
use serde_json::json;

use crate::{
    answer::Answer,
    browser::Browser,
    handshakes::handshake_to,
    house::{House, Wish},
    owner::Owner,
};

const PAGE: &str = "http://localhost:5173";

/// Goes through a handshake; answers with where the browser is sent on to.
async fn go(browser: &mut Browser<'_>, page: &str) -> Url {
    let (status, headers, _) = browser.go(&format!("{}&format=nonce", handshake_to(page))).await;
    assert_eq!(status, 307);
    Url::parse(headers["location"].to_str().unwrap()).unwrap()
}

fn in_query(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

/// Goes through a handshake of a development instance; answers with its nonce.
pub(crate) async fn nonce(browser: &mut Browser<'_>, page: &str) -> String {
    in_query(&go(browser, page).await, "__clerk_handshake_nonce").unwrap()
}

/// Where a nonce is redeemed.
pub(crate) fn payload_of(nonce: &str) -> String {
    format!("/v1/clients/handshake_payload?nonce={nonce}")
}

/// The lines of a payload.
fn lines(answer: &Answer) -> Vec<String> {
    answer.body["directives"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_nonce_stands_for_the_cookies_of_who_is_signed_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        let session = browser.sign_in(&person).await;
        let address = go(&mut browser, &format!("{PAGE}/dash?a=b")).await;
        let nonce = in_query(&address, "__clerk_handshake_nonce").unwrap();
        assert_eq!(address.as_str(), format!("{PAGE}/dash?a=b&__clerk_handshake_nonce={nonce}"), "and nothing else");
        let payload = owner.get(&payload_of(&nonce)).await.ok();
        assert_eq!(payload.headers["content-type"], "application/json");
        assert_eq!(payload.body["nonce"], nonce);
        let lines = lines(&payload);
        let token = lines.iter().find_map(|line| line.strip_prefix("__session=")?.split(';').next()).unwrap();
        let verified = owner.post("/v1/clients/verify", json!({ "token": token })).await;
        assert_ne!(verified.status, 200, "a session token is no client token");
        assert!(token.split('.').count() == 3 && lines.iter().any(|line| line.starts_with("__client_uat=")));
        assert!(lines.iter().all(|line| !line.contains("__clerk_handshake")), "{lines:?}");
        browser.mint(&session).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_12_a_nonce_is_good_once_for_a_minute_and_for_whoever_holds_the_secret_key() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&person).await;
        let first = nonce(&mut browser, PAGE).await;
        let asked = owner.bare(Method::GET, &payload_of(&first)).header("content-type", "application/json");
        owner.send(asked).await.refused(401, "authorization_header_format_invalid");
        let from_page = owner.request(Method::GET, &payload_of(&first)).header("origin", PAGE);
        assert_ne!(owner.send(from_page).await.status, 200, "a page gets nothing, even with the key");
        owner.get(&payload_of(&first)).await.ok();
        owner.get(&payload_of(&first)).await.refused(404, "resource_not_found");

        let (second, third) = (nonce(&mut browser, PAGE).await, nonce(&mut browser, PAGE).await);
        assert!(second != third && second.len() >= 22, "128 bits at least: {second}");
        house.clock.advance(MINUTE - SECOND);
        owner.get(&payload_of(&second)).await.ok();
        house.clock.advance(SECOND);
        owner.get(&payload_of(&third)).await.refused(404, "resource_not_found");
        for bad in ["", "nonsense", "%00"] {
            assert_ne!(owner.get(&payload_of(bad)).await.status, 200, "{bad}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_kept_for_browsers_with_nobody_signed_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let address = go(&mut Browser::at(&house, PAGE), PAGE).await;
        assert!(in_query(&address, "__clerk_handshake").is_some(), "{address}");
        assert_eq!(in_query(&address, "__clerk_handshake_nonce"), None);
        let later = house.instance.now().plus(2 * MINUTE);
        assert_eq!(house.instance.store().sweep(later).await.unwrap(), 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_production_nonce_travels_in_a_cookie_that_is_dropped_with_it() {
    on_each(async |database| {
        let unproven = json!({ "policy": { "email_address": { "verify_at_sign_up": false } } });
        let house = House::with(database, Wish::production(unproven)).await;
        let mut browser = Browser::at(&house, house.instance.public_url().origin());
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars")];
        browser.post("/v1/client/sign_ups", &form).await.ok();
        browser.cookies.insert("__clerk_handshake".to_owned(), "an older one".to_owned());
        let address = go(&mut browser, "http://127.0.0.1:3000/dash?a=b").await;
        assert_eq!(address.as_str(), "http://127.0.0.1:3000/dash?a=b", "nothing in the address");
        assert!(!browser.cookies.contains_key("__clerk_handshake"), "one of the two ways counts");
        let payload = Owner::new(&house).get(&payload_of(&browser.cookies["__clerk_handshake_nonce"])).await.ok();
        let lines = lines(&payload);
        assert!(lines.iter().any(|line| line.starts_with("__session=ey")), "{lines:?}");
        let dropped = "__clerk_handshake_nonce=; Path=/; Max-Age=0;";
        assert!(lines.iter().any(|line| line.starts_with(dropped)), "{lines:?}");
        house.close().await;
    })
    .await;
}
