//! Lets changes of the same thing in one at a time. Only a help: what must hold is held by the store.

use std::hash::{BuildHasher as _, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// How many different things can be changed at once; more of them share.
const GATES: usize = 1024;

/// Gates by name.
#[derive(Debug)]
pub struct Turnstile {
    gates: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for Turnstile {
    fn default() -> Self {
        Self { gates: (0..GATES).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }
}

impl Turnstile {
    /// Waits for the turn of this name; it lasts until the guard is dropped.
    pub async fn enter(&self, name: &str) -> MutexGuard<'_, ()> {
        let hash = self.hasher.hash_one(name);
        let index = usize::try_from(hash % GATES as u64).unwrap_or_default();
        self.gates[index].lock().await
    }
}
