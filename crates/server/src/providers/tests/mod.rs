#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use frontdesk_identity::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;
use url::Url;

use super::*;
use stand_in::StandIn;

mod custom;
mod development;
mod facebook;
mod garbage;
mod github;
mod google;
mod network;
mod openid;
pub(super) mod signer;
mod stand_in;

/// The moment of every test: some time in 2027.
pub(super) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(super) const SECRET: &str = "client-secret-of-the-tests";
pub(super) const NONCE: &str = "nonce-nonce-nonce-nonce-nonce";
pub(super) const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier";
pub(super) const STATE: &str = "state-state-state-state-state";
pub(super) const CODE: &str = "code-of-the-tests";

/// An instance's providers, its data folder, and whom they ask.
struct House {
    providers: Providers,
    redirect_uri: Url,
    _folder: TempDir,
}

impl House {
    fn new(reach: Arc<dyn Reach>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
        let providers = Providers::new(folder.path(), reach);
        let redirect_uri = Url::parse("https://auth.example.com/v1/oauth_callback").unwrap();
        Self { providers, redirect_uri, _folder: folder }
    }

    fn at<'a>(&'a self, strategy: &'a str, connection: &'a Connection) -> Target<'a> {
        Target { strategy, connection, redirect_uri: &self.redirect_uri, now: NOW, development: None }
    }

    async fn redeem(&self, strategy: &str, connection: &Connection) -> Result<Person, ProviderFault> {
        self.providers.redeem(&self.at(strategy, connection), CODE, None, &kept()).await
    }
}

/// A connection with credentials.
fn connection() -> Connection {
    Connection {
        enabled: true,
        client_id: Some("client-1".to_owned()),
        client_secret_file: Some("secret".into()),
        ..Connection::default()
    }
}

fn ask() -> Ask {
    Ask {
        state: STATE.into(),
        nonce: NONCE.into(),
        verifier: VERIFIER.into(),
        prompt: None,
        login_hint: None,
        extra_scopes: Vec::new(),
    }
}

fn kept() -> Kept {
    Kept { nonce: NONCE.into(), verifier: VERIFIER.into() }
}

/// A parameter of an address that must be there once.
#[track_caller]
fn parameter(url: &Url, name: &str) -> String {
    let mut values = url.query_pairs().filter(|(key, _)| key == name);
    let value = values.next().unwrap_or_else(|| panic!("{name} is missing in {url}")).1.into_owned();
    assert!(values.next().is_none(), "{name} is there twice in {url}");
    value
}

/// How an application names itself by id and secret.
fn basic(id: &str, secret: &str) -> String {
    let pair = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{id}:{secret}"));
    format!("Basic {pair}")
}

fn has_parameter(url: &Url, name: &str) -> bool {
    url.query_pairs().any(|(key, _)| key == name)
}

/// The page of every provider has all of this.
#[track_caller]
fn is_a_code_flow_with_everything(page: &Url) {
    assert_eq!(parameter(page, "response_type"), "code");
    assert_eq!(parameter(page, "client_id"), "client-1");
    assert_eq!(parameter(page, "redirect_uri"), "https://auth.example.com/v1/oauth_callback");
    assert_eq!(parameter(page, "state"), STATE);
    assert_eq!(parameter(page, "nonce"), NONCE);
    assert_eq!(parameter(page, "code_challenge_method"), "S256");
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
    let challenge = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash);
    assert_eq!(parameter(page, "code_challenge"), challenge);
    assert!(!page.as_str().contains(VERIFIER) && !page.as_str().contains(SECRET), "{page}");
}

#[tokio::test]
async fn sec_03_every_flow_has_a_challenge_state_and_nonce_and_sec_20_is_a_code_flow() {
    let house = House::new(Arc::new(openid::provider("https://accounts.google.com").stand_in));
    for strategy in ["oauth_google", "oauth_facebook", "oauth_github"] {
        let connection = connection();
        let page = house.providers.authorize(&house.at(strategy, &connection), &ask()).await.unwrap();
        is_a_code_flow_with_everything(&page);
    }
}

