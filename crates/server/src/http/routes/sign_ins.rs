//! `/v1/client/sign_ins`

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_identity::{CodePurpose, Strategy};
use frontdesk_wire::{
    ErrorCode, SignIn,
    form::{self, NONCE_QUERY},
};
use secrecy::SecretString;

use crate::{
    caller::Caller,
    flows::{SecondProof, sign_in},
    http::{
        Answer, Refusal,
        extract::Form,
        guard::Passed,
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

use super::elsewhere;

/// Ways to prove who one is.
const STRATEGIES: [&str; 8] = [
    "password",
    "email_code",
    "phone_code",
    "reset_password_email_code",
    "reset_password_phone_code",
    "passkey",
    "ticket",
    "oauth_<provider>",
];

const STRATEGY: Field = Field::text(form::STRATEGY, "How the person proves who they are.").one_of(&STRATEGIES);
/// A way to prove the second factor.
const SECOND: Field = Field::text(form::STRATEGY, "How it is proven.").one_of(&["totp", "phone_code", "backup_code"]);
const SECOND_NUMBER: Field = Field::text(
    form::PHONE_NUMBER_ID,
    "Where the text with the code goes; otherwise to the number that is offered first.",
);
const PASSWORD: Field = Field::text(form::PASSWORD, "The password.");
/// What comes of asking a device.
pub(super) const PUBLIC_KEY_CREDENTIAL: Field =
    Field::text(form::PUBLIC_KEY_CREDENTIAL, "JSON text of what the device has answered that was asked for a passkey.");
const TICKET: Field =
    Field::text(form::TICKET, "A sign-in token from the owner's server, or the ticket of an invitation.");
const CREATE: &[Field] = &[
    Field::text(form::IDENTIFIER, "The email address, the phone number or the user name."),
    STRATEGY,
    PASSWORD,
    TICKET,
    Field::text(form::LOCALE, "Language tag of the messages."),
    Field::flag(
        form::TRANSFER,
        "Whether what the sign-up of this client has brought back from elsewhere is taken over.",
    ),
    elsewhere::REDIRECT,
    elsewhere::COMPLETE,
    elsewhere::PROMPT,
    elsewhere::HINT,
];
const NONCE: &[Field] = &[Field::text(NONCE_QUERY, "Redeems what came back from elsewhere.")];
const PREPARE: &[Field] = &[
    STRATEGY.needed(),
    Field::text(form::EMAIL_ADDRESS_ID, "Where the code goes; otherwise to the address that was typed."),
    Field::text(form::PHONE_NUMBER_ID, "Where the text with the code goes; otherwise to the number that was typed."),
    elsewhere::REDIRECT,
    elsewhere::COMPLETE,
    elsewhere::PROMPT,
    elsewhere::HINT,
];
const SIGN_OUT: Field = Field::flag(
    form::SIGN_OUT_OF_OTHER_SESSIONS,
    "Whether a new password signs out everywhere else; true if not said.",
);
const ATTEMPT: &[Field] = &[
    STRATEGY.needed(),
    Field::text(form::PASSWORD, "The password; with the code that resets it, the new one."),
    Field::text(form::CODE, "The code that was sent."),
    TICKET,
    SIGN_OUT,
    PUBLIC_KEY_CREDENTIAL,
];
const FOUND: &[ErrorCode] = &[
    ErrorCode::FormIdentifierNotFound,
    ErrorCode::UserLocked,
    ErrorCode::UserBanned,
    ErrorCode::StrategyForUserInvalid,
    ErrorCode::IdentifierAlreadySignedIn,
];
const PROOF: &[ErrorCode] =
    &[ErrorCode::FormPasswordIncorrect, ErrorCode::FormPasswordOrIdentifierIncorrect, ErrorCode::AccountLockoutWarning];
const TICKETS: &[ErrorCode] = &[
    ErrorCode::TicketInvalid,
    ErrorCode::TicketExpired,
    ErrorCode::SignInTokenAlreadyUsed,
    ErrorCode::SignInTokenRevoked,
    ErrorCode::SignInTokenCannotBeUsed,
    ErrorCode::RevokedInvitation,
    ErrorCode::InvitationAlreadyAccepted,
    ErrorCode::InvitationAccountNotExists,
];

/// Sign-ins.
pub(super) fn routes() -> Routes {
    Routes::of(Who::Client, "Sign-ins", "Signing in to an account that is there.")
        .post(
            "/v1/client/sign_ins",
            create,
            says("Begin a sign-in")
                .more("It goes as far as the fields allow: identifier and password at once complete it.")
                .form(CREATE)
                .envelope::<SignIn>()
                .refuses(FOUND)
                .refuses(PROOF)
                .refuses(TICKETS)
                .refuses(refusals::SENDING)
                .refuses(refusals::PASSKEY)
                .refuses(elsewhere::REFUSED)
                .refuses(&[ErrorCode::SessionExists, ErrorCode::AccountTransferInvalid]),
        )
        .get(
            "/v1/client/sign_ins/{id}",
            show,
            says("Read a sign-in")
                .query(NONCE)
                .envelope::<SignIn>()
                .refuses(&[ErrorCode::SignedOut, ErrorCode::ResourceNotFound])
                .refuses(elsewhere::REDEMPTION),
        )
        .post(
            "/v1/client/sign_ins/{id}/prepare_first_factor",
            prepare,
            says("Have a code sent, be sent to a provider, or have a device asked for a passkey")
                .form(PREPARE)
                .envelope::<SignIn>()
                .refuses(elsewhere::REFUSED)
                .refuses(refusals::ATTEMPT)
                .refuses(FOUND)
                .refuses(refusals::SENDING)
                .refuses(refusals::PASSKEY)
                .refuses(&[ErrorCode::FormResourceNotFound]),
        )
        .post(
            "/v1/client/sign_ins/{id}/attempt_first_factor",
            attempt,
            says("Offer a password, a code, or the answer of a device")
                .form(ATTEMPT)
                .envelope::<SignIn>()
                .refuses(refusals::ATTEMPT)
                .refuses(FOUND)
                .refuses(PROOF)
                .refuses(TICKETS)
                .refuses(refusals::PASSKEY)
                .refuses(refusals::PASSKEY_ANSWER)
                .refuses(&[ErrorCode::FormResourceNotFound])
                .refuses(refusals::CODE)
                .refuses(refusals::NEW_PASSWORD)
                .refuses(&[ErrorCode::VerificationStrategyInvalid]),
        )
        .post(
            "/v1/client/sign_ins/{id}/prepare_second_factor",
            prepare_second,
            says("Have a code of the second factor sent")
                .more("Neither authenticator apps nor backup codes need that.")
                .form(&[SECOND.needed(), SECOND_NUMBER])
                .envelope::<SignIn>()
                .refuses(refusals::ATTEMPT)
                .refuses(refusals::SENDING)
                .refuses(&[
                    ErrorCode::SignedOut,
                    ErrorCode::NoSecondFactors,
                    ErrorCode::StrategyForUserInvalid,
                    ErrorCode::FormResourceNotFound,
                    ErrorCode::UserLocked,
                    ErrorCode::UserBanned,
                ]),
        )
        .post(
            "/v1/client/sign_ins/{id}/attempt_second_factor",
            attempt_second,
            says("Offer the second factor")
                .form(&[SECOND.needed(), Field::text(form::CODE, "The code.").needed()])
                .envelope::<SignIn>()
                .refuses(refusals::ATTEMPT)
                .refuses(refusals::CODE)
                .refuses(&[
                    ErrorCode::NoSecondFactors,
                    ErrorCode::UserLocked,
                    ErrorCode::UserBanned,
                    ErrorCode::IdentifierAlreadySignedIn,
                    ErrorCode::AccountLockoutWarning,
                ]),
        )
        .post(
            "/v1/client/sign_ins/{id}/reset_password",
            reset_password,
            says("Set a new password after the code that resets it")
                .form(&[PASSWORD.needed(), SIGN_OUT])
                .envelope::<SignIn>()
                .refuses(refusals::ATTEMPT)
                .refuses(refusals::NEW_PASSWORD)
                .refuses(FOUND)
                .refuses(&[ErrorCode::VerificationExpired, ErrorCode::FormNewPasswordMatchesCurrent]),
        )
}

/// `POST /v1/client/sign_ins`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let strategy = form.filled(form::STRATEGY)?.map(strategy).transpose()?;
    let transfer = form.flag(form::TRANSFER)?.unwrap_or(false);
    if let Some(Strategy::OAuth(connection)) = strategy.filter(|_| !transfer) {
        let wanted = elsewhere::outward(&form, connection)?;
        return Ok(sign_in::create_by(&instance.turn(&caller), &wanted).await?.into());
    }
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
        transfer,
    };
    Ok(sign_in::create(&instance.turn(&caller), &create).await?.into())
}

