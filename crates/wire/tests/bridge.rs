//! The window's TypeScript types are made from the Rust types; the committed files must be what is made today.
//!
//! `UPDATE_BRIDGE=1 cargo test -p frontdesk-wire --test bridge` writes them anew.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{env, fs, path::PathBuf};

use frontdesk_wire as wire;
use ts_rs::{Config, TS};

#[test]
fn committed_types_are_up_to_date() {
    let made = env::temp_dir().join(format!("frontdesk-wire-bridge-{}", std::process::id()));
    fs::create_dir_all(&made).unwrap();
    let config = Config::new().with_out_dir(&made);
    wire::Client::export_all(&config).unwrap();
    wire::Environment::export_all(&config).unwrap();
    wire::ActiveSession::export_all(&config).unwrap();
    wire::DeletedObject::export_all(&config).unwrap();
    wire::SessionReverification::export_all(&config).unwrap();
    wire::Totp::export_all(&config).unwrap();
    wire::BackupCodes::export_all(&config).unwrap();
    wire::ApiError::export_all(&config).unwrap();
    wire::Totp::export_all(&config).unwrap();
    wire::BackupCodes::export_all(&config).unwrap();
    wire::SessionReverification::export_all(&config).unwrap();

    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bridge");
    let update = env::var_os("UPDATE_BRIDGE").is_some();
    if update {
        fs::create_dir_all(&committed).unwrap();
    }
    let mut stale = Vec::new();
    for entry in fs::read_dir(&made).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let new = fs::read_to_string(&path).unwrap();
        let target = committed.join(path.file_name().unwrap());
        if update {
            fs::write(&target, new).unwrap();
        } else if fs::read_to_string(&target).ok().as_deref() != Some(new.as_str()) {
            stale.push(target.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    fs::remove_dir_all(&made).unwrap();
    assert!(stale.is_empty(), "run UPDATE_BRIDGE=1 cargo test -p frontdesk-wire --test bridge: {stale:?} differ");
}
