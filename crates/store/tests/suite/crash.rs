//! Several programs, and one that is killed while it writes.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use frontdesk_store::{Location, NewDelivery, Store, Versioned, testing::on_each};

use crate::{
    dump::{dump, execute},
    people::{START, account, address, client_id, delivery, save, session, session_id, user_id},
};

/// Names the variables that tell the program which is killed where to write, and from which number on.
const PLACE: &str = "FRONTDESK_TEST_PLACE";
const FIRST: &str = "FRONTDESK_TEST_FIRST";

/// Commits one number after the other: a user, a client, a session and a message each, together.
#[tokio::test]
#[ignore = "the program that the next test kills"]
async fn writes_until_it_is_killed() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let postgres = place.starts_with("postgres");
    let location = if postgres { Location::Postgres(place) } else { Location::Sqlite(place.into()) };
    let store = Store::open(&location).await.unwrap();
    for number in std::env::var(FIRST).unwrap().parse::<u32>().unwrap().. {
        save(&store, START, |changes| {
            changes.create_account(account(number));
            changes.save_client(Versioned::fresh(frontdesk_identity::Client::begin(client_id(number), START)));
            changes.save_session(Versioned::fresh(session(number, number, number, START)));
            changes.deliver(NewDelivery { keep: true, ..delivery(number, &address(number)) });
        })
        .await;
        println!("committed {number}");
    }
}

/// Starts the program, kills it once it has committed so many, and tells the first number that it did not report.
fn kill_after(place: &str, first: u32, commits: usize) -> u32 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(PLACE, place)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reported = |line: std::io::Result<String>| -> Option<u32> {
        line.ok()?.rsplit_once("committed ").and_then(|(_, number)| number.parse().ok())
    };
    let seen: Vec<u32> = lines.by_ref().filter_map(reported).take(commits).collect();
    assert_eq!(seen.len(), commits, "it ended by itself");
    // SIGKILL, in the middle of whatever it does now.
    child.kill().unwrap();
    child.wait().unwrap();
    let last = lines.filter_map(reported).last().or(seen.last().copied());
    last.map_or(first, |last| last + 1)
}

#[tokio::test]
async fn what_was_committed_stays_and_what_was_not_is_not_there() {
    on_each(async |database| {
        let place = match database.location() {
            Location::Sqlite(path) => path.display().to_string(),
            Location::Postgres(url) => url.clone(),
        };
        let mut next = 1;
        for commits in [1, 7, 23] {
            let unreported = kill_after(&place, next, commits);
            let store = database.open().await;
            for number in 1..unreported {
                assert!(store.account(&user_id(number)).await.unwrap().is_some(), "{number} was committed");
                assert!(store.session(&session_id(number)).await.unwrap().is_some());
            }
            // The last commit may have been made and not reported; whatever is there is whole.
            let there = u32::from(store.account(&user_id(unreported)).await.unwrap().is_some());
            assert_eq!(u32::from(store.session(&session_id(unreported)).await.unwrap().is_some()), there);
            assert!(store.account(&user_id(unreported + 1)).await.unwrap().is_none());
            next = unreported + there;
            let rows = dump(database.location()).await;
            for table in ["users", "identifications", "passwords", "clients", "sessions", "delivery_queue"] {
                let prefix = format!("{table} ");
                let count = rows.iter().filter(|row| row.starts_with(&prefix)).count();
                assert_eq!(count, next as usize - 1, "{table}");
            }
            store.close().await;
            if let Location::Sqlite(_) = database.location() {
                let whole = "CREATE TEMP TABLE whole (fault TEXT CHECK (fault = 'ok')); \
                             INSERT INTO whole SELECT * FROM pragma_integrity_check; \
                             INSERT INTO whole SELECT \"table\" FROM pragma_foreign_key_check";
                execute(database.location(), whole).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_that_opens_a_file_twice_still_keeps_others_from_cleaning_up_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frontdesk.db");
    let location = Location::Sqlite(path.clone());
    let first = Store::open(&location).await.unwrap();
    let second = Store::open(&location).await.unwrap();
    save(&first, START, |changes| changes.create_account(account(1000))).await;
    #[cfg(target_os = "linux")]
    {
        let file = std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(&path).unwrap());
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        assert!(locks.contains(&format!(":{file} ")), "the file is locked: {locks}");
    }
    // Another program comes, writes and goes: were it the last one, it would take the files beside the database along.
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["--exact", "crash::writes_once", "--ignored"]).env(PLACE, &path);
    let output = other.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(path.with_extension("db-wal").exists());
    for store in [&first, &second] {
        assert!(store.account(&user_id(1)).await.unwrap().is_some(), "what it wrote is seen");
    }
    save(&second, START, |changes| changes.create_account(account(2))).await;
    first.close().await;
    second.close().await;
    let again = Store::open(&location).await.unwrap();
    for number in [1, 2, 1000] {
        assert!(again.account(&user_id(number)).await.unwrap().is_some());
    }
    again.close().await;
}

#[tokio::test]
#[ignore = "the other program of the test above"]
async fn writes_once() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let store = Store::open(&Location::Sqlite(place.into())).await.unwrap();
    save(&store, START, |changes| changes.create_account(account(1))).await;
    store.close().await;
}
