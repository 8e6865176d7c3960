//! What it answers: echo, recall, tools, structured text, pictures, files, the cache.

use serde_json::{Value, json};

use super::{Door, ask, with};

fn weather() -> Value {
    json!({"type": "function", "name": "get_weather", "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
        "required": ["city", "unit"],
        "additionalProperties": false,
    }, "strict": true})
}

#[tokio::test]
async fn texts() {
    let door = Door::open().await;
    for (text, said) in [
        ("hello", "You said: hello"),
        ("[[say exactly this]] and not this", "exactly this"),
        ("[[words 3]]", "word1 word2 word3"),
        ("[[show reasoning/effort]]", "\"low\""),
        ("[[show temperature]]", "undefined"),
        ("[[header originator]]", "tester"),
        ("a [[nonsense]] b", "You said: a [[nonsense]] b"),
    ] {
        let body = with(ask(text), json!({"reasoning": {"effort": "low"}}));
        assert_eq!(door.post(&body).await.said(), said);
    }
}

#[tokio::test]
async fn recall() {
    let door = Door::open().await;
    let input = json!([
        {"role": "user", "content": "my name is Ada"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "hello"}]},
        {"role": "user", "content": [{"type": "input_text", "text": "and I like tea [[slow 0]]"}]},
        {"role": "user", "content": "[[recall 2]]"},
    ]);
    let body = with(ask(""), json!({ "input": input }));
    assert_eq!(door.post(&body).await.said(), "and I like tea");
    let mut first = body;
    first["input"][3]["content"] = json!("what did I say first? [[recall]]");
    assert_eq!(door.post(&first).await.said(), "my name is Ada");
}

