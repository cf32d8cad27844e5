//! The password of the user who acts.

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::form;

use crate::{
    caller::Caller,
    flows::me,
    http::{Answer, Refusal, extract::Form},
    instance::Instance,
};

/// `POST /v1/me/change_password`
pub(in crate::http::routes) async fn change_password(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let change = me::PasswordChange {
        current: form.secret(form::CURRENT_PASSWORD)?,
        new: form.required_secret(form::NEW_PASSWORD)?,
        sign_out: form.flag(form::SIGN_OUT_OF_OTHER_SESSIONS)?.unwrap_or(false),
    };
    Ok(me::change_password(&instance.turn(&caller), &change).await?.into())
}

/// `POST /v1/me/remove_password`
pub(in crate::http::routes) async fn remove_password(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let current = form.secret(form::CURRENT_PASSWORD)?;
    Ok(me::remove_password(&instance.turn(&caller), current.as_ref()).await?.into())
}
