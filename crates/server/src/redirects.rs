//! Redirect URLs: the addresses that the owner lists, to which a browser may be sent back besides the instance's own
//! pages.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Where the providers that everybody knows send browsers back to, below the public URL.
pub(crate) const CALLBACK: &str = "/v1/oauth_callback";
/// Where the others do, each at an address of its own: what follows is its strategy.
pub(crate) const CALLBACKS: &str = "/v1/callbacks/";
/// What the strategies of the others begin with.
const CUSTOM: &str = "oauth_custom_";
/// Longest address that is kept.
const MAX_LEN: usize = 2048;
/// Schemes that would run something, or show what lies on the computer, in place of opening an application.
const DANGEROUS: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "jar",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Why an address cannot be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFault {
    /// It is no address with a scheme.
    #[error(
        "this is no absolute address such as https://app.example.com/callback or com.example.app://callback; a host is \
         written as browsers write it, in other scripts than Latin as xn--…"
    )]
    Format,
    /// It says more than it may.
    #[error("the address may have neither user name, password, fragment, wildcards nor encoded slashes")]
    Extra,
    /// Tokens would travel in the open.
    #[error("plain http is for this computer alone (127.0.0.1, [::1] or localhost): use https")]
    Plain,
    /// The scheme does not open an application.
    #[error("addresses of this scheme do not lead to an application")]
    Scheme,
    /// It is too long.
    #[error("the address is longer than 2048 characters")]
    TooLong,
}

/// Where the provider of a connection sends browsers back to, below the public URL. One of the owner's own never sees what
/// was meant for another, whatever it does with a browser: a code that comes back at an address is given to nobody but the
/// provider whose address that is (mix-up, RFC 9700 §4.4.2).
pub(crate) fn callback(strategy: &str) -> String {
    if strategy.starts_with(CUSTOM) { format!("{CALLBACKS}{strategy}") } else { CALLBACK.to_owned() }
}

/// Whether a provider may send browsers back to this path.
pub(crate) fn is_callback(path: &str) -> bool {
    path == CALLBACK || path.strip_prefix(CALLBACKS).is_some_and(|own| own.starts_with(CUSTOM) && !own.contains('/'))
}

/// Whether this address may be listed. It counts letter by letter, as it was written.
pub fn check(text: &str) -> Result<(), RedirectFault> {
    if text.len() > MAX_LEN {
        return Err(RedirectFault::TooLong);
    }
    // Other letters are looked at before the parser makes plain ones of them.
    if !text.bytes().all(|letter| letter.is_ascii_graphic() && letter != b'\\') {
        return Err(RedirectFault::Format);
    }
    let url = Url::parse(text).map_err(|_| RedirectFault::Format)?;
    if DANGEROUS.contains(&url.scheme()) {
        return Err(RedirectFault::Scheme);
    }
    if !text.get(url.scheme().len()..).is_some_and(|rest| rest.starts_with("://")) {
        return Err(RedirectFault::Format);
    }
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !plain || text.contains(['@', '*', '#']) || hides_a_slash(text) {
        return Err(RedirectFault::Extra);
    }
    // A host that is read as another one than it looks like: 127.1, 0x7f000001, ex%61mple.com.
    let (host, _) = place(text);
    if host.contains('%') || !url.host_str().unwrap_or_default().eq_ignore_ascii_case(host) {
        return Err(RedirectFault::Format);
    }
    match (url.scheme(), url.host()) {
        ("http", Some(host)) if !is_here(&host) && host != Host::Domain("localhost") => Err(RedirectFault::Plain),
        ("http" | "https", None) => Err(RedirectFault::Format),
        _ => Ok(()),
    }
}

/// Whether an address is the listed one: letter by letter, but for the port of a listed address of this computer, which an
/// application draws anew every time (RFC 8252 §7.3).
#[must_use]
pub fn is_listed(listed: &str, wanted: &str) -> bool {
    if listed == wanted {
        return true;
    }
    // What is wanted is held to the same rules as what is listed, so that nothing hides in it.
    check(wanted).is_ok() && portless(listed).is_some_and(|listed| portless(wanted) == Some(listed))
}

/// Host and whatever follows the port, where the port of the address does not count. Taken from the text: what a parser
/// makes the same of, such as `/a/../callback`, is not the same.
fn portless(text: &str) -> Option<(&str, &str)> {
    let (host, rest) = text.strip_prefix("http://").map(|_| place(text))?;
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let here = match address {
        Some(address) => address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback()),
    };
    here.then_some((host, rest))
}

/// Host of an address, and its path and query.
fn place(text: &str) -> (&str, &str) {
    let after = text.split_once("://").map_or("", |(_, after)| after);
    let (authority, rest) = after.split_at(after.find(['/', '?']).unwrap_or(after.len()));
    let port = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
    (&authority[..port.unwrap_or(authority.len())], rest)
}

/// Whether something stands before the query that servers may read as a slash or a backslash.
fn hides_a_slash(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default().to_ascii_lowercase();
    path.contains("%2f") || path.contains("%5c")
}

