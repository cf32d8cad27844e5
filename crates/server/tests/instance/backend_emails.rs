//! Email addresses of users, as the owner of the instance gives and takes them.

use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{answer::Answer, house::House, owner::Owner};

async fn give(owner: &Owner<'_>, user: &str, address: &str, more: Value) -> Answer {
    let mut body = json!({ "user_id": user, "email_address": address });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    owner.post("/v1/email_addresses", body).await
}

/// The addresses of a user, and the main one.
async fn addresses(owner: &Owner<'_>, user: &str) -> (Vec<String>, Value) {
    let shown = owner.get(&format!("/v1/users/{user}")).await.ok().body;
    let list = shown["email_addresses"].as_array().unwrap();
    let texts = list.iter().map(|address| address["email_address"].as_str().unwrap().to_owned());
    (texts.collect(), shown["primary_email_address_id"].clone())
}

#[tokio::test]
async fn addresses_are_given_vouched_for_made_the_main_one_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let before = device.get("/v1/me").await.ok().response().clone();
        house.clock.advance(1000);

        let given = give(&owner, &ada.user_id, " Work@Example.com ", json!({})).await.ok();
        assert_eq!(given.text("/email_address"), "work@example.com");
        assert_eq!((&given.body["verification"], &given.body["reserved"]), (&Value::Null, &json!(false)));
        let path = format!("/v1/email_addresses/{}", given.text("/id"));
        assert_eq!(owner.get(&path).await.ok().body, given.body);
        let after = device.get("/v1/me").await.ok().response().clone();
        assert_eq!(after["email_addresses"].as_array().unwrap().len(), 2);
        assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64(), "copies of the user learn of it");

        let unproven = owner.patch(&path, json!({ "primary": true })).await;
        unproven.refused_at(422, "form_param_value_invalid", "primary");
        let proven = owner.patch(&path, json!({ "verified": true })).await.ok();
        assert_eq!(proven.body["verification"]["status"], "verified");
        let main = json!({ "primary": true, "notify_primary_email_address_changed": true });
        owner.patch(&path, main).await.ok();
        assert_eq!(addresses(&owner, &ada.user_id).await.1, given.body["id"]);
        let told = house.outbox("ada@example.com").await;
        assert!(told[0].body.contains("work@example.com"), "{}", told[0].body);
        owner.patch(&path, json!({ "primary": false })).await.refused_at(422, "form_param_value_invalid", "primary");
        owner.patch(&path, json!({ "verified": false })).await.refused_at(422, "form_param_value_invalid", "verified");
        let code = house.device().try_password("work@example.com", &ada.password).await.ok();
        assert_eq!(code.response()["status"], "complete");

        let gone = owner.delete(&path).await.ok().body;
        assert_eq!(gone, json!({ "object": "email_address", "id": given.text("/id"), "deleted": true }));
        let (left, main) = addresses(&owner, &ada.user_id).await;
        assert_eq!(left, ["ada@example.com"]);
        let last = owner.delete(&format!("/v1/email_addresses/{}", main.as_str().unwrap())).await;
        last.refused(400, "last_required_identification_deletion_failed");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_what_somebody_else_has_proven_is_not_given_away() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let bob = house.device().sign_up("bob@example.com").await;
        for verified in [true, false] {
            let taken = give(&owner, &bob.user_id, "ada@example.com", json!({ "verified": verified })).await;
            taken.refused_at(422, "form_identifier_exists", "email_address");
        }
        let hoped = give(&owner, &bob.user_id, "new@example.com", json!({})).await.ok().text("/id");
        let main = json!({ "verified": true, "primary": true });
        let given = give(&owner, &ada.user_id, "new@example.com", main).await.ok();
        assert_eq!(addresses(&owner, &ada.user_id).await.1, given.body["id"]);
        let late = owner.patch(&format!("/v1/email_addresses/{hoped}"), json!({ "verified": true })).await;
        late.refused_at(422, "form_identifier_exists", "email_address");
        assert!(house.outbox("ada@example.com").await.iter().all(|mail| !mail.body.contains("new@example.com")));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn one_of_two_users_gets_an_address_that_both_are_given_at_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let bob = house.device().sign_up("bob@example.com").await;
        let give = |user| give(&owner, user, "shared@example.com", json!({ "verified": true }));
        let (one, other) = tokio::join!(give(&ada.user_id), give(&bob.user_id));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        let list = owner.get("/v1/users?email_address=shared@example.com").await.ok().body;
        assert_eq!(list.as_array().unwrap().len(), 1);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_owner_says_of_an_address_is_checked() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let create = async |body| owner.post("/v1/email_addresses", body).await;
        create(json!({ "email_address": "a@example.com" })).await.refused_at(422, "form_param_missing", "user_id");
        create(json!({ "user_id": ada.user_id })).await.refused_at(422, "form_param_missing", "email_address");
        let odd = give(&owner, &ada.user_id, "nonsense", json!({})).await;
        odd.refused_at(422, "form_param_format_invalid", "email_address");
        let odd = give(&owner, &ada.user_id, "a@example.com", json!({ "verified": "yes" })).await;
        odd.refused_at(422, "form_param_type_invalid", "verified");
        let odd = give(&owner, &ada.user_id, "a@example.com", json!({ "primary": true })).await;
        odd.refused_at(422, "form_param_value_invalid", "primary");
        give(&owner, "user_x", "a@example.com", json!({})).await.refused(404, "resource_not_found");
        for id in ["x", "idn_000000000000000000000000000"] {
            let path = format!("/v1/email_addresses/{id}");
            owner.get(&path).await.refused(404, "resource_not_found");
            owner.patch(&path, json!({})).await.refused(404, "resource_not_found");
            owner.delete(&path).await.refused(404, "resource_not_found");
        }
        for number in 1..10 {
            give(&owner, &ada.user_id, &format!("a{number}@example.com"), json!({ "verified": true })).await.ok();
        }
        let many = give(&owner, &ada.user_id, "a10@example.com", json!({})).await;
        many.refused_at(422, "form_param_value_invalid", "email_address");
        house.close().await;
    })
    .await;
}
