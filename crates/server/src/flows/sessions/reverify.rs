//! Somebody who is signed in proves once more who they are.

use std::sync::Arc;

use frontdesk_identity::{
    Account, Addressee, CodeChecked, CodePurpose, CodeRefusal, Effect, IdentificationId, Level, PasswordChecked,
    Reverification, SecondChecked, Session as IdentitySession, SignInRefusal, Tries, VerificationId,
    reverification::Proven,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{SessionReverification, form};
use secrecy::SecretString;
use tokio::sync::OnceCell;

mod passkey;

pub use passkey::prepare_passkey;

use crate::{
    flows::{
        Failure, Fault, Reply, SecondProof, Turn,
        gather::{Known, changed_client},
        turn::{Done, Visit},
    },
    limits::Class,
    views,
};

/// A proof that is offered.
#[derive(Debug)]
pub enum Proof {
    /// The password.
    Password(SecretString),
    /// The code that was sent, by mail or by text.
    Code(CodePurpose, SecretString),
    /// What a device has answered that was asked for a passkey, as it came.
    Passkey(String),
    /// The second factor.
    Second(SecondProof),
}

/// What came of it, with what the answer shows besides.
struct Outcome {
    attempt: Reverification,
    session: IdentitySession,
    account: Account,
}

/// Begins to prove it once more.
pub async fn verify(turn: &Turn<'_>, id: &str, level: Level) -> Result<Reply<SessionReverification>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = signed_in(turn, known, id)?;
        let before = turn.instance.store().reverification(&session.value.id).await?;
        let tries = Tries::none(VerificationId::from_random(turn.instance.random_id()));
        let attempt = Reverification::begin(&session.value, level, &account.value, tries, turn.now);
        let attempt = Versioned { value: attempt, version: before.map_or(0, |before| before.version) };
        let mut changes = Changes::new(turn.now);
        changes.save_reverification(attempt.clone());
        turn.commit(changes).await?;
        Ok(done(&visit, attempt.value, session.value.clone(), account))
    };
    turn.change(work, |outcome| async move { view(turn, &outcome) }).await
}

/// Sends a code to the address or number of that id, or to the main one.
pub async fn prepare_first_factor(
    turn: &Turn<'_>,
    id: &str,
    purpose: CodePurpose,
    address: Option<&str>,
) -> Result<Reply<SessionReverification>, Failure> {
    let address = &match address.map(IdentificationId::parse) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err(Fault::from(SignInRefusal::NoSuchAddress).into()),
    };
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = signed_in(turn, known, id)?;
        let attempt = begun(turn, session).await?;
        let to = attempt.value.code_recipient(purpose, address.as_ref(), &account.value, turn.policy(), turn.now)?;
        let recent = turn.recent(&to.1).await?;
        turn.must_take(&to.1, if purpose.by_phone() { form::PHONE_NUMBER_ID } else { form::EMAIL_ADDRESS_ID }).await?;
        let code = turn.draw_code(&to.1, account.value.user.locale.as_deref());
        let new = code.new.clone();
        let (prepared, effects) = attempt.value.prepare_code(purpose, to, new, recent, turn.policy(), turn.now)?;
        let mut changes = Changes::new(turn.now);
        changes.save_reverification(attempt.with(prepared.clone()));
        turn.add_effects(&mut changes, effects, &[], Some(&code));
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        Ok(done(&visit, prepared, session.value.clone(), account))
    };
    turn.change(work, |outcome| async move { view(turn, &outcome) }).await
}

/// Sends a code of the second factor to the number of that id, or to the one to offer first.
pub async fn prepare_second_factor(
    turn: &Turn<'_>,
    id: &str,
    number: Option<&str>,
) -> Result<Reply<SessionReverification>, Failure> {
    let wanted = number.map(IdentificationId::parse).transpose();
    let wanted = &wanted.map_err(|_| Fault::from(SignInRefusal::NoSuchNumber))?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = signed_in(turn, known, id)?;
        let attempt = begun(turn, session).await?;
        let to = attempt.value.second_recipient(wanted.as_ref(), &account.value, turn.policy(), turn.now)?;
        let to = to.clone().into();
        let recent = turn.recent(&to).await?;
        turn.must_take(&to, form::PHONE_NUMBER_ID).await?;
        let code = turn.draw_code(&to, account.value.user.locale.as_deref());
        let new = code.new.clone();
        let (prepared, effects) =
            attempt.value.prepare_second(wanted.as_ref(), &account.value, new, recent, turn.policy(), turn.now)?;
        let mut changes = Changes::new(turn.now);
        changes.save_reverification(attempt.with(prepared.clone()));
        turn.add_effects(&mut changes, effects, &[], Some(&code));
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        Ok(done(&visit, prepared, session.value.clone(), account))
    };
    turn.change(work, |outcome| async move { view(turn, &outcome) }).await
}

