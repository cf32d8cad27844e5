//! Sign-in by an account elsewhere.

use super::{
    CodePurpose, Factor, Found, SignIn, SignInRefusal, SignInState, Subject, not_signed_in, reach::is_primary,
};
use crate::{
    Account, CodeChecked, CodeProof, CodeRefusal, ConnectionRules, Effect, Email, EmailAddress, ExternalFound,
    ExternalOutcome, ExternalProof, ExternalRefusal, NewLink, NewSession, PendingLink, Profile, Scene, SecondFactors,
    Step, Strategy, Timestamp, external::refused_by_rules,
};

impl SignIn {
    /// Sends the person to the provider. What was said and proven before does not matter.
    pub fn go_out(&self, proof: ExternalProof, scene: &Scene<'_>) -> Result<Step<Self>, SignInRefusal> {
        self.must_be_open(scene)?;
        let attempt = Self { external: Some(proof), ..self.with(SignInState::NeedsIdentifier, scene) };
        Ok(Step::quiet(attempt, scene))
    }

    /// Whether what came back may be taken: the attempt still waits for it. It waits once.
    pub fn awaits(&self, proof: &ExternalProof, scene: &Scene<'_>) -> Result<(), SignInRefusal> {
        self.must_be_open(scene)?;
        let waits = |own: &ExternalProof| own.id == proof.id && own.outcome == ExternalOutcome::Waiting;
        if self.external.as_ref().is_some_and(waits) { Ok(()) } else { Err(SignInRefusal::WrongState) }
    }

    /// Takes what the provider said. The client that began the way out has redeemed it.
    pub fn come_back(
        &self,
        profile: &Profile,
        found: &ExternalFound<'_>,
        link: NewLink,
        rules: ConnectionRules,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let Some(proof) = &self.external else { return Err(SignInRefusal::WrongState) };
        self.awaits(proof, scene)?;
        let redeemed = Effect::RedeemExternal(link.flow.clone());
        self.take_profile(profile, found, link, rules, session, scene).map(|mut step| {
            step.effects.insert(0, redeemed);
            step
        })
    }

