//! Reverification: somebody who is signed in proves once more who they are, before a change that matters.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> NeedsFirstFactor: begin, for the first factor or both
//!     [*] --> NeedsSecondFactor: begin, for the second factor
//!     NeedsFirstFactor --> NeedsFirstFactor: prepare a code, ask a device, wrong password, code or answer
//!     NeedsFirstFactor --> NeedsSecondFactor: right, and both are asked for
//!     NeedsFirstFactor --> Complete: right; also a passkey alone that counts as both
//!     NeedsSecondFactor --> Complete: right
//!     Complete --> [*]: the session says when each factor was proven
//! ```

use serde::{Deserialize, Serialize};

use crate::{
    Account, CodeChecked, CodeProof, CodePurpose, CodeRefusal, Effect, Factor, IdentificationId, NewCode, PasskeyProof,
    PasswordChecked, Phone, Policy, Recent, Recipient, SecondChecked, SecondCode, SentCode, Session, SessionId,
    SignInRefusal, Strategy, Timestamp, Tries,
    sign_in::{no_such, reachable},
    time::MINUTE,
};

mod passkey;

/// How young a proof has to be for a change that matters, in milliseconds; and how long one may take to give it.
pub const FRESH_MS: i64 = 10 * MINUTE;

/// What is to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The first factor.
    FirstFactor,
    /// The second factor.
    SecondFactor,
    /// Both.
    MultiFactor,
}

impl Level {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstFactor => "first_factor",
            Self::SecondFactor => "second_factor",
            Self::MultiFactor => "multi_factor",
        }
    }

    /// The level of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::FirstFactor, Self::SecondFactor, Self::MultiFactor].into_iter().find(|level| level.as_str() == word)
    }
}

/// The protocol's words for how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReverificationStatus {
    /// The first factor is yet to be proven.
    NeedsFirstFactor,
    /// The second factor is.
    NeedsSecondFactor,
    /// Everything that was asked for is proven.
    Complete,
}

impl ReverificationStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsFirstFactor => "needs_first_factor",
            Self::NeedsSecondFactor => "needs_second_factor",
            Self::Complete => "complete",
        }
    }
}

/// An attempt to prove it once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reverification {
    /// For which session.
    pub session_id: SessionId,
    /// What is to be proven.
    pub level: Level,
    /// The proof of the first factor by a code.
    pub code: CodeProof,
    /// Whether it went by mail or by text.
    pub code_for: CodePurpose,
    /// The address or number that the code was sent to.
    pub code_sent_to: Option<IdentificationId>,
    /// The answer of a device that is waited for, or that has proven it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyProof>,
    /// How the first factor was proven, once it was.
    pub first: Option<Strategy>,
    /// How the second factor was proven, once it was.
    pub second: Option<Strategy>,
    /// Tries at the second factor, by an app or backup codes.
    pub tries: Tries,
    /// The proof of the second factor by a code to a number.
    #[serde(default)]
    pub second_code: SecondCode,
    /// When it began.
    pub created_at: Timestamp,
}

/// What came of a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Proven {
    /// The attempt after it.
    pub attempt: Reverification,
    /// The session after it.
    pub session: Session,
    /// What has to be committed together with both.
    pub effects: Vec<Effect>,
}

impl Reverification {
    /// Begins. Who has no second factor proves the first one instead.
    #[must_use]
    pub fn begin(session: &Session, wanted: Level, account: &Account, tries: Tries, now: Timestamp) -> Self {
        let level = if account.has_second_factor() { wanted } else { Level::FirstFactor };
        Self {
            session_id: session.id.clone(),
            level,
            code: CodeProof::default(),
            code_for: CodePurpose::SignIn,
            code_sent_to: None,
            passkey: None,
            first: None,
            second: None,
            tries,
            second_code: SecondCode::default(),
            created_at: now,
        }
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> ReverificationStatus {
        match (self.level, self.first, self.second) {
            (Level::FirstFactor | Level::MultiFactor, None, _) => ReverificationStatus::NeedsFirstFactor,
            (Level::SecondFactor | Level::MultiFactor, _, None) => ReverificationStatus::NeedsSecondFactor,
            _ => ReverificationStatus::Complete,
        }
    }

    /// Whether it is too old to go on.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.created_at.plus(FRESH_MS)
    }

