//! What goes with a user, and what is cleared away.

use frontdesk_identity::{
    Counter, Email, Lane, Policy, Session, Timestamp,
    time::{DAY, HOUR},
};
use frontdesk_store::{Changes, CommitError, NewDelivery, Store, Versioned, testing::on_each};

use crate::{
    dump::dump,
    invitations::{entry, invitation},
    people::{
        START, address, client_id, delivery, save, saved_account, saved_client, session, session_id, sign_in_with_code,
        sign_up_with_code, user_id,
    },
};

/// A user with a row of every kind.
async fn everything_of(store: &Store, number: u32) {
    let account = saved_account(store, number).await;
    saved_client(store, number).await;
    sign_in_with_code(store, number, &account.value, number).await;
    let session = session(number, number, number, START);
    let (byte, email) = (u8::try_from(number).unwrap(), address(number));
    save(store, START, |changes| {
        changes.save_session(Versioned::fresh(session));
        changes.invite(invitation(byte, email.as_str()), false);
        changes.save_waitlist_entry(Versioned::fresh(entry(byte, email.as_str())));
        changes.deliver(NewDelivery { keep: true, ..delivery(number, &address(number)) });
    })
    .await;
    let here = Lane::Device(client_id(number));
    for lane in [Lane::Strangers, Lane::Reset, here] {
        let counter = Counter { lane, ..Counter::strangers(user_id(number)) };
        store.count_failure(&counter, &Policy::default(), START).await.unwrap();
    }
    save(store, START, |changes| changes.lock(user_id(number), START.plus(HOUR))).await;
}

