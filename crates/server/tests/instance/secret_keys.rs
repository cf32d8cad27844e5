//! Several secret keys, rolled and revoked while the instance is served.

use frontdesk_identity::{Timestamp, time::HOUR};
use frontdesk_server::{
    random::SystemRandom,
    secret_keys::{SecretKeyError, create, revoke, roll},
};
use frontdesk_store::{SecretKey, testing::on_each};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::{answer::Answer, house::House, owner::Owner};

/// How long a change may stay unnoticed by a process that serves, in milliseconds.
const NOTICED_MS: i64 = 5_000;

fn now(house: &House) -> Timestamp {
    Timestamp(house.now_ms())
}

/// The key of this name.
fn secret(house: &House, id: &str) -> String {
    house.instance.keys().secret_key("test", id).expose_secret().to_owned()
}

async fn asked(house: &House, key: &str) -> Answer {
    let owner = Owner::new(house);
    owner.send(owner.bare(Method::GET, "/v1/users/count").bearer_auth(key)).await
}

#[tokio::test]
async fn a_rolled_key_works_until_its_overlap_is_over() {
    on_each(async |database| {
        let house = House::open(database).await;
        let store = house.instance.store();
        let old = house.instance.secret_key().expose_secret().to_owned();
        assert_eq!(old, secret(&house, SecretKey::FIRST));
        asked(&house, &old).await.ok();

        let (made, ending) = roll(store, &SystemRandom, HOUR, now(&house)).await.unwrap();
        assert_eq!(ending, 1);
        let new = secret(&house, &made.id);
        assert!(new != old && new.starts_with("sk_test_"));
        house.clock.advance(NOTICED_MS);
        asked(&house, &new).await.ok();
        asked(&house, &old).await.ok();
        assert_eq!(house.instance.secret_key().expose_secret(), new, "applications are set up with the new one");
        house.clock.advance(HOUR - NOTICED_MS - 1);
        asked(&house, &old).await.ok();
        house.clock.advance(1);
        asked(&house, &old).await.refused(401, "clerk_key_invalid");
        asked(&house, &new).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_the_last_one_stays() {
    on_each(async |database| {
        let house = House::open(database).await;
        let store = house.instance.store();
        let refused = revoke(store, SecretKey::FIRST, 0, now(&house)).await.unwrap_err();
        assert!(matches!(refused, SecretKeyError::Last(_)), "{refused}");
        let second = create(store, &SystemRandom, now(&house)).await.unwrap();
        revoke(store, SecretKey::FIRST, 0, now(&house)).await.unwrap();
        house.clock.advance(NOTICED_MS);
        asked(&house, &secret(&house, SecretKey::FIRST)).await.refused(401, "clerk_key_invalid");
        asked(&house, &secret(&house, &second.id)).await.ok();
        let again = revoke(store, SecretKey::FIRST, 0, now(&house)).await.unwrap_err();
        assert!(matches!(again, SecretKeyError::Over(_)), "{again}");
        let unknown = revoke(store, "key_x", 0, now(&house)).await.unwrap_err();
        assert!(matches!(unknown, SecretKeyError::Unknown(_)), "{unknown}");
        for _ in 0..19 {
            create(store, &SystemRandom, now(&house)).await.unwrap();
        }
        let full = create(store, &SystemRandom, now(&house)).await.unwrap_err();
        assert!(matches!(full, SecretKeyError::Full), "{full}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn settings_and_keys_that_change_at_once_undo_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let origin = "https://app.example.net";
        let set = owner.patch("/v1/instance", json!({ "allowed_origins": [origin] }));
        let (set, made) = tokio::join!(set, create(house.instance.store(), &SystemRandom, now(&house)));
        assert!(matches!(set.status.as_u16(), 204), "{}", set.body);
        let made = made.unwrap();
        house.clock.advance(NOTICED_MS);
        asked(&house, &secret(&house, &made.id)).await.ok();
        assert_eq!(owner.get("/v1/instance").await.ok().body["allowed_origins"], json!([origin]));
        house.close().await;
    })
    .await;
}
