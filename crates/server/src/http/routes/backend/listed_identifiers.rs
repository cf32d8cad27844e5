//! `/v1/allowlist_identifiers` and `/v1/blocklist_identifiers`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::List;
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{DuplicateRecord, FormParamValueInvalid, InvitationsNotSupported, ResourceNotFound},
    backend::{AllowlistIdentifier, BlocklistIdentifier, Page},
};

use super::list;
use crate::{
    flows::backend::listed_identifiers::{self, allow_and_invite, create, delete},
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{self, Field, Routes, Who, refusals, says},
    },
    instance::Instance,
    views::backend::{allowlist_identifier, blocklist_identifier},
};

/// Who may come in, and who may not.
pub(super) fn routes() -> Routes {
    const IDENTIFIER: Field =
        Field::text("identifier", "An address, a domain as `*@example.com`, a number (E.164) or a wallet.").needed();
    const NOTIFY: Field = Field::flag("notify", "Whether to send an invitation with it; to an address alone.");
    Routes::of(Who::Owner, "Backend: restrictions", "Who may come in and who may not, for the owner.")
        .get(
            "/v1/allowlist_identifiers",
            allowlist,
            says("List who may come in")
                .query(&[list::PAGINATED, list::OFFSET, list::LIMIT])
                .answer(list::listed::<AllowlistIdentifier>())
                .refuses(refusals::LIST),
        )
        .post(
            "/v1/allowlist_identifiers",
            allow,
            says("Let somebody in")
                .more("With `notify`, who is neither invited nor has an account gets the mail of an invitation.")
                .json(&[IDENTIFIER, NOTIFY])
                .bare::<AllowlistIdentifier>()
                .refuses(&[DuplicateRecord, FormParamValueInvalid, InvitationsNotSupported]),
        )
        .delete(
            "/v1/allowlist_identifiers/{id}",
            disallow,
            says("Take somebody off the allowlist").bare::<DeletedObject>().refuses(&[ResourceNotFound]),
        )
        .get(
            "/v1/blocklist_identifiers",
            blocklist,
            says("List who may not come in")
                .query(&[list::OFFSET, list::LIMIT])
                .answer(openapi::page::<BlocklistIdentifier>())
                .refuses(refusals::LIST),
        )
        .post(
            "/v1/blocklist_identifiers",
            block,
            says("Keep somebody out").json(&[IDENTIFIER]).bare::<BlocklistIdentifier>().refuses(&[DuplicateRecord]),
        )
        .delete(
            "/v1/blocklist_identifiers/{id}",
            unblock,
            says("Take somebody off the blocklist").bare::<DeletedObject>().refuses(&[ResourceNotFound]),
        )
}

/// `GET /v1/allowlist_identifiers`
async fn allowlist(State(instance): State<Arc<Instance>>, Owner(caller, query): Owner) -> Result<Answer, Refusal> {
    let (offset, limit) = list::part(&query)?;
    let part = listed_identifiers::list(&instance.turn(&caller), List::Allow, offset, limit).await?;
    list::answer(&query, part.map(|listed| allowlist_identifier(&listed, instance.id())))
}

/// `POST /v1/allowlist_identifiers`
async fn allow(State(instance): State<Arc<Instance>>, Owner(caller, _): Owner, json: Json) -> Result<Answer, Refusal> {
    let (turn, identifier) = (instance.turn(&caller), json.required("identifier")?);
    let (listed, invitation) = if json.flag("notify")? {
        allow_and_invite(&turn, identifier).await?
    } else {
        (create(&turn, List::Allow, identifier).await?, None)
    };
    let invitation_id = invitation.map(|id| id.to_string());
    Ok(Answer::bare(&AllowlistIdentifier { invitation_id, ..allowlist_identifier(&listed, instance.id()) }))
}

/// `DELETE /v1/allowlist_identifiers/{id}`
async fn disallow(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&delete(&instance.turn(&caller), List::Allow, &id).await?))
}

/// `GET /v1/blocklist_identifiers`
async fn blocklist(State(instance): State<Arc<Instance>>, Owner(caller, query): Owner) -> Result<Answer, Refusal> {
    let (offset, limit) = list::part(&query)?;
    let part = listed_identifiers::list(&instance.turn(&caller), List::Block, offset, limit).await?;
    let part = part.map(|listed| blocklist_identifier(&listed, instance.id()));
    let total_count = i64::try_from(part.total).unwrap_or(i64::MAX);
    Ok(Answer::bare(&Page { data: part.entries, total_count }))
}

/// `POST /v1/blocklist_identifiers`
async fn block(State(instance): State<Arc<Instance>>, Owner(caller, _): Owner, json: Json) -> Result<Answer, Refusal> {
    let listed = create(&instance.turn(&caller), List::Block, json.required("identifier")?).await?;
    Ok(Answer::bare(&blocklist_identifier(&listed, instance.id())))
}

/// `DELETE /v1/blocklist_identifiers/{id}`
async fn unblock(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&delete(&instance.turn(&caller), List::Block, &id).await?))
}
