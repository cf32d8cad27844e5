//! `/v1/redirect_urls`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{FormParamDuplicate, FormParamValueInvalid, ProhibitedRedirectUrl, ResourceNotFound},
    backend::RedirectUrl,
};

use super::list;
use crate::{
    flows::backend::redirect_urls,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

/// Addresses to which browsers may be sent back.
pub(super) fn routes() -> Routes {
    const URL: Field = Field::text("url", "The address.").needed();
    Routes::of(Who::Owner, "Backend: redirect URLs", "Addresses to which browsers may be sent back, for the owner.")
        .get(
            "/v1/redirect_urls",
            list,
            says("List the addresses")
                .query(&[list::PAGINATED, list::OFFSET, list::LIMIT])
                .answer(list::listed::<RedirectUrl>())
                .refuses(refusals::LIST),
        )
        .post(
            "/v1/redirect_urls",
            create,
            says("List one more address").json(&[URL]).bare::<RedirectUrl>().refuses(&[
                ProhibitedRedirectUrl,
                FormParamDuplicate,
                FormParamValueInvalid,
            ]),
        )
        .get("/v1/redirect_urls/{id}", show, says("Read an address").bare::<RedirectUrl>().refuses(&[ResourceNotFound]))
        .delete(
            "/v1/redirect_urls/{id}",
            delete,
            says("Take an address off the list").bare::<DeletedObject>().refuses(&[ResourceNotFound]),
        )
}

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
