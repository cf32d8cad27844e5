//! The development provider, through its door: what it announces, its pages, its answers.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_server::{
    dev::provider::{answer, development},
    http::{Door, Site},
};
use frontdesk_store::testing::on_each;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::house::{House, Wish};

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const GOOGLE: &str = "oauth_google";

/// The provider behind one button, as a browser and the instance see it.
pub(crate) struct Provider<'h> {
    house: &'h House,
    pub(crate) issuer: String,
    pub(crate) secret: String,
}

/// The parameters of a request, in their order.
type Pairs = Vec<(&'static str, String)>;

impl<'h> Provider<'h> {
    pub(crate) fn of(house: &'h House, strategy: &str) -> Self {
        let client = development(&house.instance, strategy).unwrap();
        assert_eq!(client.client_id, "frontdesk");
        let secret = client.client_secret.expose_secret().to_owned();
        Self { house, issuer: client.issuer.to_string(), secret }
    }

    fn callback(&self) -> String {
        format!("{}/v1/oauth_callback", self.house.instance.public_url().origin())
    }

    fn asked(&self) -> Pairs {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        vec![
            ("client_id", "frontdesk".to_owned()),
            ("redirect_uri", self.callback()),
            ("response_type", "code".to_owned()),
            ("scope", "openid email profile".to_owned()),
            ("state", "a state & more".to_owned()),
            ("nonce", "n-0S6".to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ]
    }

    fn visit(&self, asked: &Pairs) -> RequestBuilder {
        let url = Url::parse_with_params(&format!("{}/authorize", self.issuer), asked).unwrap();
        let request = self.house.http.get(url).header("sec-fetch-site", "cross-site");
        request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document")
    }

    async fn see(&self, asked: &Pairs) -> String {
        let page = self.visit(asked).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        is_closed(&page);
        page.text().await.unwrap()
    }

    /// Posts a form of one of the pages.
    pub(crate) async fn post(&self, form: &[(&str, &str)]) -> Response {
        let request = self.house.http.post(format!("{}/authorize", self.issuer)).form(form);
        request.header("origin", self.house.instance.public_url().origin()).send().await.unwrap()
    }

    /// Sees the page and posts its form with these fields.
    async fn choose(&self, asked: &Pairs, fields: &[(&str, &str)]) -> Response {
        let page = self.see(asked).await;
        let request = hidden(&page, "request");
        self.post(&[&[("request", request.as_str())], fields].concat()).await
    }

    /// Somebody with this address, which the provider calls verified, agrees.
    pub(crate) async fn agree(&self, email: &str) -> Response {
        self.choose(&self.asked(), &[("decision", "agree"), ("email_address", email), ("verified", "yes")]).await
    }

    pub(crate) async fn ask_token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.house.http.post(format!("{}/token", self.issuer)).form(form);
        let response = request.basic_auth("frontdesk", Some(&self.secret)).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        let status = response.status();
        (status, response.json().await.unwrap())
    }

    pub(crate) async fn redeem(&self, code: &str, verifier: &str) -> (StatusCode, Value) {
        let callback = self.callback();
        self.ask_token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", verifier),
        ])
        .await
    }

    /// The claims of an ID token with a good signature.
    async fn claims(&self, tokens: &Value) -> Value {
        let keys = self.house.http.get(format!("{}/jwks", self.issuer)).send().await.unwrap();
        let keys: JwkSet = keys.json().await.unwrap();
        let token = tokens["id_token"].as_str().unwrap();
        let header = decode_header(token).unwrap();
        assert_eq!(header.alg, Algorithm::RS256);
        let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&["frontdesk"]);
        validation.set_issuer(&[&self.issuer]);
        // The clocks of tests stand elsewhere.
        validation.validate_exp = false;
        decode::<Value>(token, &key, &validation).unwrap().claims
    }

    pub(crate) async fn userinfo(&self, token: &Value) -> Response {
        let request = self.house.http.get(format!("{}/userinfo", self.issuer));
        request.bearer_auth(token.as_str().unwrap()).send().await.unwrap()
    }
}

