//! The second factor of a sign-in, and the fresh proof that a session may be asked for.

use frontdesk_accounts::{Reason, SessionRequest, SignInRequest};
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    house::{House, Plan, Seen},
};

/// Method, path and form of the newest request that sends something.
fn newest(house: &House) -> String {
    let Seen { method, path, form, .. } = house.seen().into_iter().rfind(|seen| seen.method == "POST").unwrap();
    let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{method} {path} {}", form.join(" ")).trim_end().to_owned()
}

fn answers(house: &House, path: &str, response: &Value) {
    let body = json!({ "response": response, "client": null }).to_string();
    house.plan(path, Plan::Instead(200, vec![("content-type", "application/json".to_owned())], body));
}

#[tokio::test]
async fn the_second_factor_goes_to_the_attempt_under_way_and_no_session_is_there_before_it() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let attempt = |strategy: &str, code: &str| SignInRequest::AttemptSecondFactor {
        instance: instance.clone(),
        strategy: strategy.to_owned(),
        code: code.to_owned(),
    };
    let none = desk.accounts.sign_in(attempt("totp", "424242")).await.unwrap_err();
    assert_eq!(none.said.unwrap().reason, Reason::NoSignIn);

    let begun = desk.try_sign_in(&instance, None).await.unwrap();
    let path = format!("POST /v1/client/sign_ins/{}", begun["id"].as_str().unwrap());
    let factors = json!([{ "strategy": "totp" }, { "strategy": "phone_code", "phone_number_id": "idn_p1" }]);
    let second = json!({ "id": begun["id"], "status": "needs_second_factor", "supported_second_factors": factors });
    answers(&house, "/attempt_first_factor", &second);
    let first = SignInRequest::AttemptFirstFactor {
        instance: instance.clone(),
        strategy: "password".to_owned(),
        password: Some("right".to_owned()),
        code: None,
    };
    let stands = desk.accounts.sign_in(first).await.unwrap();
    assert_eq!((&stands["status"], &stands["created_session_id"]), (&json!("needs_second_factor"), &Value::Null));
    assert_eq!(stands["supported_second_factors"], factors);
    assert_eq!(desk.snapshot().active, None, "nobody is signed in by half");

    answers(&house, "/prepare_second_factor", &second);
    let prepare = SignInRequest::PrepareSecondFactor {
        instance: instance.clone(),
        strategy: "phone_code".to_owned(),
        email_address_id: None,
        phone_number_id: Some("idn_p1".to_owned()),
    };
    desk.accounts.sign_in(prepare).await.unwrap();
    assert_eq!(newest(&house), format!("{path}/prepare_second_factor strategy=phone_code phone_number_id=idn_p1"));

    let wrong = desk.accounts.sign_in(attempt("backup_code", "k7hq2mzd")).await.unwrap_err();
    assert_eq!(wrong.errors[0].code, "resource_not_found");
    assert_eq!(newest(&house), format!("{path}/attempt_second_factor strategy=backup_code code=k7hq2mzd"));
}

#[tokio::test]
async fn each_step_of_a_fresh_proof_is_one_of_the_session() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let path = format!("POST /v1/client/sessions/{}/verify", account.session);
    for (request, at, expected) in [
        (
            SessionRequest::StartVerification { account: account.clone(), level: "multi_factor".to_owned() },
            "/verify",
            format!("{path} level=multi_factor"),
        ),
        (
            SessionRequest::PrepareFirstFactorVerification {
                account: account.clone(),
                strategy: "email_code".to_owned(),
                email_address_id: Some("idn_1".to_owned()),
                phone_number_id: None,
            },
            "/prepare_first_factor",
            format!("{path}/prepare_first_factor strategy=email_code email_address_id=idn_1"),
        ),
        (
            SessionRequest::AttemptFirstFactorVerification {
                account: account.clone(),
                strategy: "password".to_owned(),
                password: Some("right".to_owned()),
                code: None,
            },
            "/attempt_first_factor",
            format!("{path}/attempt_first_factor strategy=password password=right"),
        ),
        (
            SessionRequest::PrepareSecondFactorVerification {
                account: account.clone(),
                strategy: "phone_code".to_owned(),
                phone_number_id: Some("idn_p1".to_owned()),
            },
            "/prepare_second_factor",
            format!("{path}/prepare_second_factor strategy=phone_code phone_number_id=idn_p1"),
        ),
        (
            SessionRequest::AttemptSecondFactorVerification {
                account: account.clone(),
                strategy: "totp".to_owned(),
                code: "424242".to_owned(),
            },
            "/attempt_second_factor",
            format!("{path}/attempt_second_factor strategy=totp code=424242"),
        ),
    ] {
        answers(&house, at, &json!({ "level": "multi_factor", "status": "needs_second_factor" }));
        let stands = desk.accounts.session(request).await.unwrap();
        assert_eq!(stands["status"], "needs_second_factor");
        assert_eq!(newest(&house), expected);
    }
}

#[tokio::test]
async fn sec_42_a_fresh_proof_hands_no_token_to_the_window_and_makes_the_next_one_anew() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let token = async || {
        let request = SessionRequest::Token {
            account: account.clone(),
            template: None,
            organization_id: None,
            skip_cache: false,
            leeway_in_seconds: None,
        };
        desk.accounts.session(request).await.unwrap()["jwt"].as_str().unwrap().to_owned()
    };
    let before = token().await;
    assert_eq!(token().await, before, "from memory");
    let session = json!({ "id": account.session, "status": "active", "last_active_token": { "jwt": "a.b.c" } });
    let proof = |status: &str| json!({ "level": "first_factor", "status": status, "session": session });
    let attempt = || SessionRequest::AttemptFirstFactorVerification {
        account: account.clone(),
        strategy: "password".to_owned(),
        password: Some("right".to_owned()),
        code: None,
    };
    answers(&house, "/attempt_first_factor", &proof("needs_second_factor"));
    let half = desk.accounts.session(attempt()).await.unwrap();
    assert!(!half.to_string().contains("a.b.c"), "{half}");
    assert_eq!(token().await, before);
    answers(&house, "/attempt_first_factor", &proof("complete"));
    let whole = desk.accounts.session(attempt()).await.unwrap();
    assert!(!whole.to_string().contains("a.b.c"), "{whole}");
    assert_ne!(token().await, before, "the one before says an older proof");
}
