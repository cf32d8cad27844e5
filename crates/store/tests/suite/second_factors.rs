//! Second factors, and attempts to prove once more who is signed in.

use frontdesk_identity::{BackupCodeSet, Client, CodeMac, Effect, Level, Reverification, UserId};
use frontdesk_store::{Changes, CommitError, NewTotp, SealedBytes, SealedRow, Store, Versioned, testing::on_each};

use crate::people::{START, client_id, code, save, saved_account, sealed, session, user_id, verification};

fn totp(user: u32) -> NewTotp {
    NewTotp { user_id: user_id(user), id: format!("totp_{user}"), sealed: sealed("key-1") }
}

fn set(name: &str) -> BackupCodeSet {
    let macs = (0..10).map(|number| CodeMac::new(format!("{name} {number}"))).collect();
    BackupCodeSet { id: name.to_owned(), macs }
}

fn proven(user: u32) -> Vec<Effect> {
    let user_id = user_id(user);
    vec![
        Effect::ProveTotp { user_id: user_id.clone(), id: format!("totp_{user}"), step: 5 },
        Effect::SetBackupCodes { user_id, set: set("one") },
    ]
}

/// A proven app, backup codes and an attempt, for the user and the session of this number.
pub(crate) async fn furnish(store: &Store, number: u32, session: &frontdesk_identity::Session) {
    save(store, START, |changes| {
        changes.put_totp(totp(number));
        assert!(changes.effects(proven(number), &[]).is_empty());
        changes.save_reverification(Versioned::fresh(attempt(session, 800 + number)));
    })
    .await;
}

fn attempt(session: &frontdesk_identity::Session, tries: u32) -> Reverification {
    Reverification {
        session_id: session.id.clone(),
        level: Level::MultiFactor,
        code: frontdesk_identity::CodeProof::default(),
        code_sent_to: None,
        first: None,
        second: None,
        tries: verification(tries),
        created_at: START,
    }
}

async fn take(store: &Store, effects: Vec<Effect>) -> Result<(), CommitError> {
    let mut changes = Changes::new(START);
    assert!(changes.effects(effects, &[]).is_empty());
    store.commit(changes).await
}

async fn left(store: &Store, user: &UserId) -> u32 {
    store.account(user).await.unwrap().unwrap().value.second_factors.backup_codes
}

#[tokio::test]
async fn sec_60_sec_61_steps_and_backup_codes_count_once() {
    on_each(async |database| {
        let store = database.open().await;
        let ada = saved_account(&store, 1).await.value.user.id;
        save(&store, START, |changes| changes.put_totp(NewTotp { id: "totp_0".to_owned(), ..totp(1) })).await;
        save(&store, START, |changes| changes.put_totp(totp(1))).await;
        let found = store.account(&ada).await.unwrap().unwrap().value.second_factors;
        assert_eq!(found.totp.as_ref().map(|totp| totp.id.as_str()), Some("totp_1"), "the one before made room");
        assert!(!found.enabled());
        let early = vec![Effect::UseTotpStep { user_id: ada.clone(), step: 1 }];
        assert!(matches!(take(&store, early).await, Err(CommitError::Conflict)));

        take(&store, proven(1)).await.unwrap();
        assert!(matches!(take(&store, proven(1)).await, Err(CommitError::Conflict)), "proven once");
        let mut again = Changes::new(START);
        again.put_totp(totp(1));
        assert!(store.commit(again).await.is_err(), "a proven one stays");
        let found = store.account(&ada).await.unwrap().unwrap().value.second_factors;
        assert_eq!((found.enabled(), found.backup_codes, found.totp.unwrap().last_step), (true, 10, Some(5)));
        assert_eq!(store.totp_secret(&ada).await.unwrap(), Some(sealed("key-1")));

        for (step, counts) in [(5, false), (4, false), (7, true), (7, false), (6, false), (8, true)] {
            let used = take(&store, vec![Effect::UseTotpStep { user_id: ada.clone(), step }]).await;
            assert_eq!(used.is_ok(), counts, "{step}");
        }
        let mac = store.backup_codes(&ada).await.unwrap().remove(0).1;
        let spend = || vec![Effect::UseBackupCode { user_id: ada.clone(), mac: mac.clone() }];
        take(&store, spend()).await.unwrap();
        assert!(matches!(take(&store, spend()).await, Err(CommitError::Conflict)));
        assert_eq!(left(&store, &ada).await, 9);
        take(&store, vec![Effect::SetBackupCodes { user_id: ada.clone(), set: set("two") }]).await.unwrap();
        assert!(store.backup_codes(&ada).await.unwrap().iter().all(|(set, _)| set == "two"));
        take(&store, vec![Effect::RemoveTotp(ada.clone()), Effect::RemoveBackupCodes(ada.clone())]).await.unwrap();
        assert_eq!((left(&store, &ada).await, store.totp_secret(&ada).await.unwrap()), (0, None));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_kept_with_its_counts() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let begun = session(1, 1, 1, START);
        save(&store, START, |changes| {
            changes.save_client(Versioned::fresh(Client::begin(client_id(1), START)));
            changes.save_session(Versioned::fresh(begun.clone()));
        })
        .await;
        furnish(&store, 1, &begun).await;
        let kept = store.reverification(&begun.id).await.unwrap().unwrap();
        assert_eq!((&kept.value, kept.version), (&attempt(&begun, 801), 1));
        assert_eq!(store.count_code_try(&verification(801)).await.unwrap(), Some(1));
        let policy = frontdesk_identity::Policy::default();
        let sent = kept.value.code.prepare(code(7), &policy, START).unwrap();
        let prepared = Reverification { code: sent, ..kept.value.clone() };
        save(&store, START, |changes| changes.save_reverification(kept.with(prepared))).await;
        assert_eq!(store.count_code_try(&code(7).id).await.unwrap(), Some(1));
        assert_eq!(store.count_code_try(&verification(801)).await.unwrap(), Some(2), "each has its own count");
        let read = store.reverification(&begun.id).await.unwrap().unwrap();
        assert_eq!(read.value.code.sent().map(|sent| sent.tries), Some(1));
        let mut stale = Changes::new(START);
        stale.save_reverification(kept);
        assert!(matches!(store.commit(stale).await, Err(CommitError::Conflict)));
        let anew = read.with(attempt(&begun, 802));
        save(&store, START, |changes| changes.save_reverification(anew)).await;
        assert_eq!(store.count_code_try(&verification(801)).await.unwrap(), None, "what was before cannot be tried");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_108_a_change_of_the_instance_key_seals_secrets_of_apps_anew_and_ends_backup_codes() {
    on_each(async |database| {
        let store = database.open().await;
        crate::copies::furnish(&store).await;
        let instance = store.instance().await.unwrap().unwrap();
        let signing = store.signing_keys().await.unwrap().remove(0);
        let user = user_id(1);
        let reseal = |row: SealedRow<'_>, old: SealedBytes| match row {
            SealedRow::Totp(id) if id == user.as_str() => Some(SealedBytes { key_id: "key-2".to_owned(), ..old }),
            _ => None,
        };
        store.rekey(&instance, &signing, reseal, START).await.unwrap();
        let secret = store.totp_secret(&user).await.unwrap().unwrap();
        assert_eq!((secret.key_id.as_str(), secret.bytes), ("key-2", sealed("key-1").bytes));
        assert_eq!(left(&store, &user).await, 0, "nobody can tell any more which codes they are");
        store.close().await;
    })
    .await;
}
