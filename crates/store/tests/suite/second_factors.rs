//! Authenticator apps and backup codes.

use frontdesk_identity::{
    Client, CodeMac, CodeProof, CodePurpose, Counter, Effect, IdentificationId, Level, PasskeyProof, Phone,
    PhoneNumber, Reverification, SecondCode, SecondFactors, Strategy, Timestamp, TotpId, TotpSummary, Tries,
};
use frontdesk_store::{Changes, CommitError, SealedBytes, SealedRow, Store, Totp, Versioned, testing::on_each};
use futures_util::future::join_all;

use crate::people::{START, bytes, client_id, save, saved_account, sealed, session, session_id, user_id, verification};

fn id(number: u32) -> TotpId {
    TotpId::from_random(bytes(number))
}

fn mac(number: u32) -> CodeMac {
    CodeMac::new(format!("backup {number}"))
}

fn later(seconds: i64) -> Timestamp {
    START.plus(1_000 * seconds)
}

async fn commit(store: &Store, now: Timestamp, effects: Vec<Effect>) -> Result<(), CommitError> {
    let mut changes = Changes::new(now);
    assert!(changes.effects(effects, &[]).is_empty());
    store.commit(changes).await
}

async fn factors(store: &Store, user: u32) -> SecondFactors {
    store.account(&user_id(user)).await.unwrap().unwrap().value.second_factors
}

/// An app of this user that is set up, whose id has this number, with two backup codes.
async fn set_up(store: &Store, number: u32, user: u32) {
    save(store, START, |changes| changes.begin_totp(user_id(user), id(number), sealed("key-1"))).await;
    let enable = Effect::EnableTotp { user_id: user_id(user), id: id(number), step: 7 };
    let codes = Effect::PutBackupCodes { user_id: user_id(user), macs: vec![mac(1), mac(2)] };
    commit(store, later(1), vec![enable, codes]).await.unwrap();
}

/// A set-up app, one that is begun, and codes of which one is used.
pub(crate) async fn furnish(store: &Store) {
    set_up(store, 1, 1).await;
    commit(store, later(2), vec![Effect::UseBackupCode { user_id: user_id(1), mac: mac(1) }]).await.unwrap();
    save(store, START, |changes| changes.begin_totp(user_id(2), id(2), sealed("key-1"))).await;
    save(store, START, |changes| changes.save_reverification(Versioned::fresh(reverification()))).await;
}

/// An attempt of session 1 to prove once more who is signed in.
fn reverification() -> Reverification {
    Reverification {
        session_id: session_id(1),
        level: Level::MultiFactor,
        code: CodeProof::Unprepared,
        code_for: CodePurpose::SignIn,
        code_sent_to: None,
        passkey: None,
        first: Some(Strategy::Password),
        second: None,
        tries: Tries::none(verification(77)),
        second_code: SecondCode::default(),
        created_at: START,
    }
}

