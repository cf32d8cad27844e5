//! `/v1/phone_numbers`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::PhoneChange;
use frontdesk_wire::{DeletedObject, ErrorCode, backend::PhoneNumber, form};

use crate::{
    flows::backend::phone_numbers,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Phone numbers of users.
pub(super) fn routes() -> Routes {
    const WANTED: &[Field] = &[
        Field::flag("verified", "Whether the owner vouches for it."),
        Field::flag("primary", "Whether it becomes the main one, which has to be proven or vouched for."),
        Field::flag(
            form::RESERVED_FOR_SECOND_FACTOR,
            "Whether codes to it are a second factor; it has to be proven or vouched for.",
        ),
    ];
    const NEW: &[Field] =
        &[Field::text("user_id", "Whose.").needed(), Field::text("phone_number", "The number (E.164).").needed()];
    const PATH: &str = "/v1/phone_numbers/{id}";
    Routes::of(Who::Owner, "Backend: phone numbers", "Phone numbers of users, for the owner.")
        .post(
            "/v1/phone_numbers",
            create,
            says("Give a user a number").json(NEW).json(WANTED).bare::<PhoneNumber>().refuses(&[
                ErrorCode::ResourceNotFound,
                ErrorCode::FormIdentifierExists,
                ErrorCode::FormParamUnknown,
                ErrorCode::FormParamValueInvalid,
                ErrorCode::FormParamValueDisabled,
                ErrorCode::UnsupportedCountryCode,
            ]),
        )
        .get(PATH, show, says("Read a number").bare::<PhoneNumber>().refuses(&[ErrorCode::ResourceNotFound]))
        .patch(
            PATH,
            update,
            says("Vouch for a number, make it the main one, or a second factor")
                .json(WANTED)
                .bare::<PhoneNumber>()
                .refuses(&[
                    ErrorCode::ResourceNotFound,
                    ErrorCode::FormIdentifierExists,
                    ErrorCode::FormParamValueInvalid,
                    ErrorCode::FormParamValueDisabled,
                ]),
        )
        .delete(
            PATH,
            delete,
            says("Take a number away")
                .bare::<DeletedObject>()
                .refuses(&[ErrorCode::ResourceNotFound, ErrorCode::LastRequiredIdentificationDeletionFailed]),
        )
}

/// `POST /v1/phone_numbers`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    let (user_id, number) = (json.required("user_id")?, json.required("phone_number")?);
    let turn = instance.turn(&caller);
    Ok(Answer::bare(&phone_numbers::create(&turn, user_id, number, wanted(&json)?).await?))
}

/// `GET /v1/phone_numbers/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&phone_numbers::show(&instance.turn(&caller), &id).await?))
}

/// `PATCH /v1/phone_numbers/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&phone_numbers::update(&instance.turn(&caller), &id, wanted(&json)?).await?))
}

/// `DELETE /v1/phone_numbers/{id}`
pub(super) async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&phone_numbers::delete(&instance.turn(&caller), &id).await?))
}

fn wanted(json: &Json) -> Result<PhoneChange, Refusal> {
    Ok(PhoneChange {
        verified: json.optional_flag("verified")?,
        primary: json.optional_flag("primary")?,
        second_factor: json.optional_flag(form::RESERVED_FOR_SECOND_FACTOR)?,
    })
}
