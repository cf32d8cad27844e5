//! Passkeys of somebody who is signed in: added, renamed, removed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::time::MINUTE;
use frontdesk_server::public_url::PublicUrl;
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
    key::{BE, BS, Key, PAGE, Says, UP, UV},
    owner::Owner,
};

pub(crate) const ADA: &str = "ada@example.com";

impl Device<'_> {
    /// Asks for a passkey; answers with its id and what the device is asked.
    pub(crate) async fn ask_passkey(&mut self) -> (String, Value) {
        let asked = self.post("/v1/me/passkeys", &[]).await.ok();
        let verification = &asked.response()["verification"];
        assert_eq!((&verification["status"], &verification["strategy"]), (&json!("unverified"), &json!("passkey")));
        let options = serde_json::from_str(verification["nonce"].as_str().unwrap()).unwrap();
        (asked.text("/response/id"), options)
    }

    /// Offers the answer of a device for that passkey.
    pub(crate) async fn answer_passkey(&mut self, id: &str, answer: &str) -> Answer {
        let form = [("strategy", "passkey"), ("public_key_credential", answer)];
        self.post(&format!("/v1/me/passkeys/{id}/attempt_verification"), &form).await
    }

    /// Adds a passkey whose key has this id; answers with its id and the key.
    pub(crate) async fn add_passkey(&mut self, key: &[u8]) -> (String, Key) {
        let (id, options) = self.ask_passkey().await;
        let (key, answer) = Key::made(&options, key, &Says::default());
        self.answer_passkey(&id, &answer).await.ok();
        (id, key)
    }

    /// The user who acts.
    pub(crate) async fn me(&mut self) -> Value {
        self.get("/v1/me").await.ok().response().clone()
    }
}

/// Whether Ada got a message of that subject.
async fn told(house: &House, subject: &str) -> bool {
    house.outbox(ADA).await.iter().any(|message| message.subject.contains(subject))
}

