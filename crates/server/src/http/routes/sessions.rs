//! `/v1/client/sessions`

mod verify;

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::SessionEnd;
use frontdesk_wire::{
    ErrorCode::{
        self, FormParamValueInvalid, FormParamValueTooLarge, FormResourceNotFound, InvalidActionForSession,
        ResourceNotFound, SignedOut,
    },
    Session, Token, form,
};

use crate::{
    caller::Caller,
    flows::sessions,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, says},
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
        .and(verify::routes())
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
