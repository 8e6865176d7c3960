//! Answers for clients that wait: the fold of the same events.

use serde_json::json;
use store::{Ended, Written};

use crate::stage::{Account, Plan, RESPONSES, Stage, chat, responses};

#[tokio::test]
async fn a_whole_response_has_its_output_and_its_usage() {
    let stage = Stage::open().await;
    let body = responses(
        "[[usage input=120 cached=64 output=7 reasoning=3]] hello",
        false,
    );
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let answer = reply.json();
    assert_eq!(
        (&answer["object"], &answer["status"]),
        (&json!("response"), &json!("completed"))
    );
    assert_eq!(answer["output"][0]["content"][0]["text"], "You said: hello");
    let line = stage.line().await;
    assert_eq!(
        (line.status, line.ended, line.stream),
        (200, Ended::Whole, false)
    );
    let tokens = [
        line.input_tokens,
        line.cached_tokens,
        line.output_tokens,
        line.reasoning_tokens,
    ];
    assert_eq!(tokens, [Some(120), Some(64), Some(7), Some(3)]);
}

#[tokio::test]
async fn a_whole_completion_has_its_message() {
    let stage = Stage::open().await;
    let reply = stage
        .post("/v1/chat/completions", &chat("hello", false))
        .await;
    assert_eq!(reply.status, 200);
    let answer = reply.json();
    assert_eq!(answer["object"], "chat.completion");
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["content"], "You said: hello");
    assert_eq!(choice["finish_reason"], "stop");
    assert!(answer["usage"]["total_tokens"].is_u64());
}

#[tokio::test]
async fn a_truncated_answer_is_an_answer() {
    let stage = Stage::open().await;
    let prompt = "[[incomplete max_output_tokens]] hello";
    let reply = stage.post("/v1/responses", &responses(prompt, false)).await;
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (200, &json!("incomplete"))
    );
    let reply = stage
        .post("/v1/chat/completions", &chat(prompt, false))
        .await;
    assert_eq!(reply.json()["choices"][0]["finish_reason"], "length");
    let reply = stage.post("/v1/responses", &responses(prompt, true)).await;
    assert_eq!(
        reply.types().last().map(String::as_str),
        Some("response.incomplete")
    );
    for line in stage.lines(3).await {
        assert_eq!((line.status, line.ended), (200, Ended::Incomplete));
    }
}

#[tokio::test]
async fn the_settings_instructions_serve_a_request_that_has_none() {
    let written = Written {
        default_instructions: Some("Answer in verse.".into()),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    stage
        .post("/v1/responses", &responses("hello", false))
        .await;
    let mut own = responses("hello", false);
    own["instructions"] = json!("Be brief.");
    stage.post("/v1/responses", &own).await;
    let told: Vec<_> = stage
        .asked()
        .iter()
        .map(|one| one.json()["instructions"].clone())
        .collect();
    assert_eq!(told, ["Answer in verse.", "Be brief."]);
}

#[tokio::test]
async fn an_api_key_goes_to_the_platform_and_nowhere_else() {
    let stage = Stage::with(Plan {
        account: Account::ApiKey("sk-standin-platform"),
        ..Plan::default()
    })
    .await;
    let mut body = responses("hello", false);
    body["temperature"] = json!(0.5);
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(stage.world().received_at(RESPONSES).is_empty());
    let platform = stage.world().received_at("/v1/responses");
    assert_eq!(platform.len(), 1);
    assert_eq!(platform[0].json()["temperature"], 0.5);
    assert_eq!(platform[0].header("chatgpt-account-id"), None);
}

#[tokio::test]
async fn a_plans_token_never_goes_to_the_platform() {
    let stage = Stage::open().await;
    let prompts = [
        "hello",
        "[[http token-revoked]]",
        "[[http not-found]]",
        "[[http 500]]",
    ];
    for prompt in prompts {
        stage.post("/v1/responses", &responses(prompt, false)).await;
    }
    assert!(stage.asked().len() >= prompts.len());
    for path in ["/v1/responses", "/v1/models"] {
        assert!(stage.world().received_at(path).is_empty(), "{path}");
    }
}

#[tokio::test]
async fn nothing_of_the_client_leaks_to_the_backend() {
    let stage = Stage::open().await;
    let body = responses("hello", false);
    let mut request = stage.request(http::Method::POST, "/v1/responses", &body);
    for (name, value) in [
        ("cookie", "session=1"),
        ("x-stainless-os", "Linux"),
        ("user-agent", "OpenAI/Python 2.0"),
        ("anthropic-version", "2023-06-01"),
        ("openai-organization", "org-1"),
        ("x-forwarded-for", "10.0.0.1"),
    ] {
        let value = http::HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
    }
    assert_eq!(stage.send(request).await.status, 200);
    let sent = &stage.asked()[0];
    for name in [
        "cookie",
        "x-stainless-os",
        "anthropic-version",
        "openai-organization",
        "x-forwarded-for",
    ] {
        assert_eq!(sent.header(name), None, "{name}");
    }
    assert_eq!(sent.header("originator"), Some("postern"));
    assert!(
        !sent
            .headers
            .iter()
            .any(|(_, value)| value.as_bytes().ends_with(stage.key.as_bytes()))
    );
}

fn picture(url: &str) -> serde_json::Value {
    let content = json!([
        { "type": "input_text", "text": "look" },
        { "type": "input_image", "image_url": url },
    ]);
    json!({ "model": "gpt-5.6-terra", "input": [{ "role": "user", "content": content }] })
}

#[tokio::test]
async fn an_image_given_by_address_is_left_to_the_backend() {
    let stage = Stage::open().await;
    let reply = stage
        .post("/v1/responses", &picture("https://img.example/a.png"))
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(
        reply
            .text()
            .contains("I see an image at https://img.example/a.png"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn where_images_are_fetched_nobody_inside_is_reached() {
    let written = Written {
        fetch_remote_images: Some(true),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    let inside = stage.standin.addr().port();
    let url = format!("https://127.0.0.1:{inside}/a.png");
    let mut in_chat = chat("", false);
    in_chat["messages"][0]["content"] =
        json!([{ "type": "image_url", "image_url": { "url": url } }]);
    for (path, body) in [
        ("/v1/responses", picture(&url)),
        ("/v1/chat/completions", in_chat),
    ] {
        let reply = stage.post(path, &body).await;
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], "image_unavailable");
    }
    assert!(stage.asked().is_empty() && stage.world().received_at("/a.png").is_empty());
    let data = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let reply = stage.post("/v1/responses", &picture(data)).await;
    assert!(
        reply.text().contains("I see a PNG image, 1 by 1 pixels."),
        "{}",
        reply.text()
    );
}
