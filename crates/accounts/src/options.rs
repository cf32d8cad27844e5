//! What the room is given from outside: folder, vault, clock, patience.

use std::{
    fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use frontdesk_vault::Vault;

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
    /// Whether somebody is there to look from the start; see [`crate::Accounts::set_presence`].
    pub here: bool,
}

impl Options {
    /// The system's clock and the usual pace.
    #[must_use]
    pub fn new(data_dir: PathBuf, vault: Vault) -> Self {
        Self { data_dir, vault, clock: Clock::system(), pace: Pace::default(), here: true }
    }
}

/// Answers with milliseconds since the epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    pub fn new(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The clock of this computer.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    pub(crate) fn now(&self) -> i64 {
        (self.0)()
    }
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
    /// Pause before an instance that cannot be reached is tried again; doubled each time.
    pub reconnect: Duration,
    /// Longest such pause.
    pub reconnect_longest: Duration,
    /// Until an instance that answered is asked again what has changed elsewhere.
    pub refresh: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            retries: vec![Duration::from_millis(300), Duration::from_millis(1200)],
            reconnect: Duration::from_secs(1),
            reconnect_longest: Duration::from_mins(1),
            refresh: Duration::from_mins(5),
        }
    }
}
