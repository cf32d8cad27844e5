//! ID tokens (OpenID Connect Core §2) and whether they are believed (§3.1.3.7, RFC 8725).
//!
//! The library checks signature, issuer, audience and nonce; what it leaves to its callers is checked here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{Timestamp, time::MINUTE};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IssuerUrl, LocalizedClaim, Nonce,
    SignatureVerificationError,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::person::is_subject;

/// Longest ID token, in bytes.
const LONGEST: usize = 32 << 10;
/// Most keys that one issuer has.
const MAX_KEYS: usize = 100;
/// How far the clocks of provider and server may be apart, in milliseconds: for the end of a token, and for its beginning.
const LATE: i64 = MINUTE;
const EARLY: i64 = 3 * MINUTE;
/// The last second of the year 9999: no time lies beyond.
const LAST_SECOND: f64 = 253_402_300_799.0;
/// Every algorithm that can be believed, which is none with a shared secret (RFC 8725 §3.1).
pub const ALGORITHMS: &[Algorithm] =
    &[Algorithm::RsaSsaPkcs1V15Sha256, Algorithm::RsaSsaPssSha256, Algorithm::EcdsaP256Sha256, Algorithm::EdDsa];

/// The public keys of an issuer.
#[derive(Clone, Debug)]
pub struct Keys(CoreJsonWebKeySet);

impl Keys {
    /// Reads a JWK set (RFC 7517 §5). Keys of unknown kinds are left out.
    #[must_use]
    pub fn read(document: &[u8]) -> Option<Self> {
        let keys: CoreJsonWebKeySet = serde_json::from_slice(document).ok()?;
        (keys.keys().len() <= MAX_KEYS).then_some(Self(keys))
    }
}

/// What an ID token is held to.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// What the issuer calls itself, letter for letter.
    pub issuer: &'a str,
    /// The client that the token is for.
    pub client_id: &'a str,
    /// The nonce of the request.
    pub nonce: &'a SecretString,
    /// The access token that came with it.
    pub access_token: &'a SecretString,
    /// Algorithms that the issuer announces, of those in [`ALGORITHMS`].
    pub algorithms: &'a [Algorithm],
    /// The moment.
    pub now: Timestamp,
}

/// What an ID token says, as far as anybody asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Who it is.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the issuer says that it has verified the address.
    pub email_verified: bool,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// What they call themselves.
    pub username: Option<String>,
    /// Address of a picture.
    pub picture: Option<String>,
    /// Google's hosted domain.
    pub hosted_domain: Option<String>,
}

/// Why an ID token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// There is none.
    #[error("there is none; the connection needs the scope openid")]
    Missing,
    /// It is no ID token.
    #[error("it is malformed or too long")]
    Malformed,
    /// It is signed in a way that the issuer does not announce, or not at all.
    #[error("it is signed by an algorithm that the provider does not announce or that is not safe")]
    Algorithm,
    /// None of the issuer's keys could have signed it.
    #[error("none of the provider's keys fits it")]
    Key,
    /// The signature is not that of the issuer's key.
    #[error("its signature is wrong")]
    Signature,
    /// It is of another issuer.
    #[error("it is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another client")]
    Audience,
    /// It was given to somebody else.
    #[error("it was given to another client")]
    Party,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time is yet to come.
    #[error("it is of the future")]
    Future,
    /// It belongs to another request, or to none.
    #[error("its nonce is missing or that of another request")]
    Nonce,
    /// It belongs to another access token.
    #[error("it belongs to another access token")]
    AccessToken,
    /// It does not say who it is.
    #[error("its subject is empty or too long")]
    Subject,
}