    /// Ways to prove the first factor: the password, codes to proven addresses and numbers, and passkeys. Where codes sign
    /// nobody in they are for those who have no password.
    #[must_use]
    pub fn first_factors(account: &Account, policy: &Policy) -> Vec<Factor> {
        let password = account.password.is_some().then_some(Factor::Password);
        let by_mail = policy.email_address.sign_in_by_code || password.is_none();
        let by_text = policy.phone_number.sign_in_by_code || password.is_none();
        let (user, proven) = (&account.user, |at: Option<Timestamp>| at.is_some());
        let addresses = account.emails.iter().filter(|address| by_mail && proven(address.verified_at)).map(|address| {
            let primary = user.primary_email_address_id.as_ref() == Some(&address.id);
            CodePurpose::SignIn.factor(&address.id, address.email.masked(), primary)
        });
        let numbers = account.phones.iter().filter(|number| by_text && number.is_first_factor()).map(|number| {
            let primary = user.primary_phone_number_id.as_ref() == Some(&number.id);
            CodePurpose::SignInByPhone.factor(&number.id, number.phone.masked(), primary)
        });
        let by_passkey = account.signs_in_by_passkey(None, policy).then_some(Factor::Passkey);
        password.into_iter().chain(addresses).chain(numbers).chain(by_passkey).collect()
    }

    /// Those of [`Self::first_factors`] that can be gone by, as at a sign-in.
    #[must_use]
    pub fn offered_first_factors(account: &Account, policy: &Policy) -> Vec<Factor> {
        let number_of =
            |id: &IdentificationId| account.phones.iter().find(|number| number.id == *id).map(|number| &number.phone);
        reachable(Self::first_factors(account, policy), number_of, policy)
    }

