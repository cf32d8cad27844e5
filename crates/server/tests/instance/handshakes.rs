//! Handshakes: an application server sends a browser to the instance and gets it back with the cookies to set.

use frontdesk_identity::time::{MINUTE, SECOND};
use frontdesk_store::testing::on_each;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    house::{House, Wish},
};

const PAGE: &str = "http://localhost:5173";

/// Where a handshake begins.
pub(crate) fn handshake_to(page: &str) -> String {
    let page: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    format!("/v1/client/handshake?redirect_url={page}&__clerk_api_version=2026-05-12&suffixed_cookies=true")
}

/// What a handshake says, its signature verified by the published keys.
async fn said(house: &House, token: &str) -> Value {
    let keys: JwkSet = serde_json::from_value(house.device().get("/.well-known/jwks.json").await.ok().body).unwrap();
    let kid = decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).expect("the key is published")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    // The clock of the test is not the clock of the library.
    validation.validate_exp = false;
    decode::<Value>(token, &key, &validation).unwrap().claims
}

/// The value of a cookie among the lines of a handshake.
fn cookie(handshake: &Value, name: &str) -> Option<String> {
    let lines = handshake["handshake"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let mut values = lines.filter_map(|line| line.split(';').next()?.strip_prefix(name)?.strip_prefix('='));
    values.next().map(str::to_owned)
}

/// The address that the browser is sent on to, and the handshake in it.
fn sent_on((status, headers, _): &(StatusCode, reqwest::header::HeaderMap, String)) -> (Url, Option<String>) {
    assert_eq!(*status, 307);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let address = Url::parse(headers["location"].to_str().unwrap()).unwrap();
    let mut values = address.query_pairs().filter(|(name, _)| name == "__clerk_handshake").map(|(_, value)| value);
    let token = values.next().map(String::from);
    assert_eq!(values.next(), None);
    (address, token)
}

#[tokio::test]
async fn a_development_handshake_says_in_the_query_who_is_signed_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        let session = browser.sign_in(&person).await;
        let signed_in = house.now_ms() / 1000;
        house.clock.advance(5 * SECOND);
        let (address, token) = sent_on(&browser.go(&handshake_to(&format!("{PAGE}/dash?a=b#c"))).await);
        assert!(address.as_str().starts_with(&format!("{PAGE}/dash?a=b&__clerk_handshake=")), "{address}");
        let handshake = said(&house, &token.unwrap()).await;
        let now = house.now_ms() / 1000;
        assert_eq!((&handshake["iat"], &handshake["exp"]), (&json!(now), &json!(now + 60)));
        let jwt = cookie(&handshake, "__session").unwrap();
        let claims = said(&house, &jwt).await;
        assert_eq!((&claims["sub"], &claims["sid"]), (&json!(person.user_id), &json!(session)));
        assert_eq!(claims["azp"], PAGE, "for the page that it is handed to");
        let suffix = browser.client_cookie().unwrap().strip_prefix("__client_").unwrap().to_owned();
        assert_eq!(cookie(&handshake, &format!("__session_{suffix}")), Some(jwt));
        for name in ["__client_uat".to_owned(), format!("__client_uat_{suffix}")] {
            assert_eq!(cookie(&handshake, &name), Some(signed_in.to_string()), "{name}");
        }
        // The token of the development browser is good in place of the cookie.
        let known_as = cookie(&handshake, "__clerk_db_jwt");
        let mut elsewhere = Browser { known_as, ..Browser::at(&house, PAGE) };
        elsewhere.mint(&session).await.ok();
        let (_, again) = sent_on(&elsewhere.go(&handshake_to(PAGE)).await);
        assert!(cookie(&said(&house, &again.unwrap()).await, "__session").is_some_and(|jwt| !jwt.is_empty()));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_handshake_says_that_nobody_is_signed_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut out = Browser::at(&house, PAGE);
        out.sign_in(&person).await;
        let stale = out.clone();
        out.delete("/v1/client/sessions").await.ok();
        out.sign_in(&person).await;
        out.get("/v1/client").await.ok();
        house.clock.advance(MINUTE);
        out.delete("/v1/client/sessions").await.ok();
        let never = Browser::at(&house, PAGE);
        let unknown = Browser { known_as: Some("fdb1_AAAA".to_owned()), ..never.clone() };
        for mut browser in [out, never, stale, unknown] {
            let (_, token) = sent_on(&browser.go(&handshake_to(PAGE)).await);
            let handshake = said(&house, &token.unwrap()).await;
            assert_eq!(cookie(&handshake, "__session").as_deref(), Some(""));
            assert_eq!(cookie(&handshake, "__client_uat").as_deref(), Some("0"));
            let lines = handshake["handshake"].to_string();
            assert!(lines.contains("__session=; Path=/; Max-Age=0"), "{lines}");
            // A development browser that may go on from here.
            let known_as = cookie(&handshake, "__clerk_db_jwt");
            let mut next = Browser { known_as, ..Browser::at(&house, PAGE) };
            next.sign_in(&person).await;
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_production_handshake_travels_in_a_cookie() {
    on_each(async |database| {
        let unproven = json!({ "policy": { "email_address": { "verify_at_sign_up": false } } });
        let house = House::with(database, Wish::production(unproven)).await;
        let own = house.instance.public_url().origin().to_owned();
        let mut browser = Browser::at(&house, &own);
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars")];
        let done = browser.post("/v1/client/sign_ups", &form).await.ok();
        let went = browser.go(&handshake_to("http://127.0.0.1:3000/dash?a=b")).await;
        let (address, in_query) = sent_on(&went);
        assert_eq!((address.as_str(), in_query), ("http://127.0.0.1:3000/dash?a=b", None), "nothing in the address");
        let lines = went.1.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
        let line = lines.into_iter().find(|line| line.starts_with("__clerk_handshake=")).unwrap();
        assert!(line.contains("; Max-Age=60;") && line.contains("HttpOnly"), "{line}");
        let handshake = said(&house, &browser.cookies["__clerk_handshake"]).await;
        let claims = said(&house, &cookie(&handshake, "__session").unwrap()).await;
        assert_eq!(claims["sid"], done.response()["created_session_id"]);
        assert_eq!(cookie(&handshake, "__clerk_db_jwt"), None, "production has no development browsers");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_110_a_handshake_goes_to_pages_of_the_instance_alone() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "allowed_origins": ["electron://desk"] }))).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&person).await;
        let foreign = [
            "https://evil.example/",
            "https://evil.example/?http://localhost:5173",
            "http://localhost:5173@evil.example/",
            "http://localhost.evil.example/",
            "http://evil.example\\.localhost@evil.example/",
            "//evil.example/",
            "/dash",
            "",
            "javascript:alert(document.domain)//localhost",
            "data:text/html,<script>alert(1)</script>",
            "electron://desk/",
            "\u{e9}",
        ];
        for address in foreign.map(handshake_to).into_iter().chain(["/v1/client/handshake".to_owned()]) {
            let (status, headers, text) = browser.go(&address).await;
            assert_eq!(status, 400, "{address}");
            assert!(!headers.contains_key("location") && !headers.contains_key("set-cookie"), "{address}");
            assert!(!text.contains("evil") && !text.contains("__session"), "nothing of the request: {text}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_110_production_hands_nothing_to_other_domains() {
    on_each(async |database| {
        let listed = json!({ "allowed_origins": ["https://partner.example.net"] });
        let house = House::with(database, Wish::production(listed)).await;
        let mut browser = Browser::at(&house, house.instance.public_url().origin());
        // A listed origin may call; a handshake could reach it in an address only, where it would be kept.
        for address in ["https://partner.example.net/", "http://localhost:5173/", "https://evil.example/"] {
            assert_eq!(browser.go(&handshake_to(address)).await.0, 400, "{address}");
        }
        sent_on(&browser.go(&handshake_to("http://127.0.0.1:1/")).await);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_18_nothing_that_was_posted_is_sent_on() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&person).await;
        let posted = browser.post(&handshake_to(PAGE), &[("password", &person.password)]).await;
        let refused = posted.refused(405, "method_not_allowed");
        assert!(!refused.headers.contains_key("location"));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_19_an_unknown_address_gets_a_page_that_says_so() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (status, headers, text) = Browser::at(&house, PAGE).go(&handshake_to("https://evil.example/")).await;
        assert_eq!(status, 400);
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert!(text.contains("<h1>This link leads elsewhere</h1>"), "{text}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_17_the_page_of_a_refused_handshake_is_closed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, headers, text) = Browser::at(&house, PAGE).go(&handshake_to("https://evil.example/")).await;
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!text.contains("http") && !text.contains("<script"), "no third party: {text}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_a_handshake_is_no_session_token_and_brings_none_of_somebody_elses_making() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&person).await;
        let planted =
            format!("{PAGE}/?__clerk_handshake=planted&__clerk_db_jwt=planted&__clerk_handshake_nonce=planted");
        let (address, token) = sent_on(&browser.go(&handshake_to(&planted)).await);
        assert!(!address.as_str().contains("planted"), "{address}");
        let handshake = said(&house, &token.unwrap()).await;
        for claim in ["sub", "sid", "azp", "sts"] {
            assert!(handshake.get(claim).is_none(), "{claim}");
        }
        house.close().await;
    })
    .await;
}