#[tokio::test]
async fn tools_are_called_and_their_outputs_quoted() {
    let door = Door::open().await;
    let tools = json!({"tools": [weather(), {"type": "custom", "name": "patch"}]});
    let got = door
        .post(&with(
            ask("rain? [[call get_weather]] [[call patch]]"),
            tools.clone(),
        ))
        .await;
    let items = got.items();
    assert_eq!(items[0]["arguments"], r#"{"city":"city","unit":"c"}"#);
    assert_eq!(items[1]["input"], "rain?");
    let output = |item: &Value, kind: &str, output: Value| json!({"type": kind, "call_id": item["call_id"], "output": output});
    let replayed = |item: &Value| {
        let mut item = item.clone();
        item.as_object_mut().unwrap().shift_remove("id");
        item
    };
    let input = json!([
        {"role": "user", "content": "rain? [[call get_weather]] [[call patch]]"},
        replayed(&items[0]),
        replayed(&items[1]),
        output(&items[0], "function_call_output", json!("sunny")),
        output(&items[1], "custom_tool_call_output", json!([{"type": "input_text", "text": "done"}])),
    ]);
    let got = door
        .post(&with(with(ask(""), tools), json!({ "input": input })))
        .await;
    assert_eq!(
        got.said(),
        "The tool get_weather returned: sunny\nThe tool patch returned: done"
    );
}

#[tokio::test]
async fn the_choice_decides() {
    let door = Door::open().await;
    let tools = json!([{"type": "custom", "name": "patch"}, weather()]);
    for (choice, called) in [
        (json!("required"), Some("patch")),
        (
            json!({"type": "function", "name": "get_weather"}),
            Some("get_weather"),
        ),
        (json!("auto"), None),
    ] {
        let got = door
            .post(&with(
                ask("hi"),
                json!({"tools": tools, "tool_choice": choice}),
            ))
            .await;
        assert_eq!(got.items()[0]["name"].as_str(), called);
    }
    let none = json!({"tools": tools, "tool_choice": "none"});
    assert_eq!(
        door.post(&with(ask("hi [[call patch]]"), none))
            .await
            .said(),
        "You said: hi"
    );
    let one = json!({"tools": tools, "parallel_tool_calls": false});
    let got = door
        .post(&with(ask("[[call patch]] [[call get_weather]]"), one))
        .await;
    assert_eq!(got.items().len(), 1);
}

#[tokio::test]
async fn structured_texts() {
    let door = Door::open().await;
    let schema = weather()["parameters"].clone();
    let format = json!({"text": {"format": {"type": "json_schema", "name": "n", "strict": true, "schema": schema}}});
    let said = door.post(&with(ask("hi"), format)).await.said();
    assert_eq!(said, r#"{"city":"city","unit":"c"}"#);
    let format = json!({"text": {"format": {"type": "json_object"}}});
    let said = door.post(&with(ask("some json"), format)).await.said();
    assert_eq!(said, r#"{"answer":"You said: some json"}"#);
}

#[tokio::test]
async fn reasoning_is_sealed_and_summed_up_as_asked() {
    let door = Door::open().await;
    let ask = |reasoning: Value, include: Value| {
        with(
            ask("why"),
            json!({"reasoning": reasoning, "include": include}),
        )
    };
    let sealed = json!(["reasoning.encrypted_content"]);
    let got = door
        .post(&ask(
            json!({"effort": "high", "summary": "auto"}),
            sealed.clone(),
        ))
        .await;
    let item = &got.items()[0];
    assert_eq!(item["summary"][0]["text"], "Thinking about: why");
    assert!(
        item["encrypted_content"]
            .as_str()
            .unwrap()
            .starts_with("gAAAAA")
    );
    assert_eq!(got.header("x-reasoning-included"), Some("true"));
    assert_ne!(
        got.last()["usage"]["output_tokens_details"]["reasoning_tokens"],
        0
    );
    let quiet = door
        .post(&ask(json!({"effort": "high"}), sealed.clone()))
        .await;
    assert_eq!(quiet.items()[0]["summary"], json!([]));
    assert!(!quiet.text().contains("reasoning_summary"));
    let none = door.post(&ask(json!({"effort": "none"}), sealed)).await;
    assert_eq!(none.items()[0]["type"], "message");
}

#[tokio::test]
async fn hosted_tools() {
    let door = Door::open().await;
    let search = json!({"tools": [{"type": "web_search"}], "tool_choice": {"type": "web_search"}});
    let got = door.post(&with(ask("cats"), search)).await;
    assert_eq!(
        got.items()[0]["action"],
        json!({"type": "search", "query": "cats"})
    );
    assert_eq!(
        got.items()[1]["content"][0]["annotations"][0]["type"],
        "url_citation"
    );
    let image = json!({"tools": [{"type": "image_generation", "size": "64x48"}], "tool_choice": {"type": "image_generation"}});
    let got = door.post(&with(ask("a cat"), image.clone())).await;
    assert_eq!(got.items()[0]["size"], "64x48");
    assert_eq!(got.last()["tool_usage"]["image_gen"]["total_tokens"], 1068);
    let free = Door::of("free@example.test").await;
    let got = free.post(&with(ask("a cat"), image)).await;
    assert_eq!(got.said(), "You said: a cat");
}

#[tokio::test]
async fn files_and_pictures_are_described() {
    let door = Door::open().await;
    let input = json!([{"role": "user", "content": [
        {"type": "input_text", "text": "look"},
        {"type": "input_image", "image_url": "https://example.test/a.png"},
        {"type": "input_file", "filename": "notes.txt", "file_data": "data:text/plain;base64,aGVsbG8="},
    ]}]);
    let said = door
        .post(&with(ask(""), json!({ "input": input })))
        .await
        .said();
    assert_eq!(
        said,
        "You said: look I see an image at https://example.test/a.png. I read the file notes.txt, 5 bytes."
    );
}

#[tokio::test]
async fn the_cache_needs_a_stable_session() {
    let door = Door::open().await;
    let long = with(ask("hi"), json!({"instructions": "be kind ".repeat(1000)}));
    let cached = async |session: &str| {
        let got = door.post_with(&long, &[("session-id", session)]).await;
        got.last()["usage"]["input_tokens_details"]["cached_tokens"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(cached("one").await, 0);
    assert!(cached("one").await >= 1024);
    assert_eq!(cached("two").await, 0);
    assert_eq!(cached("").await, 0);
    assert_eq!(cached("").await, 0);
}

#[tokio::test]
async fn too_much_is_too_much() {
    let door = Door::open().await;
    let spark = json!({"model": "gpt-5.3-codex-spark", "instructions": "x".repeat(4 * 128_001)});
    let got = door.post(&with(ask("hi"), spark)).await;
    assert_eq!(got.last()["error"]["code"], "context_length_exceeded");
}
