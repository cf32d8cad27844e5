//! `/v1/client/sign_ups`

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_identity::{ConnectionKey, SignUpForm, Strategy};
use frontdesk_wire::{
    ErrorCode, SignUp,
    form::{self, NONCE_QUERY},
};
use secrecy::SecretString;

use crate::{
    caller::Caller,
    flows::sign_up,
    http::{
        Answer, Refusal,
        extract::Form,
        guard::Passed,
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

use super::elsewhere;

/// What a sign-up could begin with elsewhere; none of it is served yet.
const ELSEWHERE: [&str; 1] = [form::WEB3_WALLET];

/// What a sign-up is begun with and changed by.
const FIELDS: &[Field] = &[
    Field::text(form::EMAIL_ADDRESS, "The email address."),
    Field::text(form::PHONE_NUMBER, "The phone number, with the code of its country (E.164)."),
    Field::text(form::USERNAME, "The user name."),
    Field::text(form::PASSWORD, "The password."),
    Field::text(form::FIRST_NAME, "Given name."),
    Field::text(form::LAST_NAME, "Family name."),
    Field::text(form::UNSAFE_METADATA, "JSON text of an object that the application keeps with the user."),
    Field::flag(form::LEGAL_ACCEPTED, "Whether the terms were accepted."),
    Field::text(form::LOCALE, "Language tag of the messages."),
    Field::text(form::STRATEGY, "How the address will be proven.").one_of(&[
        "ticket",
        "password",
        "email_code",
        "phone_code",
        "oauth_<provider>",
    ]),
    Field::text(form::TICKET, "The ticket of an invitation, which proves its address."),
    Field::flag(
        form::TRANSFER,
        "Whether what the sign-in of this client has brought back from elsewhere is taken over.",
    ),
    elsewhere::REDIRECT,
    elsewhere::COMPLETE,
    elsewhere::PROMPT,
    elsewhere::HINT,
];

/// Sign-ups.
pub(super) fn routes() -> Routes {
    const STRATEGY: Field =
        Field::text(form::STRATEGY, "How it is proven.").one_of(&["email_code", "phone_code"]).needed();
    const PREPARE: &[Field] = &[
        Field::text(form::STRATEGY, "How it is proven.")
            .one_of(&["email_code", "phone_code", "oauth_<provider>"])
            .needed(),
        elsewhere::REDIRECT,
        elsewhere::COMPLETE,
        elsewhere::PROMPT,
        elsewhere::HINT,
    ];
    const NONCE: &[Field] = &[Field::text(NONCE_QUERY, "Redeems what came back from elsewhere.")];
    const CODE: Field = Field::text(form::CODE, "The code that was sent.").needed();
    const REFUSED: &[ErrorCode] = &[
        ErrorCode::FormIdentifierExists,
        ErrorCode::FormParamUnknown,
        ErrorCode::FormUsernameInvalidLength,
        ErrorCode::FormUsernameInvalidCharacter,
        ErrorCode::FormUsernameNeedsNonNumberChar,
        ErrorCode::UnsupportedCountryCode,
        ErrorCode::SignInTokenNotInSignIn,
        ErrorCode::FormParamValueDisabled,
        ErrorCode::IdentificationClaimed,
        ErrorCode::SessionExists,
    ];
    Routes::of(Who::Client, "Sign-ups", "Making an account.")
        .post(
            "/v1/client/sign_ups",
            create,
            says("Begin a sign-up")
                .form(FIELDS)
                .envelope::<SignUp>()
                .refuses(refusals::RESTRICTED)
                .refuses(refusals::INVITED)
                .refuses(REFUSED)
                .refuses(refusals::NEW_PASSWORD)
                .refuses(elsewhere::REFUSED)
                .refuses(&[ErrorCode::AccountTransferInvalid, ErrorCode::OauthIdentificationClaimed]),
        )
        .get(
            "/v1/client/sign_ups/{id}",
            show,
            says("Read a sign-up")
                .query(NONCE)
                .envelope::<SignUp>()
                .refuses(refusals::RESTRICTED)
                .refuses(refusals::INVITED)
                .refuses(&[ErrorCode::SignedOut, ErrorCode::ResourceNotFound])
                .refuses(elsewhere::REDEMPTION),
        )
        .patch(
            "/v1/client/sign_ups/{id}",
            update,
            says("Give more fields, or change them")
                .form(FIELDS)
                .envelope::<SignUp>()
                .refuses(refusals::RESTRICTED)
                .refuses(refusals::INVITED)
                .refuses(REFUSED)
                .refuses(refusals::NEW_PASSWORD)
                .refuses(refusals::ATTEMPT)
                .refuses(&[ErrorCode::OauthIdentificationClaimed]),
        )
        .post(
            "/v1/client/sign_ups/{id}/prepare_verification",
            prepare,
            says("Have a code sent, or be sent to a provider")
                .form(PREPARE)
                .refuses(elsewhere::REFUSED)
                .envelope::<SignUp>()
                .refuses(refusals::RESTRICTED)
                .refuses(refusals::ATTEMPT)
                .refuses(refusals::SENDING)
                .refuses(&[ErrorCode::FormIdentifierExists, ErrorCode::FormConditionalParamMissing]),
        )
        .post(
            "/v1/client/sign_ups/{id}/attempt_verification",
            attempt,
            says("Offer the code")
                .more("With the last thing that was missing there is an account, and somebody is signed in.")
                .form(&[STRATEGY, CODE])
                .envelope::<SignUp>()
                .refuses(refusals::RESTRICTED)
                .refuses(refusals::INVITED)
                .refuses(refusals::ATTEMPT)
                .refuses(refusals::CODE)
                .refuses(&[ErrorCode::IdentificationClaimed, ErrorCode::OauthIdentificationClaimed]),
        )
}

/// `POST /v1/client/sign_ups`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let ticket = ticket(&form)?;
    let connection = connection(&form)?;
    let (fields, password) = fields(&form)?;
    if form.flag(form::TRANSFER)? == Some(true) {
        return Ok(sign_up::transfer(&instance.turn(&caller), &fields, ticket.as_ref()).await?.into());
    }
    if let Some(connection) = connection {
        let wanted = elsewhere::outward(&form, connection)?;
        return Ok(sign_up::create_by(&instance.turn(&caller), &fields, &wanted, ticket.as_ref()).await?.into());
    }
    Ok(sign_up::create(&instance.turn(&caller), &fields, password.as_ref(), ticket.as_ref()).await?.into())
}

/// `GET /v1/client/sign_ups/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    match elsewhere::nonce(&passed)? {
        Some(nonce) => Ok(sign_up::redeem(&turn, &id, nonce).await?.into()),
        None => Ok(sign_up::show(&turn, &id).await?.into()),
    }
}

