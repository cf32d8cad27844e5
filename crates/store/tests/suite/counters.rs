//! Wrong tries in a row.

use frontdesk_identity::{IdentificationId, Lockout, Policy, Timestamp, policy::LockoutPolicy, time::HOUR};
use frontdesk_store::{Changes, CommitError, Store, testing::on_each};
use tokio::task::JoinSet;

use crate::people::{START, bytes, saved_account, user_id};

fn policy(max_attempts: u32) -> Policy {
    Policy { lockout: LockoutPolicy { max_attempts, duration_ms: HOUR }, ..Policy::default() }
}

async fn clear(store: &Store, now: Timestamp) -> Result<(), CommitError> {
    let mut changes = Changes::new(now);
    changes.clear_failures(user_id(1));
    store.commit(changes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_54_wrong_tries_at_once_count_one_each() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            all.spawn(
                async move { store.count_failure(user_id(1).as_str(), &policy(100), START).await.unwrap().failed },
            );
        }
        let mut numbers = all.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
        let account = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(account.value.lockout, Lockout { failed: 50, locked_until: None });
        assert_eq!(account.version, 1, "a wrong try is no change of the account");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_85_the_last_wrong_try_locks_and_further_ones_do_not_make_it_longer() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let (id, policy) = (user_id(1), policy(10));
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            let policy = policy.clone();
            all.spawn(async move { store.count_failure(user_id(1).as_str(), &policy, START).await.unwrap() });
        }
        let locked = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)) };
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == locked).count(), 41);
        let again = store.count_failure(id.as_str(), &policy, START.plus(HOUR - 1)).await.unwrap();
        assert_eq!(again, locked);
        assert_eq!(store.lockout(id.as_str()).await.unwrap(), locked);
        assert_eq!(store.account(&id).await.unwrap().unwrap().value.lockout, locked);

        // A lock that has run out begins the count anew.
        let anew = store.count_failure(id.as_str(), &policy, START.plus(HOUR)).await.unwrap();
        assert_eq!(anew, Lockout { failed: 1, locked_until: None });
        let next = store.count_failure(id.as_str(), &policy, START.plus(HOUR)).await.unwrap();
        assert_eq!(next.failed, 2);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn where_one_wrong_try_locks_every_one_does() {
    on_each(async |database| {
        let store = database.open().await;
        let policy = policy(1);
        for now in [START, START.plus(HOUR), START.plus(5 * HOUR)] {
            let lockout = store.count_failure("idn_x", &policy, now).await.unwrap();
            assert_eq!(lockout, Lockout { failed: 1, locked_until: Some(now.plus(HOUR)) });
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn success_forgets_wrong_tries_but_not_a_lock() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let (id, policy) = (user_id(1), policy(2));
        clear(&store, START).await.unwrap();
        store.count_failure(id.as_str(), &policy, START).await.unwrap();
        clear(&store, START).await.unwrap();
        assert_eq!(store.lockout(id.as_str()).await.unwrap(), Lockout::default());
        for _ in 0..2 {
            store.count_failure(id.as_str(), &policy, START).await.unwrap();
        }
        // The right guess among many at once comes too late.
        assert!(matches!(clear(&store, START.plus(HOUR - 1)).await, Err(CommitError::Conflict)));
        assert_eq!(store.lockout(id.as_str()).await.unwrap().locked_until, Some(START.plus(HOUR)));
        clear(&store, START.plus(HOUR)).await.unwrap();
        assert_eq!(store.lockout(id.as_str()).await.unwrap(), Lockout::default());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_nobody_is_counted_like_somebody() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let (somebody, nobody) = (user_id(1), IdentificationId::from_random(bytes(9)));
        let policy = policy(3);
        for _ in 0..4 {
            let known = store.count_failure(somebody.as_str(), &policy, START).await.unwrap();
            assert_eq!(store.count_failure(nobody.as_str(), &policy, START).await.unwrap(), known);
            assert_eq!(store.lockout(nobody.as_str()).await.unwrap(), known);
        }
        store.close().await;
    })
    .await;
}
