//! The second factor of a sign-in. Until it is proven nobody is signed in: there is no session, and no wrong tries are
//! forgotten, so that whoever has the first factor cannot guess at the second without end.

use super::{Found, SignIn, SignInRefusal, SignInState, external::linking, not_signed_in};
use crate::{
    Account, CodeRefusal, Effect, NewSession, PendingLink, Scene, SecondFactor, SecondFactorProof, Step, Strategy,
    VerificationId,
};

/// Evidence: a code for the second factor was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactorChecked {
    /// Under which count.
    pub verification: VerificationId,
    /// Which try this was, counted from 1.
    pub try_number: u32,
    /// What it was, if it was any.
    pub proof: Option<SecondFactorProof>,
}

impl SignIn {
    /// Ways to prove the second factor; none until it is asked for.
    #[must_use]
    pub fn second_factors(&self, found: &Found<'_>) -> Vec<SecondFactor> {
        match (&self.state, found) {
            (SignInState::NeedsSecondFactor { user_id, .. }, Found::Account(account))
                if account.user.id == *user_id =>
            {
                account.second_factors.offered()
            }
            _ => Vec::new(),
        }
    }

    /// The count under which tries at the second factor are counted, once it is asked for.
    #[must_use]
    pub fn second_factor_count(&self) -> Option<&VerificationId> {
        match &self.state {
            SignInState::NeedsSecondFactor { tries, .. } => Some(tries),
            _ => None,
        }
    }

    /// Whether a code may be tried now; asked before the try is counted, under the count that comes back.
    pub fn may_attempt_second_factor<'a>(
        &self,
        factor: SecondFactor,
        found: &Found<'a>,
        scene: &Scene<'_>,
    ) -> Result<(&'a Account, &VerificationId), SignInRefusal> {
        self.must_be_open(scene)?;
        let SignInState::NeedsSecondFactor { user_id, tries, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        let Found::Account(account) = found else { return Err(SignInRefusal::UnknownIdentifier) };
        if account.user.id != *user_id {
            return Err(SignInRefusal::UnknownIdentifier);
        }
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        if self.proof_void(account) {
            return Err(SignInRefusal::ProofVoid);
        }
        if !account.second_factors.offered().contains(&factor) {
            return Err(SignInRefusal::NoSuchFactor);
        }
        Ok((account, tries))
    }

    /// Takes the evidence of one code. A refusal as incorrect is to be counted against the user.
    pub fn attempt_second_factor(
        &self,
        factor: SecondFactor,
        found: &Found<'_>,
        evidence: &SecondFactorChecked,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let (account, tries) = self.may_attempt_second_factor(factor, found, scene)?;
        if evidence.try_number > scene.policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries.into());
        }
        let incorrect = || SignInRefusal::from(CodeRefusal::Incorrect);
        let proof = evidence.proof.as_ref().filter(|_| evidence.verification == *tries).ok_or_else(incorrect)?;
        let fits = match (factor, proof) {
            (SecondFactor::Totp, SecondFactorProof::Totp { step }) => {
                let last = account.second_factors.totp.as_ref().and_then(|totp| totp.last_step);
                last.is_none_or(|last| *step > last)
            }
            (SecondFactor::BackupCode, SecondFactorProof::BackupCode { .. }) => true,
            _ => false,
        };
        if !fits {
            return Err(incorrect());
        }
        let SignInState::NeedsSecondFactor { strategy, link, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        let used = account.use_up(proof);
        let mut effects = vec![Effect::ConsumeCode(tries.clone())];
        effects.extend(link.iter().flat_map(|pending| linking(pending, account, scene)));
        // A backup code less is shown of the user; linking has noted the change already.
        if link.is_none() {
            effects.push(Effect::NoteChange(account.user.id.clone()));
        }
        self.enter_now(account, *strategy, used, effects, session, Some(factor), scene)
    }

    /// Waits for the second factor, once the first is proven.
    pub(super) fn await_second_factor(
        &self,
        account: &Account,
        strategy: Strategy,
        proof: Vec<Effect>,
        link: Option<PendingLink>,
        seed: &NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        not_signed_in(&account.user.id, scene)?;
        let identifier = self.identifier().cloned().ok_or(SignInRefusal::WrongState)?;
        let state = SignInState::NeedsSecondFactor {
            identifier,
            user_id: account.user.id.clone(),
            strategy,
            proven_at: scene.now,
            tries: seed.second_factor.clone(),
            link: link.map(Box::new),
        };
        let mut step = Step::quiet(self.with(state, scene), scene);
        step.effects = proof;
        Ok(step)
    }

    /// Whether the first factor does not count any more: the password was set since it was proven by that.
    fn proof_void(&self, account: &Account) -> bool {
        let SignInState::NeedsSecondFactor { strategy: Strategy::Password, proven_at, .. } = &self.state else {
            return false;
        };
        account.password.is_none_or(|password| password.updated_at > *proven_at)
    }
}

#[cfg(test)]
mod tests;
