//! One person's session of its own: a display, a bus, a keyring, folders, and ChatGPT's stand-in.
//!
//! Nothing of it is shared with another test or with the machine's own session, and all of it ends
//! with the stage. What the program opens in a browser is written down instead.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use standin::Standin;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, connection};

use super::{Outcome, until};

/// The session. Its fields are dropped in the order in which its programs must end.
pub(crate) struct Stage {
    keyring: Option<Running>,
    manager: Option<Running>,
    display: Option<(Running, String)>,
    bus: Option<Running>,
    address: String,
    standin: Standin,
    /// Runs the stand-in.
    _runtime: tokio::runtime::Runtime,
    dir: tempfile::TempDir,
}

impl Stage {
    /// A display with a window manager, a bus, an unlocked keyring, and the stand-in.
    pub(crate) fn set() -> Outcome<Self> {
        let mut stage = Self::bare()?;
        stage.raise_display()?;
        stage.unlock_keyring()?;
        Ok(stage)
    }

    /// A bus and the stand-in: no display, no keyring.
    pub(crate) fn bare() -> Outcome<Self> {
        let dir = tempfile::Builder::new().prefix("postern-stage").tempdir()?;
        for name in ["home", "run", "data", "bin", "postern"] {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(dir.path().join(name))?;
        }
        let runtime = tokio::runtime::Runtime::new()?;
        let standin = runtime.block_on(Standin::start(standin::Options::default()))?;
        let (bus, address) = bus(dir.path())?;
        write_settings(dir.path(), &standin)?;
        write_browser(dir.path())?;
        Ok(Self {
            keyring: None,
            manager: None,
            display: None,
            bus: Some(bus),
            address,
            standin,
            _runtime: runtime,
            dir,
        })
    }

    /// The desktop program, as this session starts it.
    pub(crate) fn postern(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_postern-desktop"))
    }

