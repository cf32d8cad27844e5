//! Sign-in: begin, say who it is, prove it.

use std::sync::Arc;

use frontdesk_identity::{
    Addressee, CodeChecked, CodePurpose, Counter, FieldError, FieldFault, IdentificationId, Identifier,
    PasswordChecked, Scene, SignIn as IdentitySignIn, SignInId, SignInRefusal, Step, Strategy, Subject,
    field::language_tag,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{SignIn, form};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{
    Failure, Fault, Reply, Turn,
    gather::{Holder, Known},
    turn::{Done, Visit},
};
use crate::limits::Class;

mod external;
mod passkey;
mod reset;
mod second;
mod ticket;

pub(super) use external::come_back;
pub use external::{create_by, prepare_by, redeem};
pub use passkey::prepare_passkey;
pub use reset::{NewPassword, reset_password};
pub use second::{attempt_second, prepare_second};

/// What a sign-in begins with.
#[derive(Debug, Default)]
pub struct Create<'a> {
    /// The way to prove it that is wanted.
    pub strategy: Option<Strategy>,
    /// Who it is said to be.
    pub identifier: Option<&'a str>,
    /// The password.
    pub password: Option<SecretString>,
    /// Language tag of whoever makes it.
    pub locale: Option<&'a str>,
    /// A ticket of the owner's, which says who it is and proves it.
    pub ticket: Option<SecretString>,
    /// Whether an account from elsewhere is to be taken over.
    pub transfer: bool,
}

/// A proof that is offered.
#[derive(Debug)]
pub enum Proof {
    /// The password.
    Password(SecretString),
    /// The code that was sent, to an address or a number.
    Code(CodePurpose, SecretString),
    /// The code that was sent since the password was forgotten, and the new password if it is known already.
    ResetCode(CodePurpose, SecretString, Option<NewPassword>),
    /// A ticket of the owner's.
    Ticket(SecretString),
    /// What a device has answered that was asked for a passkey, as JSON text.
    Passkey(String),
}

/// An attempt with whom it is about.
struct Gathered {
    attempt: Versioned<IdentitySignIn>,
    holder: Option<Holder>,
}

/// Begins a sign-in, and goes as far with it as the fields allow.
pub async fn create(turn: &Turn<'_>, create: &Create<'_>) -> Result<Reply<SignIn>, Failure> {
    if create.transfer {
        return external::transfer(turn).await;
    }
    if let Some(ticket) = &create.ticket {
        return ticket::create(turn, ticket).await;
    }
    if create.strategy == Some(Strategy::Passkey) && create.identifier.is_none() {
        return passkey::create(turn).await;
    }
    let identifier = &create.identifier.map(|typed| identifier(turn, typed)).transpose().map_err(Fault::from)?;
    let wants_password = create.strategy == Some(Strategy::Password) || create.password.is_some();
    let missing = |param| Failure::from(Fault::from(FieldError::new(param, FieldFault::Missing)));
    if identifier.is_none() && (create.strategy.is_some() || create.password.is_some()) {
        return Err(missing(form::IDENTIFIER));
    }
    turn.limit(Class::Create, identifier.as_ref().map(|identifier| identifier as &dyn Addressee)).await?;
    let work = |visit: Arc<Visit>| async move {
        let scene = turn.scene(&visit);
        let id = SignInId::from_random(turn.instance.random_id());
        let begun = IdentitySignIn::begin(id, &scene)?;
        let Some(identifier) = identifier else {
            return finish(turn, &visit, 0, begun, None, |_changes| ()).await;
        };
        // A password is one, whatever strategy comes with it: guesses at it do not go the way of who has forgotten theirs.
        let reset = !wants_password
            && matches!(create.strategy, Some(Strategy::ResetPasswordEmailCode | Strategy::ResetPasswordPhoneCode));
        let holder = turn.holder_of(identifier).await?;
        let holder = turn.asked_from(holder, &visit.client.value.id, reset).await?;
        let step = begun.and(&scene, |attempt, scene| attempt.identify(identifier.clone(), &holder.found(), scene))?;
        let locale = create.locale.and_then(language_tag);
        let step = Step { attempt: step.attempt.speaking(locale), ..step };
        match (&create.password, create.strategy) {
            (Some(password), _) if wants_password => by_password(turn, &visit, step, &holder, 0, password).await,
            (None, Some(Strategy::EmailCode)) => {
                send_code(turn, &visit, step, &holder, 0, (CodePurpose::SignIn, None)).await
            }
            (None, Some(Strategy::PhoneCode)) => {
                send_code(turn, &visit, step, &holder, 0, (CodePurpose::SignInByPhone, None)).await
            }
            (None, Some(Strategy::ResetPasswordEmailCode)) => {
                send_code(turn, &visit, step, &holder, 0, (CodePurpose::ResetPassword, None)).await
            }
            (None, Some(Strategy::ResetPasswordPhoneCode)) => {
                send_code(turn, &visit, step, &holder, 0, (CodePurpose::ResetPasswordByPhone, None)).await
            }
            (None, Some(Strategy::Passkey)) => passkey::ask(turn, &visit, step, Some(&holder), 0).await,
            _ => finish(turn, &visit, 0, step, None, |_changes| ()).await,
        }
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// A sign-in of the client.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<Reply<SignIn>, Failure> {
    turn.read(
        |known| async move { turn.sign_in_view(&gather(turn, Some(&known), id, false).await?.attempt.value).await },
    )
    .await
}

/// Sends a code to the address of that id, or to the one that was typed.
pub async fn prepare_code(
    turn: &Turn<'_>,
    id: &str,
    purpose: CodePurpose,
    address: Option<&str>,
) -> Result<Reply<SignIn>, Failure> {
    let address = &match address.map(IdentificationId::parse) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            let param = if purpose.by_phone() { form::PHONE_NUMBER_ID } else { form::EMAIL_ADDRESS_ID };
            return Err(Fault::from(FieldError::new(param, FieldFault::NotFound)).into());
        }
    };
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id, purpose.resets()).await?;
        let holder = holder.ok_or(SignInRefusal::WrongState)?;
        let step = unchanged(&attempt.value, &turn.scene(&visit));
        send_code(turn, &visit, step, &holder, attempt.version, (purpose, address.as_ref())).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Takes a proof.
