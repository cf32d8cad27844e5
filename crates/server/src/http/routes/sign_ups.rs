//! `/v1/client/sign_ups`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{SignUpForm, Strategy};
use frontdesk_wire::{ErrorCode, form};
use secrecy::SecretString;

use crate::{
    caller::Caller,
    flows::sign_up,
    http::{Answer, Refusal, extract::Form},
    instance::Instance,
};

/// Strategies by which a sign-up would begin elsewhere; none of them is served yet.
const ELSEWHERE: [&str; 2] = [form::TICKET, form::WEB3_WALLET];

/// `POST /v1/client/sign_ups`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    if form.flag(form::TRANSFER)? == Some(true) {
        return Err(Refusal::code(ErrorCode::AccountTransferInvalid));
    }
    let (fields, password) = fields(&form)?;
    Ok(sign_up::create(&instance.turn(&caller), &fields, password.as_ref()).await?.into())
}

/// `GET /v1/client/sign_ups/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(sign_up::show(&instance.turn(&caller), &id).await?.into())
}

/// `PATCH /v1/client/sign_ups/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let (fields, password) = fields(&form)?;
    Ok(sign_up::update(&instance.turn(&caller), &id, &fields, password.as_ref()).await?.into())
}

/// `POST /v1/client/sign_ups/{id}/prepare_verification`
pub(super) async fn prepare(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    email_code(&form)?;
    Ok(sign_up::prepare_code(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/client/sign_ups/{id}/attempt_verification`
pub(super) async fn attempt(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    email_code(&form)?;
    let code = form.required_secret(form::CODE)?;
    Ok(sign_up::attempt_code(&instance.turn(&caller), &id, &code).await?.into())
}

/// The only strategy that proves an address.
pub(super) fn email_code(form: &Form) -> Result<(), Refusal> {
    match Strategy::parse(form.required(form::STRATEGY)?) {
        Some(Strategy::EmailCode) => Ok(()),
        _ => Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
}

fn fields(form: &Form) -> Result<(SignUpForm<'_>, Option<SecretString>), Refusal> {
    let begins = |word: &str| matches!(Strategy::parse(word), Some(Strategy::Password | Strategy::EmailCode));
    if form.filled(form::STRATEGY)?.is_some_and(|word| !begins(word)) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
    }
    for name in ELSEWHERE.into_iter().chain([form::USERNAME, form::PHONE_NUMBER]) {
        if form.filled(name)?.is_some() {
            return Err(Refusal::field(ErrorCode::FormParamUnknown, name));
        }
    }
    let fields = SignUpForm {
        email_address: form.text(form::EMAIL_ADDRESS)?,
        first_name: form.text(form::FIRST_NAME)?,
        last_name: form.text(form::LAST_NAME)?,
        unsafe_metadata: form.text(form::UNSAFE_METADATA)?,
        locale: form.filled(form::LOCALE)?,
        legal_accepted: form.flag(form::LEGAL_ACCEPTED)?.unwrap_or(false),
    };
    Ok((fields, form.secret(form::PASSWORD)?))
}
