//! The second factor of a sign-in.

use super::{SignIn, SignInRefusal, SignInState, not_signed_in};
use crate::{Account, CodeRefusal, Effect, NewSession, Scene, SecondChecked, SecondProven, Step, Strategy, Tries};

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
        let SignInState::NeedsSecondFactor { identifier, user_id, first, first_at, renew, .. } = &self.state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        if try_number > scene.policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries.into());
        }
        not_signed_in(user_id, scene)?;
        let (second, proof) = evidence.used(account).ok_or(CodeRefusal::Incorrect)?;
        if *renew {
            let state = SignInState::NeedsNewPassword {
                identifier: identifier.clone(),
                user_id: user_id.clone(),
                email_address_id: None,
                proven_at: scene.now,
                locale: None,
                link: None,
                second: Some(SecondProven { strategy: second, at: scene.now }),
            };
            let effects = vec![proof, Effect::ClearFailures(user_id.clone())];
            return Ok(Step { effects, ..Step::quiet(self.with(state, scene), scene) });
        }
        let (session_id, told) = (seed.id.clone(), account.new_device(&seed, scene));
        let (client, mut session) = scene.begin_session(seed, user_id.clone(), *first);
        if let Some(Effect::BeginSession(session)) = session.last_mut() {
            session.first_factor_at = *first_at;
            session.second_factor_at = Some(scene.now);
        }
        let mut effects = vec![proof, Effect::ClearFailures(user_id.clone())];
        effects.extend(session.into_iter().chain(told));
        let state = SignInState::Complete {
            identifier: identifier.clone(),
            user_id: user_id.clone(),
            session_id,
            strategy: *first,
            second: Some(second),
        };
        Ok(Step { attempt: self.with(state, scene), client, effects })
    }

    /// The second factor, if it was asked for and proven before this step.
    pub(super) fn second_proven(&self) -> Option<SecondProven> {
        match &self.state {
            SignInState::NeedsNewPassword { second, .. } => *second,
            _ => None,
        }
    }

    /// The first factor is proven by this: the second is asked for. `renew` says that a new password is, after it.
    pub(super) fn ask_for_second(
        &self,
        account: &Account,
        first: Strategy,
        proof: Effect,
        seed: NewSession,
        renew: bool,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let user_id = account.user.id.clone();
        let Some(identifier) = self.identifier().cloned() else { return Err(SignInRefusal::WrongState) };
        let effects = vec![proof, Effect::RequireOpen(user_id.clone())];
        let tries = Tries::none(seed.second_factor);
        let state = SignInState::NeedsSecondFactor { identifier, user_id, first, first_at: scene.now, tries, renew };
        Ok(Step { effects, ..Step::quiet(self.with(state, scene), scene) })
    }
}
