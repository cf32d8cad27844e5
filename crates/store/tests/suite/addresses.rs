//! Addresses of an account beside its first one, and the codes that prove them.

use frontdesk_identity::{CodeProof, Effect, EmailAddress, IdentificationId, SentCode, time::MINUTE};
use frontdesk_store::{
    Changes, CommitError, Page, Store, UserFilter, UserOrder, UserSort, Versioned, testing::on_each,
};
use tokio::task::JoinSet;

use crate::people::{
    START, account, address, bytes, code, saved_account, saved_client, session, user_id, verification, view,
};

fn id(number: u32) -> IdentificationId {
    IdentificationId::from_random(bytes(100 + number))
}

/// An address of that user that nobody has proven.
fn hoped(number: u32, user: u32, of: u32) -> EmailAddress {
    EmailAddress {
        id: id(number),
        user_id: user_id(user),
        email: address(of),
        verified_at: None,
        reserved: false,
        code: CodeProof::Unprepared,
        created_at: START.plus(1),
        updated_at: START.plus(1),
    }
}

fn sent(number: u32) -> SentCode {
    let code = code(number);
    SentCode { id: code.id, mac: code.mac, sent_at: START, expire_at: START.plus(MINUTE), tries: 0 }
}

fn add(address: EmailAddress) -> Effect {
    Effect::AddEmail(Box::new(address))
}

fn put(number: u32, code: u32) -> Effect {
    Effect::PutCode { address: id(number), sent: sent(code) }
}

async fn take(store: &Store, at: i64, effects: Vec<Effect>) -> Result<(), CommitError> {
    let mut changes = Changes::new(START.plus(at));
    assert_eq!(changes.effects(effects, &[]), []);
    store.commit(changes).await
}

async fn second(store: &Store, user: u32) -> EmailAddress {
    store.account(&user_id(user)).await.unwrap().unwrap().value.emails[1].clone()
}

#[tokio::test]
async fn a_code_is_read_with_its_address_wherever_accounts_are_read() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        take(&store, 1, vec![add(hoped(1, 1, 7))]).await.unwrap();
        assert_eq!(second(&store, 1).await, hoped(1, 1, 7));
        take(&store, 2, vec![put(1, 4)]).await.unwrap();
        assert_eq!(store.count_code_try(&verification(4)).await.unwrap(), Some(1));
        let read = EmailAddress { code: CodeProof::Sent(SentCode { tries: 1, ..sent(4) }), ..hoped(1, 1, 7) };
        assert_eq!(second(&store, 1).await, read);

        saved_client(&store, 1).await;
        let mut changes = Changes::new(START);
        changes.save_session(Versioned::fresh(session(1, 1, 1, START)));
        store.commit(changes).await.unwrap();
        let seen = view(&store, 1, START).await;
        assert_eq!(seen.accounts[&user_id(1)].value.emails[1], read);
        let order = UserOrder { by: UserSort::CreatedAt, descending: false };
        let page = Page { limit: 9, offset: 0, after: None };
        let listed = store.users(&UserFilter::default(), order, &page).await.unwrap();
        assert_eq!(listed[0].value.emails[1], read);

        take(&store, 3, vec![put(1, 5)]).await.unwrap();
        assert_eq!(store.count_code_try(&verification(4)).await.unwrap(), None, "the one before is dead");
        assert_eq!(second(&store, 1).await.code, CodeProof::Sent(sent(5)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_79_an_address_belongs_to_whoever_proves_it_first() {
    on_each(async |database| {
        let store = database.open().await;
        for number in 1..=2 {
            saved_account(&store, number).await;
            take(&store, 1, vec![add(hoped(number, number, 7)), put(number, number)]).await.unwrap();
        }
        assert!(!store.is_claimed(&address(7)).await.unwrap());
        assert_eq!(store.account_by_email(&address(7)).await.unwrap(), None, "nobody signs in with a hope");
        let prove = |number| vec![Effect::ConsumeCode(verification(number)), Effect::VerifyEmail(id(number))];
        take(&store, 9, prove(2)).await.unwrap();
        let proven = second(&store, 2).await;
        assert_eq!((proven.verified_at, proven.code), (Some(START.plus(9)), CodeProof::Unprepared));
        assert_eq!(store.account_by_email(&address(7)).await.unwrap().unwrap().value.user.id, user_id(2));
        assert!(matches!(take(&store, 9, prove(1)).await, Err(CommitError::EmailTaken)));
        assert!(matches!(take(&store, 9, prove(2)).await, Err(CommitError::Conflict)), "once");
        let late = take(&store, 9, vec![add(EmailAddress { reserved: true, ..hoped(3, 1, 7) })]).await;
        assert!(matches!(late, Err(CommitError::EmailTaken)));
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_53_a_code_proves_once_however_many_try_at_the_same_moment() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        take(&store, 1, vec![add(hoped(1, 1, 7)), put(1, 4)]).await.unwrap();
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            all.spawn(async move {
                take(&store, 2, vec![Effect::ConsumeCode(verification(4)), Effect::VerifyEmail(id(1))]).await.is_ok()
            });
        }
        assert_eq!(all.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_goes_with_its_code_and_is_free_again() {
    on_each(async |database| {
        let store = database.open().await;
        let kept = saved_account(&store, 1).await;
        take(&store, 1, vec![add(hoped(1, 1, 7)), put(1, 4)]).await.unwrap();
        take(&store, 2, vec![Effect::RemoveEmail(id(1))]).await.unwrap();
        assert_eq!(store.account(&user_id(1)).await.unwrap(), Some(kept));
        assert_eq!(store.count_code_try(&verification(4)).await.unwrap(), None);
        assert!(matches!(take(&store, 2, vec![Effect::RemoveEmail(id(1))]).await, Err(CommitError::Conflict)));
        take(&store, 2, vec![Effect::RemoveEmail(account(1).email.unwrap().id)]).await.unwrap();
        assert!(!store.is_claimed(&address(1)).await.unwrap());
        store.close().await;
    })
    .await;
}
