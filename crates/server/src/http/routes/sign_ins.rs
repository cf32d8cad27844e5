//! `/v1/client/sign_ins`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::Strategy;
use frontdesk_wire::{ErrorCode, form};

use crate::{
    caller::Caller,
    flows::sign_in,
    http::{Answer, Refusal, extract::Form},
    instance::Instance,
};

/// `POST /v1/client/sign_ins`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let create = sign_in::Create {
        strategy: form.filled(form::STRATEGY)?.map(strategy).transpose()?,
        identifier: form.filled(form::IDENTIFIER)?,
        password: form.secret(form::PASSWORD)?,
        locale: form.filled(form::LOCALE)?,
        transfer: form.flag(form::TRANSFER)?.unwrap_or(false),
    };
    Ok(sign_in::create(&instance.turn(&caller), &create).await?.into())
}

/// `GET /v1/client/sign_ins/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(sign_in::show(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/client/sign_ins/{id}/prepare_first_factor`
pub(super) async fn prepare(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    match strategy(form.required(form::STRATEGY)?)? {
        Strategy::EmailCode => {
            let address = form.filled(form::EMAIL_ADDRESS_ID)?;
            Ok(sign_in::prepare_code(&turn, &id, address).await?.into())
        }
        // There is nothing to prepare for a password.
        Strategy::Password => Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
}

/// `POST /v1/client/sign_ins/{id}/attempt_first_factor`
pub(super) async fn attempt(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let proof = match strategy(form.required(form::STRATEGY)?)? {
        Strategy::Password => sign_in::Proof::Password(form.required_secret(form::PASSWORD)?),
        Strategy::EmailCode => sign_in::Proof::Code(form.required_secret(form::CODE)?),
    };
    Ok(sign_in::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}

/// `POST /v1/client/sign_ins/{id}/prepare_second_factor|attempt_second_factor`: nobody has a second factor yet.
pub(super) async fn second_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    sign_in::show(&instance.turn(&caller), &id).await?;
    Err(Refusal::code(ErrorCode::NoSecondFactors))
}

/// `POST /v1/client/sign_ins/{id}/reset_password`: no sign-in gets to the step where a new password is set yet.
pub(super) async fn reset_password(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    sign_in::show(&instance.turn(&caller), &id).await?;
    Err(Refusal::code(ErrorCode::ClientStateInvalid))
}

fn strategy(word: &str) -> Result<Strategy, Refusal> {
    Strategy::parse(word).ok_or_else(|| Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY))
}
