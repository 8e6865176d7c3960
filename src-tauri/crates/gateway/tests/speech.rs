//! Speech to text, from the client's form to the backend's and back.

use http::StatusCode;
use serde_json::json;
use standin::Scripted;
use store::Ended;

use crate::caller::Reply;
use crate::forms::{self, NAMES, names, post_form};
use crate::stage::{Account, Plan, Stage};

const TRANSCRIBE: &str = "/backend-api/transcribe";
const TRANSCRIPTIONS: &str = "/v1/audio/transcriptions";

/// A form of texts and one file of four bytes.
fn form(texts: &[(&str, &str)], file_name: &str) -> Vec<u8> {
    forms::form(texts, &[("file", file_name, b"RIFF")])
}

async fn send(stage: &Stage, body: Vec<u8>) -> Reply {
    post_form(stage, TRANSCRIPTIONS, body).await
}

#[tokio::test]
async fn a_file_becomes_its_text() {
    let stage = Stage::open().await;
    let texts = [
        ("model", "whisper-1"),
        ("prompt", "the word Postern"),
        ("language", "en"),
        ("temperature", "0"),
    ];
    let reply = send(&stage, form(&texts, "hi.wav")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.json(),
        json!({ "text": "I heard hi.wav, 4 bytes. You said: the word Postern" })
    );
    assert_eq!(
        reply.header("x-postern-ignored"),
        Some("language, temperature, model")
    );
    let sent = stage.world().received_at(TRANSCRIBE);
    let body = String::from_utf8_lossy(&sent[0].body).into_owned();
    assert!(
        body.contains("Content-Type: audio/wav\r\n\r\nRIFF\r\n"),
        "{body}"
    );
    let clients = ["whisper", "--b0\r\n"];
    assert!(!clients.iter().any(|own| body.contains(own)), "{body}");
    assert_eq!(names(&sent[0]), NAMES);
    let line = stage.line().await;
    assert_eq!(
        (line.dialect.as_str(), line.ended, line.attempts),
        ("audio", Ended::Whole, 1)
    );
    assert_eq!(line.model.as_deref(), Some("whisper-1"));
}

#[tokio::test]
async fn the_text_comes_in_the_form_that_was_asked_for() {
    let stage = Stage::open().await;
    let say = |more: (&'static str, &'static str)| {
        let texts = [("prompt", "[[say hello]]"), more];
        let stage = &stage;
        async move { send(stage, form(&texts, "a.mp3")).await }
    };
    let text = say(("response_format", "text")).await;
    assert_eq!(
        text.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(text.text(), "hello\n");
    let verbose = say(("response_format", "verbose_json")).await;
    assert_eq!(
        verbose.json(),
        json!({ "task": "transcribe", "language": "unknown", "duration": 0.0, "text": "hello" })
    );
    assert_eq!(verbose.header("x-postern-ignored"), Some("response_format"));
    let stream = say(("stream", "true")).await;
    assert_eq!(
        stream.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert_eq!(
        stream.types(),
        ["transcript.text.delta", "transcript.text.done"]
    );
    assert_eq!(stream.events()[1]["text"], "hello");
    for refused in ["srt", "vtt", "diarized_json", "xml"] {
        let reply = say(("response_format", refused)).await;
        assert_eq!(reply.status, 400, "{refused}");
        assert_eq!(reply.json()["error"]["param"], "response_format");
    }
    assert_eq!(stage.world().received_at(TRANSCRIBE).len(), 3);
    assert_eq!(stage.lines(7).await.len(), 7);
}

#[tokio::test]
async fn what_is_no_form_with_one_file_is_refused() {
    let stage = Stage::open().await;
    let whole = form(&[], "a.wav");
    let twice = [&whole[..whole.len() - 8], &whole[..]].concat();
    let none =
        b"--b0\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nx\r\n--b0--".to_vec();
    for (body, code) in [
        (whole[..whole.len() - 9].to_vec(), "invalid_form"),
        (Vec::new(), "invalid_form"),
        (none, "missing_required_parameter"),
        (twice, "unsupported_value"),
    ] {
        let reply = send(&stage, body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!(code))
        );
    }
    let reply = stage.post(TRANSCRIPTIONS, &json!({ "file": "x" })).await;
    assert_eq!(reply.json()["error"]["code"], "unsupported_media_type");
    assert!(stage.world().received_at(TRANSCRIBE).is_empty());
    assert!(
        stage
            .lines(5)
            .await
            .iter()
            .all(|line| line.ended == Ended::Refused)
    );
    let reply = stage.post("/v1/audio/translations", &json!({})).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (404, &json!("unsupported_endpoint"))
    );
}

#[tokio::test]
async fn failures_of_the_transcriber_have_their_status() {
    let stage = Stage::with(Plan {
        account: Account::Browser("plus@example.test"),
        ..Plan::default()
    })
    .await;
    for (prompt, status, attempts) in [
        ("[[http token-expired times=1]] again", 200, 2),
        ("[[http 500 times=1]] again", 502, 1),
        ("[[http rate-limit]]", 429, 1),
        ("[[http cloudflare-403]]", 400, 1),
    ] {
        stage.world().forget_received();
        let reply = send(&stage, form(&[("prompt", prompt)], "a.wav")).await;
        assert_eq!(reply.status, status, "{prompt}: {}", reply.text());
        assert_eq!(
            stage.world().received_at(TRANSCRIBE).len(),
            attempts,
            "{prompt}"
        );
    }
    let odd = Scripted::json(StatusCode::OK, &json!({ "words": 1 }));
    stage.world().script(TRANSCRIBE, odd);
    let reply = send(&stage, form(&[], "a.wav")).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (502, &json!("upstream_garbled"))
    );
}
