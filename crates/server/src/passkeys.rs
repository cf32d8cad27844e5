//! What devices are asked for a passkey, and whether their answers are right (Web Authentication §7).
//!
//! The ceremonies themselves are those of `webauthn-rs`. Beside it stands what it leaves to its caller: which pages may
//! ask ([`RelyingParty`]), that a key is made to be found without its id, and that an answer belongs to whom it names.
//! Everything is over in a moment and waits for nobody; what has to outlive a request goes into the database as text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{
    Credential, CredentialId, Passkey, RelyingParty, UserHandle,
    passkey::{AskedFor, CEREMONY_MS, ClientDataFault, read_client_data},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        Credential as InnerCredential, DiscoverableAuthentication, DiscoverableKey, Passkey as Key,
        PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid,
        WebauthnError,
    },
};

/// Ways to reach a device that are passed on to those who ask it (Web Authentication §5.8.4).
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/// A device can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What it is asked, as JSON text of the options.
    pub options: String,
    /// What its answer will be held against.
    pub state: String,
}

/// Whom a key is made for, as their device shows them.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// What the device knows them by.
    pub handle: UserHandle,
    /// What tells one account from another, such as an address.
    pub name: &'a str,
    /// What they are called.
    pub display_name: &'a str,
}

/// Why an answer does not count.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyFault {
    /// It is no answer of a device.
    #[error("it is no answer of a device: {0}")]
    Malformed(serde_json::Error),
    /// It names no key.
    #[error("it names no key")]
    NoKey,
    /// What the browser says does not count.
    #[error(transparent)]
    ClientData(#[from] ClientDataFault),
    /// It says that somebody else answers.
    #[error("the device knows somebody else by this key")]
    OtherUser,
    /// The key says that it has answered less often than it had: there may be two of it.
    #[error("the counter of the key went back")]
    CounterWentBack,
    /// The key says otherwise than before whether it may be copied to other devices.
    #[error("the key says otherwise than before whether it may be copied")]
    OtherEligibility,
    /// It is not right.
    #[error("{0}")]
    Refused(WebauthnError),
    /// What is kept cannot be read.
    #[error("what is kept cannot be read: {0}")]
    Kept(serde_json::Error),
}

/// What an answer is held against.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    /// A key that is made, for whom the device knows by this.
    New(UserHandle, PasskeyRegistration),
    /// Whichever key the device has.
    Any(DiscoverableAuthentication),
    /// One of those that were named.
    Named(PasskeyAuthentication),
}

/// An answer that signs in, as it came.
#[derive(Debug)]
pub struct Answer {
    id: CredentialId,
    credential: PublicKeyCredential,
}

impl From<WebauthnError> for PasskeyFault {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::CredentialPossibleCompromise => Self::CounterWentBack,
            error => Self::Refused(error),
        }
    }
}

impl Answer {
    /// Reads an answer.
    pub fn read(text: &str) -> Result<Self, PasskeyFault> {
        let credential: PublicKeyCredential = serde_json::from_str(text).map_err(PasskeyFault::Malformed)?;
        Ok(Self { id: named(&credential.raw_id)?, credential })
    }

    /// The key that answers.
    #[must_use]
    pub fn credential_id(&self) -> &CredentialId {
        &self.id
    }
}

/// Asks a device to make a key for this person that it has not made yet.
pub fn ask_for_new(
    party: &RelyingParty,
    application: &str,
    person: Person<'_>,
    known: &[Passkey],
) -> Result<Asking, PasskeyFault> {
    let ids = known.iter().filter_map(|passkey| bytes(&passkey.credential.id)).collect();
    let (challenge, state) = verifier(party, Some(application), None)?.start_passkey_registration(
        Uuid::from_bytes(person.handle.0),
        person.name,
        person.display_name,
        Some(ids),
    )?;
    let mut options = serde_json::to_value(&challenge.public_key).map_err(PasskeyFault::Kept)?;
    // A key that signs in without an identifier has to be found without its id.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    options["excludeCredentials"] = descriptors(known);
    asking(&options, &Kept::New(person.handle, state))
}

/// Takes the answer of a device that was asked to make a key.
pub fn take_new(party: &RelyingParty, state: &str, text: &str) -> Result<Credential, PasskeyFault> {
    let said: Value = serde_json::from_str(text).map_err(PasskeyFault::Malformed)?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(text).map_err(PasskeyFault::Malformed)?;
    let page = read_client_data(&answer.response.client_data_json, AskedFor::Create, party)?;
    let Kept::New(handle, state) = kept(state)? else { return Err(ClientDataFault::OtherKind.into()) };
    let key = verifier(party, None, Some(&page))?.finish_passkey_registration(&answer, &state)?;
    let transports = said["response"]["transports"].as_array().into_iter().flatten();
    let transports = transports.filter_map(|way| TRANSPORTS.into_iter().find(|known| way.as_str() == Some(known)));
    let told = ["clientExtensionResults", "extensions"].map(|place| said[place]["credProps"]["rk"].as_bool());
    Ok(Credential {
        transports: transports.map(str::to_owned).collect(),
        // It was asked for nothing else; not every browser says what became of it.
        discoverable: told.into_iter().flatten().next().unwrap_or(true),
        ..described(&key, handle)?
    })
}

