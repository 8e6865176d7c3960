//! Pictures that do not come about: refused, failed, renewed, left.

use http::{HeaderValue, Method};
use serde_json::json;
use standin::Scripted;
use store::{Ended, Written};

use super::{EDIT, EDITS, GENERATE, GENERATIONS, form};
use crate::forms::post_form;
use crate::stage::{Account, Plan, RESPONSES, Stage, until};

#[tokio::test]
async fn failures_have_the_shape_and_the_status_of_the_api() {
    let stage = Stage::open().await;
    let prompt = |words: &str| json!({ "prompt": words });
    let rows = [
        (prompt("[[http cyber-policy]]"), 400, "cyber_policy", 1),
        (prompt("[[http 500]]"), 502, "server_error", 1),
        (prompt("[[http 500 times=1]] late"), 502, "server_error", 1),
        (prompt("[[http rate-limit]]"), 429, "rate_limit_exceeded", 1),
        (prompt("[[http html-200]]"), 502, "upstream_garbled", 1),
        (
            json!({ "prompt": "x", "response_format": "url" }),
            400,
            "unsupported_value",
            0,
        ),
        (
            json!({ "prompt": "x", "stream": true, "n": 2 }),
            400,
            "unsupported_value",
            0,
        ),
        (
            json!({ "prompt": "x", "model": "gpt-image-0" }),
            400,
            "invalid_value",
            1,
        ),
        (
            json!({ "prompt": "x", "background": "transparent", "stream": true }),
            400,
            "invalid_value",
            1,
        ),
    ];
    for (at, (body, status, code, attempts)) in rows.iter().enumerate() {
        let reply = stage.post(GENERATE, body).await;
        assert_eq!(reply.status, *status, "{body}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], *code, "{body}");
        let again = (*status == 502).then_some("false");
        assert_eq!(reply.header("x-should-retry"), again, "{body}");
        assert_eq!(stage.lines(at + 1).await[at].attempts, *attempts, "{body}");
    }
}

#[tokio::test]
async fn a_plan_without_pictures_says_so() {
    let free = Stage::with(Plan {
        account: Account::AccessToken("at-standin-acct_free"),
        ..Plan::default()
    })
    .await;
    let reply = free.post(GENERATE, &json!({ "prompt": "a cat" })).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["type"]),
        (400, &json!("usage_not_included"))
    );
    let reply = free
        .post(
            GENERATE,
            &json!({ "prompt": "a cat", "output_format": "webp" }),
        )
        .await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (400, &json!("no_image"))
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_the_backend_is_asked() {
    let stage = Stage::with(Plan {
        written: Written {
            max_body_mib: Some(1),
            ..Written::default()
        },
        ..Plan::default()
    })
    .await;
    let whole = form(&[("prompt", "bluer")], &["image"]);
    let large = form(&[("prompt", &"x".repeat(1 << 20))], &["image"]);
    let no_picture = b"--b0\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b0\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../../a.png\"\r\n\r\n<svg/>\r\n--b0--";
    let rows = [
        (whole[..whole.len() / 2].to_vec(), "invalid_form"),
        (b"{}".to_vec(), "invalid_form"),
        (Vec::new(), "invalid_form"),
        (large, "request_too_large"),
        (no_picture.to_vec(), "invalid_image"),
        (form(&[("prompt", "x")], &[]), "missing_required_parameter"),
        (form(&[], &["image"]), "missing_required_parameter"),
        (
            form(&[("prompt", "x"), ("n", "many")], &["image"]),
            "invalid_type",
        ),
    ];
    for (body, code) in rows {
        let reply = post_form(&stage, EDIT, body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!(code))
        );
    }
    let mut request = stage.request(Method::POST, EDIT, &json!({ "prompt": "x" }));
    let media = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert("content-type", media);
    let reply = stage.send(request).await;
    assert_eq!(reply.json()["error"]["code"], "unsupported_media_type");
    assert!(stage.world().received_at(EDITS).is_empty() && stage.asked().is_empty());
    let lines = stage.lines(9).await;
    assert!(lines.iter().all(|line| line.ended == Ended::Refused));
}