#[tokio::test]
async fn sec_03_and_05_short_secrets_are_refused_before_anybody_is_asked() {
    let house = House::new(Arc::new(StandIn::default()));
    let connection = connection();
    let at = house.at("oauth_google", &connection);
    let long = "x".repeat(129);
    for (ask, what) in [
        (Ask { state: "short".into(), ..ask() }, "state"),
        (Ask { nonce: "".into(), ..ask() }, "nonce"),
        (Ask { verifier: "v".repeat(42).into(), ..ask() }, "verifier"),
        (Ask { verifier: long.into(), ..ask() }, "verifier"),
        (Ask { verifier: format!("{VERIFIER} ").into(), ..ask() }, "verifier"),
    ] {
        assert_eq!(house.providers.authorize(&at, &ask).await, Err(ProviderFault::Misused(what)));
    }
    let kept = Kept { verifier: "".into(), ..kept() };
    let fault = house.providers.redeem(&at, CODE, None, &kept).await.unwrap_err();
    assert_eq!(fault, ProviderFault::Misused("verifier"));
}

#[tokio::test]
async fn what_a_caller_asks_for_is_passed_on_or_refused() {
    let house = House::new(Arc::new(StandIn::default()));
    let connection = Connection { scopes: vec!["gist".to_owned(), "read:user".to_owned()], ..connection() };
    let at = house.at("oauth_github", &connection);
    for ask in [
        Ask { prompt: Some("login&x=y".to_owned()), ..ask() },
        Ask { login_hint: Some("a\r\nb".to_owned()), ..ask() },
        Ask { extra_scopes: vec!["repo admin".to_owned()], ..ask() },
        Ask { extra_scopes: vec![String::new()], ..ask() },
        Ask { extra_scopes: vec!["x".to_owned(); 51], ..ask() },
    ] {
        let fault = house.providers.authorize(&at, &ask).await.unwrap_err();
        assert!(matches!(fault, ProviderFault::Unfit(_)), "{ask:?}");
    }
    let ask = Ask { extra_scopes: vec!["repo".to_owned(), "gist".to_owned()], ..ask() };
    let page = house.providers.authorize(&at, &ask).await.unwrap();
    assert_eq!(parameter(&page, "scope"), "read:user user:email gist repo");
}

#[tokio::test]
async fn a_connection_without_credentials_says_what_is_missing() {
    let house = House::new(Arc::new(StandIn::default()));
    let nothing = Connection::default();
    let fault = house.redeem("oauth_google", &nothing).await.unwrap_err();
    assert_eq!(fault, ProviderFault::NotConfigured("client_id"));
    let lost = Connection { client_secret_file: Some("lost".into()), ..connection() };
    let fault = house.redeem("oauth_google", &lost).await.unwrap_err();
    assert!(matches!(fault, ProviderFault::Secret { .. }) && fault.to_string().contains("lost"), "{fault}");
    let fault = house.redeem("oauth_custom_acme", &connection()).await.unwrap_err();
    assert_eq!(fault, ProviderFault::NotConfigured("issuer"));
    let fault = house.redeem("oauth_other", &connection()).await.unwrap_err();
    assert_eq!(fault, ProviderFault::UnknownStrategy);
}

#[test]
fn sec_33_nothing_secret_is_shown_by_accident() {
    let grant = Grant {
        access_token: "access-secret".into(),
        refresh_token: Some("refresh-secret".into()),
        id_token: Some("id-secret".into()),
        scopes: Vec::new(),
        expires_at: None,
    };
    let development = Development {
        issuer: Url::parse("http://127.0.0.1:1").unwrap(),
        client_id: String::new(),
        client_secret: SecretString::from("dev-secret"),
    };
    let shown = format!("{grant:?} {:?} {:?} {development:?}", ask(), kept());
    for secret in ["access-secret", "refresh-secret", "id-secret", "dev-secret", STATE, NONCE, VERIFIER] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(grant.access_token.expose_secret(), "access-secret");
}
