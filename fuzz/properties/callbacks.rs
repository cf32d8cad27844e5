//! What is true of every address that leads back into the app.
//!
//! An input is the address.

use frontdesk_handoff::{Callback, Redirect};

/// Longest address, nonce and word that are read, in bytes.
const LONGEST: usize = 8 * 1024;
const LONGEST_NONCE: usize = 1024;
const LONGEST_WORD: usize = 96;

/// Holds one address against both ways back; whether it leads back by one of them.
pub(crate) fn hold(text: &str) -> bool {
    let deep = Redirect::Scheme { scheme: "org.example.desk".to_owned() };
    let port = Redirect::Loopback { port: 40_123 };
    let read = [&deep, &port].map(|redirect| {
        let read = Callback::parse(text, redirect);
        if let Ok(callback) = &read {
            leads_back(text.trim(), redirect, callback);
        }
        read.is_ok()
    });
    assert_ne!(read, [true, true], "no address leads back by both ways");
    read.contains(&true)
}

fn leads_back(text: &str, redirect: &Redirect, callback: &Callback) {
    assert!(text.len() <= LONGEST);
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "nothing looks like something else");
    let rest =
        text.strip_prefix(&redirect.url()).expect("it begins with where the browser was to end, letter by letter");
    assert!(["", "?", "#", "/", "/?", "/#"].contains(&head(rest)), "and that is where it ends");
    assert!(!(matches!(redirect, Redirect::Loopback { .. }) && rest.starts_with('/')));
    let (said, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    assert!(fragment.is_empty() || fragment == "_=_", "but for what Facebook adds there is no fragment");
    let query = said.split_once('?').map_or("", |(_, query)| query);
    let stated = |name: &str| url::form_urlencoded::parse(query.as_bytes()).filter(|(given, _)| given == name).count();
    for name in ["rotating_token_nonce", "__clerk_status", "__clerk_error_code"] {
        assert!(stated(name) <= 1, "nothing is said twice");
    }
    assert_eq!(callback.nonce.is_some(), stated("rotating_token_nonce") == 1);
    if let Some(nonce) = &callback.nonce {
        let text = nonce.expose();
        assert!((1..=LONGEST_NONCE).contains(&text.len()));
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte)));
        assert!(!format!("{nonce:?}").contains(&format!("{text:?}")), "a nonce is not shown");
    }
    if let Some(code) = &callback.failed {
        assert_eq!(stated("__clerk_status"), 1);
        assert!(code.len() <= LONGEST_WORD);
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
    }
}

/// What follows the address itself, up to where it says something.
fn head(rest: &str) -> &str {
    let slash = usize::from(rest.starts_with('/'));
    rest.get(..(slash + 1).min(rest.len())).unwrap_or(rest)
}
