//! Accounts that users have elsewhere, and the ways out to prove them.

use frontdesk_identity::{
    Client, ConnectionKey, Effect, ExternalAccount, ExternalAccountId, ExternalOutcome, ExternalProof, ExternalRefusal,
    Profile, Timestamp, time::DAY,
};
use frontdesk_store::{
    Changes, CommitError, ExternalFlow, ExternalPurpose, SealedGrant, SealedRow, Store, Versioned, testing::on_each,
};

use crate::people::{START, address, bytes, client_id, save, saved_account, session_id, user_id, verification};

fn google() -> ConnectionKey {
    ConnectionKey::parse("oauth_google").unwrap()
}

fn id(number: u32) -> ExternalAccountId {
    ExternalAccountId::from_random(bytes(number))
}

fn proof(flow: u32, outcome: ExternalOutcome) -> ExternalProof {
    ExternalProof {
        id: verification(flow),
        connection: google(),
        url: "https://accounts.example/authorize?client_id=a".to_owned(),
        expire_at: START.plus(600_000),
        outcome,
    }
}

fn profile(subject: &str) -> Profile {
    Profile {
        connection: google(),
        subject: subject.to_owned(),
        email: Some(address(1)),
        email_verified: true,
        first_name: Some("Zoë".to_owned()),
        last_name: None,
        username: None,
        picture: Some("https://pictures.example/1".to_owned()),
        scopes: vec!["openid".to_owned(), "email".to_owned()],
    }
}

fn pending(number: u32, user: u32, flow: u32) -> ExternalAccount {
    ExternalAccount::begun(id(number), user_id(user), proof(flow, ExternalOutcome::Waiting), START)
}

fn linked(number: u32, user: u32, flow: u32, subject: &str) -> ExternalAccount {
    ExternalAccount {
        profile: Some(profile(subject)),
        proof: proof(flow, ExternalOutcome::Verified),
        granted: true,
        ..pending(number, user, flow)
    }
}

fn grant(text: &str) -> SealedGrant {
    SealedGrant {
        key_id: "key-1".to_owned(),
        access: Some(format!("access of {text}").into_bytes()),
        refresh: Some(format!("refresh of {text}").into_bytes()),
        expire_at: Some(START.plus(3_600_000)),
    }
}

fn flow(number: u32, client: u32, external: u32) -> ExternalFlow {
    ExternalFlow {
        id: verification(number),
        client_id: client_id(client),
        purpose: ExternalPurpose::Connect { external: id(external), session: session_id(1) },
        connection: google(),
        carrier: "header".to_owned(),
        redirect_url: "io.example.app://callback".to_owned(),
        complete_url: "io.example.app://callback".to_owned(),
        expire_at: START.plus(600_000),
        answered_at: None,
        answer: None,
        redeemed_at: None,
    }
}

fn link(external: &ExternalAccount) -> Effect {
    Effect::LinkExternal { external: Box::new(external.clone()), flow: external.proof.id.clone() }
}

async fn commit(store: &Store, effects: Vec<Effect>, now: Timestamp) -> Result<(), CommitError> {
    let mut changes = Changes::new(now);
    assert!(changes.effects(effects, &[]).is_empty());
    store.commit(changes).await
}

/// One that is linked and one that is waited for, of users and clients that are there.
pub(crate) async fn furnish(store: &Store) {
    save(store, START, |changes| {
        changes.save_client(Versioned::fresh(Client::begin(client_id(41), START)));
        changes.save_external(pending(41, 1, 41));
        changes.save_external(pending(42, 2, 42));
        changes.begin_external(flow(41, 41, 41));
        changes.begin_external(flow(42, 41, 42));
    })
    .await;
    assert!(store.take_external_answer(&verification(41), START).await.unwrap());
    store.keep_external_answer(&verification(41), &profile("g-41"), &grant("41"), START).await.unwrap();
    let effects = vec![Effect::RedeemExternal(verification(41)), link(&linked(41, 1, 41, "g-41"))];
    commit(store, effects, START).await.unwrap();
    assert!(store.take_external_answer(&verification(42), START).await.unwrap());
    store.keep_external_answer(&verification(42), &profile("g-42"), &grant("42"), START).await.unwrap();
}

