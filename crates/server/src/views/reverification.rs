use frontdesk_identity::{Account, Level, Policy, Reverification, Strategy, Timestamp};
use frontdesk_wire::{Session, SessionReverification, Verification};

use super::{
    sign_in::{factor, of_ways},
    verification,
};

/// An attempt to prove once more who is signed in by a session.
#[must_use]
pub fn reverification(
    attempt: &Reverification,
    account: &Account,
    session: Session,
    policy: &Policy,
    now: Timestamp,
) -> SessionReverification {
    let first = (attempt.level != Level::SecondFactor)
        .then(|| Reverification::offered_first_factors(account, policy).into_iter().map(factor).collect());
    let second = (attempt.level != Level::FirstFactor).then(|| of_ways(account.second_ways(policy)));
    let sent = || verification::code(&attempt.code, attempt.code_for.strategy(), policy, now);
    let asked = attempt.passkey.as_ref();
    let proven = attempt.first.map(|strategy| {
        // Of a passkey that has proven it the protocol still says until when it could be answered.
        let answered_by = asked.filter(|_| strategy == Strategy::Passkey).map(|proof| proof.expire_at.0);
        Verification { expire_at: answered_by, ..verification::verified(strategy) }
    });
    let asked = || asked.map(|proof| verification::passkey(&proof.options, proof.expire_at, now));
    let second_sent = || verification::code(&attempt.second_code.proof, Strategy::PhoneCode, policy, now);
    SessionReverification {
        object: "session_reverification".to_owned(),
        level: attempt.level.as_str().to_owned(),
        status: attempt.status().as_str().to_owned(),
        supported_first_factors: first,
        supported_second_factors: second,
        first_factor_verification: proven.or_else(asked).or_else(sent),
        // The protocol knows no second factor by a passkey: one that was both is told of as the first.
        second_factor_verification: match attempt.second {
            Some(Strategy::Passkey) => None,
            second => second.map(verification::verified).or_else(second_sent),
        },
        session,
    }
}
