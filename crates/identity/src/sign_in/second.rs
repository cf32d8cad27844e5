//! The second factor of a sign-in.

use super::{SignIn, SignInRefusal, SignInState, not_signed_in};
use crate::{Account, CodeRefusal, Effect, NewSession, Scene, SecondChecked, Step, Strategy, Tries};

impl SignIn {
    /// Ways to prove the second factor; none as long as it is not asked for.
    #[must_use]
    pub fn second_factors(&self, account: &Account) -> Vec<Strategy> {
        match &self.state {
            SignInState::NeedsSecondFactor { user_id, .. } if *user_id == account.user.id => {
                account.second_factors.ways()
            }
            _ => Vec::new(),
        }
    }

    /// What counts the tries, if one may be made now; asked before the try is counted.
    pub fn may_attempt_second(&self, account: &Account, scene: &Scene<'_>) -> Result<&Tries, SignInRefusal> {
        self.must_be_open(scene)?;
        let SignInState::NeedsSecondFactor { user_id, tries, .. } = &self.state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        if account.user.id != *user_id {
            return Err(SignInRefusal::UnknownIdentifier);
        }
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        if tries.are_left(scene.policy) { Ok(tries) } else { Err(CodeRefusal::TooManyTries.into()) }
    }

    /// Takes the evidence of one second factor, which was this try, from 1. A refusal as incorrect is to be counted
    /// against the user: the first factor has not made wrong tries forgotten.
    pub fn attempt_second(
        &self,
        account: &Account,
        evidence: &SecondChecked,
        try_number: u32,
        seed: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.may_attempt_second(account, scene)?;
        let SignInState::NeedsSecondFactor { identifier, user_id, first, first_at, .. } = &self.state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        if try_number > scene.policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries.into());
        }
        not_signed_in(user_id, scene)?;
        let (second, proof) = evidence.used(account).ok_or(CodeRefusal::Incorrect)?;
        let session_id = seed.id.clone();
        let (client, mut session) = scene.begin_session(seed, user_id.clone(), *first);
        for effect in &mut session {
            if let Effect::BeginSession(session) = effect {
                session.first_factor_at = *first_at;
                session.second_factor_at = Some(scene.now);
            }
        }
        let mut effects = vec![proof, Effect::ClearFailures(user_id.clone())];
        effects.extend(session);
        let state = SignInState::Complete {
            identifier: identifier.clone(),
            user_id: user_id.clone(),
            session_id,
            strategy: *first,
            second: Some(second),
        };
        Ok(Step { attempt: self.with(state, scene), client, effects })
    }
}
