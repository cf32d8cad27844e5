#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use image::{ImageBuffer, ImageFormat, Rgba, RgbaImage};

use super::*;

fn file(width: u32, height: u32, format: ImageFormat, colour: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let picture = RgbaImage::from_fn(width, height, |x, y| Rgba(colour(x, y)));
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(picture);
    let picture = if format == ImageFormat::Jpeg { DynamicImage::ImageRgb8(picture.to_rgb8()) } else { picture };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn a_picture_becomes_a_square_of_pixels_cut_from_its_middle() {
    let red_between_blue = |x, _| if (100..200).contains(&x) { [255, 0, 0, 255] } else { [0, 0, 255, 255] };
    let picture = draw(&file(300, 100, ImageFormat::Png, red_between_blue)).unwrap();
    let pixels = STANDARD.decode(picture.pixels).unwrap();
    assert_eq!((picture.side, pixels.len()), (SIDE, (SIDE * SIDE * 4) as usize));
    let middle = ((SIDE / 2 * SIDE + SIDE / 2) * 4) as usize;
    assert_eq!(pixels[middle..middle + 4], [255, 0, 0, 255]);
    assert!(pixels.chunks(4).all(|pixel| pixel[3] == 255));
}

#[test]
fn sec_106_of_a_long_and_thin_picture_only_its_middle_is_scaled() {
    let black_or_red = |at: u32| if at == MAX_SIDE / 2 - 1 { [u16::MAX, 0, 0, u16::MAX] } else { [0, 0, 0, u16::MAX] };
    let wide = ImageBuffer::from_fn(MAX_SIDE, 1, |x, _| Rgba(black_or_red(x)));
    let high = ImageBuffer::from_fn(1, MAX_SIDE, |_, y| Rgba(black_or_red(y)));
    for thin in [wide, high].map(DynamicImage::ImageRgba16) {
        let mut bytes = Cursor::new(Vec::new());
        thin.write_to(&mut bytes, ImageFormat::Png).unwrap();
        let square = middle(&thin);
        assert_eq!((square.width(), square.height()), (1, 1));
        let picture = draw(&bytes.into_inner()).unwrap();
        let pixels = STANDARD.decode(picture.pixels).unwrap();
        assert_eq!(pixels.len(), (SIDE * SIDE * 4) as usize);
        assert!(
            pixels.chunks(4).all(|pixel| pixel == [255, 0, 0, 255]),
            "the pixel in the middle and nothing beside it"
        );
    }
}

#[test]
fn each_kind_is_known_by_its_content_and_what_shines_through_stays() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        assert!(draw(&file(8, 8, format, |_, _| [9, 9, 9, 255])).is_some(), "{format:?}");
    }
    let clear = draw(&file(8, 8, ImageFormat::Png, |_, _| [0, 0, 0, 0])).unwrap();
    assert!(STANDARD.decode(clear.pixels).unwrap().iter().all(|byte| *byte == 0));
}

#[test]
fn sec_106_what_is_no_picture_or_too_large_a_one_is_none() {
    let good = file(16, 16, ImageFormat::Png, |x, _| [u8::try_from(x).unwrap(), 0, 0, 255]);
    let mut huge = good.clone();
    // The width that the head of a PNG tells (RFC 2083 §4.1.1).
    huge[16..20].copy_from_slice(&40_000_u32.to_be_bytes());
    for bad in [&b""[..], b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n", &good[..good.len() / 2], &huge] {
        assert!(draw(bad).is_none(), "{} bytes", bad.len());
    }
    let too_wide = file(MAX_SIDE + 1, 1, ImageFormat::Png, |_, _| [1, 2, 3, 255]);
    assert!(draw(&too_wide).is_none());
}
