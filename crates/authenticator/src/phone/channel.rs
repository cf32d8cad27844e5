//! Messages to a phone and from it, sealed so that the server between cannot read them (CTAP 2.2 §11.5.1.4).

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use webauthn_authenticator_rs::error::WebauthnCError;
use zeroize::Zeroizing;

use super::{
    handshake::{Keys, sealing},
    tunnel::Pipe,
};
use crate::Fault;

/// Messages are as long as a multiple of this, so that their length tells less.
const STEP: usize = 32;
/// Bytes that prove a message.
const PROOF: usize = 16;
/// What older phones seal along with every message.
const OLD: &[u8] = &[2];

/// Both ways of a channel.
pub(super) struct Channel {
    pipe: Pipe,
    ours: Way,
    theirs: Way,
}

/// One way of it.
pub(super) struct Way {
    key: LessSafeKey,
    count: u32,
    /// As older phones count.
    old: bool,
}

impl Channel {
    pub(super) fn new(pipe: Pipe, ways: (Way, Way)) -> Self {
        Self { pipe, ours: ways.0, theirs: ways.1 }
    }

    pub(super) async fn send(&mut self, message: &[u8]) -> Result<(), WebauthnCError> {
        let sealed = self.ours.seal(message)?;
        self.pipe.to.send(sealed).await.map_err(|_| WebauthnCError::Closed)
    }

    /// Says that last, if that can be done at once, and lets the phone go.
    pub(super) fn leave(mut self, message: &[u8]) {
        if let Ok(sealed) = self.ours.seal(message) {
            // One that does not take it any more hears it by the end.
            self.pipe.to.try_send(sealed).ok();
        }
    }

    pub(super) async fn receive(&mut self) -> Result<Zeroizing<Vec<u8>>, WebauthnCError> {
        let sealed = self.pipe.from.recv().await.ok_or(WebauthnCError::Closed)?;
        let message = self.theirs.open(&sealed)?;
        // The phone decides how both count, by its first message.
        self.ours.old = self.theirs.old;
        Ok(message)
    }
}

impl Keys {
    /// The app's way and the phone's.
    pub(super) fn ways(self) -> Result<(Way, Way), Fault> {
        Ok((Way::new(&self.ours)?, Way::new(&self.theirs)?))
    }
}

impl Way {
    pub(super) fn new(key: &[u8; 32]) -> Result<Self, Fault> {
        Ok(Self { key: sealing(key)?, count: 0, old: false })
    }

    pub(super) fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, WebauthnCError> {
        let mut sealed = message.to_vec();
        let length = message.len() / STEP * STEP + STEP;
        let padding = u8::try_from(length - message.len() - 1).map_err(|_| WebauthnCError::Internal)?;
        sealed.resize(length - 1, 0);
        sealed.push(padding);
        let (nonce, along) = self.next()?;
        let done = self.key.seal_in_place_append_tag(nonce, Aad::from(along), &mut sealed);
        done.map_err(|_| WebauthnCError::CryptographyAeadError)?;
        Ok(sealed)
    }

    pub(super) fn open(&mut self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, WebauthnCError> {
        let first = self.count == 0;
        let opened = self.opened(sealed);
        if opened.is_err() && first && !self.old {
            (self.old, self.count) = (true, 0);
            return self.opened(sealed);
        }
        opened
    }

    fn opened(&mut self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, WebauthnCError> {
        let mut message = Zeroizing::new(sealed.to_vec());
        let (nonce, along) = self.next()?;
        let opened = self.key.open_in_place(nonce, Aad::from(along), &mut message);
        opened.map_err(|_| WebauthnCError::CryptographyAeadError)?;
        let length = sealed.len().checked_sub(PROOF).ok_or(WebauthnCError::MessageTooShort)?;
        let padding = usize::from(message.get(length.wrapping_sub(1)).copied().unwrap_or_default()) + 1;
        let length = length.checked_sub(padding).ok_or(WebauthnCError::InvalidMessageLength)?;
        message.truncate(length);
        Ok(message)
    }

    /// What no other message of this way is sealed with, and what is sealed along with each.
    fn next(&mut self) -> Result<(Nonce, &'static [u8]), WebauthnCError> {
        let mut nonce = [0; NONCE_LEN];
        let along = if self.old {
            nonce[..4].copy_from_slice(&self.count.to_le_bytes());
            OLD
        } else {
            nonce[NONCE_LEN - 4..].copy_from_slice(&self.count.to_be_bytes());
            &[]
        };
        self.count = self.count.checked_add(1).ok_or(WebauthnCError::NonceOverflow)?;
        Ok((Nonce::assume_unique_for_key(nonce), along))
    }
}

#[cfg(test)]
impl Way {
    /// Counts as older phones do.
    pub(super) fn be_old(&mut self, old: bool) {
        self.old = old;
    }
}
