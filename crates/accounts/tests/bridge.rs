//! The window's TypeScript types are made from the Rust types; the committed files must be what is made today.
//!
//! `UPDATE_BRIDGE=1 cargo test -p frontdesk-accounts --test bridge` writes them anew.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{env, fs, path::PathBuf};

use frontdesk_accounts::{
    AccountRequest, AuthenticatorView, BegunFlow, InstanceRequest, IntentError, KeyPreview, NetworkView, OutboxMessage,
    PasswordEstimate, Picture, SessionRequest, SignInRequest, SignUpRequest, Snapshot,
};
use ts_rs::{Config, TS};

#[test]
fn committed_types_are_up_to_date() {
    let made = env::temp_dir().join(format!("frontdesk-accounts-bridge-{}", std::process::id()));
    fs::create_dir_all(&made).unwrap();
    let config = Config::new().with_out_dir(&made);
    Snapshot::export_all(&config).unwrap();
    SignInRequest::export_all(&config).unwrap();
    SignUpRequest::export_all(&config).unwrap();
    SessionRequest::export_all(&config).unwrap();
    AccountRequest::export_all(&config).unwrap();
    InstanceRequest::export_all(&config).unwrap();
    AuthenticatorView::export_all(&config).unwrap();
    BegunFlow::export_all(&config).unwrap();
    KeyPreview::export_all(&config).unwrap();
    OutboxMessage::export_all(&config).unwrap();
    Picture::export_all(&config).unwrap();
    IntentError::export_all(&config).unwrap();
    PasswordEstimate::export_all(&config).unwrap();
    NetworkView::export_all(&config).unwrap();

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
    assert!(stale.is_empty(), "run UPDATE_BRIDGE=1 cargo test -p frontdesk-accounts --test bridge: {stale:?} differ");
}
