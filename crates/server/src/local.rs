//! The instance inside the app: in a folder of the app, with a key from the keychain, behind the private door; and behind
//! one on this computer, which lets through the steps of a sign-in that browsers take; everything else too, while its
//! person wants tools to use the instance.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{extract::Request, response::Response};
use frontdesk_store::{OpenError, Store};
use frontdesk_wire::KeyKind;
use serde_json::Value;
use tokio::{sync::watch, time::Instant};

use crate::{
    clock::Clock,
    dev::Lines,
    doors::{Doors, Lock, LockError, PrivateSocket, SocketError},
    folder::{self, FolderError},
    http::{Behind, Door, Site},
    instance::{Instance, InstanceError, Setup},
    providers::Network,
    public_url::PublicUrl,
    random::{Random, SystemRandom},
    running::Running,
};

pub use crate::doors::Served;

/// Ports that the public URL of a new instance is drawn from: above those of well-known services, below those that
/// systems give to outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..32_768;
/// How many of them are tried for one that is free.
const TRIES: usize = 20;
/// How long a process that has just taken the folder is given to say where it serves.
const INTRODUCTION: Duration = Duration::from_secs(5);
/// Pause between two looks at what it says.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Passwords that are hashed at once: an app has one person.
const PASSWORD_WORKERS: usize = 2;

/// What the instance inside the app needs.
#[derive(Debug)]
pub struct LocalOptions {
    /// Its folder; made if it is missing.
    pub data_dir: PathBuf,
    /// Its key.
    pub key: crate::keys::InstanceKey,
    /// Where its socket is to be; the folder is made if it is missing, and must be closed to others. On Windows the door is
    /// a pipe, which lies nowhere.
    pub socket: PathBuf,
    /// What time it is; [`crate::clock::SystemClock`] as a rule.
    pub clock: Arc<dyn Clock>,
    /// Whether the tools of this computer may use the whole API at its public URL; counts at once, whenever it changes.
    pub tools: watch::Receiver<bool>,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process serves the folder: it can be asked instead.
    #[error("another process serves this data folder already")]
    AlreadyServed(Served),
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The lock cannot be taken.
    #[error(transparent)]
    Lock(LockError),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The instance cannot be opened.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The door cannot be opened.
    #[error(transparent)]
    Socket(#[from] SocketError),
}

impl StartError {
    /// Whether a newer version of the program wrote the data.
    #[must_use]
    pub fn is_newer_data(&self) -> bool {
        matches!(self, Self::Database(OpenError::Newer { .. }))
    }

    /// Whether the key belongs to other data.
    #[must_use]
    pub fn is_foreign_key(&self) -> bool {
        matches!(self, Self::Instance(InstanceError::KeyDoesNotFit))
    }
}

impl From<LockError> for StartError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Taken(served) => Self::AlreadyServed(served),
            other @ LockError::Io { .. } => Self::Lock(other),
        }
    }
}

/// The instance, running.
#[derive(Debug)]
pub struct LocalInstance {
    running: Running,
    socket: PathBuf,
    browsers: watch::Receiver<bool>,
}

impl LocalInstance {
    /// Starts it. One that was never there is made.
    pub async fn start(options: LocalOptions) -> Result<Self, StartError> {
        let LocalOptions { data_dir, key, socket, clock, tools } = options;
        folder::make(&data_dir)?;
        let mut lock = take_lock(&data_dir).await?;
        let store = Store::open(&folder::location(&data_dir, None)).await?;
        let random = Arc::new(SystemRandom);
        let setup = Setup {
            store: store.clone(),
            key,
            kind: Some(KeyKind::Development),
            public_url: None,
            default_url: PublicUrl::loopback(draw_port(random.as_ref())),
            settings: Value::Object(serde_json::Map::new()),
            clock,
            random,
            data_dir: data_dir.clone(),
            reach: Arc::new(Network::new()),
            mailer: None,
            texter: None,
            password_workers: PASSWORD_WORKERS,
        };
        let instance = Instance::open(setup).await?;
        let door = PrivateSocket::bind(&socket)?;
        // A pipe has a name that is drawn for it.
        let socket = door.path().to_owned();
        let mut doors = Doors::default();
        doors.open_private(door, Site::new(instance.clone(), Door::private()));
        let public_url = instance.public_url();
        let at = (Ipv4Addr::LOCALHOST, public_url.port()).into();
        let here = Here {
            steps: Site::new(instance.clone(), Door::browser(public_url)),
            everything: Site::new(instance.clone(), Door::loopback(public_url, public_url.port())),
            tools,
        };
        let browsers = doors.open_when_free(at, here);
        let served = Served { socket: Some(socket.clone()), publishable_key: publishable_key(&instance) };
        if let Err(error) = lock.announce(&served) {
            tracing::warn!(%error, "other processes will not learn where this instance is served");
        }
        Ok(Self { running: Running::new(instance, doors, lock), socket, browsers })
    }

    /// Its publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> String {
        publishable_key(self.running.instance())
    }

    /// Where its private door is.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Whether browsers of this computer can come to it: not while another program has the port of its public URL.
    #[must_use]
    pub fn browsers(&self) -> watch::Receiver<bool> {
        self.browsers.clone()
    }

    /// What an application needs to use it, as lines of a `.env` file; one of them holds the secret key. The scripts of
    /// SDKs are not served here.
    #[must_use]
    pub fn lines(&self) -> Lines {
        Lines::of(self.running.instance(), None)
    }

    /// Takes no more requests, finishes those under way, and lets go of the folder.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// What is behind the door on this computer.
#[derive(Clone)]
struct Here {
    /// For browsers on their way through a sign-in.
    steps: Site,
    /// For tools, which may do whatever the keys they have allow.
    everything: Site,
    tools: watch::Receiver<bool>,
}

impl Behind for Here {
    async fn answer(&self, peer: Option<IpAddr>, request: Request) -> Response {
        let site = if *self.tools.borrow() { &self.everything } else { &self.steps };
        site.answer(peer, request).await
    }
}

/// Takes the lock. A process that has it and has not said yet where it serves is given a moment to do so, or to give up.
async fn take_lock(data_dir: &Path) -> Result<Lock, LockError> {
    let until = Instant::now() + INTRODUCTION;
    loop {
        match Lock::take(data_dir) {
            Err(LockError::Taken(served)) if served == Served::default() && Instant::now() < until => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            taken_or_not => return taken_or_not,
        }
    }
}

/// Whether there is a database in this folder already: then its key must not be replaced by a new one.
#[must_use]
pub fn has_data(data_dir: &Path) -> bool {
    folder::has_database(data_dir)
}

fn publishable_key(instance: &Instance) -> String {
    instance.public_url().publishable_key(instance.kind())
}

/// A port that is free now. It is kept for good, in the publishable key, and needed when the instance opens a door for
/// browsers.
fn draw_port(random: &dyn Random) -> u16 {
    let drawn = || {
        let mut bytes = [0; 2];
        random.fill(&mut bytes);
        PORTS.start + u16::from_le_bytes(bytes) % (PORTS.end - PORTS.start)
    };
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    std::iter::repeat_with(drawn).take(TRIES).find(is_free).unwrap_or_else(drawn)
}
