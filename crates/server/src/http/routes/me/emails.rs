//! Email addresses of the user who acts.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::form;

use crate::{
    caller::Caller,
    flows::me,
    http::{Answer, Refusal, extract::Form, routes::sign_ups::email_code},
    instance::Instance,
};

/// `GET /v1/me/email_addresses`
pub(in crate::http::routes) async fn emails(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
) -> Result<Answer, Refusal> {
    Ok(Answer::of_bare(&me::emails(&instance.turn(&caller)).await?))
}

/// `GET /v1/me/email_addresses/{id}`
pub(in crate::http::routes) async fn email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::email(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/email_addresses`
pub(in crate::http::routes) async fn add_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let typed = form.required(form::EMAIL_ADDRESS)?;
    Ok(me::add_email(&instance.turn(&caller), typed).await?.into())
}

/// `POST /v1/me/email_addresses/{id}/prepare_verification`
pub(in crate::http::routes) async fn prepare_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    email_code(&form)?;
    Ok(me::prepare_email(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/email_addresses/{id}/attempt_verification`
pub(in crate::http::routes) async fn attempt_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let code = form.required_secret(form::CODE)?;
    Ok(me::attempt_email(&instance.turn(&caller), &id, &code).await?.into())
}

/// `DELETE /v1/me/email_addresses/{id}`
pub(in crate::http::routes) async fn remove_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::remove_email(&instance.turn(&caller), &id).await?.into())
}
