//! How often a wrong passphrase may be tried in one process: three times at once, then ever more slowly.

use std::time::Duration;

use super::Elapsed;

/// Wrong ones that cost nothing.
const FREE: u32 = 3;
/// Longest pause.
const LONGEST: Duration = Duration::from_mins(1);

pub(super) struct Tries {
    elapsed: Elapsed,
    wrong: u32,
    not_before: Duration,
}

impl Tries {
    pub(super) fn new(elapsed: Elapsed) -> Self {
        Self { elapsed, wrong: 0, not_before: Duration::ZERO }
    }

    /// Lets a try begin, or says how long it has to wait.
    pub(super) fn begin(&self) -> Result<(), Duration> {
        match self.not_before.checked_sub((self.elapsed)()) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(()),
        }
    }

    pub(super) fn was_wrong(&mut self) {
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong >= FREE {
            let pause = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(self.wrong - FREE));
            self.not_before = (self.elapsed)() + pause.min(LONGEST);
        }
    }

    pub(super) fn was_right(&mut self) {
        self.wrong = 0;
        self.not_before = Duration::ZERO;
    }
}
