//! How often somebody asks.

use frontdesk_identity::Timestamp;
use frontdesk_store::{Bucket, Location, Store, testing::on_each};
use tokio::task::JoinSet;

use crate::people::START;

/// Ten in ten seconds.
const TEN: Bucket = Bucket { share: 1_000, holds: 10_000 };

/// How many of so many that ask at once are let in.
async fn let_in(store: &Store, name: &str, asked: usize, now: Timestamp) -> usize {
    let mut all = JoinSet::new();
    for _ in 0..asked {
        let (store, name) = (store.clone(), name.to_owned());
        all.spawn(async move { store.pour(&name, TEN, now).await.unwrap() });
    }
    all.join_all().await.iter().filter(|wait| wait.is_none()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_56_of_many_who_ask_several_processes_at_once_so_many_are_let_in() {
    on_each(async |database| {
        let (one, other) = (database.open().await, database.open().await);
        if matches!(database.location(), Location::Sqlite(_)) {
            // Its only process counts by itself, and nothing is written.
            assert_eq!(let_in(&one, "a", 50, START).await, 50);
            return;
        }
        let (here, there) = tokio::join!(let_in(&one, "a", 30, START), let_in(&other, "a", 30, START));
        assert_eq!(here + there, 10);
        assert_eq!(one.pour("a", TEN, START).await.unwrap(), Some(1_000));
        assert_eq!(one.pour("a", TEN, START.plus(999)).await.unwrap(), Some(1));
        assert_eq!(other.pour("a", TEN, START.plus(1_000)).await.unwrap(), None);
        assert_eq!(let_in(&one, "b", 12, START).await, 10, "another name is another bucket");
        // It has run out after a while, and holds no more than before.
        assert_eq!(let_in(&one, "a", 12, START.plus(60_000)).await, 10);
        // Clocks that differ a little let nobody in oftener; one that was set back shuts nobody out.
        assert_eq!(one.pour("a", TEN, START.plus(50_000)).await.unwrap(), Some(1_000));
        assert_eq!(let_in(&one, "a", 12, START).await, 10);
        one.close().await;
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn buckets_that_have_run_out_are_cleared_away() {
    on_each(async |database| {
        let store = database.open().await;
        store.pour("a", TEN, START).await.unwrap();
        store.pour("b", TEN, START.plus(500)).await.unwrap();
        let in_table = u64::from(!matches!(database.location(), Location::Sqlite(_)));
        assert_eq!(store.sweep(START.plus(1_200)).await.unwrap(), in_table);
        assert_eq!(store.sweep(START.plus(1_500)).await.unwrap(), in_table);
        assert_eq!(store.sweep(START.plus(9_000)).await.unwrap(), 0);
        store.close().await;
    })
    .await;
}
