//! The law: every instance satisfies its schema, as an independent judge sees it.

mod judge;

use serde_json::{Value, json};

use super::instance;
use judge::objection;

#[track_caller]
fn check(schema: &Value) -> Value {
    let made = instance(schema, "some words");
    if let Some(why) = objection(schema, schema, &made) {
        panic!("{made} does not satisfy {schema}: {why}");
    }
    assert_eq!(made, instance(schema, "some words"), "not deterministic");
    made
}

#[test]
fn scalars() {
    for schema in [
        json!({}),
        json!(true),
        json!({"type": "string"}),
        json!({"type": "string", "minLength": 20, "maxLength": 22}),
        json!({"type": "string", "maxLength": 2}),
        json!({"type": "boolean"}),
        json!({"type": "null"}),
        json!({"type": ["null", "integer"]}),
        json!({"const": {"a": [1]}}),
        json!({"enum": ["red", "green"]}),
        json!({"type": "integer", "minimum": 18, "maximum": 18}),
        json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2}),
        json!({"type": "integer", "maximum": -3}),
        json!({"type": "integer", "multipleOf": 7, "minimum": 10}),
        json!({"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
        json!({"type": "number", "minimum": 0.25, "maximum": 0.3}),
        json!({"type": "number", "minimum": -2, "exclusiveMaximum": -1}),
        json!({"type": "number", "multipleOf": 0.5}),
    ] {
        check(&schema);
    }
}

#[test]
fn formats_and_patterns() {
    for format in [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "hostname",
        "uuid",
        "uri",
        "ipv4",
        "ipv6",
    ] {
        check(&json!({"type": "string", "format": format}));
    }
    for (pattern, made) in [
        ("^[A-Z]{3}-\\d{4}$", "AAA-0000"),
        ("^(\\+\\d{1,3})?[ ]?\\d+$", "0"),
        ("^(?:yes|no)$", "yes"),
        ("^[^@]+@[^@]+\\.[a-z]{2,}$", "a@a.aa"),
        ("^#[0-9a-fA-F]{6}$", "#000000"),
        ("[\\w.-]+", "a"),
    ] {
        let value = instance(&json!({"type": "string", "pattern": pattern}), "x");
        assert_eq!(value, made, "{pattern}");
    }
    let long = check(&json!({"type": "string", "pattern": "^a+$", "minLength": 5}));
    assert_eq!(long, "aaaaa");
}

#[test]
fn objects_and_arrays() {
    let made = check(&json!({
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["c", "f"]},
            "days": {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 3, "uniqueItems": true},
            "note": {"type": "string"},
        },
        "required": ["city", "unit", "days"],
        "additionalProperties": false,
    }));
    assert_eq!(
        made,
        json!({"city": "city", "unit": "c", "days": [1, 2, 3]})
    );
    for schema in [
        json!({"type": "object", "properties": {}}),
        json!({"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "properties": {"a": {"type": "string"}}}),
        json!({"required": ["free"]}),
        json!({"type": "array"}),
        json!({"type": "array", "maxItems": 0, "items": {"type": "string"}}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": true}),
        json!({"type": "array", "items": {"enum": ["x", "y", "z"]}, "minItems": 3, "uniqueItems": true}),
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
        json!({"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}}),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "boolean"}, "minItems": 2}}),
    ] {
        check(&schema);
    }
}

#[test]
fn choices_and_references() {
    for schema in [
        json!({"anyOf": [{"type": "null"}, {"type": "string", "format": "email"}]}),
        json!({"oneOf": [{"type": "integer"}, {"type": "string"}]}),
        json!({"allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
        ]}),
        json!({"type": "object", "properties": {"kind": {"type": "string"}}, "anyOf": [
            {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}, "required": ["kind", "lives"]},
            {"properties": {"kind": {"const": "dog"}}, "required": ["kind"]},
        ]}),
        json!({"$ref": "#/$defs/person", "$defs": {"person": {
            "type": "object",
            "properties": {"name": {"$ref": "#/$defs/name"}},
            "required": ["name"],
        }, "name": {"type": "string", "minLength": 3}}}),
        json!({"type": "object", "properties": {"x": {"$ref": "#/definitions/x", "description": "here"}},
            "required": ["x"], "definitions": {"x": {"enum": [4]}}}),
    ] {
        check(&schema);
    }
}

#[test]
fn recursion_ends() {
    check(&json!({
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#"}},
        },
        "required": ["value", "next", "children"],
        "additionalProperties": false,
    }));
    check(&json!({
        "$defs": {"tree": {"type": "object", "properties": {
            "left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"},
        }}},
        "$ref": "#/$defs/tree",
    }));
    // Without a way out there is no instance; the making still ends.
    let circle = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
    instance(&circle, "x");
}
