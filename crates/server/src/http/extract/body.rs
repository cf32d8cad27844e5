//! The body of a request, as a whole.

use std::time::Duration;

use axum::body::{Body, Bytes};
use frontdesk_wire::ErrorCode;
use http::{HeaderMap, header::CONTENT_LENGTH};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::http::Refusal;

/// Largest body that is read, in bytes. The largest field is metadata of 8 KiB, which encoding may triple.
const MAX_BODY: usize = 64 * 1024;
/// Longest time that a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads it for whoever knows what it is.
pub(in crate::http) async fn whole_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    read(headers, body).await
}

/// Reads it, unless it is too large or takes too long.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    read_up_to(MAX_BODY, PATIENCE, headers, body).await
}

/// Reads one that may be so large and take so long.
pub(super) async fn read_up_to(
    most: usize,
    patience: Duration,
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::code(ErrorCode::RequestBodyTooLarge);
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(patience, Limited::new(body, most).collect()).await {
        Ok(Ok(bytes)) => Ok(bytes.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        _ => Err(Refusal::code(ErrorCode::RequestBodyInvalid)),
    }
}
