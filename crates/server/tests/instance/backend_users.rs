//! Users, as the owner of the instance manages them.

use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, Wish},
    owner::Owner,
};

/// Ids of users in a list.
fn ids(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|user| user["id"].as_str().unwrap()).collect()
}

/// Creates a user with an address and this beside it.
async fn create(owner: &Owner<'_>, address: &str, more: Value) -> Value {
    let mut body = json!({ "email_address": [address], "skip_password_requirement": true });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    owner.post("/v1/users", body).await.ok().body
}

#[tokio::test]
async fn one_user_is_changed_so_often_in_ten_seconds() {
    on_each(async |database| {
        // Development instances allow twenty times as much.
        let limits = json!({ "other": 10_000, "change_user": 1 });
        let one = House::with(database, Wish::settings(json!({ "limits": limits.clone() }))).await;
        let owner = Owner::new(&one);
        let mut paths = Vec::new();
        for name in ["ada", "bea"] {
            let user = create(&owner, &format!("{name}@example.com"), json!({})).await;
            paths.push(format!("/v1/users/{}", user["id"].as_str().unwrap()));
        }
        let metadata = format!("{}/metadata", paths[0]);
        let put = json!({ "public_metadata": { "plan": "pro" } });
        for number in 0..20 {
            owner.patch(&paths[0], json!({ "first_name": format!("Ada {number}") })).await.ok();
            owner.patch(&metadata, put.clone()).await.ok();
        }
        let refused = owner.patch(&paths[0], json!({ "first_name": "Zoe" })).await.refused(429, "too_many_requests");
        assert_eq!(refused.headers["retry-after"], "1");
        owner.patch(&metadata, put.clone()).await.refused(429, "too_many_requests");
        assert_eq!(owner.get(&paths[0]).await.ok().body["first_name"], "Ada 19");
        owner.patch(&paths[1], json!({ "first_name": "Bea" })).await.ok();
        owner.patch("/v1/users/user_nobody", json!({})).await.refused(404, "resource_not_found");
        one.clock.advance(500);
        owner.patch(&paths[0], json!({ "first_name": "Zoe" })).await.ok();
        owner.patch(&metadata, put).await.ok();
        one.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_whom_the_owner_creates_can_sign_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let password = "Lantern and 7 oars";
        let body = json!({
            "email_address": ["Ada@Example.com", "ada@work.example"],
            "email_address_identification_status": ["verified", "reserved"],
            "password": password,
            "first_name": "Ada",
            "last_name": "Lovelace",
            "locale": "en-GB",
            "external_id": "crm-1",
            "public_metadata": { "plan": "pro" },
            "private_metadata": { "risk": { "score": 3 } },
            "unsafe_metadata": { "theme": "dark" },
            "created_at": "2012-10-20T07:15:20.902Z",
            "username": "",
            "phone_number": [],
        });
        let user = owner.post("/v1/users", body).await.ok().body;
        assert_eq!(user["object"], "user");
        assert_eq!(user["email_addresses"][0]["email_address"], "ada@example.com");
        assert_eq!(user["email_addresses"][0]["verification"]["status"], "verified");
        assert_eq!(user["email_addresses"][1]["verification"], json!(null));
        assert_eq!(user["email_addresses"][1]["reserved"], true);
        assert_eq!(user["primary_email_address_id"], user["email_addresses"][0]["id"]);
        assert_eq!((&user["password_enabled"], &user["last_sign_in_at"]), (&json!(true), &json!(null)));
        assert_eq!((&user["external_id"], &user["locale"]), (&json!("crm-1"), &json!("en-GB")));
        assert_eq!(user["private_metadata"], json!({ "risk": { "score": 3 } }));
        assert_eq!(user["created_at"], 1_350_717_320_902_i64);
        let id = user["id"].as_str().unwrap();
        assert_eq!(owner.get(&format!("/v1/users/{id}")).await.ok().body, user);

        for address in ["ada@example.com", "ada@work.example"] {
            let mut device = house.device();
            let form = [("identifier", address), ("password", password)];
            let signed_in = device.post("/v1/client/sign_ins", &form).await.ok();
            assert_eq!(signed_in.response()["status"], "complete", "{address}");
            let me = device.get("/v1/me").await.ok().body["response"].clone();
            assert_eq!((&me["id"], &me["external_id"]), (&user["id"], &json!("crm-1")));
            assert_eq!(me["public_metadata"], json!({ "plan": "pro" }));
            assert!(!me.to_string().contains("score"), "private metadata is for the owner alone: {me}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_created_is_refused_with_every_reason() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let refused = async |body: Value, status: u16, code: &str, param: &str| {
            owner.post("/v1/users", body).await.refused_at(status, code, param)
        };
        let all = refused(
            json!({ "email_address": ["nonsense"], "password": "short", "first_name": "a\u{1}b" }),
            422,
            "form_param_format_invalid",
            "first_name",
        );
        let codes = ["form_param_format_invalid", "form_param_format_invalid", "form_password_length_too_short"];
        assert_eq!(all.await.codes(), codes);
        refused(json!({}), 422, "form_param_missing", "password").await;
        refused(json!({ "skip_password_requirement": true }), 422, "form_param_missing", "email_address").await;
        refused(json!({ "email_address": "ada@example.com" }), 422, "form_param_type_invalid", "email_address").await;
        refused(json!({ "username": "ada" }), 422, "form_param_unknown", "username").await;
        refused(json!({ "created_at": "yesterday" }), 422, "form_param_format_invalid", "created_at").await;
        let states = json!({ "email_address": ["a@b.example"], "email_address_identification_status": ["hoped"] });
        refused(states, 422, "form_param_value_invalid", "email_address_identification_status").await;
        let large = json!({ "email_address": ["a@b.example"], "private_metadata": { "a": "x".repeat(9000) } });
        refused(large, 422, "form_param_max_length_exceeded", "private_metadata").await;

        create(&owner, "ada@example.com", json!({ "external_id": "crm-1" })).await;
        let same = json!({ "email_address": ["ADA@example.com"], "skip_password_requirement": true });
        refused(same, 422, "form_identifier_exists", "email_address").await;
        let same = json!({
            "email_address": ["b@example.com"], "skip_password_requirement": true, "external_id": "crm-1",
        });
        refused(same, 422, "form_identifier_exists", "external_id").await;
        assert_eq!(owner.get("/v1/users/count").await.ok().body["total_count"], 1);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn users_are_listed_in_parts_and_found() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut made = Vec::new();
        for number in 0..12 {
            let names = json!({ "first_name": format!("Name{number}"), "external_id": format!("crm-{number}") });
            let user = create(&owner, &format!("user{number}@example.com"), names).await;
            made.push(user["id"].as_str().unwrap().to_owned());
            house.clock.advance(1000);
        }
        made.reverse();
        let list = async |query: &str| owner.get(&format!("/v1/users{query}")).await.ok().body;
        let expect = async |query: &str, expected: &[String]| {
            assert_eq!(ids(&list(query).await), expected, "{query}");
        };
        expect("", &made[..10]).await;
        expect("?limit=500", &made).await;
        expect("?limit=3&offset=2", &made[2..5]).await;
        expect(&format!("?limit=3&starting_after={}", made[1]), &made[2..5]).await;
        expect("?order_by=%2Bcreated_at&limit=1", &made[11..]).await;
        expect("?order_by=created_at&limit=1", &made[11..]).await;
        expect("?email_address=user3@example.com&email_address=nobody@example.com", &made[8..9]).await;
        expect("?external_id=crm-11", &made[..1]).await;
        expect(&format!("?user_id={}&user_id={}", made[0], made[4]), &[made[0].clone(), made[4].clone()]).await;
        expect(&format!("?user_id=-{}&limit=1", made[0]), &made[1..2]).await;
        expect("?query=NAME11", &made[..1]).await;
        expect("?name_query=ame11", &made[..1]).await;
        expect("?email_address_query=r11@", &made[..1]).await;
        expect("?username=ada", &[]).await;
        expect("?phone_number_query=555", &[]).await;
        expect("?banned=true", &[]).await;
        let begin = house.now_ms() - 12_000;
        expect(&format!("?created_at_before={}", begin + 1000), &made[11..]).await;
        expect(&format!("?created_at_after={begin}&created_at_before={}", begin + 2000), &made[10..11]).await;
        expect("?order_by=-web3wallet&limit=1", &made[..1]).await;
        expect("?provider=oauth_google&provider_user_id=1&provider_user_id=2", &[]).await;
        for (query, count) in [("", 12), ("?query=name1", 3), ("?email_address=nobody@example.com", 0)] {
            let counted = owner.get(&format!("/v1/users/count{query}")).await.ok().body;
            assert_eq!(counted, json!({ "object": "total_count", "total_count": count }), "{query}");
        }
        for (query, code, param) in [
            ("?limit=0", "form_param_value_invalid", "limit"),
            ("?limit=501", "form_param_value_invalid", "limit"),
            ("?limit=x", "form_param_type_invalid", "limit"),
            ("?offset=-1", "form_param_type_invalid", "offset"),
            ("?banned=maybe", "form_param_type_invalid", "banned"),
            ("?order_by=password", "form_param_value_invalid", "order_by"),
            ("?provider=oauth_google", "form_conditional_param_missing", "provider_user_id"),
            ("?provider_user_id=1", "form_conditional_param_missing", "provider_user_id"),
            ("?starting_after=x&offset=1", "form_conditional_param_disallowed", "starting_after"),
            ("?query=%00", "form_param_format_invalid", "query"),
        ] {
            owner.get(&format!("/v1/users{query}")).await.refused_at(422, code, param);
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_is_changed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let user = create(&owner, "ada@example.com", json!({ "first_name": "Ada", "last_name": "L" })).await;
        let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
        create(&owner, "bob@example.com", json!({ "external_id": "crm-2" })).await;
        let body = json!({ "first_name": "Augusta", "last_name": "", "external_id": "crm-1", "locale": null });
        let changed = owner.patch(&path, body).await.ok().body;
        assert_eq!((&changed["first_name"], &changed["last_name"]), (&json!("Augusta"), &json!(null)));
        assert_eq!(changed["external_id"], "crm-1");
        assert!(changed["updated_at"].as_i64() > user["updated_at"].as_i64());
        owner.patch(&path, json!({ "external_id": "crm-1" })).await.ok();
        let taken = owner.patch(&path, json!({ "external_id": "crm-2" })).await;
        taken.refused_at(422, "form_identifier_exists", "external_id");
        let address = json!({ "primary_email_address_id": "idn_nobodys" });
        owner.patch(&path, address).await.refused_at(422, "form_resource_not_found", "primary_email_address_id");
        owner.patch(&path, json!({ "password": "short" })).await.refused(422, "form_password_length_too_short");
        let unchecked = json!({ "password": "short", "skip_password_checks": true });
        assert_eq!(owner.patch(&path, unchecked).await.ok().body["password_enabled"], true);
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            for id in ["user_x", "user_000000000000000000000000000", "nonsense", "%00"] {
                let missing = owner.with_body(method.clone(), &format!("/v1/users/{id}"), json!(null)).await;
                missing.refused(404, "resource_not_found");
            }
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn metadata_is_merged_or_replaced() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let begun = json!({ "public_metadata": { "a": { "b": 1, "c": 2 } }, "private_metadata": { "keep": true } });
        let user = create(&owner, "ada@example.com", begun).await;
        let path = format!("/v1/users/{}/metadata", user["id"].as_str().unwrap());
        let part = json!({ "public_metadata": { "a": { "b": null, "d": 4 } }, "unsafe_metadata": { "x": [1] } });
        let merged = owner.patch(&path, part).await.ok().body;
        assert_eq!(merged["public_metadata"], json!({ "a": { "c": 2, "d": 4 } }));
        assert_eq!(merged["private_metadata"], json!({ "keep": true }));
        assert_eq!(merged["unsafe_metadata"], json!({ "x": [1] }));
        let put = owner.with_body(Method::PUT, &path, json!({ "public_metadata": {}, "unsafe_metadata": null })).await;
        let put = put.ok().body;
        assert_eq!((&put["public_metadata"], &put["unsafe_metadata"]), (&json!({}), &json!({ "x": [1] })));
        let large = json!({ "private_metadata": { "a": "x".repeat(8180) } });
        owner.patch(&path, large).await.refused_at(422, "form_param_max_length_exceeded", "private_metadata");
        owner.patch(&path, json!({ "public_metadata": 1 })).await.refused(422, "form_param_type_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let user = create(&owner, "ada@example.com", json!({})).await;
        let path = format!("/v1/users/{}/metadata", user["id"].as_str().unwrap());
        let changes = (0..3).map(|number| {
            let mut part = json!({ "private_metadata": {} });
            part["private_metadata"][number.to_string()] = json!(number);
            owner.patch(&path, part)
        });
        for answer in futures_util::future::join_all(changes).await {
            answer.ok();
        }
        let user = owner.get(path.trim_end_matches("/metadata")).await.ok().body;
        assert_eq!(user["private_metadata"], json!({ "0": 0, "1": 1, "2": 2 }));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn one_of_many_who_claim_an_address_at_once_gets_it() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let body = json!({ "email_address": ["ada@example.com"], "skip_password_requirement": true });
        let answers = futures_util::future::join_all((0..8).map(|_| owner.post("/v1/users", body.clone()))).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(made.len(), 1);
        for refused in refused {
            refused.refused_at(422, "form_identifier_exists", "email_address");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_a_user_who_is_deleted_is_signed_out_and_gone() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        device.session = None;
        let bob = device.sign_up("bob@example.com").await;
        let path = format!("/v1/users/{}", bob.user_id);
        let gone = owner.delete(&path).await.ok().body;
        assert_eq!(gone, json!({ "object": "user", "id": bob.user_id, "deleted": true }));
        owner.get(&path).await.refused(404, "resource_not_found");
        owner.delete(&path).await.refused(404, "resource_not_found");
        device.session = None;
        let tokens = format!("/v1/client/sessions/{}/tokens", bob.session_id);
        device.post(&tokens, &[]).await.refused(404, "resource_not_found");
        let client = device.client().await;
        assert_eq!(client["last_active_session_id"], json!(ada.session_id), "the device goes on with who is left");
        assert_eq!(client["sessions"].as_array().unwrap().len(), 1);
        assert!(house.outbox("bob@example.com").await.is_empty());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_38_a_new_password_signs_out_when_it_is_asked_to() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let path = format!("/v1/users/{}", ada.user_id);
        owner.patch(&path, json!({ "password": "Harbour and 8 gulls" })).await.ok();
        device.get("/v1/me").await.ok();
        let alone = json!({ "sign_out_of_other_sessions": true });
        owner.patch(&path, alone).await.refused_at(422, "form_conditional_param_missing", "password");
        let body = json!({ "password": "Harbour and 9 gulls", "sign_out_of_other_sessions": true });
        owner.patch(&path, body).await.ok();
        device.get("/v1/me").await.refused(401, "signed_out");
        let session = owner.get(&format!("/v1/sessions/{}", ada.session_id)).await.ok();
        assert_eq!(session.text("/status"), "revoked");
        device.session = None;
        for (password, works) in [(ada.password.as_str(), false), ("Harbour and 9 gulls", true)] {
            let form = [("identifier", "ada@example.com"), ("password", password)];
            let answer = device.post("/v1/client/sign_ins", &form).await;
            assert_eq!(answer.status == 200, works, "{}", answer.body);
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_65_a_password_that_the_owner_sets_is_told_of_and_nothing_else_is() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let path = format!("/v1/users/{}", ada.user_id);
        let told = async || {
            let mails = house.outbox(&ada.address).await;
            mails.into_iter().filter(|mail| mail.subject.starts_with("New password for ")).count()
        };
        owner.patch(&path, json!({ "first_name": "Ada" })).await.ok();
        owner.patch(&path, json!({ "password": "short" })).await.refused(422, "form_password_length_too_short");
        assert_eq!(told().await, 0);
        owner.patch(&path, json!({ "password": "Harbour and 8 gulls" })).await.ok();
        assert_eq!(told().await, 1);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_instance_does_not_ask_for_is_not_taken() {
    on_each(async |database| {
        let settings = json!({ "policy": { "last_name": "off", "first_name": "required" } });
        let house = House::with(database, Wish::settings(settings)).await;
        let owner = Owner::new(&house);
        let body = json!({ "email_address": ["ada@example.com"], "password": "Lantern and 7 oars", "last_name": "L" });
        owner.post("/v1/users", body).await.refused_at(422, "form_param_unknown", "last_name");
        house.close().await;
    })
    .await;
}
