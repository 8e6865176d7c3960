//! `POST /v1/messages/count_tokens`: counted here, because the backend counts nothing before it is
//! asked (contract backend 8.3). What is no text is estimated as [`crate::estimate`] says.

use serde::Serialize;
use wire::Fault;
use wire::json;
use wire::messages::{Block, Change, Request, Said, Source, Tool};

use crate::estimate::{IMAGE, Measure, PRIMING, TURN};

/// About how many tokens the request in `body` has.
///
/// # Errors
/// The body is no JSON, or a field that is understood here is missing or wrong.
pub fn count(body: &[u8], measure: Measure<'_>) -> Result<u64, Fault> {
    json::read(body, |fields| {
        Ok(tokens(&Request::read(fields.clone())?, measure))
    })
}

fn tokens(ask: &Request<'_>, measure: Measure<'_>) -> u64 {
    let reader = Reader(measure);
    let messages = ask.messages.iter();
    let said: u64 = messages.map(|one| TURN + reader.blocks(&one.content)).sum();
    let tools: u64 = ask.tools.iter().map(|tool| reader.tool(tool)).sum();
    let schema = ask.schema.map_or(0, |schema| measure.text(schema.get()));
    let system = match ask.system.as_slice() {
        [] => 0,
        blocks => TURN + reader.blocks(blocks),
    };
    PRIMING + system + said + tools + schema
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

/// Who counts what a model reads.
#[derive(Clone, Copy)]
struct Reader<'t>(Measure<'t>);

impl Reader<'_> {
    fn text(self, text: &str) -> u64 {
        self.0.text(text)
    }

    fn blocks(self, blocks: &[Block<'_>]) -> u64 {
        blocks.iter().map(|block| self.block(block)).sum()
    }

    fn block(self, block: &Block<'_>) -> u64 {
        match &block.said {
            Said::Text(told) | Said::ToolReference(told) => self.text(told),
            Said::Image(_) => IMAGE,
            Said::Document {
                source,
                title,
                context,
            } => {
                let beside = [title, context].into_iter().flatten();
                self.document(source) + beside.map(|told| self.text(told)).sum::<u64>()
            }
            Said::Found {
                title,
                source,
                content,
            } => self.text(title) + self.text(source) + self.blocks(content),
            Said::ToolUse { name, input, .. } => TURN + self.text(name) + self.text(input.get()),
            Said::ToolResult { content, .. } => TURN + self.blocks(content),
            Said::Thinking(sealed) => sealed.as_deref().map_or(0, |told| self.text(told)),
            Said::Search(input) => TURN + self.text(input.raw().get()),
            Said::ToolChange(Change::Define(defined)) => self.tool(defined),
            Said::ToolChange(Change::Offer(_) | Change::Withdraw(_))
            | Said::SearchResults { .. }
            | Said::Foreign => 0,
        }
    }

    fn document(self, source: &Source<'_>) -> u64 {
        match source {
            Source::Text(told) => self.text(told),
            Source::Blocks(inner) => self.blocks(inner),
            Source::Base64 { media_type, data } => self.0.file(media_type, data),
            Source::Url(_) | Source::File(_) => IMAGE,
        }
    }

    fn tool(self, tool: &Tool<'_>) -> u64 {
        match tool {
            Tool::Own {
                name,
                description,
                schema,
                ..
            } => {
                let description = description.as_deref().map_or(0, |told| self.text(told));
                TURN + self.text(name) + description + self.text(schema.get())
            }
            Tool::Defined { object, .. } => TURN + self.text(object.raw().get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::Tokens;

    /// `body` is so many tokens more than what stands around them.
    #[track_caller]
    fn check(tokens: &Tokens, body: &str, around: u64, texts: &[&str]) {
        let texts: u64 = texts.iter().map(|text| tokens.count(text)).sum();
        let counted = count(body.as_bytes(), Measure::Tokens(tokens)).unwrap();
        assert_eq!(counted, PRIMING + around + texts, "{body}");
    }

    #[test]
    fn everything_that_the_model_reads_is_counted() {
        let tokens = &Tokens::load().unwrap();
        let said = "春眠不觉晓，处处闻啼鸟。";
        let with = |more: &str| {
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{said}"}}]{more}}}"#)
        };
        check(tokens, &with(""), TURN, &[said]);
        for (more, around, text) in [
            (r#","system":"Be brief.""#, TURN, "Be brief."),
            (
                r#","system":[{"type":"text","text":"\u00e9\u00e9"}]"#,
                TURN,
                "éé",
            ),
        ] {
            check(tokens, &with(more), TURN + around, &[said, text]);
        }
        let tools = r#","tools":[{"name":"weather","description":"Tells it.","input_schema":{"type":"object"}}]"#;
        let read = [said, "weather", "Tells it.", r#"{"type":"object"}"#];
        check(tokens, &with(tools), 2 * TURN, &read);
        let block = |block: &str| {
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":[{block}]}}]}}"#)
        };
        for (inner, around, text) in [
            (
                r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}"#,
                IMAGE,
                "",
            ),
            (
                r#"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"A poem."}}"#,
                0,
                "A poem.",
            ),
            (
                r#"{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"QSBwb2VtLg=="}}"#,
                0,
                "A poem.",
            ),
            (
                r#"{"type":"tool_result","tool_use_id":"t","content":"It rains."}"#,
                TURN,
                "It rains.",
            ),
        ] {
            check(tokens, &block(inner), TURN + around, &[text]);
        }
        assert_eq!(counted(7), br#"{"input_tokens":7}"#);
        assert!(count(b"{}", Measure::Thumb).is_err());
    }
}
