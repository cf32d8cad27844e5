//! The directory: users as their owner looks for them.

use frontdesk_identity::{CodeProof, EmailAddress, IdentificationId, NewAccount, Session, SessionEnd};
use frontdesk_store::{
    Changes, CommitError, Moments, Page, Store, UserFilter, UserOrder, UserSort, Versioned, testing::on_each,
};

use crate::people::{START, account, bytes, email, save, saved_client, session, user_id};

/// Why changes are not written.
async fn refused(store: &Store, add: impl FnOnce(&mut Changes)) -> CommitError {
    let mut changes = Changes::new(START);
    add(&mut changes);
    store.commit(changes).await.unwrap_err()
}

/// Users 1 to 5, created a second after each other.
async fn five(store: &Store) {
    let names =
        [("Ada", "Lovelace"), ("Émile", "Borel"), ("Grace", "Hopper"), ("ada", "Yonath"), ("100%", "under_score")];
    for (number, (first, last)) in (1u32..).zip(names) {
        let mut new: NewAccount = account(number);
        new.user.first_name = Some(first.to_owned());
        new.user.last_name = Some(last.to_owned());
        new.user.external_id = Some(format!("ext-{number}"));
        new.user.banned = number == 3;
        new.user.created_at = START.plus(i64::from(number) * 1000);
        new.user.last_sign_in_at = (number != 2).then_some(START.plus(i64::from(10 - number)));
        save(store, START, |changes| changes.create_account(new)).await;
    }
}

const NEWEST: UserOrder = UserOrder { by: UserSort::CreatedAt, descending: true };

fn all() -> Page {
    Page { offset: 0, limit: 500, after: None }
}

/// The numbers of those users, in their order; counting tells as many.
async fn found(store: &Store, filter: &UserFilter, order: UserOrder) -> Vec<u32> {
    let users = store.users(filter, order, &all()).await.unwrap();
    assert_eq!(store.count_users(filter).await.unwrap(), i64::try_from(users.len()).unwrap());
    let number = |id| (1..9).find(|number| user_id(*number) == id).unwrap();
    users.into_iter().map(|user| number(user.value.user.id)).collect()
}

#[tokio::test]
async fn every_part_of_a_filter_finds_what_it_says() {
    Box::pin(on_each(async |database| {
        let store = database.open().await;
        five(&store).await;
        let text = |text: &str| Some(text.to_owned());
        let none = UserFilter::default();
        assert_eq!(found(&store, &none, NEWEST).await, [5, 4, 3, 2, 1]);
        for (filter, expected) in [
            (UserFilter { nobody: true, ..none.clone() }, &[][..]),
            (UserFilter { ids: vec![user_id(2).to_string(), "user_x".to_owned()], ..none.clone() }, &[2]),
            (UserFilter { not_ids: vec![user_id(2).to_string()], ..none.clone() }, &[5, 4, 3, 1]),
            (UserFilter { external_ids: vec!["ext-1".to_owned(), "ext-4".to_owned()], ..none.clone() }, &[4, 1]),
            (UserFilter { not_external_ids: vec!["ext-1".to_owned()], ..none.clone() }, &[5, 4, 3, 2]),
            (UserFilter { emails: vec![email("user3@example.com")], ..none.clone() }, &[3]),
            (UserFilter { anywhere: text("ADA"), ..none.clone() }, &[4, 1]),
            (UserFilter { anywhere: text("a love"), ..none.clone() }, &[1]),
            (UserFilter { anywhere: text("User5@"), ..none.clone() }, &[5]),
            (UserFilter { anywhere: text(user_id(2).as_str()), ..none.clone() }, &[2]),
            (UserFilter { in_name: text("émile"), ..none.clone() }, &[2]),
            (UserFilter { in_name: text("%"), ..none.clone() }, &[5]),
            (UserFilter { in_name: text("_"), ..none.clone() }, &[5]),
            (UserFilter { in_name: text("' OR 1=1 --"), ..none.clone() }, &[]),
            (UserFilter { in_email: text("2@EX"), ..none.clone() }, &[2]),
            (UserFilter { in_email: text("ada"), ..none.clone() }, &[]),
            (UserFilter { banned: Some(true), ..none.clone() }, &[3]),
            (UserFilter { banned: Some(false), in_name: text("ada"), ..none.clone() }, &[4, 1]),
            (
                UserFilter {
                    created: Moments { from: Some(START.plus(2000)), until: Some(START.plus(3000)) },
                    ..none.clone()
                },
                &[3, 2],
            ),
            (UserFilter { last_sign_in: Moments { from: None, until: Some(START.plus(6)) }, ..none.clone() }, &[5, 4]),
        ] {
            assert_eq!(found(&store, &filter, NEWEST).await, expected, "{filter:?}");
        }
        store.close().await;
    }))
    .await;
}

