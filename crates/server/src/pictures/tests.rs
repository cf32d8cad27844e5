#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use image::{Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

const RED: Rgb<u8> = Rgb([200, 10, 10]);
const BLUE: Rgb<u8> = Rgb([10, 10, 200]);

/// A picture with a red upper half and a blue lower one.
fn halves(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |_, y| if y < height / 2 { RED } else { BLUE }).into()
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with an Exif segment (APP1) that says how the camera was held, and where.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0x01, 0x0f, 0, 2, 0, 0, 0, 20, 0, 0, 0, 38]);
    exif.extend([0, 0, 0, 0]);
    exif.extend(b"52.5200 N 13.4050 E\0");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

fn opened(picture: &Picture) -> RgbImage {
    let format = if picture.kind == "image/png" { ImageFormat::Png } else { ImageFormat::Jpeg };
    image::load_from_memory_with_format(&picture.bytes, format).unwrap().to_rgb8()
}

/// Whether a colour is nearly that one: JPEG keeps none exactly.
fn is_near(seen: Rgb<u8>, wanted: Rgb<u8>) -> bool {
    seen.0.iter().zip(wanted.0).all(|(seen, wanted)| seen.abs_diff(wanted) < 40)
}

#[test]
fn pictures_of_every_kind_become_small_ones() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let made = picture(&file(&halves(1600, 800), format)).unwrap();
        assert_eq!(made.kind, "image/jpeg", "{format:?}");
        let seen = opened(&made);
        assert_eq!(seen.dimensions(), (512, 256));
        assert!(is_near(*seen.get_pixel(250, 20), RED) && is_near(*seen.get_pixel(250, 236), BLUE));
    }
    let small = picture(&file(&halves(40, 20), ImageFormat::Png)).unwrap();
    assert_eq!(opened(&small).dimensions(), (40, 20), "a small one stays as it is");
}

#[test]
fn what_shines_through_still_does() {
    let glass = RgbaImage::from_pixel(9, 9, Rgba([1, 2, 3, 128]));
    let made = picture(&file(&glass.clone().into(), ImageFormat::WebP)).unwrap();
    assert_eq!(made.kind, "image/png");
    assert_eq!(image::load_from_memory(&made.bytes).unwrap().to_rgba8(), glass);
}

#[test]
fn a_camera_that_was_held_sideways_is_turned_and_nothing_it_said_is_kept() {
    let jpeg = file(&halves(64, 32), ImageFormat::Jpeg);
    // 6: the upper side of the scene is the right side of the picture.
    let made = picture(&with_exif(&jpeg, 6)).unwrap();
    let seen = opened(&made);
    assert_eq!(seen.dimensions(), (32, 64));
    assert!(is_near(*seen.get_pixel(28, 32), RED) && is_near(*seen.get_pixel(3, 32), BLUE));
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    assert!(has(&with_exif(&jpeg, 6), b"13.4050"));
    assert!(!has(&made.bytes, b"13.4050") && !has(&made.bytes, b"Exif"));
}

#[test]
fn what_is_no_picture_is_refused_by_what_it_is_and_not_by_its_name() {
    let page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (bytes, why) in [
        (&page[..], PictureError::Kind),
        (b"GIF89a\x01\0\x01\0", PictureError::Kind),
        (b"", PictureError::Kind),
        (b"\x89PNG\r\n\x1a\n", PictureError::Damaged),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", PictureError::Damaged),
        (b"\xff\xd8\xff\xe0 no jpeg at all", PictureError::Damaged),
        (b"RIFF\x20\0\0\0WEBPVP8 nothing", PictureError::Damaged),
    ] {
        assert_eq!(picture(bytes), Err(why), "{}", String::from_utf8_lossy(bytes));
    }
    let whole = file(&halves(64, 64), ImageFormat::Png);
    assert_eq!(picture(&whole[..whole.len() / 2]), Err(PictureError::Damaged), "one that was cut off");
    // What hangs behind a picture is no part of it.
    let both = [&file(&halves(8, 8), ImageFormat::Png)[..], page].concat();
    let made = picture(&both).unwrap();
    assert!(!made.bytes.windows(7).any(|part| part == b"<script"));
}

/// A PNG whose head says that it is so large, and that has nothing in it.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 6, 0, 0, 0]);
    let sum = head.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    let sum = (!sum).to_be_bytes();
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &head, &sum, b"\0\0\0\0IDAT\x35\xaf\x06\x1e"].concat()
}

#[test]
fn a_picture_that_says_it_is_huge_is_not_unpacked() {
    for (width, height) in [(16_385, 1), (1, 16_385), (8_000, 8_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        assert_eq!(picture(&claims(width, height)), Err(PictureError::TooLarge), "{width} × {height}");
    }
    assert_eq!(picture(&claims(100, 100)), Err(PictureError::Damaged), "it is the size that is refused");
    assert_eq!(picture(&vec![0; MAX_FILE + 1]), Err(PictureError::TooLarge));
}

#[tokio::test]
async fn pictures_wait_for_their_turn_and_no_more_than_a_few() {
    let pictures = Pictures::default();
    let places: Vec<_> = (0..PLACES).map(|_| pictures.place().unwrap()).collect();
    assert!(matches!(pictures.place(), Err(PictureError::Busy)));
    drop(places);
    let _place = pictures.place().unwrap();
    let made = pictures.make(file(&halves(8, 8), ImageFormat::Png)).await.unwrap();
    assert_eq!(made.kind, "image/jpeg");
}