    /// Takes over what a sign-up has brought back, where somebody has the account already.
    #[expect(
        clippy::too_many_arguments,
        reason = "what came back, the evidence, and what the caller draws are each their own"
    )]
    pub fn transferred(
        &self,
        proof: &ExternalProof,
        profile: &Profile,
        found: &ExternalFound<'_>,
        link: NewLink,
        rules: ConnectionRules,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.must_be_open(scene)?;
        let waiting = proof.ended(ExternalOutcome::Waiting);
        Self { external: Some(waiting), ..self.clone() }.take_profile(profile, found, link, rules, session, scene)
    }

    fn take_profile(
        &self,
        profile: &Profile,
        found: &ExternalFound<'_>,
        link: NewLink,
        rules: ConnectionRules,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        if let Some(refusal) = refused_by_rules(profile, rules) {
            return Ok(self.ended(ExternalOutcome::Failed(refusal), scene));
        }
        let account = match (found.linked, found.owner) {
            (Some(linked), _) => linked,
            (None, Some(owner)) => owner,
            (None, None) => return Ok(self.ended(ExternalOutcome::Transferable, scene)),
        };
        may_pass(account, scene)?;
        if let Err(SignInRefusal::AlreadySignedIn { session_id }) = not_signed_in(&account.user.id, scene) {
            let refusal = ExternalRefusal::IdentifierAlreadySignedIn { session_id };
            return Ok(self.ended(ExternalOutcome::Failed(refusal), scene));
        }
        if let Some(known) = found.linked.and_then(|linked| linked.linked_by(profile.connection)) {
            let renewed = known.renewed(&link.flow, profile.clone(), scene.now);
            let renew = Effect::LinkExternal { external: Box::new(renewed), flow: link.flow };
            return self.enter(account, profile, vec![renew], session, scene);
        }
        let Some(address) = claimed_address(account, profile.email.as_ref()) else {
            return Ok(self.ended(ExternalOutcome::Transferable, scene));
        };
        // An address may have become somebody else's: one that has another account there is not theirs.
        if account.linked_by(profile.connection).is_some() {
            return Ok(self.ended(ExternalOutcome::Failed(ExternalRefusal::OauthAccountAlreadyConnected), scene));
        }
        let pending = PendingLink {
            id: link.id,
            flow: link.flow,
            profile: profile.clone(),
            unproven_owner: address.verified_at.is_none(),
        };
        if profile.email_verified && address.verified_at.is_some() {
            let linked = linking(&pending, account, scene);
            return self.enter(account, profile, linked, session, scene);
        }
        let state = SignInState::NeedsFirstFactor {
            identifier: address.email.clone().into(),
            subject: Subject::User { id: account.user.id.clone() },
            code: CodeProof::default(),
            code_for: CodePurpose::default(),
            code_sent_to: None,
            locale: None,
            link: Some(Box::new(pending)),
        };
        let step = self.ended(ExternalOutcome::Verified, scene);
        Ok(Step { attempt: step.attempt.with(state, scene), ..step })
    }

    /// The account elsewhere that waits for the proof of its address.
    #[must_use]
    pub fn pending_link(&self) -> Option<&PendingLink> {
        match &self.state {
            SignInState::NeedsFirstFactor { link, .. } | SignInState::NeedsNewPassword { link, .. } => link.as_deref(),
            _ => None,
        }
    }

    /// The only factor of a sign-in that waits for the proof of an address: a code to that.
    pub(super) fn linking_factor(&self, found: &Found<'_>) -> Option<Factor> {
        let (Found::Account(account), Some(pending)) = (found, self.pending_link()) else { return None };
        let address = claimed_address(account, pending.profile.email.as_ref())?;
        Some(CodePurpose::SignIn.factor(&address.id, address.email.masked(), is_primary(account, address)))
    }

    /// Whether a code may be sent to this address although nobody has proven it: to link an account elsewhere.
    pub(super) fn links_by(&self, address: &EmailAddress) -> bool {
        self.pending_link().is_some_and(|pending| pending.profile.email.as_ref() == Some(&address.email))
    }

    /// Takes the evidence that the address is theirs. Who made the account without proving that is shut out: the
    /// password has to be set anew, and nothing stays that they may have planted.
    pub(super) fn link_by_code(
        &self,
        pending: &PendingLink,
        account: &Account,
        evidence: &CodeChecked,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let Some(address) = claimed_address(account, pending.profile.email.as_ref()) else {
            return Err(CodeRefusal::Incorrect.into());
        };
        may_pass(account, scene)?;
        not_signed_in(&account.user.id, scene)?;
        let consumed = Effect::ConsumeCode(evidence.verification.clone());
        if pending.unproven_owner && account.password.is_some() {
            let state = SignInState::NeedsNewPassword {
                identifier: address.email.clone().into(),
                user_id: account.user.id.clone(),
                email_address_id: Some(address.id.clone()),
                proven_at: scene.now,
                locale: self.locale().map(str::to_owned),
                link: Some(Box::new(pending.clone())),
                second: None,
            };
            let mut step = Step::quiet(self.with(state, scene), scene);
            step.effects = vec![consumed, account.after_first()];
            return Ok(step);
        }
        let mut effects = vec![consumed];
        if pending.unproven_owner {
            let held = account.held_by(address, scene.now);
            effects.extend(clean_up(account, address, &session));
            effects.extend(linking(pending, &held, scene));
            return self.enter(&held, &pending.profile, effects, session, scene);
        }
        effects.extend(linking(pending, account, scene));
        self.enter(account, &pending.profile, effects, session, scene)
    }

    fn enter(
        &self,
        account: &Account,
        profile: &Profile,
        mut proof: Vec<Effect>,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let address = claimed_address(account, profile.email.as_ref()).map(|address| address.email.clone().into());
        let Some(identifier) = address.or_else(|| account.identifier()) else {
            return Err(SignInRefusal::NoSuchAddress);
        };
        let state = SignInState::NeedsFirstFactor {
            identifier,
            subject: Subject::User { id: account.user.id.clone() },
            code: CodeProof::default(),
            code_for: CodePurpose::default(),
            code_sent_to: None,
            locale: None,
            link: None,
        };
        let known = Self { state, ..self.ended(ExternalOutcome::Verified, scene).attempt };
        let first = if proof.is_empty() { return Err(SignInRefusal::WrongState) } else { proof.remove(0) };
        let mut step = known.complete(account, Strategy::OAuth(profile.connection), first, session, scene)?;
        // Before the session begins, so that it is not among those that end.
        step.effects.splice(1..1, proof);
        Ok(step)
    }

    fn ended(&self, outcome: ExternalOutcome, scene: &Scene<'_>) -> Step<Self> {
        let external = self.external.as_ref().map(|proof| proof.ended(outcome));
        let attempt = Self { external, updated_at: self.updated_at.grown(scene.now), ..self.clone() };
        Step::quiet(attempt, scene)
    }
}

