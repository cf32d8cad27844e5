#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};

use super::{Description, Fill, Shape};

fn description() -> Description {
    Description::parse(
        "small",
        r"
components:
  schemas:
    Base:
      type: object
      required: [id, note]
      properties:
        id: { type: string }
        note: { type: string, nullable: true }
        extra: { type: integer }
        extra_null: { type: boolean, nullable: true }
    Thing:
      nullable: true
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [list, kind, either]
          properties:
            list: { type: array, items: { $ref: '#/components/schemas/Base' } }
            kind: { type: string, enum: [first, second] }
            either:
              oneOf:
                - { type: string }
                - { type: integer }
            parent: { $ref: '#/components/schemas/Thing' }
            maybe_base: { nullable: true, type: object, allOf: [{ $ref: '#/components/schemas/Base' }] }
",
    )
    .unwrap()
}

fn made(fill: Fill, unknown: bool, alternative: usize) -> Value {
    let description = description();
    description.generate(description.schema("Thing").unwrap(), Shape { fill, unknown, alternative })
}

#[test]
fn bare_has_what_is_required_and_null_where_null_may_stand() {
    let thing = made(Fill::Bare, false, 0);
    let keys: Vec<&String> = thing.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "note", "list", "kind", "either"]);
    assert_eq!(thing["note"], Value::Null);
    assert_eq!(thing["list"], json!([]));
    assert_eq!(thing["kind"], "first");
    assert!(thing["either"].is_string());
}

#[test]
fn nulls_has_optional_fields_too() {
    let thing = made(Fill::Nulls, false, 0);
    assert_eq!(thing["extra"], 3);
    assert_eq!(thing["extra_null"], Value::Null);
    assert_eq!(thing["maybe_base"], Value::Null);
    assert_eq!(thing["list"], json!([]));
}

#[test]
fn full_has_everything_and_ends_in_a_circle() {
    let thing = made(Fill::Full, true, 1);
    assert!(thing["note"].is_string());
    assert_eq!(thing["list"].as_array().unwrap().len(), 2);
    assert_eq!(thing["kind"], "second");
    assert_eq!(thing["either"], 3);
    assert!(thing["maybe_base"]["id"].is_string());
    assert!(thing["parent"]["parent"]["id"].is_string(), "references to itself are followed for a while");
    assert!(thing["zz_newer_field"].is_object());
    assert!(thing["list"][1]["zz_newer_field"].is_object());
}
