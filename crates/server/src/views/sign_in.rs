use frontdesk_identity::{
    self as identity, Factor as IdentityFactor, Found, Policy, SecondFactor, SignInState, Strategy, Timestamp,
};
use frontdesk_wire::{ErrorCode, Factor, SignIn, UserData, Verification};

use super::{account, external, verification};
use crate::public_url::PublicUrl;

/// A sign-in. `found` is whose its identifier is at this moment, once there is one; `outward` where the browser goes while
/// it is waited for.
#[must_use]
pub fn sign_in(
    attempt: &identity::SignIn,
    found: Option<&Found<'_>>,
    outward: Option<String>,
    url: &PublicUrl,
    policy: &Policy,
    now: Timestamp,
) -> SignIn {
    let factors = found.map(|found| attempt.offered_first_factors(found, policy).into_iter().map(factor).collect());
    let elsewhere = attempt
        .external
        .as_ref()
        .map(|proof| external::verification(proof, outward, Some(ErrorCode::ExternalAccountNotFound), now));
    let mut second = None;
    let asked = attempt.passkey.as_ref();
    // Of a passkey that has proven it the protocol still says until when it could be answered.
    let answered_by = asked.map(|proof| proof.expire_at.0);
    let asked = asked.map(|proof| verification::passkey(&proof.options, proof.expire_at, now));
    let (proof, session_id) = match &attempt.state {
        SignInState::NeedsIdentifier => (asked.or(elsewhere), None),
        SignInState::NeedsFirstFactor { .. } if asked.is_some() => (asked, None),
        SignInState::NeedsFirstFactor { code, code_for, .. } => {
            (verification::code(code, code_for.strategy(), policy, now).or(elsewhere), None)
        }
        SignInState::NeedsNewPassword { email_address_id: None, .. } => {
            (Some(verification::verified(Strategy::Password)), None)
        }
        SignInState::NeedsNewPassword { .. } => {
            let strategy = match found {
                Some(Found::Account(account)) => attempt.reset_strategy(account),
                _ => Strategy::ResetPasswordEmailCode,
            };
            (Some(verification::verified(strategy)), None)
        }
        SignInState::NeedsSecondFactor { first, code, .. } => {
            second = verification::code(&code.proof, Strategy::PhoneCode, policy, now);
            (Some(Verification { expire_at: answered_by, ..verification::verified(*first) }), None)
        }
        SignInState::Complete { session_id, strategy, second: proven, .. } => {
            second = proven.map(verification::verified);
            let proof = Verification { expire_at: answered_by, ..verification::verified(*strategy) };
            (Some(proof), Some(session_id.to_string()))
        }
    };
    SignIn {
        object: "sign_in_attempt".to_owned(),
        id: attempt.id.to_string(),
        status: attempt.status(now).as_str().to_owned(),
        supported_identifiers: identifiers(policy),
        supported_first_factors: factors,
        supported_second_factors: second_factors(attempt, found, policy),
        first_factor_verification: proof,
        second_factor_verification: second,
        identifier: attempt.identifier().map(ToString::to_string),
        // Before anything is proven, a name would tell strangers who has an account.
        user_data: session_id.as_ref().and(found).and_then(|found| user_data(found, url)),
        created_session_id: session_id,
        abandon_at: attempt.abandon_at.0,
        ..SignIn::default()
    }
}

fn second_factors(attempt: &identity::SignIn, found: Option<&Found<'_>>, policy: &Policy) -> Option<Vec<Factor>> {
    match (&attempt.state, found) {
        (SignInState::NeedsSecondFactor { .. }, Some(Found::Account(account))) => {
            Some(of_ways(attempt.second_factors(account, policy)))
        }
        _ => None,
    }
}

/// Ways to prove the second factor, the one to offer first in front.
pub(super) fn of_ways(ways: Vec<SecondFactor>) -> Vec<Factor> {
    let factor = |(place, way): (usize, SecondFactor)| {
        let strategy = way.strategy().as_str().to_owned();
        let (phone_number_id, safe_identifier) = match way {
            SecondFactor::PhoneCode { phone_number_id, safe_identifier } => {
                (Some(phone_number_id.to_string()), Some(safe_identifier))
            }
            SecondFactor::Totp | SecondFactor::BackupCode => (None, None),
        };
        Factor { strategy, phone_number_id, safe_identifier, default: Some(place == 0), ..Factor::default() }
    };
    ways.into_iter().enumerate().map(factor).collect()
}

/// Kinds of identifier that the instance takes.
#[must_use]
pub fn identifiers(policy: &Policy) -> Vec<String> {
    let kinds = [
        ("email_address", policy.email_address.requirement),
        ("phone_number", policy.phone_number.requirement),
        ("username", policy.username.requirement),
    ];
    kinds.into_iter().filter(|(_, requirement)| requirement.is_on()).map(|(kind, _)| kind.to_owned()).collect()
}

fn user_data(found: &Found<'_>, url: &PublicUrl) -> Option<UserData> {
    let Found::Account(account) = found else { return None };
    let image_url = account.user.image_id.as_ref().map(|id| account::image_url(id, url));
    Some(UserData {
        first_name: account.user.first_name.clone(),
        last_name: account.user.last_name.clone(),
        has_image: image_url.is_some(),
        image_url: Some(image_url.unwrap_or_default()),
    })
}

pub(super) fn factor(factor: IdentityFactor) -> Factor {
    let of = |strategy: Strategy| Factor { strategy: strategy.as_str().to_owned(), ..Factor::default() };
    let by_mail = |strategy, id: identity::IdentificationId, safe_identifier, primary| Factor {
        safe_identifier: Some(safe_identifier),
        email_address_id: Some(id.to_string()),
        primary: Some(primary),
        ..of(strategy)
    };
    let by_text = |strategy, id: identity::IdentificationId, safe_identifier, primary| Factor {
        safe_identifier: Some(safe_identifier),
        phone_number_id: Some(id.to_string()),
        primary: Some(primary),
        ..of(strategy)
    };
    match factor {
        IdentityFactor::Password => of(Strategy::Password),
        IdentityFactor::Passkey => of(Strategy::Passkey),
        IdentityFactor::EmailCode { email_address_id, safe_identifier, primary } => {
            by_mail(Strategy::EmailCode, email_address_id, safe_identifier, primary)
        }
        IdentityFactor::ResetPasswordEmailCode { email_address_id, safe_identifier, primary } => {
            by_mail(Strategy::ResetPasswordEmailCode, email_address_id, safe_identifier, primary)
        }
        IdentityFactor::PhoneCode { phone_number_id, safe_identifier, primary } => {
            by_text(Strategy::PhoneCode, phone_number_id, safe_identifier, primary)
        }
        IdentityFactor::ResetPasswordPhoneCode { phone_number_id, safe_identifier, primary } => {
            by_text(Strategy::ResetPasswordPhoneCode, phone_number_id, safe_identifier, primary)
        }
    }
}
