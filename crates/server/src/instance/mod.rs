//! An instance, running: everything that flows and routes need.

use std::sync::{Arc, RwLock};

use frontdesk_identity::{ClientId, ConnectionKey, IdentificationId, Identifier, RelyingParty, Timestamp};
use frontdesk_store::Store;
use frontdesk_wire::{Environment, Jwks, KeyKind};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::{
    caller::{Caller, Carrier},
    clock::Clock,
    cookies::Cookies,
    delivery::{Mailer, Texter},
    dev::provider::{self, DevelopmentProvider},
    flows::Turn,
    keys::{Keys, Purpose},
    limits::Limits,
    metrics::Metrics,
    origins::Origins,
    passwords::Passwords,
    pictures::Pictures,
    providers::{Connection, Development, Providers, Reach},
    public_url::PublicUrl,
    random::Random,
    settings::{Network, Settings},
    tokens::{ClientTokens, ExternalTokens, HandshakeClaims, SigningError, TestingTokens, Tickets, TokenCache},
    turnstile::Turnstile,
};

mod keys;
mod live;
mod minting;
mod open;
mod signing;

pub use keys::PublicKeys;
use live::Live;
pub(crate) use minting::reseal_template_key;
pub use minting::{MAX_TOKEN, MintError, Minting};
pub use open::{InstanceError, Setup};
pub(crate) use open::{belongs, check, key_check, kind_of};
use signing::Signing;
pub(crate) use signing::sealed_signing_key;

/// An instance, running.
#[derive(Debug)]
pub struct Instance {
    id: String,
    kind: KeyKind,
    public_url: PublicUrl,
    live: Live,
    proxies: Vec<Network>,
    cookies: Cookies,
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    keys: Arc<Keys>,
    client_tokens: ClientTokens,
    tickets: Tickets,
    external_tokens: ExternalTokens,
    providers: Providers,
    reach: Arc<dyn Reach>,
    testing_tokens: TestingTokens,
    signing: RwLock<Arc<Signing>>,
    cache: TokenCache,
    passwords: Passwords,
    pictures: Pictures,
    limits: Limits,
    turnstile: Turnstile,
    deliveries: Notify,
    mailer: Option<Mailer>,
    texter: Option<Texter>,
    metrics: Metrics,
    provider: DevelopmentProvider,
}

impl Instance {
    /// One request of this caller, at this moment.
    #[must_use]
    pub fn turn<'a>(&'a self, caller: &'a Caller) -> Turn<'a> {
        Turn::new(self, caller, self.now(), self.settings())
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp(self.clock.now_ms())
    }

    /// Bytes that an id is made of.
    #[must_use]
    pub fn random_id(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Randomness.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        self.random.as_ref()
    }

