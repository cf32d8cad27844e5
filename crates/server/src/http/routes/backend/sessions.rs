//! `/v1/sessions`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{ErrorCode, backend::Session};

use super::list;
use crate::{
    flows::backend::sessions::{self, Filter},
    http::{
        Answer, Refusal,
        extract::Owner,
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

/// States that can be asked for.
const STATES: [&str; 8] = ["abandoned", "active", "ended", "expired", "pending", "removed", "replaced", "revoked"];

/// Sessions.
pub(super) fn routes() -> Routes {
    const FILTER: &[Field] = &[
        Field::text("user_id", "Whose sessions; this or `client_id` must be given."),
        Field::text("client_id", "The sessions of which client."),
        Field::text("status", "In which state.").one_of(&STATES),
        list::PAGINATED,
        list::OFFSET,
        list::LIMIT,
    ];
    Routes::of(Who::Owner, "Backend: sessions", "Sessions of every user, for the owner.")
        .get(
            "/v1/sessions",
            list,
            says("List the sessions of a user or client")
                .query(FILTER)
                .answer(list::listed::<Session>())
                .refuses(refusals::LIST)
                .refuses(&[ErrorCode::FormConditionalParamMissing]),
        )
        .get(
            "/v1/sessions/{id}",
            show,
            says("Read a session").bare::<Session>().refuses(&[ErrorCode::ResourceNotFound]),
        )
        .post(
            "/v1/sessions/{id}/revoke",
            revoke,
            says("Revoke a session")
                .bare::<Session>()
                .refuses(&[ErrorCode::ResourceNotFound, ErrorCode::InvalidActionForSession]),
        )
}

/// `GET /v1/sessions`
pub(super) async fn list(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
) -> Result<Answer, Refusal> {
    let (offset, limit) = list::part(&query)?;
    let filter = Filter {
        user_id: list::text(&query, "user_id")?,
        client_id: list::text(&query, "client_id")?,
        status: list::text(&query, "status")?,
        offset: offset as usize,
        limit: limit as usize,
    };
    if filter.user_id.is_none() && filter.client_id.is_none() {
        return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, "user_id")
            .saying("Say whose sessions are to be listed: give user_id or client_id."));
    }
    if filter.status.is_some_and(|status| !STATES.contains(&status)) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "status"));
    }
    let part = sessions::list(&instance.turn(&caller), &filter).await?;
    list::answer(&query, part)
}

/// `GET /v1/sessions/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&sessions::show(&instance.turn(&caller), &id).await?))
}

/// `POST /v1/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&sessions::revoke(&instance.turn(&caller), &id).await?))
}
