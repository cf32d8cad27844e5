//! How the app and a phone come to keys that the server between them does not have (CTAP 2.2 §11.5.1.4):
//! `Noise_KNpsk0_P256_AESGCM_SHA256` of the Noise protocol, with what FIDO does otherwise.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    digest::{Context, SHA256},
    hkdf,
};
use zeroize::Zeroizing;

use crate::{Fault, answer::unreadable};

/// Bytes of a point of P-256, uncompressed.
pub(super) const POINT: usize = 65;
const NAME: [u8; 32] = *b"Noise_KNpsk0_P256_AESGCM_SHA256\0";
/// That the key of who begins is known, from the code.
const BY_CODE: &[u8] = &[1];

/// The app's side, once it has said something.
pub(super) struct Handshake {
    state: State,
    ephemeral: PrivateKey,
}

/// What seals messages from here on.
pub(super) struct Keys {
    pub(super) ours: Zeroizing<[u8; 32]>,
    pub(super) theirs: Zeroizing<[u8; 32]>,
}

impl Handshake {
    /// Begins, with the key of the code and what is shared with the phone; also what the phone is told.
    pub(super) fn begin(identity: &PrivateKey, shared: &[u8; 32]) -> Result<(Self, Vec<u8>), Fault> {
        let mut state = State::new(&point(identity)?, shared)?;
        let ephemeral = PrivateKey::generate(&ECDH_P256).map_err(|_| broken())?;
        let mut hello = point(&ephemeral)?;
        state.hash(&hello);
        state.key(&hello)?;
        hello.extend(state.seal()?);
        Ok((Self { state, ephemeral }, hello))
    }

    /// Ends, with what the phone said to it.
    pub(super) fn finish(self, identity: &PrivateKey, answer: &[u8]) -> Result<Keys, Fault> {
        let (theirs, proof) = answer.split_at_checked(POINT).ok_or_else(unreadable)?;
        let mut state = self.state;
        state.hash(theirs);
        state.key(theirs)?;
        state.key(&agreed(&self.ephemeral, theirs)?)?;
        state.key(&agreed(identity, theirs)?)?;
        state.open(proof)?;
        let (ours, theirs) = state.split()?;
        Ok(Keys { ours, theirs })
    }
}

/// What both sides have mixed so far: `SymmetricState` of Noise §5.2.
pub(super) struct State {
    chain: Zeroizing<[u8; 32]>,
    hash: [u8; 32],
    key: Zeroizing<[u8; 32]>,
}

impl State {
    pub(super) fn new(identity: &[u8], shared: &[u8; 32]) -> Result<Self, Fault> {
        let mut state = Self { chain: Zeroizing::new(NAME), hash: NAME, key: Zeroizing::new([0; 32]) };
        state.hash(BY_CODE);
        state.hash(identity);
        let mixed = derived::<96>(&*state.chain, shared, &[])?;
        state.chain.copy_from_slice(&mixed[..32]);
        state.hash(&mixed[32..64]);
        state.key.copy_from_slice(&mixed[64..]);
        Ok(state)
    }

    pub(super) fn hash(&mut self, what: &[u8]) {
        let mut hash = Context::new(&SHA256);
        hash.update(&self.hash);
        hash.update(what);
        self.hash.copy_from_slice(hash.finish().as_ref());
    }

    pub(super) fn key(&mut self, what: &[u8]) -> Result<(), Fault> {
        let mixed = derived::<64>(&*self.chain, what, &[])?;
        self.chain.copy_from_slice(&mixed[..32]);
        self.key.copy_from_slice(&mixed[32..]);
        Ok(())
    }

    /// Proves that the same was mixed. Each key does so once at most, so what is counted elsewhere is 0 here.
    pub(super) fn seal(&mut self) -> Result<Vec<u8>, Fault> {
        let mut nothing = Vec::new();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let key = sealing(&self.key)?;
        key.seal_in_place_append_tag(nonce, Aad::from(self.hash), &mut nothing).map_err(|_| broken())?;
        self.hash(&nothing);
        Ok(nothing)
    }

    pub(super) fn open(&mut self, proof: &[u8]) -> Result<(), Fault> {
        let mut opened = proof.to_vec();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let nothing = sealing(&self.key)?.open_in_place(nonce, Aad::from(self.hash), &mut opened);
        if !nothing.is_ok_and(|nothing| nothing.is_empty()) {
            return Err(unreadable());
        }
        self.hash(proof);
        Ok(())
    }

    /// The keys of who began, and of the other.
    #[allow(clippy::type_complexity, reason = "two of the same")]
    pub(super) fn split(self) -> Result<(Zeroizing<[u8; 32]>, Zeroizing<[u8; 32]>), Fault> {
        let both = derived::<64>(&*self.chain, &[], &[])?;
        let mut keys = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        keys.0.copy_from_slice(&both[..32]);
        keys.1.copy_from_slice(&both[32..]);
        Ok(keys)
    }
}

/// The public half of a key pair.
pub(super) fn point(key: &PrivateKey) -> Result<Vec<u8>, Fault> {
    Ok(key.compute_public_key().map_err(|_| broken())?.as_ref().to_vec())
}

/// What the two of these key pairs have in common, whose other public half comes from outside.
pub(super) fn agreed(ours: &PrivateKey, theirs: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    agree(ours, theirs, unreadable(), |secret| Ok(Zeroizing::new(secret.to_vec())))
}

pub(super) fn sealing(key: &[u8; 32]) -> Result<LessSafeKey, Fault> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| broken())?))
}

/// HKDF with SHA-256 (RFC 5869).
pub(super) fn derived<const LENGTH: usize>(
    salt: &[u8],
    secret: &[u8],
    what: &[u8],
) -> Result<Zeroizing<[u8; LENGTH]>, Fault> {
    let mut derived = Zeroizing::new([0; LENGTH]);
    let (mixed, what) = (hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret), [what]);
    let filled = mixed.expand(&what, Bytes(LENGTH)).and_then(|output| output.fill(&mut *derived));
    filled.map_err(|_| broken())?;
    Ok(derived)
}

struct Bytes(usize);

impl hkdf::KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// The library of cryptography failed, as without memory or randomness.
pub(super) fn broken() -> Fault {
    Fault::Device("this computer cannot encrypt".to_owned())
}
