//! What is true of everybody whom a provider names, and of what else it answers.
//!
//! An input is a strategy and three answers, each on a line of its own: of the token endpoint, of the profile, and of the
//! addresses. The whole input is read as each single document too.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex},
};

use axum::body::Bytes;
use frontdesk_identity::{Email, Timestamp};
use frontdesk_server::providers::{
    Connection, Kept, Person, Providers, Reach, ReachError, Target, discovery, facebook, github, tokens, user_info,
};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use url::{Host, Url};

const ISSUER: &str = "https://login.acme.example";
const SUBJECT: &str = "ada-1";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));
/// Where the client secret is: beside this file, from whichever package it is built.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("fuzz/properties"));
    above.find(|folder| folder.is_dir()).expect("the folder of the properties")
});

/// Holds the answers of one provider, and the text as each document; whether it names a person or is one of an issuer.
pub(crate) fn hold(text: &str) -> bool {
    let is_document = documents(text.as_bytes());
    let mut lines = text.splitn(4, '\n');
    let [strategy, token, profile, addresses] = [(); 4].map(|()| lines.next().unwrap_or_default());
    if let "oauth_github" | "oauth_facebook" = strategy
        && let Some(person) = redeemed(strategy, &[token, profile, addresses])
    {
        named(strategy, profile, &person);
        return true;
    }
    is_document
}

/// Each document by itself; whether it is one of the issuer, or about the subject.
fn documents(bytes: &[u8]) -> bool {
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    if let Some(answer) = tokens::read(bytes) {
        let is_form = value.is_none() && (answer.contains_key("access_token") || answer.contains_key("error"));
        assert!(is_form || value.as_ref().is_some_and(Value::is_object));
    }
    let of = |name: &str| value.as_ref().map(|value| value[name].clone());
    if facebook::read_me(bytes).is_some() {
        assert!(of("id").is_none_or(|id| id.is_string()));
    }
    if github::read_user(bytes).is_some() {
        assert!(of("id").is_none_or(|id| id.is_u64()) && of("login").is_none_or(|login| login.is_string()));
    }
    if github::read_addresses(bytes).is_some() {
        assert!(value.as_ref().is_none_or(Value::is_array));
    }
    let info = user_info::read(bytes, SUBJECT);
    if let Ok(said) = &info {
        assert_eq!(said.subject, SUBJECT, "of nobody else");
        let vouched = of("email_verified").is_none_or(|word| word == true || word == "true");
        assert!(!said.email_verified || (said.email.is_some() && vouched));
        assert_eq!(said.hosted_domain, None);
    }
    let issuer = Url::parse(ISSUER).expect("an address");
    let discovered = discovery::read(bytes, &issuer);
    if discovered.is_ok()
        && let Some(document) = &value
    {
        let name = document["issuer"].as_str().expect("an issuer");
        assert!(name == ISSUER || name.strip_suffix('/') == Some(ISSUER), "{name}");
        for place in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            assert!(place == "userinfo_endpoint" || document[place].is_string(), "{place}");
            if let Some(address) = document[place].as_str() {
                away(&Url::parse(address).expect("an address"));
            }
        }
    }
    info.is_ok() || discovered.is_ok()
}

/// An address that a provider elsewhere may name: by TLS, and not on this computer.
fn away(url: &Url) {
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    match url.host() {
        Some(Host::Domain(name)) => assert_ne!(name, "localhost"),
        Some(Host::Ipv4(address)) => assert!(!address.is_loopback()),
        Some(Host::Ipv6(address)) => assert!(!address.is_loopback()),
        None => panic!("no host"),
    }
}

fn named(strategy: &str, profile: &str, person: &Person) {
    let line = |text: &str, longest: usize| {
        (1..=longest).contains(&text.chars().count()) && !text.chars().any(char::is_control) && text.trim() == text
    };
    assert!((1..=255).contains(&person.subject.chars().count()) && !person.subject.chars().any(char::is_control));
    for name in [&person.first_name, &person.last_name, &person.username].into_iter().flatten() {
        assert!(line(name, 256), "{name:?}");
    }
    if let Some(email) = &person.email {
        assert!(Email::parse(email).is_ok());
        assert!(
            !email.to_ascii_lowercase().ends_with("@users.noreply.github.com")
                || strategy != "oauth_github"
                || !person.email_verified
        );
    }
    assert!(!person.email_verified || person.email.is_some());
    assert!(!person.email_verified || strategy == "oauth_github", "Facebook vouches for no address");
    if let Some(picture) = &person.picture {
        away(picture);
    }
    let token = person.grant.access_token.expose_secret();
    assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(person.grant.id_token.is_none());
    assert!(!format!("{:?}", person.grant.access_token).contains(&format!("{token:?}")), "a token is not shown");
    // Who it is comes from the profile, and from nothing else.
    if let Ok(profile) = serde_json::from_str::<Value>(profile) {
        let id = &profile["id"];
        assert_eq!(Some(person.subject.as_str()), id.as_str().or(id.as_u64().map(|id| id.to_string()).as_deref()));
    }
}

/// Answers each request with the next text, and the last one again and again.
struct Script(Mutex<Vec<String>>);

impl Reach for Script {
    fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, ReachError>> {
        let mut left = self.0.lock().expect("nobody panicked here");
        let text = if left.len() > 1 { left.remove(0) } else { left.first().cloned().unwrap_or_default() };
        Box::pin(async move { Ok(Response::new(Bytes::from(text))) })
    }
}

fn redeemed(strategy: &str, answers: &[&str]) -> Option<Person> {
    let script = Script(Mutex::new(answers.iter().map(|&text| text.to_owned()).collect()));
    let providers = Providers::new(&FOLDER, Arc::new(script));
    let connection = Connection {
        enabled: true,
        client_id: Some("client-1".to_owned()),
        client_secret_file: Some("client-secret".into()),
        ..Connection::default()
    };
    let redirect_uri = Url::parse("https://auth.example.com/v1/oauth_callback").expect("an address");
    let target = Target {
        strategy,
        connection: &connection,
        redirect_uri: &redirect_uri,
        now: Timestamp(1_800_000_000_000),
        development: None,
    };
    let kept = Kept { nonce: "n".repeat(43).into(), verifier: "v".repeat(43).into() };
    RUNTIME.block_on(providers.redeem(&target, "code", None, &kept)).ok()
}
