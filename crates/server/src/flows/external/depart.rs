//! The way out.

use frontdesk_identity::{
    ConnectionKey, ExternalOutcome, ExternalProof, FieldError, FieldFault, VerificationId, external::AWAY_MS,
};
use frontdesk_store::{ExternalFlow, ExternalPurpose};
use frontdesk_wire::{ErrorCode, form};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::{
    caller::Carrier,
    flows::{Fault, Turn, handshake::is_listed},
    instance::Instance,
    origins::web_page,
    providers::{Ask, Connection, Target},
    redirects,
};

/// The parameter that binds a provider's page to the way out.
const STATE: &str = "state";
/// Most scopes that a caller may ask for besides those of the connection.
const MAX_SCOPES: usize = 50;
/// Longest scope, hint or prompt, in characters.
const MAX_WORD: usize = 512;

/// A way out that a caller asks for.
#[derive(Clone, Debug)]
pub struct Outward<'a> {
    /// To where.
    pub connection: ConnectionKey,
    /// Where the browser is sent at the end.
    pub redirect_url: Option<&'a str>,
    /// Where it is sent when nothing is left to do; there too unless it is said.
    pub complete_url: Option<&'a str>,
    /// Which pages the provider is to show.
    pub prompt: Option<&'a str>,
    /// Whom the provider is to expect.
    pub login_hint: Option<&'a str>,
    /// What the instance wants to do there besides what the connection asks for.
    pub scopes: Vec<&'a str>,
}

/// A way out that was looked up and can be kept.
#[derive(Clone, Debug)]
pub(crate) struct Departure {
    pub(crate) proof: ExternalProof,
    redirect_url: String,
    complete_url: String,
}

