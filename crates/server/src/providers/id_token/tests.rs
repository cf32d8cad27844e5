#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use serde_json::json;

use super::*;
use crate::providers::tests::{
    NONCE, NOW, SECRET,
    signer::{Key, shared, unsigned},
};

const ISSUER: &str = "https://login.acme.example";
const ACCESS: &str = "access-1";

static RSA: LazyLock<Key> = LazyLock::new(Key::rsa);
static EC: LazyLock<Key> = LazyLock::new(Key::ec);
static ED: LazyLock<Key> = LazyLock::new(Key::ed);
/// Somebody else's.
static FOREIGN: LazyLock<Key> = LazyLock::new(Key::rsa);

fn keys(jwks: &[Value]) -> Keys {
    Keys::read(json!({"keys": jwks}).to_string().as_bytes()).unwrap()
}

fn own_keys() -> Keys {
    keys(&[RSA.jwk("rsa"), EC.jwk("ec"), ED.jwk("ed")])
}

fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let now = NOW.0 / 1000;
    let mut claims = json!({
        "iss": ISSUER, "aud": "client-1", "sub": "ada-1", "iat": now - 5, "exp": now + 300, "nonce": NONCE,
        "email": "ada@example.com", "email_verified": true,
    });
    change(&mut claims);
    claims
}

fn without(name: &str) -> Value {
    claims(|it| drop(it.as_object_mut().unwrap().remove(name)))
}

fn rs256() -> Value {
    json!({"alg": "RS256", "kid": "rsa", "typ": "JWT"})
}

fn judged_with(token: &str, keys: &Keys, algorithms: &[Algorithm]) -> Result<Said, IdTokenFault> {
    let (nonce, access_token) = (SecretString::from(NONCE), SecretString::from(ACCESS));
    let expected = Expected {
        issuer: ISSUER,
        client_id: "client-1",
        nonce: &nonce,
        access_token: &access_token,
        algorithms,
        now: NOW,
    };
    verify(token, keys, &expected)
}

fn judged(token: &str) -> Result<Said, IdTokenFault> {
    judged_with(token, &own_keys(), ALGORITHMS)
}

fn signed(claims: &Value) -> Result<Said, IdTokenFault> {
    judged(&RSA.sign(&rs256(), claims))
}

#[test]
fn each_safe_algorithm_is_verified() {
    for (key, alg, kid) in [(&RSA, "RS256", "rsa"), (&RSA, "PS256", "rsa"), (&EC, "ES256", "ec"), (&ED, "EdDSA", "ed")]
    {
        let token = key.sign(&json!({"alg": alg, "kid": kid}), &claims(|_| {}));
        let said = judged(&token).unwrap_or_else(|fault| panic!("{alg}: {fault}"));
        assert_eq!((said.subject.as_str(), said.email_verified), ("ada-1", true), "{alg}");
    }
}

#[test]
fn sec_76_only_the_algorithms_that_the_provider_announces_count() {
    let token = EC.sign(&json!({"alg": "ES256", "kid": "ec"}), &claims(|_| {}));
    assert_eq!(judged_with(&token, &own_keys(), &ALGORITHMS[..1]), Err(IdTokenFault::Algorithm));
    let token = RSA.sign(&rs256(), &claims(|_| {}));
    assert_eq!(judged_with(&token, &own_keys(), &[]), Err(IdTokenFault::Algorithm));
    let dangerous = [Algorithm::None, Algorithm::HmacSha256];
    let token = shared(&json!({"alg": "HS256"}), &claims(|_| {}), b"");
    assert_eq!(judged_with(&token, &own_keys(), &dangerous), Err(IdTokenFault::Algorithm), "announced or not");
    let token = RSA.sign(&json!({"alg": "RS384", "kid": "rsa"}), &claims(|_| {}));
    let unknown = [Algorithm::RsaSsaPkcs1V15Sha384];
    assert_eq!(judged_with(&token, &own_keys(), &unknown), Err(IdTokenFault::Algorithm), "announced or not");
    // A key that says what it is for is for nothing else.
    let mut only_ps = RSA.jwk("rsa");
    only_ps["alg"] = "PS256".into();
    let token = RSA.sign(&rs256(), &claims(|_| {}));
    assert_eq!(judged_with(&token, &keys(&[only_ps]), ALGORITHMS), Err(IdTokenFault::Key));
    let mut for_encryption = RSA.jwk("rsa");
    for_encryption["use"] = "enc".into();
    assert_eq!(judged_with(&token, &keys(&[for_encryption]), ALGORITHMS), Err(IdTokenFault::Key));
}

