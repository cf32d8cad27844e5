//! Phone numbers: signed up and in with, added, proven, removed; to which countries texts go, and how many.

use frontdesk_identity::time::{HOUR, MINUTE};
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
};

const NUMBERS: &str = "/v1/me/phone_numbers";
const SWISS: &str = "+41791234567";
const CUBAN: &str = "+5351234567";
const PREMIUM: &str = "+41900123456";
const CODE: (&str, &str) = ("strategy", "phone_code");

/// An instance that takes numbers beside addresses.
fn wish() -> Wish {
    with_policy(&json!({ "phone_number": { "requirement": "optional" } }))
}

/// One that asks for a number and nothing else.
fn alone() -> Wish {
    let policy = json!({
        "phone_number": { "requirement": "required" },
        "email_address": { "requirement": "off" },
        "password": { "requirement": "optional" },
    });
    with_policy(&policy)
}

fn with_policy(policy: &Value) -> Wish {
    let mut wish = Wish::default();
    wish.settings["policy"] = policy.clone();
    wish
}

async fn add(device: &mut Device<'_>, number: &str) -> Answer {
    // As official SDKs do it: with a slash at the end.
    device.post("/v1/me/phone_numbers/", &[("phone_number", number)]).await
}

async fn prepare(device: &mut Device<'_>, id: &str) -> Answer {
    device.post(&format!("{NUMBERS}/{id}/prepare_verification"), &[CODE]).await
}

async fn prove(device: &mut Device<'_>, id: &str, code: &str) -> Answer {
    device.post(&format!("{NUMBERS}/{id}/attempt_verification"), &[("code", code)]).await
}

/// A sign-up with a number, to its end.
async fn sign_up(house: &House, device: &mut Device<'_>, number: &str) -> Answer {
    let begun = device.post("/v1/client/sign_ups", &[("phone_number", number)]).await.ok();
    let attempt = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));
    device.post(&format!("{attempt}/prepare_verification"), &[CODE]).await.ok();
    let code = house.code_for(number).await;
    device.post(&format!("{attempt}/attempt_verification"), &[CODE, ("code", &code)]).await.ok()
}

