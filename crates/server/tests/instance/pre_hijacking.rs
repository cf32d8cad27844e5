//! The five ways of account pre-hijacking (Sudhodanan and Paverd, USENIX Security 2022): Mallory is there before Ada, with
//! Ada's address, and holds on to whatever there is. Ada comes by her account elsewhere, and Mallory has nothing left.

use frontdesk_store::testing::{TestDatabase, on_each};
use serde_json::{Value, json};

use crate::{
    device::Device,
    external::{APP, come_back, house, nonce, proof},
    house::{House, Wish},
    key::{Key, Says},
    stand_in::{Persona, Provider},
};

const ADA: &str = "ada@example.com";
const MALLORY: &str = "mallory@example.com";
const OLD_PASSWORD: &str = "the password of Mallory 1";
const NEW_PASSWORD: &str = "an entirely new Lantern 12";
/// Mallory's account at GitHub.
const THERE: u64 = 66;

/// An instance where an address need not be proven at sign-up.
async fn trusting(database: &TestDatabase, provider: &Provider) -> House {
    let mut settings = provider.connections();
    settings["policy"] = json!({ "email_address": { "verify_at_sign_up": false } });
    House::with(database, Wish::settings(settings)).await
}

/// Who was there first, and what they hold on to.
struct Mallory<'h> {
    device: Device<'h>,
    user: String,
    session: String,
    key: Key,
    /// An address that is being added, whose code has come.
    pending: String,
    code: String,
    /// What came back from a provider that is being connected.
    nonce: String,
}

impl<'h> Mallory<'h> {
    /// Signs up with Ada's address, which nobody asks to prove.
    async fn claim(house: &'h House, provider: &Provider) -> Self {
        let mut device = house.device();
        let form = [("email_address", ADA), ("password", OLD_PASSWORD)];
        let made = device.post("/v1/client/sign_ups", &form).await.ok();
        assert_eq!(made.response()["status"], "complete");
        device.session = Some(made.text("/response/created_session_id"));
        let me = device.connect(provider, "oauth_github", &Persona::new(THERE, "other@example.com")).await;
        assert_eq!(me["external_accounts"][0]["verification"]["status"], "verified");
        Self::hold(house, device, provider).await
    }

