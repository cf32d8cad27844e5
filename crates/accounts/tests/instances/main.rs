//! The room against instances that behave and misbehave.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(unix)]

mod addresses;
mod app_lock;
mod beside;
mod browser;
mod desk;
mod factors;
mod hostile;
mod house;
mod in_use;
mod invitations;
mod keychain;
mod language;
mod leaving;
mod load;
mod minting;
mod network;
mod order;
mod passkeys;
mod phones;
mod pictures;
mod presence;
mod profile;
mod recognised;
mod remembered;
mod saved_passwords;
mod secrets;
mod slots;
mod unknown;
