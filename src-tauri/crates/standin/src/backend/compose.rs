//! The answer to a request: which items, in which order, with which contents. Pure and deterministic
//! but for the ids.

mod calls;

use base::Chance;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::conversation::Conversation;
use super::instance::instance;
use super::marks::Marks;
use super::models::Model;
use super::{picture, sealed, tools};

/// One item of an answer, before it is spread over events.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Made {
    Reasoning {
        summary: Option<String>,
        sealed: Option<String>,
    },
    Message {
        text: String,
        /// `phase` of contract backend 1.9.
        phase: Option<&'static str>,
        cited: Option<Cited>,
    },
    Refusal(String),
    Function(Call),
    Custom(Call),
    Search {
        query: String,
    },
    Image(Image),
    Compaction {
        sealed: String,
    },
    /// A type nobody knows.
    Future,
}

/// A call of a function or of a custom tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    /// Arguments as JSON text, or the free input of a custom tool.
    pub(crate) input: String,
}

/// A source, cited by the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) url: String,
    pub(crate) title: String,
}

/// A picture the hosted tool made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) prompt: String,
    pub(crate) base64: String,
    pub(crate) size: String,
    /// How many partial pictures were asked for.
    pub(crate) partial: u64,
}

/// What the answer depends on.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) conversation: &'a Conversation<'a>,
    pub(crate) marks: &'a Marks,
    pub(crate) headers: &'a http::HeaderMap,
    pub(crate) model: &'static Model,
    pub(crate) account: &'a str,
    pub(crate) plan: &'a str,
    pub(crate) chance: &'a Chance,
}

/// The items of the answer.
pub(crate) fn answer(asked: &Asked<'_>) -> Vec<Made> {
    let conversation = asked.conversation;
    if conversation.compaction {
        let sealed = sealed::seal(asked.account, asked.model.family, "compaction");
        return vec![Made::Compaction { sealed }];
    }
    let mut items: Vec<Made> = reasoning(asked).into_iter().collect();
    let marks = asked.marks;
    if marks.has("unknown-items") {
        items.push(Made::Future);
    }
    let commentary = marks.words("commentary");
    items.extend(commentary.map(|words| message(words, Some("commentary"))));
    let calls = calls::made(asked);
    if !calls.is_empty() {
        items.extend(calls);
        return items;
    }
    let phase = commentary.map(|_| "final_answer");
    if let Some(words) = marks.words("refuse") {
        let words = if words.is_empty() {
            "I cannot help with that."
        } else {
            words
        };
        items.push(Made::Refusal(words.to_owned()));
        return items;
    }
    if let Some(query) = search(asked) {
        let cited = Cited {
            url: format!("https://example.test/search?q={}", query.replace(' ', "+")),
            title: format!("Results for {query}"),
        };
        items.push(Made::Search {
            query: query.clone(),
        });
        items.push(Made::Message {
            text: format!("I searched for {query} and found one page."),
            phase,
            cited: Some(cited),
        });
        return items;
    }
    if let Some(image) = image(asked) {
        items.push(Made::Image(image));
        return items;
    }
    let mut last = message(&text(asked), phase);
    if let (true, Made::Message { cited, .. }) = (marks.has("annotate"), &mut last) {
        *cited = Some(Cited {
            url: "https://example.test/source".to_owned(),
            title: "A source".to_owned(),
        });
    }
    items.push(last);
    items
}

/// True where the request offers a tool of that type.
fn offers(asked: &Asked<'_>, kind: &str) -> bool {
    let offered = tools::offered(asked.conversation.body);
    offered.iter().any(|(_, tool)| tool["type"] == kind)
}

/// The type of a hosted tool that was chosen by the request.
fn is_chosen(asked: &Asked<'_>, kind: &str) -> bool {
    asked
        .conversation
        .body
        .get("tool_choice")
        .is_some_and(|choice| choice["type"] == kind)
}

fn message(text: &str, phase: Option<&'static str>) -> Made {
    Made::Message {
        text: text.to_owned(),
        phase,
        cited: None,
    }
}

/// A reasoning item, where the request has `reasoning` and its effort is not `none`.
fn reasoning(asked: &Asked<'_>) -> Option<Made> {
    let body = asked.conversation.body;
    let reasoning = body.get("reasoning")?.as_object()?;
    let effort = reasoning.get("effort").and_then(Value::as_str);
    if effort.unwrap_or_else(|| asked.model.default_effort()) == "none" {
        return None;
    }
    let thought = format!("Thinking about: {}", asked.marks.text());
    let include = body.get("include").and_then(Value::as_array);
    let wants_sealed =
        include.is_some_and(|all| all.iter().any(|it| it == "reasoning.encrypted_content"));
    let wants_summary = reasoning.get("summary").is_some_and(Value::is_string);
    let seal = || sealed::seal(asked.account, asked.model.family, &thought);
    Some(Made::Reasoning {
        sealed: wants_sealed.then(seal),
        summary: wants_summary.then(|| thought.clone()),
    })
}

