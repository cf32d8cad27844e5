//! Backups and copies: all of it, in one picture, and never over anything.

use frontdesk_identity::{Client, List};
use frontdesk_store::{
    Backup, CopyError, Environment, Instance, Location, NewDelivery, Picture, SecretKey, SigningKey, Store, Versioned,
    copy, testing::TestDatabase,
};

use crate::{
    audit::entry,
    dump::{dump, execute},
    people::{
        START, account, address, client_id, delivery, email, save, saved_account, saved_client, sealed, session,
        session_id, sign_in_with_code, sign_up_with_code, user_id,
    },
    pictures::picture,
    redirects::listed,
    templates::template,
    tickets::token,
};

/// An instance with two signing keys.
pub(crate) async fn furnish_instance(store: &Store) {
    save(store, START, |changes| {
        changes.save_instance(Versioned::fresh(Instance {
            id: "ins_one".to_owned(),
            environment: Environment::Production,
            public_url: "https://auth.example.com".to_owned(),
            key_id: "key-1".to_owned(),
            key_check: "check".to_owned(),
            settings: serde_json::json!({ "application_name": "Zoë's \"team\"\n" }),
            created_at: START,
        }));
        for kid in ["ins_one", "ins_two"] {
            changes.add_signing_key(signing_key(kid, "key-1"));
        }
    })
    .await;
}

pub(crate) fn signing_key(kid: &str, key_id: &str) -> SigningKey {
    SigningKey { kid: kid.to_owned(), sealed: sealed(key_id), created_at: START }
}

/// Rows of every table there is.
pub(crate) async fn furnish(store: &Store) {
    furnish_instance(store).await;
    let ada = saved_account(store, 1).await;
    save(store, START, |changes| changes.create_account(account(2))).await;
    saved_client(store, 1).await;
    saved_client(store, 2).await;
    sign_in_with_code(store, 1, &ada.value, 1).await;
    sign_up_with_code(store, 2, &email("new@example.com"), 2).await;
    store.keep_handshake("code of a nonce", sealed("key-1"), START.plus(60_000)).await.unwrap();
    store.add_audit(&[entry(1, Some(1)), entry(2, None)]).await.unwrap();
    save(store, START, |changes| {
        changes.save_client(Versioned::fresh(Client::begin(client_id(3), START)));
        changes.save_session(Versioned::fresh(session(1, 1, 3, START)));
        changes.deliver(delivery(1, &address(1)));
        changes.deliver(NewDelivery { deliver: false, keep: true, ..delivery(2, &address(2)) });
        changes.lock(user_id(2), START.plus(60_000));
        changes.save_secret_key(SecretKey::first(START));
        changes.give_ticket(token(1, 1));
        changes.set_picture(Picture { bytes: (0..=u8::MAX).collect(), ..picture(1, 1) });
        changes.list_redirect(listed(1, "https://app.example.com/a"));
        changes.save_jwt_template(Versioned::fresh(template(1)));
        changes.invite(crate::invitations::invitation(1, "ada@example.com"), false);
        changes.save_waitlist_entry(Versioned::fresh(crate::invitations::entry(1, "bob@example.com")));
        changes.list_identifier(crate::restrictions::listed(1, List::Block, "ada@example.com"));
    })
    .await;
    store.keep_handshake("mac", sealed("key-1"), START.plus(60_000)).await.unwrap();
    crate::externals::furnish(store).await;
    crate::second_factors::furnish(store).await;
    crate::passkeys::furnish(store).await;
}

async fn backup_of(location: &Location) -> Vec<u8> {
    let store = Store::open_as_it_is(location).await.unwrap();
    let mut backup = Vec::new();
    store.back_up(&mut backup).await.unwrap();
    store.close().await;
    backup
}

async fn restore(backup: &[u8], to: &Location) -> Result<Store, CopyError> {
    Ok(Backup::open(backup).await?.restore(to).await?.0)
}

/// All rows but those that say when a step was taken, and how a database writes its values.
async fn rows(location: &Location) -> Vec<String> {
    dump(location).await.into_iter().filter(|row| !row.starts_with("_sqlx_migrations ")).collect()
}

