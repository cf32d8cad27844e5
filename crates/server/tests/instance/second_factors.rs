//! Second factors: set up, asked for after every first factor, used up, and lost.

use std::collections::BTreeSet;

use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::{
    answer::Answer,
    device::{Device, Person},
    external::{self, APP},
    house::{House, Wish},
    owner::Owner,
    stand_in::{Persona, Provider},
};

const ADA: &str = "ada@example.com";
/// A step of the codes, in milliseconds.
const STEP: i64 = 30_000;

/// An authenticator app on somebody's phone, whose clock is the instance's.
#[derive(Clone)]
pub(crate) struct App(String);

impl App {
    /// The app that holds this secret.
    pub(crate) fn of(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// The code that it shows so many steps from now.
    pub(crate) fn code_in(&self, house: &House, steps: i64) -> String {
        let secret = Secret::try_from_base32(&self.0).unwrap();
        let at = u64::try_from((house.now_ms() + steps * STEP) / 1000).unwrap();
        Builder::new().with_secret(secret).with_account_name("me").build().unwrap().generate(at).to_string()
    }

    pub(crate) fn code(&self, house: &House) -> String {
        self.code_in(house, 0)
    }

    /// Six digits that it does not show about now.
    pub(crate) fn wrong(&self, house: &House) -> String {
        let shown: BTreeSet<_> = (-3..=3).map(|steps| self.code_in(house, steps)).collect();
        (0..10).map(|number| format!("{number:06}")).find(|code| !shown.contains(code)).unwrap()
    }
}

impl Device<'_> {
    /// Sets an authenticator app up for who is signed in; answers with it and the backup codes.
    pub(crate) async fn set_up_app(&mut self, house: &House) -> (App, Vec<String>) {
        let begun = self.post("/v1/me/totp", &[]).await.ok();
        let app = App(begun.text("/response/secret"));
        let code = app.code(house);
        let done = self.post("/v1/me/totp/attempt_verification", &[("code", code.as_str())]).await.ok();
        assert_eq!(done.response()["verified"], true);
        let codes = done.response()["backup_codes"].as_array().unwrap().iter();
        (app, codes.map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// A sign-in whose password was right; answers with its id.
    pub(crate) async fn half_way(&mut self, person: &Person) -> String {
        let begun = self.try_password(&person.address, &person.password).await.ok();
        assert_eq!(begun.response()["status"], "needs_second_factor");
        begun.text("/response/id")
    }

    /// Offers a second factor for a sign-in.
    pub(crate) async fn prove_second(&mut self, id: &str, strategy: &str, code: &str) -> Answer {
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_second_factor");
        self.post(&attempt, &[("strategy", strategy), ("code", code)]).await
    }
}

/// The ways to prove the second factor that a sign-in names.
fn ways(attempt: &Value) -> Vec<&str> {
    let factors = attempt["supported_second_factors"].as_array().unwrap();
    factors.iter().map(|factor| factor["strategy"].as_str().unwrap()).collect()
}

/// Somebody who has an app, the device where they set it up, and what it told.
async fn with_app<'h>(house: &'h House, address: &str) -> (Device<'h>, Person, App, Vec<String>) {
    let mut device = house.device();
    let person = device.sign_up(address).await;
    let (app, codes) = device.set_up_app(house).await;
    house.clock.advance(STEP);
    (device, person, app, codes)
}

#[tokio::test]
async fn an_app_is_set_up_asked_for_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let environment = house.device().get("/v1/environment").await.body;
        assert_eq!(environment["auth_config"]["second_factors"], json!(["totp", "backup_code"]));
        let attributes = &environment["user_settings"]["attributes"];
        assert_eq!(attributes["authenticator_app"]["used_for_second_factor"], true);
        assert_eq!(attributes["backup_code"]["second_factors"], json!(["backup_code"]));

