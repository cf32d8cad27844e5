//! A ceremony: what an authenticator is asked, checked.
//!
//! Neither type can be made but by a [`Site`], so no authenticator is ever asked for a relying party that is not the
//! site's.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webauthn_rs_proto as proto;

use crate::{
    Fault, Site,
    options::{CreationOptions, Descriptor, RequestOptions},
};

/// ECDSA over P-256 with SHA-256 (RFC 9053 §2.1).
pub(crate) const ES256: i64 = -7;
/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8812 §2).
const RS256: i64 = -257;
/// Fewest bytes of a challenge (Web Authentication §13.4.3).
const SHORTEST_CHALLENGE: usize = 16;
/// Most bytes of what a device knows a user by (Web Authentication §5.4.3).
const LONGEST_HANDLE: usize = 64;
/// How long an answer is waited for at least and at most, and if the instance does not say (Web Authentication §5.1.3,
/// step 4): people need time to find a key, and nobody is waited for all day.
const TIMES: (u64, u64, u64) = (30_000, 600_000, 300_000);

/// How much it matters that the key is found without its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discoverable {
    /// It has to be.
    Required,
    /// If the authenticator can.
    Preferred,
    /// It need not be.
    Discouraged,
}

/// A key is asked for.
#[derive(Clone, Debug)]
pub struct Creation {
    site: Site,
    options: CreationOptions,
    algorithms: Vec<i64>,
}

/// A signature is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    site: Site,
    options: RequestOptions,
}

impl Creation {
    pub(crate) fn new(site: Site, options: CreationOptions) -> Result<Self, Fault> {
        check_challenge(&options.challenge)?;
        if options.user.id.is_empty() || options.user.id.len() > LONGEST_HANDLE {
            return Err(Fault::Options("the id of a user has 1 to 64 bytes".to_owned()));
        }
        // Web Authentication §5.1.3, steps 9 and 10.
        let known = options.pub_key_cred_params.iter().filter(|one| one.kind == "public-key");
        let algorithms: Vec<i64> = if options.pub_key_cred_params.is_empty() {
            vec![ES256, RS256]
        } else {
            known.map(|one| one.alg).collect()
        };
        if algorithms.is_empty() {
            return Err(Fault::Algorithms);
        }
        Ok(Self { site, options, algorithms })
    }

    /// The site that asks.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The relying party that the key is for.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        self.options.rp.id.as_deref().unwrap_or_default()
    }

    /// What tells one account from another, as the instance says.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.options.user.name
    }

    /// How much it matters that the key is found without its id (Web Authentication §5.4.4).
    #[must_use]
    pub fn discoverable(&self) -> Discoverable {
        let selection = &self.options.authenticator_selection;
        match selection.resident_key.as_str() {
            Some("required") => Discoverable::Required,
            Some("preferred") => Discoverable::Preferred,
            Some("discouraged") => Discoverable::Discouraged,
            _ if selection.require_resident_key => Discoverable::Required,
            _ => Discoverable::Discouraged,
        }
    }

    /// Where the authenticator has to be, if the instance says (Web Authentication §5.4.5).
    pub(crate) fn attachment(&self) -> Option<&str> {
        let known = |wanted: &&str| matches!(*wanted, "platform" | "cross-platform");
        self.options.authenticator_selection.authenticator_attachment.as_str().filter(known)
    }

    /// Whether the instance wants to know who made the authenticator (Web Authentication §5.4.7).
    pub(crate) fn wants_attestation(&self) -> bool {
        matches!(self.options.attestation.as_str(), Some("direct" | "indirect" | "enterprise"))
    }

    /// Whether it wants to know if the key is found without its id (Web Authentication §10.1.3).
    pub(crate) fn wants_properties(&self) -> bool {
        self.options.extensions["credProps"] == Value::Bool(true)
    }

    /// How long an answer is waited for.
    #[must_use]
    pub fn time(&self) -> Duration {
        time(self.options.timeout)
    }

    pub(crate) fn client_data(&self) -> ClientData {
        ClientData::new("webauthn.create", &self.options.challenge, &self.site)
    }

    /// The same in the words of the library of authenticators. The verification of the user is always asked for: a key
    /// that anybody at this computer could use would be no second thing beside it.
    pub(crate) fn worded(&self) -> proto::PublicKeyCredentialCreationOptions {
        let options = &self.options;
        let parameters = |alg: &i64| proto::PubKeyCredParams { type_: "public-key".to_owned(), alg: *alg };
        proto::PublicKeyCredentialCreationOptions {
            rp: proto::RelyingParty { name: options.rp.name.clone(), id: self.rp_id().to_owned() },
            user: proto::User {
                id: options.user.id.clone(),
                name: options.user.name.clone(),
                display_name: options.user.display_name.clone(),
            },
            challenge: options.challenge.clone(),
            pub_key_cred_params: self.algorithms.iter().map(parameters).collect(),
            timeout: u32::try_from(self.time().as_millis()).ok(),
            exclude_credentials: Some(known(&options.exclude_credentials).map(descriptor).collect()),
            authenticator_selection: Some(proto::AuthenticatorSelectionCriteria {
                authenticator_attachment: match self.attachment() {
                    Some("platform") => Some(proto::AuthenticatorAttachment::Platform),
                    Some(_) => Some(proto::AuthenticatorAttachment::CrossPlatform),
                    None => None,
                },
                resident_key: Some(match self.discoverable() {
                    Discoverable::Required => proto::ResidentKeyRequirement::Required,
                    Discoverable::Preferred => proto::ResidentKeyRequirement::Preferred,
                    Discoverable::Discouraged => proto::ResidentKeyRequirement::Discouraged,
                }),
                require_resident_key: self.discoverable() == Discoverable::Required,
                user_verification: proto::UserVerificationPolicy::Required,
            }),
            hints: None,
            attestation: Some(if self.wants_attestation() {
                proto::AttestationConveyancePreference::Direct
            } else {
                proto::AttestationConveyancePreference::None
            }),
            attestation_formats: None,
            extensions: None,
        }
    }
}

