//! Sign-in by a ticket: shown on whichever device, it signs its user in once.

use std::sync::Arc;

use frontdesk_identity::{SignIn as IdentitySignIn, SignInId, SignInRefusal, SignInToken, Step, TicketRefusal};
use frontdesk_wire::SignIn;
use secrecy::{ExposeSecret as _, SecretString};

use super::finish;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        turn::{Done, Visit},
    },
    limits::Class,
};

/// Begins a sign-in and goes to its end with the ticket.
pub(super) async fn create(turn: &Turn<'_>, ticket: &SecretString) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Create, None)?;
    let work = |visit: Arc<Visit>| async move {
        let id = SignInId::from_random(turn.instance.random_id());
        let begun = IdentitySignIn::begin(id, &turn.scene(&visit))?;
        redeem(turn, &visit, begun, 0, ticket).await
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Takes the ticket and commits.
pub(super) async fn redeem(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    version: i64,
    ticket: &SecretString,
) -> Result<Done<IdentitySignIn>, Fault> {
    let unknown = || SignInRefusal::Ticket(TicketRefusal::Unknown);
    let token = token_of(turn, ticket).await?.ok_or_else(unknown)?;
    let account = turn.instance.store().account(&token.user_id).await?.ok_or_else(unknown)?;
    let step = step.and(&turn.scene(visit), |attempt, scene| {
        attempt.redeem_ticket(&token, &account.value, turn.new_session(), scene)
    });
    let step = step.inspect_err(|refusal| {
        tracing::info!(target: "audit", event = "ticket_refused", token = %token.id, user = %token.user_id, %refusal);
    })?;
    let done = finish(turn, visit, version, step, None, |_changes| ()).await?;
    tracing::info!(target: "audit", event = "ticket_redeemed", token = %token.id, user = %token.user_id);
    Ok(done)
}

/// The token of a ticket, if the ticket is genuine and the token is still kept.
async fn token_of(turn: &Turn<'_>, ticket: &SecretString) -> Result<Option<SignInToken>, Fault> {
    match turn.instance.tickets().read(ticket.expose_secret()) {
        Some(id) => Ok(turn.instance.store().sign_in_token(&id).await?),
        None => Ok(None),
    }
}
