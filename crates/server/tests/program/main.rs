//! The program `frontdesk-server`: serves, tells its keys, shows its outbox, ends when told, and survives what it must.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod audit;
mod clock;
mod copies;
mod crash;
mod dev;
mod faults;
mod keys;
mod mail;
mod program;
mod replicas;
mod rotation;
mod serving;
#[path = "../smtp/sink.rs"]
mod sink;
mod team;