/// What a way to prove the second factor says for which nothing is to be prepared.
pub async fn nothing_to_prepare(turn: &Turn<'_>, id: &str) -> Result<Reply<SessionReverification>, Failure> {
    turn.read(|known| async move {
        let (session, account) = signed_in(turn, &known, id)?;
        begun(turn, session).await?;
        let any = account.value.has_second_factor();
        Err(if any { SignInRefusal::NoSuchFactor } else { SignInRefusal::NoSecondFactors }.into())
    })
    .await
}

/// Takes a proof.
pub async fn attempt(turn: &Turn<'_>, id: &str, proof: &Proof) -> Result<Reply<SessionReverification>, Failure> {
    let (checked, counted, taken) = (&OnceCell::new(), &OnceCell::new(), &OnceCell::new());
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = signed_in(turn, known, id)?;
        turn.limit(Class::Attempt, account.value.primary_email().map(|primary| &primary.email as &dyn Addressee))
            .await?;
        let attempt = begun(turn, session).await?;
        let proven = match proof {
            Proof::Password(password) => by_password(turn, &attempt.value, session, account, password).await?,
            Proof::Code(purpose, code) => {
                by_code(turn, &attempt.value, session, account, (*purpose, code, checked)).await?
            }
            Proof::Passkey(answer) => {
                let client = &known.client.value.id;
                passkey::taken(turn, client, &attempt.value, session, account, (answer, taken)).await?
            }
            Proof::Second(SecondProof::PhoneCode(code)) => {
                by_second_code(turn, &attempt.value, session, account, (code, checked)).await?
            }
            Proof::Second(proof) => by_second(turn, &attempt.value, session, account, (proof, counted)).await?,
        };
        let Proven { attempt: after, session: proven_session, effects } = match proven {
            Ok(proven) => proven,
            Err(refusal) => return Err(wrong(turn, &account.value, refusal).await),
        };
        let mut client = changed_client(known, turn.now);
        client.updated_at = client.updated_at.max(visit.next_age(turn.now));
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        changes.save_reverification(attempt.with(after.clone()));
        if proven_session != session.value {
            changes.save_session(session.with(proven_session.clone()));
        }
        let account = after_effects(&account.value, &effects);
        turn.add_effects(&mut changes, effects, &[], None);
        turn.commit(changes).await?;
        let (session_id, status) = (&proven_session.id, after.status().as_str());
        tracing::info!(target: "audit", event = "reverified", session = %session_id, user = %account.user.id, status);
        let outcome = Outcome { attempt: after, session: proven_session, account };
        Ok(Done { outcome, client })
    };
    turn.change(work, |outcome| async move { view(turn, &outcome) }).await
}

/// The account as it stands after these effects, as far as a session shows it.
fn after_effects(account: &Account, effects: &[Effect]) -> Account {
    let mut account = account.clone();
    for effect in effects {
        if let Effect::SavePasskey { passkey, .. } = effect {
            account.passkeys.iter_mut().filter(|before| before.id == passkey.id).for_each(|it| it.clone_from(passkey));
        }
    }
    account
}

async fn by_password(
    turn: &Turn<'_>,
    attempt: &Reverification,
    session: &Versioned<IdentitySession>,
    account: &Versioned<Account>,
    password: &SecretString,
) -> Result<Result<Proven, SignInRefusal>, Fault> {
    attempt.may_attempt_password(&account.value, turn.now)?;
    // Removed since the account was read: that shows when it is gathered again.
    let stored = turn.instance.store().password(&account.value.user.id).await?.ok_or(Fault::Contended)?;
    let checked = turn.instance.passwords().verify(Some(stored.value.expose()), password).await?;
    let evidence = PasswordChecked { credential_version: stored.version, ok: checked.ok, exposed: false };
    Ok(attempt.attempt_password(evidence, &account.value, &session.value, turn.now))
}