/// `PATCH /v1/client/sign_ups/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let ticket = ticket(&form)?;
    let (fields, password) = fields(&form)?;
    let turn = instance.turn(&caller);
    Ok(sign_up::update(&turn, &id, &fields, password.as_ref(), ticket.as_ref()).await?.into())
}

/// `POST /v1/client/sign_ups/{id}/prepare_verification`
pub(super) async fn prepare(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    if let Some(connection) = connection(&form)? {
        let wanted = elsewhere::outward(&form, connection)?;
        return Ok(sign_up::prepare_by(&instance.turn(&caller), &id, &wanted).await?.into());
    }
    let turn = instance.turn(&caller);
    Ok(if by_phone(&form)? {
        sign_up::prepare_phone_code(&turn, &id).await?.into()
    } else {
        sign_up::prepare_code(&turn, &id).await?.into()
    })
}

/// `POST /v1/client/sign_ups/{id}/attempt_verification`
pub(super) async fn attempt(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let (by_phone, code) = (by_phone(&form)?, form.required_secret(form::CODE)?);
    let turn = instance.turn(&caller);
    Ok(if by_phone {
        sign_up::attempt_phone_code(&turn, &id, &code).await?.into()
    } else {
        sign_up::attempt_code(&turn, &id, &code).await?.into()
    })
}

/// The only strategy that proves an address.
pub(super) fn email_code(form: &Form) -> Result<(), Refusal> {
    match Strategy::parse(form.required(form::STRATEGY)?) {
        Some(Strategy::EmailCode) => Ok(()),
        _ => Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
}

/// Whether a number is to be proven, and not an address.
fn by_phone(form: &Form) -> Result<bool, Refusal> {
    match Strategy::parse(form.required(form::STRATEGY)?) {
        Some(Strategy::EmailCode) => Ok(false),
        Some(Strategy::PhoneCode) => Ok(true),
        _ => Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    }
}

/// The connection that the strategy names, if it names one.
fn connection(form: &Form) -> Result<Option<ConnectionKey>, Refusal> {
    Ok(match form.filled(form::STRATEGY)?.and_then(Strategy::parse) {
        Some(Strategy::OAuth(connection)) => Some(connection),
        _ => None,
    })
}

/// The ticket that is shown, if one is. The strategy needs none to be named, but has to have one.
fn ticket(form: &Form) -> Result<Option<SecretString>, Refusal> {
    match form.filled(form::STRATEGY)?.and_then(Strategy::parse) {
        Some(Strategy::Ticket) => form.required_secret(form::TICKET).map(Some),
        _ => form.secret(form::TICKET),
    }
}

fn fields(form: &Form) -> Result<(SignUpForm<'_>, Option<SecretString>), Refusal> {
    let begins = |word: &str| {
        matches!(
            Strategy::parse(word),
            Some(
                Strategy::Password | Strategy::EmailCode | Strategy::PhoneCode | Strategy::Ticket | Strategy::OAuth(_)
            )
        )
    };
    if form.filled(form::STRATEGY)?.is_some_and(|word| !begins(word)) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
    }
    for name in ELSEWHERE {
        if form.filled(name)?.is_some() {
            return Err(Refusal::field(ErrorCode::FormParamUnknown, name));
        }
    }
    let fields = SignUpForm {
        email_address: form.text(form::EMAIL_ADDRESS)?,
        phone_number: form.text(form::PHONE_NUMBER)?,
        username: form.text(form::USERNAME)?,
        first_name: form.text(form::FIRST_NAME)?,
        last_name: form.text(form::LAST_NAME)?,
        unsafe_metadata: form.text(form::UNSAFE_METADATA)?,
        locale: form.filled(form::LOCALE)?,
        legal_accepted: form.flag(form::LEGAL_ACCEPTED)?.unwrap_or(false),
    };
    Ok((fields, form.secret(form::PASSWORD)?))
}
