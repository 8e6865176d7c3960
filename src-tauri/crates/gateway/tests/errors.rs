//! Every row of contract backend 3.1 and 3.2: what the backend did, what the client saw in each
//! dialect, and how often the backend was asked. Quota has `quota.rs`, 401 has `refresh.rs`.

use futures_util::future::join_all;
use serde_json::Value;
use store::{Ended, Line};

use crate::caller::Reply;
use crate::stage::{Stage, chat, responses};

/// What the stand-in does; the status, the code, and part of the message that the client sees; how
/// often the backend is asked.
struct Row(&'static str, u16, &'static str, &'static str, u32);

/// Nothing of the answer has gone out, so the client gets a status, streamed or not.
const BEFORE: &[Row] = &[
    Row(
        "[[http model-not-supported]]",
        400,
        "model_not_found",
        "is not supported when using Codex",
        1,
    ),
    Row(
        "[[http model-not-supported-error]]",
        400,
        "model_not_found",
        "is not supported when using Codex",
        1,
    ),
    Row(
        "[[http context-length]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[http context-window]]",
        400,
        "context_length_exceeded",
        "context window",
        1,
    ),
    Row("[[http cyber-policy]]", 400, "cyber_policy", "", 1),
    Row(
        "[[http misalignment]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[http misalignment-403]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[http at-capacity]]",
        503,
        "",
        "Selected model is at capacity",
        2,
    ),
    Row(
        "[[http invalid-image]]",
        400,
        "",
        "does not represent a valid image",
        1,
    ),
    Row(
        "[[http deactivated-workspace]]",
        400,
        "deactivated_workspace",
        "",
        1,
    ),
    Row(
        "[[http cloudflare-403]]",
        400,
        "upstream_challenge",
        "Cloudflare",
        1,
    ),
    Row(
        "[[http cloudflare-blocked]]",
        400,
        "upstream_challenge",
        "Cloudflare",
        1,
    ),
    Row(
        "[[http wrong-workspace]]",
        400,
        "invalid_workspace_selected",
        "",
        1,
    ),
    Row("[[http empty-403]]", 400, "upstream_refused", "403", 1),
    Row(
        "[[http model-not-found]]",
        400,
        "model_not_found",
        "Model not found",
        1,
    ),
    Row(
        "[[http model-does-not-exist]]",
        400,
        "model_not_found",
        "does not exist",
        1,
    ),
    Row(
        "[[http not-found]]",
        400,
        "upstream_refused",
        "Not Found",
        1,
    ),
    Row("[[http empty-404]]", 400, "upstream_challenge", "", 1),
    Row(
        "[[http cloudflare-413]]",
        400,
        "request_too_large",
        "larger than the backend takes",
        1,
    ),
    Row("[[http usage-not-included]]", 400, "", "", 1),
    Row("[[http rate-limit]]", 429, "rate_limit_exceeded", "", 1),
    Row(
        "[[http rate-limit-detail]]",
        429,
        "rate_limit_exceeded",
        "",
        1,
    ),
    Row(
        "[[http rate-limit-empty]]",
        429,
        "rate_limit_exceeded",
        "",
        1,
    ),
    Row(
        "[[http rate-limit-retry-after]]",
        429,
        "rate_limit_exceeded",
        "",
        3,
    ),
    Row("[[http 500]]", 502, "", "", 3),
    Row("[[http 502]]", 502, "upstream_error", "502", 3),
    Row("[[http 504]]", 502, "upstream_error", "504", 3),
    Row("[[http overloaded]]", 503, "server_is_overloaded", "", 2),
    Row("[[http slow-down]]", 503, "slow_down", "", 2),
    Row("[[http empty-503]]", 502, "upstream_error", "503", 3),
    Row("[[http html-200]]", 502, "upstream_garbled", "text/html", 1),
    Row("[[http drop]]", 502, "upstream_unreachable", "", 3),
    Row(
        "[[failed context_length_exceeded first]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[failed insufficient_quota first]]",
        400,
        "insufficient_quota",
        "",
        1,
    ),
    Row(
        "[[failed usage_not_included first]]",
        400,
        "usage_not_included",
        "",
        1,
    ),
    Row("[[failed cyber_policy first]]", 400, "cyber_policy", "", 1),
    Row(
        "[[failed misalignment_policy_violation first]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[failed invalid_prompt first]]",
        400,
        "invalid_prompt",
        "",
        1,
    ),
    Row("[[failed bio_policy first]]", 400, "bio_policy", "", 1),
    Row(
        "[[failed server_is_overloaded first]]",
        503,
        "server_is_overloaded",
        "",
        2,
    ),
    Row("[[failed slow_down first]]", 503, "slow_down", "", 2),
    Row(
        "[[failed rate_limit_exceeded first]]",
        429,
        "rate_limit_exceeded",
        "try again in 1.5s",
        3,
    ),
    Row(
        "[[failed something_new first]]",
        502,
        "something_new",
        "",
        3,
    ),
    Row("[[eof 0]]", 502, "stream_cut_short", "cut off", 3),
    Row("[[cut 0]]", 502, "stream_cut_short", "cut off", 3),
];

/// A first event has gone out: a streaming client gets the reason as its last event, a waiting one
/// as a status, and nothing is tried again.
const AFTER: &[Row] = &[
    Row(
        "[[failed context_length_exceeded]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[failed insufficient_quota after=1]]",
        400,
        "insufficient_quota",
        "",
        1,
    ),
    Row(
        "[[failed usage_not_included]]",
        400,
        "usage_not_included",
        "",
        1,
    ),
    Row(
        "[[failed cyber_policy after=2]]",
        400,
        "cyber_policy",
        "",
        1,
    ),
    Row(
        "[[failed misalignment_policy_violation]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row("[[failed invalid_prompt]]", 400, "invalid_prompt", "", 1),
    Row("[[failed bio_policy]]", 400, "bio_policy", "", 1),
    Row(
        "[[failed server_is_overloaded]]",
        503,
        "server_is_overloaded",
        "",
        1,
    ),
    Row("[[failed slow_down after=1]]", 503, "slow_down", "", 1),
    Row(
        "[[failed rate_limit_exceeded]]",
        429,
        "rate_limit_exceeded",
        "try again in 1.5s",
        1,
    ),
    Row(
        "[[failed something_new after=1]]",
        502,
        "something_new",
        "",
        1,
    ),
    Row(
        "[[failed cyber_policy message=\"not today\"]]",
        400,
        "cyber_policy",
        "not today",
        1,
    ),
    Row("[[error-event after=1]]", 502, "", "", 1),
    Row("[[error-event nested after=1]]", 502, "", "", 1),
    Row("[[eof 4]]", 502, "stream_cut_short", "cut off", 1),
    Row("[[cut 4]]", 502, "stream_cut_short", "cut off", 1),
];

#[derive(Debug, Clone, Copy)]
enum Form {
    Responses,
    Chat,
}

/// Sends the row's prompt, marked so that its requests can be told from the others'.
async fn ask(stage: &Stage, row: &Row, form: Form, stream: bool) -> (Reply, String) {
    let mark = format!("{} as {form:?}, stream {stream}", row.0);
    let reply = match form {
        Form::Responses => stage.post("/v1/responses", &responses(&mark, stream)).await,
        Form::Chat => {
            stage
                .post("/v1/chat/completions", &chat(&mark, stream))
                .await
        }
    };
    (reply, mark)
}

#[track_caller]
fn check_error(error: &Value, row: &Row, mark: &str) {
    let Row(_, _, code, says, _) = row;
    let message = error["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{mark}: {error}");
    assert!(message.contains(says), "{mark}: {error}");
    if !code.is_empty() {
        assert_eq!(error["code"], *code, "{mark}: {error}");
    }
}

#[track_caller]
fn check_asked(stage: &Stage, row: &Row, mark: &str) {
    let asked = stage.asked();
    let mine = asked
        .iter()
        .filter(|one| one.json().to_string().contains(&escaped(mark)));
    assert_eq!(mine.count(), row.4 as usize, "{mark}");
}

fn escaped(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.trim_matches('"').to_owned()
}

fn line<'a>(lines: &'a [Line], reply: &Reply) -> &'a Line {
    let id = reply.header("x-postern-request-id").unwrap();
    lines.iter().find(|line| line.request_id == id).unwrap()
}

