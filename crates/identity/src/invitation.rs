//! Invitations: the owner writes to an address, and whoever reads its mail makes an account by it, once.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Pending: the owner invites
//!     Pending --> Accepted: an account was made by it, or its holder signed in by it
//!     Pending --> Revoked: the owner takes it back
//!     Pending --> [*]: too old
//! ```

use crate::{Email, InvitationId, Metadata, Timestamp};

/// An invitation. What its holder shows is made from the id under the instance's key, and kept nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// Who is invited: nobody else, and by no other address.
    pub email: Email,
    /// What the account gets as its public metadata.
    pub public_metadata: Metadata,
    /// The page of the application that takes the invitation, if it has one.
    pub redirect_url: Option<String>,
    /// What became of it.
    pub state: InvitationState,
    /// From when on it lets nobody in.
    pub expire_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Nobody has come by it yet.
    Pending,
    /// Somebody has come by it.
    Accepted,
    /// The owner took it back.
    Revoked,
}

/// The protocol's words for what became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was.
    Accepted,
    /// The owner took it back.
    Revoked,
    /// It is too old.
    Expired,
}

/// Why an invitation lets nobody in, or cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationRefusal {
    /// The instance has no such invitation any more.
    #[error("there is no such invitation")]
    Unknown,
    /// It is too old.
    #[error("the invitation has expired")]
    Expired,
    /// Somebody has come by it.
    #[error("the invitation was accepted already")]
    Accepted,
    /// The owner took it back.
    #[error("the invitation was revoked")]
    Revoked,
    /// Its address has an account, which signs in instead.
    #[error("the address of the invitation has an account already")]
    AccountExists,
    /// Its address has no account, so that nobody signs in by it.
    #[error("the address of the invitation has no account yet")]
    NoAccount,
}

impl InvitationState {
    /// The word that is kept.
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

impl InvitationStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The status of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Revoked, Self::Expired].into_iter().find(|status| status.as_str() == word)
    }
}

impl Invitation {
    /// What became of it until now.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        match self.state {
            InvitationState::Accepted => InvitationStatus::Accepted,
            InvitationState::Revoked => InvitationStatus::Revoked,
            InvitationState::Pending if now >= self.expire_at => InvitationStatus::Expired,
            InvitationState::Pending => InvitationStatus::Pending,
        }
    }

    /// Whether somebody may come by it now.
    pub fn may_accept(&self, now: Timestamp) -> Result<(), InvitationRefusal> {
        match self.status(now) {
            InvitationStatus::Pending => Ok(()),
            InvitationStatus::Accepted => Err(InvitationRefusal::Accepted),
            InvitationStatus::Revoked => Err(InvitationRefusal::Revoked),
            InvitationStatus::Expired => Err(InvitationRefusal::Expired),
        }
    }

    /// The invitation, taken back. One that is too old can be, so that it is off the list; one that was accepted cannot.
    pub fn revoke(&self, now: Timestamp) -> Result<Self, InvitationRefusal> {
        match self.state {
            InvitationState::Accepted => Err(InvitationRefusal::Accepted),
            InvitationState::Revoked => Err(InvitationRefusal::Revoked),
            InvitationState::Pending => {
                Ok(Self { state: InvitationState::Revoked, updated_at: self.updated_at.grown(now), ..self.clone() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{START, invitation};

    #[test]
    fn sec_32_an_invitation_is_good_until_it_expires() {
        let invited = invitation("ada@example.com");
        assert_eq!(invited.may_accept(invited.expire_at.plus(-1)), Ok(()));
        assert_eq!(invited.may_accept(invited.expire_at), Err(InvitationRefusal::Expired));
        assert_eq!(invited.status(invited.expire_at), InvitationStatus::Expired);
    }

    #[test]
    fn an_invitation_that_was_accepted_or_revoked_is_over() {
        let invited = invitation("ada@example.com");
        let revoked = invited.revoke(START).unwrap();
        assert_eq!(revoked.may_accept(START), Err(InvitationRefusal::Revoked));
        assert_eq!(revoked.revoke(START), Err(InvitationRefusal::Revoked));
        assert!(revoked.updated_at > invited.updated_at);
        let accepted = Invitation { state: InvitationState::Accepted, ..invited.clone() };
        assert_eq!(accepted.may_accept(START), Err(InvitationRefusal::Accepted));
        assert_eq!(accepted.revoke(START), Err(InvitationRefusal::Accepted));
        assert!(invited.revoke(invited.expire_at).is_ok(), "one that is too old is taken off the list");
        for state in [InvitationState::Pending, InvitationState::Accepted, InvitationState::Revoked] {
            assert_eq!(InvitationState::parse(state.as_str()), Some(state));
        }
        for status in ["pending", "accepted", "revoked", "expired"] {
            assert_eq!(InvitationStatus::parse(status).map(InvitationStatus::as_str), Some(status));
        }
        assert_eq!(InvitationState::parse("expired"), None);
    }
}
