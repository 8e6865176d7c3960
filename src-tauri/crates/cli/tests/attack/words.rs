//! What others write, where a person reads it: rows of requests, the log's file, the terminal.

use reqwest::StatusCode;
use serde_json::{Value, json};
use standin::Scripted;

use crate::desk::Desk;
use crate::raw;
use crate::stage::Stage;

/// Clears the screen, sets the title, forges a row, speaks in C1, turns the direction round.
const EVIL: &str =
    "x\u{1b}[2J\u{1b}]0;owned\u{7}\r\n2026-01-01 forged\u{9b}31m\u{7f}\u{202e}y\u{2028}";

/// Every byte that a terminal would obey, but for the ends of lines.
fn obeyed(text: &str) -> String {
    let turns = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{2028}';
    let is_obeyed = |c: &char| (c.is_control() && *c != '\n') || turns(*c);
    text.chars().filter(is_obeyed).collect()
}

#[tokio::test]
async fn no_row_of_a_request_moves_a_terminal_or_forges_another() {
    let stage = Stage::open().await;
    let asked = [
        json!({"model": EVIL, "input": "hi"}),
        json!({"model": "gpt-5.5", "input": "hi", EVIL: 1, "also": 1}),
        json!({"model": "gpt-5.5", "input": EVIL}),
    ];
    for body in &asked {
        stage.ask(body).await;
    }
    let refusal = json!({"error": {"code": EVIL, "type": EVIL, "message": EVIL}});
    let refused = Scripted::json(StatusCode::BAD_REQUEST, &refusal);
    let world = stage.desk.standin.world();
    world.script("/backend-api/codex/responses", refused);
    let (status, told) = stage.ask(&asked[2]).await;
    // A program hears the backend's own words; they are JSON and cannot break out of it.
    assert_eq!((status, &told["error"]["message"]), (400, &EVIL.into()));
    let line = "GET /v1/models/%1b%5b2J%0d%0aforged HTTP/1.1\r\nhost: localhost\r\n\
                user-agent: \u{9b}31m\r\nconnection: close\r\n\r\n";
    assert_eq!(raw::answers(stage.at(), line).await, [401]);
    assert_eq!(stage.desk.run(&["keys", "add", EVIL]).await.code, Some(1));
    assert_eq!(stage.server.terminate().await, Some(0));

    let shown = stage.desk.run(&["logs"]).await.out;
    assert_eq!(
        (obeyed(&shown).as_str(), shown.lines().count()),
        ("", 5),
        "{shown}"
    );
    assert!(shown.contains("x\\u{1b}[2J"), "{shown}");
    let rows = stage.desk.run(&["logs", "--json"]).await.out;
    assert_eq!(
        (obeyed(&rows).as_str(), rows.lines().count()),
        ("", 5),
        "{rows}"
    );
    let first: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    assert_eq!(first["model"], EVIL);
    let log = stage.desk.home.path().join("logs/postern.log");
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(obeyed(&log), "", "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}

/// A field that cannot stand in a header must not take the others out of it.
#[tokio::test]
async fn what_was_ignored_is_told_however_it_is_called() {
    let stage = Stage::open().await;
    let body =
        json!({"model": "gpt-5.5", "input": "hi", "a\r\nset-cookie: b": 1, "temperature": 1});
    let answer = crate::desk::http()
        .post(format!("{}/v1/responses", stage.server.address))
        .bearer_auth(&stage.key)
        .json(&body)
        .send()
        .await
        .unwrap();
    let told = answer.headers()["x-postern-ignored"].to_str().unwrap();
    assert!(told.contains("temperature"), "{told}");
    assert!(told.contains("a__set-cookie__b"), "{told}");
    assert!(!answer.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn one_request_does_not_push_all_others_out_of_the_log() {
    let stage = Stage::with("log_max_mib = 1\n").await;
    assert!(stage.serves().await);
    let huge = "x".repeat(4 << 20);
    stage.ask(&json!({"model": &huge, "input": "hi"})).await;
    stage
        .ask(&json!({"model": "gpt-5.5", "input": "hi", &huge: 1}))
        .await;
    let many = (0..50_000).map(|number| (format!("{huge:.20}{number}"), 1.into()));
    let mut many: serde_json::Map<String, Value> = many.collect();
    many.insert("model".into(), "gpt-5.5".into());
    many.insert("input".into(), "hi".into());
    stage.ask(&Value::Object(many)).await;
    assert_eq!(stage.server.terminate().await, Some(0));
    let rows = stage.desk.run(&["logs", "--json"]).await.out;
    assert_eq!(rows.lines().count(), 4);
    assert!(rows.len() < 64 << 10, "{} bytes", rows.len());
}

/// The other side may be lying, or somebody else.
#[tokio::test]
async fn nothing_that_the_other_side_says_moves_a_terminal() {
    let desk = Desk::new().await;
    let world = desk.standin.world();
    let (ok, bad) = (StatusCode::OK, StatusCode::BAD_REQUEST);
    let refusal = json!({"error": {"code": EVIL, "message": EVIL}, "error_description": EVIL});
    let token = ["login", "--access-token", "-"];
    let mut shown = Vec::new();
    for path in [WHOAMI, USER_CODE, "/oauth/token"] {
        world.script(path, Scripted::json(bad, &refusal));
    }
    shown.push(desk.run_with_input(&token, "at-standin-acct_plus\n").await);
    shown.push(desk.run(&["login", "--device"]).await);
    shown.push(desk.run(&["login", "--device"]).await);
    world.forget_scripts();
    let person = json!({"email": EVIL, "chatgpt_user_id": EVIL, "chatgpt_account_id": "acct_plus",
        "chatgpt_plan_type": EVIL, "chatgpt_account_is_fedramp": false});
    world.script(WHOAMI, Scripted::json(ok, &person).always());
    shown.push(desk.run_with_input(&token, "at-standin-acct_plus\n").await);
    let models = json!({"models": [{"slug": EVIL, "display_name": EVIL, "visibility": "list",
        "supported_reasoning_levels": [{"effort": EVIL}]}]});
    let models = Scripted::json(ok, &models).always();
    world.script("/backend-api/codex/models", models);
    for command in [
        &["accounts"][..],
        &["accounts", "--json"],
        &["status"],
        &["status", "--json"],
        &["models"],
        &["models", "--json"],
        &["doctor"],
        &["logout"],
    ] {
        shown.push(desk.run(command).await);
    }
    for ended in &shown {
        assert_eq!(obeyed(&ended.out), "", "{ended:?}");
        assert_eq!(obeyed(&ended.err), "", "{ended:?}");
    }
    let all: String = shown.iter().map(|ended| ended.out.as_str()).collect();
    assert!(all.contains("x\\u{1b}[2J"), "{all}");
}

const WHOAMI: &str = "/api/accounts/v1/user-auth-credential/whoami";
const USER_CODE: &str = "/api/accounts/deviceauth/usercode";
