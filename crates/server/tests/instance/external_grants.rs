//! What a provider lets the instance do for a user: more of it asked for, given up here, taken back there.

use frontdesk_store::testing::{TestDatabase, on_each};
use serde_json::{Value, json};
use url::Url;

use crate::{
    device::Device,
    external::{APP, come_back, house, named, nonce},
    house::{House, Wish},
    owner::Owner,
    stand_in::{Persona, Provider},
};

const ADA: &str = "ada@example.com";

/// The account elsewhere of whoever is signed in.
async fn external(device: &mut Device<'_>) -> Value {
    device.get("/v1/me").await.ok().response()["external_accounts"][0].clone()
}

/// What the owner's server is told of it.
async fn tokens(house: &House, user: &str, provider: &str) -> Vec<Value> {
    let path = format!("/v1/users/{user}/oauth_access_tokens/{provider}");
    Owner::new(house).get(&path).await.ok().body.as_array().unwrap().clone()
}

/// Somebody who comes in by an account elsewhere; answers with their id, and the path to what was given for them.
async fn newcomer(device: &mut Device<'_>, provider: &Provider, strategy: &str, persona: &Persona) -> (String, String) {
    let made = device.by(provider, "sign_ups", strategy, persona).await;
    let external = external(device).await;
    assert_eq!((&external["missing_scopes"], &external["verification"]["error"]), (&json!(""), &Value::Null));
    assert_ne!(external["approved_scopes"], "");
    let path = format!("/v1/me/external_accounts/{}/tokens", external["id"].as_str().unwrap());
    (made.text("/response/created_user_id"), path)
}

/// Asks the provider once more; answers with its page.
async fn reconnect(device: &mut Device<'_>) -> Url {
    let id = external(device).await["id"].as_str().unwrap().to_owned();
    let asked = device.patch(&format!("/v1/me/external_accounts/{id}/reauthorize"), &[("redirect_url", APP)]).await;
    asked.ok().text("/response/verification/external_verification_redirect_url").parse().unwrap()
}

/// Goes there, agrees, and is back.
async fn agree(device: &mut Device<'_>, provider: &Provider, page: &Url, persona: &Persona) -> Value {
    let back = come_back(device, provider.agree(page.as_str(), persona)).await;
    let me = device.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
    me.response()["external_accounts"][0].clone()
}

