//! Who may use the Backend API.

use frontdesk_server::http::{Door, Site};
use frontdesk_store::testing::on_each;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::{
    house::{House, Wish},
    owner::Owner,
};

/// Every operation, with a path that leads to it.
const OPERATIONS: [(Method, &str); 49] = [
    (Method::GET, "/v1/jwks"),
    (Method::GET, "/v1/users"),
    (Method::POST, "/v1/users"),
    (Method::GET, "/v1/users/count"),
    (Method::GET, "/v1/users/{user}"),
    (Method::PATCH, "/v1/users/{user}"),
    (Method::DELETE, "/v1/users/{user}"),
    (Method::PATCH, "/v1/users/{user}/metadata"),
    (Method::PUT, "/v1/users/{user}/metadata"),
    (Method::POST, "/v1/users/{user}/ban"),
    (Method::POST, "/v1/users/{user}/unban"),
    (Method::POST, "/v1/users/{user}/lock"),
    (Method::POST, "/v1/users/{user}/unlock"),
    (Method::POST, "/v1/users/{user}/verify_password"),
    (Method::GET, "/v1/sessions?user_id={user}"),
    (Method::GET, "/v1/sessions/{session}"),
    (Method::POST, "/v1/sessions/{session}/revoke"),
    (Method::POST, "/v1/users/{user}/remove_password"),
    (Method::POST, "/v1/sessions"),
    (Method::POST, "/v1/sessions/{session}/tokens"),
    (Method::POST, "/v1/sessions/{session}/tokens/name"),
    (Method::POST, "/v1/email_addresses"),
    (Method::GET, "/v1/email_addresses/{session}"),
    (Method::PATCH, "/v1/email_addresses/{session}"),
    (Method::DELETE, "/v1/email_addresses/{session}"),
    (Method::POST, "/v1/sign_in_tokens"),
    (Method::POST, "/v1/sign_in_tokens/{session}/revoke"),
    (Method::POST, "/v1/testing_tokens"),
    (Method::GET, "/v1/jwt_templates"),
    (Method::POST, "/v1/jwt_templates"),
    (Method::GET, "/v1/jwt_templates/{session}"),
    (Method::PATCH, "/v1/jwt_templates/{session}"),
    (Method::DELETE, "/v1/jwt_templates/{session}"),
    (Method::GET, "/v1/redirect_urls"),
    (Method::POST, "/v1/redirect_urls"),
    (Method::GET, "/v1/redirect_urls/{session}"),
    (Method::DELETE, "/v1/redirect_urls/{session}"),
    (Method::GET, "/v1/allowlist_identifiers"),
    (Method::POST, "/v1/allowlist_identifiers"),
    (Method::DELETE, "/v1/allowlist_identifiers/{session}"),
    (Method::GET, "/v1/blocklist_identifiers"),
    (Method::POST, "/v1/blocklist_identifiers"),
    (Method::DELETE, "/v1/blocklist_identifiers/{session}"),
    (Method::GET, "/v1/instance"),
    (Method::PATCH, "/v1/instance"),
    (Method::PATCH, "/v1/instance/restrictions"),
    (Method::GET, "/v1/clients/{client}"),
    (Method::POST, "/v1/clients/verify"),
    (Method::POST, "/v1/users/{user}?_method=DELETE"),
];

