#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;

const NOW: i64 = 1_767_225_600;
const ISSUER: &str = "http://127.0.0.1:4010";
const REPORT: Wanted<'_> = Wanted::Template { audience: "report" };

/// The instance's key, and one of somebody else's.
static OURS: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static THEIRS: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

fn jwk(kid: &str, pair: &RsaKeyPair) -> Value {
    let public = pair.public_key();
    json!({
        "use": "sig", "kty": "RSA", "kid": kid, "alg": "RS256",
        "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
    })
}

/// Keys that count how often they are asked for.
struct Counted {
    keys: Vec<Value>,
    asked: AtomicUsize,
    away: bool,
}

impl KeySource for &Counted {
    async fn keys(&self) -> Result<JwkSet, Unavailable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if self.away { Err(Unavailable) } else { Ok(serde_json::from_value(json!({ "keys": self.keys })).unwrap()) }
    }
}

fn published(kids: &[&str]) -> Counted {
    Counted { keys: kids.iter().map(|kid| jwk(kid, &OURS)).collect(), asked: AtomicUsize::new(0), away: false }
}

fn verifier(source: &Counted) -> Verifier<&Counted> {
    Verifier::new(source, ISSUER.to_owned(), Vec::new())
}

fn text(header: &Value, claims: &Value) -> String {
    [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".")
}

fn rsa(header: &Value, claims: &Value, pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding) -> String {
    let text = text(header, claims);
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({ "alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": "key_1", "typ": "JWT" })
}

fn session() -> Value {
    json!({
        "exp": NOW + 60, "fva": [0, -1], "iat": NOW, "iss": ISSUER, "jti": "a", "nbf": NOW - 10, "sid": "sess_1",
        "sts": "active", "sub": "user_1", "v": 2,
    })
}

fn template() -> Value {
    json!({ "aud": "report", "exp": NOW + 60, "iat": NOW, "iss": ISSUER, "jti": "a", "nbf": NOW - 5, "sub": "user_1",
        "role": "admin" })
}

fn ours(header: &Value, claims: &Value) -> String {
    rsa(header, claims, &OURS, &RSA_PKCS1_SHA256)
}

/// An object with other fields in it; null takes one away.
#[allow(clippy::needless_pass_by_value, reason = "it is written down where it is used")]
fn with(mut object: Value, changed: Value) -> Value {
    for (name, value) in changed.as_object().unwrap() {
        match value {
            Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
            value => object[name] = value.clone(),
        }
    }
    object
}

async fn verify(token: &str, wanted: Wanted<'_>) -> Result<Claims, Refused> {
    verifier(&published(&["key_1"])).verify(token, wanted, NOW).await
}

async fn refused(what: &str, token: &str) {
    for wanted in [Wanted::Session, REPORT] {
        assert_eq!(verify(token, wanted).await.unwrap_err(), Refused::Token, "{what} as {wanted:?}");
    }
}

#[tokio::test]
async fn good_tokens_open_their_own_doors() {
    let claims = verify(&ours(&header(), &session()), Wanted::Session).await.unwrap();
    assert_eq!((claims.sub.as_str(), claims.sid.as_deref()), ("user_1", Some("sess_1")));
    let claims = verify(&ours(&header(), &template()), REPORT).await.unwrap();
    assert_eq!((claims.sub.as_str(), &claims.own["role"]), ("user_1", &json!("admin")));
}

