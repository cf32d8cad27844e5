//! What is true of every ID token that is believed.
//!
//! An input is a token, or a header and claims on two lines: those are signed by the issuer's own key first, so that
//! whatever is refused is refused for what it says.

use std::sync::LazyLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use frontdesk_identity::Timestamp;
use frontdesk_server::providers::id_token::{ALGORITHMS, Expected, Keys, Said, verify};
use secrecy::SecretString;
use serde_json::{Value, json};

/// Some time in 2027, in seconds.
const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://login.acme.example";
const CLIENT: &str = "client-1";
const NONCE: &str = "nonce-nonce-nonce-nonce-nonce";
const ACCESS: &str = "access-1";

static KEY: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed has 32 bytes"));
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let x = BASE64.encode(KEY.public_key());
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "k1", "x": x});
    Keys::read(json!({"keys": [jwk]}).to_string().as_bytes()).expect("a set of keys")
});

/// Holds one token, and the same text as a set of keys; whether the token is believed.
pub(crate) fn hold(text: &str) -> bool {
    let token = match text.split_once('\n') {
        Some((header, claims)) => signed(header, claims),
        None => text.to_owned(),
    };
    let judgement = judged(&token, &KEYS);
    if let Ok(said) = &judgement {
        believed(&token, said);
        for other in [format!("{token}A"), format!("{token}."), format!(" {token}")] {
            assert!(judged(&other, &KEYS).is_err(), "one that is not what was signed");
        }
    }
    if let Some(keys) = Keys::read(text.as_bytes()) {
        let token = signed(r#"{"alg":"EdDSA","kid":"k1"}"#, &good().to_string());
        assert!(judged(&token, &keys).is_err() || has_own_key(text), "only the keys of the set count");
    }
    judgement.is_ok()
}

fn judged(token: &str, keys: &Keys) -> Result<Said, String> {
    let (nonce, access_token) = (SecretString::from(NONCE), SecretString::from(ACCESS));
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: &nonce,
        access_token: &access_token,
        algorithms: ALGORITHMS,
        now: Timestamp(NOW * 1000),
    };
    verify(token, keys, &expected).map_err(|fault| fault.to_string())
}

fn signed(header: &str, claims: &str) -> String {
    let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = BASE64.encode(KEY.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

fn good() -> Value {
    json!({"iss": ISSUER, "aud": CLIENT, "sub": "ada-1", "iat": NOW - 5, "exp": NOW + 300, "nonce": NONCE})
}

/// Whether the text is a set with the key that signs here.
fn has_own_key(text: &str) -> bool {
    text.contains(&BASE64.encode(KEY.public_key()))
}

/// Reads the token anew, without what verified it.
fn believed(token: &str, said: &Said) {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let part = |index: usize| -> Value {
        let bytes = BASE64.decode(parts[index]).expect("base64url without padding");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let (header, claims) = (part(0), part(1));
    assert_eq!(header["alg"], "EdDSA", "the only one of its key");
    assert!(header.get("crit").is_none_or(Value::is_null));
    assert_eq!(claims["iss"], ISSUER);
    let audience = match &claims["aud"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    assert!(audience.iter().any(|one| one == CLIENT), "it is for this client");
    assert!(audience.iter().all(|one| one == CLIENT), "and for nobody else");
    assert!(claims.get("azp").is_none_or(|party| party.is_null() || party == CLIENT));
    assert_eq!(claims["nonce"], NONCE);
    let time = |name: &str| claims.get(name).map(|time| time.as_f64().expect("a time is a number"));
    #[allow(clippy::cast_precision_loss, reason = "seconds of this millennium")]
    let now = NOW as f64;
    assert!(time("exp").is_some_and(|end| end >= now - 60.0), "it has not ended");
    assert!(time("iat").is_some_and(|begin| begin <= now + 180.0), "it is not of the future");
    assert!(time("nbf").is_none_or(|begin| begin <= now + 180.0));
    assert_eq!(claims["sub"], said.subject.as_str());
    assert!((1..=255).contains(&said.subject.chars().count()) && !said.subject.chars().any(char::is_control));
    assert_eq!(claims["email"].as_str(), said.email.as_deref());
    let vouched = claims["email_verified"] == true || claims["email_verified"] == "true";
    assert_eq!(said.email_verified, vouched && said.email.is_some(), "an address is vouched for where that is said");
    assert_eq!(claims["hd"].as_str(), said.hosted_domain.as_deref());
}
