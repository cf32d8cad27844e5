//! How often one address may ask. Held in memory: a write for every anonymous request would be a lever for abuse.
//! Lockout after wrong tries is another thing; it is stored with the user.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Addresses above which the table is swept.
const SWEEP_AT: usize = 50_000;

/// Window of every limit, in milliseconds.
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
}

/// Requests in ten seconds from one address, for each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// New attempts.
    pub create: u32,
    /// Tries at a factor or a proof.
    pub attempt: u32,
    /// Anything else.
    pub other: u32,
}

impl Default for LimitSettings {
    /// The protocol's limits (§1.7), and a generous one for everything else.
    fn default() -> Self {
        Self { create: 5, attempt: 3, other: 500 }
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
        }
    }

    fn of(&self, class: Class) -> u32 {
        match class {
            Class::Create => self.create,
            Class::Attempt => self.attempt,
            Class::Other => self.other,
        }
    }
}

/// The address asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Whole seconds until the next request is let in, at least one.
    pub retry_after_seconds: u32,
}

/// Counters by address.
#[derive(Debug)]
pub struct Limits {
    settings: LimitSettings,
    /// When each bucket will be empty again, in milliseconds (generic cell rate algorithm).
    buckets: Mutex<HashMap<(Class, IpAddr), i64>>,
}

impl Limits {
    /// Counters for these limits.
    #[must_use]
    pub fn new(settings: LimitSettings) -> Self {
        Self { settings, buckets: Mutex::default() }
    }

    /// Counts a request. Callers without an address come through a private door and are not counted.
    pub fn check(&self, class: Class, address: Option<IpAddr>, now_ms: i64) -> Result<(), TooMany> {
        let Some(address) = address.map(network) else {
            return Ok(());
        };
        let most = i64::from(self.settings.of(class).max(1));
        let step = (WINDOW_MS / most).max(1);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, full_until| *full_until > now_ms);
            if buckets.len() >= SWEEP_AT {
                buckets.clear();
            }
        }
        let full_until = buckets.entry((class, address)).or_insert(now_ms);
        // A bucket filled in the future by a clock that was set back since must not shut the address out for long.
        let level = (*full_until - now_ms).clamp(0, WINDOW_MS);
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
