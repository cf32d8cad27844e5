//! Invitations, and those who ask for one.

use frontdesk_identity::{
    Email, Invitation, InvitationId, InvitationState, InvitationStatus, Metadata, WaitlistEntry, WaitlistEntryId,
    WaitlistState, time::DAY,
};
use frontdesk_store::{
    Changes, CommitError, InvitationFilter, InvitationSort, Store, Versioned, WaitlistFilter, WaitlistSort,
    testing::on_each,
};

use crate::people::{START, save};

fn bytes(number: u8) -> [u8; 20] {
    [number; 20]
}

pub(crate) fn invitation(number: u8, address: &str) -> Invitation {
    let at = START.plus(number.into());
    Invitation {
        id: InvitationId::from_random(bytes(number)),
        email: Email::parse(address).unwrap(),
        public_metadata: Metadata::from_iter([("team".to_owned(), "blue".into())]),
        redirect_url: Some("https://app.example.com/join".to_owned()),
        state: InvitationState::Pending,
        expire_at: at.plus(DAY),
        created_at: at,
        updated_at: at,
    }
}

pub(crate) fn entry(number: u8, address: &str) -> WaitlistEntry {
    let id = WaitlistEntryId::from_random(bytes(number));
    let email = Email::parse(address).unwrap();
    WaitlistEntry::ask(id, email, Some("de".to_owned()), START.plus(number.into()))
}

async fn refused(store: &Store, at: frontdesk_identity::Timestamp, add: impl FnOnce(&mut Changes)) {
    let mut changes = Changes::new(at);
    add(&mut changes);
    assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
}

fn all() -> InvitationFilter {
    InvitationFilter { status: None, anywhere: None, by: InvitationSort::CreatedAt, descending: true }
}

