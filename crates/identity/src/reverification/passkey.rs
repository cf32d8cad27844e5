//! A passkey as a fresh proof: of the first factor, and of both where the owner lets it count as both.

use super::{Level, Proven, Reverification, ReverificationStatus};
use crate::{
    Account, Effect, Passkey, PasskeyChecked, PasskeyProof, PasskeyRefusal, Policy, Session, SignInRefusal, Strategy,
    Timestamp,
};

impl Reverification {
    /// The keys that may be named to a device now: those of the user who is signed in, and of nobody else.
    pub fn may_ask_passkey<'a>(
        &self,
        account: &'a Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&'a [Passkey], SignInRefusal> {
        self.must_need(ReverificationStatus::NeedsFirstFactor, account, now)?;
        if !policy.passkeys.enabled {
            return Err(PasskeyRefusal::Off.into());
        }
        if account.passkeys.is_empty() { Err(PasskeyRefusal::None.into()) } else { Ok(&account.passkeys) }
    }

    /// Waits for the answer of a device, which [`Self::may_ask_passkey`] lets be asked. What was asked before is void.
    pub fn ask_passkey(
        &self,
        proof: PasskeyProof,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Self, SignInRefusal> {
        self.may_ask_passkey(account, policy, now)?;
        Ok(Self { passkey: Some(proof), ..self.clone() })
    }

    /// What is waited for, if an answer may be taken now; asked before the answer is looked at.
    pub fn may_answer_passkey(
        &self,
        account: &Account,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<&PasskeyProof, SignInRefusal> {
        self.may_ask_passkey(account, policy, now)?;
        let waiting = self.passkey.as_ref().filter(|proof| now < proof.expire_at);
        waiting.ok_or(PasskeyRefusal::NotAsked.into())
    }

    /// Takes the verified answer of a key, which has to be one of this account. It settles the second factor as well where
    /// both are asked for and a sign-in by it would.
    pub fn attempt_passkey(
        &self,
        evidence: &PasskeyChecked,
        account: &Account,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Proven, SignInRefusal> {
        let waiting = self.may_answer_passkey(account, policy, now)?;
        if waiting.id != evidence.ceremony {
            return Err(PasskeyRefusal::NotAsked.into());
        }
        let known = account.passkeys.iter().find(|passkey| passkey.credential.id == evidence.credential.id);
        let passkey = known.ok_or(PasskeyRefusal::Unknown)?;
        let both = self.level == Level::MultiFactor && account.has_second_factor();
        let settled = (both && Strategy::Passkey.settles_second_factor(policy)).then_some(Strategy::Passkey);
        let used = passkey.answered(&evidence.credential, now);
        let proofs = vec![
            Effect::ConsumeCeremony(evidence.ceremony.clone()),
            Effect::SavePasskey { passkey: Box::new(used), seen: passkey.updated_at },
        ];
        // Shown as what it was proven by; it is asked nothing any more.
        let answered = PasskeyProof { options: String::new(), ..waiting.clone() };
        let attempt = Self { passkey: Some(answered), ..self.clone() };
        Ok(attempt.first_proven((Strategy::Passkey, settled), proofs, account, session, now))
    }
}