#[tokio::test]
async fn an_attempt_to_prove_it_once_more_comes_back_with_its_tries_and_goes_with_its_session() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        save(&store, START, |changes| {
            changes.save_client(Versioned::fresh(Client::begin(client_id(1), START)));
            changes.save_session(Versioned::fresh(session(1, 1, 1, START)));
            changes.save_reverification(Versioned::fresh(reverification()));
        })
        .await;
        let read = async || store.reverification(&session_id(1)).await.unwrap().unwrap();
        assert_eq!(read().await, Versioned { value: reverification(), version: 1 });
        assert_eq!(store.count_code_try(&verification(77)).await.unwrap(), Some(1));
        assert_eq!(read().await.value.tries.made, 1);
        let passkey = PasskeyProof { id: verification(4), options: "{}".to_owned(), expire_at: later(5) };
        let anew =
            Reverification { tries: Tries::none(verification(78)), passkey: Some(passkey.clone()), ..reverification() };
        save(&store, START, |changes| changes.save_reverification(Versioned { value: anew, version: 1 })).await;
        let read_anew = read().await.value;
        assert_eq!((read_anew.tries.made, read_anew.passkey), (0, Some(passkey)));
        assert_eq!(store.count_code_try(&verification(77)).await.unwrap(), None, "those of before are over");
        let client = Versioned { value: Client::begin(client_id(1), START), version: 1 };
        save(&store, START, |changes| changes.delete_client(client)).await;
        assert!(store.reverification(&session_id(1)).await.unwrap().is_none());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_app_is_begun_set_up_and_removed() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        save(&store, START, |changes| changes.begin_totp(user_id(1), id(1), sealed("key-1"))).await;
        save(&store, START, |changes| changes.begin_totp(user_id(1), id(2), sealed("key-1"))).await;
        let begun = TotpSummary { id: id(2), verified_at: None };
        assert_eq!(factors(&store, 1).await, SecondFactors { totp: Some(begun), ..SecondFactors::default() });
        let enable = |number| vec![Effect::EnableTotp { user_id: user_id(1), id: id(number), step: 7 }];
        let replaced = commit(&store, later(1), enable(1)).await;
        assert!(matches!(replaced, Err(CommitError::Conflict)), "another one was begun since");
        commit(&store, later(1), enable(2)).await.unwrap();
        assert!(matches!(commit(&store, later(1), enable(2)).await, Err(CommitError::Conflict)));
        let totp = Totp { id: id(2), secret: sealed("key-1"), verified_at: Some(later(1)), last_step: Some(7) };
        assert_eq!(store.totp(&user_id(1)).await.unwrap(), Some(totp));
        let mut changes = Changes::new(START);
        changes.begin_totp(user_id(1), id(3), sealed("key-1"));
        assert!(store.commit(changes).await.is_err(), "one that is set up is not replaced");

        commit(&store, later(3), vec![Effect::RemoveSecondFactors(user_id(1))]).await.unwrap();
        let removed = SecondFactors { disabled_at: Some(later(3)), ..SecondFactors::default() };
        assert_eq!(factors(&store, 1).await, removed);
        assert_eq!(store.totp(&user_id(1)).await.unwrap(), None);
        let again = commit(&store, later(3), vec![Effect::RemoveSecondFactors(user_id(1))]).await;
        assert!(matches!(again, Err(CommitError::Conflict)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_60_a_step_of_an_app_is_taken_once_and_none_before_it() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        set_up(&store, 1, 1).await;
        let used = async |step| commit(&store, later(2), vec![Effect::UseTotp { id: id(1), step }]).await;
        for step in [7, 6] {
            assert!(matches!(used(step).await, Err(CommitError::Conflict)), "{step}");
        }
        // Of those who come at once with the same code, one is let in.
        let together = join_all((0..4).map(|_| used(8))).await;
        assert_eq!(together.iter().filter(|done| done.is_ok()).count(), 1);
        assert!(matches!(used(8).await, Err(CommitError::Conflict)));
        used(10).await.unwrap();
        assert!(matches!(used(9).await, Err(CommitError::Conflict)));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_61_a_backup_code_is_used_once_and_replaced_with_the_rest() {
    on_each(async |database| {
        let store = database.open().await;
        for user in [1, 2] {
            saved_account(&store, user).await;
            set_up(&store, user, user).await;
        }
        assert_eq!(factors(&store, 1).await.backup_codes, 2);
        let used = async |number| {
            let effect = Effect::UseBackupCode { user_id: user_id(1), mac: mac(number) };
            commit(&store, later(2), vec![effect]).await
        };
        let together = join_all((0..4).map(|_| used(1))).await;
        assert_eq!(together.iter().filter(|done| done.is_ok()).count(), 1);
        assert!(!store.has_backup_code(&user_id(1), &mac(1)).await.unwrap());
        assert!(store.has_backup_code(&user_id(2), &mac(1)).await.unwrap(), "the same text is another user's own");
        assert_eq!(factors(&store, 1).await.backup_codes, 1);
        let anew = Effect::PutBackupCodes { user_id: user_id(1), macs: vec![mac(3), mac(4), mac(5)] };
        commit(&store, later(3), vec![anew]).await.unwrap();
        assert!(matches!(used(2).await, Err(CommitError::Conflict)), "an old one");
        assert_eq!(factors(&store, 1).await.backup_codes, 3);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_locked_meanwhile_is_not_let_on() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let open = || vec![Effect::RequireOpen(Counter::strangers(user_id(1)))];
        commit(&store, later(1), open()).await.unwrap();
        save(&store, START, |changes| changes.lock(user_id(1), later(5))).await;
        assert!(matches!(commit(&store, later(1), open()).await, Err(CommitError::Conflict)));
        commit(&store, later(5), open()).await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn secrets_of_apps_come_under_a_new_key_and_backup_codes_go() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        crate::copies::furnish_instance(&store).await;
        set_up(&store, 1, 1).await;
        let instance = store.instance().await.unwrap().unwrap();
        let mut value = instance.value.clone();
        value.key_id = "key-2".to_owned();
        let signing = crate::copies::signing_key("ins_three", "key-2");
        let anew = |row: SealedRow<'_>, sealed: SealedBytes| match row {
            SealedRow::Totp(row) if row == id(1).as_str() => {
                let bytes = sealed.bytes.into_iter().rev().collect();
                Some(SealedBytes { key_id: "key-2".to_owned(), bytes })
            }
            _ => None,
        };
        let instance = Versioned { value, version: instance.version };
        store.rekey(&instance, &signing, anew, later(9)).await.unwrap();
        let totp = store.totp(&user_id(1)).await.unwrap().unwrap();
        assert_eq!(totp.secret.key_id, "key-2");
        assert_eq!(totp.secret.bytes, sealed("key-1").bytes.into_iter().rev().collect::<Vec<_>>());
        assert_eq!(factors(&store, 1).await.backup_codes, 0);
        store.close().await;
    })
    .await;
}

/// A number of this user with this id, proven or not.
fn number(id: u32, user: u32, proven: bool) -> PhoneNumber {
    PhoneNumber {
        id: IdentificationId::from_random(bytes(id)),
        user_id: user_id(user),
        phone: Phone::parse(&format!("+4179123456{}", id % 10)).unwrap(),
        verified_at: proven.then_some(START),
        reserved: false,
        second_factor: false,
        default_second_factor: false,
        code: CodeProof::Unprepared,
        created_at: later(id.into()),
        updated_at: later(id.into()),
    }
}

#[tokio::test]
async fn numbers_are_set_apart_preferred_and_given_back() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        let [one, two, pending] = [number(1_001, 1, true), number(1_002, 1, true), number(1_003, 1, false)];
        let add = [&one, &two, &pending].map(|number| Effect::AddPhone(Box::new(number.clone())));
        commit(&store, START, add.to_vec()).await.unwrap();
        let set = |number: &PhoneNumber, on| Effect::SetSecondPhone { user_id: user_id(1), id: number.id.clone(), on };
        let flags = async || {
            let account = store.account(&user_id(1)).await.unwrap().unwrap().value;
            let flags = account.phones.iter().map(|number| (number.second_factor, number.default_second_factor));
            (flags.collect::<Vec<_>>(), account.second_factors.enabled_at, account.second_factors.disabled_at)
        };
        let refused = commit(&store, later(1), vec![set(&pending, true)]).await;
        assert!(matches!(refused, Err(CommitError::Conflict)), "sec_62: it is not proven");
        commit(&store, later(2), vec![set(&one, true)]).await.unwrap();
        commit(&store, later(3), vec![set(&two, true)]).await.unwrap();
        let both = vec![(true, false), (true, false), (false, false)];
        assert_eq!(flags().await, (both.clone(), Some(later(2)), None), "since the first one");
        let prefer = |number: Option<&PhoneNumber>| {
            let id = number.map(|number| number.id.clone());
            vec![Effect::PreferSecondPhone { user_id: user_id(1), id }]
        };
        assert!(matches!(commit(&store, later(4), prefer(Some(&pending))).await, Err(CommitError::Conflict)));
        commit(&store, later(4), prefer(Some(&one))).await.unwrap();
        commit(&store, later(4), prefer(Some(&two))).await.unwrap();
        assert_eq!(flags().await.0, [(true, false), (true, true), (false, false)], "one of them");
        commit(&store, later(5), prefer(None)).await.unwrap();
        assert_eq!(flags().await.0, both);
        commit(&store, later(5), prefer(Some(&two))).await.unwrap();
        commit(&store, later(6), vec![set(&two, false)]).await.unwrap();
        assert_eq!(flags().await, (vec![(true, false), (false, false), (false, false)], Some(later(2)), None));

        let codes = Effect::PutBackupCodes { user_id: user_id(1), macs: vec![mac(1)] };
        commit(&store, later(6), vec![codes]).await.unwrap();
        commit(&store, later(7), vec![Effect::RemoveSecondFactors(user_id(1))]).await.unwrap();
        assert_eq!(flags().await, (vec![(false, false); 3], None, Some(later(7))));
        assert_eq!(factors(&store, 1).await.backup_codes, 0);
        let again = commit(&store, later(8), vec![Effect::RemoveSecondFactors(user_id(1))]).await;
        assert!(matches!(again, Err(CommitError::Conflict)), "there is none any more");
        // An app goes alone where a number is left.
        set_up(&store, 1, 1).await;
        commit(&store, later(9), vec![set(&one, true), Effect::RemoveTotp(user_id(1))]).await.unwrap();
        assert_eq!(factors(&store, 1).await.backup_codes, 2);
        assert_eq!(store.totp(&user_id(1)).await.unwrap(), None);
        store.close().await;
    })
    .await;
}
