//! The OpenAPI document: valid, whole, and the same on every door.

use std::collections::BTreeSet;

use frontdesk_server::http::openapi::document;
use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::Value;

use crate::{
    browser::Browser,
    contract::{VERBS, operations, validator},
    house::House,
    owner::Owner,
};

/// The schema of OpenAPI 3.1 documents, as the OpenAPI Initiative publishes it (Apache-2.0).
const SCHEMA: &str = include_str!("../openapi/schema-3.1.json");

#[test]
fn the_document_is_valid() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(document()).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn every_schema_in_it_is_one_and_every_reference_leads_somewhere() {
    let meta = jsonschema::draft202012::meta::validator();
    let text = document().to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document().pointer(reference).is_some(), "{reference} leads nowhere");
    }
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        assert!(meta.is_valid(schema), "{name} is no schema: {schema}");
        validator(&format!("/components/schemas/{name}"));
    }
    for (path, verb, operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let schema = &response["content"]["application/json"]["schema"];
            assert!(schema.is_null() || meta.is_valid(schema), "{verb} {path} {status}: {schema}");
        }
    }
}

#[test]
fn every_operation_is_described() {
    let tags: Vec<&Value> = document()["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for (path, verb, operation) in operations() {
        let what = format!("{verb} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{what} has the id of another");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{what} has no summary");
        assert!(tags.contains(&&operation["tags"][0]), "{what} has a tag that is not there");
        assert!(operation["security"].is_array(), "{what} does not say who calls");
        let responses = operation["responses"].as_object().unwrap();
        for status in ["400", "403", "429", "500", "503"] {
            assert!(responses.contains_key(status), "{what} has no answer {status}");
        }
        for (status, response) in responses {
            let codes = response.pointer("/content/application~1json/schema/allOf/1/properties/errors");
            assert!(status.starts_with(['2', '3']) || codes.is_some(), "{what} {status} has no codes");
        }
        for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let given = operation["parameters"].as_array().unwrap().iter();
            assert!(given.clone().any(|one| one["name"] == part && one["in"] == "path"), "{what} lacks {part}");
        }
    }
}

#[tokio::test]
async fn exactly_the_verbs_that_are_served_are_in_the_document() {
    on_each(async |database| {
        let house = House::open(database).await;
        let device = house.device();
        for (path, item) in document()["paths"].as_object().unwrap() {
            let known: BTreeSet<String> =
                VERBS.iter().filter(|verb| item.get(verb).is_some()).map(|verb| verb.to_uppercase()).collect();
            let asked = path.replace("{id}", "x_1").replace(['{', '}'], "");
            let refused = device.ask(device.request(Method::TRACE, &asked)).await.refused(405, "method_not_allowed");
            let allowed = refused.headers["allow"].to_str().unwrap().split(',').map(|verb| verb.trim().to_owned());
            let served: BTreeSet<String> = allowed.filter(|verb| verb != "HEAD").collect();
            assert_eq!(served, known, "{path}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn it_is_served_to_everybody() {
    on_each(async |database| {
        let house = House::open(database).await;
        assert_eq!(house.device().get("/openapi.json").await.ok().body, *document());
        assert_eq!(Owner::new(&house).get("/openapi.json").await.ok().body, *document());
        let origin = house.instance.public_url().origin().to_owned();
        assert_eq!(Browser::at(&house, &origin).get("/openapi.json").await.ok().body, *document());
        Browser::at(&house, "https://evil.example").get("/openapi.json").await.refused(400, "origin_invalid");
        house.close().await;
    })
    .await;
}

#[test]
fn it_says_whose_it_is() {
    let about = document()["info"]["description"].as_str().unwrap();
    assert!(about.contains("Compatible with Clerk's Frontend API"));
    assert!(about.contains("not affiliated with or endorsed by Clerk, Inc."));
}