impl Turn<'_> {
    /// Looks a way out up. `signs_in` says that somebody wants to come in by it.
    pub(in crate::flows) async fn depart(&self, wanted: &Outward<'_>, signs_in: bool) -> Result<Departure, Fault> {
        let connection = self.connection(wanted.connection)?;
        if signs_in && !connection.authenticatable {
            return Err(Fault::External(ErrorCode::OauthNonAuthenticatableProvider));
        }
        let missing = FieldError::new(form::REDIRECT_URL, FieldFault::Missing);
        let redirect_url = wanted.redirect_url.ok_or(missing)?;
        self.may_send_to(form::REDIRECT_URL, redirect_url).await?;
        let complete_url = self.complete_url(redirect_url, wanted.complete_url);
        self.may_send_to(form::ACTION_COMPLETE_REDIRECT_URL, &complete_url).await?;
        let fits = |word: &&str| !word.is_empty() && word.len() <= MAX_WORD && !word.contains(char::is_control);
        let scopes_fit = wanted.scopes.len() <= MAX_SCOPES && wanted.scopes.iter().all(fits);
        for (param, good) in [
            (form::ADDITIONAL_SCOPE, scopes_fit),
            (form::OIDC_PROMPT, wanted.prompt.as_ref().is_none_or(fits)),
            (form::OIDC_LOGIN_HINT, wanted.login_hint.as_ref().is_none_or(fits)),
        ] {
            if !good {
                return Err(FieldError::new(param, FieldFault::Value).into());
            }
        }
        let flow = VerificationId::from_random(self.instance.random_id());
        let tokens = self.instance.external_tokens();
        let ask = Ask {
            state: tokens.state(&flow),
            nonce: tokens.nonce(&flow),
            verifier: tokens.verifier(&flow),
            prompt: wanted.prompt.map(str::to_owned),
            login_hint: wanted.login_hint.map(str::to_owned),
            extra_scopes: wanted.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let callback = self.instance.callback_url(wanted.connection);
        let target = self.target(&wanted.connection, connection, &callback);
        let page = self.instance.providers().authorize(&target, &ask).await.map_err(Fault::Provider)?;
        Ok(Departure {
            proof: ExternalProof {
                id: flow,
                connection: wanted.connection,
                url: without_state(page),
                expire_at: self.now.plus(AWAY_MS),
                outcome: ExternalOutcome::Waiting,
            },
            redirect_url: redirect_url.to_owned(),
            complete_url,
        })
    }

    /// What is kept of a way out.
    pub(in crate::flows) fn flow(
        &self,
        departure: &Departure,
        client: &frontdesk_identity::ClientId,
        purpose: ExternalPurpose,
    ) -> ExternalFlow {
        ExternalFlow {
            id: departure.proof.id.clone(),
            client_id: client.clone(),
            purpose,
            connection: departure.proof.connection,
            carrier: self.caller.carrier.as_str().to_owned(),
            redirect_url: departure.redirect_url.clone(),
            complete_url: departure.complete_url.clone(),
            expire_at: departure.proof.expire_at,
            answered_at: None,
            answer: None,
            redeemed_at: None,
        }
    }

    /// How the settings describe a connection that is on.
    pub(in crate::flows) fn connection(&self, key: ConnectionKey) -> Result<&Connection, Fault> {
        let known = self.settings.connections.get(key.as_str()).filter(|connection| connection.enabled);
        known.ok_or(Fault::External(ErrorCode::OauthProviderNotEnabled))
    }

    /// The provider of a connection, to be asked at this moment.
    pub(in crate::flows) fn target<'t>(
        &self,
        key: &'t ConnectionKey,
        connection: &'t Connection,
        callback: &'t Url,
    ) -> Target<'t> {
        Target {
            strategy: key.as_str(),
            connection,
            redirect_uri: callback,
            now: self.now,
            development: self.instance.stand_in(*key, connection),
        }
    }

    /// Where the browser is sent when nothing is left to do. Pages may say it relative to where they are: the packages'
    /// components do.
    fn complete_url(&self, redirect_url: &str, complete_url: Option<&str>) -> String {
        let Some(said) = complete_url else { return redirect_url.to_owned() };
        let is_relative = Url::parse(said) == Err(url::ParseError::RelativeUrlWithoutBase);
        let base = Url::parse(redirect_url).ok().filter(|_| is_relative && self.caller.carrier != Carrier::Header);
        let joined = base.and_then(|base| base.join(said).ok());
        joined.map_or_else(|| said.to_owned(), String::from)
    }

    /// Whether the browser may be sent to this address at the end: an application's own, which the owner of a production
    /// instance has listed; of a browser, a page that the instance serves.
    async fn may_send_to(&self, param: &'static str, address: &str) -> Result<(), Fault> {
        if self.caller.carrier == Carrier::Header {
            redirects::check(address).map_err(|fault| Fault::RedirectField { param, fault })?;
            if self.instance.is_development() || is_listed(self.instance, address).await? {
                return Ok(());
            }
            return Err(Fault::RedirectNotListed { param });
        }
        let Some((_page, origin)) = web_page(address) else {
            let fault = redirects::check(address).err().unwrap_or(redirects::RedirectFault::Format);
            return Err(Fault::RedirectField { param, fault });
        };
        if self.instance.origins().serve(&origin) || is_listed(self.instance, address).await? {
            return Ok(());
        }
        Err(Fault::RedirectNotListed { param })
    }

    /// The address to which the browser goes, while it is waited for.
    pub(in crate::flows) fn outward(&self, proof: &ExternalProof) -> Option<String> {
        if !proof.is_waiting(self.now) {
            return None;
        }
        let mut page = Url::parse(&proof.url).ok()?;
        page.query_pairs_mut().append_pair(STATE, self.instance.external_tokens().state(&proof.id).expose_secret());
        Some(page.into())
    }
}

impl Instance {
    /// Where the provider of a connection sends browsers back to.
    #[must_use]
    pub fn callback_url(&self, connection: ConnectionKey) -> Url {
        self.public_url().at(&redirects::callback(connection.as_str()))
    }
}

fn without_state(mut page: Url) -> String {
    let rest: Vec<(String, String)> =
        page.query_pairs().filter(|(name, _)| name != STATE).map(|(name, value)| (name.into(), value.into())).collect();
    page.query_pairs_mut().clear().extend_pairs(rest);
    page.into()
}
