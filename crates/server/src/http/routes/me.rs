//! `/v1/me`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::user::ProfileChange;
use frontdesk_wire::{ErrorCode, form};

mod emails;
mod password;
mod picture;

pub(super) use emails::{add_email, attempt_email, email, emails, prepare_email, remove_email};
pub(super) use password::{change_password, remove_password};
pub(super) use picture::{remove_picture, set_picture};

use crate::{
    caller::Caller,
    flows::me,
    http::{Answer, Refusal, extract::Form},
    instance::Instance,
};

/// `GET /v1/me`
pub(super) async fn show(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::show(&instance.turn(&caller)).await?.into())
}

/// `PATCH /v1/me`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    for name in [form::USERNAME, "primary_phone_number_id", "primary_web3_wallet_id"] {
        if form.filled(name)?.is_some() {
            return Err(Refusal::field(ErrorCode::FormParamUnknown, name));
        }
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let change = ProfileChange {
        first_name: owned(form.text(form::FIRST_NAME)?),
        last_name: owned(form.text(form::LAST_NAME)?),
        unsafe_metadata: owned(form.text(form::UNSAFE_METADATA)?),
        primary_email_address_id: owned(form.filled("primary_email_address_id")?),
    };
    Ok(me::update(&instance.turn(&caller), &change).await?.into())
}

/// `PATCH /v1/me/metadata`
pub(super) async fn merge_metadata(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let patch = form.required(form::UNSAFE_METADATA)?;
    Ok(me::merge_metadata(&instance.turn(&caller), patch).await?.into())
}

/// `DELETE /v1/me`
pub(super) async fn delete(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::delete(&instance.turn(&caller)).await?.into())
}

/// `GET /v1/me/sessions` and `GET /v1/me/sessions/active`
pub(super) async fn sessions(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    let reply = me::sessions(&instance.turn(&caller)).await?;
    Ok(Answer::of_bare(&reply))
}

/// `POST /v1/me/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::revoke(&instance.turn(&caller), &id).await?.into())
}
