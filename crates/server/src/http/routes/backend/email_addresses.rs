//! `/v1/email_addresses`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::EmailChange;
use frontdesk_wire::{DeletedObject, ErrorCode, backend::EmailAddress};

use crate::{
    flows::backend::email_addresses,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Email addresses of users.
pub(super) fn routes() -> Routes {
    const WANTED: &[Field] = &[
        Field::flag("verified", "Whether the owner vouches for it."),
        Field::flag("primary", "Whether it becomes the main one, which has to be proven or vouched for."),
        Field::flag("notify_primary_email_address_changed", "Whether the main one before is told."),
    ];
    const NEW: &[Field] =
        &[Field::text("user_id", "Whose.").needed(), Field::text("email_address", "The address.").needed()];
    const PATH: &str = "/v1/email_addresses/{id}";
    Routes::of(Who::Owner, "Backend: email addresses", "Email addresses of users, for the owner.")
        .post(
            "/v1/email_addresses",
            create,
            says("Give a user an address").json(NEW).json(WANTED).bare::<EmailAddress>().refuses(&[
                ErrorCode::ResourceNotFound,
                ErrorCode::FormIdentifierExists,
                ErrorCode::FormParamValueInvalid,
            ]),
        )
        .get(PATH, show, says("Read an address").bare::<EmailAddress>().refuses(&[ErrorCode::ResourceNotFound]))
        .patch(
            PATH,
            update,
            says("Vouch for an address, or make it the main one").json(WANTED).bare::<EmailAddress>().refuses(&[
                ErrorCode::ResourceNotFound,
                ErrorCode::FormIdentifierExists,
                ErrorCode::FormParamValueInvalid,
            ]),
        )
        .delete(
            PATH,
            delete,
            says("Take an address away")
                .bare::<DeletedObject>()
                .refuses(&[ErrorCode::ResourceNotFound, ErrorCode::LastRequiredIdentificationDeletionFailed]),
        )
}

/// `POST /v1/email_addresses`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    let (user_id, address) = (json.required("user_id")?, json.required("email_address")?);
    let turn = instance.turn(&caller);
    Ok(Answer::bare(&email_addresses::create(&turn, user_id, address, wanted(&json)?).await?))
}

/// `GET /v1/email_addresses/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&email_addresses::show(&instance.turn(&caller), &id).await?))
}

/// `PATCH /v1/email_addresses/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&email_addresses::update(&instance.turn(&caller), &id, wanted(&json)?).await?))
}

/// `DELETE /v1/email_addresses/{id}`
pub(super) async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&email_addresses::delete(&instance.turn(&caller), &id).await?))
}

fn wanted(json: &Json) -> Result<EmailChange, Refusal> {
    Ok(EmailChange {
        verified: json.optional_flag("verified")?,
        primary: json.optional_flag("primary")?,
        notify: json.flag("notify_primary_email_address_changed")?,
    })
}
