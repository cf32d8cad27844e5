//! Passkeys of the user who acts.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{
        self, LastRequiredIdentificationDeletionFailed, PasskeyInvalidPublicKeyCredential, PasskeyInvalidVerification,
        PasskeyNotRegistered, PasskeyQuotaExceeded, PasskeyRegistrationFailure, SignedOut, StrategyForUserInvalid,
    },
    Passkey, form,
};

use super::GROUP;
use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Passkeys of the user who acts.
pub(super) fn routes() -> Routes {
    const STRATEGY: Field = Field::text(form::STRATEGY, "How it is proven.").one_of(&["passkey"]);
    const ANSWER: Field =
        Field::text(form::PUBLIC_KEY_CREDENTIAL, "JSON text of what the device has answered.").needed();
    const NAME: Field = Field::text(form::NAME, "What the user knows it by.").needed();
    const KNOWN: &[ErrorCode] = &[SignedOut, PasskeyNotRegistered];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/passkeys",
            add,
            says("Begin to add a passkey")
                .more("`verification.nonce` is JSON text of what the device is asked. The passkey counts once it has answered.")
                .envelope::<Passkey>()
                .refuses(&[SignedOut, PasskeyQuotaExceeded, StrategyForUserInvalid, PasskeyRegistrationFailure]),
        )
        .get(
            "/v1/me/passkeys/{id}",
            passkey,
            says("Read a passkey").envelope::<Passkey>().refuses(KNOWN),
        )
        .patch(
            "/v1/me/passkeys/{id}",
            rename,
            says("Give a passkey another name").form(&[NAME]).envelope::<Passkey>().refuses(KNOWN),
        )
        .delete(
            "/v1/me/passkeys/{id}",
            remove,
            says("Remove a passkey")
                .more("One whose device has yet to answer is given up.")
                .envelope::<DeletedObject>()
                .refuses(KNOWN)
                .refuses(&[LastRequiredIdentificationDeletionFailed]),
        )
        .post(
            "/v1/me/passkeys/{id}/attempt_verification",
            attempt,
            says("Offer what the device has answered")
                .more("An answer is looked at once, rightly or not: after a wrong one, begin again.")
                .form(&[STRATEGY, ANSWER])
                .envelope::<Passkey>()
                .refuses(KNOWN)
                .refuses(&[
                    PasskeyInvalidPublicKeyCredential,
                    PasskeyInvalidVerification,
                    PasskeyQuotaExceeded,
                    PasskeyRegistrationFailure,
                    StrategyForUserInvalid,
                ]),
        )
}

/// `POST /v1/me/passkeys`
async fn add(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::add_passkey(&instance.turn(&caller)).await?.into())
}

/// `GET /v1/me/passkeys/{id}`
async fn passkey(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::passkey(&instance.turn(&caller), &id).await?.into())
}

/// `PATCH /v1/me/passkeys/{id}`
async fn rename(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let name = form.required(form::NAME)?;
    Ok(me::rename_passkey(&instance.turn(&caller), &id, name).await?.into())
}

/// `DELETE /v1/me/passkeys/{id}`
async fn remove(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::remove_passkey(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/passkeys/{id}/attempt_verification`
async fn attempt(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    match form.filled(form::STRATEGY)? {
        None | Some("passkey") => {}
        Some(_) => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
    let answer = form.required(form::PUBLIC_KEY_CREDENTIAL)?;
    Ok(me::attempt_passkey(&instance.turn(&caller), &id, answer).await?.into())
}
