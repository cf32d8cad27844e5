use frontdesk_identity::{CodeProof, Policy, ProofStatus, Strategy, Timestamp};
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
        channel: by_text(strategy).then(|| "sms".to_owned()),
        ..Verification::default()
    })
}

/// The answer of a device that was asked for a passkey.
pub(super) fn passkey(options: &str, expire_at: Timestamp, now: Timestamp) -> Verification {
    let waiting = now < expire_at;
    let status = if waiting { ProofStatus::Unverified } else { ProofStatus::Expired };
    Verification {
        object: Some("verification_passkey".to_owned()),
        status: status.as_str().to_owned(),
        strategy: Strategy::Passkey.as_str().to_owned(),
        expire_at: Some(expire_at.0),
        nonce: Some(if waiting { options.to_owned() } else { String::new() }),
        ..Verification::default()
    }
}

fn by_text(strategy: Strategy) -> bool {
    matches!(strategy, Strategy::PhoneCode | Strategy::ResetPasswordPhoneCode)
}

/// A proof that was given by this strategy.
pub(super) fn verified(strategy: Strategy) -> Verification {
    let object = match strategy {
        Strategy::Password => "verification_password",
        Strategy::EmailCode
        | Strategy::PhoneCode
        | Strategy::ResetPasswordEmailCode
        | Strategy::ResetPasswordPhoneCode => "verification_otp",
        Strategy::Passkey => "verification_passkey",
        Strategy::Ticket => "verification_ticket",
        Strategy::Totp => "verification_totp",
        Strategy::BackupCode => "verification_backup_code",
        Strategy::OAuth(_) => "verification_oauth",
    };
    Verification {
        object: Some(object.to_owned()),
        status: VERIFIED.to_owned(),
        strategy: strategy.as_str().to_owned(),
        // A device is asked nothing any more; the protocol has a text there in any case.
        nonce: (strategy == Strategy::Passkey).then(String::new),
        ..Verification::default()
    }
}

/// The proof of the address or number of a sign-up, by this strategy. Until a code is sent no strategy is named: components that find one there take
/// the code for sent.
pub(super) fn of_sign_up(proof: &CodeProof, strategy: Strategy, policy: &Policy, now: Timestamp) -> SignUpVerification {
    let sent = code(proof, strategy, policy, now).unwrap_or_default();
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
        supported_strategies: vec![strategy.as_str().to_owned()],
        channel: sent.channel,
        ..SignUpVerification::default()
    }
}

/// The proof of the address of a sign-up by an invitation.
pub(super) fn by_ticket() -> SignUpVerification {
    SignUpVerification {
        object: Some("verification_ticket".to_owned()),
        status: VERIFIED.to_owned(),
        strategy: Strategy::Ticket.as_str().to_owned(),
        supported_strategies: vec![Strategy::Ticket.as_str().to_owned()],
        ..SignUpVerification::default()
    }
}
