//! The page, from the schema of the file and the defaults of both kinds of instances.

use std::fmt::Write as _;

use serde_json::{Map, Value};

const INTRODUCTION: &str = "\
# Configuration

<!-- Written from the types by `UPDATE_DOCS=1 cargo test -p frontdesk-server --test configuration`. -->

`frontdesk-server serve --config frontdesk.toml` reads one file. Nothing in it is needed by a development instance.

- `frontdesk-server check-config frontdesk.toml` says everything that is wrong with a file, each with its line, without serving. Settings that
  contradict each other or would let nobody in are refused in the same way when the server starts.
- `frontdesk-server config-schema` prints a JSON Schema of the file, which editors complete keys by.
- What stands under `[settings]` wins over what the owner has set by the Backend API (`PATCH /v1/instance` and others), which is kept in the
  database. Such a change is refused with the name of the key, so that nobody wonders where it has gone.
- A limit is turned off by `\"off\"`. Times are in milliseconds; TOML takes underscores in numbers.
- Secrets do not stand in the file: it names files that hold them, or they come from the environment.

Where a default differs between the kinds of instances, it is told as development / production.
";

/// One table of the file.
struct Table<'s> {
    /// Where it is, such as `settings.policy`.
    path: String,
    schema: &'s Map<String, Value>,
    description: Option<&'s str>,
}

/// Writes the page. `defaults` are the documents of a development and of a production instance.
pub(crate) fn of(schema: &Value, defaults: &[Value; 2]) -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut tables = vec![Table { path: String::new(), schema: schema.as_object().unwrap(), description: None }];
    while let Some(table) = tables.pop() {
        heading(&mut page, &table);
        let mut inner = write_keys(&mut page, schema, &table, defaults);
        // Taken from the end.
        inner.reverse();
        tables.extend(inner);
    }
    page
}

fn heading(page: &mut String, table: &Table<'_>) {
    if table.path.is_empty() {
        page.push_str("\n## The file\n");
    } else {
        write!(page, "\n## `[{}]`\n", table.path).unwrap();
    }
    if let Some(description) = table.description {
        write!(page, "\n{}\n", one_line(description)).unwrap();
    }
}

/// Writes the keys that are no tables, and gives those that are.
fn write_keys<'s>(page: &mut String, root: &'s Value, table: &Table<'s>, defaults: &[Value; 2]) -> Vec<Table<'s>> {
    let mut tables = Vec::new();
    let mut rows = String::new();
    for (key, schema) in table.schema["properties"].as_object().unwrap() {
        let path = if table.path.is_empty() { key.clone() } else { format!("{}.{key}", table.path) };
        let description = schema["description"].as_str();
        let target = resolved(root, schema);
        if let Some(inner) = target.as_object().filter(|inner| inner.contains_key("properties")) {
            tables.push(Table { path, schema: inner, description });
        } else if let Some((below, inner)) = below(root, key, target) {
            tables.push(Table { path: format!("{path}{below}"), schema: inner, description });
        } else {
            let values = values(root, target);
            let default = default(&path, schema, defaults);
            writeln!(rows, "| `{key}` | {values} | {default} | {} |", one_line(description.unwrap())).unwrap();
        }
    }
    if !rows.is_empty() {
        write!(page, "\n| Key | Values | Default | What it is |\n|---|---|---|---|\n{rows}").unwrap();
    }
    tables
}

/// The table that lies below keys of the owner's choice, and what stands for them in its path.
fn below<'s>(root: &'s Value, key: &str, schema: &'s Value) -> Option<(String, &'s Map<String, Value>)> {
    let inner = resolved(root, schema.get("additionalProperties").filter(|inner| inner.is_object())?);
    let inner = inner.as_object()?;
    let chosen = if key == "connections" { "<strategy>" } else { "<name>" };
    if inner.contains_key("properties") {
        return Some((format!(".{chosen}"), inner));
    }
    let innermost = resolved(root, inner.get("additionalProperties")?).as_object()?;
    Some((format!(".{chosen}.<language>"), innermost))
}

/// What a schema refers to, past the choice of leaving it out.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    if let Some(name) = schema["$ref"].as_str() {
        return root.pointer(name.trim_start_matches('#')).unwrap();
    }
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([inner, null]) if null["type"] == "null" => resolved(root, inner),
        _ => schema,
    }
}

fn values(root: &Value, schema: &Value) -> String {
    if let Some(words) = schema["oneOf"].as_array() {
        return words.iter().map(|word| format!("`{}`", word["const"])).collect::<Vec<_>>().join(", ");
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    if let Some([number, off]) = schema["anyOf"].as_array().map(Vec::as_slice) {
        return format!("{}, `{}`", values(root, number), off["const"]);
    }
    match (schema["type"].as_str().unwrap(), schema["format"].as_str()) {
        ("boolean", _) => "`true`, `false`".to_owned(),
        ("integer", _) => "number".to_owned(),
        ("string", Some("uri")) => "URL".to_owned(),
        ("string", _) => "text".to_owned(),
        ("array", _) => match values(root, resolved(root, &schema["items"])) {
            one if one.starts_with('`') => format!("list of {one}"),
            kind => format!("list of {kind}s"),
        },
        ("object", _) => "table".to_owned(),
        (other, _) => panic!("no word for {other}"),
    }
}

/// The default: of the settings, that of a new instance; else what the type says.
fn default(path: &str, schema: &Value, defaults: &[Value; 2]) -> String {
    let Some(setting) = path.strip_prefix("settings.").filter(|path| !path.contains('<')) else {
        return written(path, schema.get("default"));
    };
    let pointer = format!("/{}", setting.replace('.', "/"));
    let [development, production] = defaults.each_ref().map(|document| written(path, document.pointer(&pointer)));
    if development == production { production } else { format!("{development} / {production}") }
}

fn written(path: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) if path.ends_with("_ms") => "`\"off\"`".to_owned(),
        None | Some(Value::Null) => "none".to_owned(),
        Some(Value::Number(number)) if path.ends_with("_ms") => time(number.as_i64().unwrap()),
        Some(Value::Object(table)) if table.is_empty() => "none".to_owned(),
        Some(Value::Array(list)) if list.is_empty() => "none".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

/// A time in milliseconds as the file has it, and in words.
fn time(ms: i64) -> String {
    let units = [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000)];
    let (unit, length) = units.into_iter().find(|(_, length)| ms % length == 0).unwrap_or(("millisecond", 1));
    let many = ms / length;
    let plural = if many == 1 { "" } else { "s" };
    format!("`{}` ({many} {unit}{plural})", grouped(ms))
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
