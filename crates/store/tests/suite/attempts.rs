//! Sign-ins and sign-ups, and the codes that prove them.

use frontdesk_identity::{
    Claim, CodeChecked, CodeProof, CodePurpose, CodeRefusal, Effect, Found, IdentificationId, Lockout, Policy, Scene,
    SignIn, SignInId, SignInRefusal, SignInState, SignInStatus, SignUpStatus, Step, Timestamp, UserId, time::SECOND,
};
use frontdesk_store::{Changes, ClientView, CommitError, Message, Store, Versioned, testing::on_each};
use tokio::task::JoinSet;

use crate::people::{
    START, address, bytes, client_id, code, new_session, save, saved_account, saved_client, seed, session_id,
    sign_in_with_code, sign_up_with_code, user_id, verification, view,
};

/// The rules of an instance that tells nobody of new devices, so that steps send nothing.
fn quiet() -> Policy {
    Policy { new_device_notices: false, ..Policy::default() }
}

/// Commits a step of the client's sign-in; `version` is that of the attempt.
async fn commit(store: &Store, view: &ClientView, version: i64, step: Step<SignIn>) -> Result<(), CommitError> {
    let mut changes = Changes::new(START);
    changes.save_client(view.client.with(step.client));
    changes.save_sign_in(Versioned { value: step.attempt, version });
    let messages = changes.effects(step.effects, &view.sessions);
    assert_eq!(messages, []);
    store.commit(changes).await
}

