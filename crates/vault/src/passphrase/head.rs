//! The head of the file: how the key is made from the passphrase, and how a wrong one shows.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::{SealKey, Secret, StoreError};

const MAGIC: &[u8] = b"FDVAULT1\n";
const SALT: usize = 16;
const CHECK: usize = 28;
const SUM: usize = 8;
const KEY: usize = 32;
const LENGTH: usize = MAGIC.len() + 12 + SALT + CHECK + SUM;

/// What a try costs, for the owner and for whoever guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// How often it is passed over.
    pub passes: u32,
    /// Lanes that could be filled at once.
    pub lanes: u32,
}

impl Default for Cost {
    /// The second choice of RFC 9106, §4, with one lane: 64 MiB, three passes.
    fn default() -> Self {
        Self { memory: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl Cost {
    /// More than this is not one of our files, and would take the computer's memory.
    fn is_bearable(self) -> bool {
        (8..=1 << 20).contains(&self.memory) && (1..=16).contains(&self.passes) && (1..=8).contains(&self.lanes)
    }
}

/// The head as it lies in the file.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Head {
    bytes: Vec<u8>,
    cost: Cost,
}

impl Head {
    /// A new one with a salt of its own, and the key.
    pub(super) fn make(cost: Cost, passphrase: &Secret) -> Result<(Self, SealKey), StoreError> {
        let failed = |reason: &str| StoreError::Failed(reason.to_owned());
        let salt = Secret::random(SALT).ok_or_else(|| failed("this computer gives no random numbers"))?;
        let mut bytes = MAGIC.to_vec();
        for number in [cost.memory, cost.passes, cost.lanes] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(salt.expose());
        let key = derive(cost, salt.expose(), passphrase)?;
        let check = key.seal(&bytes, &[]).map_err(|error| failed(&error.to_string()))?;
        bytes.extend(check);
        bytes.extend(sum(&bytes));
        Ok((Self { bytes, cost }, key))
    }

    /// The head and the body of a file; none when the head is damaged.
    pub(super) fn read(file: &[u8]) -> Option<(Self, &[u8])> {
        let (head, body) = file.split_at_checked(LENGTH)?;
        let (summed, found) = head.split_at(LENGTH - SUM);
        let numbers = head.strip_prefix(MAGIC)?;
        let number = |place: usize| Some(u32::from_le_bytes(numbers.get(place * 4..place * 4 + 4)?.try_into().ok()?));
        let cost = Cost { memory: number(0)?, passes: number(1)?, lanes: number(2)? };
        (sum(summed) == found && cost.is_bearable()).then(|| (Self { bytes: head.to_vec(), cost }, body))
    }

    /// The key that this passphrase makes, be it the right one or not.
    pub(super) fn key(&self, passphrase: &Secret) -> Result<SealKey, StoreError> {
        derive(self.cost, &self.bytes[MAGIC.len() + 12..MAGIC.len() + 12 + SALT], passphrase)
    }

    /// Whether this is the key.
    pub(super) fn fits(&self, key: &SealKey) -> bool {
        let (about, check) = self.bytes[..LENGTH - SUM].split_at(LENGTH - SUM - CHECK);
        key.unseal(about, check).is_some()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn sum(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref()[..SUM].to_vec()
}

fn derive(cost: Cost, salt: &[u8], passphrase: &Secret) -> Result<SealKey, StoreError> {
    let failed = |error: argon2::Error| StoreError::Failed(format!("no key could be made ({error})"));
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(KEY)).map_err(failed)?;
    let mut key = Zeroizing::new(vec![0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose(), salt, &mut key)
        .map_err(failed)?;
    SealKey::new(&Secret::new(std::mem::take(&mut *key)))
        .ok_or_else(|| StoreError::Failed("no key could be made".to_owned()))
}
