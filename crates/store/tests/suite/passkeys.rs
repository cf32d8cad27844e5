//! Passkeys, and the ceremonies in which devices are asked for them.

use frontdesk_identity::{
    Credential, CredentialId, Effect, IdentificationId, Passkey, PasskeyProof, SignIn, SignInId, Timestamp, UserHandle,
};
use frontdesk_store::{Changes, CommitError, GoodFor, PasskeyCeremony, Store, Versioned, testing::on_each};
use tokio::task::JoinSet;

use crate::people::{START, bytes, client_id, save, saved_account, saved_client, user_id, verification};

fn id(number: u32) -> IdentificationId {
    IdentificationId::from_random(bytes(1000 + number))
}

fn credential(number: u32) -> Credential {
    Credential {
        id: CredentialId::parse(&format!("key-{number}")).unwrap(),
        handle: UserHandle([7; 16]),
        key: r#"{"cred":{"counter":0}}"#.to_owned(),
        transports: vec!["internal".to_owned(), "hybrid".to_owned()],
        discoverable: true,
        counter: 3,
        backup_eligible: true,
        backed_up: false,
    }
}

fn passkey(number: u32, user: u32) -> Passkey {
    Passkey {
        id: id(number),
        user_id: user_id(user),
        name: "Zoë's laptop 🦀".to_owned(),
        credential: credential(number),
        last_used_at: None,
        created_at: START,
        updated_at: START,
    }
}

fn ceremony(number: u32, client: u32, adds: Option<(u32, u32)>) -> PasskeyCeremony {
    PasskeyCeremony {
        id: verification(number),
        client_id: client_id(client),
        good_for: adds.map_or(GoodFor::SignIn, |(user, passkey)| GoodFor::Adding(user_id(user), id(passkey))),
        options: r#"{"challenge":"AAAA"}"#.to_owned(),
        state: r#"{"kind":"any"}"#.to_owned(),
        created_at: START,
        expire_at: START.plus(300_000),
        taken_at: None,
    }
}

async fn effects(store: &Store, now: Timestamp, effects: Vec<Effect>) -> Result<(), CommitError> {
    let mut changes = Changes::new(now);
    assert!(changes.effects(effects, &[]).is_empty());
    store.commit(changes).await
}

fn added(number: u32, user: u32) -> Vec<Effect> {
    vec![Effect::AddPasskey(Box::new(passkey(number, user)))]
}

