//! Accounts that the user who acts has elsewhere: connected, asked for more, removed.

use std::sync::Arc;

use frontdesk_identity::{
    Client, ConnectionKey, ExternalAccount as IdentityExternal, ExternalAccountId, IdentificationId, Profile,
    SessionId, Way,
    user::{Account, AccountChange},
};
use frontdesk_store::{Changes, ExternalFlow, ExternalPurpose, Versioned};
use frontdesk_wire::{DeletedObject, ErrorCode, ExternalAccount, User};

use super::{acting, proven};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        external::{Outward, give_back},
        turn::{Done, Visit},
    },
    limits::Class,
    providers,
};

/// Begins to connect an account elsewhere. One that was begun before by the same connection makes room.
pub async fn connect(turn: &Turn<'_>, wanted: &Outward<'_>) -> Result<Reply<ExternalAccount>, Failure> {
    turn.limit(Class::Create, None).await?;
    let departure = &turn.depart(wanted, false).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        if account.value.linked_by(wanted.connection).is_some() {
            return Err(Fault::External(ErrorCode::OauthAccountAlreadyConnected));
        }
        let user_id = account.value.user.id.clone();
        let id = ExternalAccountId::from_random(turn.instance.random_id());
        let external = IdentityExternal::begun(id.clone(), user_id, departure.proof.clone(), turn.now);
        let purpose = ExternalPurpose::Connect { external: id.clone(), session: session.value.id.clone() };
        let flow = turn.flow(departure, &known.client.value.id, purpose);
        let mut changes = touched(turn, &visit, account);
        let begun = account.value.externals.iter().filter(|other| other.proof.connection == wanted.connection);
        begun.for_each(|other| changes.unlink_external(other.id.clone()));
        changes.save_external(external);
        changes.begin_external(flow);
        turn.commit(changes).await?;
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    turn.change(work, |id| stored(turn, id)).await
}

/// Asks the holder of an account elsewhere once more, such as for more scopes.
pub async fn reauthorize(
    turn: &Turn<'_>,
    id: &str,
    wanted: &Reauthorize<'_>,
) -> Result<Reply<ExternalAccount>, Failure> {
    turn.limit(Class::Create, None).await?;
    let known = match &turn.caller.client {
        Some((client, _)) => turn.known(client).await?.ok_or(Fault::SignedOut)?,
        None => return Err(Fault::SignedOut.into()),
    };
    let outward = {
        let (_session, account) = acting(turn, &known)?;
        let external = account.value.external(id).map_err(Fault::Removal)?;
        let mut outward = wanted.outward(external.proof.connection);
        // What is asked for more makes providers ask what was declined, and Google give a token that renews the rest.
        outward.scopes.extend(turn.missing_scopes(external));
        if external.is_linked() && !external.granted && external.proof.connection.is_google() {
            outward.prompt = outward.prompt.or(Some("consent"));
        }
        outward
    };
    let departure = &turn.depart(&outward, false).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = acting(turn, known)?;
        let external = account.value.external(id).map_err(Fault::Removal)?;
        let external = external.asked_again(departure.proof.clone(), turn.now);
        let purpose = ExternalPurpose::Connect { external: external.id.clone(), session: session.value.id.clone() };
        let flow = turn.flow(departure, &known.client.value.id, purpose);
        let outcome = external.id.clone();
        let mut changes = touched(turn, &visit, account);
        changes.save_external(external);
        changes.begin_external(flow);
        turn.commit(changes).await?;
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |id| stored(turn, id)).await
}

/// What is asked for once more, by the connection that the account has.
#[derive(Clone, Debug)]
pub struct Reauthorize<'a> {
    /// Where the browser is sent at the end.
    pub redirect_url: Option<&'a str>,
    /// Where it is sent when nothing is left to do.
    pub complete_url: Option<&'a str>,
    /// Which pages the provider is to show.
    pub prompt: Option<&'a str>,
    /// Whom the provider is to expect.
    pub login_hint: Option<&'a str>,
    /// What the instance wants to do there besides what the connection asks for.
    pub scopes: Vec<&'a str>,
}

impl<'a> Reauthorize<'a> {
    fn outward<'o>(&self, connection: ConnectionKey) -> Outward<'o>
    where
        'a: 'o,
    {
        let Self { redirect_url, complete_url, prompt, login_hint, ref scopes } = *self;
        Outward { connection, redirect_url, complete_url, prompt, login_hint, scopes: scopes.clone() }
    }
}

/// Gives up what the provider lets the instance do for the user, here, and there where it can be told. The account stays
/// linked and signs in as before; whoever comes in by it, or connects once more, gives it anew.
pub async fn give_up_tokens(turn: &Turn<'_>, id: &str) -> Result<Reply<User>, Failure> {
    turn.limit(Class::Create, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let external = account.value.external(id).map_err(Fault::Removal)?;
        // A renewal that is under way gives what has to be given back.
        let _turn = turn.instance.turnstile().enter(external.id.as_str()).await;
        give_back(turn, external).await?;
        let mut changes = touched(turn, &visit, account);
        changes.give_up_grant(external.id.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "grant_given_up", user = %account.value.user.id, external = %external.id);
        Ok(Done { outcome: (), client: visit.client.value.clone() })
    };
    turn.change(work, |()| user(turn)).await
}

