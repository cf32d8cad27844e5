//! Sessions and clients, as the owner of the instance sees and ends them.

use frontdesk_store::testing::on_each;
use serde_json::json;

use crate::{
    house::{House, Wish},
    owner::Owner,
};

#[tokio::test]
async fn sec_39_the_owner_lists_and_ends_sessions() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut phone = house.device();
        let ada = phone.sign_up("ada@example.com").await;
        house.clock.advance(60_000);
        let mut laptop = house.device();
        let form = [("identifier", ada.address.as_str()), ("password", ada.password.as_str())];
        let there = laptop.post("/v1/client/sign_ins", &form).await.ok().text("/response/created_session_id");
        house.device().sign_up("bob@example.com").await;

        let list = format!("/v1/sessions?user_id={}", ada.user_id);
        let sessions = owner.get(&list).await.ok().body;
        assert_eq!(sessions[0]["id"], json!(there), "newest first");
        assert_eq!(sessions[1]["id"], json!(ada.session_id));
        assert_eq!(sessions[1]["user_id"], json!(ada.user_id));
        assert_eq!(sessions[1]["latest_activity"]["object"], "session_activity");
        assert_eq!(sessions.as_array().unwrap().len(), 2);
        let page = owner.get(&format!("{list}&paginated=true&limit=1&offset=1")).await.ok().body;
        assert_eq!((&page["total_count"], &page["data"][0]["id"]), (&json!(2), &json!(ada.session_id)));
        let client_id = sessions[0]["client_id"].as_str().unwrap();
        let of_client = owner.get(&format!("/v1/sessions?client_id={client_id}")).await.ok().body;
        assert_eq!(of_client, json!([sessions[0]]));

        let minted = laptop.post(&format!("/v1/client/sessions/{there}/tokens"), &[]).await.ok();
        assert_eq!(minted.body["object"], "token");
        let before = laptop.client().await;
        let revoked = owner.post(&format!("/v1/sessions/{there}/revoke"), json!(null)).await.ok();
        assert_eq!(revoked.text("/status"), "revoked");
        laptop.mint(&there).await.refused(401, "signed_out");
        let after = laptop.client().await;
        assert_eq!(after["sessions"][0]["status"], "revoked");
        assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64(), "copies of the client learn of it");
        phone.get("/v1/me").await.ok();
        let again = owner.post(&format!("/v1/sessions/{there}/revoke"), json!(null)).await;
        again.refused(400, "invalid_action_for_session");
        assert_eq!(owner.get(&format!("{list}&status=active")).await.ok().body[0]["id"], json!(ada.session_id));
        assert_eq!(owner.get(&format!("{list}&status=revoked")).await.ok().body[0]["id"], json!(there));
        assert_eq!(owner.get(&format!("{list}&status=expired")).await.ok().body, json!([]));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_36_a_session_that_the_clock_ended_is_told_as_such() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        house.clock.advance(8 * 24 * 3_600_000);
        let path = format!("/v1/sessions/{}", ada.session_id);
        assert_eq!(owner.get(&path).await.ok().text("/status"), "expired");
        let revoke = owner.post(&format!("{path}/revoke"), json!(null)).await;
        revoke.refused(400, "invalid_action_for_session");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn lists_of_sessions_say_whose() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        owner.get("/v1/sessions").await.refused_at(422, "form_conditional_param_missing", "user_id");
        let odd = owner.get("/v1/sessions?user_id=user_x&status=happy").await;
        odd.refused_at(422, "form_param_value_invalid", "status");
        assert_eq!(owner.get("/v1/sessions?user_id=user_x").await.ok().body, json!([]));
        for id in ["sess_x", "sess_000000000000000000000000000", "x"] {
            owner.get(&format!("/v1/sessions/{id}")).await.refused(404, "resource_not_found");
            owner.get(&format!("/v1/clients/{id}")).await.refused(404, "resource_not_found");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_a_client_is_known_by_its_own_token_alone() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let first = {
            device.send(device.request(reqwest::Method::PUT, "/v1/client")).await.ok();
            device.token.clone().unwrap()
        };
        let ada = device.sign_up("ada@example.com").await;
        let token = device.token.clone().unwrap();
        let minted = device.post(&format!("/v1/client/sessions/{}/tokens", ada.session_id), &[]).await.ok();
        let verify = async |token: &str| owner.post("/v1/clients/verify", json!({ "token": token })).await;
        let client = verify(&token).await.ok().body;
        assert_eq!(client["object"], "client");
        assert_eq!(client["session_ids"], json!([ada.session_id]));
        assert_eq!(client["sessions"][0]["client_id"], client["id"]);
        assert_eq!(client["last_active_session_id"], json!(ada.session_id));
        let path = format!("/v1/clients/{}", client["id"].as_str().unwrap());
        assert_eq!(owner.get(&path).await.ok().body, client);
        for wrong in [minted.text("/jwt").as_str(), "nonsense", &token[..token.len() - 4]] {
            verify(wrong).await.refused(401, "authentication_invalid");
        }
        verify("").await.refused_at(422, "form_param_missing", "token");
        // The one before is good for a minute after the next one is used.
        verify(&first).await.ok();
        house.clock.advance(61_000);
        verify(&first).await.refused(401, "authentication_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_36_the_owner_gets_tokens_of_sessions_that_somebody_is_signed_in_by() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let path = format!("/v1/sessions/{}", ada.session_id);
        let minted = owner.post(&format!("{path}/tokens"), json!(null)).await.ok();
        assert_eq!(minted.body["object"], "token");
        assert_eq!(minted.text("/jwt").split('.').count(), 3);
        let longer = owner.post(&format!("{path}/tokens"), json!({ "expires_in_seconds": 600 })).await;
        longer.refused_at(422, "form_param_unknown", "expires_in_seconds");
        let template = owner.post(&format!("{path}/tokens/hasura"), json!(null)).await;
        template.refused(404, "resource_not_found");
        owner.post("/v1/sessions/sess_x/tokens", json!(null)).await.refused(404, "resource_not_found");
        owner.post(&format!("{path}/revoke"), json!(null)).await.ok();
        let over = owner.post(&format!("{path}/tokens"), json!(null)).await;
        over.refused(400, "invalid_action_for_session");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sessions_are_begun_for_tests_and_not_in_production() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let begun = owner.post("/v1/sessions", json!({ "user_id": ada.user_id })).await.ok();
        assert_eq!((begun.text("/status"), begun.text("/user_id")), ("active".to_owned(), ada.user_id.clone()));
        let client = owner.get(&format!("/v1/clients/{}", begun.text("/client_id"))).await.ok();
        assert_eq!(client.body["session_ids"], json!([begun.body["id"]]));
        let token = owner.post(&format!("/v1/sessions/{}/tokens", begun.text("/id")), json!(null)).await;
        assert_eq!(token.ok().body["object"], "token");
        owner.post("/v1/sessions", json!({ "user_id": "user_x" })).await.refused(404, "resource_not_found");
        owner.post("/v1/sessions", json!({})).await.refused_at(422, "form_param_missing", "user_id");
        for (close, code) in [("lock", "user_locked"), ("ban", "user_banned")] {
            owner.post(&format!("/v1/users/{}/{close}", ada.user_id), json!(null)).await.ok();
            owner.post("/v1/sessions", json!({ "user_id": ada.user_id })).await.refused(403, code);
        }
        house.close().await;
    })
    .await;
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        let refused = Owner::new(&house).post("/v1/sessions", json!({ "user_id": "user_x" })).await;
        refused.refused(400, "request_invalid_for_environment");
        house.close().await;
    })
    .await;
}
