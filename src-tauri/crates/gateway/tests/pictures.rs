//! Pictures, from the client's bytes to the backend's and back.

mod refusals;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use standin::{Received, Scripted};
use store::Ended;

use crate::forms::{self, File, NAMES, names, post_form};
use crate::stage::Stage;

const GENERATIONS: &str = "/backend-api/codex/images/generations";
const EDITS: &str = "/backend-api/codex/images/edits";
const GENERATE: &str = "/v1/images/generations";
const EDIT: &str = "/v1/images/edits";

/// A whole PNG of one grey pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/// The size that a picture itself has.
fn size(picture: &Value) -> (u32, u32) {
    let png = STANDARD
        .decode(picture["b64_json"].as_str().unwrap())
        .unwrap();
    let edge = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (edge(16), edge(20))
}

/// A form of texts, and of files with the same PNG.
fn form(texts: &[(&str, &str)], files: &[&str]) -> Vec<u8> {
    let png = STANDARD.decode(PNG).unwrap();
    let file = |name| (name, "a.png", png.as_slice());
    let files: Vec<File<'_>> = files.iter().copied().map(file).collect();
    forms::form(texts, &files)
}

#[tokio::test]
async fn a_picture_is_made_on_the_dedicated_route_and_its_real_size_told() {
    let stage = Stage::open().await;
    let body = json!({
        "model": "dall-e-3", "prompt": "[[size 96x64]] a cat", "size": "1024x1024", "quality": "hd",
        "response_format": "b64_json", "user": "u",
    });
    let mut request = stage.request(Method::POST, GENERATE, &body);
    for (name, value) in [
        ("user-agent", "OpenAI/Python 3.52.0"),
        ("x-stainless-lang", "python"),
        ("x-codex-image-turn-id", "turn-1"),
    ] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let reply = stage.send(request).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let told = reply.json();
    assert_eq!(told["size"], "96x64");
    assert_eq!(size(&told["data"][0]), (96, 64));
    assert!(told["created"].is_i64());
    assert_eq!(
        (&told["output_format"], &told["quality"]),
        (&json!("png"), &json!("high"))
    );
    assert_eq!(reply.header("x-postern-ignored"), Some("model, user, size"));
    let sent = stage.world().received_at(GENERATIONS);
    assert_eq!(
        sent[0].json(),
        json!({
            "prompt": "[[size 96x64]] a cat", "model": "gpt-image-2", "quality": "high",
            "size": "1024x1024",
        })
    );
    let mut wanted = NAMES.to_vec();
    wanted.push("x-codex-image-turn-id");
    assert_eq!(names(&sent[0]), wanted);
    assert!(
        sent[0]
            .header("user-agent")
            .unwrap()
            .starts_with("postern/")
    );
    let line = stage.line().await;
    assert_eq!(
        (line.dialect.as_str(), line.status, line.ended),
        ("images", 200, Ended::Whole)
    );
    assert_eq!(line.model.as_deref(), Some("gpt-image-2"));
    assert_eq!((line.attempts, line.ignored.len()), (1, 3));
}

#[tokio::test]
async fn several_pictures_are_as_many_requests() {
    let stage = Stage::open().await;
    let body = json!({ "prompt": "a cat", "n": 5, "size": "32x32" });
    let reply = stage.post(GENERATE, &body).await;
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 5);
    assert_eq!(reply.header("x-postern-ignored"), None);
    let sent = stage.world().received_at(GENERATIONS);
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|sent| sent.json().get("n").is_none()));
    assert_eq!(stage.line().await.attempts, 5);
}

#[tokio::test]
async fn what_was_made_is_given_although_another_one_failed() {
    let stage = Stage::open().await;
    let limited = json!({ "error": { "type": "usage_limit_reached", "message": "no more" } });
    let limited = Scripted::json(StatusCode::TOO_MANY_REQUESTS, &limited);
    stage.world().script(GENERATIONS, limited);
    let body = json!({ "prompt": "a cat", "n": 2, "size": "32x32" });
    let reply = stage.post(GENERATE, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(reply.header("x-postern-ignored"), Some("n"));
    let line = stage.line().await;
    assert_eq!(line.fault.as_deref(), Some("usage_limit_reached"));
    assert_eq!((line.attempts, line.status), (2, 200));
    let again = stage.post(GENERATE, &body).await;
    assert_eq!(again.status, 429, "the limit is remembered");
}

#[tokio::test]
async fn a_limit_of_pictures_is_told_as_it_is_and_stops_nothing_else() {
    let stage = Stage::open().await;
    let body = json!({ "prompt": "[[http image-limit resets=600]] a cat", "n": 2 });
    let reply = stage.post(GENERATE, &body).await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.json()["error"]["code"], "usage_limit_reached");
    assert_eq!(reply.header("x-codex-active-limit"), Some("image_gen"));
    assert_eq!(
        reply.header("x-image-gen-primary-used-percent"),
        Some("100")
    );
    let words = stage
        .post("/v1/responses", &crate::stage::responses("hello", false))
        .await;
    assert_eq!(words.status, 200);
}

