//! The room against instances that behave and misbehave.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(unix)]

mod desk;
mod house;
mod load;
mod minting;
mod order;
mod unknown;
