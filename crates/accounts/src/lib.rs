//! Talks to instances: attempts, sessions, tokens, accounts.

pub mod intents;
mod password;
pub mod snapshot;

pub use intents::*;
pub use password::PasswordEstimate;
pub use snapshot::*;
