//! Settings that somebody else wrote, or talked a person into.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::desk::{Desk, Ended};

fn postern(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command
        .env_clear()
        .env("HOME", home)
        .arg("--home")
        .arg(home)
        .args(["--vault", "plain"])
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Puts something at the place of the settings.
type Write = Box<dyn FnOnce(&Path)>;

/// What becomes of a start with whatever `write` puts at the place of the settings.
async fn started(write: impl FnOnce(&Path)) -> Ended {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("config.toml"));
    Desk::ended(postern(home.path(), &["status"]), "").await
}

/// What a file with this text comes to.
async fn check(text: &str, says: &str) {
    let ended = started(|file| std::fs::write(file, text).unwrap()).await;
    let brief: String = text.chars().take(60).collect();
    assert_eq!(ended.code, Some(6), "{brief:?}: {:.400}", ended.err);
    assert!(ended.err.contains(says), "{brief:?}: {:.400}", ended.err);
    let is_obeyed = |c: char| c.is_control() && c != '\n';
    assert!(!ended.err.contains(is_obeyed), "{brief:?}: {:?}", ended.err);
}

#[tokio::test]
async fn bad_settings_are_named_and_never_in_force() {
    for (text, says) in BAD {
        check(text, says).await;
    }
}

/// Text that would cost a careless reader its stack, its memory or its time.
#[tokio::test]
async fn no_settings_file_is_too_much() {
    let many: String = (0..2_000).map(|n| format!("k{n} = 1\n")).collect();
    for (text, says) in [
        (format!("port = {}", "[".repeat(200_000)), "line 1"),
        (
            vec!["a"; 100_000].join(".") + " = 1",
            "the settings are wrong",
        ),
        ("[a.b]\n".repeat(2), "line 2"),
        (format!("#{}\n", "x".repeat(2 << 20)), "larger than 1 MiB"),
        (many, "is not a setting"),
    ] {
        check(&text, says).await;
    }
}

#[tokio::test]
async fn what_is_no_settings_file_is_not_read_as_one() {
    let made = |file: &Path, words: [&str; 1]| {
        let made = Command::new(words[0]).arg(file).status().unwrap();
        assert!(made.success());
    };
    let rows: [(&str, Write); 5] = [
        (
            "it is no file",
            Box::new(|file| std::fs::create_dir(file).unwrap()),
        ),
        // Waits for a writer who never comes.
        (
            "it is no file",
            Box::new(move |file| made(file, ["mkfifo"])),
        ),
        // Has no end.
        (
            "it is no file",
            Box::new(|file| symlink("/dev/zero", file).unwrap()),
        ),
        (
            "cannot be",
            Box::new(|file| symlink("/nonexistent/x", file).unwrap()),
        ),
        (
            "everybody on this computer may write it",
            Box::new(|file| {
                std::fs::write(file, "port = 1\n").unwrap();
                let all = std::fs::Permissions::from_mode(0o666);
                std::fs::set_permissions(file, all).unwrap();
            }),
        ),
    ];
    for (says, write) in rows {
        let ended = started(write).await;
        assert_eq!(ended.code, Some(6), "{says}: {ended:?}");
        assert!(ended.err.contains(says), "{says}: {ended:?}");
    }
}

/// Somebody may have talked the person into it.
#[tokio::test]
async fn whoever_is_asked_in_place_of_chatgpt_is_named() {
    let pasted = "upstream = \"https://chatgpt.evil.example/backend-api\"\n";
    let ended = started(|file| std::fs::write(file, pasted).unwrap()).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warned = ended
        .err
        .contains("https://chatgpt.evil.example/backend-api in place of");
    assert!(warned, "{ended:?}");
    let ended = started(|file| std::fs::write(file, "port = 0\n").unwrap()).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
}

/// A request would go round until the machine is full.
#[tokio::test]
async fn nobody_is_made_to_ask_himself() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    drop(held);
    for host in ["127.0.0.1", "localhost", "127.8.8.8", "[::1]", "0x7f000001"] {
        let home = tempfile::tempdir().unwrap();
        let upstream = format!("http://{host}:{port}/backend-api");
        let words = ["--upstream", &upstream, "serve", "--port", &port];
        let ended = Desk::ended(postern(home.path(), &words), "").await;
        assert!(!ended.out.contains("listens"), "{host}: {ended:?}");
        assert_eq!(ended.code, Some(6), "{host}: {ended:?}");
    }
}

/// Each with a part of what is said.
const BAD: &[(&str, &str)] = &[
    ("port = 1\0", "line 1"),
    ("port = \"\u{1b}[2J\"", "line 1"),
    ("port = \"\\u001b[2J\"", "`port`"),
    ("\u{1b}[2J = 1", "line 1"),
    ("\"a\\u001b[2J\" = 1", "is not a setting"),
    ("port = -1", "`port`"),
    ("port = 65536", "`port`"),
    ("port = 99999999999999999999", "line 1"),
    ("port = 1e3", "`port`"),
    ("max_body_mib = 9223372036854775807", "`max_body_mib`"),
    ("log_max_mib = 9223372036854775807", "`log_max_mib`"),
    ("log_keep_days = 9223372036854775807", "`log_keep_days`"),
    ("drain_secs = 601", "`drain_secs`"),
    ("listen = \"0.0.0.0\"", "`listen`"),
    ("listen = \"::\"", "`listen`"),
    ("upstream = \"file:///etc/passwd\"", "`upstream`"),
    ("issuer = \"http://192.168.0.1/\"", "`issuer`"),
    ("allowed_origins = [\"*\"]", "`allowed_origins`"),
    ("allowed_origins = [\"null\"]", "`allowed_origins`"),
    ("allowed_hosts = [\"*.example\"]", "`allowed_hosts`"),
    ("user_agent = \"a\\r\\nx: y\"", "`user_agent`"),
    ("originator = \"a b\"", "`originator`"),
    (
        "store_keep_days = -9223372036854775808",
        "`store_keep_days`",
    ),
    (
        "upstream = \"http://evil.example/backend-api\"",
        "`upstream`",
    ),
    (
        "upstream = \"http://localhost.evil.example/\"",
        "`upstream`",
    ),
    (
        "upstream = \"https://user:pass@evil.example/\"",
        "`upstream`",
    ),
    (
        "platform_base = \"http://[::ffff:8.8.8.8]/\"",
        "`platform_base`",
    ),
    (
        "http_proxy = \"http://me:secret@proxy.example\"",
        "`http_proxy`",
    ),
];
