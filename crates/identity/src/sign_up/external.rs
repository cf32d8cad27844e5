//! Sign-up by an account elsewhere.

use serde::{Deserialize, Serialize};

use super::{Claim, Draft, Invited, SignUp, SignUpRefusal, SignUpState};
use crate::{
    AccountSeed, CodeProof, ConnectionRules, Effect, ExternalAccount, ExternalAccountId, ExternalFound,
    ExternalOutcome, ExternalProof, ExternalRefusal, NewLink, Profile, Scene, SignUpId, Step, Timestamp, UserId,
    VerificationId, external::refused_by_rules,
};

/// The account elsewhere that an account is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftExternal {
    /// Id of the link.
    pub id: ExternalAccountId,
    /// The way out that proved it.
    pub flow: VerificationId,
    /// What the provider said.
    pub profile: Profile,
}

impl DraftExternal {
    pub(super) fn account(&self, user_id: &UserId, now: Timestamp) -> ExternalAccount {
        ExternalAccount::linked(self.id.clone(), user_id.clone(), &self.flow, self.profile.clone(), now)
    }
}

impl SignUp {
    /// Sends the person to the provider.
    pub fn go_out(&self, proof: ExternalProof, scene: &Scene<'_>) -> Result<Step<Self>, SignUpRefusal> {
        self.open(scene)?;
        let attempt = self.with(self.draft.clone(), self.state.clone(), scene);
        Ok(Step::quiet(Self { external: Some(proof), ..attempt }, scene))
    }

    /// Whether what came back may be taken: the attempt still waits for it. It waits once.
    pub fn awaits(&self, proof: &ExternalProof, scene: &Scene<'_>) -> Result<(), SignUpRefusal> {
        self.open(scene)?;
        let waits = |own: &ExternalProof| own.id == proof.id && own.outcome == ExternalOutcome::Waiting;
        if self.external.as_ref().is_some_and(waits) { Ok(()) } else { Err(SignUpRefusal::WrongState) }
    }

    /// Takes what the provider said. The client that began the way out has redeemed it.
    pub fn come_back(
        &self,
        profile: &Profile,
        found: &ExternalFound<'_>,
        link: NewLink,
        rules: ConnectionRules,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let Some(proof) = &self.external else { return Err(SignUpRefusal::WrongState) };
        self.awaits(proof, scene)?;
        let redeemed = Effect::RedeemExternal(link.flow.clone());
        let mut step = match outcome(profile, found, rules, scene) {
            Some(outcome) => Step::quiet(self.ended(outcome, scene), scene),
            None => self.take_profile(profile, link, seed, scene)?,
        };
        step.effects.insert(0, redeemed);
        Ok(step)
    }

    /// Begins an attempt with what a sign-in has brought back, where nobody has the account yet; by an invitation if one
    /// was shown, whose address is that of the account then. The claim is about it.
    #[expect(
        clippy::too_many_arguments,
        reason = "what came back, the evidence, and what the caller draws are each their own"
    )]
    pub fn transferred(
        id: SignUpId,
        proof: &ExternalProof,
        (draft, invited): (Draft, Option<(&Invited<'_>, Claim)>),
        profile: &Profile,
        found: &ExternalFound<'_>,
        link: NewLink,
        rules: ConnectionRules,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let begun = Self::begun(id, scene)?;
        begun.and(scene, |empty, scene| {
            let empty = Self { draft, external: Some(proof.ended(ExternalOutcome::Waiting)), ..empty.clone() };
            let empty = match invited {
                Some((invited, claim)) => empty.invited(invited, claim, scene)?,
                None => empty,
            };
            match outcome(profile, found, rules, scene) {
                Some(outcome) => Ok(Step::quiet(empty.ended(outcome, scene), scene)),
                None => empty.take_profile(profile, link, seed, scene),
            }
        })
    }

    /// Fills in what the provider said. An address that it vouches for needs no other proof, and takes the place of any
    /// that was typed, but not of one that is invited; names that were typed stay.
    fn take_profile(
        &self,
        profile: &Profile,
        link: NewLink,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let open = self.open(scene)?;
        let invited = self.draft.invitation.is_some();
        let email = profile.email.clone().filter(|_| !invited).or_else(|| self.draft.email.clone());
        let email_proof = match profile.proven_email() {
            Some(_) if !invited => CodeProof::Verified { id: link.flow.clone(), at: scene.now },
            _ if email == self.draft.email => open.email_proof.clone(),
            _ => CodeProof::default(),
        };
        let name = |typed: &Option<String>, said: &Option<String>, policy: crate::Requirement| {
            typed.clone().or_else(|| said.clone().filter(|_| policy.is_on()))
        };
        let draft = Draft {
            email,
            first_name: name(&self.draft.first_name, &profile.first_name, scene.policy.first_name),
            last_name: name(&self.draft.last_name, &profile.last_name, scene.policy.last_name),
            external: Some(DraftExternal { id: link.id, flow: link.flow, profile: profile.clone() }),
            ..self.draft.clone()
        };
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof,
            phone_proof: open.phone_proof.clone(),
        };
        let ended = self.ended(ExternalOutcome::Verified, scene);
        Self { external: ended.external, ..self.with(draft, state, scene) }.finish_if_ready(Claim::Free, seed, scene)
    }

    /// Whether no address may be given: one that a provider vouches for, or that is invited, cannot be replaced by one that
    /// was merely typed.
    pub(super) fn keeps_email(&self) -> bool {
        self.draft.invitation.is_some()
            || self.draft.external.as_ref().is_some_and(|external| external.profile.proven_email().is_some())
    }

    fn ended(&self, outcome: ExternalOutcome, scene: &Scene<'_>) -> Self {
        let external = self.external.as_ref().map(|proof| proof.ended(outcome));
        Self { external, updated_at: self.updated_at.grown(scene.now), ..self.clone() }
    }
}

/// How the way out ends, unless an account is made from it.
fn outcome(
    profile: &Profile,
    found: &ExternalFound<'_>,
    rules: ConnectionRules,
    scene: &Scene<'_>,
) -> Option<ExternalOutcome> {
    if let Some(refusal) = refused_by_rules(profile, rules) {
        return Some(ExternalOutcome::Failed(refusal));
    }
    if found.linked.or(found.owner).is_none() {
        return rules.barred.map(|barred| ExternalOutcome::Failed(barred.into()));
    }
    let here = found.linked.and_then(|linked| scene.session_of(&linked.user.id));
    Some(match here {
        Some(session) if !scene.policy.sessions.single_session => {
            let session_id = session.id.clone();
            ExternalOutcome::Failed(ExternalRefusal::IdentifierAlreadySignedIn { session_id })
        }
        _ => ExternalOutcome::Transferable,
    })
}

#[cfg(test)]
mod tests;
