//! Instances: the smallest sensible value that satisfies a JSON schema.
//!
//! Understands objects, `required`, arrays, tuples, `enum`, `const`, `anyOf`, `oneOf`, `allOf`, local `$ref`s
//! (recursive ones too), string formats, patterns, lengths, and numeric bounds. `not`, `if` and remote
//! references are not looked at. The same schema always gives the same value.

mod pattern;
mod scalar;

use serde_json::{Map, Value};

/// A value that satisfies `schema`; `hint` becomes the text of free strings at the top.
pub(crate) fn instance(schema: &Value, hint: &str) -> Value {
    Maker { root: schema }.make(schema, &Place::top(hint))
}

/// Where a value stands: what it is called, how deep it is, its turn among equals.
#[derive(Debug, Clone)]
struct Place {
    hint: String,
    depth: usize,
    turn: usize,
}

impl Place {
    fn top(hint: &str) -> Self {
        Self {
            hint: hint.to_owned(),
            depth: 0,
            turn: 0,
        }
    }

    fn inside(&self, hint: &str, turn: usize) -> Self {
        Self {
            hint: hint.to_owned(),
            depth: self.depth + 1,
            turn,
        }
    }

    /// Beyond this, recursion ends wherever the schema lets it.
    fn is_deep(&self) -> bool {
        self.depth > 4
    }
}

struct Maker<'a> {
    root: &'a Value,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, place: &Place) -> Value {
        let Value::Object(schema) = schema else {
            return scalar::text(&Map::new(), place);
        };
        let schema = &self.resolved(schema.clone(), place);
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array)
            && !values.is_empty()
        {
            return values[place.turn % values.len()].clone();
        }
        match kind(schema, place) {
            "object" => self.object(schema, place),
            "array" => self.array(schema, place),
            "integer" => scalar::number(schema, place, true),
            "number" => scalar::number(schema, place, false),
            "boolean" => Value::Bool(true),
            "null" => Value::Null,
            _ => scalar::text(schema, place),
        }
    }

    /// `schema` without references and choices: one plain schema that says everything.
    fn resolved(&self, mut schema: Map<String, Value>, place: &Place) -> Map<String, Value> {
        for _ in 0..REFERENCES {
            if let Some(Value::String(target)) = schema.remove("$ref") {
                let target = target.strip_prefix('#').unwrap_or_default();
                if let Some(Value::Object(target)) = self.root.pointer(target) {
                    merge(&mut schema, target.clone());
                }
            } else if let Some(Value::Array(all)) = schema.remove("allOf") {
                all.into_iter()
                    .for_each(|one| merge_value(&mut schema, one));
            } else if let Some(one) = choices(&mut schema) {
                merge_value(&mut schema, self.chosen(&one, place));
            } else {
                return schema;
            }
        }
        schema
    }

    /// The first choice that is not null; deep down, the one that ends the recursion.
    fn chosen(&self, choices: &[Value], place: &Place) -> Value {
        let is_null = |choice: &Value| choice["type"] == "null";
        let wanted = if place.is_deep() {
            let leaf = |choice: &&Value| {
                is_null(choice) || !self.is_branching(choice) || choice.get("const").is_some()
            };
            choices.iter().find(leaf)
        } else {
            choices.iter().find(|choice| !is_null(choice))
        };
        let wanted = wanted.or_else(|| choices.first());
        wanted.cloned().unwrap_or(Value::Bool(true))
    }

    fn is_branching(&self, schema: &Value) -> bool {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                let target = self.root.pointer(target.trim_start_matches('#'));
                target.is_none_or(|target| target.get("properties").is_some())
            }
            None => schema["type"] == "object" || schema["type"] == "array",
        }
    }

    fn object(&self, schema: &Map<String, Value>, place: &Place) -> Value {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&none);
        let mut names = strings(schema.get("required"));
        if names.is_empty() && !place.is_deep() {
            names = properties.keys().cloned().collect();
        }
        let rest = schema.get("additionalProperties").unwrap_or(&Value::Null);
        let least = scalar::bound(schema, "minProperties").unwrap_or(0);
        let mut spare = (1..).map(|at| format!("key_{at}"));
        while names.len() < least {
            let left = properties
                .keys()
                .find(|name| !names.contains(name))
                .cloned();
            names.extend(left.or_else(|| spare.next()));
        }
        let mut object = Map::new();
        for name in names {
            let schema = properties.get(&name).unwrap_or(rest);
            let value = self.make(schema, &place.inside(&name, place.turn));
            object.insert(name, value);
        }
        Value::Object(object)
    }

    fn array(&self, schema: &Map<String, Value>, place: &Place) -> Value {
        let fixed = schema.get("prefixItems").and_then(Value::as_array);
        let fixed = fixed.map_or(&[][..], Vec::as_slice);
        let items = schema.get("items").unwrap_or(&Value::Null);
        let contained = schema.get("contains");
        let usual = if place.is_deep() || (!fixed.is_empty() && items == &Value::Bool(false)) {
            fixed.len()
        } else {
            fixed.len().max(1)
        };
        let least = scalar::bound(schema, "minItems").unwrap_or(usual);
        let most = scalar::bound(schema, "maxItems").unwrap_or(usize::MAX);
        let count = least.max(usual).min(most);
        let one = |turn: usize| {
            let schema = match (fixed.get(turn), contained) {
                (Some(fixed), _) => fixed,
                (None, Some(contained)) if turn == fixed.len() => contained,
                (None, _) => items,
            };
            self.make(schema, &place.inside(&place.hint, turn))
        };
        (0..count).map(one).collect()
    }
}

/// Takes `anyOf` or `oneOf` out of the schema.
fn choices(schema: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let taken = schema.remove("anyOf").or_else(|| schema.remove("oneOf"));
    match taken? {
        Value::Array(choices) => Some(choices),
        _ => None,
    }
}

/// The type to make; where none is named, the keywords tell.
fn kind<'a>(schema: &'a Map<String, Value>, place: &Place) -> &'a str {
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(several)) => {
            let mut names = several.iter().filter_map(Value::as_str);
            let wanted = |name: &&str| (*name == "null") == place.is_deep();
            let any = names.clone().next();
            names.find(wanted).or(any).unwrap_or("string")
        }
        Some(_) | None => {
            let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
            if has(&["properties", "required", "minProperties"]) {
                "object"
            } else if has(&["items", "prefixItems", "minItems", "contains"]) {
                "array"
            } else if has(&[
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
            ]) {
                "number"
            } else {
                "string"
            }
        }
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn merge_value(into: &mut Map<String, Value>, from: Value) {
    if let Value::Object(from) = from {
        merge(into, from);
    }
}

/// Says in `into` what both say; properties and required names add up.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (key.as_str(), into.get_mut(&key), value) {
            ("properties", Some(Value::Object(known)), Value::Object(more)) => {
                for (name, schema) in more {
                    match (known.get_mut(&name), schema) {
                        (Some(Value::Object(known)), Value::Object(schema)) => merge(known, schema),
                        (_, schema) => drop(known.insert(name, schema)),
                    }
                }
            }
            ("required", Some(Value::Array(known)), Value::Array(more)) => {
                for name in more {
                    if !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
            (_, _, value) => drop(into.insert(key, value)),
        }
    }
}

/// More references than this in a row are a circle.
const REFERENCES: usize = 32;

#[cfg(test)]
mod tests;
