//! The owner's lists of who may come in, and who may not.

use frontdesk_identity::{Entry, List, Recipient, restriction::keys};
use frontdesk_store::{Changes, CommitError, ListedIdentifier, Store, testing::on_each};

use crate::people::{START, save};

pub(crate) fn listed(number: i64, list: List, text: &str) -> ListedIdentifier {
    let entry = Entry::parse(text).unwrap();
    ListedIdentifier { id: format!("{}_{number}", list.as_str()), list, entry, created_at: START.plus(number) }
}

async fn finds(store: &Store, list: List, who: &str) -> bool {
    store.is_listed(list, &keys(&Recipient::parse(who).unwrap(), list)).await.unwrap()
}

#[tokio::test]
async fn an_identifier_is_on_each_list_once_until_it_is_taken_off() {
    on_each(async |database| {
        let store = database.open().await;
        let (first, second) = (listed(1, List::Block, "ada@example.com"), listed(2, List::Block, "*@trash.example"));
        let allowed = listed(3, List::Allow, "ada@example.com");
        save(&store, START, |changes| {
            changes.list_identifier(first.clone());
            changes.list_identifier(second.clone());
            changes.list_identifier(allowed.clone());
        })
        .await;
        let part = async |list, offset, limit| store.listed_identifiers(list, offset, limit).await.unwrap();
        assert_eq!(part(List::Block, 0, 10).await, [second.clone(), first.clone()], "newest first");
        assert_eq!(part(List::Block, 1, 1).await, std::slice::from_ref(&first));
        assert_eq!(part(List::Allow, 0, 10).await, [allowed]);
        assert_eq!(store.count_listed_identifiers(List::Block).await.unwrap(), 2);
        assert_eq!(store.listed_identifier(List::Block, "block_1").await.unwrap(), Some(first.clone()));
        assert_eq!(store.listed_identifier(List::Allow, "block_1").await.unwrap(), None, "it is on the other list");
        let refused = async |add: &dyn Fn(&mut Changes)| {
            let mut changes = Changes::new(START);
            add(&mut changes);
            assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
        };
        refused(&|changes| changes.list_identifier(listed(4, List::Block, "ADA+x@example.com"))).await;
        refused(&|changes| changes.unlist_identifier("block_4".to_owned())).await;
        save(&store, START, |changes| changes.unlist_identifier("block_1".to_owned())).await;
        assert_eq!(part(List::Block, 0, 10).await, [second]);
        save(&store, START, |changes| changes.list_identifier(first)).await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_a_list_finds_whoever_an_entry_is_about_and_nobody_else() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| {
            changes.list_identifier(listed(1, List::Block, "ada@gmail.com"));
            changes.list_identifier(listed(2, List::Block, "*@b\u{fc}cher.example"));
            changes.list_identifier(listed(3, List::Allow, "bob@example.com"));
            changes.list_identifier(listed(4, List::Allow, "+41446681800"));
            changes.list_identifier(listed(5, List::Block, "0xabcdef0123456789abcdef0123456789abcdef01"));
        })
        .await;
        for who in ["A.D.A+x@googlemail.com", "anyone@XN--BCHER-KVA.example"] {
            assert!(finds(&store, List::Block, who).await, "{who}");
            assert!(!finds(&store, List::Allow, who).await, "{who}");
        }
        for who in ["bob@example.com", "+41446681800"] {
            assert!(finds(&store, List::Allow, who).await, "{who}");
            assert!(!finds(&store, List::Block, who).await, "{who}");
        }
        assert!(!finds(&store, List::Allow, "bob+x@example.com").await);
        store.close().await;
    })
    .await;
}
