//! `tools` and the choice among them (contract backend 8.3, 1.10).

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};
use wire::messages::{Change, Choice, Request, Said, Tool as Asked};
use wire::responses::{Tool, ToolChoice};

use crate::chat::names::Names;
use crate::edit::raw;
use crate::ignored::Ignored;
use crate::responses::tools::parameters;

/// The tools as the backend takes them, and the choice.
pub(super) fn tools(
    ask: &Request<'_>,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<(Option<Vec<Tool>>, Option<ToolChoice>), Fault> {
    let mut offered = Vec::new();
    for tool in in_force(ask) {
        offered.extend(one(tool, names, ignored)?);
    }
    let choice = ask.tool_choice.as_ref().map(|choice| match choice {
        Choice::Auto => ToolChoice::Mode("auto"),
        Choice::Any => ToolChoice::Mode("required"),
        Choice::None => ToolChoice::Mode("none"),
        Choice::Tool(name) if is_search(ask, name) => {
            ToolChoice::Raw(raw(&Hosted { kind: WEB_SEARCH }))
        }
        Choice::Tool(name) => ToolChoice::Named {
            kind: "function",
            name: names.send(name),
        },
    });
    if !offered.is_empty() {
        return Ok((Some(offered), choice));
    }
    match ask.tool_choice {
        None | Some(Choice::Auto | Choice::None) => Ok((None, None)),
        Some(Choice::Any | Choice::Tool(_)) => Err(Fault::invalid(
            "tool_choice may only be specified while providing tools",
            "tool_choice",
        )),
    }
}

/// The tools as they stand at the end of the conversation, in which tools come and go.
fn in_force<'r>(ask: &'r Request<'_>) -> Vec<&'r Asked<'r>> {
    let mut all: Vec<&Asked<'_>> = ask.tools.iter().collect();
    let mut gone: HashSet<&str> = HashSet::new();
    // Where the last definition of a name stands; those before it count no more.
    let mut last: HashMap<&str, usize> = HashMap::new();
    let blocks = ask.messages.iter().flat_map(|message| &message.content);
    for block in blocks {
        let Said::ToolChange(change) = &block.said else {
            continue;
        };
        match change {
            Change::Offer(name) => {
                gone.remove(&**name);
            }
            Change::Withdraw(name) => {
                gone.insert(name);
            }
            Change::Define(tool) => {
                gone.remove(tool.name());
                last.insert(tool.name(), all.len());
                all.push(tool);
            }
        }
    }
    let stands = |place, name| last.get(name).is_none_or(|last| *last == place);
    all.into_iter()
        .enumerate()
        .filter(|(place, tool)| !gone.contains(tool.name()) && stands(*place, tool.name()))
        .map(|(_, tool)| tool)
        .collect()
}

/// A tool; none where it is only named as ignored.
fn one(tool: &Asked<'_>, names: &mut Names, ignored: &mut Ignored) -> Result<Option<Tool>, Fault> {
    match tool {
        Asked::Own {
            name,
            description,
            schema,
            strict,
            strangers,
        } => {
            strangers.iter().for_each(|path| ignored.add(path));
            Ok(Some(Tool::Function {
                name: names.send(name),
                description: description.as_deref().map(str::to_owned),
                parameters: parameters(Some(schema), "input_schema")?.into_owned(),
                strict: Some(*strict),
            }))
        }
        Asked::Defined { kind, object, .. } if kind.starts_with(WEB_SEARCH) => {
            Ok(Some(Tool::Raw(search(object, ignored)?)))
        }
        // Every tool is offered at once, so there is nothing to search for.
        Asked::Defined { kind, object, .. } if kind.starts_with("tool_search_tool_") => {
            ignored.add(object.place());
            Ok(None)
        }
        Asked::Defined { kind, object, .. } => Err(Fault::Invalid {
            message: format!("the tool '{kind}' is not available with a ChatGPT plan"),
            param: Some(object.path("type")),
            code: Some("unsupported_value"),
        }),
    }
}

fn is_search(ask: &Request<'_>, name: &str) -> bool {
    ask.tools.iter().any(|tool| match tool {
        Asked::Defined { kind, .. } => kind.starts_with(WEB_SEARCH) && tool.name() == name,
        Asked::Own { .. } => false,
    })
}

/// The hosted search: its domains and its place are kept, the rest is named.
fn search(tool: &Object<'_>, ignored: &mut Ignored) -> Result<Box<RawValue>, Fault> {
    let direct = |name: &str| {
        let callers = tool.get(name).map_or("", RawValue::get);
        name == "allowed_callers" && !callers.contains("code_execution")
    };
    for name in tool.names().filter(|name| !SEARCH.contains(name)) {
        if !direct(name) {
            ignored.add(&tool.path(name));
        }
    }
    let domains = tool.list("allowed_domains")?;
    let user_location = tool.object("user_location")?.map(|place| Location {
        kind: "approximate",
        place: ["city", "country", "region", "timezone"]
            .into_iter()
            .filter_map(|name| Some((name, place.get(name).and_then(text)?.into_owned())))
            .collect(),
    });
    Ok(raw(&Search {
        kind: WEB_SEARCH,
        filters: domains.map(|allowed_domains| Filters { allowed_domains }),
        user_location,
    }))
}

#[derive(Serialize)]
struct Hosted {
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Search<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Filters<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_location: Option<Location>,
}

#[derive(Serialize)]
struct Filters<'a> {
    allowed_domains: Vec<&'a RawValue>,
}

#[derive(Serialize)]
struct Location {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    place: std::collections::BTreeMap<&'static str, String>,
}

const WEB_SEARCH: &str = "web_search";
/// Fields of the search that are kept, or say nothing here.
const SEARCH: &[&str] = &[
    "type",
    "name",
    "allowed_domains",
    "user_location",
    "cache_control",
];