/// A row of every kind, for somebody and a client that are there.
pub(crate) async fn furnish(store: &Store) {
    effects(store, START, added(1, 1)).await.unwrap();
    save(store, START, |changes| {
        changes.begin_ceremony(ceremony(901, 1, None));
        changes.begin_ceremony(ceremony(902, 1, Some((1, 2))));
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_kept_renamed_used_and_removed() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        effects(&store, START, added(1, 1)).await.unwrap();
        effects(&store, START, added(2, 1)).await.unwrap();
        let read = store.account(&account.value.user.id).await.unwrap().unwrap();
        assert_eq!(read.value.passkeys, [passkey(1, 1), passkey(2, 1)]);
        let by_key = store.account_by_credential(&credential(2).id).await.unwrap().unwrap();
        assert_eq!(by_key, read);
        assert_eq!(store.account_by_credential(&credential(3).id).await.unwrap(), None);

        let used = Passkey {
            credential: Credential { counter: 4, backed_up: true, ..credential(1) },
            name: "Old phone".to_owned(),
            last_used_at: Some(START.plus(5)),
            updated_at: START.plus(5),
            ..passkey(1, 1)
        };
        let save_it = |seen| vec![Effect::SavePasskey { passkey: Box::new(used.clone()), seen }];
        effects(&store, START, save_it(START)).await.unwrap();
        let stale = effects(&store, START, save_it(START)).await;
        assert!(matches!(stale, Err(CommitError::Conflict)), "{stale:?}: it has changed since it was seen");
        let read = store.account(&account.value.user.id).await.unwrap().unwrap();
        assert_eq!(read.value.passkeys, [used, passkey(2, 1)]);

        effects(&store, START, vec![Effect::RemovePasskey(id(1))]).await.unwrap();
        let again = effects(&store, START, vec![Effect::RemovePasskey(id(1))]).await;
        assert!(matches!(again, Err(CommitError::Conflict)), "{again:?}");
        assert_eq!(store.account(&account.value.user.id).await.unwrap().unwrap().value.passkeys, [passkey(2, 1)]);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_70_a_key_belongs_to_one_user() {
    on_each(async |database| {
        let store = database.open().await;
        for number in [1, 2] {
            saved_account(&store, number).await;
        }
        effects(&store, START, added(1, 1)).await.unwrap();
        let mut same = passkey(2, 2);
        same.credential = credential(1);
        let taken = effects(&store, START, vec![Effect::AddPasskey(Box::new(same))]).await;
        assert!(matches!(taken, Err(CommitError::PasskeyTaken)), "{taken:?}");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_66_an_answer_is_taken_once_and_in_time() {
    on_each(async |database| {
        let store = database.open().await;
        saved_client(&store, 1).await;
        save(&store, START, |changes| changes.begin_ceremony(ceremony(4, 1, None))).await;
        assert_eq!(store.passkey_ceremony(&verification(4)).await.unwrap(), Some(ceremony(4, 1, None)));
        let consume = || vec![Effect::ConsumeCeremony(verification(4))];
        let early = effects(&store, START, consume()).await;
        assert!(matches!(early, Err(CommitError::Conflict)), "{early:?}: nothing was answered");
        let late = store.take_passkey_answer(&verification(4), START.plus(300_000)).await.unwrap();
        assert!(!late);
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            all.spawn(async move { store.take_passkey_answer(&verification(4), START.plus(1)).await.unwrap() });
        }
        assert_eq!(all.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
        effects(&store, START, consume()).await.unwrap();
        let replayed = effects(&store, START, consume()).await;
        assert!(matches!(replayed, Err(CommitError::Conflict)), "{replayed:?}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_has_one_ceremony_of_each_kind_that_proves_and_adds_one_for_each_user() {
    on_each(async |database| {
        let store = database.open().await;
        for number in [1, 2] {
            saved_account(&store, number).await;
            saved_client(&store, number).await;
        }
        let begin = async |new: PasskeyCeremony| save(&store, START, |changes| changes.begin_ceremony(new)).await;
        begin(ceremony(1, 1, None)).await;
        begin(ceremony(2, 1, Some((1, 2)))).await;
        begin(ceremony(3, 1, Some((2, 3)))).await;
        begin(ceremony(4, 2, None)).await;
        let proving =
            |number, user| PasskeyCeremony { good_for: GoodFor::Proving(user_id(user)), ..ceremony(number, 1, None) };
        begin(proving(7, 1)).await;
        begin(proving(8, 2)).await;
        let there = async || {
            let mut there = Vec::new();
            for number in 1..=9 {
                if store.passkey_ceremony(&verification(number)).await.unwrap().is_some() {
                    there.push(number);
                }
            }
            there
        };
        assert_eq!(there().await, [1, 2, 3, 4, 7, 8], "what signs in, adds and proves is asked side by side");
        assert_eq!(store.passkey_ceremony(&verification(8)).await.unwrap(), Some(proving(8, 2)));
        begin(ceremony(5, 1, None)).await;
        begin(ceremony(6, 1, Some((1, 6)))).await;
        begin(proving(9, 1)).await;
        assert_eq!(there().await, [3, 4, 5, 6, 8, 9]);
        assert_eq!(store.passkey_addition(&id(6)).await.unwrap(), Some(ceremony(6, 1, Some((1, 6)))));
        assert_eq!(store.passkey_addition(&id(2)).await.unwrap(), None);
        save(&store, START, |changes| changes.drop_ceremony(verification(3))).await;
        assert_eq!(there().await, [4, 5, 6, 8, 9]);

        assert_eq!(store.sweep(START.plus(299_999)).await.unwrap(), 0);
        store.sweep(START.plus(300_000)).await.unwrap();
        assert_eq!(there().await, Vec::<u32>::new());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_deleted_users_passkeys_stays() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        effects(&store, START, added(1, 1)).await.unwrap();
        let proving = PasskeyCeremony { good_for: GoodFor::Proving(user_id(1)), ..ceremony(3, 1, None) };
        save(&store, START, |changes| {
            changes.begin_ceremony(ceremony(2, 1, Some((1, 2))));
            changes.begin_ceremony(proving);
        })
        .await;
        save(&store, START, |changes| changes.delete_user(account.with(account.value.user.id.clone()))).await;
        assert_eq!(store.account_by_credential(&credential(1).id).await.unwrap(), None);
        for number in [2, 3] {
            assert_eq!(store.passkey_ceremony(&verification(number)).await.unwrap(), None);
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_keeps_what_it_waits_for() {
    on_each(async |database| {
        let store = database.open().await;
        let client = saved_client(&store, 1).await;
        let policy = frontdesk_identity::Policy::default();
        let scene = frontdesk_identity::Scene { client: &client.value, sessions: &[], policy: &policy, now: START };
        let begun = SignIn::begin(SignInId::from_random(bytes(1)), &scene).unwrap();
        let proof = PasskeyProof { id: verification(4), options: "{}".to_owned(), expire_at: START.plus(300_000) };
        let attempt = SignIn { passkey: Some(proof), ..begun.attempt };
        save(&store, START, |changes| changes.save_sign_in(Versioned::fresh(attempt.clone()))).await;
        assert_eq!(store.sign_in(&attempt.id).await.unwrap().unwrap().value, attempt);
        store.close().await;
    })
    .await;
}
