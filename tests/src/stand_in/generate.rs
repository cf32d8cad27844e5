//! Values made from schemas.

use serde_json::{Map, Value, json};

use super::description::Description;

/// How deep objects may nest before optional branches stop.
const DEPTH: usize = 12;

/// Which edge of the description a run explores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What stands where null may stand, in optional fields, and in lists.
    pub fill: Fill,
    /// Whether fields that the description does not know are added to every object.
    pub unknown: bool,
    /// Which alternative of `oneOf` and `enum` is taken; counted round.
    pub alternative: usize,
}

/// See [`Shape::fill`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Null where null may stand, optional fields absent, lists empty.
    Bare,
    /// Null where null may stand, in optional fields too; lists empty.
    Nulls,
    /// Everything there, lists with two items.
    Full,
}

impl Shape {
    /// Every shape a suite should pass.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut shapes = Vec::new();
        for fill in [Fill::Bare, Fill::Nulls, Fill::Full] {
            for unknown in [false, true] {
                shapes.push(Self { fill, unknown, alternative: 0 });
            }
        }
        shapes.extend([1, 2, 3].map(|alternative| Self { fill: Fill::Full, unknown: true, alternative }));
        shapes
    }
}

impl Description {
    /// A value of a schema. At the outermost level it is never null, even where null may stand.
    #[must_use]
    pub fn generate(&self, schema: &Value, shape: Shape) -> Value {
        let mut flat = self.flatten(schema);
        flat.remove("nullable");
        self.value(&flat, "value", shape, 0)
    }

    fn value(&self, schema: &Map<String, Value>, name: &str, shape: Shape, depth: usize) -> Value {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if nullable && (shape.fill != Fill::Full || depth > DEPTH) {
            return Value::Null;
        }
        for choice in ["oneOf", "anyOf"] {
            // `anyOf` of bare `required` lists narrows an object; it is no alternative of its own.
            if let Some(options) =
                schema.get(choice).and_then(Value::as_array).filter(|_| !schema.contains_key("properties"))
            {
                let flat = self.flatten(&options[shape.alternative % options.len()]);
                return self.value(&flat, name, shape, depth + 1);
            }
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            return options[shape.alternative % options.len()].clone();
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("array") => self.list(schema, name, shape, depth),
            Some("string") => json!(text(name, schema.get("format").and_then(Value::as_str))),
            Some("integer") => json!(integer(name)),
            Some("number") => json!(0.5),
            Some("boolean") => json!(shape.fill == Fill::Full),
            _ => self.object(schema, shape, depth),
        }
    }

    fn list(&self, schema: &Map<String, Value>, name: &str, shape: Shape, depth: usize) -> Value {
        if shape.fill != Fill::Full || depth > DEPTH {
            return json!([]);
        }
        let items = schema.get("items").map(|items| self.flatten(items)).unwrap_or_default();
        Value::Array((0..2).map(|_| self.value(&items, name, shape, depth + 1)).collect())
    }

    fn object(&self, schema: &Map<String, Value>, shape: Shape, depth: usize) -> Value {
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let optional = !required.contains(&name.as_str());
            if optional && (shape.fill == Fill::Bare || depth > DEPTH) {
                continue;
            }
            object.insert(name.clone(), self.value(&self.flatten(property), name, shape, depth + 1));
        }
        // A map from names to values takes values of its own kind only.
        if let Some(values) = map_values(schema) {
            if shape.fill == Fill::Full || shape.unknown {
                object.insert("zz_newer_name".into(), self.value(&self.flatten(values), "name", shape, depth + 1));
            }
        } else if shape.unknown {
            object.insert("zz_newer_field".into(), json!({ "nested": [1, null, { "deeper": "text" }] }));
            object.insert("zz_newer_null".into(), Value::Null);
        }
        Value::Object(object)
    }
}

/// The schema of a map's values. Some maps, such as the social providers of an instance, are described as an object that
/// spells out today's names, each with the same schema.
fn map_values(schema: &Map<String, Value>) -> Option<&Value> {
    let declared = schema.get("additionalProperties").filter(|values| values.is_object());
    declared.or_else(|| {
        let mut properties = schema.get("properties")?.as_object()?.values();
        let first = properties.next()?;
        let same = first.get("$ref").is_some() && properties.len() > 2 && properties.all(|other| other == first);
        same.then_some(first)
    })
}

fn text(name: &str, format: Option<&str>) -> String {
    match (format, name) {
        (Some("uri" | "url"), _) => "https://example.com/thing".into(),
        (Some("email"), _) | (_, "email_address" | "identifier") => "someone@example.com".into(),
        (Some("date-time"), _) => "2026-01-02T03:04:05Z".into(),
        _ if name.ends_with("_url") => "https://example.com/thing".into(),
        // Longer than ASCII and longer than a line: a screen has to live with it.
        _ => format!("{name} – Ωμέγα 🗝 \u{202e}text"),
    }
}

fn integer(name: &str) -> i64 {
    if name.ends_with("_at") { 1_700_690_400_000 } else { 3 }
}

#[cfg(test)]
mod tests;
