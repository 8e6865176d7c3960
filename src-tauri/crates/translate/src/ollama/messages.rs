//! Messages with ids: calls and results have none here, and the backend needs them.
//!
//! A result belongs to a call of the last message that made any: the one with its id, where the
//! client gives ids, else the first open one of the tool it names, else the first open one.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use wire::chat::{Call, CallKind, Message, Part, Said};
use wire::ollama::{self, Said as Asked};

/// The same conversation as a chat. Ids depend on nothing but the place of a call, so that the
/// conversation is sent in the same bytes each time.
pub(super) fn with_ids<'a>(messages: &'a [ollama::Message<'_>]) -> Vec<Message<'a>> {
    let mut calls = Calls::default();
    let chat = |message: &'a ollama::Message<'_>| Message {
        at: message.at.clone(),
        strangers: message.strangers.clone(),
        said: calls.said(message),
    };
    messages.iter().map(chat).collect()
}

/// The calls of the conversation.
#[derive(Debug, Default)]
struct Calls<'a> {
    made: usize,
    open: Open<'a>,
}

/// The calls that wait for their results. Each is found without looking at the others, because a
/// client may send any number of them.
#[derive(Debug, Default)]
struct Open<'a> {
    /// Their ids, in order; nothing where a call is answered.
    ids: Vec<Option<Cow<'a, str>>>,
    in_order: VecDeque<usize>,
    by_id: HashMap<Cow<'a, str>, VecDeque<usize>>,
    by_tool: HashMap<&'a str, VecDeque<usize>>,
}

impl<'a> Open<'a> {
    fn push(&mut self, id: Cow<'a, str>, tool: &'a str) {
        let place = self.ids.len();
        self.in_order.push_back(place);
        self.by_id.entry(id.clone()).or_default().push_back(place);
        self.by_tool.entry(tool).or_default().push_back(place);
        self.ids.push(Some(id));
    }

    /// The id of the call that is answered, which is open no longer.
    fn take(&mut self, tool: Option<&str>, id: Option<&str>) -> Option<Cow<'a, str>> {
        let with_id = id.and_then(|id| first(&self.ids, self.by_id.get_mut(id)?));
        let place = with_id.or_else(|| match tool {
            Some(tool) => first(&self.ids, self.by_tool.get_mut(tool)?),
            None => first(&self.ids, &mut self.in_order),
        });
        self.ids.get_mut(place?)?.take()
    }
}

/// The first of `places` whose call is open; those before it never will be again.
fn first(ids: &[Option<Cow<'_, str>>], places: &mut VecDeque<usize>) -> Option<usize> {
    let is_open = |place: &usize| ids.get(*place).is_some_and(Option::is_some);
    std::iter::from_fn(|| places.pop_front()).find(is_open)
}

impl<'a> Calls<'a> {
    fn said(&mut self, message: &'a ollama::Message<'_>) -> Said<'a> {
        match &message.said {
            Asked::Program => Said::Program(content(message, true)),
            Asked::User => Said::User(content(message, true)),
            Asked::Assistant(calls) => {
                if !calls.is_empty() {
                    self.open = Open::default();
                }
                Said::Assistant {
                    content: content(message, false),
                    calls: calls.iter().map(|call| self.begin(call)).collect(),
                }
            }
            Asked::Tool { name, call_id } => Said::Tool {
                call_id: self.end(name.as_deref(), call_id.as_deref()),
                content: content(message, false),
            },
        }
    }

    fn begin(&mut self, call: &'a ollama::Call<'_>) -> Call<'a> {
        let id: Cow<'a, str> = match &call.id {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(format!("call_{}", self.made)),
        };
        self.made += 1;
        self.open.push(id.clone(), &call.name);
        Call {
            id: Some(id),
            kind: CallKind::Function,
            name: Cow::Borrowed(&call.name),
            payload: Cow::Borrowed(&call.arguments),
        }
    }

    /// The id of the call that is answered; empty where there is none, which no call has.
    fn end(&mut self, name: Option<&str>, id: Option<&str>) -> Cow<'a, str> {
        self.open.take(name, id).unwrap_or(Cow::Borrowed(""))
    }
}

