//! Xfce's panel with nothing but a tray, on the stage's display.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::stage::{Running, Stage};
use super::{Outcome, until};

/// What the person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// How GTK calls it.
    pub(crate) fn gtk(self) -> &'static str {
        match self {
            Self::Light => "Adwaita",
            Self::Dark => "Adwaita:dark",
        }
    }

    /// What a desktop of these colours tells its programs. KDE's panel has the colours of windows,
    /// Xfce's is dark.
    pub(crate) fn variables(self) -> [(&'static str, &'static str); 2] {
        let desktop = match self {
            Self::Light => "KDE",
            Self::Dark => "XFCE",
        };
        [("GTK_THEME", self.gtk()), ("XDG_CURRENT_DESKTOP", desktop)]
    }
}

/// The panel and the service that holds its settings.
pub(crate) struct Panel<'s> {
    stage: &'s Stage,
    _panel: Running,
    _settings: Running,
}

impl<'s> Panel<'s> {
    /// Starts both and waits until the panel is drawn.
    pub(crate) fn start(stage: &'s Stage, theme: Theme) -> Outcome<Self> {
        let folder = stage
            .path("home")
            .join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("xfce4-panel.xml"), settings(theme))?;
        let folder = stage.path("home").join(".config/gtk-3.0");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("settings.ini"), LETTERS)?;
        let settings = stage.start(&mut stage.command(XFCONFD))?;
        let mut root = stage.command("xsetroot");
        run(root.args(["-solid", ground(theme)]))?;
        let mut command = stage.command("xfce4-panel");
        command
            .args(["--disable-wm-check"])
            .env("GTK_THEME", theme.gtk());
        let panel = Self {
            stage,
            _panel: stage.start(&mut command)?,
            _settings: settings,
        };
        until("the panel is drawn", || panel.window("xfce4-panel").ok()?)?;
        Ok(panel)
    }

    /// The id of a window by its name.
    pub(crate) fn window(&self, name: &str) -> Outcome<Option<String>> {
        let output = self.stage.command("wmctrl").arg("-l").output()?;
        let list = String::from_utf8(output.stdout)?;
        let line = list.lines().find(|line| line.ends_with(name));
        Ok(line
            .and_then(|line| line.split(' ').next())
            .map(str::to_owned))
    }

    /// Opens the menu of the icon, which stands at the right end.
    pub(crate) fn open_menu(&self) -> Outcome<()> {
        let mut mouse = self.stage.command("xdotool");
        // The panel learns the rows when it opens the menu, and places the next one by their width.
        run(mouse.args([
            "mousemove",
            "1266",
            "14",
            "click",
            "3",
            "sleep",
            "1",
            "key",
            "Escape",
        ]))?;
        let mut again = self.stage.command("xdotool");
        run(again.args(["sleep", "0.5", "click", "3"]))
    }

    /// Gives a window this size, without its frame.
    pub(crate) fn resize(&self, window: &str, width: u32, height: u32) -> Outcome<()> {
        let (width, height) = (width.to_string(), height.to_string());
        let mut hand = self.stage.command("xdotool");
        run(hand.args(["windowsize", "--sync", window, &width, &height]))
    }

    /// Takes a picture of what ImageMagick's words name.
    pub(crate) fn picture(&self, what: &[&str], file: &Path) -> Outcome<()> {
        run(self
            .stage
            .command("import")
            .args(what)
            .args(["-strip"])
            .arg(file))
    }
}

fn run(command: &mut Command) -> Outcome<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{:?}: {said}", command.get_program()).into())
}

fn ground(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "#c9d3e0",
        Theme::Dark => "#1d2433",
    }
}

fn settings(theme: Theme) -> String {
    let is_dark = theme == Theme::Dark;
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{is_dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="28"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#
    )
}

const XFCONFD: &str = "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd";

/// GNOME's own.
const LETTERS: &str = "[Settings]\ngtk-font-name=Cantarell 11\n";
