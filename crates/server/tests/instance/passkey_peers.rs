//! Passkeys of devices that others have written: the ceremonies as those understand them.

use std::{future::Future, pin::Pin};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_store::testing::on_each;
use passkey::{
    authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod},
    client::{Client, DefaultClientData},
    crypto::rust_crypto::RustCryptoBackend,
    types::{
        Passkey,
        ctap2::{Aaguid, Ctap2Error},
        webauthn::{CredentialCreationOptions, CredentialRequestOptions},
    },
};
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::{WebauthnAuthenticator as _, softpasskey::SoftPasskey};

use crate::{house::House, key::PAGE, passkeys::ADA};

/// Somebody who says yes.
struct Person;

impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    fn check_user<'hint, 'life, 'future>(
        &'life self,
        _hint: UiHint<'hint, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Pin<Box<dyn Future<Output = Result<UserCheck, Ctap2Error>> + Send + 'future>>
    where
        'life: 'future,
        'hint: 'future,
        Self: 'future,
    {
        Box::pin(async move { Ok(UserCheck { presence, verification }) })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// What it writes as lists of numbers is base64url in a browser.
fn as_browsers_write(value: &mut Value) {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_u64) => {
            let bytes: Vec<u8> = items.iter().filter_map(|item| u8::try_from(item.as_u64()?).ok()).collect();
            *value = json!(URL_SAFE_NO_PAD.encode(bytes));
        }
        Value::Array(items) => items.iter_mut().for_each(as_browsers_write),
        Value::Object(fields) => fields.values_mut().for_each(as_browsers_write),
        _ => {}
    }
}

fn written(answer: &impl serde::Serialize) -> String {
    let mut answer = serde_json::to_value(answer).unwrap();
    as_browsers_write(&mut answer);
    answer.to_string()
}

#[tokio::test]
async fn a_passkey_of_passkey_rs_is_added_and_signs_in_with_and_without_an_identifier() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up(ADA).await;
        let authenticator = Authenticator::new(Aaguid::new_empty(), None::<Passkey>, Person, RustCryptoBackend);
        let mut client = Client::new(authenticator).allows_insecure_localhost(true);
        let page = Url::parse(PAGE).unwrap();

        let (id, options) = device.ask_passkey().await;
        let request: CredentialCreationOptions = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let made = client.register(&page, request, DefaultClientData).await.unwrap();
        let added = device.answer_passkey(&id, &written(&made)).await.ok();
        assert_eq!(added.response()["verification"]["status"], "verified");

        for named in [false, true] {
            let mut device = house.device();
            let (id, options) = if named {
                let id = device.begin_sign_in(ADA).await;
                device.prepare_passkey(&id).await
            } else {
                device.begin_passkey().await
            };
            let mut options = options;
            if !named {
                // It takes an empty list for one that nothing is on.
                options.as_object_mut().unwrap().remove("allowCredentials");
            }
            let request: CredentialRequestOptions = serde_json::from_value(json!({ "publicKey": options })).unwrap();
            let signed = client.authenticate(&page, request, DefaultClientData).await.unwrap();
            let done = device.prove_passkey(&id, &written(&signed)).await.ok();
            assert_eq!(done.client()["sessions"][0]["user"]["id"], json!(person.user_id));
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_of_webauthn_rs_is_added_and_signs_in() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up(ADA).await;
        let mut key = SoftPasskey::new(true);
        let page = Url::parse(PAGE).unwrap();

        let (id, mut options) = device.ask_passkey().await;
        // It keeps no key that is found without its id.
        options["authenticatorSelection"]["requireResidentKey"] = json!(false);
        let asked = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let made = key.do_registration(page.clone(), asked).unwrap();
        device.answer_passkey(&id, &serde_json::to_string(&made).unwrap()).await.ok();

        for _ in 0..2 {
            let mut device = house.device();
            let id = device.begin_sign_in(ADA).await;
            let (_, options) = device.prepare_passkey(&id).await;
            let asked = serde_json::from_value(json!({ "publicKey": options })).unwrap();
            let signed = key.do_authentication(page.clone(), asked).unwrap();
            let done = device.prove_passkey(&id, &serde_json::to_string(&signed).unwrap()).await.ok();
            assert_eq!(done.client()["sessions"][0]["user"]["id"], json!(person.user_id));
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn neither_makes_a_key_for_a_page_of_another_site() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up(ADA).await;
        let (_, options) = device.ask_passkey().await;
        let page = Url::parse("https://evil.example").unwrap();
        let authenticator = Authenticator::new(Aaguid::new_empty(), None::<Passkey>, Person, RustCryptoBackend);
        let request: CredentialCreationOptions = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        assert!(Client::new(authenticator).register(&page, request, DefaultClientData).await.is_err());
        let asked = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        assert!(SoftPasskey::new(true).do_registration(page, asked).is_err());
        house.close().await;
    })
    .await;
}
