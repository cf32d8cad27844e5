//! What the room is given from outside: folder, vault, clock, patience.

use std::{
    fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use frontdesk_handoff::{Browser, SystemBrowser};
use frontdesk_vault::Vault;

use crate::{network::ProxyEnvironment, passkeys::Gear};

/// What [`crate::Accounts`] is started with.
#[derive(Clone)]
pub struct Options {
    /// Folder of the list of instances and of the sealed cache; made when it is not there.
    pub data_dir: PathBuf,
    /// Where secrets are kept.
    pub vault: Vault,
    /// What time it is.
    pub clock: Clock,
    /// How long things may take.
    pub pace: Pace,
    /// The variables of the process that name a proxy.
    pub environment: ProxyEnvironment,
    /// Whether somebody is there to look from the start; see [`crate::Accounts::set_presence`].
    pub here: bool,
    /// Who opens pages.
    pub browser: Arc<dyn Browser>,
    /// The app's scheme, where the system leads links of it here; without one, browsers come back by a port.
    pub scheme: Option<String>,
    /// Where passkeys are made and used.
    pub gear: Gear,
}

impl Options {
    /// The system's clock, the usual pace, and the variables of this process.
    #[must_use]
    pub fn new(data_dir: PathBuf, vault: Vault) -> Self {
        let environment = ProxyEnvironment::read(|name| std::env::var(name).ok());
        Self {
            data_dir,
            vault,
            clock: Clock::system(),
            pace: Pace::default(),
            environment,
            here: true,
            browser: Arc::new(SystemBrowser),
            scheme: None,
            gear: Gear::default(),
        }
    }
}

/// What time it is, and how long it has been running, both in milliseconds: the one is moved by whoever sets the time,
/// the other stands still while the computer sleeps.
#[derive(Clone)]
pub struct Clock {
    now: Reading,
    uptime: Reading,
}

type Reading = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A point in time from which ages are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    now: i64,
    uptime: i64,
}

impl Clock {
    /// A clock of one's own: milliseconds since the epoch, and milliseconds that only ever rise.
    pub fn new(
        now: impl Fn() -> i64 + Send + Sync + 'static,
        uptime: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), uptime: Arc::new(uptime) }
    }

    /// The clock of this computer.
    #[must_use]
    pub fn system() -> Self {
        let started = Instant::now();
        let since_epoch = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::new(move || milliseconds(since_epoch()), move || milliseconds(started.elapsed()))
    }

    pub(crate) fn now(&self) -> i64 {
        (self.now)()
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { now: (self.now)(), uptime: (self.uptime)() }
    }
}

impl Moment {
    /// Milliseconds since the epoch.
    pub(crate) fn now(self) -> i64 {
        self.now
    }

    /// The moment at which another process read this time; none when it lies ahead, which only a clock that was set makes.
    pub(crate) fn back_to(self, time: i64) -> Option<Self> {
        let age = self.now.checked_sub(time).filter(|age| *age >= 0)?;
        Some(Self { now: time, uptime: self.uptime.saturating_sub(age) })
    }

    /// Milliseconds since an earlier moment, by whichever reading says more: neither a clock that is set back nor a
    /// computer that slept makes anything look younger than it is.
    pub(crate) fn since(self, earlier: Self) -> i64 {
        let elapsed = self.now.saturating_sub(earlier.now).max(self.uptime.saturating_sub(earlier.uptime));
        elapsed.max(0)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// How long things may take, and how often they are tried.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the request to the last byte of the answer.
    pub answer: Duration,
    /// Pauses before a request that only reads is made again after a network fault; one entry for each repetition.
    pub retries: Vec<Duration>,
    /// Pauses before a session token is asked for again, where the instance was not reached or had too much to do; one
    /// entry for each repetition.
    pub token_retries: Vec<Duration>,
    /// Pause before an instance that cannot be reached is tried again; doubled each time.
    pub reconnect: Duration,
    /// Longest such pause.
    pub reconnect_longest: Duration,
    /// Until an instance that answered is asked again what has changed elsewhere.
    pub refresh: Duration,
    /// Between two times that an instance is told that the account on screen is in use.
    pub in_use: Duration,
    /// Between two looks at what waits for the browser: whether it is over, and whether what came back can be asked about.
    pub flows: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            retries: vec![Duration::from_millis(300), Duration::from_millis(1200)],
            token_retries: [300, 600, 1200, 2400, 4800].map(Duration::from_millis).to_vec(),
            reconnect: Duration::from_secs(1),
            reconnect_longest: Duration::from_mins(1),
            refresh: Duration::from_mins(5),
            // An instance may end what was not used for five minutes, and one that is told may not be reached.
            in_use: Duration::from_mins(2),
            flows: Duration::from_secs(2),
        }
    }
}
