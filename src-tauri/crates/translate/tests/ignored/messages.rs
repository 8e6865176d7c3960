//! The fields of the Messages dialect and their fates.

use crate::rows::Fate::{self, Named, Refused, Sent, Silent};

/// Fields of the Messages dialect.
pub(crate) const MESSAGES: &[(&str, Fate)] = &[
    (r#"{"max_tokens":1024}"#, Silent),
    (r#"{"max_tokens":1}"#, Silent),
    (r#"{"max_tokens":0}"#, Named("max_tokens")),
    (r#"{"max_tokens":"many"}"#, Refused("max_tokens")),
    (r#"{"stop_sequences":["x"]}"#, Silent),
    (r#"{"stop_sequences":[1]}"#, Refused("stop_sequences")),
    (r#"{"stop_sequences":[]}"#, Silent),
    (r#"{"temperature":1}"#, Named("temperature")),
    (r#"{"top_p":0.9}"#, Named("top_p")),
    (r#"{"top_k":5}"#, Named("top_k")),
    (r#"{"metadata":{"user_id":"u"}}"#, Silent),
    (r#"{"metadata":{"team":"t"}}"#, Named("metadata.team")),
    (r#"{"system":"be brief"}"#, Sent("instructions")),
    (r#"{"stream":true}"#, Silent),
    (r#"{"cache_control":{"type":"ephemeral"}}"#, Silent),
    (
        r#"{"context_management":{"edits":[]}}"#,
        Named("context_management"),
    ),
    (r#"{"thread":{"type":"create"}}"#, Refused("thread")),
    (r#"{"container":"c"}"#, Named("container")),
    (r#"{"diagnostics":{}}"#, Named("diagnostics")),
    (r#"{"inference_geo":"us"}"#, Named("inference_geo")),
    (r#"{"mcp_servers":[{"name":"m"}]}"#, Named("mcp_servers")),
    (r#"{"service_tier":"auto"}"#, Silent),
    (r#"{"service_tier":"standard_only"}"#, Silent),
    (r#"{"service_tier":"priority"}"#, Sent("service_tier")),
    (r#"{"service_tier":"batch"}"#, Named("service_tier")),
    (r#"{"speed":"fast"}"#, Sent("service_tier")),
    (r#"{"speed":"standard"}"#, Silent),
    (r#"{"speed":"warp"}"#, Named("speed")),
    (r#"{"thinking":{"type":"adaptive"}}"#, Sent("include")),
    (
        r#"{"thinking":{"type":"enabled","budget_tokens":2048}}"#,
        Sent("reasoning"),
    ),
    (
        r#"{"thinking":{"type":"disabled"}}"#,
        Named("thinking.type"),
    ),
    (r#"{"thinking":{"type":"loud"}}"#, Refused("thinking.type")),
    (r#"{"output_config":{"effort":"high"}}"#, Sent("reasoning")),
    (
        r#"{"output_config":{"effort":"max"}}"#,
        Named("output_config.effort"),
    ),
    (
        r#"{"output_config":{"effort":"huge"}}"#,
        Refused("output_config.effort"),
    ),
    (
        r#"{"output_config":{"task_budget":{"total":9}}}"#,
        Named("output_config.task_budget"),
    ),
    (
        r#"{"output_config":{"format":{"type":"json_schema","schema":{"type":"string"}}}}"#,
        Sent("text"),
    ),
    (
        r#"{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}"#,
        Named("output_config.format"),
    ),
    (
        r#"{"output_config":{"format":{"type":"grammar"}}}"#,
        Refused("output_config.format.type"),
    ),
    (r#"{"tools":[]}"#, Silent),
    (r#"{"tool_choice":{"type":"any"}}"#, Refused("tool_choice")),
    (r#"{"tool_choice":{"type":"auto"}}"#, Silent),
    (
        r#"{"tool_choice":{"type":"some"}}"#,
        Refused("tool_choice.type"),
    ),
    (
        r#"{"tools":[{"name":"f","input_schema":{"type":"object"}}]}"#,
        Sent("tools"),
    ),
    (
        r#"{"tools":[{"name":"f","input_schema":{},"defer_loading":true}]}"#,
        Named("tools[0].defer_loading"),
    ),
    (
        r#"{"tools":[{"name":"f","input_schema":{},"input_examples":[{}]}]}"#,
        Named("tools[0].input_examples"),
    ),
    (
        r#"{"tools":[{"name":"f","input_schema":{},"allowed_callers":["code_execution_20260120"]}]}"#,
        Named("tools[0].allowed_callers"),
    ),
    (
        r#"{"tools":[{"type":"web_search_20250305","name":"web_search"}]}"#,
        Sent("tools"),
    ),
    (
        r#"{"tools":[{"type":"web_search_20260209","name":"web_search","max_uses":3}]}"#,
        Named("tools[0].max_uses"),
    ),
    (
        r#"{"tools":[{"type":"tool_search_tool_regex_20251119","name":"s"}]}"#,
        Named("tools[0]"),
    ),
    (
        r#"{"tools":[{"type":"bash_20250124","name":"bash"}]}"#,
        Refused("tools[0].type"),
    ),
    (
        r#"{"tools":[{"type":"code_execution_20260521","name":"c"}]}"#,
        Refused("tools[0].type"),
    ),
];
