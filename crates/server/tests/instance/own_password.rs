//! The password of somebody who is signed in: changed, removed, set again.

use frontdesk_identity::time::{HOUR, MINUTE};
use frontdesk_store::testing::on_each;
use serde_json::json;

use crate::{
    answer::statuses,
    device::{Device, Person},
    house::{House, Wish},
};

const NEW: &str = "Harbour and 8 oars";

async fn change(device: &mut Device<'_>, form: &[(&str, &str)]) -> crate::answer::Answer {
    device.post("/v1/me/change_password", form).await
}

#[tokio::test]
async fn sec_48_a_password_is_changed_by_whoever_knows_it() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let before = device.get("/v1/me").await.ok();
        let new = ("new_password", NEW);
        change(&mut device, &[new]).await.refused_at(422, "form_param_missing", "current_password");
        let current = ("current_password", person.password.as_str());
        change(&mut device, &[current]).await.refused_at(422, "form_param_missing", "new_password");
        let wrong = change(&mut device, &[("current_password", "not it"), new]).await;
        wrong.refused_at(422, "form_password_validation_failed", "current_password");
        for (weak, code) in [
            ("short", "form_password_length_too_short"),
            ("ADA@example.com", "form_password_matches_identifier"),
            (person.password.as_str(), "form_new_password_matches_current"),
        ] {
            let refused = change(&mut device, &[current, ("new_password", weak)]).await;
            refused.refused_at(422, code, "new_password");
        }
        assert_eq!(device.get("/v1/me").await.ok().body["response"]["updated_at"], before.response()["updated_at"]);

        house.clock.advance(MINUTE);
        let changed = change(&mut device, &[current, new]).await.ok();
        assert_eq!(changed.response()["object"], "user");
        assert_eq!(changed.response()["password_last_updated_at"], house.now_ms());
        assert_eq!(changed.client()["sessions"][0]["user"], *changed.response());
        assert!(changed.response()["updated_at"].as_i64() > before.response()["updated_at"].as_i64());
        let mail = house.outbox(&person.address).await.remove(0);
        assert_eq!(mail.subject, "New password for Frontdesk");
        house.device().try_password(&person.address, &person.password).await.refused(422, "form_password_incorrect");
        house.device().try_password(&person.address, NEW).await.ok();
        house.device().post("/v1/me/change_password", &[current, new]).await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

/// Proves once more who is signed in on a device, by a code that is mailed.
async fn prove_by_mail(house: &House, device: &mut Device<'_>, person: &Person) {
    let verify = format!("/v1/client/sessions/{}/verify", device.session.clone().unwrap());
    device.post(&verify, &[("level", "second_factor")]).await.ok();
    device.post(&format!("{verify}/prepare_first_factor"), &[("strategy", "email_code")]).await.ok();
    let code = house.code_for(&person.address).await;
    let form = [("strategy", "email_code"), ("code", code.as_str())];
    let done = device.post(&format!("{verify}/attempt_first_factor"), &form).await.ok();
    assert_eq!(done.response()["status"], "complete");
}

