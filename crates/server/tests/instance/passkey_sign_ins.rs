//! Sign-in by a passkey: by whichever the device has, and by one of those of whom it is said to be.

use frontdesk_identity::time::MINUTE;
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::{Device, Person},
    house::{House, Wish},
    key::{BE, BS, Key, Says, UP, UV},
    passkeys::ADA,
};

const BEGIN: &[(&str, &str)] = &[("strategy", "passkey")];

impl Device<'_> {
    /// Begins a sign-in by whichever passkey the device has; answers with its id and what the device is asked.
    pub(crate) async fn begin_passkey(&mut self) -> (String, Value) {
        asked(&self.post("/v1/client/sign_ins", BEGIN).await.ok())
    }

    /// Has a device asked for a passkey of somebody who was named.
    pub(crate) async fn prepare_passkey(&mut self, id: &str) -> (String, Value) {
        asked(&self.post(&format!("/v1/client/sign_ins/{id}/prepare_first_factor"), BEGIN).await.ok())
    }

    /// Offers the answer of a device.
    pub(crate) async fn prove_passkey(&mut self, id: &str, answer: &str) -> Answer {
        let form = [("strategy", "passkey"), ("public_key_credential", answer)];
        self.post(&format!("/v1/client/sign_ins/{id}/attempt_first_factor"), &form).await
    }
}

fn asked(answer: &Answer) -> (String, Value) {
    let verification = &answer.response()["first_factor_verification"];
    assert_eq!((&verification["status"], &verification["strategy"]), (&json!("unverified"), &json!("passkey")));
    let options: Value = serde_json::from_str(verification["nonce"].as_str().unwrap()).unwrap();
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    (answer.text("/response/id"), options)
}

/// Somebody with a passkey, who is signed in elsewhere.
async fn somebody(house: &House) -> (Person, Key) {
    let mut device = house.device();
    let person = device.sign_up(ADA).await;
    let (_, key) = device.add_passkey(b"a key of sixteen bytes").await;
    (person, key)
}

