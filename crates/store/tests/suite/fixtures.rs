//! Databases of every step of the schema that was ever released, with rows in every table: each has to come up to date.
//!
//! `fixtures/<step>.backup` is such a database, `fixtures/steps.txt` the digests of the steps themselves. A new step needs
//! both: `UPDATE_FIXTURES=1 cargo test -p frontdesk-store --test suite fixtures` writes them, and what is there already stays.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use frontdesk_identity::{DeliveryId, SignInId, SignUpId};
use frontdesk_store::{Backup, Location, Store, testing::TestDatabase};

use crate::{
    copies::furnish,
    dump::dump,
    people::{START, address, bytes, client_id, session_id, user_id},
};

/// Writes what is missing instead of complaining of it.
const UPDATE: &str = "UPDATE_FIXTURES";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The steps with a fixture, and where it lies.
fn fixtures() -> BTreeMap<i64, PathBuf> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let step = |path: PathBuf| Some((path.file_stem()?.to_str()?.parse().ok()?, path));
    files.filter(|path| path.extension().is_some_and(|ending| ending == "backup")).filter_map(step).collect()
}

async fn rows(location: &Location) -> Vec<String> {
    dump(location).await
}

/// The steps that this program takes, with a digest of each, as the database keeps them.
async fn steps(database: &TestDatabase) -> Vec<(i64, String)> {
    let kind = if matches!(database.location(), Location::Sqlite(_)) { "sqlite" } else { "postgres" };
    let taken = database.steps().await;
    taken.into_iter().map(|(version, digest)| (version, format!("{version} {kind} {digest}"))).collect()
}

#[tokio::test]
async fn every_released_schema_is_brought_up_to_date() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 3, "the fixtures are there");
    for (step, path) in fixtures {
        let backup = fs::read(&path).unwrap();
        for database in TestDatabase::each_empty().await {
            println!("step {step} on {:?}", database.location());
            let opened = Backup::open(backup.as_slice()).await.unwrap();
            let (store, tally) = opened.restore(database.location()).await.unwrap();
            reads_everything(&store).await;
            store.close().await;
            // The same once more, as the next start of a server does.
            let store = database.open().await;
            reads_everything(&store).await;
            store.close().await;
            let rows = rows(database.location()).await;
            for (table, count) in tally.rows() {
                let now = rows.iter().filter(|row| row.split(' ').next() == Some(&table)).count();
                // A lock of before step 23 becomes the owner's as well, since nobody wrote down whose it is.
                let owners = rows
                    .iter()
                    .filter(|row| step < 23 && row.starts_with("lockouts ") && row.contains(" owner"))
                    .count();
                let count = count + if table == "lockouts" { u64::try_from(owners).unwrap() } else { 0 };
                assert_eq!(u64::try_from(now).unwrap(), count, "step {step} lost rows of {table}");
            }
            database.remove().await;
        }
    }
}

/// What [`furnish`] has written at every step so far.
async fn reads_everything(store: &Store) {
    let instance = store.instance().await.unwrap().unwrap().value;
    assert_eq!((instance.id.as_str(), instance.key_id.as_str()), ("ins_one", "key-1"));
    assert_eq!(store.signing_keys().await.unwrap().len(), 2);
    for number in [1, 2] {
        let account = store.account(&user_id(number)).await.unwrap().unwrap().value;
        assert_eq!(account.user.first_name.as_deref(), Some("Zoë"));
        assert_eq!(account.emails[0].email, address(number));
        assert!(store.password(&user_id(number)).await.unwrap().is_some());
        let found = store.account_by_email(&address(number)).await.unwrap().unwrap();
        assert_eq!(found.value.user.id, user_id(number));
    }
    for number in [1, 2, 3] {
        assert!(store.client_view(&client_id(number), START).await.unwrap().is_some());
    }
    assert_eq!(store.session(&session_id(1)).await.unwrap().unwrap().value.user_id, user_id(1));
    assert!(store.sign_in(&SignInId::from_random(bytes(1))).await.unwrap().is_some());
    assert!(store.sign_up(&SignUpId::from_random(bytes(2))).await.unwrap().is_some());
    let due = store.claim_deliveries(10, 0, START).await.unwrap();
    assert_eq!(due.iter().map(|due| due.id.clone()).collect::<Vec<_>>(), [DeliveryId::from_random(bytes(1))]);
}

#[tokio::test]
async fn the_newest_schema_has_a_fixture_and_no_released_step_was_changed() {
    let update = std::env::var_os(UPDATE).is_some();
    let listed = fs::read_to_string(folder().join("steps.txt")).unwrap_or_default();
    let mut missing = Vec::new();
    for database in TestDatabase::each().await {
        database.open().await.close().await;
        for (version, line) in steps(&database).await {
            let start = line.rsplit_once(' ').unwrap().0.to_owned();
            match listed.lines().find(|known| known.rsplit_once(' ').is_some_and(|(known, _)| known == start)) {
                Some(known) => assert_eq!(known, line, "step {version} was released: it must stay as it is"),
                None => missing.push(line),
            }
        }
        database.remove().await;
    }
    let source = TestDatabase::sqlite();
    let store = source.open().await;
    furnish(&store).await;
    let newest = source.steps().await.last().unwrap().0;
    let mut backup = Vec::new();
    let tally = store.back_up(&mut backup).await.unwrap();
    store.close().await;
    let empty: Vec<_> = tally.rows().into_iter().filter(|(_, count)| *count == 0).map(|(table, _)| table).collect();
    assert!(empty.is_empty(), "`copies::furnish` has to write a row of {empty:?}, so that fixtures have one");
    let has_fixture = fixtures().contains_key(&newest);
    if update {
        let mut list = fs::OpenOptions::new().create(true).append(true).open(folder().join("steps.txt")).unwrap();
        for line in missing {
            writeln!(list, "{line}").unwrap();
        }
        if !has_fixture {
            fs::write(folder().join(format!("{newest}.backup")), backup).unwrap();
        }
        return;
    }
    assert!(
        has_fixture && missing.is_empty(),
        "step {newest} is new: {UPDATE}=1 writes its fixture; add it to the commit"
    );
}
