use super::*;

fn text(text: &str, by: Author) -> PolicyText {
    PolicyText {
        from: "/etc/codex/some.toml".into(),
        text: Ok(text.into()),
        by,
    }
}

fn policy(requirements: &str, config: &str) -> Policy {
    Policy::read(&PolicyTexts {
        requirements: vec![text(requirements, Author::Machine)],
        config: vec![text(config, Author::Machine)],
    })
}

fn sentence(outcome: Result<(), Fault>) -> Option<String> {
    outcome.err().map(|fault| fault.to_string())
}

const CHATGPT_OFF: &str = "ChatGPT login is disabled. Use API key login instead.";
const TOKEN_OFF: &str = "Access token login is disabled. Use API key login instead.";
const API_OFF: &str = "API key login is disabled. Use ChatGPT login instead.";

/// Requirements, configuration, and what the three commands say.
#[test]
fn sign_in_methods_are_allowed_only_where_both_sides_allow_them() {
    let rows: &[(&str, &str, [Option<&str>; 3])] = &[
        ("", "", [None, None, None]),
        (
            r#"allowed_login_methods = ["chatgpt", "api"]"#,
            "",
            [None, None, None],
        ),
        (
            r#"allowed_login_methods = ["api"]"#,
            "",
            [Some(CHATGPT_OFF), Some(TOKEN_OFF), None],
        ),
        (
            r#"allowed_login_methods = ["chatgpt"]"#,
            "",
            [None, None, Some(API_OFF)],
        ),
        (
            "",
            r#"forced_login_method = "api""#,
            [Some(CHATGPT_OFF), Some(TOKEN_OFF), None],
        ),
        (
            "",
            r#"forced_login_method = "chatgpt""#,
            [None, None, Some(API_OFF)],
        ),
        (
            "allowed_chatgpt_workspaces = []",
            "",
            [Some(CHATGPT_OFF), Some(TOKEN_OFF), None],
        ),
        ("", "forced_chatgpt_workspace_id = []", [None, None, None]),
        // Forced keys in the requirements, and the other way round, say nothing.
        (r#"forced_login_method = "api""#, "", [None, None, None]),
        ("", r#"allowed_login_methods = ["api"]"#, [None, None, None]),
        ("allowed_login_methods = []", "", [Some(NOTHING_LEFT); 3]),
        (
            r#"allowed_login_methods = ["chatgpt"]"#,
            r#"forced_login_method = "api""#,
            [Some(NOTHING_LEFT); 3],
        ),
    ];
    for (requirements, config, expected) in rows {
        let policy = policy(requirements, config);
        let said = [Kind::ChatGpt, Kind::AccessToken, Kind::ApiKey]
            .map(|kind| sentence(policy.permits(kind)));
        assert_eq!(
            said.each_ref().map(Option::as_deref),
            *expected,
            "{requirements} | {config}"
        );
    }
}

#[test]
fn enforce_login_restrictions_puts_a_credential_of_the_wrong_kind_away() {
    let api_only = policy(r#"allowed_login_methods = ["api"]"#, "");
    for kind in [Kind::ChatGpt, Kind::AccessToken, Kind::CodexCli] {
        assert_eq!(
            sentence(api_only.admits(kind, Some("acct-1"))).unwrap(),
            "API key login is required, but ChatGPT is currently being used. Logging out."
        );
    }
    assert!(api_only.admits(Kind::ApiKey, None).is_ok());
    let plan_only = policy("", r#"forced_login_method = "chatgpt""#);
    assert_eq!(
        sentence(plan_only.admits(Kind::ApiKey, None)).unwrap(),
        "ChatGPT login is required, but an API key is currently being used. Logging out."
    );
    assert!(plan_only.admits(Kind::AccessToken, Some("acct-1")).is_ok());
}

#[test]
fn enforce_login_restrictions_looks_at_the_workspace() {
    let policy = policy("", r#"forced_chatgpt_workspace_id = "other""#);
    assert_eq!(
        sentence(policy.admits(Kind::ChatGpt, Some("acct-1"))).unwrap(),
        "Login is restricted to workspace(s) other, but current credentials belong to acct-1. Logging out."
    );
    assert_eq!(
        sentence(policy.admits(Kind::ChatGpt, None)).unwrap(),
        "Login is restricted to workspace(s) other, but current credentials lack a workspace identifier. Logging out."
    );
    assert!(policy.admits(Kind::ChatGpt, Some("other")).is_ok());
    assert!(
        policy.admits(Kind::ApiKey, None).is_ok(),
        "an API key belongs to no workspace"
    );
    assert!(policy.admits_kind(Kind::AccessToken).is_ok());
}

#[test]
fn a_finished_sign_in_must_belong_to_an_allowed_workspace() {
    let policy = policy(r#"allowed_chatgpt_workspaces = ["A", "B"]"#, "");
    for stranger in [Some("C"), None] {
        assert_eq!(
            sentence(policy.accepts(stranger)).unwrap(),
            "Login is restricted to workspace id(s) A, B."
        );
    }
    assert!(policy.accepts(Some("B")).is_ok());
    assert_eq!(policy.workspace_parameter().as_deref(), Some("A,B"));
    assert_eq!(Policy::open().workspace_parameter(), None);
}

#[test]
fn workspaces_of_both_sides_are_intersected() {
    let both = policy(
        r#"allowed_chatgpt_workspaces = ["A", "B"]"#,
        r#"forced_chatgpt_workspace_id = ["B", "C"]"#,
    );
    assert_eq!(both.workspace_parameter().as_deref(), Some("B"));
    let none = policy(
        r#"allowed_chatgpt_workspaces = ["A"]"#,
        r#"forced_chatgpt_workspace_id = "B""#,
    );
    assert_eq!(
        sentence(none.permits(Kind::ChatGpt)).as_deref(),
        Some(CHATGPT_OFF)
    );
}

#[test]
fn a_later_configuration_file_wins_key_by_key() {
    let policy = Policy::read(&PolicyTexts {
        requirements: Vec::new(),
        config: vec![
            text(
                "forced_login_method = \"chatgpt\"\nforced_chatgpt_workspace_id = \"A\"",
                Author::Machine,
            ),
            text(r#"forced_chatgpt_workspace_id = "B""#, Author::Person),
            text(r#"forced_login_method = "api""#, Author::Machine),
        ],
    });
    assert_eq!(
        sentence(policy.permits(Kind::ChatGpt)).as_deref(),
        Some(CHATGPT_OFF)
    );
    assert_eq!(policy.workspace_parameter().as_deref(), Some("B"));
}

#[test]
fn residency_is_enforced_where_required() {
    assert_eq!(
        policy(r#"enforce_residency = "us""#, "").residency(),
        Some("us")
    );
    assert_eq!(policy("", r#"enforce_residency = "us""#).residency(), None);
}

#[test]
fn a_rule_of_the_machine_that_cannot_be_read_allows_nothing() {
    for broken in [
        "allowed_login_methods = \"chatgpt",
        r#"allowed_login_methods = ["carrier pigeon"]"#,
        r#"enforce_residency = "atlantis""#,
        r#"allowed_chatgpt_workspaces = "A""#,
    ] {
        let policy = policy(broken, "");
        let said = sentence(policy.permits(Kind::ApiKey)).unwrap();
        assert!(
            said.starts_with(
                "the rules of this machine in `/etc/codex/some.toml` cannot be read: "
            ),
            "{said}"
        );
        assert!(policy.admits(Kind::ChatGpt, Some("A")).is_err());
    }
}

#[test]
fn a_comma_string_of_workspaces_is_refused() {
    let policy = policy("", r#"forced_chatgpt_workspace_id = "A,B""#);
    assert!(policy.permits(Kind::ChatGpt).is_err());
}

#[test]
fn a_broken_file_of_the_person_says_nothing() {
    let policy = Policy::read(&PolicyTexts {
        requirements: Vec::new(),
        config: vec![text("not = [toml", Author::Person)],
    });
    assert_eq!(policy, Policy::open());
}

#[test]
fn a_managed_preference_is_base64_of_toml() {
    // allowed_login_methods = ["api"]
    let packed = "YWxsb3dlZF9sb2dpbl9tZXRob2RzID0gWyJhcGki\nXQ==";
    let policy = Policy::read(&PolicyTexts {
        requirements: vec![PolicyText::managed_preference(
            "requirements_toml_base64",
            packed,
        )],
        config: Vec::new(),
    });
    assert_eq!(
        sentence(policy.permits(Kind::ChatGpt)).as_deref(),
        Some(CHATGPT_OFF)
    );
    let broken = PolicyText::managed_preference("requirements_toml_base64", "***");
    assert!(broken.text.is_err());
}

mod where_the_files_are {
    use std::path::Path;

    use crate::policy::places::{Places, System};

    fn shown(places: &Places) -> (Vec<String>, Vec<String>) {
        let text = |path: &Path| path.display().to_string().replace('\\', "/");
        (
            places.requirements.iter().map(|path| text(path)).collect(),
            places.config.iter().map(|(path, _)| text(path)).collect(),
        )
    }

    #[test]
    fn on_unix() {
        let places = Places::of(System::Unix, Some(Path::new("/home/a/.codex")), None);
        let (requirements, config) = shown(&places);
        assert_eq!(requirements, ["/etc/codex/requirements.toml"]);
        assert_eq!(
            config,
            [
                "/etc/codex/config.toml",
                "/home/a/.codex/config.toml",
                "/etc/codex/managed_config.toml"
            ]
        );
    }

    #[test]
    fn on_windows() {
        let places = Places::of(System::Windows, None, Some(Path::new("C:/ProgramData")));
        let (requirements, config) = shown(&places);
        assert_eq!(
            requirements,
            ["C:/ProgramData/OpenAI/Codex/requirements.toml"]
        );
        assert_eq!(config, ["C:/ProgramData/OpenAI/Codex/config.toml"]);
        assert_eq!(
            shown(&Places::of(System::Windows, None, None)),
            (vec![], vec![])
        );
    }

    #[test]
    fn files_that_are_there_are_read_and_others_are_not_missed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("config.toml"),
            "forced_login_method = \"api\"",
        )
        .unwrap();
        let places = Places {
            requirements: vec![folder.path().join("requirements.toml")],
            config: vec![(
                folder.path().join("config.toml"),
                crate::policy::Author::Person,
            )],
        };
        let texts = places.read();
        assert_eq!((texts.requirements.len(), texts.config.len()), (0, 1));
        assert!(
            crate::Policy::read(&texts)
                .permits(crate::Kind::ChatGpt)
                .is_err()
        );
    }
}
