//! A passkey as a fresh proof of who is signed in.

use frontdesk_identity::time::MINUTE;
use frontdesk_store::testing::{TestDatabase, on_each};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::{Device, Person},
    house::{House, Wish},
    key::{BE, BS, Key, Says, UP, UV},
    owner::Owner,
    passkeys::ADA,
};

const EVE: &str = "eve@example.com";
/// How long a proof counts.
const FRESH: i64 = 10 * MINUTE;

impl Device<'_> {
    async fn prove_anew(&mut self, session: &str, level: &str) -> Answer {
        self.post(&format!("/v1/client/sessions/{session}/verify"), &[("level", level)]).await
    }

    /// Has a device asked for a passkey of who is signed in by that session.
    async fn ask_anew(&mut self, session: &str) -> Answer {
        let path = format!("/v1/client/sessions/{session}/verify/prepare_first_factor");
        self.post(&path, &[("strategy", "passkey")]).await
    }

    /// What a device is asked by that session, in an attempt that begins now.
    async fn asked_anew(&mut self, session: &str, level: &str) -> Value {
        self.prove_anew(session, level).await.ok();
        options(&self.ask_anew(session).await.ok())
    }

    /// Offers the answer of a device.
    async fn answer_anew(&mut self, session: &str, answer: &str) -> Answer {
        let path = format!("/v1/client/sessions/{session}/verify/attempt_first_factor");
        self.post(&path, &[("strategy", "passkey"), ("public_key_credential", answer)]).await
    }
}

fn options(asked: &Answer) -> Value {
    let verification = &asked.response()["first_factor_verification"];
    assert_eq!((&verification["status"], &verification["strategy"]), (&json!("unverified"), &json!("passkey")));
    let options: Value = serde_json::from_str(verification["nonce"].as_str().unwrap()).unwrap();
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1, "the user's own");
    options
}

/// An instance that wants fresh proofs, and more.
async fn house(database: &TestDatabase, passkeys: Value) -> House {
    let policy = json!({ "reverification": true, "passkeys": passkeys });
    House::with(database, Wish::settings(json!({ "policy": policy }))).await
}

/// Somebody with a passkey, who is signed in.
async fn somebody(device: &mut Device<'_>, address: &str) -> (Person, String, Key) {
    let person = device.sign_up(address).await;
    let (passkey, key) = device.add_passkey(format!("a key of {address}, and of nobody else").as_bytes()).await;
    (person, passkey, key)
}

fn right(key: &mut Key, options: &Value) -> String {
    key.sign(options, &Says::default())
}