/// Whether the user is let in at all.
fn may_pass(account: &Account, scene: &Scene<'_>) -> Result<(), SignInRefusal> {
    if account.user.banned {
        return Err(SignInRefusal::Banned);
    }
    match account.lockout.remaining_ms(scene.now) {
        Some(remaining_ms) => Err(SignInRefusal::Locked { remaining_ms }),
        None => Ok(()),
    }
}

/// The address of the account that the provider names, if the account has claimed it.
fn claimed_address<'a>(account: &'a Account, email: Option<&Email>) -> Option<&'a EmailAddress> {
    account.emails.iter().find(|address| Some(&address.email) == email && address.is_claimed())
}

/// What links an account elsewhere, and tells the user of it.
pub(super) fn linking(pending: &PendingLink, account: &Account, scene: &Scene<'_>) -> Vec<Effect> {
    let external = pending.account(&account.user.id, scene.now);
    let notice = crate::Notice::ExternalConnected(pending.profile.connection);
    let link = Effect::LinkExternal { external: Box::new(external), flow: pending.flow.clone() };
    // Linking a user's account changes what is shown of them.
    let note = Effect::NoteChange(account.user.id.clone());
    [link, note].into_iter().chain(account.notices(&notice, scene.policy)).collect()
}

impl Account {
    /// The user of a sign-in that has shut out whoever made the account: the address that was proven is the main one.
    #[must_use]
    pub fn cleaned_up(&self, pending: &PendingLink) -> crate::User {
        let mut user = self.user.clone();
        if let Some(address) = claimed_address(self, pending.profile.email.as_ref()) {
            user.primary_email_address_id = Some(address.id.clone());
            user.primary_phone_number_id = None;
        }
        user
    }

    /// What is left of it where whoever made it is shut out: only the holder of this address is told of anything.
    pub(super) fn held_by(&self, address: &EmailAddress, now: Timestamp) -> Self {
        let proven = EmailAddress { verified_at: address.verified_at.or(Some(now)), ..address.clone() };
        let second_factors = SecondFactors::default();
        let (phones, externals) = (Vec::new(), Vec::new());
        Self { emails: vec![proven], phones, externals, second_factors, ..self.clone() }
    }
}

/// What shuts out whoever made the account without proving its address: that address is the only one from now on, and
/// proven; every other session, address, number, account elsewhere, passkey and second factor goes.
pub(super) fn clean_up(account: &Account, address: &EmailAddress, session: &NewSession) -> Vec<Effect> {
    let user_id = account.user.id.clone();
    let others = account.emails.iter().filter(|other| other.id != address.id);
    let others = others.map(|other| Effect::RemoveEmail(other.id.clone()));
    let phones = account.phones.iter().map(|number| Effect::RemovePhone(number.id.clone()));
    let others = others.chain(phones);
    let links = account.externals.iter().map(|external| Effect::UnlinkExternal(external.id.clone()));
    let keys = account.passkeys.iter().map(|passkey| Effect::RemovePasskey(passkey.id.clone()));
    let verify = address.verified_at.is_none().then(|| Effect::VerifyEmail(address.id.clone()));
    let any = account.second_factors.totp.is_some() || account.has_second_factor();
    let factors = any.then(|| Effect::RemoveSecondFactors(user_id.clone()));
    let end = Effect::EndOtherSessions { user_id, kept: session.id.clone() };
    // Second factors go first: a number may be one of them.
    factors.into_iter().chain(others).chain(links).chain(keys).chain(verify).chain([end]).collect()
}

#[cfg(test)]
mod tests;
