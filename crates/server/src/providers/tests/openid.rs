//! An OpenID provider of the tests' own.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::{
    CODE, NONCE, NOW, VERIFIER,
    signer::Key,
    stand_in::{Asked, StandIn, answer},
};

/// Made once: large numbers take their time.
pub(super) static KEY: LazyLock<Arc<Key>> = LazyLock::new(|| Arc::new(Key::rsa()));

pub(super) struct OpenIdProvider {
    pub(super) stand_in: StandIn,
    pub(super) issuer: String,
}

/// One that publishes itself, its key `k1`, and gives tokens for Ada.
pub(super) fn provider(issuer: &str) -> OpenIdProvider {
    let provider = OpenIdProvider { stand_in: StandIn::default(), issuer: issuer.to_owned() };
    provider.stand_in.json(&provider.place("GET", "/.well-known/openid-configuration"), &provider.document());
    provider.stand_in.json(&provider.place("GET", "/keys"), &json!({"keys": [KEY.jwk("k1")]}));
    provider.gives(&provider.claims());
    provider
}

impl OpenIdProvider {
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    pub(super) fn place(&self, method: &str, path: &str) -> String {
        format!("{method} {}", self.url(path))
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": self.url("/authorize"),
            "token_endpoint": self.url("/token"),
            "jwks_uri": self.url("/keys"),
            "userinfo_endpoint": self.url("/userinfo"),
            "response_types_supported": ["code", "id_token", "code id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none", "XX999"],
            "code_challenge_methods_supported": ["S256"],
        })
    }

    /// Publishes another document.
    pub(super) fn publishes(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.document();
        change(&mut document);
        self.stand_in.json(&self.place("GET", "/.well-known/openid-configuration"), &document);
    }

    pub(super) fn claims(&self) -> Value {
        let now = NOW.0 / 1000;
        json!({
            "iss": self.issuer, "aud": "client-1", "sub": "1234567890", "iat": now - 1, "exp": now + 3600, "nonce": NONCE,
            "email": "ada@example.com", "email_verified": true,
            "given_name": "Ada", "family_name": "Lovelace", "picture": "https://pictures.example/ada.png",
        })
    }

    pub(super) fn claims_with(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut claims = self.claims();
        change(&mut claims);
        claims
    }

    /// Gives an ID token with these claims for the code.
    pub(super) fn gives(&self, claims: &Value) {
        self.gives_token(&KEY.sign(&json!({"alg": "RS256", "kid": "k1"}), claims));
    }

    /// Gives this ID token for the code.
    pub(super) fn gives_token(&self, id_token: &str) {
        let good = json!({
            "access_token": "access-1", "token_type": "Bearer", "expires_in": 3599, "refresh_token": "refresh-1",
            "scope": "openid email profile", "id_token": id_token,
        });
        self.stand_in.on(&self.place("POST", "/token"), move |asked| exchange(asked, &good));
    }
}

/// As RFC 6749 and RFC 7636 have it.
fn exchange(asked: &Asked, good: &Value) -> http::Response<axum::body::Bytes> {
    let refusal = |error: &str| answer(400, "application/json", &json!({"error": error}).to_string());
    match asked.field("grant_type") {
        "authorization_code" if asked.field("code") != CODE || asked.field("code_verifier") != VERIFIER => {
            refusal("invalid_grant")
        }
        "authorization_code" => answer(200, "application/json", &good.to_string()),
        "refresh_token" if asked.field("refresh_token") == "refresh-1" => {
            let fresh = json!({"access_token": "access-2", "token_type": "Bearer", "expires_in": 3599});
            answer(200, "application/json", &fresh.to_string())
        }
        "refresh_token" => refusal("invalid_grant"),
        _ => refusal("unsupported_grant_type"),
    }
}
