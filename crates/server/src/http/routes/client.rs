//! `/v1/client`

use std::sync::Arc;

use axum::extract::{Extension, State};
use frontdesk_wire::{Client, ErrorCode, form::NONCE_QUERY};

use crate::{
    caller::Caller,
    flows::client,
    http::{
        Answer, Refusal,
        extract::Form,
        guard::Passed,
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

use super::elsewhere;

const LOOK: Field = Field::text("_method", "`GET` only looks, and makes no client.");

/// The client.
pub(super) fn routes() -> Routes {
    let creating = || {
        says("Make a client, or read the one there is")
            .more("Native callers find the token of a new one in the header `Authorization` of the answer.")
            .form(&[LOOK])
            .envelope_or_null::<Client>()
    };
    Routes::of(Who::Client, "Client", "The device or browser, with its sessions and attempts.")
        .get(
            "/v1/client",
            show,
            says("Read the client")
                .more("Null when there is none yet.")
                .query(&[Field::text(NONCE_QUERY, "Redeems what came back from elsewhere.")])
                .envelope_or_null::<Client>()
                .refuses(&[ErrorCode::SignedOut, ErrorCode::ResourceNotFound])
                .refuses(elsewhere::REDEMPTION),
        )
        .put("/v1/client", create, creating())
        .post("/v1/client", create, creating())
        .delete(
            "/v1/client",
            delete,
            says("Sign out of every session and forget the client").envelope_or_null::<Client>(),
        )
        .delete(
            "/v1/client/sessions",
            sign_out,
            says("Sign out of every session").envelope_or_null::<Client>().refuses(&[ErrorCode::SignedOut]),
        )
}

/// `GET /v1/client`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    match elsewhere::nonce(&passed)? {
        Some(nonce) => Ok(client::redeem(&turn, nonce).await?.into()),
        None => Ok(client::show(&turn).await?.into()),
    }
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