/// `GET /v1/client/sign_ins/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    match elsewhere::nonce(&passed)? {
        Some(nonce) => Ok(sign_in::redeem(&turn, &id, nonce).await?.into()),
        None => Ok(sign_in::show(&turn, &id).await?.into()),
    }
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
        Strategy::PhoneCode => CodePurpose::SignInByPhone,
        Strategy::ResetPasswordPhoneCode => CodePurpose::ResetPasswordByPhone,
        Strategy::OAuth(connection) => {
            let wanted = elsewhere::outward(&form, connection)?;
            return Ok(sign_in::prepare_by(&instance.turn(&caller), &id, &wanted).await?.into());
        }
        Strategy::Passkey => return Ok(sign_in::prepare_passkey(&instance.turn(&caller), &id).await?.into()),
        // There is nothing to prepare for a password or a ticket.
        Strategy::Password | Strategy::Ticket | Strategy::Totp | Strategy::BackupCode => {
            return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
        }
    };
    let address = form.filled(if purpose.by_phone() { form::PHONE_NUMBER_ID } else { form::EMAIL_ADDRESS_ID })?;
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
        Strategy::EmailCode => sign_in::Proof::Code(CodePurpose::SignIn, form.required_secret(form::CODE)?),
        Strategy::PhoneCode => sign_in::Proof::Code(CodePurpose::SignInByPhone, form.required_secret(form::CODE)?),
        Strategy::ResetPasswordEmailCode => reset_proof(CodePurpose::ResetPassword, &form)?,
        Strategy::ResetPasswordPhoneCode => reset_proof(CodePurpose::ResetPasswordByPhone, &form)?,
        Strategy::Ticket => sign_in::Proof::Ticket(form.required_secret(form::TICKET)?),
        Strategy::Passkey => sign_in::Proof::Passkey(form.required(form::PUBLIC_KEY_CREDENTIAL)?.to_owned()),
        // That proof comes by way of the browser.
        Strategy::OAuth(_) | Strategy::Totp | Strategy::BackupCode => {
            return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY));
        }
    };
    Ok(sign_in::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}

