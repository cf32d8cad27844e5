//! `name=value` pairs as forms and queries carry them (WHATWG URL §5.1), but strict about the encoding of text.

use zeroize::Zeroizing;

/// The bytes are not UTF-8, or there are too many pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Most pairs that are read.
const MAX_PAIRS: usize = 200;

/// A pair: a name and a value, which may be a secret.
pub(super) type Pair = (String, Zeroizing<String>);

/// Reads pairs in their order.
pub(super) fn parse(input: &[u8]) -> Result<Vec<Pair>, Unreadable> {
    let mut pairs = Vec::new();
    for part in input.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_PAIRS {
            return Err(Unreadable);
        }
        let at = part.iter().position(|byte| *byte == b'=');
        let (name, value) = at.map_or((part, &[][..]), |at| (&part[..at], &part[at + 1..]));
        pairs.push((decode(name)?.to_string(), decode(value)?));
    }
    Ok(pairs)
}

fn decode(text: &[u8]) -> Result<Zeroizing<String>, Unreadable> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                rest = behind;
            }
            // A lone percent sign stands for itself.
            (byte, _) => bytes.push(*byte),
        }
    }
    std::str::from_utf8(&bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| Unreadable)
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn read(input: &str) -> Vec<(String, String)> {
        parse(input.as_bytes()).unwrap().into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    #[test]
    fn pairs_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read("a=b+c&d%5F=%41%c3%a4&e&=f&&g=h=i"),
            [pair("a", "b c"), pair("d_", "Aä"), pair("e", ""), pair("", "f"), pair("g", "h=i"),]
        );
        assert_eq!(read("a=100%&b=%zz&c=%4"), [pair("a", "100%"), pair("b", "%zz"), pair("c", "%4")]);
        assert_eq!(read(""), []);
    }

    #[test]
    fn what_is_not_utf8_and_what_is_too_much_is_refused() {
        assert_eq!(parse(b"a=%ff").unwrap_err(), Unreadable);
        assert_eq!(parse(b"\xff=a").unwrap_err(), Unreadable);
        assert_eq!(parse(b"a=%c3").unwrap_err(), Unreadable);
        assert!(parse("a&".repeat(200).as_bytes()).is_ok());
        assert_eq!(parse("a&".repeat(201).as_bytes()).unwrap_err(), Unreadable);
    }
}
