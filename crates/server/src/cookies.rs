//! Cookies of browsers. Cookies ignore ports, so the names carry the suffix that belongs to the publishable key: two
//! instances on one host do not disturb each other.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_wire::{
    KeyKind,
    form::{HANDSHAKE_NONCE_QUERY, HANDSHAKE_QUERY},
};
use http::{HeaderMap, header::COOKIE};

use crate::public_url::PublicUrl;

/// Longest life of a cookie, in seconds: 400 days, which is all that browsers give (RFC 6265bis §5.5).
const LIFE: u32 = 400 * 24 * 60 * 60;
/// Life of a cookie that carries a handshake from one request to the next, in seconds.
const HANDSHAKE_LIFE: u32 = 60;
/// Characters of the suffix.
const SUFFIX_LEN: usize = 8;
/// The client token; no page can read it and no SDK looks for it.
const CLIENT: &str = "__client";
/// Since when somebody is signed in; pages and application servers read it.
const SIGNED_IN_AT: &str = "__client_uat";
/// The session token; pages and application servers read it.
const SESSION: &str = "__session";
/// The token of a development browser; pages and application servers read it.
const DEV_BROWSER: &str = "__clerk_db_jwt";

/// The cookies of an instance.
#[derive(Clone, Debug)]
pub struct Cookies {
    suffix: String,
    client: String,
    kind: KeyKind,
    secure: bool,
    site: Option<String>,
}

impl Cookies {
    /// The cookies of an instance of this kind at this address.
    #[must_use]
    pub fn new(kind: KeyKind, public_url: &PublicUrl) -> Self {
        let suffix = suffix(&public_url.publishable_key(kind));
        let site = public_url.site().map(str::to_owned);
        Self { client: format!("{CLIENT}_{suffix}"), suffix, kind, secure: public_url.is_https(), site }
    }

    /// What a browser sends as its client token. A page of a sibling domain can add cookies of the same name, so there may
    /// be several.
    pub fn client_tokens<'h>(&'h self, headers: &'h HeaderMap) -> impl Iterator<Item = &'h str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(name, _)| *name == self.client).map(|(_, value)| value)
    }

    /// Keeps the client token, out of the reach of pages.
    #[must_use]
    pub fn keep_client(&self, token: &str) -> String {
        line(&self.client, token, LIFE, &["HttpOnly"], self.secure, None)
    }

    /// Drops the client token.
    #[must_use]
    pub fn drop_client(&self) -> String {
        line(&self.client, "", 0, &["HttpOnly"], self.secure, None)
    }

    /// Tells the whole domain since when somebody is signed in, in seconds since the epoch, 0 for nobody. At development
    /// instances the SDK in the page writes this one.
    #[must_use]
    pub fn tell_signed_in(&self, at: i64) -> Vec<String> {
        match self.kind {
            KeyKind::Development => Vec::new(),
            KeyKind::Production => self.signed_in_at(at, self.secure),
        }
    }

    /// What an application server sets on its own host after a handshake: session token, since when somebody is signed
    /// in, and the token of the development browser, if there is one. `secure` is whether its pages are.
    #[must_use]
    pub fn handed_over(&self, session: Option<&str>, at: i64, dev_browser: Option<&str>, secure: bool) -> Vec<String> {
        let life = if session.is_some() { LIFE } else { 0 };
        let mut lines = self.both(SESSION, session.unwrap_or_default(), life, secure, None);
        lines.extend(self.signed_in_at(at, secure));
        lines.extend(dev_browser.into_iter().flat_map(|token| self.both(DEV_BROWSER, token, LIFE, secure, None)));
        lines
    }

    /// Carries a handshake, or the nonce of one, to the application server, which may be any of the domain. One that was
    /// carried before in the other way counts no longer.
    #[must_use]
    pub fn carry_handshake(&self, name: &str, value: &str) -> Vec<String> {
        let other = if name == HANDSHAKE_QUERY { HANDSHAKE_NONCE_QUERY } else { HANDSHAKE_QUERY };
        let carry = |name, value, life| line(name, value, life, &["HttpOnly"], self.secure, self.site.as_deref());
        vec![carry(name, value, HANDSHAKE_LIFE), carry(other, "", 0)]
    }

    /// Drops the nonce of a handshake, which is good once. A development instance carries it in the query.
    #[must_use]
    pub fn drop_handshake_nonce(&self) -> Option<String> {
        let carried = self.kind == KeyKind::Production;
        carried.then(|| line(HANDSHAKE_NONCE_QUERY, "", 0, &["HttpOnly"], self.secure, self.site.as_deref()))
    }

    fn signed_in_at(&self, at: i64, secure: bool) -> Vec<String> {
        let domain = self.site.as_deref().filter(|_| self.kind == KeyKind::Production);
        self.both(SIGNED_IN_AT, &at.to_string(), LIFE, secure, domain)
    }

    /// Under the plain name, which older SDKs read, and under the one with the suffix.
    fn both(&self, name: &str, value: &str, life: u32, secure: bool, domain: Option<&str>) -> Vec<String> {
        let suffixed = format!("{name}_{}", self.suffix);
        [name, &suffixed].into_iter().map(|name| line(name, value, life, &[], secure, domain)).collect()
    }
}

