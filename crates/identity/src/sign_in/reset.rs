//! The forgotten password: a code proves who it is, a new password signs in.

use serde::{Deserialize, Serialize};

use super::{
    Factor, Found, SignIn, SignInRefusal, SignInState,
    external::{clean_up, linking},
    not_signed_in,
};
use crate::{
    Account, CodeChecked, Effect, EmailAddress, IdentificationId, NewSession, Notice, PasswordChecked, PasswordDigest,
    Scene, Step, Strategy,
};

/// What a code of a sign-in is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// To sign in.
    #[default]
    SignIn,
    /// To set a new password, which signs in.
    ResetPassword,
    /// To sign in; it went to a phone number.
    SignInByPhone,
    /// To set a new password, which signs in; it went to a phone number.
    ResetPasswordByPhone,
}

impl CodePurpose {
    /// The strategy that such a code belongs to.
    #[must_use]
    pub fn strategy(self) -> Strategy {
        match self {
            Self::SignIn => Strategy::EmailCode,
            Self::ResetPassword => Strategy::ResetPasswordEmailCode,
            Self::SignInByPhone => Strategy::PhoneCode,
            Self::ResetPasswordByPhone => Strategy::ResetPasswordPhoneCode,
        }
    }

    /// Whether it leads to a new password.
    #[must_use]
    pub fn resets(self) -> bool {
        matches!(self, Self::ResetPassword | Self::ResetPasswordByPhone)
    }

    /// Whether it goes to a phone number.
    #[must_use]
    pub fn by_phone(self) -> bool {
        matches!(self, Self::SignInByPhone | Self::ResetPasswordByPhone)
    }

    /// The factor that such a code to this address or number is.
    pub(crate) fn factor(self, id: &IdentificationId, safe_identifier: String, primary: bool) -> Factor {
        let id = id.clone();
        match self {
            Self::SignIn => Factor::EmailCode { email_address_id: id, safe_identifier, primary },
            Self::ResetPassword => Factor::ResetPasswordEmailCode { email_address_id: id, safe_identifier, primary },
            Self::SignInByPhone => Factor::PhoneCode { phone_number_id: id, safe_identifier, primary },
            Self::ResetPasswordByPhone => {
                Factor::ResetPasswordPhoneCode { phone_number_id: id, safe_identifier, primary }
            }
        }
    }
}

/// A password to be set, and what goes with it.
#[derive(Clone, Debug)]
pub struct Reset {
    /// The password.
    pub digest: PasswordDigest,
    /// The version of the one that it takes the place of; 0 if there is none.
    pub version: i64,
    /// Whether the user is signed out everywhere else.
    pub sign_out: bool,
}

impl SignIn {
    /// What the code under way is good for.
    #[must_use]
    pub fn code_purpose(&self) -> Option<CodePurpose> {
        match &self.state {
            SignInState::NeedsFirstFactor { code_for, .. } => Some(*code_for),
            _ => None,
        }
    }

