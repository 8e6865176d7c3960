//! `text`: the form of the answer.

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::Object;
use wire::responses::Text;

use crate::edit::Edit;
use crate::ignored::Ignored;
use crate::offer::Offer;

/// Reads `text`.
pub(super) fn text(
    ask: &Object<'_>,
    offer: Offer<'_>,
    ignored: &mut Ignored,
) -> Result<Option<Text>, Fault> {
    let Some(fields) = ask.object("text")? else {
        return Ok(None);
    };
    let verbosity = offer.verbosity(&fields, "verbosity", ignored)?;
    let format = format(&fields, ignored)?;
    for name in fields.names() {
        if !matches!(name, "verbosity" | "format") {
            ignored.add(&fields.path(name));
        }
    }
    let says_nothing = verbosity.is_none() && format.is_none();
    Ok((!says_nothing).then_some(Text { verbosity, format }))
}

fn format(fields: &Object<'_>, ignored: &mut Ignored) -> Result<Option<Box<RawValue>>, Fault> {
    let Some(format) = fields.object("format")? else {
        return Ok(None);
    };
    let kind = format.need_text("type")?;
    let known: &[&str] = match kind.as_ref() {
        "text" | "json_object" => &["type"],
        "json_schema" => {
            format.need_text("name")?;
            format.need_object("schema")?;
            &["type", "name", "description", "schema", "strict"]
        }
        other => {
            let known = ["json_object", "json_schema", "text"];
            return Err(format.unknown_value("type", other, &known));
        }
    };
    let mut edit = Edit::new(&format);
    edit.retain(|name, value| {
        let told = value.get() != "null";
        if told && !known.contains(&name) {
            ignored.add(&format.path(name));
        }
        told && known.contains(&name)
    });
    Ok(Some(edit.finish().into_owned()))
}
