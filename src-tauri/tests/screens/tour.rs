//! Through every place of the window, in the state in which everything works, and the first run.

use std::path::Path;
use std::time::Duration;

use super::Outcome;
use super::panel::{Panel, Theme};
use super::scenes::{Prepared, Scene};
use super::stage::Stage;
use super::window::Window;

/// Takes pictures of the first run and of all places, at the usual size and narrow.
pub(crate) fn take(theme: Theme, folder: &Path) -> Outcome<()> {
    first_run(theme, folder)?;
    let prepared = Scene::On.prepare()?;
    let stage = &prepared.stage;
    let (panel, window, id) = begin(stage, theme)?;
    some_traffic(&prepared)?;
    for (suffix, width, height) in SIZES {
        panel.resize(&id, width, height)?;
        for (place, name) in PLACES {
            println!("{name} {}{suffix}", theme.name());
            settle(&window, place)?;
            if *place == "/settings/diagnostics" {
                let begun = window.text()?.contains("Run again");
                window.click(if begun { "Run again" } else { "Run the checks" })?;
                window.sees("Run again")?;
            }
            let file = format!("place-{name}-{}{suffix}.png", theme.name());
            picture(&panel, &id, &folder.join(file))?;
        }
    }
    Ok(())
}

fn first_run(theme: Theme, folder: &Path) -> Outcome<()> {
    let stage = Stage::set()?;
    let (panel, window, id) = begin(&stage, theme)?;
    window.sees("Sign in with ChatGPT")?;
    for (suffix, width, height) in SIZES {
        panel.resize(&id, width, height)?;
        let file = format!("first-run-{}{suffix}.png", theme.name());
        picture(&panel, &id, &folder.join(file))?;
    }
    Ok(())
}

fn begin(stage: &Stage, theme: Theme) -> Outcome<(Panel<'_>, Window, String)> {
    let panel = Panel::start(stage, theme)?;
    let window = Window::open_with(stage, &theme.variables())?;
    let id = super::until("the window opens", || panel.window("Postern").ok()?)?;
    Ok((panel, window, id))
}

/// What a morning's log looks like: several models, both dialects, one refusal.
fn some_traffic(prepared: &Prepared) -> Outcome<()> {
    for model in [
        "gpt-5.5",
        "gpt-5.4-mini",
        "gpt-5.5",
        "no-such-model",
        "gpt-5.5",
    ] {
        prepared.send("/v1/chat/completions", model, &[])?;
        prepared.send("/v1/responses", model, &[])?;
    }
    let elsewhere = [("origin", "app://obsidian.md")];
    assert_eq!(
        prepared
            .send("/v1/responses", "gpt-5.5", &elsewhere)?
            .status,
        403
    );
    Ok(())
}

/// Goes there and waits until everything that the page asked for has come.
fn settle(window: &Window, place: &str) -> Outcome<()> {
    window.go(place)?;
    super::until("the page has everything", || {
        let busy = window.run("return document.querySelector('[aria-busy=true]') !== null");
        (busy.ok()? == false).then_some(())
    })
}

fn picture(panel: &Panel<'_>, window: &str, file: &Path) -> Outcome<()> {
    // What was changed is drawn in the next frames; nothing tells when.
    std::thread::sleep(Duration::from_secs(1));
    panel.picture(&["-window", window], file)
}

/// Where the page goes, and what the pictures are called.
const PLACES: &[(&str, &str)] = &[
    ("/home", "home"),
    ("/connect", "connect"),
    ("/connect/zed", "connect-zed"),
    ("/requests", "requests"),
    ("/account", "account"),
    ("/settings/general", "settings-general"),
    ("/settings/network", "settings-network"),
    ("/settings/privacy", "settings-privacy"),
    ("/settings/keys", "settings-keys"),
    ("/settings/diagnostics", "settings-diagnostics"),
];

/// The usual size, and the narrowest.
const SIZES: [(&str, u32, u32); 2] = [("", 900, 640), ("-narrow", 480, 640)];
