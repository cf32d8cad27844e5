//! A code that is sent to a number as the proof of a second factor.
//!
//! The number has to be proven and the user has to have set it apart: what a text to it proves is something that the
//! first factor did not. Whoever takes over a number reads its texts (NIST SP 800-63B-4 §3.1.3.3), so that texts are
//! offered beside other ways and never alone where a stronger one is set up.

use serde::{Deserialize, Serialize};

use super::SecondChecked;
use crate::{
    Account, CodeChecked, CodeProof, CodeRefusal, Effect, IdentificationId, NewCode, PhoneNumber, Policy, Recent,
    Recipient, SentCode, SignInRefusal, Strategy, Timestamp,
};

/// The proof by such a code; none is under way at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondCode {
    /// The code.
    pub proof: CodeProof,
    /// The number that it was sent to.
    pub sent_to: Option<IdentificationId>,
}

impl Account {
    /// The number that a code of the second factor would go to: the one of that id, or the one to offer first of those
    /// that texts reach.
    pub(crate) fn second_number(
        &self,
        wanted: Option<&IdentificationId>,
        policy: &Policy,
    ) -> Result<&PhoneNumber, SignInRefusal> {
        if !self.has_second_factor() {
            return Err(SignInRefusal::NoSecondFactors);
        }
        let mut numbers = self.second_numbers();
        numbers.sort_by_key(|number| !policy.texts.reaches(&number.phone));
        let mut numbers = numbers.into_iter();
        match wanted {
            Some(wanted) => numbers.find(|number| number.id == *wanted).ok_or(SignInRefusal::NoSuchNumber),
            None => numbers.next().ok_or(SignInRefusal::NoSuchFactor),
        }
    }
}

impl SecondCode {
    /// Puts a code under way to this number. `recent` are the texts of the last hour.
    pub(crate) fn prepare(
        &self,
        number: &PhoneNumber,
        new: NewCode,
        recent: Recent,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Self, Option<Effect>), SignInRefusal> {
        let to = Recipient::Phone(number.phone.clone());
        self.proof.may_prepare(policy, now)?;
        policy.may_message(&to, recent)?;
        let verification = new.id.clone();
        let proof = self.proof.prepare(new, policy, now)?;
        let sent = policy.fixed_code(&to).is_none().then_some(Effect::SendCode { verification, to, deliver: true });
        Ok((Self { proof, sent_to: Some(number.id.clone()) }, sent))
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub(crate) fn may_attempt(&self, policy: &Policy, now: Timestamp) -> Result<&SentCode, CodeRefusal> {
        self.proof.may_attempt(policy, now)
    }

    /// Takes the evidence of one try. A number that was removed or is no second factor any more proves nothing.
    pub(crate) fn attempt(
        &self,
        evidence: &CodeChecked,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Self, Proof), CodeRefusal> {
        let proof = self.proof.attempt(evidence, policy, now)?;
        if !account.second_numbers().iter().any(|number| self.sent_to.as_ref() == Some(&number.id)) {
            return Err(CodeRefusal::Incorrect);
        }
        let used = Effect::ConsumeCode(evidence.verification.clone());
        Ok((Self { proof, sent_to: self.sent_to.clone() }, (Strategy::PhoneCode, used)))
    }

    /// How a second factor was proven, and what uses the proof up; with the code after it.
    pub(crate) fn take(
        &self,
        evidence: &SecondChecked,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Self, Proof), CodeRefusal> {
        match evidence {
            SecondChecked::PhoneCode(checked) => self.attempt(checked, account, policy, now),
            other => Ok((self.clone(), other.used(account).ok_or(CodeRefusal::Incorrect)?)),
        }
    }
}

/// How a second factor was proven, and what uses the proof up.
pub(crate) type Proof = (Strategy, Effect);
