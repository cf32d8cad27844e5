//! Accounts, their addresses, their passwords.

use frontdesk_identity::{
    Effect, EmailAddress, IdentificationId, Identifier, Lockout, NewAccount, PasswordSummary, Phone, PhoneNumber, User,
    Username,
};
use frontdesk_store::{Changes, CommitError, Store, Versioned, testing::on_each};
use tokio::task::JoinSet;

use crate::{
    dump::dump,
    people::{START, account, address, bytes, digest, save, saved_account, user_id},
};

async fn refused(store: &Store, add: impl FnOnce(&mut Changes)) -> CommitError {
    let mut changes = Changes::new(START);
    add(&mut changes);
    store.commit(changes).await.unwrap_err()
}

/// The same user under another number, who hopes for the same address.
fn rival(number: u32, verified: bool, reserved: bool) -> NewAccount {
    let account = account(number);
    let verified_at = verified.then_some(START);
    let email = account.email.map(|email| EmailAddress { email: address(1), verified_at, reserved, ..email });
    NewAccount { email, ..account }
}

#[tokio::test]
async fn an_account_is_found_by_id_and_by_address() {
    on_each(async |database| {
        let store = database.open().await;
        let NewAccount { user, email, password, .. } = account(1);
        let read = saved_account(&store, 1).await;
        assert_eq!(read.version, 1);
        assert_eq!(read.value.user, user);
        assert_eq!(read.value.emails, Vec::from_iter(email));
        assert_eq!(read.value.password, Some(PasswordSummary { updated_at: START, version: 1 }));
        assert_eq!(read.value.lockout, Lockout::default());
        assert_eq!(store.account_by_email(&address(1)).await.unwrap(), Some(read));
        let stored = store.password(&user.id).await.unwrap().unwrap();
        assert_eq!((Some(stored.value), stored.version), (password, 1));

        assert!(store.is_claimed(&address(1)).await.unwrap());
        assert!(!store.is_claimed(&address(2)).await.unwrap());
        assert_eq!(store.account(&user_id(2)).await.unwrap(), None);
        assert_eq!(store.account_by_email(&address(2)).await.unwrap(), None);
        assert_eq!(store.password(&user_id(2)).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_one_account_once_it_is_claimed() {
    on_each(async |database| {
        let store = database.open().await;
        // Those who have not proven it do not keep it from anybody.
        save(&store, START, |changes| changes.create_account(rival(2, false, false))).await;
        save(&store, START, |changes| changes.create_account(rival(3, false, false))).await;
        assert_eq!(store.account_by_email(&address(1)).await.unwrap(), None);
        assert!(!store.is_claimed(&address(1)).await.unwrap());
        save(&store, START, |changes| changes.create_account(rival(4, false, true))).await;
        let holder = store.account_by_email(&address(1)).await.unwrap().unwrap();
        assert_eq!(holder.value.user.id, user_id(4));

        let before = dump(database.location()).await;
        for rival in [rival(5, true, false), rival(5, false, true)] {
            let error = refused(&store, |changes| {
                changes.create_account(account(6));
                changes.create_account(rival);
            });
            assert!(matches!(error.await, CommitError::EmailTaken));
        }
        assert_eq!(dump(database.location()).await, before, "all or nothing");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_claim_an_address_at_once_one_gets_it() {
    on_each(async |database| {
        let store = database.open().await;
        let mut all = JoinSet::new();
        for number in 1..=20 {
            let store = store.clone();
            all.spawn(async move {
                let mut changes = Changes::new(START);
                changes.create_account(rival(number, true, false));
                store.commit(changes).await
            });
        }
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let taken = answers.iter().filter(|answer| matches!(answer, Err(CommitError::EmailTaken))).count();
        assert_eq!(taken, 19, "{answers:?}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_id_is_given_once() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let mut same = account(1);
        same.email.as_mut().unwrap().email = address(2);
        let error = refused(&store, |changes| changes.create_account(same));
        assert!(matches!(error.await, CommitError::Conflict));
        let mut same_address_id = account(2);
        same_address_id.email.as_mut().unwrap().id = IdentificationId::from_random(bytes(1));
        let error = refused(&store, |changes| changes.create_account(same_address_id));
        assert!(matches!(error.await, CommitError::Conflict), "an id is no address");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_written_over_the_version_that_was_read() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_account(&store, 1).await;
        let changed = User { last_name: None, banned: true, updated_at: START.plus(5), ..read.value.user.clone() };
        save(&store, START, |changes| changes.save_user(read.with(changed.clone()))).await;
        let after = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!((after.value.user, after.version), (changed.clone(), 2));

        let error = refused(&store, |changes| changes.save_user(read.with(changed.clone())));
        assert!(matches!(error.await, CommitError::Conflict), "it was written meanwhile");
        let gone = User { id: user_id(9), ..changed };
        let error = refused(&store, |changes| changes.save_user(read.with(gone)));
        assert!(matches!(error.await, CommitError::Conflict), "there is no such user");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn that_somebody_is_there_never_goes_back_and_never_conflicts() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_account(&store, 1).await;
        for (at, noted) in [(7, 7), (3, 7), (9, 9)] {
            save(&store, START.plus(at), |changes| {
                changes.note_active(user_id(1));
                changes.note_active(user_id(2));
            })
            .await;
            let after = store.account(&user_id(1)).await.unwrap().unwrap();
            assert_eq!(after.value.user.last_active_at, Some(START.plus(noted)));
            assert_eq!(after.version, read.version);
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_password_is_replaced_in_the_version_that_was_checked() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let id = user_id(1);
        save(&store, START, |changes| changes.require_password(id.clone(), 1)).await;
        let read = store.password(&id).await.unwrap().unwrap();

        // The same password under other parameters.
        save(&store, START.plus(1), |changes| changes.rehash_password(id.clone(), read.with(digest("b")))).await;
        let rehashed = store.password(&id).await.unwrap().unwrap();
        assert_eq!(rehashed, Versioned { value: digest("b"), version: 2 });
        let summary = store.account(&id).await.unwrap().unwrap().value.password.unwrap();
        assert_eq!(summary.updated_at, START, "for the user it is the same");

        save(&store, START.plus(2), |changes| changes.save_password(id.clone(), rehashed.with(digest("c")))).await;
        let summary = store.account(&id).await.unwrap().unwrap().value.password.unwrap();
        assert_eq!(summary.updated_at, START.plus(2));

        let stale = refused(&store, |changes| changes.require_password(id.clone(), 2));
        assert!(matches!(stale.await, CommitError::Conflict), "a sign-in with the old one fails");
        let stale = refused(&store, |changes| changes.save_password(id.clone(), rehashed.with(digest("d"))));
        assert!(matches!(stale.await, CommitError::Conflict));
        let first = refused(&store, |changes| changes.save_password(id.clone(), Versioned::fresh(digest("d"))));
        assert!(matches!(first.await, CommitError::Conflict), "there is one already");
        let nobody = refused(&store, |changes| changes.save_password(user_id(2), Versioned::fresh(digest("d"))));
        assert!(matches!(nobody.await, CommitError::Conflict), "there is no such user");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_account_may_do_without_a_password_until_it_gets_one() {
    on_each(async |database| {
        let store = database.open().await;
        let without = NewAccount { password: None, ..account(1) };
        save(&store, START, |changes| changes.create_account(without)).await;
        assert_eq!(store.account(&user_id(1)).await.unwrap().unwrap().value.password, None);
        save(&store, START, |changes| changes.save_password(user_id(1), Versioned::fresh(digest("a")))).await;
        assert_eq!(store.password(&user_id(1)).await.unwrap().unwrap().version, 1);
        store.close().await;
    })
    .await;
}

/// Commits effects that send nothing.
async fn take(store: &Store, at: i64, effects: Vec<Effect>) -> Result<(), CommitError> {
    let mut changes = Changes::new(START.plus(at));
    assert_eq!(changes.effects(effects, &[]), []);
    store.commit(changes).await
}

#[tokio::test]
async fn a_password_is_removed_in_the_version_that_was_checked_and_the_next_one_has_another() {
    on_each(async |database| {
        let store = database.open().await;
        let read = saved_account(&store, 1).await;
        let id = user_id(1);
        let remove =
            |version| vec![Effect::RemovePassword { user_id: id.clone(), version }, Effect::NoteChange(id.clone())];
        assert!(matches!(take(&store, 0, remove(2)).await, Err(CommitError::Conflict)));
        take(&store, 0, remove(1)).await.unwrap();
        let after = store.account(&id).await.unwrap().unwrap();
        assert_eq!((after.value.password, after.version), (None, 2));
        assert_eq!(after.value.user.updated_at, read.value.user.updated_at.plus(1), "in the same moment");
        assert!(matches!(take(&store, 0, remove(1)).await, Err(CommitError::Conflict)));

        let set = Effect::SetPassword { user_id: id.clone(), version: 0, digest: digest("b") };
        take(&store, 9, vec![set, Effect::NoteChange(id.clone())]).await.unwrap();
        let after = store.account(&id).await.unwrap().unwrap();
        assert_eq!(after.value.user.updated_at, START.plus(9));
        let next = store.password(&id).await.unwrap().unwrap();
        assert_eq!(next.value, digest("b"));
        let stale = refused(&store, |changes| changes.require_password(id.clone(), 1)).await;
        assert!(matches!(stale, CommitError::Conflict), "who has checked the one before does not get in");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_and_a_name_find_the_account_that_has_claimed_them() {
    on_each(async |database| {
        let store = database.open().await;
        let (phone, name) = (Phone::parse("+41791234567").unwrap(), Username::parse("zoe_o").unwrap());
        let mut new = account(1);
        let number = PhoneNumber {
            id: IdentificationId::from_random(bytes(70)),
            user_id: new.user.id.clone(),
            phone: phone.clone(),
            verified_at: None,
            reserved: true,
            second_factor: false,
            default_second_factor: false,
            code: frontdesk_identity::CodeProof::default(),
            created_at: START,
            updated_at: START,
        };
        new.user.username = Some(name.clone());
        new.user.primary_phone_number_id = Some(number.id.clone());
        new.phone = Some(number.clone());
        save(&store, START, |changes| changes.create_account(new)).await;
        let read = store.account(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(read.value.phones, std::slice::from_ref(&number));
        for identifier in [Identifier::from(phone.clone()), Identifier::from(name.clone())] {
            assert_eq!(store.account_by_identifier(&identifier).await.unwrap(), Some(read.clone()));
            assert!(store.is_identifier_claimed(&identifier).await.unwrap());
        }
        let mut second = account(2);
        second.user.username = Some(name.clone());
        let error = refused(&store, |changes| changes.create_account(second)).await;
        assert!(matches!(error, CommitError::EmailTaken), "a name is one user's");

        // Another name takes the place of the one before, which is free again.
        let (id, other) = (IdentificationId::from_random(bytes(71)), Username::parse("zoe_other").unwrap());
        let rename = Effect::SetUsername { user_id: user_id(1), id, name: Some(other.clone()) };
        save(&store, START, |changes| assert!(changes.effects(vec![rename], &[]).is_empty())).await;
        assert!(!store.is_identifier_claimed(&name.into()).await.unwrap());
        assert!(store.is_identifier_claimed(&other.into()).await.unwrap());
        let prove = Effect::VerifyPhone(number.id.clone());
        save(&store, START, |changes| assert!(changes.effects(vec![prove], &[]).is_empty())).await;
        assert_eq!(store.phone(&number.id).await.unwrap().unwrap().verified_at, Some(START));
        let remove = Effect::RemovePhone(number.id.clone());
        save(&store, START, |changes| assert!(changes.effects(vec![remove], &[]).is_empty())).await;
        assert_eq!(store.phone(&number.id).await.unwrap(), None);
        assert!(!store.is_identifier_claimed(&phone.into()).await.unwrap());
        store.close().await;
    })
    .await;
}