#[tokio::test]
async fn whichever_passkey_the_device_has_signs_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (person, mut key) = somebody(&house).await;
        let mut device = house.device();
        let (id, options) = device.begin_passkey().await;
        assert_eq!(options["allowCredentials"], json!([]));
        let done = device.prove_passkey(&id, &key.sign(&options, &Says::default())).await.ok();
        assert_eq!((&done.response()["status"], &done.response()["identifier"]), (&json!("complete"), &json!(ADA)));
        assert_eq!(done.response()["first_factor_verification"]["strategy"], "passkey");
        let client = done.client();
        assert_eq!(client["last_authentication_strategy"], "passkey");
        let user = &client["sessions"][0]["user"];
        assert_eq!(user["id"], json!(person.user_id));
        assert_eq!(user["passkeys"][0]["last_used_at"], json!(house.now_ms()));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_of_whom_it_is_said_to_be_signs_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (person, mut key) = somebody(&house).await;
        let mut device = house.device();
        let id = device.begin_sign_in(ADA).await;
        let shown = device.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        let factors = shown.response()["supported_first_factors"].as_array().unwrap();
        assert!(factors.iter().any(|factor| factor["strategy"] == "passkey"), "{factors:?}");
        let (_, options) = device.prepare_passkey(&id).await;
        let named = options["allowCredentials"].as_array().unwrap();
        assert_eq!((named.len(), &named[0]["transports"]), (1, &json!(["internal", "hybrid"])));
        // Devices need not say whose it is when they were told.
        key.handle = None;
        let done = device.prove_passkey(&id, &key.sign(&options, &Says::default())).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(done.client()["sessions"][0]["user"]["id"], json!(person.user_id));

        // All at once, and instead of a code that was sent before.
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ins", &[("strategy", "passkey"), ("identifier", ADA)]).await.ok();
        let (id, _) = asked(&begun);
        device.prepare_sign_in(&id).await.ok();
        let (_, options) = device.prepare_passkey(&id).await;
        device.prove_passkey(&id, &key.sign(&options, &Says::default())).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_has_no_passkey_is_told_so_and_a_passkey_of_nobody_signs_nobody_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("eve@example.com").await;
        let mut stranger = house.device();
        let id = stranger.begin_sign_in("eve@example.com").await;
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
        stranger.post(&prepare, BEGIN).await.refused(400, "no_passkeys_found_for_user");
        let (id, options) = stranger.begin_passkey().await;
        let mut key = Key::new(b"a key of nobody at all");
        key.handle = Some(vec![1; 16]);
        let answer = key.sign(&options, &Says::default());
        stranger.prove_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_an_answer_is_taken_once_in_time_and_from_who_asked() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, mut key) = somebody(&house).await;
        let mut device = house.device();
        // A wrong answer uses the challenge up.
        let (id, options) = device.begin_passkey().await;
        let wrong = Says { challenge: Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..Says::default() };
        device.prove_passkey(&id, &key.sign(&options, &wrong)).await.refused(400, "passkey_authentication_failure");
        let right = key.sign(&options, &Says::default());
        device.prove_passkey(&id, &right).await.refused(400, "passkey_invalid_verification");
        // Too late.
        let (id, options) = device.begin_passkey().await;
        let right = key.sign(&options, &Says::default());
        house.clock.advance(5 * MINUTE);
        device.prove_passkey(&id, &right).await.refused(400, "passkey_invalid_verification");
        let shown = device.get(&format!("/v1/client/sign_ins/{id}")).await.ok();
        assert_eq!(shown.response()["first_factor_verification"]["status"], "expired");
        // Of another device's sign-in.
        let (id, _) = device.begin_passkey().await;
        let mut other = house.device();
        let (others, options) = other.begin_passkey().await;
        let right = key.sign(&options, &Says::default());
        device.prove_passkey(&id, &right).await.refused(400, "passkey_authentication_failure");
        device.prove_passkey(&others, &right).await.refused(404, "resource_not_found");
        // Used, and replayed for the next one.
        other.prove_passkey(&others, &right).await.ok();
        let (id, _) = device.begin_passkey().await;
        device.prove_passkey(&id, &right).await.refused(400, "passkey_authentication_failure");
        // Asked anew: what was asked before is void.
        let (id, first) = device.begin_passkey().await;
        let (_, second) = device.prepare_passkey(&id).await;
        assert_ne!(first["challenge"], second["challenge"]);
        device.prove_passkey(&id, &key.sign(&second, &Says::default())).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_of_many_who_answer_the_same_at_once_one_signs_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, mut key) = somebody(&house).await;
        let mut device = house.device();
        let (id, options) = device.begin_passkey().await;
        let answer = key.sign(&options, &Says::default());
        let many = (0..10).map(|_| {
            let (mut device, id, answer) = (device.clone(), id.clone(), answer.clone());
            async move { device.prove_passkey(&id, &answer).await.status.as_u16() }
        });
        let statuses = futures_util::future::join_all(many).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_67_68_71_answers_that_say_something_else_sign_nobody_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, mut key) = somebody(&house).await;
        let mut device = house.device();
        let says = |change: fn(&mut Says)| {
            let mut says = Says::default();
            change(&mut says);
            says
        };
        let bad = [
            ("kind", says(|says| says.kind = Some("webauthn.create"))),
            ("a page of another site", says(|says| says.origin = "https://evil.example".to_owned())),
            ("a page that looks alike", says(|says| says.origin = "http://localhost.evil.example".to_owned())),
            ("another domain", says(|says| says.rp_id = Some("example.com"))),
            ("nobody there", says(|says| says.flags = UV)),
            ("nobody verified", says(|says| says.flags = UP)),
            ("may be copied, and could not", says(|says| says.flags = UP | UV | BE)),
            ("was copied, and cannot be", says(|says| says.flags = UP | UV | BS)),
            ("a page inside another", says(|says| says.more = json!({ "crossOrigin": true }))),
            ("a page inside that one", says(|says| says.more = json!({ "topOrigin": "https://evil.example" }))),
        ];
        for (what, says) in bad {
            let (id, options) = device.begin_passkey().await;
            let refused = device.prove_passkey(&id, &key.sign(&options, &says)).await;
            assert_eq!(refused.codes(), ["passkey_authentication_failure"], "{what}");
        }
        // Nor where the key was named.
        let id = device.begin_sign_in(ADA).await;
        for flags in [UP | UV | BE, UP | UV | BS, UP, UV] {
            let (_, options) = device.prepare_passkey(&id).await;
            let answer = key.sign(&options, &Says::flags(flags));
            device.prove_passkey(&id, &answer).await.refused(400, "passkey_authentication_failure");
        }
        // The signature of another key under this one's id, and a device that says that somebody else answers.
        let mut forged = Key::new(&key.id);
        forged.handle = key.handle.clone();
        let mut foreign = Key::new(&key.id);
        foreign.handle = Some(vec![9; 16]);
        let mut silent = Key::new(&key.id);
        for other in [&mut forged, &mut foreign, &mut silent] {
            let (id, options) = device.begin_passkey().await;
            let answer = other.sign(&options, &Says::default());
            device.prove_passkey(&id, &answer).await.refused(400, "passkey_authentication_failure");
        }
        key.handle = Some(vec![9; 16]);
        for (id, options) in [device.begin_passkey().await] {
            let answer = key.sign(&options, &Says::default());
            device.prove_passkey(&id, &answer).await.refused(400, "passkey_authentication_failure");
        }
        for malformed in ["{}", "no JSON", r#"{"id":"a","rawId":"a","type":"public-key","response":{}}"#] {
            let (id, _) = device.begin_passkey().await;
            let refused = device.prove_passkey(&id, malformed).await;
            refused.refused_at(422, "passkey_invalid_public_key_credential", "public_key_credential");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_ceremony_that_makes_a_key_signs_nobody_in_nor_the_other_way_round() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        let (_, mut key) = device.add_passkey(b"a key of sixteen bytes").await;
        let (passkey, options) = device.ask_passkey().await;
        // The challenge of one, the answer of the other.
        let asked = json!({ "rpId": "localhost", "challenge": options["challenge"] });
        let mut stranger = house.device();
        let (id, sign_in) = stranger.begin_passkey().await;
        stranger
            .prove_passkey(&id, &key.sign(&asked, &Says::default()))
            .await
            .refused(400, "passkey_authentication_failure");
        let made = json!({
            "rp": { "id": "localhost" },
            "user": options["user"],
            "challenge": sign_in["challenge"],
        });
        let (_, answer) = Key::made(&made, b"another key of sixteen", &Says::default());
        device.answer_passkey(&passkey, &answer).await.refused(400, "passkey_registration_failure");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_69_a_counter_that_goes_back_signs_nobody_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (person, mut key) = somebody(&house).await;
        let try_it = async |key: &mut Key, counter: u32| {
            let mut device = house.device();
            key.counter = counter;
            let (id, options) = device.begin_passkey().await;
            device.prove_passkey(&id, &key.sign(&options, &Says::default())).await
        };
        try_it(&mut key, 0).await.ok();
        try_it(&mut key, 5).await.ok();
        for back in [5, 4, 1, 0] {
            try_it(&mut key, back).await.refused(400, "passkey_authentication_failure");
        }
        let user = frontdesk_identity::UserId::parse(&person.user_id).unwrap();
        let account = house.instance.store().account(&user).await.unwrap().unwrap().value;
        assert_eq!(account.passkeys[0].credential.counter, 5, "the key stays as it was");
        try_it(&mut key, 6).await.ok();
        // Also where keys are named.
        let mut device = house.device();
        let id = device.begin_sign_in(ADA).await;
        let (_, options) = device.prepare_passkey(&id).await;
        let answer = key.sign(&options, &Says::default());
        device.prove_passkey(&id, &answer).await.refused(400, "passkey_authentication_failure");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_73_where_it_is_hidden_who_exists_everybody_is_asked_alike() {
    on_each(async |database| {
        let settings = json!({ "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(settings)).await;
        let (_, mut key) = somebody(&house).await;
        let mut eve = house.device();
        eve.sign_up("eve@example.com").await;
        let (_, mut eves) = eve.add_passkey(b"a key of Eve's, a long one").await;
        let mut seen = Vec::new();
        for address in [ADA, "nobody@example.com", "eve2@example.com"] {
            let mut device = house.device();
            let id = device.begin_sign_in(address).await;
            let (_, options) = device.prepare_passkey(&id).await;
            let mut shape = options.clone();
            shape["challenge"] = json!(options["challenge"].as_str().unwrap().len());
            let refused = device.prove_passkey(&id, &eves.sign(&options, &Says::default())).await;
            seen.push((shape, refused.status, refused.codes().join(",")));
        }
        assert_eq!(seen[0].0["allowCredentials"], json!([]));
        assert_eq!(seen[0].2, "passkey_not_registered");
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
        // And whoever has it gets in.
        let mut device = house.device();
        let id = device.begin_sign_in(ADA).await;
        let (_, options) = device.prepare_passkey(&id).await;
        device.prove_passkey(&id, &key.sign(&options, &Says::default())).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_one_process_has_asked_another_one_takes_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (_, mut key) = somebody(&house).await;
        let other = house.replica(database, json!({})).await;
        let mut device = house.device();
        let (id, options) = device.begin_passkey().await;
        let answer = key.sign(&options, &Says::default());
        let (mut here, mut there) = (device.clone(), device.at(&other));
        let (one, two) = tokio::join!(here.prove_passkey(&id, &answer), there.prove_passkey(&id, &answer));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert_ne!(statuses[1], 200);
        other.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_that_was_removed_signs_nobody_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut owner = house.device();
        owner.sign_up(ADA).await;
        let (passkey, mut key) = owner.add_passkey(b"a key of sixteen bytes").await;
        let mut device = house.device();
        let (id, options) = device.begin_passkey().await;
        owner.delete(&format!("/v1/me/passkeys/{passkey}")).await.ok();
        let answer = key.sign(&options, &Says::default());
        device.prove_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_who_is_banned_or_locked_does_not_get_in_by_a_passkey() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (person, mut key) = somebody(&house).await;
        let owner = crate::owner::Owner::new(&house);
        for (act, undo, status, code) in [("ban", "unban", 403, "user_banned"), ("lock", "unlock", 403, "user_locked")]
        {
            let user = format!("/v1/users/{}", person.user_id);
            assert_eq!(owner.post(&format!("{user}/{act}"), json!({})).await.status.as_u16(), 200);
            let mut device = house.device();
            let (id, options) = device.begin_passkey().await;
            device.prove_passkey(&id, &key.sign(&options, &Says::default())).await.refused(status, code);
            assert_eq!(owner.post(&format!("{user}/{undo}"), json!({})).await.status.as_u16(), 200);
        }
        house.close().await;
    })
    .await;
}