    /// Takes the evidence of one code of a forgotten password; with the right one a new password may be set. A refusal
    /// as incorrect is to be counted against [`super::Subject`].
    pub fn attempt_reset_code(
        &self,
        found: &Found<'_>,
        evidence: &CodeChecked,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let purpose = self.code_purpose().filter(|purpose| purpose.resets()).unwrap_or(CodePurpose::ResetPassword);
        let (account, email_address_id) = self.code_proves(purpose, found, evidence, scene)?;
        may_enter(account, scene)?;
        let SignInState::NeedsFirstFactor { identifier, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        let user_id = account.user.id.clone();
        let state = SignInState::NeedsNewPassword {
            identifier: identifier.clone(),
            user_id,
            email_address_id: Some(email_address_id),
            proven_at: scene.now,
            locale: self.locale().map(str::to_owned),
            link: None,
            second: None,
        };
        let mut step = Step::quiet(self.with(state, scene), scene);
        step.effects = vec![Effect::ConsumeCode(evidence.verification.clone()), account.after_first()];
        Ok(step)
    }

    /// Takes the right password that others are known to know: it signs nobody in, but another one may be set. A right
    /// one is no failure, whatever becomes of it.
    pub(super) fn must_renew(
        &self,
        account: &Account,
        evidence: PasswordChecked,
        seed: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        may_enter(account, scene)?;
        let version = evidence.credential_version;
        let proof = Effect::RequirePassword { user_id: account.user.id.clone(), version };
        if account.has_second_factor() {
            return self.ask_for_second(account, Strategy::Password, proof, seed, true, scene);
        }
        let Some(identifier) = self.identifier().cloned() else { return Err(SignInRefusal::WrongState) };
        let user_id = account.user.id.clone();
        let state = SignInState::NeedsNewPassword {
            identifier,
            user_id,
            email_address_id: None,
            proven_at: scene.now,
            locale: self.locale().map(str::to_owned),
            link: None,
            second: None,
        };
        let mut step = Step::quiet(self.with(state, scene), scene);
        step.effects = vec![proof, Effect::ClearFailures(account.counter.clone())];
        Ok(step)
    }

    /// Whether it goes by a forgotten password: the code of one has proven the first factor. Wrong tries from here on are
    /// counted as those at that code are ([`crate::Lane::Reset`]).
    #[must_use]
    pub fn goes_by_reset(&self) -> bool {
        match &self.state {
            SignInState::NeedsNewPassword { email_address_id, link, .. } => {
                email_address_id.is_some() && link.is_none()
            }
            SignInState::NeedsSecondFactor { first, .. } => {
                matches!(first, Strategy::ResetPasswordEmailCode | Strategy::ResetPasswordPhoneCode)
            }
            _ => false,
        }
    }

    /// Whether it was the password that proved who it is, for want of one that nobody else knows.
    #[must_use]
    pub fn proven_by_password(&self) -> bool {
        matches!(self.state, SignInState::NeedsNewPassword { email_address_id: None, .. })
    }

    /// Whether this password may be set now; asked before it is hashed.
    pub fn may_reset_password<'a>(
        &self,
        new: &str,
        found: &Found<'a>,
        scene: &Scene<'_>,
    ) -> Result<&'a Account, SignInRefusal> {
        self.must_be_open(scene)?;
        let SignInState::NeedsNewPassword { user_id, email_address_id, proven_at, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        let Found::Account(account) = found else { return Err(SignInRefusal::UnknownIdentifier) };
        if account.user.id != *user_id {
            return Err(SignInRefusal::UnknownIdentifier);
        }
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        may_enter(account, scene)?;
        let changed_since = account.password.is_some_and(|password| password.updated_at > *proven_at);
        let unread = email_address_id.as_ref().is_some_and(|id| !self.reads(account, id));
        if changed_since || unread {
            return Err(SignInRefusal::ProofVoid);
        }
        let faults = scene.policy.password.check(new, &account.addresses());
        if faults.is_empty() { Ok(account) } else { Err(SignInRefusal::NewPassword(faults)) }
    }

    /// Sets the new password, which [`Self::may_reset_password`] has let pass, and signs in.
    pub fn reset_password(
        &self,
        account: &Account,
        reset: Reset,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let (user_id, kept) = (account.user.id.clone(), session.id.clone());
        let Reset { digest, version, sign_out } = reset;
        let set = Effect::SetPassword { user_id: user_id.clone(), version, digest };
        let strategy = self
            .pending_link()
            .map_or(self.reset_strategy(account), |pending| Strategy::OAuth(pending.profile.connection));
        let proven = self.shut_out_by(account);
        let planted = proven.map_or_else(Vec::new, |address| clean_up(account, address, &session));
        let held = proven.map(|address| account.held_by(address, scene.now));
        let told = held.as_ref().unwrap_or(account);
        let mut step = self.complete(told, strategy, set, session, scene)?;
        step.effects.push(Effect::NoteChange(user_id.clone()));
        if let Some(pending) = self.pending_link() {
            step.effects.extend(planted);
            step.effects.extend(linking(pending, told, scene));
        }
        if sign_out && self.pending_link().is_none() {
            step.effects.push(Effect::EndOtherSessions { user_id, kept });
        }
        step.effects.extend(told.notices(&Notice::PasswordChanged, scene.policy));
        Ok(step)
    }
}

impl SignIn {
    /// The address whose holder shuts out whoever made the account without proving it.
    fn shut_out_by<'a>(&self, account: &'a Account) -> Option<&'a EmailAddress> {
        let SignInState::NeedsNewPassword { email_address_id: Some(email_address_id), link: Some(pending), .. } =
            &self.state
        else {
            return None;
        };
        let address = account.emails.iter().find(|address| address.id == *email_address_id);
        address.filter(|_| pending.unproven_owner)
    }
}

impl SignIn {
    /// The strategy of what lets a new password be set: a code, or the password that others know.
    #[must_use]
    pub fn reset_strategy(&self, account: &Account) -> Strategy {
        match &self.state {
            SignInState::NeedsNewPassword { email_address_id: None, .. } => Strategy::Password,
            SignInState::NeedsNewPassword { email_address_id: Some(id), .. }
                if account.phones.iter().any(|number| number.id == *id) =>
            {
                Strategy::ResetPasswordPhoneCode
            }
            _ => Strategy::ResetPasswordEmailCode,
        }
    }
}

/// Whether the user is let in at all, and is not in yet.
fn may_enter(account: &Account, scene: &Scene<'_>) -> Result<(), SignInRefusal> {
    if account.user.banned {
        return Err(SignInRefusal::Banned);
    }
    not_signed_in(&account.user.id, scene)
}

#[cfg(test)]
mod tests;
