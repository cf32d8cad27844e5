//! What is true of every address to which an instance sends a browser back.
//!
//! An input is the address that the owner lists, a line break, and the address that a caller asks for.

use std::net::{Ipv4Addr, Ipv6Addr};

use frontdesk_server::redirects::{check, is_listed};
use url::Url;

/// Schemes of which no address may be listed, among others.
const NEVER: [&str; 5] = ["javascript", "data", "file", "vbscript", "blob"];

/// Holds the two addresses against each other; whether the second one is listed by the first.
pub(crate) fn hold(text: &str) -> bool {
    let (listed, wanted) = text.split_once('\n').unwrap_or((text, text));
    if check(listed).is_err() {
        return false;
    }
    plain(listed);
    assert!(is_listed(listed, listed), "what is listed is listed");
    if !is_listed(listed, wanted) {
        return false;
    }
    plain(wanted);
    let (one, other) = (parts(listed), parts(wanted));
    assert_eq!(one.scheme, other.scheme);
    assert_eq!(one.host, other.host);
    assert_eq!(one.rest, other.rest, "path and query");
    if one.port != other.port {
        assert_eq!(one.scheme, "http");
        assert!(is_here(one.host), "only this computer's ports are free");
    }
    // What browsers make of the two differs in nothing else either.
    let (one, other) = (Url::parse(listed).expect("checked"), Url::parse(wanted).expect("plain"));
    let read =
        |url: &Url| (url.host().map(|host| host.to_owned()), url.path().to_owned(), url.query().map(str::to_owned));
    assert_eq!(read(&one), read(&other));
    true
}

/// Nothing is hidden in the address, and it is what it looks like.
fn plain(text: &str) {
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "no blanks, no letters that look like others");
    assert!(!text.contains(['\\', '@', '#', '*']));
    let parts = parts(text);
    assert!(!NEVER.iter().any(|never| parts.scheme.eq_ignore_ascii_case(never)));
    let path = parts.rest.split('?').next().unwrap_or_default().to_ascii_lowercase();
    assert!(!path.contains("%2f") && !path.contains("%5c"), "no slash in disguise");
    assert!(!parts.host.contains('%'));
    let url = Url::parse(text).expect("it is an address");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    if let Some(host) = url.host_str() {
        assert!(host.eq_ignore_ascii_case(parts.host), "the host is written as it is read");
    }
    if url.scheme() == "http" {
        assert!(parts.host.eq_ignore_ascii_case("localhost") || is_here(parts.host));
    }
}

struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
    /// Path and query.
    rest: &'a str,
}

/// Takes an address apart without the parser that the instance uses.
fn parts(text: &str) -> Parts<'_> {
    let (scheme, rest) = text.split_once("://").expect("a scheme");
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let colon = authority.get(end..).and_then(|tail| tail.find(':')).map_or(authority.len(), |colon| end + colon);
    let (host, port) = authority.split_at(colon);
    Parts { scheme, host, port, rest }
}

fn is_here(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match bare {
        Some(host) => host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    }
}
