use frontdesk_identity::{CodeProof, Policy, Strategy, Timestamp};
use frontdesk_wire::{SignUpVerification, Verification};

/// The word for a proof that is there.
const VERIFIED: &str = "verified";

/// The proof by a code, once one was sent.
pub(super) fn code(proof: &CodeProof, strategy: Strategy, policy: &Policy, now: Timestamp) -> Option<Verification> {
    let (attempts, expire_at) = match proof {
        CodeProof::Unprepared => return None,
        CodeProof::Sent(sent) => (Some(i64::from(sent.tries)), Some(sent.expire_at.0)),
        CodeProof::Verified { .. } => (None, None),
    };
    Some(Verification {
        object: Some("verification_otp".to_owned()),
        status: proof.status(policy, now).as_str().to_owned(),
        strategy: strategy.as_str().to_owned(),
        attempts,
        expire_at,
        ..Verification::default()
    })
}

/// A proof that was given by this strategy.
pub(super) fn verified(strategy: Strategy) -> Verification {
    let object = match strategy {
        Strategy::Password => "verification_password",
        Strategy::EmailCode | Strategy::ResetPasswordEmailCode => "verification_otp",
        Strategy::Ticket => "verification_ticket",
        Strategy::Totp => "verification_totp",
        Strategy::BackupCode => "verification_backup_code",
        Strategy::OAuth(_) => "verification_oauth",
    };
    Verification {
        object: Some(object.to_owned()),
        status: VERIFIED.to_owned(),
        strategy: strategy.as_str().to_owned(),
        ..Verification::default()
    }
}

/// The proof of the address of a sign-up. Until a code is sent no strategy is named: components that find one there take
/// the code for sent.
pub(super) fn of_sign_up(proof: &CodeProof, policy: &Policy, now: Timestamp) -> SignUpVerification {
    let sent = code(proof, Strategy::EmailCode, policy, now).unwrap_or_default();
    let next_action = match proof {
        CodeProof::Unprepared => "needs_prepare",
        CodeProof::Sent(_) => "needs_attempt",
        CodeProof::Verified { .. } => "",
    };
    SignUpVerification {
        object: Some("verification_otp".to_owned()),
        status: proof.status(policy, now).as_str().to_owned(),
        strategy: sent.strategy,
        attempts: sent.attempts,
        expire_at: sent.expire_at,
        next_action: next_action.to_owned(),
        supported_strategies: vec![Strategy::EmailCode.as_str().to_owned()],
        ..SignUpVerification::default()
    }
}
