//! `/v1/clients`

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::{
    flows::backend::clients,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
    },
    instance::Instance,
};

/// `GET /v1/clients/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&clients::show(&instance.turn(&caller), &id).await?))
}

/// `POST /v1/clients/verify`
pub(super) async fn verify(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    let token = json.required_secret("token")?;
    Ok(Answer::bare(&clients::verify(&instance.turn(&caller), &token).await?))
}