#[tokio::test]
async fn before_the_first_byte_every_failure_has_its_status() {
    let stage = Stage::open().await;
    let forms = [(Form::Responses, true), (Form::Chat, false)];
    let cases = BEFORE
        .iter()
        .flat_map(|row| forms.map(|(form, stream)| (row, form, stream)));
    let cases: Vec<_> = cases.collect();
    let asking = cases
        .iter()
        .map(|(row, form, stream)| ask(&stage, row, *form, *stream));
    let replies = join_all(asking).await;
    let lines = stage.lines(cases.len()).await;
    for ((row, _, _), (reply, mark)) in cases.iter().zip(&replies) {
        assert_eq!(reply.status, row.1, "{mark}: {}", reply.text());
        let error = &reply.json()["error"];
        check_error(error, row, mark);
        check_asked(&stage, row, mark);
        let line = line(&lines, reply);
        assert_eq!((line.status, line.attempts), (row.1, row.4), "{mark}");
        assert_eq!(line.fault.as_deref(), error["code"].as_str(), "{mark}");
        let refused = matches!(line.ended, Ended::Refused);
        assert_eq!(
            refused,
            row.1 == 400 && row.2 != "upstream_challenge",
            "{mark}"
        );
    }
}

#[tokio::test]
async fn after_the_first_byte_a_stream_ends_with_the_reason() {
    let stage = Stage::open().await;
    let forms = [Form::Responses, Form::Chat];
    let cases: Vec<_> = AFTER
        .iter()
        .flat_map(|row| forms.map(|form| (row, form)))
        .collect();
    let asking = cases
        .iter()
        .map(|(row, form)| ask(&stage, row, *form, true));
    let replies = join_all(asking).await;
    let lines = stage.lines(cases.len()).await;
    for ((row, form), (reply, mark)) in cases.iter().zip(&replies) {
        assert_eq!(reply.status, 200, "{mark}: {}", reply.text());
        let events = reply.events();
        match form {
            Form::Responses => {
                let last = events.last().unwrap();
                assert_eq!(last["type"], "response.failed", "{mark}");
                check_error(&last["response"]["error"], row, mark);
                let ends = reply.types().into_iter().filter(|name| is_end(name));
                assert_eq!(ends.count(), 1, "{mark}");
            }
            Form::Chat => {
                let errors: Vec<_> = events
                    .iter()
                    .filter(|one| one["error"].is_object())
                    .collect();
                assert_eq!(errors.len(), 1, "{mark}: {}", reply.text());
                check_error(&errors[0]["error"], row, mark);
                let reasons = events
                    .iter()
                    .filter(|one| one["choices"][0]["finish_reason"].is_string());
                assert_eq!(reasons.count(), 0, "{mark}: {}", reply.text());
            }
        }
        check_asked(&stage, row, mark);
        let line = line(&lines, reply);
        assert_eq!(
            (line.status, line.ended),
            (200, Ended::UpstreamFailed),
            "{mark}"
        );
        assert!(line.fault.is_some(), "{mark}");
    }
}

