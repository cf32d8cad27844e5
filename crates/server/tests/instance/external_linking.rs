//! Who gets which account when an account elsewhere names an address that somebody has here: every case with somebody who
//! would like to have another's account. Those who were there first are in `pre_hijacking`.

use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{
    device::Device,
    external::{APP, come_back, house, nonce, proof},
    house::House,
    owner::Owner,
    stand_in::{Persona, Provider},
};

const ADA: &str = "ada@example.com";

impl Device<'_> {
    /// Has a code sent for a sign-in that links, and offers it.
    pub(crate) async fn prove_link(
        &mut self,
        house: &House,
        id: &str,
        factor: &Value,
        address: &str,
    ) -> crate::answer::Answer {
        let form = [("strategy", "email_code"), ("email_address_id", factor["email_address_id"].as_str().unwrap())];
        self.post(&format!("/v1/client/sign_ins/{id}/prepare_first_factor"), &form).await.ok();
        let code = house.code_for(address).await;
        self.prove_sign_in(id, "email_code", &code).await.ok()
    }

    /// Connects an account elsewhere.
    pub(crate) async fn connect(&mut self, provider: &Provider, strategy: &str, persona: &Persona) -> Value {
        let form = [("strategy", strategy), ("redirect_url", APP)];
        let begun = self.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(self, provider.agree(&page, persona)).await;
        self.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok().response().clone()
    }
}