    /// Whether it is one for building applications.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.kind == KeyKind::Development
    }

    /// Development or production.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Where it is reached.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// Its settings, as they stand.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.live.now().settings.clone()
    }

    /// Networks whose word is taken for where a request came from.
    #[must_use]
    pub fn proxies(&self) -> &[Network] {
        &self.proxies
    }

    /// Whose pages may use it.
    #[must_use]
    pub fn origins(&self) -> Arc<Origins> {
        self.live.now().origins.clone()
    }

    /// For whom keys are made, if they can be.
    #[must_use]
    pub fn party(&self) -> Option<Arc<RelyingParty>> {
        self.live.now().party.clone()
    }

    /// Cookies of browsers.
    #[must_use]
    pub fn cookies(&self) -> &Cookies {
        &self.cookies
    }

    /// Its settings as everybody may read them.
    #[must_use]
    pub fn environment(&self) -> Arc<Environment> {
        self.live.now().environment.clone()
    }

    /// What it remembers.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Sub-keys of the instance key.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Client tokens.
    #[must_use]
    pub fn client_tokens(&self) -> &ClientTokens {
        &self.client_tokens
    }

    /// Tickets.
    #[must_use]
    pub fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    /// Values of ways out to providers.
    #[must_use]
    pub fn external_tokens(&self) -> &ExternalTokens {
        &self.external_tokens
    }

    /// Providers that can be asked.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// The way out to services that are asked.
    #[must_use]
    pub(crate) fn reach(&self) -> &dyn Reach {
        self.reach.as_ref()
    }

    /// Who stands in, at a development instance, for the provider of a connection without credentials.
    #[must_use]
    pub fn stand_in(&self, connection: ConnectionKey, settings: &Connection) -> Option<Development> {
        if settings.client_id.is_some() {
            return None;
        }
        provider::development(self, connection.as_str())
    }

    /// Testing tokens.
    #[must_use]
    pub fn testing_tokens(&self) -> &TestingTokens {
        &self.testing_tokens
    }

    /// Whether this is a token by which a test suite says that it is one. Production instances have none.
    #[must_use]
    pub fn is_testing(&self, token: Option<&str>) -> bool {
        let good = |token: &str| self.testing_tokens.is_good(token, self.now().0);
        self.is_development() && token.is_some_and(good)
    }

    /// Public halves of the keys that sign session tokens.
    #[must_use]
    pub fn jwks(&self) -> Arc<Jwks> {
        self.signing_keys().jwks()
    }

    /// The password pool.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Where pictures are made of files.
    #[must_use]
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Limits by address.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What is counted while it runs.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What the development provider remembers.
    #[must_use]
    pub(crate) fn provider(&self) -> &DevelopmentProvider {
        &self.provider
    }

    /// Lets changes of one client in one at a time.
    #[must_use]
    pub fn turnstile(&self) -> &Turnstile {
        &self.turnstile
    }

    /// The keys that applications are set up with.
    #[must_use]
    pub fn public_keys(&self) -> PublicKeys {
        PublicKeys::of(&self.public_url, self.kind, self.secret_key())
    }

    /// Says that there is a message to deliver.
    pub fn wake_delivery(&self) {
        self.deliveries.notify_one();
    }

    /// Waits until somebody says that there is a message to deliver.
    pub async fn delivery_woken(&self) {
        self.deliveries.notified().await;
    }

    /// The way to a mail server, if there is one.
    #[must_use]
    pub fn mailer(&self) -> Option<&Mailer> {
        self.mailer.as_ref()
    }

    /// The way to a gateway for texts, if there is one.
    #[must_use]
    pub fn texter(&self) -> Option<&Texter> {
        self.texter.as_ref()
    }

    /// The id that stands for an identifier that nobody has: always the same for the same one, and like any other.
    #[must_use]
    pub fn decoy(&self, identifier: &Identifier) -> IdentificationId {
        let mac = self.keys.mac_bytes(Purpose::Counter, "decoy", identifier.as_str().as_bytes());
        let mut bytes = [0; 20];
        bytes.copy_from_slice(&mac[..20]);
        IdentificationId::from_random(bytes)
    }

    /// A handshake that sets these cookies.
    pub fn sign_handshake(&self, cookies: &[String]) -> Result<String, SigningError> {
        let now = self.now();
        self.signing_keys().at(now).sign(&HandshakeClaims::new(now.0, self.public_url.origin(), cookies))
    }

    /// The token of a development browser that nobody knows yet.
    #[must_use]
    pub fn new_browser(&self) -> SecretString {
        let id = ClientId::from_random(self.random_id());
        self.client_tokens.issue(Carrier::DevBrowser, id.as_str(), 0)
    }

    /// The secret key of the Backend API to set applications up with.
    #[must_use]
    pub fn secret_key(&self) -> SecretString {
        self.live.now().secret_keys.current().cloned().unwrap_or_default()
    }

    /// The name of the secret key that was given, if it is one of the instance's and good at this moment.
    #[must_use]
    pub fn secret_key_name(&self, given: &str) -> Option<String> {
        self.live.now().secret_keys.name_of(given, self.now()).map(str::to_owned)
    }
}
