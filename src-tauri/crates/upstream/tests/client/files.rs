//! The three steps of a file, each with its own failures (contract backend 7.5).

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use standin::Scripted;
use upstream::{Step, Upload};
use wire::Fault;

use crate::stage::{Stage, class};

const ANNOUNCE: &str = "/backend-api/files";
const STORAGE: &str = "/backend-api/uploads/file_1";
const CONFIRM: &str = "/backend-api/files/file_1/uploaded";

/// A stage whose next file is `file_1`.
async fn announced() -> Stage {
    let stage = Stage::open().await;
    let mut url = stage.plus().base;
    url.set_path(STORAGE);
    let told = json!({ "file_id": "file_1", "upload_url": url });
    let told = Scripted::json(StatusCode::OK, &told);
    stage.world().script(ANNOUNCE, told);
    stage
}

async fn upload(stage: &Stage) -> (Result<String, Fault>, u32) {
    let file = Upload {
        name: "a.txt".into(),
        content: Bytes::from_static(b"hello"),
    };
    let (credential, mut attempts) = (stage.plus(), 0);
    let mut step = Step::default();
    let client = &stage.client;
    let uploading = client.upload(&file, &mut step, &credential, &mut attempts);
    let uploaded = stage.passing(Box::pin(uploading)).await;
    (uploaded, attempts)
}

fn said(status: &str, more: &Value) -> Scripted {
    let told = json!({ "status": status, "error_message": more });
    Scripted::json(StatusCode::OK, &told)
}

#[tokio::test]
async fn the_backend_is_asked_until_it_has_seen_the_file() {
    let stage = announced().await;
    let stored = Scripted::status(StatusCode::CREATED);
    stage.world().script(STORAGE, stored);
    for status in ["retry", "retry", "success"] {
        stage.world().script(CONFIRM, said(status, &Value::Null));
    }
    let (uploaded, attempts) = upload(&stage).await;
    assert_eq!(uploaded, Ok("file_1".to_owned()));
    assert_eq!(attempts, 5);
}

#[tokio::test]
async fn a_step_that_was_refused_is_all_that_is_done_again() {
    let stage = announced().await;
    let stored = Scripted::status(StatusCode::CREATED);
    stage.world().script(STORAGE, stored);
    let refused = Scripted::status(StatusCode::UNAUTHORIZED);
    stage.world().script(CONFIRM, refused);
    stage.world().script(CONFIRM, said("success", &Value::Null));
    let file = Upload {
        name: "a.txt".into(),
        content: Bytes::from_static(b"hello"),
    };
    let (credential, mut step, mut attempts) = (stage.plus(), Step::default(), 0);
    let mut told = Vec::new();
    for _ in 0..2 {
        let client = &stage.client;
        let uploading = client.upload(&file, &mut step, &credential, &mut attempts);
        let uploaded = stage.passing(Box::pin(uploading)).await;
        told.push(uploaded.unwrap_or_else(|fault| class(&fault)));
    }
    assert_eq!(told, ["Unauthorized", "file_1"]);
    for (path, times) in [(ANNOUNCE, 1), (STORAGE, 1), (CONFIRM, 2)] {
        assert_eq!(stage.world().received_at(path).len(), times, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_taken_says_why() {
    let broken = json!("the file is broken");
    let rows = [
        (said("error", &broken), "the file is broken", "Refused"),
        (
            said("odd", &Value::Null),
            "the backend refused the file",
            "Refused",
        ),
        (
            said("retry", &broken).always(),
            "the backend was silent for 30 seconds",
            "Silent",
        ),
    ];
    for (script, why, kind) in rows {
        let stage = announced().await;
        let stored = Scripted::status(StatusCode::CREATED);
        stage.world().script(STORAGE, stored);
        stage.world().script(CONFIRM, script);
        let fault = upload(&stage).await.0.unwrap_err();
        assert_eq!(
            (fault.to_string().as_str(), class(&fault).as_str()),
            (why, kind)
        );
    }
}

#[tokio::test]
async fn the_storage_is_not_the_backend() {
    for (status, kind, tries) in [
        (StatusCode::UNAUTHORIZED, "Refused", 1),
        (StatusCode::FORBIDDEN, "Refused", 1),
        (StatusCode::SERVICE_UNAVAILABLE, "Broken", 3),
    ] {
        let stage = announced().await;
        stage
            .world()
            .script(STORAGE, Scripted::status(status).always());
        let (uploaded, attempts) = upload(&stage).await;
        assert_eq!(class(&uploaded.unwrap_err()), kind, "{status}");
        assert_eq!(stage.world().received_at(STORAGE).len(), tries, "{status}");
        assert_eq!(attempts as usize, tries + 1, "{status}");
        assert!(stage.world().received_at(CONFIRM).is_empty());
    }
}
