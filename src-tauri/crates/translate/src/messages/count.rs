//! `POST /v1/messages/count_tokens`: an estimate, because the backend counts nothing before it is
//! asked (contract backend 8.3). It is rather too large than too small.

use serde::Serialize;
use wire::Fault;
use wire::json::without_lone_surrogates;
use wire::messages::{Block, Change, Request, Said, Source, Tool};

/// About how many tokens the request in `body` has.
///
/// # Errors
/// The body is no JSON, or a field that is understood here is missing or wrong.
pub fn count(body: &[u8]) -> Result<u64, Fault> {
    let body = without_lone_surrogates(body);
    let ask = Request::read(&body)?;
    let messages = ask.messages.iter();
    let said: u64 = messages.map(|one| TURN + blocks(&one.content)).sum();
    let tools: u64 = ask.tools.iter().map(tool).sum();
    let schema = ask.schema.map_or(0, |schema| text(schema.get()));
    Ok(TURN + blocks(&ask.system) + said + tools + schema)
}

/// The answer that tells a count.
pub fn counted(tokens: u64) -> Vec<u8> {
    #[derive(Serialize)]
    struct Counted {
        input_tokens: u64,
    }
    let body = serde_json::to_vec(&Counted {
        input_tokens: tokens,
    });
    debug_assert!(body.is_ok(), "a number serializes into memory");
    body.unwrap_or_default()
}

fn blocks(blocks: &[Block<'_>]) -> u64 {
    blocks.iter().map(block).sum()
}

fn block(block: &Block<'_>) -> u64 {
    match &block.said {
        Said::Text(told) | Said::ToolReference(told) => text(told),
        Said::Image(_) => IMAGE,
        Said::Document {
            source,
            title,
            context,
        } => {
            let beside = [title, context].into_iter().flatten();
            document(source) + beside.map(|told| text(told)).sum::<u64>()
        }
        Said::Found {
            title,
            source,
            content,
        } => text(title) + text(source) + blocks(content),
        Said::ToolUse { name, input, .. } => TURN + text(name) + text(input.get()),
        Said::ToolResult { content, .. } => TURN + blocks(content),
        Said::Thinking(sealed) => sealed.as_deref().map_or(0, text),
        Said::Search(input) => TURN + text(input.raw().get()),
        Said::ToolChange(Change::Define(defined)) => tool(defined),
        Said::ToolChange(Change::Offer(_) | Change::Withdraw(_))
        | Said::SearchResults { .. }
        | Said::Foreign => 0,
    }
}

fn document(source: &Source<'_>) -> u64 {
    match source {
        Source::Text(told) => text(told),
        Source::Blocks(inner) => blocks(inner),
        Source::Base64 { data, .. } => data.len() as u64 / BYTES,
        Source::Url(_) | Source::File(_) => IMAGE,
    }
}

fn tool(tool: &Tool<'_>) -> u64 {
    match tool {
        Tool::Own {
            name,
            description,
            schema,
            ..
        } => TURN + text(name) + description.as_deref().map_or(0, text) + text(schema.get()),
        Tool::Defined { object, .. } => TURN + text(object.raw().get()),
    }
}

/// Three letters of ASCII are a token, and every other character is one.
fn text(text: &str) -> u64 {
    let others = text.chars().filter(|c| !c.is_ascii()).count();
    let letters = text.bytes().filter(u8::is_ascii).count();
    (letters.div_ceil(3) + others) as u64
}

/// What stands around a message, a call or a tool.
const TURN: u64 = 8;
/// A picture of the size that models are given at most.
const IMAGE: u64 = 1600;
/// Bytes of a document in base64 that make a token.
const BYTES: u64 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, tokens: u64) {
        assert_eq!(count(body.as_bytes()).unwrap(), tokens, "{body}");
    }

    #[test]
    fn everything_that_the_model_reads_is_counted() {
        let with = |more: &str| {
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":"abcdef"}}]{more}}}"#)
        };
        check(&with(""), 18);
        check(&with(r#","system":"abc""#), 19);
        check(
            &with(r#","system":[{"type":"text","text":"\u00e9\u00e9"}]"#),
            20,
        );
        check(
            &with(r#","tools":[{"name":"abc","input_schema":{"type":"object"}}]"#),
            18 + 8 + 1 + 6,
        );
        check(
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}"#,
            1616,
        );
        assert_eq!(counted(7), br#"{"input_tokens":7}"#);
        assert!(count(b"{}").is_err());
    }
}
