//! The client token: id, generation and a code over both. Nothing of it is stored, so there is nothing to steal at
//! rest, and it can be issued again at any time.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    caller::Carrier,
    keys::{Keys, Purpose},
};

/// Longest token that is looked at.
const MAX_LEN: usize = 512;

/// Issues and reads client tokens.
#[derive(Clone, Debug)]
pub struct ClientTokens {
    keys: Arc<Keys>,
}

impl ClientTokens {
    /// Tokens under these keys.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys }
    }

    /// The token by which this client is known in this generation; the same every time it is asked for.
    #[must_use]
    pub fn issue(&self, carrier: Carrier, client_id: &str, generation: i64) -> SecretString {
        let (prefix, purpose) = kind(carrier);
        let body = format!("{client_id}.{generation}");
        let mac = self.keys.mac(purpose, client_id, generation.to_string().as_bytes());
        // One opaque piece without dots: SDKs must not take it for a JWT they could read.
        let inner = Zeroizing::new(format!("{body}.{mac}"));
        SecretString::from(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(inner.as_bytes())))
    }

    /// Client and generation of a token, if it is genuine. Whether the generation is still good is not decided here.
    #[must_use]
    pub fn read(&self, carrier: Carrier, token: &str) -> Option<(String, i64)> {
        if token.len() > MAX_LEN {
            return None;
        }
        let (prefix, purpose) = kind(carrier);
        let encoded = token.strip_prefix(prefix)?.strip_prefix('_')?;
        let inner = Zeroizing::new(String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?);
        let mut parts = inner.split('.');
        let (client_id, generation, mac) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        if !self.keys.mac_matches(purpose, client_id, generation.as_bytes(), mac) {
            return None;
        }
        Some((client_id.to_owned(), generation.parse().ok()?))
    }
}

/// What a token begins with and what its code is for, so that it is never taken for another kind. Pages can read those of
/// development browsers, and never those in cookies.
fn kind(carrier: Carrier) -> (&'static str, Purpose) {
    match carrier {
        Carrier::Header | Carrier::Cookie => ("fct1", Purpose::ClientToken),
        Carrier::DevBrowser => ("fdb1", Purpose::DevBrowser),
    }
}
