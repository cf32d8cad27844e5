//! Handshakes that wait for an application server.

use frontdesk_identity::time::MINUTE;
use frontdesk_store::{SealedBytes, testing::on_each};
use tokio::task::JoinSet;

use crate::people::START;

fn sealed() -> SealedBytes {
    SealedBytes { key_id: "k".to_owned(), bytes: vec![0, 1, 255] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_is_given_to_one_of_those_who_ask_at_once() {
    on_each(async |database| {
        let store = database.open().await;
        store.keep_handshake("one", sealed(), START.plus(MINUTE)).await.unwrap();
        store.keep_handshake("two", sealed(), START.plus(MINUTE)).await.unwrap();
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            all.spawn(async move { store.take_handshake("one", START).await.unwrap() });
        }
        let given: Vec<_> = all.join_all().await.into_iter().flatten().collect();
        assert_eq!(given, [sealed()]);
        assert_eq!(store.take_handshake("three", START).await.unwrap(), None);
        assert_eq!(store.take_handshake("two", START).await.unwrap(), Some(sealed()));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_handshake_that_is_too_old_is_given_to_nobody_and_swept_away() {
    on_each(async |database| {
        let store = database.open().await;
        store.keep_handshake("one", sealed(), START.plus(MINUTE)).await.unwrap();
        assert_eq!(store.take_handshake("one", START.plus(MINUTE)).await.unwrap(), None);
        assert_eq!(store.sweep(START).await.unwrap(), 0);
        assert_eq!(store.sweep(START.plus(MINUTE)).await.unwrap(), 1);
        assert_eq!(store.take_handshake("one", START).await.unwrap(), None);
        store.close().await;
    })
    .await;
}
