//! What a request says: the user's texts, what came with the last one, and the tool outputs since.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::items;
use super::marks::Marks;
use super::picture::Picture;

/// A reading of `input`.
#[derive(Debug, Clone)]
pub(crate) struct Conversation<'a> {
    /// Every user text, markers included, in order.
    users: Vec<String>,
    /// What came with the last user text, in words.
    seen: Vec<String>,
    /// Tool outputs behind the last user message: the tool's name and the output in words.
    pub(crate) outputs: Vec<(String, String)>,
    /// The last item asks for a compaction.
    pub(crate) compaction: bool,
    pub(crate) body: &'a Map<String, Value>,
}

impl<'a> Conversation<'a> {
    /// Reads a request whose `input` is a list or one text.
    pub(crate) fn read(body: &'a Map<String, Value>) -> Self {
        let mut read = Self {
            users: Vec::new(),
            seen: Vec::new(),
            outputs: Vec::new(),
            compaction: false,
            body,
        };
        let input = match body.get("input") {
            Some(Value::Array(input)) => input.as_slice(),
            Some(Value::String(text)) => {
                read.users.push(text.clone());
                &[]
            }
            Some(_) | None => &[],
        };
        for item in input {
            match items::type_of(item) {
                Some("message") if item["role"] == "user" => read.user(&item["content"]),
                Some(kind) if kind.ends_with("_output") => {
                    let name = called(input, item);
                    read.outputs.push((name, in_words(&item["output"])));
                }
                Some("compaction_trigger") => read.compaction = true,
                Some(_) | None => {}
            }
        }
        read
    }

    /// The last user text with its markers.
    pub(crate) fn prompt(&self) -> &str {
        self.users.last().map_or("", String::as_str)
    }

    /// The user text of that turn, counted from 1, without its markers.
    pub(crate) fn turn(&self, turn: usize) -> Option<String> {
        let text = self.users.get(turn.checked_sub(1)?)?;
        Some(Marks::read(text).text().to_owned())
    }

    /// Sentences about the images and files of the last user message.
    pub(crate) fn seen(&self) -> &[String] {
        &self.seen
    }

    fn user(&mut self, content: &Value) {
        self.outputs.clear();
        self.seen.clear();
        let parts = match content {
            Value::Array(parts) => parts.as_slice(),
            Value::String(text) => {
                self.users.push(text.clone());
                return;
            }
            _ => &[],
        };
        let texts = parts.iter().filter(|part| part["type"] == "input_text");
        let texts: Vec<&str> = texts.filter_map(|part| part["text"].as_str()).collect();
        self.users.push(texts.join("\n"));
        self.seen = parts.iter().filter_map(seen).collect();
    }
}

/// The name of the tool an output belongs to.
fn called(input: &[Value], output: &Value) -> String {
    let call = input.iter().find(|item| {
        item["call_id"] == output["call_id"]
            && items::type_of(item).is_some_and(|kind| kind.ends_with("_call"))
    });
    let name = call.and_then(|call| call["name"].as_str());
    name.unwrap_or("unknown").to_owned()
}

/// A tool's output as the model reads it.
fn in_words(output: &Value) -> String {
    let parts = match output {
        Value::String(text) => return text.clone(),
        Value::Array(parts) => parts,
        other => return other.to_string(),
    };
    let words = parts.iter().filter_map(|part| match part["text"].as_str() {
        Some(text) => Some(text.to_owned()),
        None => seen(part),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn seen(part: &Value) -> Option<String> {
    match part["type"].as_str()? {
        "input_image" => {
            let url = part["image_url"].as_str()?;
            Some(match url.strip_prefix("data:") {
                Some(data) => picture(data),
                None => format!("I see an image at {url}."),
            })
        }
        "input_file" => Some(
            match (part["filename"].as_str(), part["file_data"].as_str()) {
                (name, Some(data)) => {
                    let (_, payload) = data.split_once(',').unwrap_or_default();
                    let length = STANDARD.decode(payload).map_or(0, |bytes| bytes.len());
                    format!(
                        "I read the file {}, {length} bytes.",
                        name.unwrap_or("without a name")
                    )
                }
                (_, None) => {
                    let named = part["file_id"]
                        .as_str()
                        .or_else(|| part["file_url"].as_str());
                    format!("I read the file {}.", named.unwrap_or("without a name"))
                }
            },
        ),
        _ => None,
    }
}

fn picture(data: &str) -> String {
    let (_, payload) = data.split_once(',').unwrap_or_default();
    let bytes = STANDARD.decode(payload).unwrap_or_default();
    match Picture::read(&bytes) {
        Some(Picture {
            format,
            width,
            height,
        }) => {
            format!("I see a {format} image, {width} by {height} pixels.")
        }
        None => "I see an image I cannot read.".to_owned(),
    }
}
