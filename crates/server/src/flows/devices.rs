//! Devices of a user that go on without them, and the link in a mail by which one is signed out.

use std::collections::BTreeSet;

use frontdesk_identity::{Account, Client as IdentityClient, ClientId, Session, SessionEnd, SessionId, UserId};
use frontdesk_store::{Changes, Versioned};
use url::Url;

use super::{
    Fault, Turn,
    gather::{changed_client, next_session},
};
use crate::{keys::Purpose, limits::Class};

/// Where links of mails lead; behind it are the session and what proves that its user got the mail.
pub const LINKS: &str = "/frontdesk/devices/";

/// A device that a link is about.
#[derive(Debug)]
pub struct Linked {
    /// The session by which somebody is signed in there.
    pub session: Session,
    /// Whose.
    pub account: Account,
    /// Whether somebody still is.
    pub signed_in: bool,
}

/// The device that a link is about. Whoever has the link got the mail, and may sign it out.
pub async fn linked(turn: &Turn<'_>, id: &str, proof: &str) -> Result<Linked, Fault> {
    turn.limit(Class::Attempt, None).await?;
    look(turn, id, proof).await
}

async fn look(turn: &Turn<'_>, id: &str, proof: &str) -> Result<Linked, Fault> {
    let session = find(turn, id, proof).await?.value;
    let account = turn.instance.store().account(&session.user_id).await?.ok_or(Fault::NotFound)?.value;
    let signed_in = session.is_signed_in(turn.policy(), turn.now);
    Ok(Linked { session, account, signed_in })
}

/// Signs out the device that a link is about; whoever is out already is left as they are.
pub async fn sign_out_linked(turn: &Turn<'_>, id: &str, proof: &str) -> Result<Linked, Fault> {
    // Once for a request, which looks several times.
    turn.limit(Class::Attempt, None).await?;
    let work = || async move {
        let session = find(turn, id, proof).await?;
        let Ok(over) = session.value.finish(SessionEnd::Revoked, turn.policy(), turn.now) else { return Ok(()) };
        let mut changes = Changes::new(turn.now);
        if let Some(client) = turn.client_without(&over).await? {
            changes.save_client(client);
        }
        changes.save_session(session.with(over.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "session_revoked_by_mail", session = %over.id, user = %over.user_id);
        Ok(())
    };
    turn.again(work).await?;
    look(turn, id, proof).await
}

async fn find(turn: &Turn<'_>, id: &str, proof: &str) -> Result<Versioned<Session>, Fault> {
    let proven = turn.instance.keys().mac_matches(Purpose::DeviceLink, id, b"sign out", proof);
    let id = SessionId::parse(id).ok().filter(|_| proven).ok_or(Fault::NotFound)?;
    turn.instance.store().session(&id).await?.ok_or(Fault::NotFound)
}

impl Turn<'_> {
    /// The link by which whoever gets a mail signs out the device of this session.
    pub(super) fn device_link(&self, session: &SessionId) -> Url {
        let proof = self.instance.keys().mac(Purpose::DeviceLink, session.as_str(), b"sign out");
        self.instance.public_url().at(&format!("{LINKS}{session}/{proof}"))
    }

    /// The clients by which a user is signed in, as they go on without: with somebody else who is signed in there, if
    /// there is one. `here` is left out.
    pub(super) async fn clients_without(
        &self,
        user: &UserId,
        here: Option<&ClientId>,
    ) -> Result<Vec<Versioned<IdentityClient>>, Fault> {
        let sessions = self.instance.store().sessions_of_user(user).await?;
        let over: Vec<_> =
            sessions.iter().filter(|session| session.value.is_signed_in(self.policy(), self.now)).collect();
        let clients: BTreeSet<_> = over.iter().map(|session| session.value.client_id.clone()).collect();
        let mut without = Vec::new();
        for client in clients.iter().filter(|client| Some(*client) != here) {
            let Some(known) = self.known(client.as_str()).await? else { continue };
            let mut client = changed_client(&known, self.now);
            let theirs = over.iter().find(|session| client.last_active_session_id.as_ref() == Some(&session.value.id));
            if let Some(session) = theirs {
                client.last_active_session_id = next_session(&known, &session.value.id, self.policy(), self.now);
            }
            without.push(known.client.with(client));
        }
        Ok(without)
    }

    /// The client of a session that is over, as it goes on without: with somebody else who is signed in there, if there
    /// is one.
    pub(super) async fn client_without(&self, over: &Session) -> Result<Option<Versioned<IdentityClient>>, Fault> {
        let Some(known) = self.known(over.client_id.as_str()).await? else { return Ok(None) };
        let mut client = changed_client(&known, self.now);
        if client.last_active_session_id.as_ref() == Some(&over.id) {
            client.last_active_session_id = next_session(&known, &over.id, self.policy(), self.now);
        }
        Ok(Some(known.client.with(client)))
    }

    /// Lets every device of a user go on without them.
    pub(super) async fn leave_clients(&self, user: &UserId, changes: &mut Changes) -> Result<(), Fault> {
        for client in self.clients_without(user, None).await? {
            changes.save_client(client);
        }
        Ok(())
    }
}
