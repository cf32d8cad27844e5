//! Accounts elsewhere of somebody who is signed in: connected, asked for more, removed.

use super::{ConnectionRules, ExternalAccount, ExternalFound, ExternalRefusal, Profile, refused_by_rules};
use crate::{
    Account, AccountChange, CodeProof, ConnectionKey, Effect, Email, EmailAddress, IdentificationId, Notice, Policy,
    Timestamp, VerificationId,
};

/// What a way out led to that somebody began who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Connected {
    /// The account elsewhere.
    pub external: ExternalAccount,
    /// The user, and what has to be committed.
    pub change: AccountChange,
}

/// Why an account elsewhere is not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemovalRefusal {
    /// The user has no such account elsewhere.
    #[error("the user has no such account elsewhere")]
    NotFound,
    /// The user could not sign in without it.
    #[error("nothing would be left to sign in with")]
    Last,
}

impl Account {
    /// The account elsewhere of that id.
    pub fn external(&self, id: &str) -> Result<&ExternalAccount, RemovalRefusal> {
        self.externals.iter().find(|external| external.id.as_str() == id).ok_or(RemovalRefusal::NotFound)
    }

    /// The account elsewhere that is linked by a connection; a user has one by each.
    #[must_use]
    pub fn linked_by(&self, connection: ConnectionKey) -> Option<&ExternalAccount> {
        self.externals.iter().find(|external| external.is_linked() && external.proof.connection == connection)
    }

    /// Takes what came back for an account elsewhere that this user is about to connect, or was asked for again. An
    /// address that the provider vouches for becomes one of the user's, unless somebody has it; `new_address` is its id.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "what came back, the evidence, and what the caller draws are each their own"
    )]
    pub fn connect(
        &self,
        external: &ExternalAccount,
        flow: &VerificationId,
        profile: &Profile,
        found: &ExternalFound<'_>,
        rules: ConnectionRules,
        new_address: IdentificationId,
        policy: &Policy,
        now: Timestamp,
    ) -> Connected {
        let redeem = Effect::RedeemExternal(flow.clone());
        if let Some(refusal) = self.refuses(external, profile, found, rules) {
            let external = external.refused(refusal, now);
            let effects = vec![redeem, Effect::SaveExternal(Box::new(external.clone()))];
            return Connected { external, change: AccountChange { user: self.user.clone(), effects } };
        }
        let first = !external.is_linked();
        let external = external.renewed(flow, profile.clone(), now);
        let link = Effect::LinkExternal { external: Box::new(external.clone()), flow: flow.clone() };
        let mut change = AccountChange { user: self.user.clone(), effects: vec![redeem, link] };
        if let Some(email) = profile.proven_email().filter(|_| found.owner.is_none()) {
            self.take_address(email, new_address, policy, now, &mut change);
        }
        if first {
            change.effects.extend(self.notices(&Notice::ExternalConnected(profile.connection), policy));
        }
        Connected { external, change }
    }

    fn refuses(
        &self,
        external: &ExternalAccount,
        profile: &Profile,
        found: &ExternalFound<'_>,
        rules: ConnectionRules,
    ) -> Option<ExternalRefusal> {
        if let Some(refusal) = refused_by_rules(profile, rules) {
            return Some(refusal);
        }
        if let Some(account) = found.linked
            && account.user.id != self.user.id
        {
            return Some(ExternalRefusal::OauthIdentificationClaimed);
        }
        // The address would become one of the user's.
        if let Some(barred) = rules.barred.filter(|_| profile.proven_email().is_some() && found.owner.is_none()) {
            return Some(barred.into());
        }
        // One account by each connection; who was asked for more must come back as who they are.
        let other = self.linked_by(profile.connection).filter(|linked| {
            linked.id != external.id || linked.profile.as_ref().is_some_and(|known| known.subject != profile.subject)
        });
        other.map(|_| ExternalRefusal::OauthAccountAlreadyConnected)
    }

    /// Makes an address the user's that the provider vouches for and nobody has claimed.
    fn take_address(
        &self,
        email: &Email,
        id: IdentificationId,
        policy: &Policy,
        now: Timestamp,
        change: &mut AccountChange,
    ) {
        let known = self.emails.iter().find(|address| address.email == *email);
        let id = if let Some(address) = known {
            change.effects.push(Effect::VerifyEmail(address.id.clone()));
            address.id.clone()
        } else {
            change.effects.push(Effect::AddEmail(Box::new(EmailAddress {
                id: id.clone(),
                user_id: self.user.id.clone(),
                email: email.clone(),
                verified_at: Some(now),
                reserved: false,
                code: CodeProof::default(),
                created_at: now,
                updated_at: now,
            })));
            id
        };
        change.effects.extend(self.notices(&Notice::EmailAdded(email.clone()), policy));
        change.user.primary_email_address_id.get_or_insert(id);
    }

    /// Removes an account elsewhere, unless it is the last thing that the user can sign in with. `can_sign_in` says of a
    /// connection whether the instance lets people in by it.
    pub fn remove_external(
        &self,
        external: &ExternalAccount,
        can_sign_in: impl Fn(ConnectionKey) -> bool,
        policy: &Policy,
    ) -> Result<AccountChange, RemovalRefusal> {
        let by_code =
            policy.email_address.sign_in_by_code && self.emails.iter().any(|address| address.verified_at.is_some());
        let by_text = policy.phone_number.requirement.is_on()
            && policy.phone_number.sign_in_by_code
            && self.phones.iter().any(crate::PhoneNumber::is_first_factor);
        let by_another = self
            .externals
            .iter()
            .any(|other| other.id != external.id && other.is_linked() && can_sign_in(other.proof.connection));
        let by_passkey = self.signs_in_by_passkey(None, policy);
        let other_way = by_code || by_text || self.password.is_some() || by_another || by_passkey;
        if external.is_linked() && !other_way {
            return Err(RemovalRefusal::Last);
        }
        let mut effects = vec![Effect::UnlinkExternal(external.id.clone())];
        if external.is_linked() {
            effects.extend(self.notices(&Notice::ExternalRemoved(external.proof.connection), policy));
        }
        Ok(AccountChange { user: self.user.clone(), effects })
    }
}
