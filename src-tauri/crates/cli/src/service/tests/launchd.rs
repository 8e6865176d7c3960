//! What is asked of launchd, and how its answers are read.

use std::fs;

use control::{Code, Environment, Options};
use tempfile::TempDir;

use super::super::launchd::Launchd;
use super::super::supervisor::{Run, Supervisor as _};
use super::super::{file, install, remove};
use super::scripted::{Scripted, failed, said};

const AGENT: &str = "gui/501/org.postern.Postern.serve";

fn home() -> (TempDir, Environment) {
    let home = tempfile::tempdir().unwrap();
    let environment = Environment {
        home: Some(home.path().to_owned()),
        ..Environment::default()
    };
    (home, environment)
}

fn mac() -> Scripted {
    let gone = failed("Could not find service in domain for port");
    Scripted::default()
        .answer("id", &[said("501\n")])
        .answer("launchctl print gui", &[gone])
}

fn launch() -> super::Launch {
    super::of("/p", &Options::default(), &Environment::default())
}

#[test]
fn an_agent_is_written_enabled_and_loaded() {
    let (home, environment) = home();
    let mac = mac();
    let launchd = Launchd::new(&environment, &mac).unwrap();
    install(&launchd, &launch(), None).unwrap();
    let file = home
        .path()
        .join("Library/LaunchAgents/org.postern.Postern.serve.plist");
    assert_eq!(launchd.file(), file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("<string>/p</string>") && text.contains(file::MARK),
        "{text}"
    );
    let ran = mac.ran();
    let bootstrap = format!("launchctl bootstrap gui/501 {}", launchd.file().display());
    let changed: Vec<&str> = ran
        .iter()
        .map(String::as_str)
        .filter(|ran| changes(ran))
        .collect();
    assert_eq!(changed, [&format!("launchctl enable {AGENT}"), &bootstrap]);
    assert!(home.path().join("Library/Logs/Postern").is_dir());
    remove(&launchd).unwrap();
    assert!(!file.exists());
    assert_eq!(remove(&launchd).unwrap(), "The service is not installed.");
}

#[test]
fn an_agent_that_still_leaves_is_waited_for() {
    let (_home, environment) = home();
    let leaving = said("\tstate = SIGTERMed\n\tpid = 7\n");
    let gone = failed("Could not find service");
    let mac = mac()
        .answer(
            "launchctl print gui",
            &[leaving.clone(), leaving.clone(), leaving, gone],
        )
        .answer(
            "launchctl bootstrap",
            &[failed("Bootstrap failed: 5: Input/output error"), said("")],
        );
    let launchd = Launchd::new(&environment, &mac).unwrap();
    launchd.start(true).unwrap();
    let ran = mac.ran();
    let of = |what: &str| ran.iter().filter(|ran| ran.starts_with(what)).count();
    assert_eq!(
        (of("launchctl bootout"), of("launchctl bootstrap"), of("…")),
        (1, 2, 3),
        "{ran:?}"
    );
}

#[test]
fn the_state_is_read_out_of_what_launchd_prints() {
    let off = "disabled services = {\n\t\t\"org.postern.Postern.serve\" => disabled\n\t}\n";
    let old = "\t\"org.postern.Postern.serve\" => true\n";
    let other =
        "\t\t\"com.example.other\" => disabled\n\t\t\"org.postern.Postern.serve\" => enabled\n";
    let running =
        "\tactive count = 1\n\tstate = running\n\n\tpid = 7\n\tlast exit code = (never exited)\n";
    let crashed = "\tstate = not running\n\tlast exit code = 6\n";
    let ended = "\tstate = not running\n\tlast exit code = 0\n";
    let failed = Run::Failed {
        why: "it ended with exit code 6".to_owned(),
    };
    let rows = [
        ("", running, true, Run::Running { pid: Some(7) }),
        (off, ended, false, Run::Stopped),
        (old, ended, false, Run::Stopped),
        (other, crashed, true, failed),
    ];
    for (disabled, printed, enabled, run) in rows {
        let (_home, environment) = home();
        let mac = mac()
            .answer("launchctl print-disabled", &[said(disabled)])
            .answer("launchctl print gui", &[said(printed)]);
        let launchd = Launchd::new(&environment, &mac).unwrap();
        file::write(launchd.file(), b"there").unwrap();
        let state = launchd.state().unwrap();
        assert_eq!((state.enabled, state.run), (enabled, run), "{printed}");
    }
}

#[test]
fn without_a_session_nothing_is_written() {
    let (_home, environment) = home();
    let mac = mac().answer(
        "launchctl print-disabled",
        &[failed("Could not find domain for user gui: 501")],
    );
    let launchd = Launchd::new(&environment, &mac).unwrap();
    let complaint = install(&launchd, &launch(), None).unwrap_err();
    assert_eq!(complaint.code, Code::Unavailable);
    assert!(complaint.hint.is_some());
    assert!(!launchd.file().exists());
    assert!(!mac.ran().iter().any(|ran| changes(ran)));
}

#[test]
fn an_agent_that_is_refused_leaves_nothing() {
    let (_home, environment) = home();
    let mac = mac().answer(
        "launchctl bootstrap",
        &[failed("Bootstrap failed: 125: no")],
    );
    let launchd = Launchd::new(&environment, &mac).unwrap();
    let complaint = install(&launchd, &launch(), None).unwrap_err();
    assert!(complaint.message.contains("125"), "{complaint}");
    assert!(!launchd.file().exists());
}

fn changes(ran: &str) -> bool {
    ["launchctl enable", "launchctl boot"]
        .iter()
        .any(|word| ran.starts_with(word))
}
