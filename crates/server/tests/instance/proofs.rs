//! Codes and passwords: what a proof is bound to, how often it may be tried, and when it is too old.

use frontdesk_identity::time::{DAY, HOUR, MINUTE, SECOND};
use frontdesk_store::testing::on_each;
use serde_json::json;

use crate::{
    device::Device,
    house::{House, Wish},
};

/// A code that is not this one.
fn other_than(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

#[tokio::test]
async fn sec_51_a_code_lives_ten_minutes_and_five_tries() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let code = house.code_for("ada@example.com").await;
        for left in (0..5).rev() {
            device.prove_sign_up(&id, other_than(&code)).await.refused_at(422, "form_code_incorrect", "code");
            let shown = device.get(&format!("/v1/client/sign_ups/{id}")).await.ok();
            let proof = &shown.response()["verifications"]["email_address"];
            assert_eq!(proof["attempts"], 5 - left);
            assert_eq!(proof["status"], if left == 0 { "failed" } else { "unverified" });
        }
        device.prove_sign_up(&id, &code).await.refused(400, "verification_failed");

        house.clock.advance(30 * SECOND);
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        let code = house.code_for("ada@example.com").await;
        house.clock.advance(10 * MINUTE);
        device.prove_sign_up(&id, &code).await.refused(400, "verification_expired");
        let shown = device.get(&format!("/v1/client/sign_ups/{id}")).await.ok();
        assert_eq!(shown.response()["verifications"]["email_address"]["status"], "expired");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        let code = house.code_for("ada@example.com").await;
        house.clock.advance(10 * MINUTE - 1);
        device.prove_sign_up(&id, &code).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_52_a_code_is_bound_to_the_attempt_that_asked_for_it() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut ann, mut eve) = (house.device(), house.device());
        let ann_s = ann.begin_sign_up("ann@example.com", "Lantern and 7 oars").await;
        let eve_s = eve.begin_sign_up("eve@example.com", "Lantern and 7 oars").await;
        let (for_ann, for_eve) = (house.code_for("ann@example.com").await, house.code_for("eve@example.com").await);
        if for_ann != for_eve {
            ann.prove_sign_up(&ann_s, &for_eve).await.refused(422, "form_code_incorrect");
        }
        // Nobody gets at the attempt of another client, whatever they know of it.
        eve.prove_sign_up(&ann_s, &for_ann).await.refused(404, "resource_not_found");
        eve.get(&format!("/v1/client/sign_ups/{ann_s}")).await.refused(404, "resource_not_found");
        let path = format!("/v1/client/sign_ups/{ann_s}");
        eve.patch(&path, &[("email_address", "eve2@example.com")]).await.refused(404, "resource_not_found");
        house.device().prove_sign_up(&ann_s, &for_ann).await.refused(404, "resource_not_found");

        let person = house.device().sign_up("bob@example.com").await;
        let sign_in = ann.begin_sign_in(&person.address).await;
        eve.get(&format!("/v1/client/sign_ins/{sign_in}")).await.refused(404, "resource_not_found");
        eve.prepare_sign_in(&sign_in).await.refused(404, "resource_not_found");
        eve.prove_sign_in(&sign_in, "password", &person.password).await.refused(404, "resource_not_found");

        // A new code is the only one that counts.
        house.clock.advance(30 * SECOND);
        ann.post(&format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await.ok();
        let newer = house.code_for("ann@example.com").await;
        if newer != for_ann {
            ann.prove_sign_up(&ann_s, &for_ann).await.refused(422, "form_code_incorrect");
        }
        // Another address drops the proof of the one before, and another attempt the one before.
        ann.patch(&path, &[("email_address", "ann2@example.com")]).await.ok();
        ann.prove_sign_up(&ann_s, &newer).await.refused(400, "verification_missing");
        let second = ann.begin_sign_up("ann3@example.com", "Lantern and 7 oars").await;
        ann.patch(&path, &[("first_name", "Ann")]).await.refused(403, "resource_forbidden");
        ann.prove_sign_up(&ann_s, &newer).await.refused(403, "resource_forbidden");
        let code = house.code_for("ann3@example.com").await;
        ann.prove_sign_up(&second, &code).await.ok();
        eve.prove_sign_up(&eve_s, &for_eve).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_proof_works_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let sign_up = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let code = house.code_for("ada@example.com").await;
        let done = device.prove_sign_up(&sign_up, &code).await.ok();
        let before = device.client().await;
        device.prove_sign_up(&sign_up, &code).await.refused(403, "resource_forbidden");
        let path = format!("/v1/client/sign_ups/{sign_up}");
        device.patch(&path, &[("first_name", "Eve")]).await.refused(403, "resource_forbidden");
        let shown = device.get(&path).await.ok();
        assert_eq!(shown.response()["status"], "complete", "it can be looked at");
        assert_eq!(shown.response()["created_session_id"], done.response()["created_session_id"]);

        let mut other = house.device();
        house.clock.advance(MINUTE);
        let sign_in = other.begin_sign_in("ada@example.com").await;
        other.prepare_sign_in(&sign_in).await.ok();
        let code = house.code_for("ada@example.com").await;
        other.prove_sign_in(&sign_in, "email_code", &code).await.ok();
        other.prove_sign_in(&sign_in, "email_code", &code).await.refused(403, "resource_forbidden");
        other.prove_sign_in(&sign_in, "password", "Lantern and 7 oars").await.refused(403, "resource_forbidden");
        other.delete("/v1/client/sessions").await.ok();
        let again = other.begin_sign_in("ada@example.com").await;
        other.prove_sign_in(&again, "email_code", &code).await.refused(400, "verification_missing");
        assert_eq!(device.client().await["sessions"][0]["id"], before["sessions"][0]["id"]);
        assert_eq!(other.client().await["sessions"], json!([]));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_given_up_after_a_day() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let mut device = house.device();
        let sign_up = device.begin_sign_up("bob@example.com", "Lantern and 7 oars").await;
        let sign_in = device.begin_sign_in(&person.address).await;
        house.clock.advance(DAY);
        for path in [format!("/v1/client/sign_ups/{sign_up}"), format!("/v1/client/sign_ins/{sign_in}")] {
            assert_eq!(device.get(&path).await.ok().response()["status"], "abandoned");
        }
        let wrong = device.prove_sign_in(&sign_in, "password", &person.password).await;
        wrong.refused(400, "client_state_invalid");
        device.prove_sign_up(&sign_up, "123456").await.refused(400, "client_state_invalid");
        device.sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_codes_are_not_sent_as_often_as_somebody_likes() {
    on_each(async |database| {
        let settings = json!({ "policy": { "codes": { "per_address_per_hour": 3 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
        let code = [("strategy", "email_code")];
        let refused = device.post(&path, &code).await.refused(429, "verification_code_too_many_requests");
        assert_eq!(refused.headers["retry-after"], "30");
        house.clock.advance(29 * SECOND + 1);
        let refused = device.post(&path, &code).await.refused(429, "verification_code_too_many_requests");
        assert_eq!(refused.headers["retry-after"], "1");
        house.clock.advance(SECOND);
        device.post(&path, &code).await.ok();
        house.clock.advance(30 * SECOND);
        device.post(&path, &code).await.ok();
        // Neither another attempt nor another device gets more for the same address.
        let mut other = house.device();
        let begun = other.post("/v1/client/sign_ups", &[("email_address", "ADA@example.com")]).await.ok();
        let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun.text("/response/id"));
        let refused = other.post(&path, &code).await.refused(429, "verification_code_rate_limit_exceeded");
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(house.outbox("ada@example.com").await.len(), 3);
        house.clock.advance(HOUR);
        other.post(&path, &code).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_one_address_may_ask_only_so_often() {
    on_each(async |database| {
        let limits = json!({ "limits": { "create": 1, "attempt": 1, "other": 10 } });
        // Twenty times as much for a development instance: all of a developer's tools share one address.
        let house = House::with(database, Wish::settings(limits)).await;
        let person = {
            let mut device = house.device();
            let person = device.sign_up("ada@example.com").await;
            device.delete("/v1/client/sessions").await.ok();
            person
        };
        house.clock.advance(MINUTE);
        let mut device = house.device();
        for _ in 0..20 {
            device.post("/v1/client/sign_ins", &[]).await.ok();
        }
        let refused = device.post("/v1/client/sign_ins", &[]).await.refused(429, "too_many_requests");
        assert_eq!(refused.headers["retry-after"], "1");
        house.device().post("/v1/client/sign_ups", &[]).await.refused(429, "too_many_requests");
        // Test addresses are exempt, and tries have a limit of their own.
        device.post("/v1/client/sign_ups", &[("email_address", "a+clerk_test@example.com")]).await.ok();
        house.clock.advance(MINUTE);
        let id = device.begin_sign_in(&person.address).await;
        for _ in 0..20 {
            device.prove_sign_in(&id, "email_code", "123456").await.refused(400, "verification_missing");
        }
        device.prove_sign_in(&id, "password", &person.password).await.refused(429, "too_many_requests");
        house.clock.advance(MINUTE);
        device.prove_sign_in(&id, "password", &person.password).await.ok();
        // Whatever it is, there is an end; the keys can always be read.
        house.clock.advance(MINUTE);
        for _ in 0..200 {
            device.get("/v1/health").await.ok();
        }
        device.get("/v1/health").await.refused(429, "too_many_requests");
        device.get("/.well-known/jwks.json").await.ok();
        house.close().await;
    })
    .await;
}

/// Spends wrong tries until only one is left before the lock.
async fn nearly_lock(device: &mut Device<'_>, address: &str) {
    for left in (3..10).rev() {
        let refused = device.try_password(address, "not it").await.refused(422, "form_password_incorrect");
        assert_eq!(refused.codes().len(), 1, "{left} left");
    }
    for left in ["2 tries are left", "One try is left"] {
        let refused = device.try_password(address, "not it").await.refused(422, "form_password_incorrect");
        assert_eq!(refused.codes(), ["form_password_incorrect", "account_lockout_warning"]);
        assert!(refused.text("/errors/1/long_message").starts_with(left), "{}", refused.body);
    }
}

#[tokio::test]
async fn sec_54_sec_85_wrong_tries_lock_for_an_hour_on_every_path() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut owner = house.device();
        let person = owner.sign_up("ada@example.com").await;
        let mut device = house.device();
        house.clock.advance(MINUTE);
        let by_code = device.begin_sign_in(&person.address).await;
        device.prepare_sign_in(&by_code).await.ok();
        let code = house.code_for(&person.address).await;
        nearly_lock(&mut house.device(), &person.address).await;
        // Codes and passwords share one count.
        let refused = device.prove_sign_in(&by_code, "email_code", other_than(&code)).await;
        let refused = refused.refused(403, "user_locked");
        assert_eq!(refused.body["errors"][0]["meta"]["lockout_expires_in_seconds"], 3600);

        for _ in 0..2 {
            let mut fresh = house.device();
            fresh.try_password(&person.address, &person.password).await.refused(403, "user_locked");
            let id = fresh.begin_sign_in(&person.address).await;
            fresh.prove_sign_in(&id, "password", &person.password).await.refused(403, "user_locked");
            fresh.prepare_sign_in(&id).await.refused(403, "user_locked");
            device.prove_sign_in(&by_code, "email_code", &code).await.refused(403, "user_locked");
            let form = [("identifier", person.address.as_str()), ("strategy", "email_code")];
            fresh.post("/v1/client/sign_ins", &form).await.refused(403, "user_locked");
            house.clock.advance(30 * MINUTE - 1);
        }
        // Who is signed in stays so: a lock must not be a way to throw people out.
        let me = owner.get("/v1/me").await.ok();
        assert_eq!(me.response()["locked"], false, "what strangers try is nothing to a device that is known");
        owner.mint(&person.session_id).await.ok();
        house.clock.advance(2);
        house.device().sign_in(&person).await;
        assert_eq!(owner.get("/v1/me").await.ok().response()["verification_attempts_remaining"], 10);
        house.close().await;
    })
    .await;
}
