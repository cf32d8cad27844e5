//! `/v1/waitlist_entries`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::WaitlistState;
use frontdesk_store::{WaitlistFilter, WaitlistSort};
use frontdesk_wire::{
    DeletedObject, ErrorCode,
    backend::{Page, WaitlistEntry},
};

use super::{invitations::email, list};
use crate::{
    flows::backend::waitlist_entries::{self, Entered},
    http::{
        Answer, Refusal,
        extract::{Json, JsonList, Owner, Query},
        openapi::{self, Field, Routes, Who, list as list_of, refusals, says},
    },
    instance::Instance,
};

/// Most entries of one request.
const MOST: usize = 50;

const FIELDS: &[Field] = &[
    Field::text("email_address", "Who waits.").needed(),
    Field::flag("notify", "Whether the instance writes to the address; true if it is not said."),
];
const OVER: &[ErrorCode] = &[
    ErrorCode::ResourceNotFound,
    ErrorCode::WaitlistEntryAlreadyInvited,
    ErrorCode::WaitlistEntryAlreadyRejected,
    ErrorCode::WaitlistEntryAlreadyCompleted,
];

/// The waitlist.
pub(super) fn routes() -> Routes {
    const LIST: &[Field] = &[
        Field::text("status", "With this status.").one_of(&["pending", "invited", "completed", "rejected"]),
        Field::text("query", "With this text in the address or the id."),
        Field::text("order_by", "What to sort by; a minus before it turns the order round. `-created_at` if not said.")
            .one_of(&["created_at", "email_address", "invited_at"]),
        list::OFFSET,
        list::LIMIT,
    ];
    const IGNORE: Field = Field::flag(
        "ignore_existing",
        "Whether it does not matter that the address is invited already or has an account.",
    );
    Routes::of(Who::Owner, "Backend: waitlist", "Who waits for an invitation; for the owner.")
        .get(
            "/v1/waitlist_entries",
            list,
            says("List who waits")
                .query(LIST)
                .answer(openapi::page::<WaitlistEntry>())
                .refuses(refusals::LIST),
        )
        .post(
            "/v1/waitlist_entries",
            create,
            says("Enter somebody")
                .more("Who is on the list already stays there as they are.")
                .json(FIELDS)
                .bare::<WaitlistEntry>(),
        )
        .post(
            "/v1/waitlist_entries/bulk",
            create_many,
            says("Enter several people")
                .more("Fifty at most. All of them are entered, or nobody.")
                .json_list(FIELDS)
                .answer(list_of::<WaitlistEntry>())
                .refuses(&[ErrorCode::DuplicateRecord, ErrorCode::FormParamValueInvalid]),
        )
        .post(
            "/v1/waitlist_entries/{id}/invite",
            invite,
            says("Send an invitation to somebody who waits")
                .more("Who is invited already gets another one only where it leads nowhere any more, or as the field says.")
                .json(&[IGNORE])
                .bare::<WaitlistEntry>()
                .refuses(OVER)
                .refuses(&[
                    ErrorCode::DuplicateRecord,
                    ErrorCode::FormIdentifierExists,
                    ErrorCode::InvitationsNotSupported,
                ]),
        )
        .post(
            "/v1/waitlist_entries/{id}/reject",
            reject,
            says("Turn somebody down").more("They are told nothing.").bare::<WaitlistEntry>().refuses(OVER),
        )
        .delete(
            "/v1/waitlist_entries/{id}",
            delete,
            says("Take somebody off the list of whom nothing has come yet").bare::<DeletedObject>().refuses(OVER),
        )
}

/// `GET /v1/waitlist_entries`
async fn list(State(instance): State<Arc<Instance>>, Owner(caller, query): Owner) -> Result<Answer, Refusal> {
    let state = match list::text(&query, "status")? {
        None => None,
        Some(word) => {
            Some(WaitlistState::parse(word).ok_or_else(|| Refusal::field(ErrorCode::FormParamValueInvalid, "status"))?)
        }
    };
    let (by, descending) = order(&query)?;
    let anywhere = list::text(&query, "query")?.map(str::to_owned);
    let filter = WaitlistFilter { state, anywhere, by, descending };
    let part = waitlist_entries::list(&instance.turn(&caller), &filter, list::part(&query)?).await?;
    let total_count = i64::try_from(part.total).unwrap_or(i64::MAX);
    Ok(Answer::bare(&Page { data: part.entries, total_count }))
}

fn order(query: &Query) -> Result<(WaitlistSort, bool), Refusal> {
    let Some((name, descending)) = list::order(query)? else { return Ok((WaitlistSort::CreatedAt, true)) };
    let by = match name {
        "created_at" => WaitlistSort::CreatedAt,
        "email_address" => WaitlistSort::EmailAddress,
        "invited_at" => WaitlistSort::InvitedAt,
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "order_by")),
    };
    Ok((by, descending))
}

/// `POST /v1/waitlist_entries`
async fn create(State(instance): State<Arc<Instance>>, Owner(caller, _): Owner, json: Json) -> Result<Answer, Refusal> {
    let entries = waitlist_entries::create(&instance.turn(&caller), &[entered(&json)?]).await?;
    Ok(Answer::bare(&entries.first()))
}

/// `POST /v1/waitlist_entries/bulk`
async fn create_many(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    many: JsonList,
) -> Result<Answer, Refusal> {
    let entered = many.between(1, MOST)?.iter().map(entered).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::bare(&waitlist_entries::create(&instance.turn(&caller), &entered).await?))
}

/// `POST /v1/waitlist_entries/{id}/invite`
async fn invite(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let ignore_existing = json.flag("ignore_existing")?;
    Ok(Answer::bare(&waitlist_entries::invite(&instance.turn(&caller), &id, ignore_existing).await?))
}

/// `POST /v1/waitlist_entries/{id}/reject`
async fn reject(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&waitlist_entries::reject(&instance.turn(&caller), &id).await?))
}

/// `DELETE /v1/waitlist_entries/{id}`
async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&waitlist_entries::delete(&instance.turn(&caller), &id).await?))
}

fn entered(json: &Json) -> Result<Entered, Refusal> {
    Ok(Entered { email: email(json)?, notify: json.optional_flag("notify")?.unwrap_or(true) })
}
