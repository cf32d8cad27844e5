//! Sessions of everybody: list, look at one, end one.

use frontdesk_identity::{
    ClientId, DeviceActivity, NewSession, Session as IdentitySession, SessionEnd, SessionId, UserId, jwt_template,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{Token, backend::Session};

use super::{Part, users};
use crate::{
    flows::{Fault, Turn, sessions::template_of},
    instance::Minting,
    views,
};

/// Whose sessions are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter<'f> {
    /// Of this user.
    pub user_id: Option<&'f str>,
    /// Of this client.
    pub client_id: Option<&'f str>,
    /// In this state.
    pub status: Option<&'f str>,
    /// Entries that are left out at the beginning.
    pub offset: usize,
    /// Most entries.
    pub limit: usize,
}

/// Sessions of a user or of a client, newest first, whatever their state as long as they are kept.
pub async fn list(turn: &Turn<'_>, filter: &Filter<'_>) -> Result<Part<Session>, Fault> {
    let store = turn.instance.store();
    let mut sessions = match (filter.user_id, filter.client_id) {
        (Some(user), _) => match UserId::parse(user) {
            Ok(user) => store.all_sessions_of_user(&user).await?,
            Err(_) => Vec::new(),
        },
        (None, Some(client)) => match ClientId::parse(client) {
            Ok(client) => store.all_sessions_of_client(&client).await?,
            Err(_) => Vec::new(),
        },
        (None, None) => Vec::new(),
    };
    sessions.retain(|session| {
        let status = session.value.status(turn.policy(), turn.now).as_str();
        filter.client_id.is_none_or(|client| session.value.client_id.as_str() == client)
            && filter.status.is_none_or(|wanted| wanted == status)
    });
    let total = sessions.len();
    let part = sessions.iter().skip(filter.offset).take(filter.limit);
    let entries = part.map(|session| views::backend::session_of(&session.value, turn.policy(), turn.now)).collect();
    Ok(Part { entries, total })
}

/// A session.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<Session, Fault> {
    let session = find(turn, id).await?;
    Ok(views::backend::session_of(&session.value, turn.policy(), turn.now))
}

/// Begins a session of a user on a client that begins with it. For tests: at production instances people sign in.
pub async fn create(turn: &Turn<'_>, user_id: &str) -> Result<Session, Fault> {
    let seed = &NewSession { activity: DeviceActivity::default(), ..turn.new_session() };
    let client_id = &ClientId::from_random(turn.instance.random_id());
    let work = || async move {
        let account = users::find(turn, user_id).await?;
        let begun = account.value.begin_session(client_id.clone(), seed.clone(), turn.now);
        let (client, session) = begun?;
        let mut changes = Changes::new(turn.now);
        changes.save_client(Versioned::fresh(client));
        changes.clear_failures(account.value.counter.clone());
        changes.save_session(Versioned::fresh(session));
        turn.commit(changes).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "session_begun_by_owner", session = %seed.id, user = user_id);
    show(turn, seed.id.as_str()).await
}

/// Mints a token for a session, by the template of that name if one is named. It lives as long as is asked for, or else
/// as usual.
pub async fn token(turn: &Turn<'_>, id: &str, template: Option<&str>, lifetime: Option<i64>) -> Result<Token, Fault> {
    let lifetime = lifetime.map(jwt_template::lifetime_of_one).transpose()?;
    let session = find(turn, id).await?.value;
    session.may_act(turn.policy(), turn.now)?;
    let account = users::find(turn, session.user_id.as_str()).await?.value;
    let asked = Minting { lifetime, ..turn.minting(&session, &account) };
    let jwt = match template {
        None => turn.instance.mint(asked)?,
        Some(name) => turn.instance.mint_by(&template_of(turn, name).await?, asked)?,
    };
    tracing::info!(
        target: "audit", event = "token_minted_for_owner", session = %session.id, user = %session.user_id, template, lifetime
    );
    Ok(Token { object: "token".to_owned(), jwt })
}

/// Ends a session.
pub async fn revoke(turn: &Turn<'_>, id: &str) -> Result<Session, Fault> {
    let work = || async move {
        let session = find(turn, id).await?;
        let over = session.value.finish(SessionEnd::Revoked, turn.policy(), turn.now)?;
        let mut changes = Changes::new(turn.now);
        if let Some(client) = turn.client_without(&over).await? {
            changes.save_client(client);
        }
        changes.save_session(session.with(over.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "session_revoked_by_owner", session = %over.id, user = %over.user_id);
        Ok(views::backend::session_of(&over, turn.policy(), turn.now))
    };
    turn.again(work).await
}

async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<IdentitySession>, Fault> {
    let id = SessionId::parse(id).map_err(|_| Fault::NotFound)?;
    turn.instance.store().session(&id).await?.ok_or(Fault::NotFound)
}