#[tokio::test]
async fn sec_48_a_fresh_proof_of_the_same_session_stands_in_for_the_current_password() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "policy": { "reverification": true } }))).await;
        let (mut device, mut other) = (house.device(), house.device());
        let person = device.sign_up("ada@example.com").await;
        other.sign_in(&person).await;
        house.clock.advance(10 * MINUTE);
        let new = ("new_password", NEW);
        let (right, wrong) = (("current_password", person.password.as_str()), ("current_password", "not it"));
        for form in [&[new][..], &[new, right]] {
            change(&mut device, form).await.refused(403, "session_reverification_required");
        }
        prove_by_mail(&house, &mut device, &person).await;
        // It is the proof of that session, and of no other one of theirs.
        change(&mut other, &[new]).await.refused(403, "session_reverification_required");
        let refused = change(&mut device, &[wrong, new]).await;
        refused.refused_at(422, "form_password_validation_failed", "current_password");
        let refused = change(&mut device, &[("new_password", person.password.as_str())]).await;
        refused.refused_at(422, "form_new_password_matches_current", "new_password");
        let refused = change(&mut device, &[("new_password", "short")]).await;
        refused.refused_at(422, "form_password_length_too_short", "new_password");
        house.clock.advance(10 * MINUTE - 1);
        change(&mut device, &[new, ("sign_out_of_other_sessions", "true")]).await.ok();
        assert_eq!(house.outbox(&person.address).await[0].subject, "New password for Frontdesk");
        other.get("/v1/me").await.refused(401, "signed_out");
        house.device().try_password(&person.address, &person.password).await.refused(422, "form_password_incorrect");
        house.device().try_password(&person.address, NEW).await.ok();
        house.clock.advance(1);
        let again = [("new_password", person.password.as_str())];
        change(&mut device, &again).await.refused(403, "session_reverification_required");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_48_a_second_factor_of_late_stands_in_for_the_current_password() {
    on_each(async |database| {
        let policy = json!({ "reverification": true, "password": { "requirement": "optional" } });
        let house = House::with(database, Wish::settings(json!({ "policy": policy }))).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let (app, _codes) = device.set_up_app(&house).await;
        house.clock.advance(10 * MINUTE);
        let verify = format!("/v1/client/sessions/{}/verify", device.session.clone().unwrap());
        device.post(&verify, &[("level", "second_factor")]).await.ok();
        device.post("/v1/me/remove_password", &[]).await.refused(403, "session_reverification_required");
        let form = [("strategy", "totp"), ("code", &app.code(&house))];
        device.post(&format!("{verify}/attempt_second_factor"), &form).await.ok();
        change(&mut device, &[("new_password", NEW)]).await.ok();
        let removed = device.post("/v1/me/remove_password", &[]).await.ok();
        assert_eq!(removed.response()["password_enabled"], false);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_fresh_proof_is_no_way_round_a_lock() {
    on_each(async |database| {
        let policy = json!({ "reverification": true, "lockout": { "max_attempts": 3 } });
        let house = House::with(database, Wish::settings(json!({ "policy": policy }))).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let new = ("new_password", NEW);
        for _ in 0..3 {
            change(&mut device, &[("current_password", "not it"), new]).await;
        }
        change(&mut device, &[new]).await.refused(403, "user_locked");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_38_a_change_signs_out_elsewhere_only_where_it_is_asked_to() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut device, mut elsewhere, mut other) = (house.device(), house.device(), house.device());
        let person = device.sign_up("ada@example.com").await;
        let there = elsewhere.sign_in(&person).await;
        // Somebody else on the same device is none of it.
        let shared = elsewhere.sign_up("bea@example.com").await;
        let left = other.sign_in(&person).await;
        let form = [("current_password", person.password.as_str()), ("new_password", NEW)];
        change(&mut device, &form).await.ok();
        elsewhere.mint(&there).await.ok();

        let before = elsewhere.client().await;
        let form = [
            ("current_password", NEW),
            ("new_password", person.password.as_str()),
            ("sign_out_of_other_sessions", "true"),
        ];
        let done = change(&mut device, &form).await.ok();
        assert_eq!(done.sessions(), [person.session_id.as_str()], "this device stays signed in");
        device.mint(&person.session_id).await.ok();
        elsewhere.mint(&there).await.refused(401, "signed_out");
        other.mint(&left).await.refused(401, "signed_out");
        let after = elsewhere.client().await;
        let reason = statuses(&after).into_iter().find(|(id, _)| *id == there);
        assert_eq!(reason, Some((&*there, "revoked")));
        assert_eq!(after["last_active_session_id"], shared.session_id);
        assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64(), "who keeps a copy sees it");
        let owner = crate::owner::Owner::new(&house);
        assert_eq!(owner.get(&format!("/v1/sessions/{there}")).await.ok().body["status"], "revoked");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_guessing_the_current_password_locks_the_account() {
    on_each(async |database| {
        let settings = json!({ "policy": { "lockout": { "max_attempts": 3 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let form = [("current_password", "not it"), ("new_password", NEW)];
        let warned = change(&mut device, &form).await.refused(422, "form_password_validation_failed");
        assert_eq!(warned.codes()[1], "account_lockout_warning");
        change(&mut device, &form).await.refused(422, "form_password_validation_failed");
        change(&mut device, &form).await.refused(403, "user_locked");
        let right = [("current_password", person.password.as_str()), ("new_password", NEW)];
        change(&mut device, &right).await.refused(403, "user_locked");
        // It is that device that is locked: whoever sits at it keeps nobody out elsewhere.
        device.delete("/v1/client/sessions").await.ok();
        device.session = None;
        device.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        house.device().sign_in(&person).await;
        house.clock.advance(HOUR);
        device.sign_in(&person).await;
        change(&mut device, &right).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_83_a_password_is_removed_where_a_code_signs_in_and_set_again_without_one() {
    on_each(async |database| {
        let settings = json!({ "policy": { "password": { "requirement": "optional" } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let remove = "/v1/me/remove_password";
        device.post(remove, &[]).await.refused_at(422, "form_param_missing", "current_password");
        let wrong = device.post(remove, &[("current_password", "not it")]).await;
        wrong.refused_at(422, "form_password_validation_failed", "current_password");
        house.clock.advance(1);
        let removed = device.post(remove, &[("current_password", &person.password)]).await.ok();
        assert_eq!(removed.response()["password_enabled"], false);
        assert_eq!(removed.response()["password_last_updated_at"], json!(null));
        assert_eq!(house.outbox(&person.address).await[0].subject, "Password removed for Frontdesk");
        device.post(remove, &[("current_password", &person.password)]).await.refused(400, "no_password_set");
        let refused = house.device().try_password(&person.address, &person.password).await;
        refused.refused(400, "strategy_for_user_invalid");

        let set = change(&mut device, &[("new_password", NEW)]).await.ok();
        assert_eq!(set.response()["password_enabled"], true);
        house.device().try_password(&person.address, NEW).await.ok();
        house.close().await;

        let house = House::open(database).await;
        let mut device = house.device();
        device.try_password(&person.address, NEW).await.ok();
        let needed = device.post(remove, &[("current_password", NEW)]).await;
        needed.refused(400, "password_required");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn notices_are_written_in_the_language_of_the_account() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars"), ("locale", "de-AT")];
        let id = device.post("/v1/client/sign_ups", &form).await.ok().text("/response/id");
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        device.prove_sign_up(&id, &house.code_for("ada@example.com").await).await.ok();
        house.clock.advance(1);
        let form = [("current_password", "Lantern and 7 oars"), ("new_password", NEW)];
        change(&mut device, &form).await.ok();
        let mail = house.outbox("ada@example.com").await.remove(0);
        assert_eq!(mail.subject, "Neues Passwort für Frontdesk");
        house.close().await;
    })
    .await;
}
