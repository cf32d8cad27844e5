//! `/v1/sessions`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{ErrorCode, Token, backend::Session};

use super::list;
use crate::{
    flows::backend::sessions::{self, Filter},
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
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
    const LIFETIME: &[Field] =
        &[Field::number("expires_in_seconds", "How long it lives, in seconds: 30 to 315360000; as usual if not said.")];
    const MINT: &[ErrorCode] = &[
        ErrorCode::ResourceNotFound,
        ErrorCode::InvalidActionForSession,
        ErrorCode::FormParamTypeInvalid,
        ErrorCode::FormParamValueInvalid,
        ErrorCode::FormParamValueTooLarge,
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
        .post(
            "/v1/sessions",
            create,
            says("Begin a session of a user")
                .more("Development instances only, for tests. Elsewhere use sign-in tokens.")
                .json(&[Field::text("user_id", "Whose session.").needed()])
                .bare::<Session>()
                .refuses(&[
                    ErrorCode::ResourceNotFound,
                    ErrorCode::UserBanned,
                    ErrorCode::UserLocked,
                    ErrorCode::FormParamUnknown,
                    ErrorCode::RequestInvalidForEnvironment,
                ]),
        )
        .get(
            "/v1/sessions/{id}",
            show,
            says("Read a session").bare::<Session>().refuses(&[ErrorCode::ResourceNotFound]),
        )
        .post(
            "/v1/sessions/{id}/tokens",
            token,
            says("Mint a session token").json(LIFETIME).bare::<Token>().refuses(MINT),
        )
        .post(
            "/v1/sessions/{id}/tokens/{template}",
            template_token,
            says("Mint a token by a template")
                .more("For callers that the user's own application does not reach.")
                .json(LIFETIME)
                .bare::<Token>()
                .refuses(MINT),
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

/// `POST /v1/sessions`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    if !instance.is_development() {
        return Err(Refusal::code(ErrorCode::RequestInvalidForEnvironment)
            .saying("Sessions are begun by the owner at development instances alone, for tests. Use sign-in tokens."));
    }
    json.refuse(&["active_organization_id"])?;
    Ok(Answer::bare(&sessions::create(&instance.turn(&caller), json.required("user_id")?).await?))
}

/// `POST /v1/sessions/{id}/tokens`
pub(super) async fn token(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let lifetime = json.integer("expires_in_seconds")?;
    Ok(Answer::bare(&sessions::token(&instance.turn(&caller), &id, None, lifetime).await?))
}

/// `POST /v1/sessions/{id}/tokens/{template}`
pub(super) async fn template_token(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path((id, template)): Path<(String, String)>,
    json: Json,
) -> Result<Answer, Refusal> {
    let lifetime = json.integer("expires_in_seconds")?;
    Ok(Answer::bare(&sessions::token(&instance.turn(&caller), &id, Some(&template), lifetime).await?))
}

/// `POST /v1/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&sessions::revoke(&instance.turn(&caller), &id).await?))
}
