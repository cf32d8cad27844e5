//! Keeping users out: banned and locked by the owner of the instance.

use frontdesk_store::testing::on_each;
use serde_json::json;

use crate::{
    device::{Device, Person},
    house::House,
    owner::Owner,
};

async fn sign_in(device: &mut Device<'_>, person: &Person) -> crate::answer::Answer {
    device.session = None;
    let form = [("identifier", person.address.as_str()), ("password", person.password.as_str())];
    device.post("/v1/client/sign_ins", &form).await
}

#[tokio::test]
async fn sec_37_who_is_banned_is_signed_out_and_stays_out() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let (mut phone, mut laptop) = (house.device(), house.device());
        let ada = phone.sign_up("ada@example.com").await;
        sign_in(&mut laptop, &ada).await.ok();
        let path = format!("/v1/users/{}", ada.user_id);
        // A sign-in that has come as far as its last step.
        let mut late = house.device();
        let id = late.begin_sign_in(&ada.address).await;

        let banned = owner.post(&format!("{path}/ban"), json!(null)).await.ok().body;
        assert_eq!(banned["banned"], true);
        for device in [&mut phone, &mut laptop] {
            device.session = None;
            device.get("/v1/me").await.refused(401, "signed_out");
            assert_eq!(device.client().await["sessions"][0]["status"], "revoked");
        }
        let list = owner.get(&format!("/v1/sessions?user_id={}", ada.user_id)).await.ok().body;
        assert!(list.as_array().unwrap().iter().all(|session| session["status"] == "revoked"), "{list}");
        sign_in(&mut laptop, &ada).await.refused(403, "user_banned");
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let proof = [("strategy", "password"), ("password", ada.password.as_str())];
        late.post(&attempt, &proof).await.refused(403, "user_banned");
        assert_eq!(owner.get("/v1/users?banned=true").await.ok().body[0]["id"], json!(ada.user_id));

        assert_eq!(owner.post(&format!("{path}/unban"), json!(null)).await.ok().body["banned"], false);
        sign_in(&mut laptop, &ada).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_who_is_locked_is_signed_out_until_the_lock_ends() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let path = format!("/v1/users/{}", ada.user_id);
        let locked = owner.post(&format!("{path}/lock"), json!(null)).await.ok().body;
        assert_eq!((&locked["locked"], &locked["lockout_expires_in_seconds"]), (&json!(true), &json!(3600)));
        device.get("/v1/me").await.refused(401, "signed_out");
        sign_in(&mut device, &ada).await.refused(403, "user_locked");
        let open = owner.post(&format!("{path}/unlock"), json!(null)).await.ok().body;
        assert_eq!((&open["locked"], &open["lockout_expires_in_seconds"]), (&json!(false), &json!(null)));
        sign_in(&mut device, &ada).await.ok();
        owner.post(&format!("{path}/lock"), json!(null)).await.ok();
        house.clock.advance(3_600_001);
        sign_in(&mut device, &ada).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_no_sign_in_at_the_same_moment_survives_a_ban() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let ban = format!("/v1/users/{}/ban", ada.user_id);
        let sign_ins = (0..8).map(|_| {
            let mut device = house.device();
            let ada = &ada;
            async move { sign_in(&mut device, ada).await.status.as_u16() }
        });
        let (statuses, banned) = tokio::join!(futures_util::future::join_all(sign_ins), owner.post(&ban, json!(null)));
        banned.ok();
        assert!(statuses.iter().all(|status| matches!(status, 200 | 403)), "{statuses:?}");
        let active = owner.get(&format!("/v1/sessions?user_id={}&status=active", ada.user_id)).await.ok();
        assert_eq!(active.body, json!([]));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_password_is_verified() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let verify = async |id: &str, password: &str| {
            owner.post(&format!("/v1/users/{id}/verify_password"), json!({ "password": password })).await
        };
        assert_eq!(verify(&ada.user_id, &ada.password).await.ok().body, json!({ "verified": true }));
        verify(&ada.user_id, "wrong").await.refused_at(422, "form_password_incorrect", "password");
        verify(&ada.user_id, "").await.refused_at(422, "form_param_missing", "password");
        verify("user_x", "wrong").await.refused(404, "resource_not_found");
        let body = json!({ "email_address": ["bob@example.com"], "skip_password_requirement": true });
        let bob = owner.post("/v1/users", body).await.ok().text("/id");
        verify(&bob, "wrong").await.refused(400, "no_password_set");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_38_a_password_is_removed_and_sessions_with_it_if_that_is_wanted() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let path = format!("/v1/users/{}/remove_password", ada.user_id);
        assert_eq!(owner.post(&path, json!(null)).await.ok().body["password_enabled"], false);
        device.get("/v1/me").await.ok();
        let mut other = house.device();
        sign_in(&mut other, &ada).await.refused(400, "strategy_for_user_invalid");
        let again = owner.post(&path, json!({ "sign_out_of_other_sessions": true })).await.ok();
        assert_eq!(again.body["password_enabled"], false);
        device.get("/v1/me").await.ok();
        let bob = other.sign_up("bob@example.com").await;
        let path = format!("/v1/users/{}/remove_password", bob.user_id);
        owner.post(&path, json!({ "sign_out_of_other_sessions": true })).await.ok();
        other.session = None;
        other.get("/v1/me").await.refused(401, "signed_out");
        owner.post("/v1/users/user_x/remove_password", json!(null)).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}
