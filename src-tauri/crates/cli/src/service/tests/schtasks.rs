//! What is asked of the Task Scheduler, and how its answers are read.

use std::fs;

use control::{Code, Environment, Options};
use tempfile::TempDir;

use super::super::schtasks::Tasks;
use super::super::supervisor::{Run, State, Supervisor as _};
use super::super::{file, install, remove};
use super::scripted::{Scripted, failed, said};

fn home() -> (TempDir, Environment) {
    let home = tempfile::tempdir().unwrap();
    let local = home.path().to_owned().into_os_string();
    let environment = Environment {
        home: None,
        variables: vec![("LOCALAPPDATA".to_owned(), local)],
    };
    (home, environment)
}

fn windows() -> Scripted {
    Scripted::default()
        .answer("whoami", &[said("\"pc\\ada\",\"S-1-5-21-1-2-3-1001\"\r\n")])
        .answer(
            "schtasks /Query",
            &[failed("ERROR: The system cannot find the file specified.")],
        )
}

fn launch() -> super::Launch {
    super::of("/p", &Options::default(), &Environment::default())
}

#[test]
fn a_task_is_written_in_wide_characters_created_and_run() {
    let (home, environment) = home();
    let windows = windows();
    let tasks = Tasks::new(&environment, &windows).unwrap();
    install(&tasks, &launch(), None).unwrap();
    let file = home.path().join("Postern").join("service.xml");
    let bytes = fs::read(&file).unwrap();
    assert_eq!(bytes[..4], [0xff, 0xfe, b'<', 0]);
    assert!(matches!(file::read(&file).unwrap(), file::Found::Ours(_)));
    let ran = windows.ran();
    let create = format!(
        r"schtasks /Create /TN \Postern\serve /XML {} /F",
        file.display()
    );
    let last = [&create, r"schtasks /Run /TN \Postern\serve"];
    assert_eq!(ran[ran.len() - 2..], last, "{ran:?}");
    remove(&tasks).unwrap();
    assert!(!file.exists());
    assert_eq!(remove(&tasks).unwrap(), "The service is not installed.");
}

#[test]
fn a_task_that_is_there_is_ended_and_deleted() {
    let (_home, environment) = home();
    let windows = windows().answer("schtasks /Query", &[said("<Settings></Settings>")]);
    let tasks = Tasks::new(&environment, &windows).unwrap();
    tasks.stop().unwrap();
    assert_eq!(
        windows.ran()[1..],
        [
            r"schtasks /End /TN \Postern\serve",
            r"schtasks /Delete /TN \Postern\serve /F"
        ]
    );
}

#[test]
fn the_state_is_read_without_words_of_a_language() {
    let on = "<LogonTrigger><Enabled>false</Enabled></LogonTrigger><Settings>\
              <Enabled>true</Enabled></Settings>";
    let off = "<Settings><Enabled>false</Enabled></Settings>";
    let rows = [
        (said(on), true, Run::Untold),
        (said(off), false, Run::Untold),
        (
            failed("FEHLER: Das System kann die angegebene Datei nicht finden."),
            false,
            Run::Stopped,
        ),
    ];
    for (answer, enabled, run) in rows {
        let (_home, environment) = home();
        let windows = windows().answer("schtasks /Query", &[answer]);
        let state = Tasks::new(&environment, &windows).unwrap().state().unwrap();
        assert_eq!(
            state,
            State {
                enabled,
                run,
                file: None
            }
        );
    }
}

#[test]
fn a_task_that_is_refused_leaves_the_one_before() {
    let (_home, environment) = home();
    let windows = windows();
    let tasks = Tasks::new(&environment, &windows).unwrap();
    install(&tasks, &launch(), None).unwrap();
    let before = fs::read(tasks.file()).unwrap();
    drop(tasks);
    let denied = failed("ERROR: Access is denied.");
    let windows = windows
        .answer("schtasks /Query", &[said("<Settings></Settings>")])
        .answer("schtasks /Create", &[denied, said("")]);
    let tasks = Tasks::new(&environment, &windows).unwrap();
    let other = super::of("/q", &Options::default(), &Environment::default());
    let complaint = install(&tasks, &other, None).unwrap_err();
    assert_eq!(complaint.code, Code::Other);
    assert!(
        complaint.message.ends_with("ERROR: Access is denied."),
        "{complaint}"
    );
    assert_eq!(fs::read(tasks.file()).unwrap(), before);
    let ran = windows.ran();
    assert!(ran[ran.len() - 1].starts_with("schtasks /Run"), "{ran:?}");
}

#[test]
fn nobody_is_no_person() {
    let (_home, environment) = home();
    let windows = windows().answer("whoami", &[failed("ERROR: no")]);
    let tasks = Tasks::new(&environment, &windows).unwrap();
    assert!(install(&tasks, &launch(), None).is_err());
    assert!(!tasks.file().exists());
}
