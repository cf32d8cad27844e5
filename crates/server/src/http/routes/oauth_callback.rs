//! `/v1/oauth_callback`, and `/v1/callbacks/{strategy}` for each provider of the owner's own: where providers send the
//! browser back to (protocol §6).
//!
//! ```text
//! provider → GET  here, with state and code → 303 to the application
//!          → POST here (form_post)          → 303 to GET here, so that the browser sends its cookie along
//! ```

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    response::{IntoResponse, Response},
};
use frontdesk_wire::ErrorCode;
use http::{HeaderMap, StatusCode, Uri};

use crate::{
    caller::Caller,
    delivery::Language,
    flows::external::{Answer, Ended, Problem, answer, failed},
    http::{
        Refusal,
        carry::News,
        extract::Form,
        guard::Passed,
        openapi::{Field, Routes, Who, says},
        page::{Page, go_on, language},
    },
    instance::Instance,
    redirects::is_callback,
};

/// What stands in a provider's answer.
const NAMES: [&str; 5] = ["state", "code", "iss", "error", "error_description"];

/// Where providers send browsers back to.
pub(super) fn routes() -> Routes {
    const STATE: Field = Field::text("state", "What the instance gave the provider.");
    const FIELDS: &[Field] = &[
        STATE,
        Field::text("code", "What the provider gives for who the person is."),
        Field::text("iss", "Who says so (RFC 9207)."),
        Field::text("error", "Why there is no code."),
        Field::text("error_description", "The same in the provider's own words."),
    ];
    Routes::of(Who::Anyone, "Providers", "Signing in by an account elsewhere.")
        .get(
            "/v1/oauth_callback",
            come_back,
            says("Take a provider's answer and send the browser on to the application")
                .more(
                    "The application gets a nonce (`rotating_token_nonce`), by which the client that began it redeems \
                     what came back, or `__clerk_status=failed` with the reason. An address that this instance gave to \
                     no provider, or that was used before, leads nowhere; the browser is shown a page that says so.",
                )
                .query(FIELDS)
                .sends_on()
                .or_page(),
        )
        .post(
            "/v1/oauth_callback",
            posted,
            says("The same for providers that send a form").form(FIELDS).sends_on().or_page(),
        )
        .get(
            "/v1/callbacks/{strategy}",
            come_back,
            says("Take the answer of a provider of the owner's own")
                .more(
                    "What an answer that came to another provider's address brings is given to nobody (RFC 9700 §4.4).",
                )
                .query(FIELDS)
                .sends_on()
                .or_page()
                .refuses(&[ErrorCode::ResourceNotFound]),
        )
        .post(
            "/v1/callbacks/{strategy}",
            posted,
            says("The same for providers of the owner's own that send a form")
                .form(FIELDS)
                .sends_on()
                .or_page()
                .refuses(&[ErrorCode::ResourceNotFound]),
        )
}

/// Where the browser came back to, if a provider may send it there.
fn place(uri: &Uri) -> Result<&str, Refusal> {
    Some(uri.path()).filter(|path| is_callback(path)).ok_or_else(|| Refusal::code(ErrorCode::ResourceNotFound))
}

/// `GET /v1/oauth_callback`, `GET /v1/callbacks/{strategy}`
async fn come_back(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    uri: Uri,
    headers: HeaderMap,
    asked: Result<Caller, Refusal>,
) -> Result<Response, Refusal> {
    let at = place(&uri)?;
    // A browser that nobody knows is none that began anything.
    let caller = asked.unwrap_or_else(|_| Caller { address: passed.address, ..Caller::default() });
    let one = |name| passed.query.one(name);
    let [state, code, issuer, error, error_description] = NAMES;
    let said = Answer {
        at,
        state: one(state)?,
        code: one(code)?,
        issuer: one(issuer)?,
        error: one(error)?,
        error_description: one(error_description)?,
    };
    match answer(&instance, &caller, &said).await.map_err(Refusal::from)? {
        Ended::Onward { to, token, signed_in_at } => {
            let mut response = go_on(&to);
            response.extensions_mut().insert(News { token, signed_in_at });
            Ok(response)
        }
        Ended::Refused { mut to, failure } => {
            let token = failure.token.clone();
            failed(&mut to, Refusal::from(failure).first_code().as_str());
            let mut response = go_on(&to);
            response.extensions_mut().insert(News { token, signed_in_at: None });
            Ok(response)
        }
        Ended::Page(problem) => Ok(page(problem, language(&headers)).into_response()),
    }
}

/// `POST /v1/oauth_callback`, `POST /v1/callbacks/{strategy}`
async fn posted(State(instance): State<Arc<Instance>>, uri: Uri, form: Form) -> Result<Response, Refusal> {
    let mut to = instance.public_url().at(place(&uri)?);
    for name in NAMES {
        if let Some(value) = form.filled(name)? {
            to.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(go_on(&to))
}

fn page(problem: Problem, language: Language) -> Page {
    let (title, what, then) = match (language, problem) {
        (Language::English, Problem::Unknown) => (
            "This address leads nowhere",
            "It is none that this instance has given to a provider, so nothing was done with it.",
            "You can close this page. Go back to the application and begin again there.",
        ),
        (Language::English, Problem::Over) => (
            "This was used, or it is too late",
            "What you did at the provider counts once, and within ten minutes. Nothing was changed now.",
            "You can close this page. Go back to the application and begin again there.",
        ),
        (Language::German, Problem::Unknown) => (
            "Diese Adresse führt nirgends hin",
            "Es ist keine, die diese Instanz einem Anbieter gegeben hat, darum wurde nichts damit gemacht.",
            "Du kannst diese Seite schließen. Geh zurück zur Anwendung und beginne dort neu.",
        ),
        (Language::German, Problem::Over) => (
            "Das wurde schon benutzt, oder es ist zu spät",
            "Was du beim Anbieter getan hast, zählt einmal und innerhalb von zehn Minuten. Jetzt wurde nichts geändert.",
            "Du kannst diese Seite schließen. Geh zurück zur Anwendung und beginne dort neu.",
        ),
    };
    Page::spoken(StatusCode::BAD_REQUEST, language, title, &format!("<p>{what}</p>\n<p>{then}</p>\n"))
}
