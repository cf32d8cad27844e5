#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::{Outgoing, OutgoingError};

#[test]
fn sec_02_pages_of_the_web_and_of_this_computer_are_opened() {
    for (text, host) in [
        ("https://accounts.google.com/o/oauth2/v2/auth?state=a&x=%20", "accounts.google.com"),
        ("https://clerk.example.com:8443/v1/x", "clerk.example.com:8443"),
        ("http://127.0.0.1:4010/frontdesk/provider/authorize?state=a", "127.0.0.1:4010"),
        ("http://[::1]:4010/x", "[::1]:4010"),
        ("http://localhost:4010/x", "localhost:4010"),
        ("https://xn--pple-43d.com/", "xn--pple-43d.com"),
        ("https://example.com/a@b?c=@#@", "example.com"),
    ] {
        assert_eq!(Outgoing::parse(text).unwrap().host(), host, "{text}");
    }
}

#[test]
fn sec_02_nothing_else_is_given_to_the_system() {
    let wrong = [
        "",
        "-h",
        "--help",
        "example.com",
        "/etc/passwd",
        "\\\\server\\share",
        "//server/share",
        "$(reboot)",
        "`reboot`",
        "; reboot",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "smb://server/share",
        "ms-msdt:/id",
        "vscode://x",
        "ftp://example.com/",
        "view-source:https://example.com",
        "blob:https://example.com/a",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/",
        "http://0.0.0.0:1/",
        "http://[::2]/",
        "https://127.0.0.1/",
        "https://93.184.216.34/",
        "https://[2001:db8::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://accounts.google.com@evil.example/",
        "https://@evil.example/",
        "https://a:b@evil.example/",
        "https://accounts.google.com\\@evil.example/",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "HTTPS:\\\\evil.example",
        " https://example.com/",
        "https://example.com/\n--flag",
        "https://example.com/\u{0}",
        "https://exam\tple.com/",
        "https://example.com/ \"&calc",
        "https://example.com/\"",
        "https://example.com/<b>",
        "https://müller.example/",
        "https://",
        "https://?x",
    ];
    for text in wrong {
        assert!(Outgoing::parse(text).is_err(), "{text}");
    }
    assert_eq!(Outgoing::parse("https://93.184.216.34/"), Err(OutgoingError::Number));
    assert_eq!(Outgoing::parse("https://a@example.com/"), Err(OutgoingError::UserName));
    assert!(Outgoing::parse(&format!("https://example.com/{}", "a".repeat(20_000))).is_err());
}

#[test]
fn sec_02_a_host_that_nobody_knows_is_asked_about() {
    let expected = |text: &str| Outgoing::parse(text).unwrap().is_expected("clerk.example.com");
    assert!(expected("https://accounts.google.com/o/oauth2") && expected("https://clerk.example.com/v1"));
    for text in [
        "https://accounts.google.com.evil.example/",
        "https://accounts-google.com/",
        "https://accounts.google.com:8443/",
        "https://evil.example/accounts.google.com",
        "https://sub.clerk.example.com/",
        "http://127.0.0.1:80/",
    ] {
        assert!(!expected(text), "{text}");
    }
    let here = Outgoing::parse("http://127.0.0.1:4010/frontdesk/provider/authorize").unwrap();
    assert!(here.is_expected("127.0.0.1:4010") && !here.is_expected("127.0.0.1:4011"));
}

#[test]
fn what_is_shown_and_logged_has_no_state() {
    let outgoing = Outgoing::parse("https://accounts.google.com/o/oauth2?state=verysecret").unwrap();
    assert!(!format!("{outgoing:?} {}", outgoing.host()).contains("verysecret"));
    assert!(outgoing.as_str().contains("verysecret"));
}

proptest! {
    #[test]
    fn sec_02_whatever_is_opened_is_a_page(text in prop_oneof!["\\PC{0,40}", "(https?|file|javascript):[/\\\\@:a-z0-9.%\\[\\]-]{0,30}"]) {
        if let Ok(outgoing) = Outgoing::parse(&text) {
            let url = outgoing.as_str();
            prop_assert!(url.starts_with("https://") || url.starts_with("http://127.") || url.starts_with("http://[::1]") || url.starts_with("http://localhost"));
            prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!outgoing.host().contains('@') && !outgoing.host().is_empty());
            prop_assert_eq!(Outgoing::parse(url).unwrap(), outgoing);
        }
    }
}
