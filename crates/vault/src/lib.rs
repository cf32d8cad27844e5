//! Secrets at rest: the OS keychain and files sealed with a key from it.
//!
//! ```text
//! Vault           what the rest of the app uses: async, one call at a time, a state to show
//!  └ SecretStore  the port: get, put, delete, synchronous
//!     ├ SystemKeychain  Secret Service, Windows Credential Manager, macOS keychain
//!     ├ ChosenStore     one of two, as the person chose, and the way between them
//!     │  └ PassphraseVault  a sealed file of the app's own, for computers without a keychain
//!     └ FakeStore       for tests: fails in every way a keychain can
//! SealKey         seals files with a key that the keychain keeps
//! ```
//!
//! The keychain is a map from names to bytes; which names there are is the caller's own index. Nothing is ever written
//! in plain text: where there is no keychain, secrets live in memory until the app quits, or in a vault behind a
//! passphrase of the person's own.

mod chosen;
mod disk;
pub mod fake;
mod passphrase;
mod sealed;
mod secret;
mod store;
mod system;
mod vault;

pub use chosen::{ChosenStore, Keeper};
pub use passphrase::{Cost, Elapsed, PassphraseError, SHORTEST as SHORTEST_PASSPHRASE};
pub use sealed::{SealKey, replace_file, unfinished};
pub use secret::Secret;
pub use store::{SecretStore, StoreError};
pub use system::SystemKeychain;
pub use vault::{Kept, State, Status, Vault, VaultError};
