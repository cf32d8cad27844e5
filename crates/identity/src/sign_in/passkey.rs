//! Sign-in by a passkey: by whichever the device has, or by one of those of whom it is said to be.

use super::{Found, SignIn, SignInRefusal, SignInState, Subject};
use crate::{
    Account, CodeProof, CodePurpose, Effect, NewSession, Passkey, PasskeyChecked, PasskeyProof, PasskeyRefusal, Scene,
    Step, Strategy,
};

impl SignIn {
    /// Whether a device may be asked now, and which keys are to be named to it: none lets it offer what it has. Where the
    /// instance hides who has an account, none is named to anybody.
    pub fn may_ask_passkey<'a>(
        &self,
        found: Option<&Found<'a>>,
        scene: &Scene<'_>,
    ) -> Result<&'a [Passkey], SignInRefusal> {
        self.must_be_open(scene)?;
        if !scene.policy.passkeys.enabled {
            return Err(PasskeyRefusal::Off.into());
        }
        match (&self.state, found) {
            (SignInState::NeedsIdentifier, _) => Ok(&[]),
            (SignInState::NeedsFirstFactor { .. }, Some(found)) => {
                self.provable(found, scene)?;
                if self.pending_link().is_some() {
                    return Err(SignInRefusal::NoSuchFactor);
                }
                match found {
                    _ if scene.policy.enumeration_protection => Ok(&[]),
                    Found::Account(account) if !account.passkeys.is_empty() => Ok(&account.passkeys),
                    _ => Err(PasskeyRefusal::None.into()),
                }
            }
            _ => Err(SignInRefusal::WrongState),
        }
    }

    /// Waits for the answer of a device, which [`Self::may_ask_passkey`] lets be asked. What was asked before is void.
    pub fn ask_passkey(
        &self,
        proof: PasskeyProof,
        found: Option<&Found<'_>>,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.may_ask_passkey(found, scene)?;
        let attempt = Self { passkey: Some(proof), external: None, ..self.with(self.state.clone(), scene) };
        Ok(Step::quiet(attempt, scene))
    }

    /// What is waited for, if an answer may be taken now; asked before the answer is looked at.
    pub fn may_answer_passkey(
        &self,
        found: Option<&Found<'_>>,
        scene: &Scene<'_>,
    ) -> Result<&PasskeyProof, SignInRefusal> {
        self.may_ask_passkey(found, scene)?;
        let waiting = self.passkey.as_ref().filter(|proof| scene.now < proof.expire_at);
        waiting.ok_or(PasskeyRefusal::NotAsked.into())
    }

    /// Takes the verified answer of a key of this account. It must be the one of whom it was said to be, if it was said.
    pub fn attempt_passkey(
        &self,
        account: &Account,
        found: Option<&Found<'_>>,
        evidence: &PasskeyChecked,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let waiting = self.may_answer_passkey(found, scene)?;
        if waiting.id != evidence.ceremony {
            return Err(PasskeyRefusal::NotAsked.into());
        }
        let known = account.passkeys.iter().find(|passkey| passkey.credential.id == evidence.credential.id);
        let passkey = known.ok_or(PasskeyRefusal::Unknown)?;
        let who = match &self.state {
            SignInState::NeedsFirstFactor { subject: Subject::User { id }, .. } if *id == account.user.id => {
                self.state.clone()
            }
            SignInState::NeedsIdentifier => named(account)?,
            _ => return Err(PasskeyRefusal::Unknown.into()),
        };
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        let used = passkey.answered(&evidence.credential, scene.now);
        let consumed = Effect::ConsumeCeremony(evidence.ceremony.clone());
        let known = Self { state: who, ..self.clone() };
        let mut step = known.complete(account, Strategy::Passkey, consumed, session, scene)?;
        // Shown as what it was proven by; it is asked nothing any more.
        step.attempt.passkey = Some(PasskeyProof { options: String::new(), ..waiting.clone() });
        step.effects.push(Effect::SavePasskey { passkey: Box::new(used), seen: passkey.updated_at });
        Ok(step)
    }
}

/// The account, as if its user had said who it is.
fn named(account: &Account) -> Result<SignInState, SignInRefusal> {
    Ok(SignInState::NeedsFirstFactor {
        identifier: account.identifier().ok_or(SignInRefusal::NoSuchAddress)?,
        subject: Subject::User { id: account.user.id.clone() },
        code: CodeProof::default(),
        code_for: CodePurpose::default(),
        code_sent_to: None,
        locale: None,
        link: None,
    })
}

#[cfg(test)]
mod tests;
