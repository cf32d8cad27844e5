//! `/frontdesk/provider/{strategy}`: the development provider, on doors that only this computer reaches.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Extension, Path, Request, State},
    response::{IntoResponse, Response},
};
use frontdesk_wire::{ErrorCode, Jwks};
use http::{HeaderMap, Uri};
use utoipa::openapi::{ObjectBuilder, Schema, schema::Type};

use crate::{
    dev::provider::{self, Outcome, Strategy, Trouble, Visit},
    http::{
        DoorKind, Refusal,
        extract::whole_body,
        guard::Passed,
        openapi::{Field, Routes, Who, says},
        page::{IsPage, Page, language, send_back},
    },
    instance::Instance,
};

/// Where all of it is served.
const WHERE: &str = "At development instances, on doors that only this computer reaches. ";
/// What a request is made of (OpenID Connect Core 1.0 §3.1.2.1).
const ASK: [Field; 10] = [
    Field::text("client_id", "`frontdesk`, which is the instance itself.").needed(),
    Field::text(
        "redirect_uri",
        "Where the instance takes this provider's answers: `/v1/oauth_callback`, `/v1/callbacks/{strategy}`.",
    )
    .needed(),
    Field::text("code_challenge", "PKCE challenge.").needed(),
    Field::text("code_challenge_method", "How it was made.").one_of(&["S256"]).needed(),
    Field::text("response_type", "What is wanted.").one_of(&["code"]).needed(),
    Field::text("response_mode", "How the answer travels.").one_of(&["query", "form_post"]),
    Field::text("scope", "`openid`, and `email` and `profile` for what they stand for.").needed(),
    Field::text("state", "Comes back with the answer."),
    Field::text("nonce", "Stands in the ID token."),
    Field::text("login_hint", "The address of whoever is likely to sign in."),
];
/// What the forms of the pages are made of.
const DECIDE: [Field; 9] = [
    Field::text("request", "The request, as the page holds it."),
    Field::text("confirmation", "The decision that waits for a code, as the page holds it."),
    Field::text("code", "That code."),
    Field::text("decision", "Whether the person agrees.").one_of(&["agree", "deny"]),
    Field::text("account", "The address that was picked; empty for the one that was typed."),
    Field::text("email_address", "The address that was typed."),
    Field::text("verified", "`yes` when the provider calls the address verified."),
    Field::text("first_name", "Given name; `last_name` is the family name."),
    Field::text("picture", "`tiles`, `rings` or `bands` for a picture."),
];
/// What tokens are asked for with (RFC 6749 §4.1.3 and §6).
const TOKEN: [Field; 7] = [
    Field::text("grant_type", "What is shown.").one_of(&["authorization_code", "refresh_token"]).needed(),
    Field::text("client_id", "The client, unless it stands in the header."),
    Field::text("client_secret", "Its secret, unless it stands in the header."),
    Field::text("code", "The code."),
    Field::text("redirect_uri", "Where it came back to."),
    Field::text("code_verifier", "What the challenge was made from."),
    Field::text("refresh_token", "The token to refresh with."),
];
/// What a token is taken back with (RFC 7009 §2.1).
const REVOKE: [Field; 4] = [
    Field::text("token", "The access or refresh token.").needed(),
    Field::text("token_type_hint", "Which of the two it is; it is looked for as both."),
    Field::text("client_id", "The client, unless it stands in the header."),
    Field::text("client_secret", "Its secret, unless it stands in the header."),
];

