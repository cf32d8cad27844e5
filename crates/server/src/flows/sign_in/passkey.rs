//! Sign-in by a passkey: a device is asked, and its answer taken.

use std::sync::Arc;

use frontdesk_identity::{PasskeyChecked, PasskeyRefusal, Scene, SignIn as IdentitySignIn, SignInId, Step};
use frontdesk_store::{GoodFor, PasskeyCeremony};
use frontdesk_wire::SignIn;
use tokio::sync::OnceCell;

use super::{finish, gather, unchanged};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::Holder,
        passkeys::{refused, waited_for},
        turn::{Done, Visit},
    },
    limits::Class,
    passkeys::{self, Answer},
};

/// Begins a sign-in by whichever passkey the device has.
pub(super) async fn create(turn: &Turn<'_>) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Create, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let begun = IdentitySignIn::begin(SignInId::from_random(turn.instance.random_id()), &turn.scene(&visit))?;
        ask(turn, &visit, begun, None, 0).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Asks a device for a passkey, for a sign-in that has begun.
pub async fn prepare_passkey(turn: &Turn<'_>, id: &str) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Attempt, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let gathered = gather(turn, visit.known.as_ref(), id, false).await?;
        let step = unchanged(&gathered.attempt.value, &turn.scene(&visit));
        ask(turn, &visit, step, gathered.holder.as_ref(), gathered.attempt.version).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Asks a device.
pub(super) async fn ask(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: Option<&Holder>,
    version: i64,
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.map(Holder::found);
    let scene = Scene { client: &step.client, ..turn.scene(visit) };
    let named = step.attempt.may_ask_passkey(found.as_ref(), &scene)?;
    let asking = passkeys::ask_to_sign_in(&*turn.party()?, named)
        .map_err(|fault| refused(&fault, step.attempt.user_id(), PasskeyRefusal::Failed))?;
    let ceremony = turn.ceremony(&step.client.id, GoodFor::SignIn, asking);
    let proof = waited_for(&ceremony);
    let step =
        step.and(&turn.scene(visit), |attempt, scene| attempt.ask_passkey(proof.clone(), found.as_ref(), scene))?;
    finish(turn, visit, version, step, None, |changes| changes.begin_ceremony(ceremony)).await
}

/// Takes the answer of a device.
pub(super) async fn answer(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    holder: Option<&Holder>,
    version: i64,
    (text, taken): (&str, &OnceCell<PasskeyCeremony>),
) -> Result<Done<IdentitySignIn>, Fault> {
    let found = holder.map(Holder::found);
    let proof = step.attempt.may_answer_passkey(found.as_ref(), &turn.scene(visit))?;
    let answer = Answer::read(text).map_err(|fault| refused(&fault, None, PasskeyRefusal::Failed))?;
    let ceremony = turn.answered(proof, &step.client.id, &GoodFor::SignIn, taken).await?;
    let unknown = || {
        tracing::info!(target: "audit", event = "passkey_refused", reason = "nobody has this key");
        PasskeyRefusal::Unknown
    };
    let mut account = turn.instance.store().account_by_credential(answer.credential_id()).await?.ok_or_else(unknown)?;
    turn.count_from(&mut account.value, &step.client.id, false).await?;
    let passkey = account.value.passkeys.iter().find(|passkey| passkey.credential.id == *answer.credential_id());
    let passkey = passkey.ok_or_else(unknown)?;
    let user = &account.value.user.id;
    // Of a key of somebody else than was named no word is told, whether its answer was right or not.
    let foreign = step.attempt.status(turn.now) == frontdesk_identity::SignInStatus::NeedsFirstFactor
        && step.attempt.user_id() != Some(user);
    let otherwise = if foreign { PasskeyRefusal::Unknown } else { PasskeyRefusal::Failed };
    let credential = passkeys::take_sign_in(&*turn.party()?, &ceremony.state, &answer, passkey)
        .map_err(|fault| refused(&fault, Some(user), otherwise))?;
    let evidence = PasskeyChecked { ceremony: ceremony.id.clone(), credential };
    let step = step.and(&turn.scene(visit), |attempt, scene| {
        attempt.attempt_passkey(&account.value, found.as_ref(), &evidence, turn.new_session(), scene)
    });
    let step = step.inspect_err(|refusal| {
        tracing::info!(target: "audit", event = "passkey_refused", %user, reason = %refusal);
    })?;
    finish(turn, visit, version, step, None, |_changes| ()).await
}
