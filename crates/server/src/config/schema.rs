//! What may stand in `frontdesk.toml`, for editors and for its documentation.

use schemars::{
    Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform as _},
};
use serde_json::{Value, json};

use super::Config;

/// The JSON Schema (draft 2020-12) of the file. Editors that know one complete keys and tell what each does.
#[must_use]
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Config>();
    RecursiveTransform(without_null).transform(&mut schema);
    schema.to_value()
}

/// TOML has no null: a text is left out instead, and a number is `"off"`.
fn without_null(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    let Some(Value::Array(types)) = schema.get("type") else { return };
    let kept: Vec<_> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    let [kind] = kept.as_slice() else { return };
    if kind == "string" {
        schema.insert("type".to_owned(), kind.clone());
        return;
    }
    let mut number = json!({ "type": kind });
    for key in ["format", "minimum", "maximum"] {
        if let (Some(value), Value::Object(number)) = (schema.remove(key), &mut number) {
            number.insert(key.to_owned(), value);
        }
    }
    schema.remove("type");
    schema.insert("anyOf".to_owned(), json!([number, { "const": "off" }]));
}
