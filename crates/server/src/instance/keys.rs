//! The keys that applications are set up with.

use frontdesk_wire::KeyKind;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::{public_url::PublicUrl, redirects::CALLBACK};

/// Publishable key, secret key and where the instance is. Never logged: it holds a secret.
pub struct PublicKeys {
    publishable_key: String,
    secret_key: SecretString,
    origin: String,
}

impl std::fmt::Debug for PublicKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKeys({})", self.publishable_key)
    }
}

impl PublicKeys {
    /// The keys of an instance.
    #[must_use]
    pub fn of(public_url: &PublicUrl, kind: KeyKind, secret_key: SecretString) -> Self {
        Self { publishable_key: public_url.publishable_key(kind), secret_key, origin: public_url.origin().to_owned() }
    }

    /// The publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> &str {
        &self.publishable_key
    }

    /// All of them as one JSON object, the secret key included.
    #[must_use]
    pub fn reveal(&self) -> Value {
        json!({
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key.expose_secret(),
            "frontend_api": self.origin,
            "jwks_url": format!("{}/.well-known/jwks.json", self.origin),
            "provider_redirect_uri": format!("{}{CALLBACK}", self.origin),
        })
    }
}
