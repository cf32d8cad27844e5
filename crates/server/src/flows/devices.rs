//! Devices of a user that go on without them.

use std::collections::BTreeSet;

use frontdesk_identity::{Client as IdentityClient, ClientId, Session, UserId};
use frontdesk_store::{Changes, Versioned};

use super::{
    Fault, Turn,
    gather::{changed_client, next_session},
};

impl Turn<'_> {
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
