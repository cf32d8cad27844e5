//! Second factors: an authenticator app, and backup codes that take its place once each.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Pending: set up (a secret that nobody has proven)
//!     Pending --> Pending: set up again (another secret), wrong code
//!     Pending --> Proven: right code; the first factor brings backup codes
//!     Proven --> [*]: remove; the last factor takes the backup codes along
//! ```
//!
//! A code of an app counts for one step of 30 seconds. The last step that counted is kept, and nothing up to it counts
//! again (RFC 6238 §5.2).

use super::{Account, AccountChange, User};
use crate::{CodeMac, Effect, Notice, Policy, Strategy, Timestamp};

/// Codes of a set of backup codes.
pub const BACKUP_CODES: usize = 10;

/// What may be known of an authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Its id.
    pub id: String,
    /// When a code of it was right for the first time; until then it is asked for nothing.
    pub verified_at: Option<Timestamp>,
    /// The last step that counted.
    pub last_step: Option<i64>,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a user has for the second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// The authenticator app, proven or not.
    pub totp: Option<Totp>,
    /// Backup codes that are left.
    pub backup_codes: u32,
}

/// A way to prove the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A code of the authenticator app.
    Totp,
    /// A backup code.
    BackupCode,
}

impl SecondFactor {
    /// The strategy that it is.
    #[must_use]
    pub fn strategy(self) -> Strategy {
        match self {
            Self::Totp => Strategy::Totp,
            Self::BackupCode => Strategy::BackupCode,
        }
    }
}

/// Evidence: what a code for the second factor was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactorProof {
    /// The app's for this step.
    Totp {
        /// Which.
        step: i64,
    },
    /// The backup code with this authentication code.
    BackupCode {
        /// Which.
        mac: CodeMac,
    },
}

/// A set of backup codes that were drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupCodeSet {
    /// Names the set; the authentication codes are bound to it.
    pub id: String,
    /// Authentication codes.
    pub macs: Vec<CodeMac>,
}

/// Why nothing becomes of a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondFactorRefusal {
    /// The instance does not offer it.
    #[error("the instance does not offer this factor")]
    Off,
    /// There is an authenticator app already.
    #[error("there is an authenticator app already")]
    TotpExists,
    /// There is no such factor.
    #[error("there is no such factor")]
    NotFound,
    /// Nothing that backup codes could take the place of.
    #[error("there is no other second factor")]
    NoOther,
    /// It is not the code, or it was used.
    #[error("it is not the code")]
    Incorrect,
    /// Too many wrong tries.
    #[error("too many wrong tries")]
    Locked {
        /// For how many milliseconds more.
        remaining_ms: i64,
    },
}

impl SecondFactors {
    /// Whether a code of an app is asked for.
    #[must_use]
    pub fn totp_enabled(&self) -> bool {
        self.totp.as_ref().is_some_and(|totp| totp.verified_at.is_some())
    }

    /// Whether signing in takes a second factor. Backup codes alone are none: they take the place of another one.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.totp_enabled()
    }

    /// Ways to prove it, the default one first.
    #[must_use]
    pub fn offered(&self) -> Vec<SecondFactor> {
        if !self.enabled() {
            return Vec::new();
        }
        let backup = (self.backup_codes > 0).then_some(SecondFactor::BackupCode);
        self.totp_enabled().then_some(SecondFactor::Totp).into_iter().chain(backup).collect()
    }
}

impl Account {
    /// Whether an authenticator app may be set up. One that nobody has proven makes room.
    pub fn may_set_up_totp(&self, policy: &Policy) -> Result<(), SecondFactorRefusal> {
        if self.second_factors.totp_enabled() {
            return Err(SecondFactorRefusal::TotpExists);
        }
        if policy.second_factors.authenticator_app { Ok(()) } else { Err(SecondFactorRefusal::Off) }
    }

    /// The app that a code may be tried for, to prove it.
    pub fn may_prove_totp(&self, now: Timestamp) -> Result<&Totp, SecondFactorRefusal> {
        let totp = self.second_factors.totp.as_ref().ok_or(SecondFactorRefusal::NotFound)?;
        if totp.verified_at.is_some() {
            return Err(SecondFactorRefusal::TotpExists);
        }
        match self.lockout.remaining_ms(now) {
            Some(remaining_ms) => Err(SecondFactorRefusal::Locked { remaining_ms }),
            None => Ok(totp),
        }
    }

