//! What every route takes that sends somebody to a provider.

use frontdesk_identity::ConnectionKey;
use frontdesk_wire::{
    ErrorCode,
    form::{self, NONCE_QUERY},
};

use crate::{
    flows::external::Outward,
    http::{Refusal, extract::Form, guard::Passed, openapi::Field},
};

pub(super) const REDIRECT: Field =
    Field::text(form::REDIRECT_URL, "Where the browser ends, for strategies of providers; an owner lists it.");
pub(super) const COMPLETE: Field =
    Field::text(form::ACTION_COMPLETE_REDIRECT_URL, "Where it ends when nothing is left to do.");
pub(super) const PROMPT: Field = Field::text(form::OIDC_PROMPT, "Which pages the provider shows.");
pub(super) const HINT: Field = Field::text(form::OIDC_LOGIN_HINT, "Whom the provider expects.");
pub(super) const SCOPES: Field =
    Field::texts(form::ADDITIONAL_SCOPE, "What the instance wants to do there besides what the connection asks for.");

/// Why nobody is sent to a provider.
pub(super) const REFUSED: &[ErrorCode] = &[
    ErrorCode::FormParamMissing,
    ErrorCode::FormParamFormatInvalid,
    ErrorCode::FormParamMaxLengthExceeded,
    ErrorCode::ProhibitedRedirectUrl,
    ErrorCode::ResourceMissmatch,
    ErrorCode::OauthProviderNotEnabled,
    ErrorCode::OauthNonAuthenticatableProvider,
    ErrorCode::OauthUnsupportedProvider,
    ErrorCode::OauthConfigMissing,
    ErrorCode::MisconfiguredOauthProvider,
    ErrorCode::OauthFetchUserError,
    ErrorCode::OauthTokenExchangeError,
    ErrorCode::OauthCallbackInvalid,
];

/// Why nothing is redeemed.
pub(super) const REDEMPTION: &[ErrorCode] = &[
    ErrorCode::OauthCallbackInvalid,
    ErrorCode::OauthIdentificationClaimed,
    ErrorCode::UserLocked,
    ErrorCode::UserBanned,
    ErrorCode::SessionExists,
    ErrorCode::IdentifierAlreadySignedIn,
    ErrorCode::ResourceForbidden,
    ErrorCode::ClientStateInvalid,
    ErrorCode::FormResourceNotFound,
];

/// The way out that a form asks for.
pub(super) fn outward(form: &Form, connection: ConnectionKey) -> Result<Outward<'_>, Refusal> {
    Ok(Outward {
        connection,
        redirect_url: form.filled(form::REDIRECT_URL)?,
        complete_url: form.filled(form::ACTION_COMPLETE_REDIRECT_URL)?,
        prompt: form.filled(form::OIDC_PROMPT)?,
        login_hint: form.filled(form::OIDC_LOGIN_HINT)?,
        scopes: form.every(form::ADDITIONAL_SCOPE)?,
    })
}

/// What redeems a way out that came back.
pub(super) fn nonce(passed: &Passed) -> Result<Option<&str>, Refusal> {
    Ok(passed.query.one(NONCE_QUERY)?.filter(|nonce| !nonce.is_empty()))
}
