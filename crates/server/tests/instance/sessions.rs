//! Sessions and the tokens of clients: how they begin, how long they last, and how they end.

use frontdesk_identity::time::{DAY, HOUR, MINUTE, SECOND};
use frontdesk_store::testing::on_each;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::{Value, json};

use crate::{
    answer::statuses,
    house::{House, Wish},
    owner::Owner,
};

/// The claims of a session token, its signature verified by the published keys.
async fn claims(house: &House, jwt: &str) -> Value {
    let keys = house.device().get("/.well-known/jwks.json").await.ok().body;
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let kid = decode_header(jwt).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).expect("the key is published")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    // The clock of the test is not the clock of the library.
    validation.validate_exp = false;
    decode::<Value>(jwt, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn a_session_token_says_who_it_is_for_a_minute() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        house.clock.advance(3 * MINUTE);
        let minted = device.mint(&person.session_id).await.ok();
        assert_eq!(minted.body.as_object().unwrap().len(), 2, "bare: {}", minted.body);
        let claims = claims(&house, &minted.text("/jwt")).await;
        let now = house.now_ms() / 1000;
        assert_eq!(claims["iss"], house.instance.public_url().origin());
        assert_eq!((&claims["sub"], &claims["sid"]), (&json!(person.user_id), &json!(person.session_id)));
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 60)));
        assert_eq!((&claims["v"], &claims["sts"], &claims["fva"]), (&json!(2), &json!("active"), &json!([3, -1])));
        assert!(claims["nbf"].as_i64().unwrap() <= now && claims.get("azp").is_none());
        // From the cache while it lasts, and a new one before it is over.
        assert_eq!(device.mint(&person.session_id).await.ok().body, minted.body);
        house.clock.advance(MINUTE);
        let next = device.mint(&person.session_id).await.ok();
        assert_ne!(next.body, minted.body);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_a_session_ends_after_seven_days_by_the_servers_clock() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        house.clock.advance(7 * DAY - 1);
        device.mint(&person.session_id).await.ok();
        let touch = format!("/v1/client/sessions/{}/touch", person.session_id);
        device.post(&touch, &[]).await.ok();
        house.clock.advance(1);
        device.mint(&person.session_id).await.refused(401, "signed_out");
        device.get("/v1/me").await.refused(401, "signed_out");
        let client = device.client().await;
        assert_eq!(statuses(&client), [(person.session_id.as_str(), "expired")]);
        assert_eq!(client["last_active_session_id"], json!(null));
        let again = device.sign_in(&person).await;
        assert_eq!(statuses(&device.client().await), [(again.as_str(), "active")], "the reason has had its time");
        device.post(&format!("/v1/client/sessions/{again}/remove"), &[]).await.ok();
        assert_eq!(device.client().await["sessions"], json!([]), "and does not come back");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_a_session_that_nobody_uses_ends_when_the_instance_says_so() {
    on_each(async |database| {
        let policy = json!({ "policy": { "sessions": { "max_lifetime_ms": "off", "inactivity_ms": HOUR } } });
        let house = House::with(database, Wish::settings(policy)).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        for _ in 0..30 {
            house.clock.advance(HOUR - 1);
            device.mint(&person.session_id).await.ok();
        }
        house.clock.advance(HOUR);
        device.mint(&person.session_id).await.refused(401, "signed_out");
        let touch = format!("/v1/client/sessions/{}/touch", person.session_id);
        device.post(&touch, &[]).await.refused(401, "signed_out");
        assert_eq!(statuses(&device.client().await), [(person.session_id.as_str(), "expired")]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_looking_at_the_client_is_no_use_of_a_session() {
    on_each(async |database| {
        let policy = json!({ "policy": { "sessions": { "inactivity_ms": HOUR } } });
        let house = House::with(database, Wish::settings(policy)).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        for _ in 0..4 {
            house.clock.advance(15 * MINUTE - 1);
            assert_eq!(statuses(&device.client().await), [(person.session_id.as_str(), "active")]);
            device.get("/v1/environment").await.ok();
            device.get(&format!("/v1/client/sessions/{}", person.session_id)).await.ok();
        }
        house.clock.advance(4);
        assert_eq!(statuses(&device.client().await), [(person.session_id.as_str(), "expired")]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_changed_limits_count_for_sessions_that_live_and_bring_none_back() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let set = async |body: Value| assert_eq!(owner.patch("/v1/instance", body).await.status, 204);
        let mut old = house.device();
        let ada = old.sign_up("ada@example.com").await;
        house.clock.advance(2 * HOUR);
        let mut young = house.device();
        let bob = young.sign_up("bob@example.com").await;

        // Shorter at once, for those as well that began before.
        set(json!({ "session_max_lifetime_ms": HOUR })).await;
        old.mint(&ada.session_id).await.refused(401, "signed_out");
        assert_eq!(statuses(&old.client().await), [(ada.session_id.as_str(), "expired")]);
        let shown = young.client().await["sessions"][0].clone();
        assert_eq!((&shown["status"], &shown["expire_at"]), (&json!("active"), &json!(house.now_ms() + HOUR)));

        // Longer for those that live, and for no others.
        set(json!({ "session_max_lifetime_ms": 30 * DAY })).await;
        house.clock.advance(20 * DAY);
        young.mint(&bob.session_id).await.ok();
        old.mint(&ada.session_id).await.refused(401, "signed_out");
        assert_eq!(owner.get(&format!("/v1/sessions/{}", ada.session_id)).await.ok().text("/status"), "expired");

        // Inactivity, switched on while sessions live.
        house.clock.advance(HOUR);
        set(json!({ "session_inactivity_ms": HOUR })).await;
        young.mint(&bob.session_id).await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_was_away_learns_why_it_is_signed_out() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut desk = house.device();
        let ada = desk.sign_up("ada@example.com").await;
        let mut phone = house.device();
        let revoked = phone.sign_in(&ada).await;
        let mut tablet = house.device();
        let by_owner = tablet.sign_in(&ada).await;
        desk.post(&format!("/v1/me/sessions/{revoked}/revoke"), &[]).await.ok();
        owner.post(&format!("/v1/sessions/{by_owner}/revoke"), Value::Null).await.ok();
        house.clock.advance(29 * DAY);
        for (device, session) in [(&mut phone, &revoked), (&mut tablet, &by_owner)] {
            let client = device.client().await;
            assert_eq!(statuses(&client), [(session.as_str(), "revoked")]);
            assert_eq!(client["sessions"][0]["last_active_token"], json!(null));
            assert_eq!(client["sessions"][0]["user"]["id"], ada.user_id, "whose it was");
            device.mint(session).await.refused(401, "signed_out");
        }
        assert_eq!(statuses(&desk.client().await), [(ada.session_id.as_str(), "expired")]);
        // Who has read it, and goes.
        desk.post(&format!("/v1/client/sessions/{}/remove", ada.session_id), &[]).await.ok();
        phone.delete("/v1/client/sessions").await.ok();
        for device in [&mut desk, &mut phone] {
            assert_eq!(device.client().await["sessions"], json!([]));
        }
        house.clock.advance(DAY);
        assert_eq!(tablet.client().await["sessions"], json!([]), "nor is it told for ever");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_36_a_session_that_is_over_mints_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let path = format!("/v1/client/sessions/{}", person.session_id);
        let ended = device.post(&format!("{path}/end"), &[]).await.ok();
        assert_eq!(ended.client()["last_active_session_id"], json!(null));
        device.mint(&person.session_id).await.refused(401, "signed_out");
        assert_eq!(device.get(&path).await.ok().response()["last_active_token"], json!(null));
        device.get("/v1/me").await.refused(401, "signed_out");
        device.patch("/v1/me", &[("first_name", "Eve")]).await.refused(401, "signed_out");
        device.post(&format!("{path}/touch"), &[]).await.refused(401, "signed_out");
        device.post(&format!("{path}/end"), &[]).await.refused(400, "invalid_action_for_session");
        device.post(&format!("{path}/remove"), &[]).await.ok();
        device.post(&format!("{path}/remove"), &[]).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_deleting_an_account_ends_its_sessions_everywhere() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut desk = house.device();
        let person = desk.sign_up("ada@example.com").await;
        let mut phone = house.device();
        let there = phone.sign_in(&person).await;
        let mut half_way = house.device();
        let begun = half_way.begin_sign_in("ada@example.com").await;
        desk.delete("/v1/me").await.ok();
        phone.mint(&there).await.refused(404, "resource_not_found");
        phone.get("/v1/me").await.refused(401, "signed_out");
        assert_eq!(phone.client().await["sessions"], json!([]));
        let refused = half_way.prove_sign_in(&begun, "password", &person.password).await;
        refused.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn people_may_be_kept_from_deleting_themselves() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "policy": { "delete_self": false } }))).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        device.delete("/v1/me").await.refused(403, "user_delete_self_not_enabled");
        device.get("/v1/me").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_41_signing_one_account_out_keeps_the_others() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        house.clock.advance(SECOND);
        let bob = device.sign_up("bob@example.com").await;
        assert_eq!(device.client().await["last_active_session_id"], bob.session_id);
        let refused = device.try_password(&ada.address, &ada.password).await;
        let refused = refused.refused(400, "identifier_already_signed_in");
        assert_eq!(refused.body["errors"][0]["meta"]["session_id"], ada.session_id);
        // Which account acts is said with each request.
        device.session = Some(ada.session_id.clone());
        assert_eq!(device.get("/v1/me").await.ok().response()["id"], ada.user_id);
        device.session = Some(bob.session_id.clone());
        assert_eq!(device.get("/v1/me").await.ok().response()["id"], bob.user_id);
        let removed = device.post(&format!("/v1/client/sessions/{}/remove", bob.session_id), &[]).await.ok();
        assert_eq!(removed.sessions(), [ada.session_id.as_str()]);
        assert_eq!(removed.client()["last_active_session_id"], ada.session_id);
        device.get("/v1/me").await.refused(401, "signed_out");
        device.mint(&ada.session_id).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_41_where_one_session_is_allowed_it_has_to_end_first() {
    on_each(async |database| {
        let single = json!({ "policy": { "sessions": { "single_session": true } } });
        let house = House::with(database, Wish::settings(single)).await;
        let bob = house.device().sign_up("bob@example.com").await;
        let mut device = house.device();
        let waiting = device.begin_sign_in(&bob.address).await;
        let ada = device.sign_up("ada@example.com").await;
        device.post("/v1/client/sign_ins", &[]).await.refused(400, "session_exists");
        device.post("/v1/client/sign_ups", &[]).await.refused(400, "session_exists");
        device.prove_sign_in(&waiting, "password", &bob.password).await.refused(403, "resource_forbidden");
        assert_eq!(device.get("/v1/me").await.ok().response()["id"], ada.user_id);
        device.delete("/v1/client/sessions").await.ok();
        device.sign_in(&bob).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_41_one_session_for_each_client_can_be_switched_on_and_off_while_several_are_open() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let single = async |on: bool| {
            let set = owner.patch("/v1/instance", json!({ "single_session_mode": on })).await;
            assert_eq!(set.status, 204);
            let environment = house.device().get("/v1/environment").await.ok().body;
            assert_eq!(environment["auth_config"]["single_session_mode"], on);
        };
        let cleo = house.device().sign_up("cleo@example.com").await;
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        house.clock.advance(SECOND);
        let bob = device.sign_up("bob@example.com").await;
        let waiting = device.begin_sign_in(&cleo.address).await;

        // Who is signed in stays signed in, and both may be used; only nobody is added.
        single(true).await;
        for person in [&ada, &bob] {
            device.mint(&person.session_id).await.ok();
            device.post(&format!("/v1/client/sessions/{}/touch", person.session_id), &[]).await.ok();
        }
        device.post("/v1/client/sign_ups", &[]).await.refused(400, "session_exists");

        // A sign-in that was under way may be finished, and takes the place of all.
        let done = device.prove_sign_in(&waiting, "password", &cleo.password).await.ok();
        let here = done.response()["created_session_id"].as_str().unwrap().to_owned();
        let status = |id: &str| {
            let sessions = done.client()["sessions"].as_array().unwrap();
            sessions.iter().find(|session| session["id"] == id).unwrap()["status"].as_str().unwrap().to_owned()
        };
        let statuses = [&ada.session_id, &bob.session_id, &here].map(|id| status(id));
        assert_eq!(statuses, ["replaced", "replaced", "active"]);
        assert_eq!(done.client()["last_active_session_id"], here);
        for person in [&ada, &bob] {
            device.mint(&person.session_id).await.refused(401, "signed_out");
            let seen = owner.get(&format!("/v1/sessions/{}", person.session_id)).await.ok();
            assert_eq!(seen.text("/status"), "replaced");
        }
        let mint = device.mint(&here).await;
        mint.ok();
        device.post("/v1/client/sign_ins", &[]).await.refused(400, "session_exists");

        // What was replaced does not come back; others may be added again.
        single(false).await;
        device.mint(&ada.session_id).await.refused(401, "signed_out");
        device.sign_in(&ada).await;
        device.mint(&here).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_34_a_sign_in_replaces_the_client_token() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let first = device.clone();
        device.delete("/v1/client/sessions").await.ok();
        device.sign_in(&person).await;
        assert_ne!(device.token, first.token);
        // The new token is used; a minute later the one before is dead.
        device.client().await;
        house.clock.advance(MINUTE);
        let request = first.request(reqwest::Method::GET, "/v1/client");
        let refused = first.ask(request).await.refused(401, "authentication_invalid");
        assert_eq!(refused.token(), None, "who holds an old token is not handed the new one");
        device.mint(&device.session.clone().unwrap()).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_tokens_of_one_kind_are_no_tokens_of_another() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let jwt = device.mint(&person.session_id).await.ok().text("/jwt");
        let secret = house.instance.public_keys().reveal()["secret_key"].as_str().unwrap().to_owned();
        let client_id = device.client().await["id"].as_str().unwrap().to_owned();
        for other in [jwt, secret, client_id, person.session_id] {
            let mut caller = house.device();
            caller.token = Some(other);
            caller.get("/v1/client").await.refused(401, "authentication_invalid");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_loses_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let mut age = device.client().await["updated_at"].as_i64().unwrap();
        house.clock.advance(-HOUR);
        device.mint(&person.session_id).await.ok();
        let mut grown = |client: &Value| {
            let newer = client["updated_at"].as_i64().unwrap();
            assert!(newer > age, "{newer} after {age}");
            age = newer;
        };
        grown(device.patch("/v1/me", &[("first_name", "Ada")]).await.ok().client());
        let id = device.begin_sign_up("bob@example.com", "Lantern and 7 oars").await;
        grown(&device.client().await);
        let path = format!("/v1/client/sign_ups/{id}");
        grown(device.patch(&path, &[("first_name", "Bob")]).await.ok().client());
        let code = house.code_for("bob@example.com").await;
        grown(device.prove_sign_up(&id, &code).await.ok().client());
        let touch = format!("/v1/client/sessions/{}/touch", person.session_id);
        grown(device.post(&touch, &[]).await.ok().client());
        grown(device.post(&format!("/v1/client/sessions/{}/end", person.session_id), &[]).await.ok().client());
        grown(device.delete("/v1/client/sessions").await.ok().response());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_40_a_device_that_is_signed_out_from_elsewhere_goes_on_without() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut desk, mut phone) = (house.device(), house.device());
        let ada = desk.sign_up("ada@example.com").await;
        let bob = phone.sign_up("bob@example.com").await;
        let mut there = phone.sign_in(&ada).await;
        for gone in ["revoke", "delete"] {
            let before = phone.client().await;
            assert_eq!(statuses(&before).len(), 2);
            if gone == "revoke" {
                desk.post(&format!("/v1/me/sessions/{there}/revoke"), &[]).await.ok();
            } else {
                desk.delete("/v1/me").await.ok();
            }
            let after = phone.client().await;
            let reason = statuses(&after).into_iter().find(|(id, _)| *id == there);
            assert_eq!(reason, (gone == "revoke").then_some((&*there, "revoked")), "a user who is gone leaves nothing");
            assert_eq!(after["last_active_session_id"], bob.session_id, "somebody else is signed in there");
            assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64(), "who keeps a copy sees it");
            if gone == "revoke" {
                there = phone.sign_in(&ada).await;
            }
        }
        house.close().await;
    })
    .await;
}
