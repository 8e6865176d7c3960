use serde_json::json;

use super::*;

const BASE: &str = "https://chatgpt.com/backend-api";

fn base() -> Url {
    Url::parse(BASE).unwrap()
}

#[test]
fn accepted_combinations() {
    for (origin, routing, base_after, header) in [
        ("NO_CONSTRAINT", "NO_CONSTRAINT", BASE, None),
        (
            "https://gov.chatgpt.com",
            "us_cr",
            "https://gov.chatgpt.com/backend-api",
            Some("us_cr"),
        ),
        (
            "https://gov.chatgpt.com/",
            "us",
            "https://gov.chatgpt.com/backend-api",
            Some("us"),
        ),
        (
            "https://gov.chatgpt.com:8443",
            "NO_CONSTRAINT",
            "https://gov.chatgpt.com:8443/backend-api",
            None,
        ),
        ("NO_CONSTRAINT", "us", BASE, Some("us")),
    ] {
        assert_eq!(routed(&base(), origin).unwrap().as_str(), base_after);
        assert_eq!(routing_override(routing).unwrap().as_deref(), header);
    }
}

#[test]
fn an_origin_that_is_not_a_bare_https_origin_is_refused() {
    for origin in [
        "http://gov.chatgpt.com",
        "http://127.0.0.1:8080",
        "https://gov.chatgpt.com/path",
        "https://gov.chatgpt.com?query=1",
        "https://gov.chatgpt.com#part",
        "https://user@gov.chatgpt.com",
        "https://user:pass@gov.chatgpt.com",
        "ftp://gov.chatgpt.com",
        "gov.chatgpt.com",
        "no_constraint",
        "",
    ] {
        assert!(routed(&base(), origin).is_err(), "{origin}");
    }
}

#[test]
fn a_backend_on_this_computer_may_send_to_this_computer() {
    let here = Url::parse("http://127.0.0.1:9/backend-api").unwrap();
    assert_eq!(
        routed(&here, "http://localhost:10").unwrap().as_str(),
        "http://localhost:10/backend-api"
    );
    assert!(routed(&here, "http://gov.chatgpt.com").is_err());
}

#[test]
fn an_unknown_override_is_refused() {
    for value in ["eu", "US", "", "us "] {
        assert!(routing_override(value).is_err(), "{value}");
    }
}

fn entry(id: &str) -> Value {
    json!({"id": id, "workspace_backend_origin": "NO_CONSTRAINT", "account_routing_override": "us", "name": "Home"})
}

#[track_caller]
fn check(accounts: &Value, expected: Result<&str, &str>) {
    let body = json!({"accounts": accounts}).to_string();
    let found = select(body.as_bytes(), "acct");
    assert_eq!(
        found.as_ref().map(|entry| entry.routing_override.as_str()),
        expected.as_ref().map(|it| *it)
    );
}

#[test]
fn exactly_one_entry_must_name_the_account() {
    check(&json!([entry("other"), entry("acct")]), Ok("us"));
    check(
        &json!({"acct": {"workspace_backend_origin": "NO_CONSTRAINT", "account_routing_override": "us"}}),
        Ok("us"),
    );
    check(&json!({"x": entry("acct"), "y": entry("other")}), Ok("us"));
    let inner = json!({"account_id": "acct", "workspace_backend_origin": "NO_CONSTRAINT", "account_routing_override": "us"});
    check(&json!({"x": {"account": inner}}), Ok("us"));
    check(
        &json!([entry("other")]),
        Err("the answer does not name this account"),
    );
    check(&json!([]), Err("the answer does not name this account"));
    check(
        &json!([entry("acct"), entry("acct")]),
        Err("the answer names this account more than once"),
    );
    check(&json!("acct"), Err("the answer lists no accounts"));
    assert_eq!(select(b"<html>", "acct"), Err("the answer is not JSON"));
}

#[test]
fn missing_fields_are_refused() {
    for missing in ["workspace_backend_origin", "account_routing_override"] {
        for value in [None, Some(json!(null)), Some(json!("")), Some(json!(7))] {
            let mut broken = entry("acct");
            let fields = broken.as_object_mut().unwrap();
            fields.remove(missing);
            if let Some(value) = value {
                fields.insert(missing.into(), value);
            }
            let body = json!({"accounts": [broken]}).to_string();
            assert!(select(body.as_bytes(), "acct").is_err());
        }
    }
}
