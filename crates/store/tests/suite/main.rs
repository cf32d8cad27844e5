//! The store's suite: every test runs on SQLite, and on PostgreSQL where the environment names a server for tests.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod accounts;
mod addresses;
mod attempts;
mod audit;
mod buckets;
mod busy;
mod clients;
mod copies;
mod counters;
mod crash;
mod crowd;
mod deletion;
mod delivery;
mod directory;
mod dump;
mod externals;
mod fixtures;
mod handshakes;
mod instance;
mod invitations;
mod open;
mod passkeys;
mod people;
mod pictures;
mod redirects;
mod restrictions;
mod second_factors;
mod secret_keys;
mod templates;
mod tickets;
