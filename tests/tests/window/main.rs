//! Tests in the real window. `cargo test --workspace --test window first_use` runs some of them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
