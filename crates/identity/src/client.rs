//! Clients: one device or browser, and which generation of its token is good.
//!
//! A client token names client and generation and cannot be forged. The generation rises when a request of the client
//! itself adds a session. The one before stays good until 60 seconds after the new one was first used, so that requests
//! under way are not taken for theft and a lost answer loses nothing; each answer to it carries the new one. An older
//! token is refused, and nothing is revoked for it.
//!
//! ```mermaid
//! stateDiagram-v2
//!     state "g current, not used yet" as Fresh
//!     state "g current, used" as Used
//!     [*] --> Fresh: client created (g = 1)
//!     Fresh --> Used: request with g
//!     Fresh --> Fresh: request with g−1, answered with g
//!     Used --> Used: request with g, or with g−1 within 60 s
//!     Used --> Fresh: a session is added (g + 1)
//!     Fresh --> Fresh: a session is added (g + 1)
//! ```

use crate::{ClientId, SessionId, SignInId, SignUpId, Strategy, Timestamp, time::SECOND};

/// How long the previous generation stays good after the first use of the current one, in milliseconds.
pub const OVERLAP_MS: i64 = 60 * SECOND;

/// One device or browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Id.
    pub id: ClientId,
    /// Generation of the token, from 1.
    pub generation: i64,
    /// When a token of this generation was first used.
    pub generation_used_at: Option<Timestamp>,
    /// The sign-in under way.
    pub sign_in_id: Option<SignInId>,
    /// The sign-up under way.
    pub sign_up_id: Option<SignUpId>,
    /// The session used last.
    pub last_active_session_id: Option<SessionId>,
    /// How somebody last signed in here.
    pub last_strategy: Option<Strategy>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed; grows with every change.
    pub updated_at: Timestamp,
}

/// How good a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStanding {
    /// It is the current one.
    Current {
        /// Whether this is its first use, which has to be written down.
        first_use: bool,
    },
    /// It is the previous one and still good; the answer carries the current one.
    Previous,
}

/// The token is too old, or of a generation that never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client token is no longer valid")]
pub struct StaleToken;

impl Client {
    /// A client that begins now.
    #[must_use]
    pub fn begin(id: ClientId, now: Timestamp) -> Self {
        Self {
            id,
            generation: 1,
            generation_used_at: None,
            sign_in_id: None,
            sign_up_id: None,
            last_active_session_id: None,
            last_strategy: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether a token of this generation is good now.
    pub fn judge(&self, generation: i64, now: Timestamp) -> Result<TokenStanding, StaleToken> {
        if generation == self.generation {
            return Ok(TokenStanding::Current { first_use: self.generation_used_at.is_none() });
        }
        let overlap = self.generation_used_at.is_none_or(|used| now < used.plus(OVERLAP_MS));
        // Generations begin with 1: a zero never was a token.
        if generation >= 1 && generation == self.generation - 1 && overlap {
            return Ok(TokenStanding::Previous);
        }
        Err(StaleToken)
    }

    /// Notes that the current generation was used; true if that was the first time.
    pub fn note_use(&mut self, now: Timestamp) -> bool {
        let first = self.generation_used_at.is_none();
        self.generation_used_at.get_or_insert(now);
        first
    }

    /// Takes a session that a request of this client added: the token is replaced, the attempts are done.
    pub fn add_session(&mut self, session: SessionId, strategy: Strategy, now: Timestamp) {
        self.generation += 1;
        self.generation_used_at = None;
        self.sign_in_id = None;
        self.sign_up_id = None;
        self.last_active_session_id = Some(session);
        self.last_strategy = Some(strategy);
        self.updated_at = self.updated_at.grown(now);
    }
}

#[cfg(test)]
mod tests;
