//! `/v1/client/sessions`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{CodePurpose, Level, SessionEnd};
use frontdesk_wire::{
    ErrorCode::{
        self, FormParamValueInvalid, FormParamValueTooLarge, FormResourceNotFound, InvalidActionForSession,
        ResourceNotFound, SignedOut,
    },
    Session, SessionReverification, Token, form,
};

use super::sign_ins::PUBLIC_KEY_CREDENTIAL;
use crate::{
    caller::Caller,
    flows::{SecondProof, sessions},
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

/// What a touch may be for.
const INTENTS: [&str; 3] = ["focus", "select_session", "select_org"];

/// Sessions of the client.
pub(super) fn routes() -> Routes {
    const TOUCH: &[Field] = &[
        Field::text(form::ACTIVE_ORGANIZATION_ID, "The organization to act for; empty is the person's own account."),
        Field::text(form::INTENT, "What it is for.").one_of(&INTENTS),
    ];
    const TOKEN: &[Field] =
        &[Field::text(form::ORGANIZATION_ID, "The organization to act for; empty is the person's own account.")];
    Routes::of(Who::Client, "Sessions", "Sessions of the client, and their tokens.")
        .get(
            "/v1/client/sessions/{id}",
            show,
            says("Read a session").envelope::<Session>().refuses(&[SignedOut, ResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/touch",
            touch,
            says("Say that a session is used, and make it the one that acts")
                .form(TOUCH)
                .envelope::<Session>()
                .refuses(&[SignedOut, ResourceNotFound, FormParamValueInvalid, FormResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/end",
            end,
            says("End a session").envelope::<Session>().refuses(&[
                SignedOut,
                ResourceNotFound,
                InvalidActionForSession,
            ]),
        )
        .post(
            "/v1/client/sessions/{id}/remove",
            remove,
            says("End a session and take it off the client").envelope::<Session>().refuses(&[
                SignedOut,
                ResourceNotFound,
                InvalidActionForSession,
            ]),
        )
        .post(
            "/v1/client/sessions/{id}/tokens",
            token,
            says("Mint a session token")
                .more("A JWT of 60 seconds, to be verified with `/.well-known/jwks.json`.")
                .form(TOKEN)
                .bare::<Token>()
                .refuses(&[SignedOut, ResourceNotFound, FormResourceNotFound, FormParamValueTooLarge]),
        )
        .post(
            "/v1/client/sessions/{id}/tokens/{template}",
            template_token,
            says("Mint a token by a template")
                .more("A JWT that says and lives as the owner of the instance has set it.")
                .bare::<Token>()
                .refuses(&[SignedOut, ResourceNotFound, FormParamValueTooLarge]),
        )
        .and(reverification())
}

/// Proving once more who is signed in by a session.
fn reverification() -> Routes {
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
            says("Have a code sent or a device asked for a passkey, to prove it once more")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.")
                        .one_of(&["email_code", "phone_code", "passkey"])
                        .needed(),
                    Field::text(form::EMAIL_ADDRESS_ID, "Where the code goes; otherwise to the main address."),
                    Field::text(
                        form::PHONE_NUMBER_ID,
                        "Where the text with the code goes; otherwise to the main number.",
                    ),
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::SENDING)
                .refuses(refusals::PASSKEY)
                .refuses(&[FormResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/attempt_first_factor",
            attempt_first_factor,
            says("Offer the first factor once more")
                .more("A passkey counts as both factors where it does so at a sign-in, and both are to be proven.")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.")
                        .one_of(&["password", "email_code", "phone_code", "passkey"])
                        .needed(),
                    Field::text(form::PASSWORD, "The password."),
                    CODE,
                    PUBLIC_KEY_CREDENTIAL,
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::CODE)
                .refuses(refusals::PASSKEY)
                .refuses(refusals::PASSKEY_ANSWER)
                .refuses(&[ErrorCode::FormPasswordIncorrect]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/prepare_second_factor",
            prepare_second_factor,
            says("Have a code of the second factor sent to prove it once more")
                .more("Neither authenticator apps nor backup codes need that.")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.").one_of(&["phone_code"]),
                    Field::text(
                        form::PHONE_NUMBER_ID,
                        "Where the text with the code goes; otherwise to the number that is offered first.",
                    ),
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::SENDING)
                .refuses(&[FormResourceNotFound]),
        )
        .post(
            "/v1/client/sessions/{id}/verify/attempt_second_factor",
            attempt_second_factor,
            says("Offer the second factor once more")
                .form(&[
                    Field::text(form::STRATEGY, "How it is proven.")
                        .one_of(&["totp", "phone_code", "backup_code"])
                        .needed(),
                    CODE,
                ])
                .envelope::<SessionReverification>()
                .refuses(REVERIFYING)
                .refuses(refusals::CODE),
        )
}

/// `GET /v1/client/sessions/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(sessions::show(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/client/sessions/{id}/touch`
pub(super) async fn touch(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    no_organization(&form, form::ACTIVE_ORGANIZATION_ID)?;
    if form.filled(form::INTENT)?.is_some_and(|intent| !INTENTS.contains(&intent)) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::INTENT));
    }
    Ok(sessions::touch(&instance.turn(&caller), &id).await?.into())
}

/// `POST /v1/client/sessions/{id}/end`
pub(super) async fn end(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(sessions::finish(&instance.turn(&caller), &id, SessionEnd::Ended).await?.into())
}

/// `POST /v1/client/sessions/{id}/remove`
pub(super) async fn remove(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(sessions::finish(&instance.turn(&caller), &id, SessionEnd::Removed).await?.into())
}

/// `POST /v1/client/sessions/{id}/tokens`
pub(super) async fn token(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    no_organization(&form, form::ORGANIZATION_ID)?;
    let reply = sessions::token(&instance.turn(&caller), &id).await?;
    Ok(Answer::of_bare(&reply))
}

/// `POST /v1/client/sessions/{id}/tokens/{template}`
pub(super) async fn template_token(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path((id, template)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    Ok(Answer::of_bare(&sessions::template_token(&instance.turn(&caller), &id, &template).await?))
}

/// There are no organizations yet, so none of that id.
fn no_organization(form: &Form, name: &'static str) -> Result<(), Refusal> {
    match form.filled(name)? {
        None => Ok(()),
        Some(_) => Err(Refusal::field(ErrorCode::FormResourceNotFound, name)),
    }
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
    let (purpose, field) = match form.required(form::STRATEGY)? {
        "passkey" => return Ok(sessions::prepare_passkey(&instance.turn(&caller), &id).await?.into()),
        "email_code" => (CodePurpose::SignIn, form::EMAIL_ADDRESS_ID),
        "phone_code" => (CodePurpose::SignInByPhone, form::PHONE_NUMBER_ID),
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    };
    let address = form.filled(field)?;
    Ok(sessions::prepare_first_factor(&instance.turn(&caller), &id, purpose, address).await?.into())
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
        "email_code" => sessions::Proof::Code(CodePurpose::SignIn, form.required_secret(form::CODE)?),
        "phone_code" => sessions::Proof::Code(CodePurpose::SignInByPhone, form.required_secret(form::CODE)?),
        "passkey" => sessions::Proof::Passkey(form.required(form::PUBLIC_KEY_CREDENTIAL)?.to_owned()),
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    };
    Ok(sessions::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/prepare_second_factor`
async fn prepare_second_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    if form.filled(form::STRATEGY)?.is_some_and(|strategy| strategy != "phone_code") {
        return Ok(sessions::nothing_to_prepare(&turn, &id).await?.into());
    }
    let number = form.filled(form::PHONE_NUMBER_ID)?;
    Ok(sessions::prepare_second_factor(&turn, &id, number).await?.into())
}

/// `POST /v1/client/sessions/{id}/verify/attempt_second_factor`
async fn attempt_second_factor(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Answer, Refusal> {
    let code = form.required_secret(form::CODE)?;
    let proof = match form.required(form::STRATEGY)? {
        "totp" => SecondProof::Totp(code),
        "backup_code" => SecondProof::BackupCode(code),
        "phone_code" => SecondProof::PhoneCode(code),
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, form::STRATEGY)),
    };
    let proof = sessions::Proof::Second(proof);
    Ok(sessions::attempt(&instance.turn(&caller), &id, &proof).await?.into())
}
