//! Many at once.

use std::task::Poll;

use frontdesk_store::{
    Changes, CommitError, Location, Store,
    testing::{TestDatabase, on_each},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tokio::task::JoinSet;

use crate::people::{START, account, save, saved_account, user_id};

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_take_their_turns_while_others_read() {
    on_each(async |database| {
        // Two programs on one database.
        let stores = [database.open().await, database.open().await];
        saved_account(&stores[0], 1000).await;
        let mut all = JoinSet::new();
        for number in 0..150 {
            let store = stores[number as usize % 2].clone();
            all.spawn(async move {
                save(&store, START, |changes| changes.create_account(account(number))).await;
                assert!(store.account(&user_id(number)).await.unwrap().is_some(), "what was committed is read");
                assert!(store.account(&user_id(1000)).await.unwrap().is_some());
            });
        }
        all.join_all().await;
        for store in stores {
            for number in 0..150 {
                assert!(store.account(&user_id(number)).await.unwrap().is_some());
            }
            store.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_to_one_row_each_is_made_over_the_one_before() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            all.spawn(async move {
                // Gather, decide, commit, until nobody was faster.
                loop {
                    let read = store.account(&user_id(1)).await.unwrap().unwrap();
                    let mut user = read.value.user.clone();
                    user.first_name = Some(format!("{}x", user.first_name.unwrap_or_default()));
                    let mut changes = Changes::new(START);
                    changes.save_user(read.with(user));
                    if store.commit(changes).await.is_ok() {
                        return;
                    }
                }
            });
        }
        all.join_all().await;
        let after = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!((after.version, after.value.user.first_name), (21, Some(format!("Zoë{}", "x".repeat(20)))));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_another_program_writes_is_read_meanwhile_and_written_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frontdesk.db");
    let store = Store::open(&Location::Sqlite(path.clone())).await.unwrap();
    saved_account(&store, 1).await;
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE users SET version = 5").execute(&mut other).await.unwrap();

    let mut changes = Changes::new(START);
    changes.create_account(account(2));
    let mut commit = Box::pin(store.commit(changes));
    let begun = std::future::poll_fn(|context| Poll::Ready(commit.as_mut().poll(context))).await;
    assert!(begun.is_pending());
    let read = store.account(&user_id(1)).await.unwrap().unwrap();
    assert_eq!(read.version, 1, "readers see what is committed");
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    commit.await.unwrap();
    assert_eq!(store.account(&user_id(1)).await.unwrap().unwrap().version, 5);
    assert!(store.account(&user_id(2)).await.unwrap().is_some());
    other.close().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_commit_that_is_dropped_half_way_leaves_nothing_behind() {
    on_each(async |database| {
        let store = database.open().await;
        let mut left = 0;
        for number in 1..=12 {
            let mut changes = Changes::new(START);
            changes.create_account(account(number));
            let mut commit = Box::pin(store.commit(changes));
            // The caller goes away after so many steps of it.
            for _ in 0..number {
                let polled = std::future::poll_fn(|context| Poll::Ready(commit.as_mut().poll(context))).await;
                if polled.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(commit);
            left += u32::from(store.account(&user_id(number)).await.unwrap().is_some_and(|read| {
                assert!(read.value.password.is_some() && !read.value.emails.is_empty(), "all or nothing");
                true
            }));
        }
        assert!(left <= 12);
        saved_account(&store, 99).await;
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_programs_that_wait_for_each_other_one_is_told_to_begin_again() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let Location::Postgres(url) = database.location() else { panic!("not a server") };
    let store = database.open().await;
    let (one, two) = (saved_account(&store, 1).await, saved_account(&store, 2).await);
    let lock = async |other: &mut PgConnection, number| {
        let sql = "UPDATE users SET version = version WHERE id = $1";
        sqlx::query(sql).bind(user_id(number).as_str()).execute(other).await
    };
    let mut other = PgConnection::connect(url).await.unwrap();
    // The server looks for such circles when somebody has waited for a second; this one would be told later.
    sqlx::raw_sql("SET deadlock_timeout = '20s'; BEGIN").execute(&mut other).await.unwrap();
    lock(&mut other, 2).await.unwrap();
    let commit = tokio::spawn({
        let store = store.clone();
        async move {
            let mut changes = Changes::new(START);
            changes.save_user(one.with(one.value.user.clone()));
            changes.save_user(two.with(two.value.user.clone()));
            store.commit(changes).await
        }
    });
    let mut watch = PgConnection::connect(url).await.unwrap();
    let waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut watch).await.unwrap() {
        tokio::task::yield_now().await;
    }
    lock(&mut other, 1).await.unwrap();
    let told = commit.await.unwrap();
    assert!(matches!(told, Err(CommitError::Conflict)), "{told:?}");
    other.close().await.unwrap();
    watch.close().await.unwrap();
    store.close().await;
    database.remove().await;
}
