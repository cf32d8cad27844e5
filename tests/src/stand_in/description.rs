//! The OpenAPI file: where it lies, and what its references lead to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value};

/// Environment variable with the folder of the description files.
const FOLDER: &str = "FRONTDESK_OPENAPI_DIR";

/// One description of the Frontend API.
pub struct Description {
    /// The file's name without its ending, for messages.
    pub name: String,
    document: Value,
}

/// Every `fapi-*.yml` of the folder that `FRONTDESK_OPENAPI_DIR` names, else of the folder beside the checkout; none
/// when there is no such folder.
///
/// # Errors
/// A file that is there but cannot be read as a description.
pub fn descriptions() -> Result<Vec<Description>> {
    let Some(folder) = folder() else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("read {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("fapi-") && path.extension().is_some_and(|ending| ending == "yml")
        })
        .collect();
    files.sort();
    files.iter().map(|path| Description::read(path)).collect()
}

/// The folder, if it exists.
fn folder() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(FOLDER) {
        return Some(PathBuf::from(named)).filter(|path| path.is_dir());
    }
    let mut beside = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?.to_path_buf();
    beside.extend(["shared", "protocol", "openapi"]);
    Some(beside).filter(|path| path.is_dir())
}

impl Description {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        Self::parse(name, &text)
    }

    /// Reads a description's text.
    ///
    /// # Errors
    /// It is no YAML.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let document = serde_yaml_ng::from_str(text).with_context(|| format!("parse {name}"))?;
        Ok(Self { name: name.to_owned(), document })
    }

    /// The schema of an operation's JSON answer with this status.
    ///
    /// # Errors
    /// The description has no such operation, or no JSON answer of that status.
    pub fn answer(&self, method: &str, path: &str, status: u16) -> Result<&Value> {
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let response = self.resolve(&operation["responses"][status.to_string()]);
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return Err(anyhow!("{} describes no answer {status} to {method} {path}", self.name));
        }
        Ok(schema)
    }

    /// A schema by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn schema(&self, name: &str) -> Result<&Value> {
        let schema = &self.document["components"]["schemas"][name];
        if schema.is_null() {
            return Err(anyhow!("{} has no schema {name}", self.name));
        }
        Ok(schema)
    }

    /// Follows `$ref` until something else stands there.
    pub(super) fn resolve<'a>(&'a self, mut node: &'a Value) -> &'a Value {
        while let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            node = self.document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        }
        node
    }

    /// A schema with everything `allOf` brings merged into it. `nullable` counts when the outermost level says so.
    pub(super) fn flatten(&self, schema: &Value) -> Map<String, Value> {
        let resolved = self.resolve(schema);
        let mut flat = Map::new();
        for part in resolved["allOf"].as_array().into_iter().flatten() {
            for (key, value) in self.flatten(part) {
                merge(&mut flat, key, value);
            }
        }
        flat.remove("nullable");
        for (key, value) in resolved.as_object().into_iter().flatten() {
            if key != "allOf" {
                merge(&mut flat, key.clone(), value.clone());
            }
        }
        flat
    }
}

/// Adds one keyword of a part: properties and required names accumulate, anything else is replaced.
fn merge(flat: &mut Map<String, Value>, key: String, value: Value) {
    match (flat.get_mut(&key), value) {
        (Some(Value::Object(known)), Value::Object(more)) if key == "properties" => known.extend(more),
        (Some(Value::Array(known)), Value::Array(more)) if key == "required" => known.extend(more),
        (_, value) => {
            flat.insert(key, value);
        }
    }
}
