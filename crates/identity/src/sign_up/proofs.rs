//! Codes of a sign-up: to the address and to the number that was given. Each has its own proof.

use super::{Claim, SignUp, SignUpRefusal, SignUpState, Taken};
use crate::{
    AccountSeed, CodeChecked, Effect, MessageRefusal, NewCode, Recent, Recipient, Scene, SentCode, Step, TextRefusal,
};

impl SignUp {
    /// Sends a code to the address. `recent` is about the messages of the last hour, `claim` about the address.
    pub fn prepare_code(
        &self,
        new: NewCode,
        claim: Claim,
        recent: impl Into<Recent>,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let open = self.open(scene)?;
        let to = self.draft.email.clone().ok_or(SignUpRefusal::NoEmail)?;
        if claim == Claim::Claimed && !scene.policy.enumeration_protection {
            return Err(SignUpRefusal::EmailClaimed);
        }
        open.email_proof.may_prepare(scene.policy, scene.now)?;
        scene.policy.may_message(&to.clone().into(), recent.into())?;
        let verification = new.id.clone();
        let email_proof = open.email_proof.prepare(new, scene.policy, scene.now)?;
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof,
            phone_proof: open.phone_proof.clone(),
        };
        let mut step = Step::quiet(self.with(self.draft.clone(), state, scene), scene);
        if scene.policy.fixed_code(&to).is_none() {
            step.effects.push(sending(verification, to.into(), claim));
        }
        Ok(step)
    }

    /// Sends a code to the number. `recent` is about the texts of the last hour, `claim` about the number.
    pub fn prepare_phone_code(
        &self,
        new: NewCode,
        claim: Claim,
        recent: Recent,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let open = self.open(scene)?;
        let to = self.draft.phone.clone().ok_or(SignUpRefusal::NoPhone)?;
        if claim == Claim::Claimed && !scene.policy.enumeration_protection {
            return Err(SignUpRefusal::PhoneClaimed);
        }
        open.phone_proof.may_prepare(scene.policy, scene.now)?;
        scene.policy.may_message(&to.clone().into(), recent)?;
        let verification = new.id.clone();
        let phone_proof = open.phone_proof.prepare(new, scene.policy, scene.now)?;
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof: open.email_proof.clone(),
            phone_proof,
        };
        let mut step = Step::quiet(self.with(self.draft.clone(), state, scene), scene);
        if scene.policy.fixed_code(&to).is_none() {
            step.effects.push(sending(verification, to.into(), claim));
        }
        Ok(step)
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_code(&self, scene: &Scene<'_>) -> Result<&SentCode, SignUpRefusal> {
        Ok(self.open(scene)?.email_proof.may_attempt(scene.policy, scene.now)?)
    }

    /// The same for the code that went to the number.
    pub fn may_attempt_phone_code(&self, scene: &Scene<'_>) -> Result<&SentCode, SignUpRefusal> {
        Ok(self.open(scene)?.phone_proof.may_attempt(scene.policy, scene.now)?)
    }

    /// Takes the evidence of one code that went to the address.
    pub fn attempt_code(
        &self,
        evidence: &CodeChecked,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (open, taken) = (self.open(scene)?, taken.into());
        let email_proof = open.email_proof.attempt(evidence, scene.policy, scene.now)?;
        // Whoever knows the code reads the mail of the address, and may be told.
        if taken.email == Claim::Claimed {
            return Err(SignUpRefusal::EmailClaimed);
        }
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof,
            phone_proof: open.phone_proof.clone(),
        };
        self.proven(state, evidence, taken, seed, scene)
    }

    /// Takes the evidence of one code that went to the number.
    pub fn attempt_phone_code(
        &self,
        evidence: &CodeChecked,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (open, taken) = (self.open(scene)?, taken.into());
        let phone_proof = open.phone_proof.attempt(evidence, scene.policy, scene.now)?;
        if taken.phone == Claim::Claimed {
            return Err(SignUpRefusal::PhoneClaimed);
        }
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof: open.email_proof.clone(),
            phone_proof,
        };
        self.proven(state, evidence, taken, seed, scene)
    }

    fn proven(
        &self,
        state: SignUpState,
        evidence: &CodeChecked,
        taken: Taken,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let mut step = self.with(self.draft.clone(), state, scene).finish_if_ready(taken, seed, scene)?;
        step.effects.insert(0, Effect::ConsumeCode(evidence.verification.clone()));
        Ok(step)
    }
}

fn sending(verification: crate::VerificationId, to: Recipient, claim: Claim) -> Effect {
    match claim {
        Claim::Free => Effect::SendCode { verification, to, deliver: true },
        Claim::Claimed => Effect::SendAccountExists { verification, to },
    }
}

impl From<MessageRefusal> for SignUpRefusal {
    fn from(refusal: MessageRefusal) -> Self {
        match refusal {
            MessageRefusal::TooMany => Self::TooManyMessages,
            MessageRefusal::Text(refusal) => Self::Text(refusal),
        }
    }
}

impl From<TextRefusal> for SignUpRefusal {
    fn from(refusal: TextRefusal) -> Self {
        Self::Text(refusal)
    }
}