impl Request {
    pub(crate) fn new(site: Site, options: RequestOptions) -> Result<Self, Fault> {
        check_challenge(&options.challenge)?;
        if !options.allow_credentials.is_empty() && known(&options.allow_credentials).next().is_none() {
            return Err(Fault::NoCredential);
        }
        Ok(Self { site, options })
    }

    /// The site that asks.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The relying party whose key is asked.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        self.options.rp_id.as_deref().unwrap_or_default()
    }

    /// Whether one of certain keys is asked for, as after an identifier.
    #[must_use]
    pub fn names_keys(&self) -> bool {
        !self.options.allow_credentials.is_empty()
    }

    /// How long an answer is waited for.
    #[must_use]
    pub fn time(&self) -> Duration {
        time(self.options.timeout)
    }

    pub(crate) fn client_data(&self) -> ClientData {
        ClientData::new("webauthn.get", &self.options.challenge, &self.site)
    }

    pub(crate) fn worded(&self) -> proto::PublicKeyCredentialRequestOptions {
        let allowed = |one: &Descriptor| {
            let proto::PublicKeyCredentialDescriptor { type_, id, transports } = descriptor(one);
            proto::AllowCredentials { type_, id, transports }
        };
        proto::PublicKeyCredentialRequestOptions {
            challenge: self.options.challenge.clone(),
            timeout: u32::try_from(self.time().as_millis()).ok(),
            rp_id: self.rp_id().to_owned(),
            allow_credentials: known(&self.options.allow_credentials).map(allowed).collect(),
            user_verification: proto::UserVerificationPolicy::Required,
            hints: None,
            extensions: None,
        }
    }
}

/// What is signed beside what the authenticator says: who asked for what, and where (Web Authentication §5.8.1).
pub(crate) struct ClientData {
    pub(crate) json: Vec<u8>,
}

impl ClientData {
    fn new(kind: &str, challenge: &[u8], site: &Site) -> Self {
        Self::at(kind, challenge, &site.origin())
    }

    /// The members in the order and without the spaces that §5.8.1.1 asks for, since some verifiers compare text.
    pub(crate) fn at(kind: &str, challenge: &[u8], origin: &str) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let (kind, challenge, origin) = (json!(kind), json!(challenge), json!(origin));
        let json = format!(r#"{{"type":{kind},"challenge":{challenge},"origin":{origin},"crossOrigin":false}}"#);
        Self { json: json.into_bytes() }
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        digest(&SHA256, &self.json).as_ref().to_vec()
    }
}

fn known(descriptors: &[Descriptor]) -> impl Iterator<Item = &Descriptor> {
    descriptors.iter().filter(|one| one.kind == "public-key")
}

fn descriptor(one: &Descriptor) -> proto::PublicKeyCredentialDescriptor {
    let transports = one.transports.iter().filter_map(|way| way.as_str()?.parse().ok()).collect();
    proto::PublicKeyCredentialDescriptor { type_: one.kind.clone(), id: one.id.clone(), transports: Some(transports) }
}

fn check_challenge(challenge: &[u8]) -> Result<(), Fault> {
    if challenge.len() < SHORTEST_CHALLENGE {
        return Err(Fault::Options("a challenge has 16 bytes at least".to_owned()));
    }
    Ok(())
}

fn time(wanted: Option<u64>) -> Duration {
    let (least, most, otherwise) = TIMES;
    Duration::from_millis(wanted.map_or(otherwise, |wanted| wanted.clamp(least, most)))
}