/// The suffix of a publishable key: the first characters of base64url of its SHA-1, as SDKs compute it.
fn suffix(publishable_key: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, publishable_key.as_bytes());
    let mut text = URL_SAFE_NO_PAD.encode(hash.as_ref());
    text.truncate(SUFFIX_LEN);
    text
}

fn line(name: &str, value: &str, seconds: u32, more: &[&str], secure: bool, domain: Option<&str>) -> String {
    let mut line = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax");
    let domain = domain.map(|domain| format!("Domain={domain}"));
    let attributes = more.iter().copied().chain(domain.as_deref()).chain(secure.then_some("Secure"));
    for attribute in attributes {
        line.push_str("; ");
        line.push_str(attribute);
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn production() -> Cookies {
        Cookies::new(KeyKind::Production, &PublicUrl::parse("https://auth.example.com").unwrap())
    }

    #[test]
    fn the_suffix_is_the_one_that_sdks_compute() {
        // `printf %s KEY | openssl sha1 -binary | base64 | tr +/ -_ | cut -c-8`
        assert_eq!(suffix("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"), "l2OS3d9k");
    }

    #[test]
    fn no_page_reads_the_client_token_and_no_cookie_outlives_400_days() {
        let cookies = production();
        let kept = cookies.keep_client("fct1_x");
        let name = format!("__client_{}", cookies.suffix);
        assert_eq!(
            kept,
            format!("{name}=fct1_x; Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly; Secure"),
            "and for the instance's host alone: no Domain"
        );
        assert!(cookies.drop_client().starts_with(&format!("{name}=; Path=/; Max-Age=0;")));
        let told = cookies.tell_signed_in(7);
        assert_eq!(told[0], "__client_uat=7; Path=/; Max-Age=34560000; SameSite=Lax; Domain=example.com; Secure");
        assert!(told[1].starts_with(&format!("__client_uat_{}=7;", cookies.suffix)));
        let local = Cookies::new(KeyKind::Development, &PublicUrl::loopback(8787));
        assert!(!local.keep_client("x").contains("Secure"), "a browser would drop it on http");
        assert_eq!(local.tell_signed_in(7), Vec::<String>::new());
    }

    #[test]
    fn two_instances_on_one_host_do_not_disturb_each_other() {
        let one = Cookies::new(KeyKind::Development, &PublicUrl::loopback(8787));
        let two = Cookies::new(KeyKind::Development, &PublicUrl::loopback(8788));
        let mut headers = HeaderMap::new();
        let sent = format!("a=b; {}=one;{}=two; __client=plain", one.client, two.client);
        headers.append(COOKIE, sent.parse().unwrap());
        headers.append(COOKIE, format!("{}=again; {}", one.client, one.client).parse().unwrap());
        assert_eq!(one.client_tokens(&headers).collect::<Vec<_>>(), ["one", "again"]);
        assert_eq!(two.client_tokens(&headers).collect::<Vec<_>>(), ["two"]);
    }
}
