//! Session tokens that were minted a moment ago, so that every answer with a client need not sign one for each session.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// A cached token is given out only while it has at least so long to live, in milliseconds.
const LEAST_LEFT_MS: i64 = 35_000;

/// Entries above which the cache is swept.
const SWEEP_AT: usize = 20_000;

/// Everything a token depends on. A change of any of it is another key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// Session.
    pub session_id: String,
    /// Status of the session, which the token states.
    pub status: String,
    /// Origin the token is for; none for native callers.
    pub origin: Option<String>,
    /// Organization the token is for.
    pub organization_id: Option<String>,
    /// When each factor was last proven, in milliseconds, which the token states as ages.
    pub factors_at: [Option<i64>; 2],
    /// Version of the claims that every token has.
    pub claims_version: u8,
    /// A digest of the claims that the owner of the instance adds, as they stand for the user; none if there are none.
    pub own_claims: Option<[u8; 32]>,
    /// Key that signed it.
    pub kid: String,
}

/// Tokens by what they depend on.
#[derive(Debug, Default)]
pub struct TokenCache {
    entries: Mutex<HashMap<CacheKey, Entry>>,
}

struct Entry {
    token: String,
    expires_at: i64,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry(until {})", self.expires_at)
    }
}

impl TokenCache {
    /// A token for this key that still lives long enough to be of use.
    pub fn get(&self, key: &CacheKey, now_ms: i64) -> Option<String> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(key)?;
        let left = entry.expires_at - now_ms;
        // A token from the future was minted before the clock was set back: mint a new one.
        let usable = (LEAST_LEFT_MS..=super::SESSION_TOKEN_SECONDS * 1000).contains(&left);
        usable.then(|| entry.token.clone())
    }

    /// Keeps a token that expires at `expires_at` (milliseconds).
    pub fn put(&self, key: CacheKey, token: String, expires_at: i64, now_ms: i64) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= SWEEP_AT {
            entries.retain(|_, entry| entry.expires_at - now_ms >= LEAST_LEFT_MS);
            if entries.len() >= SWEEP_AT {
                entries.clear();
            }
        }
        entries.insert(key, Entry { token, expires_at });
    }
}
