//! Lockout: too many wrong tries in a row keep whoever makes them out of an account for a while.
//!
//! Wrong tries are counted apart by where they come from ([`Lane`]): what strangers try locks strangers out, and never a
//! device on which the user has been signed in. So nobody who knows but an address can keep its holder out for good (OWASP
//! calls the same "device cookies"; here it is the client's token). A lock of the owner's holds for everybody.
//!
//! Tries are counted by one conditional update of the store; this is the reading of the count.

use std::fmt;

use crate::{ClientId, Policy, Timestamp};

/// Where wrong tries come from, which are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Every device on which the user was never signed in.
    Strangers,
    /// This device, on which they were.
    Device(ClientId),
    /// Such strangers as go by a forgotten password: by a code that its holder reads, and the second factor after it.
    /// Strangers who guess do not close this way to the holder of the mailbox.
    Reset,
}

/// What wrong tries are counted under: against whom, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The id of the user, or what stands for somebody who has no account.
    pub subject: String,
    /// Where they come from.
    pub lane: Lane,
}

impl Counter {
    /// The counter of strangers.
    pub fn strangers(subject: impl fmt::Display) -> Self {
        Self { subject: subject.to_string(), lane: Lane::Strangers }
    }

    /// The name under which the store keeps it. No id has a space.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.lane {
            Lane::Strangers => self.subject.clone(),
            Lane::Device(client) => format!("{} {client}", self.subject),
            Lane::Reset => format!("{} reset", self.subject),
        }
    }

    /// The name under which the store keeps a lock of the owner's.
    #[must_use]
    pub fn owners_name(&self) -> String {
        format!("{} owner", self.subject)
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// Wrong tries in a row against one account, of one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong tries since the last right one.
    pub failed: u32,
    /// Until when nothing from that lane is looked at.
    pub locked_until: Option<Timestamp>,
    /// Until when the owner of the instance has nothing looked at, wherever it comes from.
    pub closed_until: Option<Timestamp>,
}

impl Lockout {
    /// Milliseconds until the account opens again, if it is locked.
    #[must_use]
    pub fn remaining_ms(&self, now: Timestamp) -> Option<i64> {
        self.locked_until.max(self.closed_until).map(|until| until.since(now)).filter(|left| *left > 0)
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
    use crate::samples::bytes;

    #[test]
    fn sec_85_a_lock_runs_out_and_the_count_begins_anew() {
        let policy = Policy::default();
        let locked = Lockout { failed: 10, locked_until: Some(Timestamp(5_000)), closed_until: None };
        assert_eq!(locked.remaining_ms(Timestamp(4_000)), Some(1_000));
        assert_eq!(locked.tries_left(&policy, Timestamp(4_000)), 0);
        assert_eq!(locked.remaining_ms(Timestamp(5_000)), None);
        assert_eq!(locked.tries_left(&policy, Timestamp(5_000)), 10);
    }

    #[test]
    fn sec_85_the_owners_lock_holds_beside_the_tries_and_counts_none() {
        let policy = Policy::default();
        let closed = Lockout { failed: 3, locked_until: None, closed_until: Some(Timestamp(5_000)) };
        assert_eq!((closed.remaining_ms(Timestamp(4_999)), closed.tries_left(&policy, Timestamp(4_999))), (Some(1), 0));
        assert_eq!((closed.remaining_ms(Timestamp(5_000)), closed.tries_left(&policy, Timestamp(5_000))), (None, 7));
        let both = Lockout { locked_until: Some(Timestamp(9_000)), ..closed };
        assert_eq!(both.remaining_ms(Timestamp(5_000)), Some(4_000));
    }

    #[test]
    fn every_lane_has_a_name_of_its_own() {
        let [one, other] = [1, 2].map(|seed| Lane::Device(ClientId::from_random(bytes(seed))));
        let lanes = [Lane::Strangers, Lane::Reset, one, other];
        let counters = lanes.map(|lane| Counter { lane, ..Counter::strangers("user_x") });
        let mut names: Vec<_> = counters.iter().map(Counter::name).collect();
        names.push(counters[0].owners_name());
        assert_eq!(names[0], "user_x");
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
