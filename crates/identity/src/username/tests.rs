use proptest::prelude::*;

use super::*;

#[test]
fn sec_87_a_name_is_the_same_in_every_case() {
    for typed in ["Ada_L-1", "ada_l-1", " ADA_L-1 "] {
        assert_eq!(Username::parse(typed).unwrap().as_str(), "ada_l-1", "{typed}");
    }
}

#[test]
fn sec_88_letters_that_only_look_latin_are_refused() {
    // Cyrillic а, Greek ο, fullwidth a, dotless ı, ﬁ ligature, combining accent, composed accent, zero-width joiner,
    // mathematical a, Kelvin sign, right-to-left override.
    for bad in [
        "\u{430}da",
        "ad\u{3bf}",
        "\u{ff41}da",
        "ad\u{131}",
        "\u{fb01}n",
        "a\u{301}da",
        "\u{e1}da",
        "a\u{200d}da",
        "\u{1d41a}da",
        "\u{212a}elvin",
        "\u{202e}ada",
    ] {
        assert_eq!(Username::parse(bad), Err(UsernameFault::Character), "{bad:?}");
    }
    for bad in ["a da", "ada@example", "ada.l", "a+b", "ada\0", "ada\n"] {
        assert_eq!(Username::parse(bad), Err(UsernameFault::Character), "{bad:?}");
    }
}

#[test]
fn a_name_of_digits_could_be_a_phone_number() {
    for bad in ["4179123", "12-34_5", "----"] {
        assert_eq!(Username::parse(bad), Err(UsernameFault::Digits), "{bad}");
    }
}

#[test]
fn the_length_of_new_names_is_the_instances() {
    let policy = UsernamePolicy { min_length: 3, max_length: 5, ..UsernamePolicy::default() };
    let fault = Err(UsernameFault::Length { min: 3, max: 5 });
    for bad in ["", "ab", "abcdef", &"a".repeat(300)] {
        assert_eq!(Username::choose(bad, &policy), fault, "{bad}");
    }
    for good in ["abc", "abcde"] {
        assert!(Username::choose(good, &policy).is_ok());
    }
    assert!(Username::parse("ab").is_ok(), "who has a name keeps it");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_stays_itself(typed in "[a-zA-Z0-9_ -]{0,12}|\\PC{0,12}") {
        if let Ok(name) = Username::parse(&typed) {
            prop_assert_eq!(Username::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(name.as_str().is_ascii());
        }
    }
}
