//! Pictures, for everybody who knows their id.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    response::Response,
};
use frontdesk_identity::ImageId;
use frontdesk_wire::ErrorCode;
use http::{
    HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};

use crate::{
    flows::Fault,
    http::{
        Refusal,
        openapi::{Routes, Who, says},
    },
    instance::Instance,
};

/// Named here since the library does not know it (Fetch §3.7).
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Pictures.
pub(super) fn routes() -> Routes {
    Routes::of(Who::Anyone, "Instance", "What everybody may know of the instance.").get(
        "/v1/images/{id}",
        show,
        says("Show a picture")
            .more("It never changes: another one has another id.")
            .file(&["image/png", "image/jpeg"])
            .refuses(&[ErrorCode::ImageNotFound]),
    )
}

/// `GET /v1/images/{id}`. A picture never changes: another one has another id. Pages of every site may show it, and it is
/// never taken for a page.
pub(super) async fn show(State(instance): State<Arc<Instance>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let not_found = || Refusal::code(ErrorCode::ImageNotFound);
    let id = ImageId::parse(&id).map_err(|_| not_found())?;
    let (kind, bytes) = instance.store().picture(&id).await.map_err(Fault::from)?.ok_or_else(not_found)?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&kind).map_err(|_| Refusal::code(ErrorCode::InternalError))?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}