#[tokio::test]
async fn a_backup_restores_everything_on_either_database() {
    let (sources, targets) = (TestDatabase::each().await, TestDatabase::each().await);
    for source in &sources {
        let store = source.open().await;
        furnish(&store).await;
        store.close().await;
        let backup = backup_of(source.location()).await;
        let before = rows(source.location()).await;
        let tables: Vec<_> = before.iter().map(|row| row.split(' ').next().unwrap()).collect();
        for table in ["instance", "signing_keys", "users", "identifications", "passwords", "lockouts", "clients"] {
            assert!(tables.contains(&table), "{table}");
        }
        for target in TestDatabase::each().await {
            let store = restore(&backup, target.location()).await.unwrap();
            assert_eq!(store.account(&user_id(1)).await.unwrap().unwrap().value.user, account(1).user);
            assert_eq!(store.signing_keys().await.unwrap().len(), 2);
            assert!(store.session(&session_id(1)).await.unwrap().is_some());
            store.close().await;
            // One kind of database shows its values as the other does not.
            if std::mem::discriminant(source.location()) == std::mem::discriminant(target.location()) {
                assert_eq!(rows(target.location()).await, before);
            }
            let again = backup_of(target.location()).await;
            let sorted = |backup: &[u8]| {
                let mut lines: Vec<_> = backup.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                lines.retain(|line| !line.starts_with(b"{\"end\""));
                lines.sort();
                lines
            };
            assert_eq!(sorted(&again), sorted(&backup));
            target.remove().await;
        }
    }
    for database in sources.into_iter().chain(targets) {
        database.remove().await;
    }
}

#[tokio::test]
async fn a_copy_goes_both_ways_and_is_compared() {
    let Some(server) = TestDatabase::postgres().await else {
        println!("SKIPPED: there is no PostgreSQL server to test with");
        return;
    };
    let (file, back) = (TestDatabase::sqlite(), TestDatabase::sqlite());
    let store = file.open().await;
    furnish(&store).await;
    store.close().await;
    let there = copy(file.location(), server.location()).await.unwrap();
    let here = copy(server.location(), back.location()).await.unwrap();
    assert_eq!(there, here);
    assert_eq!(there.rows()["users"], 2);
    assert_eq!(rows(back.location()).await, rows(file.location()).await);
    let refused = copy(file.location(), server.location()).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty), "{refused}");
    server.remove().await;
}

#[tokio::test]
async fn only_an_empty_database_is_written_to() {
    for target in TestDatabase::each().await {
        let source = TestDatabase::sqlite();
        let store = source.open().await;
        furnish(&store).await;
        store.close().await;
        let backup = backup_of(source.location()).await;
        let store = target.open().await;
        save(&store, START, |changes| changes.create_account(account(7))).await;
        store.close().await;
        let before = dump(target.location()).await;
        let refused = restore(&backup, target.location()).await.unwrap_err();
        assert!(matches!(refused, CopyError::NotEmpty) && refused.to_string().contains("new, empty"), "{refused}");
        let refused = copy(source.location(), target.location()).await.unwrap_err();
        assert!(matches!(refused, CopyError::NotEmpty), "{refused}");
        assert_eq!(dump(target.location()).await, before);
        target.remove().await;
    }
}

#[tokio::test]
async fn a_backup_that_is_damaged_or_none_restores_nothing() {
    let source = TestDatabase::sqlite();
    let store = source.open().await;
    furnish(&store).await;
    store.close().await;
    let backup = String::from_utf8(backup_of(source.location()).await).unwrap();
    let lines: Vec<_> = backup.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let row = lines.iter().position(|line| line.starts_with('[')).unwrap();
    let without = [&lines[..row], &lines[row + 1..]].concat();
    for (what, damaged) in [
        ("cut off", joined(&lines[..lines.len() - 1])),
        ("cut off within a line", backup[..backup.len() - 40].to_owned()),
        ("a row is missing", joined(&without)),
        ("a word is another one", backup.replacen("Zoë", "Eve", 1)),
        ("a row is twice there", joined(&[&lines[..row], &lines[row..=row], &lines[row..]].concat())),
        ("a table is another one", backup.replacen("{\"table\":\"users\"}", "{\"table\":\"people\"}", 1)),
        ("a column is another one", backup.replacen("\"digest\"", "\"d\"", 1)),
        ("a value is another kind", joined(&lines).replacen("1700000000000", "\"soon\"", 1)),
    ] {
        for target in TestDatabase::each().await {
            match restore(damaged.as_bytes(), target.location()).await {
                Err(CopyError::Damaged(_) | CopyError::Store(_)) => {}
                Err(other) => panic!("{what}: {other}"),
                Ok(_) => panic!("{what}: restored"),
            }
            let store = target.open().await;
            assert!(store.instance().await.unwrap().is_none(), "{what}");
            store.close().await;
            // What a whole one needs is still there.
            restore(backup.as_bytes(), target.location()).await.unwrap().close().await;
            target.remove().await;
        }
    }
    let target = TestDatabase::sqlite();
    for none in ["", "{}\n", "A letter.\n", "{\"what\":\"else\",\"format\":1}\n"] {
        assert!(matches!(restore(none.as_bytes(), target.location()).await, Err(CopyError::NoBackup)), "{none}");
    }
    let step = format!("\"step\":{}", step(&backup));
    let newer = backup.replacen(&step, "\"step\":9999", 1);
    let refused = restore(newer.as_bytes(), target.location()).await.unwrap_err();
    assert!(matches!(refused, CopyError::Newer(9999)) && refused.to_string().contains("update"), "{refused}");
    let Location::Sqlite(path) = target.location() else { panic!("a file") };
    assert!(!path.exists(), "nothing was made");
}