#[tokio::test]
async fn only_edits_take_a_form() {
    let stage = Stage::open().await;
    let reply = post_form(&stage, GENERATE, form(&[("prompt", "x")], &[])).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (400, &json!("unsupported_media_type"))
    );
    assert!(stage.world().received_at(GENERATIONS).is_empty());
}

#[tokio::test]
async fn a_refused_credential_is_renewed_once_for_all_pictures() {
    let stage = Stage::with(Plan {
        account: Account::Browser("plus@example.test"),
        ..Plan::default()
    })
    .await;
    let body = json!({ "prompt": "a cat", "size": "16x16" });
    assert_eq!(stage.post(GENERATE, &body).await.status, 200);
    let sent = stage.world().received_at(GENERATIONS);
    let token = sent[0]
        .header("authorization")
        .unwrap()
        .trim_start_matches("Bearer ");
    assert!(stage.world().expire(token));
    stage.world().forget_received();
    let body = json!({ "prompt": "a cat", "size": "16x16", "n": 4 });
    let reply = stage.post(GENERATE, &body).await;
    assert_eq!(
        reply.json()["data"].as_array().unwrap().len(),
        4,
        "{}",
        reply.text()
    );
    assert_eq!(stage.world().received_at("/oauth/token").len(), 1);
    let stays = json!({ "prompt": "[[http token-revoked]] a cat" });
    assert_eq!(stage.post(GENERATE, &stays).await.status, 401);
}

#[tokio::test]
async fn an_api_key_is_told_where_to_ask() {
    let stage = Stage::with(Plan {
        account: Account::ApiKey("sk-standin-platform"),
        ..Plan::default()
    })
    .await;
    let reply = stage.post(GENERATE, &json!({ "prompt": "a cat" })).await;
    assert_eq!(reply.status, 404);
    let message = reply.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("API key"), "{message}");
}

#[tokio::test]
async fn a_stop_takes_away_no_picture_that_is_made() {
    let mut stage = Stage::with(Plan {
        written: Written {
            drain_secs: Some(0),
            ..Written::default()
        },
        ..Plan::default()
    })
    .await;
    stage.world().script(GENERATIONS, Scripted::hung());
    let body = json!({ "prompt": "a cat", "size": "16x16", "n": 3 });
    let asking = stage.send_later(stage.request(Method::POST, GENERATE, &body));
    // The third begins when the second is made.
    stage.world().until_received(GENERATIONS, 3).await;
    let (_, reply) = tokio::join!(stage.stop(), asking);
    let reply = reply.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(!reply.json()["data"].as_array().unwrap().is_empty());
    assert_eq!(reply.header("x-postern-ignored"), Some("n"));
    let line = stage.line().await;
    assert_eq!(line.fault.as_deref(), Some("shutting_down"));
}

#[tokio::test]
async fn leaving_hangs_up_on_the_backend_and_leaves_one_line() {
    for (path, at, attempts, body) in [
        (
            GENERATE,
            GENERATIONS,
            2,
            json!({ "prompt": "a cat", "n": 3 }),
        ),
        (
            GENERATE,
            RESPONSES,
            1,
            json!({ "prompt": "[[stall 0]]", "output_format": "webp" }),
        ),
    ] {
        let stage = Stage::open().await;
        stage.world().script(GENERATIONS, Scripted::hung().always());
        let request = stage.request(Method::POST, path, &body);
        {
            let asking = stage.send(request);
            tokio::pin!(asking);
            tokio::select! {
                reply = asking.as_mut() => panic!("{}", reply.text()),
                _ = stage.world().until_received(at, 1) => {}
            }
        }
        if at == RESPONSES {
            until(|| stage.asked()[0].hung_up).await;
        }
        let line = stage.line().await;
        assert_eq!((line.ended, line.status), (Ended::ClientLeft, 0));
        assert_eq!(line.attempts, attempts, "{at}");
        assert_eq!(stage.gateway().in_flight(), 0);
    }
}
