mod following;
mod keys;

use super::*;

#[track_caller]
fn good(toml: &str) -> Settings {
    Settings::check_text(toml).unwrap()
}

/// The problems of `toml`, one line each.
fn problems(toml: &str) -> Vec<String> {
    let found = Settings::check_text(toml).unwrap_err();
    found.iter().map(Problem::to_string).collect()
}

#[track_caller]
fn refused(toml: &str, wanted: &str) {
    assert_eq!(problems(toml), [wanted], "{toml}");
}

#[test]
fn nothing_written_means_the_defaults() {
    let url = |text| Url::parse(text).unwrap();
    let defaults = Settings {
        port: 7678,
        listen: IpAddr::from([127, 0, 0, 1]),
        issuer: url("https://auth.openai.com"),
        upstream: url("https://chatgpt.com/backend-api"),
        platform_base: url("https://api.openai.com/v1"),
        allowed_hosts: Vec::new(),
        allowed_origins: Vec::new(),
        default_instructions: String::new(),
        fetch_remote_images: false,
        chat_reasoning: ChatReasoning::ReasoningContent,
        keep_alive: Duration::from_secs(12),
        connect_timeout: Duration::from_secs(15),
        first_event_timeout: Duration::from_secs(300),
        idle_timeout: Duration::from_secs(300),
        drain: Duration::from_secs(10),
        max_body_bytes: 64 << 20,
        client_version: "1.0.0".to_owned(),
        originator: "postern".to_owned(),
        user_agent: None,
        extra_models: Vec::new(),
        http_proxy: None,
        log_max_bytes: 16 << 20,
        log_keep: Duration::from_secs(30 * 86_400),
        proxy_on_start: true,
        keep_running: false,
        keep_window: Duration::from_secs(300),
        language: Language::System,
        theme: Theme::System,
        notifications: vec![
            Notification::SignIn,
            Notification::Limit,
            Notification::Port,
        ],
        hide_email: false,
        vault: None,
        model_map: Vec::new(),
        store_by_default: true,
        store_max_bytes: 256 << 20,
        store_keep: Duration::from_secs(30 * 86_400),
        ollama: None,
        model_suffixes: Vec::new(),
    };
    assert_eq!(Settings::default(), defaults);
    assert_eq!(good(""), defaults);
    assert_eq!(good(&super::text::documented()), defaults);
}

#[test]
fn the_documented_file_shows_every_key_so_that_removing_the_mark_is_enough() {
    let text = super::text::documented();
    let lifted: String = text
        .lines()
        .filter_map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")))
        .map(|line| format!("{line}\n"))
        .collect();
    let settings = good(&lifted);
    assert_eq!(lifted.lines().count(), 39);
    assert_eq!(settings.vault, Some(VaultKind::Keyring));
    assert_eq!(settings.user_agent.as_deref(), Some("my-postern/1.0"));
    assert_eq!(
        settings.http_proxy.unwrap().as_str(),
        "http://127.0.0.1:3128/"
    );
}