#[tokio::test]
async fn a_passkey_proves_anew_who_is_signed_in_and_what_was_refused_is_done() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        house.clock.advance(FRESH);
        device.delete("/v1/me").await.refused(403, "session_reverification_required");
        let begun = device.prove_anew(&person.session_id, "second_factor").await.ok();
        assert_eq!(begun.response()["level"], "first_factor", "there is no second one");
        let offered = begun.response()["supported_first_factors"].as_array().unwrap();
        let offered: Vec<_> = offered.iter().map(|factor| factor["strategy"].as_str().unwrap()).collect();
        assert_eq!(offered, ["password", "email_code", "passkey"]);
        assert_eq!(begun.response()["first_factor_verification"], Value::Null);
        let asked = device.ask_anew(&person.session_id).await.ok();
        let expire_at = asked.response()["first_factor_verification"]["expire_at"].clone();
        let answer = right(&mut key, &options(&asked));
        house.clock.advance(MINUTE);
        let done = device.answer_anew(&person.session_id, &answer).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let proof = &done.response()["first_factor_verification"];
        assert_eq!((&proof["status"], &proof["strategy"]), (&json!("verified"), &json!("passkey")));
        assert_eq!((&proof["nonce"], &proof["expire_at"]), (&json!(""), &expire_at));
        for session in [&done.response()["session"], &done.client()["sessions"][0]] {
            assert_eq!(session["factor_verification_age"], json!([0, -1]));
            assert_eq!(session["user"]["passkeys"][0]["last_used_at"], json!(house.now_ms()));
        }
        device.delete("/v1/me").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_40_another_device_is_signed_out_after_a_fresh_proof_by_a_passkey_and_not_before() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let (mut desk, mut phone) = (house.device(), house.device());
        let (person, _, mut key) = somebody(&mut desk, ADA).await;
        let there = phone.sign_in(&person).await;
        house.clock.advance(FRESH);
        let listed = desk.get("/v1/me/sessions/active").await.ok();
        assert!(
            listed.body.as_array().unwrap().iter().any(|session| session["id"] == there.as_str()),
            "{}",
            listed.body
        );
        let revoke = format!("/v1/me/sessions/{there}/revoke");
        desk.post(&revoke, &[]).await.refused(403, "session_reverification_required");
        desk.prove_anew(&person.session_id, "first_factor").await.ok();
        let asked = desk.ask_anew(&person.session_id).await.ok();
        let answer = right(&mut key, &options(&asked));
        desk.answer_anew(&person.session_id, &answer).await.ok();
        assert_eq!(desk.post(&revoke, &[]).await.ok().response()["status"], "revoked");
        assert_eq!(phone.client().await["sessions"][0]["status"], "revoked");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_an_answer_is_taken_once_in_time_and_for_the_session_that_asked() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let (mut device, mut other) = (house.device(), house.device());
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        let elsewhere = other.sign_in(&person).await;
        let here = person.session_id.as_str();
        let not_asked = |answer: Answer| answer.refused(400, "passkey_invalid_verification");
        let wrong = |answer: Answer| answer.refused(400, "passkey_authentication_failure");

        // Nothing was asked, and nothing was begun.
        let unasked = right(&mut key, &json!({ "rpId": "localhost", "challenge": "AAAAAAAAAAAAAAAAAAAAAA" }));
        device.answer_anew(here, &unasked).await.refused(400, "session_reverification_missing");
        device.ask_anew(here).await.refused(400, "session_reverification_missing");
        device.prove_anew(here, "first_factor").await.ok();
        not_asked(device.answer_anew(here, &unasked).await);
        // A wrong answer uses the challenge up.
        let asked = device.asked_anew(here, "first_factor").await;
        let answer = right(&mut key, &asked);
        wrong(device.answer_anew(here, &unasked).await);
        not_asked(device.answer_anew(here, &answer).await);
        // Too late.
        let asked = device.asked_anew(here, "first_factor").await;
        let answer = right(&mut key, &asked);
        house.clock.advance(5 * MINUTE);
        not_asked(device.answer_anew(here, &answer).await);
        // Of the same user's session on another device.
        let others = other.asked_anew(&elsewhere, "first_factor").await;
        let answer = right(&mut key, &others);
        device.asked_anew(here, "first_factor").await;
        wrong(device.answer_anew(here, &answer).await);
        device.answer_anew(&elsewhere, &answer).await.refused(404, "resource_not_found");
        other.answer_anew(&elsewhere, &answer).await.ok();
        // Replayed, in the attempt that is over and in the next one.
        assert_eq!(other.answer_anew(&elsewhere, &answer).await.status.as_u16(), 400);
        other.asked_anew(&elsewhere, "first_factor").await;
        wrong(other.answer_anew(&elsewhere, &answer).await);
        // Asked anew, or begun anew: what was asked before is void.
        let first = device.asked_anew(here, "first_factor").await;
        let second = options(&device.ask_anew(here).await.ok());
        assert_ne!(first["challenge"], second["challenge"]);
        device.prove_anew(here, "first_factor").await.ok();
        let answer = right(&mut key, &second);
        not_asked(device.answer_anew(here, &answer).await);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_a_sign_in_and_a_fresh_proof_take_nothing_of_each_other() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        let here = person.session_id.as_str();
        // Both are asked at the same client, and neither ends the other.
        let fresh = device.asked_anew(here, "first_factor").await;
        let (sign_in, any) = device.begin_passkey().await;
        let (adding, new) = device.ask_passkey().await;
        let swapped = right(&mut key, &any);
        device.answer_anew(here, &swapped).await.refused(400, "passkey_authentication_failure");
        device.asked_anew(here, "first_factor").await;
        let swapped = right(&mut key, &json!({ "rpId": "localhost", "challenge": new["challenge"] }));
        device.answer_anew(here, &swapped).await.refused(400, "passkey_authentication_failure");
        let (sign_in_again, _) = device.begin_passkey().await;
        assert_ne!(sign_in, sign_in_again);
        let swapped = right(&mut key, &fresh);
        device.prove_passkey(&sign_in_again, &swapped).await.refused(400, "passkey_authentication_failure");
        // What was asked for adding one is there still.
        let (_, made) = Key::made(&new, b"another key of sixteen bytes", &Says::default());
        device.answer_passkey(&adding, &made).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_a_passkey_of_somebody_else_proves_nothing_also_at_the_same_client() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (ada, _, mut adas) = somebody(&mut device, ADA).await;
        let (eve, _, mut eves) = somebody(&mut device, EVE).await;
        let asked = device.asked_anew(&ada.session_id, "first_factor").await;
        let answer = right(&mut eves, &asked);
        device.answer_anew(&ada.session_id, &answer).await.refused(404, "passkey_not_registered");
        // Eve's key under the name of Ada's.
        let asked = device.asked_anew(&ada.session_id, "first_factor").await;
        eves.id.clone_from(&adas.id);
        let answer = right(&mut eves, &asked);
        device.answer_anew(&ada.session_id, &answer).await.refused(400, "passkey_authentication_failure");
        // What Ada was asked, answered for Eve.
        let asked = device.asked_anew(&ada.session_id, "first_factor").await;
        let answer = right(&mut adas, &asked);
        device.asked_anew(&eve.session_id, "first_factor").await;
        device.answer_anew(&eve.session_id, &answer).await.refused(404, "passkey_not_registered");
        device.answer_anew(&ada.session_id, &answer).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_of_many_who_answer_the_same_at_once_one_is_taken() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        let asked = device.asked_anew(&person.session_id, "first_factor").await;
        let answer = right(&mut key, &asked);
        let many = (0..10).map(|_| {
            let (mut device, session, answer) = (device.clone(), person.session_id.clone(), answer.clone());
            async move { device.answer_anew(&session, &answer).await.status.as_u16() }
        });
        let statuses = futures_util::future::join_all(many).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_67_68_69_71_answers_that_say_something_else_prove_nothing() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        let here = person.session_id.as_str();
        let bad = [
            ("kind", Says { kind: Some("webauthn.create"), ..Says::default() }),
            ("another site", Says { origin: "https://evil.example".to_owned(), ..Says::default() }),
            ("another domain", Says { rp_id: Some("example.com"), ..Says::default() }),
            ("nobody there", Says::flags(UV)),
            ("nobody verified", Says::flags(UP)),
            ("may be copied, and could not", Says::flags(UP | UV | BE)),
            ("was copied, and cannot be", Says::flags(UP | UV | BS)),
            ("a page inside another", Says { more: json!({ "crossOrigin": true }), ..Says::default() }),
        ];
        for (what, says) in bad {
            let asked = device.asked_anew(here, "first_factor").await;
            let refused = device.answer_anew(here, &key.sign(&asked, &says)).await;
            assert_eq!(refused.codes(), ["passkey_authentication_failure"], "{what}");
        }
        let mut counted = async |counter: u32| {
            key.counter = counter;
            let asked = device.asked_anew(here, "first_factor").await;
            let answer = right(&mut key, &asked);
            device.answer_anew(here, &answer).await
        };
        counted(5).await.ok();
        counted(5).await.refused(400, "passkey_authentication_failure");
        counted(6).await.ok();
        for malformed in ["{}", "no JSON"] {
            device.asked_anew(here, "first_factor").await;
            let refused = device.answer_anew(here, malformed).await;
            refused.refused_at(422, "passkey_invalid_public_key_credential", "public_key_credential");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_42_it_is_both_factors_only_where_a_sign_in_takes_it_for_both() {
    on_each(async |database| {
        for counts in [false, true] {
            let house = house(database, json!({ "satisfies_second_factor": counts })).await;
            let mut device = house.device();
            let address = format!("both{counts}@example.com");
            let (person, _, mut key) = somebody(&mut device, &address).await;
            let here = person.session_id.as_str();
            let (app, _) = device.set_up_app(&house).await;
            house.clock.advance(FRESH);
            let change = async |device: &mut Device<'_>| device.post("/v1/me/backup_codes", &[]).await;
            // It is no second factor, and the first alone is not enough for a change that matters.
            let begun = device.prove_anew(here, "second_factor").await.ok();
            assert_eq!(begun.response()["supported_first_factors"], Value::Null);
            device.ask_anew(here).await.refused(400, "client_state_invalid");
            let asked = device.asked_anew(here, "first_factor").await;
            let answer = right(&mut key, &asked);
            let done = device.answer_anew(here, &answer).await.ok();
            assert_eq!(done.response()["session"]["factor_verification_age"], json!([0, 10]));
            change(&mut device).await.refused(403, "session_reverification_required");

            let asked = device.asked_anew(here, "multi_factor").await;
            let answer = right(&mut key, &asked);
            let mut done = device.answer_anew(here, &answer).await.ok();
            if !counts {
                assert_eq!(done.response()["status"], "needs_second_factor");
                change(&mut device).await.refused(403, "session_reverification_required");
                let path = format!("/v1/client/sessions/{here}/verify/attempt_second_factor");
                done = device.post(&path, &[("strategy", "totp"), ("code", &app.code(&house))]).await.ok();
            }
            assert_eq!(done.response()["status"], "complete");
            let second = if counts { Value::Null } else { json!("totp") };
            assert_eq!(done.response()["second_factor_verification"]["strategy"], second);
            assert_eq!(done.client()["sessions"][0]["factor_verification_age"], json!([0, 0]));
            change(&mut device).await.ok();
            house.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_has_no_passkey_or_has_it_no_more_is_asked_for_none() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, passkey, mut key) = somebody(&mut device, ADA).await;
        let here = person.session_id.as_str();
        let asked = device.asked_anew(here, "first_factor").await;
        let answer = right(&mut key, &asked);
        device.delete(&format!("/v1/me/passkeys/{passkey}")).await.ok();
        device.answer_anew(here, &answer).await.refused(400, "no_passkeys_found_for_user");
        device.ask_anew(here).await.refused(400, "no_passkeys_found_for_user");
        let begun = device.prove_anew(here, "first_factor").await.ok();
        assert!(!begun.response()["supported_first_factors"].to_string().contains("passkey"));
        // Another process, which has none.
        let off = json!({ "policy": { "reverification": true, "passkeys": { "enabled": false } } });
        let other = house.replica(database, off).await;
        let mut there = device.at(&other);
        let begun = there.prove_anew(here, "first_factor").await.ok();
        assert!(!begun.response()["supported_first_factors"].to_string().contains("passkey"));
        there.ask_anew(here).await.refused(400, "strategy_for_user_invalid");
        other.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_who_is_locked_proves_nothing_by_a_passkey() {
    on_each(async |database| {
        let house = house(database, json!({})).await;
        let mut device = house.device();
        let (person, _, mut key) = somebody(&mut device, ADA).await;
        let here = person.session_id.as_str();
        let asked = device.asked_anew(here, "first_factor").await;
        let answer = right(&mut key, &asked);
        let verify = format!("/v1/client/sessions/{here}/verify/attempt_first_factor");
        for _ in 0..10 {
            device.post(&verify, &[("strategy", "password"), ("password", "not it")]).await;
        }
        device.answer_anew(here, &answer).await.refused(403, "user_locked");
        device.ask_anew(here).await.refused(403, "user_locked");
        Owner::new(&house).post(&format!("/v1/users/{}/unlock", person.user_id), json!({})).await.ok();
        device.answer_anew(here, &answer).await.ok();
        house.close().await;
    })
    .await;
}
