//! End-to-end tests in the real window against the real server.

pub mod stand_in;
