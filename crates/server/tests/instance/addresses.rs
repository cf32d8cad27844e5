//! Email addresses of somebody who is signed in: added, proven, made the main one, removed.

use frontdesk_identity::time::MINUTE;
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
};

const ADDRESSES: &str = "/v1/me/email_addresses";
const OTHER: &str = "other@example.com";
const CODE: (&str, &str) = ("strategy", "email_code");

async fn add(device: &mut Device<'_>, address: &str) -> Answer {
    // As official SDKs do it: with a slash at the end.
    device.post("/v1/me/email_addresses/", &[("email_address", address)]).await
}

async fn prepare(device: &mut Device<'_>, id: &str) -> Answer {
    device.post(&format!("{ADDRESSES}/{id}/prepare_verification"), &[CODE]).await
}

async fn prove(device: &mut Device<'_>, id: &str, code: &str) -> Answer {
    device.post(&format!("{ADDRESSES}/{id}/attempt_verification"), &[("code", code)]).await
}

/// An address that is added and proven with the mailed code; its id.
async fn proven(house: &House, device: &mut Device<'_>, address: &str) -> String {
    house.clock.advance(MINUTE);
    let id = add(device, address).await.ok().text("/response/id");
    prepare(device, &id).await.ok();
    let code = house.code_for(address).await;
    prove(device, &id, &code).await.ok();
    id
}

/// Subjects of the mails to an address, newest first.
async fn subjects(house: &House, address: &str) -> Vec<String> {
    house.outbox(address).await.into_iter().map(|mail| mail.subject).collect()
}

