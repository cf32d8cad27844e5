//! Browsers: known by cookies that no page reads, or by the token of a development browser; served from the right pages.

use frontdesk_identity::time::{DAY, MINUTE};
use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    house::{House, Wish},
};

/// Where the pages of these tests are served.
const PAGE: &str = "http://localhost:5173";

#[tokio::test]
async fn a_browser_signs_up_reads_its_token_and_signs_out() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut browser = Browser::at(&house, PAGE);
        let nobody = browser.get("/v1/client").await.ok();
        assert_eq!(nobody.body, json!({ "response": null, "client": null }));
        assert_eq!(nobody.set_cookies(), Vec::<String>::new(), "looking makes no client");
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars")];
        let begun = browser.post("/v1/client/sign_ups", &form).await.ok();
        let id = begun.text("/response/id");
        assert!(!begun.headers.contains_key("authorization"), "no page may see the client token");
        browser
            .post(&format!("/v1/client/sign_ups/{id}/prepare_verification"), &[("strategy", "email_code")])
            .await
            .ok();
        let code = house.code_for("ada@example.com").await;
        let proof = [("strategy", "email_code"), ("code", &*code)];
        let done = browser.post(&format!("/v1/client/sign_ups/{id}/attempt_verification"), &proof).await.ok();
        let session = done.text("/response/created_session_id");
        let minted = browser.mint(&session).await.ok();
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(minted.text("/jwt")).unwrap().claims;
        assert_eq!((&claims["azp"], &claims["sid"]), (&json!(PAGE), &json!(session)));
        assert_eq!(browser.get("/v1/me").await.ok().text("/response/id"), claims["sub"]);
        let out = browser.delete("/v1/client/sessions").await.ok();
        assert_eq!(out.response()["sessions"], json!([]));
        browser.mint(&session).await.refused(404, "resource_not_found");
        browser.delete("/v1/client").await.ok();
        assert_eq!(browser.client_cookie(), None, "the cookie goes with the client");
        house.close().await;
    })
    .await;
}

/// Checks the cookies of an instance of this kind; `told` is how many of them say since when somebody is signed in.
async fn cookies_are_closed_to_pages(house: &House, told: usize) {
    let mut browser = Browser::at(house, house.instance.public_url().origin());
    let begun = browser.post("/v1/client/sign_ins", &[]).await.ok();
    let line = begun.set_cookies().into_iter().find(|line| line.contains("HttpOnly")).unwrap();
    let name = browser.client_cookie().unwrap();
    assert_eq!(name.len(), "__client_".len() + 8, "{name}: cookies ignore ports, the suffix does not");
    assert!(line.starts_with(name) && line.contains("; SameSite=Lax"), "{line}");
    assert!(!line.contains("Domain"), "for the instance's host alone: {line}");
    let seconds: i64 = line.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!(seconds * 1000 <= 400 * DAY, "{line}");
    let lines: Vec<_> = begun.set_cookies().into_iter().filter(|line| line.starts_with("__client_uat")).collect();
    assert_eq!(lines.len(), told, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("=0;") && !line.contains("HttpOnly")), "{lines:?}");
}

