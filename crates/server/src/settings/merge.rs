//! The keys of the file over the document of the database, one by one, so that every bad one is named.

use serde_json::{Map, Value};

use super::{Settings, SettingsFault};

/// In the file, the word for a limit that is turned off: the file's language has no null.
const OFF: &str = "off";

/// Lays the file's keys over the base. What does not fit is left out and named.
pub(super) fn over(base: &Settings, file: &Value) -> (Settings, Vec<SettingsFault>) {
    let mut merged = (base.clone(), base.to_document());
    let mut faults = Vec::new();
    let mut leaves = Vec::new();
    collect(file, &mut Vec::new(), &mut leaves);
    for (path, value) in leaves {
        let key = path.join(".");
        match lay(&merged.1, &path, &value) {
            Ok(next) => merged = next,
            Err(_) if !exists(&merged.1, &path) => faults.push(SettingsFault::Unknown(key)),
            Err(reason) => faults.push(SettingsFault::Value { key, reason }),
        }
    }
    (merged.0, faults)
}

fn collect(value: &Value, path: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, Value)>) {
    match value {
        Value::Object(table) => {
            for (key, inner) in table {
                path.push(key.clone());
                collect(inner, path, leaves);
                path.pop();
            }
        }
        leaf => leaves.push((path.clone(), leaf.clone())),
    }
}

fn lay(document: &Value, path: &[String], value: &Value) -> Result<(Settings, Value), String> {
    let attempt = |value: Value| {
        let mut document = document.clone();
        put(&mut document, path, value);
        let read: Result<Settings, _> = serde_json::from_value(document.clone());
        read.map(|settings| (settings, document)).map_err(|error| error.to_string())
    };
    match attempt(value.clone()) {
        Err(_) if value.as_str() == Some(OFF) => attempt(Value::Null),
        result => result,
    }
}

fn put(document: &mut Value, path: &[String], value: Value) {
    let mut place = document;
    for key in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(table) = place else { return };
        place = table.entry(key.clone()).or_insert(Value::Null);
    }
    *place = value;
}

fn exists(document: &Value, path: &[String]) -> bool {
    path.iter().try_fold(document, |place, key| place.get(key)).is_some()
}
