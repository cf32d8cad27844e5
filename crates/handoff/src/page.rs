//! The page that the browser ends on.

/// Which language the page is in: that of the app's window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speech {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Speech {
    /// That of a language tag such as `de-AT`; English where there are no words for it.
    #[must_use]
    pub fn of_tag(tag: Option<&str>) -> Self {
        let language = tag.and_then(|tag| tag.split(['-', '_']).next());
        if language.is_some_and(|language| language.eq_ignore_ascii_case("de")) { Self::German } else { Self::English }
    }
}

/// What a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The browser has done its part.
    Done,
    /// Nothing waits for this address.
    Unexpected,
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto 0;padding:0 24px;color-scheme:light dark}h1{font-size:1.5rem}";
/// Of [`STYLE`], so that this style counts and no other.
const STYLE_HASH: &str = "sha256-t3TBs78tf6lv0cxbM1Pmj9dmQyt0Eq4d8CEfrhPlzWk=";

impl Page {
    /// The page as a whole: no script, nothing from elsewhere, nothing of the address.
    pub(crate) fn html(self, speech: Speech) -> String {
        let (language, title, body) = match (self, speech) {
            (Self::Done, Speech::English) => {
                ("en", "You can close this page", "Frontdesk goes on from here. Go back to its window.")
            }
            (Self::Done, Speech::German) => (
                "de",
                "Du kannst diese Seite schließen",
                "Frontdesk macht von hier an weiter. Geh zurück in sein Fenster.",
            ),
            (Self::Unexpected, Speech::English) => (
                "en",
                "Frontdesk is not waiting for this page",
                "Nothing was changed. Close this page and begin again in Frontdesk.",
            ),
            (Self::Unexpected, Speech::German) => (
                "de",
                "Frontdesk wartet nicht auf diese Seite",
                "Es wurde nichts geändert. Schließ diese Seite und beginne in Frontdesk neu.",
            ),
        };
        format!(
            "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title} – Frontdesk</title><style>{STYLE}</style>\
             <main><h1>{title}</h1><p>{body}</p></main></html>"
        )
    }

    /// What such a page may do.
    pub(crate) fn policy() -> String {
        format!(
            "default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::{Page, STYLE, STYLE_HASH, Speech};

    #[test]
    fn the_policy_lets_this_style_in() {
        assert_eq!(STYLE_HASH, format!("sha256-{}", STANDARD.encode(digest(&SHA256, STYLE.as_bytes()))));
    }

    #[test]
    fn sec_17_the_page_asks_nobody_for_anything() {
        for page in [Page::Done, Page::Unexpected] {
            for speech in [Speech::English, Speech::German] {
                let html = page.html(speech);
                for foreign in ["http", "//", "<script", "<link", "<img", "url("] {
                    assert!(!html.contains(foreign), "{foreign} in {html}");
                }
            }
        }
        assert!(Page::policy().contains("default-src 'none'") && Page::policy().contains("frame-ancestors 'none'"));
    }

    #[test]
    fn the_page_speaks_the_language_of_the_window() {
        assert!(Page::Done.html(Speech::of_tag(Some("de-AT"))).contains("lang=\"de\""));
        assert!(Page::Done.html(Speech::of_tag(Some("den"))).contains("lang=\"en\""));
        assert!(Page::Done.html(Speech::of_tag(None)).contains("You can close this page"));
    }
}
