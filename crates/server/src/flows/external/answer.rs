//! The browser comes back from a provider. What the provider says is kept with the way out, and does nothing by itself.

use frontdesk_identity::{Email, Profile, field::person_name};
use frontdesk_store::{ExternalFlow, ExternalPurpose};
use frontdesk_wire::{ErrorCode, form};
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret as _;
use url::Url;

use super::{grant::sealed, redeem::redeem_flow};
use crate::{
    caller::{Caller, Carrier},
    flows::{Failure, Fault, TokenNews, Turn},
    instance::Instance,
    providers::{Kept, Person, ProviderFault},
};

/// What stands in the address that the browser comes back with (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Debug, Default)]
pub struct Answer<'a> {
    /// The path that the browser was sent back to.
    pub at: &'a str,
    /// Names the way out.
    pub state: Option<&'a str>,
    /// To be exchanged for who the person is.
    pub code: Option<&'a str>,
    /// Who says so.
    pub issuer: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
    /// The same in the provider's own words.
    pub error_description: Option<&'a str>,
}

/// Where the browser goes from here.
#[derive(Debug)]
pub enum Ended {
    /// To the application that began the way out.
    Onward {
        /// Its address.
        to: Url,
        /// What a browser has to know of its token.
        token: TokenNews,
        /// See [`crate::flows::Reply`].
        signed_in_at: Option<i64>,
    },
    /// To the application, which is told that what came back did not count.
    Refused {
        /// Its address.
        to: Url,
        /// Why.
        failure: Failure,
    },
    /// Nowhere: nobody knows which application it would be.
    Page(Problem),
}

/// Why the browser is sent nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The address is none that this instance gave to a provider.
    Unknown,
    /// It was used before, or it is too late.
    Over,
}

/// Takes a provider's answer. `caller` is whose browser it is, as far as that is known.
///
/// Boxed, because the compiler does not see otherwise that it may be sent between threads.
pub fn answer<'a>(
    instance: &'a Instance,
    caller: &'a Caller,
    said: &'a Answer<'a>,
) -> BoxFuture<'a, Result<Ended, Fault>> {
    Box::pin(taken(instance, caller, said))
}

async fn taken(instance: &Instance, caller: &Caller, said: &Answer<'_>) -> Result<Ended, Fault> {
    let Some(id) = said.state.and_then(|state| instance.external_tokens().read_state(state)) else {
        return Ok(Ended::Page(Problem::Unknown));
    };
    let nobody = Caller { address: caller.address, ..Caller::default() };
    let turn = instance.turn(&nobody);
    let Some(flow) = instance.store().external_flow(&id).await? else { return Ok(Ended::Page(Problem::Over)) };
    if !instance.store().take_external_answer(&id, turn.now).await? {
        return Ok(Ended::Page(Problem::Over));
    }
    let outcome = match ask(&turn, &flow, said).await {
        Ok(person) => {
            let (profile, grant) = (profile_of(&flow, &person), sealed(instance, flow.connection, &person));
            instance.store().keep_external_answer(&id, &profile, &grant, instance.now()).await?;
            tracing::info!(target: "audit", event = "external_answer", connection = %flow.connection, flow = %id);
            None
        }
        Err(fault) => {
            let reason = fault.code().as_str();
            tracing::warn!(target: "audit", event = "external_failed", connection = %flow.connection, flow = %id, reason, %fault);
            instance.store().fail_external(&id, reason, instance.now()).await?;
            Some(reason)
        }
    };
    onward(instance, caller, flow, outcome).await
}

async fn ask(turn: &Turn<'_>, flow: &ExternalFlow, said: &Answer<'_>) -> Result<Person, ProviderFault> {
    let Ok(connection) = turn.connection(flow.connection) else { return Err(ProviderFault::UnknownStrategy) };
    let callback = turn.instance.callback_url(flow.connection);
    if callback.path() != said.at {
        return Err(ProviderFault::Issuer);
    }
    let target = turn.target(&flow.connection, connection, &callback);
    let code = match (said.error, said.code) {
        (Some(error), _) => return Err(ProviderFault::of_callback(error, said.error_description)),
        (None, Some(code)) => code,
        (None, None) => return Err(ProviderFault::of_callback("", None)),
    };
    let tokens = turn.instance.external_tokens();
    let kept = Kept { nonce: tokens.nonce(&flow.id), verifier: tokens.verifier(&flow.id) };
    turn.instance.providers().redeem(&target, code, said.issuer, &kept).await
}