#[tokio::test]
async fn sec_26_nothing_but_the_secret_key_opens_the_backend_api() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let client = device.client().await["id"].as_str().unwrap().to_owned();
        let minted = device.post(&format!("/v1/client/sessions/{}/tokens", ada.session_id), &[]).await.ok();
        let key = house.instance.secret_key().expose_secret().to_owned();
        let device_token = device.token.clone().unwrap();
        let wrong = [
            device_token.clone(),
            minted.text("/jwt"),
            house.instance.public_keys().publishable_key().to_owned(),
            key[..key.len() - 1].to_owned(),
            format!("{key}0"),
            key.replace("sk_test_", "sk_live_"),
            key.to_uppercase(),
            "sk_test_".to_owned(),
        ];
        for (method, path) in OPERATIONS {
            let path = path.replace("{user}", &ada.user_id).replace("{session}", &ada.session_id);
            let path = path.replace("{client}", &client);
            for wrong in &wrong {
                let request = owner.bare(method.clone(), &path).bearer_auth(wrong).body("{}");
                owner.send(request).await.refused(401, "clerk_key_invalid");
            }
            for header in ["", "Bearer", "Basic dTpw", key.as_str(), &format!("Bearer {key} {key}")] {
                let request = owner.bare(method.clone(), &path).header("authorization", header).body("{}");
                owner.send(request).await.refused(401, "authorization_header_format_invalid");
            }
            let request = owner.bare(method.clone(), &path);
            owner.send(request).await.refused(401, "authorization_header_format_invalid");
            let twice = owner.bare(method, &path).bearer_auth(&key).header("authorization", format!("Bearer {key}"));
            owner.send(twice).await.refused(401, "authorization_header_format_invalid");
        }
        assert_eq!(owner.get(&format!("/v1/users/{}", ada.user_id)).await.ok().text("/id"), ada.user_id);
        let session = owner.get(&format!("/v1/sessions/{}", ada.session_id)).await.ok();
        assert_eq!(session.text("/status"), "active", "nothing was changed");
        assert_eq!(device.token, Some(device_token));
        // The key opens nothing else.
        let me = owner.bare(Method::GET, "/v1/me?_is_native=1").bearer_auth(&key);
        owner.send(me).await.refused(401, "authentication_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_101_the_private_door_asks_for_the_secret_key_as_well() {
    on_each(async |database| {
        let house = House::open(database).await;
        let site = Site::new(house.instance.clone(), Door::private());
        let key = house.instance.secret_key().expose_secret().to_owned();
        let ask = async |authorization: Option<String>| {
            let mut request = axum::extract::Request::new(axum::body::Body::empty());
            *request.uri_mut() = "/v1/users".parse().unwrap();
            if let Some(authorization) = authorization {
                request.headers_mut().insert("authorization", authorization.parse().unwrap());
            }
            site.answer(None, request).await.status().as_u16()
        };
        assert_eq!(ask(None).await, 401);
        assert_eq!(ask(Some("Bearer sk_test_guess".to_owned())).await, 401);
        assert_eq!(ask(Some(format!("Bearer {key}"))).await, 200);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_a_page_never_uses_the_backend_api() {
    on_each(async |database| {
        let page = "http://localhost:3000";
        let house = House::with(database, Wish::settings(json!({ "allowed_origins": [page] }))).await;
        let owner = Owner::new(&house);
        for origin in [page, "https://evil.example", "null"] {
            let request = owner.request(Method::GET, "/v1/users").header("origin", origin);
            let refused = owner.send(request).await.refused(400, "origin_authorization_headers_conflict");
            assert!(origin == page || !refused.headers.contains_key("access-control-allow-origin"));
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn bodies_are_json_and_nothing_else() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let post = |content_type: &str, body: &str| {
            let request = owner.request(Method::POST, "/v1/users").body(body.to_owned());
            // In place of the one that is there.
            let mut request = request.build().unwrap();
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
            reqwest::RequestBuilder::from_parts(house.http.clone(), request)
        };
        for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin1"] {
            owner.send(post(kind, "{}")).await.refused(415, "unsupported_content_type");
        }
        for body in ["{", "[]", "null", "\"x\"", "{}{}"] {
            owner.send(post("application/json", body)).await.refused(400, "request_body_invalid");
        }
        let huge = format!(r#"{{"first_name":"{}"}}"#, "x".repeat(70_000));
        owner.send(post("application/json", &huge)).await.refused(413, "request_body_too_large");
        let wrong = owner.request(Method::GET, "/v1/users?__clerk_api_version=v1");
        owner.send(wrong).await.refused(400, "api_version_invalid");
        let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
        owner.send(post("application/json", &deep)).await.refused(400, "request_body_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_29_the_keys_that_sign_are_told_to_the_owner() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let keys = owner.get("/v1/jwks").await.ok();
        let public = owner.send(owner.bare(Method::GET, "/.well-known/jwks.json")).await.ok();
        assert_eq!(keys.body, public.body);
        assert!(keys.body["keys"][0].get("d").is_none(), "only the public half");
        house.close().await;
    })
    .await;
}
