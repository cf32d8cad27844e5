//! What signing in by a passkey, adding one and proving something by one have in common: a ceremony that is answered once.

use frontdesk_identity::passkey::CEREMONY_MS;
use frontdesk_identity::{ClientId, PasskeyProof, PasskeyRefusal, RelyingParty, UserId, VerificationId};
use frontdesk_store::{GoodFor, PasskeyCeremony};
use std::sync::Arc;
use tokio::sync::OnceCell;

use super::{Fault, Turn};
use crate::passkeys::{Asking, PasskeyFault};

impl Turn<'_> {
    /// For whom keys are made here.
    pub(super) fn party(&self) -> Result<Arc<RelyingParty>, Fault> {
        self.instance.party().ok_or(PasskeyRefusal::Off.into())
    }

    /// A ceremony that begins: this client asks a device.
    pub(super) fn ceremony(&self, client: &ClientId, good_for: GoodFor, asking: Asking) -> PasskeyCeremony {
        PasskeyCeremony {
            id: VerificationId::from_random(self.instance.random_id()),
            client_id: client.clone(),
            good_for,
            options: asking.options,
            state: asking.state,
            created_at: self.now,
            expire_at: self.now.plus(CEREMONY_MS),
            taken_at: None,
        }
    }

    /// The ceremony whose answer is waited for, taken for the one that came: it has to be this client's, and good for this.
    /// What was `taken` before, when what surrounds it had changed meanwhile, is not taken again.
    pub(super) async fn answered<'c>(
        &self,
        proof: &PasskeyProof,
        client: &ClientId,
        good_for: &GoodFor,
        taken: &'c OnceCell<PasskeyCeremony>,
    ) -> Result<&'c PasskeyCeremony, Fault> {
        if let Some(ceremony) = taken.get() {
            return Ok(ceremony);
        }
        let ceremony = self.instance.store().passkey_ceremony(&proof.id).await?;
        let own = ceremony.filter(|ceremony| ceremony.client_id == *client && ceremony.good_for == *good_for);
        let own = own.ok_or(PasskeyRefusal::NotAsked)?;
        taken.get_or_try_init(|| self.take_ceremony(own)).await
    }

    /// Takes a ceremony for the answer that came. Rightly or not, it is answered once.
    pub(super) async fn take_ceremony(&self, ceremony: PasskeyCeremony) -> Result<PasskeyCeremony, Fault> {
        if self.instance.store().take_passkey_answer(&ceremony.id, self.now).await? {
            Ok(ceremony)
        } else {
            Err(PasskeyRefusal::NotAsked.into())
        }
    }
}

/// What is waited for while a device is asked in this ceremony.
pub(super) fn waited_for(ceremony: &PasskeyCeremony) -> PasskeyProof {
    PasskeyProof { id: ceremony.id.clone(), options: ceremony.options.clone(), expire_at: ceremony.expire_at }
}

/// What an answer is refused for that does not count, where `otherwise` is what it would have been good for.
pub(super) fn refused(fault: &PasskeyFault, user: Option<&UserId>, otherwise: PasskeyRefusal) -> Fault {
    let user = user.map(UserId::as_str);
    match fault {
        PasskeyFault::Malformed(_) | PasskeyFault::NoKey => return PasskeyRefusal::Malformed.into(),
        PasskeyFault::Kept(error) => tracing::error!(%error, "what is kept of a passkey cannot be read"),
        PasskeyFault::CounterWentBack => {
            tracing::warn!(target: "audit", event = "passkey_counter_went_back", user);
        }
        fault => tracing::info!(target: "audit", event = "passkey_refused", user, reason = %fault),
    }
    otherwise.into()
}