#[tokio::test]
async fn sec_23_other_algorithms_are_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let text = text(&with(header(), json!({ "alg": alg })), &session());
        for signature in ["", "AA"] {
            refused(alg, &format!("{text}.{signature}")).await;
        }
    }
    // The public key as the secret of an HMAC, in every spelling that it is published in.
    let public = jwk("key_1", &OURS);
    let spellings =
        [public["n"].as_str().unwrap().as_bytes(), public.to_string().as_bytes(), OURS.public_key().as_ref()]
            .map(<[u8]>::to_vec);
    for secret in &spellings {
        let text = text(&with(header(), json!({ "alg": "HS256" })), &session());
        let code = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
        refused("HS256", &format!("{text}.{}", URL_SAFE_NO_PAD.encode(code))).await;
    }
    let other = rsa(&with(header(), json!({ "alg": "RS512" })), &session(), &OURS, &RSA_PKCS1_SHA512);
    refused("RS512 with our key", &other).await;
    for alg in ["RS512", "PS256", "ES256", "EdDSA"] {
        refused(alg, &ours(&with(header(), json!({ "alg": alg })), &session())).await;
    }
    refused("somebody else's key", &rsa(&header(), &session(), &THEIRS, &RSA_PKCS1_SHA256)).await;
}

#[tokio::test]
async fn sec_24_keys_that_a_token_brings_along_are_not_believed() {
    let theirs = jwk("key_1", &THEIRS);
    let brought = [
        json!({ "jwk": theirs }),
        json!({ "jku": "https://evil.example/jwks.json" }),
        json!({ "x5u": "https://evil.example/cert.pem" }),
        json!({ "jwk": theirs, "kid": null }),
        json!({ "kid": "" }),
        json!({ "kid": "../../etc/passwd" }),
        json!({ "kid": "key_1' OR '1'='1" }),
        json!({ "kid": "key_1\0" }),
        json!({ "kid": ["key_1"] }),
        json!({ "kid": 1 }),
    ];
    for changed in brought {
        let token = rsa(&with(header(), changed.clone()), &session(), &THEIRS, &RSA_PKCS1_SHA256);
        refused(&changed.to_string(), &token).await;
    }
}

#[tokio::test]
async fn sec_25_times_are_needed_and_numbers() {
    let verify = async |changed: Value| verify(&ours(&header(), &with(session(), changed)), Wanted::Session).await;
    for changed in [
        json!({ "exp": null }),
        json!({ "nbf": null }),
        json!({ "exp": (NOW + 60).to_string() }),
        json!({ "exp": [NOW + 60] }),
        json!({ "exp": 1e300 }),
        json!({ "exp": true }),
        json!({ "nbf": "0" }),
        json!({ "sub": null }),
        json!({ "sub": 1 }),
        json!({ "iss": null }),
        json!({ "sid": 1 }),
    ] {
        assert_eq!(verify(changed.clone()).await.unwrap_err(), Refused::Token, "{changed}");
    }
    for (changed, good) in [
        (json!({ "exp": NOW - SKEW + 1 }), true),
        (json!({ "exp": NOW - SKEW }), false),
        (json!({ "exp": i64::MIN }), false),
        (json!({ "exp": i64::MAX }), true),
        (json!({ "nbf": NOW + SKEW }), true),
        (json!({ "nbf": NOW + SKEW + 1 }), false),
    ] {
        assert_eq!(verify(changed.clone()).await.is_ok(), good, "{changed}");
    }
}

#[tokio::test]
async fn sec_26_one_kind_of_token_is_not_taken_for_another() {
    assert_eq!(verify(&ours(&header(), &template()), Wanted::Session).await.unwrap_err(), Refused::Token);
    assert_eq!(verify(&ours(&header(), &session()), REPORT).await.unwrap_err(), Refused::Token);
    let both = with(session(), json!({ "aud": "report" }));
    assert_eq!(verify(&ours(&header(), &both), REPORT).await.unwrap_err(), Refused::Token);
    let handshake = json!({ "exp": NOW + 60, "handshake": ["__session=x"], "iat": NOW, "iss": ISSUER });
    refused("a handshake", &ours(&header(), &handshake)).await;
    for other in ["", "fct1_abc", "fti1_abc", "sk_test_abc", "a.b", "a.b.c", "..", "a.b.c.d"] {
        refused(other, other).await;
    }
}

