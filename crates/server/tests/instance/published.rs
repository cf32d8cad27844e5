//! The published OpenAPI documents of the two APIs, when there is a folder with them (see docs/testing.md): which
//! schema they have for an answer, and where an answer differs from it.

mod deviations;
mod journey;

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex},
};

use frontdesk_server::http::openapi::document;
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

/// Environment variable with the folder.
const FOLDER: &str = "FRONTDESK_OPENAPI_DIR";

/// A published document.
pub(crate) struct Published {
    /// The file's name without its ending.
    pub(crate) name: String,
    paths: Value,
    responses: Value,
    schemas: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// Something that is not as the document has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    /// Where in the answer; every place of a list is `*`.
    pub(crate) at: String,
    /// What is wrong there.
    pub(crate) fault: String,
}

/// What the test of this thread has asked for and got: verb and path, status, and the deviations that were met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) answers: BTreeSet<(String, u16)>,
    pub(crate) met: BTreeSet<usize>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// Fails when an answer is not as its published document has it, unless that is decided.
pub(crate) fn check(verb: &str, path: &str, status: u16, body: &Value) {
    let operation = format!("{verb} {path}");
    RECORD.with_borrow_mut(|record| record.answers.insert((operation.clone(), status)));
    let Some(published) = of(verb, path).filter(|published| published.knows(verb, path)) else { return };
    for difference in published.differences(verb, path, status, body) {
        let met = deviations::of(&operation, &difference);
        let name = &published.name;
        assert!(met.is_some(), "not as {name} says: {operation} {status} at {}: {}", difference.at, difference.fault);
        RECORD.with_borrow_mut(|record| record.met.extend(met));
    }
}

/// The newest document of an API, `fapi` or `bapi`; none when there is no folder.
pub(crate) fn newest(api: &str) -> Option<&'static Published> {
    static FAPI: LazyLock<Option<Published>> = LazyLock::new(|| Published::find("fapi-"));
    static BAPI: LazyLock<Option<Published>> = LazyLock::new(|| Published::find("bapi-"));
    if api == "fapi" { FAPI.as_ref() } else { BAPI.as_ref() }
}

/// The document that tells of an operation of ours.
pub(crate) fn of(verb: &str, path: &str) -> Option<&'static Published> {
    let security = &document()["paths"][path][verb]["security"];
    newest(if security.to_string().contains("SecretKey") { "bapi" } else { "fapi" })
}

/// The folder, if it exists.
fn folder() -> Option<PathBuf> {
    if let Some(named) = env::var_os(FOLDER) {
        return Some(PathBuf::from(named)).filter(|path| path.is_dir());
    }
    let mut beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?.to_path_buf();
    beside.extend(["shared", "protocol", "openapi"]);
    Some(beside).filter(|path| path.is_dir())
}

impl Published {
    fn find(prefix: &str) -> Option<Self> {
        let files = fs::read_dir(folder()?).unwrap().map(|entry| entry.unwrap().path());
        let named = |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
        let newest = files.filter(named).max()?;
        let document: Value = serde_yaml_ng::from_str(&fs::read_to_string(&newest).unwrap()).unwrap();
        let of_servers = document["servers"][0]["url"].as_str().unwrap().ends_with("/v1");
        let plain = |path: &String| nameless(&if of_servers { format!("/v1{path}") } else { path.clone() });
        let paths = document["paths"].as_object().unwrap().iter().map(|(path, item)| (plain(path), item.clone()));
        Some(Self {
            name: newest.file_stem().unwrap().to_string_lossy().into_owned(),
            paths: paths.collect::<Map<_, _>>().into(),
            responses: document["components"]["responses"].clone(),
            schemas: schema(&document["components"]["schemas"]),
            validators: Mutex::default(),
        })
    }

    /// Whether it knows an operation.
    pub(crate) fn knows(&self, verb: &str, path: &str) -> bool {
        self.paths[nameless(path)][verb].is_object()
    }

    /// Where an answer is not as the document has it. A status of an error that it does not list is judged as every
    /// error is; a success that it does not list is a difference.
    pub(crate) fn differences(&self, verb: &str, path: &str, status: u16, body: &Value) -> Vec<Difference> {
        let listed = &self.paths[nameless(path)][verb]["responses"][status.to_string()];
        let response = match listed["$ref"].as_str() {
            Some(reference) => &self.responses[reference.rsplit('/').next().unwrap_or_default()],
            None if listed.is_null() && status >= 400 => &self.responses["ClerkErrors"],
            None => listed,
        };
        if response.is_null() {
            let fault = format!("an answer {status}, which is not listed");
            return vec![Difference { at: String::new(), fault }];
        }
        let found = &response["content"]["application/json"]["schema"];
        // Some answers are described in words alone.
        if found.is_null() {
            return Vec::new();
        }
        let validator = self.validator(found);
        let faults = validator.iter_errors(body).flat_map(|error| leaves(&error));
        let mut differences: Vec<_> = faults.map(|(at, fault)| Difference { at, fault }).collect();
        differences.sort();
        differences.dedup();
        differences
    }

    fn validator(&self, found: &Value) -> Arc<Validator> {
        let name = found.to_string();
        if let Some(known) = self.validators.lock().unwrap().get(&name) {
            return known.clone();
        }
        let whole = json!({ "allOf": [schema(found)], "components": { "schemas": self.schemas } });
        let made = Arc::new(jsonschema::draft202012::new(&whole).unwrap());
        self.validators.lock().unwrap().insert(name, made.clone());
        made
    }
}

/// A path whose parts that vary have no names: documents name them differently.
fn nameless(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// A schema of OpenAPI 3.0 as one of JSON Schema: there, `nullable` stands beside whatever else a schema says, and what
/// stands beside a reference counts for nothing.
fn schema(value: &Value) -> Value {
    let object = match value {
        Value::Array(list) => return list.iter().map(schema).collect(),
        Value::Object(object) => object,
        other => return other.clone(),
    };
    if let Some(reference) = object.get("$ref") {
        return json!({ "$ref": reference });
    }
    let nullable = object.get("nullable") == Some(&Value::Bool(true));
    let rest = object.iter().filter(|(name, _)| !matches!(name.as_str(), "nullable" | "example" | "discriminator"));
    let rest: Map<String, Value> = rest.map(|(name, value)| (name.clone(), schema(value))).collect();
    if nullable { json!({ "if": { "type": "null" }, "else": rest }) } else { rest.into() }
}

/// Place and sentence of each fault; of alternatives, those of the one that is least wrong.
fn leaves(error: &ValidationError<'_>) -> Vec<(String, String)> {
    if let ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } = error.kind() {
        let branches = context.iter().map(|branch| branch.iter().flat_map(leaves).collect::<Vec<_>>());
        return branches.min_by_key(Vec::len).unwrap_or_default();
    }
    let at = error.instance_path().to_string();
    let places = at.split('/').map(|part| if part.parse::<u32>().is_ok() { "*" } else { part });
    let fault = match error.kind() {
        ValidationErrorKind::Type { kind } => format!("should be {kind:?}"),
        ValidationErrorKind::Enum { .. } => format!("{} is none of the values", error.instance()),
        // In the order of the alphabet, whatever order the answer has.
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let mut names: Vec<_> = unexpected.iter().map(|name| format!("'{name}'")).collect();
            names.sort();
            let verb = if names.len() == 1 { "was" } else { "were" };
            format!("Additional properties are not allowed ({} {verb} unexpected)", names.join(", "))
        }
        _ => error.to_string().chars().take(200).collect(),
    };
    vec![(places.collect::<Vec<_>>().join("/"), fault)]
}
