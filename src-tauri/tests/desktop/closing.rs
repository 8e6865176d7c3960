//! What closing the window does: it hides where something brings it back, and asks where not.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::Outcome;
use super::stage::Stage;
use super::watcher::Watcher;
use super::{runs, until, window};

#[test]
fn closing_obeys_the_tray_as_it_comes_and_goes() -> Outcome<()> {
    let stage = Stage::set()?;
    stage.add_setting("keep_running = true")?;
    let watcher = Watcher::appear(&stage)?;
    let postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    let seen = settle(&stage, 1)?;

    // Somebody draws the icon: the window goes, the program stays.
    close(&stage, &seen[0])?;
    settle(&stage, 0)?;
    assert!(runs(postern.id()));
    let again = stage.start(&mut stage.postern())?;
    settle(&stage, 1)?;
    drop(again);

    // Nobody draws it any more: the window stays and asks.
    watcher.vanish()?;
    until_it_asks(&stage)?;
    answer(&stage, &["Escape"])?;
    settle(&stage, 1)?;
    assert!(runs(postern.id()));

    // The icon is back, and so is the quiet way.
    let watcher = Watcher::appear(&stage)?;
    watcher.icon(&stage)?;
    let seen = settle(&stage, 1)?;
    close(&stage, &seen[0])?;
    settle(&stage, 0)?;
    assert!(runs(postern.id()));
    Ok(())
}

#[test]
fn closing_ends_the_program_unless_it_shall_keep_running() -> Outcome<()> {
    let stage = Stage::set()?;
    let watcher = Watcher::appear(&stage)?;
    let mut postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    let seen = settle(&stage, 1)?;
    close(&stage, &seen[0])?;
    let left = postern.left()?;
    assert!(left.success(), "{left}: {}", stage.said());
    Ok(())
}

#[test]
fn without_a_tray_closing_asks_and_the_person_may_leave() -> Outcome<()> {
    let stage = Stage::set()?;
    let mut postern = stage.start(&mut stage.postern())?;
    let seen = settle(&stage, 1)?;
    close(&stage, &seen[0])?;
    settle(&stage, 2)?;
    // The answer in focus changes the least; the other one ends the program.
    answer(&stage, &["Tab", "Return"])?;
    let left = postern.left()?;
    assert!(left.success(), "{left}: {}", stage.said());
    assert!(window::children(postern.id())?.is_empty());
    Ok(())
}

#[test]
fn without_a_tray_the_program_may_run_on_unseen() -> Outcome<()> {
    let stage = Stage::set()?;
    let postern = stage.start(&mut stage.postern())?;
    let seen = settle(&stage, 1)?;
    close(&stage, &seen[0])?;
    settle(&stage, 2)?;
    answer(&stage, &["Return"])?;
    settle(&stage, 0)?;
    assert!(runs(postern.id()));
    let _again = stage.start(&mut stage.postern())?;
    settle(&stage, 1)?;
    Ok(())
}

#[test]
fn a_closed_window_costs_nothing_after_a_while() -> Outcome<()> {
    let stage = Stage::set()?;
    stage.add_setting("keep_running = true\nkeep_window_secs = 0")?;
    let watcher = Watcher::appear(&stage)?;
    let postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    for _ in 0..2 {
        let seen = settle(&stage, 1)?;
        until("the page is drawn", || {
            draws(postern.id()).ok()?.then_some(())
        })?;
        close(&stage, &seen[0])?;
        settle(&stage, 0)?;
        until("WebKit's processes end", || {
            window::children(postern.id())
                .ok()?
                .is_empty()
                .then_some(())
        })?;
        assert!(runs(postern.id()));
        stage.start(&mut stage.postern())?.left()?;
    }
    Ok(())
}

