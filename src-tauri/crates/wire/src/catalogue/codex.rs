//! An entry of the catalogue as every Codex client can read it.
//!
//! One entry that lacks a required field makes a Codex client reject the whole list, and older
//! clients require more than newer ones (contract backend 5, trap 26). What is there keeps its bytes.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::Model;

impl Model {
    /// The entry as it came, or completed where a required field is missing or `null`.
    pub fn codex_entry(&self) -> Cow<'_, RawValue> {
        let told: Option<Map<String, Value>> = serde_json::from_str(self.raw.get()).ok();
        let Some(mut entry) = told else {
            return Cow::Borrowed(&self.raw);
        };
        let mut is_whole = true;
        for (name, value) in self.required() {
            if entry.get(name).is_none_or(Value::is_null) {
                entry.insert(name.to_owned(), value);
                is_whole = false;
            }
        }
        let completed = || RawValue::from_string(Value::Object(entry).to_string()).ok();
        match is_whole {
            true => Cow::Borrowed(&self.raw),
            false => completed().map_or(Cow::Borrowed(&self.raw), Cow::Owned),
        }
    }

    /// What some Codex client requires, each with a value that promises nothing.
    fn required(&self) -> [(&'static str, Value); 12] {
        [
            ("slug", json!(self.slug)),
            ("display_name", json!(self.slug)),
            ("supported_reasoning_levels", json!([])),
            ("shell_type", json!("shell_command")),
            ("visibility", json!("list")),
            ("supported_in_api", json!(true)),
            ("priority", json!(0)),
            ("support_verbosity", json!(false)),
            (
                "truncation_policy",
                json!({"mode": "bytes", "limit": 10_000}),
            ),
            ("experimental_supported_tools", json!([])),
            // Clients before August 2026.
            ("supports_parallel_tool_calls", json!(false)),
            ("base_instructions", json!("")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn entries(models: &Value) -> Vec<String> {
        let body = json!({ "models": models }).to_string();
        let catalogue = Catalogue::read(body.as_bytes(), None).unwrap();
        let entries = catalogue.models.iter().map(|model| {
            let entry = model.codex_entry();
            entry.get().to_owned()
        });
        entries.collect()
    }

    #[test]
    fn what_is_missing_is_added_and_nothing_is_changed() {
        let bare = json!({"slug": "m", "display_name": "M", "priority": null, "visibility": "hide", "new": 1.50});
        let entries = entries(&json!([bare]));
        let entry: Value = serde_json::from_str(&entries[0]).unwrap();
        let required = [
            ("slug", json!("m")),
            ("display_name", json!("M")),
            ("supported_reasoning_levels", json!([])),
            ("shell_type", json!("shell_command")),
            ("visibility", json!("hide")),
            ("supported_in_api", json!(true)),
            ("priority", json!(0)),
            ("support_verbosity", json!(false)),
            (
                "truncation_policy",
                json!({"mode": "bytes", "limit": 10_000}),
            ),
            ("experimental_supported_tools", json!([])),
            ("supports_parallel_tool_calls", json!(false)),
            ("base_instructions", json!("")),
            ("new", json!(1.5)),
        ];
        for (name, value) in required {
            assert_eq!(entry[name], value, "{name}");
        }
    }

    #[test]
    fn a_whole_entry_keeps_its_bytes() {
        let bare = entries(&json!([{"slug": "m"}])).remove(0);
        let odd = bare.replacen('{', "{ \"x\" : 1.50 , ", 1);
        let body = format!("{{\"models\":[{odd}]}}");
        let catalogue = Catalogue::read(body.as_bytes(), None).unwrap();
        let entry = catalogue.models[0].codex_entry();
        assert!(matches!(entry, Cow::Borrowed(_)));
        assert_eq!(entry.get(), odd);
    }
}
