//! What people do, from the first request to the last, and what every answer on the way has to keep.

use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn sign_up_account_and_sign_out() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        assert_eq!(device.get("/v1/client").await.ok().body, json!({ "response": null, "client": null }));

        let begun = device.post("/v1/client/sign_ups", &[("email_address", "Ada@Example.com")]).await.ok();
        assert!(device.token.is_some(), "the first change hands out a client token");
        assert_eq!(begun.response()["status"], "missing_requirements");
        assert_eq!(begun.response()["missing_fields"], json!(["password"]));
        assert_eq!(begun.response()["unverified_fields"], json!(["email_address"]));
        assert_eq!(begun.response()["email_address"], "ada@example.com");
        assert_eq!(begun.client()["sign_up"], *begun.response(), "the attempt is in both places");
        let path = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));

        let form = [("password", "Lantern and 7 oars"), ("first_name", "Ada"), ("unsafe_metadata", r#"{"a":[1]}"#)];
        let given = device.patch(&path, &form).await.ok();
        assert_eq!(given.response()["missing_fields"], json!([]));
        assert_eq!(given.response()["has_password"], true);
        assert_eq!(given.response()["status"], "missing_requirements");
        assert!(later(given.client(), begun.client()));

        let code = [("strategy", "email_code")];
        let sent = device.post(&format!("{path}/prepare_verification"), &code).await.ok();
        let verification = &sent.response()["verifications"]["email_address"];
        assert_eq!(verification["status"], "unverified");
        assert_eq!(verification["strategy"], "email_code");
        assert_eq!(verification["next_action"], "needs_attempt");
        assert_eq!(verification["expire_at"], house.now_ms() + 600_000);
        assert_eq!(house.outbox("ada@example.com").await.len(), 1);

        let before = device.token.clone();
        let code = house.code_for("ada@example.com").await;
        let form = [("strategy", "email_code"), ("code", code.as_str())];
        let done = device.post(&format!("{path}/attempt_verification"), &form).await.ok();
        assert_ne!(device.token, before, "a session that begins replaces the token");
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.client()["sign_up"], json!(null));
        let session_id = done.text("/response/created_session_id");
        assert_eq!(done.client()["last_active_session_id"], session_id);
        let session = &done.client()["sessions"][0];
        assert_eq!(session["status"], "active");
        assert_eq!(session["user"]["first_name"], "Ada");
        assert_eq!(session["user"]["unsafe_metadata"], json!({ "a": [1] }));
        assert_eq!(session["user"]["password_enabled"], true);
        assert_eq!(session["user"]["email_addresses"][0]["email_address"], "ada@example.com");
        assert_eq!(session["user"]["email_addresses"][0]["verification"]["status"], "verified");
        assert_eq!(session["public_user_data"]["identifier"], "ada@example.com");
        assert_eq!(session["expire_at"], house.now_ms() + 7 * 24 * 3_600_000, "seven days unless told otherwise");
        assert!(done.text("/client/sessions/0/last_active_token/jwt").split('.').count() == 3);

        let all_out = device.delete("/v1/client/sessions").await.ok();
        assert_eq!(all_out.response()["sessions"], json!([]));
        assert_eq!(all_out.response()["last_active_session_id"], json!(null));
        assert_eq!(all_out.body["client"], json!(null));
        device.mint(&session_id).await.refused(404, "resource_not_found");
        device.get("/v1/me").await.refused(401, "signed_out");

        device.delete("/v1/client").await.ok();
        assert_eq!(device.token, None, "a client that is gone takes its token along");
        assert_eq!(device.client().await, Value::Null);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sign_in_by_password_and_by_code() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut device = house.device();

        device.post("/v1/client/sign_ins", &[("identifier", "nobody@example.com")]).await.refused_at(
            422,
            "form_identifier_not_found",
            "identifier",
        );
        let blank = device.post("/v1/client/sign_ins", &[]).await.ok();
        assert_eq!(blank.response()["status"], "needs_identifier");

        let begun = device.post("/v1/client/sign_ins", &[("identifier", "ADA@example.com")]).await.ok();
        assert_eq!(begun.response()["status"], "needs_first_factor");
        assert_eq!(begun.client()["sign_in"], *begun.response());
        assert_eq!(begun.response()["user_data"], json!(null), "who it is is told once it is proven");
        let factors = begun.response()["supported_first_factors"].as_array().unwrap();
        assert_eq!(factors[0]["strategy"], "password");
        assert_eq!(factors[1]["strategy"], "email_code");
        assert_eq!(factors[1]["safe_identifier"], "a**@e***.com");
        let id = begun.text("/response/id");
        let wrong = device.prove_sign_in(&id, "password", "not it").await;
        wrong.refused_at(422, "form_password_incorrect", "password");
        let done = device.prove_sign_in(&id, "password", &person.password).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["first_factor_verification"]["status"], "verified");
        assert_eq!(done.client()["sign_in"], json!(null));
        assert_eq!(done.client()["last_authentication_strategy"], "password");
        assert_eq!(done.client()["sessions"][0]["user"]["id"], person.user_id);

        let mut other = house.device();
        house.clock.advance(60_000);
        let id = other.begin_sign_in(&person.address).await;
        let factor = other.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        let address_id = factor.text("/response/supported_first_factors/1/email_address_id");
        let form = [("strategy", "email_code"), ("email_address_id", address_id.as_str())];
        let sent = other.post(&format!("/v1/client/sign_ins/{id}/prepare_first_factor"), &form).await.ok();
        assert_eq!(sent.response()["first_factor_verification"]["status"], "unverified");
        let code = house.code_for(&person.address).await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        other.prove_sign_in(&id, "email_code", wrong).await.refused_at(422, "form_code_incorrect", "code");
        let done = other.prove_sign_in(&id, "email_code", &code).await.ok();
        assert_eq!(done.client()["last_authentication_strategy"], "email_code");

        // One request is enough when it says everything.
        let mut third = house.device();
        third.sign_in(&person).await;
        house.clock.advance(60_000);
        let form = [("strategy", "email_code"), ("identifier", person.address.as_str())];
        let sent = house.device().post("/v1/client/sign_ins", &form).await.ok();
        assert_eq!(sent.response()["first_factor_verification"]["strategy"], "email_code");
        let codes = house.outbox(&person.address).await.into_iter().filter(|mail| mail.code.is_some());
        assert_eq!(codes.count(), 3);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_profile_is_changed_and_read() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let client = device.client().await;
        let before = device.get("/v1/me").await.ok();
        assert_eq!(before.text("/response/id"), person.user_id);
        let changed = device.patch("/v1/me", &[("first_name", " Ada "), ("last_name", "King")]).await.ok();
        assert_eq!(changed.response()["first_name"], "Ada");
        assert_eq!(changed.client()["sessions"][0]["user"], *changed.response());
        assert!(later(changed.response(), before.response()), "without the clock having moved");
        assert!(later(changed.client(), &client));
        assert_eq!(device.client().await["updated_at"], changed.client()["updated_at"], "a look changes nothing");
        let cleared = device.patch("/v1/me", &[("last_name", "")]).await.ok();
        assert_eq!(cleared.response()["last_name"], json!(null));

        let merged = [("unsafe_metadata", r#"{"theme":"dark","window":{"w":1,"h":2}}"#)];
        device.patch("/v1/me/metadata", &merged).await.ok();
        let merged = [("unsafe_metadata", r#"{"theme":null,"window":{"h":3}}"#)];
        let merged = device.patch("/v1/me/metadata", &merged).await.ok();
        assert_eq!(merged.response()["unsafe_metadata"], json!({ "window": { "w": 1, "h": 3 } }));

        let gone = device.delete("/v1/me").await.ok();
        assert_eq!(gone.response()["deleted"], true);
        assert_eq!(gone.response()["id"], person.user_id);
        assert_eq!(gone.client()["sessions"], json!([]));
        device.try_password(&person.address, &person.password).await.refused(422, "form_identifier_not_found");
        device.session = None;
        let again = device.sign_up("ada@example.com").await;
        assert_ne!(again.user_id, person.user_id, "the address is free again");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_32_sec_40_people_see_and_end_their_sessions_on_every_device() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut desk = house.device();
        let person = desk.sign_up("ada@example.com").await;
        house.clock.advance(1000);
        let mut phone = house.device();
        let there = phone.sign_in(&person).await;
        for path in ["/v1/me/sessions", "/v1/me/sessions/active"] {
            let list = desk.get(path).await.ok();
            let list = list.body.as_array().unwrap().clone();
            assert_eq!(list.len(), 2);
            assert_eq!(list[0]["id"], there, "the one used last comes first");
            assert_eq!(list[0]["latest_activity"]["is_mobile"], false);
            assert_eq!(list[0]["latest_activity"]["ip_address"], "127.0.0.1");
            assert_eq!(list[0]["user"], json!(null), "lite");
        }
        let ended = desk.post(&format!("/v1/me/sessions/{there}/revoke"), &[]).await.ok();
        assert_eq!(ended.response()["status"], "revoked");
        phone.mint(&there).await.refused(401, "signed_out");
        phone.get("/v1/me").await.refused(401, "signed_out");
        assert_eq!(phone.client().await["sessions"][0]["status"], "revoked");
        desk.get("/v1/me").await.ok();
        desk.post(&format!("/v1/me/sessions/{there}/revoke"), &[]).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn test_addresses_take_the_test_code_and_get_no_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let address = "ada+clerk_test@example.com";
        let id = device.begin_sign_up(address, "Lantern and 7 oars").await;
        device.prove_sign_up(&id, "424241").await.refused(422, "form_code_incorrect");
        device.prove_sign_up(&id, "424242").await.ok();
        assert_eq!(house.outbox(address).await, []);
        let mut other = house.device();
        let id = other.begin_sign_up("eve@example.com", "Lantern and 7 oars").await;
        other.prove_sign_up(&id, "424242").await.refused(422, "form_code_incorrect");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_is_made_and_looked_at() {
    on_each(async |database| {
        let house = House::open(database).await;
        for method in [Method::PUT, Method::POST] {
            let mut device = house.device();
            let made = device.send(device.request(method.clone(), "/v1/client")).await.ok();
            assert!(made.text("/response/id").starts_with("client_"));
            assert!(device.token.is_some());
            let again = device.send(device.request(method, "/v1/client")).await.ok();
            assert_eq!(again.text("/response/id"), made.text("/response/id"));
        }
        let mut device = house.device();
        let look = device.post("/v1/client", &[("_method", "GET")]).await.ok();
        assert_eq!(look.body, json!({ "response": null, "client": null }), "only a look");
        assert_eq!(device.token, None);
        device.delete("/v1/client").await.ok();
        device.delete("/v1/client/sessions").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_58_a_get_changes_nothing_whatever_it_asks_for() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let mut newcomer = house.device();
        let attempt = newcomer.begin_sign_up("bob@example.com", "Lantern and 7 oars").await;
        let code = house.code_for("bob@example.com").await;
        let (before, begun) = (device.client().await, newcomer.client().await);

        let session = format!("/v1/client/sessions/{}", person.session_id);
        let proof = format!("/v1/client/sign_ups/{attempt}/attempt_verification?strategy=email_code&code={code}");
        for method in [Method::GET, Method::HEAD] {
            for path in [
                "/v1/client?_method=DELETE",
                "/v1/client/sessions?_method=DELETE",
                "/v1/me?_method=DELETE",
                "/v1/me?first_name=Eve",
                &format!("{session}/end"),
                &format!("{session}/remove?_method=POST"),
            ] {
                device.request(method.clone(), path).send().await.unwrap();
            }
            newcomer.request(method.clone(), &proof).send().await.unwrap();
            newcomer.request(method, &format!("{proof}&_method=POST")).send().await.unwrap();
        }
        assert_eq!(device.client().await, before);
        assert_eq!(newcomer.client().await, begun);
        let done = newcomer.prove_sign_up(&attempt, &code).await.ok();
        assert_eq!(done.response()["status"], "complete", "the code is as good as it was");
        house.close().await;
    })
    .await;
}

/// Whether the first object changed after the second.
fn later(one: &Value, other: &Value) -> bool {
    one["updated_at"].as_i64().unwrap() > other["updated_at"].as_i64().unwrap()
}
