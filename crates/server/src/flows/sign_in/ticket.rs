//! Sign-in by a ticket, of a sign-in token or of an invitation: shown on whichever device, it signs its user in once.

use std::sync::Arc;

use frontdesk_identity::{
    InvitationId, InvitationRefusal, SignIn as IdentitySignIn, SignInId, SignInRefusal, Step, TicketRefusal,
};
use frontdesk_wire::SignIn;
use secrecy::{ExposeSecret as _, SecretString};

use super::finish;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::Holder,
        turn::{Done, Visit},
    },
    limits::Class,
    tokens::Ticket,
};

/// Begins a sign-in and goes to its end with the ticket.
pub(super) async fn create(turn: &Turn<'_>, ticket: &SecretString) -> Result<Reply<SignIn>, Failure> {
    turn.limit(Class::Create, None).await?;
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
    let token = match turn.instance.tickets().read(ticket.expose_secret()) {
        None => return Err(unknown().into()),
        Some(Ticket::Invitation(id)) => return by_invitation(turn, visit, step, version, &id).await,
        Some(Ticket::SignIn(id)) => turn.instance.store().sign_in_token(&id).await?.ok_or_else(unknown)?,
    };
    let mut account = turn.instance.store().account(&token.user_id).await?.ok_or_else(unknown)?;
    turn.count_from(&mut account.value, &step.client.id, false).await?;
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

/// Takes the invitation of somebody who has an account.
async fn by_invitation(
    turn: &Turn<'_>,
    visit: &Visit,
    step: Step<IdentitySignIn>,
    version: i64,
    id: &InvitationId,
) -> Result<Done<IdentitySignIn>, Fault> {
    let invitation = turn.invitation(id).await?;
    let holder = turn.holder_of(&invitation.email.clone().into()).await?;
    let Holder::Account(account) = turn.asked_from(holder, &step.client.id, false).await? else {
        // What became of the invitation comes first.
        invitation.may_accept(turn.now).map_err(SignInRefusal::Invitation)?;
        return Err(SignInRefusal::Invitation(InvitationRefusal::NoAccount).into());
    };
    let step = step.and(&turn.scene(visit), |attempt, scene| {
        attempt.redeem_invitation(&invitation, &account.value, turn.new_session(), scene)
    });
    let step = step.inspect_err(|refusal| {
        tracing::info!(target: "audit", event = "invitation_refused", invitation = %id, %refusal);
    })?;
    let done = finish(turn, visit, version, step, None, |_changes| ()).await?;
    tracing::info!(target: "audit", event = "invitation_accepted", invitation = %id, user = %account.value.user.id);
    Ok(done)
}
