//! An instance: Frontend API, Backend API, delivery and keys.
//!
//! `http/` reads requests and writes answers, `flows/` gather, decide and commit, and [`Instance`] holds what both need:
//! the store, the clock, randomness, keys, the password pool, tokens, limits. `doors/` are the ways in.

pub mod audit;
pub mod caller;
pub mod clock;
pub mod config;
pub mod cookies;
pub mod copies;
pub mod delivery;
pub mod dev;
mod disposable;
pub mod doors;
pub mod environment;
pub mod flows;
pub mod folder;
pub mod html;
pub mod http;
pub mod instance;
pub mod keys;
pub mod limits;
pub mod local;
pub mod metrics;
pub mod offline;
pub mod origins;
pub mod packages;
pub mod passkeys;
pub mod passwords;
pub mod pictures;
mod private;
pub mod providers;
pub mod public_url;
pub mod random;
pub mod redirects;
pub mod rotation;
mod running;
mod second_factor;
pub mod secret_keys;
pub mod serve;
pub mod settings;
pub mod tokens;
pub mod turnstile;
pub mod views;

pub use keys::InstanceKey;
