//! `docs/configuration.md` is what the types say. `UPDATE_DOCS=1 cargo test -p frontdesk-server --test configuration`
//! writes it anew.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod page;

use std::{env, fs, path::Path};

use frontdesk_server::{config, settings::Settings};
use frontdesk_wire::KeyKind;
use serde_json::{Map, Value, json};

const KINDS: [KeyKind; 2] = [KeyKind::Development, KeyKind::Production];

#[test]
fn the_documentation_is_what_the_types_say() {
    let defaults = KINDS.map(|kind| Settings::new(kind).to_document());
    let written = page::of(&config::schema(), &defaults);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, written).unwrap();
        return;
    }
    let committed = fs::read_to_string(path).unwrap();
    assert!(committed == written, "run UPDATE_DOCS=1 cargo test -p frontdesk-server --test configuration");
}

#[test]
fn every_setting_may_stand_in_the_file_at_its_default() {
    for kind in KINDS {
        let settings = Settings::new(kind);
        let file = in_the_file(settings.to_document());
        assert_eq!(Settings::load(&json!({}), &file, kind).as_ref(), Ok(&settings));
    }
}

/// The document as the file's language writes it: a number that is not there is `"off"`, a text is left out.
fn in_the_file(document: Value) -> Value {
    let Value::Object(table) = document else { return document };
    let kept = table.into_iter().filter_map(|(key, value)| match value {
        Value::Null if key.ends_with("_ms") => Some((key, json!("off"))),
        Value::Null => None,
        value => Some((key, in_the_file(value))),
    });
    Value::Object(kept.collect::<Map<_, _>>())
}
