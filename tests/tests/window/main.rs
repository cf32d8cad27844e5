//! Tests in the real window. `cargo test --workspace --test window first_use` runs some of them.
#![cfg(target_os = "linux")]

mod desktop;
mod doors;
mod first_use;
mod forgotten;
mod german;
mod keychain;
mod looks;
mod manage;
mod manners;
mod many;
mod passphrase;
mod picture;
mod settings;
mod sign_in;
