//! The second factor of a sign-in.

use super::{SignIn, SignInRefusal, SignInState, not_signed_in};
use crate::{
    Account, CodeRefusal, Effect, IdentificationId, NewCode, NewSession, Phone, Policy, Recent, Scene, SecondChecked,
    SecondCode, SecondFactor, SecondProven, SentCode, Step, Strategy, Tries,
};

impl SignIn {
    /// Ways to prove the second factor; none as long as it is not asked for.
    #[must_use]
    pub fn second_factors(&self, account: &Account, policy: &Policy) -> Vec<SecondFactor> {
        match &self.state {
            SignInState::NeedsSecondFactor { user_id, .. } if *user_id == account.user.id => {
                account.second_ways(policy)
            }
            _ => Vec::new(),
        }
    }

    /// The number that a code would be sent to: the one of that id, or the one to offer first.
    pub fn second_recipient<'a>(
        &self,
        wanted: Option<&IdentificationId>,
        account: &'a Account,
        scene: &Scene<'_>,
    ) -> Result<&'a Phone, SignInRefusal> {
        self.needs_second(account, scene)?;
        account.second_number(wanted, scene.policy).map(|number| &number.phone)
    }

    /// Sends a code to the number that [`Self::second_recipient`] found. `recent` are the texts of the last hour.
    pub fn prepare_second(
        &self,
        wanted: Option<&IdentificationId>,
        account: &Account,
        new: NewCode,
        recent: Recent,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.needs_second(account, scene)?;
        let mut state = self.state.clone();
        let SignInState::NeedsSecondFactor { code, .. } = &mut state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        let (prepared, sent) =
            code.prepare(account.second_number(wanted, scene.policy)?, new, recent, scene.policy, scene.now)?;
        *code = prepared;
        let step = Step::quiet(self.after_first(state, scene), scene);
        Ok(Step { effects: sent.into_iter().collect(), ..step })
    }

    /// The code to compare with, if a try at it may be made now; asked before the try is counted.
    pub fn may_attempt_second_code(&self, account: &Account, scene: &Scene<'_>) -> Result<&SentCode, SignInRefusal> {
        self.needs_second(account, scene)?;
        let SignInState::NeedsSecondFactor { code, .. } = &self.state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        Ok(code.may_attempt(scene.policy, scene.now)?)
    }

    /// What counts the tries at an app and at backup codes, if one may be made now; asked before the try is counted.
    pub fn may_attempt_second(&self, account: &Account, scene: &Scene<'_>) -> Result<&Tries, SignInRefusal> {
        let tries = self.needs_second(account, scene)?;
        if tries.are_left(scene.policy) { Ok(tries) } else { Err(CodeRefusal::TooManyTries.into()) }
    }

    /// Whether a second factor may be proven now.
    fn needs_second(&self, account: &Account, scene: &Scene<'_>) -> Result<&Tries, SignInRefusal> {
        self.must_be_open(scene)?;
        let SignInState::NeedsSecondFactor { user_id, first, first_at, tries, .. } = &self.state else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        if account.user.id != *user_id {
            return Err(SignInRefusal::UnknownIdentifier);
        }
        // Whoever set another password, or voided it by the link of a mail, meant whoever knew the old one.
        let same = account.password.is_some_and(|password| password.updated_at <= *first_at);
        if *first == Strategy::Password && !same {
            return Err(SignInRefusal::ProofVoid);
        }
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        Ok(tries)
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
        // A code to a number has a limit of its own, which goes with the code.
        let by_code = matches!(evidence, SecondChecked::PhoneCode(_));
        if by_code {
            self.needs_second(account, scene)?
        } else {
            self.may_attempt_second(account, scene)?
        };
        let SignInState::NeedsSecondFactor { identifier, user_id, first, first_at, renew, code, .. } = &self.state
        else {
            return Err(SignInRefusal::NoSecondFactors);
        };
        if try_number > scene.policy.codes.max_tries {
            return Err(CodeRefusal::TooManyTries.into());
        }
        not_signed_in(user_id, scene)?;
        let (_, (second, proof)) = code.take(evidence, account, scene.policy, scene.now)?;
        let mut effects = vec![proof, Effect::ClearFailures(account.counter.clone())];
        let password = account.password.filter(|_| *first == Strategy::Password);
        let (user, version) = (user_id.clone(), password.map(|password| password.version));
        effects.extend(version.map(|version| Effect::RequirePassword { user_id: user, version }));
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
            return Ok(Step { effects, ..Step::quiet(self.with(state, scene), scene) });
        }
        let (session_id, told) = (seed.id.clone(), account.new_device(&seed, scene));
        let (client, mut session) = scene.begin_session(seed, user_id.clone(), *first);
        if let Some(Effect::BeginSession(session)) = session.last_mut() {
            session.first_factor_at = *first_at;
            session.second_factor_at = Some(scene.now);
        }
        effects.extend(session.into_iter().chain(told));
        let state = SignInState::Complete {
            identifier: identifier.clone(),
            user_id: user_id.clone(),
            session_id,
            strategy: *first,
            second: Some(second),
        };
        Ok(Step { attempt: self.after_first(state, scene), client, effects })
    }

    /// The attempt with another state, and still with the passkey that has proven the first factor: it is shown.
    fn after_first(&self, state: SignInState, scene: &Scene<'_>) -> Self {
        Self { passkey: self.passkey.clone(), ..self.with(state, scene) }
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
        let effects = vec![proof, Effect::RequireOpen(account.counter.clone())];
        let tries = Tries::none(seed.second_factor);
        let (first_at, code) = (scene.now, SecondCode::default());
        let state = SignInState::NeedsSecondFactor { identifier, user_id, first, first_at, tries, code, renew };
        Ok(Step { effects, ..Step::quiet(self.with(state, scene), scene) })
    }
}
