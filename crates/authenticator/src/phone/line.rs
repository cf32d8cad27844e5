//! A phone as something that speaks CTAP2: one command, and one answer (CTAP 2.2 §11.5.1.5).

use std::fmt;

use async_trait::async_trait;
use webauthn_authenticator_rs::{
    error::{CtapError, WebauthnCError},
    transport::Token,
    types::CableState,
    ui::UiCallback,
};
use webauthn_rs_proto::AuthenticatorTransport;

use super::channel::Channel;
use crate::ctap::{GET_ASSERTION, GET_INFO, MAKE_CREDENTIAL};

/// Kinds of messages.
const SHUTDOWN: u8 = 0;
const CTAP: u8 = 1;
/// That the command was carried out (CTAP 2.1 §8.2).
const DONE: u8 = 0;
/// Messages that are left aside while an answer is waited for, as of phones that want to be remembered.
const MOST_ASIDE: usize = 16;

/// A phone that can be asked.
pub(crate) struct Line {
    /// None once it was asked: it hangs up then.
    channel: Option<Channel>,
    info: Vec<u8>,
}

impl Line {
    /// With what the phone said of itself, as the answer of a key.
    pub(super) fn new(channel: Channel, info: Vec<u8>) -> Self {
        Self { channel: Some(channel), info }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

#[async_trait]
impl Token for Line {
    type Id = ();

    fn get_transport(&self) -> AuthenticatorTransport {
        AuthenticatorTransport::Hybrid
    }

    async fn transmit_raw<U>(&mut self, message: &[u8], ui: &U) -> Result<Vec<u8>, WebauthnCError>
    where
        U: UiCallback,
    {
        match message.first() {
            // It has said so already, and would take it for its one command.
            Some(&GET_INFO) => return Ok(self.info.clone()),
            Some(&(MAKE_CREDENTIAL | GET_ASSERTION)) => {}
            _ => return Err(WebauthnCError::Ctap(CtapError::Ctap1InvalidCommand)),
        }
        let channel = self.channel.as_mut().ok_or(WebauthnCError::Closed)?;
        channel.send(&[&[CTAP], message].concat()).await?;
        ui.cable_status_update(CableState::WaitingForAuthenticatorResponse);
        let mut answer = None;
        for _ in 0..MOST_ASIDE {
            let said = channel.receive().await?;
            match said.split_first() {
                Some((&CTAP, said)) => {
                    answer = Some(said.to_vec());
                    break;
                }
                Some((&SHUTDOWN, _)) => return Err(WebauthnCError::Closed),
                // Whatever else phones have to say is of no use here.
                _ => {}
            }
        }
        self.close().await?;
        match answer.as_deref().and_then(<[u8]>::split_first) {
            Some((&DONE, answer)) => Ok(answer.to_vec()),
            Some((status, _)) => Err(WebauthnCError::Ctap(CtapError::from(*status))),
            None => Err(WebauthnCError::MessageTooShort),
        }
    }

    async fn cancel(&mut self) -> Result<(), WebauthnCError> {
        self.close().await
    }

    async fn init(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }

    async fn close(&mut self) -> Result<(), WebauthnCError> {
        if let Some(channel) = self.channel.take() {
            channel.leave(&[SHUTDOWN]);
        }
        Ok(())
    }
}
