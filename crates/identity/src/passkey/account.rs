//! Passkeys of somebody who is signed in: added, renamed, removed.

use super::{Credential, MAX_NAME, MOST_PASSKEYS, Passkey, PasskeyRefusal};
use crate::{
    Account, AccountChange, ConnectionKey, Effect, FieldError, FieldFault, IdentificationId, Notice, Policy, Timestamp,
    VerificationId,
};

/// The field of a name.
const NAME: &str = "name";
/// What a passkey is called until its user says otherwise.
const UNNAMED: &str = "Passkey";
/// The same for one on a stick.
const SECURITY_KEY: &str = "Security key";

/// A passkey to be added: its key has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// Id.
    pub id: IdentificationId,
    /// The ceremony in which the key was made, which was taken for its answer.
    pub ceremony: VerificationId,
    /// The key.
    pub credential: Credential,
}

impl Account {
    /// The passkey of that id.
    pub fn passkey(&self, id: &str) -> Result<&Passkey, PasskeyRefusal> {
        self.passkeys.iter().find(|passkey| passkey.id.as_str() == id).ok_or(PasskeyRefusal::Unknown)
    }

    /// Whether another passkey may be added; asked before a device is.
    pub fn may_add_passkey(&self, policy: &Policy) -> Result<(), PasskeyRefusal> {
        if !policy.passkeys.enabled {
            return Err(PasskeyRefusal::Off);
        }
        if self.passkeys.len() >= MOST_PASSKEYS { Err(PasskeyRefusal::TooMany) } else { Ok(()) }
    }

    /// Adds a passkey.
    pub fn add_passkey(
        &self,
        new: NewPasskey,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Passkey, AccountChange), PasskeyRefusal> {
        self.may_add_passkey(policy)?;
        if self.passkeys.iter().any(|passkey| passkey.credential.id == new.credential.id) {
            return Err(PasskeyRefusal::NotKept);
        }
        let passkey = Passkey {
            id: new.id,
            user_id: self.user.id.clone(),
            name: self.free_name(&new.credential),
            credential: new.credential,
            last_used_at: None,
            created_at: now,
            updated_at: now,
        };
        let mut effects = vec![Effect::ConsumeCeremony(new.ceremony), Effect::AddPasskey(Box::new(passkey.clone()))];
        effects.extend(self.notices(&Notice::PasskeyAdded(passkey.name.clone()), policy));
        Ok((passkey, AccountChange { user: self.user.clone(), effects }))
    }

    /// A name that none of the user's passkeys has.
    fn free_name(&self, credential: &Credential) -> String {
        let plugged = |way: &String| matches!(way.as_str(), "usb" | "nfc" | "ble");
        let stick = !credential.transports.is_empty() && credential.transports.iter().all(plugged);
        let name = if stick { SECURITY_KEY } else { UNNAMED };
        let taken = |name: &str| self.passkeys.iter().any(|passkey| passkey.name == name);
        let mut numbered = (2..).map(|number| format!("{name} {number}"));
        if taken(name) { numbered.find(|name| !taken(name)).unwrap_or_default() } else { name.to_owned() }
    }

    /// Gives a passkey another name.
    pub fn rename_passkey(&self, passkey: &Passkey, typed: &str, now: Timestamp) -> Result<Passkey, FieldError> {
        let name = typed.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(FieldError::new(NAME, FieldFault::Format));
        }
        if name.chars().count() > MAX_NAME {
            return Err(FieldError::new(NAME, FieldFault::TooLong));
        }
        Ok(Passkey { name: name.to_owned(), updated_at: passkey.updated_at.grown(now), ..passkey.clone() })
    }

    /// Removes a passkey, unless it is the last thing that the user can sign in with. `can_sign_in` says of a connection
    /// whether the instance lets people in by it.
    pub fn remove_passkey(
        &self,
        passkey: &Passkey,
        can_sign_in: impl Fn(ConnectionKey) -> bool,
        policy: &Policy,
    ) -> Result<AccountChange, PasskeyRefusal> {
        let by_code =
            policy.email_address.sign_in_by_code && self.emails.iter().any(|address| address.verified_at.is_some());
        let by_text = policy.phone_number.requirement.is_on()
            && policy.phone_number.sign_in_by_code
            && self.phones.iter().any(crate::PhoneNumber::is_first_factor);
        let elsewhere =
            self.externals.iter().any(|external| external.is_linked() && can_sign_in(external.proof.connection));
        let by_another = self.signs_in_by_passkey(Some(&passkey.id), policy);
        if !by_code && !by_text && self.password.is_none() && !elsewhere && !by_another {
            return Err(PasskeyRefusal::Last);
        }
        Ok(self.without_passkey(passkey, policy))
    }

    /// Removes a passkey, whatever is left to sign in with.
    #[must_use]
    pub fn without_passkey(&self, passkey: &Passkey, policy: &Policy) -> AccountChange {
        let mut effects = vec![Effect::RemovePasskey(passkey.id.clone())];
        effects.extend(self.notices(&Notice::PasskeyRemoved(passkey.name.clone()), policy));
        AccountChange { user: self.user.clone(), effects }
    }

    /// Whether the user can sign in by a passkey, by another one than this if one is named.
    pub(crate) fn signs_in_by_passkey(&self, but: Option<&IdentificationId>, policy: &Policy) -> bool {
        policy.passkeys.enabled && self.passkeys.iter().any(|passkey| Some(&passkey.id) != but)
    }
}
