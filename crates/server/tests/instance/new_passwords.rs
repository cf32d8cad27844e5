//! Passwords at the server: what is known of a new one, what other programs have kept, what the owner marks.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse as _, routing::get};
use frontdesk_identity::{UserId, time::MINUTE};
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    house::{House, Wish},
    owner::Owner,
};

const GOOD: &str = "Harbour and 8 oars";
const STOLEN: &str = "Seven stolen lanterns";

/// What the stand-in says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Stolen,
    Nothing,
    Slowly,
    Nonsense,
    Error,
}

/// A stand-in for a service that knows stolen passwords.
struct Ranges {
    address: String,
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<Vec<String>>>,
}

fn sha1(password: &str) -> String {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

impl Ranges {
    async fn open(says: Says) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/range/", listener.local_addr().unwrap());
        let (says, asked) = (Arc::new(Mutex::new(says)), Arc::<Mutex<Vec<String>>>::default());
        let (now, log) = (says.clone(), asked.clone());
        let answer = async move |Path(prefix): Path<String>| {
            log.lock().unwrap().push(prefix);
            let now = *now.lock().unwrap();
            let other = "0018A45C4D1DEF81644B54AB7F969B88D65:3";
            match now {
                Says::Stolen => format!("{other}\r\n{}:42", &sha1(STOLEN)[5..]).into_response(),
                Says::Nothing => format!("{other}\r\n{}:0", &sha1(STOLEN)[5..]).into_response(),
                Says::Nonsense => "<html>Sign in to this network</html>".into_response(),
                Says::Error => (StatusCode::TOO_MANY_REQUESTS, other).into_response(),
                Says::Slowly => {
                    tokio::time::sleep(Duration::from_secs(30)).await;
                    other.into_response()
                }
            }
        };
        let router = Router::new().route("/range/{prefix}", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, says, asked }
    }

    fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn settings(&self, policy: &Value) -> Value {
        let breaches = json!({ "enabled": true, "at_sign_in": true, "address": self.address, "timeout_ms": 400 });
        json!({ "breaches": breaches, "policy": { "password": policy } })
    }
}

async fn begin(house: &House, password: &str) -> Answer {
    let form = [("email_address", "grace.hopper@example.com"), ("first_name", "Grace"), ("password", password)];
    house.device().post("/v1/client/sign_ups", &form).await
}

