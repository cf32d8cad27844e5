//! A store for tests, which fails in every way that a keychain can.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{Secret, SecretStore, StoreError};

/// How the fake behaves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// It works.
    #[default]
    None,
    /// Every call is refused, as by a locked collection.
    Locked,
    /// Every call is refused, as to an app that may not use it.
    Denied,
    /// Every call fails, since the store as a whole is damaged.
    Broken,
    /// Reads and deletions find nothing and writes are refused, as by a service without a collection.
    Hollow,
    /// There is no store.
    Absent,
    /// Writes are refused, reads and deletions work.
    Full,
    /// Every call fails.
    Failed,
    /// What is read is not what was written.
    Corrupt,
    /// Writes are taken and forgotten.
    Forgetful,
    /// Calls do not answer until another fault is set.
    Slow,
}

/// An in-memory store; clones are the same store. What it holds outlives every vault over it.
#[derive(Clone, Default)]
pub struct FakeStore(Arc<Inner>);

#[derive(Default)]
struct Inner {
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
struct Held {
    items: BTreeMap<String, Secret>,
    fault: Fault,
    calls: usize,
    /// The item about which no call answers.
    stuck: Option<String>,
    /// Whether the last call that began does not answer yet.
    waits: bool,
}

impl FakeStore {
    /// An empty store that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Behaves so from now on; calls that a slow store holds back go on.
    pub fn set(&self, fault: Fault) {
        self.held().fault = fault;
        self.0.changed.notify_all();
    }

    /// Names of the items at rest.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.held().items.keys().cloned().collect()
    }

    /// An item at rest, as bytes.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<Vec<u8>> {
        self.held().items.get(name).map(|secret| secret.expose().to_vec())
    }

    /// Puts an item behind the vault's back.
    pub fn insert(&self, name: &str, bytes: &[u8]) {
        self.held().items.insert(name.to_owned(), Secret::new(bytes.to_vec()));
    }

    /// How many calls have begun.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.held().calls
    }

    /// Calls about this item do not answer until another one, or none, is held back.
    pub fn hold_back(&self, name: Option<&str>) {
        self.held().stuck = name.map(str::to_owned);
        self.0.changed.notify_all();
    }

    /// Whether a call has begun that does not answer yet.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        self.held().waits
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a call about an item: holds it back while the store is slow, or that item is held back.
    fn begin(&self, name: &str) -> Result<MutexGuard<'_, Held>, StoreError> {
        let mut held = self.held();
        held.calls += 1;
        let waits = |held: &mut Held| {
            held.waits = held.fault == Fault::Slow || held.stuck.as_deref() == Some(name);
            held.waits
        };
        let held = self.0.changed.wait_while(held, waits).unwrap_or_else(PoisonError::into_inner);
        match held.fault {
            Fault::Locked => Err(StoreError::Locked("prompt dismissed".to_owned())),
            Fault::Denied => Err(StoreError::Denied("not for this app".to_owned())),
            Fault::Broken => Err(StoreError::Broken("not readable".to_owned())),
            Fault::Absent => Err(StoreError::Absent("no such service".to_owned())),
            Fault::Failed => Err(StoreError::Failed("out of order".to_owned())),
            _ => Ok(held),
        }
    }
}

impl SecretStore for FakeStore {
    fn name(&self) -> &'static str {
        "Test keychain"
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let held = self.begin(name)?;
        match held.fault {
            Fault::Hollow => Ok(None),
            Fault::Corrupt if held.items.contains_key(name) => Err(StoreError::Damaged("not the same".to_owned())),
            _ => Ok(held.items.get(name).cloned()),
        }
    }

    fn put(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        let mut held = self.begin(name)?;
        match held.fault {
            Fault::Hollow => return Err(StoreError::NoCollection("no collection".to_owned())),
            Fault::Full => return Err(StoreError::Full("no room".to_owned())),
            Fault::Forgetful => {}
            _ => drop(held.items.insert(name.to_owned(), secret.clone())),
        }
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        let mut held = self.begin(name)?;
        if held.fault != Fault::Hollow {
            held.items.remove(name);
        }
        Ok(())
    }
}
