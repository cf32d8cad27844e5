//! Sign-up by an account elsewhere.

use std::sync::Arc;

use frontdesk_identity::{
    Client, Draft, ExternalOutcome, Profile, Recipient, Scene, SignUp as IdentitySignUp, SignUpForm, SignUpId,
    SignUpRefusal, Step,
};
use frontdesk_store::{ExternalFlow, ExternalPurpose};
use frontdesk_wire::SignUp;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{begin, check, finish, gather, going_on, invited_draft, view};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        external::{self, Departure, Outward},
        turn::{Done, Visit},
    },
    limits::Class,
};

/// Begins a sign-up that sends the person to a provider. What the form says besides is kept.
pub async fn create_by(
    turn: &Turn<'_>,
    form: &SignUpForm<'_>,
    wanted: &Outward<'_>,
    ticket: Option<&SecretString>,
) -> Result<Reply<SignUp>, Failure> {
    turn.limit(Class::Create, None).await?;
    let departure = &turn.depart(wanted, true).await?;
    let work = |visit: Arc<Visit>| async move {
        let invitation = turn.shown(ticket).await?;
        let fields = check(turn, form, None, invitation.as_ref().map(invited_draft).as_ref())?;
        let step = begin(turn, &visit, fields, None, &OnceCell::new(), invitation.as_ref()).await?;
        go(turn, &visit, step, 0, departure).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Sends the person of a sign-up to a provider.
pub async fn prepare_by(turn: &Turn<'_>, id: &str, wanted: &Outward<'_>) -> Result<Reply<SignUp>, Failure> {
    turn.limit(Class::Attempt, None).await?;
    let departure = &turn.depart(wanted, true).await?;
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id).await?;
        let step = Step { attempt: attempt.value.clone(), client: visit.client.value.clone(), effects: Vec::new() };
        go(turn, &visit, step, attempt.version, departure).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Redeems what came back, and answers with the sign-up.
pub async fn redeem(turn: &Turn<'_>, id: &str, nonce: &str) -> Result<Reply<SignUp>, Failure> {
    external::redeem(turn, nonce, |()| async move {
        let id = SignUpId::parse(id).map_err(|_| Fault::NotFound)?;
        let attempt = turn.instance.store().sign_up(&id).await?.ok_or(Fault::NotFound)?;
        let own = turn.caller.client.as_ref().is_some_and(|(client, _)| client == attempt.value.client_id.as_str());
        if own { Ok(view(turn, &attempt.value)) } else { Err(Fault::NotFound) }
    })
    .await
}

/// Begins a sign-up with what the client's sign-in has brought back, where nobody has the account yet; by the ticket of an
/// invitation if there is one.
pub async fn transfer(
    turn: &Turn<'_>,
    form: &SignUpForm<'_>,
    ticket: Option<&SecretString>,
) -> Result<Reply<SignUp>, Failure> {
    turn.limit(Class::Create, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let sign_in = visit.known.as_ref().and_then(|known| known.sign_in.as_ref());
        let proof = sign_in.and_then(|attempt| attempt.value.external.as_ref());
        let proof = proof.filter(|proof| proof.outcome == ExternalOutcome::Transferable);
        let proof = proof.ok_or(Fault::NothingToTransfer)?;
        let (flow, profile) = turn.brought_back(&proof.id).await?;
        let invitation = turn.shown(ticket).await?;
        let way = going_on(invitation.is_some());
        let fields = check(turn, form, None, invitation.as_ref().map(invited_draft).as_ref())?;
        let draft = fields.onto(&Draft::default(), turn.now);
        let invited_to = invitation.iter().map(|invitation| &invitation.email);
        let asked: Vec<_> = profile.email.iter().chain(invited_to).cloned().map(Recipient::from).collect();
        turn.admit(&asked, way).await?;
        let invited = match &invitation {
            Some(invitation) => {
                Some((turn.invited(invitation), turn.claim_of(&invitation.email.clone().into()).await?))
            }
            None => None,
        };
        let invited = invited.as_ref().map(|(invited, claim)| (invited, *claim));
        let gathered = turn.gather_external(&profile, Some(way)).await?;
        let id = SignUpId::from_random(turn.instance.random_id());
        let scene: Scene<'_> = turn.scene(&visit);
        let (link, seed) = (turn.new_link(&flow.id), turn.seed());
        let step = IdentitySignUp::transferred(
            id,
            proof,
            (draft, invited),
            &profile,
            &gathered.found(),
            link,
            gathered.rules,
            seed,
            &scene,
        )?;
        finish(turn, &visit, 0, step, None).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Takes what came back for a sign-up.
pub(in crate::flows) async fn come_back(
    turn: &Turn<'_>,
    visit: &Visit,
    id: &SignUpId,
    flow: &ExternalFlow,
    profile: &Profile,
) -> Result<Client, Fault> {
    let attempt = turn.instance.store().sign_up(id).await?.ok_or(Fault::NotFound)?;
    let awaited = attempt.value.external.as_ref().filter(|proof| proof.id == flow.id);
    attempt.value.awaits(awaited.ok_or(SignUpRefusal::WrongState)?, &turn.scene(visit))?;
    let way = going_on(attempt.value.draft.invitation.is_some());
    let gathered = turn.gather_external(profile, Some(way)).await?;
    let (link, seed) = (turn.new_link(&flow.id), turn.seed());
    let step = attempt.value.come_back(profile, &gathered.found(), link, gathered.rules, seed, &turn.scene(visit))?;
    Ok(finish(turn, visit, attempt.version, step, None).await?.client)
}

async fn go(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignUp>,
    version: i64,
    departure: &Departure,
) -> Result<Done<IdentitySignUp>, Fault> {
    let step = step.and(&turn.scene(visit), |attempt, scene| attempt.go_out(departure.proof.clone(), scene))?;
    let purpose = ExternalPurpose::SignUp(step.attempt.id.clone());
    let flow = turn.flow(departure, &step.client.id, purpose);
    super::finish_with(turn, visit, version, step, None, |changes| changes.begin_external(flow)).await
}
