//! Signing out of more than one place at once.

use frontdesk_wire as wire;
use http::Method;
use serde_json::Value;

use crate::{
    core::Core,
    intents::{ErrorKind, IntentError},
    link::When,
    sessions::{ACTIVE_SESSIONS, MY_SESSIONS, part_of},
    slot::Slot,
    snapshot::{AccountKey, SessionView},
    transport::Request,
};

impl Core {
    /// Signs the user of an account out on every device, this one last: should one of the others stay, the account is
    /// still here to try again.
    pub(crate) async fn sign_out_everywhere(&self, account: &AccountKey) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let request = Request::get(ACTIVE_SESSIONS).session(&account.session);
        let sessions = Box::pin(self.list::<wire::ActiveSession>(&link, &request)).await;
        let mut outcome = Ok(Value::Null);
        for session in sessions.map_err(|fault| self.words(&link, &fault))? {
            if session.id == account.session {
                continue;
            }
            let revoke = Request::send(Method::POST, part_of(MY_SESSIONS, &session.id)? + "/revoke");
            match Box::pin(self.change_user::<Value>(account, revoke)).await {
                Err(error) if is_over(&error) => {}
                // The next ones would fare no better.
                Err(error) if error.kind == ErrorKind::Network => return Err(error),
                revoked => outcome = outcome.and(revoked),
            }
        }
        outcome?;
        self.sign_out(&account.instance, Some(&account.session)).await
    }

    /// Signs every account out on this computer. What one instance does not do is no reason to leave the others; the
    /// first that failed is told.
    pub(crate) async fn sign_out_all(&self) -> Result<Value, IntentError> {
        let mut outcome = Ok(Value::Null);
        for instance in self.still_signed_in() {
            outcome = outcome.and(Box::pin(self.sign_out(&instance, None)).await);
        }
        outcome
    }

    /// Signs every account of an instance out on this computer, also where the instance cannot be asked: somebody who
    /// waits in front of a lock is not kept there by a network. One that was not reached goes from the list as a whole;
    /// the one inside the app stays there, and keeps no client.
    pub(crate) async fn leave_for_good(&self, instance: &str) {
        if let Err(error) = self.sign_out(instance, None).await {
            tracing::info!(kind = ?error.kind, "an instance was not reached to sign out of");
            if self.remove_instance(instance).await.is_ok() {
                return;
            }
        }
        // A token may be left where somebody is just signing in, or where the instance refused to say whom it knows.
        for link in self.links(instance) {
            self.forget(&link, None, When::Now).await;
        }
    }

    /// The instances with a client here, or with one that is on its way, whatever is shown of them: that may not have
    /// been read yet, or be older than the token in the keychain, by which everybody would be back.
    pub(crate) fn with_clients(&self) -> Vec<String> {
        let may_sign_in = |slot: &Slot| slot.has_client || slot.link.is_busy();
        self.look(|state| {
            let entries = state.entries.iter().filter(|entry| entry.slots.iter().any(may_sign_in));
            entries.map(|entry| entry.view.id.clone()).collect()
        })
    }

    /// The instances where somebody is signed in.
    fn still_signed_in(&self) -> Vec<String> {
        let signed_in = |sessions: &[SessionView]| sessions.iter().any(SessionView::is_signed_in);
        self.look(|state| {
            let entries = state.entries.iter();
            let with_accounts =
                entries.filter(|entry| entry.view.client.as_ref().is_some_and(|client| signed_in(&client.sessions)));
            with_accounts.map(|entry| entry.view.id.clone()).collect()
        })
    }
}

/// Whether an instance could not end a session since that has ended by itself meanwhile.
fn is_over(error: &IntentError) -> bool {
    error.status == Some(404) || error.errors.iter().any(|error| error.code == "invalid_action_for_session")
}
