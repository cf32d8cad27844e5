//! `/v1/client/sign_ins`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{CodePurpose, Strategy};
use frontdesk_wire::{ErrorCode, form};
use secrecy::SecretString;

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
    let strategy = form.filled(form::STRATEGY)?.map(strategy).transpose()?;
    let ticket = match strategy {
        Some(Strategy::Ticket) => Some(form.required_secret(form::TICKET)?),
        _ => form.secret(form::TICKET)?,
    };
    let create = sign_in::Create {
        strategy,
        ticket,
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
    let purpose = match strategy(form.required(form::STRATEGY)?)? {
        Strategy::EmailCode => CodePurpose::SignIn,
        Strategy::ResetPasswordEmailCode => CodePurpose::ResetPassword,
        // There is nothing to prepare for a password or a ticket.
        Strategy::Password | Strategy::Ticket => {
            return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
        }
    };
    let address = form.filled(form::EMAIL_ADDRESS_ID)?;
    Ok(sign_in::prepare_code(&instance.turn(&caller), &id, purpose, address).await?.into())
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
        Strategy::ResetPasswordEmailCode => {
            let new = form.secret(form::PASSWORD)?.map(|password| new_password(&form, password)).transpose()?;
            sign_in::Proof::ResetCode(form.required_secret(form::CODE)?, new)
        }
        Strategy::Ticket => sign_in::Proof::Ticket(form.required_secret(form::TICKET)?),
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

/// `POST /v1/client/sign_ins/{id}/reset_password`
pub(super) async fn reset_password(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let new = new_password(&form, form.required_secret(form::PASSWORD)?)?;
    Ok(sign_in::reset_password(&instance.turn(&caller), &id, &new).await?.into())
}

/// A new password after the old one was forgotten. Somebody else may know the old one: unless told otherwise it signs out
/// everywhere else.
fn new_password(form: &Form, password: SecretString) -> Result<sign_in::NewPassword, Refusal> {
    let sign_out = form.flag(form::SIGN_OUT_OF_OTHER_SESSIONS)?.unwrap_or(true);
    Ok(sign_in::NewPassword { password, sign_out })
}

fn strategy(word: &str) -> Result<Strategy, Refusal> {
    Strategy::parse(word).ok_or_else(|| Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY))
}
