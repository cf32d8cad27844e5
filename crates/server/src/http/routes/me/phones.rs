//! Phone numbers of the user who acts.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{SecondPhoneChange, Strategy};
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{
        self, FormIdentifierExists, FormParamUnknown, FormParamValueDisabled, IdentificationClaimed,
        LastRequiredIdentificationDeletionFailed, NotAllowedAccess, ResourceNotFound, SessionReverificationRequired,
        SignedOut, TooManyUnverifiedIdentifications, UnsupportedCountryCode,
    },
    PhoneNumber, form,
};

use super::GROUP;

use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, list, refusals, says},
    },
    instance::Instance,
};

/// Phone numbers of the user who acts.
pub(super) fn routes() -> Routes {
    const NUMBER: Field = Field::text(form::PHONE_NUMBER, "The number, with the code of its country (E.164).").needed();
    const STRATEGY: Field = Field::text(form::STRATEGY, "How it is proven.").one_of(&["phone_code"]).needed();
    const CODE: Field = Field::text(form::CODE, "The code that was sent.").needed();
    const SECOND: Field = Field::flag(
        form::RESERVED_FOR_SECOND_FACTOR,
        "Whether codes to it are a second factor, once it is proven; then they are no first one.",
    );
    const FIRST: Field = Field::flag(form::DEFAULT_SECOND_FACTOR, "Whether it is the second factor to offer first.");
    const KNOWN: &[ErrorCode] = &[SignedOut, ResourceNotFound];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .get(
            "/v1/me/phone_numbers",
            phones,
            says("List the phone numbers").answer(list::<PhoneNumber>()).refuses(&[SignedOut]),
        )
        .post(
            "/v1/me/phone_numbers",
            add_phone,
            says("Add a phone number")
                .more("It counts once it is proven.")
                .form(&[NUMBER, SECOND])
                .envelope::<PhoneNumber>()
                .refuses(&[
                    NotAllowedAccess,
                    SignedOut,
                    SessionReverificationRequired,
                    FormParamValueDisabled,
                    FormIdentifierExists,
                    FormParamUnknown,
                    TooManyUnverifiedIdentifications,
                    UnsupportedCountryCode,
                ]),
        )
        .get("/v1/me/phone_numbers/{id}", phone, says("Read a phone number").envelope::<PhoneNumber>().refuses(KNOWN))
        .patch(
            "/v1/me/phone_numbers/{id}",
            change_phone,
            says("Make codes to a phone number a second factor, or no more")
                .more("With the first second factor come backup codes, which are told this once.")
                .form(&[SECOND, FIRST])
                .envelope::<PhoneNumber>()
                .refuses(KNOWN)
                .refuses(&[
                    SessionReverificationRequired,
                    FormParamValueDisabled,
                    ErrorCode::FormParamValueInvalid,
                    UnsupportedCountryCode,
                ]),
        )
        .delete(
            "/v1/me/phone_numbers/{id}",
            remove_phone,
            says("Remove a phone number")
                .envelope::<DeletedObject>()
                .refuses(KNOWN)
                .refuses(&[SessionReverificationRequired, LastRequiredIdentificationDeletionFailed]),
        )
        .post(
            "/v1/me/phone_numbers/{id}/prepare_verification",
            prepare_phone,
            says("Have a code sent")
                .form(&[STRATEGY])
                .envelope::<PhoneNumber>()
                .refuses(KNOWN)
                .refuses(refusals::SENDING)
                .refuses(&[IdentificationClaimed]),
        )
        .post(
            "/v1/me/phone_numbers/{id}/attempt_verification",
            attempt_phone,
            says("Offer the code")
                .form(&[CODE])
                .envelope::<PhoneNumber>()
                .refuses(KNOWN)
                .refuses(refusals::CODE)
                .refuses(&[IdentificationClaimed]),
        )
}

/// `GET /v1/me/phone_numbers`
async fn phones(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(Answer::of_bare(&me::phones(&instance.turn(&caller)).await?))
}

/// `GET /v1/me/phone_numbers/{id}`
async fn phone(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::phone(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/phone_numbers`
async fn add_phone(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let typed = form.required(form::PHONE_NUMBER)?;
    let second_factor = form.flag(form::RESERVED_FOR_SECOND_FACTOR)?.unwrap_or(false);
    Ok(me::add_phone(&instance.turn(&caller), typed, second_factor).await?.into())
}

/// `PATCH /v1/me/phone_numbers/{id}`
async fn change_phone(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let wanted = SecondPhoneChange {
        on: form.flag(form::RESERVED_FOR_SECOND_FACTOR)?,
        first: form.flag(form::DEFAULT_SECOND_FACTOR)?,
    };
    Ok(me::change_phone(&instance.turn(&caller), &id, wanted).await?.into())
}

/// `POST /v1/me/phone_numbers/{id}/prepare_verification`
async fn prepare_phone(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    if Strategy::parse(form.required(form::STRATEGY)?) != Some(Strategy::PhoneCode) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
    }
    Ok(me::prepare_phone(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/phone_numbers/{id}/attempt_verification`
async fn attempt_phone(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let code = form.required_secret(form::CODE)?;
    Ok(me::attempt_phone(&instance.turn(&caller), &id, &code).await?.into())
}

/// `DELETE /v1/me/phone_numbers/{id}`
async fn remove_phone(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::remove_phone(&instance.turn(&caller), &id).await?.into())
}
