//! Time as a parameter, so that tests decide what time it is.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since the epoch.
    fn now_ms(&self) -> i64;
}

/// The computer's clock. In builds for development tests may move it, see `moved`; in a release nothing can.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        // A clock before 1970 reads as 0: everything has then yet to begin, and nothing is accepted.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        #[cfg(debug_assertions)]
        let now = now.saturating_add(moved::by_ms());
        now
    }
}

/// A clock of a whole program that a test moves while it runs. No part of a release.
#[cfg(debug_assertions)]
mod moved {
    use std::{
        env, fs,
        path::PathBuf,
        sync::{
            LazyLock,
            atomic::{AtomicI64, Ordering},
        },
    };

    /// Names a file that holds by how many milliseconds the clock is ahead, negative if it is behind.
    const VARIABLE: &str = "FRONTDESK_TEST_CLOCK";

    static FILE: LazyLock<Option<PathBuf>> = LazyLock::new(|| env::var_os(VARIABLE).map(PathBuf::from));
    static LAST: AtomicI64 = AtomicI64::new(0);

    /// What the file says; what it last said while it is written anew.
    pub(super) fn by_ms() -> i64 {
        let Some(file) = &*FILE else { return 0 };
        if let Some(by_ms) = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()) {
            LAST.store(by_ms, Ordering::SeqCst);
        }
        LAST.load(Ordering::SeqCst)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now_ms`.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves the clock by so many milliseconds; a negative number moves it back.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
