//! Sign-in by an account elsewhere.

use std::sync::Arc;

use frontdesk_identity::{
    Client, ExternalOutcome, Profile, SignIn as IdentitySignIn, SignInId, SignInRefusal, SignInStatus, Step,
};
use frontdesk_store::{Changes, ExternalFlow, ExternalPurpose};
use frontdesk_wire::SignIn;

use super::{finish, gather, unchanged};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        external::{self, Departure, Outward},
        turn::{Done, Visit},
    },
    limits::Class,
};

/// Begins a sign-in that sends the person to a provider.
pub async fn create_by(turn: &Turn<'_>, wanted: &Outward<'_>) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Create, None).await?;
    let departure = &turn.depart(wanted, true).await?;
    let work = |visit: Arc<Visit>| async move {
        let begun = IdentitySignIn::begin(SignInId::from_random(turn.instance.random_id()), &turn.scene(&visit))?;
        go(turn, &visit, begun, 0, departure).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Sends the person of a sign-in to a provider.
pub async fn prepare_by(turn: &Turn<'_>, id: &str, wanted: &Outward<'_>) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Attempt, None).await?;
    let departure = &turn.depart(wanted, true).await?;
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id, false).await?.attempt;
        go(turn, &visit, unchanged(&attempt.value, &turn.scene(&visit)), attempt.version, departure).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Redeems what came back, and answers with the sign-in.
pub async fn redeem(turn: &Turn<'_>, id: &str, nonce: &str) -> Result<Reply<SignIn>, Failure> {
    external::redeem(turn, nonce, |()| async move {
        let id = SignInId::parse(id).map_err(|_| Fault::NotFound)?;
        let attempt = turn.instance.store().sign_in(&id).await?.ok_or(Fault::NotFound)?;
        let own = turn.caller.client.as_ref().is_some_and(|(client, _)| client == attempt.value.client_id.as_str());
        if own { turn.sign_in_view(&attempt.value).await } else { Err(Fault::NotFound) }
    })
    .await
}

/// Takes over what the client's sign-up has brought back, where somebody has the account already.
pub(super) async fn transfer(turn: &Turn<'_>) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Create, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let sign_up = visit.known.as_ref().and_then(|known| known.sign_up.as_ref());
        let proof = sign_up.and_then(|attempt| attempt.value.external.as_ref());
        let proof = proof.filter(|proof| proof.outcome == ExternalOutcome::Transferable);
        let proof = proof.ok_or(Fault::NothingToTransfer)?;
        let (flow, profile) = turn.brought_back(&proof.id).await?;
        let gathered = turn.gather_external(&profile, None).await?.asked_from(turn, &visit.client.value.id).await?;
        let scene = turn.scene(&visit);
        let begun = IdentitySignIn::begin(SignInId::from_random(turn.instance.random_id()), &scene)?;
        let step = begun.and(&scene, |attempt, scene| {
            let link = turn.new_link(&flow.id);
            let session = turn.new_session();
            attempt.transferred(proof, &profile, &gathered.found(), link, gathered.rules, session, scene)
        })?;
        finish(turn, &visit, 0, step, None, |_changes| ()).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Takes what came back for a sign-in.
pub(in crate::flows) async fn come_back(
    turn: &Turn<'_>,
    visit: &Visit,
    id: &SignInId,
    flow: &ExternalFlow,
    profile: &Profile,
) -> Result<Client, Fault> {
    let attempt = turn.instance.store().sign_in(id).await?.ok_or(Fault::NotFound)?;
    let awaited = attempt.value.external.as_ref().filter(|proof| proof.id == flow.id);
    attempt.value.awaits(awaited.ok_or(SignInRefusal::WrongState)?, &turn.scene(visit))?;
    let gathered = turn.gather_external(profile, None).await?.asked_from(turn, &attempt.value.client_id).await?;
    let (link, session) = (turn.new_link(&flow.id), turn.new_session());
    let step =
        attempt.value.come_back(profile, &gathered.found(), link, gathered.rules, session, &turn.scene(visit))?;
    let done = finish(turn, visit, attempt.version, step, None, |_changes| ()).await?;
    turn.instance.wake_delivery();
    Ok(done.client)
}

async fn go(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    version: i64,
    departure: &Departure,
) -> Result<Done<IdentitySignIn>, Fault> {
    let step = step.and(&turn.scene(visit), |attempt, scene| attempt.go_out(departure.proof.clone(), scene))?;
    let flow = turn.flow(departure, &step.client.id, ExternalPurpose::SignIn(step.attempt.id.clone()));
    finish(turn, visit, version, step, None, |changes| changes.begin_external(flow)).await
}

/// What else is written when a sign-in has linked an account elsewhere to one whose address nobody had proven: the user is
/// left with that address, and signed out everywhere else.
pub(super) async fn shut_out(
    turn: &Turn<'_>,
    visit: &Visit,
    before: &IdentitySignIn,
    step: &mut Step<IdentitySignIn>,
    account: &frontdesk_store::Versioned<frontdesk_identity::user::Account>,
) -> Result<impl FnOnce(&mut Changes) + use<>, Fault> {
    let pending = before.pending_link().filter(|pending| pending.unproven_owner);
    let done = pending.filter(|_| step.attempt.status(turn.now) == SignInStatus::Complete);
    let (mut user, mut elsewhere) = (None, Vec::new());
    if let Some(pending) = done {
        let user_id = account.value.user.id.clone();
        let mut cleaned = account.value.cleaned_up(pending);
        cleaned.updated_at = visit.next_age(turn.now);
        // Written as a whole, so that noting the change is not needed.
        step.effects.retain(|effect| !matches!(effect, frontdesk_identity::Effect::NoteChange(_)));
        elsewhere = turn.clients_without(&user_id, Some(&step.client.id)).await?;
        tracing::warn!(target: "audit", event = "unproven_owner_shut_out", user = %user_id);
        user = Some(account.with(cleaned));
    }
    Ok(move |changes: &mut Changes| {
        if let Some(user) = user {
            changes.save_user(user);
        }
        for client in elsewhere {
            changes.save_client(client);
        }
    })
}
