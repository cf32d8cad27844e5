use frontdesk_identity::{self as identity, Factor as IdentityFactor, Found, Policy, SignInState, Strategy, Timestamp};
use frontdesk_wire::{Factor, SignIn, UserData};

use super::verification;

/// A sign-in. `found` is whose its identifier is at this moment, once there is one.
#[must_use]
pub fn sign_in(attempt: &identity::SignIn, found: Option<&Found<'_>>, policy: &Policy, now: Timestamp) -> SignIn {
    let factors = found.map(|found| attempt.first_factors(found, policy).into_iter().map(factor).collect());
    let (proof, session_id) = match &attempt.state {
        SignInState::NeedsIdentifier => (None, None),
        SignInState::NeedsFirstFactor { code, .. } => (verification::code(code, policy, now), None),
        SignInState::Complete { session_id, strategy, .. } => {
            (Some(verification::verified(*strategy)), Some(session_id.to_string()))
        }
    };
    SignIn {
        object: "sign_in_attempt".to_owned(),
        id: attempt.id.to_string(),
        status: attempt.status(now).as_str().to_owned(),
        supported_identifiers: vec!["email_address".to_owned()],
        supported_first_factors: factors,
        first_factor_verification: proof,
        identifier: attempt.identifier().map(ToString::to_string),
        // Before anything is proven, a name would tell strangers who has an account.
        user_data: session_id.as_ref().and(found).and_then(user_data),
        created_session_id: session_id,
        abandon_at: attempt.abandon_at.0,
        ..SignIn::default()
    }
}

fn user_data(found: &Found<'_>) -> Option<UserData> {
    let Found::Account(account) = found else { return None };
    Some(UserData {
        first_name: account.user.first_name.clone(),
        last_name: account.user.last_name.clone(),
        ..UserData::default()
    })
}

fn factor(factor: IdentityFactor) -> Factor {
    match factor {
        IdentityFactor::Password => Factor { strategy: Strategy::Password.as_str().to_owned(), ..Factor::default() },
        IdentityFactor::EmailCode { email_address_id, safe_identifier, primary } => Factor {
            strategy: Strategy::EmailCode.as_str().to_owned(),
            safe_identifier: Some(safe_identifier),
            email_address_id: Some(email_address_id.to_string()),
            primary: Some(primary),
            ..Factor::default()
        },
    }
}
