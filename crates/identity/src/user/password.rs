//! The password of somebody who is signed in: set, changed, removed.

use super::{Account, EmailAddress, User};
use crate::{
    Effect, NewSession, Notice, PasswordChecked, PasswordDigest, PasswordFault, Policy, Recipient, Scene, Session,
    SessionId, Timestamp,
};

/// A password to be set, and what goes with it.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The password.
    pub digest: PasswordDigest,
    /// The session that stays when the user is signed out everywhere else; none signs out nowhere.
    pub sign_out_but: Option<SessionId>,
}

/// What lets a password be changed by whoever has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProof {
    /// The one they say they have was looked at.
    Current(PasswordChecked),
    /// They did not say which one they have: that they have just proven who they are stands in for it, as
    /// [`Account::may_change_password`] has found.
    Fresh {
        /// The version of the password.
        credential_version: i64,
    },
}

/// Why a password is not set or removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// The instance takes no passwords, and the user has none.
    #[error("the instance takes no passwords")]
    Off,
    /// There is a password, and it was not said which.
    #[error("the current password is missing")]
    CurrentMissing,
    /// It is not the current password.
    #[error("it is not the current password")]
    Incorrect,
    /// Too many wrong tries.
    #[error("too many wrong tries")]
    Locked {
        /// For how many milliseconds more.
        remaining_ms: i64,
    },
    /// The new one is the current one.
    #[error("the new password is the current one")]
    Unchanged,
    /// The new one cannot be used.
    #[error("the new password breaks {} rules", .0.len())]
    Faults(Vec<PasswordFault>),
    /// There is none.
    #[error("there is no password")]
    None,
    /// The instance asks for one, or the user could not sign in without.
    #[error("the password is needed")]
    Needed,
}

impl Account {
    /// Whether this password may be set by somebody who says that `current` is the one they have, or who does not say so
    /// and has just proven in this session who they are; asked before anything is computed.
    pub fn may_change_password(
        &self,
        current: Option<&str>,
        new: &str,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), PasswordRefusal> {
        if self.password.is_none() && !policy.password.requirement.is_on() {
            return Err(PasswordRefusal::Off);
        }
        let faults = policy.password.check(new, &self.addresses());
        if !faults.is_empty() {
            return Err(PasswordRefusal::Faults(faults));
        }
        if self.password.is_none() {
            return Ok(());
        }
        self.may_try(current, session, policy, now)?;
        if current == Some(new) { Err(PasswordRefusal::Unchanged) } else { Ok(()) }
    }

    /// Sets a password, which [`Self::may_change_password`] has let pass. `proof` is what lets the current one be changed,
    /// if there is one. A refusal as incorrect is to be counted against the user.
    pub fn change_password(
        &self,
        proof: Option<PasswordProof>,
        new: NewPassword,
        policy: &Policy,
    ) -> Result<Vec<Effect>, PasswordRefusal> {
        let user_id = self.user.id.clone();
        let (version, proof) = self.proven_password(proof)?;
        let mut effects = vec![Effect::SetPassword { user_id: user_id.clone(), version, digest: new.digest }];
        effects.extend(proof);
        effects.push(Effect::NoteChange(user_id.clone()));
        effects.extend(new.sign_out_but.map(|kept| Effect::EndOtherSessions { user_id, kept }));
        effects.extend(self.notices(&Notice::PasswordChanged, policy));
        Ok(effects)
    }

    /// Whether the password may be removed; asked before anything is computed.
    pub fn may_remove_password(
        &self,
        current: Option<&str>,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), PasswordRefusal> {
        if self.password.is_none() {
            return Err(PasswordRefusal::None);
        }
        let by_code =
            policy.email_address.sign_in_by_code && self.emails.iter().any(|email| email.verified_at.is_some());
        if policy.password.requirement == crate::Requirement::Required || !by_code {
            return Err(PasswordRefusal::Needed);
        }
        self.may_try(current, session, policy, now)
    }

    /// Removes the password, which [`Self::may_remove_password`] has let pass. A refusal as incorrect is to be counted
    /// against the user.
    pub fn remove_password(&self, proof: PasswordProof, policy: &Policy) -> Result<Vec<Effect>, PasswordRefusal> {
        let user_id = self.user.id.clone();
        let (version, proof) = self.proven_password(Some(proof))?;
        let mut effects = vec![Effect::RemovePassword { user_id: user_id.clone(), version }];
        effects.extend(proof);
        effects.push(Effect::NoteChange(user_id));
        effects.extend(self.notices(&Notice::PasswordRemoved, policy));
        Ok(effects)
    }

    /// What tells the user that the owner of the instance has set a password for them: nobody else may set one unseen.
    #[must_use]
    pub fn password_set_by_owner(&self, policy: &Policy) -> Vec<Effect> {
        self.notices(&Notice::PasswordChanged, policy)
    }

