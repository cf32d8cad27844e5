//! Ways to prove the first factor, and where codes reach whoever signs in.

use super::{CodePurpose, Factor, Found, SignIn, SignInRefusal, SignInState};
use crate::{
    Account, Effect, EmailAddress, IdentificationId, Identifier, NewCode, Phone, PhoneNumber, Policy, Recent,
    Recipient, Scene, Step,
};

impl SignIn {
    /// Ways to prove the first factor. Where the instance hides who has an account they depend on the instance alone.
    #[must_use]
    pub fn first_factors(&self, found: &Found<'_>, policy: &Policy) -> Vec<Factor> {
        let SignInState::NeedsFirstFactor { identifier, subject, .. } = &self.state else {
            return Vec::new();
        };
        if !found.is(subject) {
            return Vec::new();
        }
        if self.pending_link().is_some() {
            return self.linking_factor(found).into_iter().collect();
        }
        let password = match found {
            _ if policy.enumeration_protection => policy.password.requirement.is_on(),
            // Turning passwords off keeps the sign-in of those who have one.
            Found::Account(account) => account.password.is_some(),
            Found::Nobody { .. } => false,
        };
        let (email, phone) = (&policy.email_address, &policy.phone_number);
        let mut purposes = vec![
            (email.sign_in_by_code, CodePurpose::SignIn),
            (phone.sign_in_by_code && phone.requirement.is_on(), CodePurpose::SignInByPhone),
            (password, CodePurpose::ResetPassword),
            (password && phone.requirement.is_on(), CodePurpose::ResetPasswordByPhone),
        ];
        purposes.retain(|(offered, _)| *offered);
        let codes = purposes.into_iter().flat_map(|(_, purpose)| {
            let reached = reached(found, identifier, purpose.by_phone(), policy).into_iter();
            reached.map(move |(id, masked, primary)| purpose.factor(&id, masked, primary))
        });
        let passkey = match found {
            // Offered to everybody it would be what everybody is asked for first, and most could not answer. Whoever has
            // one signs in by it without saying who they are.
            _ if policy.enumeration_protection => false,
            Found::Account(account) => account.signs_in_by_passkey(None, policy),
            Found::Nobody { .. } => false,
        };
        let by_passkey = passkey.then_some(Factor::Passkey);
        password.then_some(Factor::Password).into_iter().chain(codes).chain(by_passkey).collect()
    }

    /// Those of [`Self::first_factors`] that can be gone by: no code goes to a number whose country gets no texts. Where
    /// there is no other way they are named all the same, and whoever asks for a code learns why there is none.
    #[must_use]
    pub fn offered_first_factors(&self, found: &Found<'_>, policy: &Policy) -> Vec<Factor> {
        let number_of = |id: &IdentificationId| match (found, self.identifier()) {
            (Found::Account(account), _) => account.phones.iter().find(|number| number.id == *id).map(|n| &n.phone),
            (Found::Nobody { .. }, Some(Identifier::Phone(typed))) => Some(typed),
            (Found::Nobody { .. }, _) => None,
        };
        reachable(self.first_factors(found, policy), number_of, policy)
    }

    /// Sends a code to the address of that id, or to the one that was typed. `recent` is the number of messages that
    /// [`Self::code_recipient`] was sent in the last hour.
    pub fn prepare_code(
        &self,
        purpose: CodePurpose,
        address: Option<&IdentificationId>,
        found: &Found<'_>,
        new: NewCode,
        recent: impl Into<Recent>,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let (identifier, subject, code) = self.provable(found, scene)?;
        let (address_id, to) = self.code_recipient(purpose, address, found, scene.policy)?;
        code.may_prepare(scene.policy, scene.now)?;
        scene.policy.may_message(&to, recent.into())?;
        let verification = new.id.clone();
        let state = SignInState::NeedsFirstFactor {
            identifier: identifier.clone(),
            subject: subject.clone(),
            code: code.prepare(new, scene.policy, scene.now)?,
            code_for: purpose,
            code_sent_to: Some(address_id.clone()),
            locale: self.locale().map(str::to_owned),
            link: self.pending_link().cloned().map(Box::new),
        };
        let mut step = Step::quiet(self.with(state, scene), scene);
        if scene.policy.fixed_code(&to).is_none() {
            let deliver = matches!(found, Found::Account(account) if self.reads(account, &address_id));
            step.effects.push(Effect::SendCode { verification, to, deliver });
        }
        Ok(step)
    }

