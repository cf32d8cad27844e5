//! What a session token says.

use frontdesk_identity::{Metadata, TokenKind};
use serde::Serialize;
use serde_json::Value;

/// How long a session token lives.
pub const SESSION_TOKEN_SECONDS: i64 = 60;

/// Seconds that clocks may be behind: `nbf` lies so much before `iat`.
const SKEW_SECONDS: i64 = 10;

/// Minutes after which the age of a factor does not grow any more; keeps the claim a small number.
const MAX_FACTOR_AGE: i64 = 60 * 24 * 366;

/// Claims of version 2. Field order is the order on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    azp: Option<String>,
    exp: i64,
    fva: [i64; 2],
    iat: i64,
    iss: String,
    jti: String,
    nbf: i64,
    oiat: i64,
    sid: String,
    sts: String,
    sub: String,
    v: u8,
}

impl SessionClaims {
    /// Claims of a token minted now.
    ///
    /// `status` is `active` or `pending`; `factor_ages` are the minutes since each factor, −1 for never; `origin` is the
    /// origin of the request, which native callers do not have.
    #[must_use]
    pub fn new(
        now_ms: i64,
        issuer: &str,
        token_id: String,
        session: (&str, &str),
        user_id: &str,
        factor_ages: [i64; 2],
        origin: Option<&str>,
    ) -> Self {
        let (session_id, status) = session;
        let iat = now_ms.div_euclid(1000);
        Self {
            azp: origin.map(str::to_owned),
            exp: iat + SESSION_TOKEN_SECONDS,
            fva: factor_ages.map(|age| age.clamp(-1, MAX_FACTOR_AGE)),
            iat,
            iss: issuer.to_owned(),
            jti: token_id,
            nbf: iat - SKEW_SECONDS,
            oiat: iat,
            sid: session_id.to_owned(),
            sts: status.to_owned(),
            sub: user_id.to_owned(),
            v: 2,
        }
    }

    /// The same for so many seconds in place of a minute.
    #[must_use]
    pub fn lasting(self, seconds: i64) -> Self {
        Self { exp: self.iat + seconds, ..self }
    }

    /// The claims of the owner, and over them these, which the instance alone writes.
    #[must_use]
    pub fn over(&self, mut claims: Metadata) -> Metadata {
        claims.retain(|name, _| !TokenKind::Session.reserves(name));
        if let Ok(Value::Object(written)) = serde_json::to_value(self) {
            claims.extend(written);
        }
        claims
    }
}
