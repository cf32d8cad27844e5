//! Passwords at rest: argon2id, hashed off the async threads in a bounded pool.
//!
//! Hashing takes 19 MiB and some 15 ms. Fresh pages for every hash would cost 1.6 times that, so the pool keeps the
//! memory blocks and wipes them after each use. An unknown user costs the same as a wrong password.
//!
//! Hashes that come from elsewhere are kept as they came until their holder signs in, and are argon2id from then on.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zeroize::{Zeroize, Zeroizing};

use crate::random::Random;

pub(crate) mod breaches;
mod guess;
mod imported;

pub use breaches::BreachSettings;
pub use imported::{Hasher, Imported};

/// Memory in KiB, passes and lanes (OWASP's first choice for argon2id).
const PARAMS: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Requests that may wait for a turn before the pool refuses more.
const WAITING: usize = 128;

/// Most memory a stored hash may ask for, in KiB: an imported hash must not take the machine down.
const MAX_MEMORY: u32 = 256 * 1024;

/// Why a password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many passwords are being checked already.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// The stored hash is not one that can be checked.
    #[error("the stored password hash cannot be read")]
    BadHash,
    /// The hashing itself failed.
    #[error("the password could not be hashed")]
    Failed,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether it is the password.
    pub ok: bool,
    /// Whether the hash was made with other parameters than today's and should be made again.
    pub needs_rehash: bool,
}

/// The bounded pool.
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    blocks: Arc<Mutex<Vec<Vec<Block>>>>,
    random: Arc<dyn Random>,
    dummy: PasswordHash,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passwords({} free)", self.turns.available_permits())
    }
}

impl Passwords {
    /// A pool that hashes at most `workers` passwords at once. Memory is taken with the first use of each worker.
    ///
    /// # Panics
    /// Never: the parameters are constants that argon2 allows.
    #[must_use]
    pub fn new(workers: usize, random: Arc<dyn Random>) -> Self {
        let mut salt = [0u8; 16];
        random.fill(&mut salt);
        // Nobody knows a password of this hash: it is not the hash of anything.
        let mut nothing = [0u8; 32];
        random.fill(&mut nothing);
        let dummy = assemble(&salt, &nothing).expect("the parameters are fixed");
        Self {
            turns: Arc::new(Semaphore::new(workers.max(1))),
            waiting: Arc::new(Semaphore::new(WAITING)),
            blocks: Arc::default(),
            random,
            dummy,
        }
    }