fn is_end(name: &str) -> bool {
    matches!(
        name,
        "response.completed" | "response.incomplete" | "response.failed" | "error"
    )
}

#[tokio::test]
async fn after_the_first_event_a_waiting_client_gets_the_status() {
    let stage = Stage::open().await;
    let forms = [Form::Responses, Form::Chat];
    let cases: Vec<_> = AFTER
        .iter()
        .flat_map(|row| forms.map(|form| (row, form)))
        .collect();
    let asking = cases
        .iter()
        .map(|(row, form)| ask(&stage, row, *form, false));
    let replies = join_all(asking).await;
    let lines = stage.lines(cases.len()).await;
    for ((row, _), (reply, mark)) in cases.iter().zip(&replies) {
        assert_eq!(reply.status, row.1, "{mark}: {}", reply.text());
        check_error(&reply.json()["error"], row, mark);
        check_asked(&stage, row, mark);
        assert_eq!(line(&lines, reply).status, row.1, "{mark}");
    }
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_named() {
    let stage = Stage::open().await;
    let reply = stage
        .post("/v1/responses", &responses("warm up", false))
        .await;
    assert_eq!(reply.status, 200);
    stage.world().script(
        crate::stage::RESPONSES,
        standin::Scripted::dropped().always(),
    );
    let reply = stage.post("/v1/responses", &responses("hello", true)).await;
    assert_eq!(reply.status, 502);
    let message = reply.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("127.0.0.1"), "{message}");
}

#[tokio::test]
async fn no_secret_is_in_any_error_or_line() {
    let stage = Stage::open().await;
    let token = "at-standin-acct_plus";
    for prompt in [
        "[[http token-revoked]]",
        "[[http 500]]",
        "[[failed cyber_policy]]",
    ] {
        let reply = stage.post("/v1/responses", &responses(prompt, false)).await;
        let shown = format!("{} {:?}", reply.text(), reply.headers);
        assert!(
            !shown.contains(token) && !shown.contains(&stage.key),
            "{shown}"
        );
    }
    let lines = format!("{:?}", stage.lines(3).await);
    assert!(!lines.contains(token) && !lines.contains(&stage.key));
    assert!(!lines.contains("[["), "a prompt is in the log");
}
