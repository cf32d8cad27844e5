//! Tests in the real window. `cargo test --workspace --test window first_use` runs some of them.
#![cfg(target_os = "linux")]

mod browser;
mod desktop;
mod doors;
mod first_use;
mod forgotten;
mod german;
mod hostile;
mod keychain;
mod kills;
mod lasting;
mod looks;
mod manage;
mod manners;
mod many;
mod network;
mod passkeys;
mod passphrase;
mod phones;
mod picture;
mod programs;
mod refused;
mod saved_passwords;
mod settings;
mod sign_in;
mod tools;
mod tray;
mod two_step;
mod way_back;
