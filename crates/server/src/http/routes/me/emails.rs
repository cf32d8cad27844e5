//! Email addresses of the user who acts.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_wire::{
    DeletedObject, EmailAddress,
    ErrorCode::{
        self, FormIdentifierExists, IdentificationClaimed, LastRequiredIdentificationDeletionFailed, NotAllowedAccess,
        ResourceNotFound, SessionReverificationRequired, SignedOut, TooManyUnverifiedIdentifications,
    },
    form,
};

use super::GROUP;

use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, list, refusals, says},
        routes::sign_ups::email_code,
    },
    instance::Instance,
};

/// Email addresses of the user who acts.
pub(super) fn routes() -> Routes {
    const ADDRESS: Field = Field::text(form::EMAIL_ADDRESS, "The address.").needed();
    const STRATEGY: Field = Field::text(form::STRATEGY, "How it is proven.").one_of(&["email_code"]).needed();
    const CODE: Field = Field::text(form::CODE, "The code that was sent.").needed();
    const KNOWN: &[ErrorCode] = &[SignedOut, ResourceNotFound];
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .get(
            "/v1/me/email_addresses",
            emails,
            says("List the email addresses").answer(list::<EmailAddress>()).refuses(&[SignedOut]),
        )
        .post(
            "/v1/me/email_addresses",
            add_email,
            says("Add an email address")
                .more("It counts once it is proven.")
                .form(&[ADDRESS])
                .envelope::<EmailAddress>()
                .refuses(&[
                    NotAllowedAccess,
                    SignedOut,
                    SessionReverificationRequired,
                    FormIdentifierExists,
                    TooManyUnverifiedIdentifications,
                ]),
        )
        .get(
            "/v1/me/email_addresses/{id}",
            email,
            says("Read an email address").envelope::<EmailAddress>().refuses(KNOWN),
        )
        .delete(
            "/v1/me/email_addresses/{id}",
            remove_email,
            says("Remove an email address")
                .envelope::<DeletedObject>()
                .refuses(KNOWN)
                .refuses(&[SessionReverificationRequired, LastRequiredIdentificationDeletionFailed]),
        )
        .post(
            "/v1/me/email_addresses/{id}/prepare_verification",
            prepare_email,
            says("Have a code sent")
                .form(&[STRATEGY])
                .envelope::<EmailAddress>()
                .refuses(KNOWN)
                .refuses(refusals::SENDING)
                .refuses(&[IdentificationClaimed]),
        )
        .post(
            "/v1/me/email_addresses/{id}/attempt_verification",
            attempt_email,
            says("Offer the code")
                .form(&[CODE])
                .envelope::<EmailAddress>()
                .refuses(KNOWN)
                .refuses(refusals::CODE)
                .refuses(&[IdentificationClaimed]),
        )
}

/// `GET /v1/me/email_addresses`
async fn emails(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(Answer::of_bare(&me::emails(&instance.turn(&caller)).await?))
}

/// `GET /v1/me/email_addresses/{id}`
async fn email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::email(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/email_addresses`
async fn add_email(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let typed = form.required(form::EMAIL_ADDRESS)?;
    Ok(me::add_email(&instance.turn(&caller), typed).await?.into())
}

/// `POST /v1/me/email_addresses/{id}/prepare_verification`
async fn prepare_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    email_code(&form)?;
    Ok(me::prepare_email(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/me/email_addresses/{id}/attempt_verification`
async fn attempt_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let code = form.required_secret(form::CODE)?;
    Ok(me::attempt_email(&instance.turn(&caller), &id, &code).await?.into())
}

/// `DELETE /v1/me/email_addresses/{id}`
async fn remove_email(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::remove_email(&instance.turn(&caller), &id).await?.into())
}
