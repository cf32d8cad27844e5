//! Second factors: what proves somebody beside the first one.
//!
//! An authenticator app shows codes that are made of a shared secret and the time (TOTP, RFC 6238). A phone number that
//! the user has set apart for it gets a code by text. Backup codes stand in for both, each once; alone they are no factor.
//! What a user has counts whatever the instance offers: turning a kind off keeps it from being set up, and takes it from
//! nobody.

use serde::{Deserialize, Serialize};

use crate::{
    Account, CodeChecked, CodeMac, Effect, IdentificationId, Notice, PhoneNumber, Policy, Strategy, Timestamp, TotpId,
    VerificationId,
};

mod code;

pub use code::SecondCode;

/// How many backup codes there are at a time.
pub const BACKUP_CODES: usize = 10;

/// What may be known of a user's authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpSummary {
    /// Id.
    pub id: TotpId,
    /// When it was set up; none as long as no code of it was seen.
    pub verified_at: Option<Timestamp>,
}

/// The second factors of a user, beside the phone numbers that are set apart for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// The authenticator app.
    pub totp: Option<TotpSummary>,
    /// Backup codes that were not used.
    pub backup_codes: u32,
    /// Since when a second factor is asked for.
    pub enabled_at: Option<Timestamp>,
    /// Since when none is asked for any more.
    pub disabled_at: Option<Timestamp>,
}

impl SecondFactors {
    /// The authenticator app that is set up.
    #[must_use]
    pub fn authenticator(&self) -> Option<&TotpSummary> {
        self.totp.as_ref().filter(|totp| totp.verified_at.is_some())
    }
}

/// A way to prove the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A code of the authenticator app.
    Totp,
    /// A code sent to a phone number.
    PhoneCode {
        /// Which number.
        phone_number_id: IdentificationId,
        /// The number with most of it hidden.
        safe_identifier: String,
    },
    /// A backup code.
    BackupCode,
}

impl SecondFactor {
    /// How it is proven.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        match self {
            Self::Totp => Strategy::Totp,
            Self::PhoneCode { .. } => Strategy::PhoneCode,
            Self::BackupCode => Strategy::BackupCode,
        }
    }
}

impl Account {
    /// Whether a sign-in needs a second factor.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.second_factors.authenticator().is_some() || self.phones.iter().any(PhoneNumber::is_second_factor)
    }

    /// What becomes of wrong tries once the first factor is proven: who has a second one has not proven all of it, and
    /// guesses at that one must not be forgotten each time.
    pub(crate) fn after_first(&self) -> Effect {
        let counter = self.counter.clone();
        if self.has_second_factor() { Effect::RequireOpen(counter) } else { Effect::ClearFailures(counter) }
    }

    /// The ways to prove it, the one to offer first in front: the number that the user has chosen for that, or the app,
    /// which nobody takes over with a number. A number whose country gets no texts is none, as long as there is another
    /// way; else it is named, so that whoever asks for a code learns why there is none.
    #[must_use]
    pub fn second_ways(&self, policy: &Policy) -> Vec<SecondFactor> {
        let backup = self.has_second_factor() && self.second_factors.backup_codes > 0;
        let app = self.second_factors.authenticator().map(|_| SecondFactor::Totp);
        let mut numbers = self.second_numbers();
        // A stable order: those that are reached stay in theirs.
        numbers.sort_by_key(|number| !policy.texts.reaches(&number.phone));
        if app.is_some() || backup || numbers.iter().any(|number| policy.texts.reaches(&number.phone)) {
            numbers.retain(|number| policy.texts.reaches(&number.phone));
        }
        let chosen = numbers.first().is_some_and(|number| number.default_second_factor);
        let mut ways: Vec<_> = numbers
            .into_iter()
            .map(|number| SecondFactor::PhoneCode {
                phone_number_id: number.id.clone(),
                safe_identifier: number.phone.masked(),
            })
            .collect();
        let place = usize::from(chosen);
        ways.splice(place..place, app);
        ways.extend(backup.then_some(SecondFactor::BackupCode));
        ways
    }

    /// The numbers that get codes of it: the one to offer first in front, then the oldest.
    pub(crate) fn second_numbers(&self) -> Vec<&PhoneNumber> {
        let mut numbers: Vec<_> = self.phones.iter().filter(|number| number.is_second_factor()).collect();
        numbers.sort_by_key(|number| !number.default_second_factor);
        numbers
    }

    /// What has to be committed with a second factor that is new: these backup codes, if any were drawn, where there are
    /// none yet and the instance offers them.
    pub(crate) fn first_backup_codes(&self, macs: Vec<CodeMac>, policy: &Policy) -> Option<Effect> {
        let none = policy.second_factors.backup_codes && self.second_factors.backup_codes == 0;
        (none && !macs.is_empty()).then(|| Effect::PutBackupCodes { user_id: self.user.id.clone(), macs })
    }

    /// What removes every second factor, for somebody who has lost them. One who has none has none afterwards.
    #[must_use]
    pub fn remove_second_factors(&self, policy: &Policy) -> Vec<Effect> {
        let user_id = self.user.id.clone();
        let numbers = self.second_numbers();
        if self.second_factors.totp.is_none() && numbers.is_empty() {
            return Vec::new();
        }
        let mut effects = vec![Effect::RemoveSecondFactors(user_id.clone()), Effect::NoteChange(user_id)];
        let app = self.second_factors.authenticator().map(|_| Notice::TotpRemoved);
        let numbers = numbers.into_iter().map(|number| Notice::SecondPhoneRemoved(number.phone.clone()));
        effects.extend(app.into_iter().chain(numbers).flat_map(|notice| self.notices(&notice, policy)));
        effects
    }
}

/// A second factor that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondProven {
    /// How.
    pub strategy: Strategy,
    /// When.
    pub at: Timestamp,
}

