//! Public keys and health.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The set of keys that session tokens are verified with (RFC 7517 §5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// Keys in use and keys whose tokens may still be about.
    pub keys: Vec<Jwk>,
}

/// An RSA public key (RFC 7518 §6.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// `sig`.
    pub r#use: String,
    /// `RSA`.
    pub kty: String,
    /// Names the key in token headers.
    pub kid: String,
    /// `RS256`.
    pub alg: String,
    /// Modulus, base64url without padding.
    pub n: String,
    /// Exponent, base64url without padding.
    pub e: String,
}

/// Answer of the health endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `healthy`.
    pub status: String,
}