#[tokio::test]
async fn sec_33_what_was_given_is_given_up_here_and_at_the_provider_by_its_holder_alone() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let persona = Persona::new(1, ADA);
        let (user, path) = newcomer(&mut device, &provider, "oauth_google", &persona).await;
        assert_eq!(tokens(&house, &user, "oauth_google").await.len(), 1);
        let mut other = house.device();
        other.sign_up("grace@example.com").await;
        other.delete(&path).await.refused(404, "resource_not_found");
        house.device().delete(&path).await.refused(401, "signed_out");
        assert!(provider.revoked().is_empty());

        let given_up = device.delete(&path).await.ok();
        assert_eq!(given_up.response()["id"], user);
        let shown = &given_up.response()["external_accounts"][0];
        assert_eq!((&shown["approved_scopes"], &shown["provider_user_id"]), (&json!(""), &json!("sub-1")));
        let verification = &shown["verification"];
        assert_eq!(verification["status"], "verified", "it is linked still");
        assert_eq!(verification["error"]["code"], "external_account_missing_refresh_token");
        assert_eq!(given_up.client()["sessions"][0]["user"]["external_accounts"][0], *shown, "every view says so");
        assert_eq!(provider.revoked(), ["refresh-1"], "what renews the rest ends the rest with it");
        assert!(tokens(&house, &user, "oauth_google").await.is_empty());
        device.delete(&path).await.ok();
        assert_eq!(provider.revoked().len(), 1, "there is nothing left to give back");

        // Google gives a token that renews the rest when it is agreed to anew.
        let page = reconnect(&mut device).await;
        assert_eq!(named(&page, "prompt").as_deref(), Some("consent"));
        let shown = agree(&mut device, &provider, &page, &persona).await;
        assert_eq!(
            (&shown["approved_scopes"], &shown["verification"]["error"]),
            (&json!("openid email"), &Value::Null)
        );
        assert_eq!(tokens(&house, &user, "oauth_google").await.len(), 1);
        let page = reconnect(&mut device).await;
        assert_eq!(named(&page, "prompt"), None, "who has given it is not asked for it");
        agree(&mut device, &provider, &page, &persona).await;
        // So does whoever signs in.
        device.delete(&path).await.ok();
        let mut elsewhere = house.device();
        let entered = elsewhere.by(&provider, "sign_ins", "oauth_google", &persona).await;
        assert_eq!(entered.response()["status"], "complete", "what was given is no way in");
        assert_eq!(external(&mut elsewhere).await["approved_scopes"], "openid email");

        let mut device = house.device();
        let (user, path) = newcomer(&mut device, &provider, "oauth_github", &Persona::new(2, "mia@example.com")).await;
        let token = tokens(&house, &user, "oauth_github").await[0]["token"].as_str().unwrap().to_owned();
        device.delete(&path).await.ok();
        assert_eq!(provider.revoked().last(), Some(&token));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_33_who_gives_up_what_was_given_is_not_kept_from_it_by_the_provider() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let (user, path) = newcomer(&mut device, &provider, "oauth_google", &Persona::new(1, ADA)).await;
        provider.set_busy(true);
        device.delete(&path).await.ok();
        assert!(tokens(&house, &user, "oauth_google").await.is_empty());
        assert_eq!(external(&mut device).await["approved_scopes"], "");
        provider.set_busy(false);

        // Nor by the owner, who has turned the connection off.
        let mut device = house.device();
        let (_, path) = newcomer(&mut device, &provider, "oauth_google", &Persona::new(2, "mia@example.com")).await;
        let mut off = provider.connections();
        off["connections"]["oauth_google"]["enabled"] = json!(false);
        let replica = house.replica(database, off).await;
        device.at(&replica).delete(&path).await.ok();
        assert_eq!(external(&mut device).await["approved_scopes"], "");
        assert!(provider.revoked().is_empty());
        replica.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_at_the_provider_is_asked_for_anew_and_a_provider_that_is_away_loses_nothing() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let (user, _) = newcomer(&mut device, &provider, "oauth_google", &Persona::new(1, ADA)).await;
        let path = format!("/v1/users/{user}/oauth_access_tokens/oauth_google");
        let owner = Owner::new(&house);
        house.clock.advance(3_600_000);
        provider.set_busy(true);
        owner.get(&path).await.refused(400, "oauth_token_retrieval_error");
        assert_eq!(external(&mut device).await["verification"]["error"], Value::Null);
        provider.set_busy(false);
        assert_eq!(tokens(&house, &user, "oauth_google").await[0]["token"], "renewed-1-of-refresh-1");

        house.clock.advance(3_600_000);
        provider.take_back("refresh-1");
        owner.get(&path).await.refused(400, "oauth_token_retrieval_error");
        assert!(tokens(&house, &user, "oauth_google").await.is_empty());
        let shown = external(&mut device).await;
        assert_eq!(shown["verification"]["error"]["code"], "external_account_missing_refresh_token");
        assert_eq!((&shown["verification"]["status"], &shown["approved_scopes"]), (&json!("verified"), &json!("")));
        house.close().await;
    })
    .await;
}

/// An instance that wants to see the calendar at Google.
async fn with_calendar(database: &TestDatabase, provider: &Provider, house: &House) -> House {
    let mut settings = provider.connections();
    settings["connections"]["oauth_google"]["scopes"] = json!(["calendar", "offline_access"]);
    house.replica(database, settings).await
}

#[tokio::test]
async fn what_the_owner_wants_more_of_is_said_until_it_is_allowed() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = House::with(database, Wish::settings(provider.connections())).await;
        let mut device = house.device();
        let persona = Persona::new(1, ADA);
        newcomer(&mut device, &provider, "oauth_google", &persona).await;
        let more = with_calendar(database, &provider, &house).await;
        let mut device = device.at(&more);
        let shown = external(&mut device).await;
        assert_eq!((&shown["missing_scopes"], &shown["approved_scopes"]), (&json!("calendar"), &json!("openid email")));
        assert_eq!(shown["verification"]["error"], Value::Null, "nothing is wrong with it");

        // Who declines is asked again the next time.
        let page = reconnect(&mut device).await;
        assert!(named(&page, "scope").unwrap().split(' ').any(|scope| scope == "calendar"), "{page}");
        assert_eq!(named(&page, "prompt").as_deref(), Some("consent"));
        assert_eq!(agree(&mut device, &provider, &page, &persona).await["missing_scopes"], "calendar");
        provider.allow("openid email calendar");
        let page = reconnect(&mut device).await;
        let shown = agree(&mut device, &provider, &page, &persona).await;
        assert_eq!(
            (&shown["missing_scopes"], &shown["approved_scopes"]),
            (&json!(""), &json!("openid email calendar"))
        );
        // One that is not linked has nothing to be missing.
        let form = [("strategy", "oauth_github"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        assert_eq!(begun.response()["missing_scopes"], "");
        more.close().await;
        house.close().await;
    })
    .await;
}
