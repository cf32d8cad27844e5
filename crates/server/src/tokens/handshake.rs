//! What a handshake says: the cookies that an application server sets on its own host.

use serde::Serialize;

/// How long a handshake may be on its way, in seconds.
const HANDSHAKE_SECONDS: i64 = 60;

/// Claims of a handshake. There is no subject and no session in it, so that it is never taken for a session token.
#[derive(Debug, Serialize)]
pub struct HandshakeClaims<'a> {
    exp: i64,
    handshake: &'a [String],
    iat: i64,
    iss: &'a str,
}

impl<'a> HandshakeClaims<'a> {
    /// Claims of a handshake that sets these cookies, signed now.
    #[must_use]
    pub fn new(now_ms: i64, issuer: &'a str, cookies: &'a [String]) -> Self {
        let iat = now_ms.div_euclid(1000);
        Self { exp: iat + HANDSHAKE_SECONDS, handshake: cookies, iat, iss: issuer }
    }
}