#[test]
fn every_problem_is_reported_at_once_with_its_key() {
    let toml = "
        port = 70000
        listen = 7
        issuer = \"http://auth.example.test\"
        idle-timeout-secs = 3
        keep_alive_secs = 0
        allowed_origins = [\"https://good.test\", \"*\", \"https://a.test/path\"]
        colour = \"blue\"
        vault = \"cloud\"
        chat_reasoning = \"loud\"
    ";
    let mut found = problems(toml);
    found.sort();
    assert_eq!(
        found,
        [
            "`allowed_origins` entry 2 would let any page in",
            "`allowed_origins` entry 3 must end after the host and port",
            "`chat_reasoning` must be `reasoning_content`, `hidden` or `think_tags`",
            "`colour` is not a setting",
            "`idle-timeout-secs` is not a setting; did you mean `idle_timeout_secs`",
            "`issuer` must use https; http is for loopback only",
            "`keep_alive_secs` is 0, which is outside 1 to 300",
            "`listen` expected text in quotes",
            "`port` is 70000, which is outside 0 to 65535",
            "`vault` must be `keyring`, `passphrase`, `plain` or `session`",
        ]
    );
}

#[test]
fn no_number_is_large_enough_to_overflow() {
    let mebibytes = ["max_body_mib", "log_max_mib", "store_max_mib"];
    let times = ["log_keep_days", "store_keep_days", "keep_window_secs"];
    for key in mebibytes.into_iter().chain(times) {
        for number in [i64::MIN, i64::MAX] {
            let found = problems(&format!("{key} = {number}"));
            assert!(found[0].contains("which is outside"), "{found:?}");
        }
    }
}

#[test]
fn plain_http_is_for_loopback_only() {
    for host in ["127.0.0.1:9", "127.8.8.8", "[::1]:80", "localhost:3000"] {
        let settings = good(&format!(
            "issuer = \"http://{host}\"\nupstream = \"http://{host}/backend-api/\""
        ));
        assert!(settings.upstream.as_str().ends_with("/backend-api"));
    }
    let sentence = "must use https; http is for loopback only";
    for host in [
        "10.0.0.1",
        "localhost.evil.test",
        "127.0.0.1.nip.io",
        "[::2]",
        "0.0.0.0",
    ] {
        refused(
            &format!("upstream = \"http://{host}/x\""),
            &format!("`upstream` {sentence}"),
        );
    }
    refused(
        "issuer = \"ftp://127.0.0.1\"",
        "`issuer` must begin with https",
    );
    refused(
        "issuer = \"nowhere\"",
        "`issuer` is not an address: relative URL without a base",
    );
    refused(
        "issuer = \"https://a.test/?x=1\"",
        "`issuer` must end before any `?` or `#`",
    );
}

#[test]
fn hosts_and_origins_are_parsed_and_kept_as_browsers_send_them() {
    let settings = good(
        "allowed_hosts = [\"My-PC.local\", \"192.168.1.5\", \"[::1]\", \"my-pc.LOCAL\"]
         allowed_origins = [\"https://App.Example.test:443\", \"http://localhost:5173/\", \"app://obsidian.md\",
             \"chrome-extension://abcdef\", \"tauri://localhost\"]",
    );
    assert_eq!(
        settings.allowed_hosts,
        ["my-pc.local", "192.168.1.5", "[::1]"]
    );
    assert_eq!(
        settings.allowed_origins,
        [
            "https://app.example.test",
            "http://localhost:5173",
            "app://obsidian.md",
            "chrome-extension://abcdef",
            "tauri://localhost",
        ]
    );
    refused(
        "allowed_hosts = [\"a.test:80\"]",
        "`allowed_hosts` entry 1 is not a host name",
    );
    refused(
        "allowed_hosts = [\"*.test\"]",
        "`allowed_hosts` entry 1 must be one name; `*` would let any page in",
    );
    refused(
        "allowed_origins = [\"null\"]",
        "`allowed_origins` entry 1 would let any page in",
    );
    refused(
        "allowed_origins = [\"file:///x\"]",
        "`allowed_origins` entry 1 must end after the host and port",
    );
}

#[test]
fn ollama_has_a_door_of_its_own_where_it_is_wanted() {
    let door = |port, asks_key| Some(Ollama { port, asks_key });
    assert_eq!(good("ollama_port = 9\nollama_key = false").ollama, None);
    assert_eq!(good("ollama = true").ollama, door(11434, true));
    let keyless = "ollama = true\nollama_port = 0\nport = 0\nollama_key = false";
    assert_eq!(good(keyless).ollama, door(0, false));
    let wide = "ollama = true\nlisten = \"192.168.1.5\"";
    assert_eq!(good(wide).ollama, door(11434, true));
    refused(
        &format!("{wide}\nollama_key = false"),
        "`ollama_key` must be true where `listen` is not loopback",
    );
    refused(
        "ollama = true\nollama_port = 7678",
        "`ollama_port` must differ from `port`",
    );
    refused(
        "ollama_port = 70000",
        "`ollama_port` is 70000, which is outside 0 to 65535",
    );
}

#[test]
fn one_interface_may_be_named_but_not_all_of_them() {
    assert_eq!(good("listen = \"::1\"").listen.to_string(), "::1");
    assert_eq!(
        good("listen = \"192.168.1.5\"").listen.to_string(),
        "192.168.1.5"
    );
    for all in ["0.0.0.0", "::"] {
        refused(
            &format!("listen = \"{all}\""),
            "`listen` must name one interface's address, not all of them",
        );
    }
    refused("listen = \"localhost\"", "`listen` is not an IP address");
}

#[test]
fn what_goes_into_a_header_can_break_no_header() {
    for bad in ["a b", "", "a\\r\\nx: y", "ä"] {
        let told = problems(&format!("originator = \"{bad}\""));
        assert!(
            told[0].starts_with("`originator` must be 1 to 64"),
            "{told:?}"
        );
    }
    let told = problems("user_agent = \"x\\r\\ny\"");
    assert_eq!(
        told,
        ["`user_agent` must be 1 to 256 printable ASCII characters"]
    );
    assert_eq!(
        good("user_agent = \"me/1 (linux)\"").user_agent.as_deref(),
        Some("me/1 (linux)")
    );
}

#[test]
fn the_file_cannot_hold_a_secret_and_no_problem_quotes_one() {
    let token = "sk-proj-abcdefghijklmnopqrstuvwxyz";
    let rows = [
        format!("api_key = \"{token}\""),
        format!("default_instructions = \"{token}\""),
        format!("extra_models = [\"gpt-5\", \"{token}\"]"),
        format!("[account]\nrefresh = {{ value = \"{token}\" }}"),
        format!("colour = \"Bearer {token}\""),
        "passphrase = \"horse\"".to_owned(),
        "client_secret = 1".to_owned(),
        "user_agent = \"eyJhbGciOiJSUzI1NiIsInR5\"".to_owned(),
        "originator = \"at-0123456789abcdefghij\"".to_owned(),
    ];
    for row in rows {
        let told = problems(&row);
        assert_eq!(told.len(), 1, "{row}: {told:?}");
        assert!(
            told[0].ends_with(super::secrecy::NOT_HERE),
            "{row}: {told:?}"
        );
        assert!(
            !told[0].contains(token) && !told[0].contains("horse"),
            "{told:?}"
        );
    }
    for url in ["https://me:hunter2@a.test", "https://me@a.test"] {
        for key in ["issuer", "upstream", "http_proxy"] {
            refused(
                &format!("{key} = \"{url}\""),
                &format!("`{key}` must not hold a user name or a password"),
            );
        }
    }
    let told = problems("port = 1\ntoken = hunter2 oops");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("the settings file: line 2: ") && !told[0].contains("hunter2"),
        "{told:?}"
    );
}

#[test]
fn overrides_win_and_are_checked_too() {
    let over = Written {
        port: Some(0),
        issuer: Some("http://127.0.0.1:1".to_owned()),
        ..Written::default()
    };
    let settings = Settings::check_text_under("port = 9\ndrain_secs = 3", &over).unwrap();
    assert_eq!((settings.port, settings.drain.as_secs()), (0, 3));
    assert_eq!(settings.issuer.as_str(), "http://127.0.0.1:1/");
    let bad = Written {
        port: Some(-1),
        ..Written::default()
    };
    assert_eq!(Settings::check(&bad).unwrap_err()[0].key, "port");
}

#[test]
fn an_edit_keeps_comments_and_puts_a_new_key_where_it_is_documented() {
    let start = super::text::documented();
    let set = |text: &str, port: i64| {
        super::text::edited(text, |doc| doc["port"] = toml_edit::value(port)).unwrap()
    };
    let once = set(&start, 8000);
    assert_eq!(once, start.replace("# port = 7678", "port = 8000"));
    assert_eq!(
        set(&once, 9000),
        start.replace("# port = 7678", "port = 9000")
    );

    let own = "# mine\nport = 1 # why\n\n# end\n";
    assert_eq!(set(own, 2), own.replace('1', "2"));
    let added = super::text::edited(own, |doc| doc["drain_secs"] = toml_edit::value(5)).unwrap();
    assert!(
        added.contains("# mine") && added.contains("# end") && added.contains("drain_secs = 5")
    );
    assert_eq!(good(&added).drain.as_secs(), 5);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = Settings::check_text(&text);
    }

    #[test]
    fn no_value_makes_it_panic(key in 0..30_usize, value in "[^\"\\\\\\p{Cc}]{0,40}") {
        let key = super::written::KEYS[key].name;
        let _ = Settings::check_text(&format!("{key} = \"{value}\""));
        let _ = Settings::check_text(&format!("{key} = [\"{value}\"]"));
    }
}
