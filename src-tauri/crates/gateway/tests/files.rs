//! Files: sent once, then referred to by their id.

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use standin::Scripted;
use store::Ended;

use crate::caller::Reply;
use crate::forms::{self, NAMES, names, post_form};
use crate::stage::{Account, Plan, Stage};

const ANNOUNCE: &str = "/backend-api/files";

fn form(texts: &[(&str, &str)], file_name: &str) -> Vec<u8> {
    forms::form(texts, &[("file", file_name, b"hello")])
}

async fn send(stage: &Stage, body: Vec<u8>) -> Reply {
    post_form(stage, "/v1/files", body).await
}

async fn with_key(stage: &Stage, key: &str, path: &str) -> Reply {
    let mut request = stage.request(Method::GET, path, &Value::Null);
    let bearer = HeaderValue::try_from(format!("Bearer {key}")).unwrap();
    request.headers_mut().insert("authorization", bearer);
    stage.send(request).await
}

/// Paths of everything that the backend and its storage were asked.
fn asked(stage: &Stage) -> Vec<String> {
    let all = stage.world().received();
    let paths = all.iter().map(|received| received.path.clone());
    let ours = |path: &String| path.starts_with(ANNOUNCE) || path.contains("/uploads/");
    paths.filter(ours).collect()
}

#[tokio::test]
async fn a_file_is_sent_in_three_steps_and_described() {
    let stage = Stage::open().await;
    let texts = [("purpose", "user_data"), ("expires_after[seconds]", "3600")];
    let reply = send(&stage, form(&texts, "notes.txt")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.header("x-postern-ignored"),
        Some("expires_after[seconds]")
    );
    let file = reply.json();
    let id = file["id"].as_str().unwrap();
    assert_eq!(
        (
            &file["object"],
            &file["bytes"],
            &file["filename"],
            &file["purpose"],
            &file["status"]
        ),
        (
            &json!("file"),
            &json!(5),
            &json!("notes.txt"),
            &json!("user_data"),
            &json!("processed")
        )
    );
    assert!(file["created_at"].is_i64());
    let paths = asked(&stage);
    assert_eq!(paths[0], ANNOUNCE);
    assert_eq!(paths[1], format!("/backend-api/uploads/{id}"));
    assert_eq!(paths[2], format!("{ANNOUNCE}/{id}/uploaded"));
    let line = stage.line().await;
    assert_eq!(
        (line.dialect.as_str(), line.ended, line.attempts),
        ("files", Ended::Whole, 3)
    );
}

#[tokio::test]
async fn a_long_name_is_sent_whole_and_remembered_in_part() {
    let stage = Stage::open().await;
    let name = "n".repeat(300);
    let reply = send(&stage, form(&[("purpose", "user_data")], &name)).await;
    assert_eq!(reply.json()["filename"], "n".repeat(255));
    let announced = stage.world().received_at(ANNOUNCE).remove(0);
    assert_eq!(announced.json()["file_name"], name);
}

