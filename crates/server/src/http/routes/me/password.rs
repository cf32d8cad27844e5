//! The password of the user who acts.

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::{
    ErrorCode::{
        self, AccountLockoutWarning, FormNewPasswordMatchesCurrent, FormParamUnknown, FormPasswordValidationFailed,
        NoPasswordSet, PasswordRequired, SessionReverificationRequired, SignedOut, UserLocked,
    },
    User, form,
};

use super::GROUP;

use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

/// The password of the user who acts.
pub(super) fn routes() -> Routes {
    const CURRENT: Field = Field::text(form::CURRENT_PASSWORD, "The password that the user has, if they have one.");
    const CHANGE: &[Field] = &[
        CURRENT,
        Field::text(form::NEW_PASSWORD, "The new one.").needed(),
        Field::flag(form::SIGN_OUT_OF_OTHER_SESSIONS, "Whether it signs out everywhere else; false if not said."),
    ];
    const WRONG: &[ErrorCode] =
        &[SignedOut, SessionReverificationRequired, FormPasswordValidationFailed, AccountLockoutWarning, UserLocked];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/change_password",
            change_password,
            says("Set or change the password")
                .form(CHANGE)
                .envelope::<User>()
                .refuses(WRONG)
                .refuses(refusals::NEW_PASSWORD)
                .refuses(&[FormNewPasswordMatchesCurrent, FormParamUnknown]),
        )
        .post(
            "/v1/me/remove_password",
            remove_password,
            says("Remove the password")
                .form(&[CURRENT])
                .envelope::<User>()
                .refuses(WRONG)
                .refuses(&[NoPasswordSet, PasswordRequired]),
        )
}

/// `POST /v1/me/change_password`
async fn change_password(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let change = me::PasswordChange {
        current: form.secret(form::CURRENT_PASSWORD)?,
        new: form.required_secret(form::NEW_PASSWORD)?,
        sign_out: form.flag(form::SIGN_OUT_OF_OTHER_SESSIONS)?.unwrap_or(false),
    };
    Ok(me::change_password(&instance.turn(&caller), &change).await?.into())
}

/// `POST /v1/me/remove_password`
async fn remove_password(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let current = form.secret(form::CURRENT_PASSWORD)?;
    Ok(me::remove_password(&instance.turn(&caller), current.as_ref()).await?.into())
}