#[tokio::test]
async fn what_came_back_counts_once_and_for_one() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        save(&store, START, |changes| {
            changes.save_client(Versioned::fresh(Client::begin(client_id(1), START)));
            changes.save_external(pending(1, 1, 1));
            changes.begin_external(flow(1, 1, 1));
        })
        .await;
        let read = async || store.external_flow(&verification(1)).await.unwrap().unwrap();
        assert_eq!(read().await, flow(1, 1, 1));
        let redeem = async || commit(&store, vec![Effect::RedeemExternal(verification(1))], START.plus(5)).await;
        assert!(matches!(redeem().await, Err(CommitError::Conflict)), "nothing has come back");
        assert!(store.take_external_answer(&verification(1), START.plus(1)).await.unwrap());
        assert!(!store.take_external_answer(&verification(1), START.plus(2)).await.unwrap(), "a second coming back");
        let said = profile("g-1");
        store.keep_external_answer(&verification(1), &said, &grant("1"), START.plus(3)).await.unwrap();
        assert_eq!(read().await.answer, Some(Ok(said)));
        let account = linked(1, 1, 1, "g-1");
        commit(&store, vec![Effect::RedeemExternal(verification(1)), link(&account)], START.plus(5)).await.unwrap();
        assert_eq!(read().await.redeemed_at, Some(START.plus(5)));
        assert!(matches!(redeem().await, Err(CommitError::Conflict)));
        let found = store.account_by_external(google(), "g-1").await.unwrap().unwrap();
        assert_eq!(found.value.externals, [account]);
        assert_eq!(store.external_grant(&id(1)).await.unwrap(), Some(grant("1")));
        assert_eq!(store.account_by_external(google(), "g-2").await.unwrap(), None);
        let other = ConnectionKey::parse("oauth_github").unwrap();
        assert_eq!(store.account_by_external(other, "g-1").await.unwrap(), None, "the subject alone is nobody");
        let second = commit(&store, vec![link(&linked(2, 2, 1, "g-1"))], START).await;
        assert!(matches!(second, Err(CommitError::ExternalTaken)), "{second:?}");
        commit(&store, vec![Effect::UnlinkExternal(id(1))], START).await.unwrap();
        assert_eq!(store.account_by_external(google(), "g-1").await.unwrap(), None);
        assert_eq!(store.external_flow(&verification(1)).await.unwrap(), None, "nothing is left of it");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_went_wrong_elsewhere_shows_and_what_is_too_late_does_not_count() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        save(&store, START, |changes| {
            changes.save_client(Versioned::fresh(Client::begin(client_id(1), START)));
            changes.save_external(pending(1, 1, 1));
            changes.begin_external(flow(1, 1, 1));
            changes.save_external(pending(2, 1, 2));
            changes.begin_external(flow(2, 1, 2));
        })
        .await;
        store.fail_external(&verification(1), "oauth_access_denied", START.plus(9)).await.unwrap();
        let account = store.account(&user_id(1)).await.unwrap().unwrap().value;
        let refusal = ExternalRefusal::Provider { reason: "oauth_access_denied".to_owned() };
        assert_eq!(account.externals[0].proof.outcome, ExternalOutcome::Failed(refusal));
        assert_eq!(account.externals[1].proof.outcome, ExternalOutcome::Waiting);
        let late = START.plus(600_000);
        assert!(!store.take_external_answer(&verification(2), late).await.unwrap());
        store.sweep(late.plus(2 * DAY)).await.unwrap();
        assert_eq!(store.external_flow(&verification(2)).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_renews_the_rest_stays_until_there_is_another() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        furnish(&store).await;
        let old = store.external_grant(&id(41)).await.unwrap().unwrap();
        let new = SealedGrant { refresh: None, ..grant("later") };
        assert!(store.renew_external_grant(&id(41), &old, &new).await.unwrap());
        assert!(!store.renew_external_grant(&id(41), &old, &new).await.unwrap(), "another one was faster");
        let kept = store.external_grant(&id(41)).await.unwrap().unwrap();
        assert_eq!(kept, SealedGrant { refresh: grant("41").refresh, ..grant("later") });
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_33_what_a_provider_gave_can_be_forgotten_and_the_link_stays() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        furnish(&store).await;
        let granted = async || {
            let account = store.account_by_external(google(), "g-41").await.unwrap().expect("it is linked still");
            assert_eq!(account.value.externals[0].profile, Some(profile("g-41")));
            account.value.externals[0].granted
        };
        let old = store.external_grant(&id(41)).await.unwrap().unwrap();
        store.renew_external_grant(&id(41), &old, &grant("later")).await.unwrap();
        store.give_up_external_grant(&id(41), &old).await.unwrap();
        assert!(granted().await, "what it is said of has been replaced");
        let later = store.external_grant(&id(41)).await.unwrap().unwrap();
        save(&store, START, |changes| changes.give_up_grant(id(41))).await;
        assert!(!granted().await);
        assert_eq!(store.external_grant(&id(41)).await.unwrap(), None);
        assert!(!store.renew_external_grant(&id(41), &later, &grant("last")).await.unwrap(), "nothing brings it back");
        // Who comes in once more gives it anew.
        save(&store, START, |changes| changes.begin_external(flow(43, 41, 41))).await;
        store.keep_external_answer(&verification(43), &profile("g-41"), &grant("43"), START).await.unwrap();
        commit(&store, vec![link(&linked(41, 1, 43, "g-41"))], START).await.unwrap();
        assert!(granted().await);
        let again = store.external_grant(&id(41)).await.unwrap().unwrap();
        assert_eq!(again, grant("43"));
        store.give_up_external_grant(&id(41), &again).await.unwrap();
        assert!(!granted().await);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_33_tokens_of_providers_are_sealed_anew_with_a_new_key() {
    on_each(async |database| {
        let store = database.open().await;
        crate::copies::furnish(&store).await;
        let instance = store.instance().await.unwrap().unwrap();
        let signing = store.signing_keys().await.unwrap().pop().unwrap();
        let instance =
            instance.with(frontdesk_store::Instance { key_id: "key-2".to_owned(), ..instance.value.clone() });
        let signing = frontdesk_store::SigningKey { kid: "ins_three".to_owned(), ..signing };
        let reseal = |row: SealedRow<'_>, sealed: frontdesk_store::SealedBytes| match row {
            SealedRow::ExternalAccount("oauth_google", "g-41") => {
                assert_eq!(sealed.key_id, "key-1");
                Some(frontdesk_store::SealedBytes {
                    key_id: "key-2".to_owned(),
                    bytes: sealed.bytes.into_iter().rev().collect(),
                })
            }
            _ => None,
        };
        store.rekey(&instance, &signing, reseal, START).await.unwrap();
        let grant = store.external_grant(&id(41)).await.unwrap().unwrap();
        assert_eq!((grant.key_id.as_str(), grant.access.unwrap()), ("key-2", b"14 fo ssecca".to_vec()));
        assert_eq!(store.external_flow(&verification(42)).await.unwrap(), None);
        store.close().await;
    })
    .await;
}
