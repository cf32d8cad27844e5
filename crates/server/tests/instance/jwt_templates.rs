//! Tokens of the owner's own making.

use frontdesk_store::testing::on_each;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    device::Device,
    house::{House, Wish},
    owner::Owner,
};

/// A secret long enough for every algorithm.
const SECRET: &str = "0123456789012345678901234567890123456789012345678901234567890123";

/// Header and claims of a token that the instance's published keys verify, at the moment of the house's clock.
fn verified(house: &House, jwt: &str) -> (Value, Value) {
    let keys = serde_json::to_value(house.instance.jwks().as_ref()).unwrap();
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let header = decode_header(jwt).unwrap();
    let key = keys.find(header.kid.as_ref().unwrap()).unwrap();
    (serde_json::to_value(&header).unwrap(), claims(jwt, &DecodingKey::from_jwk(key).unwrap(), Algorithm::RS256))
}

fn claims(jwt: &str, key: &DecodingKey, algorithm: Algorithm) -> Value {
    let mut validation = Validation::new(algorithm);
    // The house's clock stands still, and that of the library does not.
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    decode(jwt, key, &validation).unwrap().claims
}

async fn by_template(device: &mut Device<'_>, session: &str, name: &str) -> crate::answer::Answer {
    device.post(&format!("/v1/client/sessions/{session}/tokens/{name}"), &[]).await
}

async fn describe(owner: &Owner<'_>, user: &str, public: Value) {
    owner.patch(&format!("/v1/users/{user}/metadata"), json!({ "public_metadata": public })).await.ok();
}

