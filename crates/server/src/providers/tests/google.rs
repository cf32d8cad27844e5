use serde_json::json;

use super::{openid::provider, *};

const ISSUER: &str = "https://accounts.google.com";

#[tokio::test]
async fn a_person_comes_with_name_address_and_tokens() {
    let google = provider(ISSUER);
    let house = House::new(Arc::new(google.stand_in.clone()));
    let person = house.redeem("oauth_google", &connection()).await.unwrap();
    assert_eq!((person.subject.as_str(), person.email.as_deref()), ("1234567890", Some("ada@example.com")));
    assert!(person.email_verified);
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!(person.picture.map(String::from).as_deref(), Some("https://pictures.example/ada.png"));
    assert_eq!(person.username, None);
    let grant = person.grant;
    assert_eq!(grant.access_token.expose_secret(), "access-1");
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "refresh-1");
    assert!(grant.id_token.is_some());
    assert_eq!(grant.scopes, ["openid", "email", "profile"]);
    assert_eq!(grant.expires_at, Some(NOW.plus(3_599_000)));

    let asked = google.stand_in.only(&google.url("/token"));
    assert_eq!(asked.field("redirect_uri"), "https://auth.example.com/v1/oauth_callback");
    assert_eq!(asked.field("code_verifier"), VERIFIER);
    assert!(asked.header("authorization").starts_with("Basic "), "the secret travels in the header where it can");
    assert!(asked.header("user-agent").starts_with("Frontdesk/"));
    assert!(google.stand_in.asked(&google.url("/userinfo")).is_empty(), "the ID token says it all");
}

#[tokio::test]
async fn the_page_asks_for_a_refresh_token_and_for_the_hosted_domain() {
    let house = House::new(Arc::new(provider(ISSUER).stand_in));
    let plain = connection();
    let page = house.providers.authorize(&house.at("oauth_google", &plain), &ask()).await.unwrap();
    assert_eq!(page.as_str().split('?').next(), Some("https://accounts.google.com/authorize"));
    assert_eq!(parameter(&page, "scope"), "openid email profile");
    assert_eq!(parameter(&page, "access_type"), "offline");
    assert!(!has_parameter(&page, "hd") && !has_parameter(&page, "prompt") && !has_parameter(&page, "login_hint"));

    let hosted = Connection {
        hosted_domain: Some("example.com".to_owned()),
        scopes: vec!["https://www.googleapis.com/auth/calendar.readonly".to_owned()],
        ..connection()
    };
    let ask = Ask {
        extra_scopes: vec!["https://www.googleapis.com/auth/drive.readonly".to_owned()],
        login_hint: Some("ada@example.com".to_owned()),
        ..ask()
    };
    let page = house.providers.authorize(&house.at("oauth_google", &hosted), &ask).await.unwrap();
    assert_eq!(parameter(&page, "hd"), "example.com");
    assert_eq!(parameter(&page, "login_hint"), "ada@example.com");
    assert_eq!(parameter(&page, "prompt"), "consent", "a refresh token comes with an agreement only");
    let scopes = "openid email profile https://www.googleapis.com/auth/calendar.readonly \
                  https://www.googleapis.com/auth/drive.readonly";
    assert_eq!(parameter(&page, "scope"), scopes);
    let chooses = Ask { prompt: Some("select_account".to_owned()), ..ask };
    let page = house.providers.authorize(&house.at("oauth_google", &hosted), &chooses).await.unwrap();
    assert_eq!(parameter(&page, "prompt"), "select_account", "the caller's word counts");
}

#[tokio::test]
async fn only_people_of_the_hosted_domain_come_in() {
    let google = provider(ISSUER);
    let house = House::new(Arc::new(google.stand_in.clone()));
    let hosted = Connection { hosted_domain: Some("example.com".to_owned()), ..connection() };
    for (domain, comes_in) in
        [(json!("example.com"), true), (json!("Example.com"), true), (json!("example.com.evil.example"), false)]
    {
        google.gives(&google.claims_with(|claims| claims["hd"] = domain.clone()));
        assert_eq!(house.redeem("oauth_google", &hosted).await.is_ok(), comes_in, "{domain}");
    }
    // An address of the domain does not make anybody one of its people.
    google.gives(&google.claims());
    let fault = house.redeem("oauth_google", &hosted).await.unwrap_err();
    assert_eq!(fault, ProviderFault::HostedDomain);
    assert_eq!(fault.code().as_str(), "not_allowed_access");
}

#[tokio::test]
async fn sec_75_and_78_the_subject_is_the_key_and_an_unverified_address_stays_unverified() {
    let google = provider(ISSUER);
    let house = House::new(Arc::new(google.stand_in.clone()));
    let mut subjects = Vec::new();
    for (subject, verified) in [("victim", json!(true)), ("attacker", json!(false)), ("third", json!(null))] {
        google.gives(&google.claims_with(|claims| {
            claims["sub"] = subject.into();
            claims["email_verified"] = verified.clone();
        }));
        let person = house.redeem("oauth_google", &connection()).await.unwrap();
        assert_eq!(person.email.as_deref(), Some("ada@example.com"));
        assert_eq!(person.email_verified, verified == json!(true), "{verified}");
        subjects.push(person.subject);
    }
    assert_eq!(subjects, ["victim", "attacker", "third"]);
    google.gives(&google.claims_with(|claims| {
        claims["email"] = "ada at example".into();
    }));
    let person = house.redeem("oauth_google", &connection()).await.unwrap();
    assert!(person.email.is_none() && !person.email_verified, "what is no address cannot be verified");
}

#[tokio::test]
async fn fresh_tokens_come_without_losing_what_was_known() {
    let google = provider(ISSUER);
    let house = House::new(Arc::new(google.stand_in.clone()));
    let connection = connection();
    let at = house.at("oauth_google", &connection);
    let grant = house.providers.refresh(&at, &"refresh-1".into()).await.unwrap();
    assert_eq!(grant.access_token.expose_secret(), "access-2");
    assert!(grant.refresh_token.is_none() && grant.id_token.is_none() && grant.scopes.is_empty());
    assert_eq!(grant.expires_at, Some(NOW.plus(3_599_000)));
    let fault = house.providers.refresh(&at, &"refresh-0".into()).await.unwrap_err();
    let refused = ProviderFault::Refused { step: Step::Refresh, status: 400, said: "invalid_grant".to_owned() };
    assert_eq!(fault, refused);
    assert_eq!(fault.code().as_str(), "oauth_token_retrieval_error");
}

#[tokio::test]
async fn a_code_that_is_not_taken_says_why() {
    let google = provider(ISSUER);
    google.stand_in.status(
        &google.place("POST", "/token"),
        401,
        &json!({"error": "invalid_client", "error_description": format!("secret {SECRET} of {CODE} is wrong")}),
    );
    let house = House::new(Arc::new(google.stand_in.clone()));
    let fault = house.redeem("oauth_google", &connection()).await.unwrap_err();
    let said = "invalid_client: secret … of … is wrong".to_owned();
    assert_eq!(fault, ProviderFault::Refused { step: Step::Exchange, status: 401, said });
    assert_eq!(fault.code().as_str(), "oauth_token_exchange_error");
}
