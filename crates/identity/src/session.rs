//! Sessions: one user signed in on one client.
//!
//! Time ends a session without anybody writing it down: what counts is [`Session::status`] at the moment of the
//! question, by the server's clock.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Active: sign-in or sign-up complete
//!     Active --> Active: touch
//!     Active --> Ended: end (stays in the client's list)
//!     Active --> Removed: remove, sign out
//!     Active --> Replaced: another sign-in where one session is allowed
//!     Active --> Revoked: from another device, or by the owner of the instance
//!     Active --> Expired: maximum lifetime or inactivity
//!     Active --> Abandoned: abandon_at passed
//! ```

use serde::{Deserialize, Serialize};

use crate::{ClientId, Policy, SessionId, Timestamp, UserId};

/// How somebody ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The user signed out; the session stays in the client's list.
    Ended,
    /// The user signed out and the session left the list.
    Removed,
    /// Another sign-in took its place, where a client holds one session.
    Replaced,
    /// Ended from elsewhere.
    Revoked,
}

/// The protocol's words for the state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// Signed in.
    Active,
    /// Somebody ended it.
    Over(SessionEnd),
    /// Its time is over.
    Expired,
    /// Nobody has used it for long.
    Abandoned,
}

impl SessionStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Over(SessionEnd::Ended) => "ended",
            Self::Over(SessionEnd::Removed) => "removed",
            Self::Over(SessionEnd::Replaced) => "replaced",
            Self::Over(SessionEnd::Revoked) => "revoked",
            Self::Expired => "expired",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What is known of the device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceActivity {
    /// What the program calls itself.
    pub user_agent: Option<String>,
    /// Address the last request came from.
    pub ip_address: Option<String>,
}

/// One user signed in on one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// On which client.
    pub client_id: ClientId,
    /// Who.
    pub user_id: UserId,
    /// How it was ended and when, if somebody ended it.
    pub end: Option<(SessionEnd, Timestamp)>,
    /// When its time is over.
    pub expire_at: Timestamp,
    /// When it is given up if nobody uses it.
    pub abandon_at: Timestamp,
    /// When it was last used.
    pub last_active_at: Timestamp,
    /// When the first factor was proven.
    pub first_factor_at: Timestamp,
    /// When the second factor was proven, if it was.
    pub second_factor_at: Option<Timestamp>,
    /// The device.
    pub activity: DeviceActivity,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Why a session does not do what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefusal {
    /// It is over.
    #[error("the session is over")]
    Over(SessionStatus),
}

/// Interval at which use of a session is written down, in milliseconds: a token every minute must not cost a write each.
pub const TOUCH_INTERVAL_MS: i64 = crate::time::MINUTE;

impl Session {
    /// A session that begins now.
    #[must_use]
    pub fn begin(
        id: SessionId,
        client_id: ClientId,
        user_id: UserId,
        activity: DeviceActivity,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            client_id,
            user_id,
            end: None,
            expire_at: now.plus(policy.sessions.lifetime_ms()),
            abandon_at: now.plus(policy.sessions.abandon_after_ms),
            last_active_at: now,
            first_factor_at: now,
            second_factor_at: None,
            activity,
            created_at: now,
            updated_at: now,
        }
    }

    /// The state at this moment.
    #[must_use]
    pub fn status(&self, policy: &Policy, now: Timestamp) -> SessionStatus {
        let idle = now.since(self.last_active_at);
        if let Some((end, _)) = self.end {
            SessionStatus::Over(end)
        } else if now >= self.expire_at || policy.sessions.inactivity_ms.is_some_and(|limit| idle >= limit) {
            SessionStatus::Expired
        } else if now >= self.abandon_at {
            SessionStatus::Abandoned
        } else {
            SessionStatus::Active
        }
    }

    /// Whether somebody is signed in by it.
    #[must_use]
    pub fn is_signed_in(&self, policy: &Policy, now: Timestamp) -> bool {
        self.status(policy, now) == SessionStatus::Active
    }

    /// Whether the client still shows it: signed in, or ended or replaced while its time was not over.
    #[must_use]
    pub fn is_listed(&self, policy: &Policy, now: Timestamp) -> bool {
        match self.status(policy, now) {
            SessionStatus::Active => true,
            SessionStatus::Over(SessionEnd::Ended | SessionEnd::Replaced) => now < self.expire_at,
            _ => false,
        }
    }

    /// Whether it may be used: for a token, or to act as its user.
    pub fn may_act(&self, policy: &Policy, now: Timestamp) -> Result<(), SessionRefusal> {
        match self.status(policy, now) {
            SessionStatus::Active => Ok(()),
            over => Err(SessionRefusal::Over(over)),
        }
    }

    /// Notes that it was used.
    pub fn touch(&self, activity: DeviceActivity, policy: &Policy, now: Timestamp) -> Result<Self, SessionRefusal> {
        self.may_act(policy, now)?;
        Ok(Self {
            last_active_at: self.last_active_at.max(now),
            abandon_at: self.abandon_at.max(now.plus(policy.sessions.abandon_after_ms)),
            activity,
            updated_at: self.updated_at.grown(now),
            ..self.clone()
        })
    }

    /// Ends it. What is over already stays as it is, except that an ended or replaced session can be removed.
    pub fn finish(&self, how: SessionEnd, policy: &Policy, now: Timestamp) -> Result<Self, SessionRefusal> {
        let dropped =
            how == SessionEnd::Removed && matches!(self.end, Some((SessionEnd::Ended | SessionEnd::Replaced, _)));
        if !dropped {
            self.may_act(policy, now)?;
        }
        Ok(Self { end: Some((how, now)), updated_at: self.updated_at.grown(now), ..self.clone() })
    }

    /// Minutes since each factor was proven; −1 for never.
    #[must_use]
    pub fn factor_ages(&self, now: Timestamp) -> [i64; 2] {
        let age = |at: Timestamp| now.since(at).max(0) / crate::time::MINUTE;
        [age(self.first_factor_at), self.second_factor_at.map_or(-1, age)]
    }
}

#[cfg(test)]
mod tests;
