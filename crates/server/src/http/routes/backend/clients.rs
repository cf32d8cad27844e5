//! `/v1/clients`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{
    ErrorCode::{AuthenticationInvalid, ResourceNotFound},
    backend::Client,
};

use crate::{
    flows::backend::clients,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Clients.
pub(super) fn routes() -> Routes {
    const TOKEN: Field = Field::text("token", "The client token, as the cookie of the browser holds it.").needed();
    Routes::of(Who::Owner, "Backend: clients", "Devices and browsers, for the owner.")
        .get("/v1/clients/{id}", show, says("Read a client").bare::<Client>().refuses(&[ResourceNotFound]))
        .post(
            "/v1/clients/verify",
            verify,
            says("Read the client of a token").json(&[TOKEN]).bare::<Client>().refuses(&[AuthenticationInvalid]),
        )
}

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
