//! `/v1/invitations`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{Email, FieldError, InvitationStatus, field::metadata_object, time::DAY};
use frontdesk_store::{InvitationFilter, InvitationSort};
use frontdesk_wire::{ErrorCode, backend::Invitation};

use super::list;
use crate::{
    delivery::Language,
    flows::backend::invitations::{self, USUAL_DAYS, Wanted},
    http::{
        Answer, Refusal,
        extract::{Json, JsonList, Owner, Query},
        openapi::{Field, Routes, Who, list as list_of, refusals, says},
    },
    instance::Instance,
    limits::Class,
};

/// How long it may be, in days.
const MOST_DAYS: i64 = 365;
/// Most invitations of one request.
const MOST: usize = 10;
/// Which mail goes out.
const USUAL_MAIL: &str = "invitation";
const WAITLIST_MAIL: &str = "waitlist_invitation";

/// What one invitation is made of.
const FIELDS: &[Field] = &[
    Field::text("email_address", "Who is invited.").needed(),
    Field::object("public_metadata", "What the account gets as its public metadata."),
    Field::text("redirect_url", "The page of the application that takes the ticket in `__clerk_ticket`."),
    Field::flag("notify", "Whether the instance writes to the address; true if it is not said."),
    Field::flag("ignore_existing", "Whether it does not matter that the address is invited already or has an account."),
    Field::number("expires_in_days", "How long it is good for, a year at most; 30 days if it is not said."),
    Field::text("template_slug", "Which mail goes out.").one_of(&[USUAL_MAIL, WAITLIST_MAIL]),
];

const REFUSED: &[ErrorCode] = &[
    ErrorCode::DuplicateRecord,
    ErrorCode::FormIdentifierExists,
    ErrorCode::FormParamValueInvalid,
    ErrorCode::InvitationsNotSupported,
    ErrorCode::ProhibitedRedirectUrl,
];

/// Invitations.
pub(super) fn routes() -> Routes {
    const LIST: &[Field] = &[
        Field::text("status", "With this status; all that are not revoked if it is not said.")
            .one_of(&["pending", "accepted", "revoked", "expired"]),
        Field::text("query", "With this text in the address or the id."),
        Field::text("order_by", "What to sort by; a minus before it turns the order round. `-created_at` if not said.")
            .one_of(&["created_at", "email_address", "expires_at"]),
        list::PAGINATED,
        list::OFFSET,
        list::LIMIT,
    ];
    Routes::of(Who::Owner, "Backend: invitations", "Who is written to, to make an account; for the owner.")
        .get(
            "/v1/invitations",
            list,
            says("List invitations").query(LIST).answer(list::listed::<Invitation>()).refuses(refusals::LIST),
        )
        .post(
            "/v1/invitations",
            create,
            says("Invite somebody")
                .more("The link of the mail leads to `/v1/tickets/accept`, and from there to the application.")
                .json(FIELDS)
                .bare::<Invitation>()
                .refuses(REFUSED),
        )
        .post(
            "/v1/invitations/bulk",
            create_many,
            says("Invite several people")
                .more("Ten at most. All of them are invited, or nobody.")
                .json_list(FIELDS)
                .answer(list_of::<Invitation>())
                .refuses(REFUSED),
        )
        .post(
            "/v1/invitations/{id}/revoke",
            revoke,
            says("Take an invitation back").bare::<Invitation>().refuses(&[
                ErrorCode::ResourceNotFound,
                ErrorCode::InvitationAlreadyAccepted,
                ErrorCode::InvitationAlreadyRevoked,
            ]),
        )
}

/// `GET /v1/invitations`
async fn list(State(instance): State<Arc<Instance>>, Owner(caller, query): Owner) -> Result<Answer, Refusal> {
    let status = match list::text(&query, "status")? {
        None => None,
        Some(word) => Some(
            InvitationStatus::parse(word).ok_or_else(|| Refusal::field(ErrorCode::FormParamValueInvalid, "status"))?,
        ),
    };
    let (by, descending) = order(&query)?;
    let anywhere = list::text(&query, "query")?.map(str::to_owned);
    let filter = InvitationFilter { status, anywhere, by, descending };
    let part = invitations::list(&instance.turn(&caller), &filter, list::part(&query)?).await?;
    list::answer(&query, part)
}

fn order(query: &Query) -> Result<(InvitationSort, bool), Refusal> {
    let Some((name, descending)) = list::order(query)? else { return Ok((InvitationSort::CreatedAt, true)) };
    let by = match name {
        "created_at" => InvitationSort::CreatedAt,
        "email_address" => InvitationSort::EmailAddress,
        "expires_at" => InvitationSort::ExpiresAt,
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "order_by")),
    };
    Ok((by, descending))
}

/// `POST /v1/invitations`
async fn create(State(instance): State<Arc<Instance>>, Owner(caller, _): Owner, json: Json) -> Result<Answer, Refusal> {
    let made = invitations::create(&instance.turn(&caller), Class::Invite, &[wanted(&json)?]).await?;
    Ok(Answer::bare(&made.first()))
}

/// `POST /v1/invitations/bulk`
async fn create_many(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    many: JsonList,
) -> Result<Answer, Refusal> {
    let wanted = many.between(1, MOST)?.iter().map(wanted).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::bare(&invitations::create(&instance.turn(&caller), Class::InviteInBulk, &wanted).await?))
}

/// `POST /v1/invitations/{id}/revoke`
async fn revoke(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&invitations::revoke(&instance.turn(&caller), &id).await?))
}

fn wanted(json: &Json) -> Result<Wanted, Refusal> {
    let days = json.integer("expires_in_days")?.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "expires_in_days")
            .saying(format!("An invitation is good for between 1 and {MOST_DAYS} days.")));
    }
    let from_waitlist = match json.filled("template_slug")? {
        None | Some(USUAL_MAIL) => false,
        Some(WAITLIST_MAIL) => true,
        Some(_) => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "template_slug")),
    };
    Ok(Wanted {
        email: email(json)?,
        public_metadata: metadata_object("public_metadata", &json.object("public_metadata")?.unwrap_or_default())?,
        redirect_url: json.filled("redirect_url")?.map(str::to_owned),
        notify: json.optional_flag("notify")?.unwrap_or(true),
        ignore_existing: json.flag("ignore_existing")?,
        lifetime_ms: days * DAY,
        from_waitlist,
        language: Language::default(),
    })
}

/// The address of an invitation or of an entry of the waitlist.
pub(super) fn email(json: &Json) -> Result<Email, Refusal> {
    let typed = json.required("email_address")?;
    Email::parse(typed).map_err(|fault| FieldError::new("email_address", fault.into()).into())
}
