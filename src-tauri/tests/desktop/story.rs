//! From nothing to a served request and out again, as a person goes through it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::buttons::only;
use super::closing::clipboard;
use super::stage::Stage;
use super::watcher::Watcher;
use super::window::Window;
use super::{Outcome, runs, until, wire};

#[test]
fn a_person_signs_in_once_and_an_app_is_served() -> Outcome<()> {
    let _only = only()?;
    let stage = Stage::set()?;
    let sockets = sockets(&stage.path(""))?;
    let watcher = Watcher::appear(&stage)?;
    let window = Window::open(&stage)?;
    let tray = watcher.icon(&stage)?;

    // One button, one page in the browser, and everything is there.
    window.click("Sign in with ChatGPT")?;
    let page = until("the sign-in page opens", || stage.opened().pop())?;
    tray.says("Signing in")?;
    browse(&stage, &page)?;
    window.sees("The proxy is on")?;
    window.click("Skip the tour")?;
    tray.says("Ready · no app connected")?;

    // What an app needs comes from the tray.
    tray.click("Copy base URL")?;
    let base = copied(&stage, "http://127.0.0.1:")?;
    tray.click("Copy API key")?;
    let key = copied(&stage, "pk-postern-")?;
    ask(&stage, &base, &key)?;
    window.go("/requests")?;
    window.sees("gpt-5.5")?;
    tray.says("On · 127.0.0.1:")?;

    // The switch in the tray is the switch.
    let (door, _) = wire::parts(&base)?;
    assert_eq!(tray.row("Proxy on")?.tick, Some(true));
    tray.click("Proxy on")?;
    tray.says("Proxy is off")?;
    assert_eq!(tray.row("Proxy on")?.tick, Some(false));
    assert!(wire::ask(door, "GET", "/healthz", &[], "").is_err());
    tray.click("Proxy on")?;
    tray.says("On · 127.0.0.1:")?;
    tray.click("Copy base URL")?;
    let base = copied(&stage, "http://127.0.0.1:")?;
    ask(&stage, &base, &key)?;

    // Quitting leaves nothing: no program, no port, no socket, no note of a running server.
    let program = window.program()?;
    tray.click("Quit")?;
    until("the program is gone", || (!runs(program)).then_some(()))?;
    drop(window);
    until("WebKit's processes are gone", || {
        remains(&stage).ok()?.is_empty().then_some(())
    })
    .map_err(|_| format!("{:?} remain", remains(&stage)))?;
    let (door, _) = wire::parts(&base)?;
    assert!(wire::ask(door, "GET", "/healthz", &[], "").is_err());
    assert_eq!(self::sockets(&stage.path(""))?, sockets);
    assert!(!stage.home().join("data/serve.json").exists());
    Ok(())
}

/// The sign-in page in a real browser: it approves as the stand-in's person and comes back.
fn browse(stage: &Stage, page: &str) -> Outcome<()> {
    let profile = stage.path("browser");
    let output = stage
        .command("chromium-headless-shell")
        .args(["--no-sandbox", "--disable-gpu"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("--dump-dom")
        .arg(format!("{page}&standin_person=plus%40example.test"))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("the browser does not start: {error}"))?;
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("Postern"), "the browser ends on: {shown}");
    Ok(())
}

/// Sends one request with the official SDK, as an app does: with nothing but address and key.
fn ask(stage: &Stage, base: &str, key: &str) -> Outcome<()> {
    let programs = Path::new(env!("CARGO_BIN_EXE_postern-desktop")).ancestors();
    let python = programs
        .map(|folder| folder.join(SDK))
        .find(|python| python.exists());
    let python = python.ok_or("`cargo xtask test` installs OpenAI's SDK, and did not yet")?;
    let output = stage
        .command(&python.display().to_string())
        .args(["-c", REQUEST])
        .env("OPENAI_BASE_URL", base)
        .env("OPENAI_API_KEY", key)
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said,
        "You said: hello",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// The clipboard, once it holds something that begins with `start`.
fn copied(stage: &Stage, start: &str) -> Outcome<String> {
    until(start, || {
        let text = clipboard(stage).ok()?;
        text.starts_with(start).then_some(text)
    })
}

/// Programs of this session's Postern and of its web view that still run.
fn remains(stage: &Stage) -> Outcome<Vec<String>> {
    let home = format!("POSTERN_HOME={}", stage.home().display());
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        let Ok(environment) = fs::read(folder.join("environ")) else {
            continue;
        };
        let is_ours = environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == home.as_bytes());
        let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
        if is_ours && (name.starts_with("postern") || name.starts_with("WebKit")) {
            found.push(name.trim().to_owned());
        }
    }
    Ok(found)
}

/// Every socket file below a folder.
fn sockets(folder: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let (path, kind) = {
            let entry = entry?;
            (entry.path(), entry.file_type()?)
        };
        if kind.is_dir() {
            found.extend(sockets(&path)?);
        } else if kind.is_socket() {
            found.insert(path);
        }
    }
    Ok(found)
}

/// Below the folder of everything that is built.
const SDK: &str = "xtask/openai-python/bin/python";
const REQUEST: &str = "
import openai
answer = openai.OpenAI().responses.create(model='gpt-5.5', input='hello')
print(answer.output_text, end='')
";
