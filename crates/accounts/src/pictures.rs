//! Pictures of accounts. A file comes from an instance, which may mean ill: it is unpacked here, within limits, and the
//! window gets pixels of a fixed size, so that nothing foreign is ever decoded where the page runs.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, imageops::FilterType, metadata::Orientation};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{
    core::Core,
    fault::Fault,
    intents::{IntentError, Picture},
    sessions::answer,
};

/// Pixels of a side: the largest place of a picture, on a screen of double density.
const SIDE: u32 = 128;
/// Longest side of a file that is unpacked, in pixels.
const MAX_SIDE: u32 = 4096;
/// Most memory that a file may take when it is unpacked, in bytes: some 16 million pixels with opacity.
const MAX_UNPACKED: u64 = 64 << 20;
/// A picture takes far more memory than its file, so they are unpacked one after the other.
static TURN: Semaphore = Semaphore::const_new(1);

impl Core {
    /// A picture that an instance names. What is no picture is none: the window then shows the first letters.
    pub(crate) async fn picture(&self, instance: &str, image_url: &str) -> Result<Value, IntentError> {
        let line = self.line(instance)?;
        let asked = async { line.transport()?.picture(image_url).await };
        let file = match asked.await {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Value::Null),
            Err(fault @ Fault::Foreign { status: 200, .. }) => {
                tracing::info!(code = fault.word(), "a picture is too large to be shown");
                return Ok(Value::Null);
            }
            Err(fault) => return Err(fault.intent(&self.name(instance))),
        };
        answer(&drawn(file).await)
    }
}

/// Unpacks a file off the async threads.
async fn drawn(file: Vec<u8>) -> Option<Picture> {
    let turn = TURN.acquire().await.ok()?;
    let work = tokio::task::spawn_blocking(move || {
        // The turn is kept until the work ends, even if nobody waits for its result any more.
        let _turn = turn;
        draw(&file)
    });
    work.await.ok().flatten()
}

fn draw(file: &[u8]) -> Option<Picture> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_UNPACKED);
    let mut reader = ImageReader::with_format(Cursor::new(file), image::guess_format(file).ok()?);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > MAX_UNPACKED {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut square = middle(&DynamicImage::from_decoder(decoder).ok()?).resize_exact(SIDE, SIDE, FilterType::Triangle);
    square.apply_orientation(orientation);
    Some(Picture { side: SIDE, pixels: STANDARD.encode(square.to_rgba8().as_raw()) })
}

/// The square in the middle of a picture, which takes no more memory than the picture. It is cut out before it is scaled: a
/// picture of 4096 × 1 pixels that is scaled as a whole until it is high enough is one of 524,288 × 128 on the way, and
/// takes 512 MiB.
fn middle(picture: &DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    picture.crop_imm((width - side) / 2, (height - side) / 2, side, side)
}

#[cfg(test)]
mod tests;