#[tokio::test]
async fn a_template_says_what_its_tokens_say() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        by_template(&mut device, &ada.session_id, "convex").await.refused(404, "resource_not_found");
        let claims = json!({
            "aud": "convex", "role": "{{user.public_metadata.role || 'guest'}}", "mail": "{{user.primary_email_address}}",
            "greeting": "Hello {{user.first_name}}", "all": { "of": ["{{user.public_metadata}}"] },
        });
        let made = owner.post("/v1/jwt_templates", json!({ "name": "convex", "claims": claims })).await.ok();
        let now = house.instance.now().0;
        assert_eq!(
            made.body,
            json!({
                "object": "jwt_template", "id": made.text("/id"), "name": "convex", "claims": claims, "lifetime": 60,
                "allowed_clock_skew": 5, "custom_signing_key": false, "signing_algorithm": "RS256", "created_at": now,
                "updated_at": now,
            })
        );
        let jwt = by_template(&mut device, &ada.session_id, "convex").await.ok().text("/jwt");
        let (header, said) = verified(&house, &jwt);
        let iat = now / 1000;
        assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
        assert_eq!(
            said,
            json!({
                "aud": "convex", "role": "guest", "mail": "ada@example.com", "greeting": "Hello null",
                "all": { "of": [{}] }, "exp": iat + 60, "iat": iat, "nbf": iat - 5, "jti": said["jti"],
                "iss": house.instance.public_url().origin(), "sub": ada.user_id,
            })
        );
        describe(&owner, &ada.user_id, json!({ "role": ["admin", 1] })).await;
        let jwt = by_template(&mut device, &ada.session_id, "convex").await.ok().text("/jwt");
        assert_eq!(verified(&house, &jwt).1["role"], json!(["admin", 1]), "the next token knows it");

        let path = format!("/v1/jwt_templates/{}", made.text("/id"));
        house.clock.advance(1000);
        let changed = owner.patch(&path, json!({ "lifetime": 3600, "allowed_clock_skew": 0 })).await.ok();
        assert_eq!((&changed.body["lifetime"], &changed.body["claims"]), (&json!(3600), &claims));
        let jwt = by_template(&mut device, &ada.session_id, "convex").await.ok().text("/jwt");
        let said = verified(&house, &jwt).1;
        assert_eq!((&said["exp"], &said["nbf"]), (&json!(iat + 3601), &json!(iat + 1)));
        assert_eq!(owner.get(&path).await.ok().body, changed.body);
        owner.delete(&path).await.ok();
        by_template(&mut device, &ada.session_id, "convex").await.refused(404, "resource_not_found");
        owner.get(&path).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn templates_are_listed_and_every_fault_is_named() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let make = async |body: Value| owner.post("/v1/jwt_templates", body).await;
        for (name, advance) in [("one", 1), ("two", 1), ("three", 1)] {
            house.clock.advance(advance);
            make(json!({ "name": name, "claims": {} })).await.ok();
        }
        let names = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|made| made["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&owner.get("/v1/jwt_templates").await.ok().body), ["three", "two", "one"]);
        let page = owner.get("/v1/jwt_templates?paginated=true&offset=1&limit=1").await.ok().body;
        assert_eq!((names(&page["data"]), &page["total_count"]), (vec!["two".to_owned()], &json!(3)));

        make(json!({ "name": "one", "claims": {} })).await.refused_at(422, "form_identifier_exists", "name");
        let bad = json!({
            "name": "a b", "claims": { "sub": 1, "x": "{{" }, "lifetime": 29, "allowed_clock_skew": 301,
            "custom_signing_key": true, "signing_algorithm": "none", "signing_key": "x",
        });
        let refused = make(bad).await;
        assert_eq!(refused.codes().len(), 6, "{}", refused.body);
        assert!(refused.codes().contains(&"jwt_template_reserved_claim"), "{}", refused.body);
        make(json!({})).await.refused(422, "form_param_missing");
        make(json!({ "name": "x", "claims": "y" })).await.refused_at(422, "form_param_type_invalid", "claims");
        make(json!({ "name": "x", "claims": { "sid": 1 } })).await.refused(400, "jwt_template_reserved_claim");
        let short = json!({
            "name": "x", "claims": {}, "custom_signing_key": true, "signing_algorithm": "HS256", "signing_key": "short",
        });
        make(short).await.refused_at(422, "form_param_value_invalid", "signing_key");
        for path in ["/v1/jwt_templates/jtmp_x", "/v1/jwt_templates/x%00"] {
            owner.get(path).await.refused(404, "resource_not_found");
            owner.patch(path, json!({})).await.refused(404, "resource_not_found");
            owner.delete(path).await.refused(404, "resource_not_found");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_108_a_key_of_its_own_signs_and_is_never_shown() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let body = json!({
            "name": "own", "claims": { "role": "authenticated" }, "custom_signing_key": true,
            "signing_algorithm": "HS512", "signing_key": SECRET,
        });
        let made = owner.post("/v1/jwt_templates", body).await.ok();
        assert_eq!(
            (&made.body["custom_signing_key"], &made.body["signing_algorithm"]),
            (&json!(true), &json!("HS512"))
        );
        let path = format!("/v1/jwt_templates/{}", made.text("/id"));
        for shown in [&made.body, &owner.get(&path).await.ok().body, &owner.get("/v1/jwt_templates").await.ok().body] {
            assert!(!shown.to_string().contains("0123456789"), "{shown}");
        }
        let jwt = by_template(&mut device, &ada.session_id, "own").await.ok().text("/jwt");
        assert_eq!(decode_header(&jwt).unwrap().kid, None);
        let said = claims(&jwt, &DecodingKey::from_secret(SECRET.as_bytes()), Algorithm::HS512);
        assert_eq!((&said["role"], &said["sub"]), (&json!("authenticated"), &json!(ada.user_id)));

        let other = SECRET.replace('0', "x");
        owner.patch(&path, json!({ "signing_key": other, "name": "renamed" })).await.ok();
        let jwt = by_template(&mut device, &ada.session_id, "renamed").await.ok().text("/jwt");
        claims(&jwt, &DecodingKey::from_secret(other.as_bytes()), Algorithm::HS512);
        let need = owner.patch(&path, json!({ "signing_algorithm": "HS256" })).await;
        need.refused_at(422, "form_conditional_param_missing", "signing_key");
        owner.patch(&path, json!({ "custom_signing_key": false })).await.ok();
        let jwt = by_template(&mut device, &ada.session_id, "renamed").await.ok().text("/jwt");
        verified(&house, &jwt);
        let stored = house.instance.store().jwt_template_by_name("renamed").await.unwrap().unwrap().value;
        assert_eq!(stored.key, None, "a key that is not used is not kept");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn claims_of_the_owner_are_in_session_tokens_as_they_stand() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let plain = device.mint(&ada.session_id).await.ok().text("/jwt");
        let set = async |claims: Value| owner.patch("/v1/instance", json!({ "session_claims": claims })).await;
        let claims = json!({ "aud": "app", "plan": "{{user.public_metadata.plan || 'free'}}", "n": 1 });
        assert_eq!(set(claims).await.status, 204);
        let jwt = device.mint(&ada.session_id).await.ok().text("/jwt");
        let (before, said) = (verified(&house, &plain).1, verified(&house, &jwt).1);
        assert_eq!((&said["aud"], &said["plan"], &said["n"]), (&json!("app"), &json!("free"), &json!(1)));
        for kept in ["sub", "sid", "iss", "exp", "iat", "nbf", "sts", "v", "fva"] {
            assert_eq!(said[kept], before[kept], "{kept}");
        }
        assert_eq!(device.mint(&ada.session_id).await.ok().text("/jwt"), jwt, "from the cache while nothing changes");
        describe(&owner, &ada.user_id, json!({ "plan": "pro" })).await;
        let jwt = device.mint(&ada.session_id).await.ok().text("/jwt");
        assert_eq!(verified(&house, &jwt).1["plan"], "pro", "a change of the user is in the next token");
        let client = device.client().await;
        let last = client["sessions"][0]["last_active_token"]["jwt"].as_str().unwrap();
        assert_eq!(verified(&house, last).1["plan"], "pro");

        for name in ["sub", "sid", "act", "org_id"] {
            set(json!({ name: "x" })).await.refused_at(400, "jwt_template_reserved_claim", "session_claims");
        }
        set(json!({ "x": "{{" })).await.refused_at(422, "form_param_value_invalid", "session_claims");
        assert_eq!(set(json!({})).await.status, 204);
        let jwt = device.mint(&ada.session_id).await.ok().text("/jwt");
        assert_eq!(verified(&house, &jwt).1.get("plan"), None);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_would_be_too_large_is_refused_and_everything_else_goes_on() {
    on_each(async |database| {
        let settings = json!({ "session_claims": { "all": "{{user.unsafe_metadata}}" } });
        let house = House::with(database, Wish::settings(settings)).await;
        let owner = Owner::new(&house);
        owner
            .post("/v1/jwt_templates", json!({ "name": "all", "claims": { "all": "{{user.unsafe_metadata}}" } }))
            .await
            .ok();
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let metadata = json!({ "much": "x".repeat(6000) }).to_string();
        let after = device.patch("/v1/me/metadata", &[("unsafe_metadata", &metadata)]).await;
        let after = if after.status == 404 {
            device.patch("/v1/me", &[("unsafe_metadata", &metadata)]).await.ok()
        } else {
            after.ok()
        };
        assert_eq!(after.client()["sessions"][0]["last_active_token"], Value::Null, "{}", after.body);
        let refused = device.mint(&ada.session_id).await.refused(422, "form_param_value_too_large");
        assert!(refused.text("/errors/0/long_message").contains("4096"), "{}", refused.body);
        by_template(&mut device, &ada.session_id, "all").await.refused(422, "form_param_value_too_large");
        assert_eq!(device.client().await["sessions"][0]["status"], "active");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_mints_for_as_long_as_is_needed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        owner.post("/v1/jwt_templates", json!({ "name": "t", "claims": {}, "lifetime": 90 })).await.ok();
        let tokens = format!("/v1/sessions/{}/tokens", ada.session_id);
        let lives = async |path: &str, body: Value| {
            let said = verified(&house, &owner.post(path, body).await.ok().text("/jwt")).1;
            said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap()
        };
        let by_name = format!("{tokens}/t");
        assert_eq!((lives(&tokens, Value::Null).await, lives(&by_name, json!({})).await), (60, 90));
        let long = json!({ "expires_in_seconds": 600 });
        assert_eq!((lives(&tokens, long.clone()).await, lives(&by_name, long).await), (600, 600));
        assert_eq!(lives(&tokens, Value::Null).await, 60, "a long one is not given to the next who asks");
        for path in [&tokens, &by_name] {
            for bad in [29, -1, 315_360_001] {
                let refused = owner.post(path, json!({ "expires_in_seconds": bad })).await;
                refused.refused_at(422, "form_param_value_invalid", "expires_in_seconds");
            }
        }
        owner.post(&format!("{tokens}/none"), json!({})).await.refused(404, "resource_not_found");
        owner.post(&format!("{tokens}/%00"), json!({})).await.refused(404, "resource_not_found");
        owner.with_body(Method::POST, &format!("/v1/sessions/{}/revoke", ada.session_id), Value::Null).await.ok();
        owner.post(&by_name, json!({})).await.refused(400, "invalid_action_for_session");
        by_template(&mut device, &ada.session_id, "t").await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}
