//! Pictures for people who have none: drawn when somebody looks, coloured by the address, which they do not tell.

use std::io::Cursor;

use frontdesk_identity::Email;
use image::{ImageFormat, Rgb, RgbImage};

use crate::keys::{Keys, Purpose, hex};

/// Width and height, in pixels.
const SIDE: u32 = 256;
/// Bytes that decide what is drawn.
const SEED: usize = 8;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Squares, the same on the left as on the right.
    Tiles,
    /// Circles in one another.
    Rings,
    /// Slanted bands.
    Bands,
}

impl Style {
    /// Every style.
    pub(super) const ALL: [Self; 3] = [Self::Tiles, Self::Rings, Self::Bands];

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Tiles => "tiles",
            Self::Rings => "rings",
            Self::Bands => "bands",
        }
    }

    /// The style of that word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.word() == word)
    }
}

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    style: Style,
    seed: [u8; SEED],
}

impl Picture {
    /// The picture of an address.
    pub(super) fn of(keys: &Keys, style: Style, email: &Email) -> Self {
        let mac = keys.mac_bytes(Purpose::DevelopmentProvider, "picture", email.as_str().as_bytes());
        let mut seed = [0; SEED];
        seed.copy_from_slice(&mac[..SEED]);
        Self { style, seed }
    }

    /// A picture that shows what a style looks like.
    pub(super) fn sample(style: Style) -> Self {
        Self { style, seed: [0x5a, 0x93, 0xc6, 0x2d, 0x71, 0xe8, 0x1b, 0x0f] }
    }

    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}-{}.png", self.style.word(), hex(&self.seed))
    }

    /// The picture whose file has this name.
    pub(super) fn parse(file_name: &str) -> Option<Self> {
        let (word, digits) = file_name.strip_suffix(".png")?.split_once('-')?;
        if digits.len() != 2 * SEED
            || !digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        {
            return None;
        }
        let seed = u64::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self { style: Style::of(word)?, seed })
    }

    /// The file: PNG.
    pub(super) fn draw(&self) -> Option<Vec<u8>> {
        let (dark, light) = self.colours();
        let is_dark = |x: u32, y: u32| match self.style {
            Style::Tiles => {
                // Five squares and a margin of half of one on each side.
                let cell = |at: u32| (at * 6 + SIDE / 2) / SIDE;
                let (column, row) = (cell(x), cell(y));
                (1..=5).contains(&column) && (1..=5).contains(&row) && {
                    let column = (column - 1).min(5 - column);
                    self.bit(row * 3 + column)
                }
            }
            Style::Rings => {
                let from_centre = |at: u32| i64::from(at * 2) - i64::from(SIDE) + 1;
                let squared = from_centre(x).pow(2) + from_centre(y).pow(2);
                let ring = u32::try_from(squared.isqrt() / 44).unwrap_or(u32::MAX);
                ring < 6 && (ring == 0 || self.bit(ring) == (ring % 2 == 0))
            }
            Style::Bands => {
                let along = if self.bit(0) { x + y } else { x + SIDE - y };
                let width = 28 + u32::from(self.seed[1] % 24);
                (along + u32::from(self.seed[2]) / 4) / width % 2 == 0
            }
        };
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| if is_dark(x, y) { dark } else { light });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
        Some(bytes.into_inner())
    }

    fn bit(&self, index: u32) -> bool {
        let byte = self.seed[2 + (index / 8) as usize % (SEED - 2)];
        byte >> (index % 8) & 1 == 1
    }

    /// A dark colour and a light one of the same hue.
    fn colours(&self) -> (Rgb<u8>, Rgb<u8>) {
        let sector = self.seed[0] % 6;
        let between = self.seed[1];
        let hue = |low: u8, high: u8| -> Rgb<u8> {
            let span = u16::from(high - low);
            let step = u8::try_from(span * u16::from(between) / 255).unwrap_or(0);
            let (up, down) = (low + step, high - step);
            Rgb(match sector {
                0 => [high, up, low],
                1 => [down, high, low],
                2 => [low, high, up],
                3 => [low, down, high],
                4 => [up, low, high],
                _ => [high, low, down],
            })
        };
        (hue(40, 150), hue(205, 245))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::keys::InstanceKey;

    #[test]
    fn an_address_has_its_own_picture_which_does_not_tell_it() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        for style in Style::ALL {
            let of = |email: &str| Picture::of(&keys, style, &Email::parse(email).unwrap());
            let (ada, eve) = (of("ada@example.com"), of("eve@example.com"));
            assert_ne!(ada.draw().unwrap(), eve.draw().unwrap());
            assert_eq!(ada.draw(), of("ada@example.com").draw());
            assert_eq!(Picture::parse(&ada.file_name()), Some(ada));
            let drawn = image::load_from_memory(&ada.draw().unwrap()).unwrap().to_rgb8();
            assert_eq!(drawn.dimensions(), (SIDE, SIDE));
            let colours: std::collections::BTreeSet<_> = drawn.pixels().map(|pixel| pixel.0).collect();
            assert_eq!(colours.len(), 2, "{style:?}");
        }
    }

    #[test]
    fn other_names_are_no_pictures() {
        for name in ["", "tiles-.png", "tiles-00.png", "face-5a93c62d71e81b0f.png", "tiles-5a93c62d71e81b0F.png"] {
            assert_eq!(Picture::parse(name), None, "{name}");
        }
        assert_eq!(Picture::parse("tiles-+a93c62d71e81b0f.png"), None);
        assert!(Picture::parse("rings-5a93c62d71e81b0f.png").is_some());
    }
}