#[tokio::test]
async fn an_address_is_invited_once_at_a_time() {
    on_each(async |database| {
        let store = database.open().await;
        let first = invitation(1, "ada@example.com");
        save(&store, START, |changes| changes.invite(first.clone(), false)).await;
        assert_eq!(store.invitation(&first.id).await.unwrap(), Some(first.clone()));
        assert!(store.is_invited(&first.email, first.expire_at.plus(-1)).await.unwrap());
        assert!(!store.is_invited(&first.email, first.expire_at).await.unwrap(), "it is too old");
        let second = invitation(2, "ada@example.com");
        refused(&store, START, |changes| changes.invite(second.clone(), false)).await;
        save(&store, START, |changes| changes.invite(second.clone(), true)).await;
        // One that is too old, or taken back, makes room.
        let third = invitation(3, "ada@example.com");
        save(&store, first.expire_at, |changes| changes.invite(third.clone(), false)).await;
        refused(&store, first.expire_at, |changes| changes.invite(invitation(4, "ada@example.com"), false)).await;
        save(&store, START, |changes| changes.settle_invitation(third.id.clone(), InvitationState::Revoked)).await;
        save(&store, START, |changes| changes.invite(invitation(5, "ada@example.com"), false)).await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_53_an_invitation_is_settled_once_and_not_accepted_too_late() {
    on_each(async |database| {
        let store = database.open().await;
        let (one, two) = (invitation(1, "ada@example.com"), invitation(2, "bob@example.com"));
        save(&store, START, |changes| {
            changes.invite(one.clone(), false);
            changes.invite(two.clone(), false);
        })
        .await;
        let asked = entry(1, "ada@example.com").invite(one.id.clone(), false, START.plus(2)).unwrap();
        save(&store, START, |changes| changes.save_waitlist_entry(Versioned::fresh(asked.clone()))).await;
        let accept = |changes: &mut Changes| changes.settle_invitation(one.id.clone(), InvitationState::Accepted);
        refused(&store, one.expire_at, accept).await;
        save(&store, START, accept).await;
        refused(&store, START, accept).await;
        refused(&store, START, |changes| changes.settle_invitation(one.id.clone(), InvitationState::Revoked)).await;
        let done = store.waitlist_entry(&asked.id).await.unwrap().unwrap();
        assert_eq!((done.value.state, done.version), (WaitlistState::Completed, 2), "who asked has an account now");
        save(&store, two.expire_at, |changes| {
            changes.settle_invitation(two.id.clone(), InvitationState::Revoked);
        })
        .await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn invitations_are_listed_by_status_and_text_in_every_order() {
    on_each(async |database| {
        let store = database.open().await;
        let pending = invitation(1, "zoe@example.com");
        let accepted = invitation(2, "ada@example.com");
        let revoked = invitation(3, "bob_x@example.com");
        let expired = Invitation { expire_at: START.plus(10), ..invitation(4, "eve@example.com") };
        save(&store, START, |changes| {
            for invitation in [&pending, &accepted, &revoked, &expired] {
                changes.invite(invitation.clone(), false);
            }
            changes.settle_invitation(accepted.id.clone(), InvitationState::Accepted);
            changes.settle_invitation(revoked.id.clone(), InvitationState::Revoked);
        })
        .await;
        let now = START.plus(100);
        let ids = async |filter: InvitationFilter, part| {
            let found = store.invitations(&filter, part, now).await.unwrap();
            assert!(store.count_invitations(&filter, now).await.unwrap() >= i64::try_from(found.len()).unwrap());
            found.into_iter().map(|invitation| invitation.email.to_string()).collect::<Vec<_>>()
        };
        let (zoe, ada, bob, eve) = ("zoe@example.com", "ada@example.com", "bob_x@example.com", "eve@example.com");
        assert_eq!(ids(all(), (0, 10)).await, [eve, ada, zoe], "all that are not revoked, newest first");
        assert_eq!(ids(all(), (1, 1)).await, [ada]);
        assert_eq!(store.count_invitations(&all(), now).await.unwrap(), 3);
        for (status, found) in [
            (InvitationStatus::Pending, zoe),
            (InvitationStatus::Accepted, ada),
            (InvitationStatus::Revoked, bob),
            (InvitationStatus::Expired, eve),
        ] {
            assert_eq!(ids(InvitationFilter { status: Some(status), ..all() }, (0, 10)).await, [found]);
        }
        let by = |by, descending| InvitationFilter { by, descending, ..all() };
        assert_eq!(ids(by(InvitationSort::EmailAddress, false), (0, 10)).await, [ada, eve, zoe]);
        assert_eq!(ids(by(InvitationSort::ExpiresAt, false), (0, 10)).await, [eve, zoe, ada]);
        let with = |text: &str| InvitationFilter { anywhere: Some(text.to_owned()), ..all() };
        assert_eq!(ids(with("DA@"), (0, 10)).await, [ada]);
        assert_eq!(ids(with(&pending.id.to_string()), (0, 10)).await, [zoe]);
        assert_eq!(ids(with("_"), (0, 10)).await, [eve, ada, zoe], "each id has one");
        assert_eq!(ids(with("%"), (0, 10)).await, Vec::<String>::new(), "it is a letter like others");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_is_on_the_waitlist_once_and_changes_are_made_over_what_was_read() {
    on_each(async |database| {
        let store = database.open().await;
        let (ada, bob) = (entry(1, "ada@example.com"), entry(2, "bob@example.com"));
        save(&store, START, |changes| {
            changes.save_waitlist_entry(Versioned::fresh(ada.clone()));
            changes.save_waitlist_entry(Versioned::fresh(bob.clone()));
        })
        .await;
        let again = entry(3, "ada@example.com");
        refused(&store, START, |changes| changes.save_waitlist_entry(Versioned::fresh(again))).await;
        let read = store.waitlist_entry_of(&ada.email).await.unwrap().unwrap();
        assert_eq!((read.value.clone(), read.version), (ada.clone(), 1));
        let rejected = read.value.reject(START.plus(5)).unwrap();
        save(&store, START, |changes| changes.save_waitlist_entry(read.with(rejected.clone()))).await;
        refused(&store, START, |changes| changes.save_waitlist_entry(read.with(rejected.clone()))).await;
        refused(&store, START, |changes| changes.delete_waitlist_entry(ada.id.clone(), 1)).await;
        let filter = |state| WaitlistFilter { state, anywhere: None, by: WaitlistSort::CreatedAt, descending: true };
        assert_eq!(store.waitlist_entries(&filter(None), (0, 10)).await.unwrap(), [bob.clone(), rejected.clone()]);
        let state = Some(WaitlistState::Rejected);
        assert_eq!(store.waitlist_entries(&filter(state), (0, 10)).await.unwrap(), [rejected]);
        assert_eq!(store.count_waitlist_entries(&filter(state)).await.unwrap(), 1);
        let text = WaitlistFilter { anywhere: Some("BOB".to_owned()), ..filter(None) };
        assert_eq!(store.waitlist_entries(&text, (0, 10)).await.unwrap(), std::slice::from_ref(&bob));
        // Who was invited comes first by that, who was not last.
        let sent = invitation(1, "bob@example.com");
        let invited = bob.invite(sent.id.clone(), false, START.plus(6)).unwrap();
        save(&store, START, |changes| {
            changes.invite(sent, false);
            changes.save_waitlist_entry(Versioned { value: invited.clone(), version: 1 });
        })
        .await;
        for descending in [true, false] {
            let filter = WaitlistFilter { by: WaitlistSort::InvitedAt, descending, ..filter(None) };
            assert_eq!(store.waitlist_entries(&filter, (0, 1)).await.unwrap(), std::slice::from_ref(&invited));
        }
        save(&store, START, |changes| changes.delete_waitlist_entry(ada.id.clone(), 2)).await;
        assert_eq!(store.waitlist_entry(&ada.id).await.unwrap().map(|entry| entry.version), None);
        store.close().await;
    })
    .await;
}