#[tokio::test]
async fn pictures_of_a_form_and_of_json_are_edited_alike() {
    let stage = Stage::open().await;
    let url = format!("data:image/png;base64,{PNG}");
    let json = json!({ "prompt": "bluer", "size": "16x16", "images": [{ "image_url": url }] });
    let of_json = stage.post(EDIT, &json).await;
    assert_eq!(of_json.status, 200, "{}", of_json.text());
    for files in [["image"], ["image[]"], ["image[0]"]] {
        let body = form(
            &[("prompt", "bluer"), ("size", "16x16"), ("n", "1")],
            &files,
        );
        let of_form = post_form(&stage, EDIT, body).await;
        assert_eq!(of_form.status, 200, "{}", of_form.text());
        assert_eq!(of_form.json()["data"], of_json.json()["data"], "{files:?}");
    }
    let sent = stage.world().received_at(EDITS);
    let bodies: Vec<Value> = sent.iter().map(Received::json).collect();
    assert!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "{bodies:?}"
    );
    let two = form(&[("prompt", "join")], &["image[]", "image[]"]);
    assert_eq!(post_form(&stage, EDIT, two).await.status, 200);
    let sent = stage.world().received_at(EDITS).pop().unwrap();
    assert_eq!(sent.json()["images"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn masks_streams_and_other_formats_go_by_the_hosted_tool() {
    let stage = Stage::open().await;
    let masked = form(&[("prompt", "bluer"), ("n", "2")], &["image", "mask"]);
    let reply = post_form(&stage, EDIT, masked).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 2);
    assert!(
        reply.json()["usage"]["output_tokens"].is_u64(),
        "{}",
        reply.json()["usage"]
    );
    let sent = stage.asked();
    assert_eq!(sent.len(), 2);
    let tool = &sent[0].json()["tools"][0];
    assert_eq!(
        (&tool["type"], &tool["action"]),
        (&json!("image_generation"), &json!("edit"))
    );
    assert!(
        tool["input_image_mask"]["image_url"]
            .as_str()
            .unwrap()
            .starts_with("data:image/png")
    );
    assert_eq!(sent[0].header("session-id"), sent[1].header("session-id"));
    let jpeg = json!({ "prompt": "a cat", "output_format": "jpeg", "output_compression": 70 });
    let reply = stage.post(GENERATE, &jpeg).await;
    // The stand-in draws nothing but PNG.
    assert_eq!(reply.header("x-postern-ignored"), Some("output_format"));
    assert_eq!(reply.json()["output_format"], "png");
    assert!(stage.world().received_at(GENERATIONS).is_empty());
    let lines = stage.lines(2).await;
    assert!(
        lines
            .iter()
            .all(|line| line.ended == Ended::Whole && line.output_tokens.is_some())
    );
}

#[tokio::test]
async fn a_stream_brings_partial_pictures_and_then_the_whole() {
    let stage = Stage::open().await;
    let body = json!({ "prompt": "a cat", "stream": true, "partial_images": 2, "size": "64x48" });
    let reply = stage.post(GENERATE, &body).await;
    assert_eq!(
        reply.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert_eq!(
        reply.types(),
        [
            "image_generation.partial_image",
            "image_generation.partial_image",
            "image_generation.completed",
        ]
    );
    let last = reply.events().pop().unwrap();
    assert_eq!((size(&last), &last["size"]), ((64, 48), &json!("64x48")));
    assert!(last["usage"]["total_tokens"].is_u64());
    let line = stage.line().await;
    assert_eq!(
        (line.ended, line.stream, line.attempts),
        (Ended::Whole, true, 1)
    );
    assert!(line.output_tokens.is_some());
}
