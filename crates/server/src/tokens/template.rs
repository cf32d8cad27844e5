//! What the token of a template says besides what its owner wants it to.

use frontdesk_identity::Metadata;
use serde_json::{Value, json};

/// What the instance writes into every token of a template.
#[derive(Clone, Copy, Debug)]
pub struct TemplateClaims<'a> {
    /// Now, in milliseconds since the epoch.
    pub now_ms: i64,
    /// How long the token lives, in seconds.
    pub lifetime: i64,
    /// By how much its beginning lies before now, in seconds.
    pub clock_skew: i64,
    /// Who made it.
    pub issuer: &'a str,
    /// Its own id.
    pub token_id: &'a str,
    /// The user.
    pub user_id: &'a str,
    /// The origin of the request; native callers have none.
    pub origin: Option<&'a str>,
}

impl TemplateClaims<'_> {
    /// The claims of the owner, and over them those that the instance alone writes. It says nothing of the session, so
    /// that the token is never taken for one of it.
    #[must_use]
    pub fn over(&self, mut claims: Metadata) -> Metadata {
        let iat = self.now_ms.div_euclid(1000);
        claims.retain(|name, _| !frontdesk_identity::TokenKind::Template.reserves(name));
        let written: [(&str, Value); 6] = [
            ("exp", json!(iat + self.lifetime)),
            ("iat", json!(iat)),
            ("iss", json!(self.issuer)),
            ("jti", json!(self.token_id)),
            ("nbf", json!(iat - self.clock_skew)),
            ("sub", json!(self.user_id)),
        ];
        claims.extend(written.map(|(name, value)| (name.to_owned(), value)));
        if let Some(origin) = self.origin {
            claims.insert("azp".to_owned(), origin.into());
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_28_what_the_instance_writes_stands_over_what_the_owner_wrote() {
        let claims = TemplateClaims {
            now_ms: 1_700_000_000_999,
            lifetime: 3600,
            clock_skew: 5,
            issuer: "http://127.0.0.1:4010",
            token_id: "id",
            user_id: "user_a",
            origin: None,
        };
        let mut wanted = Metadata::new();
        for name in ["sub", "exp", "azp", "sid", "iss", "aud"] {
            wanted.insert(name.to_owned(), "mine".into());
        }
        let expected = json!({
            "aud": "mine", "exp": 1_700_003_600, "iat": 1_700_000_000, "iss": "http://127.0.0.1:4010", "jti": "id",
            "nbf": 1_699_999_995, "sub": "user_a",
        });
        assert_eq!(Value::Object(claims.over(wanted.clone())), expected);
        let web = TemplateClaims { origin: Some("https://app.example.com"), ..claims }.over(wanted);
        assert_eq!(web["azp"], "https://app.example.com");
    }
}
