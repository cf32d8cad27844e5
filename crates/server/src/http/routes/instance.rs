//! What concerns the instance as a whole.

use std::sync::Arc;

use axum::extract::{Extension, State};
use frontdesk_wire::{ErrorCode, Health};

use crate::{
    delivery,
    http::{Answer, DoorKind, Refusal, extract::Native, guard::Passed},
    instance::Instance,
};

/// `GET /v1/health`
pub(super) async fn health() -> Answer {
    Answer::bare(&Health { status: "healthy".to_owned() })
}

/// `GET /.well-known/jwks.json`
pub(super) async fn jwks(State(instance): State<Arc<Instance>>) -> Answer {
    Answer::bare(instance.jwks())
}

/// `GET|PATCH /v1/environment`
pub(super) async fn environment(State(instance): State<Arc<Instance>>, _caller: Native) -> Answer {
    Answer::bare(instance.environment())
}

/// `GET /frontdesk/outbox`: the mails of a development instance, on doors that only this computer reaches.
pub(super) async fn outbox(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
) -> Result<Answer, Refusal> {
    if passed.door == DoorKind::Network || !instance.is_development() {
        return Err(Refusal::code(ErrorCode::ResourceNotFound));
    }
    let messages = delivery::outbox(instance.store(), instance.keys(), None).await.map_err(|error| {
        tracing::error!(%error, "the outbox cannot be read");
        Refusal::code(ErrorCode::InternalError)
    })?;
    Ok(Answer::bare(&messages))
}
