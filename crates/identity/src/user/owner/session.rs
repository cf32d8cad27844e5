//! Sessions that the owner of a development instance begins in a user's place, for tests.

use super::Account;
use crate::{Client, ClientId, NewSession, Session, SignInRefusal, Strategy, Timestamp};

impl Account {
    /// A session of the user on a client that begins with it. Bans and locks hold here too.
    pub fn begin_session(
        &self,
        client_id: ClientId,
        seed: NewSession,
        now: Timestamp,
    ) -> Result<(Client, Session), SignInRefusal> {
        if self.user.banned {
            return Err(SignInRefusal::Banned);
        }
        if let Some(remaining_ms) = self.lockout.remaining_ms(now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        let mut client = Client::begin(client_id.clone(), now);
        client.add_session(seed.id.clone(), Strategy::Ticket, now);
        let session = Session::begin(seed.id, client_id, self.user.id.clone(), seed.activity, now);
        Ok((client, session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;
    use crate::samples::{START, bytes, jane, new_session};

    fn begun(account: &Account) -> Result<(Client, Session), SignInRefusal> {
        account.begin_session(ClientId::from_random(bytes(1)), new_session(2), START)
    }

    #[test]
    fn a_session_begins_with_its_client() {
        let (client, session) = begun(&jane()).unwrap();
        assert_eq!((&session.client_id, &session.user_id), (&client.id, &jane().user.id));
        assert_eq!(client.last_active_session_id, Some(session.id.clone()));
        assert!(session.is_signed_in(&Policy::default(), START));
    }

    #[test]
    fn sec_37_who_is_kept_out_gets_no_session() {
        let mut kept_out = jane();
        kept_out.lockout.locked_until = Some(START.plus(1));
        assert_eq!(begun(&kept_out), Err(SignInRefusal::Locked { remaining_ms: 1 }));
        kept_out.user.banned = true;
        assert_eq!(begun(&kept_out), Err(SignInRefusal::Banned));
    }
}
