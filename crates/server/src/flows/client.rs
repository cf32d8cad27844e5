//! The client as a whole: look at it, make it, sign everybody out, forget it.

use std::sync::Arc;

use frontdesk_identity::SessionEnd;
use frontdesk_store::Changes;
use frontdesk_wire::Client;

use super::{
    Failure, Fault, Reply, TokenNews, Turn, external,
    gather::changed_client,
    turn::{Done, TRIES, Visit, signed_in_at},
};

/// The client, or none.
pub async fn show(turn: &Turn<'_>) -> Result<Reply<Option<Client>>, Failure> {
    let Visit { known, token, .. } = turn.visit().await?;
    let response = match known {
        Some(known) => Some(turn.client_view(&known).await?),
        None => None,
    };
    let signed_in_at = Some(response.as_ref().map_or(0, signed_in_at));
    Ok(Reply { response, client: None, token, signed_in_at })
}

/// Makes a client for a caller who has none, and shows it to everybody else.
pub async fn create(turn: &Turn<'_>) -> Result<Reply<Option<Client>>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        if visit.known.is_none() {
            let mut changes = Changes::new(turn.now);
            changes.save_client(visit.client.clone());
            turn.commit(changes).await?;
        }
        Ok(Done { outcome: (), client: visit.client.value.clone() })
    };
    turn.change(work, |()| async move { Ok(()) }).await.map(client_alone)
}

/// Redeems what came back from a provider, and answers with the client.
pub async fn redeem(turn: &Turn<'_>, nonce: &str) -> Result<Reply<Option<Client>>, Failure> {
    external::redeem(turn, nonce, |()| async move { Ok(()) }).await.map(client_alone)
}

/// Signs everybody out and keeps the client.
pub async fn sign_out(turn: &Turn<'_>) -> Result<Reply<Option<Client>>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let mut client = changed_client(known, turn.now);
        client.last_active_session_id = None;
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        end_all(turn, &visit, &mut changes);
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "sign_out_all", client = %client.id);
        Ok(Done { outcome: (), client })
    };
    match turn.change(work, |()| async move { Ok(()) }).await {
        Ok(reply) => Ok(client_alone(reply)),
        // Nobody was signed in.
        Err(Failure { fault: Fault::SignedOut, token, .. }) => {
            Ok(Reply { response: None, client: None, token, signed_in_at: Some(0) })
        }
        Err(failure) => Err(failure),
    }
}

/// Signs everybody out and forgets the client.
pub async fn delete(turn: &Turn<'_>) -> Result<Reply<Option<Client>>, Failure> {
    let _turn = match &turn.caller.client {
        Some((id, _)) => Some(turn.instance.turnstile().enter(id).await),
        None => None,
    };
    for _ in 0..TRIES {
        let visit = turn.visit().await?;
        if visit.known.is_some() {
            let mut changes = Changes::new(turn.now);
            changes.delete_client(visit.client.clone());
            match turn.commit(changes).await {
                Ok(()) => {}
                Err(Fault::Contended) => continue,
                Err(fault) => return Err(fault.into()),
            }
            tracing::info!(target: "audit", event = "client_forgotten", client = %visit.client.value.id);
        }
        return Ok(Reply { response: None, client: None, token: TokenNews::Gone, signed_in_at: Some(0) });
    }
    Err(Fault::Contended.into())
}

fn end_all(turn: &Turn<'_>, visit: &Visit, changes: &mut Changes) {
    let sessions = visit.known.iter().flat_map(|known| &known.sessions);
    for session in sessions {
        // What is over by the clock stays as it is.
        if let Ok(over) = session.value.finish(SessionEnd::Removed, turn.policy(), turn.now) {
            changes.save_session(session.with(over));
        }
    }
}

/// The client is the answer itself here and does not travel twice.
fn client_alone(reply: Reply<()>) -> Reply<Option<Client>> {
    Reply { response: reply.client, client: None, token: reply.token, signed_in_at: reply.signed_in_at }
}
