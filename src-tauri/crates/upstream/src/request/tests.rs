use wire::responses::Request;

use super::*;
use crate::Lane;

fn credential() -> Credential {
    Credential {
        bearer: Secret::new("token"),
        account_id: Some("acct".into()),
        fedramp: false,
        base: Url::parse("https://chatgpt.com/backend-api/").unwrap(),
        routing_override: None,
        residency: None,
        platform: false,
    }
}

fn ask() -> Ask {
    Ask {
        request: Request {
            model: "m".into(),
            instructions: Some(String::new()),
            ..Request::default()
        },
        lane: Lane {
            session_id: "s-1".into(),
            thread_id: "t-1".into(),
        },
        lite: false,
        passed_headers: HeaderMap::new(),
    }
}

fn config() -> Config {
    Config {
        user_agent: "postern/0 (test; none)".into(),
        ..Config::default()
    }
}

/// Method and address, then the headers, one a line.
fn golden(request: &reqwest::Request) -> Vec<String> {
    let mut lines: Vec<String> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort_unstable();
    lines.insert(0, format!("{} {}", request.method(), request.url()));
    lines
}

#[test]
fn the_least_request_says_this_and_nothing_else() {
    let request = responses(&ask(), &credential(), &config()).unwrap();
    assert_eq!(
        golden(&request),
        [
            "POST https://chatgpt.com/backend-api/codex/responses",
            "accept: text/event-stream",
            "authorization: Bearer token",
            "chatgpt-account-id: acct",
            "content-type: application/json",
            "originator: postern",
            "session-id: s-1",
            "thread-id: t-1",
            "user-agent: postern/0 (test; none)",
            "x-client-request-id: t-1",
        ]
    );
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    assert!(!format!("{request:?}").contains("token"));
}

#[test]
fn a_workspace_and_a_real_codex_add_theirs() {
    let mut ask = ask();
    ask.lite = true;
    for name in FROM_CODEX {
        ask.passed_headers
            .insert(name, HeaderValue::from_static("c"));
    }
    let credential = Credential {
        fedramp: true,
        routing_override: Some("us_cr".into()),
        residency: Some("us".into()),
        ..credential()
    };
    assert_eq!(
        golden(&responses(&ask, &credential, &config()).unwrap()),
        [
            "POST https://chatgpt.com/backend-api/codex/responses",
            "accept: text/event-stream",
            "authorization: Bearer token",
            "chatgpt-account-id: acct",
            "content-type: application/json",
            "originator: postern",
            "session-id: s-1",
            "thread-id: t-1",
            "user-agent: postern/0 (test; none)",
            "x-client-request-id: t-1",
            "x-codex-beta-features: c",
            "x-codex-installation-id: c",
            "x-codex-parent-thread-id: c",
            "x-codex-turn-metadata: c",
            "x-codex-turn-state: c",
            "x-codex-window-id: c",
            "x-openai-account-routing-override: us_cr",
            "x-openai-fedramp: true",
            "x-openai-internal-codex-residency: us",
            "x-openai-internal-codex-responses-lite: true",
            "x-openai-subagent: c",
        ]
    );
}

#[test]
fn nothing_else_a_client_said_goes_out() {
    let mut asked = ask();
    for name in [
        "authorization",
        "cookie",
        "user-agent",
        "host",
        "x-stainless-os",
        "anthropic-version",
        "x-api-key",
        "session-id",
        "originator",
        "openai-organization",
        "x-codex-new-thing",
        "connection",
        "content-encoding",
        "x-openai-internal-codex-responses-lite",
    ] {
        asked
            .passed_headers
            .insert(name, HeaderValue::from_static("leak"));
    }
    let plain = responses(&ask(), &credential(), &config()).unwrap();
    let leaky = responses(&asked, &credential(), &config()).unwrap();
    assert_eq!(golden(&leaky), golden(&plain));
}

#[test]
fn the_platform_gets_the_key_and_nothing_of_the_plan() {
    let mut ask = ask();
    ask.passed_headers
        .insert("x-codex-turn-state", HeaderValue::from_static("c"));
    let credential = Credential {
        base: Url::parse("https://api.openai.com/v1").unwrap(),
        account_id: None,
        platform: true,
        ..credential()
    };
    let request = responses(&ask, &credential, &config()).unwrap();
    assert_eq!(
        golden(&request),
        [
            "POST https://api.openai.com/v1/responses",
            "accept: text/event-stream",
            "authorization: Bearer token",
            "content-type: application/json",
            "user-agent: postern/0 (test; none)",
        ]
    );
    assert_eq!(
        golden(&models(&credential, &config()).unwrap())[0],
        "GET https://api.openai.com/v1/models"
    );
}

#[test]
fn the_pages_beside_the_answers() {
    let credential = Credential {
        fedramp: true,
        routing_override: Some("us".into()),
        ..credential()
    };
    assert_eq!(
        golden(&models(&credential, &config()).unwrap()),
        [
            "GET https://chatgpt.com/backend-api/codex/models?client_version=1.0.0",
            "accept: application/json",
            "authorization: Bearer token",
            "chatgpt-account-id: acct",
            "originator: postern",
            "user-agent: postern/0 (test; none)",
            "x-openai-account-routing-override: us",
            "x-openai-fedramp: true",
        ]
    );
    assert_eq!(
        golden(&usage(&credential, &config()).unwrap()),
        [
            "GET https://chatgpt.com/backend-api/wham/usage",
            "accept: application/json",
            "authorization: Bearer token",
            "chatgpt-account-id: acct",
            "user-agent: postern/0 (test; none)",
            "x-openai-fedramp: true",
        ]
    );
}

#[test]
fn a_token_leaves_this_machine_only_over_https() {
    for (base, sent) in [
        ("https://chatgpt.com/backend-api", true),
        ("http://127.0.0.1:9/backend-api", true),
        ("http://localhost:9", true),
        ("http://chatgpt.com/backend-api", false),
        ("http://192.168.0.1/backend-api", false),
    ] {
        let credential = Credential {
            base: Url::parse(base).unwrap(),
            ..credential()
        };
        let request = responses(&ask(), &credential, &config());
        assert_eq!(request.is_ok(), sent, "{base}");
    }
}

#[test]
fn a_value_that_is_no_header_is_a_fault_and_not_a_request() {
    let mut broken = ask();
    broken.lane.session_id = "a\r\nx: y".into();
    let fault = responses(&broken, &credential(), &config()).unwrap_err();
    assert!(matches!(fault, Fault::Internal(_)));
    let credential = Credential {
        bearer: Secret::new("a\nb"),
        ..credential()
    };
    let fault = responses(&ask(), &credential, &config()).unwrap_err();
    assert!(matches!(fault, Fault::SignedOut { .. }));
}
