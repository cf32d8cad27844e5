use serde_json::{Value, json};

use super::{stand_in::answer, *};

const TOKEN: &str = "https://github.com/login/oauth/access_token";
const USER: &str = "https://api.github.com/user";
const EMAILS: &str = "https://api.github.com/user/emails";

fn user() -> Value {
    json!({
        "id": 583_231, "login": "octo-ada", "name": "Ada King Lovelace", "email": null,
        "avatar_url": "https://avatars.example/u/583231", "plan": {"name": "free"},
    })
}

fn github() -> StandIn {
    let github = StandIn::default();
    github
        .json(
            &format!("POST {TOKEN}"),
            &json!({"access_token": "gho_1", "token_type": "bearer", "scope": "read:user,user:email"}),
        )
        .json(&format!("GET {USER}"), &user());
    addresses(
        &github,
        &json!([
            {"email": "old@example.com", "primary": false, "verified": true, "visibility": null},
            {"email": "ada@example.com", "primary": true, "verified": true, "visibility": "private"},
            {"email": "583231+octo-ada@users.noreply.github.com", "primary": false, "verified": true, "visibility": null},
        ]),
    );
    github
}

fn addresses(github: &StandIn, addresses: &Value) {
    github.json(&format!("GET {EMAILS}"), addresses);
}

#[tokio::test]
async fn a_person_comes_with_a_private_address_and_a_number_that_stays() {
    let github = github();
    let house = House::new(Arc::new(github.clone()));
    let person = house.redeem("oauth_github", &connection()).await.unwrap();
    assert_eq!((person.subject.as_str(), person.username.as_deref()), ("583231", Some("octo-ada")));
    assert_eq!((person.email.as_deref(), person.email_verified), (Some("ada@example.com"), true));
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Ada"), Some("King Lovelace")));
    assert_eq!(person.picture.map(String::from).as_deref(), Some("https://avatars.example/u/583231"));
    assert_eq!(person.grant.scopes, ["read:user", "user:email"]);
    assert!(person.grant.expires_at.is_none() && person.grant.refresh_token.is_none());

    let exchanged = github.only(TOKEN);
    assert_eq!((exchanged.field("client_secret"), exchanged.field("code_verifier")), (SECRET, VERIFIER));
    assert_eq!(exchanged.header("accept"), "application/json");
    for asked in [github.only(USER), github.only(EMAILS)] {
        assert!(asked.header("user-agent").starts_with("Frontdesk/"), "GitHub answers nobody without a name");
        assert_eq!(asked.header("authorization"), "Bearer gho_1");
        assert_eq!(asked.header("x-github-api-version"), "2022-11-28");
    }
}

#[tokio::test]
async fn forms_are_read_as_well() {
    let github = github();
    github.on(&format!("POST {TOKEN}"), |_| {
        let form = "access_token=ghu_1&expires_in=28800&refresh_token=ghr_1&scope=read%3Auser%2Cgist&token_type=bearer";
        answer(200, "application/x-www-form-urlencoded; charset=utf-8", form)
    });
    let house = House::new(Arc::new(github.clone()));
    let connection = connection();
    let grant = house.redeem("oauth_github", &connection).await.unwrap().grant;
    assert_eq!(grant.access_token.expose_secret(), "ghu_1");
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "ghr_1");
    assert_eq!(grant.expires_at, Some(NOW.plus(28_800_000)));
    assert_eq!(grant.scopes, ["read:user", "gist"]);
    let fresh = house.providers.refresh(&house.at("oauth_github", &connection), &"ghr_1".into()).await.unwrap();
    assert_eq!(fresh.access_token.expose_secret(), "ghu_1");
    assert_eq!(github.asked(TOKEN)[1].field("grant_type"), "refresh_token");
}

#[tokio::test]
async fn errors_in_good_answers_are_errors() {
    let github = github();
    let house = House::new(Arc::new(github.clone()));
    let said = format!("bad_verification_code: The code {CODE} is incorrect or expired.");
    let fault = ProviderFault::Refused { step: Step::Exchange, status: 200, said: said.replace(CODE, "…") };
    let error = json!({
        "error": "bad_verification_code", "error_description": format!("The code {CODE} is incorrect or expired."),
        "error_uri": "https://docs.example/x",
    });
    github.json(&format!("POST {TOKEN}"), &error);
    assert_eq!(house.redeem("oauth_github", &connection()).await.unwrap_err(), fault);
    github.on(&format!("POST {TOKEN}"), |_| {
        let form = "error=bad_verification_code&error_description=The+code+code-of-the-tests+is+incorrect+or+expired.";
        answer(200, "application/x-www-form-urlencoded", form)
    });
    assert_eq!(house.redeem("oauth_github", &connection()).await.unwrap_err(), fault);
}

#[tokio::test]
async fn sec_78_the_best_address_is_taken_and_called_what_it_is() {
    let github = github();
    let house = House::new(Arc::new(github.clone()));
    let noreply = json!({"email": "1+a@users.noreply.github.com", "primary": true, "verified": true});
    for (listed, expected) in [
        (json!([{"email": "a@example.com", "primary": true, "verified": false}]), Some(("a@example.com", false))),
        (
            json!([
                {"email": "a@example.com", "primary": true, "verified": false},
                {"email": "b@example.com", "primary": false, "verified": true},
            ]),
            Some(("b@example.com", true)),
        ),
        (json!([{"email": "b@example.com", "primary": false, "verified": false}]), None),
        (json!([{"email": "b@example.com"}]), None),
        (json!([noreply]), None),
        (json!([]), None),
    ] {
        addresses(&github, &listed);
        let person = house.redeem("oauth_github", &connection()).await.unwrap();
        let email = person.email.as_deref().map(|email| (email, person.email_verified));
        assert_eq!(email, expected, "{listed}");
    }
}

