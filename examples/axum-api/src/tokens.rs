//! Checking the tokens of an instance: copy this file into your own API.

use http::StatusCode;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

/// Longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8192;
/// How long keys are believed, in seconds. An instance publishes a new key a minute before it signs with it.
const FRESH: i64 = 300;
/// The published keys are asked for once in so many seconds at most, whatever tokens name (a fetch storm otherwise).
const PAUSE: i64 = 30;
/// By how much clocks may differ, in seconds.
const SKEW: i64 = 5;

/// Where published keys come from.
pub(crate) trait KeySource {
    /// The keys, as they are published at this moment.
    fn keys(&self) -> impl Future<Output = Result<JwkSet, Unavailable>> + Send;
}

/// The instance does not say its keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the instance cannot be read")]
pub(crate) struct Unavailable;

/// Which tokens open a door.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'w> {
    /// Session tokens.
    Session,
    /// Tokens of the template that says this in `aud`.
    Template {
        /// The text.
        audience: &'w str,
    },
}

/// What a token says. A claim of the wrong type is none.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    /// The user.
    pub(crate) sub: String,
    /// The session; templates cannot write it.
    pub(crate) sid: Option<String>,
    iss: String,
    /// The page that asked for it; native callers have none.
    azp: Option<String>,
    exp: i64,
    nbf: i64,
    aud: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub(crate) own: Map<String, Value>,
}

/// Why a token opens nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// It is none of the instance, or not of the kind that is wanted.
    #[error("Sign in first: this token is not valid here.")]
    Token,
    /// It was good, or will be.
    #[error("The token has expired, or is not good yet: get a new one.")]
    Time,
    /// It cannot be checked.
    #[error("Tokens cannot be checked at the moment: try again.")]
    Unavailable(#[from] Unavailable),
}

impl Refused {
    /// The HTTP status of it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Token | Self::Time => StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Checks tokens of one instance.
pub(crate) struct Verifier<S> {
    source: S,
    issuer: String,
    parties: Vec<String>,
    known: Mutex<Known>,
}

/// Keys, when they were read, and when somebody last tried to.
#[derive(Default)]
struct Known {
    keys: Option<(JwkSet, i64)>,
    tried_at: Option<i64>,
}

impl<S: KeySource> Verifier<S> {
    /// Of tokens that pages asked for, those of these origins are believed; of any where there are none.
    pub(crate) fn new(source: S, issuer: String, parties: Vec<String>) -> Self {
        Self { source, issuer, parties, known: Mutex::default() }
    }

    /// What a token says, if it is good at this moment (in seconds since the epoch).
    pub(crate) async fn verify(&self, token: &str, wanted: Wanted<'_>, now: i64) -> Result<Claims, Refused> {
        if token.len() > MAX_TOKEN {
            return Err(Refused::Token);
        }
        // Of the header the name of the key alone is believed. What else it says of keys is not.
        let kid = decode_header(token).ok().and_then(|header| header.kid).ok_or(Refused::Token)?;
        let key = self.key(&kid, now).await?.ok_or(Refused::Token)?;
        let mut checks = Validation::new(Algorithm::RS256);
        checks.required_spec_claims.clear();
        // Checked below: here a claim of the wrong type would count as missing.
        (checks.validate_exp, checks.validate_aud) = (false, false);
        let claims: Claims = decode(token, &key, &checks).map_err(|_| Refused::Token)?.claims;
        let fits = match wanted {
            Wanted::Session => claims.sid.is_some(),
            Wanted::Template { audience } => claims.sid.is_none() && claims.aud.as_deref() == Some(audience),
        };
        let known_page = claims.azp.as_ref().is_none_or(|azp| self.parties.is_empty() || self.parties.contains(azp));
        if !fits || !known_page || claims.iss != self.issuer {
            return Err(Refused::Token);
        }
        if now >= claims.exp.saturating_add(SKEW) || now < claims.nbf.saturating_sub(SKEW) {
            return Err(Refused::Time);
        }
        Ok(claims)
    }

    /// The published key of that name. Of many who ask at once, one reads the keys.
    async fn key(&self, kid: &str, now: i64) -> Result<Option<DecodingKey>, Unavailable> {
        let mut known = self.known.lock().await;
        let fresh =
            known.keys.as_ref().is_some_and(|(keys, read_at)| now - read_at < FRESH && keys.find(kid).is_some());
        if !fresh && known.tried_at.is_none_or(|tried_at| now - tried_at >= PAUSE) {
            known.tried_at = Some(now);
            match self.source.keys().await {
                Ok(keys) => known.keys = Some((keys, now)),
                // Old keys are better than none, for as long as nobody can say new ones.
                Err(unavailable) if known.keys.is_none() => return Err(unavailable),
                Err(_) => {}
            }
        }
        let (keys, _) = known.keys.as_ref().ok_or(Unavailable)?;
        Ok(keys.find(kid).and_then(|key| DecodingKey::from_jwk(key).ok()))
    }
}

#[cfg(test)]
mod tests;