/// The provider behind each button.
pub(super) fn routes() -> Routes {
    let missing = &[ErrorCode::ResourceNotFound];
    Routes::of(Who::Anyone, "Development provider", "Stands in for Google and the others at development instances.")
        .get(
            "/frontdesk/provider/{strategy}/.well-known/openid-configuration",
            machine,
            says("Learn what the provider can do").more(WHERE).answer(object()).refuses(missing),
        )
        .get(
            "/frontdesk/provider/{strategy}/jwks",
            machine,
            says("Read the keys of its ID tokens").more(WHERE).bare::<Jwks>().refuses(missing),
        )
        .get(
            "/frontdesk/provider/{strategy}/authorize",
            show,
            says("Show who may be chosen")
                .more(
                    "At development instances, on doors that only this computer reaches. A page; nothing happens yet. A \
                     request that is no good is sent back to the instance with status 303 (RFC 6749 §4.1.2.1), or shows \
                     a page that says why when nobody may be sent anywhere.",
                )
                .query(&ASK)
                .file(&["text/html"])
                .or_page()
                .refuses(missing),
        )
        .post(
            "/frontdesk/provider/{strategy}/authorize",
            decide,
            says("Agree or deny")
                .more(
                    "At development instances, on doors that only this computer reaches, and for the provider's own page \
                     alone. Whoever would sign in as a user of the instance is asked for a code first, on another page.",
                )
                .form(&DECIDE)
                .sends_back()
                .or_page()
                .refuses(missing),
        )
        .post(
            "/frontdesk/provider/{strategy}/token",
            machine,
            says("Redeem a code, or refresh")
                .more(
                    "At development instances, on doors that only this computer reaches. What the client did wrong is \
                     answered as RFC 6749 §5.2 says, with status 400 or 401.",
                )
                .form(&TOKEN)
                .answer(object())
                .refuses(missing),
        )
        .post(
            "/frontdesk/provider/{strategy}/revoke",
            machine,
            says("Take a token back")
                .more(
                    "At development instances, on doors that only this computer reaches. Everything that came of the same \
                     decision ends with it. The answer has no content, also when there was no such token; what the client \
                     did wrong is answered as RFC 6749 §5.2 says, with status 400 or 401.",
                )
                .form(&REVOKE)
                .empty()
                .refuses(missing),
        )
        .get(
            "/frontdesk/provider/{strategy}/userinfo",
            machine,
            says("Read what is known of a person")
                .more(
                    "With an access token in `Authorization: Bearer`; without a good one the status is 401 (RFC 6750 §3).",
                )
                .answer(object())
                .refuses(missing),
        )
        .post(
            "/frontdesk/provider/{strategy}/userinfo",
            machine,
            says("Read what is known of a person").more("The same as `GET`.").answer(object()).refuses(missing),
        )
        .get(
            "/frontdesk/provider/{strategy}/pictures/{file}",
            machine,
            says("Show a picture of somebody who has none").more(WHERE).file(&["image/png"]).refuses(missing),
        )
}

fn object() -> Schema {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

/// What programs ask for.
pub(super) async fn machine(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let strategy = parts.uri.path().strip_prefix(provider::PATH).and_then(|path| path.split('/').next());
    reached(&instance, &passed, strategy.unwrap_or_default())?;
    let body = whole_body(&parts.headers, body).await?;
    parts.extensions.clear();
    let answer = provider::answer(&instance, http::Request::from_parts(parts, body)).await;
    if answer.status() == http::StatusCode::NOT_FOUND {
        return Err(Refusal::code(ErrorCode::ResourceNotFound));
    }
    let mut response = answer.map(Body::from);
    // What the client did wrong is told in the words of OAuth.
    response.extensions_mut().insert(IsPage);
    Ok(response)
}

/// `GET /frontdesk/provider/{strategy}/authorize`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    Path(strategy): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let strategy = reached(&instance, &passed, &strategy)?;
    let visit = Visit { strategy: &strategy, language: language(&headers) };
    let outcome = provider::show(&instance, visit, uri.query().unwrap_or_default()).await;
    written(&instance, outcome).await
}

/// `POST /frontdesk/provider/{strategy}/authorize`
pub(super) async fn decide(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    Path(strategy): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let strategy = reached(&instance, &passed, &strategy)?;
    // The guard lets no other origin pass here than the instance's own; browsers name it with every form they post.
    if passed.origin.is_none() {
        return Err(Refusal::code(ErrorCode::CsrfTokenInvalid));
    }
    let form: Bytes = whole_body(&headers, body).await?;
    let outcome = provider::decide(&instance, Visit { strategy: &strategy, language: language(&headers) }, &form).await;
    written(&instance, outcome).await
}

/// The strategy that is asked for, if it may be asked for here.
fn reached(instance: &Instance, passed: &Passed, strategy: &str) -> Result<Strategy, Refusal> {
    let here = passed.door != DoorKind::Network;
    provider::stand_in(instance, strategy).filter(|_| here).ok_or_else(|| Refusal::code(ErrorCode::ResourceNotFound))
}

async fn written(instance: &Instance, outcome: Result<Outcome, Trouble>) -> Result<Response, Refusal> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the development provider cannot go on");
        Refusal::code(ErrorCode::InternalError)
    };
    match outcome.map_err(|error| failed(&error))? {
        Outcome::Back(back) => Ok(send_back(&back.address())),
        Outcome::Sheet(sheet) => {
            let ways = provider::ways_back(instance, &sheet).await.map_err(|error| failed(&error))?;
            Ok(Page::with_form(sheet.status, sheet.language, &sheet.title, &sheet.html, &ways).into_response())
        }
    }
}
