//! Opening a database.

use frontdesk_store::{Location, Store, testing};

#[tokio::test]
async fn a_new_database_is_empty_and_opens_again() {
    testing::on_each(async |database| {
        let store = database.open().await;
        assert!(store.instance().await.unwrap().is_none());
        assert!(store.signing_keys().await.unwrap().is_empty());
        store.close().await;
        database.open().await.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_its_owner_reads_a_database_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frontdesk.db");
    let store = Store::open(&Location::Sqlite(path)).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    store.close().await;
}