    /// Plants what stays usable wherever it is forgotten: a passkey, an address and an account elsewhere that are one step
    /// from being added, a second factor.
    async fn hold(house: &'h House, mut device: Device<'h>, provider: &Provider) -> Self {
        let (_, key) = device.add_passkey(b"the key of Mallory, on a stick").await;
        let (pending, code) = add_address(house, &mut device, "pending@example.com").await;
        let form = [("strategy", "oauth_custom_acme"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let nonce = nonce(&come_back(&device, provider.agree(&page, &Persona::new(67, "x@example.com"))).await);
        device.set_up_app(house).await;
        let (user, session) = (device.me().await["id"].as_str().unwrap().to_owned(), device.session.clone().unwrap());
        Self { device, user, session, key, pending, code, nonce }
    }

    /// Uses all of it, in vain.
    async fn has_lost(mut self, house: &House, provider: &Provider, there: &Persona) {
        self.device.mint(&self.session).await.refused(401, "signed_out");
        let attempt = format!("/v1/me/email_addresses/{}/attempt_verification", self.pending);
        self.device.post(&attempt, &[("code", &self.code)]).await.refused(401, "signed_out");
        let late = self.device.get(&format!("/v1/me?rotating_token_nonce={}", self.nonce)).await;
        late.refused(400, "oauth_callback_invalid");
        let mut elsewhere = house.device();
        let (id, options) = elsewhere.begin_passkey().await;
        let answer = self.key.sign(&options, &Says::default());
        elsewhere.prove_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        let back = elsewhere.by(provider, "sign_ins", "oauth_github", there).await;
        assert_eq!(back.response()["created_session_id"], Value::Null);
        assert_eq!(elsewhere.client().await["sessions"], json!([]));
    }
}

/// Begins to add an address; answers with its id and the code that came.
async fn add_address(house: &House, device: &mut Device<'_>, address: &str) -> (String, String) {
    let added = device.post("/v1/me/email_addresses", &[("email_address", address)]).await.ok();
    let id = added.text("/response/id");
    let prepare = format!("/v1/me/email_addresses/{id}/prepare_verification");
    device.post(&prepare, &[("strategy", "email_code")]).await.ok();
    let code = house.code_for(address).await;
    (id, code)
}

/// Ada comes by Google, which vouches for her, and reads the mail that is sent to her. Answers with who she is then.
async fn ada_comes(house: &House, provider: &Provider, attempts: &str) -> Value {
    house.clock.advance(60_000);
    let mut ada = house.device();
    let mut asked = ada.by(provider, attempts, "oauth_google", &Persona::new(1, ADA)).await;
    if attempts == "sign_ups" {
        assert_eq!(proof(asked.response())["status"], "transferable");
        asked = ada.post("/v1/client/sign_ins", &[("transfer", "true")]).await.ok();
    }
    assert_eq!(asked.response()["status"], "needs_first_factor");
    let id = asked.text("/response/id");
    let factor = asked.response()["supported_first_factors"][0].clone();
    let mut done = ada.prove_link(house, &id, &factor, ADA).await;
    if done.response()["status"] == "needs_new_password" {
        assert_eq!(done.client()["sessions"], json!([]), "sec_63: that is no session");
        done = ada.reset_password(&id, &[("password", NEW_PASSWORD)]).await.ok();
    }
    assert_eq!(done.response()["status"], "complete", "nobody asks for Mallory's second factor");
    let user = done.client()["sessions"][0]["user"].clone();
    has_ada_alone(&user);
    user
}

/// Nothing of somebody else is left on the account.
fn has_ada_alone(user: &Value) {
    let addresses: Vec<_> = user["email_addresses"].as_array().unwrap().iter().map(|it| &it["email_address"]).collect();
    assert_eq!(addresses, [ADA]);
    assert_eq!(user["primary_email_address_id"], user["email_addresses"][0]["id"]);
    assert_eq!(user["email_addresses"][0]["verification"]["status"], "verified");
    let links: Vec<_> =
        user["external_accounts"].as_array().unwrap().iter().map(|it| &it["provider_user_id"]).collect();
    assert_eq!(links, ["sub-1"]);
    assert_eq!((&user["passkeys"], &user["phone_numbers"]), (&json!([]), &json!([])));
    for factor in ["totp_enabled", "backup_code_enabled", "two_factor_enabled"] {
        assert_eq!(user[factor], false, "{factor}");
    }
}

#[tokio::test]
async fn sec_79_pre_hijacking_by_classic_federated_merge() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = trusting(database, &provider).await;
        // Mallory signs up by password, and waits for Ada to come by Google.
        let mallory = Mallory::claim(&house, &provider).await;
        let user = ada_comes(&house, &provider, "sign_ups").await;
        assert_eq!(user["id"], json!(mallory.user), "the account is Ada's from now on");
        house.device().try_password(ADA, OLD_PASSWORD).await.refused(422, "form_password_incorrect");
        mallory.has_lost(&house, &provider, &Persona::new(THERE, "other@example.com")).await;
        assert_eq!(house.device().try_password(ADA, NEW_PASSWORD).await.ok().response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_pre_hijacking_by_an_unexpired_session() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = trusting(database, &provider).await;
        // Mallory stays signed in, on two devices.
        let mallory = Mallory::claim(&house, &provider).await;
        let mut second = house.device();
        let half_way = second.try_password(ADA, OLD_PASSWORD).await.ok();
        assert_eq!(half_way.response()["status"], "needs_second_factor");
        let open = half_way.text("/response/id");
        ada_comes(&house, &provider, "sign_ins").await;
        assert_eq!(second.prove_second(&open, "totp", "123456").await.status.as_u16() / 100, 4);
        assert_eq!(second.client().await["sessions"], json!([]));
        mallory.has_lost(&house, &provider, &Persona::new(THERE, "other@example.com")).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_pre_hijacking_by_a_trojan_identifier() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = trusting(database, &provider).await;
        // Mallory adds an address of their own, makes it the main one, and is one step from a new password by it.
        let mut mallory = Mallory::claim(&house, &provider).await;
        let (planted, code) = add_address(&house, &mut mallory.device, MALLORY).await;
        let attempt = format!("/v1/me/email_addresses/{planted}/attempt_verification");
        mallory.device.post(&attempt, &[("code", &code)]).await.ok();
        mallory.device.patch("/v1/me", &[("primary_email_address_id", &planted)]).await.ok();
        house.clock.advance(60_000);
        let mut other = house.device();
        let open = other.begin_sign_in(MALLORY).await;
        other.prepare_reset(&open).await.ok();
        let code = house.code_for(MALLORY).await;
        other.prove_reset(&open, &code, None).await.ok();
        ada_comes(&house, &provider, "sign_ins").await;
        let late = other.reset_password(&open, &[("password", "Mallory comes back 12")]).await;
        late.refused(400, "verification_expired");
        let unknown = house.device().post("/v1/client/sign_ins", &[("identifier", MALLORY)]).await;
        unknown.refused(422, "form_identifier_not_found");
        mallory.has_lost(&house, &provider, &Persona::new(THERE, "other@example.com")).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_pre_hijacking_by_an_unexpired_change_of_address() {
    for trusts in [false, true] {
        on_each(async |database| {
            let provider = Provider::start().await;
            let house = if trusts { trusting(database, &provider).await } else { house(database, &provider).await };
            // Mallory adds Ada's address to an account of their own, and waits.
            let mut device = house.device();
            if trusts {
                let form = [("email_address", MALLORY), ("password", OLD_PASSWORD)];
                let made = device.post("/v1/client/sign_ups", &form).await.ok();
                device.session = Some(made.text("/response/created_session_id"));
            } else {
                device.sign_up(MALLORY).await;
            }
            let (pending, code) = add_address(&house, &mut device, ADA).await;
            let mut mallory = Mallory::hold(&house, device, &provider).await;
            let made = house.device().by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
            assert_eq!(made.response()["status"], "complete");
            let user = &made.client()["sessions"][0]["user"];
            assert_ne!(user["id"], json!(mallory.user));
            has_ada_alone(user);
            let attempt = format!("/v1/me/email_addresses/{pending}/attempt_verification");
            mallory.device.post(&attempt, &[("code", &code)]).await.refused(400, "identification_claimed");
            let mut elsewhere = house.device();
            let (id, options) = elsewhere.begin_passkey().await;
            let answer = mallory.key.sign(&options, &Says::default());
            let entered = elsewhere.prove_passkey(&id, &answer).await.ok();
            let whose = (&entered.response()["status"], &entered.response()["identifier"]);
            let own = (&json!("needs_second_factor"), &json!(MALLORY));
            assert_eq!(whose, own, "it leads to Mallory's own account still, and nowhere else");
            house.close().await;
        })
        .await;
    }
}

#[tokio::test]
async fn sec_79_pre_hijacking_by_a_provider_that_vouches_for_nothing() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = trusting(database, &provider).await;
        // Mallory's account there says that it has Ada's address, and nobody asks here.
        let there = Persona::unverified(THERE, ADA);
        let mut device = house.device();
        let made = device.by(&provider, "sign_ups", "oauth_github", &there).await;
        assert_eq!(made.response()["status"], "complete");
        device.session = Some(made.text("/response/created_session_id"));
        let mallory = Mallory::hold(&house, device, &provider).await;
        let user = ada_comes(&house, &provider, "sign_ins").await;
        assert_eq!((&user["id"], &user["password_enabled"]), (&json!(mallory.user), &json!(false)), "there was none");
        mallory.has_lost(&house, &provider, &there).await;
        let back = house.device().by(&provider, "sign_ins", "oauth_github", &there).await;
        assert_eq!(back.response()["status"], "needs_first_factor", "and Mallory has to read Ada's mail now");
        house.close().await;
    })
    .await;
}
