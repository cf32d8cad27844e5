use frontdesk_identity::{Client, ClientId, Timestamp};

use super::*;
use crate::{Changes, CommitError, Location, Store, Versioned, db::Pool};

fn client(number: u32) -> Client {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Client::begin(ClientId::from_random(bytes), Timestamp(0))
}

async fn save(store: &Store, number: u32) -> Result<(), CommitError> {
    let mut changes = Changes::new(Timestamp(0));
    changes.save_client(Versioned::fresh(client(number)));
    store.commit(changes).await
}

/// Sets how many pages the file may have: beyond that SQLite answers as it does when the disk is full.
async fn allow_pages(store: &Store, pages: u32) {
    let Pool::Sqlite(pool) = &store.write else { panic!("a file") };
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Sqlite(folder.path().join("frontdesk.db"))).await.unwrap();
    // Not below the pages there are, so that there is room for a few rows at most.
    allow_pages(&store, 1).await;
    let mut saved = 0;
    let error = loop {
        match save(&store, saved).await {
            Ok(()) => saved += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, CommitError::Store(StoreError::DiskFull)), "{error}");
    assert!(error.to_string().contains("make room and try again"), "{error}");
    for number in 0..=saved {
        let there = store.client(&client(number).id).await.unwrap().is_some();
        assert_eq!(there, number < saved, "it is as it was before");
    }
    allow_pages(&store, 1_000_000).await;
    save(&store, saved).await.unwrap();
    assert!(store.client(&client(saved).id).await.unwrap().is_some());
    store.close().await;
}

#[test]
fn connections_that_fail_are_told_apart_from_statements_that_are_refused() {
    let full = sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::StorageFull));
    assert!(matches!(StoreError::from(full), StoreError::DiskFull));
    let reset = sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    assert!(matches!(StoreError::from(reset), StoreError::Unavailable(_)));
    assert!(matches!(StoreError::from(sqlx::Error::PoolTimedOut), StoreError::Unavailable(_)));
    assert!(matches!(StoreError::from(sqlx::Error::RowNotFound), StoreError::Refused(_)));
}
