//! Signs what issuers sign, well or badly.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

/// A key of an issuer.
pub(in crate::providers) enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    pub(in crate::providers) fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(in crate::providers) fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(in crate::providers) fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    /// The public half (RFC 7517, RFC 8037).
    pub(in crate::providers) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(key) => {
                let n = BASE64.encode(key.public_key().modulus().big_endian_without_leading_zero());
                let e = BASE64.encode(key.public_key().exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": e})
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": BASE64.encode(x), "y": BASE64.encode(y)})
            }
            Self::Ed(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": BASE64.encode(key.public_key())})
            }
        }
    }

    /// A token with this header and these claims, signed as the header says where the key can.
    pub(in crate::providers) fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = input(header, claims);
        let signature = match self {
            Self::Rsa(key) => {
                let padding: &dyn aws_lc_rs::signature::RsaEncoding =
                    if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Ec(key) => key.sign(&SystemRandom::new(), input.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(input.as_bytes()).as_ref().to_vec(),
        };
        format!("{input}.{}", BASE64.encode(signature))
    }
}

/// A token without a signature.
pub(in crate::providers) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", input(header, claims))
}

/// A token that is signed with a shared secret (HS256).
pub(in crate::providers) fn shared(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let input = input(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    format!("{input}.{}", BASE64.encode(tag.as_ref()))
}

fn input(header: &Value, claims: &Value) -> String {
    let claims = claims.as_str().map_or_else(|| claims.to_string(), str::to_owned);
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims))
}
