//! `/v1/jwt_templates`

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::JwtTemplateForm;
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{
        self, FormConditionalParamDisallowed, FormConditionalParamMissing, FormIdentifierExists,
        FormParamFormatInvalid, FormParamMaxLengthExceeded, FormParamTypeInvalid, FormParamValueInvalid,
        JwtTemplateReservedClaim, ResourceNotFound,
    },
    backend::JwtTemplate,
};
use secrecy::SecretString;

use super::list;
use crate::{
    flows::backend::jwt_templates,
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, refusals, says},
    },
    instance::Instance,
};

/// Tokens of the owner's own making.
pub(super) fn routes() -> Routes {
    const NAME: Field = Field::text("name", "What it is asked for by: letters, digits, `-` and `_`; unique.");
    const CLAIMS: Field = Field::object("claims", "What its tokens say, with shortcodes such as `{{user.id}}`.");
    const LIFETIME: Field = Field::number("lifetime", "How long its tokens live, in seconds: 30 to 315360000.");
    const SKEW: Field = Field::number(
        "allowed_clock_skew",
        "By how much the beginning of a token lies before it is made, in seconds: 0 to 300.",
    );
    const OWN: Field = Field::flag("custom_signing_key", "Whether a key of its own signs its tokens.");
    const ALGORITHM: Field =
        Field::text("signing_algorithm", "What that key is for: RS256, RS384, RS512, HS256, HS384 or HS512.");
    const KEY: Field =
        Field::text("signing_key", "That key: a private key in PEM, or a secret. It is not shown again.");
    const NEW: &[Field] = &[NAME.needed(), CLAIMS.needed(), LIFETIME, SKEW, OWN, ALGORITHM, KEY];
    const CHANGE: &[Field] = &[NAME, CLAIMS, LIFETIME, SKEW, OWN, ALGORITHM, KEY];
    const REFUSED: &[ErrorCode] = &[
        FormConditionalParamDisallowed,
        FormConditionalParamMissing,
        FormIdentifierExists,
        FormParamFormatInvalid,
        FormParamMaxLengthExceeded,
        FormParamTypeInvalid,
        FormParamValueInvalid,
        JwtTemplateReservedClaim,
    ];
    Routes::of(Who::Owner, "Backend: JWT templates", "Tokens of the owner's own making, for the owner.")
        .get(
            "/v1/jwt_templates",
            list,
            says("List the templates")
                .query(&[list::PAGINATED, list::OFFSET, list::LIMIT])
                .answer(list::listed::<JwtTemplate>())
                .refuses(refusals::LIST),
        )
        .post("/v1/jwt_templates", create, says("Make a template").json(NEW).bare::<JwtTemplate>().refuses(REFUSED))
        .get("/v1/jwt_templates/{id}", show, says("Read a template").bare::<JwtTemplate>().refuses(&[ResourceNotFound]))
        .patch(
            "/v1/jwt_templates/{id}",
            update,
            says("Change a template")
                .more("What is not given stays as it is.")
                .json(CHANGE)
                .bare::<JwtTemplate>()
                .refuses(REFUSED)
                .refuses(&[ResourceNotFound, ErrorCode::FormParamMissing]),
        )
        .delete(
            "/v1/jwt_templates/{id}",
            delete,
            says("Delete a template")
                .more("Tokens that it made are good until they expire.")
                .bare::<DeletedObject>()
                .refuses(&[ResourceNotFound]),
        )
}

/// `GET /v1/jwt_templates`
pub(super) async fn list(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
) -> Result<Answer, Refusal> {
    let (offset, limit) = list::part(&query)?;
    let part = jwt_templates::list(&instance.turn(&caller), offset as usize, limit as usize).await?;
    list::answer(&query, part)
}

/// `POST /v1/jwt_templates`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    let (form, key) = form_of(&json)?;
    Ok(Answer::bare(&jwt_templates::create(&instance.turn(&caller), form, key.as_ref()).await?))
}

/// `GET /v1/jwt_templates/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&jwt_templates::show(&instance.turn(&caller), &id).await?))
}

/// `PATCH /v1/jwt_templates/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let (form, key) = form_of(&json)?;
    Ok(Answer::bare(&jwt_templates::update(&instance.turn(&caller), &id, form, key.as_ref()).await?))
}

/// `DELETE /v1/jwt_templates/{id}`
pub(super) async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&jwt_templates::delete(&instance.turn(&caller), &id).await?))
}

fn form_of(json: &Json) -> Result<(JwtTemplateForm, Option<SecretString>), Refusal> {
    let form = JwtTemplateForm {
        name: json.text("name")?.map(str::to_owned),
        claims: json.object("claims")?,
        lifetime: json.integer("lifetime")?,
        clock_skew: json.integer("allowed_clock_skew")?,
        own_key: json.optional_flag("custom_signing_key")?,
        algorithm: json.filled("signing_algorithm")?.map(str::to_owned),
        key: None,
    };
    Ok((form, json.secret("signing_key")?))
}