    /// Hashes a password with a new salt; the answer is a PHC string.
    pub async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        let mut salt = [0u8; 16];
        self.random.fill(&mut salt);
        let password = password.clone();
        self.run(move |blocks| {
            let mut out = Zeroizing::new([0u8; Params::DEFAULT_OUTPUT_LEN]);
            let kind = (Algorithm::Argon2id, Version::V0x13);
            compute(kind, &params(), password.expose_secret(), &salt, out.as_mut(), blocks)?;
            Ok(assemble(&salt, out.as_ref()).ok_or(PasswordError::Failed)?.to_string())
        })
        .await
    }

    /// Checks a password against a stored hash, or against the hash of nothing when there is none: that takes the same
    /// time and never succeeds.
    pub async fn verify(&self, stored: Option<&str>, password: &SecretString) -> Result<Checked, PasswordError> {
        if let Some(imported) = stored.and_then(Imported::of_stored) {
            return self.verify_imported(imported, password).await;
        }
        let real = stored.is_some();
        let hash = match stored {
            Some(text) => PasswordHash::new(text).map_err(|_| PasswordError::BadHash)?,
            None => self.dummy.clone(),
        };
        let Readable { algorithm: Algorithm::Argon2id, version, params: stored_params, salt, expected } =
            readable(&hash)?
        else {
            return Err(PasswordError::BadHash);
        };
        let today = params();
        let same = |f: fn(&Params) -> u32| f(&stored_params) == f(&today);
        let is_todays =
            same(Params::m_cost) && same(Params::t_cost) && same(Params::p_cost) && matches!(version, Version::V0x13);
        let password = password.clone();
        let ok = self
            .run(move |blocks| {
                use subtle::ConstantTimeEq as _;
                let mut out = Zeroizing::new(vec![0u8; expected.len()]);
                let kind = (Algorithm::Argon2id, version);
                compute(kind, &stored_params, password.expose_secret(), salt.as_ref(), &mut out, blocks)?;
                Ok(bool::from(out.as_slice().ct_eq(expected.as_bytes())))
            })
            .await?;
        Ok(Checked { ok: ok && real, needs_rehash: ok && real && !is_todays })
    }

    /// Checks a password against a hash that comes from elsewhere. A wrong one takes as long as a wrong one of anybody
    /// else, and longer by what the other hash takes.
    async fn verify_imported(&self, imported: Imported, password: &SecretString) -> Result<Checked, PasswordError> {
        let mut salt = [0u8; 16];
        self.random.fill(&mut salt);
        // Nobody knows the end of a password that the other hash never saw: it must not become part of this one.
        let whole = imported.sees_whole(password.expose_secret());
        let password = password.clone();
        self.run(move |blocks| {
            let ok = imported.matches(password.expose_secret(), blocks);
            if !ok {
                let mut out = Zeroizing::new([0u8; Params::DEFAULT_OUTPUT_LEN]);
                let kind = (Algorithm::Argon2id, Version::V0x13);
                compute(kind, &params(), password.expose_secret(), &salt, out.as_mut(), blocks)?;
            }
            Ok(Checked { ok, needs_rehash: ok && whole })
        })
        .await
    }

    /// Runs one hash on a blocking thread, with a memory block of the pool that is wiped afterwards.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        drop(place);
        let pool = self.blocks.clone();
        tokio::task::spawn_blocking(move || {
            // The turn is kept until the work ends, even if nobody waits for its result any more.
            let _turn = turn;
            let mut blocks = pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let result = work(&mut blocks);
            blocks.iter_mut().for_each(Zeroize::zeroize);
            pool.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
            result
        })
        .await
        .map_err(|_| PasswordError::Failed)?
    }
}

fn params() -> Params {
    Params::new(PARAMS.0, PARAMS.1, PARAMS.2, Some(Params::DEFAULT_OUTPUT_LEN)).unwrap_or(Params::DEFAULT)
}

/// The parts of a PHC string of argon2 whose cost is bearable.
struct Readable {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    expected: Output,
}

fn readable(hash: &PasswordHash) -> Result<Readable, PasswordError> {
    let algorithm = match hash.algorithm.as_str() {
        "argon2id" => Algorithm::Argon2id,
        "argon2i" => Algorithm::Argon2i,
        _ => return Err(PasswordError::BadHash),
    };
    let version = match hash.version {
        None | Some(0x13) => Version::V0x13,
        Some(0x10) => Version::V0x10,
        Some(_) => return Err(PasswordError::BadHash),
    };
    let params = Params::try_from(hash).map_err(|_| PasswordError::BadHash)?;
    if params.m_cost() > MAX_MEMORY || params.t_cost() > 16 {
        return Err(PasswordError::BadHash);
    }
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(PasswordError::BadHash);
    };
    Ok(Readable { algorithm, version, params, salt, expected })
}

fn compute(
    (algorithm, version): (Algorithm, Version),
    params: &Params,
    password: &str,
    salt: &[u8],
    out: &mut [u8],
    blocks: &mut Vec<Block>,
) -> Result<(), PasswordError> {
    if blocks.len() < params.block_count() {
        blocks.resize(params.block_count(), Block::default());
    }
    Argon2::new(algorithm, version, params.clone())
        .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut blocks[..params.block_count()])
        .map_err(|_| PasswordError::Failed)
}

fn assemble(salt: &[u8], hash: &[u8]) -> Option<PasswordHash> {
    Some(PasswordHash {
        algorithm: Ident::new("argon2id").ok()?,
        version: Some(0x13),
        params: ParamsString::try_from(&params()).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(hash).ok()?),
    })
}

#[cfg(test)]
mod tests;
