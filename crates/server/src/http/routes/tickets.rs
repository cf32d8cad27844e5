//! `/v1/tickets/accept`: where the link of an invitation leads.

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    response::{IntoResponse as _, Response},
};
use frontdesk_identity::InvitationRefusal;
use frontdesk_wire::form;
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    caller::Caller,
    delivery::Language,
    flows::{
        Fault,
        tickets::{ACCEPT, Arrival, accept},
    },
    html::escaped,
    http::{
        Refusal,
        guard::Passed,
        openapi::{Field, Routes, Who, says},
        page::{Page, go_on, language},
    },
    instance::Instance,
};

/// Where links of invitations lead.
pub(super) fn routes() -> Routes {
    const TICKET: Field = Field::text(form::TICKET, "The ticket of the invitation.").needed();
    Routes::of(Who::Anyone, "Sign-ups", "Making an account.").get(
        ACCEPT,
        follow,
        says("Follow the link of an invitation")
            .more(
                "The browser goes on to the page that the owner named, with the ticket in `__clerk_ticket` and `sign_up` or \
                 `sign_in` in `__clerk_status`. Where none is named it is shown the ticket. Nothing is used up by it.",
            )
            .query(&[TICKET])
            .file(&["text/html"])
            .or_sends_back()
            .or_page(),
    )
}

/// `GET /v1/tickets/accept`
async fn follow(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let language = language(&headers);
    let turn = instance.turn(&caller);
    let Some(ticket) = passed.query.one(form::TICKET)? else {
        return Ok(over(InvitationRefusal::Unknown, language).into_response());
    };
    match accept(&turn, &SecretString::from(ticket)).await {
        Ok(Arrival::Onward(to)) => Ok(go_on(&to)),
        Ok(Arrival::Here { ticket, signs_in }) => {
            let application = turn.settings.application_name.as_str();
            Ok(shown(ticket.expose_secret(), signs_in, application, language).into_response())
        }
        Err(Fault::Invitation(refusal)) => Ok(over(refusal, language).into_response()),
        Err(fault) => Err(fault.into()),
    }
}

fn shown(ticket: &str, signs_in: bool, application: &str, language: Language) -> Page {
    let (application, ticket) = (escaped(application), escaped(ticket));
    let (title, html) = match (language, signs_in) {
        (Language::English, false) => (
            "Your invitation",
            format!(
                "<h1>Your invitation to {application}</h1>\n<p>Open {application}, choose to sign up, and paste this \
                 invitation there. It works once.</p>\n<p><code>{ticket}</code></p>\n"
            ),
        ),
        (Language::English, true) => (
            "Your invitation",
            format!(
                "<h1>You have an account at {application}</h1>\n<p>Open {application} and sign in with the address that this \
                 invitation was sent to.</p>\n"
            ),
        ),
        (Language::German, false) => (
            "Deine Einladung",
            format!(
                "<h1>Deine Einladung zu {application}</h1>\n<p>Öffne {application}, wähle „Registrieren“ und füge dort diese \
                 Einladung ein. Sie gilt einmal.</p>\n<p><code>{ticket}</code></p>\n"
            ),
        ),
        (Language::German, true) => (
            "Deine Einladung",
            format!(
                "<h1>Du hast ein Konto bei {application}</h1>\n<p>Öffne {application} und melde dich mit der Adresse an, an die \
                 diese Einladung ging.</p>\n"
            ),
        ),
    };
    Page::with_form(StatusCode::OK, language, title, &html, &[])
}

fn over(refusal: InvitationRefusal, language: Language) -> Page {
    let (title, why) = match (language, refusal) {
        (Language::English, InvitationRefusal::Expired) => {
            ("This invitation is too old", "Ask whoever invited you for a new one.")
        }
        (Language::English, InvitationRefusal::Accepted) => (
            "This invitation was used",
            "It works once. If you have made your account by it, open the application and sign in.",
        ),
        (Language::English, InvitationRefusal::Revoked) => {
            ("This invitation was taken back", "Ask whoever invited you for a new one.")
        }
        (Language::English, _) => (
            "This link leads nowhere",
            "The invitation is gone, or the link is not whole. Copy it as a whole from the mail.",
        ),
        (Language::German, InvitationRefusal::Expired) => {
            ("Diese Einladung ist zu alt", "Bitte die Person, die dich eingeladen hat, um eine neue.")
        }
        (Language::German, InvitationRefusal::Accepted) => (
            "Diese Einladung wurde benutzt",
            "Sie gilt einmal. Wenn du damit dein Konto angelegt hast, öffne die Anwendung und melde dich an.",
        ),
        (Language::German, InvitationRefusal::Revoked) => {
            ("Diese Einladung wurde zurückgezogen", "Bitte die Person, die dich eingeladen hat, um eine neue.")
        }
        (Language::German, _) => (
            "Dieser Link führt nirgendwohin",
            "Die Einladung gibt es nicht mehr, oder der Link ist nicht vollständig. Kopiere ihn ganz aus der Mail.",
        ),
    };
    let html = format!("<h1>{title}</h1>\n<p>{why}</p>\n");
    Page::with_form(StatusCode::BAD_REQUEST, language, title, &html, &[])
}