    /// Where a code would be sent: the address or number of that id, or the main one; its id, and the address itself.
    pub fn code_recipient(
        &self,
        purpose: CodePurpose,
        wanted: Option<&IdentificationId>,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(IdentificationId, Recipient), SignInRefusal> {
        self.must_need(ReverificationStatus::NeedsFirstFactor, account, now)?;
        let offered = Self::first_factors(account, policy);
        let offered = offered.iter().find_map(|factor| match (purpose, factor) {
            (CodePurpose::SignIn, Factor::EmailCode { email_address_id: id, primary, .. })
            | (CodePurpose::SignInByPhone, Factor::PhoneCode { phone_number_id: id, primary, .. })
                if wanted.map_or(*primary, |wanted| wanted == id) =>
            {
                Some(id)
            }
            _ => None,
        });
        let id = offered.ok_or(no_such(purpose))?;
        let email = account.emails.iter().find(|address| address.id == *id).map(|a| a.email.clone().into());
        let phone = || account.phones.iter().find(|number| number.id == *id).map(|n| n.phone.clone().into());
        Ok((id.clone(), email.or_else(phone).ok_or(no_such(purpose))?))
    }

    /// Sends a code to what [`Self::code_recipient`] found. `recent` is what that was sent in the last hour.
    pub fn prepare_code(
        &self,
        purpose: CodePurpose,
        (id, to): (IdentificationId, Recipient),
        new: NewCode,
        recent: impl Into<Recent>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), SignInRefusal> {
        self.code.may_prepare(policy, now)?;
        policy.may_message(&to, recent.into())?;
        let verification = new.id.clone();
        let code = self.code.prepare(new, policy, now)?;
        // What a device was asked is void.
        let attempt = Self { code, code_for: purpose, code_sent_to: Some(id), passkey: None, ..self.clone() };
        let sent = policy.fixed_code(&to).is_none().then_some(Effect::SendCode { verification, to, deliver: true });
        Ok((attempt, sent.into_iter().collect()))
    }

    /// Whether a password may be tried now; asked before one is computed.
    pub fn may_attempt_password(&self, account: &Account, now: Timestamp) -> Result<(), SignInRefusal> {
        self.must_need(ReverificationStatus::NeedsFirstFactor, account, now)?;
        if account.password.is_some() { Ok(()) } else { Err(SignInRefusal::NoSuchFactor) }
    }

    /// Takes the evidence of one password. A refusal as incorrect is to be counted against the user.
    pub fn attempt_password(
        &self,
        evidence: PasswordChecked,
        account: &Account,
        session: &Session,
        now: Timestamp,
    ) -> Result<Proven, SignInRefusal> {
        self.may_attempt_password(account, now)?;
        if !evidence.ok {
            return Err(SignInRefusal::PasswordIncorrect);
        }
        let user_id = account.user.id.clone();
        let proof = Effect::RequirePassword { user_id, version: evidence.credential_version };
        Ok(self.first_proven((Strategy::Password, None), vec![proof], account, session, now))
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_code(
        &self,
        purpose: CodePurpose,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&SentCode, SignInRefusal> {
        self.must_need(ReverificationStatus::NeedsFirstFactor, account, now)?;
        let sent = self.code.may_attempt(policy, now)?;
        if self.code_for == purpose { Ok(sent) } else { Err(SignInRefusal::OtherPurpose) }
    }

    /// Takes the evidence of one code. A refusal as incorrect is to be counted against the user.
    pub fn attempt_code(
        &self,
        purpose: CodePurpose,
        evidence: &CodeChecked,
        account: &Account,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Proven, SignInRefusal> {
        self.may_attempt_code(purpose, account, policy, now)?;
        let code = self.code.attempt(evidence, policy, now)?;
        // An address or a number that was removed since proves nothing.
        let sent_to = self.code_sent_to.as_ref();
        let reads = account.emails.iter().any(|a| sent_to == Some(&a.id) && a.verified_at.is_some())
            || account.phones.iter().any(|n| sent_to == Some(&n.id) && n.is_first_factor());
        if !reads {
            return Err(CodeRefusal::Incorrect.into());
        }
        let proof = Effect::ConsumeCode(evidence.verification.clone());
        let attempt = Self { code, ..self.clone() };
        Ok(attempt.first_proven((purpose.strategy(), None), vec![proof], account, session, now))
    }

    /// The number that a code of the second factor would be sent to: the one of that id, or the one to offer first.
    pub fn second_recipient<'a>(
        &self,
        wanted: Option<&IdentificationId>,
        account: &'a Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&'a Phone, SignInRefusal> {
        self.needs_second(account, now)?;
        account.second_number(wanted, policy).map(|number| &number.phone)
    }

    /// Sends a code to the number that [`Self::second_recipient`] found. `recent` are the texts of the last hour.
    pub fn prepare_second(
        &self,
        wanted: Option<&IdentificationId>,
        account: &Account,
        new: NewCode,
        recent: Recent,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), SignInRefusal> {
        self.needs_second(account, now)?;
        let number = account.second_number(wanted, policy)?;
        let (second_code, sent) = self.second_code.prepare(number, new, recent, policy, now)?;
        Ok((Self { second_code, ..self.clone() }, sent.into_iter().collect()))
    }

    /// The code to compare with, if a try at it may be made now; asked before the try is counted.
    pub fn may_attempt_second_code(
        &self,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&SentCode, SignInRefusal> {
        self.needs_second(account, now)?;
        Ok(self.second_code.may_attempt(policy, now)?)
    }

    /// Whether a second factor may be proven now.
    fn needs_second(&self, account: &Account, now: Timestamp) -> Result<(), SignInRefusal> {
        if self.level == Level::FirstFactor {
            return Err(SignInRefusal::NoSecondFactors);
        }
        self.must_need(ReverificationStatus::NeedsSecondFactor, account, now)
    }

    /// What counts the tries at an app and at backup codes, if one may be made now; asked before the try is counted.
    pub fn may_attempt_second(
        &self,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&Tries, SignInRefusal> {
        self.needs_second(account, now)?;
        if self.tries.are_left(policy) { Ok(&self.tries) } else { Err(CodeRefusal::TooManyTries.into()) }
    }

    /// Takes the evidence of one second factor, which was this try, from 1. A refusal as incorrect is to be counted
    /// against the user.
    pub fn attempt_second(
        &self,
        evidence: &SecondChecked,
        try_number: u32,
        account: &Account,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Proven, SignInRefusal> {
        // A code to a number has a limit of its own, which goes with the code.
        match evidence {
            SecondChecked::PhoneCode(_) => self.needs_second(account, now)?,
            _ => self.may_attempt_second(account, policy, now).map(drop)?,
        }
        if try_number > policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries.into());
        }
        let (second_code, (second, proof)) = self.second_code.take(evidence, account, policy, now)?;
        let attempt = Self { second: Some(second), second_code, ..self.clone() };
        let changed = Effect::NoteChange(account.user.id.clone());
        let effects = vec![proof, Effect::ClearFailures(account.counter.clone()), changed];
        let session = Session {
            second_factor_at: Some(now),
            first_factor_at: if attempt.first.is_some() { now } else { session.first_factor_at },
            updated_at: session.updated_at.grown(now),
            ..session.clone()
        };
        Ok(Proven { attempt, session, effects })
    }

    /// The first factor is proven, and the second one with it if something is said to have settled that.
    fn first_proven(
        &self,
        (first, settled): (Strategy, Option<Strategy>),
        proofs: Vec<Effect>,
        account: &Account,
        session: &Session,
        now: Timestamp,
    ) -> Proven {
        let attempt = Self { first: Some(first), second: settled.or(self.second), ..self.clone() };
        let mut effects = proofs;
        effects.push(Effect::RequireOpen(account.counter.clone()));
        let mut session = session.clone();
        if attempt.status() == ReverificationStatus::Complete {
            // Wrong tries at a second factor are forgotten with that alone.
            if settled.is_some() || !account.has_second_factor() {
                effects.push(Effect::ClearFailures(account.counter.clone()));
            }
            if settled.is_some() {
                session.second_factor_at = Some(now);
            }
            session.first_factor_at = now;
            session.updated_at = session.updated_at.grown(now);
        }
        Proven { attempt, session, effects }
    }

    fn must_need(&self, needed: ReverificationStatus, account: &Account, now: Timestamp) -> Result<(), SignInRefusal> {
        if self.is_over(now) {
            return Err(SignInRefusal::Abandoned);
        }
        if self.status() != needed {
            return Err(SignInRefusal::WrongState);
        }
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        match account.lockout.remaining_ms(now) {
            Some(remaining_ms) => Err(SignInRefusal::Locked { remaining_ms }),
            None => Ok(()),
        }
    }
}

impl Session {
    /// The session of somebody who has just proven their second factor.
    #[must_use]
    pub fn second_proven(&self, now: Timestamp) -> Self {
        Self { second_factor_at: Some(now), updated_at: self.updated_at.grown(now), ..self.clone() }
    }

    /// Whether a change that matters may be made: the strongest factor that the user has was proven lately, or the
    /// instance does not ask for that.
    #[must_use]
    pub fn is_fresh(&self, account: &Account, policy: &Policy, now: Timestamp) -> bool {
        !policy.reverification || self.is_young(account, now)
    }

    /// Whether the strongest factor that the user has was proven lately, at an instance that asks for that. There such a
    /// proof stands in for the current password.
    #[must_use]
    pub fn is_proven_anew(&self, account: &Account, policy: &Policy, now: Timestamp) -> bool {
        policy.reverification && self.is_young(account, now)
    }

    fn is_young(&self, account: &Account, now: Timestamp) -> bool {
        let proven = if account.has_second_factor() { self.second_factor_at } else { Some(self.first_factor_at) };
        proven.is_some_and(|at| now.since(at) < FRESH_MS)
    }
}

#[cfg(test)]
mod tests;
