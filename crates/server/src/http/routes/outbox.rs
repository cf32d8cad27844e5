//! `/frontdesk/outbox`: the mails of a development instance, on doors that only this computer reaches. Programs get JSON,
//! browsers a page.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    extract::{Extension, Path, State},
    response::{IntoResponse, Response},
};
use frontdesk_wire::{ErrorCode, OutboxMessage};
use http::{HeaderMap, StatusCode, header::ACCEPT};

use crate::{
    delivery,
    html::escaped,
    http::{
        Answer, DoorKind, Refusal,
        guard::Passed,
        openapi::{Routes, Who, list as list_of, says},
        page::Page,
    },
    instance::Instance,
};

/// How often the list looks for new messages, in seconds.
const LOOK_AGAIN: u32 = 3;

/// Messages that were kept.
pub(super) fn routes() -> Routes {
    const WHERE: &str = "On doors that only this computer reaches, and only for the instance's own pages. A browser that \
                         goes there gets a page.";
    Routes::of(Who::Anyone, "Instance", "What everybody may know of the instance.")
        .get(
            "/frontdesk/outbox",
            list,
            says("Read the messages that a development instance kept")
                .more(WHERE)
                .answer(list_of::<OutboxMessage>())
                .refuses(&[ErrorCode::ResourceNotFound]),
        )
        .get(
            "/frontdesk/outbox/{id}",
            message,
            says("Read one of them").more(WHERE).bare::<OutboxMessage>().refuses(&[ErrorCode::ResourceNotFound]),
        )
}

/// `GET /frontdesk/outbox`
pub(super) async fn list(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let messages = messages(&instance, &passed).await?;
    if !wants_page(&headers) {
        return Ok(Answer::bare(&messages).into_response());
    }
    Ok(Page::watching(LOOK_AGAIN, "Outbox", &listed(&messages)).into_response())
}

/// `GET /frontdesk/outbox/{id}`
pub(super) async fn message(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let message = messages(&instance, &passed).await?.into_iter().find(|message| message.id == id);
    match message {
        Some(message) if wants_page(&headers) => {
            Ok(Page::new(StatusCode::OK, &message.subject, &shown(&message)).into_response())
        }
        Some(message) => Ok(Answer::bare(&message).into_response()),
        None if wants_page(&headers) => {
            let below = format!("<p>It is not there, or no longer.</p>\n{BACK}");
            Ok(Page::new(StatusCode::NOT_FOUND, "No such message", &below).into_response())
        }
        None => Err(Refusal::code(ErrorCode::ResourceNotFound)),
    }
}

const BACK: &str = "<p><a href=\"/frontdesk/outbox\">All messages</a></p>\n";

async fn messages(instance: &Instance, passed: &Passed) -> Result<Vec<OutboxMessage>, Refusal> {
    if passed.door == DoorKind::Network || !instance.is_development() {
        return Err(Refusal::code(ErrorCode::ResourceNotFound));
    }
    delivery::outbox(instance.store(), instance.keys(), None).await.map_err(|error| {
        tracing::error!(%error, "the outbox cannot be read");
        Refusal::code(ErrorCode::InternalError)
    })
}

/// Browsers say that they would rather have a page; programs do not.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim_start().starts_with("text/html"))
}

fn listed(messages: &[OutboxMessage]) -> String {
    let mut html =
        "<p>Mails that this development instance kept instead of sending them, newest first.</p>\n".to_owned();
    if messages.is_empty() {
        html.push_str("<p>There are none yet. This page looks for new ones by itself.</p>\n");
        return html;
    }
    html.push_str("<ul>\n");
    for message in messages {
        let OutboxMessage { id, to, subject, .. } = message;
        let _ = writeln!(
            html,
            "<li><a href=\"/frontdesk/outbox/{}\">{}</a><br><small>to {}, {}</small></li>",
            escaped(id),
            escaped(subject),
            escaped(to),
            moment(message)
        );
    }
    html.push_str("</ul>\n");
    html
}

fn shown(message: &OutboxMessage) -> String {
    let mut html = format!("<p><small>to {}, {}</small></p>\n", escaped(&message.to), moment(message));
    if let Some(code) = &message.code {
        let _ = writeln!(html, "<p class=\"code\">{}</p>", escaped(code));
    }
    let _ = writeln!(html, "<pre>{}</pre>\n{BACK}", escaped(message.body.trim_end()));
    html
}

fn moment(message: &OutboxMessage) -> String {
    let since = Duration::from_millis(message.created_at.unsigned_abs());
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}
