//! Verification: the proof that somebody reads the mail of an address.
//!
//! A code exists as the authentication code of its digits alone. Tries are counted by the store, in one conditional
//! update, before a code is looked at; the number of the try is part of the evidence. So however many requests come at
//! once, no more than the cap are ever compared, and the update that consumes the code gives one success.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Unprepared
//!     Unprepared --> Sent: prepare
//!     Sent --> Sent: prepare again (30 s later), the old code is dead
//!     Sent --> Verified: right code, in time, within the cap
//!     Sent --> Expired: lifetime over
//!     Sent --> Failed: cap reached
//!     Expired --> Sent: prepare again
//!     Failed --> Sent: prepare again
//!     Verified --> [*]
//! ```

use serde::{Deserialize, Serialize};

use crate::{Policy, Timestamp, VerificationId};

/// The authentication code of a one-time code: all that is kept of it. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeMac(String);

impl CodeMac {
    /// Takes the text of an authentication code.
    #[must_use]
    pub fn new(mac: String) -> Self {
        Self(mac)
    }

    /// The text, for the one who compares it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for CodeMac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeMac(…)")
    }
}

/// A code that was drawn, before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode {
    /// Names the verification; the authentication code is bound to it.
    pub id: VerificationId,
    /// Authentication code of the digits.
    pub mac: CodeMac,
}

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// Names the verification.
    pub id: VerificationId,
    /// Authentication code of the digits.
    pub mac: CodeMac,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it can no longer be used.
    pub expire_at: Timestamp,
    /// Tries so far; counted by the store beside the rest.
    #[serde(skip)]
    pub tries: u32,
}

/// State of a proof by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CodeProof {
    /// No code was asked for yet.
    #[default]
    Unprepared,
    /// A code is under way.
    Sent(SentCode),
    /// Proven.
    Verified {
        /// By which code.
        id: VerificationId,
        /// When.
        at: Timestamp,
    },
}

/// The protocol's words for the state of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofStatus {
    /// Not yet proven.
    Unverified,
    /// Proven.
    Verified,
    /// Too many tries.
    Failed,
    /// Too late.
    Expired,
}

impl ProofStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// Evidence: a code was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChecked {
    /// With which verification.
    pub verification: VerificationId,
    /// Which try this was, counted from 1.
    pub try_number: u32,
    /// Whether it was the code.
    pub ok: bool,
}

/// Why a code was not sent or not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// No code was asked for.
    #[error("no code was asked for")]
    Missing,
    /// It is proven already.
    #[error("it is proven already")]
    AlreadyVerified,
    /// The code is too old.
    #[error("the code has expired")]
    Expired,
    /// The code was tried too often.
    #[error("the code was tried too often")]
    TooManyTries,
    /// It is not the code.
    #[error("it is not the code")]
    Incorrect,
    /// Another code was sent moments ago.
    #[error("another code was sent moments ago")]
    TooSoon {
        /// When the next may be asked for, in milliseconds from now.
        retry_after_ms: i64,
    },
}

impl CodeProof {
    /// The state at this moment.
    #[must_use]
    pub fn status(&self, policy: &Policy, now: Timestamp) -> ProofStatus {
        match self {
            Self::Verified { .. } => ProofStatus::Verified,
            Self::Sent(sent) if sent.tries >= policy.codes.max_tries => ProofStatus::Failed,
            Self::Sent(sent) if now >= sent.expire_at => ProofStatus::Expired,
            Self::Unprepared | Self::Sent(_) => ProofStatus::Unverified,
        }
    }

    /// Whether it is proven.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified { .. })
    }

    /// The code under way.
    #[must_use]
    pub fn sent(&self) -> Option<&SentCode> {
        match self {
            Self::Sent(sent) => Some(sent),
            _ => None,
        }
    }

    /// Whether a code may be sent now.
    pub fn may_prepare(&self, policy: &Policy, now: Timestamp) -> Result<(), CodeRefusal> {
        match self {
            Self::Verified { .. } => Err(CodeRefusal::AlreadyVerified),
            Self::Unprepared => Ok(()),
            Self::Sent(sent) => {
                let retry_after_ms = sent.sent_at.plus(policy.codes.resend_after_ms).since(now);
                // A clock that was set back must not close the door for longer than the rule says.
                if retry_after_ms <= 0 || retry_after_ms > policy.codes.resend_after_ms {
                    Ok(())
                } else {
                    Err(CodeRefusal::TooSoon { retry_after_ms })
                }
            }
        }
    }

    /// Puts a new code under way; an earlier one is dead from now on.
    pub fn prepare(&self, code: NewCode, policy: &Policy, now: Timestamp) -> Result<Self, CodeRefusal> {
        self.may_prepare(policy, now)?;
        Ok(Self::Sent(SentCode {
            id: code.id,
            mac: code.mac,
            sent_at: now,
            expire_at: now.plus(policy.codes.lifetime_ms),
            tries: 0,
        }))
    }

    /// The code to compare with, if a try may be made now.
    pub fn may_attempt(&self, policy: &Policy, now: Timestamp) -> Result<&SentCode, CodeRefusal> {
        match (self, self.status(policy, now)) {
            (Self::Unprepared, _) => Err(CodeRefusal::Missing),
            (Self::Verified { .. }, _) => Err(CodeRefusal::AlreadyVerified),
            (Self::Sent(_), ProofStatus::Failed) => Err(CodeRefusal::TooManyTries),
            (Self::Sent(_), ProofStatus::Expired) => Err(CodeRefusal::Expired),
            (Self::Sent(sent), _) => Ok(sent),
        }
    }

    /// Takes the evidence of one try.
    pub fn attempt(&self, evidence: &CodeChecked, policy: &Policy, now: Timestamp) -> Result<Self, CodeRefusal> {
        let sent = match self {
            Self::Sent(sent) => sent,
            Self::Unprepared => return Err(CodeRefusal::Missing),
            Self::Verified { .. } => return Err(CodeRefusal::AlreadyVerified),
        };
        if evidence.try_number > policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries);
        }
        if now >= sent.expire_at {
            return Err(CodeRefusal::Expired);
        }
        // A code of an earlier verification proves nothing for this one.
        if !evidence.ok || evidence.verification != sent.id {
            return Err(CodeRefusal::Incorrect);
        }
        Ok(Self::Verified { id: sent.id.clone(), at: now })
    }
}

#[cfg(test)]
mod tests;
