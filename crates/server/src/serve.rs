//! `frontdesk-server serve`: an instance behind a TCP door.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, thread};

use frontdesk_store::{OpenError, Store, StoreError};
use frontdesk_wire::KeyKind;

use crate::{
    audit::Entries,
    clock::SystemClock,
    config::{Config, ConfigError, MailConfig, MailError, TextsConfig, TextsError},
    doors::{Doors, ListenError, Lock, LockError, Served, Tls, TlsError, TlsFiles, bind},
    folder::{self, FolderError},
    http::{Door, Figures, Site},
    instance::{Instance, InstanceError, Setup, kind_of},
    keys::KeyFileError,
    offline::OfflineError,
    packages::Packages,
    providers::Network,
    public_url::{PublicUrl, PublicUrlError},
    random::SystemRandom,
    running::Running,
};

/// What is to be served, and where.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The data folder; made if it is missing.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where the instance is reached from now on.
    pub public_url: Option<String>,
    /// A PostgreSQL database instead of the file in the data folder.
    pub database: Option<String>,
    /// `frontdesk.toml`.
    pub config: Option<PathBuf>,
    /// Certificate and key of the server; those of the file if none.
    pub tls: Option<TlsFiles>,
    /// Where a monitor may read figures; where the file says if nowhere.
    pub metrics: Option<SocketAddr>,
    /// Scripts of Clerk's SDKs, which a development instance serves.
    pub packages: Option<Packages>,
}

/// Why an instance is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The mail server cannot be used.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The gateway for texts cannot be used.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Another process serves the folder.
    #[error("another process serves this data folder already: stop it, or give this one another folder with --data")]
    AlreadyServed,
    /// The lock of the folder cannot be taken.
    #[error(transparent)]
    Lock(LockError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The port cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The port of the figures cannot be had.
    #[error("the figures for a monitor cannot be served: {0}")]
    Metrics(#[source] ListenError),
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Callers would not find the server.
    #[error(
        "the server has a certificate, and so speaks TLS, but the public URL {0} begins with http://: give --public-url \
         https://…, or take the certificate away"
    )]
    TlsWithoutHttps(PublicUrl),
    /// The key cannot be read or made.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The key is missing.
    #[error(transparent)]
    NoKey(OfflineError),
    /// The public URL cannot be used.
    #[error(transparent)]
    PublicUrl(#[from] PublicUrlError),
    /// Nobody said where the instance is reached.
    #[error("{0} says where to listen, but not where others reach the instance: give --public-url https://…")]
    NoPublicUrl(SocketAddr),
    /// The instance cannot be opened.
    #[error(transparent)]
    Instance(#[from] InstanceError),
}

impl From<LockError> for ServeError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Taken(_) => Self::AlreadyServed,
            other @ LockError::Io { .. } => Self::Lock(other),
        }
    }
}

/// An instance that is served over TCP.
#[derive(Debug)]
pub struct Server {
    running: Running,
    address: SocketAddr,
}

