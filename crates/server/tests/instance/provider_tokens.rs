//! Tokens of the development provider that are taken back (RFC 7009), by its client and by who gives up what was given.

use frontdesk_store::testing::on_each;
use reqwest::{Response, StatusCode, Url};
use serde_json::{Value, json};

use crate::{
    device::Device,
    external::{come_back, nonce},
    house::House,
    owner::Owner,
    provider::{GOOGLE, Provider, VERIFIER, code, hidden},
};

const ADA: &str = "ada@example.com";

impl Provider<'_> {
    /// Takes a token back, as the client.
    async fn revoke(&self, house: &House, form: &[(&str, &str)]) -> Response {
        let request = house.http.post(format!("{}/revoke", self.issuer)).form(form);
        request.basic_auth("frontdesk", Some(&self.secret)).send().await.unwrap()
    }

    /// Tokens for somebody who agrees.
    async fn tokens(&self, house: &House) -> Value {
        let (status, tokens) = self.redeem(&code(house, &self.agree(ADA).await), VERIFIER).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    /// Whether both tokens are good.
    async fn work(&self, tokens: &Value) -> bool {
        let read = self.userinfo(&tokens["access_token"]).await.status();
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        let (renewed, answer) = self.ask_token(&form).await;
        assert_eq!(read == StatusCode::OK, renewed == StatusCode::OK, "{answer}");
        read == StatusCode::OK
    }
}

#[tokio::test]
async fn sec_33_a_token_that_is_taken_back_ends_with_all_that_came_of_the_same_decision() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let other = google.tokens(&house).await;
        for (name, hint) in
            [("refresh_token", "refresh_token"), ("access_token", "refresh_token"), ("access_token", "x")]
        {
            let tokens = google.tokens(&house).await;
            assert!(google.work(&tokens).await);
            let token = tokens[name].as_str().unwrap();
            for _ in 0..2 {
                // Also when it has ended before (§2.2).
                let ended = google.revoke(&house, &[("token", token), ("token_type_hint", hint)]).await;
                assert_eq!(ended.status(), StatusCode::OK);
                assert_eq!(ended.headers()["cache-control"], "no-store");
                assert!(ended.bytes().await.unwrap().is_empty());
            }
            assert!(!google.work(&tokens).await, "{name}");
            assert!(google.work(&other).await, "nothing else ends");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_33_a_token_is_taken_back_by_the_client_that_has_it_alone() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (google, github) = (Provider::of(&house, GOOGLE), Provider::of(&house, "oauth_github"));
        let tokens = google.tokens(&house).await;
        let refused = async |answer: Response, status: u16, error: &str| {
            assert_eq!(answer.status(), status);
            assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "error": error }));
        };
        for name in ["refresh_token", "access_token"] {
            let token = tokens[name].as_str().unwrap();
            refused(github.revoke(&house, &[("token", token)]).await, 400, "invalid_grant").await;
            let nobody = house.http.post(format!("{}/revoke", google.issuer)).form(&[("token", token)]).send().await;
            let nobody = nobody.unwrap();
            assert!(nobody.headers().contains_key("www-authenticate"));
            refused(nobody, 401, "invalid_client").await;
            let twice = [("token", token), ("token", token)];
            refused(google.revoke(&house, &twice).await, 400, "invalid_request").await;
        }
        refused(google.revoke(&house, &[]).await, 400, "invalid_request").await;
        let plain = house.http.post(format!("{}/revoke", google.issuer)).basic_auth("frontdesk", Some(&google.secret));
        refused(plain.body("token=x").send().await.unwrap(), 400, "invalid_request").await;
        assert_eq!(google.revoke(&house, &[("token", "made up")]).await.status(), StatusCode::OK);
        assert!(google.work(&tokens).await);
        house.close().await;
    })
    .await;
}

/// Somebody comes in by the development provider.
async fn come_in(house: &House, google: &Provider<'_>, device: &mut Device<'_>) -> (String, String) {
    let (id, page) = device.go_out("sign_ups", GOOGLE).await;
    let page = house.http.get(page).send().await.unwrap().text().await.unwrap();
    let request = hidden(&page, "request");
    let fields = [("request", request.as_str()), ("decision", "agree"), ("email_address", ADA), ("verified", "yes")];
    let back = google.post(&fields).await;
    let back = Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
    let nonce = nonce(&come_back(device, back).await);
    let made = device.redeem("sign_ups", &id, &nonce).await.ok();
    assert_eq!(made.response()["status"], "complete");
    let user = &made.client()["sessions"][0]["user"];
    (user["id"].as_str().unwrap().to_owned(), user["external_accounts"][0]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn sec_33_who_gives_up_what_was_given_ends_it_at_the_development_provider_too() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let mut device = house.device();
        let (user, external) = come_in(&house, &google, &mut device).await;
        let given = Owner::new(&house).get(&format!("/v1/users/{user}/oauth_access_tokens/{GOOGLE}")).await.ok().body;
        let token = &given[0]["token"];
        assert_eq!(google.userinfo(token).await.status(), StatusCode::OK);
        device.delete(&format!("/v1/me/external_accounts/{external}/tokens")).await.ok();
        assert_eq!(google.userinfo(token).await.status(), StatusCode::UNAUTHORIZED);
        house.close().await;
    })
    .await;
}
