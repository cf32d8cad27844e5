use serde_json::json;

use super::{
    openid::{KEY, OpenIdProvider, provider},
    signer::Key,
    *,
};

const STRATEGY: &str = "oauth_custom_acme";
const ISSUER: &str = "https://login.acme.example/realms/staff";

fn acme(provider: &OpenIdProvider) -> (House, Connection) {
    let connection = Connection { issuer: provider.issuer.parse().ok(), ..connection() };
    (House::new(Arc::new(provider.stand_in.clone())), connection)
}

#[tokio::test]
async fn any_provider_is_found_by_its_issuer() {
    for issuer in [ISSUER, "https://login.acme.example"] {
        let provider = provider(issuer);
        let (house, acme) = acme(&provider);
        let page = house.providers.authorize(&house.at(STRATEGY, &acme), &ask()).await.unwrap();
        is_a_code_flow_with_everything(&page);
        assert_eq!(page.as_str().split('?').next(), Some(provider.url("/authorize").as_str()));
        assert!(!has_parameter(&page, "access_type"), "that is Google's");
        let person = house.redeem(STRATEGY, &acme).await.unwrap();
        assert_eq!(person.subject, "1234567890");
        let asked = provider.stand_in.asked(&provider.url("/.well-known/openid-configuration"));
        assert_eq!(asked.len(), 1, "a discovery document counts for a while");
    }
}

#[tokio::test]
async fn sec_76_a_document_of_another_issuer_is_refused() {
    for name in ["https://login.evil.example", "https://login.acme.example/realms/staff/", "https://login.acme.example"]
    {
        let provider = provider(ISSUER);
        provider.publishes(|document| document["issuer"] = name.into());
        let (house, acme) = acme(&provider);
        let fault = house.providers.authorize(&house.at(STRATEGY, &acme), &ask()).await.unwrap_err();
        assert_eq!(fault, ProviderFault::Issuer, "{name}");
    }
}

#[tokio::test]
async fn sec_16_an_answer_of_another_issuer_is_refused() {
    let provider = provider(ISSUER);
    let (house, acme) = acme(&provider);
    let redeem = async |iss| house.providers.redeem(&house.at(STRATEGY, &acme), CODE, iss, &kept()).await.map(drop);
    assert_eq!(redeem(None).await, Ok(()), "it does not announce that it names itself");
    assert_eq!(redeem(Some(ISSUER)).await, Ok(()));
    assert_eq!(redeem(Some("https://accounts.google.com")).await, Err(ProviderFault::Issuer));
    assert_eq!(redeem(Some("")).await, Err(ProviderFault::Issuer));
    assert_eq!(provider.stand_in.asked(&provider.url("/token")).len(), 2, "no code is sent on to anybody");

    let strict = openid::provider("https://strict.acme.example");
    strict.publishes(|document| document["authorization_response_iss_parameter_supported"] = true.into());
    let (house, acme) = self::acme(&strict);
    let redeem = async |iss| house.providers.redeem(&house.at(STRATEGY, &acme), CODE, iss, &kept()).await.map(drop);
    assert_eq!(redeem(None).await, Err(ProviderFault::Issuer), "it always names itself");
    assert_eq!(redeem(Some("https://strict.acme.example")).await, Ok(()));
    assert_eq!(ProviderFault::Issuer.code().as_str(), "oauth_callback_invalid");
}

#[tokio::test]
async fn a_document_leads_nowhere_without_tls_nor_to_this_computer() {
    for field in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for place in
            ["http://login.acme.example/x", "http://127.0.0.1:1/x", "https://localhost/x", "https://a@b.example/"]
        {
            let provider = provider(ISSUER);
            provider.publishes(|document| document[field] = place.into());
            let (house, acme) = acme(&provider);
            let fault = house.providers.authorize(&house.at(STRATEGY, &acme), &ask()).await.unwrap_err();
            assert!(matches!(fault, ProviderFault::WrongAnswer { step: Step::Discovery, .. }), "{field} {place}");
            assert!(provider.stand_in.asked(place).is_empty());
        }
    }
}

