//! Wrong tries in a row.

use frontdesk_identity::{
    Counter, IdentificationId, Lane, Lockout, Policy, SessionEnd, Timestamp, policy::LockoutPolicy, time::HOUR,
};
use frontdesk_store::{Changes, CommitError, Store, Versioned, testing::on_each};
use tokio::task::JoinSet;

use crate::people::{START, bytes, client_id, save, saved_account, saved_client, session, session_id, user_id};

fn policy(max_attempts: u32) -> Policy {
    Policy { lockout: LockoutPolicy { max_attempts, duration_ms: HOUR }, ..Policy::default() }
}

async fn clear(store: &Store, now: Timestamp) -> Result<(), CommitError> {
    clear_in(store, Lane::Strangers, now).await
}

async fn clear_in(store: &Store, lane: Lane, now: Timestamp) -> Result<(), CommitError> {
    let mut changes = Changes::new(now);
    changes.clear_failures(in_lane(lane));
    store.commit(changes).await
}

/// What tries at user 1 are counted under.
fn in_lane(lane: Lane) -> Counter {
    Counter { lane, ..Counter::strangers(user_id(1)) }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_54_wrong_tries_at_once_count_one_each() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            all.spawn(async move {
                store.count_failure(&Counter::strangers(user_id(1)), &policy(100), START).await.unwrap().failed
            });
        }
        let mut numbers = all.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
        let account = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(account.value.lockout, Lockout { failed: 50, ..Lockout::default() });
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
        let (id, counter, policy) = (user_id(1), in_lane(Lane::Strangers), policy(10));
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            let policy = policy.clone();
            all.spawn(
                async move { store.count_failure(&Counter::strangers(user_id(1)), &policy, START).await.unwrap() },
            );
        }
        let locked = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == locked).count(), 41);
        let again = store.count_failure(&counter, &policy, START.plus(HOUR - 1)).await.unwrap();
        assert_eq!(again, locked);
        assert_eq!(store.lockout(&counter).await.unwrap(), locked);
        assert_eq!(store.account(&id).await.unwrap().unwrap().value.lockout, locked);

        // A lock that has run out begins the count anew.
        let anew = store.count_failure(&counter, &policy, START.plus(HOUR)).await.unwrap();
        assert_eq!(anew, Lockout { failed: 1, ..Lockout::default() });
        let next = store.count_failure(&counter, &policy, START.plus(HOUR)).await.unwrap();
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
            let lockout = store.count_failure(&Counter::strangers("idn_x"), &policy, now).await.unwrap();
            assert_eq!(lockout, Lockout { failed: 1, locked_until: Some(now.plus(HOUR)), closed_until: None });
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
        let (counter, policy) = (in_lane(Lane::Strangers), policy(2));
        clear(&store, START).await.unwrap();
        store.count_failure(&counter, &policy, START).await.unwrap();
        clear(&store, START).await.unwrap();
        assert_eq!(store.lockout(&counter).await.unwrap(), Lockout::default());
        for _ in 0..2 {
            store.count_failure(&counter, &policy, START).await.unwrap();
        }
        // The right guess among many at once comes too late.
        assert!(matches!(clear(&store, START.plus(HOUR - 1)).await, Err(CommitError::Conflict)));
        assert_eq!(store.lockout(&counter).await.unwrap().locked_until, Some(START.plus(HOUR)));
        clear(&store, START.plus(HOUR)).await.unwrap();
        assert_eq!(store.lockout(&counter).await.unwrap(), Lockout::default());
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
        let (somebody, nobody) = (Counter::strangers(somebody), Counter::strangers(nobody));
        let policy = policy(3);
        for _ in 0..4 {
            let known = store.count_failure(&somebody, &policy, START).await.unwrap();
            assert_eq!(store.count_failure(&nobody, &policy, START).await.unwrap(), known);
            assert_eq!(store.lockout(&nobody).await.unwrap(), known);
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_lanes_count_and_lock_apart() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let policy = policy(2);
        let (here, there) = (Lane::Device(client_id(1)), Lane::Device(client_id(2)));
        for _ in 0..2 {
            store.count_failure(&in_lane(Lane::Strangers), &policy, START).await.unwrap();
        }
        store.count_failure(&in_lane(here.clone()), &policy, START).await.unwrap();
        let failed = async |lane: &Lane| store.lockout(&in_lane(lane.clone())).await.unwrap();
        assert!(failed(&Lane::Strangers).await.remaining_ms(START).is_some());
        for (lane, count) in [(&here, 1), (&there, 0), (&Lane::Reset, 0)] {
            assert_eq!(failed(lane).await, Lockout { failed: count, ..Lockout::default() }, "{lane:?}");
        }
        // A right proof forgets the tries of its own lane, and is held up by its own lock alone.
        assert!(matches!(clear(&store, START).await, Err(CommitError::Conflict)));
        clear_in(&store, here.clone(), START).await.unwrap();
        assert_eq!(failed(&here).await, Lockout::default());
        assert!(failed(&Lane::Strangers).await.remaining_ms(START).is_some());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_the_owners_lock_holds_in_every_lane_and_opening_opens_all() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let (policy, until) = (policy(2), START.plus(HOUR));
        let lanes = [Lane::Strangers, Lane::Device(client_id(1)), Lane::Reset];
        for lane in &lanes {
            store.count_failure(&in_lane(lane.clone()), &policy, START).await.unwrap();
        }
        save(&store, START, |changes| changes.lock(user_id(1), until)).await;
        save(&store, START, |changes| changes.lock(user_id(1), until)).await;
        for lane in &lanes {
            let lockout = store.lockout(&in_lane(lane.clone())).await.unwrap();
            assert_eq!(lockout, Lockout { failed: 1, locked_until: None, closed_until: Some(until) }, "{lane:?}");
            let refused = clear_in(&store, lane.clone(), until.plus(-1)).await;
            assert!(matches!(refused, Err(CommitError::Conflict)), "{lane:?}");
        }
        let account = store.account(&user_id(1)).await.unwrap().unwrap().value;
        assert_eq!(account.lockout.closed_until, Some(until));
        clear_in(&store, Lane::Reset, until).await.unwrap();

        for _ in 0..2 {
            store.count_failure(&in_lane(Lane::Strangers), &policy, START).await.unwrap();
        }
        save(&store, START, |changes| changes.unlock(user_id(1))).await;
        for lane in lanes {
            assert_eq!(store.lockout(&in_lane(lane)).await.unwrap(), Lockout::default());
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_device_is_known_by_its_sessions_until_one_is_revoked_from_elsewhere() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        let (client, user) = (client_id(1), user_id(1));
        assert!(!store.knows_device(user.as_str(), &client).await.unwrap());
        saved_client(&store, 1).await;
        saved_client(&store, 2).await;
        assert!(!store.knows_device(user.as_str(), &client).await.unwrap(), "nobody was signed in there");
        save(&store, START, |changes| changes.save_session(Versioned::fresh(session(1, 1, 1, START)))).await;
        assert!(store.knows_device(user.as_str(), &client).await.unwrap());
        assert!(!store.knows_device(user.as_str(), &client_id(2)).await.unwrap());
        assert!(!store.knows_device(user_id(2).as_str(), &client).await.unwrap());
        // Whoever is, or was, signed in sees the tries of their device in the client, and no others.
        for _ in 0..2 {
            store.count_failure(&in_lane(Lane::Strangers), &policy(2), START).await.unwrap();
        }
        store.count_failure(&in_lane(Lane::Device(client.clone())), &policy(2), START).await.unwrap();
        let view = store.client_view(&client, START).await.unwrap().unwrap();
        let account = &view.accounts[&user].value;
        assert_eq!(account.counter, in_lane(Lane::Device(client.clone())));
        assert_eq!(account.lockout, Lockout { failed: 1, ..Lockout::default() });

        let ends = [SessionEnd::Ended, SessionEnd::Removed, SessionEnd::Replaced, SessionEnd::Expired];
        for (number, how) in (2..).zip(ends) {
            save(&store, START, |changes| changes.end_sessions(user.clone(), how)).await;
            assert!(store.knows_device(user.as_str(), &client).await.unwrap(), "{how:?}");
            save(&store, START, |changes| changes.save_session(Versioned::fresh(session(number, 1, 2, START)))).await;
        }
        assert!(store.knows_device(user.as_str(), &client_id(2)).await.unwrap());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_device_that_was_signed_out_from_elsewhere_is_a_stranger() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        save(&store, START, |changes| changes.save_session(Versioned::fresh(session(1, 1, 1, START)))).await;
        save(&store, START, |changes| changes.end_sessions(user_id(1), SessionEnd::Revoked)).await;
        assert!(!store.knows_device(user_id(1).as_str(), &client_id(1)).await.unwrap());
        // Taking it off the list of the device is no way back.
        let stored = store.session(&session_id(1)).await.unwrap().unwrap();
        let removed = stored.value.finish(SessionEnd::Removed, &Policy::default(), START).unwrap();
        save(&store, START, |changes| changes.save_session(stored.with(removed))).await;
        assert!(!store.knows_device(user_id(1).as_str(), &client_id(1)).await.unwrap());
        // Whoever signs in there again is at home there again.
        let later = START.plus(1);
        save(&store, later, |changes| changes.save_session(Versioned::fresh(session(2, 1, 1, later)))).await;
        assert!(store.knows_device(user_id(1).as_str(), &client_id(1)).await.unwrap());
        // What was before says nothing for a device that was signed out from elsewhere since.
        save(&store, later, |changes| changes.end_sessions(user_id(1), SessionEnd::Ended)).await;
        let latest = START.plus(2);
        save(&store, latest, |changes| changes.save_session(Versioned::fresh(session(3, 1, 1, latest)))).await;
        save(&store, latest, |changes| changes.end_sessions(user_id(1), SessionEnd::Revoked)).await;
        assert!(!store.knows_device(user_id(1).as_str(), &client_id(1)).await.unwrap());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_nobody_is_signed_in_whom_the_owner_has_locked_meanwhile() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        save(&store, START, |changes| changes.lock(user_id(1), START.plus(HOUR))).await;
        let signs_in = |at| {
            let mut changes = Changes::new(at);
            changes.save_session(Versioned::fresh(session(1, 1, 1, at)));
            store.commit(changes)
        };
        assert!(matches!(signs_in(START).await, Err(CommitError::Conflict)));
        assert!(store.session(&session_id(1)).await.unwrap().is_none());
        signs_in(START.plus(HOUR)).await.unwrap();
        store.close().await;
    })
    .await;
}
