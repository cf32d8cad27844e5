//! What is remembered: one API over SQLite and PostgreSQL.
//!
//! Whoever decides something reads what the decision needs ([`Store`]'s readers, outside of any transaction), decides,
//! and writes with [`Store::commit`]: one short transaction in which each aggregate is written only if it still has the
//! version that was read. What cannot wait for a decision, the count of tries, is one conditional update of its own.
//!
//! The store knows nothing of keys: what must not be read from a stolen database comes here sealed.

mod account;
mod attempt;
mod audit;
mod bucket;
mod changes;
mod client;
mod commit;
mod copy;
mod counter;
mod db;
mod delivery;
mod directory;
mod error;
mod external;
mod handshake;
mod instance;
mod invitation;
mod location;
mod migrate;
mod open;
mod passkey;
mod picture;
mod redirect;
mod rekey;
mod restriction;
mod reverification;
mod row;
mod second_factor;
mod secret_key;
mod session;
mod sweep;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
mod ticket;
mod waitlist;

pub use audit::AuditEntry;
pub use bucket::Bucket;
pub use changes::{Changes, Message};
pub use client::ClientView;
pub use commit::CommitError;
pub use copy::{BackedUp, Backup, CopyError, Tally, copy};
pub use delivery::{Delivery, GivenUp, KeptMessage, MessageKind, NewDelivery};
pub use directory::{Moments, Page, UserFilter, UserOrder, UserSort};
pub use error::StoreError;
pub use external::{ExternalFlow, ExternalPurpose, SealedGrant};
pub use instance::{Environment, Instance, SigningKey};
pub use invitation::{InvitationFilter, InvitationSort};
pub use location::{FileSystem, Location};
pub use open::OpenError;
pub use passkey::{GoodFor, PasskeyCeremony};
pub use picture::Picture;
pub use redirect::RedirectUrl;
pub use rekey::SealedRow;
pub use restriction::ListedIdentifier;
pub use second_factor::Totp;
pub use secret_key::SecretKey;
pub use template::JwtTemplate;
pub use waitlist::{WaitlistFilter, WaitlistSort};

/// An instance's database. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    read: db::Pool,
    write: db::Pool,
}

/// An aggregate with the version it was read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The aggregate.
    pub value: T,
    /// Its version; 0 for one that was never written.
    pub version: i64,
}

impl<T> Versioned<T> {
    /// An aggregate that is to be written for the first time.
    #[must_use]
    pub fn fresh(value: T) -> Self {
        Self { value, version: 0 }
    }

    /// Another value in place of the one that was read.
    #[must_use]
    pub fn with<U>(&self, value: U) -> Versioned<U> {
        Versioned { value, version: self.version }
    }
}

/// Bytes that only the holder of an instance key can read.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBytes {
    /// Which key sealed them.
    pub key_id: String,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedBytes({} bytes by {})", self.bytes.len(), self.key_id)
    }
}
