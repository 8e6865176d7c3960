use super::*;

const STATE: &str = "q3v1JrX8k0sW4yTz";

fn read(query: &str) -> String {
    match Callback::read(query, &Secret::new(STATE)) {
        Callback::StateMismatch => "mismatch".into(),
        Callback::Refused(refusal) => refusal.fault().to_string(),
        Callback::MissingCode => "missing".into(),
        Callback::Code(code) => format!("code {}", code.reveal()),
    }
}

#[test]
fn the_state_comes_before_everything_else() {
    for (query, expected) in [
        (format!("code=abc&state={STATE}"), "code abc"),
        (
            format!("code=abc&state={STATE}.onboarding_entrypoint=life_sciences"),
            "code abc",
        ),
        (
            format!("code=abc&state={STATE}.onboarding_entrypoint%3Dlife_sciences"),
            "code abc",
        ),
        ("code=abc&state=wrong".into(), "mismatch"),
        ("code=abc".into(), "mismatch"),
        ("error=access_denied".into(), "mismatch"),
        ("error=access_denied&state=wrong".into(), "mismatch"),
        (
            format!("code=abc&state={STATE}.onboarding_entrypoint=other"),
            "mismatch",
        ),
        (
            format!(
                "code=abc&state={STATE}.onboarding_entrypoint=life_sciences.onboarding_entrypoint=life_sciences"
            ),
            "mismatch",
        ),
        (
            "code=abc&state=wrong.onboarding_entrypoint=life_sciences".into(),
            "mismatch",
        ),
        (format!("code=abc&state={STATE}x"), "mismatch"),
        (format!("code=abc&state={}", &STATE[1..]), "mismatch"),
        (format!("code=abc&state={STATE}&state=wrong"), "mismatch"),
        (format!("state={STATE}"), "missing"),
        (format!("code=&state={STATE}"), "missing"),
        (format!("code=a&code=b&state={STATE}"), "missing"),
        (String::new(), "mismatch"),
    ] {
        assert_eq!(read(&query), expected, "{query}");
    }
}

#[test]
fn refusals_are_told_in_the_contracts_words() {
    for (query, expected) in [
        (
            "error=access_denied&error_description=Missing_Codex_Entitlement+for+you",
            NO_ENTITLEMENT,
        ),
        (
            "error=access_denied&error_description=the+person+said+no",
            "Sign-in failed: the person said no",
        ),
        (
            "error=server_error&error_description=missing_codex_entitlement",
            "Sign-in failed: missing_codex_entitlement",
        ),
        ("error=server_error", "Sign-in failed: server_error"),
        (
            "error=server_error&error_description=&code=abc",
            "Sign-in failed: server_error",
        ),
    ] {
        assert_eq!(read(&format!("{query}&state={STATE}")), expected);
    }
}

#[test]
fn what_is_pasted_may_be_more_or_less_than_an_address() {
    for (pasted, expected) in [
        (
            "http://127.0.0.1:1455/auth/callback?code=a&state=b",
            Some("code=a&state=b"),
        ),
        (
            "  http://localhost:1455/auth/callback?code=a&state=b#x \n",
            Some("code=a&state=b"),
        ),
        (
            "127.0.0.1:1455/auth/callback?state=b&code=a",
            Some("state=b&code=a"),
        ),
        (
            "\"http://127.0.0.1:1455/auth/callback?code=a&state=b\"",
            Some("code=a&state=b"),
        ),
        ("?code=a&state=b", Some("code=a&state=b")),
        ("code=a&state=b", Some("code=a&state=b")),
        (
            "error=access_denied&state=b",
            Some("error=access_denied&state=b"),
        ),
        ("code=a", None),
        ("http://127.0.0.1:1455/auth/callback", None),
        ("a", None),
        ("", None),
    ] {
        assert_eq!(pasted_query(pasted).ok(), expected, "{pasted}");
    }
}