#[tokio::test]
async fn an_address_is_added_proven_and_made_the_main_one() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let before = device.client().await;
        let added = add(&mut device, " Other@Example.com ").await.ok();
        assert_eq!(
            (&added.response()["object"], &added.response()["email_address"]),
            (&json!("email_address"), &json!(OTHER))
        );
        assert_eq!(added.response()["verification"], json!(null), "nothing is under way yet");
        assert_eq!(added.response()["linked_to"], json!([]));
        let user = &added.client()["sessions"][0]["user"];
        assert_eq!(user["email_addresses"][1], *added.response());
        assert!(added.client()["updated_at"].as_i64() > before["updated_at"].as_i64());
        let id = added.text("/response/id");
        prove(&mut device, &id, "123456").await.refused(400, "verification_missing");
        let primary = [("primary_email_address_id", id.as_str())];
        let unproven = device.patch("/v1/me", &primary).await;
        unproven.refused_at(422, "form_resource_not_found", "primary_email_address_id");

        let sent = prepare(&mut device, &id).await.ok();
        let verification = &sent.response()["verification"];
        assert_eq!((&verification["status"], &verification["strategy"]), (&json!("unverified"), &json!("email_code")));
        assert_eq!(verification["expire_at"], house.now_ms() + 600_000);
        assert_eq!(device.get(&format!("{ADDRESSES}/{id}")).await.ok().response(), sent.response());
        prepare(&mut device, &id).await.refused(429, "verification_code_too_many_requests");
        let code = house.code_for(OTHER).await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let refused = prove(&mut device, &id, wrong).await.refused_at(422, "form_code_incorrect", "code");
        assert_eq!(refused.client()["sessions"][0]["user"]["email_addresses"][1]["verification"]["attempts"], 1);
        house.clock.advance(1);
        let done = prove(&mut device, &id, &code).await.ok();
        assert_eq!(done.response()["verification"]["status"], "verified");
        prove(&mut device, &id, &code).await.refused(400, "verification_already_verified");
        prepare(&mut device, &id).await.refused(400, "verification_already_verified");
        let listed = device.get(ADDRESSES).await.ok();
        assert_eq!(listed.body.as_array().unwrap().len(), 2);
        assert_eq!(listed.body[1], *done.response());
        assert_eq!(subjects(&house, &person.address).await[0], "New email address for Frontdesk");
        assert_eq!(house.outbox(OTHER).await.len(), 1, "the address itself got a code and no more");

        house.clock.advance(1);
        let moved = device.patch("/v1/me", &primary).await.ok();
        assert_eq!(moved.response()["primary_email_address_id"], id);
        assert_eq!(moved.client()["sessions"][0]["public_user_data"]["identifier"], OTHER);
        for address in [&*person.address, OTHER] {
            assert_eq!(subjects(&house, address).await[0], "New main email address for Frontdesk");
        }
        // Both addresses sign in.
        for address in [&*person.address, OTHER] {
            house.device().try_password(address, &person.password).await.ok();
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_83_an_address_is_removed_unless_it_is_the_last() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let me = device.get("/v1/me").await.ok();
        let first = me.text("/response/email_addresses/0/id");
        let hoped = add(&mut device, "hoped@example.com").await.ok().text("/response/id");
        let last = device.delete(&format!("{ADDRESSES}/{first}")).await;
        last.refused(400, "last_required_identification_deletion_failed");
        let gone = device.delete(&format!("{ADDRESSES}/{hoped}")).await.ok();
        assert_eq!(*gone.response(), json!({ "object": "email_address", "id": hoped, "deleted": true }));
        device.delete(&format!("{ADDRESSES}/{hoped}")).await.refused(404, "resource_not_found");

        let second = proven(&house, &mut device, OTHER).await;
        house.clock.advance(1);
        let gone = device.delete(&format!("{ADDRESSES}/{first}")).await.ok();
        let user = &gone.client()["sessions"][0]["user"];
        assert_eq!(user["primary_email_address_id"], second, "the other one takes its place");
        assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
        for address in [&*person.address, OTHER] {
            assert_eq!(subjects(&house, address).await[0], "Email address removed for Frontdesk");
        }
        house.device().try_password(&person.address, &person.password).await.refused(422, "form_identifier_not_found");
        house.device().try_password(OTHER, &person.password).await.ok();
        house.clock.advance(1);
        let again = house.device().sign_up(&person.address).await;
        assert_ne!(again.user_id, person.user_id, "the address is free again");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_a_hope_for_an_address_keeps_it_from_nobody_and_is_worth_nothing_later() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut attacker = house.device();
        let eve = attacker.sign_up("eve@example.com").await;
        house.clock.advance(MINUTE);
        let hoped = add(&mut attacker, "ada@example.com").await.ok().text("/response/id");
        prepare(&mut attacker, &hoped).await.ok();
        let code = house.code_for("ada@example.com").await;
        house.device().try_password("ada@example.com", &eve.password).await.refused(422, "form_identifier_not_found");

        // The holder of the address comes, is not kept out, and has an account of their own.
        house.clock.advance(MINUTE);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        assert_ne!(ada.user_id, eve.user_id);
        let late = prove(&mut attacker, &hoped, &code).await;
        late.refused_at(400, "identification_claimed", "email_address");
        let refused = prepare(&mut attacker, &hoped).await;
        refused.refused_at(400, "identification_claimed", "email_address");
        let addresses = device.get(ADDRESSES).await.ok();
        assert_eq!(addresses.body.as_array().unwrap().len(), 1);
        house.device().try_password("ada@example.com", &eve.password).await.refused(422, "form_password_incorrect");
        let again = add(&mut attacker, "Ada@example.com").await;
        again.refused_at(422, "form_identifier_exists", "email_address");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_adding_an_address_does_not_tell_who_has_an_account() {
    on_each(async |database| {
        let hidden = json!({ "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(hidden)).await;
        let ada = house.device().sign_up("ada@example.com").await;
        let mut device = house.device();
        device.sign_up("eve@example.com").await;
        house.clock.advance(MINUTE);
        let mut seen = Vec::new();
        for address in [&*ada.address, "abe@example.com"] {
            let added = add(&mut device, address).await;
            let id = added.text("/response/id");
            let mut shapes = vec![shape(&added), shape(&prepare(&mut device, &id).await)];
            for _ in 0..6 {
                shapes.push(shape(&prove(&mut device, &id, "000000").await));
            }
            seen.push(shapes);
            device.delete(&format!("{ADDRESSES}/{id}")).await.ok();
        }
        assert_eq!(seen[0], seen[1]);
        let mail = house.outbox(&ada.address).await.remove(0);
        assert!(mail.code.is_none() && mail.subject.starts_with("You have an account"), "{}", mail.subject);
        assert!(house.outbox("abe@example.com").await[0].code.is_some());
        house.close().await;
    })
    .await;
}

/// What an answer tells of an address.
fn shape(answer: &Answer) -> Value {
    let response = answer.response();
    json!([answer.status.as_u16(), answer.codes(), response["verification"], response["reserved"]])
}

#[tokio::test]
async fn addresses_that_cannot_be_added_are_told() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let before = device.client().await;
        for (address, code) in [
            ("", "form_param_nil"),
            ("other", "form_param_format_invalid"),
            (&*format!("{}@example.com", "x".repeat(65)), "form_param_max_length_exceeded"),
            ("ADA@example.com", "form_identifier_exists"),
        ] {
            add(&mut device, address).await.refused_at(422, code, "email_address");
        }
        device.post(ADDRESSES, &[]).await.refused_at(422, "form_param_missing", "email_address");
        assert_eq!(device.client().await, before);
        for number in 0..3 {
            add(&mut device, &format!("a{number}@example.com")).await.ok();
        }
        add(&mut device, OTHER).await.refused(400, "too_many_unverified_identifications");
        house.device().post(ADDRESSES, &[("email_address", OTHER)]).await.refused(401, "signed_out");

        let id = device.get(ADDRESSES).await.ok().text("/1/id");
        let path = format!("{ADDRESSES}/{id}");
        device.post(&format!("{path}/prepare_verification"), &[]).await.refused_at(
            422,
            "form_param_missing",
            "strategy",
        );
        let link = device.post(&format!("{path}/prepare_verification"), &[("strategy", "email_link")]).await;
        link.refused_at(422, "form_param_value_invalid", "strategy");
        device.post(&format!("{path}/attempt_verification"), &[]).await.refused_at(422, "form_param_missing", "code");
        // An address of somebody else is none.
        let mut stranger = house.device();
        stranger.sign_up("eve@example.com").await;
        stranger.get(&path).await.refused(404, "resource_not_found");
        stranger.delete(&path).await.refused(404, "resource_not_found");
        prepare(&mut stranger, &id).await.refused(404, "resource_not_found");
        prove(&mut stranger, &id, "123456").await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_54_many_guesses_at_once_are_all_counted_and_a_few_looked_at() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let id = add(&mut device, OTHER).await.ok().text("/response/id");
        prepare(&mut device, &id).await.ok();
        let code = house.code_for(OTHER).await;
        let mut all = JoinSet::new();
        let path = format!("{ADDRESSES}/{id}/attempt_verification");
        for number in 0..30u32 {
            let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + number) % 1_000_000);
            let request = device.request(reqwest::Method::POST, &path).form(&[("code", guess)]);
            all.spawn(async move { Answer::read(request.send().await.unwrap()).await });
        }
        let answers = all.join_all().await;
        let looked_at = answers.iter().filter(|answer| answer.codes() == ["form_code_incorrect"]).count();
        assert_eq!(looked_at, 5);
        prove(&mut device, &id, &code).await.refused(400, "verification_failed");
        house.close().await;
    })
    .await;
}
