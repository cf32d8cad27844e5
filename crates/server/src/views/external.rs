use frontdesk_identity::{self as identity, ExternalOutcome, ExternalProof, ExternalRefusal, Timestamp};
use frontdesk_wire::{ApiError, ErrorCode, ErrorMeta, ExternalAccount, Verification};

use crate::http::words_of;

/// An account elsewhere, for its user alone. `url` is where the browser goes while it is waited for, `missing` what the
/// instance asks for there and may not do.
#[must_use]
pub fn external_account(
    external: &identity::ExternalAccount,
    url: Option<String>,
    missing: String,
    now: Timestamp,
) -> ExternalAccount {
    let profile = external.profile.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let picture = profile.and_then(|profile| profile.picture.as_ref());
    let mut verification = verification(&external.proof, url, None, now);
    if external.proof.outcome == ExternalOutcome::Verified && !external.granted {
        // It signs in still, and is no use to the owner's server before it is connected once more.
        verification.error = Some(said(ErrorCode::ExternalAccountMissingRefreshToken.as_str(), None));
    }
    ExternalAccount {
        object: "external_account".to_owned(),
        id: external.id.to_string(),
        provider: external.proof.connection.to_string(),
        identification_id: external.identification_id().to_string(),
        provider_user_id: text(profile.map(|profile| &profile.subject)),
        approved_scopes: external.scopes().join(" "),
        missing_scopes: missing,
        email_address: profile.and_then(|p| p.email.as_ref()).map(ToString::to_string).unwrap_or_default(),
        email_address_verified: profile.map(|profile| profile.email_verified),
        first_name: text(profile.and_then(|profile| profile.first_name.as_ref())),
        last_name: text(profile.and_then(|profile| profile.last_name.as_ref())),
        avatar_url: text(picture),
        image_url: picture.cloned(),
        username: profile.and_then(|profile| profile.username.clone()),
        verification: Some(verification),
        created_at: external.created_at.0,
        updated_at: external.updated_at.0,
        ..ExternalAccount::default()
    }
}

/// A proof that comes from elsewhere. `transfer` is the code of one that has to become an attempt of the other kind.
pub(super) fn verification(
    proof: &ExternalProof,
    url: Option<String>,
    transfer: Option<ErrorCode>,
    now: Timestamp,
) -> Verification {
    let (status, error) = match &proof.outcome {
        ExternalOutcome::Waiting if proof.is_waiting(now) => ("unverified", None),
        ExternalOutcome::Waiting => ("expired", None),
        ExternalOutcome::Verified => ("verified", None),
        ExternalOutcome::Transferable => ("transferable", transfer.map(|code| said(code.as_str(), None))),
        ExternalOutcome::Failed(refusal) => ("failed", Some(said(refusal.code(), meta(refusal)))),
    };
    Verification {
        object: Some("verification_oauth".to_owned()),
        status: status.to_owned(),
        strategy: proof.connection.to_string(),
        expire_at: Some(proof.expire_at.0),
        error,
        external_verification_redirect_url: url,
        ..Verification::default()
    }
}

fn meta(refusal: &ExternalRefusal) -> Option<ErrorMeta> {
    let ExternalRefusal::IdentifierAlreadySignedIn { session_id } = refusal else { return None };
    Some(ErrorMeta { session_id: Some(session_id.to_string()), ..ErrorMeta::default() })
}

fn said(code: &str, meta: Option<ErrorMeta>) -> ApiError {
    let (message, long_message) = ErrorCode::parse(code).map_or(("Refused", ""), words_of);
    ApiError { code: code.to_owned(), message: message.to_owned(), long_message: long_message.to_owned(), meta }
}
