//! Pages on which people decide something: with a form to the instance itself, and pictures of its own.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY},
};

use super::{HEAD, Page};
use crate::{delivery::Language, html::escaped};

/// What such pages look like. The colours are those of the app.
const STYLE: &str = "
:root{color-scheme:light dark;--ground:#f5f6f6;--surface:#fff;--raised:#f0f2f2;--line:#dde1e1;--control:#858f91;
--text:#15191a;--quiet:#525b5d;--accent:#0b6464;--strong:#084d4d;--soft:#e2f0ef;--on:#fff;--danger:#b3261e;
--badge:#fdf4e2;--badge-line:#c08a2b}
@media(prefers-color-scheme:dark){:root{--ground:#141718;--surface:#1b1f20;--raised:#24292b;--line:#30373a;
--control:#6f7b7f;--text:#eceff0;--quiet:#a5afb2;--accent:#4bbdb6;--strong:#74d3cc;--soft:#17302f;--on:#04211f;
--danger:#ff8f85;--badge:#31281a;--badge-line:#b98a3a}}
*{box-sizing:border-box}
body{margin:0;padding:40px 16px;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:440px;margin:0 auto;padding:28px;background:var(--surface);border:1px solid var(--line);
border-radius:10px}
h1{margin:0 0 8px;font-size:22px;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 16px;overflow-wrap:anywhere}
a{color:var(--accent)}
small{display:block;font-size:13px;color:var(--quiet);overflow-wrap:anywhere}
.badge{display:inline-block;margin:0 0 16px;padding:3px 10px;font-size:13px;background:var(--badge);
border:1px solid var(--badge-line);border-radius:999px}
fieldset{margin:0 0 16px;padding:0;border:0;min-width:0}
legend,label{font-size:13px;font-weight:600}
legend{padding:0;margin-bottom:6px}
.line{display:flex;gap:12px;align-items:center;min-height:44px;padding:8px 12px;margin:0 0 6px;font-size:15px;
font-weight:400;border:1px solid var(--line);border-radius:8px;cursor:pointer}
.line span{min-width:0;overflow-wrap:anywhere}
.line:hover{background:var(--raised)}
.line:has(:checked){border-color:var(--accent);background:var(--soft)}
.line:has(:focus-visible),.pictures label:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
input[type=radio],input[type=checkbox]{flex:none;width:18px;height:18px;margin:0;accent-color:var(--accent)}
.line input:focus-visible{outline:0}
.list{max-height:316px;margin:-4px -4px 6px;padding:4px 4px 0;overflow:auto}
.list:has(:nth-child(5)){margin:0 0 10px;padding:6px 6px 0;border:1px solid var(--line);border-radius:10px}
.somebody{display:flex;flex-wrap:wrap;gap:4px 12px;padding-top:6px}
.people:has(#other:not(:checked)) .somebody{display:none}
.somebody>label{width:100%}
.half{flex:1 1 140px;min-width:0;padding-top:6px}
.half label{display:block;margin-bottom:4px}
input:not([type=radio],[type=checkbox],[type=hidden]){width:100%;height:40px;padding:0 12px;font:inherit;
color:inherit;background:var(--surface);border:1px solid var(--control);border-radius:8px}
input:not([type=radio],[type=checkbox]):focus-visible{outline:2px solid var(--accent);border-color:var(--accent)}
input[aria-invalid]{border-color:var(--danger)}
.fault{margin:6px 0 0;font-size:13px;color:var(--danger)}
.digits{margin:6px 0 8px;font-size:20px;letter-spacing:4px;font-variant-numeric:tabular-nums}
.fault+p{margin-top:8px}
.pictures{margin-top:16px;display:flex;flex-wrap:wrap;gap:10px;align-items:center}
.pictures legend{float:left;width:100%;margin:0}
.pictures small{width:100%}
.pictures label{position:relative;width:52px;height:52px;padding:1px;border:1px solid var(--line);border-radius:10px;
cursor:pointer}
.pictures label:has(:checked){border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.pictures input{position:absolute;inset:0;width:100%;height:100%;opacity:0;cursor:pointer}
.pictures img,.none{display:block;width:48px;height:48px;border-radius:8px}
.none{line-height:48px;text-align:center;font-weight:400;color:var(--quiet);background:var(--raised)}
.buttons{display:flex;flex-wrap:wrap;gap:10px;margin:20px 0 0}
button{flex:1 1 140px;min-height:40px;padding:0 16px;font:inherit;font-weight:600;color:var(--on);
background:var(--accent);border:1px solid transparent;border-radius:8px;cursor:pointer}
button:hover{background:var(--strong)}
button.quiet{color:var(--text);background:var(--surface);border-color:var(--control)}
button.quiet:hover{background:var(--raised)}
button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:480px){body{padding:0}main{min-height:100vh;padding:20px 16px;border:0;border-radius:0}}
@media(forced-colors:active){.line:has(:checked),.pictures label:has(:checked){outline:2px solid Highlight}}
";

/// What a page with a form may do.
#[derive(Debug)]
pub(super) struct May {
    policy: Option<HeaderValue>,
}

impl Page {
    /// A page with a form to the instance itself, from which the browser may be sent on to these sources of a content
    /// security policy. The title is text; the rest is HTML, in which everything that came from elsewhere is escaped.
    pub(in crate::http) fn with_form(
        status: StatusCode,
        language: Language,
        title: &str,
        html: &str,
        leads_to: &[String],
    ) -> Self {
        let head = HEAD.replace("lang=\"en\"", &format!("lang=\"{}\"", language.tag()));
        let html = format!(
            "{head}<title>{}</title>\n<style>{STYLE}</style>\n<main>\n{html}</main>\n</html>\n",
            escaped(title)
        );
        Self { status, html, may: Some(May { policy: policy(leads_to) }) }
    }
}

fn policy(leads_to: &[String]) -> Option<HeaderValue> {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let leads_to = leads_to.join(" ");
    let policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'self' {leads_to}; frame-ancestors 'none'; img-src 'self'; \
         style-src 'sha256-{hash}'"
    );
    HeaderValue::from_str(&policy).ok()
}

impl May {
    /// Writes it over what pages may. Without a policy nothing is added to that.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        let Some(policy) = self.policy else { return };
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        // Browsers hide the origin of a form whose page tells nothing to the next one (Fetch §4.1, "append a request
        // `Origin` header"), and whoever cannot be told from another site is refused. Other sites still learn nothing.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use axum::response::IntoResponse as _;

    use super::*;

    /// What a browser is told of one matter.
    fn told(policy: &str, about: &str) -> Vec<String> {
        let mut rules = policy.split(';').map(|rule| rule.split_ascii_whitespace());
        let mut rule = rules.find(|rule| rule.clone().next() == Some(about)).unwrap();
        rule.next();
        rule.map(str::to_owned).collect()
    }

    #[test]
    fn a_form_goes_to_the_instance_and_on_to_where_it_leads_alone() {
        for (leads_to, wanted) in [
            (vec![], vec!["'self'"]),
            (vec!["org.example.desk:"], vec!["'self'", "org.example.desk:"]),
            (
                vec!["http://127.0.0.1:4711", "https://app.example"],
                vec!["'self'", "http://127.0.0.1:4711", "https://app.example"],
            ),
        ] {
            let sources: Vec<String> = leads_to.into_iter().map(str::to_owned).collect();
            let page = Page::with_form(StatusCode::OK, Language::English, "Who?", "<form></form>", &sources);
            let response = page.into_response();
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert_eq!(told(policy, "form-action"), wanted);
            assert_eq!(told(policy, "default-src"), ["'none'"]);
            assert_eq!(told(policy, "frame-ancestors"), ["'none'"]);
            assert_eq!(response.headers()[REFERRER_POLICY], "same-origin");
        }
    }

    #[test]
    fn a_source_that_no_header_holds_leaves_a_page_whose_form_goes_nowhere() {
        let page =
            Page::with_form(StatusCode::OK, Language::English, "", "", &["https://a.example\r\nx: y".to_owned()]);
        let response = page.into_response();
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(told(policy, "form-action"), ["'none'"]);
        assert!(response.headers().get("x").is_none());
    }
}