#[test]
fn sec_76_headers_do_not_choose_how_they_are_judged() {
    let good = claims(|_| {});
    let modulus = RSA.jwk("rsa")["n"].as_str().unwrap().to_owned();
    let jwk = FOREIGN.jwk("rsa");
    let cases: Vec<(&str, String, IdTokenFault)> = vec![
        ("none", unsigned(&json!({"alg": "none"}), &good), IdTokenFault::Algorithm),
        ("None", unsigned(&json!({"alg": "None"}), &good), IdTokenFault::Malformed),
        ("no alg", RSA.sign(&json!({"kid": "rsa"}), &good), IdTokenFault::Malformed),
        (
            "HS256 with the public key",
            shared(&json!({"alg": "HS256", "kid": "rsa"}), &good, modulus.as_bytes()),
            IdTokenFault::Algorithm,
        ),
        (
            "HS256 with the client secret",
            shared(&json!({"alg": "HS256"}), &good, SECRET.as_bytes()),
            IdTokenFault::Algorithm,
        ),
        ("jwk", FOREIGN.sign(&json!({"alg": "RS256", "jwk": jwk}), &good), IdTokenFault::Signature),
        (
            "jku",
            FOREIGN.sign(&json!({"alg": "RS256", "kid": "rsa", "jku": "https://evil.example/keys"}), &good),
            IdTokenFault::Signature,
        ),
        (
            "x5u",
            FOREIGN.sign(&json!({"alg": "RS256", "kid": "rsa", "x5u": "https://evil.example/c"}), &good),
            IdTokenFault::Signature,
        ),
        ("path", FOREIGN.sign(&json!({"alg": "RS256", "kid": "../../etc/passwd"}), &good), IdTokenFault::Key),
        ("kid number", RSA.sign(&json!({"alg": "RS256", "kid": 1}), &good), IdTokenFault::Malformed),
        ("crit", RSA.sign(&json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"]}), &good), IdTokenFault::Malformed),
        ("nested", RSA.sign(&json!({"alg": "RS256", "kid": "rsa", "cty": "JWT"}), &good), IdTokenFault::Malformed),
        (
            "access token",
            RSA.sign(&json!({"alg": "RS256", "kid": "rsa", "typ": "at+jwt"}), &good),
            IdTokenFault::Malformed,
        ),
        (
            "logout token",
            RSA.sign(&json!({"alg": "RS256", "kid": "rsa", "typ": "logout+jwt"}), &good),
            IdTokenFault::Malformed,
        ),
        ("EC header, RSA key", RSA.sign(&json!({"alg": "ES256", "kid": "ec"}), &good), IdTokenFault::Signature),
        ("kid of another kind", RSA.sign(&json!({"alg": "RS256", "kid": "ec"}), &good), IdTokenFault::Key),
        ("foreign", FOREIGN.sign(&rs256(), &good), IdTokenFault::Signature),
    ];
    for (name, token, fault) in cases {
        assert_eq!(judged(&token), Err(fault), "{name}");
    }
    let token = RSA.sign(&rs256(), &good);
    let (input, _) = token.rsplit_once('.').unwrap();
    for (name, token) in [("no signature", input.to_owned()), ("empty signature", format!("{input}."))] {
        assert!(judged(&token).is_err(), "{name}");
    }
    assert_eq!(judged(&format!("{token}.{token}")), Err(IdTokenFault::Malformed), "five parts");
}

#[test]
fn sec_76_an_issuer_with_keys_of_its_own_is_not_the_one_that_was_asked() {
    // The attacker's own token, sound in itself, and verified against the attacker's own keys.
    let foreign = claims(|it| it["iss"] = "https://evil.example".into());
    let token = FOREIGN.sign(&rs256(), &foreign);
    assert_eq!(judged_with(&token, &keys(&[FOREIGN.jwk("rsa")]), ALGORITHMS), Err(IdTokenFault::Issuer));
    for issuer in [
        json!("https://login.acme.example/"),
        json!("https://LOGIN.acme.example"),
        json!(""),
        json!(null),
        json!([ISSUER]),
    ] {
        assert!(signed(&claims(|it| it["iss"] = issuer.clone())).is_err(), "{issuer}");
    }
}

#[test]
fn sec_76_claims_that_do_not_fit_are_refused() {
    let now = NOW.0 / 1000;
    let set = |name: &str, value: Value| claims(|it| it[name] = value);
    let several = |party: Value| {
        claims(|it| {
            it["aud"] = json!(["client-1", "client-2"]);
            it["azp"] = party;
        })
    };
    let cases: Vec<(&str, Value, IdTokenFault)> = vec![
        ("other aud", set("aud", json!("client-2")), IdTokenFault::Audience),
        ("similar aud", set("aud", json!("client-1 ")), IdTokenFault::Audience),
        ("empty aud", set("aud", json!([])), IdTokenFault::Audience),
        ("no aud", without("aud"), IdTokenFault::Audience),
        ("untrusted aud beside", several(json!("client-1")), IdTokenFault::Audience),
        ("other azp", set("azp", json!("client-2")), IdTokenFault::Party),
        ("twice ours without azp", claims(|it| it["aud"] = json!(["client-1", "client-1"])), IdTokenFault::Party),
        ("expired", set("exp", json!(now - 61)), IdTokenFault::Expired),
        ("no exp", without("exp"), IdTokenFault::Malformed),
        ("exp as string", set("exp", json!("9999999999")), IdTokenFault::Malformed),
        ("exp in words", set("exp", json!("2099-01-01T00:00:00Z")), IdTokenFault::Malformed),
        ("exp null", set("exp", json!(null)), IdTokenFault::Malformed),
        ("exp nested", set("exp", json!({"value": now + 300})), IdTokenFault::Malformed),
        ("exp list", set("exp", json!([now + 300])), IdTokenFault::Malformed),
        ("exp true", set("exp", json!(true)), IdTokenFault::Malformed),
        ("exp negative", set("exp", json!(-1)), IdTokenFault::Malformed),
        ("exp huge", set("exp", json!(u64::MAX)), IdTokenFault::Malformed),
        ("exp endless", set("exp", json!(1e300)), IdTokenFault::Malformed),
        ("no iat", without("iat"), IdTokenFault::Malformed),
        ("iat as string", set("iat", json!("1")), IdTokenFault::Malformed),
        ("iat of the future", set("iat", json!(now + 181)), IdTokenFault::Future),
        ("nbf of the future", set("nbf", json!(now + 181)), IdTokenFault::Future),
        ("nbf as string", set("nbf", json!("1")), IdTokenFault::Malformed),
        ("no nonce", without("nonce"), IdTokenFault::Nonce),
        ("nonce null", set("nonce", json!(null)), IdTokenFault::Nonce),
        ("empty nonce", set("nonce", json!("")), IdTokenFault::Nonce),
        ("other nonce", set("nonce", json!("nonce-nonce-nonce-nonce-nonc3")), IdTokenFault::Nonce),
        ("longer nonce", set("nonce", json!(format!("{NONCE}x"))), IdTokenFault::Nonce),
        ("nonce list", set("nonce", json!([NONCE])), IdTokenFault::Malformed),
        ("empty sub", set("sub", json!("")), IdTokenFault::Subject),
        ("sub number", set("sub", json!(7)), IdTokenFault::Malformed),
        ("no sub", without("sub"), IdTokenFault::Malformed),
        ("long sub", set("sub", json!("x".repeat(256))), IdTokenFault::Subject),
        ("sub of two lines", set("sub", json!("ada\n1")), IdTokenFault::Subject),
        ("other access token", set("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")), IdTokenFault::AccessToken),
        ("claims of another kind", json!("[]"), IdTokenFault::Malformed),
        ("no JSON", json!("{\"iss\":"), IdTokenFault::Malformed),
    ];
    for (name, claims, fault) in cases {
        assert_eq!(signed(&claims), Err(fault), "{name}");
    }
}

#[test]
fn what_fits_is_taken_up_to_the_edges() {
    let now = NOW.0 / 1000;
    // The left half of the SHA-256 of the access token (OpenID Connect Core §3.1.3.6).
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ACCESS.as_bytes());
    let hash = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
    for (name, value) in [
        ("exp", json!(now - 60)),
        ("exp", json!(f64::from(1_800_000_300_u32) + 0.5)),
        ("iat", json!(now + 180)),
        ("nbf", json!(now + 180)),
        ("aud", json!(["client-1"])),
        ("azp", json!("client-1")),
        ("at_hash", json!(hash)),
        ("sub", json!("x".repeat(255))),
        ("updated_at", json!("2026-01-01T00:00:00.000Z")),
        ("email_verified", json!("true")),
        ("groups", json!([{"deep": [[[[1]]]]}])),
    ] {
        let said = signed(&claims(|it| it[name] = value.clone()));
        assert!(said.as_ref().is_ok_and(|said| said.email_verified), "{name} {value}: {said:?}");
    }
}