impl Server {
    /// Opens the instance, or makes it, and serves it.
    pub async fn start(options: ServeOptions) -> Result<Self, ServeError> {
        let config = options.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let wanted = options.public_url.as_deref().or(config.public_url.as_deref());
        let mailer = config.mail.as_ref().map(MailConfig::mailer).transpose()?;
        let texter = config.texts.as_ref().map(TextsConfig::texter).transpose()?;
        let public_url = wanted.map(PublicUrl::parse).transpose()?;
        let tls = options.tls.or_else(|| config.tls.clone()).map(Tls::read).transpose()?;
        folder::make(&options.data_dir)?;
        let mut lock = Lock::take(&options.data_dir)?;
        let store = Store::open(&folder::location(&options.data_dir, options.database.as_deref())).await?;
        let stored = store.instance().await?;
        let kind = match &stored {
            Some(stored) => kind_of(stored.value.environment),
            None => config.kind().unwrap_or(KeyKind::Development),
        };
        let listener = bind(options.listen, kind).await?;
        let address = listener.local_addr().map_err(|error| ListenError::Io { address: options.listen, error })?;
        let figures = match options.metrics.or(config.metrics) {
            Some(address) => Some(bind(address, kind).await.map_err(ServeError::Metrics)?),
            None => None,
        };
        let known_url = match (&public_url, &stored) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(stored)) => Some(PublicUrl::parse(&stored.value.public_url)?),
            (None, None) => None,
        };
        if let Some(url) = known_url.as_ref().filter(|url| tls.is_some() && !url.is_https()) {
            return Err(ServeError::TlsWithoutHttps(url.clone()));
        }
        let random = Arc::new(SystemRandom);
        let key = match &stored {
            Some(stored) => folder::key_of(&options.data_dir, &stored.value)?,
            None => folder::key(&options.data_dir, true, random.as_ref())?,
        };
        let key = key.ok_or(ServeError::NoKey(OfflineError::NoKey))?;
        let on_loopback = address.ip().to_canonical().is_loopback();
        let default_url = match known_url {
            Some(url) => url,
            None if on_loopback && tls.is_none() => PublicUrl::loopback(address.port()),
            None => return Err(ServeError::NoPublicUrl(address)),
        };
        let setup = Setup {
            store,
            key,
            kind: config.kind(),
            public_url,
            default_url,
            settings: config.settings(),
            clock: Arc::new(SystemClock),
            random,
            data_dir: options.data_dir.clone(),
            reach: Arc::new(Network::new()),
            mailer,
            texter,
            password_workers: thread::available_parallelism().map_or(1, usize::from),
        };
        let instance = Instance::open(setup).await?;
        warn(&instance, address);
        let url = instance.public_url();
        let door = if on_loopback { Door::loopback(url, address.port()) } else { Door::network(url) };
        let served = Served { socket: None, publishable_key: url.publishable_key(instance.kind()) };
        if let Err(error) = lock.announce(&served) {
            tracing::warn!(%error, "other processes will not learn what is served here");
        }
        let door = door.and_names(&instance.settings().public_names);
        let mut doors = Doors::default();
        if let Some(listener) = figures {
            if let Ok(address) = listener.local_addr() {
                tracing::info!(%address, "figures for a monitor");
            }
            doors.open_tcp(listener, Figures::new(instance.clone(), door.clone()));
        }
        let site = Site::with_packages(instance.clone(), door, options.packages);
        match tls {
            Some(tls) => doors.open_tls(listener, Arc::new(tls), site),
            None => doors.open_tcp(listener, site),
        }
        Ok(Self { running: Running::new(instance, doors, lock), address })
    }

    /// Keeps these entries in the audit log from now on.
    pub fn keep_audit(&mut self, entries: Entries) {
        self.running.keep_audit(entries);
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The instance that is served.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        self.running.instance()
    }

    /// Takes no more requests, finishes those under way, and lets go of database and folder.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Says what the owner may not have meant.
fn warn(instance: &Instance, address: SocketAddr) {
    match instance.mailer() {
        None if !instance.is_development() => {
            tracing::warn!("no mail server is named: codes are not sent until frontdesk.toml has a [mail] section");
        }
        Some(mailer) if instance.is_development() && !mailer.is_for_development() => {
            tracing::info!("messages stay in the outbox; `send_in_development = true` under [mail] sends them too");
        }
        _ => {}
    }
    let texts = instance.settings().policy.phone_number.requirement.is_on();
    if instance.texter().is_none() && texts && !instance.is_development() {
        tracing::warn!("no gateway for texts is named: codes do not reach phones until frontdesk.toml has [texts]");
    }
    let url = instance.public_url();
    if !url.leads_to(address.ip(), address.port()) {
        tracing::warn!(
            public_url = %url,
            %address,
            "the public URL does not lead to this door: applications will look elsewhere; --public-url changes it"
        );
    }
}