/// Asks a device to sign in, by one of these keys; by whichever it has if none is named.
pub fn ask_to_sign_in(party: &RelyingParty, named: &[Passkey]) -> Result<Asking, PasskeyFault> {
    let verifier = verifier(party, None, None)?;
    let (challenge, state) = if named.is_empty() {
        let (challenge, state) = verifier.start_discoverable_authentication()?;
        (challenge, Kept::Any(state))
    } else {
        let keys = named.iter().map(key_of).collect::<Result<Vec<_>, _>>()?;
        let (challenge, state) = verifier.start_passkey_authentication(&keys)?;
        (challenge, Kept::Named(state))
    };
    let mut options = serde_json::to_value(&challenge.public_key).map_err(PasskeyFault::Kept)?;
    options["allowCredentials"] = descriptors(named);
    asking(&options, &state)
}

/// Holds an answer against what was asked. What is known of the key afterwards comes back.
pub fn take_sign_in(
    party: &RelyingParty,
    state: &str,
    answer: &Answer,
    passkey: &Passkey,
) -> Result<Credential, PasskeyFault> {
    let response = &answer.credential.response;
    let page = read_client_data(&response.client_data_json, AskedFor::Get, party)?;
    let verifier = verifier(party, None, Some(&page))?;
    let before = &passkey.credential;
    let by_handle = response.user_handle.as_ref().map(|handle| handle.as_slice() == before.handle.0);
    let mut key = key_of(passkey)?;
    let result = match kept(state)? {
        // Nobody has said who it is: the device has to.
        Kept::Any(_) if by_handle != Some(true) => return Err(PasskeyFault::OtherUser),
        Kept::Named(_) if by_handle == Some(false) => return Err(PasskeyFault::OtherUser),
        Kept::Any(state) => {
            verifier.finish_discoverable_authentication_v2(&answer.credential, state, DiscoverableKey::from(&key))?
        }
        Kept::Named(state) => verifier.finish_passkey_authentication(&answer.credential, &state)?,
        Kept::New(..) => return Err(ClientDataFault::OtherKind.into()),
    };
    // Against what is known now: what a named key was asked with may be older (Web Authentication §6.1.1).
    let counts = result.counter() > 0 || before.counter > 0;
    if counts && result.counter() <= before.counter {
        return Err(PasskeyFault::CounterWentBack);
    }
    // The library lets a named key become one that may be copied; Web Authentication §7.2 does not.
    if result.backup_eligible() != before.backup_eligible {
        return Err(PasskeyFault::OtherEligibility);
    }
    key.update_credential(&result);
    let after = described(&key, before.handle)?;
    Ok(Credential { transports: before.transports.clone(), discoverable: before.discoverable, ..after })
}

/// The library's relying party, for answers that this page has asked for.
fn verifier(party: &RelyingParty, application: Option<&str>, page: Option<&Url>) -> Result<Webauthn, PasskeyFault> {
    let home = Url::parse(&party.origin()).map_err(|_| WebauthnError::Configuration)?;
    let timeout = std::time::Duration::from_millis(CEREMONY_MS.unsigned_abs());
    let mut builder = WebauthnBuilder::new(party.id(), &home)?.timeout(timeout);
    if let Some(application) = application {
        builder = builder.rp_name(application);
    }
    if let Some(page) = page {
        builder = builder.append_allowed_origin(page);
    }
    Ok(builder.build()?)
}

/// What is known of a key by its own word.
fn described(key: &Key, handle: UserHandle) -> Result<Credential, PasskeyFault> {
    let inner = InnerCredential::from(key.clone());
    Ok(Credential {
        id: named(key.cred_id())?,
        handle,
        key: serde_json::to_string(key).map_err(PasskeyFault::Kept)?,
        transports: Vec::new(),
        discoverable: true,
        counter: inner.counter,
        backup_eligible: inner.backup_eligible,
        backed_up: inner.backup_state,
    })
}

fn key_of(passkey: &Passkey) -> Result<Key, PasskeyFault> {
    serde_json::from_str(&passkey.credential.key).map_err(PasskeyFault::Kept)
}

fn kept(state: &str) -> Result<Kept, PasskeyFault> {
    serde_json::from_str(state).map_err(PasskeyFault::Kept)
}

fn asking(options: &Value, state: &Kept) -> Result<Asking, PasskeyFault> {
    let state = serde_json::to_string(state).map_err(PasskeyFault::Kept)?;
    Ok(Asking { options: options.to_string(), state })
}

/// Keys as devices are told them, with the ways to reach each.
fn descriptors(passkeys: &[Passkey]) -> Value {
    let descriptor = |Passkey { credential, .. }: &Passkey| {
        let mut descriptor = json!({ "type": "public-key", "id": credential.id.as_str() });
        if !credential.transports.is_empty() {
            descriptor["transports"] = json!(credential.transports);
        }
        descriptor
    };
    passkeys.iter().map(descriptor).collect()
}

fn named(id: &[u8]) -> Result<CredentialId, PasskeyFault> {
    CredentialId::parse(&URL_SAFE_NO_PAD.encode(id)).map_err(|_| PasskeyFault::NoKey)
}

fn bytes(id: &CredentialId) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(id.as_str()).ok()
}

#[cfg(test)]
mod tests;
