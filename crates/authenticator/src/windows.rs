//! *Windows*: its own authenticator, which asks by windows of its own: Windows Hello, security keys, phones.
//!
//! Windows keeps security keys from applications that do not run as its administrator, so there is no other way to them.
//! What it leaves open: it writes what is signed itself and ends the origin with a slash, which instances that compare text
//! refuse; and its windows are closed by the person alone, whoever ended the ceremony.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use webauthn_authenticator_rs::{WebauthnAuthenticator as _, error::WebauthnCError, win10::Win10};
use webauthn_rs_proto::{CreationChallengeResponse, RequestChallengeResponse};

use crate::{
    Authenticator, Cancel, Creation, Fault, Kind, Made, Person, Request, Signed, Unready,
    answer::{Assertion, NewKey},
    ceremony::ClientData,
};

/// The first version of the interface, of Windows 10 1903.
const FIRST: u32 = 1;

/// Windows as an authenticator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Windows;

impl Authenticator for Windows {
    fn kind(&self) -> Kind {
        Kind::Windows
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(async {
            if Win10::api_version() >= FIRST {
                Ok(())
            } else {
                Err(Unready::Failed("this version of Windows has no passkeys".to_owned()))
            }
        })
    }

    fn register(
        &self,
        creation: Creation,
        _person: Arc<dyn Person>,
        _cancel: Cancel,
    ) -> BoxFuture<'_, Result<Made, Fault>> {
        Box::pin(in_own_thread(move || {
            let asked = CreationChallengeResponse { public_key: creation.worded() };
            let made = Win10::default().do_registration(creation.site().url().clone(), asked).map_err(fault)?;
            let ways = made.response.transports.unwrap_or_default();
            let new = NewKey {
                kind: Kind::Windows,
                attestation_object: made.response.attestation_object,
                transports: ways.iter().map(ToString::to_string).collect(),
                // It keeps what it was asked to keep, or fails.
                discoverable: creation.worded().authenticator_selection.is_some_and(|asked| asked.require_resident_key),
                client_data: &ClientData { json: made.response.client_data_json },
            };
            new.made(&creation)
        }))
    }

    fn sign_in(
        &self,
        request: Request,
        _person: Arc<dyn Person>,
        _cancel: Cancel,
    ) -> BoxFuture<'_, Result<Signed, Fault>> {
        Box::pin(in_own_thread(move || {
            let asked = RequestChallengeResponse { public_key: request.worded(), mediation: None };
            let signed = Win10::default().do_authentication(request.site().url().clone(), asked).map_err(fault)?;
            let assertion = Assertion {
                kind: Kind::Windows,
                credential_id: signed.raw_id,
                authenticator_data: signed.response.authenticator_data,
                signature: signed.response.signature,
                user_handle: signed.response.user_handle,
                client_data: &ClientData { json: signed.response.client_data_json },
            };
            Ok(assertion.signed())
        }))
    }
}

/// Its windows are waited for where they are asked for.
async fn in_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::Device("it stopped".to_owned())))
}

/// It does not say why: that somebody said no is by far what happens most.
fn fault(error: WebauthnCError) -> Fault {
    match error {
        WebauthnCError::Internal => Fault::Cancelled,
        error => Fault::Device(error.to_string()),
    }
}
