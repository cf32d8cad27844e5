//! What the code says, and how a phone that has read it is known (CTAP 2.2 §11.5.1).

use std::{fmt::Write as _, time::Duration};

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey},
    constant_time::verify_slices_are_equal,
    hmac,
    iv::FixedLength,
};
use serde_cbor_2::Value;
use zeroize::Zeroizing;

use super::{
    Server,
    handshake::{broken, derived, point},
};
use crate::Fault;

/// Bytes of the secret that the code holds.
const SECRET: usize = 16;
/// Bytes of what a phone says by Bluetooth: sealed, and the beginning of what proves it.
const SAID: usize = 20;
const SEALED: usize = 16;
/// Servers that the app knows by number, from 0.
const SERVERS: i128 = 2;
/// Bytes that are written together as digits, and how many digits that are, by bytes.
const CHUNK: usize = 7;
const DIGITS: [usize; CHUNK + 1] = [0, 3, 5, 8, 10, 13, 15, 17];

/// What is derived from the secret.
#[derive(Clone, Copy)]
enum Derived {
    /// What seals what the phone says by Bluetooth, and proves it.
    Said = 1,
    /// Where the phone waits at its server.
    Path = 2,
    /// What the handshake begins with.
    Shared = 3,
}

/// What the phone will be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Make,
    Sign,
}

/// A code. Each is for one ceremony.
pub(super) struct Invitation {
    secret: Zeroizing<[u8; SECRET]>,
    identity: PrivateKey,
    /// The code without its secret, as the fields of its map.
    said: [(i128, Value); 5],
}

/// What a phone said that has read the code: a number of its own, and where it waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard([u8; SEALED]);

impl Invitation {
    /// At this time, since the epoch.
    pub(super) fn new(purpose: Purpose, now: Duration) -> Result<Self, Fault> {
        let mut secret = Zeroizing::new([0; SECRET]);
        aws_lc_rs::rand::fill(&mut *secret).map_err(|_| broken())?;
        let identity = PrivateKey::generate(&ECDH_P256).map_err(|_| broken())?;
        let purpose = match purpose {
            Purpose::Make => "mc",
            Purpose::Sign => "ga",
        };
        let said = [
            (0, Value::Bytes(compressed(&point(&identity)?))),
            (2, Value::Integer(SERVERS)),
            (3, Value::Integer(now.as_secs().into())),
            // The phone is not remembered for a next time. That it is said at all tells it which form messages have.
            (4, Value::Bool(false)),
            (5, Value::Text(purpose.to_owned())),
        ];
        Ok(Self { secret, identity, said })
    }

    /// What the phone scans.
    pub(super) fn text(&self) -> String {
        let secret = (1, Value::Bytes(self.secret.to_vec()));
        let fields = self.said.iter().cloned().chain([secret]);
        let fields = fields.map(|(number, value)| (Value::Integer(number), value)).collect();
        // A map of this kind can be written.
        let map = Zeroizing::new(serde_cbor_2::to_vec(&Value::Map(fields)).unwrap_or_default());
        format!("FIDO:/{}", digits(&map))
    }

    /// The key pair whose public half the code has.
    pub(super) fn identity(&self) -> &PrivateKey {
        &self.identity
    }

    /// What somebody says by Bluetooth, if they have read this code.
    pub(super) fn heard(&self, said: &[u8]) -> Option<Heard> {
        let said: &[u8; SAID] = said.try_into().ok()?;
        let (sealed, proof) = said.split_at(SEALED);
        let keys = self.derived::<64>(Derived::Said, &[]).ok()?;
        let (seals, proves) = keys.split_at(32);
        let right = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, proves), sealed);
        verify_slices_are_equal(right.as_ref().get(..proof.len())?, proof).ok()?;
        let mut plain: [u8; SEALED] = sealed.try_into().ok()?;
        // One block alone, so chaining changes nothing.
        let key = DecryptingKey::cbc(UnboundCipherKey::new(&AES_256, seals).ok()?).ok()?;
        key.decrypt(&mut plain, DecryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
        (plain[0] == 0).then_some(Heard(plain))
    }

    /// Where a phone waits at its server.
    pub(super) fn path(&self, heard: &Heard) -> Result<String, Fault> {
        let waits = self.derived::<16>(Derived::Path, &[])?;
        Ok(format!("/cable/connect/{}/{}", hex(&heard.0[11..14]), hex(&*waits)))
    }

    /// What the app and this phone have in common, and nobody who has only read the code: the phone has to be near by.
    pub(super) fn shared_with(&self, heard: &Heard) -> Result<Zeroizing<[u8; 32]>, Fault> {
        self.derived(Derived::Shared, &heard.0)
    }

    fn derived<const LENGTH: usize>(&self, what: Derived, salt: &[u8]) -> Result<Zeroizing<[u8; LENGTH]>, Fault> {
        derived(salt, &*self.secret, &(what as u32).to_le_bytes())
    }
}

impl Heard {
    /// At which server it waits, if that is a known one.
    pub(super) fn server(&self) -> Option<Server> {
        match u16::from_le_bytes([self.0[14], self.0[15]]) {
            0 => Some(Server::Google),
            1 => Some(Server::Apple),
            _ => None,
        }
    }
}

/// A point of P-256 without what follows from the rest of it (SEC 1 §2.3.3).
fn compressed(point: &[u8]) -> Vec<u8> {
    let (x, y) = (point.get(1..33).unwrap_or_default(), point.last().copied().unwrap_or_default());
    [&[0x02 | (y & 1)][..], x].concat()
}

/// Bytes as codes hold them: digits take the least room of a code (CTAP 2.2 §11.5.1.1).
fn digits(bytes: &[u8]) -> String {
    bytes.chunks(CHUNK).fold(String::new(), |mut text, chunk| {
        let mut number = [0; 8];
        number[..chunk.len()].copy_from_slice(chunk);
        let (number, width) = (u64::from_le_bytes(number), DIGITS[chunk.len()]);
        // Nothing refuses to be written into a text.
        write!(text, "{number:0width$}").ok();
        text
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").ok();
        text
    })
}
