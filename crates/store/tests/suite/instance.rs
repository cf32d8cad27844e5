//! The instance and its signing keys.

use frontdesk_store::{
    Changes, CommitError, Environment, Instance, SealedBytes, SigningKey, StoreError, Versioned, testing::on_each,
};
use serde_json::json;

use crate::{
    dump::execute,
    people::{START, save, sealed},
};

fn instance() -> Instance {
    Instance {
        id: "ins_1".to_owned(),
        environment: Environment::Development,
        public_url: "http://127.0.0.1:4321".to_owned(),
        key_id: "key-1".to_owned(),
        key_check: "check".to_owned(),
        settings: json!({ "name": "Zoë’s", "sessions": { "max_lifetime_ms": null } }),
        created_at: START,
    }
}

#[tokio::test]
async fn an_instance_is_set_up_once_and_changed_in_turn() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| changes.save_instance(Versioned::fresh(instance()))).await;
        let read = store.instance().await.unwrap().unwrap();
        assert_eq!(read, Versioned { value: instance(), version: 1 });

        let mut again = Changes::new(START);
        again.save_instance(Versioned::fresh(Instance { id: "ins_2".to_owned(), ..instance() }));
        assert!(matches!(store.commit(again).await, Err(CommitError::Conflict)), "there is one");

        let changed = Instance {
            settings: json!({ "name": "other" }),
            public_url: "https://id.example.com".to_owned(),
            key_id: "key-2".to_owned(),
            key_check: "other check".to_owned(),
            ..instance()
        };
        save(&store, START, |changes| changes.save_instance(read.with(changed.clone()))).await;
        assert_eq!(store.instance().await.unwrap().unwrap(), Versioned { value: changed, version: 2 });
        let mut stale = Changes::new(START);
        stale.save_instance(read);
        assert!(matches!(store.commit(stale).await, Err(CommitError::Conflict)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn signing_keys_come_back_as_they_were_sealed_newest_first() {
    on_each(async |database| {
        let store = database.open().await;
        let key = |kid: &str, at: i64| SigningKey {
            kid: kid.to_owned(),
            sealed: sealed(&format!("key of {kid}")),
            created_at: START.plus(at),
        };
        save(&store, START, |changes| {
            changes.add_signing_key(key("old", 0));
            changes.add_signing_key(key("new", 2));
            changes.add_signing_key(key("middle", 1));
        })
        .await;
        assert_eq!(store.signing_keys().await.unwrap(), [key("new", 2), key("middle", 1), key("old", 0)]);
        let mut twice = Changes::new(START);
        twice.add_signing_key(key("old", 9));
        assert!(matches!(store.commit(twice).await, Err(CommitError::Conflict)));
        store.close().await;
    })
    .await;
}

#[test]
fn sealed_bytes_are_not_shown() {
    let sealed = SealedBytes { key_id: "key-1".to_owned(), bytes: vec![1, 2, 3] };
    assert_eq!(format!("{sealed:?}"), "SealedBytes(3 bytes by key-1)");
}

#[tokio::test]
async fn what_something_else_wrote_is_told_and_not_guessed() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| changes.save_instance(Versioned::fresh(instance()))).await;
        for (sql, reason) in [
            ("UPDATE instance SET settings = '{'", "EOF"),
            ("UPDATE instance SET settings = '{}', environment = 'staging'", "no environment is called \"staging\""),
        ] {
            execute(database.location(), sql).await;
            let error = store.instance().await.unwrap_err();
            assert!(matches!(error, StoreError::Malformed { what: "instance", .. }), "{error}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        store.close().await;
    })
    .await;
}