#[tokio::test]
async fn documents_that_cannot_be_used_say_why() {
    type Change = fn(&mut serde_json::Value);
    let unusable: [(&str, Change); 4] = [
        ("PS256", |it| it["id_token_signing_alg_values_supported"] = json!(["HS256", "none"])),
        ("token endpoint", |it| it["token_endpoint"] = json!(null)),
        ("missing", |it| it["jwks_uri"] = json!(null)),
        ("missing", |it| *it = json!([])),
    ];
    for (word, change) in unusable {
        let provider = provider(ISSUER);
        provider.publishes(change);
        let (house, acme) = acme(&provider);
        let fault = house.providers.authorize(&house.at(STRATEGY, &acme), &ask()).await.unwrap_err();
        assert!(fault.to_string().contains(word), "{fault}");
    }
}

#[tokio::test]
async fn the_secret_travels_in_the_body_where_the_provider_wants_it() {
    let provider = provider(ISSUER);
    provider.publishes(|document| document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]));
    let (house, acme) = acme(&provider);
    house.redeem(STRATEGY, &acme).await.unwrap();
    let asked = provider.stand_in.only(&provider.url("/token"));
    assert_eq!((asked.field("client_id"), asked.field("client_secret")), ("client-1", SECRET));
    assert_eq!(asked.header("authorization"), "");
}

#[tokio::test]
async fn what_the_id_token_leaves_out_is_asked_for() {
    let provider = provider(ISSUER);
    let bare = provider.claims_with(|claims| {
        for claim in ["email", "email_verified", "given_name", "family_name"] {
            claims.as_object_mut().unwrap().remove(claim);
        }
    });
    provider.gives(&bare);
    let info = json!({
        "sub": "1234567890", "email": "ada@example.com", "email_verified": "true", "name": "Ada Lovelace",
        "preferred_username": "ada", "updated_at": "2026-01-01T00:00:00Z",
    });
    provider.stand_in.json(&provider.place("GET", "/userinfo"), &info);
    let (house, acme) = acme(&provider);
    let person = house.redeem(STRATEGY, &acme).await.unwrap();
    assert_eq!((person.email.as_deref(), person.email_verified), (Some("ada@example.com"), true));
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!(person.username.as_deref(), Some("ada"));
    let asked = provider.stand_in.only(&provider.url("/userinfo"));
    assert_eq!(asked.header("authorization"), "Bearer access-1");
}

#[tokio::test]
async fn sec_76_what_is_told_of_somebody_else_does_not_count() {
    let provider = provider(ISSUER);
    provider.gives(&provider.claims_with(|claims| claims["email"] = json!(null)));
    let (house, acme) = acme(&provider);
    let place = provider.place("GET", "/userinfo");
    for info in [
        json!({"sub": "somebody-else", "email": "victim@example.com"}),
        json!({"email": "victim@example.com"}),
        json!([]),
    ] {
        provider.stand_in.json(&place, &info);
        let fault = house.redeem(STRATEGY, &acme).await.unwrap_err();
        assert!(matches!(fault, ProviderFault::WrongAnswer { step: Step::Profile, .. }), "{info}: {fault}");
        assert_eq!(fault.code().as_str(), "oauth_fetch_user_error");
    }
    // A word about an address is about the one beside it, and about no other.
    provider.gives(&provider.claims_with(|claims| {
        claims["email_verified"] = json!(false);
        claims["given_name"] = json!(null);
        claims["family_name"] = json!(null);
    }));
    provider.stand_in.json(&place, &json!({"sub": "1234567890", "email": "other@example.com", "email_verified": true}));
    let person = house.redeem(STRATEGY, &acme).await.unwrap();
    assert_eq!((person.email.as_deref(), person.email_verified), (Some("ada@example.com"), false));
}