#[test]
fn what_was_copied_outlives_the_window() -> Outcome<()> {
    let stage = Stage::set()?;
    stage.add_setting("keep_running = true\nkeep_window_secs = 0")?;
    let watcher = Watcher::appear(&stage)?;
    let postern = stage.start(&mut stage.postern())?;
    watcher.icon(&stage)?;
    let seen = settle(&stage, 1)?;
    until("the page's text is copied", || {
        answer(&stage, &["ctrl+a", "ctrl+c"]).ok()?;
        clipboard(&stage).ok()?.contains("Sign in").then_some(())
    })?;
    close(&stage, &seen[0])?;
    until("the window's process ends", || {
        window::children(postern.id())
            .ok()?
            .is_empty()
            .then_some(())
    })?;
    let text = clipboard(&stage)?;
    assert!(text.contains("Sign in"), "{text}\n{}", stage.said());
    Ok(())
}

#[test]
fn a_window_that_falls_takes_nothing_with_it() -> Outcome<()> {
    let stage = Stage::set()?;
    let watcher = Watcher::appear(&stage)?;
    let postern = stage.start(&mut stage.postern())?;
    let tray = watcher.icon(&stage)?;
    for _ in 0..2 {
        settle(&stage, 1)?;
        let [view] = window::children(postern.id())?[..] else {
            return Err("the window is not one process".into());
        };
        kill_process(
            Pid::from_raw(view.try_into()?).ok_or("no id")?,
            Signal::KILL,
        )?;
        settle(&stage, 0)?;
        tray.says("Not signed in")?;
        assert!(runs(postern.id()));
        stage.start(&mut stage.postern())?.left()?;
    }
    settle(&stage, 1)?;
    Ok(())
}

/// True while a page is drawn for the program: by a process of its window's.
fn draws(program: u32) -> Outcome<bool> {
    let views = window::children(program)?;
    let pages = views.into_iter().flat_map(window::children).flatten();
    let mut names =
        pages.map(|id| std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default());
    Ok(names.any(|name| name.starts_with("WebKitWebProces")))
}

/// The text in the clipboard; empty where there is none.
pub(crate) fn clipboard(stage: &Stage) -> Outcome<String> {
    let output = stage
        .command("xclip")
        .args(["-selection", "clipboard", "-out"])
        .stdin(Stdio::null())
        .output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Closes the window until that is a question: the program hears of the tray in its own time.
fn until_it_asks(stage: &Stage) -> Outcome<()> {
    until("closing asks", || {
        close(stage, windows(stage).ok()?.first()?).ok()?;
        let seen = until("closing does something", || {
            let seen = windows(stage).ok()?;
            (seen.len() != 1).then_some(seen.len())
        });
        if seen.ok()? == 2 {
            return Some(());
        }
        let _again = stage.start(&mut stage.postern()).ok()?;
        settle(stage, 1).ok()?;
        None
    })
}

/// The ids of Postern's windows that can be seen.
fn windows(stage: &Stage) -> Outcome<Vec<String>> {
    let output = stage.command("wmctrl").args(["-l", "-x"]).output()?;
    let list = String::from_utf8(output.stdout)?;
    let ours = list.lines().filter(|line| line.contains("ostern"));
    let ids = ours.filter_map(|line| line.split(' ').next());
    Ok(ids.map(str::to_owned).collect())
}

/// Waits until so many windows can be seen.
fn settle(stage: &Stage, count: usize) -> Outcome<Vec<String>> {
    let settled = until("windows come and go", || {
        let seen = windows(stage).ok()?;
        (seen.len() == count).then_some(seen)
    });
    settled.map_err(|_| {
        let seen = windows(stage);
        format!("{seen:?} instead of {count}\n{}", stage.said()).into()
    })
}

/// Closes a window as its frame's button does.
fn close(stage: &Stage, window: &str) -> Outcome<()> {
    let status = stage
        .command("wmctrl")
        .args(["-i", "-c", window])
        .status()?;
    assert!(status.success());
    Ok(())
}

/// Answers the question that has the focus.
fn answer(stage: &Stage, keys: &[&str]) -> Outcome<()> {
    let mut keyboard = stage.command("xdotool");
    let status = keyboard.arg("key").args(keys).status()?;
    assert!(status.success());
    Ok(())
}