/// What one request does: reads, counts the try, decides with a right code, and commits.
async fn try_code(store: &Store, client: u32, code: u32, session: u32) -> Result<(), Option<SignInRefusal>> {
    let view = view(store, client, START).await;
    let Some(read) = view.sign_in.clone() else { return Err(Some(SignInRefusal::NotCurrent)) };
    let account = store.account(read.value.user_id().unwrap()).await.unwrap().unwrap();
    let (policy, found, sessions) = (quiet(), Found::Account(&account.value), view.plain_sessions());
    let scene = Scene { client: &view.client.value, sessions: &sessions, policy: &policy, now: START };
    read.value.may_attempt_code(CodePurpose::SignIn, &found, &scene).map_err(Some)?;
    let verification = verification(code);
    let Some(try_number) = store.count_code_try(&verification).await.unwrap() else {
        return Err(Some(CodeRefusal::Missing.into()));
    };
    let evidence = CodeChecked { verification, try_number, ok: true };
    let step = read.value.attempt_code(&found, &evidence, new_session(session), &scene).map_err(Some)?;
    match commit(store, &view, read.version, step).await {
        Ok(()) => Ok(()),
        Err(CommitError::Conflict) => Err(None),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_sign_in_comes_back_as_it_was_at_every_step() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let policy = Policy { enumeration_protection: true, ..quiet() };
        let decoy = IdentificationId::from_random(bytes(99));
        let found = Found::Account(&account.value);
        let nobody = Found::Nobody { decoy: &decoy, lockout: Lockout::default() };
        for version in 0..5 {
            let view = view(&store, 1, START).await;
            let scene = Scene { client: &view.client.value, sessions: &[], policy: &policy, now: START };
            let read = || view.sign_in.as_ref().unwrap().value.clone();
            let evidence = CodeChecked { verification: verification(1), try_number: 1, ok: true };
            let mut next = match version {
                0 => SignIn::begin(SignInId::from_random(bytes(1)), &scene),
                1 => read().identify(address(2), &nobody, &scene),
                2 => read().identify(address(1), &found, &scene),
                3 => read().prepare_code(CodePurpose::SignIn, None, &found, code(1), 0, &scene),
                _ => read().attempt_code(&found, &evidence, new_session(1), &scene),
            }
            .unwrap();
            next.effects.retain(|effect| !matches!(effect, Effect::SendCode { .. }));
            let written = next.attempt.clone();
            commit(&store, &view, version, next).await.unwrap();
            let read = store.sign_in(&written.id).await.unwrap().unwrap();
            assert_eq!(read, Versioned { value: written, version: version + 1 });
        }
        let done = store.sign_in(&SignInId::from_random(bytes(1))).await.unwrap().unwrap().value;
        assert_eq!(done.status(START), SignInStatus::Complete);
        assert_eq!(store.sign_in(&SignInId::from_random(bytes(2))).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_up_leads_to_an_account_in_one_commit() {
    on_each(async |database| {
        let store = database.open().await;
        saved_client(&store, 1).await;
        let read = Box::pin(sign_up_with_code(&store, 1, &address(1), 1)).await;
        assert_eq!(read.version, 1);
        assert_eq!(read.value.email_proof().sent().map(|sent| sent.tries), Some(0));

        let shown = Box::pin(view(&store, 1, START)).await;
        let policy = quiet();
        let scene = Scene { client: &shown.client.value, sessions: &[], policy: &policy, now: START };
        let try_number = store.count_code_try(&verification(1)).await.unwrap().unwrap();
        let evidence = CodeChecked { verification: verification(1), try_number, ok: true };
        let step = read.value.attempt_code(&evidence, Claim::Free, seed(1), &scene).unwrap();
        let changes = || {
            let mut changes = Changes::new(START);
            assert_eq!(changes.effects(step.effects.clone(), &[]), []);
            changes.save_client(shown.client.with(step.client.clone()));
            changes.save_sign_up(read.with(step.attempt.clone()));
            changes
        };
        Box::pin(store.commit(changes())).await.unwrap();
        assert!(matches!(Box::pin(store.commit(changes())).await, Err(CommitError::Conflict)), "once");
        let done = store.sign_up(&read.value.id).await.unwrap().unwrap();
        assert_eq!(done, Versioned { value: step.attempt, version: 2 });
        assert_eq!(done.value.status(START), SignUpStatus::Complete);
        {
            let account = Box::pin(store.account_by_email(&address(1))).await.unwrap().unwrap().value;
            assert_eq!(account.user.id, user_id(1));
            assert!(account.password.is_some());
        }
        let after = Box::pin(view(&store, 1, START)).await;
        assert_eq!((after.sessions.len(), after.client.value.generation), (1, 2));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_effects_ask_to_send_comes_back_to_be_worded() {
    let (verification, to) = (verification(1), frontdesk_identity::Recipient::from(address(1)));
    let mut changes = Changes::new(START);
    let effects = vec![
        Effect::SendCode { verification: verification.clone(), to: to.clone(), deliver: false },
        Effect::SendAccountExists { verification: verification.clone(), to: to.clone() },
    ];
    let messages = changes.effects(effects, &[]);
    assert_eq!(
        messages,
        [
            Message::Code { verification: verification.clone(), to: to.clone(), deliver: false },
            Message::AccountExists { verification, to }
        ]
    );
    assert!(changes.is_empty());
}

#[tokio::test]
async fn where_one_may_be_signed_in_the_other_is_replaced_in_the_same_commit() {
    on_each(async |database| {
        let store = database.open().await;
        let mut policy = quiet();
        policy.sessions.single_session = true;
        saved_account(&store, 1).await;
        let account = saved_account(&store, 2).await;
        saved_client(&store, 1).await;
        sign_in_with_code(&store, 1, &account.value, 1).await;
        let other = crate::people::session(7, 1, 1, START);
        save(&store, START, |changes| changes.save_session(Versioned::fresh(other))).await;

        let shown = view(&store, 1, START).await;
        let (read, sessions) = (shown.sign_in.clone().unwrap(), shown.plain_sessions());
        let scene = Scene { client: &shown.client.value, sessions: &sessions, policy: &policy, now: START };
        let evidence = CodeChecked { verification: verification(1), try_number: 1, ok: true };
        let step = read.value.attempt_code(&Found::Account(&account.value), &evidence, new_session(8), &scene).unwrap();
        commit(&store, &shown, read.version, step).await.unwrap();
        let over = store.session(&session_id(7)).await.unwrap().unwrap();
        assert_eq!((over.value.status(&policy, START).as_str(), over.version), ("replaced", 2));
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_53_of_fifty_right_codes_at_once_one_signs_in() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        sign_in_with_code(&store, 1, &account.value, 1).await;
        let mut all = JoinSet::new();
        for number in 1..=50 {
            let store = store.clone();
            all.spawn(async move { try_code(&store, 1, 1, number).await });
        }
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let sessions = store.sessions_of_user(&user_id(1)).await.unwrap();
        assert_eq!(sessions.len(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_53_a_code_is_used_up_once_whatever_else_is_committed_with_it() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        sign_in_with_code(&store, 1, &account.value, 1).await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            all.spawn(async move {
                let mut changes = Changes::new(START);
                changes.consume_code(verification(1));
                store.commit(changes).await
            });
        }
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(CommitError::Conflict))).count(), 49);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_54_tries_at_once_count_one_each_and_no_more_than_the_cap_are_looked_at() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let read = sign_in_with_code(&store, 1, &account.value, 1).await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            all.spawn(async move { store.count_code_try(&verification(1)).await.unwrap().unwrap() });
        }
        let mut numbers = all.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());

        let after = store.sign_in(&read.value.id).await.unwrap().unwrap();
        assert_eq!(after.version, read.version, "a try is no change of the attempt");
        assert_eq!(after.value.code().and_then(CodeProof::sent).map(|sent| sent.tries), Some(50));
        assert_eq!(try_code(&store, 1, 1, 1).await, Err(Some(CodeRefusal::TooManyTries.into())));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_52_a_new_code_puts_an_end_to_the_one_before() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let read = sign_in_with_code(&store, 1, &account.value, 1).await;
        assert_eq!(store.count_code_try(&verification(1)).await.unwrap(), Some(1));
        prepare(&store, &read, 2, START.plus(31 * SECOND), &user_id(1)).await;
        assert_eq!(store.count_code_try(&verification(1)).await.unwrap(), None);
        assert_eq!(store.count_code_try(&verification(2)).await.unwrap(), Some(1), "its tries begin anew");
        let mut stale = Changes::new(START);
        stale.consume_code(verification(1));
        assert!(matches!(store.commit(stale).await, Err(CommitError::Conflict)));

        let up = sign_up_with_code(&store, 1, &address(2), 3).await;
        let shown = view(&store, 1, START).await;
        let policy = quiet();
        let scene = Scene { client: &shown.client.value, sessions: &[], policy: &policy, now: START };
        let form = frontdesk_identity::SignUpForm { email_address: Some("new@example.com"), ..Default::default() };
        let fields = frontdesk_identity::SignUpFields::check(&form, None, None, &policy).unwrap();
        let step = up.value.update(fields, None, Claim::Free, seed(2), &scene).unwrap();
        save(&store, START, |changes| changes.save_sign_up(up.with(step.attempt))).await;
        assert_eq!(store.count_code_try(&verification(3)).await.unwrap(), None, "sent to another address");
        store.close().await;
    })
    .await;
}

async fn prepare(store: &Store, read: &Versioned<SignIn>, number: u32, now: Timestamp, user: &UserId) {
    let account = store.account(user).await.unwrap().unwrap();
    let shown = view(store, 1, now).await;
    let policy = quiet();
    let scene = Scene { client: &shown.client.value, sessions: &[], policy: &policy, now };
    let found = Found::Account(&account.value);
    let step = read.value.prepare_code(CodePurpose::SignIn, None, &found, code(number), 0, &scene).unwrap();
    save(store, now, |changes| changes.save_sign_in(read.with(step.attempt))).await;
}

#[tokio::test]
async fn an_attempt_is_written_over_the_version_that_was_read() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        saved_client(&store, 1).await;
        let read = sign_in_with_code(&store, 1, &account.value, 1).await;
        let up = sign_up_with_code(&store, 1, &address(2), 2).await;
        save(&store, START, |changes| changes.save_sign_in(read.clone())).await;
        save(&store, START, |changes| changes.save_sign_up(up.clone())).await;
        let conflicts = async |add: &dyn Fn(&mut Changes)| {
            let mut changes = Changes::new(START);
            add(&mut changes);
            matches!(store.commit(changes).await, Err(CommitError::Conflict))
        };
        assert!(conflicts(&|changes| changes.save_sign_in(read.clone())).await);
        assert!(conflicts(&|changes| changes.save_sign_up(up.clone())).await);
        assert!(conflicts(&|changes| changes.save_sign_in(Versioned::fresh(read.value.clone()))).await);
        assert!(conflicts(&|changes| changes.save_sign_up(Versioned::fresh(up.value.clone()))).await);
        // An attempt never moves to another client.
        saved_client(&store, 2).await;
        let moved = SignIn { client_id: client_id(2), ..read.value.clone() };
        assert!(conflicts(&|changes| changes.save_sign_in(Versioned { value: moved.clone(), version: 2 })).await);
        // And stands on one that is there.
        let id = SignInId::from_random(bytes(9));
        let lost = SignIn { id, client_id: client_id(9), state: SignInState::NeedsIdentifier, ..read.value.clone() };
        assert!(conflicts(&|changes| changes.save_sign_in(Versioned::fresh(lost.clone()))).await);
        store.close().await;
    })
    .await;
}
