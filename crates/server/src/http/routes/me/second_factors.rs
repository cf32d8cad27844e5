//! Second factors of the user who acts.

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::{
    BackupCodes, DeletedObject,
    ErrorCode::{
        BackupCodesNotAvailable, FormCodeIncorrect, FormParamValueDisabled, ResourceNotFound,
        SessionReverificationRequired, SignedOut, TotpAlreadyEnabled, VerificationMissing,
    },
    Totp, form,
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

/// Second factors.
pub(super) fn routes() -> Routes {
    const CODE: &[Field] = &[Field::text(form::CODE, "A code that the authenticator app shows.").needed()];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/totp",
            begin_totp,
            says("Begin to set up an authenticator app")
                .more("Its secret is told this once. It is asked for once a code of it was seen.")
                .envelope::<Totp>()
                .refuses(&[SignedOut, SessionReverificationRequired, TotpAlreadyEnabled, FormParamValueDisabled]),
        )
        .post(
            "/v1/me/totp/attempt_verification",
            verify_totp,
            says("Finish setting up an authenticator app").form(CODE).envelope::<Totp>().refuses(&[
                SignedOut,
                SessionReverificationRequired,
                FormCodeIncorrect,
                TotpAlreadyEnabled,
                FormParamValueDisabled,
                VerificationMissing,
            ]),
        )
        .delete(
            "/v1/me/totp",
            remove_totp,
            says("Remove the authenticator app, and the backup codes with it").envelope::<DeletedObject>().refuses(&[
                SignedOut,
                SessionReverificationRequired,
                ResourceNotFound,
            ]),
        )
        .post(
            "/v1/me/backup_codes",
            renew_backup_codes,
            says("Make new backup codes in place of the old ones")
                .more("They are told this once.")
                .envelope::<BackupCodes>()
                .refuses(&[SignedOut, SessionReverificationRequired, BackupCodesNotAvailable]),
        )
}

/// `POST /v1/me/totp`
async fn begin_totp(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::begin_totp(&instance.turn(&caller)).await?.into())
}

/// `POST /v1/me/totp/attempt_verification`
async fn verify_totp(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    Ok(me::verify_totp(&instance.turn(&caller), &form.required_secret(form::CODE)?).await?.into())
}

/// `DELETE /v1/me/totp`
async fn remove_totp(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::remove_totp(&instance.turn(&caller)).await?.into())
}

/// `POST /v1/me/backup_codes`
async fn renew_backup_codes(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::renew_backup_codes(&instance.turn(&caller)).await?.into())
}
