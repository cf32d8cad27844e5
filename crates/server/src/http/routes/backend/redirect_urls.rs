//! `/v1/redirect_urls`

use std::sync::Arc;

use axum::extract::{Path, State};

use super::list;
use crate::{
    flows::backend::redirect_urls,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
    },
    instance::Instance,
};

/// `GET /v1/redirect_urls`
pub(super) async fn list(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
) -> Result<Answer, Refusal> {
    let (offset, limit) = list::part(&query)?;
    let part = redirect_urls::list(&instance.turn(&caller), offset as usize, limit as usize).await?;
    list::answer(&query, part)
}

/// `POST /v1/redirect_urls`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&redirect_urls::create(&instance.turn(&caller), json.required("url")?).await?))
}

/// `GET /v1/redirect_urls/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&redirect_urls::show(&instance.turn(&caller), &id).await?))
}

/// `DELETE /v1/redirect_urls/{id}`
pub(super) async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&redirect_urls::delete(&instance.turn(&caller), &id).await?))
}
