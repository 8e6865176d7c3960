//! The canonical ask.

use serde::Serialize;
use serde::ser::SerializeMap as _;
use serde_json::value::RawValue;

use super::{Item, Tool, ToolChoice};
use crate::model::Effort;

/// What is asked of the backend. Always a stream, never stored (contract backend 1.4).
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The model's slug.
    pub model: String,
    /// The system text. Always sent, even empty, except on a Lite request, which has none.
    pub instructions: Option<String>,
    /// The conversation, in order.
    pub input: Vec<Item>,
    /// Tools; `None` sends no key, because an invented empty list can be refused (1.4).
    pub tools: Option<Vec<Tool>>,
    /// Which tool must or may be called.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several tools may be called at once.
    pub parallel_tool_calls: Option<bool>,
    /// How the model should think.
    pub reasoning: Option<Reasoning>,
    /// What the answer should carry besides its text.
    pub include: Vec<String>,
    /// `priority` or `ultrafast` (1.6).
    pub service_tier: Option<String>,
    /// Routes requests with the same beginning to the same cache; at most 64 characters.
    pub prompt_cache_key: Option<String>,
    /// Form of the answer.
    pub text: Option<Text>,
    /// The one stream option the backend knows, `{"reasoning_summary_delivery":…}`, as it came.
    pub stream_options: Option<Box<RawValue>>,
    /// A map of strings, as it came.
    pub client_metadata: Option<Box<RawValue>>,
    /// Fields that only the platform API takes, such as `temperature`; never sent to the plan.
    pub platform: Vec<(&'static str, Box<RawValue>)>,
}

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The ChatGPT plan's backend, which refuses every field it does not know.
    #[default]
    Plan,
    /// The platform API, with an API key.
    Platform,
}

/// `reasoning`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reasoning {
    /// How hard to think.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "word")]
    pub effort: Option<Effort>,
    /// How to tell about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// `all_turns` on Lite requests; otherwise left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

/// `reasoning.summary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// The model's choice.
    Auto,
    /// Short.
    Concise,
    /// Long.
    Detailed,
}

/// `text`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Text {
    /// How much to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<Verbosity>,
    /// `text`, `json_object` or `json_schema`, as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Box<RawValue>>,
}

/// `text.verbosity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    /// Terse.
    Low,
    /// Ordinary.
    Medium,
    /// Long.
    High,
}

impl Request {
    /// The body as it goes to `target`. The same request gives the same bytes, because the
    /// prompt cache compares them (contract backend 9).
    pub fn to_json(&self, target: Target) -> Vec<u8> {
        let body = serde_json::to_vec(&Body {
            request: self,
            target,
        });
        debug_assert!(body.is_ok(), "wire types serialize into memory");
        body.unwrap_or_default()
    }
}

struct Body<'a> {
    request: &'a Request,
    target: Target,
}

impl Serialize for Body<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ask = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", &ask.model)?;
        entry(&mut map, "instructions", ask.instructions.as_ref())?;
        map.serialize_entry("input", &ask.input)?;
        entry(&mut map, "tools", ask.tools.as_ref())?;
        entry(&mut map, "tool_choice", ask.tool_choice.as_ref())?;
        entry(&mut map, "parallel_tool_calls", ask.parallel_tool_calls)?;
        entry(&mut map, "reasoning", ask.reasoning.as_ref())?;
        map.serialize_entry("store", &false)?;
        map.serialize_entry("stream", &true)?;
        entry(&mut map, "stream_options", ask.stream_options.as_ref())?;
        let include = (!ask.include.is_empty()).then_some(&ask.include);
        entry(&mut map, "include", include)?;
        entry(&mut map, "service_tier", ask.service_tier.as_ref())?;
        entry(&mut map, "prompt_cache_key", ask.prompt_cache_key.as_ref())?;
        entry(&mut map, "text", ask.text.as_ref())?;
        match self.target {
            Target::Plan => entry(&mut map, "client_metadata", ask.client_metadata.as_ref())?,
            Target::Platform => {
                for (key, value) in &ask.platform {
                    map.serialize_entry(key, value)?;
                }
            }
        }
        map.end()
    }
}

fn entry<M: serde::ser::SerializeMap>(
    map: &mut M,
    key: &'static str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn word<S: serde::Serializer>(effort: &Option<Effort>, to: S) -> Result<S::Ok, S::Error> {
    effort.map(Effort::as_str).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_request_has_what_the_backend_demands() {
        let request = Request {
            model: "m".into(),
            instructions: Some(String::new()),
            platform: vec![("temperature", RawValue::from_string("1".into()).unwrap())],
            ..Request::default()
        };
        let text = |target| String::from_utf8(request.to_json(target)).unwrap();
        assert_eq!(
            text(Target::Plan),
            r#"{"model":"m","instructions":"","input":[],"store":false,"stream":true}"#
        );
        assert!(text(Target::Platform).ends_with(r#""stream":true,"temperature":1}"#));
    }
}