#[tokio::test]
async fn sec_29_new_keys_are_fetched_when_they_sign_and_at_most_once_a_minute() {
    let provider = provider(ISSUER);
    let (house, acme) = acme(&provider);
    house.redeem(STRATEGY, &acme).await.unwrap();
    let asked = || provider.stand_in.asked(&provider.url("/keys")).len();
    assert_eq!(asked(), 1);

    let strange = Key::rsa().sign(&json!({"alg": "RS256", "kid": "k2"}), &provider.claims());
    provider.gives_token(&strange);
    let mut at = house.at(STRATEGY, &acme);
    let redeem = async |at: &Target<'_>| house.providers.redeem(at, CODE, None, &kept()).await.map(drop);
    for _ in 0..20 {
        assert_eq!(redeem(&at).await, Err(ProviderFault::IdToken(IdTokenFault::Key)));
    }
    assert_eq!(asked(), 2, "a storm");
    at.now = NOW.plus(59_999);
    assert_eq!(redeem(&at).await, Err(ProviderFault::IdToken(IdTokenFault::Key)));
    assert_eq!(asked(), 2, "within the minute");

    let rotated = KEY.sign(&json!({"alg": "RS256", "kid": "k3"}), &provider.claims());
    provider.gives_token(&rotated);
    provider.stand_in.json(&provider.place("GET", "/keys"), &json!({"keys": [KEY.jwk("k3")]}));
    at.now = NOW.plus(60_000);
    for _ in 0..20 {
        assert_eq!(redeem(&at).await, Ok(()));
    }
    assert_eq!(asked(), 3);
    // A key that is published no more signs no more.
    provider.gives(&provider.claims());
    assert_eq!(redeem(&at).await, Err(ProviderFault::IdToken(IdTokenFault::Key)));
}

#[tokio::test]
async fn a_provider_that_is_away_is_not_asked_by_everybody() {
    let provider = provider(ISSUER);
    let place = provider.place("GET", "/.well-known/openid-configuration");
    provider.stand_in.away(&place);
    let (house, acme) = acme(&provider);
    let mut at = house.at(STRATEGY, &acme);
    let document = provider.url("/.well-known/openid-configuration");
    for _ in 0..5 {
        let fault = house.providers.authorize(&at, &ask()).await.unwrap_err();
        assert!(matches!(fault, ProviderFault::NotReached { step: Step::Discovery, .. }), "{fault}");
    }
    assert_eq!(provider.stand_in.asked(&document).len(), 1);

    provider.publishes(|_| {});
    at.now = NOW.plus(6_000);
    house.providers.authorize(&at, &ask()).await.unwrap();
    // It goes away again: what is known counts on, for a day.
    provider.stand_in.status(&place, 503, &json!({}));
    at.now = NOW.plus(2 * 3_600_000);
    house.providers.authorize(&at, &ask()).await.unwrap();
    at.now = NOW.plus(25 * 3_600_000);
    let fault = house.providers.authorize(&at, &ask()).await.unwrap_err();
    assert!(matches!(fault, ProviderFault::Refused { status: 503, .. }), "{fault}");
    // Another provider in its place is not believed, however short the while.
    provider.publishes(|_| {});
    at.now = NOW.plus(26 * 3_600_000);
    house.providers.authorize(&at, &ask()).await.unwrap();
    provider.publishes(|document| document["issuer"] = "https://login.evil.example".into());
    at.now = NOW.plus(28 * 3_600_000);
    assert_eq!(house.providers.authorize(&at, &ask()).await, Err(ProviderFault::Issuer));
}

#[tokio::test]
async fn an_answer_without_an_id_token_says_so() {
    let provider = provider(ISSUER);
    provider.stand_in.json(&provider.place("POST", "/token"), &json!({"access_token": "a", "token_type": "bearer"}));
    let (house, acme) = acme(&provider);
    let fault = house.redeem(STRATEGY, &acme).await.unwrap_err();
    assert_eq!(fault, ProviderFault::IdToken(IdTokenFault::Missing));
}