/// Counts the tries of one proof; the count itself is kept by the store beside the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Names the proof.
    pub id: VerificationId,
    /// Tries so far.
    #[serde(skip)]
    pub made: u32,
}

impl Tries {
    /// No try yet.
    #[must_use]
    pub fn none(id: VerificationId) -> Self {
        Self { id, made: 0 }
    }

    /// Whether another one is looked at.
    #[must_use]
    pub fn are_left(&self, policy: &Policy) -> bool {
        self.made < policy.codes.max_tries
    }
}

/// Evidence: a proof of the second factor was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondChecked {
    /// A code of the authenticator app, of this step of 30 seconds since 1970.
    Totp {
        /// Of which app.
        id: TotpId,
        /// The step.
        step: i64,
    },
    /// A backup code that was not used.
    BackupCode(CodeMac),
    /// A code that was sent to a number.
    PhoneCode(CodeChecked),
    /// Neither of the first two.
    Wrong,
}

impl SecondChecked {
    /// How it was proven, and what uses the proof up. What a code to a number proves, [`SecondCode`] says.
    pub(crate) fn used(&self, account: &Account) -> Option<(Strategy, Effect)> {
        let factors = &account.second_factors;
        match self {
            Self::Totp { id, step } => {
                let own = factors.authenticator().is_some_and(|totp| totp.id == *id);
                own.then(|| (Strategy::Totp, Effect::UseTotp { id: id.clone(), step: *step }))
            }
            Self::BackupCode(mac) => {
                let user_id = account.user.id.clone();
                let on = account.has_second_factor();
                on.then(|| (Strategy::BackupCode, Effect::UseBackupCode { user_id, mac: mac.clone() }))
            }
            Self::PhoneCode(_) | Self::Wrong => None,
        }
    }
}

/// Why a second factor is not set up or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondFactorRefusal {
    /// The instance offers no authenticator apps.
    #[error("the instance offers no authenticator apps")]
    Off,
    /// There is one already.
    #[error("there is an authenticator app already")]
    AlreadyOn,
    /// No authenticator app is being set up.
    #[error("no authenticator app is being set up")]
    Missing,
    /// It is not the code.
    #[error("it is not the code that the app shows")]
    Incorrect,
    /// Backup codes need another second factor, and an instance that offers them.
    #[error("backup codes are not available")]
    NoBackupCodes,
}

impl Account {
    /// Whether an authenticator app may be set up. One that was begun and not finished is begun anew.
    pub fn may_begin_totp(&self, policy: &Policy) -> Result<(), SecondFactorRefusal> {
        match () {
            () if self.second_factors.authenticator().is_some() => Err(SecondFactorRefusal::AlreadyOn),
            () if !policy.second_factors.authenticator_app => Err(SecondFactorRefusal::Off),
            () => Ok(()),
        }
    }

    /// Takes the first code of an authenticator app: from now on it is asked for. `backup_codes` are those that come with
    /// it, where the instance offers them and there are none yet.
    pub fn verify_totp(
        &self,
        evidence: &SecondChecked,
        backup_codes: Vec<CodeMac>,
        policy: &Policy,
    ) -> Result<Vec<Effect>, SecondFactorRefusal> {
        self.may_begin_totp(policy)?;
        let begun = self.second_factors.totp.as_ref().ok_or(SecondFactorRefusal::Missing)?;
        let SecondChecked::Totp { id, step } = evidence else { return Err(SecondFactorRefusal::Incorrect) };
        if *id != begun.id {
            return Err(SecondFactorRefusal::Incorrect);
        }
        let user_id = self.user.id.clone();
        let mut effects = vec![Effect::EnableTotp { user_id: user_id.clone(), id: id.clone(), step: *step }];
        effects.extend(self.first_backup_codes(backup_codes, policy));
        effects.push(Effect::NoteChange(user_id));
        effects.extend(self.notices(&Notice::TotpAdded, policy));
        Ok(effects)
    }

    /// Removes the authenticator app, set up or begun. Where nothing else is a second factor, backup codes go with it.
    pub fn remove_totp(&self, policy: &Policy) -> Result<Vec<Effect>, SecondFactorRefusal> {
        let totp = self.second_factors.totp.as_ref().ok_or(SecondFactorRefusal::Missing)?;
        let user_id = self.user.id.clone();
        let removed = if self.second_numbers().is_empty() {
            Effect::RemoveSecondFactors(user_id.clone())
        } else {
            Effect::RemoveTotp(user_id.clone())
        };
        let mut effects = vec![removed, Effect::NoteChange(user_id)];
        if totp.verified_at.is_some() {
            effects.extend(self.notices(&Notice::TotpRemoved, policy));
        }
        Ok(effects)
    }

    /// Puts new backup codes in place of the old ones.
    pub fn renew_backup_codes(&self, macs: Vec<CodeMac>, policy: &Policy) -> Result<Vec<Effect>, SecondFactorRefusal> {
        if !self.has_second_factor() || !policy.second_factors.backup_codes {
            return Err(SecondFactorRefusal::NoBackupCodes);
        }
        let user_id = self.user.id.clone();
        let mut effects = vec![Effect::PutBackupCodes { user_id: user_id.clone(), macs }, Effect::NoteChange(user_id)];
        effects.extend(self.notices(&Notice::BackupCodesRenewed, policy));
        Ok(effects)
    }

    /// Removes the backup codes alone.
    #[must_use]
    pub fn remove_backup_codes(&self) -> Vec<Effect> {
        let user_id = self.user.id.clone();
        vec![Effect::PutBackupCodes { user_id: user_id.clone(), macs: Vec::new() }, Effect::NoteChange(user_id)]
    }
}

#[cfg(test)]
mod tests;
