//! The waitlist: who asks for an invitation, and what the owner says.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Pending: somebody asks, or the owner enters them
//!     Pending --> Invited: the owner invites
//!     Pending --> Rejected: the owner does not
//!     Rejected --> Invited: the owner thinks better of it
//!     Invited --> Invited: invited once more
//!     Invited --> Completed: there is an account by the invitation
//! ```

use crate::{Email, InvitationId, Timestamp, WaitlistEntryId};

/// Somebody on the waitlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitlistEntry {
    /// Id.
    pub id: WaitlistEntryId,
    /// Who asks. An address is on the list once.
    pub email: Email,
    /// What the owner said.
    pub state: WaitlistState,
    /// The invitation that came of it.
    pub invitation_id: Option<InvitationId>,
    /// Language tag of the window that asked.
    pub locale: Option<String>,
    /// When they asked.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What the owner said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitlistState {
    /// Nothing yet.
    Pending,
    /// They are invited.
    Invited,
    /// They are not.
    Rejected,
    /// They have an account by the invitation.
    Completed,
}

/// Why nothing more becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitlistRefusal {
    /// They are invited.
    #[error("they are invited already")]
    Invited,
    /// They were rejected.
    #[error("they were rejected already")]
    Rejected,
    /// They have an account by the invitation.
    #[error("they have an account by the invitation already")]
    Completed,
}

impl WaitlistState {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Invited => "invited",
            Self::Rejected => "rejected",
            Self::Completed => "completed",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Invited, Self::Rejected, Self::Completed].into_iter().find(|state| state.as_str() == word)
    }
}

impl WaitlistEntry {
    /// Somebody who asks now.
    #[must_use]
    pub fn ask(id: WaitlistEntryId, email: Email, locale: Option<String>, now: Timestamp) -> Self {
        let state = WaitlistState::Pending;
        Self { id, email, state, invitation_id: None, locale, created_at: now, updated_at: now }
    }

    /// Whether they may be invited. Who was rejected may be after all, and who is invited `again` where the owner says so.
    pub fn may_invite(&self, again: bool) -> Result<(), WaitlistRefusal> {
        match self.state {
            WaitlistState::Completed => Err(WaitlistRefusal::Completed),
            WaitlistState::Invited if !again => Err(WaitlistRefusal::Invited),
            WaitlistState::Pending | WaitlistState::Invited | WaitlistState::Rejected => Ok(()),
        }
    }

    /// The entry with this invitation.
    pub fn invite(&self, invitation_id: InvitationId, again: bool, now: Timestamp) -> Result<Self, WaitlistRefusal> {
        self.may_invite(again)?;
        Ok(Self {
            state: WaitlistState::Invited,
            invitation_id: Some(invitation_id),
            updated_at: self.updated_at.grown(now),
            ..self.clone()
        })
    }

    /// The entry, turned down.
    pub fn reject(&self, now: Timestamp) -> Result<Self, WaitlistRefusal> {
        match self.state {
            WaitlistState::Pending => {
                Ok(Self { state: WaitlistState::Rejected, updated_at: self.updated_at.grown(now), ..self.clone() })
            }
            WaitlistState::Invited => Err(WaitlistRefusal::Invited),
            WaitlistState::Rejected => Err(WaitlistRefusal::Rejected),
            WaitlistState::Completed => Err(WaitlistRefusal::Completed),
        }
    }

    /// Whether it may be taken off the list: not once something has come of it.
    pub fn may_delete(&self) -> Result<(), WaitlistRefusal> {
        match self.state {
            WaitlistState::Pending | WaitlistState::Rejected => Ok(()),
            WaitlistState::Invited => Err(WaitlistRefusal::Invited),
            WaitlistState::Completed => Err(WaitlistRefusal::Completed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{START, bytes};

    fn asked() -> WaitlistEntry {
        let email = Email::parse("ada@example.com").unwrap();
        WaitlistEntry::ask(WaitlistEntryId::from_random(bytes(1)), email, None, START)
    }

    #[test]
    fn who_asks_is_invited_or_rejected_once() {
        let (first, second) = (InvitationId::from_random(bytes(1)), InvitationId::from_random(bytes(2)));
        let invited = asked().invite(first.clone(), false, START).unwrap();
        assert_eq!((invited.state, invited.invitation_id.as_ref()), (WaitlistState::Invited, Some(&first)));
        assert!(invited.updated_at > asked().updated_at);
        assert_eq!(invited.invite(second.clone(), false, START), Err(WaitlistRefusal::Invited));
        assert_eq!(invited.invite(second.clone(), true, START).unwrap().invitation_id, Some(second.clone()));
        assert_eq!(invited.reject(START), Err(WaitlistRefusal::Invited));
        assert_eq!(invited.may_delete(), Err(WaitlistRefusal::Invited));
        let rejected = asked().reject(START).unwrap();
        assert_eq!(rejected.reject(START), Err(WaitlistRefusal::Rejected));
        assert_eq!(rejected.may_delete(), Ok(()));
        assert_eq!(rejected.invite(second.clone(), false, START).unwrap().state, WaitlistState::Invited);
        let completed = WaitlistEntry { state: WaitlistState::Completed, ..invited };
        assert_eq!(completed.invite(second, true, START), Err(WaitlistRefusal::Completed));
        assert_eq!(completed.reject(START), Err(WaitlistRefusal::Completed));
        assert_eq!(completed.may_delete(), Err(WaitlistRefusal::Completed));
        assert_eq!(asked().may_delete(), Ok(()));
    }

    #[test]
    fn each_state_has_a_word() {
        for word in ["pending", "invited", "rejected", "completed"] {
            assert_eq!(WaitlistState::parse(word).map(WaitlistState::as_str), Some(word));
        }
        assert_eq!(WaitlistState::parse("locked"), None);
    }
}
