#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::Email;

#[test]
fn sec_35_the_default_lives_seven_days_and_both_lifetimes_off_is_refused() {
    let mut policy = Policy::default();
    assert_eq!(policy.sessions.lifetime_ms(), 7 * DAY);
    assert_eq!(policy.faults(), []);
    policy.sessions.max_lifetime_ms = None;
    assert_eq!(policy.faults(), [PolicyFault::SessionsNeverEnd]);
    policy.sessions.inactivity_ms = Some(HOUR);
    assert_eq!(policy.faults(), []);
}

#[test]
fn sec_35_limits_of_sessions_have_bounds() {
    let faults = |max, idle| {
        let mut policy = Policy::default();
        policy.sessions.max_lifetime_ms = max;
        policy.sessions.inactivity_ms = idle;
        policy.faults()
    };
    for within in [MIN_SESSION_LIMIT_MS, DAY, MAX_SESSION_LIMIT_MS] {
        assert_eq!(faults(Some(within), Some(within)), []);
    }
    for beyond in [i64::MIN, -1, 0, MIN_SESSION_LIMIT_MS - 1, MAX_SESSION_LIMIT_MS + 1, i64::MAX] {
        let both = [PolicyFault::MaxLifetime, PolicyFault::Inactivity];
        assert_eq!(faults(Some(beyond), Some(beyond)), both, "{beyond}");
        assert_eq!(faults(None, Some(beyond)), [PolicyFault::Inactivity]);
    }
}

#[test]
fn every_reason_is_told_at_once() {
    let codes = CodePolicy { lifetime_ms: HOUR, max_tries: 0, resend_after_ms: SECOND, per_address_per_hour: 5 };
    let mut policy = Policy { codes, ..Policy::default() };
    policy.lockout.max_attempts = 101;
    policy.password.min_length = 6;
    policy.password.max_length = 32;
    assert_eq!(
        policy.faults(),
        [
            PolicyFault::CodesLiveTooLong,
            PolicyFault::CodesTooOften,
            PolicyFault::NoTries("the number of tries for a code"),
            PolicyFault::TooManyTries("the number of tries before a lockout"),
            PolicyFault::PasswordsTooShort,
            PolicyFault::PasswordsTooLongRefused,
        ]
    );
}

#[test]
fn sec_104_test_codes_exist_in_test_mode_alone() {
    let email = Email::parse("jane+clerk_test@example.com").unwrap();
    let mut policy = Policy::default();
    assert_eq!(policy.fixed_code(&email), Some("424242"));
    assert_eq!(policy.fixed_code(&Email::parse("jane@example.com").unwrap()), None);
    policy.test_mode = false;
    assert_eq!(policy.fixed_code(&email), None);
}
