#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};

use super::*;

const GOOGLE: &str = "oauth_google";

fn sign_in(value: Value) -> Verdict {
    of_sign_in(&serde_json::from_value(value).unwrap(), GOOGLE)
}

fn sign_up(value: Value) -> Verdict {
    of_sign_up(&serde_json::from_value(value).unwrap())
}

fn code(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Failed(error) => &error.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sign_in_waits_until_its_proof_has_moved() {
    let proof = |status: &str, error: Value| json!({ "status": status, "strategy": GOOGLE, "error": error });
    let at =
        |status: &str, proof: Value| json!({ "id": "sia_1", "status": status, "first_factor_verification": proof });
    assert_eq!(sign_in(at("needs_identifier", proof("unverified", Value::Null))), Verdict::Waits);
    assert_eq!(sign_in(at("needs_first_factor", proof("unverified", Value::Null))), Verdict::Waits);
    assert_eq!(sign_in(at("needs_identifier", proof("transferable", Value::Null))), Verdict::Transfers);
    let unknown = json!({ "code": "external_account_not_found" });
    assert_eq!(sign_in(at("needs_identifier", proof("unverified", unknown))), Verdict::Transfers);
    for status in ["needs_second_factor", "needs_new_password", "needs_client_trust"] {
        assert_eq!(sign_in(at(status, proof("verified", Value::Null))), Verdict::GoesOn);
    }
    let denied = json!({ "code": "oauth_access_denied" });
    assert_eq!(code(&sign_in(at("needs_identifier", proof("unverified", denied)))), "oauth_access_denied");
    assert_eq!(code(&sign_in(at("needs_identifier", proof("failed", Value::Null)))), "oauth_callback_invalid");
    assert_eq!(code(&sign_in(at("needs_identifier", proof("expired", Value::Null)))), "flow_expired");
    let complete = json!({ "id": "sia_1", "status": "complete", "created_session_id": "sess_1" });
    assert_eq!(sign_in(complete), Verdict::SignedIn { session: "sess_1".to_owned() });
    let already = json!({ "code": "identifier_already_signed_in", "meta": { "session_id": "sess_2" } });
    assert_eq!(
        sign_in(at("needs_identifier", proof("failed", already))),
        Verdict::SignedIn { session: "sess_2".to_owned() }
    );
}

#[test]
fn a_sign_in_that_asks_for_the_address_to_be_proven_goes_on() {
    let at = |proof: Value| {
        json!({
            "id": "sia_1",
            "status": "needs_first_factor",
            "first_factor_verification": proof,
            "supported_first_factors": [{ "strategy": "email_code", "email_address_id": "idn_1" }],
        })
    };
    assert_eq!(sign_in(at(json!({ "status": "verified", "strategy": GOOGLE }))), Verdict::GoesOn);
    assert_eq!(sign_in(at(json!({ "status": "unverified", "strategy": "email_code" }))), Verdict::GoesOn);
    assert_eq!(sign_in(at(Value::Null)), Verdict::GoesOn);
    assert_eq!(sign_in(at(json!({ "status": "unverified", "strategy": GOOGLE }))), Verdict::Waits);
}

#[test]
fn a_sign_up_goes_on_where_something_is_missing_and_transfers_where_somebody_is_known() {
    let at = |proof: Value| json!({ "id": "sua_1", "status": "missing_requirements", "verifications": { "external_account": proof } });
    assert_eq!(sign_up(at(json!({ "status": "unverified", "strategy": GOOGLE }))), Verdict::Waits);
    assert_eq!(sign_up(at(json!({ "status": "verified", "strategy": GOOGLE }))), Verdict::GoesOn);
    let exists = json!({ "status": "transferable", "error": { "code": "external_account_exists" } });
    assert_eq!(sign_up(at(exists)), Verdict::Transfers);
    let blocked = json!({ "status": "failed", "error": { "code": "not_allowed_access" } });
    assert_eq!(code(&sign_up(at(blocked))), "not_allowed_access");
    assert_eq!(of_transfer(Verdict::Transfers), Verdict::GoesOn, "not there and back again");
    assert_eq!(of_transfer(Verdict::Waits), Verdict::GoesOn);
}

#[test]
fn a_user_says_of_the_one_account_that_was_asked_about() {
    let external = |id: &str, proof: Value| json!({ "id": id, "provider": "oauth_google", "verification": proof });
    let user = |externals: Vec<Value>| {
        serde_json::from_value::<wire::User>(json!({ "id": "user_1", "external_accounts": externals })).unwrap()
    };
    let verified = external("eac_1", json!({ "status": "verified", "strategy": GOOGLE }));
    let waiting = external("eac_2", json!({ "status": "unverified", "strategy": GOOGLE }));
    let claimed = json!({ "status": "failed", "error": { "code": "oauth_identification_claimed" } });
    let all = user(vec![json!(7), verified, waiting, external("eac_3", claimed)]);
    assert_eq!(of_user(&all, "eac_1"), Verdict::Connected);
    assert_eq!(of_user(&all, "eac_2"), Verdict::Waits);
    assert_eq!(code(&of_user(&all, "eac_3")), "oauth_identification_claimed");
    assert_eq!(of_user(&all, "eac_4"), Verdict::Waits);
    let old = serde_json::from_value::<wire::ExternalAccount>(json!({ "id": "eac_1", "provider": "google" })).unwrap();
    assert_eq!(strategy(&old), GOOGLE);
}