#[tokio::test]
async fn who_gives_no_addresses_comes_in_with_the_public_one_unverified() {
    let github = github();
    let mut public = user();
    public["email"] = "public@example.com".into();
    github.json(&format!("GET {USER}"), &public);
    let house = House::new(Arc::new(github.clone()));
    for status in [403, 404] {
        github.status(&format!("GET {EMAILS}"), status, &json!({"message": "Not Found"}));
        let person = house.redeem("oauth_github", &connection()).await.unwrap();
        assert_eq!((person.email.as_deref(), person.email_verified), (Some("public@example.com"), false));
    }
    github.status(&format!("GET {EMAILS}"), 401, &json!({"message": "Bad credentials gho_1"}));
    let fault = house.redeem("oauth_github", &connection()).await.unwrap_err();
    let said = "Bad credentials …".to_owned();
    assert_eq!(fault, ProviderFault::Refused { step: Step::Profile, status: 401, said });
}

#[tokio::test]
async fn sec_75_a_login_is_not_a_person() {
    let github = github();
    let house = House::new(Arc::new(github.clone()));
    for wrong in [
        json!({"login": "octo-ada"}),
        json!({"id": "583231", "login": "x"}),
        json!({"id": -1, "login": "x"}),
        json!([]),
    ] {
        github.json(&format!("GET {USER}"), &wrong);
        let fault = house.redeem("oauth_github", &connection()).await.unwrap_err();
        assert!(matches!(fault, ProviderFault::WrongAnswer { step: Step::Profile, .. }), "{wrong}");
    }
}

#[tokio::test]
async fn a_server_of_ones_own_stands_in() {
    let github = StandIn::default();
    let at = |path: &str| format!("https://github.acme.example{path}");
    github
        .json(&format!("POST {}", at("/token")), &json!({"access_token": "gho_1", "scope": ""}))
        .json(&format!("GET {}", at("/api/v3/user")), &user())
        .json(&format!("GET {}", at("/api/v3/user/emails")), &json!([]));
    let house = House::new(Arc::new(github));
    let endpoints = Endpoints {
        authorize: at("/authorize").parse().ok(),
        token: at("/token").parse().ok(),
        profile: at("/api/v3/user").parse().ok(),
        issuer: at("").parse().ok(),
    };
    let connection = Connection { endpoints, ..connection() };
    let target = house.at("oauth_github", &connection);
    let hint = Ask { login_hint: Some("octo-ada".to_owned()), prompt: Some("select_account".to_owned()), ..ask() };
    let page = house.providers.authorize(&target, &hint).await.unwrap();
    assert!(page.as_str().starts_with("https://github.acme.example/authorize?"), "{page}");
    assert_eq!((parameter(&page, "login"), parameter(&page, "prompt")), ("octo-ada".into(), "select_account".into()));
    house.providers.redeem(&target, CODE, Some("https://github.acme.example"), &kept()).await.unwrap();
    let fault =
        house.providers.redeem(&target, CODE, Some("https://github.com/login/oauth"), &kept()).await.unwrap_err();
    assert_eq!(fault, ProviderFault::Issuer);
}

#[tokio::test]
async fn sec_33_what_was_given_is_given_back_by_the_application_that_has_it() {
    const GRANT: &str = "https://api.github.com/applications/client-1/grant";
    let github = github();
    github.status(&format!("DELETE {GRANT}"), 204, &Value::Null);
    let house = House::new(Arc::new(github.clone()));
    let connection = connection();
    let given = Given { access: "gho_1".into(), refresh: None };
    assert_eq!(house.providers.revoke(&house.at("oauth_github", &connection), &given).await, Ok(true));
    let asked = github.only(GRANT);
    assert_eq!(asked.header("authorization"), basic("client-1", SECRET));
    assert_eq!(asked.header("content-type"), "application/json");
    assert_eq!(serde_json::from_slice::<Value>(&asked.body).unwrap(), json!({ "access_token": "gho_1" }));
    let refusal = json!({ "message": format!("gho_1 is none of {SECRET}") });
    github.status(&format!("DELETE {GRANT}"), 404, &refusal);
    let fault = house.providers.revoke(&house.at("oauth_github", &connection), &given).await.unwrap_err();
    assert_eq!(
        fault,
        ProviderFault::Refused { step: Step::Revocation, status: 404, said: "… is none of …".to_owned() }
    );
    // Below the place of the profile, at a server of one's own.
    let at = "https://github.acme.example/api/v3/applications/client-1/grant";
    github.status(&format!("DELETE {at}"), 204, &Value::Null);
    let profile = "https://github.acme.example/api/v3/user/".parse().ok();
    let own = Connection { endpoints: Endpoints { profile, ..Endpoints::default() }, ..connection };
    assert_eq!(house.providers.revoke(&house.at("oauth_github", &own), &given).await, Ok(true));
}
