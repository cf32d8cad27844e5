//! The server as OAuth client: what is asked of Google, Facebook, GitHub and OpenID providers, and what is believed of
//! their answers.
//!
//! Every flow is the code flow (RFC 6749 §4.1) with PKCE S256 (RFC 7636), a state and a nonce; there is no other. Each
//! provider has a file of its own; the OpenID ones share `openid`, and all share `tokens`. A person is known by the
//! connection and the provider's subject, never by an email address.
//!
//! All connections come back to one redirect URI. A provider that names itself in its answers (RFC 9207) is held to it;
//! Facebook and GitHub do not, so a custom provider that the owner configures is one that the owner trusts not to pass
//! people on to those two.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use frontdesk_identity::Timestamp;
use secrecy::SecretString;
use url::Url;

mod address;
mod ask;
mod connection;
mod custom;
mod development;
mod directory;
pub mod discovery;
pub mod facebook;
mod fault;
pub mod github;
mod google;
pub mod id_token;
mod issuer;
mod openid;
mod person;
mod reach;
mod requests;
mod scopes;
mod secrets;
mod strategy;
pub mod tokens;
pub mod user_info;

pub use ask::{Ask, Kept};
pub use connection::{Connection, Endpoints};
pub use fault::{ProviderFault, Step};
pub use id_token::IdTokenFault;
pub use person::{Given, Grant, Person};
pub use reach::{Network, Reach, ReachError};
pub use strategy::{display_name, is_strategy, logo_url};
pub(crate) use {address::is_fit, reach::USER_AGENT, scopes::missing};

use directory::Directory;
use openid::OpenId;
use strategy::Provider;
use tokens::App;

/// The provider of one flow, and the moment.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The strategy, such as `oauth_google` or `oauth_custom_acme`.
    pub strategy: &'a str,
    /// How the instance's settings describe it.
    pub connection: &'a Connection,
    /// Where the provider sends people back to: `/v1/oauth_callback` of the instance, or an address of its own.
    pub redirect_uri: &'a Url,
    /// The moment.
    pub now: Timestamp,
    /// The development provider that stands in, at development instances, for a provider without credentials.
    pub development: Option<Development>,
}

/// The development provider, and who the instance is there.
#[derive(Clone, Debug)]
pub struct Development {
    /// Its issuer.
    pub issuer: Url,
    /// The instance's client id there.
    pub client_id: String,
    /// The instance's client secret there.
    pub client_secret: SecretString,
}

/// Every provider that the instance can ask.
pub struct Providers {
    data_dir: PathBuf,
    reach: Arc<dyn Reach>,
    directory: Directory,
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Providers(…)")
    }
}

/// A provider, with what is needed to ask it.
enum Asked<'a> {
    OpenId(OpenId<'a>),
    Facebook(App),
    GitHub(App),
}

impl Providers {
    /// Client secrets are read from files, of which relative ones are below the data folder.
    #[must_use]
    pub fn new(data_dir: &Path, reach: Arc<dyn Reach>) -> Self {
        Self { data_dir: data_dir.to_owned(), reach, directory: Directory::default() }
    }

    /// The page of the provider where the person says yes (RFC 6749 §4.1.1), to be opened in the system browser.
    pub async fn authorize(&self, at: &Target<'_>, ask: &Ask) -> Result<Url, ProviderFault> {
        ask.check()?;
        match self.asked(at).await? {
            Asked::OpenId(provider) => provider.authorize(self, at, ask).await,
            Asked::Facebook(app) => facebook::authorize(&app, at, ask),
            Asked::GitHub(app) => github::authorize(&app, at, ask),
        }
    }

    /// Exchanges the code that the provider sent back (RFC 6749 §4.1.3) and reads who the person is. `iss` is the
    /// parameter of that name in the same answer (RFC 9207). For an answer without a code see
    /// [`ProviderFault::of_callback`].
    pub async fn redeem(
        &self,
        at: &Target<'_>,
        code: &str,
        iss: Option<&str>,
        kept: &Kept,
    ) -> Result<Person, ProviderFault> {
        kept.check()?;
        match self.asked(at).await? {
            Asked::OpenId(provider) => provider.redeem(self, at, code, iss, kept).await,
            Asked::Facebook(app) => facebook::redeem(&self.reach, &app, at, code, iss, kept).await,
            Asked::GitHub(app) => github::redeem(&self.reach, &app, at, code, iss, kept).await,
        }
    }

    /// A fresh access token for a refresh token (RFC 6749 §6). The answer has no ID token: what the person gave at the
    /// sign-in stays. Facebook gives no refresh tokens.
    pub async fn refresh(&self, at: &Target<'_>, refresh_token: &SecretString) -> Result<Grant, ProviderFault> {
        match self.asked(at).await? {
            Asked::OpenId(provider) => provider.refresh(self, at, refresh_token).await,
            Asked::Facebook(_) => Err(ProviderFault::NoRefreshToken),
            Asked::GitHub(app) => github::refresh(&self.reach, &app, at, refresh_token).await,
        }
    }

    /// Tells the provider that what it gave for a person is good no longer. False where it has no way to be told.
    pub async fn revoke(&self, at: &Target<'_>, given: &Given) -> Result<bool, ProviderFault> {
        match self.asked(at).await? {
            Asked::OpenId(provider) => provider.revoke(self, at, given).await,
            Asked::Facebook(app) => facebook::revoke(&*self.reach, &app, at, &given.access).await.map(|()| true),
            Asked::GitHub(app) => github::revoke(&*self.reach, &app, at, &given.access).await.map(|()| true),
        }
    }

    async fn asked<'a>(&self, at: &'a Target<'_>) -> Result<Asked<'a>, ProviderFault> {
        let provider = Provider::of(at.strategy).ok_or(ProviderFault::UnknownStrategy)?;
        if let Some(development) = &at.development {
            return Ok(Asked::OpenId(development::openid(development)));
        }
        let app = self.app(at.connection).await?;
        match provider {
            Provider::Google => google::openid(at.connection, app).map(Asked::OpenId),
            Provider::Custom(_) => custom::openid(at.connection, app).map(Asked::OpenId),
            Provider::Facebook => Ok(Asked::Facebook(app)),
            Provider::GitHub => Ok(Asked::GitHub(app)),
        }
    }

    async fn app(&self, connection: &Connection) -> Result<App, ProviderFault> {
        let id = connection.client_id.clone().ok_or(ProviderFault::NotConfigured("client_id"))?;
        let file = connection.client_secret_file.as_deref();
        let file = file.ok_or(ProviderFault::NotConfigured("client_secret_file"))?;
        Ok(App { id, secret: secrets::read(&self.data_dir.join(file)).await? })
    }
}

#[cfg(test)]
mod tests;