pub async fn attempt(turn: &Turn<'_>, id: &str, proof: &Proof) -> Result<Reply<SignIn>, Failure> {
    let (checked, taken) = (&OnceCell::new(), &OnceCell::new());
    let work = |visit: Arc<Visit>| async move {
        let reset = matches!(proof, Proof::ResetCode(..));
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id, reset).await?;
        turn.limit(Class::Attempt, attempt.value.identifier().map(|identifier| identifier as &dyn Addressee)).await?;
        if let Proof::Ticket(ticket) = proof {
            let step = unchanged(&attempt.value, &turn.scene(&visit));
            return ticket::redeem(turn, &visit, step, attempt.version, ticket).await;
        }
        if let Proof::Passkey(answer) = proof {
            let step = unchanged(&attempt.value, &turn.scene(&visit));
            return passkey::answer(turn, &visit, step, holder.as_ref(), attempt.version, (answer, taken)).await;
        }
        let holder = holder.ok_or(SignInRefusal::WrongState)?;
        let step = unchanged(&attempt.value, &turn.scene(&visit));
        match proof {
            Proof::Password(password) => by_password(turn, &visit, step, &holder, attempt.version, password).await,
            Proof::Code(purpose, code) => {
                by_code(turn, &visit, step, &holder, attempt.version, (*purpose, code, checked)).await
            }
            Proof::ResetCode(purpose, code, new) => {
                let offered = (*purpose, code, checked, new.as_ref());
                reset::by_code(turn, &visit, step, &holder, attempt.version, offered).await
            }
            Proof::Ticket(_) | Proof::Passkey(_) => Err(SignInRefusal::WrongState.into()),
        }
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Reads an attempt and whom it is about. `reset` says that what is offered goes by a forgotten password.
async fn gather(turn: &Turn<'_>, known: Option<&Known>, id: &str, reset: bool) -> Result<Gathered, Fault> {
    let (Some(known), Ok(id)) = (known, SignInId::parse(id)) else { return Err(Fault::NotFound) };
    let attempt = turn.instance.store().sign_in(&id).await?.ok_or(Fault::NotFound)?;
    if attempt.value.client_id != known.client.value.id {
        return Err(Fault::NotFound);
    }
    let holder = match turn.holder(&attempt.value).await? {
        None => None,
        Some(holder) => {
            let reset = reset || attempt.value.goes_by_reset();
            Some(turn.asked_from(holder, &attempt.value.client_id, reset).await?)
        }
    };
    Ok(Gathered { attempt, holder })
}

/// The step before the first: nothing has happened yet.
fn unchanged(attempt: &IdentitySignIn, scene: &Scene<'_>) -> Step<IdentitySignIn> {
    Step { attempt: attempt.clone(), client: scene.client.clone(), effects: Vec::new() }
}

async fn send_code(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: &Holder,
    version: i64,
    (purpose, address): (CodePurpose, Option<&IdentificationId>),
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.found();
    let (_, to) = step.attempt.code_recipient(purpose, address, &found, turn.policy())?;
    let recent = turn.recent(&to).await?;
    // Where it is hidden who has an account, this would tell: nothing is sent to nobody, and so nothing refused.
    if !turn.policy().enumeration_protection {
        turn.must_take(&to, form::IDENTIFIER).await?;
    }
    let code = turn.draw_code(&to, step.attempt.locale().or(holder.locale())).good_for(purpose);
    let step = step.and(&turn.scene(visit), |attempt, scene| {
        attempt.prepare_code(purpose, address, &found, code.new.clone(), recent, scene)
    })?;
    let done = finish(turn, visit, version, step, Some(&code), |_changes| ()).await?;
    turn.instance.wake_delivery();
    Ok(done)
}

async fn by_password(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: &Holder,
    version: i64,
    password: &SecretString,
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.found();
    let scene = Scene { client: &step.client, ..turn.scene(visit) };
    let subject = step.attempt.may_attempt_password(&found, &scene)?.clone();
    let stored = match &subject {
        Subject::User { id } => turn.instance.store().password(id).await?,
        Subject::Nobody { .. } => None,
    };
    // Where there is no password the same work is done, so that it takes the same time.
    let phc = stored.as_ref().map(|stored| stored.value.expose());
    let checked = turn.instance.passwords().verify(phc, password).await?;
    let credential_version = stored.map_or(0, |stored| stored.version);
    let exposed = checked.ok && turn.is_exposed(password).await?;
    let rehashed = if checked.needs_rehash { Some(turn.instance.passwords().hash(password).await?) } else { None };
    let evidence = PasswordChecked { credential_version, ok: checked.ok, exposed };
    let step = step.and(&turn.scene(visit), |attempt, scene| {
        attempt.attempt_password(&found, evidence, turn.new_session(), scene)
    });
    let step = match step {
        Ok(step) => step,
        Err(refusal) => return Err(wrong(turn, holder.counter(), refusal).await),
    };
    let keep_up = |changes: &mut Changes| {
        if let (Some(phc), Subject::User { id }) = (rehashed, &subject) {
            let digest = frontdesk_identity::PasswordDigest::new(phc);
            changes.rehash_password(id.clone(), Versioned { value: digest, version: credential_version });
        }
    };
    finish(turn, visit, version, step, None, keep_up).await
}

async fn by_code(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: &Holder,
    version: i64,
    (purpose, code, checked): (CodePurpose, &SecretString, &OnceCell<CodeChecked>),
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.found();
    let sent = step.attempt.may_attempt_code(purpose, &found, &turn.scene(visit))?;
    let evidence = turn.check_code(sent, code, checked).await?;
    let before = step.attempt.clone();
    let step = step
        .and(&turn.scene(visit), |attempt, scene| attempt.attempt_code(&found, evidence, turn.new_session(), scene));
    let mut step = match step {
        Ok(step) => step,
        Err(refusal) => return Err(wrong(turn, holder.counter(), refusal).await),
    };
    let shut_out = match holder {
        Holder::Account(account) => Some(external::shut_out(turn, visit, &before, &mut step, account).await?),
        Holder::Nobody { .. } => None,
    };
    let done = finish(turn, visit, version, step, None, |changes| {
        if let Some(shut_out) = shut_out {
            shut_out(changes);
        }
    })
    .await?;
    turn.instance.wake_delivery();
    Ok(done)
}

/// Counts a wrong proof against whom it was offered for.
async fn wrong(turn: &Turn<'_>, counter: &Counter, refusal: SignInRefusal) -> Fault {
    use frontdesk_identity::CodeRefusal::Incorrect;
    if !matches!(refusal, SignInRefusal::PasswordIncorrect | SignInRefusal::Code(Incorrect)) {
        return refusal.into();
    }
    let lockout = match turn.instance.store().count_failure(counter, turn.policy(), turn.now).await {
        Ok(lockout) => lockout,
        Err(error) => return error.into(),
    };
    let tries_left = lockout.tries_left(turn.policy(), turn.now);
    tracing::info!(target: "audit", event = "sign_in_refused", subject = %counter, tries_left);
    match lockout.remaining_ms(turn.now) {
        Some(remaining_ms) => {
            tracing::warn!(target: "audit", event = "locked", subject = %counter);
            SignInRefusal::Locked { remaining_ms }.into()
        }
        None => Fault::Wrong { refusal, tries_left, hidden: turn.policy().enumeration_protection },
    }
}

/// Commits a step.
async fn finish(
    turn: &Turn<'_>,
    visit: &Visit,
    version: i64,
    mut step: Step<IdentitySignIn>,
    code: Option<&super::codes::DrawnCode>,
    more: impl FnOnce(&mut Changes),
) -> Result<Done<IdentitySignIn>, Fault> {
    step.attempt.updated_at = step.attempt.updated_at.max(visit.next_age(turn.now));
    let mut changes = turn.changes_of(visit, &mut step, code);
    more(&mut changes);
    changes.save_sign_in(Versioned { value: step.attempt.clone(), version });
    turn.commit(changes).await?;
    if let frontdesk_identity::SignInState::Complete { user_id, session_id, strategy, .. } = &step.attempt.state {
        let (client, strategy) = (step.client.id.as_str(), strategy.as_str());
        tracing::info!(target: "audit", event = "sign_in", user = %user_id, session = %session_id, client, strategy);
    }
    Ok(Done { outcome: step.attempt, client: step.client })
}

/// Reads who it is said to be.
fn identifier(turn: &Turn<'_>, typed: &str) -> Result<Identifier, FieldError> {
    Identifier::parse(typed, turn.policy()).map_err(|fault| FieldError::new(form::IDENTIFIER, fault))
}