        let mut device = house.device();
        let ada = device.sign_up(ADA).await;
        device.post("/v1/me/backup_codes", &[]).await.refused(400, "backup_codes_not_available");
        let missing = device.post("/v1/me/totp/attempt_verification", &[("code", "123456")]).await;
        missing.refused(400, "verification_missing");
        let begun = device.post("/v1/me/totp", &[]).await.ok();
        assert!(begun.text("/response/id").starts_with("totp_"));
        assert_eq!((&begun.response()["object"], &begun.response()["verified"]), (&json!("totp"), &json!(false)));
        let secret = begun.text("/response/secret");
        let uri = begun.text("/response/uri");
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(&secret) && uri.contains("ada%40example.com"));
        let user = device.get("/v1/me").await.ok();
        assert_eq!(
            (&user.response()["totp_enabled"], &user.response()["two_factor_enabled"]),
            (&json!(false), &json!(false))
        );
        house.device().sign_in(&ada).await;

        let app = App(secret);
        let wrong = app.wrong(&house);
        let refused = device.post("/v1/me/totp/attempt_verification", &[("code", wrong.as_str())]).await;
        refused.refused_at(422, "form_code_incorrect", "code");
        let code = app.code(&house);
        let done = device.post("/v1/me/totp/attempt_verification", &[("code", code.as_str())]).await.ok();
        assert_eq!((&done.response()["verified"], &done.response()["secret"]), (&json!(true), &json!(null)));
        assert_eq!(done.response()["backup_codes"].as_array().unwrap().len(), 10);
        let user = &done.client()["sessions"][0]["user"];
        assert_eq!((&user["totp_enabled"], &user["two_factor_enabled"]), (&json!(true), &json!(true)));
        assert_eq!((&user["backup_code_enabled"], &user["mfa_enabled_at"]), (&json!(true), &json!(house.now_ms())));
        device.post("/v1/me/totp", &[]).await.refused(400, "totp_already_enabled");
        let told = house.outbox(ADA).await;
        assert!(told.iter().any(|mail| mail.subject.contains("Authenticator app added")), "sec_65: {told:?}");

        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        let removed = device.delete("/v1/me/totp").await.ok();
        assert_eq!((&removed.response()["object"], &removed.response()["deleted"]), (&json!("totp"), &json!(true)));
        device.delete("/v1/me/totp").await.refused(404, "resource_not_found");
        let user = device.get("/v1/me").await.ok();
        assert_eq!(user.response()["two_factor_enabled"], false);
        assert_eq!(
            (&user.response()["backup_code_enabled"], &user.response()["mfa_enabled_at"]),
            (&json!(false), &json!(null))
        );
        assert_eq!(user.response()["mfa_disabled_at"], json!(house.now_ms()));
        // What was half a proof is none of a whole one now; the next sign-in needs one factor.
        house.clock.advance(STEP);
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(422, "form_code_incorrect");
        house.device().sign_in(&ada).await;
        assert!(house.outbox(ADA).await.iter().any(|mail| mail.subject.contains("Authenticator app removed")));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_63_half_a_proof_is_no_session() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, _) = with_app(&house, ADA).await;
        let mut phone = house.device();
        let begun = phone.try_password(&ada.address, &ada.password).await.ok();
        let attempt = begun.response();
        assert_eq!(attempt["status"], "needs_second_factor");
        assert_eq!((&attempt["created_session_id"], &attempt["user_data"]), (&json!(null), &json!(null)));
        assert_eq!(attempt["first_factor_verification"]["status"], "verified");
        assert_eq!(ways(attempt), ["totp", "backup_code"]);
        assert_eq!(attempt["supported_second_factors"][0]["default"], true);
        assert_eq!(begun.client()["sessions"], json!([]));
        assert_eq!((&begun.client()["last_active_session_id"], &begun.client()["sign_in"]), (&json!(null), attempt));
        phone.get("/v1/me").await.refused(401, "signed_out");
        let id = begun.text("/response/id");
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_second_factor");
        let refused = phone.post(&prepare, &[("strategy", "totp")]).await;
        refused.refused_at(422, "form_param_value_invalid", "strategy");

        house.clock.advance(3 * 60_000);
        let done = phone.prove_second(&id, "totp", &app.code(&house)).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["first_factor_verification"]["strategy"], "password");
        let second = &done.response()["second_factor_verification"];
        assert_eq!((&second["strategy"], &second["status"]), (&json!("totp"), &json!("verified")));
        let session = &done.client()["sessions"][0];
        assert_eq!(session["factor_verification_age"], json!([3, 0]), "each is as old as it is");
        phone.session = Some(done.text("/response/created_session_id"));
        assert_eq!(phone.get("/v1/me").await.ok().response()["id"], json!(ada.user_id));
        // Nobody is asked who has none, or who is done.
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(403, "resource_forbidden");
        let bob = house.device().sign_up("bob@example.com").await;
        let mut other = house.device();
        let id = other.begin_sign_in(&bob.address).await;
        other.prove_second(&id, "totp", "123456").await.refused(400, "no_second_factors");
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_second_factor");
        other.post(&prepare, &[("strategy", "totp")]).await.refused(400, "no_second_factors");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_60_a_code_signs_in_once_and_one_step_around_now() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, _) = with_app(&house, ADA).await;
        house.clock.advance(10 * STEP);
        for (steps, taken) in [(-2, false), (2, false), (-1, true), (0, true), (1, true)] {
            let mut phone = house.device();
            let id = phone.half_way(&ada).await;
            let code = app.code_in(&house, steps);
            let tried = phone.prove_second(&id, "totp", &code).await;
            if taken {
                tried.ok();
                let mut thief = house.device();
                let id = thief.half_way(&ada).await;
                thief.prove_second(&id, "totp", &code).await.refused_at(422, "form_code_incorrect", "code");
            } else {
                tried.refused_at(422, "form_code_incorrect", "code");
            }
        }
        // Nor does one from before the last that was taken.
        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(422, "form_code_incorrect");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_60_of_many_who_bring_the_same_code_at_once_one_is_let_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, codes) = with_app(&house, ADA).await;
        for (strategy, code) in [("totp", app.code(&house)), ("backup_code", codes[0].clone())] {
            let mut devices = Vec::new();
            for _ in 0..8 {
                let mut device = house.device();
                let id = device.half_way(&ada).await;
                devices.push((device, id));
            }
            let (code, tries) = (&code, devices.iter_mut());
            let answers = join_all(tries.map(|(device, id)| device.prove_second(id, strategy, code))).await;
            let let_in = answers.iter().filter(|answer| answer.body["response"]["status"] == "complete").count();
            assert_eq!(let_in, 1, "{strategy}");
            // Those who came too late have counted: the account is opened again for the next round.
            Owner::new(&house).post(&format!("/v1/users/{}/unlock", ada.user_id), json!({})).await.ok();
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_61_backup_codes_work_once_and_new_ones_void_the_old() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut device, ada, _, codes) = with_app(&house, ADA).await;
        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        // As somebody types what they wrote down.
        let (front, back) = codes[0].split_at(5);
        let typed = format!(" {}-{back}", front.to_uppercase());
        let done = phone.prove_second(&id, "backup_code", &typed).await.ok();
        assert_eq!(done.response()["second_factor_verification"]["strategy"], "backup_code");
        let mut other = house.device();
        let id = other.half_way(&ada).await;
        other.prove_second(&id, "backup_code", &codes[0]).await.refused_at(422, "form_code_incorrect", "code");

        let anew = device.post("/v1/me/backup_codes", &[]).await.ok();
        assert_eq!(anew.response()["object"], "backup_code");
        let new: Vec<_> = anew.response()["codes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(new.len(), 10);
        other.prove_second(&id, "backup_code", &codes[1]).await.refused(422, "form_code_incorrect");
        other.prove_second(&id, "backup_code", new[0]).await.ok();
        assert!(house.outbox(ADA).await.iter().any(|mail| mail.subject.contains("New backup codes")), "sec_65");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_64_wrong_second_factors_have_a_limit_and_lock_and_no_password_makes_them_forgotten() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, _) = with_app(&house, ADA).await;
        let wrong = app.wrong(&house);
        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        for _ in 0..5 {
            phone.prove_second(&id, "totp", &wrong).await.refused(422, "form_code_incorrect");
        }
        // Of this proof no more tries are looked at, not even the right one.
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(400, "verification_failed");
        // The right password begins anew, and what was counted stays.
        let id = phone.half_way(&ada).await;
        for _ in 0..2 {
            phone.prove_second(&id, "totp", &wrong).await.refused(422, "form_code_incorrect");
        }
        for _ in 0..2 {
            let answer = phone.prove_second(&id, "totp", &wrong).await;
            assert!(answer.codes().contains(&"account_lockout_warning"), "two tries are left: {:?}", answer.body);
        }
        let id = phone.half_way(&ada).await;
        phone.prove_second(&id, "totp", &wrong).await.refused(403, "user_locked");
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(403, "user_locked");
        phone.try_password(&ada.address, &ada.password).await.refused(403, "user_locked");
        // The hour is over: everything is as before.
        house.clock.advance(3_600_000);
        let id = phone.half_way(&ada).await;
        phone.prove_second(&id, "totp", &app.code(&house)).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_54_of_many_wrong_second_factors_at_once_no_more_than_the_cap_are_looked_at() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, _) = with_app(&house, ADA).await;
        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        let wrong = app.wrong(&house);
        let mut copies: Vec<_> = (0..40).map(|_| phone.clone()).collect();
        let answers = join_all(copies.iter_mut().map(|device| device.prove_second(&id, "totp", &wrong))).await;
        let looked_at = answers.iter().filter(|answer| answer.codes().contains(&"form_code_incorrect")).count();
        assert_eq!(looked_at, 5, "the cap, and each of those was counted");
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(400, "verification_failed");
        let user = Owner::new(&house).get(&format!("/v1/users/{}", ada.user_id)).await.ok();
        assert_eq!(user.body["verification_attempts_remaining"], 5);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_first_factor_asks_for_the_second_and_who_is_banned_gets_nowhere() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = external::house(database, &provider).await;
        let owner = Owner::new(&house);
        let (mut device, ada, app, _) = with_app(&house, ADA).await;
        let persona = Persona::new(1, ADA);
        let form = [("strategy", "oauth_google"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = external::come_back(&device, provider.agree(&page, &persona)).await;
        device.get(&format!("/v1/me?rotating_token_nonce={}", external::nonce(&back))).await.ok();

        let finish = async |mut phone: Device<'_>, begun: Answer, what: &str| {
            assert_eq!(begun.response()["status"], "needs_second_factor", "{what}");
            assert_eq!(begun.client()["sessions"], json!([]), "{what}");
            house.clock.advance(STEP);
            let id = begun.text("/response/id");
            let done = phone.prove_second(&id, "totp", &app.code(&house)).await.ok();
            assert_eq!(done.response()["status"], "complete", "{what}");
        };
        let mut phone = house.device();
        let begun = phone.by(&provider, "sign_ins", "oauth_google", &persona).await;
        finish(phone, begun, "an account elsewhere").await;
        let mut phone = house.device();
        let begun = phone.by(&provider, "sign_ups", "oauth_google", &persona).await;
        assert_eq!(begun.response()["verifications"]["external_account"]["status"], "transferable");
        let begun = phone.post("/v1/client/sign_ins", &[("transfer", "true")]).await.ok();
        finish(phone, begun, "one that is taken over").await;

        let mut phone = house.device();
        let id = phone.begin_sign_in(ADA).await;
        phone.prepare_sign_in(&id).await.ok();
        let code = house.code_for(ADA).await;
        let begun = phone.prove_sign_in(&id, "email_code", &code).await.ok();
        finish(phone, begun, "a code by email").await;

        house.clock.advance(60_000);
        let mut phone = house.device();
        let id = phone.begin_sign_in(ADA).await;
        phone.prepare_reset(&id).await.ok();
        let code = house.code_for(ADA).await;
        let begun = phone.prove_reset(&id, &code, Some("an entirely new Lantern 12")).await.ok();
        finish(phone, begun, "a new password").await;

        let ticket = owner.post("/v1/sign_in_tokens", json!({ "user_id": ada.user_id })).await.ok().text("/token");
        let mut phone = house.device();
        let begun =
            phone.post("/v1/client/sign_ins", &[("strategy", "ticket"), ("ticket", ticket.as_str())]).await.ok();
        finish(phone, begun, "a ticket").await;

        let mut phone = house.device();
        let begun = phone.try_password(ADA, "an entirely new Lantern 12").await.ok();
        owner.post(&format!("/v1/users/{}/ban", ada.user_id), json!({})).await.ok();
        house.clock.advance(STEP);
        let id = begun.text("/response/id");
        phone.prove_second(&id, "totp", &app.code(&house)).await.refused(403, "user_banned");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_checks_and_removes_second_factors() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let (_, ada, app, codes) = with_app(&house, ADA).await;
        let path = |what: &str| format!("/v1/users/{}/{what}", ada.user_id);
        let verify = async |code: &str| owner.post(&path("verify_totp"), json!({ "code": code })).await;
        let code = app.code(&house);
        let answer = verify(&code).await.ok();
        assert_eq!(answer.body, json!({ "verified": true, "code_type": "totp" }));
        verify(&code).await.refused(422, "totp_incorrect_code");
        assert_eq!(verify(&codes[0]).await.ok().body["code_type"], "backup_code");
        verify(&codes[0]).await.refused(422, "totp_incorrect_code");

        let removed = owner.delete(&path("backup_code")).await.ok();
        assert_eq!(removed.body, json!({ "user_id": ada.user_id }));
        let user = owner.get(&format!("/v1/users/{}", ada.user_id)).await.ok();
        assert_eq!((&user.body["backup_code_enabled"], &user.body["totp_enabled"]), (&json!(false), &json!(true)));
        let mut phone = house.device();
        let begun = phone.try_password(&ada.address, &ada.password).await.ok();
        assert_eq!(ways(begun.response()), ["totp"]);

        owner.delete(&path("mfa")).await.ok();
        owner.delete(&path("mfa")).await.ok();
        owner.delete(&path("totp")).await.ok();
        verify(&app.code(&house)).await.refused(400, "totp_disabled");
        assert!(
            house.outbox(ADA).await.iter().any(|mail| mail.subject.contains("Authenticator app removed")),
            "sec_65"
        );
        house.device().sign_in(&ada).await;
        owner.delete("/v1/users/user_000000000000000000000000000/mfa").await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_instance_that_offers_none_sets_none_up_and_still_asks_who_has_one() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, ada, app, _) = with_app(&house, ADA).await;
        house.close().await;
        let off = json!({ "policy": { "second_factors": { "authenticator_app": false, "backup_codes": false } } });
        let house = House::with(database, Wish::settings(off)).await;
        let environment = house.device().get("/v1/environment").await.body;
        assert_eq!(environment["auth_config"]["second_factors"], json!([]));
        assert_eq!(environment["user_settings"]["attributes"]["authenticator_app"]["enabled"], false);
        let mut device = house.device();
        device.sign_up("bob@example.com").await;
        device.post("/v1/me/totp", &[]).await.refused(400, "form_param_value_disabled");
        let mut phone = house.device();
        let id = phone.half_way(&ada).await;
        house.clock.advance(2 * STEP);
        phone.prove_second(&id, "totp", &app.code(&house)).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_42_changes_that_matter_need_a_fresh_proof() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "policy": { "reverification": true } }))).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let (app, codes) = device.set_up_app(&house).await;
        // The code that was just shown counts.
        device.post("/v1/me/email_addresses", &[("email_address", "ann@example.com")]).await.ok();
        house.clock.advance(600_000);
        let changes = [
            ("/v1/me/email_addresses", vec![("email_address", "bea@example.com")]),
            ("/v1/me/backup_codes", vec![]),
            ("/v1/me/change_password", vec![("current_password", "x"), ("new_password", "Harbour and 8 oars")]),
        ];
        for (path, form) in &changes {
            device.post(path, form).await.refused(403, "session_reverification_required");
        }
        for path in ["/v1/me/totp", "/v1/me"] {
            device.delete(path).await.refused(403, "session_reverification_required");
        }
        let verify = format!("/v1/client/sessions/{}/verify", person.session_id);
        let second = format!("{verify}/attempt_second_factor");
        let form = [("strategy", "totp"), ("code", "123456")];
        device.post(&second, &form).await.refused(400, "session_reverification_missing");
        device.post(&verify, &[("level", "third")]).await.refused_at(422, "form_param_value_invalid", "level");

        let begun = device.post(&verify, &[("level", "multi_factor")]).await.ok();
        assert_eq!(begun.response()["object"], "session_reverification");
        assert_eq!(begun.response()["status"], "needs_first_factor");
        assert_eq!(begun.response()["supported_first_factors"][0]["strategy"], "password");
        assert_eq!(begun.response()["supported_second_factors"][0]["strategy"], "totp");
        assert_eq!(begun.response()["session"]["id"], person.session_id);
        let first = format!("{verify}/attempt_first_factor");
        let wrong = device.post(&first, &[("strategy", "password"), ("password", "not it")]).await;
        wrong.refused_at(422, "form_password_incorrect", "password");
        let path = format!("{verify}/prepare_first_factor");
        device.post(&path, &[("strategy", "email_code")]).await.ok();
        let code = house.code_for(&person.address).await;
        let half = device.post(&first, &[("strategy", "email_code"), ("code", &code)]).await.ok();
        assert_eq!(half.response()["status"], "needs_second_factor");
        device.post("/v1/me/backup_codes", &[]).await.refused(403, "session_reverification_required");
        let done = device.post(&second, &[("strategy", "totp"), ("code", &app.code(&house))]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["session"]["factor_verification_age"], json!([0, 0]));
        assert_eq!(done.client()["sessions"][0]["factor_verification_age"], json!([0, 0]));
        device.post("/v1/me/email_addresses", &changes[0].1).await.ok();

        house.clock.advance(600_000);
        let begun = device.post(&verify, &[("level", "second_factor")]).await.ok();
        assert_eq!(begun.response()["supported_first_factors"], Value::Null);
        device.post(&second, &[("strategy", "backup_code"), ("code", &codes[0])]).await.ok();
        device.delete("/v1/me/totp").await.ok();
        let begun = device.post(&verify, &[("level", "second_factor")]).await.ok();
        assert_eq!(begun.response()["level"], "first_factor", "who has no second factor proves the first");
        device.post(&first, &[("strategy", "password"), ("password", &person.password)]).await.ok();
        device.delete("/v1/me").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_brings_users_along_with_their_app_and_their_backup_codes() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        // 20 bytes as apps read them, and as people copy them.
        let (secret, spelled) = ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq");
        let user = |more: Value| {
            let mut user = json!({ "email_address": [ADA], "password": "Lantern and 7 oars" });
            user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            user
        };
        let refused = async |more: Value, status: u16, code: &str, param: &str| {
            owner.post("/v1/users", user(more)).await.refused_at(status, code, param);
        };
        let (invalid, missing) = ("form_param_value_invalid", "form_conditional_param_missing");
        refused(json!({ "totp_secret": "not base 32" }), 422, invalid, "totp_secret").await;
        refused(json!({ "totp_secret": "JBSWY3DPEHPK3PXP" }), 422, invalid, "totp_secret").await;
        refused(json!({ "totp_secret": 7 }), 422, "form_param_type_invalid", "totp_secret").await;
        refused(json!({ "backup_codes": ["abcdefgh23"] }), 422, missing, "totp_secret").await;
        let with = |codes: Value| json!({ "totp_secret": secret, "backup_codes": codes });
        let digest = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        for bad in [json!(["short"]), json!([digest]), json!(vec!["abcdefgh23"; 21])] {
            refused(with(bad), 422, invalid, "backup_codes").await;
        }
        assert_eq!(owner.get("/v1/users/count").await.ok().body["total_count"], 0);

        let codes = json!(["abcd-efgh-23", "wxyz-2345-67", "ABCD EFGH 23"]);
        let made = json!({ "totp_secret": spelled, "backup_codes": codes });
        let made = owner.post("/v1/users", user(made)).await.ok();
        assert_eq!((&made.body["totp_enabled"], &made.body["two_factor_enabled"]), (&json!(true), &json!(true)));
        assert_eq!(made.body["backup_code_enabled"], true);
        let ada = Person {
            address: ADA.to_owned(),
            password: "Lantern and 7 oars".to_owned(),
            user_id: made.text("/id"),
            session_id: String::new(),
        };
        let app = App::of(secret);
        let mut phone = house.device();
        let begun = phone.try_password(&ada.address, &ada.password).await.ok();
        assert_eq!(ways(begun.response()), ["totp", "backup_code"]);
        let id = begun.text("/response/id");
        phone.prove_second(&id, "totp", &app.wrong(&house)).await.refused(422, "form_code_incorrect");
        phone.prove_second(&id, "totp", &app.code(&house)).await.ok();
        // A code that was given twice is one, and works once.
        for (code, taken) in [("ABCDefgh23", true), ("abcdefgh23", false), ("wxyz234567", true)] {
            let mut phone = house.device();
            let id = phone.half_way(&ada).await;
            let answer = phone.prove_second(&id, "backup_code", code).await;
            assert_eq!(answer.status == 200, taken, "{code}: {}", answer.body);
        }
        let path = format!("/v1/users/{}", ada.user_id);
        owner.patch(&path, json!({ "totp_secret": secret })).await.refused(422, "form_param_unknown");
        house.close().await;

        let off = json!({ "policy": { "second_factors": { "authenticator_app": true, "backup_codes": false } } });
        let house = House::with(database, Wish::settings(off)).await;
        let owner = Owner::new(&house);
        let bob = json!({ "email_address": ["bob@example.com"], "password": "Lantern and 7 oars" });
        let brings = |more: Value| {
            let mut bob = bob.clone();
            bob.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            bob
        };
        let codes = owner.post("/v1/users", brings(with(json!(["abcd-efgh-23"])))).await;
        codes.refused_at(400, "form_param_value_disabled", "backup_codes");
        owner.post("/v1/users", brings(json!({ "totp_secret": secret }))).await.ok();
        house.close().await;
    })
    .await;
}