    /// The address that a code would be sent to: its id, and the address itself.
    pub fn code_recipient(
        &self,
        purpose: CodePurpose,
        wanted: Option<&IdentificationId>,
        found: &Found<'_>,
        policy: &Policy,
    ) -> Result<(IdentificationId, Recipient), SignInRefusal> {
        let SignInState::NeedsFirstFactor { identifier, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        let factors = self.first_factors(found, policy);
        let mut offered = factors.iter().filter_map(|factor| match (purpose, factor) {
            (CodePurpose::SignIn, Factor::EmailCode { email_address_id: id, .. })
            | (CodePurpose::ResetPassword, Factor::ResetPasswordEmailCode { email_address_id: id, .. })
            | (CodePurpose::SignInByPhone, Factor::PhoneCode { phone_number_id: id, .. })
            | (CodePurpose::ResetPasswordByPhone, Factor::ResetPasswordPhoneCode { phone_number_id: id, .. }) => {
                Some(id)
            }
            _ => None,
        });
        let own = own_address(found, identifier, purpose.by_phone());
        let id = match wanted {
            Some(wanted) => offered.find(|id| *id == wanted).ok_or(no_such(purpose))?,
            None => offered.find(|id| own == Some(*id)).ok_or(SignInRefusal::NoSuchFactor)?,
        };
        let to = match (found, identifier) {
            (Found::Account(account), _) => {
                let email = account.emails.iter().find(|address| address.id == *id).map(|a| a.email.clone().into());
                let phone = || account.phones.iter().find(|number| number.id == *id).map(|n| n.phone.clone().into());
                email.or_else(phone)
            }
            (Found::Nobody { .. }, Identifier::Email(email)) => Some(email.clone().into()),
            (Found::Nobody { .. }, Identifier::Phone(phone)) => Some(phone.clone().into()),
            (Found::Nobody { .. }, Identifier::Username(_)) => None,
        };
        Ok((id.clone(), to.ok_or(no_such(purpose))?))
    }

    /// Whether a code to the address or number of that id proves anything for this attempt.
    pub(super) fn reads(&self, account: &Account, id: &IdentificationId) -> bool {
        let address = account.emails.iter().find(|address| address.id == *id);
        let number = account.phones.iter().find(|number| number.id == *id);
        address.is_some_and(|address| address.verified_at.is_some() || self.links_by(address))
            || number.is_some_and(PhoneNumber::is_first_factor)
    }
}

/// Where codes reach whoever this is, by mail or by text: id, what is shown of it, and whether it is the main one. Where
/// the instance hides who has an account, that is what was typed and nothing else.
fn reached(
    found: &Found<'_>,
    identifier: &Identifier,
    by_phone: bool,
    policy: &Policy,
) -> Vec<(IdentificationId, String, bool)> {
    if policy.enumeration_protection {
        let typed = match identifier {
            Identifier::Email(email) if !by_phone => email.masked(),
            Identifier::Phone(phone) if by_phone => phone.masked(),
            _ => return Vec::new(),
        };
        return own_address(found, identifier, by_phone).map(|id| (id.clone(), typed, true)).into_iter().collect();
    }
    let Found::Account(account) = found else { return Vec::new() };
    if by_phone {
        let primary = account.user.primary_phone_number_id.as_ref();
        let proven = account.phones.iter().filter(|number| number.is_first_factor());
        return proven.map(|n| (n.id.clone(), n.phone.masked(), primary == Some(&n.id))).collect();
    }
    let proven = account.emails.iter().filter(|address| address.verified_at.is_some());
    proven.map(|a| (a.id.clone(), a.email.masked(), is_primary(account, a))).collect()
}

/// The id of the address or number that was typed; of the main one, where a user name was.
fn own_address<'a>(found: &Found<'a>, identifier: &Identifier, by_phone: bool) -> Option<&'a IdentificationId> {
    let account = match found {
        Found::Account(account) => account,
        Found::Nobody { decoy, .. } => return Some(decoy),
    };
    match identifier {
        Identifier::Email(email) => account.emails.iter().find(|address| address.email == *email).map(|a| &a.id),
        Identifier::Phone(phone) => account.phones.iter().find(|number| number.phone == *phone).map(|n| &n.id),
        Identifier::Username(_) if by_phone => account.user.primary_phone_number_id.as_ref(),
        Identifier::Username(_) => account.user.primary_email_address_id.as_ref(),
    }
}

/// The factors without codes to numbers whose country gets no texts, unless nothing would be left.
pub(crate) fn reachable<'a>(
    factors: Vec<Factor>,
    number_of: impl Fn(&IdentificationId) -> Option<&'a Phone>,
    policy: &Policy,
) -> Vec<Factor> {
    let reached = |factor: &&Factor| match factor {
        Factor::PhoneCode { phone_number_id: id, .. } | Factor::ResetPasswordPhoneCode { phone_number_id: id, .. } => {
            number_of(id).is_none_or(|number| policy.texts.reaches(number))
        }
        _ => true,
    };
    let left: Vec<_> = factors.iter().filter(reached).cloned().collect();
    if left.is_empty() { factors } else { left }
}

/// No such address or number can get a code of this purpose.
pub(crate) fn no_such(purpose: CodePurpose) -> SignInRefusal {
    if purpose.by_phone() { SignInRefusal::NoSuchNumber } else { SignInRefusal::NoSuchAddress }
}

pub(super) fn is_primary(account: &Account, address: &EmailAddress) -> bool {
    account.user.primary_email_address_id.as_ref() == Some(&address.id)
}
