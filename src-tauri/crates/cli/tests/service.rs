//! `service` on Linux, with a `systemctl` that is scripted.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod systemctl;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use systemctl::{Desk, Ended};

fn json(ended: &Ended) -> serde_json::Value {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn an_installed_service_is_enabled_and_runs() {
    let desk = Desk::new();
    let ended = desk.run(&["service", "install"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("starts at login"), "{ended:?}");
    assert!(ended.err.contains("enable-linger"), "{ended:?}");
    assert_eq!(
        desk.calls(),
        [
            "show postern.service",
            "daemon-reload",
            "reset-failed postern.service",
            "enable --now postern.service",
            "show postern.service",
        ]
    );
    let mode = fs::metadata(desk.unit()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let text = fs::read_to_string(desk.unit()).unwrap();
    let home = desk.home.path().display();
    let program = env!("CARGO_BIN_EXE_postern");
    let start = format!("\nExecStart={program} serve --home {home} --vault plain\n");
    assert!(text.contains(&start), "{text}");
    assert_eq!(desk.beside_the_unit(), ["postern.service"]);
}

#[test]
fn installing_twice_replaces_and_restarts() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["service", "install"]).code, Some(0));
    desk.calls();
    let again = desk.run(&["service", "install", "--issuer", "http://127.0.0.1:9"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let calls = desk.calls();
    assert_eq!(
        calls[calls.len() - 3..],
        [
            "enable --now postern.service",
            "restart postern.service",
            "show postern.service"
        ]
    );
    let text = fs::read_to_string(desk.unit()).unwrap();
    assert!(text.contains("--issuer http://127.0.0.1:9\n"), "{text}");
}

#[test]
fn what_somebody_else_wrote_is_neither_replaced_nor_removed() {
    let desk = Desk::new();
    fs::create_dir_all(desk.unit().parent().unwrap()).unwrap();
    fs::write(desk.unit(), "[Service]\nExecStart=/mine\n").unwrap();
    for word in ["install", "remove"] {
        let ended = desk.run(&["service", word]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(
            ended.err.contains(desk.unit().to_str().unwrap()),
            "{ended:?}"
        );
    }
    assert!(desk.calls().iter().all(|call| call.starts_with("show")));
    let text = fs::read_to_string(desk.unit()).unwrap();
    assert_eq!(text, "[Service]\nExecStart=/mine\n");
    let status = json(&desk.run(&["service", "status", "--json"]));
    assert_eq!(status["installed"], false);
    assert!(
        status["problem"]
            .as_str()
            .unwrap()
            .contains("did not write"),
        "{status}"
    );
}

/// A masked unit is a link to nowhere.
#[test]
fn a_masked_unit_is_somebody_s_too() {
    let desk = Desk::new();
    fs::create_dir_all(desk.unit().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/null", desk.unit()).unwrap();
    assert_eq!(desk.run(&["service", "install"]).code, Some(1));
    assert!(desk.unit().is_symlink());
}

#[test]
fn without_a_systemd_of_ones_own_nothing_is_left() {
    let rows = [
        (
            "Failed to connect to bus: No medium found",
            "systemd runs nothing for you in this session",
        ),
        (
            "Failed to connect to user scope bus via local transport: Permission denied",
            "systemd runs nothing for you in this session",
        ),
        (
            "System has not been booted with systemd as init system (PID 1). Can't operate.",
            "systemd does not run here",
        ),
    ];
    for (said, told) in rows {
        let desk = Desk::new();
        desk.script("complaint", said);
        let ended = desk.run(&["service", "install"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(told), "{ended:?}");
        assert_eq!(ended.err.matches("hint: ").count(), 1, "{ended:?}");
        assert!(!desk.unit().exists());
        let status = json(&desk.run(&["service", "status", "--json"]));
        assert_eq!(status["running"], serde_json::Value::Null, "{status}");
        assert!(
            status["problem"].as_str().unwrap().contains(told),
            "{status}"
        );
        let removed = desk.run(&["service", "remove"]);
        assert_eq!(removed.code, Some(0), "{removed:?}");
    }
}

#[test]
fn without_systemctl_nothing_is_left() {
    let desk = Desk::new();
    fs::remove_file(desk.systemctl()).unwrap();
    let ended = desk.run(&["service", "install"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains("`systemctl` cannot be started"),
        "{ended:?}"
    );
    assert!(ended.err.contains("\nhint: "), "{ended:?}");
    assert!(!desk.unit().exists());
}

#[test]
fn a_first_installation_that_fails_leaves_nothing() {
    let desk = Desk::new();
    desk.script("refuse-enable", "Job for postern.service failed.");
    let ended = desk.run(&["service", "install"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains("Job for postern.service failed."),
        "{ended:?}"
    );
    assert_eq!(desk.beside_the_unit(), Vec::<String>::new());
    let calls = desk.calls();
    assert_eq!(
        calls[calls.len() - 2..],
        ["disable --now postern.service", "daemon-reload"]
    );
}

/// What systemctl says of a failed start is where to read more; what the service said is better.
#[test]
fn why_a_start_failed_is_told() {
    let rows = [
        (
            "failed",
            "the service does not start: it ended with exit code 5: the port is taken",
        ),
        (
            "activating",
            "the service does not start: it ended with exit code 5",
        ),
        ("inactive", "failed: Job for postern.service failed."),
    ];
    for (active, told) in rows {
        let desk = Desk::new();
        desk.script("refuse-enable", "Job for postern.service failed.");
        desk.script("active", active);
        let ended = desk.run(&["service", "install"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(told), "{active}: {ended:?}");
    }
}

#[test]
fn a_later_installation_that_fails_keeps_the_one_before() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["service", "install"]).code, Some(0));
    let before = fs::read_to_string(desk.unit()).unwrap();
    desk.calls();
    desk.script("refuse-restart", "Job for postern.service failed.");
    let ended = desk.run(&["service", "install", "--issuer", "http://127.0.0.1:9"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(fs::read_to_string(desk.unit()).unwrap(), before);
    let calls = desk.calls();
    assert_eq!(
        calls[calls.len() - 2..],
        ["restart postern.service", "show postern.service"]
    );
    assert!(
        !calls.iter().any(|call| call.starts_with("disable")),
        "{calls:?}"
    );
}

#[test]
fn a_server_that_runs_by_hand_is_in_the_way() {
    let desk = Desk::new();
    let (server, address) = desk.serve(&[]);
    let ended = desk.run(&["service", "install"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.err.contains(&address), "{ended:?}");
    assert!(ended.err.contains("\nhint: end that server"), "{ended:?}");
    assert!(!desk.unit().exists());
    drop(server);
}

#[test]
fn the_service_s_own_server_is_not_in_the_way() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["service", "install"]).code, Some(0));
    let (server, address) = desk.serve(&[]);
    // Another process than the one that systemd minds.
    desk.script("pid", "1");
    assert_eq!(desk.run(&["service", "install"]).code, Some(5));
    desk.script("pid", &server.pid());
    let again = desk.run(&["service", "install"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.out.contains(&address), "{again:?}");
}

/// systemd waits for this word, and so a start that fails is known to have failed.
#[test]
fn serve_tells_systemd_when_it_listens() {
    let desk = Desk::new();
    let socket = desk.home.path().join("notify");
    let heard = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    let (_server, address) = desk.serve(&[("NOTIFY_SOCKET", socket.to_str().unwrap())]);
    let mut words = [0; 256];
    let length = heard.recv(&mut words).unwrap();
    let words = std::str::from_utf8(&words[..length]).unwrap();
    assert_eq!(words, format!("READY=1\nSTATUS=Listens on {address}\n"));
}

#[test]
fn a_removed_service_is_gone_and_removing_it_again_is_fine() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["service", "install"]).code, Some(0));
    desk.calls();
    let removed = desk.run(&["service", "remove"]);
    assert_eq!(
        (removed.code, removed.out.as_str()),
        (Some(0), "The service is removed.\n")
    );
    assert_eq!(
        desk.calls(),
        [
            "show postern.service",
            "disable --now postern.service",
            "daemon-reload"
        ]
    );
    assert!(!desk.unit().exists());
    let again = desk.run(&["service", "remove"]);
    assert_eq!(
        (again.code, again.out.as_str()),
        (Some(0), "The service is not installed.\n")
    );
    let told = json(&desk.run(&["service", "remove", "--json"]));
    assert_eq!(told["installed"], false);
}

#[test]
fn a_package_s_own_unit_is_turned_off_and_stays() {
    let desk = Desk::new();
    desk.script("packaged", "/usr/lib/systemd/user/postern.service");
    desk.script("enabled", "");
    let removed = desk.run(&["service", "remove"]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert!(
        removed
            .out
            .contains("/usr/lib/systemd/user/postern.service"),
        "{removed:?}"
    );
    assert!(
        desk.calls()
            .contains(&"disable --now postern.service".to_owned())
    );
}

#[test]
fn the_status_tells_every_state_apart() {
    let desk = Desk::new();
    let told = |desk: &Desk| {
        let status = json(&desk.run(&["service", "status", "--json"]));
        let keys: Vec<&String> = status.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["installed", "enabled", "running", "file", "problem"]);
        assert_eq!(status["file"], desk.unit().to_str().unwrap());
        let of = |key: &str| status[key].as_bool().unwrap();
        (
            of("installed"),
            of("enabled"),
            of("running"),
            status["problem"].clone(),
        )
    };
    let fine = serde_json::Value::Null;
    assert_eq!(told(&desk), (false, false, false, fine.clone()));
    assert_eq!(desk.run(&["service", "install"]).code, Some(0));
    assert_eq!(told(&desk), (true, true, true, fine.clone()));
    desk.script("active", "inactive");
    assert_eq!(told(&desk), (true, true, false, fine.clone()));
    desk.script("active", "failed");
    let failed = "it ended with exit code 5: the port is taken, or a server runs already".into();
    assert_eq!(told(&desk), (true, true, false, failed));
    let people = desk.run(&["service", "status"]);
    let words = format!(
        "Installed  yes\nAt login   yes\nRunning    no\nFile       {}\n\
         Problem    it ended with exit code 5: the port is taken, or a server runs already\n",
        desk.unit().display()
    );
    assert_eq!((people.code, people.out), (Some(0), words));
    assert_eq!(desk.run(&["service", "remove"]).code, Some(0));
    assert_eq!(told(&desk), (false, false, false, fine));
}

#[test]
fn what_a_service_cannot_ask_for_is_said_at_once() {
    let rows = [
        ("passphrase", "no terminal to ask for it"),
        ("session", "nobody can be signed in"),
    ];
    for (vault, warning) in rows {
        let desk = Desk::new();
        let ended = desk.run(&["service", "install", "--vault", vault]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.err.matches("warning: ").count(), 1, "{ended:?}");
        assert!(ended.err.contains(warning), "{ended:?}");
        let text = fs::read_to_string(desk.unit()).unwrap();
        assert!(text.contains(&format!("--vault {vault}\n")), "{text}");
        assert!(!text.contains("correct horse"), "{text}");
    }
}

#[test]
fn wrong_settings_are_said_before_anything_is_written() {
    let desk = Desk::new();
    fs::write(desk.home.path().join("config.toml"), "port = 70000\n").unwrap();
    assert_eq!(desk.run(&["service", "install"]).code, Some(6));
    assert!(!desk.unit().exists());
    assert_eq!(desk.calls(), Vec::<String>::new());
    assert_eq!(desk.run(&["service", "status"]).code, Some(0));
}
