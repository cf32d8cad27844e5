//! The keys that sign tokens, and how one takes the place of another.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{
    Timestamp,
    time::{DAY, MINUTE},
};
use frontdesk_server::tokens::SigningKey;
use frontdesk_store::{SealedBytes, SigningKey as Stored, testing::on_each};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::{Value, json};

use crate::{device::Device, house::House, owner::Owner};

/// Adds a key as the program does.
async fn replace(house: &House, kid: &str) {
    let key = SigningKey::generate(kid).unwrap();
    let sealed = house.instance.keys().seal(&format!("signing key {kid}"), &key.to_pkcs8().unwrap());
    let now = house.instance.now();
    let stored = Stored {
        kid: kid.to_owned(),
        sealed: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes },
        created_at: now,
    };
    house.instance.store().replace_signing_key(&stored, Timestamp(now.0 - DAY)).await.unwrap();
    house.instance.renew_keys().await.unwrap();
}

/// Whether a published key verifies a token.
fn verifies(house: &House, jwt: &str) -> bool {
    let keys: JwkSet = serde_json::from_value(serde_json::to_value(house.instance.jwks().as_ref()).unwrap()).unwrap();
    let key = decode_header(jwt).unwrap().kid.and_then(|kid| keys.find(&kid).cloned());
    let mut validation = Validation::new(Algorithm::RS256);
    // The clock of the house is not that of the library.
    (validation.validate_exp, validation.validate_aud) = (false, false);
    key.is_some_and(|key| decode::<Value>(jwt, &DecodingKey::from_jwk(&key).unwrap(), &validation).is_ok())
}

async fn by_template(device: &mut Device<'_>, session: &str) -> String {
    device.post(&format!("/v1/client/sessions/{session}/tokens/report"), &[]).await.ok().text("/jwt")
}

fn published(house: &House) -> Vec<String> {
    house.instance.jwks().keys.iter().map(|key| key.kid.clone()).collect()
}

#[tokio::test]
async fn sec_29_a_new_key_is_known_before_it_signs_and_an_old_one_after() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let session = device.client().await["last_active_session_id"].as_str().unwrap().to_owned();
        let template = json!({ "name": "report", "claims": { "aud": "report" }, "lifetime": 259_200 });
        Owner::new(&house).post("/v1/jwt_templates", template).await.ok();
        let long = by_template(&mut device, &session).await;
        let mut signer = async || {
            let jwt = device.mint(&session).await.ok().text("/jwt");
            let other = by_template(&mut device, &session).await;
            assert!(verifies(&house, &jwt) && verifies(&house, &other));
            assert_eq!(
                decode_header(&other).unwrap().kid,
                decode_header(&jwt).unwrap().kid,
                "one key signs both kinds"
            );
            let head = URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap();
            let head: Value = serde_json::from_slice(&head).unwrap();
            head["kid"].as_str().unwrap().to_owned()
        };
        let first = signer().await;
        house.clock.advance(MINUTE);
        replace(&house, "key_second").await;
        assert_eq!(published(&house), ["key_second", &first]);
        assert_eq!(signer().await, first, "not everybody knows the new one yet");
        house.clock.advance(MINUTE);
        assert_eq!(signer().await, "key_second");
        assert_eq!(published(&house), ["key_second", &first], "what the old one signed is good until it expires");
        assert!(verifies(&house, &long));

        house.clock.advance(2 * DAY);
        replace(&house, "key_third").await;
        assert_eq!(published(&house), ["key_third", "key_second"], "nothing is left that the first has signed");
        house.clock.advance(2 * DAY);
        replace(&house, "key_fourth").await;
        assert_eq!(published(&house), ["key_fourth", "key_third"]);
        assert_eq!(signer().await, "key_third");
        house.close().await;
    })
    .await;
}
