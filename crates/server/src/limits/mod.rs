//! How often one address may ask, how often the owner's servers may have strangers written to, and how often they may
//! change one user.
//!
//! Counted in memory: a write for every anonymous request would be a lever for abuse. Where several processes serve one
//! database, what this one lets in of the requests that write anyway is counted once more there, for all of them.
//! Lockout after wrong tries is another thing; it is stored with the user.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use frontdesk_identity::{Timestamp, UserId, time::HOUR};
use frontdesk_store::{Bucket, Store, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Addresses above which the table is swept.
const SWEEP_AT: usize = 50_000;

/// Window of every limit by address or user, in milliseconds.
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
    /// A change of a user that the owner's server makes.
    ChangeUser,
    /// A change of a user's metadata that the owner's server makes.
    ChangeMetadata,
}

impl Class {
    /// How long what was asked counts, in milliseconds.
    fn window_ms(self) -> i64 {
        match self {
            Self::Create | Self::Attempt | Self::Other | Self::ChangeUser | Self::ChangeMetadata => WINDOW_MS,
            Self::Invite | Self::InviteInBulk => HOUR,
        }
    }
}

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Address(IpAddr),
    /// Every server that has the secret key.
    Owner,
    /// The same, as far as they change this user.
    OwnerFor(UserId),
}

/// Requests in ten seconds from one address; invitations in an hour by the owner's servers; changes of one user in ten
/// seconds by them.
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
    /// Requests of the owner's servers in ten seconds that change one user, and as many that change their metadata.
    pub change_user: u32,
}

impl Default for LimitSettings {
    /// The protocol's limits (§1.7), and a generous one for everything else.
    fn default() -> Self {
        Self { create: 5, attempt: 3, other: 500, invite: 100, invite_in_bulk: 25, change_user: 10 }
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
            change_user: self.change_user.saturating_mul(20),
        }
    }

    /// A limit of more requests than its window has milliseconds lets one in for each of them, and counts no longer.
    fn bucket(&self, class: Class) -> Bucket {
        let (most, window) = (i64::from(self.of(class).max(1)), class.window_ms());
        let share = (window / most).max(1);
        Bucket { share, holds: (most * share).min(window) }
    }

    fn of(&self, class: Class) -> u32 {
        match class {
            Class::Create => self.create,
            Class::Attempt => self.attempt,
            Class::Other => self.other,
            Class::Invite => self.invite,
            Class::InviteInBulk => self.invite_in_bulk,
            Class::ChangeUser | Class::ChangeMetadata => self.change_user,
        }
    }
}

/// It was asked for too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Whole seconds until the next request is let in, at least one.
    pub retry_after_seconds: u32,
}

impl TooMany {
    fn after(wait_ms: i64) -> Self {
        Self { retry_after_seconds: u32::try_from(wait_ms.div_euclid(1000) + 1).unwrap_or(1) }
    }
}

/// Why a request is not let in.
#[derive(Debug)]
pub enum Shut {
    /// It was asked for too often.
    TooMany(TooMany),
    /// The store cannot say.
    Store(StoreError),
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

    /// Counts a request in this process. Callers without an address come through a private door and are not counted.
    pub fn check(&self, class: Class, address: Option<IpAddr>, now: Timestamp) -> Result<(), TooMany> {
        match address.map(network) {
            Some(address) => self.count(class, Who::Address(address), now),
            None => Ok(()),
        }
    }

    /// Counts a request in every process that serves the store.
    pub async fn check_everywhere(
        &self,
        store: &Store,
        class: Class,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Shut> {
        match address.map(network) {
            Some(address) => self.count_everywhere(store, class, Who::Address(address), now).await,
            None => Ok(()),
        }
    }

    /// Counts a request of the owner's in every process that serves the store.
    pub async fn check_owner(&self, store: &Store, class: Class, now: Timestamp) -> Result<(), Shut> {
        self.count_everywhere(store, class, Who::Owner, now).await
    }

    /// Counts a request of the owner's that changes this user, in every process that serves the store.
    pub async fn check_owner_for(
        &self,
        store: &Store,
        class: Class,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), Shut> {
        self.count_everywhere(store, class, Who::OwnerFor(user.clone()), now).await
    }

    async fn count_everywhere(&self, store: &Store, class: Class, who: Who, now: Timestamp) -> Result<(), Shut> {
        self.count(class, who.clone(), now).map_err(Shut::TooMany)?;
        let bucket = self.settings.bucket(class);
        match store.pour(&name(class, &who), bucket, now).await.map_err(Shut::Store)? {
            Some(wait) => Err(Shut::TooMany(TooMany::after(wait))),
            None => Ok(()),
        }
    }

    fn count(&self, class: Class, who: Who, now: Timestamp) -> Result<(), TooMany> {
        let (bucket, now) = (self.settings.bucket(class), now.0);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, full_until| *full_until > now);
            if buckets.len() >= SWEEP_AT {
                buckets.clear();
            }
        }
        let full_until = buckets.entry((class, who)).or_insert(now);
        let level = bucket.level(*full_until, now);
        if let Some(wait) = bucket.wait(level) {
            return Err(TooMany::after(wait));
        }
        *full_until = now + level + bucket.share;
        Ok(())
    }
}

