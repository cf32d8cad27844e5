//! How often one address may ask, and how often the owner's servers may have strangers written to. Held in memory: a write
//! for every anonymous request would be a lever for abuse.
//! Lockout after wrong tries is another thing; it is stored with the user.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use frontdesk_identity::time::HOUR;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Addresses above which the table is swept.
const SWEEP_AT: usize = 50_000;

/// Window of every limit by address, in milliseconds.
const WINDOW_MS: i64 = 10_000;

/// What is being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A new attempt to sign up or in.
    Create,
    /// A try at a factor or a proof.
    Attempt,
    /// Anything else.
    Other,
    /// An invitation that the owner's server makes.
    Invite,
    /// Several of them at once.
    InviteInBulk,
}

impl Class {
    /// How long what was asked counts, in milliseconds.
    fn window_ms(self) -> i64 {
        match self {
            Self::Create | Self::Attempt | Self::Other => WINDOW_MS,
            Self::Invite | Self::InviteInBulk => HOUR,
        }
    }
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Address(IpAddr),
    /// Every server that has the secret key.
    Owner,
}

/// Requests in ten seconds from one address; invitations in an hour by the owner's servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// New attempts.
    pub create: u32,
    /// Tries at a factor or a proof.
    pub attempt: u32,
    /// Anything else.
    pub other: u32,
    /// Requests of the owner's servers in an hour that invite somebody.
    pub invite: u32,
    /// Requests of the owner's servers in an hour that invite several people at once.
    pub invite_in_bulk: u32,
}

impl Default for LimitSettings {
    /// The protocol's limits (§1.7), and a generous one for everything else.
    fn default() -> Self {
        Self { create: 5, attempt: 3, other: 500, invite: 100, invite_in_bulk: 25 }
    }
}

impl LimitSettings {
    /// Limits of a development instance: twenty times as many, since all of a developer's tools share one address.
    #[must_use]
    pub fn for_development(self) -> Self {
        Self {
            create: self.create.saturating_mul(20),
            attempt: self.attempt.saturating_mul(20),
            other: self.other.saturating_mul(20),
            invite: self.invite.saturating_mul(20),
            invite_in_bulk: self.invite_in_bulk.saturating_mul(20),
        }
    }

    fn of(&self, class: Class) -> u32 {
        match class {
            Class::Create => self.create,
            Class::Attempt => self.attempt,
            Class::Other => self.other,
            Class::Invite => self.invite,
            Class::InviteInBulk => self.invite_in_bulk,
        }
    }
}

/// It was asked for too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Whole seconds until the next request is let in, at least one.
    pub retry_after_seconds: u32,
}

/// Counters by whoever asks.
#[derive(Debug)]
pub struct Limits {
    settings: LimitSettings,
    /// When each bucket will be empty again, in milliseconds (generic cell rate algorithm).
    buckets: Mutex<HashMap<(Class, Who), i64>>,
}

impl Limits {
    /// Counters for these limits.
    #[must_use]
    pub fn new(settings: LimitSettings) -> Self {
        Self { settings, buckets: Mutex::default() }
    }

    /// Counts a request. Callers without an address come through a private door and are not counted.
    pub fn check(&self, class: Class, address: Option<IpAddr>, now_ms: i64) -> Result<(), TooMany> {
        match address.map(network) {
            Some(address) => self.count(class, Who::Address(address), now_ms),
            None => Ok(()),
        }
    }

    /// Counts a request of the owner's.
    pub fn check_owner(&self, class: Class, now_ms: i64) -> Result<(), TooMany> {
        self.count(class, Who::Owner, now_ms)
    }

    fn count(&self, class: Class, who: Who, now_ms: i64) -> Result<(), TooMany> {
        let window = class.window_ms();
        let most = i64::from(self.settings.of(class).max(1));
        let step = (window / most).max(1);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, full_until| *full_until > now_ms);
            if buckets.len() >= SWEEP_AT {
                buckets.clear();
            }
        }
        let full_until = buckets.entry((class, who)).or_insert(now_ms);
        // A bucket filled in the future by a clock that was set back since must not shut the address out for long.
        let level = (*full_until - now_ms).clamp(0, window);
        if level + step > most * step {
            let wait = level + step - most * step;
            return Err(TooMany { retry_after_seconds: u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(1) });
        }
        *full_until = now_ms + level + step;
        Ok(())
    }
}

/// One customer's IPv6 network counts as one address (RFC 6177).
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn an_address_is_let_in_as_often_as_its_limit_says() {
        let limits = Limits::new(LimitSettings::default());
        let home = address("203.0.113.7");
        for _ in 0..5 {
            limits.check(Class::Create, home, 0).unwrap();
        }
        let refused = limits.check(Class::Create, home, 0).unwrap_err();
        assert!((1..=10).contains(&refused.retry_after_seconds), "{refused:?}");
        limits.check(Class::Attempt, home, 0).unwrap();
        limits.check(Class::Create, address("203.0.113.8"), 0).unwrap();
        let later = i64::from(refused.retry_after_seconds) * 1000;
        limits.check(Class::Create, home, later).unwrap();
        assert!(limits.check(Class::Create, home, later).is_err());
        for _ in 0..5 {
            limits.check(Class::Create, home, later + 20_000).unwrap();
        }
    }

    #[test]
    fn the_owner_invites_so_often_in_an_hour() {
        let limits = Limits::new(LimitSettings { invite: 3, invite_in_bulk: 1, ..LimitSettings::default() });
        for _ in 0..3 {
            limits.check_owner(Class::Invite, 0).unwrap();
        }
        let refused = limits.check_owner(Class::Invite, 0).unwrap_err();
        assert!((1..=1_201).contains(&refused.retry_after_seconds), "{refused:?}");
        limits.check_owner(Class::InviteInBulk, 0).unwrap();
        limits.check_owner(Class::InviteInBulk, HOUR - 1).unwrap_err();
        limits.check_owner(Class::InviteInBulk, HOUR).unwrap();
        limits.check_owner(Class::Invite, HOUR / 3).unwrap();
        limits.check_owner(Class::Invite, HOUR / 3).unwrap_err();
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let limits = Limits::new(LimitSettings { create: 1, ..LimitSettings::default() });
        limits.check(Class::Create, address("2001:db8::1"), 0).unwrap();
        assert!(limits.check(Class::Create, address("2001:db8::2"), 0).is_err());
        limits.check(Class::Create, address("2001:db8:0:1::1"), 0).unwrap();
        limits.check(Class::Create, address("203.0.113.7"), 0).unwrap();
        assert!(limits.check(Class::Create, address("::ffff:203.0.113.7"), 0).is_err());
    }

    #[test]
    fn private_doors_are_not_counted_and_a_clock_set_back_shuts_nobody_out() {
        let limits = Limits::new(LimitSettings { create: 1, ..LimitSettings::default() });
        for _ in 0..1000 {
            limits.check(Class::Create, None, 0).unwrap();
        }
        let home = address("203.0.113.7");
        limits.check(Class::Create, home, 3_600_000).unwrap();
        let refused = limits.check(Class::Create, home, 0).unwrap_err();
        assert!(refused.retry_after_seconds <= 11);
    }
}