#[tokio::test]
async fn no_page_reads_the_client_cookie_of_a_development_instance() {
    on_each(async |database| {
        let house = House::open(database).await;
        cookies_are_closed_to_pages(&house, 0).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn no_page_reads_the_client_cookie_of_a_production_instance() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        cookies_are_closed_to_pages(&house, 2).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_production_instance_tells_application_servers_since_when_somebody_is_signed_in() {
    on_each(async |database| {
        let unproven = json!({ "policy": { "email_address": { "verify_at_sign_up": false } } });
        let house = House::with(database, Wish::production(unproven)).await;
        let mut browser = Browser::at(&house, house.instance.public_url().origin());
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars")];
        let done = browser.post("/v1/client/sign_ups", &form).await.ok();
        let session = done.text("/response/created_session_id");
        let signed_in = (house.now_ms() / 1000).to_string();
        assert_eq!(browser.cookies["__client_uat"], signed_in);
        let suffix = browser.client_cookie().unwrap().strip_prefix("__client_").unwrap().to_owned();
        assert_eq!(browser.cookies[&format!("__client_uat_{suffix}")], signed_in);
        house.clock.advance(MINUTE);
        browser.post(&format!("/v1/client/sessions/{session}/touch"), &[]).await.ok();
        assert_eq!(browser.cookies["__client_uat"], signed_in, "using a session is no sign-in");
        // The session ends by the clock, and the next look says so.
        house.clock.advance(8 * DAY);
        browser.get("/v1/client").await.ok();
        assert_eq!(browser.cookies["__client_uat"], "0");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_pages_are_served_by_their_origin_and_errors_can_be_read() {
    on_each(async |database| {
        let house = House::open(database).await;
        for origin in [PAGE, "https://app.localhost:3000", "http://127.0.0.1:8000", "http://tauri.localhost"] {
            let mut browser = Browser::at(&house, origin);
            for answer in
                [browser.get("/v1/environment").await.ok(), browser.get("/v1/me").await.refused(401, "signed_out")]
            {
                assert_eq!(answer.headers["access-control-allow-origin"], origin);
                assert_eq!(answer.headers["access-control-allow-credentials"], "true");
                assert_eq!(answer.headers["vary"], "Origin");
                let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
                for name in ["Authorization", "Clerk-Db-Jwt", "X-Country", "Retry-After"] {
                    assert!(exposed.contains(name), "{exposed}");
                }
            }
            // What a route refuses before anybody is asked can be read as well.
            let unreadable = browser.get("/v1/client?_is_native=1&_is_native=1").await;
            let unreadable = unreadable.refused(400, "malformed_request_parameters");
            assert_eq!(unreadable.headers["access-control-allow-origin"], origin);
            let asked = browser.request(&Method::GET, "/v1/client").header("access-control-request-method", "PATCH");
            let asked = asked.build().map(|mut request| {
                *request.method_mut() = Method::OPTIONS;
                request
            });
            let allowed = house.http.execute(asked.unwrap()).await.unwrap();
            assert_eq!(allowed.status(), 204);
            assert_eq!(allowed.headers()["access-control-allow-credentials"], "true");
            assert!(allowed.headers()["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
        }
        for origin in ["https://evil.example", "null", "http://localhost.evil.example", "https://app.example.com"] {
            let mut browser = Browser::at(&house, origin);
            for answer in [browser.get("/v1/client").await, browser.post("/v1/client/sign_ups", &[]).await] {
                let refused = answer.refused(400, "origin_invalid");
                assert!(refused.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{origin}");
                assert_eq!(refused.set_cookies(), Vec::<String>::new());
            }
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_mails_are_for_no_page_but_the_instances_own() {
    on_each(async |database| {
        let house = House::open(database).await;
        for origin in [PAGE, "http://127.0.0.1:1", "tauri://localhost"] {
            Browser::at(&house, origin).get("/frontdesk/outbox").await.refused(403, "csrf_token_invalid");
        }
        let mut own = Browser::at(&house, house.instance.public_url().origin());
        own.get("/frontdesk/outbox").await.ok();
        own.origin = None;
        own.get("/frontdesk/outbox").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_a_browser_changes_nothing_without_naming_its_page() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        let session = browser.sign_in(&person).await;
        let mut nameless = Browser { origin: None, ..browser.clone() };
        nameless.get("/v1/me").await.ok();
        nameless.delete("/v1/client").await.refused(400, "origin_missing");
        nameless.post("/v1/client/sign_ups", &[]).await.refused(400, "origin_missing");
        let foreign = browser.request(&Method::DELETE, "/v1/client").header("sec-fetch-site", "cross-site");
        browser.send(foreign).await.ok();
        // The page that is served may; a form of a page that is not names none, or itself.
        let again = browser.sign_in(&person).await;
        assert_ne!(again, session);
        let foreign =
            nameless.request(&Method::POST, "/v1/client?_method=DELETE").header("sec-fetch-site", "cross-site");
        nameless.send(foreign).await.refused(403, "csrf_token_invalid");
        let link = Browser { origin: None, ..browser.clone() };
        let refused = link.request(&Method::GET, "/v1/client?_method=DELETE");
        nameless.send(refused).await.refused(405, "method_not_allowed");
        browser.mint(&again).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_must_not_hold_the_client_token() {
    on_each(async |database| {
        let house =
            House::with(database, Wish::settings(json!({ "allowed_origins": ["https://desk.example.com"] }))).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        for (origin, may) in [(PAGE, false), ("https://desk.example.com", true), ("tauri://localhost", true)] {
            let request = device.request(Method::GET, "/v1/client").header("origin", origin);
            let answer = device.ask(request).await;
            assert_eq!(answer.headers["access-control-allow-origin"], origin, "either can read why");
            if may {
                answer.ok();
            } else {
                answer.refused(400, "origin_authorization_headers_conflict");
            }
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_34_a_stale_cookie_is_refused_and_thrown_away() {
    on_each(async |database| {
        let house = House::open(database).await;
        let ada = house.device().sign_up("ada@example.com").await;
        let bob = house.device().sign_up("bob@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&ada).await;
        let mut before = browser.clone();
        browser.sign_in(&bob).await;
        assert_ne!(browser.cookies, before.cookies);
        // Requests under way go on and learn of the new one.
        let mut under_way = before.clone();
        under_way.get("/v1/client").await.ok();
        assert_eq!(under_way.cookies, browser.cookies);
        browser.get("/v1/client").await.ok();
        house.clock.advance(MINUTE);
        before.get("/v1/client").await.refused(401, "authentication_invalid");
        assert_eq!(before.client_cookie(), None, "or the browser would be shut out for ever");
        assert_eq!(before.get("/v1/client").await.ok().response(), &json!(null));
        assert_eq!(browser.get("/v1/client").await.ok().response()["sessions"].as_array().unwrap().len(), 2);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_cookie_that_is_not_genuine_is_none() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        browser.sign_in(&person).await;
        let name = browser.client_cookie().unwrap().to_owned();
        let genuine = browser.cookies[&name].clone();
        for forged in ["", "x", "fct1_AAAA", &genuine.replacen("fct1", "fdb1", 1)] {
            browser.cookies.insert(name.clone(), forged.to_owned());
            assert_eq!(browser.get("/v1/client").await.ok().response(), &json!(null), "{forged}");
        }
        // A sibling domain may add one of the same name; the genuine one still counts.
        browser.cookies.insert(name.clone(), format!("tossed; {name}={genuine}"));
        assert_ne!(browser.get("/v1/client").await.ok().response(), &json!(null));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_development_browser_is_known_by_its_token() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut browser = Browser::at(&house, PAGE);
        let made = browser.post("/v1/dev_browser", &[]).await.ok();
        assert_eq!(made.body["home_origin"], PAGE);
        browser.known_as = Some(made.text("/id"));
        assert_eq!(browser.get("/v1/client").await.ok().response(), &json!(null));
        let session = browser.sign_in(&person).await;
        assert_eq!(browser.cookies.len(), 0, "this browser takes no cookies of the instance");
        assert_ne!(browser.known_as.as_deref(), made.body["id"].as_str(), "a sign-in replaces the token");
        browser.mint(&session).await.ok();
        for unknown in ["x", "fct1_AAAA", "fdb1_AAAA", &browser.known_as.clone().unwrap().replacen("fdb1", "fct1", 1)] {
            let mut stranger = Browser { known_as: Some((*unknown).to_owned()), ..browser.clone() };
            stranger.get("/v1/client").await.refused(401, "dev_browser_unauthenticated");
            stranger.get("/v1/environment").await.refused(401, "dev_browser_unauthenticated");
        }
        let mut before = browser.clone();
        browser.delete("/v1/client/sessions").await.ok();
        browser.sign_in(&person).await;
        browser.get("/v1/client").await.ok();
        house.clock.advance(MINUTE);
        before.get("/v1/client").await.refused(401, "dev_browser_unauthenticated");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_production_has_no_development_browsers() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        let mut browser = Browser::at(&house, house.instance.public_url().origin());
        browser.post("/v1/dev_browser", &[]).await.refused(400, "request_invalid_for_environment");
        let mut elsewhere = Browser::at(&house, PAGE);
        elsewhere.get("/v1/client").await.refused(400, "origin_invalid");
        browser.known_as = Some("fdb1_AAAA".to_owned());
        assert_eq!(browser.get("/v1/client").await.ok().response(), &json!(null), "its token is not looked at");
        house.close().await;
    })
    .await;
}
