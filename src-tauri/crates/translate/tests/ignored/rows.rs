//! The fields and their fates.

/// What becomes of a field.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is named, and nothing of it is sent.
    Named(&'static str),
    /// It is neither named nor sent.
    Silent,
    /// It is sent under this name.
    Sent(&'static str),
    /// The request is refused, and this field named.
    Refused(&'static str),
}

use Fate::{Named, Refused, Sent, Silent};

/// Fields of the Responses dialect.
pub(crate) const RESPONSES: &[(&str, Fate)] = &[
    (r#"{"temperature":0.2}"#, Named("temperature")),
    (r#"{"top_p":1}"#, Named("top_p")),
    (r#"{"max_output_tokens":9}"#, Silent),
    (r#"{"max_output_tokens":0}"#, Refused("max_output_tokens")),
    (r#"{"metadata":{"a":"b"}}"#, Named("metadata")),
    (r#"{"user":"u"}"#, Named("user")),
    (r#"{"safety_identifier":"u"}"#, Named("safety_identifier")),
    (r#"{"truncation":"auto"}"#, Named("truncation")),
    (r#"{"truncation":"disabled"}"#, Silent),
    (r#"{"top_logprobs":2}"#, Named("top_logprobs")),
    (
        r#"{"prompt_cache_retention":"24h"}"#,
        Named("prompt_cache_retention"),
    ),
    (r#"{"context_management":[]}"#, Named("context_management")),
    (r#"{"max_tool_calls":1}"#, Named("max_tool_calls")),
    (r#"{"extra_headers":{}}"#, Named("extra_headers")),
    (r#"{"type":"response.create"}"#, Named("type")),
    (r#"{"generate":false}"#, Named("generate")),
    (r#"{"store":true}"#, Named("store")),
    (r#"{"store":false}"#, Silent),
    (r#"{"background":false}"#, Silent),
    (r#"{"background":true}"#, Refused("background")),
    (
        r#"{"previous_response_id":"resp_1"}"#,
        Refused("previous_response_id"),
    ),
    (r#"{"conversation":"conv_1"}"#, Refused("conversation")),
    (r#"{"prompt":{"id":"p"}}"#, Refused("prompt")),
    (r#"{"service_tier":"flex"}"#, Named("service_tier")),
    (r#"{"service_tier":"auto"}"#, Silent),
    (r#"{"service_tier":"default"}"#, Silent),
    (r#"{"service_tier":"fast"}"#, Sent("service_tier")),
    (r#"{"service_tier":"ultrafast"}"#, Named("service_tier")),
    (r#"{"tools":[]}"#, Silent),
    (
        r#"{"stream_options":{"include_obfuscation":false}}"#,
        Silent,
    ),
    (
        r#"{"stream_options":{"include_usage":true}}"#,
        Named("stream_options.include_usage"),
    ),
    (
        r#"{"stream_options":{"reasoning_summary_delivery":"sequential_cutoff"}}"#,
        Sent("stream_options"),
    ),
    (r#"{"client_metadata":"x"}"#, Named("client_metadata")),
    (r#"{"client_metadata":{"a":"b"}}"#, Sent("client_metadata")),
    (
        r#"{"reasoning":{"effort":"minimal"}}"#,
        Named("reasoning.effort"),
    ),
    (
        r#"{"reasoning":{"effort":"warp"}}"#,
        Refused("reasoning.effort"),
    ),
    (r#"{"reasoning":{"mode":"x"}}"#, Named("reasoning.mode")),
    (
        r#"{"reasoning":{"context":"all_turns"}}"#,
        Named("reasoning.context"),
    ),
    (r#"{"reasoning":{"summary":"none"}}"#, Silent),
    (
        r#"{"reasoning":{"generate_summary":"concise"}}"#,
        Sent("reasoning"),
    ),
    (
        r#"{"text":{"verbosity":"loud"}}"#,
        Refused("text.verbosity"),
    ),
    (
        r#"{"text":{"format":{"type":"xml"}}}"#,
        Refused("text.format.type"),
    ),
    (
        r#"{"tool_choice":{"type":"mcp"}}"#,
        Refused("tool_choice.type"),
    ),
    (
        r#"{"tools":[{"type":"computer_use_preview"}]}"#,
        Refused("tools[0].type"),
    ),
    (
        r#"{"tools":[{"type":"function"}]}"#,
        Refused("tools[0].name"),
    ),
    (r#"{"tools":7}"#, Refused("tools")),
    (
        r#"{"input":[{"role":"user","content":[{"type":"input_audio"}]}]}"#,
        Refused("input[0].content[0].type"),
    ),
    (r#"{"input":[7]}"#, Refused("input[0]")),
    (r#"{"input":null}"#, Refused("input")),
    (r#"{"model":""}"#, Refused("model")),
    (r#"{"stream":"yes"}"#, Refused("stream")),
];

/// Fields of the Chat dialect.
pub(crate) const CHAT: &[(&str, Fate)] = &[
    (r#"{"max_tokens":5}"#, Silent),
    (r#"{"max_tokens":-1}"#, Refused("max_tokens")),
    (r#"{"max_completion_tokens":5}"#, Silent),
    (r#"{"temperature":0}"#, Named("temperature")),
    (r#"{"top_p":1}"#, Named("top_p")),
    (r#"{"stop":["x"]}"#, Silent),
    (r#"{"stop":[1]}"#, Refused("stop")),
    (r#"{"seed":1}"#, Named("seed")),
    (r#"{"logit_bias":{}}"#, Named("logit_bias")),
    (r#"{"logprobs":true}"#, Named("logprobs")),
    (r#"{"logprobs":false}"#, Silent),
    (r#"{"top_logprobs":1}"#, Named("top_logprobs")),
    (r#"{"frequency_penalty":1}"#, Named("frequency_penalty")),
    (r#"{"presence_penalty":1}"#, Named("presence_penalty")),
    (r#"{"user":"u"}"#, Named("user")),
    (r#"{"safety_identifier":"u"}"#, Named("safety_identifier")),
    (r#"{"metadata":{}}"#, Named("metadata")),
    (r#"{"store":true}"#, Named("store")),
    (
        r#"{"prediction":{"type":"content","content":"x"}}"#,
        Named("prediction"),
    ),
    (
        r#"{"prompt_cache_retention":"24h"}"#,
        Named("prompt_cache_retention"),
    ),
    (r#"{"reasoning":{"effort":"low"}}"#, Named("reasoning")),
    (r#"{"reasoning_effort":"max"}"#, Named("reasoning_effort")),
    (r#"{"reasoning_effort":"low"}"#, Sent("reasoning")),
    (
        r#"{"reasoning_effort":"warp"}"#,
        Refused("reasoning_effort"),
    ),
    (r#"{"verbosity":"low"}"#, Sent("text")),
    (
        r#"{"response_format":{"type":"xml"}}"#,
        Refused("response_format.type"),
    ),
    (
        r#"{"response_format":{"type":"json_object"}}"#,
        Sent("text"),
    ),
    (r#"{"service_tier":"scale"}"#, Named("service_tier")),
    (r#"{"service_tier":"priority"}"#, Sent("service_tier")),
    (
        r#"{"stream_options":{"include_obfuscation":true}}"#,
        Named("stream_options.include_obfuscation"),
    ),
    (r#"{"stream_options":{"include_usage":true}}"#, Silent),
    (r#"{"parallel_tool_calls":true}"#, Silent),
    (r#"{"tool_choice":"none"}"#, Silent),
    (r#"{"tool_choice":"required"}"#, Refused("tool_choice")),
    (r#"{"prompt_cache_key":"k"}"#, Sent("prompt_cache_key")),
    (r#"{"n":1}"#, Silent),
    (r#"{"n":2}"#, Silent),
    (r#"{"n":9}"#, Refused("n")),
    (r#"{"n":0}"#, Refused("n")),
    (r#"{"modalities":["text"]}"#, Silent),
    (r#"{"modalities":["audio"]}"#, Refused("modalities")),
    (r#"{"tools":[{"type":"mcp"}]}"#, Refused("tools[0].type")),
    (
        r#"{"messages":[{"role":"user","content":[{"type":"input_audio"}]}]}"#,
        Refused("messages[0].content[0].type"),
    ),
    (
        r#"{"messages":[{"role":"user","content":"x","name":"n"}]}"#,
        Named("messages[0].name"),
    ),
    (
        r#"{"messages":[{"role":"tool","content":"x","tool_call_id":"gone"}]}"#,
        Named("messages[0]"),
    ),
    (
        r#"{"messages":[{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"u"}}]}]}"#,
        Refused("messages[0].content[0].type"),
    ),
];

/// Fields within a field of the Chat dialect that is read: strangers there are named as anywhere.
pub(crate) const WITHIN_CHAT: &[(&str, Fate)] = &[
    (
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"x","weight":2}]}]}"#,
        Named("messages[0].content[0].weight"),
    ),
    (
        r#"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","size":1}}]}]}"#,
        Named("messages[0].content[0].image_url.size"),
    ),
    (
        r#"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","detail":"low"}}]}]}"#,
        Silent,
    ),
    (
        r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"c","index":0,"type":"function","mood":1,"function":{"name":"f","arguments":"{}"}}]}]}"#,
        Named("messages[0].tool_calls[0].mood"),
    ),
    (
        r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"c","index":0,"function":{"name":"f","arguments":"{}","parsed":{}}}]}]}"#,
        Named("messages[0].tool_calls[0].function.parsed"),
    ),
    (
        r#"{"functions":[{"name":"f","examples":[]}]}"#,
        Named("functions[0].examples"),
    ),
    (
        r#"{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"loose":true}}}"#,
        Named("response_format.json_schema.loose"),
    ),
    (
        r#"{"web_search_options":{"max_uses":3}}"#,
        Named("web_search_options.max_uses"),
    ),
];

/// Every field of any dialect that may be left out.
pub(crate) const EVERY_FIELD: &[&str] = &[
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "stream_options",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
    "previous_response_id",
    "conversation",
    "background",
    "prompt",
    "temperature",
    "top_p",
    "metadata",
    "user",
    "functions",
    "function_call",
    "response_format",
    "web_search_options",
    "reasoning_effort",
    "verbosity",
    "n",
    "modalities",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "seed",
    "logprobs",
    "logit_bias",
    "audio",
    "prediction",
    "truncation",
    "safety_identifier",
    "system",
    "stop_sequences",
    "top_k",
    "thinking",
    "output_config",
    "output_format",
    "speed",
    "cache_control",
    "context_management",
];

/// Fields of the old Completions dialect.
pub(crate) const COMPLETIONS: &[(&str, Fate)] = &[
    (r#"{"max_tokens":5}"#, Silent),
    (r#"{"temperature":0}"#, Named("temperature")),
    (r#"{"top_p":1}"#, Named("top_p")),
    (r#"{"stop":["x"]}"#, Silent),
    (r#"{"seed":1}"#, Named("seed")),
    (r#"{"logit_bias":{}}"#, Named("logit_bias")),
    (r#"{"logprobs":2}"#, Named("logprobs")),
    (r#"{"presence_penalty":1}"#, Named("presence_penalty")),
    (r#"{"frequency_penalty":1}"#, Named("frequency_penalty")),
    (r#"{"user":"u"}"#, Named("user")),
    (r#"{"messages":[]}"#, Named("messages")),
    (r#"{"reasoning_effort":"low"}"#, Named("reasoning_effort")),
    (r#"{"service_tier":"scale"}"#, Named("service_tier")),
    (r#"{"service_tier":"priority"}"#, Sent("service_tier")),
    (r#"{"prompt_cache_key":"k"}"#, Sent("prompt_cache_key")),
    (r#"{"stream_options":{"include_usage":true}}"#, Silent),
    (
        r#"{"stream_options":{"include_obfuscation":true}}"#,
        Named("stream_options.include_obfuscation"),
    ),
    (r#"{"n":1}"#, Silent),
    (r#"{"n":2}"#, Refused("n")),
    (r#"{"best_of":1}"#, Silent),
    (r#"{"best_of":3}"#, Refused("best_of")),
    (r#"{"echo":false}"#, Silent),
    (r#"{"echo":true}"#, Refused("echo")),
    (r#"{"suffix":""}"#, Silent),
    (r#"{"suffix":"x"}"#, Refused("suffix")),
    (r#"{"prompt":["x","y"]}"#, Refused("prompt")),
    (r#"{"prompt":[1]}"#, Refused("prompt")),
    (r#"{"prompt":null}"#, Refused("prompt")),
    (r#"{"stream":1}"#, Refused("stream")),
];
