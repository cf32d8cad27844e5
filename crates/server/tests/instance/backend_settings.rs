//! The instance as its owner sets it: settings, redirect URLs, testing tokens.

use frontdesk_identity::time::{DAY, HOUR, MINUTE};
use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    device::Device,
    house::{House, Wish},
    owner::Owner,
};

/// A page that is served because its owner lists it.
const LISTED: &str = "https://app.example.net";

async fn set(owner: &Owner<'_>, body: Value) {
    let answer = owner.patch("/v1/instance", body).await;
    assert_eq!((answer.status.as_u16(), &answer.body), (204, &Value::Null));
}

#[tokio::test]
async fn settings_count_at_once_and_soon_in_other_processes() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let replica = house.replica(database, json!({})).await;
        let shown = owner.get("/v1/instance").await.ok().body;
        assert_eq!(
            shown,
            json!({
                "object": "instance", "id": house.instance.id(), "environment_type": "development",
                "allowed_origins": [], "workspace_id": null, "single_session_mode": false,
                "session_max_lifetime_ms": 7 * DAY, "session_inactivity_ms": null,
            })
        );
        let asked = async |house: &House| Browser::at(house, LISTED).get("/v1/client").await.status.as_u16();
        assert_eq!((asked(&house).await, asked(&replica).await), (400, 400));
        house.clock.advance(5_000);
        assert_eq!(asked(&replica).await, 400, "it has looked just now");
        set(&owner, json!({ "allowed_origins": [LISTED], "support_email": "help@example.com" })).await;
        assert_eq!(owner.get("/v1/instance").await.ok().body["allowed_origins"], json!([LISTED]));
        let environment = house.device().get("/v1/environment").await.ok().body;
        assert_eq!(environment["display_config"]["support_email"], "help@example.com");
        assert_eq!((asked(&house).await, asked(&replica).await), (200, 400));
        house.clock.advance(5_000);
        assert_eq!(asked(&replica).await, 200, "another process learns of it");

        set(&owner, json!({ "test_mode": false, "support_email": "" })).await;
        let environment = house.device().get("/v1/environment").await.ok().body;
        assert_eq!(environment["auth_config"]["test_mode"], false);
        assert_eq!(environment["display_config"]["support_email"], Value::Null);
        assert_eq!(owner.get("/v1/instance").await.ok().body["allowed_origins"], json!([LISTED]), "left as it is");
        set(&owner, json!({ "allowed_origins": [] })).await;
        assert_eq!(asked(&house).await, 400);
        replica.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_refused_and_nothing_is_changed() {
    on_each(async |database| {
        let file = json!({ "allowed_origins": [LISTED], "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(file)).await;
        let owner = Owner::new(&house);
        for (body, status, code, param) in [
            (json!({ "support_email": "nobody" }), 422, "form_param_value_invalid", "support_email"),
            (json!({ "support_email": 1 }), 422, "form_param_type_invalid", "support_email"),
            (json!({ "test_mode": "yes" }), 422, "form_param_type_invalid", "test_mode"),
            (
                json!({ "test_mode": false, "cookieless_dev": false }),
                400,
                "form_param_value_disabled",
                "cookieless_dev",
            ),
            (json!({ "allowed_origins": [] }), 400, "form_param_value_disabled", "allowed_origins"),
            (json!({ "clerk_js_version": "6" }), 422, "form_param_unknown", "clerk_js_version"),
            (json!({ "single_session_mode": "on" }), 422, "form_param_type_invalid", "single_session_mode"),
            (json!({ "session_inactivity_ms": 1.5 }), 422, "form_param_type_invalid", "session_inactivity_ms"),
            (json!({ "lockout": false }), 422, "form_param_unknown", "lockout"),
            (
                json!({ "url_based_session_syncing": false }),
                400,
                "form_param_value_disabled",
                "url_based_session_syncing",
            ),
        ] {
            owner.patch("/v1/instance", body).await.refused_at(status, code, param);
        }
        set(&owner, json!({ "hibp": false, "url_based_session_syncing": true, "clerk_js_version": null })).await;
        let environment = house.device().get("/v1/environment").await.ok().body;
        assert_eq!(environment["auth_config"]["test_mode"], true);
        assert_eq!(environment["display_config"]["support_email"], Value::Null);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_both_lifetimes_off_is_refused_with_the_reason() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let shown = async || {
            let shown = owner.get("/v1/instance").await.ok().body;
            (shown["session_max_lifetime_ms"].clone(), shown["session_inactivity_ms"].clone())
        };
        let refused = owner.patch("/v1/instance", json!({ "session_max_lifetime_ms": 0 })).await;
        let refused = refused.refused_at(422, "form_param_value_invalid", "session_max_lifetime_ms");
        let reason = refused.body["errors"][0]["long_message"].as_str().unwrap();
        assert!(reason.contains("both off; at least one must be on"), "{reason}");
        for (field, span) in [
            ("session_max_lifetime_ms", 5 * MINUTE - 1),
            ("session_inactivity_ms", 3_651 * DAY),
            ("session_inactivity_ms", -1),
        ] {
            let refused = owner.patch("/v1/instance", json!({ field: span })).await;
            refused.refused_at(422, "form_param_value_invalid", field);
        }
        assert_eq!(shown().await, (json!(7 * DAY), Value::Null), "nothing was changed");
        set(&owner, json!({ "session_max_lifetime_ms": 0, "session_inactivity_ms": HOUR })).await;
        assert_eq!(shown().await, (Value::Null, json!(HOUR)));
        let off = owner.patch("/v1/instance", json!({ "session_inactivity_ms": 0 })).await;
        off.refused_at(422, "form_param_value_invalid", "session_max_lifetime_ms");
        set(&owner, json!({ "session_max_lifetime_ms": DAY, "session_inactivity_ms": 0 })).await;
        assert_eq!(shown().await, (json!(DAY), Value::Null));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_production_has_neither_test_addresses_nor_testing_tokens() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        let owner = Owner::new(&house);
        let asked = owner.patch("/v1/instance", json!({ "test_mode": true })).await;
        asked.refused_at(400, "form_param_value_disabled", "test_mode");
        let bad = owner.patch("/v1/instance", json!({ "allowed_origins": ["https://a.example/x", LISTED, "*"] })).await;
        let bad = bad.refused_at(422, "form_param_format_invalid", "allowed_origins");
        assert_eq!(bad.codes().len(), 2, "every one that is none is told: {}", bad.body);
        let token = owner.post("/v1/testing_tokens", json!(null)).await;
        token.refused(400, "request_invalid_for_environment");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn restrictions_are_set_and_told() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let set = async |body| owner.patch("/v1/instance/restrictions", body).await;
        let off = set(json!({ "allowlist": false, "blocklist": null })).await.ok().body;
        let all = |on: &[&str]| {
            let names = ["allowlist", "blocklist", "block_email_subaddresses", "block_disposable_email_domains"];
            let mut all = json!({
                "object": "instance_restrictions",
                "allowlist_blocklist_disabled_on_sign_in": true,
            });
            for name in names {
                all[name] = json!(on.contains(&name));
            }
            all
        };
        assert_eq!(off, all(&[]));
        let on = set(json!({ "blocklist": true, "block_email_subaddresses": true })).await.ok().body;
        assert_eq!(on, all(&["blocklist", "block_email_subaddresses"]));
        let on = set(json!({ "blocklist": false, "block_disposable_email_domains": true })).await.ok().body;
        assert_eq!(on, all(&["block_email_subaddresses", "block_disposable_email_domains"]));
        let mut device = house.device();
        let told = device.get("/v1/environment").await.ok().body["user_settings"].clone();
        assert_eq!(told["sign_up"]["mode"], "public");
        assert_eq!(told["restrictions"]["block_email_subaddresses"], json!({ "enabled": true }));
        assert_eq!(told["restrictions"]["allowlist"], json!({ "enabled": false }));
        let asked = set(json!({ "allowlist_blocklist_disabled_on_sign_in": false })).await;
        asked.refused_at(400, "form_param_value_disabled", "allowlist_blocklist_disabled_on_sign_in");
        set(json!({ "allowlist": "on" })).await.refused_at(422, "form_param_type_invalid", "allowlist");
        set(json!({ "denylist": true })).await.refused_at(422, "form_param_unknown", "denylist");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn redirect_urls_are_listed_looked_at_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let list = async |url: &str| owner.post("/v1/redirect_urls", json!({ "url": url })).await;
        let app = list("com.example.app://callback").await.ok();
        assert!(app.text("/id").starts_with("ru_"));
        assert_eq!(
            (app.text("/object"), app.text("/url")),
            ("redirect_url".into(), "com.example.app://callback".into())
        );
        house.clock.advance(1);
        let page = list("https://app.example.com/callback").await.ok().body;
        list("https://app.example.com/callback").await.refused_at(422, "form_param_duplicate", "url");
        list("javascript://x").await.refused_at(422, "prohibited_redirect_url", "url");
        list("http://app.example.com/").await.refused_at(422, "form_param_format_invalid", "url");
        list("/callback").await.refused_at(422, "form_param_format_invalid", "url");
        owner.post("/v1/redirect_urls", json!({})).await.refused_at(422, "form_param_missing", "url");
        assert_eq!(owner.get("/v1/redirect_urls").await.ok().body, json!([page, app.body]));
        let part = owner.get("/v1/redirect_urls?paginated=true&limit=1&offset=1").await.ok().body;
        assert_eq!(part, json!({ "data": [app.body], "total_count": 2 }));
        let path = format!("/v1/redirect_urls/{}", app.text("/id"));
        assert_eq!(owner.get(&path).await.ok().body, app.body);
        let gone = owner.delete(&path).await.ok().body;
        assert_eq!(gone, json!({ "object": "redirect_url", "id": app.text("/id"), "deleted": true }));
        for path in [path.as_str(), "/v1/redirect_urls/ru_x", "/v1/redirect_urls/x%00"] {
            owner.get(path).await.refused(404, "resource_not_found");
            owner.delete(path).await.refused(404, "resource_not_found");
        }
        for number in 1..100 {
            list(&format!("https://app.example.com/{number}")).await.ok();
        }
        list("https://app.example.com/100").await.refused_at(422, "form_param_value_invalid", "url");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_110_a_handshake_goes_to_a_listed_address_and_to_no_other() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut browser = Browser { origin: None, ..Browser::at(&house, "http://localhost:3000") };
        let asked = async |browser: &mut Browser<'_>, page: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("redirect_url", page);
            browser.go(&format!("/v1/client/handshake?{}", query.finish())).await.0.as_u16()
        };
        let page = "https://app.example.net/dash?a=b";
        assert_eq!(asked(&mut browser, page).await, 400);
        let listed = owner.post("/v1/redirect_urls", json!({ "url": page })).await.ok().text("/id");
        owner.post("/v1/redirect_urls", json!({ "url": "my-app://callback" })).await.ok();
        assert_eq!(asked(&mut browser, page).await, 307);
        for near in ["https://app.example.net/dash", "https://app.example.net/dash?a=b&c", "my-app://callback"] {
            assert_eq!(asked(&mut browser, near).await, 400, "{near}");
        }
        owner.delete(&format!("/v1/redirect_urls/{listed}")).await.ok();
        assert_eq!(asked(&mut browser, page).await, 400);
        house.close().await;
    })
    .await;
}

/// Begins a sign-in with this testing token.
async fn begin(device: &mut Device<'_>, token: &str) -> crate::answer::Answer {
    let path = format!("/v1/client/sign_ins?__clerk_testing_token={token}");
    device.post(&path, &[]).await
}

#[tokio::test]
async fn a_test_suite_is_not_counted_and_asked_for_no_captcha() {
    on_each(async |database| {
        let limits = json!({ "limits": { "create": 1, "attempt": 1, "other": 10 } });
        let house = House::with(database, Wish::settings(limits)).await;
        let owner = Owner::new(&house);
        let given = owner.post("/v1/testing_tokens", json!(null)).await.ok();
        let expires_at = given.body["expires_at"].as_i64().unwrap();
        assert_eq!(given.text("/object"), "testing_token");
        assert_eq!(expires_at, (house.now_ms() + HOUR) / 1000, "in seconds");
        let token = given.text("/token");
        let mut suite = house.device();
        for _ in 0..60 {
            let begun = begin(&mut suite, &token).await.ok();
            assert_eq!(begun.client()["captcha_bypass"], true);
        }
        assert_eq!(suite.get("/v1/client").await.ok().response()["captcha_bypass"], false, "it is said each time");
        let mut others = Vec::new();
        for _ in 0..25 {
            others.push(begin(&mut house.device(), "1700000000-nonsense").await.status.as_u16());
        }
        assert!(others.contains(&429), "{others:?}");
        house.clock.advance(HOUR);
        let mut late = Vec::new();
        for _ in 0..25 {
            late.push(begin(&mut house.device(), &token).await.status.as_u16());
        }
        assert!(late.contains(&429), "{late:?}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_a_testing_token_opens_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let token = owner.post("/v1/testing_tokens", json!(null)).await.ok().text("/token");
        let mut device = house.device();
        device.token = Some(token.clone());
        device.get("/v1/client").await.refused(401, "authentication_invalid");
        let with_key = owner.bare(Method::GET, "/v1/users").bearer_auth(&token);
        owner.send(with_key).await.refused(401, "clerk_key_invalid");
        device.token = None;
        let ada = device.sign_up("ada@example.com").await;
        let mut other = house.device();
        let attempt = other.begin_sign_in(&ada.address).await;
        for _ in 0..10 {
            let path = format!("/v1/client/sign_ins/{attempt}/attempt_first_factor?__clerk_testing_token={token}");
            other.post(&path, &[("strategy", "password"), ("password", "wrong")]).await;
        }
        other.try_password(&ada.address, &ada.password).await.refused(403, "user_locked");
        house.close().await;
    })
    .await;
}
