#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;

fn normal(typed: &str) -> String {
    Email::parse(typed).unwrap().to_string()
}

#[test]
fn sec_87_one_address_has_one_spelling() {
    assert_eq!(normal(" Jane.Doe@Example.COM "), "jane.doe@example.com");
    assert_eq!(normal("jane@BÜCHER.example"), "jane@xn--bcher-kva.example");
    assert_eq!(normal("jane@xn--bcher-kva.example"), "jane@xn--bcher-kva.example");
    assert_eq!(normal("JÖRG@example.com"), "jörg@example.com");
}

#[test]
fn what_is_no_address_is_refused() {
    let long = format!("{}@example.com", "a".repeat(65));
    let longer = format!("a@{}.com", "a.".repeat(200));
    for typed in [
        "",
        "@",
        "a@",
        "@b.c",
        "a b@c.de",
        "a@b",
        "a@b..c",
        ".a@b.c",
        "a.@b.c",
        "a..b@c.de",
        "a@b.c\r\nBcc: x@y.z",
        "a@b.c\0",
        "a\n@b.c",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b%2ec.de",
        "a@-b.de",
        "a,b@c.de",
        "\"a\"@b.de",
        "<a@b.de>",
        "a@b_c.de",
        &long,
        &longer,
    ] {
        assert!(Email::parse(typed).is_err(), "{typed:?}");
    }
    assert_eq!(Email::parse(&long), Err(EmailFault::TooLong));
}

#[test]
fn test_addresses_are_known_by_their_sub_address() {
    for typed in ["jane+clerk_test@example.com", "jane+x+clerk_test@example.com", "jane+clerk_test_2@example.com"] {
        assert!(Email::parse(typed).unwrap().is_test_address(), "{typed}");
    }
    for typed in
        ["jane@example.com", "clerk_test@example.com", "jane+clerk_testing@example.com", "jane@clerk_test.example.com"]
    {
        assert!(!Email::parse(typed).is_ok_and(|email| email.is_test_address()), "{typed}");
    }
}

#[test]
fn a_masked_address_tells_little() {
    assert_eq!(Email::parse("alexandra@example.com").unwrap().masked(), "a**@e***.com");
    assert_eq!(Email::parse("a@b.co.uk").unwrap().masked(), "a**@b***.uk");
}

proptest! {
    #[test]
    fn reading_twice_changes_nothing(typed in "[ -~]{0,20}@[a-zA-Z0-9ßüé.-]{0,20}") {
        if let Ok(email) = Email::parse(&typed) {
            prop_assert_eq!(&Email::parse(email.as_str()).unwrap(), &email);
        }
    }

    #[test]
    fn nothing_panics(typed: String) {
        if let Ok(email) = Email::parse(&typed) {
            let _ = (email.masked(), email.is_test_address());
        }
    }
}