#[tokio::test]
async fn a_list_has_an_order_and_comes_in_pages() {
    on_each(async |database| {
        let store = database.open().await;
        five(&store).await;
        let none = UserFilter::default();
        for (by, rising, falling) in [
            (UserSort::CreatedAt, [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]),
            (UserSort::LastSignInAt, [5, 4, 3, 1, 2], [1, 3, 4, 5, 2]),
            (UserSort::EmailAddress, [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]),
        ] {
            assert_eq!(found(&store, &none, UserOrder { by, descending: false }).await, rising, "{by:?}");
            assert_eq!(found(&store, &none, UserOrder { by, descending: true }).await, falling, "{by:?}");
        }
        for by in [UserSort::UpdatedAt, UserSort::LastActiveAt, UserSort::FirstName, UserSort::LastName] {
            assert_eq!(found(&store, &none, UserOrder { by, descending: false }).await.len(), 5, "{by:?}");
        }
        let ids = async |page: Page| {
            let users = store.users(&none, NEWEST, &page).await.unwrap();
            users.into_iter().map(|user| user.value.user.id).collect::<Vec<_>>()
        };
        let second = Page { offset: 2, limit: 2, after: None };
        assert_eq!(ids(second).await, [user_id(3), user_id(2)]);
        let after = Page { offset: 0, limit: 2, after: Some(user_id(4).to_string()) };
        assert_eq!(ids(after).await, [user_id(3), user_id(2)]);
        let after = Page { offset: 0, limit: 2, after: Some(user_id(1).to_string()) };
        assert!(ids(after).await.is_empty());
        let users = store.users(&none, NEWEST, &all()).await.unwrap();
        for user in users {
            let alone = store.account(&user.value.user.id).await.unwrap().unwrap();
            assert_eq!(user, alone, "addresses and all");
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_id_of_the_owner_belongs_to_one_user_and_moves_with_a_change() {
    on_each(async |database| {
        let store = database.open().await;
        five(&store).await;
        let mut sixth = account(6);
        sixth.user.external_id = Some("ext-1".to_owned());
        assert!(matches!(refused(&store, |changes| changes.create_account(sixth)).await, CommitError::Conflict));
        let read = store.account(&user_id(1)).await.unwrap().unwrap();
        let mut user = read.value.user.clone();
        user.external_id = Some("ext-2".to_owned());
        let taken = refused(&store, |changes| changes.save_user(read.with(user.clone())));
        assert!(matches!(taken.await, CommitError::Conflict));
        user.external_id = None;
        user.first_name = Some("Augusta".to_owned());
        save(&store, START, |changes| changes.save_user(read.with(user))).await;
        let filter = UserFilter { in_name: Some("augusta".to_owned()), ..UserFilter::default() };
        assert_eq!(found(&store, &filter, NEWEST).await, [1]);
        let filter = UserFilter { external_ids: vec!["ext-1".to_owned()], ..UserFilter::default() };
        assert!(found(&store, &filter, NEWEST).await.is_empty());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_address_is_added_unless_somebody_has_claimed_it() {
    on_each(async |database| {
        let store = database.open().await;
        five(&store).await;
        let another = |number: u32, text: &str| EmailAddress {
            id: IdentificationId::from_random(bytes(number)),
            user_id: user_id(1),
            email: email(text),
            verified_at: Some(START),
            reserved: false,
            code: CodeProof::default(),
            created_at: START.plus(1),
            updated_at: START.plus(1),
        };
        save(&store, START, |changes| changes.add_email(another(20, "second@example.com"))).await;
        let read = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(read.value.emails.len(), 2);
        let taken = refused(&store, |changes| changes.add_email(another(21, "user2@example.com")));
        assert!(matches!(taken.await, CommitError::EmailTaken));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn all_sessions_are_listed_also_those_that_are_over() {
    on_each(async |database| {
        let store = database.open().await;
        five(&store).await;
        let device = saved_client(&store, 1).await;
        let over = Session { end: Some((SessionEnd::Revoked, START)), ..session(1, 1, 1, START) };
        let later = session(2, 1, 1, START.plus(1));
        save(&store, START, |changes| {
            changes.save_session(Versioned::fresh(over.clone()));
            changes.save_session(Versioned::fresh(later.clone()));
        })
        .await;
        let expected = [later.id, over.id];
        let ids = |sessions: Vec<Versioned<Session>>| {
            sessions.into_iter().map(|session| session.value.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(store.all_sessions_of_user(&user_id(1)).await.unwrap()), expected);
        assert_eq!(ids(store.all_sessions_of_client(&device.value.id).await.unwrap()), expected);
        assert!(ids(store.all_sessions_of_user(&user_id(2)).await.unwrap()).is_empty());
        store.close().await;
    })
    .await;
}
