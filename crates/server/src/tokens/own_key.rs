//! Keys that the owner of an instance brings along to sign the tokens of a template with.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair},
};
use frontdesk_identity::{Algorithm, KeyFault};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};

use super::signing::{SigningError, TEMPLATE_CATEGORY, compact, encoded};

/// A key of the owner's own, with the one algorithm that it is for.
pub struct OwnKey {
    algorithm: Algorithm,
    kind: Kind,
}

enum Kind {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Hmac(Box<hmac::Key>),
}

impl std::fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnKey({})", self.algorithm.as_str())
    }
}

impl OwnKey {
    /// Reads a key: a secret for HMAC, a private key in PEM for RSA.
    pub fn read(algorithm: Algorithm, text: &SecretString) -> Result<Self, KeyFault> {
        let text = text.expose_secret();
        // A secret is at least as long as what it makes (RFC 7518 §3.2).
        let secret = |kind: hmac::Algorithm, least: usize| {
            if text.len() < least {
                Err(KeyFault::Short(least))
            } else {
                Ok(Kind::Hmac(Box::new(hmac::Key::new(kind, text.as_bytes()))))
            }
        };
        let pair = |encoding: &'static dyn RsaEncoding| {
            let pair = match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
                Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
                Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
                _ => None,
            };
            pair.map(|pair| Kind::Rsa(pair, encoding)).ok_or(KeyFault::NoRsaKey)
        };
        let kind = match algorithm {
            Algorithm::Hs256 => secret(hmac::HMAC_SHA256, 32),
            Algorithm::Hs384 => secret(hmac::HMAC_SHA384, 48),
            Algorithm::Hs512 => secret(hmac::HMAC_SHA512, 64),
            Algorithm::Rs256 => pair(&RSA_PKCS1_SHA256),
            Algorithm::Rs384 => pair(&RSA_PKCS1_SHA384),
            Algorithm::Rs512 => pair(&RSA_PKCS1_SHA512),
        };
        Ok(Self { algorithm, kind: kind? })
    }

    /// Signs claims as a token of a template. Its header names no key, for none of the published ones is it.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        let header = encoded(&Header { alg: self.algorithm.as_str(), cat: TEMPLATE_CATEGORY, typ: "JWT" })?;
        compact(&header, claims, |text| match &self.kind {
            Kind::Hmac(key) => Ok(hmac::sign(key, text).as_ref().to_vec()),
            Kind::Rsa(pair, encoding) => {
                let mut signature = vec![0u8; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), text, &mut signature).map_err(|_| SigningError::Sign)?;
                Ok(signature)
            }
        })
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    cat: &'a str,
    typ: &'a str,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use aws_lc_rs::{encoding::AsDer as _, encoding::Pkcs8V1Der, rsa::KeySize, signature::KeyPair as _};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::{Value, json};

    use super::*;

    fn pem(label: &str, der: &[u8]) -> SecretString {
        let text = STANDARD.encode(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        SecretString::from(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")))
    }

    fn is_good(token: &str, key: &DecodingKey, algorithm: jsonwebtoken::Algorithm) -> bool {
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        decode::<Value>(token, key, &validation).is_ok_and(|token| token.claims["x"] == 1)
    }

    #[test]
    fn secrets_sign_with_their_own_algorithm() {
        let secret = "s".repeat(64);
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            let key = OwnKey::read(algorithm, &SecretString::from(secret.clone())).unwrap();
            let token = key.sign(&json!({ "x": 1 })).unwrap();
            let theirs = algorithm.as_str().parse().unwrap();
            assert!(is_good(&token, &DecodingKey::from_secret(secret.as_bytes()), theirs));
            assert!(!format!("{key:?}").contains('s'), "nothing of it is shown");
        }
    }

    #[test]
    fn private_keys_sign_with_their_own_algorithm() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
        let text = pem("PRIVATE KEY", der.as_ref());
        let public = DecodingKey::from_rsa_der(pair.public_key().as_ref());
        for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512] {
            let token = OwnKey::read(algorithm, &text).unwrap().sign(&json!({ "x": 1 })).unwrap();
            assert!(is_good(&token, &public, algorithm.as_str().parse().unwrap()));
            assert!(!is_good(&token, &public, jsonwebtoken::Algorithm::PS256));
        }
    }

    #[test]
    fn sec_23_what_does_not_fit_the_algorithm_is_refused() {
        let read = |algorithm, text: &str| OwnKey::read(algorithm, &SecretString::from(text)).err();
        assert_eq!(read(Algorithm::Hs256, &"s".repeat(31)), Some(KeyFault::Short(32)));
        assert_eq!(read(Algorithm::Hs384, &"s".repeat(47)), Some(KeyFault::Short(48)));
        assert_eq!(read(Algorithm::Hs512, &"s".repeat(63)), Some(KeyFault::Short(64)));
        for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", &"s".repeat(64)] {
            assert_eq!(read(Algorithm::Rs256, text), Some(KeyFault::NoRsaKey), "{text}");
        }
    }
}
