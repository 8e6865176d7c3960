//! System packages: named when they are missing; installed on Debian and Ubuntu.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::run;

/// What a command needs from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A Secret Service for the tests of the vault.
    Keyring,
    /// A private session bus for it.
    Bus,
    /// The yardstick of the benches.
    Nginx,
    /// For `uv`, which fetches everything else of the clients.
    Python,
    /// What the demo's line is pasted into.
    Curl,
    /// A network with nothing but loopback, for programs that call home.
    Namespace,
    /// Brings that loopback up.
    Link,
    /// Finds libraries, for those who compile against them and for us.
    Libraries,
    /// What the window is made of.
    Webview,
    /// A display that nobody looks at.
    Display,
    /// Drives the real window.
    WebDriver,
    /// Drives the page.
    Browser,
    /// Gives windows frames, and lets them be closed as a person does.
    WindowManager,
    /// Lists and closes windows.
    Windows,
    /// Presses keys.
    Keys,
    /// Reads the clipboard.
    Clipboard,
    /// Looks at the display.
    Properties,
    /// A panel that shows tray icons.
    Panel,
    /// Keeps that panel's settings.
    PanelSettings,
    /// The symbols and the frames of windows.
    Theme,
    /// GNOME's letters.
    Letters,
    /// Takes pictures of windows.
    Pictures,
    /// Gives the display a colour.
    Ground,
    /// Makes a root folder of a fresh Debian.
    Root,
    /// Reads packages of the other kind.
    RpmReader,
}

/// How something is seen to be there.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Program(&'static str),
    Library(&'static str),
    File(&'static str),
}

impl Need {
    /// What must be there, and the Debian package that brings it.
    fn wants(self) -> (Sign, &'static str) {
        use Sign::{File, Library, Program};
        match self {
            Self::Keyring => (Program("gnome-keyring-daemon"), "gnome-keyring"),
            Self::Bus => (Program("dbus-daemon"), "dbus"),
            Self::Nginx => (Program("nginx"), "nginx-light"),
            Self::Python => (Program("python3"), "python3"),
            Self::Curl => (Program("curl"), "curl"),
            Self::Namespace => (Program("unshare"), "util-linux"),
            Self::Link => (Program("ip"), "iproute2"),
            Self::Libraries => (Program("pkg-config"), "pkg-config"),
            Self::Webview => (Library("webkit2gtk-4.1"), "libwebkit2gtk-4.1-dev"),
            Self::Display => (Program("Xvfb"), "xvfb"),
            Self::WebDriver => (Program("WebKitWebDriver"), "webkit2gtk-driver"),
            Self::Browser => (
                Program("chromium-headless-shell"),
                "chromium-headless-shell",
            ),
            Self::WindowManager => (Program("openbox"), "openbox"),
            Self::Windows => (Program("wmctrl"), "wmctrl"),
            Self::Keys => (Program("xdotool"), "xdotool"),
            Self::Clipboard => (Program("xclip"), "xclip"),
            Self::Properties => (Program("xprop"), "x11-utils"),
            Self::Panel => (Program("xfce4-panel"), "xfce4-panel"),
            Self::PanelSettings => (Program("xfconf-query"), "xfconf"),
            Self::Theme => (
                File("/usr/share/icons/Adwaita/index.theme"),
                "adwaita-icon-theme",
            ),
            Self::Letters => (
                File("/usr/share/fonts/opentype/cantarell"),
                "fonts-cantarell",
            ),
            Self::Pictures => (Program("import"), "imagemagick"),
            Self::Ground => (Program("xsetroot"), "x11-xserver-utils"),
            Self::Root => (Program("mmdebstrap"), "mmdebstrap"),
            Self::RpmReader => (Program("rpm"), "rpm"),
        }
    }
}

impl Sign {
    fn is_there(self) -> bool {
        match self {
            Self::Program(name) => run::exists(name),
            Self::File(path) => Path::new(path).exists(),
            Self::Library(name) => {
                run::quietly(Command::new("pkg-config").args(["--exists", name])).is_ok()
            }
        }
    }
}

/// Makes sure that everything in `needs` is there.
pub(crate) fn packages(needs: &[Need]) -> Result<(), Failure> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing system packages: {}", missing.join(", "));
    install(&missing)?;
    match self::missing(needs) {
        still if still.is_empty() => Ok(()),
        still => Err(Failure::new(format!(
            "these are still missing after the installation: {}",
            still.join(", ")
        ))),
    }
}

/// Installs Debian packages, as root or through sudo.
pub(super) fn install(names: &[&str]) -> Result<(), Failure> {
    if !run::exists("apt-get") {
        return Err(Failure::new(format!(
            "install what these Debian packages bring, then run this again: {}",
            names.join(", ")
        )));
    }
    run::loudly(apt_get().arg("update"))?;
    let options = ["install", "--yes", "--no-install-recommends"];
    run::loudly(apt_get().args(options).args(names))
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    let rows = needs.iter().map(|need| need.wants());
    rows.filter(|(sign, _)| !sign.is_there())
        .map(|(_, package)| package)
        .collect()
}

fn apt_get() -> Command {
    let mut command = as_root("env");
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    command
}

/// A program run by root, through sudo where we are not.
pub(crate) fn as_root(program: &str) -> Command {
    let is_root = run::quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["--", program]);
    command
}
