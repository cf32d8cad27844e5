//! A key of this device, and what the device says of it.

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsBigEndian as _, EcPrivateKeyBin},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};

use crate::Fault;

/// Bytes of the id of a key: as random as is asked for at least (Web Authentication §6.1, 100 bits) and short, since many
/// of them share an item.
pub(super) const ID_LENGTH: usize = 16;
/// Bytes of a public key: a point of P-256, uncompressed (SEC 1 §2.3.3).
pub(super) const POINT: usize = 65;
/// What authenticator data say (Web Authentication §6.1): the user was there and was verified. The bits of backups stay 0,
/// since the key never leaves this computer.
const PRESENT_AND_VERIFIED: u8 = 0x01 | 0x04;
/// A new key comes with it.
const WITH_KEY: u8 = 0x40;
/// The keys of this device count nothing (Web Authentication §6.1.1): a counter would have to be written at every use,
/// and a copy of the keychain would make it go back.
const COUNTER: [u8; 4] = [0; 4];
/// Nothing is attested, so the make has no name (Web Authentication §6.5.1).
const AAGUID: [u8; 16] = [0; 16];
/// CBOR of an attestation object without attestation, up to the length of the data (Web Authentication §8.7).
const UNATTESTED: &[u8] = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";

/// A key pair for ES256. The library wipes it when it is dropped.
pub(super) struct Key(EcdsaKeyPair);

impl Key {
    pub(super) fn generate() -> Result<Self, Fault> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Self).map_err(|_| no_randomness())
    }

    /// The key of these parts, if they are of one key.
    pub(super) fn of(scalar: &[u8], point: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_ASN1_SIGNING, scalar, point).ok().map(Self)
    }

    /// The private part, to be sealed; wiped when it is dropped.
    pub(super) fn scalar(&self) -> Result<EcPrivateKeyBin<'static>, Fault> {
        self.0.private_key().as_be_bytes().map_err(|_| no_randomness())
    }

    /// The public part.
    pub(super) fn point(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| no_randomness())?;
        Ok(signature.as_ref().to_vec())
    }
}

/// Authenticator data of a new key (Web Authentication §6.5.1), the key as COSE writes it (RFC 9053 §7.1.1).
pub(super) fn new_key_data(rp_id: &str, credential_id: &[u8], key: &Key) -> Vec<u8> {
    let mut data = head(rp_id, PRESENT_AND_VERIFIED | WITH_KEY);
    data.extend(AAGUID);
    data.extend(u16::try_from(credential_id.len()).unwrap_or_default().to_be_bytes());
    data.extend(credential_id);
    let (x, y) = key.point()[1..].split_at(32);
    // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
    data.extend(x);
    data.extend([0x22, 0x58, 0x20]);
    data.extend(y);
    data
}

/// Authenticator data of a signature.
pub(super) fn signed_data(rp_id: &str) -> Vec<u8> {
    head(rp_id, PRESENT_AND_VERIFIED)
}

/// The attestation object that says nothing beyond the data.
pub(super) fn attestation_object(data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
    [UNATTESTED, &[length], data].concat()
}

pub(super) fn no_randomness() -> Fault {
    Fault::Device("this computer could not do what a key needs".to_owned())
}

fn head(rp_id: &str, flags: u8) -> Vec<u8> {
    [digest(&SHA256, rp_id.as_bytes()).as_ref(), &[flags], &COUNTER].concat()
}