#[tokio::test]
async fn no_row_names_a_deleted_user_and_nobody_else_loses_one() {
    on_each(async |database| {
        let store = database.open().await;
        everything_of(&store, 1).await;
        let clients = |rows: Vec<String>| rows.into_iter().filter(|row| !row.starts_with("clients "));
        let before: Vec<_> = clients(dump(database.location()).await).collect();
        everything_of(&store, 2).await;
        let (id, address) = (user_id(2), address(2));
        let names = |row: &&String| row.contains(id.as_str()) || row.contains(address.as_str());
        let rows = dump(database.location()).await;
        assert!(rows.iter().filter(names).count() >= 9, "{rows:?}");

        save(&store, START, |changes| changes.delete_user(Versioned { value: id.clone(), version: 1 })).await;
        let rows = dump(database.location()).await;
        assert_eq!(rows.iter().filter(names).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(clients(rows).collect::<Vec<_>>(), before);
        assert_eq!(store.account(&id).await.unwrap(), None);
        assert_eq!(store.session(&session_id(2)).await.unwrap(), None, "every session has ended");
        assert_eq!(store.kept_messages(None, 10).await.unwrap().len(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_is_deleted_in_the_version_that_was_read_and_the_address_is_free_again() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_account(&store, 1).await;
        save(&store, START, |changes| changes.save_user(read.with(read.value.user.clone()))).await;
        let before = dump(database.location()).await;
        let mut stale = Changes::new(START);
        stale.delete_user(read.with(user_id(1)));
        assert!(matches!(store.commit(stale).await, Err(CommitError::Conflict)));
        assert_eq!(dump(database.location()).await, before);

        save(&store, START, |changes| changes.delete_user(Versioned { value: user_id(1), version: 2 })).await;
        assert!(!store.is_claimed(&address(1)).await.unwrap());
        assert_eq!(saved_account(&store, 1).await.version, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_a_deleted_user_can_not_be_written_any_more() {
    on_each(async |database| {
        let store = database.open().await;
        everything_of(&store, 1).await;
        let read = store.session(&session_id(1)).await.unwrap().unwrap();
        save(&store, START, |changes| changes.delete_user(Versioned { value: user_id(1), version: 1 })).await;
        let fresh: Versioned<Session> = Versioned::fresh(session(5, 1, 1, START));
        for session in [read, fresh] {
            let mut late = Changes::new(START);
            late.save_session(session);
            assert!(matches!(store.commit(late).await, Err(CommitError::Conflict)));
        }
        store.close().await;
    })
    .await;
}

async fn attempts_of(store: &Store, client: u32, address: &Email) {
    saved_client(store, client).await;
    let account = saved_account(store, client).await;
    sign_in_with_code(store, client, &account.value, client).await;
    sign_up_with_code(store, client, address, client + 100).await;
}

#[tokio::test]
async fn the_sweep_takes_what_nobody_will_ask_for_and_nothing_else() {
    on_each(async |database| {
        let store = database.open().await;
        attempts_of(&store, 1, &address(50)).await;
        save(&store, START, |changes| changes.save_session(Versioned::fresh(session(1, 1, 1, START)))).await;
        store.count_failure(&Counter::strangers("idn_old"), &Policy::default(), START).await.unwrap();
        save(&store, START, |changes| {
            changes.deliver(delivery(1, &address(1)));
            changes.deliver(NewDelivery { keep: true, ..delivery(2, &address(1)) });
            changes.deliver(NewDelivery { deliver: false, ..delivery(3, &address(1)) });
        })
        .await;
        for claimed in store.claim_deliveries(10, HOUR, START).await.unwrap() {
            store.delivered(&claimed).await.unwrap();
        }
        save(&store, START, |changes| changes.deliver(delivery(4, &address(1)))).await;

        // Attempts are given up after a day and kept for a week more; sessions are over after seven and shown for a month.
        let sweep = async |now: Timestamp| store.sweep(now).await.unwrap();
        assert_eq!(sweep(START.plus(HOUR)).await, 0);
        assert_eq!(store.messages_to(&address(1), START).await.unwrap(), 4);
        assert_eq!(sweep(START.plus(HOUR + 1)).await, 2, "the delivered and the withheld message");
        assert_eq!(sweep(START.plus(7 * DAY)).await, 0);
        assert_eq!(sweep(START.plus(7 * DAY + 1)).await, 1, "the count");
        assert_eq!(sweep(START.plus(8 * DAY)).await, 0);
        assert_eq!(sweep(START.plus(8 * DAY + 1)).await, 2, "the attempts");
        assert_eq!(store.note_over(&Policy::default(), START.plus(8 * DAY)).await.unwrap(), 1);
        assert_eq!(sweep(START.plus(30 * DAY)).await, 0);
        assert_eq!(sweep(START.plus(30 * DAY + 1)).await, 1, "the kept message");
        assert_eq!(sweep(START.plus(37 * DAY)).await, 0);
        assert_eq!(sweep(START.plus(37 * DAY + 1)).await, 2, "the session, and the client that had nothing else");
        assert_eq!(store.next_delivery_at().await.unwrap(), Some(START), "what is due stays until it is dealt with");
        assert!(store.account(&user_id(1)).await.unwrap().is_some());
        let rows = dump(database.location()).await;
        assert!(!rows.iter().any(|row| row.starts_with("verifications ")), "codes go with their attempts");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_sweep_leaves_a_client_that_is_signed_in_however_idle_it_is() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        for client in [1, 2] {
            saved_client(&store, client).await;
        }
        let later = START.plus(365 * DAY);
        save(&store, START, |changes| changes.save_session(Versioned::fresh(session(1, 1, 1, later)))).await;
        assert_eq!(store.sweep(later).await.unwrap(), 1);
        assert!(store.client(&client_id(1)).await.unwrap().is_some());
        assert!(store.client(&client_id(2)).await.unwrap().is_none());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_sweep_opens_no_lock() {
    on_each(async |database| {
        let store = database.open().await;
        let mut policy = Policy::default();
        policy.lockout.max_attempts = 1;
        policy.lockout.duration_ms = 30 * DAY;
        let locked = store.count_failure(&Counter::strangers("idn_x"), &policy, START).await.unwrap();
        assert_eq!(store.sweep(START.plus(29 * DAY)).await.unwrap(), 0);
        assert_eq!(store.lockout(&Counter::strangers("idn_x")).await.unwrap(), locked);
        assert_eq!(store.sweep(START.plus(30 * DAY + 1)).await.unwrap(), 1);
        store.close().await;
    })
    .await;
}
