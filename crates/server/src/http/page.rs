//! Answers to browsers that go from page to page, instead of a program that reads JSON. Nothing on a page comes from
//! elsewhere, nobody frames or keeps it, and no address that holds a token is told to the next page.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};
use url::Url;

/// A page that says why the browser is not sent on. It has nothing on it that came with the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotSentOn;

const NOT_SENT_ON: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>This link leads elsewhere</title>
<h1>This link leads elsewhere</h1>
<p>The page that you were to be sent to does not belong to this instance, so nothing was sent there.</p>
<p>Go back to the application and try again. If it is your application: list its origin in <code>allowed_origins</code>.</p>
</html>
";

impl IntoResponse for NotSentOn {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(NOT_SENT_ON));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        close(headers);
        // It is a page already, and nothing that has to be told in JSON.
        response.extensions_mut().insert(self);
        response
    }
}

/// Sends the browser on to a page that the instance serves.
pub(super) fn send_on(to: &Url) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    if let Ok(mut location) = HeaderValue::from_str(to.as_str()) {
        location.set_sensitive(true);
        headers.insert(LOCATION, location);
    }
    close(headers);
    response
}

fn close(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    );
}
