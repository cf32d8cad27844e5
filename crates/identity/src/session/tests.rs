#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;
use crate::time::{DAY, HOUR, MINUTE};

const START: Timestamp = Timestamp(1_700_000_000_000);

fn session(policy: &Policy) -> Session {
    Session::begin(
        SessionId::from_random([1; 20]),
        ClientId::from_random([2; 20]),
        UserId::from_random([3; 20]),
        DeviceActivity::default(),
        policy,
        START,
    )
}

#[test]
fn sec_35_a_session_ends_after_seven_days_however_much_it_is_used() {
    let policy = Policy::default();
    let mut session = session(&policy);
    for day in 1..7 {
        session = session.touch(DeviceActivity::default(), &policy, START.plus(day * DAY)).unwrap();
    }
    assert_eq!(session.status(&policy, START.plus(7 * DAY - 1)), SessionStatus::Active);
    assert_eq!(session.status(&policy, START.plus(7 * DAY)), SessionStatus::Expired);
    assert!(session.touch(DeviceActivity::default(), &policy, START.plus(7 * DAY)).is_err());
}

#[test]
fn sec_35_inactivity_ends_a_session_and_use_keeps_it() {
    let mut policy = Policy::default();
    policy.sessions.inactivity_ms = Some(HOUR);
    let session = session(&policy);
    assert_eq!(session.status(&policy, START.plus(HOUR)), SessionStatus::Expired);
    let touched = session.touch(DeviceActivity::default(), &policy, START.plus(HOUR - 1)).unwrap();
    assert_eq!(touched.status(&policy, START.plus(HOUR)), SessionStatus::Active);
}

#[test]
fn without_a_maximum_an_unused_session_is_given_up() {
    let mut policy = Policy::default();
    policy.sessions.max_lifetime_ms = None;
    policy.sessions.inactivity_ms = Some(60 * DAY);
    assert_eq!(session(&policy).status(&policy, START.plus(30 * DAY)), SessionStatus::Abandoned);
}

#[test]
fn an_ended_session_stays_listed_until_it_is_removed() {
    let policy = Policy::default();
    let ended = session(&policy).finish(SessionEnd::Ended, &policy, START).unwrap();
    assert!(ended.is_listed(&policy, START) && !ended.is_signed_in(&policy, START));
    assert!(ended.finish(SessionEnd::Ended, &policy, START).is_err());
    let removed = ended.finish(SessionEnd::Removed, &policy, START).unwrap();
    assert!(!removed.is_listed(&policy, START));
    assert!(removed.finish(SessionEnd::Removed, &policy, START).is_err());
}

#[test]
fn factor_ages_are_minutes() {
    let session = session(&Policy::default());
    assert_eq!(session.factor_ages(START.plus(2 * MINUTE + 1)), [2, -1]);
    assert_eq!(session.factor_ages(START.plus(-5 * MINUTE)), [0, -1]);
}

proptest! {
    /// What is over stays over, and every session is over in the end.
    #[test]
    fn over_is_for_ever(ops in prop::collection::vec((0..5u8, 0..(3 * DAY)), 0..30)) {
        let policy = Policy::default();
        let (mut session, mut now, mut over) = (session(&policy), START, false);
        for (op, wait) in ops {
            now = now.plus(wait);
            let next = match op {
                0 | 1 => session.touch(DeviceActivity::default(), &policy, now),
                2 => session.finish(SessionEnd::Ended, &policy, now),
                3 => session.finish(SessionEnd::Removed, &policy, now),
                _ => session.finish(SessionEnd::Revoked, &policy, now),
            };
            if let Ok(next) = next {
                prop_assert!(next.updated_at > session.updated_at);
                session = next;
            }
            prop_assert!(!(over && session.is_signed_in(&policy, now)));
            over = !session.is_signed_in(&policy, now);
        }
        prop_assert!(!session.is_signed_in(&policy, START.plus(7 * DAY).max(now)));
    }
}