/// The parts of a message. Who must say something says at least an empty text.
fn content<'a>(message: &'a ollama::Message<'_>, speaks: bool) -> Vec<Part<'a>> {
    let text = message.text.as_deref();
    let text = text.or_else(|| (speaks && message.images.is_empty()).then_some(""));
    let text = text.map(|text| Part::Text(Cow::Borrowed(text)));
    let images = message.images.iter().map(|url| Part::Image {
        url: Cow::Borrowed(url),
        detail: None,
    });
    text.into_iter().chain(images).collect()
}

#[cfg(test)]
mod tests {
    use wire::json::Object;
    use wire::ollama::{Form, Request};

    use super::*;

    /// The id of each call and each result, in order.
    fn ids(messages: &str) -> Vec<String> {
        let body = format!(r#"{{"model":"m","messages":[{messages}]}}"#);
        let ask = Request::read(Form::Chat, Object::body(body.as_bytes()).unwrap()).unwrap();
        let mut ids = Vec::new();
        for message in with_ids(&ask.messages) {
            match message.said {
                Said::Assistant { calls, .. } => {
                    ids.extend(calls.into_iter().filter_map(|call| call.id));
                }
                Said::Tool { call_id, .. } => ids.push(call_id),
                Said::Program(_) | Said::User(_) | Said::Function { .. } => {}
            }
        }
        ids.into_iter().map(String::from).collect()
    }

    fn calls(names: &[&str]) -> String {
        let call = |name: &&str| format!(r#"{{"function":{{"name":"{name}"}}}}"#);
        let calls: Vec<String> = names.iter().map(call).collect();
        format!(
            r#"{{"role":"assistant","tool_calls":[{}]}},"#,
            calls.join(",")
        )
    }

    fn result(field: &str) -> String {
        format!(r#"{{"role":"tool","content":"x"{field}}},"#)
    }

    #[track_caller]
    fn check(messages: &[String], expected: &[&str]) {
        let messages = messages.concat();
        assert_eq!(ids(messages.trim_end_matches(',')), expected);
    }

    #[test]
    fn results_find_their_calls_by_name_and_else_by_order() {
        let (f, g) = (r#","tool_name":"f""#, r#","tool_name":"g""#);
        check(
            &[calls(&["f", "g"]), result(""), result("")],
            &["call_0", "call_1", "call_0", "call_1"],
        );
        check(
            &[calls(&["f", "g"]), result(g), result(f)],
            &["call_0", "call_1", "call_1", "call_0"],
        );
        check(
            &[calls(&["f", "f"]), result(f), result(f)],
            &["call_0", "call_1", "call_0", "call_1"],
        );
        check(
            &[calls(&["f"]), result(""), calls(&["f"]), result(f)],
            &["call_0", "call_0", "call_1", "call_1"],
        );
    }

    #[test]
    fn a_result_without_a_call_has_no_id() {
        check(&[result("")], &[""]);
        check(
            &[calls(&["f"]), result(r#","tool_name":"h""#)],
            &["call_0", ""],
        );
        check(
            &[calls(&["f"]), result(""), result("")],
            &["call_0", "call_0", ""],
        );
        check(
            &[calls(&["f"]), calls(&["g"]), result(r#","tool_name":"f""#)],
            &["call_0", "call_1", ""],
        );
    }

    #[test]
    fn a_client_that_gives_ids_is_believed() {
        let own = r#"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"b","function":{"name":"f"}}]},"#;
        let (a, b) = (r#","tool_call_id":"a""#, r#","tool_call_id":"b""#);
        check(
            &[own.to_owned(), result(b), result(a)],
            &["a", "b", "b", "a"],
        );
    }
}
