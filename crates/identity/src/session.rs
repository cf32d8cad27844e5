//! Sessions: one user signed in on one client.
//!
//! Time ends a session without anybody writing it down: what counts is [`Session::status`] at the moment of the
//! question, by the server's clock and by the limits that the instance has at that moment. What time has ended is written
//! down later ([`Session::noted`]), and before other limits count, so that longer ones bring nothing back.
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

use crate::{ClientId, Policy, SessionId, Timestamp, UserId, time::DAY};

/// How a session ended.
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
    /// It was too old, or nobody used it for longer than the instance allows.
    Expired,
    /// Nobody has used it for long.
    Abandoned,
}

impl SessionEnd {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Ended, Self::Removed, Self::Replaced, Self::Revoked, Self::Expired, Self::Abandoned];

    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Abandoned => "abandoned",
        }
    }
}

/// The protocol's words for the state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// Signed in.
    Active,
    /// It is over.
    Over(SessionEnd),
}

impl SessionStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Over(end) => end.as_str(),
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
    /// How it ended and when, if that is written down.
    pub end: Option<(SessionEnd, Timestamp)>,
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

/// How long a client shows sessions that are over, in milliseconds; then they are forgotten.
pub const LISTED_MS: i64 = 30 * DAY;

impl Session {
    /// A session that begins now.
    #[must_use]
    pub fn begin(
        id: SessionId,
        client_id: ClientId,
        user_id: UserId,
        activity: DeviceActivity,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            client_id,
            user_id,
            end: None,
            last_active_at: now,
            first_factor_at: now,
            second_factor_at: None,
            activity,
            created_at: now,
            updated_at: now,
        }
    }

    /// When its time is over, however much it is used.
    #[must_use]
    pub fn expire_at(&self, policy: &Policy) -> Timestamp {
        self.created_at.plus(policy.sessions.lifetime_ms())
    }

    /// When it is given up if nobody uses it.
    #[must_use]
    pub fn abandon_at(&self, policy: &Policy) -> Timestamp {
        self.last_active_at.plus(policy.sessions.abandon_after_ms)
    }

    /// How it ended and when; none as long as it lasts.
    #[must_use]
    pub fn outcome(&self, policy: &Policy, now: Timestamp) -> Option<(SessionEnd, Timestamp)> {
        if self.end.is_some() {
            return self.end;
        }
        let idle = policy.sessions.inactivity_ms.map(|limit| self.last_active_at.plus(limit));
        let ways = [
            (SessionEnd::Expired, Some(self.expire_at(policy))),
            (SessionEnd::Expired, idle),
            (SessionEnd::Abandoned, Some(self.abandon_at(policy))),
        ];
        let reached = ways.into_iter().filter_map(|(how, at)| Some((how, at?))).filter(|(_, at)| now >= *at);
        // What came first has ended it.
        reached.min_by_key(|(_, at)| *at)
    }

    /// The state at this moment.
    #[must_use]
    pub fn status(&self, policy: &Policy, now: Timestamp) -> SessionStatus {
        self.outcome(policy, now).map_or(SessionStatus::Active, |(how, _)| SessionStatus::Over(how))
    }

    /// Whether somebody is signed in by it.
    #[must_use]
    pub fn is_signed_in(&self, policy: &Policy, now: Timestamp) -> bool {
        self.status(policy, now) == SessionStatus::Active
    }

    /// Whether the client still shows it: signed in, or over for less than [`LISTED_MS`], so that a device that was
    /// away learns why it is signed out. A removed one is shown to nobody.
    #[must_use]
    pub fn is_listed(&self, policy: &Policy, now: Timestamp) -> bool {
        match self.outcome(policy, now) {
            None => true,
            Some((SessionEnd::Removed, _)) => false,
            Some((_, at)) => now < at.plus(LISTED_MS),
        }
    }

    /// The session with its end written down, if time has ended it and that is not written yet.
    #[must_use]
    pub fn noted(&self, policy: &Policy, now: Timestamp) -> Option<Self> {
        let end = self.outcome(policy, now).filter(|_| self.end.is_none())?;
        Some(Self { end: Some(end), updated_at: self.updated_at.grown(now), ..self.clone() })
    }

    /// Whether it may be used: for a token, or to act as its user.
    pub fn may_act(&self, policy: &Policy, now: Timestamp) -> Result<(), SessionRefusal> {
        match self.status(policy, now) {
            SessionStatus::Active => Ok(()),
            over @ SessionStatus::Over(_) => Err(SessionRefusal::Over(over)),
        }
    }

    /// Notes that it was used.
    pub fn touch(&self, activity: DeviceActivity, policy: &Policy, now: Timestamp) -> Result<Self, SessionRefusal> {
        self.may_act(policy, now)?;
        Ok(Self {
            last_active_at: self.last_active_at.max(now),
            activity,
            updated_at: self.updated_at.grown(now),
            ..self.clone()
        })
    }

    /// Ends it. What is over already stays as it is, except that it can be removed.
    pub fn finish(&self, how: SessionEnd, policy: &Policy, now: Timestamp) -> Result<Self, SessionRefusal> {
        if let SessionStatus::Over(end) = self.status(policy, now)
            && (how != SessionEnd::Removed || end == SessionEnd::Removed)
        {
            return Err(SessionRefusal::Over(SessionStatus::Over(end)));
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