#[tokio::test]
async fn sec_27_tokens_for_others_are_refused() {
    for issuer in ["http://127.0.0.1:4011", "https://127.0.0.1:4010", "http://127.0.0.1:4010/", ""] {
        refused(issuer, &ours(&header(), &with(session(), json!({ "iss": issuer })))).await;
    }
    for audience in [json!("other"), json!(["report", "other"]), json!({}), json!("Report")] {
        let token = ours(&header(), &with(template(), json!({ "aud": audience })));
        assert_eq!(verify(&token, REPORT).await.unwrap_err(), Refused::Token, "{audience}");
    }
}

#[tokio::test]
async fn of_tokens_of_pages_those_of_listed_ones_are_believed() {
    let source = published(&["key_1"]);
    let any = verifier(&source);
    let listed = Verifier::new(&source, ISSUER.to_owned(), vec!["https://pier.example".to_owned()]);
    for (azp, good) in [
        (Value::Null, true),
        (json!("https://pier.example"), true),
        (json!("https://pier.example:8443"), false),
        (json!("https://pier.example.evil.example"), false),
        (json!("http://pier.example"), false),
        (json!(""), false),
    ] {
        for (claims, wanted) in [(session(), Wanted::Session), (template(), REPORT)] {
            let token = ours(&header(), &with(claims, json!({ "azp": azp })));
            assert!(any.verify(&token, wanted, NOW).await.is_ok(), "{azp} where none is listed");
            assert_eq!(listed.verify(&token, wanted, NOW).await.is_ok(), good, "{azp}");
        }
    }
    refused("a list of pages", &ours(&header(), &with(session(), json!({ "azp": ["https://pier.example"] })))).await;
}

#[tokio::test]
async fn what_is_huge_nested_or_changed_is_refused() {
    refused("huge", &ours(&header(), &with(session(), json!({ "x": "y".repeat(9000) })))).await;
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deep = format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(nested(2000)), URL_SAFE_NO_PAD.encode(nested(2000)));
    refused("nested", &deep).await;
    let good = ours(&header(), &session());
    let parts: Vec<_> = good.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(with(session(), json!({ "sub": "user_2" })).to_string());
    refused("another user", &[parts[0], &other, parts[2]].join(".")).await;
    refused("cut off", &good[..good.len() - 4]).await;
    refused("padded", &format!("{good}==")).await;
    refused("without a signature", &[parts[0], parts[1], ""].join(".")).await;
}

#[tokio::test]
async fn sec_29_keys_are_read_once_however_many_tokens_name_unknown_ones() {
    let source = published(&["key_1", "key_2"]);
    let verifier = verifier(&source);
    let asked = || source.asked.load(Ordering::SeqCst);
    let (old, new) = (ours(&header(), &session()), ours(&with(header(), json!({ "kid": "key_2" })), &session()));
    let (one, two) =
        tokio::join!(verifier.verify(&old, Wanted::Session, NOW), verifier.verify(&new, Wanted::Session, NOW));
    assert!(one.is_ok() && two.is_ok(), "both keys of a change are good");
    assert_eq!(asked(), 1);
    for number in 0..200 {
        let token = ours(&with(header(), json!({ "kid": format!("key_x{number}") })), &session());
        assert_eq!(verifier.verify(&token, Wanted::Session, NOW + 1).await.unwrap_err(), Refused::Token);
    }
    assert_eq!(asked(), 1, "no storm");
    let unknown = ours(&with(header(), json!({ "kid": "key_3" })), &session());
    assert!(verifier.verify(&unknown, Wanted::Session, NOW + PAUSE).await.is_err());
    assert_eq!(asked(), 2, "somebody looks now and then");
    assert!(verifier.verify(&old, Wanted::Session, NOW + 20).await.is_ok());
    assert_eq!(asked(), 2, "a known key costs nothing");
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_no_reason_to_believe_anything() {
    let source = Counted { away: true, ..published(&["key_1"]) };
    let refused = verifier(&source).verify(&ours(&header(), &session()), Wanted::Session, NOW).await.unwrap_err();
    assert_eq!((refused.status().as_u16(), &refused), (503, &Refused::Unavailable(Unavailable)));
}
