//! The device behind the library's checks of a client.

use std::{future::Future, sync::Arc};

use frontdesk_vault::Secret;
use tokio::runtime::Handle;
use url::Url;
use webauthn_authenticator_rs::{AuthenticatorBackend, error::WebauthnCError};
use webauthn_rs_proto::{
    AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw,
    AuthenticatorTransport, PublicKeyCredential, PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions,
    RegisterPublicKeyCredential, RegistrationExtensionsClientOutputs,
};

use super::{
    Device,
    key::{self, Key},
    records::{HeldKey, Record},
    refused,
};
use crate::{
    AccountName, Cancel, Fault, Person,
    ceremony::{ClientData, ES256},
};

/// One ceremony of the device. It is asked on a thread that may block, and keeps why it refused, for which the library
/// has no words.
pub(super) struct Backend {
    device: Arc<Device>,
    person: Arc<dyn Person>,
    cancel: Cancel,
    runtime: Handle,
    fault: Option<Fault>,
}

impl Backend {
    pub(super) fn new(device: Arc<Device>, person: Arc<dyn Person>, cancel: Cancel, runtime: Handle) -> Self {
        Self { device, person, cancel, runtime, fault: None }
    }

    /// Why it refused; what the library refused otherwise.
    pub(super) fn fault(&mut self, error: &WebauthnCError) -> Fault {
        self.fault.take().unwrap_or_else(|| refused(error))
    }

    /// Waits for the device, at most until the ceremony is ended.
    fn wait<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => Err(Fault::Cancelled),
                done = work => done,
            }
        })
    }

    fn keep<T>(&mut self, result: Result<T, Fault>) -> Result<T, WebauthnCError> {
        result.map_err(|fault| {
            self.fault = Some(fault);
            WebauthnCError::Cancelled
        })
    }

    /// Web Authentication §6.3.2.
    async fn make(
        &self,
        options: &PublicKeyCredentialCreationOptions,
        client_data: &ClientData,
    ) -> Result<RegisterPublicKeyCredential, Fault> {
        let device = &self.device;
        let _turn = device.turn.lock().await;
        if !options.pub_key_cred_params.iter().any(|one| one.alg == ES256) {
            return Err(Fault::Algorithms);
        }
        device.finish_wiping().await?;
        let held = device.records.all().await?;
        let here: Vec<&HeldKey> = held.iter().filter(|key| key.rp_id == options.rp.id).collect();
        let excluded = options.exclude_credentials.iter().flatten();
        let excluded = excluded.into_iter().any(|one| here.iter().any(|key| key.credential_id == one.id));
        let first = held.is_empty() && device.passwords.is_empty().await?;
        let seal = device.open(self.person.clone(), first).await?;
        // Said only to somebody who agreed: otherwise a site could ask which keys there are (§14.5.1).
        if excluded {
            return Err(Fault::Excluded);
        }
        let made = Key::generate()?;
        let credential_id = Secret::random(key::ID_LENGTH).ok_or_else(key::no_randomness)?.expose().to_vec();
        let record = Record::seal(&credential_id, options, &made, &seal, (device.now)())?;
        device.records.add(&credential_id, &record).await?;
        // An account has one key on a device: the new one replaces the old one (step 7).
        for old in here.iter().filter(|old| old.user_handle == options.user.id) {
            device.records.remove(&old.credential_id).await?;
        }
        let data = key::new_key_data(&options.rp.id, &credential_id, &made);
        Ok(RegisterPublicKeyCredential {
            id: String::new(),
            raw_id: credential_id,
            type_: "public-key".to_owned(),
            response: AuthenticatorAttestationResponseRaw {
                attestation_object: key::attestation_object(&data),
                client_data_json: client_data.json.clone(),
                transports: Some(vec![AuthenticatorTransport::Internal]),
            },
            extensions: RegistrationExtensionsClientOutputs::default(),
        })
    }

    /// Web Authentication §6.3.3.
    async fn sign(
        &self,
        options: &PublicKeyCredentialRequestOptions,
        client_data: &ClientData,
    ) -> Result<PublicKeyCredential, Fault> {
        let device = &self.device;
        let _turn = device.turn.lock().await;
        device.finish_wiping().await?;
        let mut fitting = device.records.all().await?;
        let allowed = &options.allow_credentials;
        fitting.retain(|key| key.rp_id == options.rp_id);
        fitting.retain(|key| allowed.is_empty() || allowed.iter().any(|one| one.id == key.credential_id));
        fitting.sort_by_key(|key| std::cmp::Reverse(key.made_at));
        let chosen = match fitting.as_slice() {
            [] => return Err(Fault::NoCredential),
            [only] => only,
            several => {
                let names = several.iter().map(HeldKey::account).collect::<Vec<AccountName>>();
                let chosen = self.person.choose(names).await.ok_or(Fault::Cancelled)?;
                several.get(chosen).ok_or(Fault::Cancelled)?
            }
        };
        let seal = device.open(self.person.clone(), false).await?;
        let key = device.records.open(&chosen.credential_id, &seal).await?;
        let data = key::signed_data(&options.rp_id);
        let signature = key.sign(&[data.as_slice(), &client_data.hash()].concat())?;
        Ok(PublicKeyCredential {
            id: String::new(),
            raw_id: chosen.credential_id.clone(),
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: data,
                client_data_json: client_data.json.clone(),
                signature,
                user_handle: Some(chosen.user_handle.clone()),
            },
            extensions: AuthenticationExtensionsClientOutputs::default(),
            type_: "public-key".to_owned(),
        })
    }
}

impl AuthenticatorBackend for Backend {
    fn perform_register(
        &mut self,
        origin: Url,
        options: PublicKeyCredentialCreationOptions,
        _timeout_ms: u32,
    ) -> Result<RegisterPublicKeyCredential, WebauthnCError> {
        let origin = origin.origin().ascii_serialization();
        let client_data = ClientData::at("webauthn.create", &options.challenge, &origin);
        let made = self.wait(self.make(&options, &client_data));
        self.keep(made)
    }

    fn perform_auth(
        &mut self,
        origin: Url,
        options: PublicKeyCredentialRequestOptions,
        _timeout_ms: u32,
    ) -> Result<PublicKeyCredential, WebauthnCError> {
        let origin = origin.origin().ascii_serialization();
        let client_data = ClientData::at("webauthn.get", &options.challenge, &origin);
        let signed = self.wait(self.sign(&options, &client_data));
        self.keep(signed)
    }
}
