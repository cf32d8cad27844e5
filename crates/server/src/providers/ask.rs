//! What is asked of a provider, and what is kept until its answer.

use secrecy::{ExposeSecret as _, SecretString};

use super::ProviderFault;

/// Shortest state and nonce, in characters: 128 bits in base64url.
const SHORTEST_SECRET: usize = 22;
/// Length of a verifier, in characters (RFC 7636 §4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;
/// Longest scope, in characters, and most scopes that are asked for besides the connection's.
const LONGEST_SCOPE: usize = 200;
const MAX_EXTRA_SCOPES: usize = 50;
/// Longest hint of who signs in, in characters: longer than an address can be.
const LONGEST_HINT: usize = 320;

/// One request for somebody's consent.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Comes back with the answer; at least 128 bits at random in base64url (RFC 6749 §10.12).
    pub state: SecretString,
    /// Comes back inside the ID token; at least 128 bits at random in base64url (OpenID Connect Core §3.1.2.1).
    pub nonce: SecretString,
    /// What the code is bound to: 256 bits at random in base64url (RFC 7636 §4.1). Kept here; only its hash is sent.
    pub verifier: SecretString,
    /// What the provider should ask for again, in OpenID Connect's words: `login`, `consent`, `select_account`.
    pub prompt: Option<String>,
    /// Who is expected to sign in.
    pub login_hint: Option<String>,
    /// Scopes besides those of the connection.
    pub extra_scopes: Vec<String>,
}

/// What is kept of the request until its answer.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The nonce of the request.
    pub nonce: SecretString,
    /// The verifier of the request.
    pub verifier: SecretString,
}

impl Ask {
    pub(super) fn check(&self) -> Result<(), ProviderFault> {
        secret(&self.state, "state")?;
        secret(&self.nonce, "nonce")?;
        verifier(&self.verifier)?;
        let prompt =
            |text: &str| text.len() <= 60 && text.bytes().all(|it| it.is_ascii_lowercase() || b"_ ".contains(&it));
        if !self.prompt.as_deref().is_none_or(prompt) {
            return Err(ProviderFault::Unfit("prompt"));
        }
        let hint = |text: &str| text.chars().count() <= LONGEST_HINT && !text.chars().any(char::is_control);
        if !self.login_hint.as_deref().is_none_or(hint) {
            return Err(ProviderFault::Unfit("login hint"));
        }
        if self.extra_scopes.len() > MAX_EXTRA_SCOPES || !self.extra_scopes.iter().all(|scope| is_scope(scope)) {
            return Err(ProviderFault::Unfit("scopes"));
        }
        Ok(())
    }
}

impl Kept {
    pub(super) fn check(&self) -> Result<(), ProviderFault> {
        secret(&self.nonce, "nonce")?;
        verifier(&self.verifier)
    }
}

/// Whether it is one scope (RFC 6749 §3.3).
pub(super) fn is_scope(text: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=LONGEST_SCOPE).contains(&text.len()) && text.bytes().all(fit)
}

fn is_url_safe(secret: &str) -> bool {
    secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

fn secret(secret: &SecretString, what: &'static str) -> Result<(), ProviderFault> {
    let text = secret.expose_secret();
    let fit = text.len() >= SHORTEST_SECRET && is_url_safe(text);
    if fit { Ok(()) } else { Err(ProviderFault::Misused(what)) }
}

fn verifier(verifier: &SecretString) -> Result<(), ProviderFault> {
    let text = verifier.expose_secret();
    let fit = VERIFIER.contains(&text.len()) && is_url_safe(text);
    if fit { Ok(()) } else { Err(ProviderFault::Misused("verifier")) }
}
