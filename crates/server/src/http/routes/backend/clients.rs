//! `/v1/clients`

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_wire::{
    ErrorCode::{AuthenticationInvalid, FormParamMissing, ResourceNotFound},
    backend::{Client, HandshakePayload},
};

use crate::{
    flows::{backend::clients, handshake::redeem},
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        guard::Passed,
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// The parameter that holds the nonce of a handshake.
const NONCE: &str = "nonce";

/// Clients.
pub(super) fn routes() -> Routes {
    const TOKEN: Field = Field::text("token", "The client token, as the cookie of the browser holds it.").needed();
    const ONCE: Field = Field::text(NONCE, "The nonce, as the browser brought it.").needed();
    Routes::of(Who::Owner, "Backend: clients", "Devices and browsers, for the owner.")
        .get(
            "/v1/clients/handshake_payload",
            handshake_payload,
            says("Redeem the nonce of a handshake")
                .more("What a browser was sent to the application server with: once, within a minute.")
                .query(&[ONCE])
                .bare::<HandshakePayload>()
                .refuses(&[FormParamMissing, ResourceNotFound]),
        )
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

/// `GET /v1/clients/handshake_payload`: what a browser was sent to the application server with.
pub(super) async fn handshake_payload(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    Owner(caller, _): Owner,
) -> Result<Answer, Refusal> {
    let nonce = passed.query.one(NONCE)?.filter(|nonce| !nonce.is_empty());
    let nonce = nonce.ok_or_else(|| Refusal::field(FormParamMissing, NONCE))?;
    let directives = redeem(&instance.turn(&caller), nonce).await?;
    Ok(Answer::bare(&HandshakePayload { nonce: nonce.to_owned(), directives }))
}