async fn by_code(
    turn: &Turn<'_>,
    attempt: &Reverification,
    session: &Versioned<IdentitySession>,
    account: &Versioned<Account>,
    (purpose, code, checked): (CodePurpose, &SecretString, &OnceCell<CodeChecked>),
) -> Result<Result<Proven, SignInRefusal>, Fault> {
    let sent = attempt.may_attempt_code(purpose, &account.value, turn.policy(), turn.now)?;
    let evidence = turn.check_code(sent, code, checked).await?;
    Ok(attempt.attempt_code(purpose, evidence, &account.value, &session.value, turn.policy(), turn.now))
}

async fn by_second(
    turn: &Turn<'_>,
    attempt: &Reverification,
    session: &Versioned<IdentitySession>,
    account: &Versioned<Account>,
    (proof, counted): (&SecondProof, &OnceCell<u32>),
) -> Result<Result<Proven, SignInRefusal>, Fault> {
    let tries = attempt.may_attempt_second(&account.value, turn.policy(), turn.now)?;
    let count = async || turn.instance.store().count_code_try(&tries.id).await?.ok_or(Fault::Contended);
    let try_number = *counted.get_or_try_init(count).await?;
    let evidence = turn.check_second(&account.value.user.id, proof).await?;
    Ok(attempt.attempt_second(&evidence, try_number, &account.value, &session.value, turn.policy(), turn.now))
}

async fn by_second_code(
    turn: &Turn<'_>,
    attempt: &Reverification,
    session: &Versioned<IdentitySession>,
    account: &Versioned<Account>,
    (code, checked): (&SecretString, &OnceCell<CodeChecked>),
) -> Result<Result<Proven, SignInRefusal>, Fault> {
    let sent = attempt.may_attempt_second_code(&account.value, turn.policy(), turn.now)?;
    let evidence = turn.check_code(sent, code, checked).await?;
    let (try_number, evidence) = (evidence.try_number, SecondChecked::PhoneCode(evidence.clone()));
    Ok(attempt.attempt_second(&evidence, try_number, &account.value, &session.value, turn.policy(), turn.now))
}

/// Counts a wrong proof as at a sign-in: who sits at somebody else's device must not guess here without end.
async fn wrong(turn: &Turn<'_>, account: &Account, refusal: SignInRefusal) -> Fault {
    if !matches!(refusal, SignInRefusal::PasswordIncorrect | SignInRefusal::Code(CodeRefusal::Incorrect)) {
        return refusal.into();
    }
    let user_id = &account.user.id;
    let lockout = match turn.instance.store().count_failure(&account.counter, turn.policy(), turn.now).await {
        Ok(lockout) => lockout,
        Err(error) => return error.into(),
    };
    let tries_left = lockout.tries_left(turn.policy(), turn.now);
    tracing::info!(target: "audit", event = "reverification_refused", user = %user_id, tries_left);
    match lockout.remaining_ms(turn.now) {
        Some(remaining_ms) => {
            tracing::warn!(target: "audit", event = "locked", subject = %account.counter);
            SignInRefusal::Locked { remaining_ms }.into()
        }
        None => Fault::Wrong { refusal, tries_left, hidden: false },
    }
}

/// The session of that id and its account, while somebody is signed in by it.
fn signed_in<'a>(
    turn: &Turn<'_>,
    known: &'a Known,
    id: &str,
) -> Result<(&'a Versioned<IdentitySession>, &'a Versioned<Account>), Fault> {
    let (session, account) = known.session(id).ok_or(Fault::NotFound)?;
    session.value.may_act(turn.policy(), turn.now).map_err(|_over| Fault::SignedOut)?;
    Ok((session, account))
}

async fn begun(turn: &Turn<'_>, session: &Versioned<IdentitySession>) -> Result<Versioned<Reverification>, Fault> {
    let attempt = turn.instance.store().reverification(&session.value.id).await?;
    attempt.filter(|attempt| !attempt.value.is_over(turn.now)).ok_or(Fault::NotReverifying)
}

fn done(
    visit: &Visit,
    attempt: Reverification,
    session: IdentitySession,
    account: &Versioned<Account>,
) -> Done<Outcome> {
    let outcome = Outcome { attempt, session, account: account.value.clone() };
    Done { outcome, client: visit.client.value.clone() }
}

fn view(turn: &Turn<'_>, outcome: &Outcome) -> Result<SessionReverification, Fault> {
    let session = turn.session_view(&outcome.session, &outcome.account)?;
    Ok(views::reverification(&outcome.attempt, &outcome.account, session, turn.policy(), turn.now))
}
