//! Passwords: what may be one, and how one is kept.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use frontdesk_identity::{PasswordDigest, UserId};
use frontdesk_store::{Changes, testing::on_each};
use serde_json::json;

use crate::house::{House, Wish};

#[tokio::test]
async fn sec_43_sec_44_a_password_is_long_enough_and_otherwise_free() {
    on_each(async |database| {
        let house = House::open(database).await;
        let long = format!("{}x", "Größe 🔑 ".repeat(28));
        for (index, password) in ["lantern oars", "kqzvxwpr", &"7 oars, ".repeat(8), &long].into_iter().enumerate() {
            let address = format!("ada{index}+clerk_test@example.com");
            let mut device = house.device();
            let id = device.begin_sign_up(&address, password).await;
            device.prove_sign_up(&id, "424242").await.ok();
            device.try_password(&address, password).await.refused(400, "identifier_already_signed_in");
            let mut shorter = password.to_owned();
            shorter.pop();
            for near in [shorter, format!("{password} "), password.replace(['x', '7', 'a', 'k'], "b")] {
                if near != password {
                    house.device().try_password(&address, &near).await.refused(422, "form_password_incorrect");
                }
            }
            house.device().try_password(&address, password).await.ok();
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_46_the_address_is_no_password() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let form = [("email_address", "ada@example.com"), ("password", "ADA@example.com")];
        let refused = device.post("/v1/client/sign_ups", &form).await;
        refused.refused_at(422, "form_password_matches_identifier", "password");
        // Nor when the address was given before.
        let begun = device.post("/v1/client/sign_ups", &form[..1]).await.ok();
        let path = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));
        device.patch(&path, &form[1..]).await.refused_at(422, "form_password_matches_identifier", "password");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn rules_that_the_owner_sets_are_told_one_by_one() {
    on_each(async |database| {
        let rules = json!({
            "min_length": 12,
            "require_uppercase": true,
            "require_lowercase": true,
            "require_numbers": true,
            "require_special_char": true,
        });
        let house = House::with(database, Wish::settings(json!({ "policy": { "password": rules } }))).await;
        let mut device = house.device();
        let mut codes = async |password| {
            let answer = device.post("/v1/client/sign_ups", &[("password", password)]).await;
            answer.codes().into_iter().map(|code| code.replace("form_password_", "")).collect::<Vec<_>>()
        };
        let all = ["length_too_short", "no_uppercase", "no_lowercase", "no_number", "no_special_char"];
        assert_eq!(codes("ßßßß").await, [all[0], all[1], all[3], all[4]], "ß is a lower-case letter");
        assert_eq!(codes("1234").await, [all[0], all[1], all[2], all[4]]);
        assert_eq!(codes("Lantern and 7 oars!").await, Vec::<String>::new());
        house.close().await;
    })
    .await;
}

/// A hash as a weaker program would have made it.
fn weak(password: &str) -> PasswordDigest {
    let (salt, mut hash) = (b"somesalt1234", [0; 32]);
    let params = Params::new(64, 1, 1, Some(32)).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password_into(password.as_bytes(), salt, &mut hash).unwrap();
    let [salt, hash] = [&salt[..], &hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    PasswordDigest::new(format!("$argon2id$v=19$m=64,t=1,p=1${salt}${hash}"))
}

#[tokio::test]
async fn sec_47_a_weak_hash_is_made_again_at_sign_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@example.com").await;
        let user_id = UserId::parse(&person.user_id).unwrap();
        let store = house.instance.store();
        let kept = store.password(&user_id).await.unwrap().unwrap();
        let mut changes = Changes::new(house.instance.now());
        changes.rehash_password(user_id.clone(), kept.with(weak(&person.password)));
        store.commit(changes).await.unwrap();

        house.device().try_password(&person.address, "not it").await.refused(422, "form_password_incorrect");
        let before = store.password(&user_id).await.unwrap().unwrap();
        assert!(before.value.expose().contains("m=64"), "a wrong password changes nothing");
        house.device().sign_in(&person).await;
        let after = store.password(&user_id).await.unwrap().unwrap();
        assert!(after.value.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", after.value.expose());
        house.device().sign_in(&person).await;
        assert_eq!(store.password(&user_id).await.unwrap().unwrap().version, after.version, "once is enough");
        house.close().await;
    })
    .await;
}
