//! Pictures of the real window and the real tray in every scene, light and dark, into a folder.
//!
//! Run by `cargo xtask screens`; the panel that draws the icon and its menu is Xfce's.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stdout,
    reason = "telling a person what happens is its job"
)]

#[path = "../desktop/door.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod door;
mod panel;
#[path = "../desktop/scenes.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod scenes;
#[path = "../desktop/stage.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod stage;
mod tour;
#[path = "../desktop/wait.rs"]
mod wait;
#[path = "../desktop/window.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod window;
#[path = "../desktop/wire.rs"]
mod wire;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panel::{Panel, Theme};
use scenes::Scene;
use wait::until;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name the folder for the pictures")?;
    std::fs::create_dir_all(&folder)?;
    for theme in [Theme::Light, Theme::Dark] {
        tour::take(theme, &folder)?;
        for scene in Scene::ALL {
            println!("{} {}", name(scene), theme.name());
            take(scene, theme, &folder)?;
        }
    }
    Ok(())
}

fn take(scene: Scene, theme: Theme, folder: &Path) -> Outcome<()> {
    let prepared = scene.prepare()?;
    let stage = &prepared.stage;
    let panel = Panel::start(stage, theme)?;
    let _postern = stage.start(stage.postern().envs(theme.variables()))?;
    let window = until("the window opens", || panel.window("Postern").ok()?)?;
    prepared.drive()?;
    // What happened is drawn within a second or two; nothing tells when.
    std::thread::sleep(Duration::from_secs(4));
    let file = |what: &str| folder.join(format!("{what}-{}-{}.png", name(scene), theme.name()));
    panel.picture(&["-window", &window], &file("window"))?;
    panel.open_menu()?;
    std::thread::sleep(Duration::from_secs(1));
    panel.picture(
        &["-window", "root", "-crop", MENU, "+repage"],
        &file("tray"),
    )
}

/// The scene in file names.
fn name(scene: Scene) -> &'static str {
    match scene {
        Scene::KeyringLocked => "keyring-locked",
        Scene::KeyringMissing => "keyring-missing",
        Scene::KeyGone => "key-gone",
        Scene::SignInAgain => "sign-in-again",
        Scene::NotSignedIn => "not-signed-in",
        Scene::PortTaken => "port-taken",
        Scene::ProxyOff => "proxy-off",
        Scene::LimitReached => "limit-reached",
        Scene::Offline => "offline",
        Scene::Ready => "ready",
        Scene::On => "on",
    }
}

/// Where the icon and its menu are.
const MENU: &str = "360x330+920+0";
