//! Every answer that a test gets, against what the OpenAPI document says of it.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use frontdesk_server::http::openapi::document;
use jsonschema::Validator;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::{answer::Answer, published};

/// Verbs that a path may have.
pub(crate) const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Fails when the document does not describe this answer to this request. What asks for nothing that is served is
/// passed over.
pub(crate) fn check(verb: &Method, url: &Url, answer: &Answer) {
    let verb = real_verb(verb, url);
    let Some(path) = template(url.path()) else { return };
    let operation = &document()["paths"][path][&verb];
    if operation.is_null() {
        return;
    }
    let status = answer.status.as_u16().to_string();
    let what = format!("{verb} {path} {status}");
    let response = &operation["responses"][&status];
    assert!(response.is_object(), "the document knows no such answer: {what}\n{}", answer.body);
    if let Some(code) = answer.codes().first() {
        let listed = response["description"].as_str().unwrap().contains(&format!("- `{code}`: "));
        assert!(listed, "the document does not say that it may be refused by {code}: {what}");
    }
    published::check(&verb, path, answer.status.as_u16(), &answer.body);
    if response["content"].is_null() {
        return;
    }
    let pointer = format!(
        "/paths/{}/{verb}/responses/{status}/content/application~1json/schema",
        path.replace('~', "~0").replace('/', "~1")
    );
    let validator = validator(&pointer);
    let faults: Vec<String> =
        validator.iter_errors(&answer.body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "not as the document says: {what}\n{faults:#?}\n{}", answer.body);
}

/// The verb that `_method` stands for.
fn real_verb(verb: &Method, url: &Url) -> String {
    let named = url.query_pairs().find(|(name, _)| name == "_method").map(|(_, word)| word.into_owned());
    named.filter(|_| *verb == Method::POST).unwrap_or_else(|| verb.to_string()).to_lowercase()
}

/// The path of the document that a path of a request stands for; words before names.
pub(crate) fn template(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let fits = |template: &str| {
        let names: Vec<&str> = template.split('/').collect();
        names.len() == parts.len() && names.iter().zip(&parts).all(|(name, part)| name == part || name.starts_with('{'))
    };
    let templates = document()["paths"].as_object()?.keys().map(String::as_str).filter(|template| fits(template));
    templates.min_by_key(|template| template.matches('{').count())
}

/// What judges by the schema at this place of the document.
pub(crate) fn validator(pointer: &str) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    if let Some(known) = KNOWN.lock().unwrap().get(pointer) {
        return known.clone();
    }
    let schema = document().pointer(pointer).expect(pointer);
    let whole = json!({ "allOf": [schema], "components": { "schemas": document()["components"]["schemas"] } });
    let made = Arc::new(jsonschema::draft202012::new(&whole).expect(pointer));
    KNOWN.lock().unwrap().insert(pointer.to_owned(), made.clone());
    made
}

/// Every operation: path, verb, and what the document says of it.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| VERBS.into_iter().filter_map(move |verb| Some((path.as_str(), verb, item.get(verb)?))))
}
