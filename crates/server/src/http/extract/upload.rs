//! A file in the body of a request: one part of a form, or its text in base64.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::Request,
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use frontdesk_wire::{ErrorCode, form};
use http::header::CONTENT_TYPE;

use super::body;
use crate::{http::Refusal, pictures::MAX_FILE};

/// What may be around a file in a form, in bytes.
const AROUND: usize = 64 * 1024;
/// Longest time that a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(25);
/// Longest name of a file that is told, in characters.
const MAX_NAME: usize = 200;

/// Base64 as every program writes it, with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file that was sent.
#[derive(Debug)]
pub struct Upload {
    /// Its content.
    pub bytes: Bytes,
    /// What it was called.
    pub name: Option<String>,
}

impl Upload {
    /// Reads it. To be called once it is known that the caller may send one: it is large.
    pub async fn read(request: Request) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let plain = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let boundary = multer::parse_boundary(kind).ok();
        let (in_parts, most) = match (plain.as_str(), boundary) {
            ("multipart/form-data", Some(boundary)) => (Some(boundary), MAX_FILE + AROUND),
            // Four characters for three bytes.
            ("application/octet-stream", _) => (None, MAX_FILE.div_ceil(3) * 4 + AROUND),
            _ => return Err(unsupported()),
        };
        let bytes = read(most, &parts.headers, body).await?;
        let upload = match in_parts {
            Some(boundary) => part(bytes, boundary).await?,
            None => Self { bytes: decoded(&bytes)?, name: None },
        };
        if upload.bytes.is_empty() {
            return Err(Refusal::field(ErrorCode::FormParamMissing, form::FILE));
        }
        if upload.bytes.len() > MAX_FILE { Err(too_large()) } else { Ok(upload) }
    }
}

async fn read(most: usize, headers: &http::HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    body::read_up_to(most, PATIENCE, headers, body).await.map_err(|refusal| match refusal.first_code() {
        ErrorCode::RequestBodyTooLarge => too_large(),
        _ => refusal,
    })
}

/// The part of a form that holds the file.
async fn part(body: Bytes, boundary: String) -> Result<Upload, Refusal> {
    let unreadable = |_error: multer::Error| Refusal::code(ErrorCode::RequestBodyInvalid);
    let stream = futures_util::stream::once(async move { Ok::<_, Infallible>(body) });
    let mut form = multer::Multipart::new(stream, boundary);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some(form::FILE) {
            let shown = |name: &str| name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect();
            let name = field.file_name().map(shown);
            return Ok(Upload { bytes: field.bytes().await.map_err(unreadable)?, name });
        }
    }
    Err(Refusal::field(ErrorCode::FormParamMissing, form::FILE))
}

/// The file behind its text in base64, with or without the beginning of a data URL.
fn decoded(text: &[u8]) -> Result<Bytes, Refusal> {
    let text = text.trim_ascii();
    let comma = text.iter().position(|byte| *byte == b',').filter(|_| text.starts_with(b"data:"));
    let text = comma.map_or(text, |comma| &text[comma + 1..]);
    let bytes = BASE64.decode(text).map_err(|_| {
        Refusal::code(ErrorCode::RequestBodyInvalid).saying("The picture is not in base64. Send its bytes in base64.")
    })?;
    Ok(bytes.into())
}

fn too_large() -> Refusal {
    Refusal::code(ErrorCode::ImageTooLarge)
}

fn unsupported() -> Refusal {
    Refusal::code(ErrorCode::UnsupportedContentType).saying(
        "Send the picture as the field `file` of multipart/form-data, or in base64 as application/octet-stream.",
    )
}
