//! Pictures that people upload: looked at, turned upright, made small, and written anew. Nothing of the file itself is
//! kept: no metadata such as where it was taken, and nothing that only looks like a picture.

use std::{io::Cursor, sync::Arc};

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, metadata::Orientation,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Largest file that is taken, in bytes (protocol §2.6).
pub const MAX_FILE: usize = 10 * 1024 * 1024;
/// Longest side of a picture that is kept, in pixels.
const SIDE: u32 = 512;
/// Longest side of a picture that is looked at, in pixels.
const MAX_SIDE: u32 = 16_384;
/// Most memory that a picture may take when it is unpacked, in bytes: some 40 million pixels of three colours.
const MAX_UNPACKED: u64 = 120 * 1024 * 1024;
/// Quality of what is written, of 100.
const QUALITY: u8 = 88;
/// Pictures that are unpacked at once.
const AT_ONCE: usize = 1;
/// Pictures that are received or wait for their turn at once.
const PLACES: usize = 8;

/// A picture that may be shown to everybody.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Type of its content.
    pub kind: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes of {})", self.bytes.len(), self.kind)
    }
}

/// Why a file becomes no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It is no PNG, JPEG or WebP.
    #[error("this is no PNG, JPEG or WebP")]
    Kind,
    /// It has too many bytes or pixels.
    #[error("the picture is too large")]
    TooLarge,
    /// It cannot be read.
    #[error("the picture is damaged")]
    Damaged,
    /// Too many pictures are being looked at.
    #[error("too many pictures are being looked at at this moment")]
    Busy,
    /// It could not be written.
    #[error("the picture could not be written")]
    Failed,
}

/// The bounded workshop: a picture takes far more memory than its file.
#[derive(Clone, Debug)]
pub struct Pictures {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Pictures {
    /// A place for a file, to be taken before it is received.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, PictureError> {
        self.places.clone().try_acquire_owned().map_err(|_| PictureError::Busy)
    }

    /// Makes a picture of a file, off the async threads.
    pub async fn make(&self, file: impl AsRef<[u8]> + Send + 'static) -> Result<Picture, PictureError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PictureError::Busy)?;
        tokio::task::spawn_blocking(move || {
            // The turn is kept until the work ends, even if nobody waits for its result any more.
            let _turn = turn;
            picture(file.as_ref())
        })
        .await
        .map_err(|_| PictureError::Damaged)?
    }
}

fn picture(file: &[u8]) -> Result<Picture, PictureError> {
    if file.len() > MAX_FILE {
        return Err(PictureError::TooLarge);
    }
    let format = image::guess_format(file).map_err(|_| PictureError::Kind)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(PictureError::Kind);
    }
    let (opened, orientation) = unpack(file, format)?;
    let mut small = if opened.width().max(opened.height()) > SIDE { opened.thumbnail(SIDE, SIDE) } else { opened };
    small.apply_orientation(orientation);
    write(&small)
}

/// Unpacks a file once its head has said that it is not too large.
fn unpack(file: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), PictureError> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_UNPACKED);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    if decoder.total_bytes() > MAX_UNPACKED {
        return Err(PictureError::TooLarge);
    }
    // What a camera says of how it was held is gone with the rest: it is done instead.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let opened = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    Ok((opened, orientation))
}

fn refused(error: &image::ImageError) -> PictureError {
    match error {
        image::ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::Damaged,
    }
}

/// Writes a picture: as JPEG, or as PNG where something shines through.
fn write(picture: &DynamicImage) -> Result<Picture, PictureError> {
    let mut bytes = Cursor::new(Vec::new());
    let colours = picture.to_rgba8();
    let kind = if colours.pixels().any(|pixel| pixel.0[3] < u8::MAX) {
        colours.write_to(&mut bytes, ImageFormat::Png).map_err(|_| PictureError::Failed)?;
        "image/png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        picture.to_rgb8().write_with_encoder(encoder).map_err(|_| PictureError::Failed)?;
        "image/jpeg"
    };
    Ok(Picture { kind, bytes: bytes.into_inner() })
}

#[cfg(test)]
mod tests;
