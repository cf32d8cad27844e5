//! Tickets: tokens that the owner of the instance gives out, and that sign a user in once.

use serde::{Deserialize, Serialize};

use crate::{SignInTokenId, Timestamp, UserId};

/// A token that signs a user in once. What its holder shows is made from the id under the instance's key, and kept
/// nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInToken {
    /// Id.
    pub id: SignInTokenId,
    /// Whom it signs in.
    pub user_id: UserId,
    /// What became of it.
    pub state: SignInTokenState,
    /// From when on it signs nobody in.
    pub expire_at: Timestamp,
    /// When it was given out.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInTokenState {
    /// Nobody has shown it yet.
    Pending,
    /// It has signed the user in.
    Accepted,
    /// The owner took it back.
    Revoked,
}

/// Why a ticket signs nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// The instance gave out no such ticket, or its user is gone.
    #[error("this is no ticket of the instance")]
    Unknown,
    /// It is too old.
    #[error("the ticket has expired")]
    Expired,
    /// It was used.
    #[error("the ticket was used already")]
    Used,
    /// The owner took it back.
    #[error("the ticket was revoked")]
    Revoked,
    /// The user has nothing to be known by.
    #[error("the user of the ticket has no address")]
    NoIdentifier,
}

impl SignInTokenState {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Revoked].into_iter().find(|state| state.as_str() == word)
    }
}

impl SignInToken {
    /// A token that is given out now, for so many milliseconds.
    #[must_use]
    pub fn give(id: SignInTokenId, user_id: UserId, lifetime_ms: i64, now: Timestamp) -> Self {
        let expire_at = now.plus(lifetime_ms);
        Self { id, user_id, state: SignInTokenState::Pending, expire_at, created_at: now, updated_at: now }
    }

    /// Whether it may sign its user in now.
    pub fn may_redeem(&self, now: Timestamp) -> Result<(), TicketRefusal> {
        match self.state {
            SignInTokenState::Accepted => Err(TicketRefusal::Used),
            SignInTokenState::Revoked => Err(TicketRefusal::Revoked),
            SignInTokenState::Pending if now >= self.expire_at => Err(TicketRefusal::Expired),
            SignInTokenState::Pending => Ok(()),
        }
    }

    /// The token, taken back. One that signs nobody in any more cannot be.
    pub fn revoke(&self, now: Timestamp) -> Result<Self, TicketRefusal> {
        self.may_redeem(now)?;
        Ok(Self { state: SignInTokenState::Revoked, updated_at: self.updated_at.grown(now), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{START, bytes};

    fn token() -> SignInToken {
        SignInToken::give(SignInTokenId::from_random(bytes(1)), UserId::from_random(bytes(1)), 1000, START)
    }

    #[test]
    fn sec_32_a_ticket_is_good_until_it_expires() {
        assert_eq!(token().may_redeem(START.plus(999)), Ok(()));
        assert_eq!(token().may_redeem(START.plus(1000)), Err(TicketRefusal::Expired));
        assert_eq!(token().revoke(START.plus(1000)), Err(TicketRefusal::Expired));
    }

    #[test]
    fn a_ticket_that_was_used_or_revoked_is_over() {
        let revoked = token().revoke(START).unwrap();
        assert_eq!(
            (revoked.state, revoked.may_redeem(START)),
            (SignInTokenState::Revoked, Err(TicketRefusal::Revoked))
        );
        assert!(revoked.updated_at > token().updated_at);
        let used = SignInToken { state: SignInTokenState::Accepted, ..token() };
        assert_eq!((used.may_redeem(START), used.revoke(START)), (Err(TicketRefusal::Used), Err(TicketRefusal::Used)));
        for state in [SignInTokenState::Pending, SignInTokenState::Accepted, SignInTokenState::Revoked] {
            assert_eq!(SignInTokenState::parse(state.as_str()), Some(state));
        }
        assert_eq!(SignInTokenState::parse("expired"), None);
    }
}