#[test]
fn a_key_is_found_without_a_name_where_there_is_but_one() {
    let token = RSA.sign(&json!({"alg": "RS256"}), &claims(|_| {}));
    assert!(judged(&token).is_ok(), "one of its kind");
    let two = keys(&[FOREIGN.jwk("a"), RSA.jwk("b")]);
    assert_eq!(judged_with(&token, &two, ALGORITHMS), Err(IdTokenFault::Key), "which of them?");
}

#[test]
fn sec_78_an_address_is_verified_only_where_the_provider_says_so() {
    for (value, verified) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(null), false),
    ] {
        let said = signed(&claims(|it| it["email_verified"] = value.clone())).unwrap();
        assert_eq!(said.email_verified, verified, "{value}");
    }
    assert!(!signed(&without("email_verified")).unwrap().email_verified);
    let said = signed(&without("email")).unwrap();
    assert!(said.email.is_none() && !said.email_verified, "no address, nothing to verify");
    assert_eq!(signed(&claims(|it| it["email_verified"] = json!(1))), Err(IdTokenFault::Malformed));
}

#[test]
fn large_tokens_are_refused_before_they_are_read() {
    let long = claims(|it| it["groups"] = "x".repeat(LONGEST).into());
    assert_eq!(signed(&long), Err(IdTokenFault::Malformed));
    let many: Vec<Value> = (0..=MAX_KEYS).map(|number| EC.jwk(&number.to_string())).collect();
    assert!(Keys::read(json!({"keys": many}).to_string().as_bytes()).is_none());
}
