#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;

const START: Timestamp = Timestamp(1_700_000_000_000);

fn code(n: u8) -> NewCode {
    NewCode { id: VerificationId::from_random([n; 20]), mac: CodeMac::new(n.to_string()) }
}

fn tried(n: u8, try_number: u32, ok: bool) -> CodeChecked {
    CodeChecked { verification: code(n).id, try_number, ok }
}

#[test]
fn sec_51_a_code_lives_ten_minutes_at_most() {
    let policy = Policy::default();
    let sent = CodeProof::Unprepared.prepare(code(1), &policy, START).unwrap();
    let last = START.plus(600_000 - 1);
    assert!(sent.attempt(&tried(1, 1, true), &policy, last).is_ok());
    assert_eq!(sent.attempt(&tried(1, 1, true), &policy, last.plus(1)), Err(CodeRefusal::Expired));
    assert_eq!(sent.status(&policy, last.plus(1)), ProofStatus::Expired);
}

#[test]
fn sec_52_a_new_code_cancels_the_old_one() {
    let policy = Policy::default();
    let first = CodeProof::Unprepared.prepare(code(1), &policy, START).unwrap();
    assert_eq!(first.prepare(code(2), &policy, START.plus(29_999)), Err(CodeRefusal::TooSoon { retry_after_ms: 1 }));
    let second = first.prepare(code(2), &policy, START.plus(30_000)).unwrap();
    assert_eq!(second.attempt(&tried(1, 1, true), &policy, START.plus(31_000)), Err(CodeRefusal::Incorrect));
    assert!(second.attempt(&tried(2, 1, true), &policy, START.plus(31_000)).is_ok());
}

#[test]
fn a_clock_set_back_does_not_close_the_door() {
    let policy = Policy::default();
    let sent = CodeProof::Unprepared.prepare(code(1), &policy, START).unwrap();
    assert!(sent.prepare(code(2), &policy, START.plus(-3_600_000)).is_ok());
}

#[derive(Clone, Debug)]
enum Step {
    Prepare,
    Attempt { right: bool },
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::Prepare),
        any::<bool>().prop_map(|right| Step::Attempt { right }),
        (0..700_000i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    /// Whatever is done in whatever order: no more tries than the cap are taken for one code, none succeeds late or
    /// twice, and from every state a proof can still be reached.
    #[test]
    fn tries_stay_within_the_cap_and_no_code_works_twice(steps in steps()) {
        let policy = Policy::default();
        let (mut proof, mut now, mut number, mut tries) = (CodeProof::Unprepared, START, 0u8, 0u32);
        for step in steps {
            match step {
                Step::Prepare => {
                    if let Ok(next) = proof.prepare(code(number + 1), &policy, now) {
                        (proof, number, tries) = (next, number + 1, 0);
                    }
                }
                Step::Attempt { right } => {
                    tries += 1;
                    if let CodeProof::Sent(sent) = &mut proof {
                        sent.tries = tries - 1;
                    }
                    let before = proof.clone();
                    let open = proof.may_attempt(&policy, now).is_ok();
                    if let Ok(next) = proof.attempt(&tried(number, tries, right), &policy, now) {
                        prop_assert!(open && right && tries <= policy.codes.max_tries);
                        prop_assert!(now < before.sent().unwrap().expire_at);
                        proof = next;
                        prop_assert_eq!(proof.attempt(&tried(number, 1, true), &policy, now), Err(CodeRefusal::AlreadyVerified));
                    } else {
                        prop_assert_eq!(&before, &proof);
                    }
                }
                Step::Wait(span) => now = now.plus(span),
            }
        }
        if !proof.is_verified() {
            let later = now.plus(policy.codes.resend_after_ms);
            let again = proof.prepare(code(number + 1), &policy, later).unwrap();
            prop_assert!(again.attempt(&tried(number + 1, 1, true), &policy, later).unwrap().is_verified());
        }
    }
}
