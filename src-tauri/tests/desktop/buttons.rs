//! The one button of each headline, pressed in the real window: it does what it says.

use std::fs::File;

use super::scenes::{Prepared, Scene};
use super::tray::Tray;
use super::watcher::Watcher;
use super::window::Window;
use super::{Outcome, until};

#[test]
fn a_locked_keyring_can_be_done_without() -> Outcome<()> {
    let desk = Desk::set(Scene::KeyringLocked)?;
    desk.window.press("Use for this session only")?;
    desk.tray.says("Not signed in")
}

#[test]
fn a_missing_keyring_can_be_done_without() -> Outcome<()> {
    let desk = Desk::set(Scene::KeyringMissing)?;
    desk.window.press("Keep in a file only I can read")?;
    desk.tray.says("Not signed in")?;
    assert!(desk.prepared.stage.home().join("data").exists());
    Ok(())
}

#[test]
fn a_lost_key_is_followed_by_a_sign_in() -> Outcome<()> {
    let _only = only()?;
    let desk = Desk::set(Scene::KeyGone)?;
    desk.window.press("Sign in")?;
    desk.signs_in()
}

#[test]
fn a_sign_in_that_ended_is_followed_by_another() -> Outcome<()> {
    let _only = only()?;
    let desk = Desk::set(Scene::SignInAgain)?;
    desk.window.press("Sign in")?;
    desk.signs_in()
}

#[test]
fn whoever_is_not_signed_in_can_sign_in() -> Outcome<()> {
    let _only = only()?;
    let desk = Desk::set(Scene::NotSignedIn)?;
    desk.window.press("Sign in")?;
    desk.signs_in()
}

#[test]
fn a_taken_port_is_given_up_for_a_free_one() -> Outcome<()> {
    let desk = Desk::set(Scene::PortTaken)?;
    desk.window.press("See why")?;
    desk.window.press("Use ")?;
    desk.tray.says("Ready")
}

#[test]
fn a_proxy_that_is_off_is_turned_on() -> Outcome<()> {
    let desk = Desk::set(Scene::ProxyOff)?;
    desk.window.press("Turn on")?;
    desk.tray.says("Ready")
}

#[test]
fn a_backend_that_is_back_is_found_again() -> Outcome<()> {
    let desk = Desk::set(Scene::Offline)?;
    desk.prepared.stage.standin().world().forget_scripts();
    desk.window.press("Try again")?;
    until("the backend is found", || {
        let first = desk.tray.rows().ok()?.into_iter().next()?.text;
        (first.starts_with("On") || first.starts_with("Ready")).then_some(())
    })
}

#[test]
fn readiness_leads_to_the_apps() -> Outcome<()> {
    let desk = Desk::set(Scene::Ready)?;
    desk.window.press("Connect an app")?;
    desk.window.sees("Pick an app and copy its fields")
}

/// A scene with the window open and the tray in sight.
struct Desk {
    window: Window,
    tray: Tray,
    _watcher: Watcher,
    prepared: Prepared,
}

impl Desk {
    fn set(scene: Scene) -> Outcome<Self> {
        let prepared = scene.prepare()?;
        let watcher = Watcher::appear(&prepared.stage)?;
        let window = Window::open(&prepared.stage)?;
        let tray = watcher.icon(&prepared.stage)?;
        prepared.drive()?;
        let (says, _) = scene.shows();
        tray.says(says)?;
        window.sees(says)?;
        Ok(Self {
            window,
            tray,
            _watcher: watcher,
            prepared,
        })
    }

    /// A sign-in has begun, and its page is open.
    fn signs_in(&self) -> Outcome<()> {
        self.tray.says("Signing in")?;
        let page = until("the sign-in page opens", || {
            self.prepared.stage.opened().pop()
        })?;
        assert!(page.contains("/oauth/authorize?"), "{page}");
        Ok(())
    }
}

/// A sign-in in the browser ends on one of two ports, so there is one at a time on a machine.
pub(crate) fn only() -> Outcome<File> {
    let file = File::create(std::env::temp_dir().join("postern-tests-sign-in.lock"))?;
    file.lock()?;
    Ok(file)
}
