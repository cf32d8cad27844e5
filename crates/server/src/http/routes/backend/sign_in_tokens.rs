//! `/v1/sign_in_tokens`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::time::{DAY, SECOND};
use frontdesk_wire::ErrorCode;

use crate::{
    flows::backend::sign_in_tokens,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
    },
    instance::Instance,
};

/// How long a token lives when nobody says, in seconds (protocol §7).
const USUAL_SECONDS: i64 = 30 * DAY / SECOND;
/// How long it may live, in seconds.
const MOST_SECONDS: i64 = 365 * DAY / SECOND;

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