    /// Takes the evidence of one code: `step` is the one that it is for. From now on signing in takes the app. `codes`
    /// are told with the first factor. A refusal as incorrect is to be counted against the user.
    pub fn prove_totp(
        &self,
        step: Option<i64>,
        codes: Option<BackupCodeSet>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, SecondFactorRefusal> {
        let totp = self.may_prove_totp(now)?;
        let step = step.ok_or(SecondFactorRefusal::Incorrect)?;
        let user_id = self.user.id.clone();
        let mut effects = vec![Effect::ProveTotp { user_id: user_id.clone(), id: totp.id.clone(), step }];
        effects.extend(codes.map(|set| Effect::SetBackupCodes { user_id, set }));
        effects.extend(self.notices(&Notice::SecondFactorAdded(Strategy::Totp), policy));
        Ok(AccountChange { user: User { mfa_enabled_at: Some(now), ..self.user.clone() }, effects })
    }

    /// Whether the first factor brings backup codes.
    #[must_use]
    pub fn is_given_backup_codes(&self, policy: &Policy) -> bool {
        policy.second_factors.backup_code && !self.second_factors.enabled()
    }

    /// Removes the authenticator app; a pending one too. Without it nothing is asked for, and backup codes go.
    pub fn remove_totp(&self, policy: &Policy, now: Timestamp) -> Result<AccountChange, SecondFactorRefusal> {
        if self.second_factors.totp.is_none() {
            return Err(SecondFactorRefusal::NotFound);
        }
        let told = self.second_factors.totp_enabled();
        let user_id = self.user.id.clone();
        let mut effects = vec![Effect::RemoveTotp(user_id.clone())];
        let mut user = self.user.clone();
        if told {
            effects.push(Effect::RemoveBackupCodes(user_id));
            effects.extend(self.notices(&Notice::SecondFactorRemoved(Strategy::Totp), policy));
            user.mfa_disabled_at = Some(now);
        }
        Ok(AccountChange { user, effects })
    }

    /// Draws backup codes anew: those before are dead.
    pub fn renew_backup_codes(
        &self,
        set: BackupCodeSet,
        policy: &Policy,
    ) -> Result<AccountChange, SecondFactorRefusal> {
        if !policy.second_factors.backup_code || !self.second_factors.enabled() {
            return Err(SecondFactorRefusal::NoOther);
        }
        let mut effects = vec![Effect::SetBackupCodes { user_id: self.user.id.clone(), set }];
        effects.extend(self.notices(&Notice::SecondFactorAdded(Strategy::BackupCode), policy));
        Ok(AccountChange { user: self.user.clone(), effects })
    }

    /// Removes backup codes alone, for the owner of the instance.
    #[must_use]
    pub fn remove_backup_codes(&self, policy: &Policy) -> AccountChange {
        let mut effects = vec![Effect::RemoveBackupCodes(self.user.id.clone())];
        if self.second_factors.backup_codes > 0 {
            effects.extend(self.notices(&Notice::SecondFactorRemoved(Strategy::BackupCode), policy));
        }
        AccountChange { user: self.user.clone(), effects }
    }

    /// What uses a proof up. In conflict where another request was first.
    pub(crate) fn use_up(&self, proof: &SecondFactorProof) -> Effect {
        let user_id = self.user.id.clone();
        match proof {
            SecondFactorProof::Totp { step } => Effect::UseTotpStep { user_id, step: *step },
            SecondFactorProof::BackupCode { mac } => Effect::UseBackupCode { user_id, mac: mac.clone() },
        }
    }

    /// Takes a proof of the second factor that has nothing to do with a sign-in: the owner asks for it.
    #[must_use]
    pub fn spend(&self, proof: &SecondFactorProof) -> Vec<Effect> {
        vec![self.use_up(proof), Effect::NoteChange(self.user.id.clone())]
    }

    /// Everything that goes with whoever made the account without proving its address.
    pub(crate) fn drop_second_factors(&self) -> Vec<Effect> {
        if self.second_factors == SecondFactors::default() {
            return Vec::new();
        }
        let id = &self.user.id;
        vec![Effect::RemoveTotp(id.clone()), Effect::RemoveBackupCodes(id.clone())]
    }
}

#[cfg(test)]
mod tests;