#[tokio::test]
async fn twenty_who_come_at_once_ask_once() {
    let provider = provider(ISSUER);
    let (house, acme) = acme(&provider);
    let at = house.at(STRATEGY, &acme);
    let ask = ask();
    let pages = futures_util::future::join_all((0..20).map(|_| house.providers.authorize(&at, &ask))).await;
    assert!(pages.iter().all(Result::is_ok));
    provider.stand_in.only(&provider.url("/.well-known/openid-configuration"));
    provider.stand_in.only(&provider.url("/keys"));
}

#[tokio::test]
async fn sec_75_an_administrator_elsewhere_who_writes_a_victims_address_is_not_the_victim() {
    // nOAuth: in a tenant of their own, anybody can give themselves any address, and nothing vouches for it.
    let provider = provider("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0");
    let (house, acme) = acme(&provider);
    let victim = house.redeem(STRATEGY, &acme).await.unwrap();
    provider.gives(&provider.claims_with(|claims| {
        claims["sub"] = "attacker".into();
        claims.as_object_mut().unwrap().remove("email_verified");
        claims["xms_edov"] = json!(false);
    }));
    let info = json!({"sub": "attacker", "email": "ada@example.com", "email_verified": true});
    provider.stand_in.json(&provider.place("GET", "/userinfo"), &info);
    let attacker = house.redeem(STRATEGY, &acme).await.unwrap();
    assert_eq!(attacker.email, victim.email);
    assert!(victim.email_verified && !attacker.email_verified);
    assert_ne!(attacker.subject, victim.subject);
}

#[tokio::test]
async fn sec_33_a_token_is_given_back_where_the_provider_takes_it() {
    let provider = provider(ISSUER);
    let (house, acme) = acme(&provider);
    let both = Given { access: "access-1".into(), refresh: Some("refresh-1".into()) };
    let at = house.at(STRATEGY, &acme);
    assert_eq!(house.providers.revoke(&at, &both).await, Ok(false), "it has no place for that");

    for unfit in [json!("http://login.acme.example/revoke"), json!("https://127.0.0.1/revoke"), json!("x"), json!(7)] {
        let provider = openid::provider(ISSUER);
        provider.publishes(|document| document["revocation_endpoint"] = unfit.clone());
        let (house, acme) = self::acme(&provider);
        let at = house.at(STRATEGY, &acme);
        assert_eq!(house.providers.revoke(&at, &both).await, Ok(false), "no token goes to {unfit}");
        house.redeem(STRATEGY, &acme).await.expect("and nobody is kept out for it");
    }

    for (method, in_body) in [("client_secret_basic", false), ("client_secret_post", true)] {
        let provider = openid::provider(ISSUER);
        provider.publishes(|document| {
            document["revocation_endpoint"] = provider.url("/revoke").into();
            document["token_endpoint_auth_methods_supported"] = json!([method]);
        });
        provider.stand_in.on(&provider.place("POST", "/revoke"), |_| stand_in::answer(200, "text/plain", ""));
        let (house, acme) = self::acme(&provider);
        let at = house.at(STRATEGY, &acme);
        let alone = Given { refresh: None, ..both.clone() };
        for given in [&both, &alone] {
            assert_eq!(house.providers.revoke(&at, given).await, Ok(true));
        }
        let asked = provider.stand_in.asked(&provider.url("/revoke"));
        let told: Vec<_> = asked.iter().map(|it| (it.field("token"), it.field("token_type_hint"))).collect();
        assert_eq!(told, [("refresh-1", "refresh_token"), ("access-1", "access_token")]);
        assert_eq!(asked[0].header("authorization"), if in_body { String::new() } else { basic("client-1", SECRET) });
        assert_eq!(asked[0].field("client_secret"), if in_body { SECRET } else { "" });
        provider.stand_in.status(
            &provider.place("POST", "/revoke"),
            503,
            &json!({ "error": "temporarily_unavailable", "error_description": "refresh-1 waits" }),
        );
        let fault = house.providers.revoke(&at, &both).await.unwrap_err();
        let said = "temporarily_unavailable: … waits".to_owned();
        assert_eq!(fault, ProviderFault::Refused { step: Step::Revocation, status: 503, said });
    }
}
