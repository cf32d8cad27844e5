//! Sign-in, sign-up and connecting by an account elsewhere: the ways out and back, and who gains what by them.

use frontdesk_store::testing::{TestDatabase, on_each};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::{
    browser::Browser,
    device::Device,
    house::{House, Wish},
    stand_in::{Persona, Provider},
};

/// Where the app is.
pub(crate) const APP: &str = "io.example.desk://callback";
const ADA: &str = "ada@example.com";

impl Device<'_> {
    /// Begins an attempt (`sign_ins` or `sign_ups`) that goes out; answers with its id and the provider's page.
    pub(crate) async fn go_out(&mut self, attempts: &str, strategy: &str) -> (String, String) {
        let begun =
            self.post(&format!("/v1/client/{attempts}"), &[("strategy", strategy), ("redirect_url", APP)]).await;
        let begun = begun.ok();
        let verification = proof(begun.response());
        assert_eq!(verification["status"], "unverified");
        (begun.text("/response/id"), verification["external_verification_redirect_url"].as_str().unwrap().to_owned())
    }

    /// Reads an attempt, with the nonce that came back.
    pub(crate) async fn redeem(&mut self, attempts: &str, id: &str, nonce: &str) -> crate::answer::Answer {
        self.get(&format!("/v1/client/{attempts}/{id}?rotating_token_nonce={nonce}")).await
    }

    /// The whole way: out, agreed, back, redeemed.
    pub(crate) async fn by(
        &mut self,
        provider: &Provider,
        attempts: &str,
        strategy: &str,
        persona: &Persona,
    ) -> crate::answer::Answer {
        let (id, page) = self.go_out(attempts, strategy).await;
        let nonce = nonce(&come_back(self, provider.agree(&page, persona)).await);
        self.redeem(attempts, &id, &nonce).await.ok()
    }
}

/// The proof from elsewhere that an attempt shows.
pub(crate) fn proof(attempt: &Value) -> &Value {
    let of_sign_up = &attempt["verifications"]["external_account"];
    if of_sign_up.is_object() { of_sign_up } else { &attempt["first_factor_verification"] }
}

/// A browser that nobody knows follows a provider's redirect; answers with where it is sent.
pub(crate) async fn come_back(device: &Device<'_>, to: Url) -> Url {
    let path = format!("{}?{}", to.path(), to.query().unwrap_or_default());
    let request = device.request(Method::GET, &path).header("authorization", "");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "sec_18: {}", response.text().await.unwrap());
    let headers = response.headers();
    assert_eq!(headers["referrer-policy"], "no-referrer", "sec_17");
    assert_eq!(headers["cache-control"], "no-store", "sec_17");
    assert!(headers.get("set-cookie").is_none() && headers.get("authorization").is_none());
    Url::parse(headers["location"].to_str().unwrap()).unwrap()
}

