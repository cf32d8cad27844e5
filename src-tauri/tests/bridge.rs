//! The window's TypeScript types are made from the Rust types; the committed files must be what is made today.
//!
//! `UPDATE_BRIDGE=1 cargo test -p frontdesk --test bridge` writes them anew. The types of other rooms that these use
//! are written by those rooms' own tests.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use frontdesk_accounts::intents::{
    AccountRequest, InstanceRequest, IntentError, SessionRequest, SignInRequest, SignUpRequest,
};
use frontdesk_shell::app_room::{
    AccountAnswers, AddedInstance, AfterSignOut, AppAnswers, AppRequest, Diagnostics, Go, InstanceAnswers, Language,
    Preferences, SavedFile, SessionAnswers, SessionToken, SignInAnswers, SignUpAnswers, Theme,
};
use frontdesk_wire as wire;
use ts_rs::{Config, TS};

#[test]
fn committed_types_are_up_to_date() {
    let made = tempfile::tempdir().unwrap();
    let config = Config::new().with_out_dir(made.path());
    AppRequest::export(&config).unwrap();
    Preferences::export(&config).unwrap();
    Theme::export(&config).unwrap();
    AfterSignOut::export(&config).unwrap();
    Language::export(&config).unwrap();
    Go::export(&config).unwrap();
    Diagnostics::export(&config).unwrap();
    SessionToken::export(&config).unwrap();
    SavedFile::export(&config).unwrap();
    AddedInstance::export(&config).unwrap();
    AppAnswers::export(&config).unwrap();
    SignInAnswers::export(&config).unwrap();
    SignUpAnswers::export(&config).unwrap();
    AccountAnswers::export(&config).unwrap();
    SessionAnswers::export(&config).unwrap();
    InstanceAnswers::export(&config).unwrap();

    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/src/bridge");
    let update = env::var_os("UPDATE_BRIDGE").is_some();
    let mut stale = Vec::new();
    for entry in fs::read_dir(made.path()).unwrap() {
        let path = entry.unwrap().path();
        let new = fs::read_to_string(&path).unwrap();
        let target = committed.join(path.file_name().unwrap());
        if update {
            fs::write(&target, new).unwrap();
        } else if fs::read_to_string(&target).ok().as_deref() != Some(new.as_str()) {
            stale.push(target.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(stale.is_empty(), "run UPDATE_BRIDGE=1 cargo test -p frontdesk --test bridge: {stale:?} differ");
}

/// Names of the requests in the declaration of a union, and of the fields in the declaration of an answer table.
fn requests(declaration: &str) -> BTreeSet<String> {
    declaration.split("\"type\": \"").skip(1).map(|rest| rest[..rest.find('"').unwrap()].to_owned()).collect()
}

fn answers(declaration: &str) -> BTreeSet<String> {
    let body = &declaration[declaration.find('{').unwrap() + 1..declaration.rfind('}').unwrap()];
    body.split(',').filter_map(|field| field.split_once(':')).map(|(name, _)| name.trim().to_owned()).collect()
}

#[test]
fn every_request_has_its_answer() {
    let config = Config::new();
    for (request, answer) in [
        (AppRequest::decl(&config), AppAnswers::decl(&config)),
        (SignInRequest::decl(&config), SignInAnswers::decl(&config)),
        (SignUpRequest::decl(&config), SignUpAnswers::decl(&config)),
        (AccountRequest::decl(&config), AccountAnswers::decl(&config)),
        (SessionRequest::decl(&config), SessionAnswers::decl(&config)),
        (InstanceRequest::decl(&config), InstanceAnswers::decl(&config)),
    ] {
        assert!(!requests(&request).is_empty(), "{request}");
        assert_eq!(requests(&request), answers(&answer), "{request}\n{answer}");
    }
}

/// Everything that can come out of a command, field by field: nothing but the session token that was asked for is a
/// token, and no answer has a place for the client token.
#[test]
fn sec_94_no_answer_has_a_place_for_a_long_lived_token() {
    let made = tempfile::tempdir().unwrap();
    let config = Config::new().with_out_dir(made.path());
    AppAnswers::export_all(&config).unwrap();
    SignInAnswers::export_all(&config).unwrap();
    SignUpAnswers::export_all(&config).unwrap();
    AccountAnswers::export_all(&config).unwrap();
    SessionAnswers::export_all(&config).unwrap();
    InstanceAnswers::export_all(&config).unwrap();
    IntentError::export_all(&config).unwrap();
    wire::SignIn::export_all(&config).unwrap();
    wire::SignUp::export_all(&config).unwrap();

    let mut secret_fields = BTreeSet::new();
    for entry in fs::read_dir(made.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).unwrap().lines().filter(|line| !line.trim_start().starts_with(['*', '/']))
        {
            for field in line.split([',', '{', ';']).filter_map(|part| part.split_once(':')) {
                let name = field.0.trim().trim_end_matches('?').trim_matches('"').to_owned();
                if ["token", "jwt", "secret", "authorization"].iter().any(|word| name.contains(word)) {
                    secret_fields.insert(format!("{file}.{name}"));
                }
            }
        }
    }
    // The secret of an authenticator app is the person's own, shown once to be carried over.
    let expected = ["SessionAnswers.token", "SessionToken.jwt", "Totp.secret"].map(str::to_owned);
    assert_eq!(secret_fields, BTreeSet::from(expected), "only the session token that was asked for");
}