#[tokio::test]
async fn a_file_is_read_by_its_id_in_both_dialects() {
    let stage = Stage::open().await;
    let file = send(&stage, form(&[("purpose", "user_data")], "notes.txt")).await;
    let file = file.json();
    let id = file["id"].as_str().unwrap();
    let part = json!([{ "type": "input_file", "file_id": id }]);
    let body = json!({ "model": "gpt-5.6-terra", "input": [{ "role": "user", "content": part }] });
    let answer = stage.post("/v1/responses", &body).await;
    assert!(
        answer.text().contains(&format!("I read the file {id}.")),
        "{}",
        answer.text()
    );
    let part = json!([{ "type": "file", "file": { "file_id": id } }]);
    let body =
        json!({ "model": "gpt-5.6-terra", "messages": [{ "role": "user", "content": part }] });
    let answer = stage.post("/v1/chat/completions", &body).await;
    assert!(
        answer.text().contains(&format!("I read the file {id}.")),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_picture_is_not_taken_by_its_id_and_the_backend_says_so() {
    let stage = Stage::open().await;
    let file = send(&stage, form(&[("purpose", "vision")], "a.png")).await;
    let part = json!([{ "type": "input_image", "file_id": file.json()["id"] }]);
    let body = json!({ "model": "gpt-5.6-terra", "input": [{ "role": "user", "content": part }] });
    let answer = stage.post("/v1/responses", &body).await;
    assert_eq!(answer.status, 400);
    let error = &answer.json()["error"];
    assert_eq!(error["param"], "input[0].content[0].file_id", "{error}");
}

#[tokio::test]
async fn the_storage_gets_the_bytes_and_neither_credential_nor_cookie() {
    let stage = Stage::open().await;
    send(&stage, form(&[("purpose", "user_data")], "notes.txt")).await;
    let announced = stage.world().received_at(ANNOUNCE).remove(0);
    assert_eq!(names(&announced), NAMES);
    assert_eq!(
        announced.json(),
        json!({ "file_name": "notes.txt", "file_size": 5, "use_case": "codex" })
    );
    let stored = stage.world().received_at(&asked(&stage)[1]).remove(0);
    assert_eq!(stored.body, "hello");
    assert_eq!(
        names(&stored),
        [
            "accept",
            "content-length",
            "host",
            "user-agent",
            "x-ms-blob-type",
            "x-ms-client-request-id",
        ]
    );
}

#[tokio::test]
async fn a_file_is_described_to_the_key_that_sent_it_and_to_no_other() {
    let stage = Stage::open().await;
    let first = send(&stage, form(&[("purpose", "assistants")], "a.pdf"))
        .await
        .json();
    let second = send(&stage, form(&[("purpose", "vision")], "b.png"))
        .await
        .json();
    let id = first["id"].as_str().unwrap();
    assert_eq!(stage.get(&format!("/v1/files/{id}")).await.json(), first);
    let list = stage.get("/v1/files").await.json();
    assert_eq!(list["data"], json!([second, first]));
    assert_eq!(
        (&list["object"], &list["has_more"]),
        (&json!("list"), &json!(false))
    );
    let part = stage.get("/v1/files?purpose=vision&limit=1&x=%0d%0a").await;
    assert_eq!(part.json()["data"], json!([second]));
    assert_eq!(part.header("x-postern-ignored"), Some("limit"));
    let (_, other) = stage.keys.add("other").await.unwrap();
    let hidden = with_key(&stage, other.reveal(), &format!("/v1/files/{id}")).await;
    assert_eq!(
        (hidden.status, &hidden.json()["error"]["code"]),
        (404, &json!("file_not_found"))
    );
    let list = with_key(&stage, other.reveal(), "/v1/files").await.json();
    assert_eq!(
        (&list["data"], &list["first_id"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(
        asked(&stage).len(),
        6,
        "the backend is not asked about files"
    );
}

#[tokio::test]
async fn what_the_backend_cannot_do_is_a_404_with_its_reason() {
    let stage = Stage::open().await;
    let file = send(&stage, form(&[("purpose", "user_data")], "a.txt"))
        .await
        .json();
    let id = file["id"].as_str().unwrap();
    for (method, path, says) in [
        (
            Method::DELETE,
            format!("/v1/files/{id}"),
            "no way to delete",
        ),
        (
            Method::GET,
            format!("/v1/files/{id}/content"),
            "does not give the content",
        ),
        (Method::POST, "/v1/uploads".to_owned(), "in one piece"),
    ] {
        let reply = stage.send(stage.request(method, &path, &Value::Null)).await;
        assert_eq!(reply.status, 404, "{path}");
        let message = reply.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.contains(says), "{path}: {message}");
    }
    let still = stage.get(&format!("/v1/files/{id}")).await;
    assert_eq!(still.status, 200, "nothing was deleted");
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_before_anything_is_announced() {
    let stage = Stage::open().await;
    let whole = form(&[("purpose", "user_data")], "a.txt");
    for (body, code) in [
        (whole[..whole.len() - 12].to_vec(), "invalid_form"),
        (form(&[], "a.txt"), "missing_required_parameter"),
        (
            form(&[("purpose", "batch")], "a.jsonl"),
            "unsupported_value",
        ),
        (
            b"--b0\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--b0--"
                .to_vec(),
            "missing_required_parameter",
        ),
    ] {
        let reply = send(&stage, body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!(code))
        );
    }
    assert!(asked(&stage).is_empty());
    assert!(
        stage
            .lines(4)
            .await
            .iter()
            .all(|line| line.ended == Ended::Refused)
    );
}

#[tokio::test]
async fn each_step_has_its_failures() {
    let announced = |url: &str| {
        let told = json!({ "file_id": "file_1", "upload_url": url });
        Scripted::json(StatusCode::OK, &told)
    };
    let odd = |id: &str| {
        let told = json!({ "file_id": id, "upload_url": "https://storage.example.test/x" });
        Scripted::json(StatusCode::OK, &told)
    };
    let file = || form(&[("purpose", "user_data")], "a.txt");
    let rows = [
        (
            Scripted::status(StatusCode::BAD_GATEWAY),
            502,
            "upstream_error",
        ),
        (
            Scripted::json(StatusCode::OK, &json!({})),
            502,
            "upstream_garbled",
        ),
        (
            announced("http://storage.example.test/x"),
            502,
            "upstream_garbled",
        ),
        (announced("no address"), 502, "upstream_garbled"),
        (odd("../transcribe"), 502, "upstream_garbled"),
    ];
    for (script, status, code) in rows {
        let stage = Stage::open().await;
        stage.world().script(ANNOUNCE, script.clone());
        let reply = send(&stage, file()).await;
        assert_eq!(reply.status, status, "{script:?}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], code, "{script:?}");
        assert_eq!(reply.header("x-should-retry"), Some("false"), "{script:?}");
        assert_eq!(stage.get("/v1/files").await.json()["data"], json!([]));
    }
    let stage = Stage::with(Plan {
        account: Account::Browser("plus@example.test"),
        ..Plan::default()
    })
    .await;
    assert_eq!(send(&stage, file()).await.status, 200);
    let sent = stage.world().received_at(ANNOUNCE);
    let token = sent[0]
        .header("authorization")
        .unwrap()
        .trim_start_matches("Bearer ");
    assert!(stage.world().expire(token));
    assert_eq!(send(&stage, file()).await.status, 200, "renewed once");
}