/// What stands under a name in an address.
pub(crate) fn named(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

pub(crate) fn nonce(url: &Url) -> String {
    assert!(url.as_str().starts_with(APP), "{url}");
    named(url, "rotating_token_nonce").unwrap()
}

pub(crate) async fn house(database: &TestDatabase, provider: &Provider) -> House {
    House::with(database, Wish::settings(provider.connections())).await
}

#[tokio::test]
async fn signing_up_and_in_by_an_account_elsewhere_is_one_thing() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        for (strategy, number) in [("oauth_google", 1), ("oauth_github", 2)] {
            let address = if number == 1 { ADA } else { "grace@example.com" };
            let persona = Persona::new(number, address);
            // A sign-in of nobody becomes a sign-up …
            let mut device = house.device();
            let signed_in = device.by(&provider, "sign_ins", strategy, &persona).await;
            let verification = proof(signed_in.response());
            assert_eq!(verification["status"], "transferable");
            assert_eq!(verification["error"]["code"], "external_account_not_found");
            let made = device.post("/v1/client/sign_ups", &[("transfer", "true")]).await.ok();
            assert_eq!(made.response()["status"], "complete", "{:?}", made.response());
            assert_eq!(made.response()["email_address"], address);
            let client = made.client();
            assert_eq!(client["last_authentication_strategy"], strategy);
            let user = &client["sessions"][0]["user"];
            assert_eq!((&user["first_name"], &user["password_enabled"]), (&json!("Ada"), &json!(false)));
            let external = &user["external_accounts"][0];
            assert_eq!(
                (&external["provider"], &external["verification"]["status"]),
                (&json!(strategy), &json!("verified"))
            );
            assert_eq!(user["email_addresses"][0]["verification"]["status"], "verified");
            assert_eq!(user["email_addresses"][0]["linked_to"][0]["type"], strategy);
            // … and a sign-up of somebody a sign-in.
            let mut other = house.device();
            let signed_up = other.by(&provider, "sign_ups", strategy, &persona).await;
            let verification = proof(signed_up.response());
            assert_eq!(verification["status"], "transferable");
            assert_eq!(verification["error"]["code"], "external_account_exists");
            let entered = other.post("/v1/client/sign_ins", &[("transfer", "true")]).await.ok();
            assert_eq!(entered.response()["status"], "complete");
            assert_eq!(entered.client()["sessions"][0]["user"]["id"], user["id"]);
            // Directly, both ways.
            let mut third = house.device();
            let done = third.by(&provider, "sign_ins", strategy, &persona).await;
            assert_eq!(done.response()["status"], "complete");
            assert_eq!(done.client()["sessions"][0]["user"]["id"], user["id"]);
            let again = third.by(&provider, "sign_ins", strategy, &persona).await;
            let verification = proof(again.response());
            assert_eq!(verification["error"]["code"], "identifier_already_signed_in");
            assert_eq!(verification["error"]["meta"]["session_id"], done.response()["created_session_id"]);
        }
        let mut direct = house.device();
        let made = direct.by(&provider, "sign_ups", "oauth_google", &Persona::new(3, "new@example.com")).await;
        assert_eq!(made.response()["status"], "complete");
        let mut nobody = house.device();
        nobody.begin_sign_in(ADA).await;
        nobody.post("/v1/client/sign_ups", &[("transfer", "true")]).await.refused(400, "account_transfer_invalid");
        nobody.post("/v1/client/sign_ins", &[("transfer", "true")]).await.refused(400, "account_transfer_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_provider_does_not_tell_is_asked_for() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let nameless = Persona { email: None, ..Persona::new(1, "") };
        let begun = device.by(&provider, "sign_ups", "oauth_github", &nameless).await;
        assert_eq!(begun.response()["status"], "missing_requirements");
        assert_eq!(begun.response()["missing_fields"], json!(["email_address"]), "and no password");
        let id = begun.text("/response/id");
        device.patch(&format!("/v1/client/sign_ups/{id}"), &[("email_address", ADA)]).await.ok();
        device
            .post(&format!("/v1/client/sign_ups/{id}/prepare_verification"), &[("strategy", "email_code")])
            .await
            .ok();
        let code = house.code_for(ADA).await;
        let done = device.prove_sign_up(&id, &code).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.client()["sessions"][0]["user"]["external_accounts"][0]["username"], "user1");
        // One whose address it does not vouch for proves it here.
        let mut other = house.device();
        let unproven = Persona::unverified(2, "grace@example.com");
        let begun = other.by(&provider, "sign_ups", "oauth_google", &unproven).await;
        assert_eq!(begun.response()["unverified_fields"], json!(["email_address"]));
        assert_eq!(begun.response()["status"], "missing_requirements");
        let id = begun.text("/response/id");
        other.post(&format!("/v1/client/sign_ups/{id}/prepare_verification"), &[("strategy", "email_code")]).await.ok();
        let code = house.code_for("grace@example.com").await;
        assert_eq!(other.prove_sign_up(&id, &code).await.ok().response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_80_what_is_typed_does_not_take_the_place_of_what_a_provider_vouches_for() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        device.by(&provider, "sign_ins", "oauth_google", &Persona::new(1, "eve@example.com")).await;
        let form = [("transfer", "true"), ("email_address", ADA), ("first_name", "Eve")];
        let made = device.post("/v1/client/sign_ups", &form).await.ok();
        let user = &made.client()["sessions"][0]["user"];
        assert_eq!(user["email_addresses"][0]["email_address"], "eve@example.com");
        assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
        assert_eq!(user["first_name"], "Eve");
        house.close().await;
        let strict =
            json!({ "connections": provider.connections()["connections"], "policy": { "first_name": "required" } });
        let house = House::with(database, Wish::settings(strict)).await;
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ups", "oauth_github").await;
        device.patch(&format!("/v1/client/sign_ups/{id}"), &[("email_address", ADA)]).await.ok();
        let nonce = nonce(&come_back(&device, provider.agree(&page, &Persona::new(7, "mallory@example.com"))).await);
        let done = device.redeem("sign_ups", &id, &nonce).await.ok();
        assert_eq!(done.response()["email_address"], "mallory@example.com");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_31_what_is_begun_on_one_client_and_finished_elsewhere_gives_it_nothing_without_the_nonce() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let victim = Persona::new(1, ADA);
        house.device().by(&provider, "sign_ups", "oauth_google", &victim).await;
        // Eve begins, and has Ada finish in Ada's browser.
        let mut eve = house.device();
        for attempts in ["sign_ins", "sign_ups"] {
            let (id, page) = eve.go_out(attempts, "oauth_google").await;
            let back = come_back(&house.device(), provider.agree(&page, &victim)).await;
            let seen = eve.get(&format!("/v1/client/{attempts}/{id}")).await.ok();
            assert_eq!(proof(seen.response())["status"], "unverified", "{attempts}");
            assert_eq!(seen.response()["created_session_id"], Value::Null);
            assert!(eve.client().await["sessions"].as_array().unwrap().is_empty());
            for transfer in ["sign_ins", "sign_ups"] {
                let refused = eve.post(&format!("/v1/client/{transfer}"), &[("transfer", "true")]).await;
                refused.refused(400, "account_transfer_invalid");
            }
            // The nonce went to Ada's app, which did not begin it.
            let mut ada = house.device();
            ada.begin_sign_in("ada@example.com").await;
            ada.redeem(attempts, &id, &nonce(&back)).await.refused(400, "oauth_callback_invalid");
            for guess in ["x", "ver_x.y", &format!("{}x", nonce(&back))] {
                eve.redeem(attempts, &id, guess).await.refused(400, "oauth_callback_invalid");
            }
        }
        // Of somebody whom nobody knows yet: neither is an account made, nor handed over.
        for (attempts, number) in [("sign_ins", 3), ("sign_ups", 4)] {
            let mut eve = house.device();
            let (id, page) = eve.go_out(attempts, "oauth_google").await;
            let stranger = Persona::new(number, "stranger@example.com");
            let back = come_back(&house.device(), provider.agree(&page, &stranger)).await;
            let seen = eve.get(&format!("/v1/client/{attempts}/{id}")).await.ok();
            assert_eq!(proof(seen.response())["status"], "unverified", "{attempts}");
            assert!(!seen.body.to_string().contains("stranger"), "not even who it is");
            for transfer in ["sign_ins", "sign_ups"] {
                let refused = eve.post(&format!("/v1/client/{transfer}"), &[("transfer", "true")]).await;
                refused.refused(400, "account_transfer_invalid");
            }
            assert!(eve.client().await["sessions"].as_array().unwrap().is_empty());
            house.device().redeem(attempts, &id, &nonce(&back)).await.refused(401, "signed_out");
        }
        let nobody = house.device().post("/v1/client/sign_ins", &[("identifier", "stranger@example.com")]).await;
        nobody.refused(422, "form_identifier_not_found");
        // The same for an account that is connected.
        let mut eve = house.device();
        eve.sign_up("eve@example.com").await;
        let form = [("strategy", "oauth_custom_acme"), ("redirect_url", APP)];
        let begun = eve.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&house.device(), provider.agree(&page, &victim)).await;
        let me = eve.get("/v1/me").await.ok();
        assert_eq!(me.response()["external_accounts"][0]["verification"]["status"], "unverified");
        assert_eq!(me.response()["external_accounts"][0]["provider_user_id"], "");
        house.device().get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_12_a_nonce_is_good_once_and_not_for_long_and_a_lost_answer_loses_nothing() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let persona = Persona::new(1, ADA);
        house.device().by(&provider, "sign_ups", "oauth_google", &persona).await;
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ins", "oauth_google").await;
        let back = provider.agree(&page, &persona);
        let nonce = nonce(&come_back(&device, back.clone()).await);
        // The answer is lost: the same token and nonce once more.
        let before = device.clone();
        let first = device.redeem("sign_ins", &id, &nonce).await.ok();
        assert_eq!(first.response()["status"], "complete");
        assert!(first.token().is_some(), "the token is a new one");
        let mut again = before.clone();
        let second = again.redeem("sign_ins", &id, &nonce).await.ok();
        assert_eq!(second.response()["created_session_id"], first.response()["created_session_id"]);
        assert_eq!(second.sessions().len(), 1, "and nothing came of it twice");
        // The provider's answer once more shows a page and leads nowhere.
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let response = device.request(Method::GET, &path).header("authorization", "").send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().contains("used"));
        let german = device.request(Method::GET, &path).header("authorization", "").header("accept-language", "de");
        let german = german.send().await.unwrap().text().await.unwrap();
        assert!(german.contains("schon benutzt"), "{german}");
        // Too late to be redeemed, and too late to come back.
        let mut late = house.device();
        let (id, page) = late.go_out("sign_ins", "oauth_google").await;
        let back = come_back(&late, provider.agree(&page, &persona)).await;
        house.clock.advance(5 * 60_000);
        late.redeem("sign_ins", &id, &self::nonce(&back)).await.refused(400, "oauth_callback_invalid");
        let (id, page) = late.go_out("sign_ins", "oauth_google").await;
        house.clock.advance(10 * 60_000);
        let seen = late.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        assert_eq!(proof(seen.response())["status"], "expired");
        assert_eq!(proof(seen.response())["external_verification_redirect_url"], Value::Null);
        let back = provider.agree(&page, &persona);
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let response = late.request(Method::GET, &path).header("authorization", "").send().await.unwrap();
        assert_eq!(response.status(), 400);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_no_and_a_failure_at_the_provider_are_told_and_another_try_is_free() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ins", "oauth_google").await;
        let back = come_back(&device, Provider::deny(&page)).await;
        assert_eq!(named(&back, "__clerk_status").as_deref(), Some("failed"));
        assert_eq!(named(&back, "__clerk_error_code").as_deref(), Some("oauth_access_denied"));
        assert_eq!(named(&back, "rotating_token_nonce"), None);
        let seen = device.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        let verification = proof(seen.response());
        assert_eq!(verification["status"], "failed");
        assert_eq!(verification["error"]["code"], "oauth_access_denied");
        assert!(verification["error"]["long_message"].as_str().unwrap().len() > 20);
        // A code that the provider does not know.
        let (_, page) = device.go_out("sign_ins", "oauth_google").await;
        let mut forged = Provider::deny(&page);
        let state = named(&forged, "state").unwrap();
        forged.set_query(None);
        forged.query_pairs_mut().append_pair("state", &state).append_pair("code", "of somebody else");
        let back = come_back(&device, forged).await;
        assert_eq!(named(&back, "__clerk_error_code").as_deref(), Some("oauth_token_exchange_error"));
        // An answer in another issuer's name.
        let (_, page) = device.go_out("sign_ins", "oauth_google").await;
        let mut mixed = provider.agree(&page, &Persona::new(1, ADA));
        mixed.query_pairs_mut().append_pair("iss", "https://evil.example");
        let back = come_back(&device, mixed).await;
        assert_eq!(named(&back, "__clerk_error_code").as_deref(), Some("oauth_callback_invalid"), "sec_16");
        // Another try.
        let done = device.by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
        assert_eq!(done.response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_19_a_callback_that_nobody_asked_for_leads_nowhere() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let device = house.device();
        for query in [
            "",
            "?code=x",
            "?state=x&code=y",
            "?state=ver_0ujtsYcgvSTl8PAuAdqWYSMnLOv.aaaa&code=x",
            "?error=access_denied",
        ] {
            let request =
                device.request(Method::GET, &format!("/v1/oauth_callback{query}")).header("authorization", "");
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 400, "{query}");
            assert!(response.headers().get("location").is_none());
            assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
            assert!(response.text().await.unwrap().contains("close this page"), "{query}");
        }
        let request = device.request(Method::GET, "/v1/oauth_callback?state=x&code=y").header("authorization", "");
        let german = request.header("accept-language", "de-AT,de;q=0.9,en;q=0.8").send().await.unwrap();
        let german = german.text().await.unwrap();
        assert!(german.contains("lang=\"de\"") && german.contains("Diese Adresse führt nirgends hin"), "{german}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_posts_its_answer_is_taken_by_a_second_step() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ups", "oauth_google").await;
        let answer = provider.agree(&page, &Persona::new(1, ADA));
        let form: Vec<_> = answer.query_pairs().into_owned().collect();
        let url = format!("http://{}/v1/oauth_callback", house.address);
        let posted =
            house.http.post(url).header("origin", "https://accounts.google.com").header("sec-fetch-site", "cross-site");
        let response = posted.form(&form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "sec_18");
        let to = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
        let nonce = nonce(&come_back(&device, to).await);
        assert_eq!(device.redeem("sign_ups", &id, &nonce).await.ok().response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_began_it_has_its_session_when_it_is_back_and_no_other_has() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let page_url = "http://127.0.0.1:3000/sso-callback#/x";
        let done_url = "http://127.0.0.1:3000/done";
        let begin = async |browser: &mut Browser<'_>| {
            let form =
                [("strategy", "oauth_google"), ("redirect_url", page_url), ("action_complete_redirect_url", done_url)];
            let begun = browser.post("/v1/client/sign_ups", &form).await.ok();
            begun.text("/response/verifications/external_account/external_verification_redirect_url")
        };
        let mut browser = Browser::at(&house, "http://127.0.0.1:3000");
        let page = begin(&mut browser).await;
        let back = provider.agree(&page, &Persona::new(1, ADA));
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let (status, headers, _) = browser.go(&path).await;
        assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, done_url));
        let client = browser.get("/v1/client").await.ok();
        assert_eq!(client.response()["sessions"][0]["user"]["email_addresses"][0]["email_address"], ADA);
        // Mallory begins, and sends somebody else through it.
        let mut mallory = Browser::at(&house, "http://127.0.0.1:3000");
        let page = begin(&mut mallory).await;
        let back = provider.agree(&page, &Persona::new(2, "grace@example.com"));
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let mut victim = Browser::at(&house, "http://127.0.0.1:3000");
        victim.get("/v1/client").await;
        let (_, headers, _) = victim.go(&path).await;
        let location = Url::parse(headers["location"].to_str().unwrap()).unwrap();
        assert_eq!(named(&location, "__clerk_error_code").as_deref(), Some("oauth_callback_invalid"));
        assert_eq!(named(&location, "rotating_token_nonce"), None);
        let client = mallory.get("/v1/client").await.ok();
        assert!(client.response()["sessions"].as_array().unwrap().is_empty(), "sec_31");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_11_a_page_says_relative_to_itself_where_a_browser_ends_and_leads_nowhere_else_by_it() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut browser = Browser::at(&house, "http://127.0.0.1:3000");
        let form = |done: &'static str| {
            let page = "http://127.0.0.1:3000/sign-in#/sso-callback";
            [("strategy", "oauth_google"), ("redirect_url", page), ("action_complete_redirect_url", done)]
        };
        for elsewhere in ["//evil.example/", "/\\evil.example/", "https://evil.example/"] {
            browser.post("/v1/client/sign_ups", &form(elsewhere)).await.refused(400, "resource_missmatch");
        }
        let begun = browser.post("/v1/client/sign_ups", &form("/welcome?a=b")).await.ok();
        let page = begun.text("/response/verifications/external_account/external_verification_redirect_url");
        let back = provider.agree(&page, &Persona::new(1, ADA));
        let (status, headers, _) = browser.go(&format!("{}?{}", back.path(), back.query().unwrap())).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(headers["location"].to_str().unwrap(), "http://127.0.0.1:3000/welcome?a=b");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_11_a_production_instance_sends_browsers_to_listed_addresses_alone() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = House::with(database, Wish::production(provider.connections())).await;
        let mut device = house.device();
        let begin = async |device: &mut Device<'_>, url: &str| {
            device.post("/v1/client/sign_ins", &[("strategy", "oauth_google"), ("redirect_url", url)]).await
        };
        begin(&mut device, APP).await.refused_at(400, "resource_missmatch", "redirect_url");
        house.list_redirect(APP).await;
        house.list_redirect("http://127.0.0.1/callback").await;
        begin(&mut device, APP).await.ok();
        begin(&mut device, "http://127.0.0.1:49152/callback").await.ok();
        for near in [
            "io.example.desk://callback/",
            "io.example.desk://callback?x=1",
            "io.example.desk://Callback",
            "http://127.0.0.1:49152//callback",
            "http://127.0.0.1:49152/a/../callback",
            "http://localhost:49152/callback",
        ] {
            begin(&mut device, near).await.refused_at(400, "resource_missmatch", "redirect_url");
        }
        for bad in ["javascript:alert(1)//", "javascript://x/%0aalert(1)", "data:text/html,x", "file:///etc/passwd"] {
            begin(&mut device, bad).await.refused_at(422, "prohibited_redirect_url", "redirect_url");
        }
        for bad in [
            "io.example.desk://eve@callback",
            "io.example.desk://callback#x",
            "io.example.desk://callback%2f",
            "http://127.0.0.1:49152/callback%2f",
            "http://127.1:49152/callback",
            "http://１２７.0.0.1:49152/callback",
            "\\\\evil\\x",
            "//evil.example",
            "x",
        ] {
            begin(&mut device, bad).await.refused_at(422, "form_param_format_invalid", "redirect_url");
        }
        let both = [
            ("strategy", "oauth_google"),
            ("redirect_url", APP),
            ("action_complete_redirect_url", "https://evil.example/"),
        ];
        let refused = device.post("/v1/client/sign_ins", &both).await;
        refused.refused_at(400, "resource_missmatch", "action_complete_redirect_url");
        device.post("/v1/client/sign_ins", &[("strategy", "oauth_google")]).await.refused_at(
            422,
            "form_param_missing",
            "redirect_url",
        );
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_82_a_connection_that_lets_nobody_in_connects_who_is_in() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let mut device = house.device();
        for attempts in ["sign_ins", "sign_ups"] {
            let form = [("strategy", "oauth_custom_acme"), ("redirect_url", APP)];
            let refused = device.post(&format!("/v1/client/{attempts}"), &form).await;
            refused.refused(400, "oauth_non_authenticatable_provider");
        }
        let off = [("strategy", "oauth_facebook"), ("redirect_url", APP)];
        device.post("/v1/client/sign_ins", &off).await.refused(400, "oauth_provider_not_enabled");
        let environment = device.get("/v1/environment").await.ok();
        let acme = &environment.body["user_settings"]["social"]["oauth_custom_acme"];
        assert_eq!((&acme["name"], &acme["authenticatable"]), (&json!("Acme"), &json!(false)));
        device.sign_up(ADA).await;
        let form = [("strategy", "oauth_custom_acme"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&device, provider.agree(&page, &Persona::new(1, "work@example.com"))).await;
        let me = device.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        let external = &me.response()["external_accounts"][0];
        assert_eq!(external["verification"]["status"], "verified");
        assert_eq!(external["email_address"], "work@example.com");
        let addresses = me.response()["email_addresses"].as_array().unwrap();
        assert_eq!(addresses.len(), 2, "the address that the provider vouches for is the user's");
        device.post("/v1/me/external_accounts", &form).await.refused(400, "oauth_account_already_connected");
        // More scopes are asked of the same person alone.
        let id = external["id"].as_str().unwrap().to_owned();
        let more = [("redirect_url", APP), ("additional_scope", "calendar")];
        let again = device.patch(&format!("/v1/me/external_accounts/{id}/reauthorize"), &more).await.ok();
        let page = again.text("/response/verification/external_verification_redirect_url");
        assert!(named(&Url::parse(&page).unwrap(), "scope").unwrap().contains("calendar"));
        let back = come_back(&device, provider.agree(&page, &Persona::new(9, "work@example.com"))).await;
        let me = device.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        let external = &me.response()["external_accounts"][0];
        assert_eq!(external["verification"]["error"]["code"], "oauth_account_already_connected");
        assert_eq!(external["provider_user_id"], "sub-1", "who it was stays");
        // Of another user.
        let mut other = house.device();
        other.sign_up("grace@example.com").await;
        let begun = other.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&other, provider.agree(&page, &Persona::new(1, "work@example.com"))).await;
        let me = other.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        let external = &me.response()["external_accounts"][0];
        assert_eq!(external["verification"]["error"]["code"], "oauth_identification_claimed");
        // Removed, and free for somebody else.
        device.delete(&format!("/v1/me/external_accounts/{id}")).await.ok();
        assert!(device.get("/v1/me").await.ok().response()["external_accounts"].as_array().unwrap().is_empty());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_83_the_last_way_in_is_not_removed() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let mut settings = provider.connections();
        settings["policy"] = json!({ "email_address": { "sign_in_by_code": false } });
        let house = House::with(database, Wish::settings(settings)).await;
        let mut device = house.device();
        let made = device.by(&provider, "sign_ups", "oauth_google", &Persona::new(1, ADA)).await;
        let id = made.client()["sessions"][0]["user"]["external_accounts"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/me/external_accounts/{id}");
        device.delete(&path).await.refused(400, "last_required_identification_deletion_failed");
        let password = [("new_password", "a much longer Lantern 9")];
        device.post("/v1/me/change_password", &password).await.ok();
        device.delete(&path).await.ok();
        device.delete(&path).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_81_addresses_of_which_one_mailbox_has_many_are_refused() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = house(database, &provider).await;
        let sub_addresses = ["ada+x@example.com", "ada=x@example.com", "ada#x@example.com", "ada%2Bx@example.com"];
        for (number, address) in (1..).zip(sub_addresses) {
            let persona = Persona::new(number, address);
            for attempts in ["sign_ins", "sign_ups"] {
                let refused = house.device().by(&provider, attempts, "oauth_google", &persona).await;
                let verification = proof(refused.response());
                assert_eq!(verification["error"]["code"], "not_allowed_access", "{attempts} {address}");
                assert_ne!(refused.response()["status"], "complete");
            }
            // Elsewhere they are addresses like others.
            let elsewhere = house.device().by(&provider, "sign_ups", "oauth_github", &persona).await;
            assert_eq!(elsewhere.response()["status"], "complete", "{address}");
        }
        let mut device = house.device();
        device.sign_up("grace@example.com").await;
        let form = [("strategy", "oauth_google"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&device, provider.agree(&page, &Persona::new(50, "grace+x@example.com"))).await;
        let me = device.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        assert_eq!(me.response()["external_accounts"][0]["verification"]["error"]["code"], "not_allowed_access");
        // Who came in while it was off is held to it when it is on.
        let mut open = provider.connections();
        open["connections"]["oauth_google"]["block_email_subaddresses"] = json!(false);
        let lax = house.replica(database, open).await;
        let persona = Persona::new(60, "old+x@example.com");
        let made = lax.device().by(&provider, "sign_ups", "oauth_google", &persona).await;
        assert_eq!(made.response()["status"], "complete");
        let refused = house.device().by(&provider, "sign_ins", "oauth_google", &persona).await;
        assert_eq!(proof(refused.response())["error"]["code"], "not_allowed_access");
        lax.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_16_what_one_provider_sends_back_is_never_given_to_another() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let mut settings = provider.connections();
        settings["connections"]["oauth_custom_acme"]["authenticatable"] = json!(true);
        let house = House::with(database, Wish::settings(settings)).await;
        let ada = Persona::new(1, ADA);
        house.device().by(&provider, "sign_ups", "oauth_github", &ada).await;
        let asked = |page: &str| named(&Url::parse(page).unwrap(), "redirect_uri").unwrap();
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ins", "oauth_custom_acme").await;
        let (acme, github) = (asked(&page), asked(&device.go_out("sign_ins", "oauth_github").await.1));
        assert!(acme.ends_with("/v1/callbacks/oauth_custom_acme") && github.ends_with("/v1/oauth_callback"));

        // Acme, which names itself in nothing, sends the browser on to GitHub in place of its own page.
        let (other, page) = device.go_out("sign_ins", "oauth_custom_acme").await;
        assert_ne!(id, other);
        let code = named(&provider.agree(&page, &ada), "code").unwrap();
        let exchanges = provider.exchanges();
        let mut mixed = Url::parse(&github).unwrap();
        let state = named(&Url::parse(&page).unwrap(), "state").unwrap();
        mixed.query_pairs_mut().append_pair("state", &state).append_pair("code", &code);
        let back = come_back(&device, mixed).await;
        assert_eq!(named(&back, "__clerk_error_code").as_deref(), Some("oauth_callback_invalid"));
        assert_eq!(provider.exchanges(), exchanges, "the code goes to nobody");
        // Nor the other way round, nor to an address that is nobody's.
        let (_, page) = device.go_out("sign_ins", "oauth_github").await;
        let mut mixed = provider.agree(&page, &ada);
        mixed.set_path("/v1/callbacks/oauth_custom_acme");
        let back = come_back(&device, mixed).await;
        assert_eq!(named(&back, "__clerk_error_code").as_deref(), Some("oauth_callback_invalid"));
        assert_eq!(provider.exchanges(), exchanges);
        device.get("/v1/callbacks/oauth_github?state=x&code=y").await.refused(404, "resource_not_found");

        let done = device.by(&provider, "sign_ins", "oauth_custom_acme", &Persona::new(7, ADA)).await;
        assert_eq!(done.response()["status"], "complete");
        house.close().await;
    })
    .await;
}
