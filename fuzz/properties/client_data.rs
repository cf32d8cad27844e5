//! What is true of everything that a browser says a passkey was asked for and that an instance believes.

use frontdesk_identity::{
    RelyingParty,
    passkey::{AskedFor, read_client_data},
};
use serde_json::Value;

/// The domain of the passkeys.
const DOMAIN: &str = "example.com";
/// The only page beyond it that may ask.
const LISTED: &str = "https://partner.example.net";

/// Whether it is believed for either of the two things that a passkey can be asked for.
pub(crate) fn hold(text: &str) -> bool {
    let party = RelyingParty::of(DOMAIN, None, &[LISTED.to_owned()]).expect("a domain").expect("a name");
    let read = |asked| read_client_data(text.as_bytes(), asked, &party).ok();
    let (made, used) = (read(AskedFor::Create), read(AskedFor::Get));
    assert!(made.is_none() || used.is_none(), "it is for one of the two");
    let kind = if made.is_some() { "webauthn.create" } else { "webauthn.get" };
    let Some(page) = made.or(used) else { return false };
    let said: Value = serde_json::from_str(text).expect("it was read");
    assert_eq!(said["type"], kind);
    assert_ne!(said["crossOrigin"], true, "nobody sees who asks inside another page");
    assert!(said["topOrigin"].is_null());
    let origin = said["origin"].as_str().expect("it was read");
    let written = page.origin().ascii_serialization();
    assert_eq!(page.as_str(), format!("{written}/"), "no path, no name, no password");
    if written == LISTED {
        return true;
    }
    let rest = written.strip_prefix("https://").expect("nobody listens");
    let host = rest.split(':').next().unwrap_or_default();
    assert!(host == DOMAIN || host.ends_with(".example.com"), "{origin} is {host}");
    assert!(host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte)));
    true
}