    /// A program that runs in this session and knows nothing of any other.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        command.envs(self.environment());
        command
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.path(name).display().to_string();
        let mut environment = vec![
            ("HOME", path("home")),
            ("PATH", format!("{}:/usr/bin:/bin", path("bin"))),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("POSTERN_HOME", path("postern")),
            ("LANG", "C.UTF-8".to_owned()),
            // Neither a bus of its own nor a daemon for settings.
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
            ("GIO_USE_VFS", "local".to_owned()),
        ];
        if let Some((_, name)) = &self.display {
            environment.push(("DISPLAY", name.clone()));
        }
        environment
    }

    /// Starts a program of this session and keeps it until it is dropped.
    pub(crate) fn start(&self, command: &mut Command) -> Outcome<Running> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))?;
        command.stdin(Stdio::null()).stderr(log);
        Ok(Running::new(command.spawn()?))
    }

    /// What programs of this session said on standard error, for a test that fails.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The folder in which Postern keeps everything.
    pub(crate) fn home(&self) -> PathBuf {
        self.path("postern")
    }

    /// ChatGPT's stand-in.
    pub(crate) fn standin(&self) -> &Standin {
        &self.standin
    }

    /// What was opened in a browser, oldest first.
    pub(crate) fn opened(&self) -> Vec<String> {
        let opened = fs::read_to_string(self.path("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// Another connection to the session's bus.
    pub(crate) fn connect(&self) -> Outcome<Connection> {
        let address: zbus::Address = self.address.as_str().try_into()?;
        let builder = connection::Builder::address(address)?;
        // Whoever does not answer is asked again, and not waited for.
        Ok(builder.method_timeout(Duration::from_secs(10)).build()?)
    }

    /// The keyring as it is after logging in.
    fn unlock_keyring(&mut self) -> Outcome<()> {
        self.start_keyring(&["--unlock"], b"login password")
    }

    /// The keyring as it is when nobody has typed its password.
    pub(crate) fn lock_keyring(&mut self) -> Outcome<()> {
        self.end_keyring();
        self.start_keyring(&[], b"")
    }

    /// No keyring at all.
    pub(crate) fn end_keyring(&mut self) {
        self.keyring = None;
    }

    /// The session is over: its bus goes.
    pub(crate) fn end_bus(&mut self) {
        self.bus = None;
    }

    /// A keyring that has lost everything it held.
    pub(crate) fn forget_keyring(&mut self) -> Outcome<()> {
        self.end_keyring();
        fs::remove_dir_all(self.path("data/keyrings"))?;
        self.unlock_keyring()
    }

    /// Has the program listen on this port.
    pub(crate) fn set_port(&self, port: u16) -> Outcome<()> {
        self.edit_settings(|text| text.replace("port = 0\n", &format!("port = {port}\n")))
    }

    /// Adds a line to the settings.
    pub(crate) fn add_setting(&self, line: &str) -> Outcome<()> {
        self.edit_settings(|text| format!("{line}\n{text}"))
    }

    fn edit_settings(&self, edit: impl FnOnce(String) -> String) -> Outcome<()> {
        let file = self.home().join("config.toml");
        let text = fs::read_to_string(&file)?;
        Ok(fs::write(&file, edit(text))?)
    }

    fn start_keyring(&mut self, words: &[&str], password: &[u8]) -> Outcome<()> {
        let mut keyring = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(words)
            .arg(format!(
                "--control-directory={}",
                self.path("run").display()
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("gnome-keyring-daemon does not start: {error}"))?;
        // Closing the pipe ends the password.
        keyring.stdin.take().ok_or("no pipe")?.write_all(password)?;
        self.keyring = Some(Running::new(keyring));
        let connection = self.connect()?;
        let bus = DBusProxy::new(&connection)?;
        until("the keyring reaches the bus", || {
            let name = "org.freedesktop.secrets".try_into().ok()?;
            bus.name_has_owner(name).ok()?.then_some(())
        })
    }

    fn raise_display(&mut self) -> Outcome<()> {
        let mut display = self
            .command("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb does not start: {error}"))?;
        let number = first_line(&mut display)?;
        self.display = Some((Running::new(display), format!(":{number}")));
        let manager = self.start(self.command("openbox").stdout(Stdio::null()))?;
        self.manager = Some(manager);
        until("the window manager runs", || {
            let root = self
                .command("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .output()
                .ok()?;
            String::from_utf8_lossy(&root.stdout)
                .contains("window id")
                .then_some(())
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// A program; dropping it ends it, gently first.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn new(child: Child) -> Self {
        Self(child)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.0.stdout.take()
    }

    /// Asks it to leave.
    pub(crate) fn terminate(&self) {
        // An error means that it is gone, which is what was wanted.
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
    }

    /// How it left.
    pub(crate) fn left(&mut self) -> Outcome<std::process::ExitStatus> {
        until("a program leaves", || self.0.try_wait().ok()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        self.terminate();
        if self.left().is_err() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

fn bus(dir: &Path) -> Outcome<(Running, String)> {
    let config = dir.join("bus.conf");
    fs::write(&config, bus_config(dir))?;
    let mut bus = Command::new("dbus-daemon")
        .args(["--nofork", "--print-address=1"])
        .arg(format!("--config-file={}", config.display()))
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("dbus-daemon does not start: {error}"))?;
    let address = first_line(&mut bus)?;
    Ok((Running::new(bus), address))
}

/// No service folders: what nobody started is not there.
fn bus_config(dir: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        dir.join("run").display()
    )
}

fn write_settings(dir: &Path, standin: &Standin) -> Outcome<()> {
    let (issuer, upstream) = (standin.issuer(), standin.upstream());
    let text = format!("port = 0\nissuer = \"{issuer}\"\nupstream = \"{upstream}\"\n");
    fs::write(dir.join("postern/config.toml"), text)?;
    Ok(())
}

/// A browser that only writes down what it should open.
fn write_browser(dir: &Path) -> Outcome<()> {
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
        dir.join("opened").display()
    );
    let mut file = fs::File::options()
        .create_new(true)
        .write(true)
        .mode(0o755)
        .open(dir.join("bin/xdg-open"))?;
    file.write_all(script.as_bytes())?;
    Ok(())
}

fn first_line(child: &mut Child) -> Outcome<String> {
    let said = child.stdout.take().ok_or("no pipe")?;
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
