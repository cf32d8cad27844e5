//! Secret keys, by name.

use frontdesk_store::{SecretKey, testing::on_each};

use crate::people::{START, save};

#[tokio::test]
async fn keys_are_kept_newest_first_with_their_end() {
    on_each(async |database| {
        let store = database.open().await;
        assert_eq!(store.secret_keys().await.unwrap(), []);
        let second = SecretKey { id: "key_b".to_owned(), created_at: START.plus(1), ends_at: None };
        save(&store, START, |changes| {
            changes.save_secret_key(SecretKey::first(START));
            changes.save_secret_key(second.clone());
        })
        .await;
        assert_eq!(store.secret_keys().await.unwrap(), [second.clone(), SecretKey::first(START)]);
        let ended = SecretKey { ends_at: Some(START.plus(5)), ..SecretKey::first(START) };
        save(&store, START, |changes| changes.save_secret_key(ended.clone())).await;
        assert_eq!(store.secret_keys().await.unwrap(), [second, ended.clone()]);
        assert!(ended.is_good(START.plus(4)) && !ended.is_good(START.plus(5)));
        store.close().await;
    })
    .await;
}
