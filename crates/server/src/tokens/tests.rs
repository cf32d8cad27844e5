#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    caller::Carrier,
    keys::{InstanceKey, Keys},
};

fn client_tokens(seed: u8) -> ClientTokens {
    ClientTokens::new(Arc::new(Keys::derive(&InstanceKey::new([seed; 32]))))
}

#[test]
fn sec_30_client_tokens_are_genuine_or_nothing() {
    let tokens = client_tokens(1);
    let token = tokens.issue(Carrier::Header, "client_abc", 3);
    let text = token.expose_secret();
    assert_eq!(tokens.read(Carrier::Header, text), Some(("client_abc".to_owned(), 3)));
    assert_eq!(text, tokens.issue(Carrier::Header, "client_abc", 3).expose_secret());
    assert_ne!(text, tokens.issue(Carrier::Header, "client_abc", 4).expose_secret());
    assert!(!text.contains('.') && !text.contains("client_abc"));
    assert_eq!(client_tokens(2).read(Carrier::Header, text), None);
    for index in 0..text.len() {
        let mut changed = text.as_bytes().to_vec();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        assert_eq!(tokens.read(Carrier::Header, std::str::from_utf8(&changed).unwrap()), None, "byte {index}");
    }
    for bad in ["", "fct1_", "fct1", "eyJhbGciOiJub25lIn0.e30.", &"f".repeat(10_000)] {
        assert_eq!(tokens.read(Carrier::Header, bad), None);
    }
}

#[test]
fn sec_26_tokens_of_development_browsers_are_no_client_tokens() {
    let tokens = client_tokens(1);
    let token = tokens.issue(Carrier::DevBrowser, "client_abc", 3);
    let text = token.expose_secret();
    assert_eq!(tokens.read(Carrier::DevBrowser, text), Some(("client_abc".to_owned(), 3)));
    assert_eq!(tokens.read(Carrier::Cookie, text), None);
    assert_eq!(tokens.read(Carrier::Cookie, &text.replacen("fdb1", "fct1", 1)), None, "another name changes nothing");
    let cookie = tokens.issue(Carrier::Cookie, "client_abc", 3);
    assert_eq!(tokens.read(Carrier::DevBrowser, cookie.expose_secret()), None);
}

fn claims() -> SessionClaims {
    let now = 1_767_225_600_000;
    SessionClaims::new(now, "http://127.0.0.1:8787", "tok1".into(), ("sess_1", "active"), "user_1", [0, -1], None)
}

#[test]
fn session_tokens_verify_with_the_published_key() {
    let key = SigningKey::generate("ins_1").unwrap();
    let stored = SigningKey::from_pkcs8("ins_1", &key.to_pkcs8().unwrap()).unwrap();
    let token = stored.sign(&claims()).unwrap();
    let header = decode_header(&token).unwrap();
    assert_eq!(
        (header.alg, header.kid.as_deref(), header.typ.as_deref()),
        (Algorithm::RS256, Some("ins_1"), Some("JWT"))
    );
    let jwk = key.public_jwk();
    let public = DecodingKey::from_rsa_components(&jwk.n, &jwk.e).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    let read = decode::<serde_json::Value>(&token, &public, &validation).unwrap().claims;
    assert_eq!(read["sub"], "user_1");
    assert_eq!(read["sid"], "sess_1");
    assert_eq!(read["exp"].as_i64().unwrap() - read["iat"].as_i64().unwrap(), 60);
    assert_eq!(read["iat"].as_i64().unwrap() - read["nbf"].as_i64().unwrap(), 10);
    assert_eq!(read["v"], 2);
    assert_eq!(read["fva"], serde_json::json!([0, -1]));
    assert!(read.get("azp").is_none());
    let other = SigningKey::generate("ins_1").unwrap().public_jwk();
    let other = DecodingKey::from_rsa_components(&other.n, &other.e).unwrap();
    assert!(decode::<serde_json::Value>(&token, &other, &validation).is_err());
}

#[test]
fn the_cache_gives_a_token_for_its_own_key_and_time_only() {
    let key = |origin: Option<&str>, kid: &str| CacheKey {
        session_id: "sess_1".into(),
        status: "active".into(),
        origin: origin.map(str::to_owned),
        organization_id: None,
        factors_at: [Some(1), None],
        claims_version: 2,
        own_claims: None,
        kid: kid.into(),
    };
    let cache = TokenCache::default();
    cache.put(key(None, "a"), "native".into(), 60_000, 0);
    assert_eq!(cache.get(&key(None, "a"), 0).as_deref(), Some("native"));
    assert_eq!(cache.get(&key(None, "a"), 25_000).as_deref(), Some("native"));
    assert_eq!(cache.get(&key(None, "a"), 25_001), None, "too little of its life is left");
    assert_eq!(cache.get(&key(None, "a"), -1), None, "the clock was set back");
    assert_eq!(cache.get(&key(Some("https://a.example"), "a"), 0), None);
    assert_eq!(cache.get(&key(None, "b"), 0), None);
    assert!(!format!("{cache:?}").contains("native"));
}
