//! Lockout: too many wrong tries in a row close an account for a while.
//!
//! Tries are counted by one conditional update of the store; this is the reading of the count.

use crate::{Policy, Timestamp};

/// Wrong tries in a row against one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong tries since the last right one.
    pub failed: u32,
    /// Until when nothing is looked at.
    pub locked_until: Option<Timestamp>,
}

impl Lockout {
    /// Milliseconds until the account opens again, if it is locked.
    #[must_use]
    pub fn remaining_ms(&self, now: Timestamp) -> Option<i64> {
        self.locked_until.map(|until| until.since(now)).filter(|left| *left > 0)
    }

    /// Tries that are left before the account is locked.
    #[must_use]
    pub fn tries_left(&self, policy: &Policy, now: Timestamp) -> u32 {
        if self.remaining_ms(now).is_some() {
            return 0;
        }
        // A lock that has run out begins the count anew.
        let failed = if self.locked_until.is_some() { 0 } else { self.failed };
        policy.lockout.max_attempts.saturating_sub(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_85_a_lock_runs_out_and_the_count_begins_anew() {
        let policy = Policy::default();
        let locked = Lockout { failed: 10, locked_until: Some(Timestamp(5_000)) };
        assert_eq!(locked.remaining_ms(Timestamp(4_000)), Some(1_000));
        assert_eq!(locked.tries_left(&policy, Timestamp(4_000)), 0);
        assert_eq!(locked.remaining_ms(Timestamp(5_000)), None);
        assert_eq!(locked.tries_left(&policy, Timestamp(5_000)), 10);
    }
}
