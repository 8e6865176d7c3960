//! What stands within a field that is read here, and is itself read by nobody: it is named.

use wire::Fault;
use wire::json::{Object, text};

use crate::ignored::Ignored;

/// Names it, for tools, the form of the answer, and the search. Messages know their own strangers
/// ([`wire::chat::Message::strangers`]).
pub(super) fn named(fields: &Object<'_>, ignored: &mut Ignored) -> Result<(), Fault> {
    for tool in fields.objects("tools")?.into_iter().flatten() {
        let kind = tool.get("type").and_then(text).unwrap_or_default();
        let known = match kind.as_ref() {
            "function" => FUNCTION,
            "custom" => CUSTOM,
            // Hosted tools are read where they are cleaned.
            _ => continue,
        };
        match tool.object(&kind)? {
            Some(inner) => {
                add(&tool, &["type", &kind], ignored);
                add(&inner, known, ignored);
            }
            None => add(&tool, known, ignored),
        }
    }
    for function in fields.objects("functions")?.into_iter().flatten() {
        add(&function, FUNCTION, ignored);
    }
    if let Some(format) = fields.object("response_format")? {
        add(&format, &["type", "json_schema"], ignored);
        if let Some(schema) = format.object("json_schema")? {
            add(&schema, SCHEMA, ignored);
        }
    }
    if let Some(search) = fields.object("web_search_options")? {
        add(&search, SEARCH, ignored);
    }
    Ok(())
}

fn add(object: &Object<'_>, known: &[&str], ignored: &mut Ignored) {
    for name in object.names().filter(|name| !known.contains(name)) {
        ignored.add(&object.path(name));
    }
}

const FUNCTION: &[&str] = &["type", "name", "description", "parameters", "strict"];
const CUSTOM: &[&str] = &["type", "name", "description", "format"];
const SCHEMA: &[&str] = &["name", "description", "schema", "strict"];
const SEARCH: &[&str] = &["user_location", "search_context_size"];
