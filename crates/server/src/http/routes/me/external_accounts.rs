//! Accounts that the user who acts has elsewhere.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{ConnectionKey, Strategy};
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{
        self, LastRequiredIdentificationDeletionFailed, OauthAccountAlreadyConnected, ResourceNotFound, SignedOut,
    },
    ExternalAccount, User, form,
};

use super::GROUP;
use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, says},
        routes::elsewhere::{self, COMPLETE, HINT, PROMPT, REDIRECT, SCOPES},
    },
    instance::Instance,
};

/// Accounts elsewhere.
pub(super) fn routes() -> Routes {
    const STRATEGY: Field = Field::text(form::STRATEGY, "The provider, such as `oauth_google`.").needed();
    const KNOWN: &[ErrorCode] = &[SignedOut, ErrorCode::SessionReverificationRequired, ResourceNotFound];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/external_accounts",
            connect,
            says("Begin to connect an account elsewhere")
                .more("It counts when what came back from there is redeemed.")
                .form(&[STRATEGY, REDIRECT.needed(), COMPLETE, PROMPT, HINT, SCOPES])
                .envelope::<ExternalAccount>()
                .refuses(elsewhere::REFUSED)
                .refuses(KNOWN)
                .refuses(&[OauthAccountAlreadyConnected]),
        )
        .patch(
            "/v1/me/external_accounts/{id}/reauthorize",
            reauthorize,
            says("Ask the holder of an account elsewhere once more, such as for more scopes")
                .form(&[REDIRECT.needed(), COMPLETE, PROMPT, HINT, SCOPES])
                .envelope::<ExternalAccount>()
                .refuses(elsewhere::REFUSED)
                .refuses(KNOWN),
        )
        .delete(
            "/v1/me/external_accounts/{id}",
            disconnect,
            says("Remove an account elsewhere")
                .envelope::<DeletedObject>()
                .refuses(KNOWN)
                .refuses(&[LastRequiredIdentificationDeletionFailed]),
        )
        .delete(
            "/v1/me/external_accounts/{id}/tokens",
            give_up_tokens,
            says("Give up what a provider lets the instance do for the user")
                .more("The provider is told where it can be. The account stays linked.")
                .envelope::<User>()
                .refuses(&[SignedOut, ResourceNotFound]),
        )
}

/// `POST /v1/me/external_accounts`
async fn connect(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let wanted = elsewhere::outward(&form, connection(&form)?)?;
    Ok(me::connect(&instance.turn(&caller), &wanted).await?.into())
}

/// `PATCH /v1/me/external_accounts/{id}/reauthorize`
async fn reauthorize(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let wanted = me::Reauthorize {
        redirect_url: form.filled(form::REDIRECT_URL)?,
        complete_url: form.filled(form::ACTION_COMPLETE_REDIRECT_URL)?,
        prompt: form.filled(form::OIDC_PROMPT)?,
        login_hint: form.filled(form::OIDC_LOGIN_HINT)?,
        scopes: form.every(form::ADDITIONAL_SCOPE)?,
    };
    Ok(me::reauthorize(&instance.turn(&caller), &id, &wanted).await?.into())
}

/// `DELETE /v1/me/external_accounts/{id}`
async fn disconnect(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::disconnect(&instance.turn(&caller), &id).await?.into())
}

/// `DELETE /v1/me/external_accounts/{id}/tokens`
async fn give_up_tokens(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::give_up_tokens(&instance.turn(&caller), &id).await?.into())
}

fn connection(form: &Form) -> Result<ConnectionKey, Refusal> {
    match Strategy::parse(form.required(form::STRATEGY)?) {
        Some(Strategy::OAuth(connection)) => Ok(connection),
        _ => Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
}
