//! Second factors of the user who acts.

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::{
    BackupCodes, DeletedObject,
    ErrorCode::{
        AccountLockoutWarning, BackupCodesNotAvailable, FormCodeIncorrect, FormParamValueDisabled, ResourceNotFound,
        SessionReverificationRequired, SignedOut, TotpAlreadyEnabled, UserLocked,
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

/// Second factors of the user who acts.
pub(super) fn routes() -> Routes {
    const CODE: Field = Field::text(form::CODE, "A code of the app.").needed();
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/totp",
            create_totp,
            says("Set up an authenticator app")
                .more("It counts once a code of it was right. Another one that was set up and not proven makes room.")
                .envelope::<Totp>()
                .refuses(&[SignedOut, SessionReverificationRequired, TotpAlreadyEnabled, FormParamValueDisabled]),
        )
        .post(
            "/v1/me/totp/attempt_verification",
            attempt_totp,
            says("Offer a code of the authenticator app")
                .more("The first second factor brings backup codes, which are told this once.")
                .form(&[CODE])
                .envelope::<Totp>()
                .refuses(&[
                    SignedOut,
                    SessionReverificationRequired,
                    SessionReverificationRequired,
                    ResourceNotFound,
                    TotpAlreadyEnabled,
                    FormCodeIncorrect,
                    AccountLockoutWarning,
                    UserLocked,
                ]),
        )
        .delete(
            "/v1/me/totp",
            delete_totp,
            says("Remove the authenticator app")
                .more("Backup codes go with the last second factor.")
                .envelope::<DeletedObject>()
                .refuses(&[SignedOut, SessionReverificationRequired, ResourceNotFound]),
        )
        .post(
            "/v1/me/backup_codes",
            create_backup_codes,
            says("Draw backup codes anew")
                .more("They are told this once, and those before are dead.")
                .envelope::<BackupCodes>()
                .refuses(&[SignedOut, SessionReverificationRequired, BackupCodesNotAvailable]),
        )
}

/// `POST /v1/me/totp`
async fn create_totp(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::create_totp(&instance.turn(&caller)).await?.into())
}

/// `POST /v1/me/totp/attempt_verification`
async fn attempt_totp(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let code = form.required_secret(form::CODE)?;
    Ok(me::attempt_totp(&instance.turn(&caller), &code).await?.into())
}

/// `DELETE /v1/me/totp`
async fn delete_totp(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::delete_totp(&instance.turn(&caller)).await?.into())
}

/// `POST /v1/me/backup_codes`
async fn create_backup_codes(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::create_backup_codes(&instance.turn(&caller)).await?.into())
}