#[tokio::test]
async fn a_passkey_is_added_read_renamed_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        let (id, options) = device.ask_passkey().await;
        assert!(id.starts_with("idn_"));
        assert_eq!((&options["rp"]["id"], &options["rp"]["name"]), (&json!("localhost"), &json!("Frontdesk")));
        assert_eq!((&options["user"]["name"], &options["user"]["displayName"]), (&json!(ADA), &json!(ADA)));
        let selection = &options["authenticatorSelection"];
        assert_eq!((&selection["residentKey"], &selection["requireResidentKey"]), (&json!("required"), &json!(true)));
        assert_eq!((&selection["userVerification"], &options["attestation"]), (&json!("required"), &json!("none")));
        assert_eq!((&options["timeout"], &options["excludeCredentials"]), (&json!(300_000), &json!([])));
        assert_eq!(device.me().await["passkeys"], json!([]), "it does not count yet");
        let read = device.get(&format!("/v1/me/passkeys/{id}")).await.ok();
        assert_eq!(read.response()["verification"]["status"], "unverified");

        let (_key, answer) = Key::made(&options, b"a key of sixteen bytes", &Says::default());
        let added = device.answer_passkey(&id, &answer).await.ok();
        let passkey = added.response();
        assert_eq!(
            (&passkey["object"], &passkey["id"], &passkey["name"]),
            (&json!("passkey"), &json!(id), &json!("Passkey"))
        );
        assert_eq!(passkey["verification"]["status"], "verified");
        assert_eq!(passkey["last_used_at"], Value::Null);
        let user = &added.client()["sessions"][0]["user"];
        assert_eq!(user["passkeys"], json!([passkey]));
        assert_eq!(device.get(&format!("/v1/me/passkeys/{id}")).await.ok().response(), passkey);
        assert!(told(&house, "New passkey").await);

        let renamed = device.patch(&format!("/v1/me/passkeys/{id}"), &[("name", " Laptop ")]).await.ok();
        assert_eq!(renamed.response()["name"], "Laptop");
        assert_eq!(renamed.client()["sessions"][0]["user"]["passkeys"][0]["name"], "Laptop");
        let path = format!("/v1/me/passkeys/{id}");
        device.patch(&path, &[("name", "")]).await.refused_at(422, "form_param_nil", "name");
        device.patch(&path, &[("name", &"x".repeat(65))]).await.refused_at(
            422,
            "form_param_max_length_exceeded",
            "name",
        );

        let removed = device.delete(&path).await.ok();
        assert_eq!(removed.response(), &json!({ "object": "passkey", "id": id, "deleted": true }));
        assert_eq!(removed.client()["sessions"][0]["user"]["passkeys"], json!([]));
        assert!(told(&house, "Passkey removed").await);
        device.delete(&path).await.refused(404, "passkey_not_registered");
        device.get(&path).await.refused(404, "passkey_not_registered");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_whose_device_did_not_answer_is_given_up() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut device, mut eve) = (house.device(), house.device());
        device.sign_up(ADA).await;
        eve.sign_up("eve@example.com").await;
        let (id, options) = device.ask_passkey().await;
        let path = format!("/v1/me/passkeys/{id}");
        eve.delete(&path).await.refused(404, "passkey_not_registered");
        assert_eq!(device.delete(&path).await.ok().response()["deleted"], true);
        assert!(!told(&house, "Passkey removed").await, "there was none");
        let (_, answer) = Key::made(&options, b"a key of sixteen bytes", &Says::default());
        device.answer_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        device.delete(&path).await.refused(404, "passkey_not_registered");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_a_challenge_is_random_answered_once_and_in_time() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        let (id, options) = device.ask_passkey().await;
        let challenge = options["challenge"].as_str().unwrap();
        assert!(challenge.len() * 3 / 4 >= 16, "{challenge}");
        // A wrong answer uses it up too.
        let other = Says { challenge: Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..Says::default() };
        let (_, wrong) = Key::made(&options, b"key of a wrong answer", &other);
        device.answer_passkey(&id, &wrong).await.refused(400, "passkey_registration_failure");
        let (_, right) = Key::made(&options, b"key of a right answer", &Says::default());
        device.answer_passkey(&id, &right).await.refused(400, "passkey_invalid_verification");
        let read = device.get(&format!("/v1/me/passkeys/{id}")).await.ok();
        assert_eq!(
            (&read.response()["verification"]["status"], &read.response()["verification"]["nonce"]),
            (&json!("failed"), &json!(""))
        );

        let (id, options) = device.ask_passkey().await;
        assert_ne!(options["challenge"], challenge);
        let (_, answer) = Key::made(&options, b"key of a late answer", &Says::default());
        house.clock.advance(5 * MINUTE);
        device.answer_passkey(&id, &answer).await.refused(400, "passkey_invalid_verification");
        let read = device.get(&format!("/v1/me/passkeys/{id}")).await.ok();
        assert_eq!(read.response()["verification"]["status"], "expired");

        // Replayed.
        let (id, options) = device.ask_passkey().await;
        let (_, answer) = Key::made(&options, b"key of a good answer", &Says::default());
        device.answer_passkey(&id, &answer).await.ok();
        device.answer_passkey(&id, &answer).await.refused(400, "passkey_invalid_verification");
        // To what was asked after it.
        let (next, _) = device.ask_passkey().await;
        device.answer_passkey(&next, &answer).await.refused(400, "passkey_registration_failure");
        assert_eq!(device.me().await["passkeys"].as_array().unwrap().len(), 1);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_66_what_was_asked_is_answered_by_whoever_asked() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut ada, mut eve) = (house.device(), house.device());
        let person = ada.sign_up(ADA).await;
        eve.sign_up("eve@example.com").await;
        let (id, options) = ada.ask_passkey().await;
        let (_, answer) = Key::made(&options, b"a key that Eve has", &Says::default());
        eve.answer_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        eve.get(&format!("/v1/me/passkeys/{id}")).await.refused(404, "passkey_not_registered");
        // Nor by the same user on another device.
        let mut elsewhere = house.device();
        elsewhere.sign_in(&person).await;
        elsewhere.answer_passkey(&id, &answer).await.refused(404, "passkey_not_registered");
        // A ceremony of one passkey proves nothing for another one.
        let (_, eves) = Key::made(&options, b"made for Ada by Eve's", &Says::default());
        let (own, _) = eve.ask_passkey().await;
        eve.answer_passkey(&own, &eves).await.refused(400, "passkey_registration_failure");
        ada.answer_passkey(&id, &answer).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_67_68_71_answers_that_say_something_else_add_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        let says = |change: fn(&mut Says)| {
            let mut says = Says::default();
            change(&mut says);
            says
        };
        let bad = [
            ("kind", says(|says| says.kind = Some("webauthn.get"))),
            ("a page of another site", says(|says| says.origin = "https://evil.example".to_owned())),
            ("a page by its address", says(|says| says.origin = "http://127.0.0.1:3000".to_owned())),
            ("a page below", says(|says| says.origin = "http://app.localhost:3000".to_owned())),
            ("another domain", says(|says| says.rp_id = Some("evil.example"))),
            ("nobody there", says(|says| says.flags = UV)),
            ("nobody verified", says(|says| says.flags = UP)),
            ("copied, and cannot be", says(|says| says.flags = UP | UV | BS)),
            ("a page inside another", says(|says| says.more = json!({ "crossOrigin": true }))),
            ("a page inside that one", says(|says| says.more = json!({ "topOrigin": "http://localhost:3000" }))),
        ];
        for (what, says) in bad {
            let (id, options) = device.ask_passkey().await;
            let (_, answer) = Key::made(&options, what.as_bytes(), &says);
            let refused = device.answer_passkey(&id, &answer).await;
            assert_eq!(refused.codes(), ["passkey_registration_failure"], "{what}");
        }
        for malformed in ["{}", "[]", "no JSON", r#"{"id":"a","rawId":"a","type":"public-key","response":{}}"#] {
            let (id, _) = device.ask_passkey().await;
            let refused = device.answer_passkey(&id, malformed).await;
            refused.refused_at(422, "passkey_invalid_public_key_credential", "public_key_credential");
        }
        assert_eq!(device.me().await["passkeys"], json!([]));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_70_a_key_is_one_users_and_its_id_is_bounded() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut ada, mut eve) = (house.device(), house.device());
        ada.sign_up(ADA).await;
        eve.sign_up("eve@example.com").await;
        ada.add_passkey(&[7; 1023]).await;
        let (id, options) = eve.ask_passkey().await;
        let (_, taken) = Key::made(&options, &[7; 1023], &Says::default());
        eve.answer_passkey(&id, &taken).await.refused(400, "passkey_registration_failure");
        let (id, options) = eve.ask_passkey().await;
        let (_, long) = Key::made(&options, &[8; 1024], &Says::default());
        let refused = eve.answer_passkey(&id, &long).await;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{:?}", refused.body);
        assert_eq!(eve.me().await["passkeys"], json!([]));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_72_the_handle_is_random_and_the_same_on_all_devices_of_a_user() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut ada, mut eve) = (house.device(), house.device());
        let person = ada.sign_up(ADA).await;
        eve.sign_up("eve@example.com").await;
        let handle = |options: &Value| options["user"]["id"].as_str().unwrap().to_owned();
        let (_, key) = ada.add_passkey(b"the first key of Ada").await;
        let (_, again) = ada.ask_passkey().await;
        let (_, other) = eve.ask_passkey().await;
        assert_ne!(handle(&again), handle(&other));
        let bytes = URL_SAFE_NO_PAD.decode(handle(&again)).unwrap();
        assert_eq!((bytes.len(), Some(&bytes)), (16, key.handle.as_ref()));
        let (text, hex) = (String::from_utf8_lossy(&bytes).into_owned(), format!("{bytes:02x?}"));
        for known in [ADA, "ada", &person.user_id] {
            assert!(!text.contains(known) && !hex.contains(known));
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_74_an_eleventh_passkey_is_refused_and_known_keys_are_excluded() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        for number in 0..9_u8 {
            device.add_passkey(&[number; 20]).await;
        }
        let (id, options) = device.ask_passkey().await;
        let excluded = options["excludeCredentials"].as_array().unwrap();
        assert_eq!(excluded.len(), 9);
        assert_eq!(excluded[0]["transports"], json!(["internal", "hybrid"]), "as the device said, as far as is known");
        let (_, again) = Key::made(&options, &[3; 20], &Says::default());
        device.answer_passkey(&id, &again).await.refused(400, "passkey_registration_failure");
        device.add_passkey(&[9; 20]).await;
        device.post("/v1/me/passkeys", &[]).await.refused(403, "passkey_quota_exceeded");
        let me = device.me().await;
        let names = me["passkeys"].as_array().unwrap().iter().map(|passkey| passkey["name"].as_str().unwrap());
        let names: std::collections::BTreeSet<_> = names.collect();
        assert_eq!(names.len(), 10, "{names:?}");
        assert!(names.contains("Passkey") && names.contains("Passkey 10"), "{names:?}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_74_of_many_at_once_no_eleventh_gets_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut first = house.device();
        let person = first.sign_up(ADA).await;
        for number in 0..9_u8 {
            first.add_passkey(&[number; 20]).await;
        }
        let mut waiting = Vec::new();
        for number in 100..104_u8 {
            let mut device = house.device();
            let session = device.sign_in(&person).await;
            device.session = Some(session);
            let (id, options) = device.ask_passkey().await;
            let (_, answer) = Key::made(&options, &[number; 20], &Says::default());
            waiting.push((device, id, answer));
        }
        let answers = waiting
            .into_iter()
            .map(|(mut device, id, answer)| async move { device.answer_passkey(&id, &answer).await.status.as_u16() });
        let mut statuses = futures_util::future::join_all(answers).await;
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!(statuses[1..].iter().all(|status| *status != 200), "{statuses:?}");
        assert_eq!(first.me().await["passkeys"].as_array().unwrap().len(), 10);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn there_is_no_passkey_for_who_is_not_signed_in_nor_where_they_are_off() {
    on_each(async |database| {
        let house =
            House::with(database, Wish::settings(json!({ "policy": { "passkeys": { "enabled": false } } }))).await;
        let mut device = house.device();
        device.post("/v1/me/passkeys", &[]).await.refused(401, "signed_out");
        device.sign_up(ADA).await;
        device.post("/v1/me/passkeys", &[]).await.refused(400, "strategy_for_user_invalid");
        let mut stranger = house.device();
        let begin = [("strategy", "passkey")];
        stranger.post("/v1/client/sign_ins", &begin).await.refused(400, "strategy_for_user_invalid");
        let environment = stranger.get("/v1/environment").await.body;
        assert_eq!(environment["user_settings"]["attributes"]["passkey"]["enabled"], false);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_74_nobody_signs_up_by_a_passkey() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let signing_up = [("strategy", "passkey"), ("email_address", ADA)];
        let refused = device.post("/v1/client/sign_ups", &signing_up).await;
        refused.refused_at(422, "form_param_value_invalid", "strategy");
        // Nor is a sign-up that goes on proven by one.
        let begun = device.post("/v1/client/sign_ups", &[("email_address", ADA)]).await.ok();
        let id = begun.text("/response/id");
        let path = format!("/v1/client/sign_ups/{id}");
        let prepare = device.post(&format!("{path}/prepare_verification"), &[("strategy", "passkey")]).await;
        prepare.refused_at(422, "form_param_value_invalid", "strategy");
        let attempt = [("strategy", "passkey"), ("public_key_credential", "{}")];
        let attempt = device.post(&format!("{path}/attempt_verification"), &attempt).await;
        attempt.refused_at(422, "form_param_value_invalid", "strategy");
        // Whoever has not finished has none either.
        device.post("/v1/me/passkeys", &[]).await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_sees_passkeys_and_removes_one() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut device, owner) = (house.device(), Owner::new(&house));
        let person = device.sign_up(ADA).await;
        let (id, _) = device.add_passkey(b"a key of sixteen bytes").await;
        let user = format!("/v1/users/{}", person.user_id);
        for seen in [owner.get(&user).await.body, owner.get("/v1/users").await.body[0].clone()] {
            assert_eq!(seen["passkeys"][0]["id"], json!(id), "{seen}");
        }
        let removed = owner.delete(&format!("{user}/passkeys/{id}")).await;
        assert_eq!((removed.status.as_u16(), &removed.body["deleted"]), (200, &json!(true)));
        assert!(told(&house, "Passkey removed").await);
        assert_eq!(device.me().await["passkeys"], json!([]));
        owner.delete(&format!("{user}/passkeys/{id}")).await.refused(404, "passkey_not_registered");
        owner.delete(&format!("/v1/users/user_none/passkeys/{id}")).await.refused(404, "resource_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_a_key_is_kept() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up(ADA).await;
        let (id, options) = device.ask_passkey().await;
        let (_, answer) = Key::made(&options, b"a key of sixteen bytes", &Says::flags(UP | UV | BE | BS));
        device.answer_passkey(&id, &answer).await.ok();
        let user = frontdesk_identity::UserId::parse(&person.user_id).unwrap();
        let account = house.instance.store().account(&user).await.unwrap().unwrap().value;
        let credential = &account.passkeys[0].credential;
        assert!(credential.backup_eligible && credential.backed_up && credential.discoverable);
        assert_eq!(
            (credential.counter, &credential.transports[..]),
            (0, &["internal".to_owned(), "hybrid".to_owned()][..])
        );
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_74_an_instance_does_not_begin_with_a_domain_that_is_not_above_it() {
    on_each(async |database| {
        let refusal = async |url: &str, rp_id: &str| {
            let settings = json!({ "policy": { "passkeys": { "rp_id": rp_id } } });
            let wish = Wish { public_url: PublicUrl::parse(url).ok(), ..Wish::settings(settings) };
            House::refused(database, wish).await
        };
        for (url, rp_id) in [
            ("https://auth.example.com", "other.example.com"),
            ("https://auth.example.com", "example.org"),
            ("https://auth.example.com", "com"),
            ("https://team.github.io", "github.io"),
            ("http://127.0.0.1:8787", "example.com"),
        ] {
            let said = refusal(url, rp_id).await;
            assert!(said.contains("passkeys"), "{url} {rp_id}: {said}");
        }
    })
    .await;
}

#[tokio::test]
async fn browsers_are_told_of_related_origins_at_the_domain_itself_alone() {
    on_each(async |database| {
        let house = House::open(database).await;
        house.device().get("/.well-known/webauthn").await.refused(404, "resource_not_found");
        assert_eq!(house.instance.party().unwrap().admits(PAGE).unwrap().as_str(), "http://localhost:3000/");
        house.close().await;
        let public_url = PublicUrl::parse("https://example.com").ok();
        let listed = json!({ "allowed_origins": ["https://partner.example.net", "tauri://localhost"] });
        let house = House::with(database, Wish { public_url, ..Wish::settings(listed) }).await;
        let told = house.device().get("/.well-known/webauthn").await.ok().body;
        assert_eq!(told, json!({ "origins": ["https://example.com", "https://partner.example.net"] }));
        house.close().await;
        let public_url = PublicUrl::parse("https://203.0.113.7").ok();
        let house = House::with(database, Wish { public_url, ..Wish::default() }).await;
        assert_eq!(house.instance.party(), None);
        assert!(!house.instance.settings().policy.passkeys.enabled, "an address without a name has no keys");
        house.close().await;
    })
    .await;
}
