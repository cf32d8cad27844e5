//! Addresses that the owner of the instance gives to users, vouches for and makes the main one. Whoever holds the secret
//! key answers for them: nothing has to be proven.

use super::{Account, EmailAddress, MAX_ADDRESSES};
use crate::{
    CodeProof, Effect, Email, IdentificationId, Notice, Policy, Timestamp,
    sign_up::Claim,
    user::{AccountChange, EmailRefusal},
};

/// An address that the owner gives to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenEmail {
    /// Id.
    pub id: IdentificationId,
    /// The address.
    pub email: Email,
    /// Whether the owner vouches for it. Until somebody does or proves it, it is kept from nobody.
    pub verified: bool,
    /// Whether it becomes the main one.
    pub primary: bool,
    /// Whether the main one before is told.
    pub notify: bool,
}

/// What becomes of an address: `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmailChange {
    /// Whether the owner vouches for it.
    pub verified: Option<bool>,
    /// Whether it is the main one.
    pub primary: Option<bool>,
    /// Whether the main one before is told.
    pub notify: bool,
}

impl Account {
    /// Gives the user an address. `claim` is about the others.
    pub fn give_email(
        &self,
        given: &GivenEmail,
        claim: Claim,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<AccountChange, EmailRefusal> {
        if claim == Claim::Claimed || self.emails.iter().any(|address| address.email == given.email) {
            return Err(EmailRefusal::Exists);
        }
        if self.emails.len() >= MAX_ADDRESSES {
            return Err(EmailRefusal::TooMany);
        }
        if given.primary && !given.verified {
            return Err(EmailRefusal::Unproven);
        }
        let address = EmailAddress {
            id: given.id.clone(),
            user_id: self.user.id.clone(),
            email: given.email.clone(),
            verified_at: given.verified.then_some(now),
            reserved: false,
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        };
        let first = given.verified && self.user.primary_email_address_id.is_none();
        let mut change = AccountChange { user: self.user.clone(), effects: vec![] };
        if given.primary || first {
            self.make_primary(&address, given.notify, policy, &mut change);
        }
        change.effects.insert(0, Effect::AddEmail(Box::new(address)));
        Ok(change)
    }

    /// Changes an address of the user. `claim` is about the others.
    pub fn change_email(
        &self,
        address: &EmailAddress,
        wanted: EmailChange,
        claim: Claim,
        policy: &Policy,
    ) -> Result<AccountChange, EmailRefusal> {
        let is_primary = self.user.primary_email_address_id.as_ref() == Some(&address.id);
        let is_proven = address.verified_at.is_some();
        if is_proven && wanted.verified == Some(false) {
            return Err(EmailRefusal::StaysProven);
        }
        if is_primary && wanted.primary == Some(false) {
            return Err(EmailRefusal::StaysPrimary);
        }
        let mut change = AccountChange { user: self.user.clone(), effects: vec![] };
        let vouched = !is_proven && wanted.verified == Some(true);
        if vouched {
            if claim == Claim::Claimed {
                return Err(EmailRefusal::Exists);
            }
            change.effects.push(Effect::VerifyEmail(address.id.clone()));
        }
        let proven = is_proven || vouched;
        let first = vouched && self.user.primary_email_address_id.is_none();
        if wanted.primary == Some(true) && !proven {
            return Err(EmailRefusal::Unproven);
        }
        if !is_primary && (wanted.primary == Some(true) || first) {
            self.make_primary(address, wanted.notify, policy, &mut change);
        }
        Ok(change)
    }

    fn make_primary(&self, address: &EmailAddress, notify: bool, policy: &Policy, change: &mut AccountChange) {
        change.user.primary_email_address_id = Some(address.id.clone());
        let before = self.primary_email().filter(|before| notify && policy.fixed_code(&before.email).is_none());
        let notice = Notice::PrimaryChanged(address.email.clone());
        change.effects.extend(before.map(|before| self.told(notice, before.email.clone().into())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, JANE, START, address, email, email_of, jane};

    const OTHER: &str = "other@example.com";

    fn policy() -> Policy {
        Policy::default()
    }

    fn given(verified: bool, primary: bool) -> GivenEmail {
        GivenEmail { id: address(2), email: email(OTHER), verified, primary, notify: true }
    }

    /// Jane with another address, which is yet to be proven.
    fn pending() -> (Account, EmailAddress) {
        let other = EmailAddress { reserved: false, ..email_of(&jane().user.id, 2, OTHER, false) };
        let mut jane = jane();
        jane.emails.push(other.clone());
        (jane, other)
    }

    fn told() -> Effect {
        samples::told(Notice::PrimaryChanged(email(OTHER)), JANE)
    }

    #[test]
    fn an_address_is_given_with_what_the_owner_says_of_it() {
        let give = |given: &GivenEmail| jane().give_email(given, Claim::Free, &policy(), START).unwrap();
        let kept = give(&given(false, false));
        let [Effect::AddEmail(added)] = &kept.effects[..] else { panic!("{:?}", kept.effects) };
        assert!(!added.is_claimed() && added.email == email(OTHER));
        assert_eq!(kept.user, jane().user);
        let vouched = give(&given(true, false));
        let [Effect::AddEmail(added)] = &vouched.effects[..] else { panic!("{:?}", vouched.effects) };
        assert_eq!((added.verified_at, vouched.user.primary_email_address_id), (Some(START), Some(address(1))));
        let main = give(&given(true, true));
        assert_eq!(main.user.primary_email_address_id, Some(address(2)));
        assert_eq!(main.effects[1..], [told()]);
        assert_eq!(give(&GivenEmail { notify: false, ..given(true, true) }).effects.len(), 1);
        let mut nameless = jane();
        nameless.user.primary_email_address_id = None;
        let first = nameless.give_email(&given(true, false), Claim::Free, &policy(), START).unwrap();
        assert_eq!(first.user.primary_email_address_id, Some(address(2)), "the first one is the main one");
    }

    #[test]
    fn what_somebody_has_and_what_is_too_much_is_not_given() {
        let refused =
            |jane: &Account, given: &GivenEmail, claim| jane.give_email(given, claim, &policy(), START).unwrap_err();
        assert_eq!(refused(&jane(), &given(true, false), Claim::Claimed), EmailRefusal::Exists);
        let own = GivenEmail { email: email(JANE), ..given(true, false) };
        assert_eq!(refused(&jane(), &own, Claim::Free), EmailRefusal::Exists);
        assert_eq!(refused(&jane(), &given(false, true), Claim::Free), EmailRefusal::Unproven);
        let mut many = jane();
        many.emails = (1..11).map(|n| email_of(&many.user.id, n, &format!("a{n}@example.com"), true)).collect();
        assert_eq!(refused(&many, &given(true, false), Claim::Free), EmailRefusal::TooMany);
    }

    #[test]
    fn an_address_is_vouched_for_and_becomes_the_main_one() {
        let (jane, other) = pending();
        let change = |wanted| jane.change_email(&other, wanted, Claim::Free, &policy());
        let of = |verified, primary| EmailChange { verified, primary, notify: true };
        let vouched = change(of(Some(true), None)).unwrap();
        assert_eq!(vouched.effects, [Effect::VerifyEmail(other.id.clone())]);
        assert_eq!(vouched.user, jane.user);
        let both = change(of(Some(true), Some(true))).unwrap();
        assert_eq!(both.effects, [Effect::VerifyEmail(other.id.clone()), told()]);
        assert_eq!(both.user.primary_email_address_id, Some(other.id.clone()));
        assert_eq!(change(of(None, Some(true))), Err(EmailRefusal::Unproven));
        assert_eq!(change(of(Some(false), Some(false))).unwrap().effects, []);
        let taken = jane.change_email(&other, of(Some(true), None), Claim::Claimed, &policy());
        assert_eq!(taken, Err(EmailRefusal::Exists));
        let main = |wanted| jane.change_email(&jane.emails[0], wanted, Claim::Free, &policy());
        assert_eq!(main(of(Some(false), None)), Err(EmailRefusal::StaysProven));
        assert_eq!(main(of(None, Some(false))), Err(EmailRefusal::StaysPrimary));
        assert_eq!(main(of(Some(true), Some(true))).unwrap().effects, []);
    }
}
