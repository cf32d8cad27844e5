use proptest::prelude::*;

use super::*;

fn phone(typed: &str) -> Phone {
    Phone::parse(typed).unwrap()
}

#[test]
fn sec_87_however_a_number_is_written_it_is_the_same() {
    for typed in ["+41791234567", "+41 79 123 45 67", " +41 (79) 123-45-67 ", "+41.79.123.45.67", "+41 (0)79 123 45 67"]
    {
        assert_eq!(phone(typed).as_str(), "+41791234567", "{typed}");
    }
}

#[test]
fn a_number_without_its_country_is_none() {
    for bad in
        ["", "+", "0791234567", "41791234567", "0041791234567", "+1", "+41", "+999123456789", "+4179123456789012345"]
    {
        assert_eq!(Phone::parse(bad), Err(PhoneFault::Format), "{bad}");
    }
}

#[test]
fn letters_extensions_and_other_digits_are_refused() {
    for bad in [
        "+1-800-FLOWERS",
        "+41791234567;ext=5",
        "+41791234567 x5",
        "+４１791234567",
        "+41791234567\n",
        "tel:+41791234567",
    ] {
        assert_eq!(Phone::parse(bad), Err(PhoneFault::Format), "{bad}");
    }
}

#[test]
fn sec_56_numbers_that_cost_more_than_a_call_are_refused() {
    for bad in ["+41900123456", "+4990012345678", "+18005550199", "+448712345678"] {
        assert_eq!(Phone::parse(bad), Err(PhoneFault::Kind), "{bad}");
    }
}

#[test]
fn countries_that_share_a_code_are_told_apart() {
    for (typed, country) in [
        ("+12015550123", "US"),
        ("+14165550123", "CA"),
        ("+18765550123", "JM"),
        ("+41791234567", "CH"),
        ("+447400123456", "GB"),
    ] {
        assert_eq!(phone(typed).country().as_deref(), Some(country), "{typed}");
    }
}

#[test]
fn test_numbers_are_the_fictional_ones() {
    for test in ["+12015550100", "+12015550199"] {
        assert!(phone(test).is_test_number(), "{test}");
    }
    for real in ["+12015550200", "+12015550099", "+12015660100", "+41791234567"] {
        assert!(!phone(real).is_test_number(), "{real}");
    }
}

#[test]
fn a_masked_number_shows_its_end_alone() {
    assert_eq!(phone("+12015550123").masked(), "+*********23");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_stays_itself(typed in "[+0-9 ().a-z-]{0,30}|\\PC{0,30}") {
        if let Ok(phone) = Phone::parse(&typed) {
            prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
            prop_assert!(phone.as_str().len() <= 16 && phone.as_str()[1..].bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
