//! The neighbours of `/codex/responses`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::client::Got;
use super::{Door, ask, with};
use crate::backend::picture::{Picture, draw};
use crate::{Credits, Windows};

async fn get(door: &Door, path: &str) -> Got {
    door.send(Method::GET, path, &[], "").await.unwrap()
}

async fn post(door: &Door, path: &str, body: Value) -> Got {
    door.send(Method::POST, path, &[], body.to_string())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_catalogue_has_a_tag_that_the_answers_repeat() {
    let door = Door::open().await;
    let path = "/backend-api/codex/models?client_version=1.0.0";
    let got = get(&door, path).await;
    assert_eq!(got.json()["models"][0]["slug"], "gpt-6-astra");
    let tag = got.header("etag").unwrap();
    assert_eq!(
        door.post(&ask("hi")).await.header("x-models-etag"),
        Some(tag)
    );
    let again = door
        .send(Method::GET, path, &[("if-none-match", tag)], "")
        .await
        .unwrap();
    assert_eq!((again.status, again.body.len()), (304, 0));
    door.world().hide_models(&["gpt-5.5"]);
    let changed = door
        .send(Method::GET, path, &[("if-none-match", tag)], "")
        .await
        .unwrap();
    assert_eq!(changed.status, 200);
    assert!(!changed.text().contains("gpt-5.5"));
    assert_eq!(get(&door, "/backend-api/codex/models").await.status, 422);
}

#[tokio::test]
async fn usage_and_the_headers_say_the_same() {
    let door = Door::open().await;
    let windows = Windows {
        primary_used: 42.5,
        primary_minutes: 300,
        primary_resets_in: 600,
        secondary_used: 5.0,
        secondary_minutes: 10_080,
        secondary_resets_in: 6000,
        credits: Some(Credits {
            has_credits: true,
            unlimited: false,
            balance: "12.5".to_owned(),
        }),
    };
    door.world().set_windows(&door.account(), windows);
    let told = get(&door, "/backend-api/wham/usage").await.json();
    let got = door.post(&ask("hi")).await;
    assert_eq!(told["plan_type"], "plus");
    assert_eq!(
        told["rate_limit"]["primary_window"]["limit_window_seconds"],
        18_000
    );
    assert_eq!(told["rate_limit"]["primary_window"]["used_percent"], 42.5);
    assert_eq!(got.header("x-codex-primary-used-percent"), Some("42.5"));
    let reset = told["rate_limit"]["secondary_window"]["reset_at"].to_string();
    assert_eq!(
        got.header("x-codex-secondary-reset-at"),
        Some(reset.as_str())
    );
    assert_eq!(got.header("x-codex-credits-has-credits"), Some("True"));
    assert_eq!(told["credits"]["balance"], "12.5");
    door.world().exhaust(&door.account(), 60);
    let told = get(&door, "/backend-api/wham/usage").await.json();
    assert_eq!(
        (
            &told["rate_limit"]["limit_reached"],
            &told["rate_limit_reached_type"]["type"]
        ),
        (&json!(true), &json!("rate_limit_reached"))
    );
}

#[tokio::test]
async fn the_knobs_work_over_http() {
    let door = Door::open().await;
    let account = door.account();
    for (path, body) in [
        ("direct", json!({"markers": "[[say directed]]"})),
        (
            "limits",
            json!({"account": account, "primary_used": 50.0, "primary_minutes": 300, "primary_resets_in": 60}),
        ),
        ("exhaust", json!({"account": account, "seconds": 0})),
        ("models", json!({"hide": []})),
        ("resume", json!({})),
    ] {
        assert_eq!(
            post(&door, &format!("/admin/backend/{path}"), body)
                .await
                .status,
            200,
            "{path}"
        );
    }
    let got = door.post(&ask("hi")).await;
    assert_eq!(got.said(), "directed");
    assert_eq!(got.header("x-codex-primary-used-percent"), Some("50"));
    for (path, body, status) in [
        ("direct", json!({}), 400),
        ("limits", json!({"account": "a", "primary": 1}), 400),
        ("nothing", json!({}), 404),
    ] {
        assert_eq!(
            post(&door, &format!("/admin/backend/{path}"), body)
                .await
                .status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn pictures() {
    let door = Door::open().await;
    let path = "/backend-api/codex/images/generations";
    let asked = json!({"prompt": "a cat", "model": "gpt-image-2", "size": "64x32", "n": 2});
    let got = post(&door, path, asked.clone()).await.json();
    assert_eq!(
        (got["data"].as_array().unwrap().len(), &got["size"]),
        (2, &json!("64x32"))
    );
    let png = STANDARD
        .decode(got["data"][0]["b64_json"].as_str().unwrap())
        .unwrap();
    let read = Picture::read(&png).unwrap();
    assert_eq!((read.format, read.width, read.height), ("PNG", 64, 32));
    for (field, message) in [
        (
            json!({"response_format": "url"}),
            "Unknown parameter: 'response_format'.",
        ),
        (
            json!({"model": "dall-e-3"}),
            "Invalid value: 'dall-e-3'. Supported values are: 'gpt-image-2' and 'gpt-image-1.5'.",
        ),
        (
            json!({"prompt": null}),
            "Missing required parameter: 'prompt'.",
        ),
    ] {
        let got = post(&door, path, with(asked.clone(), field)).await;
        assert_eq!(
            (got.status, &got.json()["error"]["message"]),
            (400, &json!(message))
        );
    }
    let limited = post(
        &door,
        path,
        with(asked.clone(), json!({"prompt": "[[http image-limit]]"})),
    )
    .await;
    assert_eq!(limited.header("x-codex-active-limit"), Some("image_gen"));
    let free = Door::of("free@example.test").await;
    assert_eq!(post(&free, path, asked).await.status, 429);
}

#[tokio::test]
async fn picture_edits() {
    let door = Door::open().await;
    let path = "/backend-api/codex/images/edits";
    let png = format!("data:image/png;base64,{}", STANDARD.encode(draw(8, 8, "x")));
    let edit = |images: Value| json!({"prompt": "bluer", "model": "gpt-image-2", "images": images});
    let got = post(&door, path, edit(json!([{ "image_url": png }]))).await;
    assert_eq!(got.json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        post(&door, path, edit(Value::Null)).await.json()["error"]["param"],
        "images"
    );
    let bad = post(
        &door,
        path,
        edit(json!([{"image_url": "data:image/png;base64,aGk="}])),
    )
    .await;
    assert!(bad.text().contains("does not represent a valid image"));
}

#[tokio::test]
async fn files_are_announced_uploaded_and_confirmed() {
    let door = Door::open().await;
    let announced = json!({"file_name": "a.pdf", "file_size": 5, "use_case": "codex"});
    let got = post(&door, "/backend-api/files", announced).await.json();
    let id = got["file_id"].as_str().unwrap();
    let url = got["upload_url"].as_str().unwrap();
    let upload = url.split_once("/backend-api").unwrap().1;
    let upload = format!("/backend-api{upload}");
    let confirm = format!("/backend-api/files/{id}/uploaded");
    assert_eq!(
        post(&door, &confirm, json!({})).await.json()["status"],
        "retry"
    );
    let leaking = [("x-ms-blob-type", "BlockBlob")];
    let put = |headers: &'static [(&'static str, &'static str)]| {
        door.send(Method::PUT, &upload, headers, "hello")
    };
    assert_eq!(
        put(&[("x-ms-blob-type", "BlockBlob")])
            .await
            .unwrap()
            .status,
        400,
        "{leaking:?}"
    );
    assert_eq!(put(&[("authorization", "")]).await.unwrap().status, 400);
    assert_eq!(
        put(&[("authorization", ""), ("x-ms-blob-type", "BlockBlob")])
            .await
            .unwrap()
            .status,
        201
    );
    let told = post(&door, &confirm, json!({})).await.json();
    assert_eq!(
        (&told["status"], &told["mime_type"]),
        (&json!("success"), &json!("application/pdf"))
    );
    let input = json!([{"role": "user", "content": [{"type": "input_file", "file_id": id}]}]);
    let said = door
        .post(&with(ask(""), json!({ "input": input })))
        .await
        .said();
    assert_eq!(said, format!("You said:  I read the file {id}."));
}

#[tokio::test]
async fn speech_becomes_text() {
    let door = Door::open().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hi.wav\"\r\n\r\nRIFF\r\n--b--\r\n";
    let path = "/backend-api/transcribe";
    let typed = [("content-type", "multipart/form-data; boundary=b")];
    let got = door.send(Method::POST, path, &typed, form).await.unwrap();
    assert_eq!(got.json(), json!({"text": "I heard hi.wav, 4 bytes."}));
    assert_eq!(post(&door, path, json!({})).await.status, 422);
}

#[tokio::test]
async fn the_platform_api_is_for_keys() {
    let door = Door::open().await;
    let key = format!("Bearer {}", door.world().api_key().reveal());
    let body = json!({"model": "gpt-5.5", "input": "hi", "max_output_tokens": 5, "store": true, "temperature": 0.5});
    let send = async |bearer: &str, body: &Value| {
        let headers = [("authorization", bearer), ("chatgpt-account-id", "")];
        door.send(Method::POST, "/v1/responses", &headers, body.to_string())
            .await
            .unwrap()
    };
    let whole = send(&key, &body).await.json();
    assert_eq!(whole["output"][0]["content"][0]["text"], "You said: hi");
    assert_eq!(
        (&whole["store"], &whole["max_output_tokens"]),
        (&json!(true), &json!(5))
    );
    let streamed = send(&key, &with(body.clone(), json!({"stream": true}))).await;
    assert_eq!(streamed.said(), "You said: hi");
    assert_eq!(streamed.last()["output"], Value::from(streamed.items()));
    let got = send("Bearer sk-nobody", &body).await;
    assert_eq!(
        (got.status, &got.json()["error"]["code"]),
        (401, &json!("invalid_api_key"))
    );
    let chatgpt = door.world().sign_in("plus@example.test").access_token;
    let got = send(&format!("Bearer {}", chatgpt.reveal()), &body).await;
    assert!(got.status == 401 && got.text().contains("Missing scopes: api.responses.write"));
    let unknown = send(&key, &with(body, json!({"model": "gpt-1"}))).await;
    assert_eq!(
        (unknown.status, &unknown.json()["error"]["code"]),
        (404, &json!("model_not_found"))
    );
}