/// Removes an account elsewhere.
pub async fn disconnect(turn: &Turn<'_>, id: &str) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let external = account.value.external(id).map_err(Fault::Removal)?;
        let outcome = external.id.clone();
        let change = turn.removal(&account.value, external)?;
        commit(turn, &visit, account, change).await?;
        tracing::info!(target: "audit", event = "external_removed", user = %account.value.user.id, external = %outcome);
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    let respond = |id: ExternalAccountId| async move {
        let object = "external_account".to_owned();
        Ok(DeletedObject { object, id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}

/// The user after a redemption, or as they stand.
pub async fn redeem(turn: &Turn<'_>, nonce: &str) -> Result<Reply<User>, Failure> {
    crate::flows::external::redeem(turn, nonce, |()| user(turn)).await
}

/// The user as they stand now.
async fn user(turn: &Turn<'_>) -> Result<User, Fault> {
    let client = turn.caller.client.as_ref().map(|(client, _)| client.as_str()).unwrap_or_default();
    let known = turn.known(client).await?.ok_or(Fault::SignedOut)?;
    let (_session, account) = acting(turn, &known)?;
    Ok(turn.user_view(&account.value))
}

/// Takes what came back for an account elsewhere. The session that asked for it must still be good.
pub(in crate::flows) async fn come_back(
    turn: &Turn<'_>,
    visit: &Visit,
    id: &ExternalAccountId,
    session: &SessionId,
    flow: &ExternalFlow,
    profile: &Profile,
) -> Result<Client, Fault> {
    let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
    let (session, account) = known.session(session.as_str()).ok_or(Fault::SignedOut)?;
    session.value.may_act(turn.policy(), turn.now).map_err(|_over| Fault::SignedOut)?;
    let external = account.value.external(id.as_str()).map_err(Fault::Removal)?;
    if external.proof.id != flow.id {
        return Err(Fault::Redemption);
    }
    let gathered = turn.gather_external(profile, Some(Way::Addition)).await?;
    let new_address = IdentificationId::from_random(turn.instance.random_id());
    let connected = account.value.connect(
        external,
        &flow.id,
        profile,
        &gathered.found(),
        gathered.rules,
        new_address,
        turn.policy(),
        turn.now,
    );
    let linked = connected.external.proof.outcome == frontdesk_identity::ExternalOutcome::Verified;
    commit(turn, visit, account, connected.change).await?;
    tracing::info!(target: "audit", event = "external_connected", user = %account.value.user.id, external = %id, linked);
    Ok(visit.client.value.clone())
}

impl Turn<'_> {
    /// What the connection asks for and the user has not allowed. Nothing of one that is not linked, or not to be had.
    pub(in crate::flows) fn missing_scopes(&self, external: &IdentityExternal) -> Vec<&str> {
        let key = external.proof.connection;
        match self.connection(key) {
            Ok(connection) if external.is_linked() => {
                providers::missing(key.as_str(), &connection.scopes, external.scopes())
            }
            _ => Vec::new(),
        }
    }

    /// What removes an account elsewhere, unless the user needs it.
    pub(in crate::flows) fn removal(
        &self,
        account: &Account,
        external: &IdentityExternal,
    ) -> Result<AccountChange, Fault> {
        let can_sign_in = |key: ConnectionKey| self.connection(key).is_ok_and(|connection| connection.authenticatable);
        account.remove_external(external, can_sign_in, self.policy()).map_err(Fault::Removal)
    }
}

async fn commit(
    turn: &Turn<'_>,
    visit: &Visit,
    account: &Versioned<Account>,
    mut change: AccountChange,
) -> Result<(), Fault> {
    change.user.updated_at = visit.next_age(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(change.user));
    turn.add_effects(&mut changes, change.effects, &[], None);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(())
}

/// Changes that begin with the user as it is, shown as changed.
fn touched(turn: &Turn<'_>, visit: &Visit, account: &Versioned<Account>) -> Changes {
    let mut user = account.value.user.clone();
    user.updated_at = visit.next_age(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(user));
    changes
}

/// The account elsewhere as it stands now.
async fn stored(turn: &Turn<'_>, id: ExternalAccountId) -> Result<ExternalAccount, Fault> {
    let client = turn.caller.client.as_ref().map(|(client, _)| client.as_str()).unwrap_or_default();
    let known = turn.known(client).await?.ok_or(Fault::SignedOut)?;
    let (_session, account) = acting(turn, &known)?;
    let external = account.value.external(id.as_str()).map_err(Fault::Removal)?;
    Ok(turn.external_view(external))
}
