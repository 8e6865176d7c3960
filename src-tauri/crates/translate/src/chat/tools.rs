//! `tools`, `functions`, `web_search_options` and the choice among them (contract backend 8.1).

use serde::Serialize;
use wire::Fault;
use wire::chat::{CallKind, Request, Tool as Asked, ToolChoice as Choice};
use wire::json::{Object, text};
use wire::responses::{Target, Tool, ToolChoice};

use super::names::Names;
use crate::edit;
use crate::ignored::Ignored;
use crate::responses::tools::{is_web_search, parameters, unavailable, web_search};

/// The tools as the backend takes them, and the choice. The list holds only what the choice allows.
pub(super) fn tools(
    ask: &Request<'_>,
    target: Target,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<(Option<Vec<Tool>>, Option<ToolChoice>), Fault> {
    let mut offered = Vec::new();
    for tool in &ask.tools {
        offered.push(one(tool, target, names, ignored)?);
    }
    if let Some(options) = &ask.web_search
        && !offered.iter().any(|(name, _)| name == WEB_SEARCH)
    {
        let tool = Tool::Raw(edit::raw(&Search::of(options)?));
        offered.push((WEB_SEARCH.to_owned(), tool));
    }
    let choice = match &ask.tool_choice {
        None => None,
        Some(Choice::Allowed { required, names }) => {
            offered.retain(|(name, _)| names.iter().any(|allowed| allowed == name));
            Some(ToolChoice::Mode(if *required {
                "required"
            } else {
                "auto"
            }))
        }
        Some(Choice::Auto) => Some(ToolChoice::Mode("auto")),
        Some(Choice::None) => Some(ToolChoice::Mode("none")),
        Some(Choice::Required) => Some(ToolChoice::Mode("required")),
        Some(Choice::Named(kind, name)) => Some(ToolChoice::Named {
            kind: match kind {
                CallKind::Function => "function",
                CallKind::Custom => "custom",
            },
            name: names.send(name),
        }),
    };
    if offered.is_empty() {
        return without_tools(choice.as_ref()).map(|()| (None, None));
    }
    let tools = offered.into_iter().map(|(_, tool)| tool).collect();
    Ok((Some(tools), choice))
}

/// Without tools there is nothing to choose.
fn without_tools(choice: Option<&ToolChoice>) -> Result<(), Fault> {
    match choice {
        None | Some(ToolChoice::Mode("auto" | "none")) => Ok(()),
        Some(_) => Err(Fault::invalid(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            "tool_choice",
        )),
    }
}

/// A tool under the name by which the client may choose it.
pub(crate) fn one(
    tool: &Asked<'_>,
    target: Target,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<(String, Tool), Fault> {
    match tool {
        Asked::Function {
            name,
            description,
            parameters: schema,
            strict,
        } => {
            let told = Tool::Function {
                name: names.send(name),
                description: description.as_deref().map(str::to_owned),
                parameters: parameters(*schema, "parameters")?.into_owned(),
                // Chat's functions are loose unless they say otherwise; the other dialect's are
                // strict.
                strict: Some(strict.unwrap_or(false)),
            };
            Ok((name.as_ref().to_owned(), told))
        }
        Asked::Custom {
            name,
            description,
            format,
        } => {
            let told = Tool::Custom {
                name: names.send(name),
                description: description.as_deref().map(str::to_owned),
                format: format.as_ref().map(grammar).transpose()?,
            };
            Ok((name.as_ref().to_owned(), told))
        }
        Asked::Hosted { kind, object } if target == Target::Platform => {
            Ok((kind.as_ref().to_owned(), Tool::Raw(object.raw().to_owned())))
        }
        Asked::Hosted { kind, object } if is_web_search(kind) => Ok((
            WEB_SEARCH.to_owned(),
            Tool::Raw(web_search(object, ignored)),
        )),
        Asked::Hosted { kind, object } => Err(unavailable(object, kind)),
    }
}

/// `{"type":"grammar","grammar":{…}}` without its nesting.
fn grammar(format: &Object<'_>) -> Result<Box<serde_json::value::RawValue>, Fault> {
    #[derive(Serialize)]
    struct Grammar<'a> {
        r#type: &'static str,
        syntax: &'a str,
        definition: &'a str,
    }
    let Some(inner) = format.object("grammar")? else {
        return Ok(format.raw().to_owned());
    };
    Ok(edit::raw(&Grammar {
        r#type: "grammar",
        syntax: &inner.need_text("syntax")?,
        definition: &inner.need_text("definition")?,
    }))
}

/// `web_search` as `web_search_options` describes it.
#[derive(Debug, Serialize)]
struct Search {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_context_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_location: Option<Location>,
}

#[derive(Debug, Serialize)]
struct Location {
    r#type: &'static str,
    #[serde(flatten)]
    place: std::collections::BTreeMap<&'static str, String>,
}

impl Search {
    fn of(options: &Object<'_>) -> Result<Self, Fault> {
        let mut user_location = None;
        if let Some(location) = options.object("user_location")? {
            let place = location.need_object("approximate")?;
            let known = |name: &'static str| {
                let word = place.get(name).and_then(text)?;
                Some((name, word.into_owned()))
            };
            user_location = Some(Location {
                r#type: "approximate",
                place: ["city", "country", "region", "timezone"]
                    .into_iter()
                    .filter_map(known)
                    .collect(),
            });
        }
        let size = options.text("search_context_size")?;
        Ok(Self {
            r#type: WEB_SEARCH,
            search_context_size: size.map(String::from),
            user_location,
        })
    }
}

const WEB_SEARCH: &str = "web_search";