/// What a page with a form keeps to.
fn is_closed(page: &Response) {
    let header = |name| page.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "same-origin");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; base-uri 'none'; form-action 'self' "), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'; img-src 'self'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src") && !policy.contains(" *;"), "{policy}");
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let begin = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let rest = page.split_once(&begin).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split_once('"').unwrap().0.to_owned()
}

/// What the browser was sent back with.
fn sent_back(house: &House, response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "a form is never posted on (sec_18)");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let to = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert_eq!(to.origin().ascii_serialization(), house.instance.public_url().origin());
    assert_eq!(to.path(), "/v1/oauth_callback");
    to.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

pub(crate) fn code(house: &House, response: &Response) -> String {
    value(&sent_back(house, response), "code").expect("a code").to_owned()
}

#[tokio::test]
async fn it_announces_what_it_can_do() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        assert_eq!(google.issuer, format!("{}/frontdesk/provider/oauth_google", house.instance.public_url()));
        let read = house.http.get(format!("{}/.well-known/openid-configuration", google.issuer)).send().await.unwrap();
        assert_eq!(read.headers()["content-type"], "application/json");
        let found: Value = read.json().await.unwrap();
        assert_eq!(found["issuer"], google.issuer);
        for (name, what) in [
            ("authorization_endpoint", "authorize"),
            ("token_endpoint", "token"),
            ("userinfo_endpoint", "userinfo"),
            ("revocation_endpoint", "revoke"),
            ("jwks_uri", "jwks"),
        ] {
            assert_eq!(found[name], format!("{}/{what}", google.issuer));
        }
        assert_eq!(found["authorization_response_iss_parameter_supported"], true);
        assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
        let jwks: Value = house.http.get(format!("{}/jwks", google.issuer)).send().await.unwrap().json().await.unwrap();
        let own: Value = serde_json::to_value(&*house.instance.jwks()).unwrap();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
        assert_ne!(jwks["keys"][0]["n"], own["keys"][0]["n"], "session tokens have another key");
        assert!(jwks["keys"][0].get("d").is_none());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn somebody_new_signs_in_through_it() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let fields = [
            ("decision", "agree"),
            ("email_address", "Ada@Example.com"),
            ("verified", "yes"),
            ("first_name", " Ada "),
            ("last_name", "Lovelace"),
            ("picture", "tiles"),
        ];
        let answer = google.choose(&google.asked(), &fields).await;
        let back = sent_back(&house, &answer);
        assert_eq!(value(&back, "state"), Some("a state & more"));
        assert_eq!(value(&back, "iss"), Some(google.issuer.as_str()), "RFC 9207");
        assert!(house.outbox("ada@example.com").await.is_empty(), "nobody else has to agree");

        let (status, tokens) = google.redeem(value(&back, "code").unwrap(), VERIFIER).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
        let claims = google.claims(&tokens).await;
        let now = house.now_ms() / 1000;
        assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 3600)));
        for (name, wanted) in [
            ("nonce", json!("n-0S6")),
            ("email", json!("ada@example.com")),
            ("email_verified", json!(true)),
            ("given_name", json!("Ada")),
            ("family_name", json!("Lovelace")),
            ("name", json!("Ada Lovelace")),
        ] {
            assert_eq!(claims[name], wanted, "{name}");
        }
        let known: Value = google.userinfo(&tokens["access_token"]).await.json().await.unwrap();
        for name in ["sub", "email", "email_verified", "given_name", "family_name", "name", "picture"] {
            assert_eq!(known[name], claims[name], "{name}");
        }
        let picture = house.http.get(claims["picture"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/png");
        assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));

        let refresh = tokens["refresh_token"].as_str().unwrap();
        house.clock.advance(3_600_000);
        assert_eq!(google.userinfo(&tokens["access_token"]).await.status(), StatusCode::UNAUTHORIZED);
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let (status, more) = google.ask_token(&form).await;
        assert_eq!(status, StatusCode::OK, "{more}");
        assert_ne!(more["access_token"], tokens["access_token"]);
        assert_eq!(google.userinfo(&more["access_token"]).await.status(), StatusCode::OK);
        let again = google.claims(&more).await;
        assert_eq!((&again["sub"], &again["auth_time"]), (&claims["sub"], &claims["auth_time"]));
        assert!(again.get("nonce").is_none());

        let github = Provider::of(&house, "oauth_github");
        assert_eq!(github.ask_token(&form).await.1["error"], "invalid_grant");
        let tokens = github.redeem(&code(&house, &github.agree("ada@example.com").await), VERIFIER).await.1;
        assert_ne!(github.claims(&tokens).await["sub"], claims["sub"], "every provider knows people by other names");
        assert_eq!(google.userinfo(&tokens["access_token"]).await.status(), StatusCode::UNAUTHORIZED);
        let tokens = google.redeem(&code(&house, &google.agree("ADA@example.com").await), VERIFIER).await.1;
        assert_eq!(google.claims(&tokens).await["sub"], claims["sub"], "and the same person by the same");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_may_travel_in_a_form() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let mut asked = google.asked();
        asked.push(("response_mode", "form_post".to_owned()));
        let fields = [("decision", "agree"), ("email_address", "ada@example.com"), ("verified", "yes")];
        let page = google.choose(&asked, &fields).await;
        assert_eq!(page.status(), StatusCode::OK);
        is_closed(&page);
        let page = page.text().await.unwrap();
        assert!(page.contains(&format!("<form method=\"post\" action=\"{}\">", google.callback())), "{page}");
        assert_eq!(hidden(&page, "state"), "a state &amp; more");
        assert_eq!(hidden(&page, "iss"), google.issuer);
        assert_eq!(google.redeem(&hidden(&page, "code"), VERIFIER).await.0, StatusCode::OK);
        let denied = google.choose(&asked, &[("decision", "deny")]).await.text().await.unwrap();
        assert_eq!(hidden(&denied, "error"), "access_denied");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_18_a_decision_goes_back_by_303_and_whoever_denies_with_an_error() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let answer =
            google.choose(&google.asked(), &[("decision", "deny"), ("email_address", "ada@example.com")]).await;
        let back = sent_back(&house, &answer);
        assert_eq!(value(&back, "error"), Some("access_denied"));
        assert_eq!((value(&back, "code"), value(&back, "state")), (None, Some("a state & more")));
        assert_eq!(value(&back, "iss"), Some(google.issuer.as_str()));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn requests_of_strangers_stay_here_and_others_learn_what_is_wrong() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let changed = |name: &str, value: Option<&str>| {
            let mut asked = google.asked();
            asked.retain(|(given, _)| *given != name);
            asked.extend(value.map(|value| (Box::leak(name.to_owned().into_boxed_str()) as &str, value.to_owned())));
            asked
        };
        let callback = google.callback();
        for (name, wrong) in [
            ("client_id", None),
            ("client_id", Some("other")),
            ("redirect_uri", None),
            ("redirect_uri", Some("https://evil.example/v1/oauth_callback")),
            ("redirect_uri", Some(&*format!("{callback}/"))),
            ("redirect_uri", Some(&*format!("{callback}?a=b"))),
            ("redirect_uri", Some(&*callback.replace("127.0.0.1", "localhost"))),
            ("code_challenge", None),
            ("code_challenge", Some("short")),
            ("code_challenge_method", None),
            ("code_challenge_method", Some("plain")),
        ] {
            let page = google.visit(&changed(name, wrong)).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{name} {wrong:?}");
            is_closed(&page);
            let page = page.text().await.unwrap();
            assert!(page.contains("cannot be answered") && !page.contains("evil.example"), "{page}");
        }
        let mut twice = google.asked();
        twice.push(("redirect_uri", "https://evil.example".to_owned()));
        assert_eq!(google.visit(&twice).send().await.unwrap().status(), StatusCode::BAD_REQUEST);
        for (name, wrong, error) in [
            ("response_type", Some("token"), "unsupported_response_type"),
            ("response_type", None, "unsupported_response_type"),
            ("response_mode", Some("fragment"), "invalid_request"),
            ("scope", Some("email"), "invalid_scope"),
            ("prompt", Some("none"), "login_required"),
            ("prompt", Some("none login"), "invalid_request"),
            ("request", Some("x.y.z"), "request_not_supported"),
            ("request_uri", Some("https://a.example"), "request_uri_not_supported"),
        ] {
            let answer = google.visit(&changed(name, wrong)).send().await.unwrap();
            let back = sent_back(&house, &answer);
            assert_eq!(value(&back, "error"), Some(error), "{name} {wrong:?}");
            assert_eq!(value(&back, "state"), Some("a state & more"));
        }
        for prompt in ["login", "consent select_account"] {
            google.see(&changed("prompt", Some(prompt))).await;
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_04_there_is_no_plain_challenge_and_no_verifier_without_one() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let document =
            house.http.get(format!("{}/.well-known/openid-configuration", google.issuer)).send().await.unwrap();
        let document: Value = document.json().await.unwrap();
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        // A challenge that is its own verifier, said to be one, called nothing, or called the other thing in other letters;
        // and none at all, with and without a method.
        for (challenge, method) in [
            (Some(VERIFIER), Some("plain")),
            (Some(VERIFIER), None),
            (Some(VERIFIER), Some("s256")),
            (None, Some("S256")),
            (None, None),
            (Some(""), Some("S256")),
        ] {
            let mut asked = google.asked();
            asked.retain(|(name, _)| !name.starts_with("code_challenge"));
            asked.extend(challenge.map(|text| ("code_challenge", text.to_owned())));
            asked.extend(method.map(|text| ("code_challenge_method", text.to_owned())));
            let page = google.visit(&asked).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{challenge:?} {method:?}");
            assert!(page.headers().get("location").is_none());
        }
        // What is called S256 is not taken as plain, and none is no verifier.
        let mut asked = google.asked();
        asked.retain(|(name, _)| *name != "code_challenge");
        asked.push(("code_challenge", VERIFIER.to_owned()));
        let agreed = [("decision", "agree"), ("email_address", "ada@example.com"), ("verified", "yes")];
        let given = code(&house, &google.choose(&asked, &agreed).await);
        assert_eq!(google.redeem(&given, VERIFIER).await.1["error"], "invalid_grant");
        let given = code(&house, &google.agree("ada@example.com").await);
        assert!(google.redeem(&given, "").await.1["error"].as_str().unwrap().starts_with("invalid_"));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_13_and_14_codes_are_for_one_client_one_verifier_one_time_and_one_minute() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let fresh = async || code(&house, &google.agree("ada@example.com").await);
        let other = "a".repeat(43);
        let stolen = fresh().await;
        assert_eq!(
            google.redeem(&stolen, &other).await,
            (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }))
        );
        assert_eq!(google.redeem(&stolen, VERIFIER).await.1["error"], "invalid_grant", "it is spent");

        let once = fresh().await;
        let (_, tokens) = google.redeem(&once, VERIFIER).await;
        assert_eq!(google.userinfo(&tokens["access_token"]).await.status(), StatusCode::OK);
        assert_eq!(google.redeem(&once, VERIFIER).await.1["error"], "invalid_grant");
        let ended = google.userinfo(&tokens["access_token"]).await;
        assert_eq!(ended.status(), StatusCode::UNAUTHORIZED, "what the first one gave has ended");
        assert_eq!(ended.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        assert_eq!(google.ask_token(&form).await.1["error"], "invalid_grant");

        let late = fresh().await;
        house.clock.advance(60_000);
        assert_eq!(google.redeem(&late, VERIFIER).await.1["error"], "invalid_grant");

        let there = fresh().await;
        let github = Provider::of(&house, "oauth_github");
        assert_eq!(github.redeem(&there, VERIFIER).await.1["error"], "invalid_grant");
        let mut form = vec![("grant_type", "authorization_code"), ("code_verifier", VERIFIER)];
        assert_eq!(google.ask_token(&form).await.1["error"], "invalid_request");
        let code = fresh().await;
        form.extend([("code", code.as_str()), ("redirect_uri", "https://evil.example")]);
        assert_eq!(google.ask_token(&form).await.1["error"], "invalid_grant");
        assert_eq!(google.ask_token(&[("grant_type", "password")]).await.1["error"], "unsupported_grant_type");
        assert_eq!(google.ask_token(&[]).await.1["error"], "invalid_request");
        let request = house.http.post(format!("{}/token", google.issuer)).basic_auth("frontdesk", Some(&github.secret));
        let refused = request.form(&[("grant_type", "refresh_token")]).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert!(refused.headers().contains_key("www-authenticate"));
        assert_eq!(refused.json::<Value>().await.unwrap()["error"], "invalid_client");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_17_the_page_lists_people_and_takes_what_is_typed() {
    on_each(async |database| {
        let name = "<b>Team</b> & \"Co\"";
        let house = House::with(database, Wish::settings(json!({ "application_name": name }))).await;
        let google = Provider::of(&house, GOOGLE);
        let empty = google.see(&google.asked()).await;
        assert!(empty.contains("&lt;b&gt;Team&lt;/b&gt; &amp; &quot;Co&quot;") && !empty.contains("<b>"), "{empty}");
        assert!(
            empty.contains("This is not Google.") && !empty.contains("<script") && !empty.contains("//"),
            "{empty}"
        );
        assert!(!empty.contains("type=\"radio\" name=\"account\""));
        house.device().sign_up("ada@example.com").await;
        house.device().sign_up("bob@example.com").await;
        let listed = google.see(&google.asked()).await;
        for email in ["ada@example.com", "bob@example.com"] {
            assert!(listed.contains(&format!("name=\"account\" value=\"{email}\"")), "{listed}");
        }
        let mut asked = google.asked();
        asked.push(("login_hint", "Bob@example.com".to_owned()));
        assert!(google.see(&asked).await.contains("value=\"bob@example.com\" checked"));
        asked.last_mut().unwrap().1 = "\"><i>new@example.com".to_owned();
        assert!(!google.see(&asked).await.contains("<i>"));
        asked.last_mut().unwrap().1 = "new@example.com".to_owned();
        let hinted = google.see(&asked).await;
        assert!(hinted.contains("id=\"other\" checked") && hinted.contains("value=\"new@example.com\""), "{hinted}");

        for (email, first_name) in [("", ""), ("\"><i>", ""), ("new@example.com", &*"x".repeat(101))] {
            let fields = [("decision", "agree"), ("email_address", email), ("first_name", first_name)];
            let again = google.choose(&google.asked(), &fields).await;
            assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
            is_closed(&again);
            let again = again.text().await.unwrap();
            assert!(again.contains("role=\"alert\"") && !again.contains("<i>"), "{again}");
            assert!(!again.contains("name=\"verified\" value=\"yes\" checked"), "what was chosen stays");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_pages_speak_german_to_whoever_would_rather_read_that() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let german = |request: RequestBuilder| request.header("accept-language", "de-CH,de;q=0.9,en;q=0.5").send();
        let page = german(google.visit(&google.asked())).await.unwrap().text().await.unwrap();
        for text in ["lang=\"de\"", "Das ist nicht Google.", "Wer meldet sich an?", "Zustimmen", "alt=\"Kacheln\""] {
            assert!(page.contains(text), "{text} in {page}");
        }
        house.device().sign_up("ada@example.com").await;
        let request = hidden(&page, "request");
        let decide = |fields: &[(&str, &str)]| {
            let form = house.http.post(format!("{}/authorize", google.issuer)).form(fields);
            german(form.header("origin", house.instance.public_url().origin()))
        };
        let wrong = [("request", request.as_str()), ("decision", "agree"), ("email_address", "x")];
        let page = decide(&wrong).await.unwrap().text().await.unwrap();
        assert!(page.contains("Das ist keine E-Mail-Adresse.") && page.contains("aria-invalid"), "{page}");
        let agree = [("request", request.as_str()), ("decision", "agree"), ("email_address", "ada@example.com")];
        let page = decide(&[agree.as_slice(), &[("verified", "yes")]].concat()).await.unwrap().text().await.unwrap();
        assert!(page.contains("Gib den Code ein") && page.contains(">Postausgang</a>."), "{page}");
        let waits = hidden(&page, "confirmation");
        let page = decide(&[("confirmation", &waits), ("code", "x")]).await.unwrap().text().await.unwrap();
        assert!(page.contains("Du hast noch zwei Versuche."), "{page}");
        let page = decide(&[("decision", "agree")]).await.unwrap().text().await.unwrap();
        assert!(page.contains("Diese Anfrage ist vorbei"), "{page}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_form_is_good_for_ten_minutes_and_for_its_own_page() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let request = hidden(&google.see(&google.asked()).await, "request");
        let form = [("request", request.as_str()), ("decision", "agree"), ("email_address", "ada@example.com")];
        let github = Provider::of(&house, "oauth_github");
        assert_eq!(github.post(&form).await.status(), StatusCode::BAD_REQUEST, "another provider's");
        let post = |origin: Option<&str>, site: &str| {
            let request = house.http.post(format!("{}/authorize", google.issuer)).form(&form);
            let request = request.header("sec-fetch-site", site).header("sec-fetch-mode", "navigate");
            let request = request.header("sec-fetch-dest", "document");
            origin.into_iter().fold(request, |request, origin| request.header("origin", origin))
        };
        let own = house.instance.public_url().origin().to_owned();
        for (origin, site, status) in [
            (None, "same-origin", 403),
            (Some("null"), "cross-site", 400),
            (Some("https://evil.example"), "cross-site", 400),
            (Some("http://localhost:5173"), "cross-site", 403),
            (Some(own.as_str()), "cross-site", 403),
            (Some(own.as_str()), "same-origin", 303),
        ] {
            let answer = post(origin, site).send().await.unwrap();
            assert_eq!(answer.status(), status, "{origin:?} {site}");
        }
        house.clock.advance(600_000);
        let over = google.post(&form).await;
        assert_eq!(over.status(), StatusCode::BAD_REQUEST);
        is_closed(&over);
        assert!(over.text().await.unwrap().contains("This request is over"));
        assert_eq!(google.post(&[("decision", "agree")]).await.status(), StatusCode::BAD_REQUEST);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_other_sites_send_browsers_to_the_page_and_do_nothing_else() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let url = google.visit(&google.asked()).build().unwrap().url().clone();
        let asked = |mode: &str, dest: &str| {
            let request = house.http.get(url.clone()).header("sec-fetch-site", "cross-site");
            request.header("sec-fetch-mode", mode.to_owned()).header("sec-fetch-dest", dest.to_owned())
        };
        assert_eq!(asked("navigate", "document").send().await.unwrap().status(), StatusCode::OK);
        for (mode, dest) in [("navigate", "iframe"), ("no-cors", "image"), ("cors", "empty"), ("", "")] {
            assert_eq!(asked(mode, dest).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{mode} {dest}");
        }
        let read = asked("navigate", "document").header("origin", "http://localhost:5173").send().await.unwrap();
        assert_eq!(read.status(), StatusCode::FORBIDDEN);
        for what in ["jwks", "userinfo", ".well-known/openid-configuration"] {
            let request = house.http.get(format!("{}/{what}", google.issuer)).header("sec-fetch-site", "cross-site");
            let request = request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
            assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{what}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_nobody_signs_in_as_somebody_without_their_code() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        house.device().sign_up("ada@example.com").await;
        let before = house.outbox("ada@example.com").await.len();
        let unverified = [("decision", "agree"), ("account", "ada@example.com")];
        let answer = google.choose(&google.asked(), &unverified).await;
        let tokens = google.redeem(&code(&house, &answer), VERIFIER).await.1;
        assert_eq!(google.claims(&tokens).await["email_verified"], false, "that signs nobody in");
        assert_eq!(house.outbox("ada@example.com").await.len(), before);

        // The newest mail is first, and messages of the same moment have no order.
        house.clock.advance(1_000);
        let picked = [("decision", "agree"), ("account", "ada@example.com"), ("verified", "yes")];
        let page = google.choose(&google.asked(), &picked).await;
        assert_eq!(page.status(), StatusCode::OK);
        is_closed(&page);
        let page = page.text().await.unwrap();
        assert!(page.contains("ada@example.com") && page.contains("/frontdesk/outbox"), "{page}");
        let id = hidden(&page, "confirmation");
        let messages = house.outbox("ada@example.com").await;
        assert_eq!(messages.len(), before + 1);
        assert!(messages[0].subject.contains("development provider") && messages[0].body.contains("Google"));
        let good = messages[0].code.clone().unwrap();
        assert!(!page.contains(&good));
        let wrong = if good == "000000" { "000001" } else { "000000" };
        for left in ["two more tries", "one more try"] {
            let again = google.post(&[("confirmation", &id), ("code", wrong)]).await;
            assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.text().await.unwrap().contains(left));
        }
        let over = sent_back(&house, &google.post(&[("confirmation", &id), ("code", wrong)]).await);
        assert_eq!((value(&over, "error"), value(&over, "code")), (Some("access_denied"), None));
        let late = google.post(&[("confirmation", &id), ("code", &good)]).await;
        assert_eq!(late.status(), StatusCode::BAD_REQUEST, "the right code comes too late");

        house.clock.advance(1_000);
        let id = hidden(&google.choose(&google.asked(), &picked).await.text().await.unwrap(), "confirmation");
        let good = house.code_for("ada@example.com").await;
        let answer = google.post(&[("confirmation", &id), ("code", &good), ("decision", "agree")]).await;
        let tokens = google.redeem(&code(&house, &answer), VERIFIER).await.1;
        let claims = google.claims(&tokens).await;
        assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ada@example.com"), &json!(true)));

        let id = hidden(&google.choose(&google.asked(), &picked).await.text().await.unwrap(), "confirmation");
        let given_up = sent_back(&house, &google.post(&[("confirmation", &id), ("decision", "deny")]).await);
        assert_eq!(value(&given_up, "error"), Some("access_denied"));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_an_address_that_was_nobodys_may_have_become_somebodys() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let early = code(&house, &google.agree("ada@example.com").await);
        house.device().sign_up("ada@example.com").await;
        assert_eq!(google.redeem(&early, VERIFIER).await.1["error"], "invalid_grant");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_test_addresses_have_their_code_and_get_no_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let mut device = house.device();
        let id = device.begin_sign_up("ada+clerk_test@example.com", "Lantern and 7 oars").await;
        device.prove_sign_up(&id, "424242").await.ok();
        let page = google.agree("ada+clerk_test@example.com").await.text().await.unwrap();
        assert!(house.outbox("ada+clerk_test@example.com").await.is_empty());
        let id = hidden(&page, "confirmation");
        let wrong = google.post(&[("confirmation", &id), ("code", "000000")]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let answer = google.post(&[("confirmation", &id), ("code", "424242")]).await;
        assert_eq!(google.redeem(&code(&house, &answer), VERIFIER).await.0, StatusCode::OK);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_gets_only_so_many_codes() {
    on_each(async |database| {
        let settings = json!({ "policy": { "codes": { "per_address_per_hour": 2 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let google = Provider::of(&house, GOOGLE);
        house.device().sign_up("ada@example.com").await;
        assert_eq!(google.agree("ada@example.com").await.status(), StatusCode::OK);
        let refused = google.agree("ada@example.com").await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("too many mails"));
        assert_eq!(house.outbox("ada@example.com").await.len(), 2);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_a_production_instance_and_a_door_for_others_have_no_provider() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        let network = Site::new(house.instance.clone(), Door::network(house.instance.public_url()));
        let query = google.visit(&google.asked()).build().unwrap().url().query().unwrap().to_owned();
        let paths = [
            format!("authorize?{query}"),
            "jwks".to_owned(),
            "userinfo".to_owned(),
            ".well-known/openid-configuration".to_owned(),
            "pictures/tiles-5a93c62d71e81b0f.png".to_owned(),
        ];
        for path in &paths {
            let request = http::Request::get(format!("/frontdesk/provider/oauth_google/{path}"));
            let request = request.header("host", house.instance.public_url().authority());
            let answer = network.answer(None, request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status(), 404, "{path}");
            let here = house.http.get(format!("{}/{path}", google.issuer)).send().await.unwrap();
            assert_ne!(here.status(), StatusCode::NOT_FOUND, "{path}");
            let nobodys = house.http.get(format!("{}/{path}", google.issuer.replace(GOOGLE, "oauth_x"))).send().await;
            assert_eq!(nobodys.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
        }
        house.close().await;
    })
    .await;
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        assert!(development(&house.instance, GOOGLE).is_none());
        let base = format!("http://{}/frontdesk/provider/oauth_google", house.address);
        for path in ["authorize", "jwks", "userinfo", ".well-known/openid-configuration"] {
            assert_eq!(house.http.get(format!("{base}/{path}")).send().await.unwrap().status(), 404, "{path}");
        }
        for path in ["authorize", "token", "revoke", "userinfo"] {
            let request = house.http.post(format!("{base}/{path}")).form(&[("a", "b")]);
            let request = request.header("origin", house.instance.public_url().origin());
            assert_eq!(request.send().await.unwrap().status(), 404, "{path}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_instance_asks_inside_the_process_and_gets_the_same() {
    on_each(async |database| {
        let house = House::open(database).await;
        let google = Provider::of(&house, GOOGLE);
        for path in ["jwks", ".well-known/openid-configuration"] {
            let address = format!("{}/{path}", google.issuer);
            let over_the_door = house.http.get(&address).send().await.unwrap().bytes().await.unwrap();
            let request = http::Request::get(&address).body(axum::body::Bytes::new()).unwrap();
            let inside = answer(&house.instance, request).await;
            assert_eq!((inside.status().as_u16(), inside.body()), (200, &over_the_door), "{path}");
        }
        let code = code(&house, &google.agree("ada@example.com").await);
        let form = format!(
            "grant_type=authorization_code&client_id=frontdesk&client_secret={}&code={code}&code_verifier={VERIFIER}\
             &redirect_uri={}",
            google.secret,
            google.callback()
        );
        let request = http::Request::post(format!("{}/token", google.issuer));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let given = answer(&house.instance, request.body(form.into()).unwrap()).await;
        assert_eq!(given.status(), 200);
        let tokens: Value = serde_json::from_slice(given.body()).unwrap();
        let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = http::Request::get(format!("{}/userinfo", google.issuer)).header("authorization", token);
        let known = answer(&house.instance, request.body(axum::body::Bytes::new()).unwrap()).await;
        assert_eq!(serde_json::from_slice::<Value>(known.body()).unwrap()["email"], "ada@example.com");
        for (verb, path, status) in [
            ("GET", "authorize", 404),
            ("PUT", "token", 405),
            ("GET", "revoke", 405),
            ("DELETE", "jwks", 405),
            ("GET", "../x", 404),
        ] {
            let request = http::Request::builder().method(verb).uri(format!("{}/{path}", google.issuer));
            let refused = answer(&house.instance, request.body(axum::body::Bytes::new()).unwrap()).await;
            assert_eq!(refused.status(), status, "{verb} {path}");
        }
        house.close().await;
    })
    .await;
}
