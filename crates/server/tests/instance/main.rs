//! Frontend API and Backend API of an instance, asked over its real doors, on each kind of database.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod addresses;
mod answer;
mod at_rest;
mod authorization;
mod backend_access;
mod backend_emails;
mod backend_keys;
mod backend_sessions;
mod backend_settings;
mod backend_users;
mod bad_input;
mod browser;
mod browsers;
mod contract;
mod device;
mod doors;
mod forgotten;
mod handshake_nonces;
mod handshakes;
mod hidden;
mod house;
mod journeys;
mod jwt_templates;
mod local;
mod mail;
mod openapi;
mod outbox_pages;
mod own_password;
mod owner;
mod passwords;
mod pictures;
mod proofs;
mod published;
mod races;
mod routes;
mod secret_keys;
mod sessions;
mod sign_in_tokens;
mod signing;
#[path = "../smtp/sink.rs"]
mod sink;
