//! Codes to a phone number as a second factor: set apart, asked for, limited, proven once more, given back.

use frontdesk_identity::time::{HOUR, MINUTE, SECOND};
use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::{Device, Person},
    house::{House, Wish},
    owner::Owner,
};

const NUMBERS: &str = "/v1/me/phone_numbers";
const ADA: &str = "ada@example.com";
const SWISS: &str = "+41791234567";
const BRITISH: &str = "+447400123456";
const CODE: (&str, &str) = ("strategy", "phone_code");
const APART: (&str, &str) = ("reserved_for_second_factor", "true");
const BACK: (&str, &str) = ("reserved_for_second_factor", "false");

/// An instance that takes numbers beside addresses, with this laid over its rules.
fn wish(policy: &Value) -> Wish {
    let mut rules = json!({ "phone_number": { "requirement": "optional" } });
    rules.as_object_mut().unwrap().extend(policy.as_object().unwrap().clone());
    let mut wish = Wish::default();
    wish.settings["policy"] = rules;
    wish
}

impl Device<'_> {
    /// Adds a number and proves it; answers with its path.
    async fn own_number(&mut self, house: &House, number: &str) -> String {
        let added = self.post(NUMBERS, &[("phone_number", number)]).await.ok();
        let path = format!("{NUMBERS}/{}", added.text("/response/id"));
        self.prove_number(house, &path, number).await.ok();
        path
    }

    async fn prove_number(&mut self, house: &House, path: &str, number: &str) -> Answer {
        self.post(&format!("{path}/prepare_verification"), &[CODE]).await.ok();
        let code = house.code_for(number).await;
        self.post(&format!("{path}/attempt_verification"), &[("code", &code)]).await
    }

    async fn prepare_second(&mut self, id: &str) -> Answer {
        self.post(&format!("/v1/client/sign_ins/{id}/prepare_second_factor"), &[CODE]).await
    }

    /// A sign-in whose password was right and whose text is sent; answers with its id and the code.
    async fn texted(&mut self, house: &House, person: &Person) -> (String, String) {
        let begun = self.try_password(&person.address, &person.password).await.ok();
        assert_eq!(begun.response()["status"], "needs_second_factor");
        let id = begun.text("/response/id");
        self.prepare_second(&id).await.ok();
        (id, house.code_for(SWISS).await)
    }
}

