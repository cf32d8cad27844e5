//! Answers to browsers that go from page to page, instead of a program that reads JSON. Nothing on a page comes from
//! elsewhere, nobody frames or keeps it, and no address that holds a token is told to the next page.

mod form;

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use url::Url;

use crate::{delivery::Language, html::escaped};

/// The beginning of every page. It names an empty icon, for a browser asks for `/favicon.ico` of a page that names none.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
                    <meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n";

/// What pages look like.
const STYLE: &str = "
:root{color-scheme:light dark}
body{margin:2rem auto;max-width:46rem;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}
li{margin:0 0 1rem}
small{opacity:.75}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
.code{font-size:2rem;font-weight:bold;letter-spacing:.25rem}
";

/// What pages may load and do: nothing but look as [`STYLE`] says.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!("{NOTHING}; style-src 'sha256-{hash}'");
    HeaderValue::from_str(&policy).ok()
});

/// What an answer may load that is no page.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page of the instance's own.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    html: String,
    /// What it may do, if it is more than pages may.
    may: Option<form::May>,
}

/// Stands with an answer that is a page already, and nothing that has to be told in JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct IsPage;

impl Page {
    /// A page. The title is text; what is below it is HTML, in which everything that came from elsewhere is escaped.
    pub(super) fn new(status: StatusCode, title: &str, below: &str) -> Self {
        Self::made(status, "", title, below)
    }

    /// The same in this language.
    pub(super) fn spoken(status: StatusCode, language: Language, title: &str, below: &str) -> Self {
        let page = Self::new(status, title, below);
        Self { html: page.html.replacen("lang=\"en\"", &format!("lang=\"{}\"", language.tag()), 1), ..page }
    }

    /// A page that loads itself anew every so many seconds.
    pub(super) fn watching(seconds: u32, title: &str, below: &str) -> Self {
        Self::made(StatusCode::OK, &format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n"), title, below)
    }

    fn made(status: StatusCode, head: &str, title: &str, below: &str) -> Self {
        let title = escaped(title);
        let html = format!(
            "{HEAD}{head}<title>{title}</title>\n\
             <style>{STYLE}</style>\n<h1>{title}</h1>\n{below}</html>\n"
        );
        Self { status, html, may: None }
    }

    /// Says why the browser is not sent on. There is nothing on the page that came with the request.
    pub(super) fn not_sent_on() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "This link leads elsewhere",
            "<p>The page that you were to be sent to does not belong to this instance, so nothing was sent there.</p>\n\
             <p>Go back to the application and try again. If it is your application: list its origin in \
             <code>allowed_origins</code>.</p>\n",
        )
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.html));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        close(headers);
        if let Some(policy) = POLICY.clone() {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(may) = self.may {
            may.write(headers);
        }
        response.extensions_mut().insert(IsPage);
        response
    }
}

/// What the browser would rather read, of the languages there are.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let first = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::of(first.and_then(|value| value.split([',', ';']).next()).map(str::trim))
}

/// Sends the browser on to a page that the instance serves.
pub(super) fn send_on(to: &Url) -> Response {
    sent(StatusCode::TEMPORARY_REDIRECT, to)
}

/// Sends the browser on to read another address, whatever it sent here (RFC 9700 §4.12).
pub(super) fn go_on(to: &Url) -> Response {
    sent(StatusCode::SEE_OTHER, to)
}

fn sent(status: StatusCode, to: &Url) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Ok(mut location) = HeaderValue::from_str(to.as_str()) {
        location.set_sensitive(true);
        headers.insert(LOCATION, location);
    }
    close(headers);
    response
}

/// Sends the browser back to the instance with the answer to a form, which it must not post there (RFC 9700 §4.12).
pub(super) fn send_back(to: &Url) -> Response {
    let mut response = send_on(to);
    *response.status_mut() = StatusCode::SEE_OTHER;
    response
}

fn close(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
}