fn step(backup: &str) -> i64 {
    let head: serde_json::Value = serde_json::from_str(backup.lines().next().unwrap()).unwrap();
    head["step"].as_i64().unwrap()
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_the_backup_as_a_whole_or_not_at_all() {
    for source in TestDatabase::each().await {
        let store = source.open().await;
        furnish(&store).await;
        let writing = async {
            for number in 100..160 {
                save(&store, START, |changes| {
                    changes.create_account(account(number));
                    changes.save_client(Versioned::fresh(Client::begin(client_id(number), START)));
                    changes.save_session(Versioned::fresh(session(number, number, number, START)));
                })
                .await;
            }
        };
        let backing_up = async {
            let mut all = Vec::new();
            for _ in 0..5 {
                all.push(backup_of(source.location()).await);
            }
            all
        };
        let ((), backups) = futures_util::future::join(writing, backing_up).await;
        for backup in backups {
            let target = TestDatabase::sqlite();
            let restored = restore(&backup, target.location()).await.unwrap();
            for number in 100..160 {
                let user = restored.account(&user_id(number)).await.unwrap().is_some();
                assert_eq!(restored.session(&session_id(number)).await.unwrap().is_some(), user, "{number}");
            }
            restored.close().await;
        }
        store.close().await;
        source.remove().await;
    }
}

#[tokio::test]
async fn sec_108_a_backup_is_as_sealed_as_the_database_and_changes_nothing() {
    let source = TestDatabase::sqlite();
    assert!(Store::open_as_it_is(source.location()).await.is_err(), "nothing is made");
    let store = source.open().await;
    let mut nothing = Vec::new();
    assert!(matches!(store.back_up(&mut nothing).await, Err(CopyError::Nothing)));
    furnish(&store).await;
    store.close().await;
    execute(source.location(), "DELETE FROM _sqlx_migrations WHERE version > 1").await;
    let before = dump(source.location()).await;
    backup_of(source.location()).await;
    assert_eq!(dump(source.location()).await, before, "an older database stays as it is");
}

#[tokio::test]
async fn sec_108_every_table_with_sealed_values_is_known_to_the_change_of_keys() {
    let database = TestDatabase::sqlite();
    let store = database.open().await;
    furnish(&store).await;
    store.close().await;
    let backup = String::from_utf8(backup_of(database.location()).await).unwrap();
    let head: serde_json::Value = serde_json::from_str(backup.lines().next().unwrap()).unwrap();
    let sealed = |table: &serde_json::Value| {
        let columns = table["columns"].as_array().unwrap();
        columns.iter().any(|column| column["kind"] == "bytes" || column["name"] == "key_id")
    };
    let tables: Vec<_> = head["tables"].as_array().unwrap().iter().filter(|table| sealed(table)).collect();
    let names: Vec<_> = tables.iter().map(|table| table["name"].as_str().unwrap()).collect();
    // A new one is to be sealed anew by `Store::rekey`, unless what it holds is not sealed, as pictures are not.
    assert_eq!(
        names,
        [
            "delivery_queue",
            "external_accounts",
            "external_flows",
            "handshakes",
            "instance",
            "jwt_templates",
            "pictures",
            "signing_keys",
            "totps"
        ]
    );
}