/// Six digits that are not these.
fn other_than(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

/// Somebody whose number is set apart, on the device where they did it; with the number's path and the backup codes.
async fn with_number(house: &House) -> (Device<'_>, Person, String, Vec<String>) {
    let mut device = house.device();
    let person = device.sign_up(ADA).await;
    house.clock.advance(MINUTE);
    let path = device.own_number(house, SWISS).await;
    let set = device.patch(&path, &[APART]).await.ok();
    let codes = set.response()["backup_codes"].as_array().unwrap().iter();
    let codes = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    house.clock.advance(MINUTE);
    (device, person, path, codes)
}

fn strategies(factors: &Value) -> Vec<&str> {
    factors.as_array().unwrap().iter().map(|factor| factor["strategy"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_number_is_set_apart_asked_for_and_given_back() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let environment = house.device().get("/v1/environment").await.body;
        assert_eq!(environment["auth_config"]["second_factors"], json!(["totp", "phone_code", "backup_code"]));
        let phone = &environment["user_settings"]["attributes"]["phone_number"];
        assert_eq!(phone["used_for_second_factor"], true);
        assert_eq!(phone["second_factors"], json!(["phone_code"]));

        let (mut device, ada, path, codes) = with_number(&house).await;
        assert_eq!(codes.len(), 10);
        let again = device.patch(&path, &[APART]).await.ok();
        assert_eq!(again.response()["reserved_for_second_factor"], true);
        assert_eq!(again.response().get("backup_codes"), None, "they are told once");
        let user = device.get("/v1/me").await.ok();
        assert_eq!(user.response()["two_factor_enabled"], true);
        assert_eq!(
            (&user.response()["totp_enabled"], &user.response()["backup_code_enabled"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(user.response()["phone_numbers"][0]["reserved_for_second_factor"], true);
        let told = async |what: &str| house.outbox(ADA).await.iter().any(|mail| mail.subject.contains(what));
        assert!(told("Codes by text").await, "sec_65");

        let mut other = house.device();
        let begun = other.post("/v1/client/sign_ins", &[("identifier", ADA)]).await.ok();
        assert!(
            !strategies(&begun.response()["supported_first_factors"]).contains(&"phone_code"),
            "it is no first one"
        );
        let begun = other.try_password(&ada.address, &ada.password).await.ok();
        assert_eq!(begun.response()["status"], "needs_second_factor");
        assert_eq!(begun.client()["sessions"], json!([]), "sec_63");
        let factors = &begun.response()["supported_second_factors"];
        assert_eq!(strategies(factors), ["phone_code", "backup_code"]);
        let number = path.rsplit('/').next().unwrap();
        assert_eq!(factors[0]["phone_number_id"], number);
        assert_eq!((&factors[0]["safe_identifier"], &factors[0]["default"]), (&json!("+*********67"), &json!(true)));
        let id = begun.text("/response/id");
        other.prove_second(&id, "phone_code", "123456").await.refused(400, "verification_missing");
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_second_factor");
        let foreign = [CODE, ("phone_number_id", "idn_000000000000000000000000000")];
        other.post(&prepare, &foreign).await.refused_at(422, "form_resource_not_found", "phone_number_id");
        let sent = other.post(&prepare, &[CODE, ("phone_number_id", number)]).await.ok();
        let proof = &sent.response()["second_factor_verification"];
        assert_eq!((&proof["status"], &proof["channel"]), (&json!("unverified"), &json!("sms")));
        other.prepare_second(&id).await.refused(429, "verification_code_too_many_requests");
        let code = house.code_for(SWISS).await;
        let wrong = other.prove_second(&id, "phone_code", other_than(&code)).await;
        wrong.refused_at(422, "form_code_incorrect", "code");
        let done = other.prove_second(&id, "phone_code", &code).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["second_factor_verification"]["strategy"], "phone_code");
        assert_eq!(done.client()["sessions"][0]["factor_verification_age"], json!([0, 0]));

        // A code that was used up, or sent for something else, proves nothing.
        house.clock.advance(MINUTE);
        let mut third = house.device();
        let (id, new) = third.texted(&house, &ada).await;
        if code != new {
            third.prove_second(&id, "phone_code", &code).await.refused(422, "form_code_incorrect");
        }
        third.prove_second(&id, "backup_code", &codes[0]).await.ok();

        house.clock.advance(MINUTE);
        let back = device.patch(&path, &[BACK]).await.ok();
        assert_eq!(back.response()["reserved_for_second_factor"], false);
        let user = device.get("/v1/me").await.ok();
        assert_eq!(
            (&user.response()["two_factor_enabled"], &user.response()["backup_code_enabled"]),
            (&json!(false), &json!(false))
        );
        assert!(told("No more codes by text").await, "sec_65");
        assert_eq!(house.device().try_password(ADA, &ada.password).await.ok().response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_62_what_is_not_proven_not_offered_or_the_only_way_in_is_not_set_apart() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "password": { "requirement": "optional" } }))).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        house.clock.advance(MINUTE);
        let added = device.post(NUMBERS, &[("phone_number", SWISS)]).await.ok();
        let path = format!("{NUMBERS}/{}", added.text("/response/id"));
        let unproven = device.patch(&path, &[APART]).await;
        unproven.refused_at(422, "form_param_value_invalid", "reserved_for_second_factor");
        let first = device.patch(&path, &[("default_second_factor", "true")]).await;
        first.refused_at(422, "form_param_value_invalid", "default_second_factor");
        house.close().await;

        let alone = json!({
            "phone_number": { "requirement": "required" },
            "email_address": { "requirement": "off" },
            "password": { "requirement": "optional" },
        });
        let house = House::with(database, wish(&alone)).await;
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ups", &[("phone_number", BRITISH)]).await.ok();
        let attempt = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));
        device.post(&format!("{attempt}/prepare_verification"), &[CODE]).await.ok();
        let code = house.code_for(BRITISH).await;
        let done = device.post(&format!("{attempt}/attempt_verification"), &[CODE, ("code", &code)]).await.ok();
        let id = done.client()["sessions"][0]["user"]["primary_phone_number_id"].as_str().unwrap().to_owned();
        let only = device.patch(&format!("{NUMBERS}/{id}"), &[APART]).await;
        only.refused_at(422, "form_param_value_invalid", "reserved_for_second_factor");
        house.close().await;

        let house = House::with(database, wish(&json!({ "second_factors": { "phone_codes": false } }))).await;
        let environment = house.device().get("/v1/environment").await.body;
        assert_eq!(environment["auth_config"]["second_factors"], json!(["totp", "backup_code"]));
        let mut device = house.device();
        device.sign_up("bob@example.com").await;
        house.clock.advance(MINUTE);
        let path = device.own_number(&house, "+41791234560").await;
        let off = device.patch(&path, &[APART]).await;
        off.refused_at(400, "form_param_value_disabled", "reserved_for_second_factor");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_64_wrong_codes_by_text_have_a_limit_of_their_own_and_lock() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let (_, ada, ..) = with_number(&house).await;
        let mut phone = house.device();
        let (id, code) = phone.texted(&house, &ada).await;
        for _ in 0..5 {
            phone.prove_second(&id, "phone_code", other_than(&code)).await.refused(422, "form_code_incorrect");
        }
        // Of this code no more tries are looked at, not even the right one. Another one may be asked for.
        phone.prove_second(&id, "phone_code", &code).await.refused(400, "verification_failed");
        house.clock.advance(30 * SECOND);
        phone.prepare_second(&id).await.ok();
        let code = house.code_for(SWISS).await;
        for _ in 0..4 {
            phone.prove_second(&id, "phone_code", other_than(&code)).await.refused(422, "form_code_incorrect");
        }
        phone.prove_second(&id, "phone_code", other_than(&code)).await.refused(403, "user_locked");
        phone.prove_second(&id, "phone_code", &code).await.refused(403, "user_locked");
        phone.prepare_second(&id).await.refused(403, "user_locked");
        house.clock.advance(HOUR);
        let (id, code) = phone.texted(&house, &ada).await;
        phone.prove_second(&id, "phone_code", &code).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_54_of_many_codes_by_text_at_once_no_more_than_the_cap_are_looked_at_and_one_signs_in() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "lockout": { "max_attempts": 100 } }))).await;
        let (_, ada, ..) = with_number(&house).await;
        let mut phone = house.device();
        let (id, code) = phone.texted(&house, &ada).await;
        let mut copies: Vec<_> = (0..30).map(|_| phone.clone()).collect();
        let wrong = other_than(&code);
        let answers = join_all(copies.iter_mut().map(|device| device.prove_second(&id, "phone_code", wrong))).await;
        let looked_at = answers.iter().filter(|answer| answer.codes().contains(&"form_code_incorrect")).count();
        assert_eq!(looked_at, 5);
        phone.prove_second(&id, "phone_code", &code).await.refused(400, "verification_failed");

        house.clock.advance(MINUTE);
        phone.prepare_second(&id).await.ok();
        let code = house.code_for(SWISS).await;
        let mut copies: Vec<_> = (0..5).map(|_| phone.clone()).collect();
        join_all(copies.iter_mut().map(|device| device.prove_second(&id, "phone_code", &code))).await;
        let sessions =
            Owner::new(&house).get(&format!("/v1/sessions?user_id={}&status=active", ada.user_id)).await.ok();
        // The one of the sign-up, and one more: a code signs in once.
        assert_eq!(sessions.body.as_array().unwrap().len(), 2);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_texts_of_the_second_factor_are_counted_with_the_others() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "texts": { "per_number_per_hour": 2 } }))).await;
        // One text proves the number.
        let (mut device, ada, _, codes) = with_number(&house).await;
        let mut phone = house.device();
        phone.texted(&house, &ada).await;
        house.clock.advance(MINUTE);
        let id = phone.try_password(&ada.address, &ada.password).await.ok().text("/response/id");
        phone.prepare_second(&id).await.refused(429, "verification_code_rate_limit_exceeded");
        let verify = format!("/v1/client/sessions/{}/verify", ada.session_id);
        device.post(&verify, &[("level", "second_factor")]).await.ok();
        let again = device.post(&format!("{verify}/prepare_second_factor"), &[CODE]).await;
        again.refused(429, "verification_code_rate_limit_exceeded");
        assert_eq!(house.outbox(SWISS).await.len(), 2);
        phone.prove_second(&id, "backup_code", &codes[0]).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_42_numbers_and_names_are_changed_after_a_fresh_proof_which_a_text_can_be() {
    on_each(async |database| {
        let policy = json!({ "reverification": true, "username": { "requirement": "optional" } });
        let house = House::with(database, wish(&policy)).await;
        let (mut device, ada, path, _) = with_number(&house).await;
        house.clock.advance(10 * MINUTE);
        let stale = "session_reverification_required";
        device.post(NUMBERS, &[("phone_number", BRITISH)]).await.refused(403, stale);
        device.patch(&path, &[BACK]).await.refused(403, stale);
        device.delete(&path).await.refused(403, stale);
        device.patch("/v1/me", &[("username", "countess")]).await.refused(403, stale);
        let id = path.rsplit('/').next().unwrap();
        device.patch("/v1/me", &[("primary_phone_number_id", id)]).await.refused(403, stale);
        device.patch("/v1/me", &[("first_name", "Ada")]).await.ok();

        let verify = format!("/v1/client/sessions/{}/verify", ada.session_id);
        let begun = device.post(&verify, &[("level", "multi_factor")]).await.ok();
        assert!(!strategies(&begun.response()["supported_first_factors"]).contains(&"phone_code"));
        assert_eq!(strategies(&begun.response()["supported_second_factors"]), ["phone_code", "backup_code"]);
        assert_eq!(begun.response()["supported_second_factors"][0]["phone_number_id"], id);
        let prepare = format!("{verify}/prepare_second_factor");
        device.post(&prepare, &[CODE]).await.refused(400, "client_state_invalid");
        let first = [("strategy", "password"), ("password", ada.password.as_str())];
        device.post(&format!("{verify}/attempt_first_factor"), &first).await.ok();
        device.post(&prepare, &[("strategy", "totp")]).await.refused(400, "strategy_for_user_invalid");
        let sent = device.post(&prepare, &[("phone_number_id", id)]).await.ok();
        assert_eq!(sent.response()["second_factor_verification"]["status"], "unverified");
        let (attempt, code) = (format!("{verify}/attempt_second_factor"), house.code_for(SWISS).await);
        let wrong = device.post(&attempt, &[CODE, ("code", other_than(&code))]).await;
        wrong.refused_at(422, "form_code_incorrect", "code");
        let done = device.post(&attempt, &[CODE, ("code", &code)]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["session"]["factor_verification_age"], json!([0, 0]));

        device.patch("/v1/me", &[("username", "countess")]).await.ok();
        device.delete(&path).await.ok();
        let user = device.get("/v1/me").await.ok();
        assert_eq!(
            (&user.response()["two_factor_enabled"], &user.response()["backup_code_enabled"]),
            (&json!(false), &json!(false))
        );
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_and_an_app_stand_beside_each_other_and_the_user_says_which_comes_first() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let (mut device, ada, path, _) = with_number(&house).await;
        let begun = device.post("/v1/me/totp", &[]).await.ok();
        let app = crate::second_factors::App::of(&begun.text("/response/secret"));
        let code = app.code(&house);
        let done = device.post("/v1/me/totp/attempt_verification", &[("code", code.as_str())]).await.ok();
        assert_eq!(
            done.response().get("backup_codes").filter(|codes| !codes.is_null()),
            None,
            "there are codes already"
        );
        let ways = async || {
            let begun = house.device().try_password(&ada.address, &ada.password).await.ok();
            strategies(&begun.response()["supported_second_factors"]).join(" ")
        };
        assert_eq!(ways().await, "totp phone_code backup_code");
        let preferred = device.patch(&path, &[("default_second_factor", "true")]).await.ok();
        assert_eq!(preferred.response()["default_second_factor"], true);
        assert_eq!(ways().await, "phone_code totp backup_code");
        device.delete("/v1/me/totp").await.ok();
        assert_eq!(ways().await, "phone_code backup_code", "the codes stay with the number");

        // A number that is added for it is one as soon as it is proven.
        let form = [("phone_number", BRITISH), APART];
        let added = device.post(NUMBERS, &form).await.ok();
        let second = format!("{NUMBERS}/{}", added.text("/response/id"));
        assert_eq!(ways().await, "phone_code backup_code");
        device.prove_number(&house, &second, BRITISH).await.ok();
        assert_eq!(ways().await, "phone_code phone_code backup_code");
        device.patch(&second, &[("default_second_factor", "true")]).await.ok();
        let listed = device.get(NUMBERS).await.ok();
        let flags: Vec<_> =
            listed.body.as_array().unwrap().iter().map(|it| it["default_second_factor"].clone()).collect();
        assert_eq!(flags, [json!(false), json!(true)], "one of them");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_sets_numbers_apart_and_takes_every_second_factor_away() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up(ADA).await;
        let apart = |verified: bool| {
            let user_id = &ada.user_id;
            json!({ "user_id": user_id, "phone_number": SWISS, "verified": verified, "reserved_for_second_factor": true })
        };
        let unproven = owner.post("/v1/phone_numbers", apart(false)).await;
        unproven.refused_at(422, "form_param_value_invalid", "reserved_for_second_factor");
        let given = owner.post("/v1/phone_numbers", apart(true)).await.ok();
        assert_eq!(given.body["reserved_for_second_factor"], true);
        let number = format!("/v1/phone_numbers/{}", given.text("/id"));
        let status = async || {
            let begun = house.device().try_password(&ada.address, &ada.password).await.ok();
            begun.response()["status"].as_str().unwrap().to_owned()
        };
        assert_eq!(status().await, "needs_second_factor");
        let mut phone = house.device();
        let (id, code) = phone.texted(&house, &ada).await;
        // Removing the app, which there is none of, leaves the number.
        owner.delete(&format!("/v1/users/{}/totp", ada.user_id)).await.ok();
        assert_eq!(status().await, "needs_second_factor");
        owner.delete(&format!("/v1/users/{}/mfa", ada.user_id)).await.ok();
        phone.prove_second(&id, "phone_code", &code).await.refused(422, "form_code_incorrect");
        assert_eq!(status().await, "complete");
        let user = owner.get(&format!("/v1/users/{}", ada.user_id)).await.ok();
        assert_eq!(user.body["two_factor_enabled"], false);
        assert_eq!(user.body["phone_numbers"][0]["reserved_for_second_factor"], false);
        let mails = house.outbox(ADA).await;
        assert!(mails.iter().any(|mail| mail.subject.contains("No more codes by text")), "sec_65");

        owner.patch(&number, json!({ "reserved_for_second_factor": true })).await.ok();
        assert_eq!(status().await, "needs_second_factor");
        owner.patch(&number, json!({ "reserved_for_second_factor": false })).await.ok();
        assert_eq!(status().await, "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_removed_is_told_of_once_also_where_it_was_a_second_factor() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let (mut device, _, path, _) = with_number(&house).await;
        let before = house.outbox(ADA).await.len();
        device.delete(&path).await.ok();
        let mails = house.outbox(ADA).await;
        assert_eq!(mails.len(), before + 1, "{mails:?}");
        let told = mails.iter().find(|mail| mail.subject.contains("Phone number removed")).expect("a mail, sec_65");
        assert!(told.body.contains("no second step"), "{}", told.body);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_57_a_number_whose_country_was_turned_off_is_no_second_factor_while_there_is_another() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({}))).await;
        let (mut device, ada, path, codes) = with_number(&house).await;
        let number = path.rsplit('/').next().unwrap().to_owned();
        let (token, session) = (device.token.take(), device.session.take());
        let clock = house.clock.clone();
        house.close().await;

        let off = Wish { clock, ..wish(&json!({ "texts": { "blocked_countries": ["CH"] } })) };
        let house = House::with(database, off).await;
        let mut other = house.device();
        let begun = other.try_password(&ada.address, &ada.password).await.ok();
        assert_eq!(begun.response()["status"], "needs_second_factor", "it protects as before");
        let factors = &begun.response()["supported_second_factors"];
        assert_eq!(strategies(factors), ["backup_code"]);
        assert_eq!(factors[0]["default"], true);
        let id = begun.text("/response/id");
        let sent = house.outbox(SWISS).await.len();
        for form in [vec![CODE], vec![CODE, ("phone_number_id", number.as_str())]] {
            let refused = other.post(&format!("/v1/client/sign_ins/{id}/prepare_second_factor"), &form).await;
            refused.refused(403, "unsupported_country_code");
        }
        assert_eq!(house.outbox(SWISS).await.len(), sent);
        other.prove_second(&id, "backup_code", &codes[0]).await.ok();

        // Once more where they are signed in.
        let mut device = house.device();
        (device.token, device.session) = (token, session.clone());
        let verify = format!("/v1/client/sessions/{}/verify", session.unwrap());
        let asked = device.post(&verify, &[("level", "second_factor")]).await.ok();
        assert_eq!(strategies(&asked.response()["supported_second_factors"]), ["backup_code"]);
        let refused = device.post(&format!("{verify}/prepare_second_factor"), &[CODE]).await;
        refused.refused(403, "unsupported_country_code");
        house.close().await;
    })
    .await;
}
