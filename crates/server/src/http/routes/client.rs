//! `/v1/client`

use std::sync::Arc;

use axum::extract::State;

use crate::{
    caller::Caller,
    flows::client,
    http::{Answer, Refusal, extract::Form},
    instance::Instance,
};

/// `GET /v1/client`
pub(super) async fn show(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(client::show(&instance.turn(&caller)).await?.into())
}

/// `PUT|POST /v1/client`. Some callers say in the body that they only want to look.
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    if form.filled("_method")?.is_some_and(|verb| verb.eq_ignore_ascii_case("GET")) {
        return Ok(client::show(&turn).await?.into());
    }
    Ok(client::create(&turn).await?.into())
}

/// `DELETE /v1/client`
pub(super) async fn delete(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(client::delete(&instance.turn(&caller)).await?.into())
}

/// `DELETE /v1/client/sessions`
pub(super) async fn sign_out(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(client::sign_out(&instance.turn(&caller)).await?.into())
}
