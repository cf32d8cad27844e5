//! `/v1/sign_in_tokens`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::time::{DAY, SECOND};
use frontdesk_wire::{ErrorCode, backend::SignInToken};

use crate::{
    flows::backend::sign_in_tokens,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// How long a token lives when nobody says, in seconds (protocol §7).
const USUAL_SECONDS: i64 = 30 * DAY / SECOND;
/// How long it may live, in seconds.
const MOST_SECONDS: i64 = 365 * DAY / SECOND;

/// Tokens that sign a user in once.
pub(super) fn routes() -> Routes {
    const CREATE: &[Field] = &[
        Field::text("user_id", "Whom it signs in.").needed(),
        Field::number("expires_in_seconds", "How long it lives, a year at most; 30 days if it is not said."),
    ];
    Routes::of(Who::Owner, "Backend: sign-in tokens", "Tokens that sign a user in once, for the owner.")
        .post(
            "/v1/sign_in_tokens",
            create,
            says("Make a token that signs a user in once").json(CREATE).bare::<SignInToken>().refuses(&[
                ErrorCode::ResourceNotFound,
                ErrorCode::FormParamUnknown,
                ErrorCode::FormParamValueInvalid,
                ErrorCode::FormResourceNotFound,
            ]),
        )
        .post(
            "/v1/sign_in_tokens/{id}/revoke",
            revoke,
            says("Take a token back")
                .bare::<SignInToken>()
                .refuses(&[ErrorCode::ResourceNotFound, ErrorCode::SignInTokenCannotBeRevoked]),
        )
}

/// `POST /v1/sign_in_tokens`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    json.refuse(&["org_id"])?;
    let user_id = json.required("user_id")?;
    let seconds = json.integer("expires_in_seconds")?.unwrap_or(USUAL_SECONDS);
    if !(1..=MOST_SECONDS).contains(&seconds) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "expires_in_seconds")
            .saying(format!("A token lives between 1 and {MOST_SECONDS} seconds, which is a year.")));
    }
    Ok(Answer::bare(&sign_in_tokens::create(&instance.turn(&caller), user_id, seconds * SECOND).await?))
}

/// `POST /v1/sign_in_tokens/{id}/revoke`
pub(super) async fn revoke(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&sign_in_tokens::revoke(&instance.turn(&caller), &id).await?))
}
