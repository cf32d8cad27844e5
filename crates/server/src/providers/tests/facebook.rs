use serde_json::{Value, json};

use super::{stand_in::answer, *};

const TOKEN: &str = "https://graph.facebook.com/v24.0/oauth/access_token";
const ME: &str = "https://graph.facebook.com/v24.0/me";

fn me() -> Value {
    json!({
        "id": "102030", "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "name": "Ada Lovelace",
        "picture": {"data": {"height": 50, "is_silhouette": false, "url": "https://platform.example/ada.jpg", "width": 50}},
    })
}

fn facebook() -> StandIn {
    let facebook = StandIn::default();
    facebook
        .json(&format!("POST {TOKEN}"), &json!({"access_token": "short", "token_type": "bearer", "expires_in": 5183}))
        .json(
            &format!("GET {TOKEN}"),
            &json!({"access_token": "long", "token_type": "bearer", "expires_in": 5_183_944}),
        )
        .json(&format!("GET {ME}"), &me());
    facebook
}

#[tokio::test]
async fn a_person_comes_with_a_token_of_sixty_days_and_an_unverified_address() {
    let facebook = facebook();
    let house = House::new(Arc::new(facebook.clone()));
    let person = house.redeem("oauth_facebook", &connection()).await.unwrap();
    assert_eq!((person.subject.as_str(), person.email.as_deref()), ("102030", Some("ada@example.com")));
    assert!(!person.email_verified, "Facebook never says so");
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!(person.picture.map(String::from).as_deref(), Some("https://platform.example/ada.jpg"));
    assert_eq!(person.grant.access_token.expose_secret(), "long");
    assert_eq!(person.grant.expires_at, Some(NOW.plus(5_183_944_000)));
    assert!(person.grant.refresh_token.is_none());
    assert_eq!(person.grant.scopes, ["email", "public_profile"]);

    let exchanged = &facebook.asked(TOKEN)[0];
    assert_eq!((exchanged.field("client_id"), exchanged.field("client_secret")), ("client-1", SECRET));
    assert_eq!(exchanged.field("code_verifier"), VERIFIER);
    let prolonged = &facebook.asked(TOKEN)[1].url;
    assert_eq!(parameter(prolonged, "grant_type"), "fb_exchange_token");
    assert_eq!(parameter(prolonged, "fb_exchange_token"), "short");
    let profile = facebook.only(ME);
    assert_eq!(parameter(&profile.url, "fields"), "id,email,first_name,last_name,name,picture");
    assert_eq!(profile.header("authorization"), "Bearer short");
    // HMAC-SHA256 of the token under the secret, computed by openssl.
    assert_eq!(parameter(&profile.url, "appsecret_proof"), PROOF);
}

/// `printf short | openssl dgst -sha256 -hmac client-secret-of-the-tests`
const PROOF: &str = "9d8c58313c9ee8cbf30b201f4f69968f5ee87c6224fd47aed53f71d7e3bb3b93";

#[tokio::test]
async fn what_was_declined_is_asked_for_again_only_with_more_scopes() {
    let house = House::new(Arc::new(facebook()));
    let connection = connection();
    let at = house.at("oauth_facebook", &connection);
    let page = house.providers.authorize(&at, &ask()).await.unwrap();
    assert_eq!(page.as_str().split('?').next(), Some("https://www.facebook.com/v24.0/dialog/oauth"));
    assert_eq!(parameter(&page, "scope"), "email public_profile");
    assert!(!has_parameter(&page, "auth_type"));
    let more = Ask { extra_scopes: vec!["user_birthday".to_owned()], ..ask() };
    let page = house.providers.authorize(&at, &more).await.unwrap();
    assert_eq!(parameter(&page, "auth_type"), "rerequest");
}

#[tokio::test]
async fn people_without_an_address_or_a_picture_come_in_too() {
    let facebook = facebook();
    let bare =
        json!({"id": "7", "name": "Ada", "picture": {"data": {"is_silhouette": true, "url": "https://a.example/x"}}});
    facebook.json(&format!("GET {ME}"), &bare);
    let house = House::new(Arc::new(facebook.clone()));
    let person = house.redeem("oauth_facebook", &connection()).await.unwrap();
    assert!(person.email.is_none() && person.picture.is_none() && person.last_name.is_none());
    assert_eq!(person.first_name.as_deref(), Some("Ada"));
}