fn profile_of(flow: &ExternalFlow, person: &Person) -> Profile {
    let name = |name: &Option<String>| name.as_deref().and_then(|name| person_name("", name).ok()).flatten();
    let email = person.email.as_deref().and_then(|typed| Email::parse(typed).ok());
    Profile {
        connection: flow.connection,
        subject: person.subject.clone(),
        email_verified: person.email_verified && email.is_some(),
        email,
        first_name: name(&person.first_name),
        last_name: name(&person.last_name),
        username: name(&person.username),
        picture: person.picture.as_ref().map(Url::to_string),
        scopes: person.grant.scopes.clone(),
    }
}

/// Sends the browser on to the application. A native one gets the nonce; a browser that began the way out has redeemed it
/// with its cookie, and one that did not gets nothing.
async fn onward(
    instance: &Instance,
    caller: &Caller,
    flow: ExternalFlow,
    failure: Option<&'static str>,
) -> Result<Ended, Fault> {
    let nowhere = || Ok(Ended::Page(Problem::Unknown));
    let Ok(mut to) = Url::parse(&flow.redirect_url) else { return nowhere() };
    let plain = |to: Url| Ok(Ended::Onward { to, token: TokenNews::Same, signed_in_at: None });
    if let Some(reason) = failure {
        failed(&mut to, reason);
        return plain(to);
    }
    if flow.carrier == Carrier::Header.as_str() {
        let nonce = instance.external_tokens().redemption(&flow.id);
        to.query_pairs_mut().append_pair(form::NONCE_QUERY, nonce.expose_secret());
        return plain(to);
    }
    let Some(caller) = browser_of(instance, caller, &flow).await? else {
        failed(&mut to, ErrorCode::OauthCallbackInvalid.as_str());
        return plain(to);
    };
    let turn = instance.turn(&caller);
    match redeem_flow(&turn, flow.id.clone(), |()| finished(&turn, &flow)).await {
        Ok(reply) => {
            if reply.response {
                let Ok(complete) = Url::parse(&flow.complete_url) else { return nowhere() };
                to = complete;
            }
            Ok(Ended::Onward { to, token: reply.token, signed_in_at: reply.signed_in_at })
        }
        Err(failure) => Ok(Ended::Refused { to, failure }),
    }
}

/// The browser that began the way out, if it is this one. Development browsers show nothing of themselves here; on the
/// owner's own computer that is enough.
async fn browser_of(instance: &Instance, caller: &Caller, flow: &ExternalFlow) -> Result<Option<Caller>, Fault> {
    if flow.carrier == Carrier::DevBrowser.as_str() && instance.is_development() {
        let client = instance.store().client(&flow.client_id).await?;
        return Ok(client.map(|client| Caller {
            carrier: Carrier::DevBrowser,
            client: Some((flow.client_id.to_string(), client.value.generation)),
            ..caller.clone()
        }));
    }
    let is_it = caller.client.as_ref().is_some_and(|(id, _)| id == flow.client_id.as_str());
    Ok((caller.carrier == Carrier::Cookie && is_it).then(|| caller.clone()))
}

/// Whether nothing is left to do.
async fn finished(turn: &Turn<'_>, flow: &ExternalFlow) -> Result<bool, Fault> {
    let store = turn.instance.store();
    Ok(match &flow.purpose {
        ExternalPurpose::SignIn(id) => store
            .sign_in(id)
            .await?
            .is_some_and(|attempt| attempt.value.status(turn.now) == frontdesk_identity::SignInStatus::Complete),
        ExternalPurpose::SignUp(id) => store
            .sign_up(id)
            .await?
            .is_some_and(|attempt| attempt.value.status(turn.now) == frontdesk_identity::SignUpStatus::Complete),
        ExternalPurpose::Connect { .. } => true,
    })
}

/// Tells an application in its address that it did not go well, and why.
pub fn failed(to: &mut Url, reason: &str) {
    to.query_pairs_mut().append_pair(form::STATUS_QUERY, "failed").append_pair(form::ERROR_CODE_QUERY, reason);
}
