//! The key that signs session tokens: RSA, because the SDKs verify nothing else, and held ready, because parsing and
//! checking it for every signature costs more than signing.

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_wire::Jwk;
use serde::Serialize;
use zeroize::Zeroizing;

/// Marks session tokens among the tokens an instance signs.
const SESSION_CATEGORY: &str = "cl_B7d4PD111AAA";
/// Marks tokens of templates, which SDKs refuse in place of session tokens.
pub(super) const TEMPLATE_CATEGORY: &str = "cl_B7d4PD222AAA";

/// Why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// No key could be made.
    #[error("no signing key could be made")]
    Generate,
    /// The stored key is not one.
    #[error("the stored signing key cannot be read")]
    Malformed,
    /// Signing failed.
    #[error("a token could not be signed")]
    Sign,
}

/// A private key with its name.
pub struct SigningKey {
    kid: String,
    pair: RsaKeyPair,
    session_header: String,
    template_header: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}

impl SigningKey {
    /// Makes a key of 2048 bits. Takes some 50 ms of computing: not for async threads.
    pub fn generate(kid: &str) -> Result<Self, SigningError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::Generate)?;
        Self::new(kid, pair)
    }

    /// Reads a key as [`Self::to_pkcs8`] wrote it.
    pub fn from_pkcs8(kid: &str, der: &[u8]) -> Result<Self, SigningError> {
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| SigningError::Malformed)?;
        Self::new(kid, pair)
    }

    fn new(kid: &str, pair: RsaKeyPair) -> Result<Self, SigningError> {
        let header = |cat| encoded(&Header { alg: "RS256", cat, kid, typ: "JWT" });
        let (session_header, template_header) = (header(SESSION_CATEGORY)?, header(TEMPLATE_CATEGORY)?);
        Ok(Self { kid: kid.to_owned(), pair, session_header, template_header })
    }

    /// The private key in PKCS #8, to be sealed.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let der: Pkcs8V1Der<'static> = self.pair.as_der().map_err(|_| SigningError::Malformed)?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// Name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        let public = self.pair.public_key();
        Jwk {
            r#use: "sig".to_owned(),
            kty: "RSA".to_owned(),
            kid: self.kid.clone(),
            alg: "RS256".to_owned(),
            n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }
    }

    /// Signs claims as a session token.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        compact(&self.session_header, claims, |text| self.signature(text))
    }

    /// Signs claims as a token of a template.
    pub fn sign_template(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        compact(&self.template_header, claims, |text| self.signature(text))
    }

    /// Signs claims as an ID token (OpenID Connect Core 1.0 §2). It belongs to no category of an instance's own tokens.
    pub fn sign_id_token(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        let header = encoded(&IdTokenHeader { alg: "RS256", kid: &self.kid, typ: "JWT" })?;
        compact(&header, claims, |text| self.signature(text))
    }

    fn signature(&self, text: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut signature = vec![0u8; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
            .map_err(|_| SigningError::Sign)?;
        Ok(signature)
    }
}

/// A header, as it stands in tokens.
pub(super) fn encoded(header: &impl Serialize) -> Result<String, SigningError> {
    let header = serde_json::to_vec(header).map_err(|_| SigningError::Sign)?;
    Ok(URL_SAFE_NO_PAD.encode(header))
}

/// A token in compact form (RFC 7515 §3.1).
pub(super) fn compact(
    header: &str,
    claims: &impl Serialize,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, SigningError>,
) -> Result<String, SigningError> {
    let claims = serde_json::to_vec(claims).map_err(|_| SigningError::Sign)?;
    let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 350);
    token.push_str(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    cat: &'a str,
    kid: &'a str,
    typ: &'a str,
}

#[derive(Serialize)]
struct IdTokenHeader<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
}
