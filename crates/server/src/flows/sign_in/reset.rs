//! A forgotten password: the code proves who it is, the new password signs in.

use std::sync::Arc;

use frontdesk_identity::{
    Addressee, CodeChecked, CodePurpose, Found, PasswordDigest, Reset, Scene, SignIn as IdentitySignIn, SignInRefusal,
    Step,
};
use frontdesk_store::Changes;
use frontdesk_wire::{SignIn, form};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{Gathered, external, finish, gather, unchanged, wrong};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::Holder,
        turn::{Done, Visit},
    },
    limits::Class,
};

/// A password to be set.
#[derive(Debug)]
pub struct NewPassword {
    /// The password.
    pub password: SecretString,
    /// Whether the user is signed out everywhere else.
    pub sign_out: bool,
}

/// Sets the new password after the code was right, and signs in.
pub async fn reset_password(turn: &Turn<'_>, id: &str, new: &NewPassword) -> Result<Reply<SignIn>, Failure> {
    let digest = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, .. } = gather(turn, visit.known.as_ref(), id, false).await?;
        turn.limit(Class::Attempt, attempt.value.identifier().map(|identifier| identifier as &dyn Addressee)).await?;
        let step = unchanged(&attempt.value, &turn.scene(&visit));
        set(turn, &visit, step, attempt.version, (new, digest)).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Takes the code, and the new password with it if there is one.
pub(super) async fn by_code(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: &Holder,
    version: i64,
    (purpose, code, checked, new): (CodePurpose, &SecretString, &OnceCell<CodeChecked>, Option<&NewPassword>),
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.found();
    let sent = step.attempt.may_attempt_code(purpose, &found, &turn.scene(visit))?;
    let evidence = turn.check_code(sent, code, checked).await?;
    let proven = step.and(&turn.scene(visit), |attempt, scene| attempt.attempt_reset_code(&found, evidence, scene));
    let step = match proven {
        Ok(step) => step,
        Err(refusal) => return Err(wrong(turn, holder.counter(), refusal).await),
    };
    match new {
        None => finish(turn, visit, version, step, None, |_changes| ()).await,
        Some(new) => set(turn, visit, step, version, (new, &OnceCell::new())).await,
    }
}

/// Sets the password of a sign-in that is at this step.
async fn set(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    version: i64,
    (new, digest): (&NewPassword, &OnceCell<PasswordDigest>),
) -> Result<Done<IdentitySignIn>, Fault> {
    let user_id = step.attempt.user_id().cloned().ok_or(SignInRefusal::WrongState)?;
    // The version first: a password that is set after it was read ends in a conflict, one before shows in the account.
    let stored = turn.instance.store().password(&user_id).await?;
    let holder = turn.holder(&step.attempt).await?.ok_or(SignInRefusal::WrongState)?;
    let holder = turn.asked_from(holder, &step.client.id, step.attempt.goes_by_reset()).await?;
    let found = holder.found();
    let scene = Scene { client: &step.client, ..turn.scene(visit) };
    step.attempt.may_reset_password(new.password.expose_secret(), &found, &scene)?;
    let Found::Account(account) = found else { return Err(SignInRefusal::UnknownIdentifier.into()) };
    if (step.attempt.proven_by_password() || account.password_is_compromised())
        && let Some(stored) = &stored
        && turn.instance.passwords().verify(Some(stored.value.expose()), &new.password).await?.ok
    {
        return Err(SignInRefusal::SamePassword.into());
    }
    let digest = turn.digest(&new.password, &account.own_words(), form::PASSWORD, digest).await?;
    let reset = Reset { digest, version: stored.map_or(0, |stored| stored.version), sign_out: new.sign_out };
    let before = step.attempt.clone();
    let mut step = step
        .and(&turn.scene(visit), |attempt, scene| attempt.reset_password(account, reset, turn.new_session(), scene))?;
    let Holder::Account(stored) = &holder else { return Err(SignInRefusal::UnknownIdentifier.into()) };
    let shut_out = external::shut_out(turn, visit, &before, &mut step, stored).await?;
    let links = before.pending_link().is_some_and(|pending| pending.unproven_owner);
    let elsewhere =
        if new.sign_out && !links { turn.clients_without(&user_id, Some(&step.client.id)).await? } else { Vec::new() };
    let leave = |changes: &mut Changes| {
        shut_out(changes);
        for client in elsewhere {
            changes.save_client(client);
        }
    };
    let done = finish(turn, visit, version, step, None, leave).await?;
    turn.instance.wake_delivery();
    let signed_out = new.sign_out;
    tracing::info!(target: "audit", event = "password_reset", user = %user_id, signed_out);
    Ok(done)
}