/// What the token says, if all of it is believed.
pub fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Said, IdTokenFault> {
    let claims = claims(token).ok_or(IdTokenFault::Malformed)?;
    let parsed: CoreIdToken = token.parse().map_err(|_| IdTokenFault::Malformed)?;
    let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| IdTokenFault::Issuer)?;
    let client = ClientId::new(expected.client_id.to_owned());
    let verifier = CoreIdTokenVerifier::new_public_client(client, issuer, keys.0.clone())
        .set_allowed_algs(expected.algorithms.iter().filter(|it| ALGORITHMS.contains(it)).cloned())
        // Judged below, by the moment that the caller gives.
        .set_time_fn(Default::default);
    let nonce = Nonce::new(expected.nonce.expose_secret().to_owned());
    let believed = parsed.claims(&verifier, &nonce).map_err(|error| fault(&error))?;

    let several = believed.audiences().len() > 1;
    match believed.authorized_party() {
        Some(party) if party.as_str() != expected.client_id => return Err(IdTokenFault::Party),
        None if several => return Err(IdTokenFault::Party),
        _ => {}
    }
    judge(&claims, expected.now)?;
    if let Some(hash) = believed.access_token_hash() {
        let (algorithm, key) = (parsed.signing_alg(), parsed.signing_key(&verifier));
        let (Ok(algorithm), Ok(key)) = (algorithm, key) else { return Err(IdTokenFault::Key) };
        let token = AccessToken::new(expected.access_token.expose_secret().to_owned());
        let own = AccessTokenHash::from_token(&token, algorithm, key).map_err(|_| IdTokenFault::Algorithm)?;
        if own != *hash {
            return Err(IdTokenFault::AccessToken);
        }
    }
    let subject = believed.subject().as_str();
    if !is_subject(subject) {
        return Err(IdTokenFault::Subject);
    }
    Ok(Said {
        subject: subject.to_owned(),
        email: believed.email().map(|email| email.as_str().to_owned()),
        email_verified: believed.email().is_some() && believed.email_verified() == Some(true),
        given_name: one(believed.given_name()),
        family_name: one(believed.family_name()),
        name: one(believed.name()),
        username: believed.preferred_username().map(|name| name.as_str().to_owned()),
        picture: one(believed.picture()),
        hosted_domain: claims.get("hd").and_then(Value::as_str).map(str::to_owned),
    })
}

/// The claims of a token of bounded length whose times are numbers. Nothing in them is believed yet.
#[must_use]
pub fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = Some(token).filter(|token| token.len() <= LONGEST)?.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims: Map<String, Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    // The library also takes times in words, which other claims than these are written in here and there.
    let time = |name: &str| claims.get(name).map(|value| seconds(value).is_some());
    let fit = time("exp")? && time("iat")? && time("nbf").unwrap_or(true);
    fit.then_some(claims)
}

/// Seconds since the epoch (RFC 7519 §2, `NumericDate`).
fn seconds(value: &Value) -> Option<f64> {
    value.as_f64().filter(|seconds| (0.0..=LAST_SECOND).contains(seconds))
}

fn judge(claims: &Map<String, Value>, now: Timestamp) -> Result<(), IdTokenFault> {
    #[allow(clippy::cast_possible_truncation, reason = "no time lies beyond the year 9999")]
    let at = |name: &str| claims.get(name).and_then(seconds).map(|seconds| Timestamp((seconds * 1000.0) as i64));
    let begins = at("iat").into_iter().chain(at("nbf"));
    if begins.into_iter().any(|begin| begin.since(now) > EARLY) {
        return Err(IdTokenFault::Future);
    }
    match at("exp") {
        Some(end) if now.since(end) <= LATE => Ok(()),
        _ => Err(IdTokenFault::Expired),
    }
}

fn fault(error: &ClaimsVerificationError) -> IdTokenFault {
    use SignatureVerificationError as Signature;
    match error {
        ClaimsVerificationError::InvalidIssuer(_) => IdTokenFault::Issuer,
        ClaimsVerificationError::InvalidAudience(_) => IdTokenFault::Audience,
        ClaimsVerificationError::InvalidNonce(_) => IdTokenFault::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => IdTokenFault::Subject,
        ClaimsVerificationError::Expired(_) => IdTokenFault::Expired,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            Signature::NoMatchingKey | Signature::AmbiguousKeyId(_) | Signature::InvalidKey(_) => IdTokenFault::Key,
            Signature::DisallowedAlg(_) | Signature::NoSignature | Signature::UnsupportedAlg(_) => {
                IdTokenFault::Algorithm
            }
            _ => IdTokenFault::Signature,
        },
        _ => IdTokenFault::Malformed,
    }
}

/// A text that may be there in several languages: in none, or else in the first one.
pub(super) fn one<T: std::ops::Deref<Target = String> + Clone>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    let claim = claim?;
    let text = claim.get(None).or_else(|| claim.iter().next().map(|(_, text)| text))?;
    Some(text.to_string())
}

#[cfg(test)]
mod tests;