/// What a bucket is called in the store.
fn name(class: Class, who: &Who) -> String {
    let class = match class {
        Class::Create => "create",
        Class::Attempt => "attempt",
        Class::Other => "other",
        Class::Invite => "invite",
        Class::InviteInBulk => "invite_in_bulk",
        Class::ChangeUser => "change_user",
        Class::ChangeMetadata => "change_metadata",
    };
    match who {
        Who::Address(address) => format!("{class} {address}"),
        Who::Owner => class.to_owned(),
        Who::OwnerFor(user) => format!("{class} {user}"),
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

    const START: Timestamp = Timestamp(0);

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn an_address_is_let_in_as_often_as_its_limit_says() {
        let limits = Limits::new(LimitSettings::default());
        let home = address("203.0.113.7");
        for _ in 0..5 {
            limits.check(Class::Create, home, START).unwrap();
        }
        let refused = limits.check(Class::Create, home, START).unwrap_err();
        assert!((1..=10).contains(&refused.retry_after_seconds), "{refused:?}");
        limits.check(Class::Attempt, home, START).unwrap();
        limits.check(Class::Create, address("203.0.113.8"), START).unwrap();
        let later = START.plus(i64::from(refused.retry_after_seconds) * 1000);
        limits.check(Class::Create, home, later).unwrap();
        assert!(limits.check(Class::Create, home, later).is_err());
        for _ in 0..5 {
            limits.check(Class::Create, home, later.plus(20_000)).unwrap();
        }
    }

    #[test]
    fn the_owner_invites_so_often_in_an_hour() {
        let limits = Limits::new(LimitSettings { invite: 3, invite_in_bulk: 1, ..LimitSettings::default() });
        for _ in 0..3 {
            limits.count(Class::Invite, Who::Owner, START).unwrap();
        }
        let refused = limits.count(Class::Invite, Who::Owner, START).unwrap_err();
        assert!((1..=1_201).contains(&refused.retry_after_seconds), "{refused:?}");
        limits.count(Class::InviteInBulk, Who::Owner, START).unwrap();
        limits.count(Class::InviteInBulk, Who::Owner, START.plus(HOUR - 1)).unwrap_err();
        limits.count(Class::InviteInBulk, Who::Owner, START.plus(HOUR)).unwrap();
        limits.count(Class::Invite, Who::Owner, START.plus(HOUR / 3)).unwrap();
        limits.count(Class::Invite, Who::Owner, START.plus(HOUR / 3)).unwrap_err();
    }

    #[test]
    fn the_owner_changes_one_user_so_often_in_ten_seconds() {
        let limits = Limits::new(LimitSettings { change_user: 2, ..LimitSettings::default() });
        let [ada, bea] = [1, 2].map(|seed| UserId::from_random([seed; 20]));
        let change = |class, user: &UserId, now| limits.count(class, Who::OwnerFor(user.clone()), now);
        for _ in 0..2 {
            change(Class::ChangeUser, &ada, START).unwrap();
            change(Class::ChangeMetadata, &ada, START).unwrap();
            change(Class::ChangeUser, &bea, START).unwrap();
        }
        assert_eq!(change(Class::ChangeUser, &ada, START).unwrap_err().retry_after_seconds, 6);
        change(Class::ChangeMetadata, &ada, START).unwrap_err();
        change(Class::ChangeUser, &ada, START.plus(WINDOW_MS / 2)).unwrap();
        change(Class::ChangeUser, &ada, START.plus(WINDOW_MS / 2)).unwrap_err();
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let limits = Limits::new(LimitSettings { create: 1, ..LimitSettings::default() });
        limits.check(Class::Create, address("2001:db8::1"), START).unwrap();
        assert!(limits.check(Class::Create, address("2001:db8::2"), START).is_err());
        limits.check(Class::Create, address("2001:db8:0:1::1"), START).unwrap();
        limits.check(Class::Create, address("203.0.113.7"), START).unwrap();
        assert!(limits.check(Class::Create, address("::ffff:203.0.113.7"), START).is_err());
    }

    #[test]
    fn private_doors_are_not_counted_and_a_clock_set_back_shuts_nobody_out() {
        let limits = Limits::new(LimitSettings { create: 1, ..LimitSettings::default() });
        for _ in 0..1000 {
            limits.check(Class::Create, None, START).unwrap();
        }
        let home = address("203.0.113.7");
        limits.check(Class::Create, home, START.plus(HOUR)).unwrap();
        let refused = limits.check(Class::Create, home, START.plus(HOUR - 5_000)).unwrap_err();
        assert!(refused.retry_after_seconds <= 11);
        limits.check(Class::Create, home, START).unwrap();
    }

    #[test]
    fn no_limit_counts_longer_than_its_window() {
        for create in [1, 3, 7, 9_999, 10_000, 10_001, 200_000, u32::MAX] {
            let bucket = LimitSettings { create, ..LimitSettings::default() }.bucket(Class::Create);
            assert!(bucket.holds <= WINDOW_MS, "{create}: {bucket:?}");
            assert!(bucket.holds / bucket.share >= i64::from(create).min(WINDOW_MS), "{create}: {bucket:?}");
        }
    }
}
