//! Somebody who is signed in proves once more who they are.

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::Level;
use frontdesk_wire::{
    ErrorCode::{self, FormResourceNotFound, ResourceNotFound, SignedOut},
    SessionReverification, form,
};

use crate::{
    caller::Caller,
    flows::sessions,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, refusals, says},
        routes::sign_ins::second_factor,
    },
    instance::Instance,
};

/// Fresh proofs.
pub(super) fn routes() -> Routes {
    const LEVELS: [&str; 3] = ["first_factor", "second_factor", "multi_factor"];
    const CODE: Field = Field::text(form::CODE, "The code.");
    const REVERIFYING: &[ErrorCode] = &[
        SignedOut,
        ResourceNotFound,
        ErrorCode::SessionReverificationMissing,
        ErrorCode::ClientStateInvalid,
        ErrorCode::StrategyForUserInvalid,
        ErrorCode::NoSecondFactors,
        ErrorCode::AccountLockoutWarning,
        ErrorCode::UserLocked,
        ErrorCode::UserBanned,
    ];
    Routes::of(Who::Client, "Sessions", "Sessions of the client, and their tokens.")
        .post(
            "/v1/client/sessions/{id}/verify",
            verify,
            says("Begin to prove once more who is signed in")
                .more("Who has no second factor proves the first one instead.")
                .form(&[Field::text(form::LEVEL, "What is to be proven.").one_of(&LEVELS).needed()])
                .envelope::<SessionReverification>()
                .refuses(&[SignedOut, ResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/prepare_first_factor",
            prepare_first_factor,
            says("Have a code sent to prove it once more")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.").one_of(&["email_code"]).needed(),
                    Field::text(form::EMAIL_ADDRESS_ID, "Where the code goes; otherwise to the main address."),
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::SENDING)
                .refuses(&[FormResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/attempt_first_factor",
            attempt_first_factor,
            says("Offer the first factor once more")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.").one_of(&["password", "email_code"]).needed(),
                    Field::text(form::PASSWORD, "The password."),
                    CODE,
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::CODE)
                .refuses(&[ErrorCode::FormPasswordIncorrect]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/prepare_second_factor",
            prepare_second_factor,
            says("Have a code of the second factor sent to prove it once more")
                .more("Nothing is sent for any second factor that there is.")
                .form(&[Field::text(form::STRATEGY, "How it is proven.")])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING),
        )
        .post(
            "/v1/client/sessions/{id}/verify/attempt_second_factor",
            attempt_second_factor,
            says("Offer the second factor once more")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.").one_of(&["totp", "backup_code"]).needed(),
                    CODE,
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::CODE),
        )
}

/// `POST /v1/client/sessions/{id}/verify`
async fn verify(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let level = Level::parse(form.required(form::LEVEL)?)
        .ok_or_else(|| Refusal::field(ErrorCode::FormParamValueInvalid, form::LEVEL))?;
    Ok(sessions::verify(&instance.turn(&caller), &id, level).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/prepare_first_factor`
async fn prepare_first_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    if form.required(form::STRATEGY)? != "email_code" {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
    }
    let address = form.filled(form::EMAIL_ADDRESS_ID)?;
    Ok(sessions::prepare_first_factor(&instance.turn(&caller), &id, address).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/attempt_first_factor`
async fn attempt_first_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let proof = match form.required(form::STRATEGY)? {
        "password" => sessions::Proof::Password(form.required_secret(form::PASSWORD)?),
        "email_code" => sessions::Proof::Code(form.required_secret(form::CODE)?),
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    };
    Ok(sessions::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/prepare_second_factor`
async fn prepare_second_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Answer, Refusal> {
    Ok(sessions::prepare_second_factor(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/attempt_second_factor`
async fn attempt_second_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let factor = second_factor(&form)?;
    let proof = sessions::Proof::Second(factor, form.required_secret(form::CODE)?);
    Ok(sessions::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}
