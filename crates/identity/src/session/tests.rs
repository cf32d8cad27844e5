#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;
use crate::time::{DAY, HOUR, MINUTE};

const START: Timestamp = Timestamp(1_700_000_000_000);

fn session() -> Session {
    Session::begin(
        SessionId::from_random([1; 20]),
        ClientId::from_random([2; 20]),
        UserId::from_random([3; 20]),
        DeviceActivity::default(),
        START,
    )
}

#[test]
fn sec_35_a_session_ends_after_seven_days_however_much_it_is_used() {
    let policy = Policy::default();
    let mut session = session();
    for day in 1..7 {
        session = session.touch(DeviceActivity::default(), &policy, START.plus(day * DAY)).unwrap();
    }
    assert_eq!(session.status(&policy, START.plus(7 * DAY - 1)), SessionStatus::Active);
    assert_eq!(session.status(&policy, START.plus(7 * DAY)), SessionStatus::Over(SessionEnd::Expired));
    assert!(session.touch(DeviceActivity::default(), &policy, START.plus(7 * DAY)).is_err());
}

#[test]
fn sec_35_inactivity_ends_a_session_and_use_keeps_it() {
    let mut policy = Policy::default();
    policy.sessions.inactivity_ms = Some(HOUR);
    let session = session();
    assert_eq!(session.status(&policy, START.plus(HOUR)), SessionStatus::Over(SessionEnd::Expired));
    let touched = session.touch(DeviceActivity::default(), &policy, START.plus(HOUR - 1)).unwrap();
    assert_eq!(touched.status(&policy, START.plus(HOUR)), SessionStatus::Active);
}

#[test]
fn without_a_maximum_an_unused_session_is_given_up() {
    let mut policy = Policy::default();
    policy.sessions.max_lifetime_ms = None;
    policy.sessions.inactivity_ms = Some(60 * DAY);
    assert_eq!(session().status(&policy, START.plus(30 * DAY)), SessionStatus::Over(SessionEnd::Abandoned));
}

#[test]
fn what_is_over_stays_listed_with_its_reason_until_it_is_removed_or_a_month_has_passed() {
    let mut policy = Policy::default();
    policy.sessions.max_lifetime_ms = Some(DAY);
    let ended = session().finish(SessionEnd::Ended, &policy, START).unwrap();
    let revoked = session().finish(SessionEnd::Revoked, &policy, START).unwrap();
    for (over, since) in [(ended, START), (revoked, START), (session(), START.plus(DAY))] {
        let end = over.outcome(&policy, since).unwrap();
        assert_eq!(end.1, since);
        assert!(over.is_listed(&policy, since) && !over.is_signed_in(&policy, since), "{end:?}");
        assert!(over.is_listed(&policy, since.plus(LISTED_MS - 1)) && !over.is_listed(&policy, since.plus(LISTED_MS)));
        let refused = over.finish(SessionEnd::Ended, &policy, since);
        assert_eq!(refused, Err(SessionRefusal::Over(SessionStatus::Over(end.0))));
        let removed = over.finish(SessionEnd::Removed, &policy, since).unwrap();
        assert!(!removed.is_listed(&policy, since));
        assert!(removed.finish(SessionEnd::Removed, &policy, since).is_err());
    }
}

#[test]
fn sec_35_the_limits_of_the_moment_count_for_sessions_that_live() {
    let (mut short, mut long, session) = (Policy::default(), Policy::default(), session());
    short.sessions.max_lifetime_ms = Some(HOUR);
    long.sessions.max_lifetime_ms = Some(30 * DAY);
    let later = START.plus(2 * HOUR);
    assert!(session.is_signed_in(&Policy::default(), later) && !session.is_signed_in(&short, later));
    assert_eq!(session.expire_at(&short), START.plus(HOUR));
    assert!(session.is_signed_in(&long, START.plus(29 * DAY)));
    // What was over by the old ones is written down, with the moment at which it was over, and stays over.
    assert_eq!(session.noted(&long, later), None);
    let over = session.noted(&short, later).unwrap();
    assert_eq!(over.end, Some((SessionEnd::Expired, START.plus(HOUR))));
    assert!(over.updated_at > session.updated_at && !over.is_signed_in(&long, later));
    assert_eq!(over.noted(&short, later), None);
}

#[test]
fn what_came_first_has_ended_a_session() {
    let (mut policy, now) = (Policy::default(), START.plus(100 * DAY));
    policy.sessions.max_lifetime_ms = Some(40 * DAY);
    assert_eq!(session().outcome(&policy, now), Some((SessionEnd::Abandoned, START.plus(30 * DAY))));
    policy.sessions.inactivity_ms = Some(20 * DAY);
    assert_eq!(session().outcome(&policy, now), Some((SessionEnd::Expired, START.plus(20 * DAY))));
    let used = session().touch(DeviceActivity::default(), &policy, START.plus(19 * DAY)).unwrap();
    assert_eq!(used.outcome(&policy, now), Some((SessionEnd::Expired, START.plus(39 * DAY))));
}

#[test]
fn factor_ages_are_minutes() {
    let session = session();
    assert_eq!(session.factor_ages(START.plus(2 * MINUTE + 1)), [2, -1]);
    assert_eq!(session.factor_ages(START.plus(-5 * MINUTE)), [0, -1]);
}

proptest! {
    /// What is over stays over, and every session is over in the end.
    #[test]
    fn over_is_for_ever(ops in prop::collection::vec((0..5u8, 0..(3 * DAY)), 0..30)) {
        let policy = Policy::default();
        let (mut session, mut now, mut over) = (session(), START, false);
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
