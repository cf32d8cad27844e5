//! `/npm`: scripts of Clerk's SDKs, where SDKs look for them.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use frontdesk_wire::ErrorCode;
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};

use crate::{http::Refusal, packages::Packages};

/// The routes of it, for an instance that has the packages.
pub(super) fn router(packages: Packages) -> Router {
    Router::new().route("/npm/@clerk/{package}/dist/{file}", get(script)).with_state(Arc::new(packages))
}

/// `GET /npm/@clerk/{package}@{version}/dist/{file}`
async fn script(
    State(packages): State<Arc<Packages>>,
    Path((package, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let found = packages.script(&package, &file).await;
    let bytes = found
        .map_err(|why| Refusal::code(ErrorCode::ResourceNotFound).saying(format!("{why}. Nothing was loaded.")))?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Another version may be installed at any time, under a name that stays.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
