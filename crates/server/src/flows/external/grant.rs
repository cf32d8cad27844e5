//! What providers let the instance do for its users: sealed where it is kept, told to the owner's server alone, and
//! renewed when it has ended.

use frontdesk_identity::{ConnectionKey, ExternalAccount, user::Account};
use frontdesk_store::SealedGrant;
use frontdesk_wire::{ErrorCode, backend::OauthAccessToken};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    flows::{Fault, Turn},
    instance::Instance,
    keys::{Keys, OpenError, Sealed},
    providers::{Given, Grant, Person},
};

/// How long before its end a token is renewed, in milliseconds.
const EARLY_MS: i64 = 60_000;

/// A provider's token for the owner's server.
pub type AccessToken = OauthAccessToken;

/// The tokens of a user's account by a connection, renewed if they have ended.
pub async fn access_tokens(
    turn: &Turn<'_>,
    account: &Account,
    connection: ConnectionKey,
) -> Result<Vec<AccessToken>, Fault> {
    let Some(external) = account.linked_by(connection) else { return Ok(Vec::new()) };
    // One renews, the others find it done.
    let _turn = turn.instance.turnstile().enter(external.id.as_str()).await;
    let Some(grant) = turn.instance.store().external_grant(&external.id).await? else { return Ok(Vec::new()) };
    let grant = fresh(turn, external, grant).await?;
    let profile = external.profile.as_ref();
    let token = open(turn.instance, external, &grant, grant.access.as_ref())?;
    Ok(vec![OauthAccessToken {
        object: "oauth_access_token".to_owned(),
        external_account_id: external.id.to_string(),
        provider_user_id: profile.map(|profile| profile.subject.clone()).unwrap_or_default(),
        token: token.expose_secret().to_owned(),
        expires_at: grant.expire_at.map(|at| at.0),
        provider: connection.to_string(),
        public_metadata: frontdesk_wire::Metadata::new(),
        label: None,
        scopes: external.scopes().to_vec(),
    }])
}

async fn fresh(turn: &Turn<'_>, external: &ExternalAccount, grant: SealedGrant) -> Result<SealedGrant, Fault> {
    if grant.expire_at.is_none_or(|end| turn.now.plus(EARLY_MS) < end) {
        return Ok(grant);
    }
    if grant.refresh.is_none() {
        return Err(Fault::External(ErrorCode::OauthMissingRefreshToken));
    }
    let refresh = open(turn.instance, external, &grant, grant.refresh.as_ref())?;
    let key = external.proof.connection;
    let connection = turn.connection(key)?;
    let callback = turn.instance.callback_url(key);
    let target = turn.target(&key, connection, &callback);
    let renewed = match turn.instance.providers().refresh(&target, &refresh).await {
        Ok(renewed) => renewed,
        Err(fault) => {
            if fault.is_end_of_grant() {
                // It was taken back there. The profile asks its holder to connect once more.
                turn.instance.store().give_up_external_grant(&external.id, &grant).await?;
                tracing::info!(target: "audit", event = "grant_ended", user = %external.user_id, external = %external.id);
            }
            return Err(Fault::Provider(fault));
        }
    };
    let subject = external.profile.as_ref().map_or("", |profile| profile.subject.as_str());
    let new = sealed_grant(turn.instance, key, subject, &renewed);
    let store = turn.instance.store();
    store.renew_external_grant(&external.id, &grant, &new).await?;
    // Another process may have been faster; what is kept counts.
    store.external_grant(&external.id).await?.ok_or(Fault::External(ErrorCode::OauthMissingAccessToken))
}

/// Tells the provider that what it gave is good no longer, as far as it can be told. Whoever wants that here is not kept
/// from it by a provider that does not answer.
pub(in crate::flows) async fn give_back(turn: &Turn<'_>, external: &ExternalAccount) -> Result<(), Fault> {
    let Some(grant) = turn.instance.store().external_grant(&external.id).await? else { return Ok(()) };
    let key = external.proof.connection;
    // One that is off, or gone from the settings, cannot be asked.
    let Ok(connection) = turn.connection(key) else { return Ok(()) };
    let Ok(access) = open(turn.instance, external, &grant, grant.access.as_ref()) else { return Ok(()) };
    let refresh = open(turn.instance, external, &grant, grant.refresh.as_ref()).ok();
    let callback = turn.instance.callback_url(key);
    let target = turn.target(&key, connection, &callback);
    let told = turn.instance.providers().revoke(&target, &Given { access, refresh }).await;
    match told {
        Ok(told) => tracing::info!(event = "grant_given_back", external = %external.id, told),
        Err(fault) => tracing::warn!(event = "grant_not_given_back", external = %external.id, %fault),
    }
    Ok(())
}

/// What a provider has given with a person.
pub(super) fn sealed(instance: &Instance, connection: ConnectionKey, person: &Person) -> SealedGrant {
    sealed_grant(instance, connection, &person.subject, &person.grant)
}

fn sealed_grant(instance: &Instance, connection: ConnectionKey, subject: &str, grant: &Grant) -> SealedGrant {
    let row = row(connection.as_str(), subject);
    let seal = |token: &SecretString| instance.keys().seal(&row, token.expose_secret().as_bytes());
    let access = seal(&grant.access_token);
    SealedGrant {
        key_id: access.key_id,
        access: Some(access.bytes),
        refresh: grant.refresh_token.as_ref().map(|token| seal(token).bytes),
        expire_at: grant.expires_at,
    }
}

fn open(
    instance: &Instance,
    external: &ExternalAccount,
    grant: &SealedGrant,
    token: Option<&Vec<u8>>,
) -> Result<SecretString, Fault> {
    let subject = external.profile.as_ref().map_or("", |profile| profile.subject.as_str());
    let sealed = grant.sealed(token).ok_or(Fault::External(ErrorCode::OauthMissingAccessToken))?;
    let sealed = Sealed { key_id: sealed.key_id, bytes: sealed.bytes };
    let opened = instance.keys().open(&row(external.proof.connection.as_str(), subject), &sealed);
    let text = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    text.map(SecretString::from).ok_or(Fault::External(ErrorCode::OauthTokenRetrievalError))
}

/// Seals a provider's token anew.
pub(crate) fn reseal_external(
    connection: &str,
    subject: &str,
    sealed: &Sealed,
    old: &Keys,
    new: &Keys,
) -> Result<Sealed, OpenError> {
    let row = row(connection, subject);
    let plain = old.open(&row, sealed)?;
    Ok(new.seal(&row, &plain))
}

/// What a provider's token is sealed for.
fn row(connection: &str, subject: &str) -> String {
    format!("external account {connection} {subject}")
}
