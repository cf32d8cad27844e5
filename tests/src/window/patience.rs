//! Waiting for what has to happen by itself.
//!
//! Nothing here is slow to come; a busy computer may be. So the wait is long, and ends as soon as it can.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(40);

/// Looks again and again until something is there.
pub(super) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            bail!("it did not happen in time that {what}");
        }
        thread::sleep(PAUSE);
    }
}

/// The same without holding up whatever else runs.
pub(super) async fn wait_for_async<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            bail!("it did not happen in time that {what}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
