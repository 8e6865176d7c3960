//! Every row of contract backend 3.1 and 3.2: what the backend did, what the client saw in each
//! dialect, and how often the backend was asked. Quota has `quota.rs`, 401 has `refresh.rs`.

use futures_util::future::join_all;
use serde_json::Value;
use store::{Ended, Line};

use crate::caller::Reply;
use crate::stage::{Stage, chat, messages, responses};

mod table;

use self::table::{AFTER, BEFORE, Row};

#[derive(Debug, Clone, Copy)]
enum Form {
    Responses,
    Chat,
    Messages,
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
        Form::Messages => stage.post("/v1/messages", &messages(&mark, stream)).await,
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
    let forms = [
        (Form::Responses, true),
        (Form::Chat, false),
        (Form::Messages, true),
    ];
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
    let forms = [Form::Responses, Form::Chat, Form::Messages];
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
                check_error(&last["response"]["error"], &row.in_a_response(), mark);
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
            Form::Messages => {
                let last = events.last().unwrap();
                assert_eq!(last["type"], "error", "{mark}");
                check_error(&last["error"], row, mark);
                let made_up = ["message_delta", "message_stop"];
                let types = reply.types();
                assert!(
                    !types.iter().any(|name| made_up.contains(&name.as_str())),
                    "{mark}"
                );
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
    let forms = [Form::Responses, Form::Chat, Form::Messages];
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
