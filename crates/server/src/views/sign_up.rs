use frontdesk_identity::{self as identity, Policy, SignUpState, Strategy, Timestamp};
use frontdesk_wire::{ErrorCode, SignUp, SignUpVerifications};

use super::{external, verification};

/// A sign-up. `outward` is where the browser goes while it is waited for.
#[must_use]
pub fn sign_up(attempt: &identity::SignUp, outward: Option<String>, policy: &Policy, now: Timestamp) -> SignUp {
    let words = |fields: Vec<&str>| fields.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let draft = &attempt.draft;
    let email_proof =
        (draft.email.is_some() && policy.email_address.verify_at_sign_up).then(|| match &draft.invitation {
            Some(_) => verification::by_ticket(),
            None => verification::of_sign_up(attempt.email_proof(), Strategy::EmailCode, policy, now),
        });
    let phone_proof = (draft.phone.is_some() && policy.phone_number.verify_at_sign_up)
        .then(|| verification::of_sign_up(attempt.phone_proof(), Strategy::PhoneCode, policy, now));
    let elsewhere = attempt
        .external
        .as_ref()
        .map(|proof| external::verification(proof, outward, Some(ErrorCode::ExternalAccountExists), now));
    let (session_id, user_id) = match &attempt.state {
        SignUpState::MissingRequirements { .. } => (None, None),
        SignUpState::Complete { session_id, user_id, .. } => (Some(session_id.to_string()), Some(user_id.to_string())),
    };
    SignUp {
        object: "sign_up_attempt".to_owned(),
        id: attempt.id.to_string(),
        status: attempt.status(now).as_str().to_owned(),
        required_fields: words(identity::SignUp::required_fields(policy)),
        optional_fields: words(identity::SignUp::optional_fields(policy)),
        missing_fields: words(attempt.missing_fields(policy)),
        unverified_fields: words(attempt.unverified_fields(policy)),
        verifications: SignUpVerifications {
            email_address: email_proof,
            phone_number: phone_proof,
            external_account: elsewhere,
            ..SignUpVerifications::default()
        },
        external_account_strategy: attempt.external.as_ref().map(|proof| proof.connection.to_string()),
        email_address: draft.email.as_ref().map(ToString::to_string),
        phone_number: draft.phone.as_ref().map(ToString::to_string),
        username: draft.username.as_ref().map(ToString::to_string),
        has_password: draft.has_password,
        password_enabled: draft.has_password,
        first_name: draft.first_name.clone(),
        last_name: draft.last_name.clone(),
        public_metadata: draft.invitation.as_ref().map(|by| by.public_metadata.clone()).unwrap_or_default(),
        unsafe_metadata: draft.unsafe_metadata.clone(),
        locale: draft.locale.clone(),
        created_session_id: session_id,
        created_user_id: user_id,
        abandon_at: attempt.abandon_at.0,
        legal_accepted_at: draft.legal_accepted_at.map(|at| at.0),
        ..SignUp::default()
    }
}
