//! How the program starts, finds itself running already, and leaves when it is told to.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::door::Door;
use super::stage::{Running, Stage};
use super::watcher::Watcher;
use super::{Outcome, runs, until, wire};

#[test]
fn the_icon_appears_vanishes_and_returns_with_its_host() -> Outcome<()> {
    let stage = Stage::set()?;
    let postern = stage.start(stage.postern().arg("--background"))?;
    let mut texts: Option<Vec<String>> = None;
    for _ in 0..3 {
        let watcher = Watcher::appear(&stage)?;
        let tray = watcher.icon(&stage)?;
        tray.says("Not signed in")?;
        let rows = tray.rows()?;
        assert_eq!(rows.len(), ROWS, "{rows:#?}");
        assert!(tray.row("Quit")?.is_enabled);
        assert!(!tray.row("Proxy on")?.is_enabled);
        assert!(tray.sizes()?.contains(&22), "{:?}", tray.sizes());
        let now: Vec<String> = rows.into_iter().map(|row| row.text).collect();
        assert_eq!(texts.get_or_insert_with(|| now.clone()), &now);
        assert_eq!(watcher.count(), 1);
        watcher.vanish()?;
        assert!(runs(postern.id()));
    }
    Ok(())
}

#[test]
fn no_library_is_loaded_for_the_tray() -> Outcome<()> {
    let stage = Stage::set()?;
    let program = env!("CARGO_BIN_EXE_postern-desktop");
    let linked = Command::new("ldd").arg(program).output()?;
    let linked = String::from_utf8(linked.stdout)?;
    assert!(linked.contains("libwebkit2gtk-4.1"), "{linked}");
    let watcher = Watcher::appear(&stage)?;
    let postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    let loaded = fs::read_to_string(format!("/proc/{}/maps", postern.id()))?;
    for library in ["appindicator", "libdbusmenu"] {
        assert!(!linked.contains(library), "{library} is linked");
        assert!(!loaded.contains(library), "{library} is loaded");
    }
    Ok(())
}

#[test]
fn a_second_launch_opens_the_window_and_leaves() -> Outcome<()> {
    let stage = Stage::set()?;
    let watcher = Watcher::appear(&stage)?;
    let first = stage.start(stage.postern().arg("--background"))?;
    watcher.icon(&stage)?;
    assert!(!has_window(&stage)?);
    let mut second = stage.start(&mut stage.postern())?;
    let left = second.left()?;
    assert!(left.success(), "{left}: {}", stage.said());
    until("the window opens", || {
        has_window(&stage).ok()?.then_some(())
    })?;
    assert_eq!(watcher.count(), 1);
    assert!(runs(first.id()));
    Ok(())
}

#[test]
fn a_signal_ends_it_as_quitting_does() -> Outcome<()> {
    let stage = Stage::set()?;
    let watcher = Watcher::appear(&stage)?;
    let mut postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    until("the window opens", || {
        has_window(&stage).ok()?.then_some(())
    })?;
    check_end(&stage, &mut postern)
}

#[test]
fn the_end_of_the_session_ends_it_as_a_signal_does() -> Outcome<()> {
    let mut stage = Stage::set()?;
    let watcher = Watcher::appear(&stage)?;
    let mut postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    stage.end_bus();
    check_left(&stage, &mut postern)
}

#[test]
fn without_a_display_the_page_is_served_to_a_browser() -> Outcome<()> {
    let stage = Stage::bare()?;
    let mut door = Door::open(&stage)?;
    let cookie = door.cookie();
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Strict"), "{cookie}");
    let page = door.get("/")?;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.body.contains("<title>Postern</title>"),
        "{}",
        page.body
    );
    let state = door.ask("state", &Value::Null)?;
    assert_eq!(state["account"]["is"], "none", "{state}");
    // The address works once, and nothing works without the cookie.
    let again = wire::ask(door.at, "GET", &door.target, &[], "")?;
    assert!(again.status >= 400, "{again:?}");
    assert_eq!(again.header("set-cookie"), None);
    let without = wire::ask(door.at, "POST", "/ask", &[], r#"{"ask":"state"}"#)?;
    assert!(without.status >= 400, "{without:?}");
    check_end(&stage, door.program())
}

/// Ends the program by a signal and looks at what it leaves.
fn check_end(stage: &Stage, postern: &mut Running) -> Outcome<()> {
    postern.terminate();
    check_left(stage, postern)
}

fn check_left(stage: &Stage, postern: &mut Running) -> Outcome<()> {
    let left = postern.left()?;
    assert_eq!(left.code(), Some(0), "{left}: {}", stage.said());
    assert!(!stage.home().join("data/serve.json").exists());
    Ok(())
}

fn has_window(stage: &Stage) -> Outcome<bool> {
    let output = stage.command("wmctrl").arg("-l").output()?;
    Ok(String::from_utf8(output.stdout)?.contains("Postern"))
}

/// Headline, two limits, the switch, two to copy, connect, two doors, quit.
const ROWS: usize = 10;