/// `POST /v1/client/sign_ins/{id}/prepare_second_factor`
pub(super) async fn prepare_second(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    if strategy(form.required(form::STRATEGY)?)? != Strategy::PhoneCode {
        return Err(no_second(&instance, &caller, &id).await?);
    }
    let number = form.filled(form::PHONE_NUMBER_ID)?;
    Ok(sign_in::prepare_second(&instance.turn(&caller), &id, number).await?.into())
}

/// What a sign-in says to a second factor that it does not take in this way.
async fn no_second(instance: &Instance, caller: &Caller, id: &str) -> Result<Refusal, Refusal> {
    let attempt = sign_in::show(&instance.turn(caller), id).await?;
    Ok(match attempt.response.supported_second_factors {
        None => Refusal::code(ErrorCode::NoSecondFactors),
        Some(_) => Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY),
    })
}

/// `POST /v1/client/sign_ins/{id}/attempt_second_factor`
pub(super) async fn attempt_second(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let proof = match strategy(form.required(form::STRATEGY)?)? {
        Strategy::Totp => SecondProof::Totp(form.required_secret(form::CODE)?),
        Strategy::BackupCode => SecondProof::BackupCode(form.required_secret(form::CODE)?),
        Strategy::PhoneCode => SecondProof::PhoneCode(form.required_secret(form::CODE)?),
        _ => return Err(no_second(&instance, &caller, &id).await?),
    };
    Ok(sign_in::attempt_second(&instance.turn(&caller), &id, &proof).await?.into())
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

fn reset_proof(purpose: CodePurpose, form: &Form) -> Result<sign_in::Proof, Refusal> {
    let new = form.secret(form::PASSWORD)?.map(|password| new_password(form, password)).transpose()?;
    Ok(sign_in::Proof::ResetCode(purpose, form.required_secret(form::CODE)?, new))
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