#[tokio::test]
async fn a_number_signs_up_and_in() {
    on_each(async |database| {
        let house = House::with(database, alone()).await;
        let mut device = house.device();
        let done = sign_up(&house, &mut device, SWISS).await;
        assert_eq!(done.response()["status"], "complete");
        let user = &done.client()["sessions"][0]["user"];
        assert_eq!(user["phone_numbers"][0]["phone_number"], SWISS);
        assert_eq!(user["phone_numbers"][0]["verification"]["strategy"], "phone_code");
        assert_eq!(user["primary_phone_number_id"], user["phone_numbers"][0]["id"]);
        assert_eq!(done.client()["sessions"][0]["public_user_data"]["identifier"], SWISS);

        house.clock.advance(HOUR);
        let mut other = house.device();
        let begun = other.post("/v1/client/sign_ins", &[("identifier", "+41 79 123 45 67")]).await.ok();
        let factor = &begun.response()["supported_first_factors"][0];
        assert_eq!(factor["strategy"], "phone_code");
        assert_eq!(factor["safe_identifier"], "+*********67");
        let attempt = format!("/v1/client/sign_ins/{}", begun.text("/response/id"));
        let id = factor["phone_number_id"].as_str().unwrap().to_owned();
        let form = [CODE, ("phone_number_id", id.as_str())];
        other.post(&format!("{attempt}/prepare_first_factor"), &form).await.ok();
        let code = house.code_for(SWISS).await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let path = format!("{attempt}/attempt_first_factor");
        other.post(&path, &[CODE, ("code", wrong)]).await.refused_at(422, "form_code_incorrect", "code");
        let done = other.post(&path, &[CODE, ("code", &code)]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_is_added_proven_made_the_main_one_and_removed() {
    on_each(async |database| {
        let house = House::with(database, wish()).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let added = add(&mut device, "+41 79 123 45 67").await.ok();
        assert_eq!(added.response()["phone_number"], SWISS);
        assert_eq!(added.response()["verification"], json!(null));
        let id = added.text("/response/id");
        let primary = [("primary_phone_number_id", id.as_str())];
        let unproven = device.patch("/v1/me", &primary).await;
        unproven.refused_at(422, "form_resource_not_found", "primary_phone_number_id");
        let sent = prepare(&mut device, &id).await.ok();
        assert_eq!(sent.response()["verification"]["channel"], "sms");
        prepare(&mut device, &id).await.refused(429, "verification_code_too_many_requests");
        let code = house.code_for(SWISS).await;
        prove(&mut device, &id, &code).await.ok();
        let listed = device.get(NUMBERS).await.ok();
        assert_eq!(listed.body[0]["verification"]["status"], "verified");
        house.clock.advance(1);
        let moved = device.patch("/v1/me", &primary).await.ok();
        assert_eq!(moved.response()["primary_phone_number_id"], id);
        let gone = device.delete(&format!("{NUMBERS}/{id}")).await.ok();
        assert_eq!(*gone.response(), json!({ "object": "phone_number", "id": id, "deleted": true }));
        assert_eq!(device.get("/v1/me").await.ok().response()["primary_phone_number_id"], json!(null));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_57_a_country_that_is_off_takes_no_part_in_anything() {
    on_each(async |database| {
        let house = House::with(database, wish()).await;
        let mut device = house.device();
        let off = [("phone_number", CUBAN), ("email_address", "new@example.com")];
        let refused = device.post("/v1/client/sign_ups", &off).await;
        refused.refused_at(403, "unsupported_country_code", "phone_number");
        device.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        add(&mut device, CUBAN).await.refused_at(403, "unsupported_country_code", "phone_number");
        assert!(house.outbox(CUBAN).await.is_empty());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_a_burst_of_premium_numbers_sends_nothing() {
    on_each(async |database| {
        let house = House::with(database, alone()).await;
        for last in 0..10 {
            let number = format!("{}{last}", &PREMIUM[..PREMIUM.len() - 1]);
            let refused = house.device().post("/v1/client/sign_ups", &[("phone_number", number.as_str())]).await;
            refused.refused_at(422, "form_param_format_invalid", "phone_number");
        }
        let sent = house.instance.store().kept_messages(None, 10).await.unwrap();
        assert_eq!(sent, [], "nothing was written to anybody");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_a_country_that_got_its_texts_gets_no_more_for_an_hour() {
    on_each(async |database| {
        let mut wish = alone();
        wish.settings["policy"]["texts"] = json!({ "per_country_per_hour": 2 });
        let house = House::with(database, wish).await;
        for last in 1..3 {
            sign_up(&house, &mut house.device(), &format!("+4179123456{last}")).await;
        }
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ups", &[("phone_number", "+41791234563")]).await.ok();
        let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun.text("/response/id"));
        device.post(&path, &[CODE]).await.refused(429, "verification_code_rate_limit_exceeded");
        assert!(house.outbox("+41791234563").await.is_empty());
        house.clock.advance(HOUR + 1);
        device.post(&path, &[CODE]).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_83_the_only_number_stays() {
    on_each(async |database| {
        let house = House::with(database, alone()).await;
        let mut device = house.device();
        let done = sign_up(&house, &mut device, SWISS).await;
        let id = done.client()["sessions"][0]["user"]["primary_phone_number_id"].as_str().unwrap().to_owned();
        let last = device.delete(&format!("{NUMBERS}/{id}")).await;
        last.refused(400, "last_required_identification_deletion_failed");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_88_a_user_name_signs_in_and_is_one_users_alone() {
    on_each(async |database| {
        let policy = json!({ "username": { "requirement": "required" }, "email_address": { "requirement": "off" } });
        let wish = with_policy(&policy);
        let house = House::with(database, wish).await;
        let password = "Lantern and 7 oars";
        let up = async |device: &mut Device<'_>, name: &str| {
            device.post("/v1/client/sign_ups", &[("username", name), ("password", password)]).await
        };
        let lookalike = up(&mut house.device(), "\u{430}da_lovelace").await;
        lookalike.refused_at(422, "form_username_invalid_character", "username");
        up(&mut house.device(), "ad").await.refused_at(422, "form_username_invalid_length", "username");
        up(&mut house.device(), "12345").await.refused_at(422, "form_username_needs_non_number_char", "username");
        let done = up(&mut house.device(), "Ada_Lovelace").await.ok();
        assert_eq!(done.client()["sessions"][0]["user"]["username"], "ada_lovelace");
        up(&mut house.device(), "ADA_LOVELACE").await.refused_at(422, "form_identifier_exists", "username");
        let mut device = house.device();
        let form = [("identifier", "aDa_lovelace"), ("password", password)];
        assert_eq!(device.post("/v1/client/sign_ins", &form).await.ok().response()["status"], "complete");
        house.clock.advance(1);
        let renamed = device.patch("/v1/me", &[("username", "countess")]).await.ok();
        assert_eq!(renamed.response()["username"], "countess");
        house.device().post("/v1/client/sign_ins", &form).await.refused(422, "form_identifier_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_creates_users_with_numbers_and_names_and_finds_them() {
    on_each(async |database| {
        let policy = json!({
            "phone_number": { "requirement": "optional" }, "username": { "requirement": "optional" },
            "password": { "requirement": "optional" },
        });
        let house = House::with(database, with_policy(&policy)).await;
        let owner = crate::owner::Owner::new(&house);
        let create = async |name: &str, numbers: &[&str], address: &str| {
            let body = json!({ "email_address": [address], "phone_number": numbers, "username": name });
            house.clock.advance(1000);
            owner.post("/v1/users", body).await
        };
        let ada = create("ada_lovelace", &["+41 79 123 45 67", "+447400123456"], "ada@example.com").await.ok();
        assert_eq!(ada.body["username"], "ada_lovelace");
        assert_eq!(ada.body["phone_numbers"][0]["phone_number"], SWISS);
        assert_eq!(ada.body["primary_phone_number_id"], ada.body["phone_numbers"][0]["id"]);
        let bob = create("Bob", &["+41791234568"], "bob@example.com").await;
        bob.refused_at(422, "form_username_invalid_length", "username");
        let bob = create("Bobby", &["+41791234568"], "bob@example.com").await.ok();
        create("ADA_LOVELACE", &[], "eve@example.com").await.refused_at(422, "form_identifier_exists", "username");
        create("eve_1", &[SWISS], "eve@example.com").await.refused_at(422, "form_identifier_exists", "phone_number");
        let abroad = create("eve_1", &[CUBAN], "eve@example.com").await;
        abroad.refused_at(403, "unsupported_country_code", "phone_number");
        assert_eq!(owner.get("/v1/users/count").await.ok().body["total_count"], 2, "sec_57");

        let (ada, bob) = (ada.text("/id"), bob.text("/id"));
        let expect = async |query: &str, expected: &[&String]| {
            let found = owner.get(&format!("/v1/users?{query}")).await.ok().body;
            let ids: Vec<_> = found.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap()).collect();
            assert_eq!(ids, expected, "{query}");
        };
        // As packages spell it, as it is typed into a shell, and as people write it.
        for number in ["%2B41791234567", "+41791234567", "41%2079%20123%2045%2067"] {
            expect(&format!("phone_number={number}"), &[&ada]).await;
        }
        expect("phone_number=%2B41791234567&phone_number=%2B41791234568", &[&bob, &ada]).await;
        expect("phone_number=%2B41790000000", &[]).await;
        expect("phone_number=nonsense", &[]).await;
        expect("phone_number_query=12345", &[&bob, &ada]).await;
        expect("phone_number_query=7400", &[&ada]).await;
        expect("username=ADA_lovelace", &[&ada]).await;
        expect("username=bobby&username=nobody", &[&bob]).await;
        expect("username_query=LOVE", &[&ada]).await;
        expect("email_address_query=love", &[]).await;
        expect("query=7400", &[&ada]).await;
        expect("order_by=-username", &[&bob, &ada]).await;
        expect("order_by=phone_number", &[&ada, &bob]).await;
        house.close().await;
    })
    .await;
}
