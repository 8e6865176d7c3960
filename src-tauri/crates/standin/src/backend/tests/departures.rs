//! The departures of contract backend 2.1 and 2.3, and framing at its worst.

use serde_json::{Value, json};

use super::{Door, ask, with};

fn tools() -> Value {
    let parameters =
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    json!({"tools": [{"type": "function", "name": "f", "parameters": parameters}]})
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|it| *it == kind).count()
}

#[tokio::test]
async fn text_and_arguments_may_come_late() {
    let door = Door::open().await;
    for (marker, deltas, dones) in [("text-in-done", 0, 1), ("text-in-item", 0, 0)] {
        let got = door.post(&ask(&format!("[[{marker}]] hi"))).await;
        let kinds = got.kinds();
        assert_eq!(count(&kinds, "response.output_text.delta"), deltas);
        assert_eq!(count(&kinds, "response.output_text.done"), dones);
        assert_eq!(got.said(), "You said: hi");
    }
    for (marker, deltas, dones) in [("args-in-done", 0, 1), ("args-in-item", 0, 0)] {
        let got = door
            .post(&with(ask(&format!("[[{marker}]] [[call f]]")), tools()))
            .await;
        let kinds = got.kinds();
        assert_eq!(
            count(&kinds, "response.function_call_arguments.delta"),
            deltas
        );
        assert_eq!(
            count(&kinds, "response.function_call_arguments.done"),
            dones
        );
        assert_eq!(got.items()[0]["arguments"], r#"{"a":"a","b":"b"}"#);
    }
}

#[tokio::test]
async fn parallel_deltas_take_turns() {
    let door = Door::open().await;
    let long = r#"{"a":"one two three four","b":"x"}"#;
    let text = format!("[[interleave]] [[call f {long}]] [[call f {long}]]");
    let got = door.post(&with(ask(&text), tools())).await;
    let deltas: Vec<Value> = got
        .events()
        .into_iter()
        .filter(|it| it["delta"].is_string())
        .collect();
    let turns: Vec<u64> = deltas
        .iter()
        .map(|it| it["output_index"].as_u64().unwrap())
        .collect();
    assert_eq!(&turns[..4], [0, 1, 0, 1]);
    super::grammar::check(&got);
}

#[tokio::test]
async fn limits_and_metadata_may_come_first() {
    let door = Door::open().await;
    let got = door.post(&ask("[[limits-first reached]] hi")).await;
    let first = &got.events()[0];
    assert_eq!(first["type"], "codex.rate_limits");
    assert_eq!(first["rate_limits"]["limit_reached"], true);
    assert_eq!(first.get("sequence_number"), None);
    assert_eq!(got.said(), "You said: hi");
    let kinds = door.post(&ask("[[metadata]] [[safety]] hi")).await.kinds();
    assert_eq!(
        kinds[..4],
        [
            "codex.response.metadata",
            "response.metadata",
            "response.metadata",
            "response.created"
        ]
    );
    let got = door.post(&ask("[[safety]] hi")).await;
    assert_eq!(got.events()[0]["metadata"]["type"], "safety_buffering");
    assert_eq!(got.chunks, 2);
    assert_eq!(got.header("x-codex-safety-buffering-enabled"), Some("true"));
}

#[tokio::test]
async fn strangers_and_omissions() {
    let door = Door::open().await;
    let got = door
        .post(&ask("[[unknown-events]] [[unknown-items]] hi"))
        .await;
    assert!(got.text().contains("data: {this is no JSON\n"));
    let kinds = got.kinds();
    assert!(
        kinds.contains(&"response.novelty.delta".to_owned())
            && kinds.contains(&"codex.novelty".to_owned())
    );
    assert_eq!(got.items()[0]["type"], "future_item");
    assert_eq!(got.said(), "You said: hi");
    let odd = door.post(&ask("[[odd-status]] hi")).await;
    assert_eq!(odd.items()[0]["status"], "finalizing");
    let kinds = door.post(&ask("[[no-created]] hi")).await.kinds();
    assert_eq!(kinds[0], "response.output_item.added");
    let phases = door.post(&ask("[[commentary looking]] hi")).await.items();
    assert_eq!(
        (&phases[0]["phase"], &phases[1]["phase"]),
        (&json!("commentary"), &json!("final_answer"))
    );
}

#[tokio::test]
async fn framing() {
    let door = Door::open().await;
    let plain = door.post(&ask("grüße")).await.said();
    for marker in [
        "crlf",
        "cr",
        "bytewise",
        "split-utf8",
        "chunk 3",
        "comments",
        "keepalives",
        "no-event-lines",
    ] {
        let got = door.post(&ask(&format!("[[{marker}]] grüße"))).await;
        assert_eq!(got.said(), plain, "{marker}");
    }
    let text = door.post(&ask("[[crlf]] hi")).await.text();
    assert!(text.contains("\r\n\r\n") && !text.contains("\n\n"));
    assert!(!door.post(&ask("[[cr]] hi")).await.text().contains('\n'));
    assert!(
        door.post(&ask("[[comments]] hi"))
            .await
            .text()
            .contains(": still here\n")
    );
    assert!(
        door.post(&ask("[[keepalives]] hi"))
            .await
            .kinds()
            .contains(&"keepalive".to_owned())
    );
    assert!(
        !door
            .post(&ask("[[no-event-lines]] hi"))
            .await
            .text()
            .contains("event: ")
    );
    assert!(
        !door
            .post(&ask("[[no-blank]] hi"))
            .await
            .text()
            .ends_with("\n\n")
    );
    let separators = door.post(&ask("[[u2028]]")).await;
    assert_eq!(separators.said(), "one\u{2028}two\u{2029}three\u{85}four");
    assert!(separators.text().contains('\u{2028}'));
}

#[tokio::test]
async fn sizes_and_oddities() {
    let door = Door::open().await;
    let big = door.post(&ask("[[big 2]]")).await;
    assert_eq!(big.said().len(), 2 * 1024 * 1024);
    let longest = big
        .events()
        .iter()
        .filter_map(|it| it["delta"].as_str().map(str::len))
        .max();
    assert_eq!(longest, Some(2 * 1024 * 1024));
    let short = door.post(&ask("[[truncate 1]] hi")).await;
    assert_eq!(short.kinds()[0], "response.in_progress");
    assert_eq!(short.said(), "You said: hi");
    let typed = door
        .post(&ask("[[content-type application/json]] hi"))
        .await;
    assert_eq!(typed.header("content-type"), Some("application/json"));
    let many = door.post(&ask("[[events 1000]]")).await;
    assert_eq!(count(&many.kinds(), "response.output_text.delta"), 1000);
    let bytes = door.post(&ask("[[bytewise]] hi")).await;
    assert!(bytes.chunks > 50, "{}", bytes.chunks);
}
