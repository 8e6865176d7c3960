//! One request as text that can be handed on: metadata only, and none that names a person, an
//! app, an address or a secret.

use std::fmt::Write as _;

use base::Timestamp;
use store::Line;

use crate::Complaint;
use crate::engine::Engine;

impl Engine {
    pub(super) fn request_report(&self, id: &str) -> Result<String, Complaint> {
        match self.core().log.find(id) {
            Some((_, line)) => Ok(report(&line)),
            None => Err(Complaint::not_found("this request")),
        }
    }
}

fn report(line: &Line) -> String {
    let or_dash = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), plain);
    let number = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let ignored: Vec<String> = line.ignored.iter().map(|field| plain(field)).collect();
    let rows = [
        ("Postern", version()),
        ("Request", plain(&line.request_id)),
        (
            "Backend request",
            or_dash(line.upstream_request_id.as_deref()),
        ),
        ("Arrived", Timestamp::to_string(&line.at)),
        ("Path", plain(&line.path)),
        ("Dialect", plain(&line.dialect)),
        ("Model", or_dash(line.model.as_deref())),
        ("Stream", if line.stream { "yes" } else { "no" }.to_owned()),
        ("Status", line.status.to_string()),
        ("Ended", line.ended.to_string()),
        ("Fault", or_dash(line.fault.as_deref())),
        ("Attempts", line.attempts.to_string()),
        ("First byte (ms)", number(line.first_byte_ms.map(u64::from))),
        ("Total (ms)", line.total_ms.to_string()),
        ("Tokens in", number(line.input_tokens)),
        ("Tokens cached", number(line.cached_tokens)),
        ("Tokens out", number(line.output_tokens)),
        ("Tokens reasoning", number(line.reasoning_tokens)),
        ("Fields ignored", ignored.join(", ")),
    ];
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name}: {value}");
        text
    })
}

fn version() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{} ({os}, {arch})", env!("CARGO_PKG_VERSION"))
}

/// `text` without what looks like a secret, an address of a person, or more than one line. Path,
/// model and fields are the app's own words, and an app may put anything there.
fn plain(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_part(c) != is_part(first));
        let (word, next) = rest.split_at(end.unwrap_or(rest.len()));
        match is_part(first) {
            true if is_private(word) => told.push('…'),
            true => told.push_str(word),
            false => told.extend(word.chars().map(|c| if c.is_control() { ' ' } else { c })),
        }
        rest = next;
    }
    told
}

fn is_private(word: &str) -> bool {
    let is_key = SECRETS
        .iter()
        .any(|start| word.len() > start.len() + 5 && word.to_ascii_lowercase().starts_with(start));
    is_key || word.contains('@') || (word.len() > LONGEST_NAME && !word.starts_with("req_"))
}

/// How keys and tokens begin: ours, the platform's, the issuer's, and any JWT.
const SECRETS: [&str; 8] = ["pk-", "sk-", "at-", "rt-", "rt_", "ac_", "eyj", "oaistb_"];
/// No model, field or route has a longer name; keys and tokens do.
const LONGEST_NAME: usize = 40;

#[cfg(test)]
mod tests {
    use store::Ended;

    use super::*;

    #[test]
    fn what_looks_private_is_left_out_and_the_rest_stays() {
        let long = "x".repeat(41);
        let rows = [
            ("/v1/chat/completions", "/v1/chat/completions"),
            ("gpt-5.5", "gpt-5.5"),
            (
                "req_0192f0c1e2a37bcd8e4f5a6b7c8d9e0f",
                "req_0192f0c1e2a37bcd8e4f5a6b7c8d9e0f",
            ),
            ("/v1/pk-postern-abcdefghij/models", "/v1/…/models"),
            ("sk-proj-1234567890", "…"),
            ("SK-PROJ-1234567890", "…"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "…"),
            ("me@example.test wrote", "… wrote"),
            ("oaistb_rt_standin_1", "…"),
            ("at-standin-acct_plus", "…"),
            (long.as_str(), "…"),
            ("two\nlines\u{1b}", "two lines "),
            ("at-x", "at-x"),
        ];
        for (text, told) in rows {
            assert_eq!(plain(text), told, "{text:?}");
        }
    }

    #[test]
    fn a_report_names_nobody() {
        let line = Line {
            request_id: "req_1".into(),
            key_id: Some("key_secret".into()),
            key_name: Some("My diary".into()),
            account: Some("0123456789abcdef".into()),
            dialect: "chat".into(),
            path: "/v1/chat/completions".into(),
            model: Some("gpt-5.5".into()),
            status: 429,
            ended: Ended::Refused,
            fault: Some("usage_limit_reached".into()),
            ignored: vec!["logit_bias".into(), "user".into()],
            origin: Some("app://obsidian.md".into()),
            ..Line::default()
        };
        let report = report(&line);
        for gone in ["key_secret", "diary", "0123456789abcdef", "obsidian"] {
            assert!(!report.contains(gone), "{report}");
        }
        for there in [
            "Request: req_1",
            "Model: gpt-5.5",
            "Status: 429",
            "Fault: usage_limit_reached",
            "Fields ignored: logit_bias, user",
            "Tokens in: -",
        ] {
            assert!(report.contains(there), "{there}: {report}");
        }
    }
}