/// What the log gets.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_prolonged_keeps_nobody_out_and_stays_out_of_the_log() {
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || written.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let facebook = facebook();
    let refusal = json!({"error": {"message": format!("Neither short nor {SECRET} is known"), "code": 190}});
    facebook.status(&format!("GET {TOKEN}"), 400, &refusal);
    let house = House::new(Arc::new(facebook.clone()));
    let person = house.redeem("oauth_facebook", &connection()).await.unwrap();
    assert_eq!(person.grant.access_token.expose_secret(), "short");
    assert_eq!(person.grant.expires_at, Some(NOW.plus(5_183_000)));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("190: Neither … nor … is known"), "{log}");
    assert!(!log.contains(SECRET) && !log.contains(PROOF), "{log}");
}

#[tokio::test]
async fn errors_of_the_graph_are_told_without_the_token() {
    let graph = |message: &str| json!({"error": {"message": message, "type": "OAuthException", "code": 190, "error_subcode": 463}});
    let facebook = facebook();
    facebook.status(&format!("GET {ME}"), 400, &graph("Malformed access token short"));
    let house = House::new(Arc::new(facebook.clone()));
    let fault = house.redeem("oauth_facebook", &connection()).await.unwrap_err();
    let said = "OAuthException 190 463: Malformed access token …".to_owned();
    assert_eq!(fault, ProviderFault::Refused { step: Step::Profile, status: 400, said });

    facebook.status(&format!("POST {TOKEN}"), 400, &graph(&format!("Error validating client secret {SECRET}.")));
    let fault = house.redeem("oauth_facebook", &connection()).await.unwrap_err();
    let said = "OAuthException 190 463: Error validating client secret ….".to_owned();
    assert_eq!(fault, ProviderFault::Refused { step: Step::Exchange, status: 400, said });
}

#[tokio::test]
async fn nobody_without_an_id_comes_in() {
    let facebook = facebook();
    let house = House::new(Arc::new(facebook.clone()));
    for wrong in [json!({"id": ""}), json!({"id": 7}), json!({"email": "ada@example.com"}), json!([]), json!(null)] {
        facebook.json(&format!("GET {ME}"), &wrong);
        let fault = house.redeem("oauth_facebook", &connection()).await.unwrap_err();
        assert!(matches!(fault, ProviderFault::WrongAnswer { step: Step::Profile, .. }), "{wrong}");
    }
    facebook.on(&format!("GET {ME}"), |_| answer(200, "text/html", "<html>"));
    assert!(house.redeem("oauth_facebook", &connection()).await.is_err());
}

#[tokio::test]
async fn there_is_nothing_to_refresh_with() {
    let house = House::new(Arc::new(facebook()));
    let connection = connection();
    let fault = house.providers.refresh(&house.at("oauth_facebook", &connection), &"long".into()).await.unwrap_err();
    assert_eq!(fault.code().as_str(), "external_account_missing_refresh_token");
}

#[tokio::test]
async fn sec_16_an_answer_that_names_another_provider_is_refused() {
    let facebook = facebook();
    let house = House::new(Arc::new(facebook.clone()));
    let connection = connection();
    let at = house.at("oauth_facebook", &connection);
    let other = Some("https://accounts.google.com");
    let fault = house.providers.redeem(&at, CODE, other, &kept()).await.unwrap_err();
    assert_eq!(fault, ProviderFault::Issuer);
    assert!(facebook.asked(TOKEN).is_empty(), "no code is sent on to anybody");
    house.providers.redeem(&at, CODE, Some("https://www.facebook.com"), &kept()).await.unwrap();
}

#[tokio::test]
async fn sec_33_the_leave_of_the_application_is_taken_away() {
    let permissions = format!("{ME}/permissions");
    let facebook = facebook();
    facebook.json(&format!("DELETE {permissions}"), &json!({ "success": true }));
    let house = House::new(Arc::new(facebook.clone()));
    let connection = connection();
    let given = Given { access: "long".into(), refresh: None };
    assert_eq!(house.providers.revoke(&house.at("oauth_facebook", &connection), &given).await, Ok(true));
    let asked = facebook.only(&permissions);
    assert_eq!(asked.header("authorization"), "Bearer long");
    assert_eq!(parameter(&asked.url, "appsecret_proof").len(), 64);
    assert!(!asked.url.as_str().contains(SECRET));
}
