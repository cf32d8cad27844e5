//! Where the instance hides who has an account, an address of nobody answers like one of somebody.

use frontdesk_identity::{
    CodePurpose, SignUpForm,
    time::{HOUR, MINUTE},
};
use frontdesk_server::{
    caller::{Caller, Carrier},
    flows::{
        TokenNews, client,
        sign_in::{self, Proof},
        sign_up,
    },
};
use frontdesk_store::testing::on_each;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
};

/// An answer without what differs from request to request anyway: ids, moments, the address itself.
fn shape(answer: &Answer) -> Value {
    json!([answer.status.as_u16(), plain(&answer.body), answer.headers.contains_key("authorization")])
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let shown = object.iter().map(|(name, value)| {
                let shown = match (name.as_str(), value) {
                    ("clerk_trace_id" | "identifier", Value::String(_)) => json!("…"),
                    ("id" | "email_address_id", Value::String(id)) => json!(id.split('_').next()),
                    (name, Value::Number(_)) if name.ends_with("_at") => json!(0),
                    _ => plain(value),
                };
                (name.clone(), shown)
            });
            Value::Object(shown.collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// Every step of a sign-in with wrong proofs, until it is locked and a while after.
async fn walk(house: &House, address: &str) -> Vec<Value> {
    let mut shapes = Vec::new();
    let mut device: Device<'_> = house.device();
    let begun = device.post("/v1/client/sign_ins", &[("identifier", address)]).await.ok();
    let id = begun.text("/response/id");
    shapes.push(shape(&begun));
    shapes.push(shape(&device.get(&format!("/v1/client/sign_ins/{id}")).await));
    shapes.push(shape(&device.prove_sign_in(&id, "email_code", "123456").await));
    shapes.push(shape(&device.prepare_sign_in(&id).await));
    shapes.push(shape(&device.prepare_sign_in(&id).await));
    for _ in 0..4 {
        shapes.push(shape(&device.prove_sign_in(&id, "password", "not it").await));
        shapes.push(shape(&device.prove_sign_in(&id, "email_code", "000000").await));
    }
    shapes.push(shape(&house.device().try_password(address, "not it").await));
    shapes.push(shape(&house.device().try_password(address, "not it").await));
    shapes.push(shape(&house.device().try_password(address, "not it").await));
    shapes.push(shape(&device.prepare_sign_in(&id).await));
    // A forgotten password is another way, while strangers are locked out; guessing locks that as well.
    house.clock.advance(MINUTE);
    for _ in 0..3 {
        shapes.push(shape(&device.prepare_reset(&id).await));
        for _ in 0..5 {
            shapes.push(shape(&device.prove_reset(&id, "000000", None).await));
        }
        house.clock.advance(MINUTE);
    }
    house.clock.advance(HOUR);
    shapes.push(shape(&device.prepare_reset(&id).await));
    shapes.push(shape(&device.prove_reset(&id, "000000", None).await));
    shapes.push(shape(&device.prove_reset(&id, "000000", Some("Lantern and 7 oars")).await));
    shapes.push(shape(&device.prove_sign_in(&id, "email_code", "000000").await));
    shapes.push(shape(&device.reset_password(&id, &[("password", "Lantern and 7 oars")]).await));
    house.clock.advance(MINUTE);
    let form = [("identifier", address), ("strategy", "email_code")];
    shapes.push(shape(&house.device().post("/v1/client/sign_ins", &form).await));
    shapes.push(shape(&house.device().try_password(address, "not it").await));
    shapes
}

#[tokio::test]
async fn sec_86_nobody_is_told_who_has_an_account() {
    on_each(async |database| {
        let hidden = json!({ "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(hidden)).await;
        let person = house.device().sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let known = walk(&house, &person.address).await;
        house.clock.advance(MINUTE);
        let unknown = walk(&house, "abe@example.com").await;
        assert_eq!(known, unknown);
        let said = serde_json::to_string(&known).unwrap();
        assert!(said.contains("form_password_or_identifier_incorrect") && said.contains("user_locked"));
        assert!(!said.contains("form_identifier_not_found") && !said.contains("form_password_incorrect"));
        assert_eq!(house.outbox("abe@example.com").await, [], "nobody gets mail that did not ask for it");
        // The holder gets in, once the lock is over.
        house.clock.advance(HOUR);
        house.device().sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_a_sign_up_does_not_tell_that_an_address_is_taken() {
    on_each(async |database| {
        let hidden = json!({ "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(hidden)).await;
        let person = house.device().sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let mut shapes = Vec::new();
        for address in [person.address.as_str(), "abe@example.com"] {
            let mut device = house.device();
            let form = [("email_address", address), ("password", "Lantern and 7 oars")];
            let begun = device.post("/v1/client/sign_ups", &form).await.ok();
            let id = begun.text("/response/id");
            let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
            let mut seen = vec![begun, device.post(&prepare, &[("strategy", "email_code")]).await];
            for _ in 0..6 {
                seen.push(device.prove_sign_up(&id, "000000").await);
            }
            let text = serde_json::to_string(&seen.iter().map(shape).collect::<Vec<_>>()).unwrap();
            shapes.push(text.replace(address, "…"));
        }
        assert_eq!(shapes[0], shapes[1]);
        // Whoever reads the mail of the address is told, and gets no code.
        let newest = house.outbox(&person.address).await.remove(0);
        assert_eq!(newest.code, None);
        assert!(newest.subject.starts_with("You have an account"), "{}", newest.subject);
        assert!(house.outbox("abe@example.com").await[0].code.is_some());
        house.close().await;
    })
    .await;
}

/// Goes through what is asked about an address, and looks whether each was noted.
async fn all_is_noted(house: &House, address: &str) {
    let nobody = Caller::default();
    assert!(client::show(&house.instance.turn(&nobody)).await.is_ok());
    assert!(!nobody.reveals.noted(), "nobody is looked up for a new client");
    let stranger = Caller::default();
    let create = sign_in::Create { identifier: Some(address), ..sign_in::Create::default() };
    let begun = sign_in::create(&house.instance.turn(&stranger), &create).await.unwrap();
    assert!(stranger.reveals.noted(), "a sign-in begins, {address}");
    let stranger = Caller::default();
    let form = SignUpForm { email_address: Some(address), ..SignUpForm::default() };
    sign_up::create(&house.instance.turn(&stranger), &form, None, None).await.unwrap();
    assert!(stranger.reveals.noted(), "a sign-up begins, {address}");
    let TokenNews::New(token) = &begun.token else { panic!("a client began: {begun:?}") };
    let known = house.instance.client_tokens().read(Carrier::Header, token.expose_secret());
    let id = begun.response.id.as_str();
    let known = || Caller { client: known.clone(), ..Caller::default() };
    let caller = known();
    client::show(&house.instance.turn(&caller)).await.unwrap();
    assert!(caller.reveals.noted(), "the client shows the sign-in");
    let caller = known();
    sign_in::prepare_code(&house.instance.turn(&caller), id, CodePurpose::SignIn, None).await.unwrap();
    assert!(caller.reveals.noted(), "a code is sent");
    let (caller, wrong) = (known(), Proof::Password("not it".into()));
    sign_in::attempt(&house.instance.turn(&caller), id, &wrong).await.unwrap_err();
    assert!(caller.reveals.noted(), "a proof is offered");
}

/// How evenly the answers leave that are noted here is measured by `timing`.
#[tokio::test]
async fn sec_86_what_depends_on_who_has_an_account_is_noted() {
    on_each(async |database| {
        let hidden = json!({ "policy": { "enumeration_protection": true } });
        let house = House::with(database, Wish::settings(hidden)).await;
        house.device().sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        for address in ["ada@example.com", "abe@example.com"] {
            Box::pin(all_is_noted(&house, address)).await;
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_production_hides_unless_told_otherwise() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ins", &[("identifier", "nobody@example.com")]).await.ok();
        assert_eq!(begun.response()["status"], "needs_first_factor");
        let environment = device.get("/v1/environment").await.ok();
        let protection = &environment.body["user_settings"]["attack_protection"];
        assert_eq!(protection["enumeration_protection"]["enabled"], true);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_every_spelling_of_an_address_is_the_same_address() {
    on_each(async |database| {
        let house = House::open(database).await;
        let person = house.device().sign_up("ada@bücher.example").await;
        for spelled in ["ADA@BÜCHER.example", " ada@xn--bcher-kva.example ", "ada@xn--BCHER-kva.Example"] {
            house.device().try_password(spelled, &person.password).await.ok();
            let taken = house.device().post("/v1/client/sign_ups", &[("email_address", spelled)]).await;
            taken.refused_at(422, "form_identifier_exists", "email_address");
        }
        house.close().await;
    })
    .await;
}
