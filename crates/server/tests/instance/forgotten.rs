//! A forgotten password: a code to the address, a new password, signed in; and signed out everywhere else.

use frontdesk_identity::time::{HOUR, MINUTE};
use frontdesk_store::testing::on_each;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    device::{Device, Person},
    house::{House, Wish},
};

const NEW: &str = "Harbour and 8 oars";

/// A device that has proven with the mailed code who it is; the id of its sign-in.
async fn proven<'h>(house: &'h House, person: &Person) -> (Device<'h>, String) {
    house.clock.advance(MINUTE);
    let mut device = house.device();
    let id = device.begin_sign_in(&person.address).await;
    device.prepare_reset(&id).await.ok();
    let code = house.code_for(&person.address).await;
    let answer = device.prove_reset(&id, &code, None).await.ok();
    assert_eq!(answer.response()["status"], "needs_new_password");
    (device, id)
}

#[tokio::test]
async fn sec_38_who_forgot_the_password_sets_a_new_one_and_is_signed_out_elsewhere() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut elsewhere = house.device();
        let person = elsewhere.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);

        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ins", &[("identifier", &person.address)]).await.ok();
        let factor = begun.response()["supported_first_factors"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(factor["strategy"], "reset_password_email_code");
        assert_eq!(factor["safe_identifier"], "a**@e***.com");
        let id = begun.text("/response/id");
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
        let form = [
            ("strategy", "reset_password_email_code"),
            ("email_address_id", factor["email_address_id"].as_str().unwrap()),
        ];
        let sent = device.post(&prepare, &form).await.ok();
        let verification = &sent.response()["first_factor_verification"];
        assert_eq!((&verification["status"], &verification["strategy"]), (&json!("unverified"), &json!(form[0].1)));
        let mail = house.outbox(&person.address).await.remove(0);
        assert!(mail.subject.ends_with("sets a new password for Frontdesk"), "{}", mail.subject);
        let code = mail.code.unwrap();
        device.prove_sign_in(&id, "email_code", &code).await.refused(400, "verification_strategy_invalid");

        let wrong = if code == "111111" { "222222" } else { "111111" };
        device.prove_reset(&id, wrong, None).await.refused_at(422, "form_code_incorrect", "code");
        let token = device.token.clone();
        let proven = device.prove_reset(&id, &code, None).await.ok();
        assert_eq!(proven.response()["status"], "needs_new_password");
        assert_eq!(proven.response()["first_factor_verification"]["status"], "verified");
        assert_eq!(proven.client()["sign_in"], *proven.response());
        assert_eq!((proven.sessions(), &device.token), (vec![], &token), "nobody is signed in yet");
        device.get("/v1/me").await.refused(401, "signed_out");
        device.prove_reset(&id, &code, None).await.refused(400, "client_state_invalid");

        device.reset_password(&id, &[]).await.refused_at(422, "form_param_missing", "password");
        let short = device.reset_password(&id, &[("password", "short")]).await;
        short.refused_at(422, "form_password_length_too_short", "password");
        house.clock.advance(MINUTE);
        let done = device.reset_password(&id, &[("password", NEW)]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_ne!(device.token, token, "a session that begins replaces the token");
        assert_eq!(done.sessions(), [done.text("/response/created_session_id")]);
        let user = &done.client()["sessions"][0]["user"];
        assert_eq!((&user["id"], &user["password_last_updated_at"]), (&json!(person.user_id), &json!(house.now_ms())));

        // Elsewhere the session is over, the old password signs nobody in, and the holder is told.
        elsewhere.mint(&person.session_id).await.refused(401, "signed_out");
        assert_eq!(elsewhere.client().await["sessions"][0]["status"], "revoked");
        house.device().try_password(&person.address, &person.password).await.refused(422, "form_password_incorrect");
        house.device().try_password(&person.address, NEW).await.ok();
        let mails = house.outbox(&person.address).await;
        assert!(mails.iter().any(|mail| mail.subject == "New password for Frontdesk" && mail.code.is_none()));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_password_may_come_with_the_code_and_may_leave_other_devices_alone() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut elsewhere = house.device();
        let person = elsewhere.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let mut device = house.device();
        let form = [("strategy", "reset_password_email_code"), ("identifier", person.address.as_str())];
        let begun = device.post("/v1/client/sign_ins", &form).await.ok();
        assert_eq!(begun.response()["first_factor_verification"]["strategy"], form[0].1, "one request is enough");
        let (id, code) = (begun.text("/response/id"), house.code_for(&person.address).await);
        let weak = device.prove_reset(&id, &code, Some("short")).await;
        weak.refused_at(422, "form_password_length_too_short", "password");
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let form = [form[0], ("code", &code), ("password", NEW), ("sign_out_of_other_sessions", "false")];
        let done = device.post(&attempt, &form).await.ok();
        assert_eq!(done.response()["status"], "complete", "a password that cannot be used does not cost the code");
        elsewhere.mint(&person.session_id).await.ok();
        house.device().try_password(&person.address, NEW).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_48_a_proof_ends_with_the_password_it_was_given_for() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let (mut first, first_id) = proven(&house, &person).await;
        let (mut second, second_id) = proven(&house, &person).await;
        let mut stranger = house.device();
        stranger.reset_password(&first_id, &[("password", NEW)]).await.refused(404, "resource_not_found");
        second.reset_password(&second_id, &[("password", NEW)]).await.ok();
        let refused = first.reset_password(&first_id, &[("password", "Fourth and 9 oars")]).await;
        refused.refused(400, "verification_expired");

        let (mut late, late_id) = proven(&house, &person).await;
        house.clock.advance(1);
        let form = [("current_password", NEW), ("new_password", "Third and 9 oars")];
        second.post("/v1/me/change_password", &form).await.ok();
        let refused = late.reset_password(&late_id, &[("password", "Fourth and 9 oars")]).await;
        refused.refused(400, "verification_expired");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_sec_85_wrong_codes_lock_and_a_ban_holds() {
    on_each(async |database| {
        let settings = json!({ "policy": { "lockout": { "max_attempts": 3 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let person = house.device().sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let mut device = house.device();
        let id = device.begin_sign_in(&person.address).await;
        device.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let warned = device.prove_reset(&id, wrong, None).await.refused(422, "form_code_incorrect");
        assert_eq!(warned.codes(), ["form_code_incorrect", "account_lockout_warning"]);
        device.prove_reset(&id, wrong, None).await.refused(422, "form_code_incorrect");
        device.prove_reset(&id, wrong, None).await.refused(403, "user_locked");
        device.prove_reset(&id, &code, None).await.refused(403, "user_locked");
        device.prepare_reset(&id).await.refused(403, "user_locked");

        house.clock.advance(HOUR);
        let (mut device, id) = proven(&house, &person).await;
        let owner = crate::owner::Owner::new(&house);
        owner.post(&format!("/v1/users/{}/ban", person.user_id), json!(null)).await;
        device.reset_password(&id, &[("password", NEW)]).await.refused(403, "user_banned");
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_53_many_resets_at_once_set_one_password() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let (device, id) = proven(&house, &person).await;
        let mut all = JoinSet::new();
        for number in 0..12 {
            let form = [("password", format!("Harbour and {number} oars"))];
            let path = format!("/v1/client/sign_ins/{id}/reset_password");
            let request = device.request(reqwest::Method::POST, &path).form(&form);
            all.spawn(async move { (number, request.send().await.unwrap().status().as_u16()) });
        }
        let answers = all.join_all().await;
        let set: Vec<_> = answers.iter().filter(|(_, status)| *status == 200).collect();
        assert_eq!(set.len(), 1, "{answers:?}");
        house.device().try_password(&person.address, &format!("Harbour and {} oars", set[0].0)).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_never_had_a_password_gets_none_where_none_are_taken() {
    on_each(async |database| {
        let settings = json!({ "policy": { "password": { "requirement": "off" } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ups", &[("email_address", "ada@example.com")]).await.ok();
        let id = begun.text("/response/id");
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        let code = house.code_for("ada@example.com").await;
        device.prove_sign_up(&id, &code).await.ok();
        device.post("/v1/me/change_password", &[("new_password", NEW)]).await.refused_at(
            422,
            "form_param_unknown",
            "new_password",
        );
        device.post("/v1/me/remove_password", &[]).await.refused(400, "no_password_set");

        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ins", &[("identifier", "ada@example.com")]).await.ok();
        assert_eq!(begun.response()["supported_first_factors"].as_array().unwrap().len(), 1);
        let refused = device.prepare_reset(&begun.text("/response/id")).await;
        refused.refused(400, "strategy_for_user_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_38_nobody_slips_in_with_the_old_password_while_a_new_one_is_set() {
    on_each(async |database| {
        let settings = json!({ "policy": { "lockout": { "max_attempts": 100 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let person = house.device().sign_up("ada@example.com").await;
        let (mut device, id) = proven(&house, &person).await;
        let mut all = JoinSet::new();
        for _ in 0..16 {
            let form = [("identifier", person.address.clone()), ("password", person.password.clone())];
            let request = house.device().request(reqwest::Method::POST, "/v1/client/sign_ins").form(&form);
            all.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let done = device.reset_password(&id, &[("password", NEW)]).await.ok();
        let answers = all.join_all().await;
        // 503: it lost against the others again and again, and nothing was done.
        assert!(answers.iter().all(|status| [200, 422, 503].contains(status)), "{answers:?}");
        device.session = Some(done.text("/response/created_session_id"));
        let left = device.get("/v1/me/sessions/active").await.ok();
        let left: Vec<_> = left.body.as_array().unwrap().iter().map(|session| session["id"].clone()).collect();
        assert_eq!(left, [done.response()["created_session_id"].clone()]);
        house.close().await;
    })
    .await;
}
