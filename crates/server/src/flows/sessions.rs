//! Sessions of the client: look at one, use it, end it, mint its token.

use std::sync::Arc;

use frontdesk_identity::{Account, Session as IdentitySession, SessionEnd, session::TOUCH_INTERVAL_MS};
use frontdesk_store::{Changes, JwtTemplate, Versioned};
use frontdesk_wire::{Session, Token};

mod reverify;

pub use reverify::{
    Proof, attempt, nothing_to_prepare, prepare_first_factor, prepare_passkey, prepare_second_factor, verify,
};

use super::{
    Failure, Fault, Reply, Turn,
    gather::{changed_client, next_session, session_of},
    turn::{Done, Visit},
};

/// A session of the client.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<Reply<Session>, Failure> {
    turn.read(|known| async move {
        let (session, account) = session_of(&known, id)?;
        turn.session_view(&session.value, account)
    })
    .await
}

/// Makes a session the one used last.
pub async fn touch(turn: &Turn<'_>, id: &str) -> Result<Reply<Session>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = session_of(known, id)?;
        let touched = session.value.touch(turn.activity(), turn.policy(), turn.now);
        let touched = touched.map_err(|_over| Fault::SignedOut)?;
        let mut client = changed_client(known, turn.now);
        client.last_active_session_id = Some(touched.id.clone());
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        changes.save_session(session.with(touched.clone()));
        changes.note_active(touched.user_id.clone());
        turn.commit(changes).await?;
        Ok(Done { outcome: (touched, account.clone()), client })
    };
    turn.change(work, |(session, account)| async move { turn.session_view(&session, &account) }).await
}

/// Ends a session, or removes it from the client.
pub async fn finish(turn: &Turn<'_>, id: &str, how: SessionEnd) -> Result<Reply<Session>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = session_of(known, id)?;
        let over = session.value.finish(how, turn.policy(), turn.now)?;
        let mut client = changed_client(known, turn.now);
        if client.last_active_session_id.as_ref() == Some(&over.id) {
            client.last_active_session_id = next_session(known, &over.id, turn.policy(), turn.now);
        }
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        changes.save_session(session.with(over.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "session_over", session = %over.id, user = %over.user_id, ?how);
        Ok(Done { outcome: (over, account.clone()), client })
    };
    let respond = |(session, account): (IdentitySession, Account)| async move { turn.session_view(&session, &account) };
    turn.change(work, respond).await
}

/// Mints a token for a session.
pub async fn token(turn: &Turn<'_>, id: &str) -> Result<Reply<Token>, Failure> {
    turn.read(|known| async move {
        let (session, account) = session_of(&known, id)?;
        session.value.may_act(turn.policy(), turn.now).map_err(|_over| Fault::SignedOut)?;
        let jwt = turn.instance.mint(turn.minting(&session.value, account))?;
        note_use(turn, session).await;
        Ok(Token { object: "token".to_owned(), jwt })
    })
    .await
}

/// Mints a token for a session by a template.
pub async fn template_token(turn: &Turn<'_>, id: &str, name: &str) -> Result<Reply<Token>, Failure> {
    turn.read(|known| async move {
        let (session, account) = session_of(&known, id)?;
        session.value.may_act(turn.policy(), turn.now).map_err(|_over| Fault::SignedOut)?;
        let template = template_of(turn, name).await?;
        let jwt = turn.instance.mint_by(&template, turn.minting(&session.value, account))?;
        note_use(turn, session).await;
        Ok(Token { object: "token".to_owned(), jwt })
    })
    .await
}

/// The template of that name.
pub(super) async fn template_of(turn: &Turn<'_>, name: &str) -> Result<JwtTemplate, Fault> {
    // PostgreSQL cannot look for a text with NUL in it.
    let named = if name.contains('\0') { None } else { turn.instance.store().jwt_template_by_name(name).await? };
    Ok(named.ok_or(Fault::NoTemplate)?.value)
}

/// Writes down that a session is in use, once a minute at most. That it cannot be written must not keep a token back.
pub(super) async fn note_use(turn: &Turn<'_>, session: &Versioned<IdentitySession>) {
    if (0..TOUCH_INTERVAL_MS).contains(&turn.now.since(session.value.last_active_at)) {
        return;
    }
    let Ok(touched) = session.value.touch(turn.activity(), turn.policy(), turn.now) else { return };
    let mut changes = Changes::new(turn.now);
    changes.note_active(touched.user_id.clone());
    changes.save_session(session.with(touched));
    // Somebody else has written the same meanwhile.
    if let Err(error) = turn.commit(changes).await
        && !matches!(error, Fault::Contended)
    {
        tracing::warn!(%error, "the use of a session could not be written down");
    }
}
