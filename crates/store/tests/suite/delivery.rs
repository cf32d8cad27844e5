//! The delivery queue.

use std::collections::BTreeSet;

use frontdesk_identity::{
    DeliveryId, Timestamp,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use frontdesk_store::{Changes, CommitError, Delivery, GivenUp, MessageKind, NewDelivery, Store, testing::on_each};
use tokio::task::JoinSet;

use crate::{
    dump::dump,
    people::{START, address, bytes, delivery, save, saved_account, sealed},
};

const LEASE: i64 = MINUTE;
/// A part of every body, in the notation of either database.
const BODY: &str = "08090A0B0C0D0E0F";

fn id(number: u32) -> DeliveryId {
    DeliveryId::from_random(bytes(number))
}

async fn send(store: &Store, number: u32, now: Timestamp) {
    save(store, now, |changes| changes.deliver(delivery(number, &address(1)))).await;
}

async fn claim(store: &Store, now: Timestamp) -> Vec<Delivery> {
    store.claim_deliveries(10, LEASE, now).await.unwrap()
}

async fn claim_one(store: &Store, now: Timestamp) -> Delivery {
    let mut claimed = claim(store, now).await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

#[tokio::test]
async fn a_message_comes_back_as_it_was_sealed_until_it_is_delivered() {
    on_each(async |database| {
        let store = database.open().await;
        assert_eq!(store.next_delivery_at().await.unwrap(), None);
        send(&store, 1, START).await;
        assert_eq!(store.next_delivery_at().await.unwrap(), Some(START));
        let claimed = claim_one(&store, START).await;
        assert_eq!((&claimed.id, claimed.kind.as_str(), &claimed.to), (&id(1), "email", &address(1).into()));
        assert_eq!((&claimed.body, claimed.created_at, claimed.attempt), (&sealed("key-1"), START, 1));
        store.delivered(&claimed).await.unwrap();
        assert!(claim(&store, START.plus(DAY)).await.is_empty());
        assert_eq!(store.next_delivery_at().await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_108_the_body_is_wiped_when_it_is_delivered_unless_it_is_kept() {
    on_each(async |database| {
        let store = database.open().await;
        send(&store, 1, START).await;
        save(&store, START, |changes| changes.deliver(NewDelivery { keep: true, ..delivery(2, &address(1)) })).await;
        let bodies = async || {
            let rows = dump(database.location()).await;
            rows.iter().filter(|row| row.to_uppercase().contains(BODY)).count()
        };
        assert_eq!(bodies().await, 2);
        for claimed in claim(&store, START).await {
            store.delivered(&claimed).await.unwrap();
        }
        assert_eq!(bodies().await, 1);
        let kept = store.kept_messages(None, 10).await.unwrap();
        assert_eq!(kept.iter().map(|message| &message.id).collect::<Vec<_>>(), [&id(2)]);
        assert_eq!(kept[0].body, sealed("key-1"));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_a_lease_and_what_is_not_marked_is_due_again() {
    on_each(async |database| {
        let store = database.open().await;
        send(&store, 1, START).await;
        let first = claim_one(&store, START).await;
        assert!(claim(&store, START.plus(LEASE - 1)).await.is_empty());
        assert_eq!(store.next_delivery_at().await.unwrap(), Some(START.plus(LEASE)));
        let second = claim_one(&store, START.plus(LEASE)).await;
        assert_eq!((second.id.clone(), second.attempt), (first.id.clone(), 2));
        // Who lost the lease puts nothing off for who has it, but what it delivered is delivered.
        store.delivery_failed(&first, START.plus(LEASE)).await.unwrap();
        assert_eq!(store.next_delivery_at().await.unwrap(), Some(START.plus(2 * LEASE)));
        store.delivered(&first).await.unwrap();
        store.delivery_failed(&second, START.plus(LEASE)).await.unwrap();
        assert_eq!(store.next_delivery_at().await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_failure_puts_it_off_longer_each_time_until_it_is_given_up() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| changes.deliver(NewDelivery { keep: true, ..delivery(1, &address(1)) })).await;
        let (mut now, mut pauses) = (START, Vec::new());
        loop {
            let claimed = claim_one(&store, now).await;
            assert_eq!(usize::try_from(claimed.attempt).unwrap(), pauses.len() + 1);
            if !store.delivery_failed(&claimed, now).await.unwrap() {
                break;
            }
            let next = store.next_delivery_at().await.unwrap().unwrap();
            pauses.push(next.since(now));
            now = next;
        }
        let doubling = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560].map(|seconds| seconds * SECOND);
        assert_eq!(pauses[..10], doubling);
        assert!(pauses[10..].iter().all(|pause| *pause == HOUR), "{pauses:?}");
        assert!((DAY..DAY + HOUR).contains(&now.since(START)));
        assert_eq!(store.next_delivery_at().await.unwrap(), None);
        assert!(store.kept_messages(None, 10).await.unwrap().is_empty());
        let rows = dump(database.location()).await;
        assert!(!rows.iter().any(|row| row.to_uppercase().contains(BODY)), "its body is wiped");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_at_once_get_different_messages_and_no_more_than_they_ask_for() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| (1..=60).for_each(|number| changes.deliver(delivery(number, &address(1))))).await;
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            all.spawn(async move { store.claim_deliveries(4, LEASE, START).await.unwrap() });
        }
        let claims = all.join_all().await;
        assert!(claims.iter().all(|claimed| claimed.len() <= 4));
        let mut ids: Vec<_> = claims.iter().flatten().map(|claimed| claimed.id.clone()).collect();
        while ids.len() < 60 {
            // Who came while others were claiming may have passed over their rows.
            let more = claim(&store, START).await;
            assert!(!more.is_empty());
            ids.extend(more.into_iter().map(|claimed| claimed.id));
        }
        assert_eq!(ids.len(), 60);
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), 60);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_oldest_is_claimed_first() {
    on_each(async |database| {
        let store = database.open().await;
        for (number, at) in [(1, 3), (2, 1), (3, 2)] {
            send(&store, number, START.plus(at)).await;
        }
        let claimed = store.claim_deliveries(2, LEASE, START.plus(9)).await.unwrap();
        assert_eq!(claimed.iter().map(|claimed| &claimed.id).collect::<Vec<_>>(), [&id(2), &id(3)]);
        let none_yet = store.claim_deliveries(2, LEASE, START.plus(2)).await.unwrap();
        assert!(none_yet.is_empty());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_a_message_that_must_not_leave_is_counted_and_never_claimed_nor_shown() {
    on_each(async |database| {
        let store = database.open().await;
        let withheld = NewDelivery { deliver: false, keep: true, ..delivery(1, &address(1)) };
        save(&store, START, |changes| changes.deliver(withheld)).await;
        assert!(claim(&store, START.plus(DAY)).await.is_empty());
        assert!(store.kept_messages(None, 10).await.unwrap().is_empty());
        assert_eq!(store.next_delivery_at().await.unwrap(), None);
        assert_eq!(store.messages_to(&address(1), START).await.unwrap(), 1);
        let kept = dump(database.location()).await;
        assert!(!kept.iter().any(|row| row.to_uppercase().contains(BODY)), "what must not leave is not kept");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_messages_to_an_address_are_counted_from_a_moment_on() {
    on_each(async |database| {
        let store = database.open().await;
        for number in 1..=3 {
            send(&store, number, START.plus(i64::from(number))).await;
        }
        save(&store, START, |changes| changes.deliver(delivery(9, &address(2)))).await;
        let claimed = claim(&store, START.plus(9)).await;
        store.delivered(&claimed[0]).await.unwrap();
        for (since, count) in [(0, 3), (2, 2), (3, 1), (4, 0)] {
            assert_eq!(store.messages_to(&address(1), START.plus(since)).await.unwrap(), count);
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_outbox_is_newest_first_and_can_be_asked_for_one_address() {
    on_each(async |database| {
        let store = database.open().await;
        for number in 1..=4 {
            let message = NewDelivery { keep: true, ..delivery(number, &address(number % 2)) };
            save(&store, START.plus(i64::from(number)), |changes| changes.deliver(message)).await;
        }
        send(&store, 9, START.plus(9)).await;
        let claimed = store.claim_deliveries(1, LEASE, START.plus(9)).await.unwrap();
        store.delivered(&claimed[0]).await.unwrap();
        let ids = async |to: Option<u32>, most| -> Vec<DeliveryId> {
            let to = to.map(|number| address(number).into());
            let kept = store.kept_messages(to.as_ref(), most).await.unwrap();
            kept.into_iter().map(|message| message.id).collect()
        };
        assert_eq!(ids(None, 10).await, [4, 3, 2, 1].map(id), "on its way or delivered");
        assert_eq!(ids(None, 2).await, [4, 3].map(id));
        assert_eq!(ids(Some(1), 10).await, [3, 1].map(id));
        assert!(ids(Some(7), 10).await.is_empty());
        let newest = &store.kept_messages(None, 1).await.unwrap()[0];
        assert_eq!((newest.kind.as_str(), &newest.to, newest.created_at), ("email", &address(0).into(), START.plus(4)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_leaves_only_with_what_was_committed_beside_it() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        let mut changes = Changes::new(START);
        changes.deliver(delivery(1, &address(1)));
        changes.save_user(frontdesk_store::Versioned { value: account.value.user, version: 9 });
        assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
        assert!(claim(&store, START).await.is_empty());
        assert_eq!(store.messages_to(&address(1), START).await.unwrap(), 0);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_given_up_is_wiped_and_an_address_that_was_refused_is_known_for_a_while() {
    on_each(async |database| {
        let store = database.open().await;
        let refused = async |number| store.is_refused(&address(number), START.plus(-HOUR)).await.unwrap();
        send(&store, 1, START).await;
        assert!(!refused(1).await, "nothing is known while it waits");
        store.give_up(&claim_one(&store, START).await, GivenUp::Refused).await.unwrap();
        assert!(refused(1).await && !refused(2).await);
        assert!(!store.is_refused(&address(1), START.plus(1)).await.unwrap());
        assert!(claim(&store, START.plus(DAY)).await.is_empty());
        let rows = dump(database.location()).await;
        assert!(!rows.iter().any(|row| row.to_uppercase().contains(BODY)), "the body is gone");

        // What comes too late says nothing about the address; what arrives does.
        send(&store, 2, START.plus(SECOND)).await;
        store.give_up(&claim_one(&store, START.plus(SECOND)).await, GivenUp::Useless).await.unwrap();
        assert!(refused(1).await);
        send(&store, 3, START.plus(MINUTE)).await;
        let claimed = claim_one(&store, START.plus(MINUTE)).await;
        store.delivered(&claimed).await.unwrap();
        assert!(!refused(1).await);
        store.give_up(&claimed, GivenUp::Refused).await.unwrap();
        assert!(!refused(1).await, "delivered stays delivered");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_texts_are_counted_by_number_country_and_caller() {
    on_each(async |database| {
        let store = database.open().await;
        let numbers = ["+41791234567", "+41791234568", "+12015550123"];
        let text = |number: usize, caller: &str| NewDelivery {
            kind: MessageKind::Text,
            to: frontdesk_identity::Phone::parse(numbers[number]).unwrap().into(),
            country: Some(if number < 2 { "CH" } else { "US" }.to_owned()),
            caller: Some(caller.to_owned()),
            ..delivery(u32::try_from(number).unwrap(), &address(1))
        };
        for (number, caller) in [(0, "a"), (1, "a"), (2, "b")] {
            save(&store, START, |changes| changes.deliver(text(number, caller))).await;
        }
        let first = frontdesk_identity::Phone::parse(numbers[0]).unwrap();
        let count = async |since| store.texts(&first, Some("CH"), Some("a"), since).await.unwrap();
        let traffic = count(START).await;
        assert_eq!((traffic.to_number, traffic.to_country, traffic.of_caller), (1, 2, 2));
        assert_eq!(count(START.plus(1)).await, frontdesk_identity::TextTraffic::default());
        let claimed = store.claim_deliveries(8, LEASE, START).await.unwrap();
        assert!(claimed.iter().all(|text| text.kind == "sms" && text.to.as_str().starts_with('+')));
        store.close().await;
    })
    .await;
}
