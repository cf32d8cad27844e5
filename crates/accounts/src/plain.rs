//! Names that somebody else made up, as they may stand in a line of the app's or the system's own.

/// A name without what does not show itself as it is: control characters, line breaks, and marks that turn the text around
/// them (the bidirectional controls of Unicode, UAX #9).
#[must_use]
pub fn plain(name: &str) -> String {
    let hides = |it: char| {
        it.is_control()
            || matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().filter(|it| !hides(*it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_turns_no_text_around_it_and_breaks_no_line() {
        assert_eq!(plain("ada\u{202e}@\u{2066}b\u{2069}\u{61c}\u{200f}\u{2028}\u{7}\n"), "ada@b");
        // What names are written with stays.
        for name in ["Ada Lovelace", "עדה", "آدا", "महि\u{200d}", "👩\u{200d}💻"] {
            assert_eq!(plain(name), name);
        }
    }
}
