//! Whatever comes from outside is read or refused, and never ends the program.

use proptest::prelude::*;
use serde_json::json;

use super::{
    openid::{KEY, provider},
    *,
};
use crate::providers::{
    id_token::{self, Expected, Keys},
    tokens,
};

/// Answers as they were seen, and as they should never be.
const CORPUS: &[&str] = &[
    "",
    " ",
    "\0",
    "null",
    "[]",
    "{}",
    "{",
    "\u{feff}{}",
    "<!doctype html><title>Sign in to the network</title>",
    "access_token=",
    "access_token=a&access_token=b&expires_in=x",
    "error=&error_description=%00%0d%0a",
    "%%%=%%%&access_token=%ff",
    r#"{"access_token":1}"#,
    r#"{"access_token":"a","expires_in":-1}"#,
    r#"{"access_token":"a","expires_in":1e400}"#,
    r#"{"access_token":"a","expires_in":99999999999999999999}"#,
    r#"{"error":{"message":null,"code":"x"}}"#,
    r#"{"id":18446744073709551616,"login":"x"}"#,
    r#"{"id":"1","picture":{"data":[]}}"#,
    r#"{"id":"1","name":"\u0000\ud83d\ude00"}"#,
    r#"[{"email":"a@example.com","primary":"yes"}]"#,
    r#"{"keys":null}"#,
    r#"{"keys":[{"kty":"RSA"},{"kty":"oct","k":"AA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
    "a.b.c",
    "..",
    "....",
    "e30.e30.",
    "eyJhbGciOiJub25lIn0.e30.",
];

fn read_everywhere(text: &[u8]) {
    let _token = tokens::read(text);
    let _me = crate::providers::facebook::read_me(text);
    let _user = crate::providers::github::read_user(text);
    let issuer = Url::parse("https://a.example").unwrap();
    assert!(discovery::read(text, &issuer).is_err(), "garbage was believed");
    assert!(user_info::read(text, "ada-1").is_err(), "garbage was believed");
    let _addresses = crate::providers::github::read_addresses(text);
    let keys = Keys::read(text).unwrap_or_else(|| Keys::read(br#"{"keys":[]}"#).unwrap());
    let (nonce, access_token) = (SecretString::from(NONCE), SecretString::from("access-1"));
    let expected = Expected {
        issuer: "https://a.example",
        client_id: "client-1",
        nonce: &nonce,
        access_token: &access_token,
        algorithms: id_token::ALGORITHMS,
        now: NOW,
    };
    let said = std::str::from_utf8(text).ok().map(|text| id_token::verify(text, &keys, &expected));
    assert!(!matches!(said, Some(Ok(_))), "garbage was believed");
}

#[test]
fn the_corpus_is_read_or_refused() {
    for text in CORPUS {
        read_everywhere(text.as_bytes());
        read_everywhere(format!("{text}{text}").as_bytes());
        read_everywhere(text.repeat(2000).as_bytes());
    }
    for depth in [100, 1_000, 100_000] {
        read_everywhere(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
        read_everywhere(format!("{}1{}", r#"{"id":"#.repeat(depth), "}".repeat(depth)).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_everywhere(&bytes);
    }

    #[test]
    fn texts_of_their_letters_are_read_or_refused(text in r#"[\{\}\[\]":,.=&%a-z0-9_\-]{0,200}"#) {
        read_everywhere(text.as_bytes());
    }

    #[test]
    fn sec_76_a_token_with_any_other_byte_is_refused(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let acme = provider("https://a.example");
        let good = KEY.sign(&json!({"alg": "RS256", "kid": "k1"}), &acme.claims());
        let keys = Keys::read(json!({"keys": [KEY.jwk("k1")]}).to_string().as_bytes()).unwrap();
        let at = at.index(good.len());
        // The last letter of base64 holds bits that count for nothing.
        let counts = at + 1 < good.len();
        let mut changed = good.clone();
        changed.replace_range(at..=at, &to);
        let (nonce, access_token) = (SecretString::from(NONCE), SecretString::from("access-1"));
        let expected = Expected {
            issuer: "https://a.example",
            client_id: "client-1",
            nonce: &nonce,
            access_token: &access_token,
            algorithms: id_token::ALGORITHMS,
            now: NOW,
        };
        prop_assert!(id_token::verify(&good, &keys, &expected).is_ok());
        if changed != good && counts {
            prop_assert!(id_token::verify(&changed, &keys, &expected).is_err(), "{}", changed);
        }
    }
}