fn search(asked: &Asked<'_>) -> Option<String> {
    let marked = asked.marks.words("search");
    let chosen = is_chosen(asked, "web_search").then(|| asked.marks.text());
    let query = marked.or(chosen)?;
    let fresh = asked.conversation.outputs.is_empty();
    (fresh && offers(asked, "web_search")).then(|| query.to_owned())
}

/// Free plans have no pictures; the tool is dropped without a word (contract backend 1.10).
fn image(asked: &Asked<'_>) -> Option<Image> {
    let marked = asked.marks.words("image");
    let chosen = is_chosen(asked, "image_generation").then(|| asked.marks.text());
    let prompt = marked.or(chosen)?;
    let tools = tools::offered(asked.conversation.body);
    let (_, tool) = tools
        .iter()
        .find(|(_, tool)| tool["type"] == "image_generation")?;
    if asked.plan == "free" {
        return None;
    }
    let size = asked.marks.words("size").or_else(|| tool["size"].as_str());
    let (width, height) = size.and_then(size_of).unwrap_or((1024, 1024));
    Some(Image {
        prompt: prompt.to_owned(),
        base64: STANDARD.encode(picture::draw(width, height, prompt)),
        size: format!("{width}x{height}"),
        partial: tool["partial_images"].as_u64().unwrap_or(0),
    })
}

/// `1024x1536` as two numbers of pixels.
pub(crate) fn size_of(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    let edge = |text: &str| text.parse().ok().filter(|edge| (1..=3840).contains(edge));
    Some((edge(width)?, edge(height)?))
}

/// The text of the last message.
fn text(asked: &Asked<'_>) -> String {
    let format = asked
        .conversation
        .body
        .get("text")
        .and_then(|text| text.get("format"));
    let plain = plain_text(asked);
    match format.and_then(|format| format["type"].as_str()) {
        Some("json_schema") if !asked.marks.has("say") => {
            let schema = format.and_then(|format| format.get("schema"));
            instance(schema.unwrap_or(&Value::Null), &plain).to_string()
        }
        Some("json_object") if !asked.marks.has("say") => json!({ "answer": plain }).to_string(),
        Some(_) | None => plain,
    }
}

fn plain_text(asked: &Asked<'_>) -> String {
    let (conversation, marks) = (asked.conversation, asked.marks);
    let nothing = || "undefined".to_owned();
    if let Some(words) = marks.words("say") {
        return words.to_owned();
    }
    if let Some(turn) = marks.number_or("recall", 1) {
        return conversation.turn(turn).unwrap_or_else(nothing);
    }
    if let Some(pointer) = marks.words("show") {
        return shown(conversation.body, pointer).unwrap_or_else(nothing);
    }
    if let Some(name) = marks.words("header") {
        let value = asked
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        return value.map_or_else(nothing, str::to_owned);
    }
    if let Some(count) = marks.number_or("words", 100) {
        let words: Vec<String> = (1..=count).map(|at| format!("word{at}")).collect();
        return words.join(" ");
    }
    if marks.has("u2028") {
        return "one\u{2028}two\u{2029}three\u{85}four".to_owned();
    }
    if let Some(mebibytes) = marks.number_or("big", 3) {
        return "x".repeat(mebibytes * 1024 * 1024);
    }
    if !conversation.outputs.is_empty() {
        let said = conversation.outputs.iter();
        let said = said.map(|(name, output)| format!("The tool {name} returned: {output}"));
        return said.collect::<Vec<_>>().join("\n");
    }
    let mut sentences = vec![format!("You said: {}", marks.text())];
    sentences.extend(conversation.seen().iter().cloned());
    sentences.join(" ")
}

/// What stands at `reasoning/effort` in the body, as compact JSON.
fn shown(body: &Map<String, Value>, pointer: &str) -> Option<String> {
    let pointer = pointer.trim_start_matches('/');
    let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let value = body.get(first)?;
    let value = if rest.is_empty() {
        Some(value)
    } else {
        value.pointer(&format!("/{rest}"))
    };
    Some(value?.to_string())
}
