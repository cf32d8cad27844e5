//! Clients and sessions.

use frontdesk_identity::{
    Client, DeviceActivity, Effect, Lane, Policy, Session, SessionEnd, SignInId, SignUpId, Strategy, Timestamp,
    session::LISTED_MS, time::DAY,
};
use frontdesk_store::{Changes, CommitError, Store, StoreError, Versioned, testing::on_each};
use tokio::task::JoinSet;

use crate::{
    dump::{dump, execute},
    people::{
        START, address, bytes, client_id, save, saved_account, saved_client, session, session_id, sign_in_with_code,
        sign_up_with_code, user_id, view,
    },
};

async fn begin(store: &Store, number: u32, user: u32, client: u32, now: Timestamp) {
    let session = session(number, user, client, now);
    save(store, now, |changes| changes.save_session(Versioned::fresh(session))).await;
}

async fn conflicts(store: &Store, add: impl FnOnce(&mut Changes)) -> bool {
    let mut changes = Changes::new(START);
    add(&mut changes);
    matches!(store.commit(changes).await, Err(CommitError::Conflict))
}

#[tokio::test]
async fn a_client_is_written_over_the_version_that_was_read() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_client(&store, 1).await;
        assert_eq!(read, Versioned { value: Client::begin(client_id(1), START), version: 1 });
        let changed = Client {
            generation: 7,
            generation_used_at: Some(START.plus(1)),
            sign_in_id: Some(SignInId::from_random(bytes(1))),
            sign_up_id: Some(SignUpId::from_random(bytes(1))),
            last_active_session_id: Some(session_id(1)),
            last_strategy: Some(Strategy::EmailCode),
            updated_at: START.plus(2),
            ..read.value.clone()
        };
        save(&store, START, |changes| changes.save_client(read.with(changed.clone()))).await;
        let after = store.client(&client_id(1)).await.unwrap().unwrap();
        assert_eq!(after, Versioned { value: changed, version: 2 });
        assert!(conflicts(&store, |changes| changes.save_client(read.clone())).await);
        assert!(conflicts(&store, |changes| changes.save_client(Versioned::fresh(after.value.clone()))).await);
        assert!(conflicts(&store, |changes| changes.delete_client(read)).await);
        assert_eq!(store.client(&client_id(2)).await.unwrap(), None);
        assert_eq!(store.client_view(&client_id(2), START).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_31_the_first_use_of_a_token_is_noted_once() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_client(&store, 1).await;
        assert!(!store.note_client_use(&client_id(1), 2, START).await.unwrap(), "not the current one");
        let mut all = JoinSet::new();
        for at in 0..20 {
            let store = store.clone();
            all.spawn(async move { store.note_client_use(&client_id(1), 1, START.plus(at)).await.unwrap() });
        }
        assert_eq!(all.join_all().await.iter().filter(|first| **first).count(), 1);
        let after = store.client(&client_id(1)).await.unwrap().unwrap();
        assert!(after.value.generation_used_at.is_some() && after.version == read.version + 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_comes_back_as_it_was_however_it_ended() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let ends = [SessionEnd::Ended, SessionEnd::Removed, SessionEnd::Replaced, SessionEnd::Revoked];
        for (number, end) in (1..).zip(ends) {
            begin(&store, number, 1, 1, START).await;
            let read = store.session(&session_id(number)).await.unwrap().unwrap();
            assert_eq!(read, Versioned { value: session(number, 1, 1, START), version: 1 });
            let over = read.value.finish(end, &Policy::default(), START.plus(1)).unwrap();
            let over = Session { second_factor_at: Some(START.plus(3)), ..over };
            save(&store, START, |changes| changes.save_session(read.with(over.clone()))).await;
            let after = store.session(&session_id(number)).await.unwrap().unwrap();
            assert_eq!(after, Versioned { value: over, version: 2 });
            assert!(conflicts(&store, |changes| changes.save_session(read)).await);
        }
        assert_eq!(store.session(&session_id(9)).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_stands_on_a_user_and_a_client_that_are_there() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let before = dump(database.location()).await;
        for (user, client) in [(2, 1), (1, 2)] {
            let session = session(1, user, client, START);
            assert!(conflicts(&store, |changes| changes.save_session(Versioned::fresh(session))).await);
        }
        assert_eq!(dump(database.location()).await, before);
        begin(&store, 1, 1, 1, START).await;
        let again = session(1, 1, 1, START);
        assert!(conflicts(&store, |changes| changes.save_session(Versioned::fresh(again))).await);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_a_new_session_is_a_sign_in() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        begin(&store, 1, 1, 1, START.plus(5)).await;
        let read = store.session(&session_id(1)).await.unwrap().unwrap();
        save(&store, START.plus(9), |changes| changes.save_session(read)).await;
        let after = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(after.value.user.last_sign_in_at, Some(START.plus(5)));
        assert_eq!(after.value.user.last_active_at, Some(START.plus(5)));
        assert_eq!(after.version, account.version, "sign-ins do not contend");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_view_holds_what_an_answer_shows_of_a_client() {
    on_each(async |database| {
        let store = database.open().await;
        let (one, two) = (Box::pin(saved_account(&store, 1)).await, Box::pin(saved_account(&store, 2)).await);
        for client in [1, 2] {
            saved_client(&store, client).await;
        }
        let sign_in = Box::pin(sign_in_with_code(&store, 1, &one.value, 1)).await;
        let sign_up = Box::pin(sign_up_with_code(&store, 1, &address(3), 2)).await;
        for (number, user, client, at) in [(1, 1, 1, 2), (2, 2, 1, 1), (3, 1, 2, 0)] {
            begin(&store, number, user, client, START.plus(at)).await;
        }
        let shown = Box::pin(view(&store, 1, START)).await;
        assert_eq!(shown.client, store.client(&client_id(1)).await.unwrap().unwrap());
        let ids: Vec<_> = shown.sessions.iter().map(|session| session.value.id.clone()).collect();
        assert_eq!(ids, [session_id(2), session_id(1)], "oldest first, of this client alone");
        assert_eq!(shown.plain_sessions().len(), 2);
        for account in [one, two] {
            let found = &shown.accounts[&account.value.user.id];
            assert_eq!((found.version, &found.value.emails), (account.version, &account.value.emails));
            let mut alone = store.account(&account.value.user.id).await.unwrap().unwrap();
            // What a client shows counts the tries on that client.
            alone.value.counter.lane = Lane::Device(client_id(1));
            assert_eq!(*found, alone);
        }
        let (session, account) = shown.session(session_id(2).as_str()).unwrap();
        assert_eq!((&session.value.id, &account.value.user.id), (&session_id(2), &user_id(2)));
        assert_eq!(shown.session(session_id(3).as_str()), None);
        assert_eq!((shown.sign_in, shown.sign_up), (Some(sign_in), Some(sign_up)));
        save(&store, START, |changes| changes.end_sessions(user_id(1), SessionEnd::Revoked)).await;
        let bare = Box::pin(view(&store, 2, START.plus(LISTED_MS))).await;
        assert!(bare.sessions.is_empty() && bare.accounts.is_empty());
        assert_eq!((bare.sign_in, bare.sign_up), (None, None));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_over_leaves_the_lists() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let ended = START.plus(9);
        for (number, end) in (1..).zip(SessionEnd::ALL) {
            begin(&store, number, 1, 1, START.plus(i64::from(number))).await;
            let read = store.session(&session_id(number)).await.unwrap().unwrap();
            let over = Session { end: Some((end, ended)), ..read.value.clone() };
            save(&store, START, |changes| changes.save_session(read.with(over.clone()))).await;
            assert_eq!(store.session(&session_id(number)).await.unwrap().unwrap().value, over);
        }
        begin(&store, 7, 1, 1, START.plus(7)).await;
        let ids = |list: &[Versioned<Session>]| list.iter().map(|read| read.value.id.clone()).collect::<Vec<_>>();
        let of_client = async |now| ids(&view(&store, 1, now).await.sessions);
        assert_eq!(of_client(START).await, [1, 3, 4, 5, 6, 7].map(session_id), "all but the removed one");
        assert_eq!(ids(&store.sessions_of_user(&user_id(1)).await.unwrap()), [session_id(7)]);
        assert_eq!(of_client(ended.plus(LISTED_MS - 1)).await, [1, 3, 4, 5, 6, 7].map(session_id));
        assert_eq!(of_client(ended.plus(LISTED_MS)).await, [session_id(7)], "whether time has ended it is not asked");
        assert!(store.sessions_of_user(&user_id(2)).await.unwrap().is_empty());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_35_what_time_has_ended_is_written_down_with_its_moment() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        for number in 1..=3 {
            begin(&store, number, 1, 1, START.plus(i64::from(number))).await;
        }
        let used = store.session(&session_id(3)).await.unwrap().unwrap();
        let touched = used.value.touch(DeviceActivity::default(), &Policy::default(), START.plus(DAY)).unwrap();
        save(&store, START, |changes| changes.save_session(used.with(touched))).await;
        let end = async |number| store.session(&session_id(number)).await.unwrap().unwrap().value.end;
        let mut policy = Policy::default();
        policy.sessions.inactivity_ms = Some(2 * DAY);
        let note = async |policy: &Policy, now| store.note_over(policy, now).await.unwrap();
        assert_eq!(note(&policy, START.plus(2 * DAY)).await, 0);
        let now = START.plus(2 * DAY + 2);
        assert_eq!(note(&policy, now).await, 2);
        assert_eq!(end(1).await, Some((SessionEnd::Expired, START.plus(2 * DAY + 1))));
        assert_eq!((end(2).await, end(3).await), (Some((SessionEnd::Expired, now)), None));
        assert_eq!(note(&policy, now).await, 0, "once");
        policy.sessions.inactivity_ms = None;
        assert_eq!(note(&policy, START.plus(7 * DAY + 3)).await, 1);
        assert_eq!(end(3).await, Some((SessionEnd::Expired, START.plus(7 * DAY + 3))));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_goes_with_its_sessions_and_attempts() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        let before = dump(database.location()).await;
        saved_client(&store, 1).await;
        sign_in_with_code(&store, 1, &account.value, 1).await;
        sign_up_with_code(&store, 1, &address(2), 2).await;
        begin(&store, 1, 1, 1, START).await;
        let read = store.client(&client_id(1)).await.unwrap().unwrap();
        save(&store, START, |changes| changes.delete_client(read)).await;
        assert_eq!(dump(database.location()).await, before);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_something_else_wrote_is_told_and_not_guessed() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        begin(&store, 1, 1, 1, START).await;
        for (sql, reason) in [
            ("UPDATE sessions SET ended_how = 'fled', ended_at = 1", "no session ends by \"fled\""),
            ("UPDATE sessions SET ended_how = 'ended', ended_at = NULL", "it ended at no time"),
        ] {
            execute(database.location(), sql).await;
            let error = store.session(&session_id(1)).await.unwrap_err();
            assert!(matches!(error, StoreError::Malformed { what: "session", .. }), "{error}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_38_every_other_session_of_a_user_ends_and_nobody_elses() {
    on_each(async |database| {
        let store = database.open().await;
        for number in 1..=3 {
            saved_client(&store, number).await;
        }
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        let ended = |how, at: i64| (how, START.plus(at));
        save(&store, START, |changes| {
            for (number, user, client) in [(1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 1, 3)] {
                changes.save_session(Versioned::fresh(session(number, user, client, START)));
            }
        })
        .await;
        let left = store.session(&session_id(4)).await.unwrap().unwrap();
        let over = left.value.finish(SessionEnd::Ended, &Policy::default(), START.plus(1)).unwrap();
        save(&store, START.plus(1), |changes| changes.save_session(left.with(over))).await;
        let others = Effect::EndOtherSessions { user_id: user_id(1), kept: session_id(1) };
        save(&store, START.plus(5), |changes| {
            assert_eq!(changes.effects(vec![Effect::NoteChange(user_id(1)), others], &[]), []);
        })
        .await;
        let end = async |number| store.session(&session_id(number)).await.unwrap().unwrap().value.end;
        assert_eq!(end(1).await, None, "the one that stays");
        assert_eq!(end(2).await, Some(ended(SessionEnd::Revoked, 5)));
        assert_eq!(end(3).await, None, "somebody else's");
        assert_eq!(end(4).await, Some(ended(SessionEnd::Ended, 1)), "over before");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_of_one_moment() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        // Each change adds a session and says of the client how many there are.
        let writer = tokio::spawn({
            let store = store.clone();
            async move {
                for number in 1..=40 {
                    let read = store.client(&client_id(1)).await.unwrap().unwrap();
                    let client = Client { generation: i64::from(number), ..read.value.clone() };
                    save(&store, START, |changes| {
                        changes.save_session(Versioned::fresh(session(number, 1, 1, START)));
                        changes.save_client(read.with(client));
                    })
                    .await;
                }
            }
        });
        while !writer.is_finished() {
            let view = view(&store, 1, START).await;
            let sessions = i64::try_from(view.sessions.len()).unwrap();
            assert!(view.client.value.generation == sessions || sessions == 0, "{sessions} of {:?}", view.client);
        }
        writer.await.unwrap();
        store.close().await;
    })
    .await;
}
