//! Where a browser may end up after it was sent back.

use frontdesk_store::StoreError;
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::Sheet;
use crate::instance::Instance;

/// Pages of this computer, which every development instance serves.
const HERE: [&str; 6] = [
    "http://localhost:*",
    "https://localhost:*",
    "http://*.localhost:*",
    "https://*.localhost:*",
    "http://127.0.0.1:*",
    "https://127.0.0.1:*",
];

/// Sources of a content security policy (CSP Level 3 §2.3.1) that a form may lead to. Browsers look at every address that
/// they are sent on to after a form, and the instance sends them on to the page that asked, or to the application that began
/// the way out which a page belongs to: a development instance has no list of those.
pub async fn ways_back(instance: &Instance, sheet: &Sheet) -> Result<Vec<String>, StoreError> {
    let settings = instance.settings();
    let listed = instance.store().redirect_urls().await?;
    let listed = listed.iter().map(|redirect| redirect.url.as_str());
    let state = sheet.state.as_ref().map(ExposeSecret::expose_secret);
    let flow = match state.and_then(|state| instance.external_tokens().read_state(state)) {
        Some(id) => instance.store().external_flow(&id).await?,
        None => None,
    };
    let began = flow.iter().flat_map(|flow| [flow.redirect_url.as_str(), flow.complete_url.as_str()]);
    let sources = settings.allowed_origins.iter().map(String::as_str).chain(listed).chain(began).filter_map(source);
    let mut all: Vec<String> = HERE.into_iter().map(str::to_owned).chain(sources).collect();
    all.sort();
    all.dedup();
    Ok(all)
}

/// The origin of a page, or the scheme of an application.
fn source(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    match (url.scheme(), url.host()) {
        // A policy cannot name addresses of version 6.
        ("http" | "https", Some(Host::Domain(_) | Host::Ipv4(_))) => Some(url.origin().ascii_serialization()),
        ("http" | "https", _) => None,
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_by_their_origin_and_applications_by_their_scheme() {
        let named = |text: &str| source(text).unwrap_or_default();
        assert_eq!(named("https://app.example.com:8443/a;b?c#d"), "https://app.example.com:8443");
        assert_eq!(named("http://203.0.113.7/x"), "http://203.0.113.7");
        assert_eq!(named("com.example.app://callback"), "com.example.app:");
        assert_eq!(named("tauri://localhost"), "tauri:");
        assert_eq!((named("http://[::1]:3000/"), named("nothing; script-src *")), (String::new(), String::new()));
    }
}