    /// A notice to every address that the user has proven, and to the main number if its country is on. Test addresses
    /// and numbers get no message.
    pub(crate) fn notices(&self, notice: &Notice, policy: &Policy) -> Vec<Effect> {
        let emails = self.emails.iter().filter(|email| email.verified_at.is_some());
        let emails = emails.map(|email| Recipient::from(email.email.clone()));
        // A text costs money: only what somebody who took over the account would do is worth one.
        let grave = matches!(notice, Notice::PasswordChanged | Notice::PasswordRemoved);
        let number = self.primary_phone().filter(|number| grave && number.verified_at.is_some());
        let number = number.filter(|number| policy.texts.reaches(&number.phone));
        let number = number.map(|number| Recipient::from(number.phone.clone()));
        emails
            .chain(number)
            .filter(|to| policy.fixed_code(to).is_none())
            .map(|to| self.told(notice.clone(), to))
            .collect()
    }

    /// The notice of a sign-in on a client that knew nothing of the user, to the main address alone: it comes oftener than
    /// the others.
    pub(crate) fn new_device(&self, seed: &NewSession, scene: &Scene<'_>) -> Option<Effect> {
        let known = scene.sessions.iter().any(|session| session.user_id == self.user.id);
        if known || !scene.policy.new_device_notices {
            return None;
        }
        let to = self.primary_email().filter(|email| email.verified_at.is_some())?.email.clone();
        let notice = Notice::NewDevice { session: seed.id.clone(), device: seed.activity.clone() };
        let to = Recipient::from(to);
        let told = scene.policy.fixed_code(&to).is_none();
        told.then(|| self.told(notice, to))
    }

    pub(super) fn told(&self, notice: Notice, to: Recipient) -> Effect {
        Effect::SendNotice { user_id: self.user.id.clone(), notice, to, locale: self.user.locale.clone() }
    }

    /// Whether whoever reads the mail of this address can set a new password by a code that goes there.
    #[must_use]
    pub fn resets_by(&self, address: &EmailAddress, policy: &Policy) -> bool {
        // What is offered to somebody is offered to nobody too, where it is hidden who has an account.
        let offered = policy.password.requirement.is_on() || !policy.enumeration_protection;
        offered && self.password.is_some() && address.verified_at.is_some()
    }

    /// What has to be committed to keep whoever is in the account out of it, beside the end of every session: the password
    /// gives way to one that nobody knows, where there is one and a code brings its holder to another.
    #[must_use]
    pub fn shut_out(&self, unknown: Option<(i64, PasswordDigest)>) -> Vec<Effect> {
        let user_id = self.user.id.clone();
        let set = unknown.map(|(version, digest)| Effect::SetPassword { user_id: user_id.clone(), version, digest });
        set.into_iter().chain([Effect::NoteChange(user_id)]).collect()
    }

    /// Whether the password is known to be known to others, so that it has to be set anew.
    #[must_use]
    pub fn password_is_compromised(&self) -> bool {
        let compromised = self.user.compromised_password;
        self.password.is_some_and(|password| compromised == Some(password.updated_at))
    }

    /// The user with a password that others know, or do not know after all. None where there is no password.
    #[must_use]
    pub fn with_compromised_password(&self, compromised: bool) -> Option<User> {
        let password = self.password?;
        let compromised_password = compromised.then_some(password.updated_at);
        Some(User { compromised_password, ..self.user.clone() })
    }

    /// Names, addresses and numbers, which whoever guesses would try first.
    #[must_use]
    pub fn own_words(&self) -> Vec<&str> {
        let names = [self.user.first_name.as_deref(), self.user.last_name.as_deref()];
        names.into_iter().flatten().chain(self.addresses()).collect()
    }

    /// Every address, number and name, as text: none of them is a password.
    #[must_use]
    pub fn addresses(&self) -> Vec<&str> {
        let emails = self.emails.iter().map(|email| email.email.as_str());
        let phones = self.phones.iter().map(|number| number.phone.as_str());
        emails.chain(phones).chain(self.user.username.as_ref().map(crate::Username::as_str)).collect()
    }

    /// Whoever could take over the account by what else a fresh proof allows, such as another address that a code for a
    /// new password goes to, gains nothing by not having to know the password; and the prebuilt components of the SDKs
    /// do not ask for it where the instance asks for such a proof.
    fn may_try(
        &self,
        current: Option<&str>,
        session: &Session,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), PasswordRefusal> {
        if current.is_none() && !session.is_proven_anew(self, policy, now) {
            return Err(PasswordRefusal::CurrentMissing);
        }
        match self.lockout.remaining_ms(now) {
            Some(remaining_ms) => Err(PasswordRefusal::Locked { remaining_ms }),
            None => Ok(()),
        }
    }

    /// The version of the password that was proven, and what else the proof leads to; version 0 where there is none. Wrong
    /// tries are forgotten with the right password alone.
    fn proven_password(&self, proof: Option<PasswordProof>) -> Result<(i64, Option<Effect>), PasswordRefusal> {
        match proof {
            _ if self.password.is_none() => Ok((0, None)),
            Some(PasswordProof::Current(checked)) if checked.ok => {
                Ok((checked.credential_version, Some(Effect::ClearFailures(self.counter.clone()))))
            }
            Some(PasswordProof::Fresh { credential_version }) => {
                Ok((credential_version, Some(Effect::RequireOpen(self.counter.clone()))))
            }
            _ => Err(PasswordRefusal::Incorrect),
        }
    }
}

#[cfg(test)]
mod tests;
