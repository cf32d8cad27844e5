//! What came back counts, for the client that began the way out.

use std::sync::Arc;

use frontdesk_identity::user::Account;
use frontdesk_identity::{
    AccountSeed, ClientId, ConnectionRules, ExternalAccountId, ExternalFound, IdentificationId, NewLink, Profile,
    UserId, VerificationId, Way, external::REDEEM_MS,
};
use frontdesk_store::{ExternalFlow, ExternalPurpose, Versioned};
use futures_util::future::BoxFuture;

use crate::flows::{
    Failure, Fault, Reply, Turn, me, sign_in, sign_up,
    turn::{Done, Visit},
};

/// What is known of the person that a provider has named.
pub(in crate::flows) struct Gathered {
    linked: Option<Versioned<Account>>,
    owner: Option<Versioned<Account>>,
    pub(in crate::flows) rules: ConnectionRules,
}

impl Gathered {
    /// The evidence.
    pub(in crate::flows) fn found(&self) -> ExternalFound<'_> {
        ExternalFound {
            linked: self.linked.as_ref().map(|account| &account.value),
            owner: self.owner.as_ref().map(|account| &account.value),
        }
    }

    /// The same with the wrong tries that count for whoever asks from this client.
    pub(in crate::flows) async fn asked_from(mut self, turn: &Turn<'_>, client: &ClientId) -> Result<Self, Fault> {
        for account in [&mut self.linked, &mut self.owner].into_iter().flatten() {
            turn.count_from(&mut account.value, client, false).await?;
        }
        Ok(self)
    }
}

/// Redeems the nonce of a way out, and answers with what the caller reads then. One that was redeemed before by this
/// client is taken again, for an answer that was lost, and changes nothing.
pub async fn redeem<R, Response>(
    turn: &Turn<'_>,
    nonce: &str,
    respond: impl FnOnce(()) -> Response + Send,
) -> Result<Reply<R>, Failure>
where
    Response: Future<Output = Result<R, Fault>> + Send,
{
    let id = turn.instance.external_tokens().read_redemption(nonce).ok_or(Fault::Redemption)?;
    redeem_flow(turn, id, respond).await
}

pub(super) async fn redeem_flow<R, Response>(
    turn: &Turn<'_>,
    id: VerificationId,
    respond: impl FnOnce(()) -> Response + Send,
) -> Result<Reply<R>, Failure>
where
    Response: Future<Output = Result<R, Fault>> + Send,
{
    let id = &id;
    // Boxed, because the compiler does not see otherwise that it may be sent between threads.
    let work = |visit: Arc<Visit>| -> BoxFuture<'_, Result<Done<()>, Fault>> { Box::pin(count(turn, visit, id)) };
    turn.change(work, respond).await
}

async fn count(turn: &Turn<'_>, visit: Arc<Visit>, id: &VerificationId) -> Result<Done<()>, Fault> {
    let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
    let flow = turn.instance.store().external_flow(id).await?.ok_or(Fault::Redemption)?;
    if flow.client_id != known.client.value.id {
        tracing::warn!(target: "audit", event = "foreign_redemption", flow = %flow.id, client = %known.client.value.id);
        return Err(Fault::Redemption);
    }
    let unchanged = Done { outcome: (), client: visit.client.value.clone() };
    if flow.redeemed_at.is_some() {
        return Ok(unchanged);
    }
    let profile = match &flow.answer {
        Some(Ok(profile)) => profile,
        // What went wrong shows without being redeemed.
        Some(Err(_)) => return Ok(unchanged),
        None => return Err(Fault::Redemption),
    };
    if flow.answered_at.is_none_or(|at| turn.now >= at.plus(REDEEM_MS)) {
        return Err(Fault::Redemption);
    }
    let came_back = match &flow.purpose {
        ExternalPurpose::SignIn(attempt) => sign_in::come_back(turn, &visit, attempt, &flow, profile).await,
        ExternalPurpose::SignUp(attempt) => sign_up::come_back(turn, &visit, attempt, &flow, profile).await,
        ExternalPurpose::Connect { external, session } => {
            me::come_back(turn, &visit, external, session, &flow, profile).await
        }
    };
    match came_back {
        Ok(client) => Ok(Done { outcome: (), client }),
        Err(fault) => {
            // Another process may have redeemed it since it was read: that shows when it is gathered again.
            let flow = turn.instance.store().external_flow(id).await?;
            let redeemed = flow.is_some_and(|flow| flow.redeemed_at.is_some());
            Err(if redeemed { Fault::Contended } else { fault })
        }
    }
}

impl Turn<'_> {
    /// Who has this account elsewhere, and who its address; and whether somebody new may come in by it, or the address be
    /// added, where that is what would become of it.
    pub(in crate::flows) async fn gather_external(
        &self,
        profile: &Profile,
        way: Option<Way>,
    ) -> Result<Gathered, Fault> {
        let store = self.instance.store();
        let linked = store.account_by_external(profile.connection, &profile.subject).await?;
        let owner = match &profile.email {
            Some(email) => store.account_by_email(email).await?,
            None => None,
        };
        let connection = self.settings.connections.get(profile.connection.as_str());
        // One that is gone from the settings is held to the stricter rule.
        let block_sub_addresses = connection.is_none_or(|connection| connection.block_email_subaddresses);
        let barred = match way {
            Some(way) => self.barred(profile, way).await?,
            None => None,
        };
        Ok(Gathered { linked, owner, rules: ConnectionRules { block_sub_addresses, barred } })
    }

    /// What a step needs that may link an account elsewhere.
    pub(in crate::flows) fn new_link(&self, flow: &VerificationId) -> NewLink {
        NewLink { id: ExternalAccountId::from_random(self.instance.random_id()), flow: flow.clone() }
    }

    /// What a step needs that may create an account.
    pub(in crate::flows) fn seed(&self) -> AccountSeed {
        AccountSeed {
            user: UserId::from_random(self.instance.random_id()),
            email: IdentificationId::from_random(self.instance.random_id()),
            phone: IdentificationId::from_random(self.instance.random_id()),
            username: IdentificationId::from_random(self.instance.random_id()),
            session: self.new_session(),
        }
    }

    /// What the provider said on a way out of this client that has to become an attempt of the other kind.
    pub(in crate::flows) async fn brought_back(&self, id: &VerificationId) -> Result<(ExternalFlow, Profile), Fault> {
        let flow = self.instance.store().external_flow(id).await?.ok_or(Fault::NothingToTransfer)?;
        match flow.answer.clone() {
            Some(Ok(profile)) if flow.redeemed_at.is_some() => Ok((flow, profile)),
            _ => Err(Fault::NothingToTransfer),
        }
    }
}
