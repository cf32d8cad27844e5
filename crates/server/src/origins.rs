//! Whose pages may use an instance from a browser, and to which pages a browser may be sent back.

use frontdesk_wire::KeyKind;
use url::{Host, Url};

use crate::public_url::{PublicUrl, is_loopback};

/// Views of desktop applications built with Tauri. They keep a client token themselves, as native callers do.
const VIEWS: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];

/// The origins that an instance serves.
///
/// | | development | production |
/// | --- | --- | --- |
/// | `allowed_origins`, the instance's own | yes | yes |
/// | pages and views of this computer | yes | no |
/// | pages of the instance's domain, by the same scheme | no | yes |
#[derive(Clone, Debug)]
pub struct Origins {
    kind: KeyKind,
    own: PublicUrl,
    listed: Vec<String>,
}

impl Origins {
    /// The origins of an instance of this kind at this address, with these listed by its owner.
    #[must_use]
    pub fn new(kind: KeyKind, own: &PublicUrl, listed: &[String]) -> Self {
        Self { kind, own: own.clone(), listed: listed.to_vec() }
    }

    /// Whether pages of this origin, as an `Origin` header spells it, may use the instance.
    #[must_use]
    pub fn serve(&self, origin: &str) -> bool {
        self.may_hold_tokens(origin) || web(origin).is_some_and(|url| self.serve_page(&url))
    }

    /// Whether pages of this origin may keep a client token and send it in `Authorization`; browsers' own pages must not.
    #[must_use]
    pub fn may_hold_tokens(&self, origin: &str) -> bool {
        self.listed.iter().any(|listed| listed == origin)
            || (self.kind == KeyKind::Development && VIEWS.contains(&origin))
    }

    fn serve_page(&self, page: &Url) -> bool {
        if page.origin().ascii_serialization() == self.own.origin() {
            return true;
        }
        let Some(host) = page.host() else { return false };
        match self.kind {
            KeyKind::Development => is_loopback(&host),
            KeyKind::Production => {
                (page.scheme() == "https") == self.own.is_https() && self.own.is_same_site(&host.to_string())
            }
        }
    }
}

/// The address and origin of a page of the web. Tokens go to such pages alone, whatever else is listed; whether this one
/// may have one is for [`Origins::serve`] to say.
#[must_use]
pub fn web_page(address: &str) -> Option<(Url, String)> {
    let url = Url::parse(address).ok()?;
    let origin = url.origin().ascii_serialization();
    let plain = url.username().is_empty() && url.password().is_none();
    (plain && web(&origin).is_some()).then_some((url, origin))
}

/// The origin as an address, if it is one of the web, spelled as browsers spell it.
fn web(origin: &str) -> Option<Url> {
    let url = Url::parse(origin).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let named = !matches!(url.host(), None | Some(Host::Domain("")));
    (named && url.origin().ascii_serialization() == origin).then_some(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn development() -> Origins {
        let listed = ["https://app.example.com".to_owned(), "electron://desk".to_owned()];
        Origins::new(KeyKind::Development, &PublicUrl::loopback(8787), &listed)
    }

    fn production() -> Origins {
        let own = PublicUrl::parse("https://auth.example.com").unwrap();
        Origins::new(KeyKind::Production, &own, &["https://partner.example.net".to_owned()])
    }

    const FOREIGN: [&str; 12] = [
        "",
        "null",
        "*",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example:8787",
        "http://eve@127.0.0.1:3000",
        "http://127.0.0.1:3000/",
        "http://LOCALHOST:3000",
        "https://evilexample.com",
        "https://com",
        "file://",
    ];

    #[test]
    fn sec_103_development_serves_this_computer_and_what_is_listed() {
        let origins = development();
        for served in [
            "http://localhost:5173",
            "https://localhost",
            "http://app.localhost:3000",
            "http://127.0.0.1:8787",
            "http://127.8.8.8:1",
            "http://[::1]:3000",
            "http://tauri.localhost",
            "tauri://localhost",
            "https://app.example.com",
            "electron://desk",
        ] {
            assert!(origins.serve(served), "{served}");
        }
        for foreign in FOREIGN.into_iter().chain(["http://192.168.0.7:3000", "https://other.example.com"]) {
            assert!(!origins.serve(foreign), "{foreign}");
        }
    }

    #[test]
    fn sec_103_production_serves_its_domain_and_what_is_listed() {
        let origins = production();
        for served in ["https://example.com", "https://app.example.com", "https://a.b.example.com:8443"] {
            assert!(origins.serve(served) && !origins.may_hold_tokens(served), "{served}");
        }
        assert!(origins.serve("https://partner.example.net"));
        let near = ["http://app.example.com", "https://example.net", "http://localhost:3000", "tauri://localhost"];
        for foreign in FOREIGN.into_iter().chain(near) {
            assert!(!origins.serve(foreign), "{foreign}");
        }
        // Where anybody may register, nobody is a sibling.
        let own = PublicUrl::parse("https://team.github.io").unwrap();
        let shared = Origins::new(KeyKind::Production, &own, &[]);
        assert!(shared.serve("https://team.github.io") && !shared.serve("https://eve.github.io"));
        let here = Origins::new(KeyKind::Production, &PublicUrl::loopback(8787), &[]);
        assert!(here.serve("http://127.0.0.1:3000") && !here.serve("http://localhost:3000"));
    }

    #[test]
    fn only_listed_origins_and_views_may_hold_tokens() {
        let origins = development();
        for holder in ["https://app.example.com", "tauri://localhost", "http://tauri.localhost"] {
            assert!(origins.may_hold_tokens(holder), "{holder}");
        }
        assert!(!origins.may_hold_tokens("http://localhost:5173"));
        assert!(!production().may_hold_tokens("tauri://localhost"));
    }

    #[test]
    fn sec_110_a_browser_is_sent_back_to_served_pages_alone() {
        let page = |origins: &Origins, address: &str| web_page(address).filter(|(_, origin)| origins.serve(origin));
        let origins = development();
        let (url, origin) = page(&origins, "http://localhost:5173/dash?a=b#c").unwrap();
        assert_eq!((url.as_str(), origin.as_str()), ("http://localhost:5173/dash?a=b#c", "http://localhost:5173"));
        for bad in [
            "",
            "/dash",
            "//localhost:5173",
            "https://evil.example/",
            "https://evil.example/http://localhost",
            "http://localhost:5173@evil.example/",
            "http://evil.example\\@localhost/",
            "http://user@localhost:5173/",
            "http://localhost.evil.example",
            "javascript:alert(1)//http://localhost",
            "data:text/html,x",
            "tauri://localhost/",
            "electron://desk/",
            "file:///etc/passwd",
        ] {
            assert!(page(&origins, bad).is_none(), "{bad}");
        }
        assert!(page(&production(), "https://app.example.com/x").is_some());
        assert!(page(&production(), "http://app.example.com/x").is_none());
    }
}
