//! The port to a place that keeps secrets.

use thiserror::Error;

use crate::{Keeper, Secret};

/// A place that keeps secrets by name. Calls may block for as long as a person takes to answer a dialog; they are made
/// one at a time, on a thread of their own.
pub trait SecretStore: Send + Sync + 'static {
    /// The name people know it by, such as "Secret Service".
    fn name(&self) -> &str;

    /// Whose it is: the system's, unless it says otherwise.
    fn keeper(&self) -> Keeper {
        Keeper::Keychain
    }

    /// Reads an item; none when it is not there, which some stores also say when they are not usable.
    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError>;

    /// Writes an item, replacing the one of that name.
    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError>;

    /// Removes an item; one that is not there is removed already.
    fn delete(&self, name: &str) -> Result<(), StoreError>;
}

/// Why a store did not do what it was asked. The texts carry the system's own words and never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// There is no such store on this computer, or it does not run.
    #[error("there is no keychain: {0}")]
    Absent(String),
    /// It runs, and has no place yet where items could be kept.
    #[error("the keychain has no place to keep items in: {0}")]
    NoCollection(String),
    /// It is there and will not open.
    #[error("the keychain is locked: {0}")]
    Locked(String),
    /// The person, or a rule of the computer, refused this app.
    #[error("the keychain is not for this app: {0}")]
    Denied(String),
    /// It takes no more, or not this much.
    #[error("the keychain is full: {0}")]
    Full(String),
    /// What it returned is not what was stored.
    #[error("the item in the keychain is damaged: {0}")]
    Damaged(String),
    /// It cannot be read as a whole.
    #[error("the keychain is damaged: {0}")]
    Broken(String),
    /// Anything else.
    #[error("the keychain failed: {0}")]
    Failed(String),
}