#[tokio::test]
async fn sec_77_proven_on_both_sides_links_and_signs_in_past_the_password() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut phone = house.device();
        let ada = phone.sign_up(ADA).await;
        let mut laptop = house.device();
        let done = laptop.by(&provider, "sign_ins", "oauth_google", &Persona::new(1, ADA)).await;
        assert_eq!(done.response()["status"], "complete");
        let user = &done.client()["sessions"][0]["user"];
        assert_eq!(user["id"], json!(ada.user_id));
        assert_eq!(user["external_accounts"][0]["provider"], "oauth_google");
        assert_eq!(user["password_enabled"], true, "nothing else has changed");
        let told = house.outbox(ADA).await;
        assert!(told.iter().any(|mail| mail.to == ADA && mail.subject.contains("Google")), "sec_65: {told:?}");
        phone.mint(&ada.session_id).await.ok();
        house.device().sign_in(&ada).await;
        // The link is by connection and subject: another address at the provider changes nothing, another subject all.
        let mut third = house.device();
        let same = third.by(&provider, "sign_ins", "oauth_google", &Persona::new(1, "moved@example.com")).await;
        assert_eq!(same.client()["sessions"][0]["user"]["id"], json!(ada.user_id));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_75_an_address_that_became_somebody_elses_is_not_who_they_are() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        house.device().by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
        // Another person of the provider with the same address, and the same subject by another connection.
        let refused = house.device().by(&provider, "sign_ins", "oauth_google", &Persona::new(2, ADA)).await;
        assert_eq!(proof(refused.response())["error"]["code"], "oauth_account_already_connected");
        assert_eq!(refused.response()["created_session_id"], Value::Null);
        let other = house.device().by(&provider, "sign_ins", "oauth_github", &Persona::new(1, "x@example.com")).await;
        assert_eq!(proof(other.response())["status"], "transferable", "the subject alone is nobody");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_78_an_address_that_the_provider_does_not_vouch_for_is_proven_before_anything_is_linked() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut phone = house.device();
        let ada = phone.sign_up(ADA).await;
        // nOAuth: somebody writes Ada's address into an account of their own.
        let mallory_there = Persona::unverified(66, ADA);
        let mut mallory = house.device();
        let stuck = mallory.by(&provider, "sign_ins", "oauth_google", &mallory_there).await;
        let attempt = stuck.response();
        assert_eq!(attempt["status"], "needs_first_factor");
        let factors = attempt["supported_first_factors"].as_array().unwrap();
        assert_eq!(factors.len(), 1, "{factors:?}");
        assert_eq!(factors[0]["strategy"], "email_code");
        assert_eq!(attempt["user_data"], Value::Null, "nothing is shown of whose account it is");
        let id = stuck.text("/response/id");
        mallory.prove_sign_in(&id, "password", "guess number one 1").await.refused(400, "strategy_for_user_invalid");
        let prepare = [("strategy", "email_code")];
        mallory.post(&format!("/v1/client/sign_ins/{id}/prepare_first_factor"), &prepare).await.ok();
        mallory.prove_sign_in(&id, "email_code", "000000").await.refused(422, "form_code_incorrect");
        assert!(phone.get("/v1/me").await.ok().response()["external_accounts"].as_array().unwrap().is_empty());
        // Ada, who reads the mail, is let in and has it linked.
        house.clock.advance(60_000);
        let ada_there = Persona::unverified(1, ADA);
        let mut laptop = house.device();
        let asked = laptop.by(&provider, "sign_ins", "oauth_google", &ada_there).await;
        let id = asked.text("/response/id");
        let factor = asked.response()["supported_first_factors"][0].clone();
        let done = laptop.prove_link(&house, &id, &factor, ADA).await;
        assert_eq!(done.response()["status"], "complete");
        let user = &done.client()["sessions"][0]["user"];
        assert_eq!(
            (&user["id"], &user["external_accounts"][0]["provider_user_id"]),
            (&json!(ada.user_id), &json!("sub-1"))
        );
        phone.mint(&ada.session_id).await.ok();
        let again = house.device().by(&provider, "sign_ins", "oauth_google", &ada_there).await;
        assert_eq!(again.response()["status"], "complete", "from now on it is linked");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_different_address_is_added_in_the_profile_and_both_lead_to_one_account() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let made = device.by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
        let user_id = made.text("/response/created_user_id");
        device.session = Some(made.text("/response/created_session_id"));
        let added = device.post("/v1/me/email_addresses", &[("email_address", "ada@work.example")]).await.ok();
        let id = added.text("/response/id");
        let prepare = format!("/v1/me/email_addresses/{id}/prepare_verification");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        let code = house.code_for("ada@work.example").await;
        device.post(&format!("/v1/me/email_addresses/{id}/attempt_verification"), &[("code", &code)]).await.ok();
        let mut other = house.device();
        let by_work = other.by(&provider, "sign_ins", "oauth_github", &Persona::new(7, "ada@work.example")).await;
        assert_eq!(by_work.client()["sessions"][0]["user"]["id"], json!(user_id));
        let by_home = house.device().by(&provider, "sign_ins", "oauth_google", &Persona::new(1, ADA)).await;
        assert_eq!(by_home.client()["sessions"][0]["user"]["id"], json!(user_id));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_shut_out_or_locked_does_not_come_in_by_an_account_elsewhere() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let persona = Persona::new(1, ADA);
        let made = house.device().by(&provider, "sign_ups", "oauth_google", &persona).await;
        let user_id = made.text("/response/created_user_id");
        let owner = Owner::new(&house);
        for (verb, undo, code) in [("ban", "unban", "user_banned"), ("lock", "unlock", "user_locked")] {
            owner.post(&format!("/v1/users/{user_id}/{verb}"), json!({})).await.ok();
            let mut device = house.device();
            let (id, page) = device.go_out("sign_ins", "oauth_google").await;
            let nonce = nonce(&come_back(&device, provider.agree(&page, &persona)).await);
            device.redeem("sign_ins", &id, &nonce).await.refused(403, code);
            owner.post(&format!("/v1/users/{user_id}/{undo}"), json!({})).await.ok();
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_33_what_a_provider_lets_the_instance_do_is_told_to_the_owner_alone_and_always_fresh() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let made = device.by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
        let user_id = made.text("/response/created_user_id");
        assert!(!made.body.to_string().contains("refresh-1"), "the app learns nothing of it");
        let owner = Owner::new(&house);
        let path = format!("/v1/users/{user_id}/oauth_access_tokens/oauth_google?paginated=true");
        let first = owner.get(&path).await.ok().body;
        assert_eq!((&first["total_count"], &first["data"][0]["provider"]), (&json!(1), &json!("oauth_google")));
        let token = first["data"][0]["token"].as_str().unwrap().to_owned();
        house.clock.advance(3_600_000);
        // Twenty ask at once, and the provider is asked once.
        let asking = (0..20).map(|_| owner.get(&path));
        let fresh = futures_util::future::join_all(asking).await;
        for answer in fresh {
            let fresh = answer.ok().body["data"][0]["token"].as_str().unwrap().to_owned();
            assert_eq!(fresh, "renewed-1-of-refresh-1");
            assert_ne!(fresh, token);
        }
        house.clock.advance(3_600_000);
        let later = owner.get(&path).await.ok().body;
        assert_eq!(later["data"][0]["token"], "renewed-2-of-refresh-1", "the token that renews is kept");
        owner
            .get(&format!("/v1/users/{user_id}/oauth_access_tokens/oauth_facebook"))
            .await
            .refused(404, "oauth_token_provider_not_enabled");
        let none = owner.get(&format!("/v1/users/{user_id}/oauth_access_tokens/github")).await.ok().body;
        assert_eq!(none, json!([]));
        let user = owner.get(&format!("/v1/users/{user_id}")).await.ok().body;
        let listed = owner.get("/v1/users").await.ok().body;
        assert_eq!(listed[0]["external_accounts"], user["external_accounts"], "the list shows them too");
        assert_eq!(listed[0]["external_accounts"].as_array().unwrap().len(), 1);
        let external = user["external_accounts"][0]["id"].as_str().unwrap().to_owned();
        owner.delete(&format!("/v1/users/{user_id}/external_accounts/{external}")).await.ok();
        let left = owner.get(&format!("/v1/users/{user_id}")).await.ok().body;
        assert_eq!(left["external_accounts"], json!([]));
        house.close().await;
    })
    .await;
}
