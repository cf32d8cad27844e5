//! Sign-in tokens of the owner, and the sign-ins by their tickets.

use std::collections::BTreeMap;

use frontdesk_identity::time::{DAY, MINUTE};
use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    answer::Answer,
    browser::Browser,
    device::Device,
    house::{House, Wish},
    owner::Owner,
};

async fn give(owner: &Owner<'_>, user_id: &str) -> Answer {
    owner.post("/v1/sign_in_tokens", json!({ "user_id": user_id })).await.ok()
}

async fn redeem(device: &mut Device<'_>, ticket: &str) -> Answer {
    device.session = None;
    device.post("/v1/client/sign_ins", &[("strategy", "ticket"), ("ticket", ticket)]).await
}

#[tokio::test]
async fn a_ticket_signs_in_once_on_whichever_device() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let given = give(&owner, &ada.user_id).await;
        let ticket = given.text("/token");
        assert_eq!((&given.body["object"], &given.body["status"]), (&json!("sign_in_token"), &json!("pending")));
        assert_eq!((&given.body["user_id"], &given.body["url"]), (&json!(ada.user_id), &json!(null)));
        assert!(given.text("/id").starts_with("sit_"));

        let mut device = house.device();
        let done = redeem(&mut device, &ticket).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["identifier"], "ada@example.com");
        assert_eq!(done.response()["first_factor_verification"]["strategy"], "ticket");
        assert_eq!(done.response()["first_factor_verification"]["status"], "verified");
        assert_eq!(done.client()["last_active_session_id"], done.response()["created_session_id"]);
        assert_eq!(device.get("/v1/me").await.ok().response()["id"], json!(ada.user_id));
        for mut other in [house.device(), house.device()] {
            redeem(&mut other, &ticket).await.refused(400, "sign_in_token_already_used_code");
            other.get("/v1/me").await.refused(401, "signed_out");
        }
        let id = given.text("/id");
        let over = owner.post(&format!("/v1/sign_in_tokens/{id}/revoke"), json!(null)).await;
        over.refused(400, "sign_in_token_cannot_be_revoked_code");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_taken_by_an_attempt_that_has_begun_and_without_its_strategy() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let ticket = give(&owner, &ada.user_id).await.text("/token");
        let mut device = house.device();
        let id = device.post("/v1/client/sign_ins", &[]).await.ok().text("/response/id");
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        device.post(&attempt, &[("strategy", "ticket")]).await.refused_at(422, "form_param_missing", "ticket");
        let done = device.post(&attempt, &[("strategy", "ticket"), ("ticket", &ticket)]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let ticket = give(&owner, &ada.user_id).await.text("/token");
        let here = redeem(&mut device, &ticket).await.refused(400, "identifier_already_signed_in");
        assert_eq!(here.body["errors"][0]["meta"]["session_id"], done.response()["created_session_id"]);
        let mut other = house.device();
        other.post("/v1/client/sign_ins", &[("ticket", &ticket)]).await.ok();
        other.get("/v1/me").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn browsers_redeem_tickets_at_development_and_production_instances() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        let owner = Owner::new(&house);
        let ada = json!({ "email_address": ["ada@example.com"], "skip_password_requirement": true });
        let ada = owner.post("/v1/users", ada).await.ok().text("/id");
        let ticket = give(&owner, &ada).await.text("/token");
        let origin = house.instance.public_url().origin().to_owned();
        let mut browser = Browser::at(&house, &origin);
        let form = [("strategy", "ticket"), ("ticket", ticket.as_str())];
        let done = browser.post("/v1/client/sign_ins", &form).await.ok();
        assert!(browser.client_cookie().is_some(), "{:?}", done.set_cookies());
        assert_eq!(browser.get("/v1/me").await.ok().response()["id"], json!(ada));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_32_a_ticket_expires_and_can_be_revoked() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let mut device = house.device();
        let usual = give(&owner, &ada.user_id).await.text("/token");
        let body = json!({ "user_id": ada.user_id, "expires_in_seconds": 60 });
        let short = owner.post("/v1/sign_in_tokens", body).await.ok();
        let revoked = give(&owner, &ada.user_id).await;
        let path = format!("/v1/sign_in_tokens/{}/revoke", revoked.text("/id"));
        let answer = owner.post(&path, json!(null)).await.ok();
        assert_eq!((answer.text("/status"), answer.text("/id")), ("revoked".to_owned(), revoked.text("/id")));
        redeem(&mut device, &revoked.text("/token")).await.refused(400, "sign_in_token_revoked_code");
        house.clock.advance(MINUTE);
        redeem(&mut device, &short.text("/token")).await.refused(400, "ticket_expired_code");
        let path = format!("/v1/sign_in_tokens/{}/revoke", short.text("/id"));
        owner.post(&path, json!(null)).await.refused(400, "sign_in_token_cannot_be_revoked_code");
        house.clock.advance(30 * DAY - MINUTE - 1);
        redeem(&mut device, &usual).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_53_fifty_devices_at_once_redeem_a_ticket_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let replica = house.replica(database, json!({})).await;
        let ticket = give(&owner, &ada.user_id).await.text("/token");
        let requests = (0..50).map(|index| {
            let mut device = if index % 2 == 0 { house.device() } else { replica.device() };
            let ticket = &ticket;
            async move {
                let answer = redeem(&mut device, ticket).await;
                if answer.status == 200 { "ok".to_owned() } else { answer.codes()[0].to_owned() }
            }
        });
        let mut tally = BTreeMap::new();
        for code in join_all(requests).await {
            *tally.entry(code).or_insert(0) += 1;
        }
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        let late = ["ok", "sign_in_token_already_used_code", "service_unavailable"];
        assert!(tally.keys().all(|code| late.contains(&code.as_str())), "{tally:?}");
        let active = owner.get(&format!("/v1/sessions?user_id={}&status=active", ada.user_id)).await.ok().body;
        assert_eq!(active.as_array().unwrap().len(), 2, "the one of the sign-up and one more");
        replica.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_tickets_open_neither_bans_nor_locks_and_go_with_their_user() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let ticket = give(&owner, &ada.user_id).await.text("/token");
        let path = format!("/v1/users/{}", ada.user_id);
        let mut device = house.device();
        for (close, open, code) in [("ban", "unban", "user_banned"), ("lock", "unlock", "user_locked")] {
            owner.post(&format!("{path}/{close}"), json!(null)).await.ok();
            redeem(&mut device, &ticket).await.refused(403, code);
            owner.post(&format!("{path}/{open}"), json!(null)).await.ok();
        }
        owner.delete(&path).await.ok();
        redeem(&mut device, &ticket).await.refused(400, "ticket_invalid_code");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_nothing_else_is_taken_for_a_ticket() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut phone = house.device();
        let ada = phone.sign_up("ada@example.com").await;
        let jwt = phone.mint(&ada.session_id).await.ok().text("/jwt");
        let ticket = give(&owner, &ada.user_id).await;
        let mut device = house.device();
        for wrong in [jwt.as_str(), phone.token.as_deref().unwrap(), &ticket.text("/id"), "nonsense"] {
            redeem(&mut device, wrong).await.refused(400, "ticket_invalid_code");
        }
        redeem(&mut device, "").await.refused_at(422, "form_param_nil", "ticket");
        let text = ticket.text("/token");
        let mut thief = house.device();
        thief.token = Some(text.clone());
        thief.get("/v1/client").await.refused(401, "authentication_invalid");
        let sign_ups = "/v1/client/sign_ups";
        let form = [("strategy", "ticket"), ("ticket", text.as_str())];
        device.post(sign_ups, &form).await.refused(400, "sign_in_token_not_in_sign_in_code");
        device.post(sign_ups, &[("ticket", "nonsense")]).await.refused(400, "ticket_invalid_code");
        device.post(sign_ups, &[("strategy", "ticket")]).await.refused_at(422, "form_param_missing", "ticket");
        redeem(&mut device, &text).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_owner_asks_for_is_checked() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let create = async |body| owner.post("/v1/sign_in_tokens", body).await;
        create(json!({})).await.refused_at(422, "form_param_missing", "user_id");
        create(json!({ "user_id": 1 })).await.refused_at(422, "form_param_type_invalid", "user_id");
        for user in ["user_x", "user_000000000000000000000000000"] {
            create(json!({ "user_id": user })).await.refused(404, "resource_not_found");
        }
        for (seconds, code) in [
            (json!(0), "form_param_value_invalid"),
            (json!(-1), "form_param_value_invalid"),
            (json!(31_536_001), "form_param_value_invalid"),
            (json!("60"), "form_param_type_invalid"),
        ] {
            let body = json!({ "user_id": ada.user_id, "expires_in_seconds": seconds });
            create(body).await.refused_at(422, code, "expires_in_seconds");
        }
        let body = json!({ "user_id": ada.user_id, "org_id": "org_x" });
        create(body).await.refused_at(422, "form_param_unknown", "org_id");
        for id in ["x", "sit_000000000000000000000000000"] {
            let path = format!("/v1/sign_in_tokens/{id}/revoke");
            owner.post(&path, json!(null)).await.refused(404, "resource_not_found");
            let stranger = owner.bare(reqwest::Method::POST, &path);
            owner.send(stranger).await.refused(401, "authorization_header_format_invalid");
        }
        house.close().await;
    })
    .await;
}
