//! Second factors: set up, asked for at every way in, used up, removed.

use data_encoding::BASE32_NOPAD;
use frontdesk_identity::time::MINUTE;
use frontdesk_server::totp::{STEP_MS, Secret};
use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    answer::Answer,
    device::{Device, Person},
    house::{House, Wish},
    owner::Owner,
};

/// An authenticator app.
struct App(Secret);

impl App {
    /// The code that it shows at this moment.
    fn code(&self, house: &House) -> String {
        self.0.code(house.now_ms() / STEP_MS)
    }

    /// The code that it shows next.
    fn next(&self, house: &House) -> String {
        house.clock.advance(STEP_MS);
        self.code(house)
    }

    /// A code that it does not show around this moment.
    fn wrong(&self, house: &House) -> String {
        let step = house.now_ms() / STEP_MS;
        let near: Vec<_> = (-1..=1).map(|distance| self.0.code(step + distance)).collect();
        (0..4).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

/// Sets an app up for whoever is signed in; tells the app and the backup codes.
async fn set_up(house: &House, device: &mut Device<'_>) -> (App, Vec<String>) {
    let begun = device.post("/v1/me/totp", &[]).await.ok();
    let secret = BASE32_NOPAD.decode(begun.text("/response/secret").as_bytes()).unwrap();
    let app = App(Secret::from_bytes(Zeroizing::new(secret)));
    let proven = device.post("/v1/me/totp/attempt_verification", &[("code", &app.code(house))]).await.ok();
    assert_eq!(proven.response()["verified"], true);
    let codes = proven.response()["backup_codes"].as_array().unwrap();
    (app, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn second(device: &mut Device<'_>, id: &str, strategy: &str, code: &str) -> Answer {
    let path = format!("/v1/client/sign_ins/{id}/attempt_second_factor");
    device.post(&path, &[("strategy", strategy), ("code", code)]).await
}

/// Nobody is signed in, and the second factor is asked for.
#[track_caller]
fn waits(answer: &Answer) -> String {
    assert_eq!(answer.response()["status"], "needs_second_factor", "{}", answer.body);
    assert_eq!(answer.response()["created_session_id"], Value::Null);
    assert_eq!(answer.client()["sessions"], json!([]));
    assert_eq!(answer.client()["sign_in"]["id"], answer.response()["id"]);
    answer.text("/response/id")
}

/// A sign-in whose first factor is proven by the password.
async fn halfway(device: &mut Device<'_>, person: &Person) -> String {
    waits(&device.try_password(&person.address, &person.password).await.ok())
}

/// Somebody has a second factor, signs in by it, proves it once more, and the owner sees to it.
pub(crate) async fn journey(house: &House) {
    let mut device = house.device();
    let person = device.sign_up("gus@example.com").await;
    let (app, codes) = set_up(house, &mut device).await;
    device.post("/v1/me/totp", &[]).await.refused(400, "totp_already_enabled");
    let mut other = house.device();
    let id = halfway(&mut other, &person).await;
    other.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
    second(&mut other, &id, "totp", &app.wrong(house)).await.refused(422, "form_code_incorrect");
    second(&mut other, &id, "totp", &app.next(house)).await.ok();
    let verify = format!("/v1/client/sessions/{}/verify", person.session_id);
    device.post(&verify, &[("level", "multi_factor")]).await.ok();
    device.post(&format!("{verify}/prepare_first_factor"), &[("strategy", "email_code")]).await.ok();
    let form = [("strategy", "password"), ("password", person.password.as_str())];
    device.post(&format!("{verify}/attempt_first_factor"), &form).await.ok();
    let form = [("strategy", "backup_code"), ("code", codes[0].as_str())];
    device.post(&format!("{verify}/attempt_second_factor"), &form).await.ok();
    let fresh = device.post("/v1/me/backup_codes", &[]).await.ok().text("/response/codes/0");
    let owner = Owner::new(house);
    let user = format!("/v1/users/{}", person.user_id);
    owner.post(&format!("{user}/verify_totp"), json!({ "code": fresh })).await.ok();
    owner.post(&format!("{user}/verify_totp"), json!({ "code": fresh })).await.refused(422, "totp_incorrect_code");
    for removed in ["backup_code", "totp", "mfa"] {
        owner.delete(&format!("{user}/{removed}")).await.ok();
    }
    owner.post(&format!("{user}/verify_totp"), json!({ "code": fresh })).await.refused(400, "totp_disabled");
    set_up(house, &mut device).await;
    device.delete("/v1/me/totp").await.ok();
}

#[tokio::test]
async fn an_app_is_set_up_asked_for_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        device.post("/v1/me/backup_codes", &[]).await.refused(400, "backup_codes_not_available");
        device.post("/v1/me/totp/attempt_verification", &[("code", "123456")]).await.refused(404, "resource_not_found");
        device.delete("/v1/me/totp").await.refused(404, "resource_not_found");

        let begun = device.post("/v1/me/totp", &[]).await.ok();
        assert_eq!((&begun.response()["object"], &begun.response()["verified"]), (&json!("totp"), &json!(false)));
        let (secret, uri) = (begun.text("/response/secret"), begun.text("/response/uri"));
        assert!(uri.starts_with("otpauth://totp/Frontdesk:ada%40example.com?") && uri.contains(&secret), "{uri}");
        assert_eq!(begun.client()["sessions"][0]["user"]["two_factor_enabled"], false, "nobody has proven it");

        let (app, codes) = set_up(&house, &mut device).await;
        assert_eq!(codes.len(), 10);
        let user = device.get("/v1/me").await.ok();
        for field in ["totp_enabled", "backup_code_enabled", "two_factor_enabled"] {
            assert_eq!(user.response()[field], true, "{field}");
        }
        assert_eq!(user.response()["mfa_enabled_at"], house.now_ms());
        let told = house.outbox(&person.address).await;
        assert!(told.iter().any(|mail| mail.subject == "New second factor for Frontdesk"));
        device.post("/v1/me/totp", &[]).await.refused(400, "totp_already_enabled");

        let mut other = house.device();
        let id = halfway(&mut other, &person).await;
        let shown = other.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        let factors = json!([{ "strategy": "totp", "default": true }, { "strategy": "backup_code" }]);
        assert_eq!(shown.response()["supported_second_factors"], factors);
        assert_eq!(shown.response()["first_factor_verification"]["status"], "verified");
        let done = second(&mut other, &id, "totp", &app.next(&house)).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.response()["second_factor_verification"]["strategy"], "totp");
        assert_eq!(done.client()["sessions"][0]["factor_verification_age"], json!([0, 0]));

        let renewed = device.post("/v1/me/backup_codes/", &[]).await.ok();
        assert_eq!(renewed.response()["codes"].as_array().unwrap().len(), 10);
        let mut third = house.device();
        let id = halfway(&mut third, &person).await;
        second(&mut third, &id, "backup_code", &codes[0]).await.refused_at(422, "form_code_incorrect", "code");

        let gone = device.delete("/v1/me/totp").await.ok();
        let user = &gone.client()["sessions"][0]["user"];
        assert_eq!((&user["backup_code_enabled"], &user["two_factor_enabled"]), (&json!(false), &json!(false)));
        assert_eq!(user["mfa_disabled_at"], house.now_ms());
        let alone = house.device().try_password(&person.address, &person.password).await.ok();
        assert_eq!(alone.response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_60_sec_61_codes_count_once_however_many_come_at_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let (app, codes) = set_up(&house, &mut device).await;
        for (strategy, code) in [("totp", app.next(&house)), ("backup_code", codes[3].clone())] {
            let mut devices: Vec<_> = (0..5).map(|_| house.device()).collect();
            let mut begun = Vec::new();
            for device in &mut devices {
                begun.push(halfway(device, &person).await);
            }
            let tries = devices.iter_mut().zip(&begun).map(|(device, id)| second(device, id, strategy, &code));
            let answers = join_all(tries).await;
            let passed = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!(passed, 1, "{strategy}: {:?}", answers.iter().map(Answer::codes).collect::<Vec<_>>());
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_64_guesses_at_the_second_factor_are_limited_by_themselves() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let (app, _codes) = set_up(&house, &mut device).await;
        let mut guesser = house.device();
        let id = halfway(&mut guesser, &person).await;
        for _ in 0..5 {
            second(&mut guesser, &id, "totp", &app.wrong(&house)).await.refused(422, "form_code_incorrect");
        }
        let right = app.next(&house);
        second(&mut guesser, &id, "totp", &right).await.refused(400, "verification_failed");
        // The right password does not make the wrong codes forgotten.
        let id = halfway(&mut guesser, &person).await;
        for _ in 0..4 {
            second(&mut guesser, &id, "totp", &app.wrong(&house)).await.refused(422, "form_code_incorrect");
        }
        second(&mut guesser, &id, "totp", &app.wrong(&house)).await.refused(403, "user_locked");
        guesser.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        house.clock.advance(61 * MINUTE);
        let id = halfway(&mut guesser, &person).await;
        second(&mut guesser, &id, "totp", &app.code(&house)).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_48_sec_63_a_new_password_and_a_ticket_owe_it_too() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let (app, codes) = set_up(&house, &mut device).await;
        house.clock.advance(MINUTE);

        let mut other = house.device();
        let id = other.begin_sign_in(&person.address).await;
        other.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        waits(&other.prove_reset(&id, &code, Some("Harbour and 8 oars")).await.ok());
        second(&mut other, &id, "backup_code", &codes[0].to_uppercase()).await.ok();

        let owner = Owner::new(&house);
        let given = owner.post("/v1/sign_in_tokens", json!({ "user_id": person.user_id })).await.ok().text("/token");
        let mut third = house.device();
        let form = [("strategy", "ticket"), ("ticket", given.as_str())];
        let id = waits(&third.post("/v1/client/sign_ins", &form).await.ok());
        let path = format!("/v1/client/sign_ins/{id}/prepare_second_factor");
        third.post(&path, &[("strategy", "phone_code")]).await.refused(400, "strategy_for_user_invalid");
        second(&mut third, &id, "totp", &app.next(&house)).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_asks_for_codes_and_removes_factors() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let path = |rest: &str| format!("/v1/users/{}/{rest}", person.user_id);
        let ask = async |code: &str| owner.post(&path("verify_totp"), json!({ "code": code })).await;
        ask("123456").await.refused(400, "totp_disabled");
        let (app, codes) = set_up(&house, &mut device).await;
        ask(&app.wrong(&house)).await.refused(422, "totp_incorrect_code");
        let code = app.next(&house);
        assert_eq!(ask(&code).await.ok().body, json!({ "verified": true, "code_type": "totp" }));
        ask(&code).await.refused(422, "totp_incorrect_code");
        assert_eq!(ask(&codes[1]).await.ok().body["code_type"], "backup_code");
        ask(&codes[1]).await.refused(422, "totp_incorrect_code");

        owner.delete(&path("backup_code")).await.ok();
        let user = owner.get(&format!("/v1/users/{}", person.user_id)).await.ok();
        assert_eq!((&user.body["backup_code_enabled"], &user.body["totp_enabled"]), (&json!(false), &json!(true)));
        let gone = owner.delete(&path("mfa")).await.ok();
        assert_eq!(gone.body, json!({ "user_id": person.user_id }));
        owner.delete(&path("totp")).await.ok();
        let user = owner.get(&format!("/v1/users/{}", person.user_id)).await.ok();
        assert_eq!(user.body["two_factor_enabled"], false);
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
        let (app, codes) = set_up(&house, &mut device).await;
        house.clock.advance(10 * MINUTE);
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

        house.clock.advance(10 * MINUTE);
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