fn is_here<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(_) => false,
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_16_each_provider_of_the_owners_own_has_an_address_of_its_own() {
        for strategy in ["oauth_google", "oauth_github", "oauth_facebook"] {
            assert_eq!(callback(strategy), CALLBACK);
        }
        assert_eq!(callback("oauth_custom_acme"), "/v1/callbacks/oauth_custom_acme");
        // Providers may take whatever is below an address that is registered there.
        assert!(!callback("oauth_custom_acme").starts_with(CALLBACK));
        assert!(is_callback(CALLBACK) && is_callback(&callback("oauth_custom_acme")));
        for other in [CALLBACKS, "/v1/callbacks", "/v1/callbacks/oauth_google", "/v1/callbacks/oauth_custom_a/b", "/v1"]
        {
            assert!(!is_callback(other), "{other}");
        }
    }

    #[test]
    fn sec_10_what_leads_to_an_application_may_be_listed() {
        for good in [
            "https://app.example.com",
            "https://app.example.com/callback?from=sign-in",
            "https://app.example.com:8443/",
            "http://127.0.0.1/callback",
            "http://[::1]:4000/callback",
            "http://localhost:3000/",
            "https://xn--exmple-cua.com/callback?next=%2Fhome",
            "my-app://oauth-callback",
            "com.example.app://callback",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, fault) in [
            ("", RedirectFault::Format),
            ("/callback", RedirectFault::Format),
            ("app.example.com", RedirectFault::Format),
            ("https:app.example.com", RedirectFault::Format),
            ("https:/app.example.com", RedirectFault::Format),
            ("https://", RedirectFault::Format),
            ("https://app.example.com\\@evil.example", RedirectFault::Format),
            ("https://app.example.com/a b", RedirectFault::Format),
            ("https://app.example.com/\n", RedirectFault::Format),
            ("https://eve@app.example.com/", RedirectFault::Extra),
            ("my-app://eve@callback", RedirectFault::Extra),
            ("https://app.example.com/#a", RedirectFault::Extra),
            ("https://*.example.com/", RedirectFault::Extra),
            ("https://app.example.com/a%2Fb", RedirectFault::Extra),
            ("my-app://callback%5cx", RedirectFault::Extra),
            ("https://app.exämple.com/", RedirectFault::Format),
            ("https://\u{430}pp.example.com/", RedirectFault::Format),
            ("https://app.example.com/\u{2215}x", RedirectFault::Format),
            ("https://ex%61mple.com/", RedirectFault::Format),
            ("my-app://c%61llback", RedirectFault::Format),
            ("http://127.1/callback", RedirectFault::Format),
            ("http://0x7f000001/callback", RedirectFault::Format),
            ("http://[0:0:0:0:0:0:0:1]/callback", RedirectFault::Format),
            ("https:///app.example.com/", RedirectFault::Format),
            ("http://app.example.com/", RedirectFault::Plain),
            ("http://192.168.0.7/", RedirectFault::Plain),
            ("http://localhost.evil.example/", RedirectFault::Plain),
            ("javascript://x/%0aalert(1)", RedirectFault::Scheme),
            ("JavaScript:alert(1)", RedirectFault::Scheme),
            ("data:text/html,x", RedirectFault::Scheme),
            ("file:///etc/passwd", RedirectFault::Scheme),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
        assert_eq!(check(&format!("https://a.example/{}", "x".repeat(2048))), Err(RedirectFault::TooLong));
    }

    #[test]
    fn sec_10_what_is_listed_counts_letter_by_letter_but_for_ports_of_this_computer() {
        assert!(is_listed("https://app.example.com/callback", "https://app.example.com/callback"));
        assert!(is_listed("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback"));
        assert!(is_listed("http://127.0.0.1:1/callback", "http://127.0.0.1:49152/callback"));
        assert!(is_listed("http://[::1]/callback", "http://[::1]:49152/callback"));
        for (listed, wanted) in [
            ("https://app.example.com/callback", "https://app.example.com/callback/"),
            ("https://app.example.com/callback", "https://app.example.com/callback?next=x"),
            ("https://app.example.com/callback", "https://app.example.com:8443/callback"),
            ("https://app.example.com/callback", "https://APP.example.com/callback"),
            ("https://app.example.com/callback", "http://app.example.com/callback"),
            ("https://app.example.com", "https://app.example.com.evil.example"),
            ("http://localhost/callback", "http://localhost:49152/callback"),
            ("http://127.0.0.1/callback", "http://127.0.0.2/callback"),
            ("http://127.0.0.1/callback", "http://127.0.0.1:49152/other"),
            ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback#x"),
            ("http://127.0.0.1/callback", "http://eve@127.0.0.1:49152/callback"),
            ("http://127.0.0.1/callback", "https://127.0.0.1:49152/callback"),
            ("my-app://callback", "my-app://callback/x"),
            ("http://127.0.0.1/callback", "http://127.0.0.1:49152/a/../callback"),
            ("http://127.0.0.1/callback", "http://127.0.0.1:49152/%2e/callback"),
            ("http://127.0.0.1/callback", "http://127.1:49152/callback"),
            ("http://127.0.0.1/callback", "http://2130706433:49152/callback"),
            ("http://127.0.0.1/callback", "http://１２７.0.0.1:49152/callback"),
            ("http://127.0.0.1/callback", "http://127。0。0。1:49152/callback"),
            ("http://127.0.0.1/callback", "HTTP://127.0.0.1:49152/callback"),
            ("http://[::1]/callback", "http://[0::1]:49152/callback"),
            ("http://127.0.0.1", "http://127.0.0.1:49152/"),
        ] {
            assert!(!is_listed(listed, wanted), "{listed} {wanted}");
        }
    }
}