#[tokio::test]
async fn sec_45_a_stolen_password_is_refused_on_every_way_to_set_one() {
    on_each(async |database| {
        let ranges = Ranges::open(Says::Stolen).await;
        let house = House::with(database, Wish::settings(ranges.settings(&json!({})))).await;
        begin(&house, STOLEN).await.refused_at(422, "form_password_pwned", "password");
        assert_eq!(ranges.asked(), [&sha1(STOLEN)[..5]], "five digits are all that is told of it");

        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let form = [("current_password", person.password.as_str()), ("new_password", STOLEN)];
        let refused = device.post("/v1/me/change_password", &form).await;
        refused.refused_at(422, "form_password_pwned", "new_password");
        house.clock.advance(MINUTE);
        let mut forgetful = house.device();
        let id = forgetful.begin_sign_in(&person.address).await;
        forgetful.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        forgetful.prove_reset(&id, &code, None).await.ok();
        let refused = forgetful.reset_password(&id, &[("password", STOLEN)]).await;
        refused.refused_at(422, "form_password_pwned", "password");

        let owner = Owner::new(&house);
        let new = json!({ "email_address": ["eve@example.com"], "password": STOLEN });
        owner.post("/v1/users", new.clone()).await.refused_at(422, "form_password_pwned", "password");
        let path = format!("/v1/users/{}", person.user_id);
        let refused = owner.patch(&path, json!({ "password": STOLEN })).await;
        refused.refused_at(422, "form_password_pwned", "password");
        ranges.asked();
        let mut trusted = new;
        trusted["skip_password_checks"] = json!(true);
        owner.post("/v1/users", trusted).await.ok();
        assert_eq!(ranges.asked(), Vec::<String>::new(), "the owner answers for it");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_45_a_service_that_does_not_answer_stops_nobody_unless_the_owner_wants_it() {
    on_each(async |database| {
        let ranges = Ranges::open(Says::Nothing).await;
        let house = House::with(database, Wish::settings(ranges.settings(&json!({})))).await;
        begin(&house, STOLEN).await.ok();
        for says in [Says::Slowly, Says::Nonsense, Says::Error] {
            ranges.say(says);
            begin(&house, STOLEN).await.ok();
            assert_eq!(ranges.asked().len(), if says == Says::Slowly { 2 } else { 1 });
            // What everybody tries is known without it, and is not told to it.
            begin(&house, "iloveyou1").await.refused_at(422, "form_password_pwned", "password");
            assert_eq!(ranges.asked(), Vec::<String>::new());
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_45_where_the_owner_wants_it_no_password_is_set_that_could_not_be_looked_up() {
    on_each(async |database| {
        let ranges = Ranges::open(Says::Nothing).await;
        let strict = json!({ "refuse_unchecked": true });
        let house = House::with(database, Wish::settings(ranges.settings(&strict))).await;
        let person = house.device().sign_up("ada@example.com").await;
        for says in [Says::Slowly, Says::Nonsense, Says::Error] {
            ranges.say(says);
            begin(&house, GOOD).await.refused(503, "service_unavailable");
            house.device().try_password(&person.address, &person.password).await.ok();
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_46_words_of_the_person_and_the_application_are_no_password() {
    on_each(async |database| {
        let settings = json!({ "application_name": "Quillon Desk" });
        let house = House::with(database, Wish::settings(settings)).await;
        for made_of_them in ["grace.hopper1", "GRACE-1906-x", "Quillon2026!", "quillon desk 7"] {
            let refused = begin(&house, made_of_them).await;
            refused.refused_at(422, "form_password_matches_identifier", "password");
        }
        begin(&house, "seven graceful oars").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_weak_password_is_refused_with_advice_where_the_owner_asks_for_a_strong_one() {
    on_each(async |database| {
        let house = House::open(database).await;
        let settings = |answer: &Answer| answer.body.pointer("/user_settings/password_settings").cloned().unwrap();
        let shown = settings(&house.device().get("/v1/environment").await);
        assert_eq!((&shown["show_zxcvbn"], &shown["min_zxcvbn_strength"]), (&json!(false), &json!(0)));
        assert_eq!((&shown["disable_hibp"], &shown["min_length"]), (&json!(true), &json!(8)));
        begin(&house, "lanternoars").await.ok();
        house.close().await;

        let policy = json!({ "policy": { "password": { "show_strength": true, "min_strength": 3 } } });
        let house = House::with(database, Wish::settings(policy)).await;
        let shown = settings(&house.device().get("/v1/environment").await);
        assert_eq!((&shown["show_zxcvbn"], &shown["min_zxcvbn_strength"]), (&json!(true), &json!(3)));
        let weak = begin(&house, "lanternoars").await;
        let weak = weak.refused_at(422, "form_password_not_strong_enough", "password");
        let suggestions = weak.body.pointer("/errors/0/meta/zxcvbn/suggestions").unwrap().as_array().unwrap();
        assert!(!suggestions.is_empty());
        assert!(suggestions.iter().all(|advice| advice["code"].is_string() && advice["message"].is_string()));
        begin(&house, "copper-lantern-willow-9-orbit").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_47_what_another_program_has_kept_signs_in_and_is_argon2id_from_then_on() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        for (number, (hasher, kept)) in [
            ("bcrypt", "$2b$05$F3cHoEDv3plDsgBSgCsb2eMkwwnp2PoYmXhozBXhOOyStCOMhO3rW"),
            ("pbkdf2_sha256_django", "pbkdf2_sha256$1000$somesalt$mKzac5eyPr9RIRgISldFNnTuKfGKYFYu3c1D78gYHu4="),
            ("argon2id", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$+UDwwzysw95K9pGRgi6H2J/KB0eAEJ/VFpl5FWqNTyg"),
            ("md5", "ab90730b00d485aef7bb1b272d406f5f"),
        ]
        .into_iter()
        .enumerate()
        {
            let address = format!("ada{number}@example.com");
            let new = json!({ "email_address": [address], "password_digest": kept, "password_hasher": hasher });
            let made = owner.post("/v1/users", new).await.ok();
            assert_eq!(made.body["password_enabled"], true);
            let id = made.body["id"].as_str().unwrap().to_owned();
            let verify = format!("/v1/users/{id}/verify_password");
            owner.post(&verify, json!({ "password": "Lantern and 7 oars" })).await.ok();
            house.device().try_password(&address, "Lantern and 8 oars").await.refused(422, "form_password_incorrect");
            let stored = async || {
                let id = UserId::parse(&id).unwrap();
                house.instance.store().password(&id).await.unwrap().unwrap().value.expose().to_owned()
            };
            assert!(stored().await.ends_with(kept), "a wrong password changes nothing");
            house.device().try_password(&address, "Lantern and 7 oars").await.ok();
            assert!(stored().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hasher}");
            house.device().try_password(&address, "Lantern and 7 oars").await.ok();
        }
        for (new, code, param) in [
            (json!({ "password_digest": "x" }), "form_conditional_param_missing", "password_hasher"),
            (json!({ "password_hasher": "md5" }), "form_conditional_param_missing", "password_digest"),
            (
                json!({ "password_digest": "x", "password_hasher": "rot13" }),
                "form_param_value_invalid",
                "password_hasher",
            ),
            (
                json!({ "password_digest": "x", "password_hasher": "bcrypt" }),
                "form_password_digest_invalid_code",
                "password_digest",
            ),
        ] {
            let mut new = new;
            new["email_address"] = json!(["eve@example.com"]);
            owner.post("/v1/users", new).await.refused_at(422, code, param);
        }
        house.close().await;
    })
    .await;
}

/// Signs in by a password that others know, and sets another one.
async fn renew(house: &House, address: &str, known: &str) {
    let mut device = house.device();
    let answer = device.try_password(address, known).await.ok();
    assert_eq!(answer.response()["status"], "needs_new_password");
    assert_eq!(answer.sessions(), Vec::<String>::new(), "nobody is signed in yet");
    let id = answer.text("/response/id");
    device.get("/v1/me").await.refused(401, "signed_out");
    let same = device.reset_password(&id, &[("password", known)]).await;
    assert!(["form_new_password_matches_current", "form_password_pwned"].contains(&same.codes()[0]));
    let done = device.reset_password(&id, &[("password", GOOD)]).await.ok();
    assert_eq!(done.response()["status"], "complete");
    house.clock.advance(MINUTE);
    assert_eq!(house.device().try_password(address, GOOD).await.ok().response()["status"], "complete");
}

#[tokio::test]
async fn a_password_that_the_owner_marks_has_to_be_set_anew() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut elsewhere = house.device();
        let person = elsewhere.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let owner = Owner::new(&house);
        let path = |what: &str| format!("/v1/users/{}/password/{what}", person.user_id);
        owner.post(&path("set_compromised"), json!({})).await.ok();
        elsewhere.mint(&person.session_id).await.ok();
        owner.post(&path("unset_compromised"), json!({})).await.ok();
        house.device().try_password(&person.address, &person.password).await.ok();

        owner.post(&path("set_compromised"), json!({ "revoke_all_sessions": true })).await.ok();
        elsewhere.mint(&person.session_id).await.refused(401, "signed_out");
        house.device().try_password(&person.address, "not it at all").await.refused(422, "form_password_incorrect");
        renew(&house, &person.address, &person.password).await;
        let new = json!({ "email_address": ["eve@example.com"], "skip_password_requirement": true });
        let without = owner.post("/v1/users", new).await.ok().body["id"].as_str().unwrap().to_owned();
        let refused = owner.post(&format!("/v1/users/{without}/password/set_compromised"), json!({})).await;
        refused.refused(400, "no_password_set");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_45_a_password_that_was_stolen_since_has_to_be_set_anew_at_sign_in() {
    on_each(async |database| {
        let ranges = Ranges::open(Says::Nothing).await;
        let house = House::with(database, Wish::settings(ranges.settings(&json!({})))).await;
        let owner = Owner::new(&house);
        let new = json!({ "email_address": ["ada@example.com"], "password": STOLEN });
        owner.post("/v1/users", new).await.ok();
        house.device().try_password("ada@example.com", STOLEN).await.ok();
        ranges.asked();
        ranges.say(Says::Stolen);
        let wrong = house.device().try_password("ada@example.com", "not it at all").await;
        wrong.refused(422, "form_password_incorrect");
        assert_eq!(ranges.asked(), Vec::<String>::new(), "nothing is asked about a wrong password");
        renew(&house, "ada@example.com", STOLEN).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_50_who_has_a_password_keeps_it_when_none_are_taken_any_more() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        house.close().await;
        let off = json!({ "policy": { "password": { "requirement": "off" } } });
        let house = House::with(database, Wish::settings(off)).await;
        let mut device = house.device();
        device.try_password(&person.address, &person.password).await.ok();
        let form = [("current_password", person.password.as_str()), ("new_password", GOOD)];
        device.post("/v1/me/change_password", &form).await.ok();
        house.device().try_password(&person.address, GOOD).await.ok();
        begin(&house, GOOD).await.refused_at(422, "form_param_unknown", "password");
        house.close().await;
    })
    .await;
}
